"""The commands `evidence results` and `evidence compare`."""

import json
import sys
from pathlib import Path

import click

from evidence.arguments import PLACE
from evidence.terminal import console


@click.command()
@click.argument("folder", type=PLACE, metavar="DIR")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
def results(folder, form):
    """Show the results of a run folder."""
    from evidence.folder import rows
    from evidence.folder.shown import results_table

    found = rows.read_results(folder)
    if form == "table":
        show = console()
        show.print(results_table(found, show.width))
    elif form == "json":
        click.echo(json.dumps(rows.as_json(found), indent=1, ensure_ascii=False))
    else:
        click.echo((Path(folder) / rows.RESULTS).read_text(encoding="utf-8"), nl=False)


@click.command()
@click.argument("dir_a", type=PLACE)
@click.argument("dir_b", type=PLACE)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    default=1e-6,
    show_default=True,
    help="How far a number may move, as a fraction of its range.",
)
def compare(dir_a, dir_b, form, tolerance):
    """Say what moved between two runs, by how much, and what lies behind it.

    Exit status 1 if anything moved beyond the tolerance.
    """
    from evidence.folder.compare import compare as between
    from evidence.folder.compare import differs
    from evidence.folder.shown import comparison

    found = between(dir_a, dir_b, tolerance)
    if form == "json":
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        show = console()
        for part in comparison(found):
            show.print(part)
    sys.exit(1 if differs(found) else 0)
