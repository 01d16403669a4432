"""Where a run's files stand: its folder, whose use is exclusive while it runs, and runs/latest."""

import json
import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import ROOT

MANIFEST = "manifest.json"
LEFT_BY_A_RUN = (
    "*.ipynb",
    "results.*",
    "parameters.csv",
    "index.html",
    "ro-crate-metadata.json",
    "charts/*.png",
)
PARTIAL = ".evidence-*"  # files being written when a run was killed
RUNNING = ".running"  # stands in a run folder while it is written to, on Windows
RUNS = ROOT / "runs"


def run_folder(out=None):
    """Choose and prepare the folder of a run: `out`, or a new dated folder under runs/.

    Raises
    ------
    RequestError
        If it cannot be written, or holds something other than an earlier run.
    """
    folder = Path(out) if out else RUNS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    number = 2
    try:
        while not out and not _made(folder):
            folder = folder.with_name(f"{folder.name.split('.')[0]}.{number}")
            number += 1
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=PARTIAL.rstrip("*")):
            pass
        others = [p for p in folder.iterdir() if not p.match(PARTIAL)]
    except OSError as error:
        raise RequestError(f"--out {folder}: cannot be written ({error.strerror})") from None
    if others and not _left_by_a_run(folder / MANIFEST):
        raise RequestError(f"--out {folder}: holds other files, expected an empty or a run folder")
    return folder.resolve()


def _made(folder):
    """Make a new folder; False if it is there already, as when two runs start at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _left_by_a_run(path):
    """Whether a manifest is one of ours, of whatever form: other programs write that name too."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and {"notebooks", "inputs"} <= set(found)


@contextmanager
def sole_use(folder):
    """Keep every other run out of a run folder, and clear it of an earlier run's notebooks.

    Raises
    ------
    RequestError
        If another run is writing into it now.
    """
    try:
        handle = _held(folder)
    except (BlockingIOError, FileExistsError):
        raise RequestError(f"--out {folder}: another run is writing into it now") from None
    try:
        for pattern in (*LEFT_BY_A_RUN, PARTIAL, f"charts/{PARTIAL}"):
            for earlier in folder.glob(pattern):
                earlier.unlink()
        yield
    finally:
        os.close(handle)


def _held(folder):
    """Take what one process can hold at a time, and what the system takes back when it ends."""
    try:
        import fcntl
    except ImportError:  # Windows locks no folder, but removes such a file when it is closed
        return os.open(folder / RUNNING, os.O_CREAT | os.O_EXCL | os.O_TEMPORARY)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    return handle


def point_latest(folder):
    """Make runs/latest point to a run folder; where links are not allowed, say so."""
    link = RUNS / "latest"
    link.parent.mkdir(exist_ok=True)
    fresh = link.with_name(f".latest.{os.getpid()}")
    try:
        fresh.symlink_to(os.path.relpath(folder, link.parent), target_is_directory=True)
        if os.name == "nt":  # which replaces no link to a folder
            link.unlink(missing_ok=True)
        fresh.replace(link)
    except (OSError, NotImplementedError) as error:
        why = getattr(error, "strerror", None) or error
        return f"runs/latest could not be set ({why}); this run is in {folder}"
    return ""
