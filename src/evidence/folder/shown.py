"""Results, and a comparison of two runs, as text for a terminal."""

from itertools import groupby

from rich import box
from rich.markup import escape
from rich.table import Table

from helpers.results import range_in_words, value_in_words
from helpers.words import number

WIDE = 110  # characters in a line of a terminal that has room for every column
LONGEST = 60  # rows of a table that ends a sweep
UNEXPLAINED = "Nothing that lies behind the results differs."


def results_table(results, width=WIDE):
    """Lay results out as a table for a terminal.

    Parameters
    ----------
    results : list of evidence.folder.rows.Result
    width : int, default WIDE
        Characters in a line; where they are few, range, unit and claim stand beside the value.

    Returns
    -------
    rich.table.Table
    """
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("result", overflow="fold", no_wrap=width >= WIDE)
    table.add_column("value", justify="right" if width >= WIDE else "left", no_wrap=width >= WIDE)
    for name in ("range", "unit", "claim") if width >= WIDE else ():
        table.add_column(name, no_wrap=name == "claim")
    for notebook, its in groupby(results, lambda result: result.notebook):
        table.add_row(f"[bold]{escape(notebook)}[/bold]")
        for result in its:
            words = [result.value_in_words, result.range_in_words, result.unit, result.claim]
            if width < WIDE:
                words = [f"{words[0]} {words[2]}", words[1], words[3]]
                words = ["; ".join(filter(None, words))]
            table.add_row(*map(escape, (f"  {result.name}", *words)))
    return table


def sweep_table(results, swept):
    """Lay the headline results of a sweep out: each result at every point.

    Parameters
    ----------
    results : list of evidence.folder.rows.Result
    swept : list of str
        The parameters that differ between points.

    Returns
    -------
    table : rich.table.Table
    more : int
        How many rows were left out because the table would be long.
    """
    from evidence.folder.sweep_charts import headlines

    names = headlines(results) or list(dict.fromkeys(result.name for result in results))
    rows = [result for name in names for result in results if result.name == name]
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("result", no_wrap=True)
    for name in swept:
        table.add_column(name, justify="right")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("range")
    table.add_column("unit")
    last = ""
    for result in rows[:LONGEST]:
        shown = "" if result.name == last else result.name
        last = result.name
        point = (result.point.get(name, "") for name in swept)
        words = (result.value_in_words, result.range_in_words, result.unit)
        table.add_row(*map(escape, (shown, *point, *words)))
    return table, max(0, len(rows) - LONGEST)


def comparison(found):
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
    parts += [_laid_out_anew(found["forms"])] if len(set(found["forms"])) > 1 else []
    parts += [f"  code {c['file']}: {c['what']}" for c in found["code"]]
    parts += [f"  notebook {name}: changed" for name in found["notebooks"]]
    parts += [f"  version of {v['name']}: {v['from']} -> {v['to']}" for v in found["versions"]]
    return ["[bold]What differs behind them[/bold]", *parts] if parts else [UNEXPLAINED]


def _laid_out_anew(forms):
    old, new = forms
    return (
        f"  code: the helpers were laid out anew between the two (forms {old} and {new}), "
        "so their files are not compared one by one; tables and libraries are"
    )


def _point(result):
    words = ", ".join(f"{name}={value}" for name, value in result["point"].items())
    return f"  ({words})" if words else ""


def _moved_table(moved):
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
            _side(result["from"], result["unit"]),
            _side(result["to"], result["unit"]),
            _share(result),
            result["unit"],
            result["claim"],
        )
        table.add_row(*map(escape, cells))
    return table


def _side(side, unit):
    value, ends = (
        value_in_words(side["value"], unit),
        range_in_words(side["low"], side["high"], unit),
    )
    return f"{ends} ({value})" if ends else value


def _share(result):
    if result["of_range"] is None:
        return "a word"
    if result["from"] == result["to"]:
        return "what it is of"
    share = f"{number(100 * result['of_range'], 2)}%"
    return f"{share} of its {'range' if result['has_range'] else 'size'}"
