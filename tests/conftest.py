"""Small notebooks and tables that tests write."""

import json
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import settings

from helpers import data, table_checks
from helpers.rerun import cli, plan

# No test depends on how fast a machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

PATIENCE = 120  # seconds for what must happen at last, on however slow a machine
HEAD = "# A test\n\n**Does it work?**\n"
SETUP = "from helpers.charts import canvas, show\nfrom helpers.results import record"


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


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook with the given parameters cell and code cells; return its path."""

    def write(parameters="seed: int = 1  # start [; 0..]", *code, name="90_test"):
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
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def evidence(monkeypatch, tmp_path):
    """Run the command in this process; runs/ is in a folder of its own."""
    monkeypatch.setattr(plan, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(table_checks, "check_tables", lambda: [])

    def run(*words):
        return CliRunner().invoke(cli.main, [str(word) for word in words])

    return run


@pytest.fixture
def tables(tmp_path):
    """Copy the data package to a folder of its own and return the folder."""
    folder = tmp_path / "data"
    shutil.copytree(data.FOLDER, folder)
    yield folder
    data._resources.cache_clear()
