"""Adds a row to a table: `evidence add source`, field by field or from a file."""

from difflib import get_close_matches
from pathlib import Path

import click

from evidence.arguments import PLACE
from evidence.errors import RequestError
from helpers.data import package


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
    from evidence.run.named import used_by
    from evidence.tables.ask import ask_until_written, with_ids
    from evidence.tables.rows import add_rows

    name = _table_of(what)
    if file is None and not click.get_text_stream("stdin").isatty():
        raise RequestError("add: expected --from FILE, because there is no terminal to ask at")
    written = add_rows(name, with_ids(name, from_file(file))) if file else ask_until_written(name)
    numbers, missing = written
    for number in numbers:
        click.echo(f"data/{name}.csv: row {number} is added")
    for line in missing:
        click.echo(f"still missing: {line}")
    click.echo("next: evidence check")
    numbers = " ".join(used_by([name]))
    click.echo(f"then: evidence accept {numbers or '--tables'}, which seals the table too")
