"""Asks a template for kernels, and starts the template if there is none."""

import json
import os
import signal
import socket
import subprocess
import sys
import weakref
from pathlib import Path

from evidence.warm import place
from evidence.warm.place import NoTemplateError

ORDINARY = "EVIDENCE_ORDINARY_KERNELS"  # set to 1 to have no kernel forked
LAUNCHER = ["-m", "ipykernel_launcher"]
PATIENCE = 120  # seconds for a template to import the libraries and answer


def fork_kernel(cmd, options):
    """Ask the template of this environment for a kernel, starting the template if need be.

    Parameters
    ----------
    cmd : list of str
        Command of the kernel, as jupyter_client formats it.
    options : dict
        What `subprocess.Popen` would be given: env, cwd, stdout, stderr.

    Returns
    -------
    ForkedKernel

    Raises
    ------
    NoTemplateError
        Saying why there can be none.
    """
    environment = dict(options.get("env") or os.environ)
    interpreter = _interpreter(cmd, environment)
    arguments = cmd[len(interpreter) + len(LAUNCHER) :]
    streams = [_stream(options.get(name), usual) for name, usual in (("stdout", 1), ("stderr", 2))]
    environment.pop("JPY_PARENT_PID", None)
    environment.pop("PYTHONEXECUTABLE", None)
    request = json.dumps(
        {"argv": arguments, "cwd": str(options.get("cwd") or Path.cwd()), "env": environment}
    ).encode()
    path = place.folder() / place.key(interpreter, environment)
    try:
        connection = _reach(path, interpreter, environment)
        connection.settimeout(PATIENCE)
        socket.send_fds(connection, [request], streams)
        answer = connection.recv(1 << 16)
        connection.settimeout(None)
    except OSError as error:
        raise NoTemplateError(f"template: {error.strerror or error}") from None
    if not answer:
        connection.close()
        raise NoTemplateError(f"the template ended: {_last_words(path)}")
    answer = json.loads(answer)
    if "error" in answer:
        connection.close()
        raise NoTemplateError(f"the template refused: {answer['error']}")
    return ForkedKernel(answer["pid"], connection)


def prepare(environment, modules):
    """Start the template of an environment if none runs, without waiting for its imports.

    Parameters
    ----------
    environment : dict of str to str
        Of the kernels to come.
    modules : list of str
        What their notebooks can import: this comes before anything else.

    Raises
    ------
    NoTemplateError
        Saying why there can be none.
    """
    interpreter = _interpreter([sys.executable, *LAUNCHER], environment)
    path = place.folder() / place.key(interpreter, environment)
    try:
        with _reach(path, interpreter, environment) as connection:
            connection.send(json.dumps({"import": modules}).encode())
    except OSError as error:
        raise NoTemplateError(f"template: {error.strerror or error}") from None


def _reach(path, interpreter, environment):
    """Connect to the template at a path, starting it if need be."""
    import fcntl  # not on Windows, where nothing comes this far

    with Path(f"{path}.lock").open("a") as lock:
        # The first who asks starts the template; who comes at the same time waits for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _connect(path) or _start_template(path, interpreter, environment)


def _interpreter(cmd, environment):
    """Return the part of a command that starts Python, if a kernel of it can be forked."""
    if environment.get(ORDINARY, "0") not in ("", "0"):
        raise NoTemplateError(f"{ORDINARY} is set")
    if sys.platform != "linux" or not hasattr(os, "fork"):
        raise NoTemplateError(f"forking is not safe on {sys.platform}")
    words = [list(cmd[i : i + 2]) for i in range(len(cmd))]
    if LAUNCHER not in words:
        raise NoTemplateError("the kernel is not started by ipykernel_launcher")
    if not Path(cmd[0]).exists() or not Path(cmd[0]).samefile(sys.executable):
        raise NoTemplateError(f"the kernel's Python is {cmd[0]}, not {sys.executable}")
    return list(cmd[: words.index(LAUNCHER)])


def _stream(given, usual):
    """Return the file descriptor that a kernel writes to."""
    if given is None:
        return usual
    descriptor = given if isinstance(given, int) else given.fileno()
    if descriptor < 0:
        raise NoTemplateError("the kernel's output is asked for through a pipe")
    return descriptor


def _connect(path):
    """Connect to a template that runs; None if there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    return connection


def _start_template(path, interpreter, environment):
    """Bind the socket, hand it to a new template, and connect; requests wait in its queue."""
    path.unlink(missing_ok=True)
    _retire_older(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(path))
        listener.listen(128)
        connection = _connect(path)
        command = [*interpreter, "-m", "evidence.warm.template", str(listener.fileno())]
        with Path(f"{path}.log").open("w") as log:
            begun = subprocess.run(
                [*command, str(path), path.name, json.dumps(interpreter)],
                env=place.lasting(environment),
                cwd=path.parent,
                pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=False,
            )
    if begun.returncode:
        connection.close()
        raise NoTemplateError(f"the template did not start: {_last_words(path)}")
    return connection


def _retire_older(path):
    """Remove what older templates left, and end those whose helpers were edited.

    A template ends when its socket is gone; one that was killed answers no more.
    """
    sockets = {other.with_suffix("") for other in path.parent.iterdir()} - {path.with_suffix("")}
    for older in sockets:
        if older.name.split("-")[0] != path.name.split("-")[0]:
            connection = _connect(older) if older.exists() else None
            if connection is not None:  # the template of another environment
                connection.close()
                continue
        for end in ("", ".lock", ".log"):
            Path(f"{older}{end}").unlink(missing_ok=True)


def _last_words(path):
    """Return the last line a template wrote."""
    lines = Path(f"{path}.log").read_text().strip().splitlines()
    return lines[-1] if lines else "it said nothing"


class ForkedKernel:
    """A forked kernel, used as `subprocess.Popen` is; its template reports how it ended.

    Parameters
    ----------
    pid : int
        Process id, which is also the id of its process group.
    connection : socket.socket
        Closing it ends the kernel.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid, connection):
        """Take over the connection that the template answered on."""
        self.pid, self.connection = pid, connection
        weakref.finalize(self, connection.close)
        self.returncode = None

    def poll(self):
        """Return the exit code, or None while the kernel runs."""
        return self._result(socket.MSG_DONTWAIT)

    def wait(self):
        """Wait until the kernel has ended and return its exit code."""
        return self._result(0)

    def _result(self, flags):
        if self.returncode is None:
            try:
                answer = self.connection.recv(1 << 16, flags)
            except BlockingIOError:
                return None
            except OSError:
                answer = b""
            # Without an answer the template itself was killed, and its kernels with it.
            self.returncode = json.loads(answer)["exit"] if answer else -signal.SIGKILL
            self.connection.close()
        return self.returncode

    def send_signal(self, number):
        """Send a signal to the kernel."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)
