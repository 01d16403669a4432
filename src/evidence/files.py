"""The project's root, and files that appear whole or not at all."""

import os
import tempfile
from pathlib import Path

from evidence.errors import RequestError

ROOT = Path(__file__).resolve().parents[2]


def write_whole(path, content):
    """Write a file, of text or bytes, so that it appears whole or not at all.

    Raises
    ------
    RequestError
        If the file cannot be written; nothing half-written is left.
    """
    data = content.encode() if isinstance(content, str) else content
    partial = None
    try:
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".evidence-{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(partial).chmod(0o644)
        Path(partial).replace(path)
    except OSError as error:
        if partial:
            Path(partial).unlink(missing_ok=True)
        raise RequestError(f"{path}: cannot be written ({error.strerror})") from None
