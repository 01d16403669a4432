"""Writes rows into a table, if `evidence check` would take them."""

import re
import shutil
import tempfile
from bisect import bisect
from collections import Counter
from dataclasses import replace
from pathlib import Path

import click

from evidence.checks.collection import data_problems
from evidence.checks.ledger import unfinished_problems
from evidence.checks.rows import read_table, shape_problems
from evidence.checks.tables import check_tables
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.tables.accept import as_line
from helpers.csvtext import normalised
from helpers.data import FOLDER, package
from helpers.expect import expect

ROWS = re.compile(r"\brows? \d+(?:, \d+)*")


def add_rows(name, given, folder=FOLDER):
    """Write rows into a table where they belong, if all are in order there.

    Parameters
    ----------
    name : str
        Name of the table.
    given : list of dict of str to str
        The cells of each row by column; what is left out is empty.
    folder : pathlib.Path

    Returns
    -------
    numbers : list of int
        The lines of the file in which they stand.
    missing : list of str
        What still waits for a row of another table.

    Raises
    ------
    RequestError
        With a line for each thing that is wrong; nothing is written.
    """
    resource, tables = package(folder)[name], read_with_others(name, folder)
    path = folder / resource["path"]
    rows, added = tables[name], []
    lines = normalised(path.read_bytes()).decode().splitlines()
    if len(lines) != len(rows.cells) + 1:
        raise RequestError(f"{rows.path}: found a cell of several lines, expected one line a row")
    for row in given:
        for column in row:
            expect(f"{name}: column", column, rows.header, RequestError)
        cells = [str(row.get(column, "")) for column in rows.header]
        place = _place(rows, dict(zip(rows.header, cells, strict=True)))
        rows = replace(rows, cells=[*rows.cells[:place], cells, *rows.cells[place:]])
        lines.insert(place + 1, as_line(cells))
        added.append(cells)
    text = "\n".join(lines) + "\n"
    missing = _refuse_wrong(rows, text, folder)
    write_whole(path, text)
    return [_where(cells, rows) for cells in added], missing


def _where(cells, rows):
    """Return the line in which a row stands; another may hold the same cells."""
    return next(row for row, each in enumerate(rows.cells, start=2) if each is cells)


def _refuse_wrong(rows, text, folder):
    """Check all tables with a new text of one; return what waits for a row of another table."""
    with tempfile.TemporaryDirectory() as trial:
        copy = Path(trial) / "data"
        shutil.copytree(folder, copy)
        (copy / rows.resource["path"]).write_text(text, encoding="utf-8")
        before, after = (check_tables(each) for each in (folder, copy))
        whole = not before and not after
        if whole:
            before, after = (data_problems(each) for each in (folder, copy))
        new = _new(before, after)
        wrong = [line for line in new if line.startswith(rows.path)]
        if wrong:
            raise RequestError(*wrong, "nothing was written")
        waiting = _new(*map(unfinished_problems, (folder, copy))) if whole else []
    for line in before[:3]:
        click.echo(f"not of this row: {line}", err=True)
    return [*(line for line in new if line not in wrong), *waiting]


def _new(before, after):
    """Return the problems that were not there before, wherever their rows stand now."""
    known = Counter(ROWS.sub("row", line) for line in before)
    found = []
    for line in after:
        same = ROWS.sub("row", line)
        if known[same]:
            known[same] -= 1
        else:
            found.append(line)
    return found


def read_with_others(name, folder):
    """Read a table and those that it refers to, by name."""
    resources = package(folder)
    keys = resources[name]["schema"].get("foreignKeys", [])
    others = {key["reference"]["resource"] for key in keys} - {""}
    others |= {rule["table"] for rule in resources[name].get("rules", []) if "table" in rule}
    tables = {each: read_table(resources[each], folder) for each in sorted({name, *others})}
    for rows in tables.values():
        for line in shape_problems(rows):
            raise RequestError(line)
    return tables


def _place(rows, entry):
    """Return where a row belongs: by its key in a sorted table, else after those like it."""
    keys = [tuple(each[c] for c in rows.key) for each in rows.entries.values()]
    if keys == sorted(keys):
        return bisect(keys, tuple(entry[c] for c in rows.key))
    group = "claim" if "claim" in rows.header else rows.key[0]
    alike = [
        place for place, each in enumerate(rows.entries.values()) if each[group] == entry[group]
    ]
    return alike[-1] + 1 if alike else len(rows.cells)
