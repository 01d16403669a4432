"""Seals the tables anew: says what changed, and asks for a correction where a figure moved."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from evidence.checks.rows import read_table
from evidence.checks.tables import table_problems
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.run.named import used_by
from evidence.tables import changes, seal
from evidence.tables.changes import CORRECTIONS
from evidence.terminal import counted
from helpers.data import DESCRIPTION, FOLDER, description, forget


def seal_tables(why=None, folder=FOLDER, say=click.echo):
    """Seal every table that changed and is in order.

    Parameters
    ----------
    why : str, optional
        The reason of all corrections that are missing; they are then written. Left out, a table
        whose published figures moved without a correction is not sealed.
    folder : pathlib.Path
    say : callable
        Called with each line.

    Returns
    -------
    bool
        Whether everything is sealed.
    """
    folder = Path(folder)
    content = description(folder)
    changed = _changed(content, folder)
    for name, found in changed.items():
        for words in found.in_words(most=10_000):
            say(f"data/{name}.csv: {words}")
    stopped = _wrong(folder, say)
    if stopped & {"datapackage", CORRECTIONS}:
        say("nothing is sealed until this is in order")
        return False
    missing = [cell for name, found in changed.items()
               for cell in changes.uncorrected(content, name, found, folder)]  # fmt: skip
    if missing and why:
        _correct(folder, content, missing, why)
        say(f"data/{CORRECTIONS}.csv: {counted(len(missing), 'row')} added")
        missing, stopped = [], _wrong(folder, say)
    _ask(missing, say)
    return _write(folder, content, stopped | {cell.table for cell in missing}, say)


def _changed(content, folder):
    """Return what changed in each table that is not as it was sealed."""
    found = {}
    for resource in content["resources"]:
        path = folder / resource["path"]
        data = path.read_bytes() if path.exists() else b""
        if resource.get("hash") != seal.of_bytes(data):
            found[resource["name"]] = changes.of_table(resource, data, folder)
    return found


def _wrong(folder, say):
    """Say what is wrong with the tables, and return the names of those that are not in order."""
    lines = table_problems(folder)
    for line in lines:
        say(line)
    return {re.split(r"[/.]", line)[1] for line in lines}


def correction(cell, why=""):
    """Return a row of the table of corrections, by column; its reason and source are to come."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{cell.table} {cell.row} {cell.column} {cell.now}".lower())
    return {
        "id": words.strip("-"),
        "table": cell.table,
        "row": cell.row,
        "column": cell.column,
        "was": cell.was,
        "is": cell.now,
        "why": why,
        "source": "",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "claims": "",
    }


def _ask(missing, say):
    """Name the rows that are missing, each in a line that can be pasted."""
    if missing:
        say(
            f"not sealed: {counted(len(missing), 'published figure')} moved without a row in "
            f"data/{CORRECTIONS}.csv. Paste these, and say why and by which source (the columns "
            "after `is`); or `evidence accept --tables --why TEXT` writes them:"
        )
    for cell in missing:
        say(as_line(correction(cell).values()))


def as_line(cells):
    """Write a row as a line of a table, without its end."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _correct(folder, content, missing, why):
    """Append the corrections that are missing, all for the same reason."""
    path = folder / f"{CORRECTIONS}.csv"
    resource = next(r for r in content["resources"] if r["name"] == CORRECTIONS)
    rows = read_table(resource, folder)
    taken = {entry["id"] for entry in rows.entries.values()}
    lines = [path.read_text(encoding="utf-8-sig").rstrip("\n")]
    for cell in missing:
        row = correction(cell, why)
        name, number = row["id"], 2
        while row["id"] in taken:
            row["id"], number = f"{name}-{number}", number + 1
        taken.add(row["id"])
        lines.append(as_line(row[column] for column in rows.header))
    write_whole(path, "\n".join(lines) + "\n")


def _write(folder, content, stopped, say):
    """Write the seals of all tables but those that are stopped; return whether none is."""
    resources, names = [], []
    for resource in content["resources"]:
        if resource["name"] in stopped:
            resources.append(resource)
            continue
        fresh = seal.sealed(resource, (folder / resource["path"]).read_bytes())
        if fresh[seal.DESCRIBED] != resource.get(seal.DESCRIBED) and resource.get(seal.DESCRIBED):
            for words in changes.of_description(resource, folder):
                say(f"data/{DESCRIPTION}: table {resource['name']}: {words}")
        if fresh != resource:
            names.append(resource["name"])
        resources.append(fresh)
    package = {key: value for key, value in content.items() if key != seal.DESCRIBED}
    package.pop("resources")
    package |= {seal.DESCRIBED: seal.of_description(content), "resources": resources}
    if package != content:
        write_whole(folder / DESCRIPTION, json.dumps(package, indent=2, ensure_ascii=False) + "\n")
        forget()
    if names:
        say(f"sealed: {', '.join(names)}")
        say(f"used by: {' '.join(used_by(names)) or 'no notebook'}")
    if stopped:
        say(f"not sealed: {', '.join(sorted(stopped))}")
    return not stopped


def refuse_reason_alone(tables, why):
    """Refuse a reason that nothing would use."""
    if why is not None and (not tables or not why.strip()):
        raise RequestError("--why: expected with --tables, and in words")
