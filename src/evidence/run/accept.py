"""Stores fresh outputs in notebooks/ as the reference that nbval compares with."""

import json

from evidence.files import write_whole
from evidence.notebooks.files import recorded
from evidence.notebooks.stored import fingerprint, unstable_outputs
from evidence.run.task import Task, as_text, run_task
from helpers.results import in_one_line


def accept(notebook):
    """Run a notebook with its default parameters and store what it shows.

    Parameters
    ----------
    notebook : evidence.notebooks.files.Notebook

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


def _changes(before, after):
    old, new = ({r["name"]: in_one_line(r) for r in recorded(cells)} for cells in (before, after))
    lines = [
        f"{old.get(name, 'new:')}  ->  {new.get(name, 'gone')}"
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]
    if not lines and fingerprint(before) != fingerprint(after):
        lines = ["what is shown changed; the recorded results did not"]
    return lines
