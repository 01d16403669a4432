"""Where a run's files stand: its folder, whose use is exclusive while it runs, and runs/latest.

A run is written into UNFINISHED, inside its folder, and takes the place of an earlier run when it
is whole. Only what the earlier manifest names, and nobody edited since, is ever replaced.
"""

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import ROOT

MANIFEST = "manifest.json"
PARTIAL = ".evidence-*"  # files being written when a run was killed
UNFINISHED = "unfinished"  # holds a run's files until they are all there
WHOLE = ".evidence-whole"  # stands in it from when they are, until they are in their place
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
        others = [p for p in folder.iterdir() if not p.match(PARTIAL) and not _is_unfinished(p)]
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


def _is_unfinished(path):
    """Whether a folder is one that a run made for its files, and not somebody's own."""
    return path.name == UNFINISHED and (path / ".evidence-run").is_file()


def _left_by_a_run(path):
    """Whether a manifest is one of ours, of whatever form: other programs write that name too."""
    found = _read(path)
    return isinstance(found, dict) and {"notebooks", "inputs"} <= set(found)


def _read(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def sole_use(folder):
    """Keep every other run out of a run folder, and leave in it what an earlier run left.

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
        for partial in folder.glob(PARTIAL):
            partial.unlink()
        yield
    finally:
        os.close(handle)


def unfinished(folder, notebooks, names):
    """Make a folder for the files of a run, inside the folder where they will stand.

    Call it within `sole_use`. What a killed run had written whole is put in its place first.

    Parameters
    ----------
    folder : pathlib.Path
    notebooks : set of str
        Names of the notebooks of this run.
    names : set of str
        Files that it will write; those that end in a slash are folders.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RequestError
        If the folder holds results of other notebooks, or a file that would have to be replaced and
        that no run wrote, or that somebody edited.
    """
    fresh = folder / UNFINISHED
    if fresh.exists() and not _is_unfinished(fresh):
        raise RequestError(f"--out {folder}: {UNFINISHED} is not a run's, expected no such name")
    if (fresh / WHOLE).is_file():
        put_in_place(folder)
    _refuse_losses(folder, notebooks, names)
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        (fresh / ".evidence-run").touch()
    except OSError as error:
        raise RequestError(f"{fresh}: cannot be made ({error.strerror})") from None
    return fresh


def holds_run(folder):
    """Whether a folder holds an earlier run."""
    return (folder / MANIFEST).is_file()


def _refuse_losses(folder, notebooks, names):
    earlier = _read(folder / MANIFEST) or {}
    others = sorted({entry["notebook"] for entry in earlier.get("notebooks", ())} - notebooks)
    if others:
        more = f" and {len(others) - 3} more" if others[3:] else ""
        raise RequestError(
            f"--out {folder}: holds results of {', '.join(others[:3])}{more}, which this run would "
            "not renew; expected an empty folder, or one of these notebooks"
        )
    written = earlier.get("files", {})
    for name in sorted(names):
        path = folder / name
        inside = [p for p in path.rglob("*") if p.is_file()] if name.endswith("/") else [path]
        for file in inside:
            known = written.get(file.relative_to(folder).as_posix())
            if file.exists() and known != digest_of(file):
                what = "was edited since a run wrote it" if known else "was not written by a run"
                raise RequestError(
                    f"--out {folder}: {file.relative_to(folder)} {what}, and this run would "
                    "replace it; move it, or name another folder"
                )


def digest_of(path):
    """Return the digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_of(folder):
    """Return the digests of the files that a run has written, by name; not of its manifest."""
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.match(PARTIAL))
    return {p.relative_to(folder).as_posix(): digest_of(p) for p in found if p.name != MANIFEST}


def put_in_place(folder):
    """Move what a run wrote to where it belongs; if this is cut off, the next run goes on with it.

    Raises
    ------
    RequestError
        If a file appeared meanwhile that no run wrote.
    """
    fresh = folder / UNFINISHED
    (fresh / WHOLE).touch()
    manifest, earlier = _read(fresh / MANIFEST), _read(folder / MANIFEST) or {}
    if manifest is None:  # the manifest goes last, so everything is in its place
        shutil.rmtree(fresh)
        return
    new, old = manifest["files"], earlier.get("files", {})
    for name in new:
        path = folder / name
        foreign = path.is_file() and digest_of(path) not in (old.get(name), new[name])
        if foreign and (fresh / name).is_file():
            raise RequestError(
                f"{path}: was written while the run went on; move it, and the same command "
                f"puts the run's files, now in {fresh}, in their place"
            )
    for name, digest in old.items():
        path = folder / name
        if name not in new and path.is_file() and digest_of(path) == digest:
            path.unlink()
    try:
        for name in new:
            if (fresh / name).is_file():
                (folder / name).parent.mkdir(exist_ok=True)
                (fresh / name).replace(folder / name)
        (fresh / MANIFEST).replace(folder / MANIFEST)
    except OSError as error:
        raise RequestError(f"{error.filename}: cannot be put in place ({error.strerror})") from None
    shutil.rmtree(fresh)
    for name in {name.partition("/")[0] for name in old if "/" in name}:
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()


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
