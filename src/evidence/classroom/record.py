"""Keeps grades as an nbgrader course, for its feedback and formgrader, if nbgrader is installed.

nbgrader runs no learner's code here: it is given notebooks that were run in the sandbox.
"""

import importlib.util
import os
import re
import sys
import warnings
from pathlib import Path

ASSIGNMENT = "evidence"
CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "evidence"
c.OverwriteCells.add_missing_cells = True
"""
FILE = "nbgrader_config.py"
EMPTY = "nbgrader ended without a word"
# Its usual steps without the two that clear the outputs and run the notebook.
LEFT_OUT = {"ClearOutput", "Execute"}


def installed():
    """Tell whether nbgrader is there."""
    return importlib.util.find_spec("nbgrader") is not None


def record(course, notebooks, executed):
    """Make an nbgrader course of executed notebooks.

    Parameters
    ----------
    course : pathlib.Path
        New folder of the course.
    notebooks : dict of str to nbformat.NotebookNode
        As handed out, by name.
    executed : dict of (str, str) to nbformat.NotebookNode
        By learner and name.

    Returns
    -------
    list of str
        What nbgrader could not take, one line each.
    """
    import nbformat

    for name, notebook in notebooks.items():
        nbformat.write(notebook, _made(course / "source" / ASSIGNMENT / f"{name}.ipynb"))
    for (learner, name), notebook in executed.items():
        path = course / "submitted" / learner / ASSIGNMENT / f"{name}.ipynb"
        nbformat.write(notebook, _made(path))
    (course / FILE).write_text(CONFIG, encoding="utf-8")
    # It calls alembic by its bare name.
    commands = str(Path(sys.executable).parent)
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([commands, before])
    try:
        with warnings.catch_warnings(action="ignore"):  # for its developers
            problem = _problem(_api(course).generate_assignment(ASSIGNMENT))
            if problem:
                return [f"nbgrader: {problem}"]
            learners = dict.fromkeys(learner for learner, _ in executed)
            said = {who: _problem(_api(course).autograde(ASSIGNMENT, who)) for who in learners}
    finally:
        os.environ["PATH"] = before
    return [f"nbgrader: {learner}: {problem}" for learner, problem in said.items() if problem]


def _made(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _api(course):
    from nbgrader.apps import NbGraderAPI
    from nbgrader.converters.autograde import Autograde
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader(FILE, path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    for steps in ("sanitize_preprocessors", "autograde_preprocessors"):
        usual = Autograde.class_traits()[steps].default_args[0]
        config.Autograde[steps] = [step for step in usual if step.__name__ not in LEFT_OUT]
    return NbGraderAPI(config=config)


def _problem(result):
    """Return what went wrong in one line, or nothing; nbgrader's own last line names no cause."""
    if result["success"]:
        return ""
    said = "\n".join(result.get(part) or "" for part in ("error", "log"))
    causes = re.findall(r"^ *([\w.]+Error: .+)", said, re.MULTILINE)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return [EMPTY, *lines, *causes][-1]
