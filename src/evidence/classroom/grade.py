"""Grades what a class handed in: each notebook in a sandbox, each cell with a time limit."""

import csv
import io
import json
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

import nbformat

from evidence.classroom.execute import BEGUN, DIED, DONE, GIVEN, NOT_RUN, TOO_LONG
from evidence.classroom.hand_in import hand_ins
from evidence.classroom.mend import marked, mended
from evidence.classroom.record import installed, record
from evidence.classroom.sandbox import environment
from evidence.classroom.versions import as_notebook, check_of
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.scratch import uninterrupted
from helpers.exercises.check import KEY

COURSE = "grading"
GRADES = "grades.csv"
OVERVIEW = "overview.md"
# What all cells of a notebook may take together, in limits of one cell.
PATIENCE = 10
CAUSES = {
    TOO_LONG: "stopped: a cell ran longer than the limit",
    DIED: "stopped: a cell ended the kernel, as when memory runs out",
    NOT_RUN: "not run: the notebook as a whole ran longer than ten times the limit",
}
DEAD = "stopped: the notebook ended every kernel, or ran on after every limit"


@dataclass(frozen=True)
class Grade:
    """The score of one learner in one exercise."""

    learner: str
    notebook: str
    exercise: str
    score: float
    points: float
    remark: str


def grade(submissions, folder, limit, progress, sandbox, chosen=(), jobs=1):
    """Grade every learner's notebooks.

    Parameters
    ----------
    submissions : pathlib.Path
        One folder or zip per learner, or a zip of them.
    folder : pathlib.Path
        What `build` wrote.
    limit : int
        Seconds a cell may run before it is stopped.
    progress : callable
        Called with what is done, in words.
    sandbox : evidence.classroom.sandbox.Sandbox
        Where the notebooks run.
    chosen : iterable of str
        Names of the notebooks to grade; those that anyone handed in if empty.
    jobs : int
        Notebooks run at a time.

    Returns
    -------
    list of Grade

    Raises
    ------
    RequestError
        If nothing was built, or there is no submission.
    """
    released = _released(folder)
    with tempfile.TemporaryDirectory(prefix="grade-") as scratch:
        found, problems = hand_ins(submissions, Path(scratch), released)
        if problems or not any(each.notebooks or each.problems for each in found):
            why = problems or ["expected one folder or zip per learner with notebooks in it"]
            raise RequestError(f"{submissions}: {why[0]}")
        taken = {
            (each.learner, name): each.best(name, notebook["cells"])
            for each in found
            for name, notebook in released.items()
        }
        asked = _asked(released, chosen, taken, progress)
        hidden = [folder, submissions if submissions.is_dir() else submissions.parent]
        key = (folder / "learner" / KEY).read_text(encoding="utf-8")
        running = Running()

        def one(each):
            done = {}
            for name in asked:
                cells, _ = taken[each.learner, name]
                if cells is not None:
                    mend, remarks = mended(cells, released[name]["cells"])
                    done[name] = _run(mend, limit, sandbox, hidden, key, running), remarks
            progress(f"{each.learner}: graded")
            return done

        with ThreadPoolExecutor(jobs) as pool:
            try:
                executed = dict(zip((e.learner for e in found), pool.map(one, found), strict=True))
            except BaseException:  # Ctrl-C, or no sandbox: nobody waits for the rest
                running.end()
                raise
    kept = keep_earlier(folder)
    if kept:
        progress(f"Earlier grades and what was marked by hand: kept in {kept}")
    grades = []
    for each in found:
        for name in asked:
            ran = executed[each.learner].get(name)
            remark = taken[each.learner, name][1]
            grades += _scores(each.learner, name, released[name]["cells"], ran, remark)
    if installed():
        done = {(w, n): nb for w, of in executed.items() for n, (nb, _) in of.items() if nb}
        source = {name: nbformat.from_dict(released[name]) for name in asked}
        for line in record(folder / COURSE, source, done):
            progress(line)
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
    earlier = [folder / name for name in (COURSE, GRADES, OVERVIEW) if (folder / name).exists()]
    if not earlier:
        return None
    kept = folder / f"{COURSE}-{datetime.now():%Y-%m-%d-%H%M%S}"
    kept.mkdir()
    for path in earlier:
        path.rename(kept / path.name)
    return kept


