"""What a notebook's process reads, and what it does that cannot be seen.

`begin` is called in a kernel before the first cell, `report` after the last. Files are seen by an
audit hook of Python (PEP 578), and where Python has no event (`os.stat`, listings, environment,
clock, chance) by standing in for the function. What belongs to Python and its packages does not
count: their versions are known. Readers in other languages open files unseen, so whoever uses one
of them is only said to do so (`NATIVE`).
"""

# ruff: noqa: PTH100, PTH109, PTH110, PTH113, PTH118, PTH119, PTH120, PTH123, PTH208
# os.path, because pathlib calls what is replaced here.

import dis
import functools
import hashlib
import os
import random
import stat
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from types import CodeType

ABSENT, FOLDER, LISTED, TREE = "absent", "folder", "listed ", "tree "
PASSED_OVER = {"__pycache__", ".ipynb_checkpoints", ".git", ".DS_Store"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
# Libraries that read files or databases without Python's help.
NATIVE = {
    "MySQLdb", "PIL.ImageFont", "apsw", "cffi", "cv2", "dbm", "duckdb", "fiona", "grpc", "h5py",
    "lmdb", "lxml", "netCDF4", "oracledb", "osgeo", "polars", "psycopg", "psycopg2", "pyarrow",
    "pycurl", "pyodbc", "pyogrio", "pyreadr", "pyreadstat", "pysqlite3", "pyvista", "rasterio",
    "rpy2", "shelve", "soundfile", "tables", "tensorflow", "vtk", "xarray", "zarr",
}  # fmt: skip
NATIVE_CALLS = {"HDFStore", "read_hdf", "read_orc", "read_parquet", "read_spss"}
CLOCK_CALLS = {"now", "today", "utcnow"}
CLOCK_WORDS = {"now", "today"}
CLOCK_TAKERS = {"Timestamp", "date_range", "datetime64", "to_datetime"}
FILE_TIMES = {"getatime", "getctime", "getmtime", "st_atime", "st_ctime", "st_mtime", "st_mtime_ns"}
MACHINE = {"cpu_count", "getlogin", "getpid", "getppid", "gethostname", "getuser", "uname"}
# Code that can reach modules which no import statement names.
DYNAMIC = {
    "__import__", "eval", "exec", "import_module", "modules", "run_module", "run_path",
}  # fmt: skip
DYNAMIC_IMPORTS = {"cloudpickle", "dill", "importlib", "joblib", "pickle", "runpy"}
TIMES = {
    "ctime", "gmtime", "localtime", "monotonic", "monotonic_ns", "perf_counter",
    "perf_counter_ns", "process_time", "process_time_ns", "strftime", "thread_time", "time",
    "time_ns",
}  # fmt: skip
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
SET_BY_KERNEL = {  # or by the run itself, which counts pictures among what a result depends on
    "CLICOLOR", "CLICOLOR_FORCE", "EVIDENCE_PICTURES", "FORCE_COLOR", "GIT_PAGER", "MPLBACKEND",
    "PAGER", "TERM",
}  # fmt: skip
FONTS = "font_manager.py"
_watch = None


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
    found = _real["listdir"](path) if _real else os.listdir(path)
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


_real = {}


class Watch:
    """What one process did since it was begun."""

    def __init__(self):
        """Note where Python and its packages are."""
        self.busy = False
        self.read = {}  # path to its facts when it was first read
        self.listed, self.variables = {}, {}
        self.absent, self.written, self.modules = set(), set(), set()
        self.unseen = {}  # reason to where in the notebook, in order
        self.statement, self.moved = {}, {}  # the one that runs; generator to where it first moved
        self.dynamic = False
        names = ("stdlib", "platstdlib", "purelib", "platlib")
        places = {sysconfig.get_path(name) for name in names}
        places |= {
            sys.prefix,
            *(sysconfig.get_path(n, vars={"base": sys.base_prefix}) for n in names),
        }
        if sys.prefix == sys.base_prefix and not (Path(sys.prefix) / "conda-meta").is_dir():
            places.discard(sys.prefix)
        home = [os.environ.get(name) for name in ("IPYTHONDIR", "MPLCONFIGDIR")]
        fonts = ["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo"]
        self.outside = tuple(
            sorted(
                {
                    _folder(p)
                    for q in [*places, *home, *fonts]
                    if q
                    for p in (q, os.path.realpath(q))
                }
            )
        )
        import helpers

        self.helpers = _folder(os.path.dirname(os.path.abspath(helpers.__file__)))
        self.tables = self.helpers + "data.py"
        # Of the kernel itself; the client removes it at the end.
        named = sys.argv[sys.argv.index("-f") + 1 :] if "-f" in sys.argv else []
        self.connection = os.path.abspath(named[0]) if named else None
        self.temporary = tuple(
            {_folder(tempfile.gettempdir()), _folder(os.path.realpath(tempfile.gettempdir()))}
        )
        self.ours = tuple(
            {_folder(os.getcwd()), _folder(os.path.dirname(os.path.dirname(self.helpers[:-1])))}
        )

    def full(self, path):
        """Return the absolute path, or nothing if it does not count."""
        if isinstance(path, int) or path is None:
            return None
        try:
            path = os.fsdecode(path)
        except TypeError:
            return None
        if not path.startswith("/") or os.name == "nt":
            path = os.path.abspath(path)
        elif ".." in path:
            folder, name = os.path.split(path)
            path = os.path.normpath(os.path.join(os.path.realpath(folder), name))
        if path.startswith(self.outside) or path.endswith(".ipython"):
            return None
        if path.startswith(("/proc/", "/sys/", "/dev/")) and not path.startswith("/dev/shm/"):
            if path not in ("/dev/null", "/dev/tty") and self.by_user():
                self.say(f"reads {path}, which changes by itself")
            return None
        if "/ipykernel_" in path or path.startswith("/tmp/<") or path == self.connection:
            return None
        return path

    def say(self, reason, where=None):
        """Note why the result cannot be kept, and where that was seen first."""
        if reason not in self.unseen:
            self.unseen[reason] = _where() if where is None else where

    def is_user(self, file):
        """Whether a file of code is the notebook, a helper, or something beside them."""
        return not file.startswith(("<frozen", *self.outside)) and file != __file__

    def by_user(self, skip=()):
        """Whether the nearest caller outside Python's own library is not a package."""
        for file in _files():
            if file.startswith("<frozen") or file == __file__ or file.endswith(skip):
                continue
            if _is_stdlib(file):
                continue
            return self.is_user(file)
        return False

    def for_user(self, machinery=MACHINERY):
        """Whether any caller is the notebook or its code, and no import or machinery between."""
        for file in _files():
            if file.startswith("<frozen importlib") or file.endswith(FONTS):
                return False
            if any(f"/{name}" in file for name in machinery) and file.startswith(self.outside):
                return False
            if file != __file__ and self.is_user(file) and not file.startswith("<"):
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
        if path.startswith(self.ours) or not _folder(path).startswith(self.temporary):
            self.say(f"writes {os.path.basename(path)}")

    def reads(self, path):
        """Note a file that is read, or looked for."""
        if path in self.read or path in self.written or path.startswith(self.helpers):
            return
        if self.tables in _files():  # counts as a table
            return
        try:
            facts = _real["stat"](path)
        except OSError:
            self.absent.add(path)
            return
        self.read[path] = None if stat.S_ISDIR(facts.st_mode) else _facts(facts)

    def lists(self, path):
        """Note a folder whose names are read."""
        path = self.full(os.getcwd() if path is None else path)
        if path and path not in self.listed and self.tables not in _files():
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
        if isinstance(code, CodeType) and _is_cell(code.co_filename):
            self.look_at_generators()
            self.statement = _where() | {"line": _first_line(code), "called": ""}
        if not isinstance(code, CodeType) or code.co_filename.startswith(self.helpers):
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
            self.say(_native(top))

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
                after = _facts(_real["stat"](path)) if before else None
            except OSError:
                after = ABSENT
            if after != before and path in self.written:
                self.say(f"changes {os.path.basename(path)}, which it read")
            elif after != before:
                reads[path] = "changed while it ran"
        reads |= dict.fromkeys(self.absent - set(reads) - self.written, ABSENT)
        reads |= self.listed
        beside = {
            p for p in map(os.path.abspath, sys.path) if not _folder(p).startswith(self.outside)
        }
        for name in self.modules:
            module = sys.modules.get(name)
            if module is None:
                tried = [f"{p}/{name}{end}" for p in beside for end in (".py", "/__init__.py")]
                reads |= {
                    path: ABSENT for path in tried if path not in reads and self.for_absent(path)
                }
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and name != "__main__" and (path := self.full(path)):
                new = path not in reads and not path.startswith(
                    (self.helpers, _folder(os.path.dirname(os.path.dirname(__file__))))
                )
                if new and os.path.isfile(path):
                    reads[path] = state(path)
        self.drawn()
        own = any(path.endswith(".py") and value != ABSENT for path, value in reads.items())
        if self.dynamic or own:
            reads[self.helpers.rstrip("/")] = state(self.helpers, TREE)
        return {
            "reads": dict(sorted(reads.items())),
            "variables": dict(sorted(self.variables.items())),
            "unseen": list(self.unseen),
            "places": self.unseen,
        }

    def for_absent(self, path):
        """Whether a module that was not found could be put there later."""
        return not os.path.exists(path) and self.full(path) is not None

    def look_at_generators(self):
        """Note the statement that ran last for each global generator that has moved."""
        for name, take in (("random", random.getstate), ("numpy.random", _numpy_state)):
            if name not in self.moved and take() != self.states[name]:
                self.moved[name] = self.statement

    def drawn(self):
        """Note draws from the global generators, if nobody seeded them."""
        self.look_at_generators()
        for name in self.moved:
            if name not in self.seeded:
                self.say(f"draws from {name} without a seed", self.moved[name])

    seeded = states = None


def habits(code):
    """Say what code does that no event tells: clock, machine, native readers.

    Returns
    -------
    reasons : list of str
    dynamic : bool
        Whether it can reach modules that no import statement names.
    """
    reasons, dynamic, waiting = {}, False, [code]
    while waiting:
        code = waiting.pop()
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]
        names = set(code.co_names)
        words = {const for const in code.co_consts if isinstance(const, str)}
        if names & DYNAMIC or names & DYNAMIC_IMPORTS:
            dynamic = True
            reasons |= {_native(word): None for word in words if word in NATIVE}
        if names & CLOCK_TAKERS and words & CLOCK_WORDS:
            reasons["reads the clock"] = None
        roots = {name.partition(".")[0] for name in names} | names
        if not roots & (NATIVE | NATIVE_CALLS | CLOCK_CALLS | FILE_TIMES | MACHINE | {"PIL"}):
            continue
        for step in dis.get_instructions(code):
            name = step.argval
            if step.opname == "IMPORT_NAME":
                native = name if name in NATIVE else name.partition(".")[0]
                if native in NATIVE:
                    reasons[_native(native)] = None
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"):
                if name in NATIVE_CALLS:
                    reasons[_native(name)] = None
                elif name in CLOCK_CALLS:
                    reasons["reads the clock"] = None
                elif name in FILE_TIMES:
                    reasons["reads the times of files"] = None
                elif name in MACHINE:
                    reasons[f"asks the machine ({name})"] = None
                elif name == "ImageFont":
                    reasons[_native("PIL.ImageFont")] = None
    return list(reasons), dynamic


