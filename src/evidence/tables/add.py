"""Adds a row to a table: `evidence add source`, field by field or from a file."""

from bisect import bisect
from dataclasses import replace
from pathlib import Path

import click

from evidence.arguments import PLACE
from evidence.checks.characters import wrong_text
from evidence.checks.rows import read_table, shape_problems
from evidence.checks.tables import cell_problems
from evidence.checks.values import wrong_value
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.tables.accept import as_line
from helpers.csvtext import normalised
from helpers.data import FOLDER, package
from helpers.expect import closest, expect

NEXT = {
    "sources": "evidence add statement   (or cite: a source that no table uses is refused)",
    "statements": "evidence accept 00 10 11   (the notebooks of the ledger)",
}


def add_row(name, given, folder=FOLDER):
    """Write a row into a table where it belongs, if it is in order there.

    Parameters
    ----------
    name : str
        Name of the table.
    given : dict of str to str
        The cells by column; what is left out is empty.
    folder : pathlib.Path

    Returns
    -------
    int
        The line of the file in which it stands.

    Raises
    ------
    RequestError
        With a line for each thing that is wrong; nothing is written.
    """
    resource, tables = package(folder)[name], _tables(name, folder)
    rows = tables[name]
    for column in given:
        expect(f"{name}: column", column, rows.header, RequestError)
    cells = [str(given.get(column, "")) for column in rows.header]
    place = _place(rows, dict(zip(rows.header, cells, strict=True)))
    longer = replace(rows, cells=[*rows.cells[:place], cells, *rows.cells[place:]])
    before = set(cell_problems(rows, tables))
    found = cell_problems(longer, tables | {name: longer})
    number = place + 2
    wrong = [line for line in found if f": row {number}," in line or f"of row {number}" in line]
    if wrong:
        raise RequestError("\nevidence: ".join(wrong) + "; nothing was written")
    lines = normalised((folder / resource["path"]).read_bytes()).decode().splitlines()
    if len(lines) != len(rows.cells) + 1:
        raise RequestError(f"{rows.path}: found a cell of several lines, expected one line a row")
    lines.insert(place + 1, as_line(cells))
    write_whole(folder / resource["path"], "\n".join(lines) + "\n")
    for line in sorted(before)[:3]:
        click.echo(f"not of this row: {line}", err=True)
    return number


def _tables(name, folder):
    """Read a table and those that it refers to."""
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


def from_file(path):
    """Read the rows that a YAML file holds: a mapping of columns to cells, or a list of such.

    Raises
    ------
    RequestError
        If it holds something else.
    """
    import yaml

    try:
        content = yaml.load(Path(path).read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise RequestError(f"{path}: expected YAML, found {reason[:120]}") from None
    rows = content if isinstance(content, list) else [content]
    for row in rows:
        if not isinstance(row, dict) or not all(isinstance(cell, str) for cell in row.values()):
            raise RequestError(f"{path}: expected `column: text` lines, or a list of such groups")
    return rows


def ask(name, folder=FOLDER):
    """Ask for the cells of a row, column by column, until each is in order.

    Returns
    -------
    dict of str to str
    """
    tables, given = _tables(name, folder), {}
    rows = tables[name]
    keys = rows.resource["schema"].get("foreignKeys", [])
    refers = {key["fields"][0]: key["reference"]["resource"] or name for key in keys}
    for column, field in rows.fields.items():
        others = refers.get(column)
        known = [e["id"] for e in tables[others].entries.values()] if others else []
        if name == "statements" and column == "id":
            continue  # made of claim and source
        click.echo(f"\n{column}: {field['description']}")
        for code in field.get("categories", []):
            click.echo(f"    {code['value']:24} {code.get('label', '')}")
        given[column] = _answer(column, field, known, _usual(column, given, tables))
    if name == "statements":
        given["id"] = f"{given['claim']}-{given['source']}"
    return given


def _usual(column, given, tables):
    """Return what is usual for a column: the unit of a statement is its claim's."""
    if column == "unit" and (given.get("low") or given.get("high")) and "claims" in tables:
        return next(
            (e["unit"] for e in tables["claims"].entries.values() if e["id"] == given["claim"]), ""
        )
    return ""


def _answer(column, field, known, usual):
    while True:
        cell = click.prompt(column, default=usual, show_default=bool(usual)).strip()
        wrong = wrong_value(cell, field) or wrong_text(cell, field)
        if not wrong and cell and known and cell not in known:
            near = closest(cell, known)
            wrong = f"one of {len(known)} ids" + (f"; did you mean {near}?" if near else "")
        if not wrong:
            return cell
        click.echo(f"    found {cell or 'nothing'!r}, expected {wrong}")


@click.command()
@click.argument("what")
@click.option(
    "--from", "file", type=PLACE, metavar="FILE", help="A YAML file with `column: cell` lines."
)
def add(what, file):
    """Add a row: `evidence add source`, `evidence add statement`, or any other table.

    Asks for each column and offers the words allowed, or takes them from a file. The row goes
    where it belongs, if it is in order.
    """
    names = {}
    for name in package():
        names |= {name: name, name.removesuffix("s"): name}
    expect("table", what, sorted(set(names)), RequestError)
    name = names[what]
    if file is None and not click.get_text_stream("stdin").isatty():
        raise RequestError("add: expected --from FILE, because there is no terminal to ask at")
    for given in from_file(file) if file else [ask(name)]:
        if name == "statements" and not given.get("id"):
            given = {"id": f"{given.get('claim', '')}-{given.get('source', '')}", **given}
        click.echo(f"data/{name}.csv: row {add_row(name, given)} is added")
    if name in NEXT:
        click.echo(f"next: {NEXT[name]}")
    click.echo("then: evidence check, and evidence accept --tables, which seals the table")
