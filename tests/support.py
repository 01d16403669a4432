"""What tests of several rooms need."""

import json
import time
from pathlib import Path

from helpers import data
from helpers.hidden.tables import wide_table

PUBLISHED = Path(__file__).parent / "published"
OTHER_LISTS = json.loads((PUBLISHED / "multiple_systems.json").read_text(encoding="utf-8"))
PATIENCE = 120  # seconds for what must happen at last, on however slow a machine
HEAD = "# A test\n\n**Does it work?**\n"
SETUP = "from helpers.charts import canvas, show\nfrom helpers.results import record"
# the market model: a claim in US dollars a year, inputs known exactly, and inputs as ranges
CLAIM = 105e6
KNOWN = {
    "north_koreans_in_china": [100_000] * 3,
    "women_share": [0.75] * 3,
    "trafficked_share": [0.6] * 3,
    "proceeds_per_woman": [2500] * 3,
}
RANGES = {
    "north_koreans_in_china": [10_000, 50_000, 200_000],
    "women_share": [0.6, 0.8, 0.9],
    "trafficked_share": [0.2, 0.6, 0.8],
    "proceeds_per_woman": [500, 5_000, 27_252],
}


def write_notebook(folder, parameters, *code, name):
    """Write a notebook with the given parameters cell and code cells; return its path."""

    def cell(kind, source, tags=()):
        extra = {"execution_count": None, "outputs": []} if kind == "code" else {}
        return {
            "cell_type": kind,
            "id": f"cell-{abs(hash(source)) % 10**8}",
            "metadata": {"tags": list(tags)},
            "source": source,
            **extra,
        }

    cells = [cell("markdown", HEAD), cell("code", parameters, ["parameters"])]
    cells += [cell("code", source) for source in code]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def other_table(name):
    """Return a printed table of lists that is not among the collection's own."""
    entry = OTHER_LISTS[name]
    counts = entry.get("counts")
    if counts is None:
        cells = {int(cell): people for cell, people in entry["cells"].items()}
        counts = [cells.get(cell, 0) for cell in range(2 ** len(entry["lists"]))]
    return wide_table(entry["lists"], counts)


def alive(pid):
    """Whether a process runs; one that ended and was not asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(happened):
    """Wait for a condition."""
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, "nothing happened"
        time.sleep(0.02)


def describe_with(folder, change):
    """Rewrite the description of a data package."""
    path = folder / data.DESCRIPTION
    package = json.loads(path.read_text(encoding="utf-8"))
    change({resource["name"]: resource for resource in package["resources"]})
    path.write_text(json.dumps(package), encoding="utf-8")
    data._resources.cache_clear()


def field_of(resources, name, column):
    """Find the description of one column."""
    return next(f for f in resources[name]["schema"]["fields"] if f["name"] == column)
