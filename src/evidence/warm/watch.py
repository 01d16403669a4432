"""What a notebook's process reads, and what it does that cannot be seen.

`begin` is called in a kernel before the first cell, `report` after the last. Files are seen by an
audit hook of Python (PEP 578), and where Python has no event (`os.stat`, listings, environment,
clock, chance) by standing in for the function. What belongs to Python and its packages does not
count: their versions are known. Readers in other languages open files unseen, so whoever uses one
of them is only said to do so (`NATIVE`).
"""

# ruff: noqa: PTH109, PTH110, PTH113, PTH119
# Not pathlib, which calls what is replaced while a notebook is watched.

import os
import random
import stat
import sys
from types import CodeType

from evidence.warm.callers import (
    OWN,
    files,
    first_line,
    folder,
    is_cell,
    is_stdlib,
    where,
)
from evidence.warm.facts import ABSENT, LISTED, TREE, real, seen, state
from evidence.warm.folders import TOOL, Folders, changes_by_itself
from evidence.warm.habits import NATIVE, habits, native
from evidence.warm.stand_ins import numpy_state, stand_in

WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
PROCESSES = {
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system",
    "pty.spawn", "subprocess.Popen",
}  # fmt: skip
SENDS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
WORKER_MODULES = "multiprocessing.popen_"
# Of the kernel itself: they draw ids for messages, and no result depends on them.
MACHINERY = (
    "IPython", "_pickle.py", "comm", "ipykernel", "ipywidgets", "jupyter_client", "tempfile.py",
    "tornado", "zmq",
)  # fmt: skip
FONTS = "font_manager.py"
_watch = None


