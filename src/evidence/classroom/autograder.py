"""Drives nbgrader in a process of its own, one notebook after the other."""

import multiprocessing
import os
import re
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from helpers.exercises.check import GRADING

ASSIGNMENT = "evidence"
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "evidence"
c.Execute.timeout = {limit}
c.Execute.iopub_timeout = {limit}
c.Execute.raise_on_iopub_timeout = False
c.Execute.kernel_name = "evidence"
c.OverwriteCells.add_missing_cells = True
"""
FILE = "nbgrader_config.py"
EMPTY = "nbgrader ended without a word"


class Autograder:
    """A course that nbgrader grades; used with `with`.

    nbgrader stops a cell that runs too long and goes on. Should it not come back at all, or its
    process die, the next notebook gets a new one.
    """

    def __init__(self, course, limit):
        """Prepare a course folder.

        Parameters
        ----------
        course : pathlib.Path
            Holds source/ASSIGNMENT and submitted/LEARNER/ASSIGNMENT.
        limit : int
            Seconds a cell may run.
        """
        self.course = course.resolve()
        (self.course / FILE).write_text(CONFIG.format(limit=limit), encoding="utf-8")
        self.pool = None

    def __enter__(self):
        """Start with no process; the first call makes one."""
        return self

    def __exit__(self, *_):
        """End the process."""
        self._end()

    def register(self):
        """Tell nbgrader the cells and points of the course; return why that failed, or nothing."""
        return self._call(_register, None, str(self.course))

    def grade(self, learner, notebook, seconds):
        """Grade one notebook of a learner; return why that failed, or nothing.

        One at a time, because nbgrader drops all that it grades together if one cannot be graded.

        Parameters
        ----------
        learner, notebook : str
        seconds : float
            How long all its cells may take.
        """
        return self._call(_grade, seconds, str(self.course), learner, notebook)

    def _call(self, work, seconds, *given):
        if self.pool is None:
            context = multiprocessing.get_context("spawn")
            self.pool = ProcessPoolExecutor(1, context, initializer=_prepare)
        try:
            return self.pool.submit(work, *given).result(seconds)
        except OutOfTime:
            self._end()
            return "stopped: the notebook ran on after every limit"
        except BrokenProcessPool:
            self._end()
            return "stopped: the grading process died, as when memory runs out"

    def _end(self):
        if self.pool is not None:
            for process in list(self.pool._processes.values()):
                process.terminate()
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.pool = None


def _prepare():
    """Put this environment's commands on the path: nbgrader calls alembic by its bare name.

    What nbgrader's database layer warns of is for its developers, not for a lecturer. Kernels take
    over this environment, so that an answer which is missing fails its check.
    """
    warnings.simplefilter("ignore")
    commands = str(Path(sys.executable).parent)
    os.environ[GRADING] = "1"
    os.environ["PATH"] = os.pathsep.join([commands, os.environ.get("PATH", "")])


def _register(course):
    return _problem(_api(course).generate_assignment(ASSIGNMENT))


def _grade(course, learner, notebook):
    return _problem(_api(course, notebook).autograde(ASSIGNMENT, learner))


def _api(course, notebook="*"):
    from nbgrader.apps import NbGraderAPI
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader(FILE, path=course).load_config()
    config.CourseDirectory.root = course
    config.CourseDirectory.notebook_id = notebook
    return NbGraderAPI(config=config)


def _problem(result):
    """Return what went wrong in one line, or nothing; nbgrader's own last line names no cause."""
    if result["success"]:
        return ""
    said = "\n".join(result.get(part) or "" for part in ("error", "log"))
    if "DeadKernelError" in said:
        return "stopped: a cell ended the kernel, as when memory runs out"
    causes = re.findall(r"^ *([\w.]+Error: .+)", said, re.MULTILINE)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return [EMPTY, *lines, *causes][-1]