def _released(folder):
    """Read the learner's versions that hold something to grade, by name."""
    if not (folder / "learner" / KEY).exists():
        raise RequestError(f"{folder}: no class there; run `evidence class build` first")
    read = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "learner").glob("*.ipynb"))
    }
    return {name: notebook for name, notebook in read.items() if marked(notebook["cells"])}


def _asked(released, chosen, taken, progress):
    """Name the notebooks that are graded: those chosen, or those that anyone handed in."""
    if chosen:
        missing = [name for name in chosen if name not in released]
        if missing:
            raise RequestError(f"{missing[0]}: the class holds nothing of it to grade")
        return [name for name in released if name in chosen]
    handed = {name for (_, name), (cells, _) in taken.items() if cells is not None}
    left = [name for name in released if name not in handed]
    if handed and left:
        progress(f"Nobody handed in {', '.join(left)}: not counted; name a notebook to count it")
    return [name for name in released if name in handed or not handed]


class Running:
    """The notebooks that run at the moment, so that all can be ended at once."""

    def __init__(self):
        self._lock, self._processes, self._ended = threading.Lock(), [], False

    def carry_out(self, argv, seconds, **options):
        """Run a program to its end, as `subprocess.run`; return what it said as errors."""
        with self._lock:
            if self._ended:
                raise subprocess.SubprocessError
            # In a session of its own: Ctrl-C reaches this process, which ends the program.
            process = subprocess.Popen(argv, start_new_session=True, **options)
            self._processes.append(process)
        try:
            return process.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise

    def end(self):
        """End what runs, and start nothing any more."""
        with uninterrupted(), self._lock:
            self._ended = True
            for process in self._processes:
                process.kill()


def _run(cells, limit, sandbox, hidden, key, running):
    """Run a notebook in a folder of its own; return it, or nothing if it did not come back."""
    patience = PATIENCE * limit
    with tempfile.TemporaryDirectory(prefix="g-") as place:
        folder = Path(place)
        (folder / GIVEN).write_text(json.dumps(as_notebook(cells)), encoding="utf-8")
        (folder / KEY).write_text(key, encoding="utf-8")
        argv = [sys.executable, "-m", "evidence.classroom.execute", str(limit), str(patience)]
        try:
            errors = running.carry_out(
                sandbox.command(argv, folder, hidden),
                2 * patience + 60,
                cwd=folder,
                env=environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except subprocess.TimeoutExpired:
            return None
        if not (folder / BEGUN).exists():  # no learner's doing
            said = errors.decode(errors="replace").splitlines() or ["no reason given"]
            raise RequestError(f"{sandbox.name}: no notebook could be started ({said[-1]})")
        try:
            return nbformat.reads((folder / DONE).read_text(encoding="utf-8"), as_version=4)
        except (OSError, ValueError):
            return None


def _scores(learner, name, released, ran, found):
    """Read the scores of one notebook; what did not come back scores zero.

    `ran` is the executed notebook with remarks on its cells, or nothing if none was handed in;
    `found` says what is unusual about the file, or why there is none.
    """
    executed, remarks = ran or (None, {})
    cells = executed.cells if executed else []
    checks, grades = {check_of(cell): cell for cell in cells}, []
    for cell in released:
        exercise = check_of(cell)
        if not exercise:
            continue
        points = float(cell["metadata"]["nbgrader"]["points"])
        why = "" if executed else DEAD if ran else found
        if executed:
            why = _why(exercise, checks[exercise], cells)
        score = 0.0 if why else points
        said = [why, *([remarks.get(exercise, ""), found] if ran else [])]
        remark = "; ".join(filter(None, said))
        grades.append(Grade(learner, name, exercise, score, points, remark))
    return grades


def _why(exercise, check, cells):
    """Say why a check failed, or nothing; what stopped the answer comes before what it left."""
    mark = f"answer-{exercise.replace('.', '-')}"
    own = [cell for cell in cells if cell.get("id") == mark]
    for error in _errors([check]):
        said = (error.evalue or error.ename).splitlines()[0]
        if "does not exist" in said:
            for failed in _errors(own):
                said = f"the answer's cell failed: {failed.ename}: {failed.evalue}".splitlines()[0]
        return _stopped([check]) or _stopped(own) or said
    return "" if check.execution_count else CAUSES[NOT_RUN]


def _errors(cells):
    return [o for cell in cells for o in cell.get("outputs", []) if o.output_type == "error"]


def _stopped(cells):
    """Say what stopped a cell of these, if anything did."""
    return next((CAUSES[error.ename] for error in _errors(cells) if error.ename in CAUSES), "")
