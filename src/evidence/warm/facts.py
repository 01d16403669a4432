"""What a file, a folder or a variable was when it was read: short texts to compare."""

# ruff: noqa: PTH123, PTH208
# Not pathlib, which calls what is replaced while a notebook is watched.

import hashlib
import os
from pathlib import Path

ABSENT, FOLDER, LISTED, TREE = "absent", "folder", "listed ", "tree "
PASSED_OVER = {"__pycache__", ".ipynb_checkpoints", ".git", ".DS_Store"}
real = {}  # functions of os that are replaced while a notebook is watched, by name


def state(path, how=""):
    """Return what reading a path would find: a digest, ABSENT or FOLDER.

    Parameters
    ----------
    path : str or pathlib.Path
    how : str
        What was noted before; a noted listing or tree is compared with a listing or tree.
    """
    if how.startswith(TREE):
        return _tree(path)
    try:
        if how.startswith(LISTED):
            return LISTED + _short("\0".join(sorted(_names(path))).encode())
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except IsADirectoryError:
        return FOLDER
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError as error:
        return f"unreadable ({error.strerror})" if not Path(path).is_dir() else FOLDER


def _names(path):
    found = real["listdir"](path) if real else os.listdir(path)
    return [n for n in found if n not in PASSED_OVER and not n.startswith(".evidence-")]


def _tree(path):
    total = hashlib.sha256()
    for file in sorted(Path(path).rglob("*.py")):
        total.update(file.as_posix().encode() + b"\0" + file.read_bytes())
    return TREE + total.hexdigest()[:16]


def _short(data):
    return hashlib.sha256(data).hexdigest()[:16]


def variable(value):
    """Return what is noted of an environment variable; its value may be a secret."""
    return ABSENT if value is None else _short(value.encode("utf-8", "surrogateescape"))


def seen(facts):
    """Return what changes of a file's `os.stat` when it is written."""
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
