"""A table as text with its description, and the one form of a line that names a fault."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from helpers.csvtext import read_rows
from helpers.data import FOLDER, cell_count


@dataclass(frozen=True)
class Rows:
    """The rows of one table as written, and how datapackage.json describes them."""

    resource: dict
    header: list
    cells: list = field(repr=False)  # of list of str

    @property
    def name(self):
        """Name of the table."""
        return self.resource["name"]

    @property
    def path(self):
        """Its file, as it is named to people."""
        return f"data/{self.resource['path']}"

    @property
    def key(self):
        """The columns that tell its rows apart."""
        return self.resource["schema"].get("primaryKey", [])

    @cached_property
    def fields(self):
        """Description of each column by name."""
        return {field["name"]: field for field in self.resource["schema"]["fields"]}

    @cached_property
    def entries(self):
        """Each row by its line in the file, as a dictionary of text."""
        return {
            row: dict(zip(self.header, cells, strict=True))
            for row, cells in enumerate(self.cells, start=2)
        }

    def named(self, entry):
        """Return the key of a row, as it is written in the table of corrections."""
        return ",".join(entry[column] for column in self.key)

    def problem(self, row, column, found, expected):
        """Say where a fault is, what was found and what was expected."""
        where = f"row {row}, column {column}" if column else f"row {row}"
        return f"{self.path}: {where}: found {shown(found)}, expected {expected}"


def shown(found):
    """Write a value for a message: short, in quotes, on one line."""
    if found in ("", None):
        return "'nothing'"
    text = ascii(found) if isinstance(found, str) and not found.isprintable() else repr(found)
    return text if len(text) <= 80 else f"{text[:60]}... ({len(found)} characters)"


def read_table(resource, folder=FOLDER):
    """Read a table as text.

    Returns
    -------
    Rows

    Raises
    ------
    helpers.data.TableError
        If the file cannot be read as a table (`helpers.csvtext.read_rows`).
    """
    return Rows(
        resource, *read_rows(Path(folder) / resource["path"], resource.get("mayBeEmpty", False))
    )


def shape_problems(rows):
    """Name a header that is not as described, and rows with too many or too few cells."""
    if rows.header != list(rows.fields):
        return [
            f"{rows.path}: header: found {', '.join(rows.header)}, "
            f"expected {', '.join(rows.fields)}"
        ]
    return [
        f"{rows.path}: {cell_count(row, cells, rows.header)}"
        for row, cells in enumerate(rows.cells, start=2)
        if len(cells) != len(rows.header)
    ]
