"""Adds a row to a table: `evidence add source`, field by field or from a file."""

import re
import shutil
import tempfile
from bisect import bisect
from collections import Counter
from dataclasses import replace
from difflib import get_close_matches
from itertools import count
from pathlib import Path

import click

from evidence.arguments import PLACE
from evidence.checks.characters import wrong_text
from evidence.checks.collection import data_problems
from evidence.checks.ledger import unfinished_problems
from evidence.checks.rows import read_table, shape_problems
from evidence.checks.tables import check_tables
from evidence.checks.values import wrong_value
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.run.named import used_by
from evidence.tables.accept import as_line
from helpers.csvtext import normalised
from helpers.data import FOLDER, package
from helpers.expect import closest, expect

ROWS = re.compile(r"\brows? \d+(?:, \d+)*")
APART = re.compile(r"'[^'\n]*'|data/\S+|\brow \d+|\bcolumns? ")  # no names of columns
NONE = "-"  # typed to empty a cell that has an answer already


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
    resource, tables = package(folder)[name], _tables(name, folder)
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
    tables, given = _tables(name, folder), {} if given is None else given
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
    return _with_ids(name, [given])[0]


def _ask_until_written(name, folder=FOLDER):
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


def _with_ids(name, rows):
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
            near = closest(cell, known)
            wrong = f"one of {len(known)} ids" + (f"; did you mean {near}?" if near else "")
        if not wrong:
            return cell
        click.echo(f"    found {cell or 'nothing'!r}, expected {wrong}")


def _table_of(word):
    """Return the table that a word names: its name, with or without s, or its `singular`."""
    singular = {n: each.get("singular", n.removesuffix("s")) for n, each in package().items()}
    names = {w: n for n in singular for w in (n, n.removesuffix("s"))} | {
        one: n for n, one in singular.items()
    }
    if word not in names:
        near = get_close_matches(word, singular.values(), n=3, cutoff=0.5)
        known = near or ["source", "statement", "claim"]
        raise RequestError(
            f"table is {word!r}, expected a table of data/README.md, such as {', '.join(known)}"
        )
    return names[word]


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
    name = _table_of(what)
    if file is None and not click.get_text_stream("stdin").isatty():
        raise RequestError("add: expected --from FILE, because there is no terminal to ask at")
    written = add_rows(name, _with_ids(name, from_file(file))) if file else _ask_until_written(name)
    numbers, missing = written
    for number in numbers:
        click.echo(f"data/{name}.csv: row {number} is added")
    for line in missing:
        click.echo(f"still missing: {line}")
    click.echo("next: evidence check")
    numbers = " ".join(used_by([name]))
    click.echo(f"then: evidence accept {numbers or '--tables'}, which seals the table too")