def _native(name):
    return f"uses {name}, which reads files unseen"


def _folder(path):
    return os.path.abspath(path).rstrip("/\\") + os.sep


def _facts(facts):
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


STDLIB = tuple({_folder(sysconfig.get_path(n)) for n in ("stdlib", "platstdlib")})


def _is_stdlib(file):
    return file.startswith(STDLIB) and "site-packages" not in file


def _is_inspected():
    """Whether Python asks for the files of its own modules, to show code."""
    return any(file.endswith(("/inspect.py", "/linecache.py")) for file in _files())


def _files():
    """Name the files of code that are being run, innermost first."""
    frame, found = sys._getframe(1), []
    while frame is not None:
        found.append(frame.f_code.co_filename)
        frame = frame.f_back
    return found


def _is_cell(file):
    return "ipykernel_" in file


def _first_line(code):
    return min((line for *_, line in code.co_lines() if line), default=1)


def _where():
    """Tell which cell runs, at which line, and which function it called there."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return {}
    where = {"count": len(shell.history_manager.input_hist_raw) - 1}  # the first input is empty
    frame, called = sys._getframe(1), ""
    while frame is not None:
        if _is_cell(frame.f_code.co_filename):
            return where | {"line": frame.f_lineno, "called": called}
        if frame.f_code.co_filename != __file__:
            called = f"{frame.f_globals.get('__name__', '')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return where


def _numpy_state():
    import numpy as np

    _, key, position, *_ = np.random.get_state()  # noqa: NPY002 (this is the global state)
    return key.tobytes(), position


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
    import numpy as np

    watch = Watch()
    watch.seeded = set()
    watch.states = {"random": random.getstate(), "numpy.random": _numpy_state()}
    _real.update(stat=os.stat, listdir=os.listdir)
    _stand_in_for_looks(watch)
    _stand_in_for_clock(watch)
    _stand_in_for_chance(watch, np)
    _stand_in_for_variables(watch)
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


def _stand_in(module, name, before):
    """Put a function in place of another that it calls after `before`."""
    real = getattr(module, name)

    @functools.wraps(real)
    def call(*args, **kwargs):
        before(*args, **kwargs)
        return real(*args, **kwargs)

    setattr(module, name, call)
    for group in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        if real in group:
            group.add(call)


def _stand_in_for_looks(watch):
    def looked(path, *_, dir_fd=None, **__):
        if watch.busy or dir_fd is not None or _is_inspected():
            return
        watch.busy = True
        try:
            found = watch.full(path)
            if found:
                watch.reads(found)
        finally:
            watch.busy = False

    def listed(path=None):
        if not watch.busy and not isinstance(path, int):
            watch.busy = True
            try:
                watch.lists(path)
            finally:
                watch.busy = False

    for name in ("stat", "lstat", "access", "readlink"):
        _stand_in(os, name, looked)
    for name in ("listdir", "scandir"):
        _stand_in(os, name, listed)


def _stand_in_for_clock(watch):
    def asked(*args):
        file = sys._getframe(2).f_code.co_filename
        if not args and not watch.busy and watch.is_user(file):
            watch.say("reads the clock")

    def written(_form=None, moment=None):
        if moment is None:
            asked()

    for name in TIMES:
        if hasattr(time, name):
            _stand_in(time, name, written if name == "strftime" else asked)


def _stand_in_for_chance(watch, np):
    def drawn(*_):
        if not watch.busy and watch.for_user():
            watch.say("draws random numbers without a seed")

    def begun(_self, seed=None, *_):
        if seed is None:
            drawn()

    def seeded(name, take):
        def note(seed=None, *_):
            if seed is not None:
                if name not in watch.seeded and take() != watch.states[name]:
                    where = watch.moved.get(name, watch.statement)
                    watch.say(f"draws from {name} before its seed", where)
                watch.seeded.add(name)

        return note

    import secrets

    _stand_in(os, "urandom", drawn)
    random._urandom = os.urandom
    _stand_in(secrets, "randbits", drawn)
    np.random.bit_generator.randbits = secrets.randbits
    _stand_in(random.Random, "seed", begun)
    for name in ("seed", "setstate"):
        _stand_in(random, name, seeded("random", random.getstate))
    for name in ("seed", "set_state"):
        _stand_in(np.random, name, seeded("numpy.random", _numpy_state))


def _stand_in_for_variables(watch):
    usual, own = type(os.environ), set()

    class Variables(usual):
        """The environment, which notes who reads it."""

        def __getitem__(self, name):
            ours = name in own or name in SET_BY_KERNEL or name.startswith("JPY_")
            if not ours and not watch.busy and watch.by_user():
                watch.variables.setdefault(name, variable(self._peek(name)))
            return super().__getitem__(name)

        def __setitem__(self, name, value):
            own.add(name)
            super().__setitem__(name, value)

        def __iter__(self):
            if not watch.busy and watch.by_user():
                watch.say("reads all environment variables")
            return super().__iter__()

        def _peek(self, name):
            try:
                return usual.__getitem__(self, name)
            except KeyError:
                return None

    os.environ.__class__ = Variables