class Watch:
    """What one process did since it was begun."""

    def __init__(self):
        """Begin with nothing noted."""
        self.busy = False
        self.read = {}  # path to its facts when it was first read
        self.listed, self.variables = {}, {}
        self.absent, self.written, self.modules = set(), set(), set()
        self.unseen = {}  # reason to where in the notebook, in order
        self.statement, self.moved = {}, {}  # the one that runs; generator to where it first moved
        self.dynamic = False
        self.folders = Folders()

    def full(self, path):
        """Return the absolute path, or nothing if it does not count."""
        path = self.folders.absolute(path)
        if path is None or not changes_by_itself(path):
            return path
        if path not in ("/dev/null", "/dev/tty") and self.by_user():
            self.say(f"reads {path}, which changes by itself")
        return None

    def say(self, reason, place=None):
        """Note why the result cannot be kept, and where that was seen first."""
        if reason not in self.unseen:
            self.unseen[reason] = where() if place is None else place

    def is_user(self, file):
        """Whether a file of code is the notebook, a helper, or something beside them."""
        return self.folders.is_user(file)

    def by_user(self, skip=()):
        """Whether the nearest caller outside Python's own library is not a package."""
        for file in files():
            if file.startswith("<frozen") or file in OWN or file.endswith(skip):
                continue
            if is_stdlib(file):
                continue
            return self.is_user(file)
        return False

    def for_user(self, machinery=MACHINERY):
        """Whether any caller is the notebook or its code, and no import or machinery between."""
        for file in files():
            if file.startswith("<frozen importlib") or file.endswith(FONTS):
                return False
            packaged = file.startswith(self.folders.outside)
            if packaged and any(f"/{name}" in file for name in machinery):
                return False
            if file not in OWN and self.is_user(file) and not file.startswith("<"):
                return True
        return False

    def opened(self, path, mode, flags):
        """Note a file that is opened."""
        path = self.full(path)
        if path is None or ("/__pycache__/" in path and not path.endswith(".pyc")):
            return
        if path.endswith(".pyc"):
            folder, _, name = path.rpartition("/__pycache__/")
            source = f"{folder}/{name.partition('.')[0]}.py"
            path = source if folder and os.path.isfile(source) else path
        writing = bool(flags & WRITING) if isinstance(flags, int) else False
        writing = writing or (isinstance(mode, str) and any(letter in mode for letter in "wax+"))
        keeps = not writing or (mode and ("+" in mode or "a" in mode) and "w" not in mode)
        if keeps:
            self.reads(path)
        if writing:
            self.writes(path)

    def writes(self, path):
        """Note a file that is written: a result that is reused would not write it."""
        self.written.add(path)
        scratch = folder(path).startswith(self.folders.temporary)
        if path.startswith(self.folders.ours) or not scratch:
            self.say(f"writes {os.path.basename(path)}")

    def reads(self, path):
        """Note a file that is read, or looked for."""
        if path in self.read or path in self.written or path.startswith(self.folders.helpers):
            return
        if self.folders.tables in files():  # counts as a table
            return
        try:
            facts = real["stat"](path)
        except OSError:
            self.absent.add(path)
            return
        self.read[path] = None if stat.S_ISDIR(facts.st_mode) else seen(facts)

    def lists(self, path):
        """Note a folder whose names are read."""
        path = self.full(os.getcwd() if path is None else path)
        if path and path not in self.listed and self.folders.tables not in files():
            self.listed[path] = state(path, LISTED)

    def hook(self, event, args):
        """Take one audit event; this stands in the way of everything, so it is short."""
        if self.busy or event not in EVENTS:
            return
        self.busy = True
        try:
            EVENTS[event](self, *args)
        finally:
            self.busy = False

    def code(self, code):
        """Look through code that is about to run."""
        if isinstance(code, CodeType) and is_cell(code.co_filename):
            self.look_at_generators()
            self.statement = where() | {"line": first_line(code), "called": ""}
        if not isinstance(code, CodeType) or code.co_filename.startswith(self.folders.helpers):
            return  # helpers are read as text, whether they are imported now or were before
        if self.is_user(code.co_filename):
            reasons, dynamic = habits(code)
            for reason in reasons:
                self.say(reason, self.statement)
            self.dynamic = self.dynamic or dynamic

    def imports(self, name, *_):
        """Note a module that is looked for."""
        if name.startswith(WORKER_MODULES):
            self.say("starts other processes")
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names:
            self.modules.add(top)
        if top in NATIVE and self.by_user():
            self.say(native(top))

    def starts(self, *args):
        """Note a program or process that is started."""
        if self.for_user(machinery=()):  # `!cat` goes through IPython
            word = args[0] if args and isinstance(args[0], str) else ""
            named = f" ({os.path.basename(word)})" if word and " " not in word else ""
            self.say(f"starts other processes{named}")

    def sends(self, *args):
        """Note a connection."""
        if self.for_user(machinery=()):
            self.say("uses the network")

    def calls_c(self, *args):
        """Note code in C that is called directly."""
        if self.by_user(skip="ctypes/__init__.py"):
            self.say("calls code in C through ctypes")

    def connects(self, database, *_):
        """Note an SQLite file."""
        if not isinstance(database, (str, bytes)) or database in ("", b"", ":memory:"):
            return
        name = os.fsdecode(database)
        if name.startswith("file:"):
            from urllib.parse import unquote, urlsplit

            name = unquote(urlsplit(name).path)
        path = self.full(name)
        if path:
            self.reads(path)
            for more in ("-wal", "-journal"):
                self.reads(path + more)

    def renames(self, source, target, *_):
        """Note a file that takes another's place."""
        for path in (source, target):
            path = self.full(path)
            if path and "/__pycache__/" not in path:
                self.writes(path)

    def removes(self, path, *_):
        """Note a file or folder that is made or removed."""
        path = self.full(path)
        if path and not path.endswith("/__pycache__"):
            self.writes(path)

    def result(self):
        """Return what was noted."""
        self.busy = True
        reads = {}
        for path, before in self.read.items():
            reads[path] = state(path)
            try:
                after = seen(real["stat"](path)) if before else None
            except OSError:
                after = ABSENT
            if after != before and path in self.written:
                self.say(f"changes {os.path.basename(path)}, which it read")
            elif after != before:
                reads[path] = "changed while it ran"
        reads |= dict.fromkeys(self.absent - set(reads) - self.written, ABSENT)
        reads |= self.listed
        reads |= {path: ABSENT for path in self.modules_not_found() if path not in reads}
        reads |= {path: state(path) for path in self.module_files() if path not in reads}
        self.drawn()
        own = any(path.endswith(".py") and value != ABSENT for path, value in reads.items())
        if self.dynamic or own:
            reads[self.folders.helpers.rstrip("/")] = state(self.folders.helpers, TREE)
        return {
            "reads": dict(sorted(reads.items())),
            "variables": dict(sorted(self.variables.items())),
            "unseen": list(self.unseen),
            "places": self.unseen,
        }

    def modules_not_found(self):
        """Yield where a module that was not found could be put later."""
        for name in self.modules:
            if sys.modules.get(name) is not None:
                continue
            for place in self.folders.beside():
                for path in (f"{place}/{name}.py", f"{place}/{name}/__init__.py"):
                    if not os.path.exists(path) and self.full(path) is not None:
                        yield path

    def module_files(self):
        """Yield the files of modules that are neither packages nor ours."""
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            path = self.full(path) if isinstance(path, str) and name != "__main__" else None
            if path and not path.startswith((self.folders.helpers, TOOL)) and os.path.isfile(path):
                yield path

    def look_at_generators(self):
        """Note the statement that ran last for each global generator that has moved."""
        for name, take in (("random", random.getstate), ("numpy.random", numpy_state)):
            if name not in self.moved and take() != self.states[name]:
                self.moved[name] = self.statement

    def drawn(self):
        """Note draws from the global generators, if nobody seeded them."""
        self.look_at_generators()
        for name in self.moved:
            if name not in self.seeded:
                self.say(f"draws from {name} without a seed", self.moved[name])

    seeded = states = None


EVENTS = {
    "exec": Watch.code,
    "import": Watch.imports,
    "open": Watch.opened,
    "sqlite3.connect": Watch.connects,
    "os.rename": Watch.renames,
    "os.remove": Watch.removes,
    "os.mkdir": Watch.removes,
    "os.rmdir": Watch.removes,
    "os.link": Watch.renames,
    "os.symlink": Watch.renames,
    "os.truncate": Watch.removes,
    "ctypes.dlopen": Watch.calls_c,
    "ctypes.dlsym": Watch.calls_c,
    **dict.fromkeys(PROCESSES, Watch.starts),
    **dict.fromkeys(SENDS, Watch.sends),
}


def begin():
    """Watch this process from now on."""
    global _watch
    if _watch is not None:
        return
    watch = Watch()
    watch.seeded = set()
    watch.states = {"random": random.getstate(), "numpy.random": numpy_state()}
    real.update(stat=os.stat, listdir=os.listdir)
    stand_in(watch)
    _watch = watch
    sys.addaudithook(watch.hook)


def report():
    """Return what was noted since `begin`; it takes no further note.

    Returns
    -------
    dict
        "reads" (digest, ABSENT, FOLDER or listing by path), "variables" (digest by name),
        "unseen" (why the result cannot be kept) and "places" (where each of these was seen first:
        count of the cell, line, and the function that the cell called).
    """
    if _watch is None:
        raise RuntimeError("the kernel was not watched")
    return _watch.result()
