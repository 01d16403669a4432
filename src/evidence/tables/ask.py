"""Asks for a row at the terminal, until it can be written."""

import re
from itertools import count
from pathlib import Path

import click

from evidence.checks.characters import wrong_text
from evidence.checks.values import wrong_value
from evidence.errors import RequestError
from evidence.tables.rows import add_rows, read_with_others
from helpers.data import FOLDER
from helpers.expect import hint

APART = re.compile(r"'[^'\n]*'|data/\S+|\brow \d+|\bcolumns? ")  # no names of columns
NONE = "-"  # typed to empty a cell that has an answer already


def ask(name, folder=FOLDER, given=None, columns=None):
    """Ask for the cells of a row, column by column, until each is in order.

    Parameters
    ----------
    name : str
        Name of the table.
    folder : pathlib.Path
    given : dict of str to str, optional
        Earlier answers, which are offered again; each new one is put there at once.
    columns : collection of str, optional
        The columns to ask for; all if left out.

    Returns
    -------
    dict of str to str
    """
    tables, given = read_with_others(name, folder), {} if given is None else given
    rows = tables[name]
    keys = rows.resource["schema"].get("foreignKeys", [])
    refers = {key["fields"][0]: key["reference"]["resource"] or name for key in keys}
    for column, field in rows.fields.items():
        made = (name, column) == ("statements", "id")  # of claim and source
        if column not in columns if columns else made:
            continue
        others = refers.get(column)
        known = [e["id"] for e in tables[others].entries.values()] if others else []
        click.echo(f"\n{column}: {field['description']}")
        for code in field.get("categories", []):
            click.echo(f"    {code['value']:24} {code.get('label', '')}")
        usual = given.get(column) or _usual(column, given, tables)
        given[column] = _answer(column, field, known, usual)
    return with_ids(name, [given])[0]


def ask_until_written(name, folder=FOLDER):
    """Ask for a row, and again for what is refused; keep the answers if it is not written.

    Returns
    -------
    As `add_rows`.
    """
    given, columns = {}, None
    try:
        while True:
            row = ask(name, folder, given, columns)
            try:
                return add_rows(name, [row], folder)
            except RequestError as refused:
                click.echo(f"\n{refused}\nasked again, with your answer in brackets:", err=True)
                columns = _blamed(str(refused), row)
    except BaseException:  # Ctrl-C, the end of the input, a full disk
        _keep(name, given)
        raise


def _blamed(message, columns):
    """Return the columns that a message names, outside of what it quotes."""
    words = set(re.findall(r"\w+", APART.sub(" ", message)))
    return {column for column in columns if column in words}


def _keep(name, given):
    """Leave answers as a file that `--from` takes, and say where."""
    import yaml

    if not any(given.values()):
        return
    names = (Path(f"{name}_unfinished{number or ''}.yaml") for number in count())
    path = next(path for path in names if not path.exists())
    path.write_text(yaml.safe_dump(given, allow_unicode=True, sort_keys=False), encoding="utf-8")
    click.echo(f"\nyour answers are kept: evidence add {name} --from {path}", err=True)


def with_ids(name, rows):
    """Give each statement without an id one that is made of its claim and source."""
    if name != "statements":
        return rows
    made = [{"id": f"{row.get('claim', '')}-{row.get('source', '')}"} for row in rows]
    return [row if row.get("id") else row | own for row, own in zip(rows, made, strict=True)]


def _usual(column, given, tables):
    """Return what is usual for a column: the unit of a statement is its claim's."""
    if column == "unit" and (given.get("low") or given.get("high")) and "claims" in tables:
        return next(
            (e["unit"] for e in tables["claims"].entries.values() if e["id"] == given["claim"]), ""
        )
    return ""


def _answer(column, field, known, usual):
    while True:
        text = f"{column} ({NONE} for none)" if usual else column
        cell = click.prompt(text, default=usual, show_default=bool(usual)).strip()
        cell = "" if cell == NONE else cell
        wrong = wrong_value(cell, field) or wrong_text(cell, field)
        if not wrong and cell and known and cell not in known:
            wrong = f"one of {len(known)} ids{hint(cell, known)}"
        if not wrong:
            return cell
        click.echo(f"    found {cell or 'nothing'!r}, expected {wrong}")
