"""Takes notebooks out of zips that others made, and refuses those that could do harm."""

import stat
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

LARGEST = 50_000_000  # bytes of one notebook
MOST = 200_000_000  # bytes of all in one zip
ENTRIES = 2_000
RATIO = 200  # text packs to a twentieth; what packs to a thousandth was made to fill a disk


def unpack(path, folder):
    """Write the notebooks of a zip into a folder; nothing else is written.

    Parameters
    ----------
    path : pathlib.Path
    folder : pathlib.Path
        Made if need be.

    Returns
    -------
    str
        Why the whole zip is refused, or nothing.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            problem = _problem(entries)
            if problem:
                return f"{path.name} is refused: {problem}"
            for entry in entries:
                if _is_notebook(entry):
                    _write(packed, entry, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as bad:
        return f"{path.name} is refused: it cannot be unpacked ({bad})"
    return ""


def _problem(entries):
    """Say why a zip is not unpacked, from what it says of its entries."""
    if len(entries) > ENTRIES:
        return f"{len(entries)} entries, expected {ENTRIES} at most"
    for entry in entries:
        name = entry.filename
        parts = PurePosixPath(name.replace("\\", "/")).parts
        outside = ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive
        if outside or name.startswith("\\"):
            return f"its entry {name[:60]!r} would be written outside its folder"
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            return f"its entry {name[:60]!r} is a link or a device, expected a file"
        if entry.flag_bits & 1:
            return f"its entry {name[:60]!r} has a password"
        if entry.file_size > RATIO * max(entry.compress_size, 5_000):
            return f"its entry {name[:60]!r} unpacks to {entry.file_size // 1_000_000} MB"
    size = sum(entry.file_size for entry in entries)
    return f"it unpacks to {size // 1_000_000} MB" if size > MOST else ""


def _is_notebook(entry):
    parts = PurePosixPath(entry.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return entry.filename.endswith(".ipynb") and not hidden and not entry.is_dir()


def _write(packed, entry, folder):
    target = folder.joinpath(*PurePosixPath(entry.filename.replace("\\", "/")).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(entry) as source:
        data = source.read(LARGEST + 1)  # a header may say less than there is
    if len(data) > LARGEST:
        raise ValueError(f"{entry.filename[:60]!r} is larger than {LARGEST // 1_000_000} MB")
    target.write_bytes(data)
