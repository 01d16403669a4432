"""Stores fresh outputs in notebooks/ as the reference that nbval compares with."""

import hashlib
import json
import re

from helpers.rerun.notebooks import recorded, write_whole
from helpers.rerun.task import Task, as_text, run_task
from helpers.results import describe

# What a stored output may never hold: it would differ on every machine or every run.
UNSTABLE = (
    (re.compile(r"(?<![\w.])/(?:home|root|tmp|usr|Users|work)/"), "a path of a machine"),
    (re.compile(r"0x[0-9a-f]{6,}"), "a memory address"),
    (re.compile(r"\d\d:\d\d:\d\d"), "a time of day"),
    (re.compile(r"\d\.\d{7,}"), "an unrounded number"),
)


def accept(notebook):
    """Run a notebook with its default parameters and store what it shows.

    Parameters
    ----------
    notebook : helpers.rerun.notebooks.Notebook

    Returns
    -------
    changes : list of str
        Which results and how many cells now show something else.
    problem : str
        Why the outputs were not stored; empty if they were.
    """
    before = notebook.cells
    task = Task(
        notebook.name,
        notebook.path.read_text(encoding="utf-8"),
        str(notebook.path.parent),
        {},
        cold=True,  # the reference owes nothing to a kernel that was prepared
    )
    outcome, text = run_task(task)
    if outcome.problem:
        return [], f"failed: {outcome.problem}"
    fresh = json.loads(text)
    cells = fresh["cells"]
    problem = "; ".join(unstable_outputs(cells))
    if problem:
        return [], f"not stored: {problem}"
    fresh["metadata"] = {
        "evidence": {"accepted": fingerprint(cells)},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    write_whole(notebook.path, as_text(fresh))
    return _changes(before, cells), ""


def fingerprint(cells):
    """Return a digest of the code and outputs of a notebook, without counts and metadata."""
    parts = [
        [_text(cell["source"]), [_shown(output) for output in cell["outputs"]]]
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def unstable_outputs(cells):
    """Say which outputs hold errors, warnings or text that changes from machine to machine."""
    lines = []
    for index, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                lines.append(f"cell {index} shows an error")
            if output.get("name") == "stderr":
                lines.append(f"cell {index} shows a warning")
            text = _text(output.get("text", output.get("data", {}).get("text/plain", "")))
            lines += [f"cell {index} shows {what}" for form, what in UNSTABLE if form.search(text)]
    return lines


def _text(source):
    return source if isinstance(source, str) else "".join(source)


def _shown(output):
    data = output.get("data", {"text": output.get("text", "")})
    return {kind: _text(part) if isinstance(part, list) else part for kind, part in data.items()}


def _changes(before, after):
    old, new = ({r["name"]: describe(r) for r in recorded(cells)} for cells in (before, after))
    lines = [
        f"{old.get(name, 'new:')}  ->  {new.get(name, 'gone')}"
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]
    if not lines and fingerprint_safely(before) != fingerprint(after):
        lines = ["what is shown changed; the recorded results did not"]
    return lines


def fingerprint_safely(cells):
    """Return the fingerprint, or nothing for cells that were never run."""
    return fingerprint([c | {"outputs": c.get("outputs", [])} for c in cells])
