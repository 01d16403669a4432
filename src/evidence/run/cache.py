"""Results that need not be computed again: one file per result, found by what it depends on.

The first line of an entry says what the result depends on and how it was computed; the executed
notebook follows. An entry counts if everything it names is unchanged, so nothing stale is
reused and a change that is taken back finds its old result again.
"""

import contextlib
import json
import os

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.run.depends import digest, environment
from evidence.run.reads import moved
from helpers.data import table_digest

FORM = 2
HEAD = {"form", "start", "seconds", "kernel", "tables", "reads", "unseen", "parts", "sha"}
LARGEST = 1_000_000_000  # bytes; what was not used for longest goes first


class Cache:
    """A folder of results.

    Parameters
    ----------
    folder : pathlib.Path
        Made when the first result is stored.
    """

    def __init__(self, folder):
        """Use a folder; nothing is read yet."""
        self.folder = folder
        self.damaged = []  # one line per entry that could not be read
        self._listed = {}  # files by notebook and key: a folder may hold those of a large sweep
        self._newest = {}  # the newest file by notebook and parameters

    def find(self, name, parts):
        """Look a result up.

        Parameters
        ----------
        name : str
            Name of the notebook.
        parts : dict
            What it depends on (`evidence.run.depends.parts`).

        Returns
        -------
        tuple of dict and str, or None
            How it was computed, and the executed notebook.
        """
        for path in list(self._files(name).get(_key(parts), ())):
            head = self._head(path)
            if head and head["unseen"]:
                continue
            entry = self._read(path, parts)
            if entry and not _changed(entry[0]):
                with contextlib.suppress(OSError):  # another run has just removed it
                    os.utime(path)
                return entry
        return None

    def store(self, name, parts, tables, how, notebook, reads=None, unseen=()):
        """Keep a result.

        Parameters
        ----------
        name : str
            Name of the notebook.
        parts : dict
            What it depends on.
        tables : dict of str to str
            Digests of the tables it read.
        how : dict
            How it was computed: start, seconds, kernel.
        notebook : str
            The executed notebook.
        reads : dict of str to str, optional
            What else it read (`evidence.run.reads`).
        unseen : sequence of str
            Why it is never reused; then only how it was computed is kept.

        Raises
        ------
        RequestError
            If it cannot be written.
        """
        notebook, reads = "" if unseen else notebook, reads or {}
        head = {"form": FORM, **how, "tables": tables, "reads": reads, "unseen": list(unseen)}
        head |= {"parts": parts, "sha": digest(notebook)}
        path = self.folder / name / f"{_key(parts)}.{digest(json.dumps([tables, reads]))}"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(f"{path.parent}: cannot be made ({error.strerror})") from None
        write_whole(path, f"{json.dumps(head)}\n{notebook}")
        self._files(name).setdefault(_key(parts), {})[path] = None
        if name in self._newest:
            self._newest[name][_parameters(parts)] = path

    def last(self, name, parameters=None):
        """Return how a notebook was computed last, with these parameters if any are named."""
        if parameters is None:
            paths = sorted(self.folder.glob(f"{name}/*"), key=_age)
        else:
            newest = self._by_parameters(name).get(json.dumps(parameters, sort_keys=True))
            paths = [newest] if newest else []
        return next(filter(None, map(self._head, paths)), None)

    def _files(self, name):
        """Return the files of a notebook by key, listed once."""
        if name not in self._listed:
            found = self._listed[name] = {}
            for path in self.folder.glob(f"{name}/*"):
                found.setdefault(path.name.partition(".")[0], {})[path] = None
        return self._listed[name]

    def _by_parameters(self, name):
        """Return a notebook's newest file by parameters, read once."""
        if name not in self._newest:
            found = self._newest[name] = {}
            for path in sorted(self.folder.glob(f"{name}/*"), key=_age):
                head = self._head(path)
                if head:
                    found.setdefault(_parameters(head["parts"]), path)
        return self._newest[name]

    def trim(self):
        """Remove what was not used for longest, until the folder is small enough."""
        size = 0
        for path in sorted(self.folder.glob("*/*"), key=_age):
            with contextlib.suppress(FileNotFoundError):  # another run has just removed it
                size += path.stat().st_size
                if size > LARGEST:
                    path.unlink()

    def _head(self, path):
        try:
            with path.open("rb") as file:
                return _checked(file.readline())
        except (OSError, ValueError):
            return None

    def _read(self, path, parts):
        """Read an entry whole; one that is damaged is named, removed and computed again."""
        try:
            first, _, rest = path.read_bytes().partition(b"\n")
            head, notebook = _checked(first), rest.decode()
            if head["sha"] == digest(notebook) and head["parts"] == parts:
                return head, notebook
        except FileNotFoundError:  # another run has just removed it
            return None
        except (OSError, ValueError):
            pass
        self.damaged.append(f"{path.parent.name}: a kept result is damaged and is computed again")
        path.unlink(missing_ok=True)
        return None


def _checked(line):
    """Read the first line of an entry; ValueError if it is not one of this form."""
    head = json.loads(line)
    if not isinstance(head, dict) or head.get("form") != FORM or HEAD - set(head):
        raise ValueError("not the head of an entry")
    return head


def _changed(head):
    """Name the tables, files and variables that are not as an entry's notebook read them."""
    tables = [f"table {t}" for t, d in head["tables"].items() if table_digest(t) != d]
    return tables + moved(head["reads"], environment())


def _key(parts):
    return digest(json.dumps(parts, sort_keys=True))


def _parameters(parts):
    return json.dumps(parts["parameters"], sort_keys=True)


def _age(path):
    try:
        return -path.stat().st_mtime_ns
    except OSError:  # removed by another run
        return 0


def why(head, parts):
    """Say what changed since a result was computed.

    Parameters
    ----------
    head : dict
        How it was computed (`Cache.last`).
    parts : dict
        What it depends on now.

    Returns
    -------
    list of str
        For example ["table prices", "helpers.market.model", "numpy 2.1.0 -> 2.2.0"].
    """
    then = head["parts"]
    lines = [what for what in ("notebook", "python") if then[what] != parts[what]]
    lines += _changed(head)
    lines += _differing(then["helpers"], parts["helpers"])
    lines += _differing(then["settings"], parts["settings"])
    for name in _differing(then["libraries"], parts["libraries"]):
        old, new = (side.get(name, "absent") for side in (then["libraries"], parts["libraries"]))
        lines.append(f"{name} {old} -> {new}")
    return lines


def _differing(old, new):
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
