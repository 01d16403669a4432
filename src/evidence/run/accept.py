"""Stores fresh outputs in notebooks/ as the reference that nbval compares with."""

import asyncio
import json

from evidence.classroom.expected import add_answers, questions
from evidence.classroom.lessons import read_lesson
from evidence.classroom.versions import with_exercises
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.notebooks.files import recorded
from evidence.notebooks.stored import fingerprint, unstable_outputs
from evidence.run.task import Task, as_text, run_task
from helpers.results import in_one_line


def accept(notebook):
    """Run a notebook with its default parameters and store what it shows.

    The exercises of its lesson are put in first, and the answers they expect are stored beside it.

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
    before, lesson = notebook.cells, read_lesson(notebook.name)
    task = Task(
        notebook.name,
        as_text(notebook.content | {"cells": with_exercises(before, lesson)}),
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
    try:
        add_answers(notebook, asyncio.run(questions(notebook, lesson)))
    except RequestError as error:
        return [], f"not stored: {error}"
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
