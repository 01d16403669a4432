"""What a notebook read besides tables, noted so that a later run can see whether it changed.

By name: a path (in the project if it can be), or ``$NAME`` for a variable of the environment. The
value says what was found there (`evidence.warm.facts.state`).
"""

from pathlib import Path

from evidence.files import ROOT
from evidence.warm.facts import ABSENT, variable
from evidence.warm.facts import state as state_of

EDITED = "changed while it ran"


def named(seen):
    """Return what a kernel reported, with paths that hold on other machines where they can.

    Parameters
    ----------
    seen : dict
        From `evidence.warm.watch.report`; empty if the notebook did not come to its end.

    Returns
    -------
    dict of str to str
    """
    files = {_in_project(path): how for path, how in seen.get("reads", {}).items()}
    return files | {f"${name}": how for name, how in seen.get("variables", {}).items()}


def _in_project(path):
    inside = Path(path)
    return inside.relative_to(ROOT).as_posix() if inside.is_relative_to(ROOT) else path


def moved(reads, environment):
    """Name what is not as it was read.

    Parameters
    ----------
    reads : dict of str to str
    environment : dict of str to str
        Of the kernels to come.

    Returns
    -------
    list of str
    """
    return [name for name, how in reads.items() if _now(name, how, environment) != how]


def _now(name, how, environment):
    if name.startswith("$"):
        return variable(environment.get(name[1:]))
    return state_of(ROOT / name, how)


def in_words(reads):
    """Return what was read for people: files and folders, and variables; not what is absent."""
    return [name for name, how in reads.items() if how != ABSENT]
