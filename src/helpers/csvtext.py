"""The text of a table: UTF-8, commas, one line a row; read alike everywhere or refused in one line.

A byte-order mark and Windows line ends change nothing. What would change a value is refused, and
the line says how to save the file instead.
"""

import csv
import re

from helpers.expect import Refusal

REMEDY = "expected UTF-8 with commas: save it as `CSV UTF-8 (comma delimited)`"
QUOTES = "expected every quote to be closed, and doubled inside a cell"
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}

# How a value is spelt: ASCII digits, no sign but minus, no leading zero, nothing around it.
WHOLE = r"-?(?:0|[1-9][0-9]{0,14})"  # as many digits as a float holds exactly
SPELT = {
    "integer": re.compile(WHOLE),
    "number": re.compile(WHOLE + r"(?:\.[0-9]{1,15})?"),
    "year": re.compile(r"[12][0-9]{3}"),
    "boolean": re.compile(r"true|false"),
}


class TableError(Refusal):
    """A table is not as datapackage.json describes it."""


def normalised(data):
    """Return the bytes of a file without byte-order mark and Windows line ends."""
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def read_rows(path, empty=False):
    """Read the cells of a table as text.

    Parameters
    ----------
    path : pathlib.Path
    empty : bool
        Whether it may have a header alone; datapackage.json says so by `mayBeEmpty`.

    Returns
    -------
    header : list of str
    rows : list of list of str
        The first is line 2 of the file.

    Raises
    ------
    TableError
        If the file is missing or empty, or is not UTF-8 with commas; one line with the remedy.
    """
    try:
        return parse(path.read_bytes(), path.name, empty)
    except FileNotFoundError:
        raise TableError(f"{path.name}: the file does not exist") from None


def parse(data, name, empty=False):
    """Read the cells of a table from its bytes; `name` is for messages. Otherwise `read_rows`."""
    text = _decoded(normalised(data), name)
    header = text.partition("\n")[0]
    for delimiter, words in DELIMITERS.items():
        if delimiter in header and "," not in header:
            raise TableError(f"{name}: found {words} between the cells, {REMEDY}")
    found = []
    try:
        for cells in csv.reader(text.splitlines(keepends=True), strict=True):
            found.append(cells)
    except csv.Error as error:
        raise TableError(f"{name}: row {len(found) + 1}: {error}, {QUOTES}") from None
    header, *rows = found
    if not rows and not empty:
        raise TableError(f"{name}: found a header and no rows, expected at least one row")
    return header, rows


def _decoded(data, name):
    """Decode a file, or say in which row what cannot be read stands."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TableError(f"{name}: found UTF-16, {REMEDY}")
    if not data.strip():
        raise TableError(f"{name}: found an empty file, expected a header and rows")
    for byte, what in ((b"\0", "a NUL"), (b"\r", "a carriage return")):
        if byte in data:
            row = data[: data.index(byte)].count(b"\n") + 1
            raise TableError(f"{name}: row {row}: found {what}, {REMEDY}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        byte = data[error.start]
        raise TableError(f"{name}: row {row}: found the byte {byte:#x}, {REMEDY}") from None
    for mark in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029":  # splitlines would end a row there
        if mark in text:
            row = text[: text.index(mark)].count("\n") + 1
            raise TableError(
                f"{name}: row {row}: found the character {ord(mark):#x}, expected none"
            )
    return text
