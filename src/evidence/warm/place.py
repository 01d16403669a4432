"""Where the template of an environment is found, and what makes two environments differ."""

import hashlib
import json
import os
import stat
import sys
import sysconfig
from functools import cache
from pathlib import Path

import helpers
from evidence.scratch import usual_folder

CODE = (Path(helpers.__file__).resolve().parent, Path(__file__).resolve().parent)
# Variables that differ between two starts of the same work and that no library reads at import:
# names of the calling test, terminal or session, and what the child sets for itself.
PASSING = {
    "COLUMNS",
    "JPY_PARENT_PID",
    "JPY_SESSION_NAME",
    "LINES",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MAKEOVERRIDES",
    "MAKE_TERMERR",
    "MAKE_TERMOUT",
    "MFLAGS",
    "OLDPWD",
    "PWD",
    "PYDEVD_USE_FRAME_EVAL",
    "SHLVL",
    "_",
}
PASSING_STARTS = ("PYTEST_", "JUPYTER_", "JPY_", "COV_CORE_", "EVIDENCE_")


class NoTemplateError(Exception):
    """Why a kernel cannot be forked here; an ordinary one is started instead."""


def lasting(environment):
    """Return the variables that a library could read while it is imported.

    Parameters
    ----------
    environment : dict of str to str

    Returns
    -------
    dict of str to str
    """
    return {
        name: value
        for name, value in environment.items()
        if name not in PASSING and not name.startswith(PASSING_STARTS)
    }


def key(interpreter, environment):
    """Return what a template must match: interpreter, environment, packages, helpers' source.

    Parameters
    ----------
    interpreter : list of str
        Command that starts Python, with its options.
    environment : dict of str to str

    Returns
    -------
    str
        Two digests: of the interpreter, environment and limits, and of what can be edited.
    """
    variables = sorted(lasting(environment).items())
    fixed = json.dumps([interpreter, sys.version, variables, _limits()])
    digest = hashlib.sha256()
    for folder_of_code in CODE:
        for path in sorted(folder_of_code.rglob("*.py")):
            state = path.stat()
            stamp = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)
            digest.update(_file(path, folder_of_code.parent, stamp))
    for name in ("purelib", "platlib"):  # installing or removing a package touches its folder
        digest.update(str(Path(sysconfig.get_path(name)).stat().st_mtime_ns).encode())
    return f"{hashlib.sha256(fixed.encode()).hexdigest()[:12]}-{digest.hexdigest()[:12]}"


def _limits():
    """Return the limits of this process (`ulimit`), which all that it starts takes over."""
    import resource  # not on Windows, where nothing comes this far

    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))
    return [resource.getrlimit(getattr(resource, name)) for name in names]


@cache
def _file(path, base, _stamp):
    """Return the digest of a file's name and contents; read again when its stamp changes."""
    named = str(path.relative_to(base)).encode() + b"\0"
    return hashlib.sha256(named + path.read_bytes()).digest()


def folder():
    """Return the folder of this user's sockets; nobody else can enter it.

    Raises
    ------
    NoTemplateError
        If somebody else made it, or it cannot be made.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    if not (base and os.access(base, os.W_OK)):
        base = usual_folder()
    path = Path(base) / f"evidence-kernels-{os.getuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        state = path.lstat()
    except OSError as error:
        raise NoTemplateError(f"{path}: {error.strerror}") from None
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise NoTemplateError(f"{path}: expected a folder that only this user can enter")
    return path
