"""The project's root, and files that appear whole or not at all."""

import secrets
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
    partial = path.with_name(f".evidence-{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            # Not by tempfile, whose files nobody else may read whatever the umask says.
            with partial.open("xb") as file:
                file.write(data)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RequestError(f"{path}: cannot be written ({error.strerror})") from None
