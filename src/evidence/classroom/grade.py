"""Grades submitted notebooks with nbgrader: each learner apart, each cell with a time limit."""

import csv
import importlib.util
import io
import json
import shutil
from dataclasses import asdict, dataclass, fields
from datetime import datetime

import nbformat

from evidence.classroom.autograder import ASSIGNMENT, Autograder
from evidence.errors import RequestError
from evidence.files import write_whole
from helpers.exercises.check import KEY

COURSE = "grading"
GRADES = "grades.csv"
# What all cells of a notebook may take together, in limits of one cell.
PATIENCE = 10


@dataclass(frozen=True)
class Grade:
    """The score of one learner in one exercise."""

    learner: str
    notebook: str
    exercise: str
    score: float
    points: float
    remark: str


def grade(submissions, folder, limit, progress):
    """Grade every learner's notebooks.

    Parameters
    ----------
    submissions : pathlib.Path
        One folder per learner, with the notebooks in it.
    folder : pathlib.Path
        What `build` wrote.
    limit : int
        Seconds a cell may run before it is stopped.
    progress : callable
        Called with what is done, in words.

    Returns
    -------
    list of Grade

    Raises
    ------
    RequestError
        If nbgrader is missing, nothing was built, or there is no submission.
    """
    if not (folder / "learner" / KEY).exists():
        raise RequestError(f"{folder}: no class there; run `evidence class build` first")
    found = [f for f in sorted(submissions.glob("[!.]*")) if f.is_dir()]
    if not any(any(learner.glob("*.ipynb")) for learner in found):
        raise RequestError(f"{submissions}: expected one folder per learner with notebooks in it")
    if importlib.util.find_spec("nbgrader") is None:
        raise RequestError("nbgrader is not installed; add it with `make grading`")
    kept = keep_earlier(folder)
    if kept:
        progress(f"Earlier grades and what was marked by hand: kept in {kept}")
    course = _course(folder)
    grades = []
    with Autograder(course, limit) as autograder:
        problem = autograder.register()
        if problem:
            raise RequestError(f"nbgrader: {problem}")
        for learner in found:
            problems = {
                name: autograder.grade(learner.name, name, PATIENCE * limit)
                for name in _hand_in(learner, course)
            }
            grades += _scores(learner, course, problems)
            progress(f"{learner.name}: graded")
    return grades


def write_grades(grades, path):
    """Write the scores as CSV, one row per learner and exercise."""
    text = io.StringIO()
    table = csv.DictWriter(text, [f.name for f in fields(Grade)], lineterminator="\n")
    table.writeheader()
    table.writerows(asdict(grade) for grade in grades)
    write_whole(path, text.getvalue())


def keep_earlier(folder):
    """Move an earlier grading aside: its gradebook and table may hold a lecturer's own marks.

    Returns
    -------
    pathlib.Path or None
        Where it is now, with the date and time in its name; None if there was none.
    """
    earlier = [path for path in (folder / COURSE, folder / GRADES) if path.exists()]
    if not earlier:
        return None
    kept = folder / f"{COURSE}-{datetime.now():%Y-%m-%d-%H%M%S}"
    kept.mkdir()
    for path in earlier:
        path.rename(kept / path.name)
    return kept


def _course(folder):
    """Make the nbgrader course: its source is the learner's version."""
    course = folder / COURSE
    shutil.copytree(folder / "learner", course / "source" / ASSIGNMENT)
    for path in (course / "source" / ASSIGNMENT).glob("*.ipynb"):
        if not _points(path):
            path.unlink()
    return course


def _hand_in(learner, course):
    """Copy those of a learner's notebooks that can be read, and return their names."""
    target = course / "submitted" / learner.name / ASSIGNMENT
    target.mkdir(parents=True)
    handed = []
    for source in sorted((course / "source" / ASSIGNMENT).glob("*.ipynb")):
        path = learner / source.name
        if path.exists() and _is_notebook(path):
            shutil.copy(path, target)
            handed.append(source.stem)
    return handed


def _is_notebook(path):
    """Tell whether a file can be read as a notebook; nbformat fails in many ways if not."""
    try:
        nbformat.validate(nbformat.read(path, as_version=4))
    except (AttributeError, TypeError, ValueError, nbformat.ValidationError):
        return False
    return True


def _scores(learner, course, problems):
    """Read the scores from the graded notebooks; what could not be graded scores zero.

    `problems` says of each notebook that was handed in why it could not be graded, or nothing.
    """
    from nbgrader.utils import determine_grade

    grades = []
    for source in sorted((course / "source" / ASSIGNMENT).glob("*.ipynb")):
        graded = course / "autograded" / learner.name / ASSIGNMENT / source.name
        why = problems.get(source.stem, _missing(learner, source.name))
        cells = nbformat.read(graded, as_version=4).cells if graded.exists() and not why else []
        scored = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in cells}
        for grade_id, points in _points(source).items():
            score, remark = 0.0, why or "the check cell is missing"
            if grade_id in scored:
                score, _ = determine_grade(scored[grade_id])
                remark = _remark(scored[grade_id], scored)
            exercise = grade_id.removeprefix("check-").replace("-", ".")
            row = (learner.name, source.stem, exercise, float(score), float(points), remark)
            grades.append(Grade(*row))
    return grades


def _missing(learner, name):
    """Say why a notebook of a learner could not be read."""
    if (learner / name).exists():
        return "the file is not a notebook"
    if any(learner.glob("*.ipynb")):
        return "not handed in"
    deeper = sorted(path.parent.name for path in learner.glob("*/*.ipynb"))
    where = f"; move its notebooks up from {deeper[0]}" if deeper else ""
    return f"nothing handed in here{where}"


def _points(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    marks = (cell["metadata"].get("nbgrader", {}) for cell in cells)
    return {mark["grade_id"]: mark["points"] for mark in marks if mark.get("grade")}


def _remark(check, scored):
    """Say why a check failed: what it said, or that the answer's cell was stopped."""
    answer = scored.get(check.metadata.nbgrader.grade_id.replace("check-", "answer-"))
    if answer is not None and "CellTimeoutError" in _errors(answer):
        return "stopped: the cell of the answer ran longer than the limit"
    for output in check.outputs:
        if output.output_type == "error":
            return output.evalue.splitlines()[0] if output.evalue else output.ename
    return ""


def _errors(cell):
    return [output.ename for output in cell.outputs if output.output_type == "error"]
