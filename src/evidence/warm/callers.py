"""Who is calling: the files of the code that runs, and the cell that it runs for."""

# ruff: noqa: PTH100, PTH118, PTH120
# Not pathlib, which calls what is replaced while a notebook is watched.

import os
import sys
import sysconfig

# These modules stand between a notebook and what it calls.
OWN = {
    os.path.join(os.path.dirname(__file__), f"{name}.py")
    for name in ("callers", "facts", "folders", "stand_ins", "watch")
}


def folder(path):
    """Return a folder's absolute path, ending in a separator: what lies in it begins so."""
    return os.path.abspath(path).rstrip("/\\") + os.sep


STDLIB = tuple({folder(sysconfig.get_path(n)) for n in ("stdlib", "platstdlib")})


def is_stdlib(file):
    """Whether a file belongs to Python's own library."""
    return file.startswith(STDLIB) and "site-packages" not in file


def is_inspected():
    """Whether Python asks for the files of its own modules, to show code."""
    return any(file.endswith(("/inspect.py", "/linecache.py")) for file in files())


def files():
    """Name the files of code that are being run, innermost first."""
    frame, found = sys._getframe(1), []
    while frame is not None:
        found.append(frame.f_code.co_filename)
        frame = frame.f_back
    return found


def asker():
    """Name the file of the code that called a stand-in."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename in OWN:
        frame = frame.f_back
    return frame.f_code.co_filename


def is_cell(file):
    """Whether a file of code stands for a notebook's cell."""
    return "ipykernel_" in file


def first_line(code):
    """Return the first line of code that is about to run."""
    return min((line for *_, line in code.co_lines() if line), default=1)


def where():
    """Tell which cell runs, at which line, and which function it called there."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return {}
    place = {"count": len(shell.history_manager.input_hist_raw) - 1}  # the first input is empty
    frame, called = sys._getframe(1), ""
    while frame is not None:
        if is_cell(frame.f_code.co_filename):
            return place | {"line": frame.f_lineno, "called": called}
        if frame.f_code.co_filename not in OWN:
            called = f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return place
