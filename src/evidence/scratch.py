"""One folder for all temporary files of a command, so that nothing is left however it ends.

Workers, kernels' connections, papermill and Sphinx all make their files in it. It goes when the
command ends; what a killed command left goes when the next one starts.
"""

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
from multiprocessing import forkserver
from pathlib import Path

from evidence.errors import RequestError

PREFIX = "evidence-tmp-"
LOCK = "in-use"
USUAL = "EVIDENCE_USUAL_TMPDIR"  # where the folder for temporary files was before
LONGEST = 55  # letters: the path of a socket has 107 at most
INTERRUPTS = ("SIGINT", "SIGTERM")


@contextlib.contextmanager
def scratch():
    """Make temporary files in a folder of this command's own, which is gone afterwards."""
    usual, before = Path(tempfile.gettempdir()), os.environ.get("TMPDIR")
    base = _base(usual)
    _clear_left(base)
    with _own(base) as folder:
        os.environ[USUAL], os.environ["TMPDIR"] = str(usual), str(folder)
        kept, tempfile.tempdir = tempfile.tempdir, str(folder)
        # Otherwise multiprocessing makes a folder and removes it when this one is gone.
        process = multiprocessing.current_process()._config
        of_workers = process.pop("tempdir", None)
        process["tempdir"] = str(folder)
        try:
            yield folder
        finally:
            with uninterrupted():
                forkserver._forkserver._stop()  # its socket stands here
            process["tempdir"] = of_workers
            tempfile.tempdir = kept
            del os.environ[USUAL]
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before


def usual(environment):
    """Return an environment whose folder for temporary files is the usual one: the notebooks'."""
    if USUAL not in environment:
        return dict(environment)
    before = environment[USUAL]
    kept = {name: value for name, value in environment.items() if name not in (USUAL, "TMPDIR")}
    return kept if before == _default() else kept | {"TMPDIR": before}


def usual_folder():
    """Return the folder for temporary files as it was before this command began."""
    return os.environ.get(USUAL) or tempfile.gettempdir()


def _default():
    return next((f for f in ("/tmp", "/var/tmp", "/usr/tmp") if os.access(f, os.W_OK)), "")


def _base(usual):
    if os.name == "nt" or len(str(usual)) <= LONGEST:
        return usual
    short = _default()
    if not short:
        raise RequestError(
            f"TMPDIR is {len(str(usual))} letters long, expected at most {LONGEST}, "
            "because sockets stand in it"
        )
    return Path(short)


@contextlib.contextmanager
def _own(base):
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    except OSError as error:
        raise RequestError(f"{base}: cannot be written ({error.strerror})") from None
    lock = _locked(folder / LOCK)
    try:
        yield folder
    finally:
        with uninterrupted():
            shutil.rmtree(folder, ignore_errors=True)
            if lock is not None:
                os.close(lock)


def _clear_left(base):
    """Remove the folders of commands that were killed: nobody holds their lock."""
    for folder in base.glob(f"{PREFIX}*"):
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            continue
        lock = _locked(folder / LOCK) if (folder / LOCK).exists() else None
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(path):
    """Take a lock that the system takes back when this process ends; None if it is taken."""
    try:
        import fcntl
    except ImportError:  # Windows: what a killed command left stays
        path.touch()
        return None
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


@contextlib.contextmanager
def uninterrupted():
    """Put off Ctrl-C and SIGTERM while something short is done that must be done whole."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    numbers = {getattr(signal, name) for name in INTERRUPTS}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interruptible():
    """Let Ctrl-C and SIGTERM reach a process that was started while they were put off."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {getattr(signal, name) for name in INTERRUPTS})
