"""The template process: imports the libraries, then forks one kernel per request.

It has one thread and one loop. Each request comes on a connection of its own, which then stands for
the life of the kernel: the template writes the exit code to it, and when the other side closes it,
because it is done or because it died, the kernel's process group is killed.
"""

import array
import contextlib
import gc
import importlib
import inspect
import json
import os
import selectors
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path

import helpers
from evidence.warm.place import key

IDLE_SECONDS = 300
HOLD_SECONDS = 5  # without a kernel, after which a run is taken to be over
LARGEST_REQUEST = 1 << 20
# What every notebook needs for its first table and chart: kernels wait for these.
FIRST = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "matplotlib.backends.backend_agg",
    "helpers.charts",
    "helpers.data",
    "helpers.results",
    "evidence.warm.watch",
    "numpy",
    "pandas",
    "threadpoolctl",
)
# What a kernel imports while it starts, and with its first cells.
WITH_A_KERNEL = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "sqlite3",
    "tornado.platform.asyncio",
)
# What some need: imported while nobody waits.
LATER = (
    "scipy.special",
    "scipy.optimize",
    "scipy.stats",
    "scipy.stats.qmc",
    "jinja2",
    "ipywidgets",
    "networkx",
    "statsmodels.api",
    "seaborn",
)


def main():
    """Serve on the socket that was passed as a file descriptor; run by the provisioner."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    path, expected, interpreter = sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    if os.fork():  # the process that asked for a template is not its parent
        os._exit(0)
    if Path(sys.path[0]) == Path.cwd():  # put there by -m; a kernel has its own folder instead
        del sys.path[0]
    import_first()
    code = expected.split("-")[1]
    Template(listener, path, lambda: key(interpreter, {}).split("-")[1] == code).serve()


def import_first():
    """Import what every kernel needs and draw once, so that fonts and caches are ready too."""
    from evidence.warm.child import importing, preheat

    with importing():
        for name in (*FIRST, *WITH_A_KERNEL):
            importlib.import_module(name)
    preheat()
    _settle()


def helpers_of_notebooks():
    """Name the helpers that a notebook may import."""
    # By file: asking a package for its modules would import it, and with it libraries.
    top = Path(helpers.__file__).parent
    files = (path.relative_to(top.parent).with_suffix("") for path in sorted(top.rglob("*.py")))
    return [".".join(file.parts).removesuffix(".__init__") for file in files]


def import_later(name):
    """Import one more library for the kernels to come; what fails will fail where it is needed."""
    from evidence.warm.child import importing

    with importing(), contextlib.suppress(Exception):
        importlib.import_module(name)
    _settle()


def know_files():
    """Find the file of every module, as the first traceback of a kernel else does for a second."""
    from evidence.warm.child import importing

    with importing():
        # Asked for a file that no module has, it looks at all of them and remembers what it saw.
        inspect.getmodule(know_files.__code__, "no module")
    _settle()


def _settle():
    """Keep what is imported out of garbage collection, so that its pages stay shared."""
    gc.collect()
    gc.freeze()


class Template:
    """Forks kernels, reports how they ended, and ends when it is idle."""

    def __init__(self, listener, path, current):
        """Serve on a listening socket bound to a path, while `current()` says no code changed."""
        self.listener, self.path, self.current = listener, Path(path), current
        self.sound = current()
        self.told = False  # whether a run said what its notebooks import
        self.kernels = {}  # process id to connection
        self.events = selectors.DefaultSelector()
        self.wakeup, wakes = socket.socketpair()
        self.wakeup.setblocking(False)
        wakes.setblocking(False)
        self.wakes = wakes
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.events.register(self.listener, selectors.EVENT_READ, self.accept)
        self.events.register(self.wakeup, selectors.EVENT_READ, self.reap)

    def serve(self):
        """Answer until nothing has been asked for a while, or the socket is gone."""
        idle_since = time.monotonic()
        names = [*helpers_of_notebooks(), *LATER]
        rest = [*(partial(import_later, name) for name in names), know_files]
        while self.kernels or time.monotonic() - idle_since < IDLE_SECONDS:
            # A run that said what it needs is not slowed down by the rest.
            held = self.told and (self.kernels or time.monotonic() - idle_since < HOLD_SECONDS)
            later = [] if held else rest
            events = self.events.select(timeout=0 if later else HOLD_SECONDS)
            for event, _ in events:
                if event.fileobj.fileno() >= 0:  # not closed by the event before
                    event.data(event.fileobj)
                idle_since = time.monotonic()
            if later and not events:
                later.pop(0)()
                self.sound = self.sound and self.current()
            if not self.path.exists() and not self.kernels:
                return
        self.path.unlink(missing_ok=True)

    def accept(self, listener):
        """Take one connection; its one message is the request."""
        connection, _ = listener.accept()
        self.events.register(connection, selectors.EVENT_READ, self.answer)

    def answer(self, connection):
        """Fork for a request, or say why not; a broken request ends only its connection."""
        request, descriptors = None, []
        try:
            request, descriptors = receive(connection)
            if request is None:  # closed: the owner is done with its kernel, or died
                self.close(connection)
                return
            if "import" in request:
                self.import_now(request["import"])
                self.close(connection)
                return
            pid = self.fork(connection, request, descriptors)
            send(connection, {"pid": pid})
        except (ValueError, KeyError, TypeError, OSError) as error:
            send(connection, {"error": f"{type(error).__name__}: {error}"})
            self.close(connection)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def import_now(self, names):
        """Import what the notebooks of a run need, of the modules that are safe to fork with."""
        self.told = True
        for name in [*helpers_of_notebooks(), *LATER]:
            if name in names:
                import_later(name)
        self.sound = self.sound and self.current()

    def fork(self, connection, request, descriptors):
        """Fork one kernel, if this process has one thread only."""
        if connection in self.kernels.values():
            raise ValueError("a second request on one connection")
        argv, cwd, environment = request["argv"], request["cwd"], dict(request["env"])
        if not Path(cwd).is_dir():
            raise ValueError(f"no folder {cwd}")
        if not (self.sound and self.current()):
            raise ValueError("helpers or libraries changed since the template began")
        stdout, stderr = descriptors
        threads = count_threads()
        if threads != 1:
            raise ValueError(f"{threads} threads in the template, expected 1")
        owner = os.getpid()
        pid = os.fork()
        if pid:
            self.kernels[pid] = connection
            return pid
        try:
            from evidence.warm import child

            signal.set_wakeup_fd(-1)
            for event in list(self.events.get_map().values()):
                event.fileobj.close()
            self.wakes.close()
            self.events.close()
            child.become_kernel(argv, cwd, environment, stdout, stderr, owner)
        except SystemExit as error:
            os._exit(error.code if isinstance(error.code, int) else bool(error.code))
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def reap(self, wakeup):
        """Report kernels that ended."""
        wakeup.recv(4096)
        for pid in list(self.kernels):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                connection = self.kernels.pop(pid)
                send(connection, {"exit": os.waitstatus_to_exitcode(status)})
                self.close(connection)

    def close(self, connection):
        """End a connection, and the kernel it stands for."""
        self.events.unregister(connection)
        connection.close()
        for pid, known in list(self.kernels.items()):
            if known is connection:
                del self.kernels[pid]
                for kill in (os.killpg, os.kill):  # the group does not exist yet in a new child
                    with contextlib.suppress(ProcessLookupError):
                        kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def receive(connection):
    """Return the request on a connection with its file descriptors; None if it was closed."""
    size = array.array("i").itemsize
    message, extra, flags, _ = connection.recvmsg(LARGEST_REQUEST, socket.CMSG_LEN(8 * size))
    descriptors = array.array("i")
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % size])
    if not message:
        return None, list(descriptors)
    try:
        if flags & socket.MSG_TRUNC:
            raise ValueError(f"a request over {LARGEST_REQUEST} bytes")
        return json.loads(message), list(descriptors)
    except ValueError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def send(connection, words):
    """Write one message; the other side may be gone."""
    with contextlib.suppress(OSError):  # whoever asked is gone, and its kernel with it
        connection.send(json.dumps(words).encode())


def count_threads():
    """Count the threads of this process, of Python and of libraries."""
    return len(list(Path("/proc/self/task").iterdir()))


if __name__ == "__main__":
    main()
