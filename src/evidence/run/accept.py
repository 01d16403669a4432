"""Stores fresh outputs in notebooks/ as the reference that nbval compares with."""

import json
from datetime import UTC, datetime

from evidence.classroom.expected import add_answers, carry_out, questions
from evidence.classroom.lessons import read_lesson
from evidence.classroom.versions import with_exercises
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.notebooks import script
from evidence.notebooks.files import recorded
from evidence.notebooks.stored import (
    SEMICOLON,
    differing_outputs,
    fingerprint,
    unstable_outputs,
)
from evidence.run.task import Task, as_text, run_task
from helpers.results import in_one_line

COLD = True  # the reference owes nothing to a kernel that was prepared
OF_SEABORN = "give the chart errorbar=None, or a number as seed="
REMEDIES = {
    "seed": "draw from np.random.default_rng(seed), with a parameter "
    "`seed: int = 1  # start of the random numbers [; 0..]`",
    "clock": "take the date from a parameter",
}
UNSTEADY = ("clock", "without a seed", "before its seed", "machine", "network", "times of files")


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
    if notebook.path.suffix == script.SUFFIX:
        return [], "a script stores no outputs, expected a notebook (.ipynb)"
    before, lesson = notebook.cells, read_lesson(notebook.name)
    source = as_text(notebook.content | {"cells": with_exercises(before, lesson)})
    try:
        fresh = _run(notebook, source, {"PYTHONHASHSEED": "0"})
        cells = fresh["cells"]
        problem = "; ".join(unstable_outputs(cells))
        if not problem:
            # In another process, so what hangs on memory or the moment differs too.
            other = {"PYTHONHASHSEED": "20140217", "TZ": _elsewhere()}
            again = _run(notebook, _showing(source), other)
            problem = "; ".join(differing_outputs(cells, again["cells"]))
    except RequestError as error:
        return [], str(error)
    if problem:
        return [], f"not stored: {problem}"
    try:
        add_answers(notebook, carry_out(questions(notebook, lesson)))
    except RequestError as error:
        return [], f"not stored: {error}"
    fresh["metadata"] = {
        "evidence": {"accepted": fingerprint(cells)},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    write_whole(notebook.path, as_text(fresh))
    return _changes(before, cells), ""


def _run(notebook, source, variables):
    """Execute a notebook; what hangs on the clock or on chance is refused, shown or not."""
    folder = str(notebook.path.parent)
    outcome, text = run_task(
        Task(notebook.name, source, folder, {}, cold=COLD, variables=variables)
    )
    if outcome.problem:
        raise RequestError(f"failed: {outcome.problem}")
    unsteady = [r for r in outcome.unseen if any(word in r for word in UNSTEADY)]
    content = json.loads(text)
    if unsteady:
        said = [_said(reason, outcome.places.get(reason), content["cells"]) for reason in unsteady]
        raise RequestError(f"not stored, as it may show something else: {'; '.join(said)}")
    return content


def _said(reason, place, cells):
    """Say which cell does what keeps a notebook from being stored, and what mends it."""
    package, *_, name = f"{(place or {}).get('called') or '.'}".split(".")
    called = f" (in {package}.{name})" if package else ""
    remedy = OF_SEABORN if package == "seaborn" and "seed" in reason else ""
    remedy = remedy or next((words for word, words in REMEDIES.items() if word in reason), "")
    return f"{_in_words(place, cells)} {reason}{called}{remedy and f': {remedy}'}"


def _in_words(place, cells):
    """Name a cell, and the line in it, by what they say; "it" if they are not known."""
    for number, cell in enumerate(cells, 1):
        if place and cell.get("execution_count") == place["count"]:
            lines, at = "".join(cell["source"]).splitlines(), place.get("line", 1)
            line = f" in line {at}, `{lines[at - 1].strip()}`," if 1 < at <= len(lines) else ""
            return f"cell {number} (it begins `{lines[0].strip()}`){line}"
    return "it"


def _elsewhere():
    """Return a time zone where it is another day now."""
    return "Etc/GMT-14" if datetime.now(UTC).hour >= 10 else "Etc/GMT+12"


def _showing(source):
    """Return a notebook whose cells hide no value with a semicolon, which nbval does not heed."""
    content = json.loads(source)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = SEMICOLON.sub("", "".join(cell["source"]))
    return as_text(content)


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
