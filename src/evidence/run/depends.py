"""What a result depends on: notebook, parameters, helpers, library versions, and tables.

Helpers and libraries are read off import statements, wherever they stand, so that what a notebook
could import counts even if this time it does not. Tables are those that the run itself reported.
"""

import ast
import hashlib
import json
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path

import helpers
from evidence.libraries import versions
from evidence.scratch import usual
from evidence.warm.client import ORDINARY
from evidence.warm.habits import habits
from evidence.warm.home import isolated, settings

PACKAGE = Path(helpers.__file__).resolve().parent
# What executes a notebook, whether or not its cells import it.
MACHINERY = ("ipykernel", "ipython", "nbclient", "papermill")
# One thread per kernel: several run at a time, and the last bits of a sum should not depend on how
# many cores a machine has. Whoever sets the variable has their way.
THREADS = "OPENBLAS_NUM_THREADS"
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
EXTENSION = re.compile(r"^\s*%(?:load|reload)_ext\s+([\w.]+)", re.MULTILINE)
IMPORT = re.compile(r"^\s*((?:from|import)\s.*)$", re.MULTILINE)


def digest(text):
    """Return a short digest of text or bytes."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()[:16]


def environment(cold=False):
    """Return the environment of a task's kernel."""
    variables = {THREADS: "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"} | os.environ
    return isolated(usual(variables)) | ({ORDINARY: "1"} if cold else {})


def parts(cells, folder, parameters):
    """Return everything a result depends on that can be known before it is computed.

    Parameters
    ----------
    cells : list of dict
        Cells of the notebook.
    folder : pathlib.Path
        The notebook's folder, where modules of its own would be.
    parameters : dict
        All parameters, given or default.

    Returns
    -------
    dict of str to dict or str
        "notebook" (digest of its cells without outputs), "parameters", "helpers" (digest by
        module), "libraries" (version by name), "python" and "settings" (of its kernel).
    """
    sources = [
        (c["cell_type"], "".join(c["source"]), c.get("metadata", {}).get("tags", [])) for c in cells
    ]
    ours, others = reached(cells, folder)
    first = [{name.partition(".")[0] for name in names} for names in (others, ours)]
    return {
        "notebook": digest(json.dumps(sources)),
        "parameters": parameters,
        "helpers": dict(sorted(ours.items())),
        "libraries": versions(first[0] - first[1], MACHINERY),
        "python": f"{platform.python_version()} {sys.platform} {platform.machine()}",
        "settings": settings(environment(), folder),
    }


def reached(cells, folder):
    """Return all modules that a notebook can import, directly or through one of ours.

    Parameters
    ----------
    cells : list of dict
    folder : pathlib.Path
        The notebook's folder.

    Returns
    -------
    ours : dict of str to str
        Digests of the helpers, and of modules beside the notebook.
    others : list of str
        Everything else, with what only looks like a module in ``from x import y``.
    """
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    code = [source for source in code if not source.startswith("%%say")]
    waiting = [name for source in code for name in imported(MAGIC.sub("", source))]
    waiting += [name for source in code for name in EXTENSION.findall(source)]
    ours, others = {}, {}
    while waiting:
        name = waiting.pop()
        if name in ours or name in others:
            continue
        path = module_file(name, folder)
        if path is None:
            others[name] = None
        else:
            ours[name], more = _read(path)
            waiting += [*more, name.rpartition(".")[0]] if "." in name else more
    return ours, list(others)


def unseen_in_helpers(task):
    """Say what the helpers that a task's notebook imports do that no kernel sees: ask for the time.

    Parameters
    ----------
    task : evidence.run.task.Task

    Returns
    -------
    list of str
    """
    folder = Path(task.folder)
    ours, _ = reached(json.loads(task.notebook)["cells"], folder)
    # helpers.data looks at the times of its tables to read them again; they count by themselves.
    files = {name: module_file(name, folder) for name in ours if name != "helpers.data"}
    found = {n: _habits(path.read_bytes()) for n, path in files.items() if path is not None}
    return [f"{name} {reason}" for name, reasons in found.items() for reason in reasons]


@cache
def _habits(source):
    try:
        return tuple(habits(compile(source, "helper", "exec"))[0])
    except SyntaxError:  # which the notebook would meet
        return ()


@cache
def imported(source):
    """Return the modules that code imports, at its top or inside functions.

    A name imported from a package may be a module of it, so both count.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # as in `files = !ls`: take its import lines one by one
        lines = IMPORT.findall(source)
        return [name for line in lines if line != source for name in imported(line.strip())]
    names = []
    for node in statements(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def statements(tree):
    """Yield all statements of a tree; its expressions, which are most of it, are passed over."""
    waiting = [tree]
    for node in waiting:  # which grows
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            waiting += getattr(node, part, ())


def module_file(name, folder):
    """Return the file of a module of the helpers, or of one beside the notebook; or None."""
    first, *rest = name.split(".")
    path = PACKAGE.joinpath(*rest) if first == PACKAGE.name else folder.joinpath(first, *rest)
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def _read(path):
    """Return the digest of a module and what it imports, remembered by the file's contents."""
    return _parsed(path.read_bytes())


@cache
def _parsed(source):
    return digest(source), tuple(imported(source))
