"""What changed in a table, or in its description, since it was sealed."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.checks.rows import Rows, read_table, shown
from evidence.tables import history, seal
from helpers.csvtext import TableError, parse
from helpers.data import DESCRIPTION

UNKNOWN = "the sealed version is not in git's history, and no other, so no cell can be compared"
INSTEAD = "the sealed version is not in git's history; compared with the last one that is"
CORRECTIONS = "corrections"
# The ends of a figure that a table quotes move with the cell that it was read from.
QUOTES = {"table", "row", "column", "value"}
OURS = "ourWork"  # in a table's description: its days and rows are ours, and nothing published
MANY = 12  # changes named by `evidence check`; `evidence accept` names all


@dataclass(frozen=True)
class Cell:
    """A cell that holds something else now; a row that went changes in its key, into nothing."""

    table: str
    row: str
    column: str
    was: str
    now: str

    def __str__(self):
        """Say where it is, what it was and what it is."""
        return f"{self.row}, column {self.column}: {_quiet(self.was)} -> {_quiet(self.now)}"


@dataclass(frozen=True)
class Changes:
    """What changed in a table since it was sealed."""

    cells: tuple = ()
    added: tuple = ()  # keys of rows
    remarks: tuple = ()

    def in_words(self, most=MANY):
        """Say what changed, one thing each."""
        said = [*self.remarks, *map(str, self.cells)]
        said += [f"the row {key} is new" for key in self.added]
        if not said:
            said = ["the order of its rows or the quotes around its cells"]
        more = [f"and {len(said) - most} changes more"] if len(said) > most else []
        return said[:most] + more


def _quiet(text):
    return shown(text) if text else "nothing"


def of_table(resource, data, folder):
    """Compare a table with the version that was sealed.

    Parameters
    ----------
    resource : dict
        Its description.
    data : bytes
        The file as it is.
    folder : pathlib.Path

    Returns
    -------
    Changes
    """
    if not resource.get("hash"):
        return Changes(remarks=("it was not sealed before",))
    path = Path(folder) / resource["path"]
    same = (v for v in history.versions(path) if seal.of_bytes(v) == resource["hash"])
    before = next(same, b"")
    remark = () if before else (INSTEAD,)
    before = before or history.committed(path)
    if not before:
        return Changes(remarks=(UNKNOWN,))
    try:
        empty = resource.get("mayBeEmpty", False)
        versions = (parse(version, resource["path"], empty) for version in (before, data))
        found = compare(*(Rows(resource, *version) for version in versions))
    except TableError as error:
        return Changes(remarks=(str(error),))
    return replace(found, remarks=remark + found.remarks)


def compare(before, after):
    """Compare two versions of a table, row by row by their key.

    Parameters
    ----------
    before, after : evidence.checks.rows.Rows

    Returns
    -------
    Changes
    """
    shared = [column for column in after.header if column in before.header]
    renamed = [f"column {c} is new" for c in after.header if c not in before.header]
    renamed += [f"column {c} is gone" for c in before.header if c not in after.header]
    if not set(after.key) <= set(shared):
        return Changes(remarks=(*renamed, "its rows have another key, so they are not compared"))
    try:
        old, new = _by_key(before), _by_key(after)
    except ValueError as error:  # a row with too few cells
        return Changes(remarks=(*renamed, f"its rows cannot be compared ({error})"))
    first = after.key[0] if after.key else None
    cells = [
        Cell(after.name, key, column, old[key][column], new[key][column])
        for key in new
        if key in old
        for column in shared
        if old[key][column] != new[key][column]
    ]
    cells += [Cell(after.name, key, first, old[key][first], "") for key in old if key not in new]
    return Changes(tuple(cells), tuple(key for key in new if key not in old), tuple(renamed))


def uncorrected(content, name, found, folder):
    """Return the published figures of a table that moved without a row in corrections.

    Parameters
    ----------
    content : dict
        datapackage.json.
    name : str
        Name of the table.
    found : Changes
        What changed in it.
    folder : pathlib.Path

    Returns
    -------
    list of Cell
    """
    resource = next(r for r in content["resources"] if r["name"] == name)
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    if set(fields) >= QUOTES or resource.get(OURS):
        return []
    described = {r["name"]: r for r in content["resources"]}
    if CORRECTIONS not in described:
        return []
    entries = read_table(described[CORRECTIONS], folder).entries.values()
    known = {(e["table"], e["row"], e["column"], e["is"]) for e in entries}
    key = resource["schema"].get("primaryKey", [])
    return [
        cell
        for cell in found.cells
        if (is_figure(fields[cell.column]) or (cell.column in key and not cell.now))
        and (cell.table, cell.row, cell.column, cell.now) not in known
    ]


def is_figure(field):
    """Whether a column holds published figures: numbers and dates, all that has a unit."""
    return bool(field.get("unit")) or field["type"] in {"integer", "number", "year", "date"}


def _by_key(rows):
    """Return the rows by their key; one that repeats a key is numbered, so that none is lost."""
    found, count = {}, Counter()
    for entry in rows.entries.values():
        key = rows.named(entry)
        count[key] += 1
        found[key if count[key] == 1 else f"{key} (again, {count[key]})"] = entry
    return found


def of_description(resource, folder):
    """Say which parts of a table's description changed since it was sealed.

    Returns
    -------
    list of str
    """
    wanted = resource.get(seal.DESCRIBED)
    if not wanted:
        return ["it was not sealed before"]
    for version in history.versions(Path(folder) / DESCRIPTION):
        before = _described(version, resource["name"])
        if before and before.get(seal.DESCRIBED) == wanted == seal.of_description(before):
            parts = [_flat(each) for each in (before, resource)]
            said = [
                f"{path}: {_quiet(parts[0].get(path))} -> {_quiet(parts[1].get(path))}"
                for path in dict.fromkeys([*parts[0], *parts[1]])
                if parts[0].get(path) != parts[1].get(path)
            ]
            return said[:MANY] + ([f"and {len(said) - MANY} more"] if len(said) > MANY else [])
    return ["its former description is not in git's history"]


def _described(version, name):
    try:
        resources = json.loads(version)["resources"]
        return next((r for r in resources if r["name"] == name), None)
    except (ValueError, KeyError, TypeError):
        return None


def _flat(part, path=""):
    """Return every value of a description by its path; columns by their name."""
    if path in seal.SEAL:
        return {}
    if isinstance(part, dict):
        pairs = part.items()
    elif isinstance(part, list):
        names = [p.get("name") or p.get("value") if isinstance(p, dict) else None for p in part]
        pairs = [
            (name or number, p) for number, (name, p) in enumerate(zip(names, part, strict=True))
        ]
    else:
        return {path: str(part)}
    flat = {}
    for key, value in pairs:
        flat |= _flat(value, f"{path}.{key}" if path else str(key))
    return flat
