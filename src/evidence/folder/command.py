"""The command `evidence compare`, and a comparison as text for a terminal."""

import json
import sys

import click
from rich.markup import escape

from evidence.terminal import console
from helpers.words import number

UNEXPLAINED = "Nothing that lies behind the results differs."


@click.command()
@click.argument("dir_a")
@click.argument("dir_b")
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

    found = between(dir_a, dir_b, tolerance)
    if form == "json":
        click.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        show = console()
        for part in lines(found):
            show.print(part)
    sys.exit(1 if differs(found) else 0)


def lines(found):
    """Lay a comparison out.

    Parameters
    ----------
    found : dict
        From `evidence.folder.compare.compare`.

    Returns
    -------
    list of str or rich.table.Table
    """
    parts = []
    if found["moved"]:
        parts += [_title("Results that moved", found["moved"]), _moved_table(found["moved"])]
    for side, word in (("only_a", "first"), ("only_b", "second")):
        if found[side]:
            parts.append(_title(f"Results that only the {word} run has", found[side]))
            parts += [escape(f"  {r['notebook']}  {r['name']}{_point(r)}") for r in found[side]]
    if found["ended"]:
        parts.append(_title("Notebooks that ended differently", found["ended"]))
        parts += [f"  {e['notebook']}: {e['from']} -> {e['to']}" for e in found["ended"]]
    if found["charts"]:
        parts.append(_title("Charts whose numbers changed", found["charts"]))
        parts += [
            escape(f"  {c['notebook']}, chart {c['chart']}: {c['title']}")
            + ("" if c["what"] == "numbers changed" else f" ({c['what']})")
            for c in found["charts"]
        ]
    parts.append(f"{found['agree']} results agree within {found['tolerance']:g} of their ranges.")
    if found["not_compared"]:
        parts.append(f"Only in one run, so not compared: {', '.join(found['not_compared'])}.")
    return [*parts, *_behind(found)]


def _title(words, items):
    return f"[bold]{words}[/bold] ({len(items)})"


def _behind(found):
    """Say what lies behind: parameters, tables, code, versions."""
    parts = [
        escape(f"  parameter {p['name']} of {p['notebook']}: {p['from']} -> {p['to']}")
        for p in found["parameters"]
    ]
    parts += [f"  table {t['file']}: {t['what']}" for t in found["tables"]]
    parts += [f"  code {c['file']}: {c['what']}" for c in found["code"]]
    parts += [f"  notebook {name}: changed" for name in found["notebooks"]]
    parts += [f"  version of {v['name']}: {v['from']} -> {v['to']}" for v in found["versions"]]
    return ["[bold]What differs behind them[/bold]", *parts] if parts else [UNEXPLAINED]


def _point(result):
    words = ", ".join(f"{name}={value}" for name, value in result["point"].items())
    return f"  ({words})" if words else ""


def _moved_table(moved):
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in ("notebook", "result"):
        table.add_column(column, no_wrap=True)
    for column in ("from", "to", "moved by"):
        table.add_column(column, justify="right")
    table.add_column("unit")
    table.add_column("claim", no_wrap=True)
    for result in moved:
        cells = (
            result["notebook"],
            result["name"] + _point(result),
            _side(result["from"]),
            _side(result["to"]),
            _share(result),
            result["unit"],
            result["claim"],
        )
        table.add_row(*map(escape, cells))
    return table


def _side(side):
    value = _word(side["value"])
    if side["low"] is None and side["high"] is None:
        return value
    return f"{_word(side['low'])} to {_word(side['high'])} ({value})"


def _word(value):
    return "" if value is None else number(value)


def _share(result):
    if result["of_range"] is None:
        return "a word"
    if result["from"] == result["to"]:
        return "what it is of"
    return f"{_percent(result['of_range'])} of its {'range' if result['has_range'] else 'size'}"


def _percent(share):
    return f"{100 * share:.2g}%" if share < 0.995 else f"{100 * share:,.0f}%"
