"""Charts of a sweep: how each headline result moves with each parameter."""

import json

import numpy as np

from helpers import charts
from helpers.rerun.notebooks import write_whole
from helpers.words import number

LINES = 6  # combinations of the other parameters that are drawn as lines of their own
STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
COLOURS = (charts.BLUE, charts.ORANGE, charts.GREEN, charts.PINK, charts.SKY, charts.RED)
MARKS = "os^DvP"


def write_charts(folder, notebook, rows, swept):
    """Draw one chart per headline result into the folder's charts/.

    Headline results are the numbers that bear on a claim; if there are none, all numbers.

    Parameters
    ----------
    folder : pathlib.Path
        The run folder.
    notebook : str
    rows : list of dict
        Rows of results.csv.
    swept : list of str
        The parameters that differ between points.

    Returns
    -------
    list of dict
        Per chart: file, title, alt.
    """
    drawn = []
    for name in headlines(rows):
        some = [row for row in rows if row["name"] == name]
        figure, title, alt = draw(name, some, swept)
        source = f"{notebook}, {len(some)} points of a sweep; bars are the ranges it records"
        charts.caption(figure, title, source)
        (folder / "charts").mkdir(exist_ok=True)
        write_whole(folder / "charts" / f"{name}.png", charts.png_bytes(figure))
        drawn.append({"file": f"charts/{name}.png", "title": title, "alt": alt})
    return drawn


def headlines(rows):
    """Return the names of the headline results, in the order they were recorded."""
    numbers = {row["name"]: row for row in rows if _value(row["value"]) is not None}
    bearing = [name for name, row in numbers.items() if row["claim"]]
    return bearing or list(numbers)


def draw(name, rows, swept):
    """Draw one result against each swept parameter.

    Returns
    -------
    figure : matplotlib.figure.Figure
    title : str
        The finding.
    alt : str
    """
    across = min(3, len(swept)) or 1
    down = -(-max(1, len(swept)) // across)
    figure, axes = charts.canvas(
        down, across, width=4.4 * across + 0.8, height=3.4 * down + 0.8, sharey=True, squeeze=False
    )
    for panel, parameter in zip(axes.flat, swept or [None], strict=False):
        _panel(panel, rows, parameter, [other for other in swept if other != parameter])
    for spare in axes.flat[max(1, len(swept)) :]:
        spare.remove()
    values = np.array([_value(row["value"]) for row in rows])
    if values.min() > 0 and values.max() / values.min() > 20:
        axes[0, 0].set_yscale("log")
    for first in axes[:, 0]:
        first.set_ylabel(rows[0]["unit"])
        first.yaxis.set_major_formatter(lambda value, _: number(value))
    low, high = number(values.min()), number(values.max())
    words = name.replace("_", " ")
    if low == high:
        return figure, f"{words} stays at {low}", f"{words} is {low} at every point."
    title = f"{words} moves from {low} to {high} {rows[0]['unit']}"
    return figure, title, f"{title} as {' and '.join(swept)} change; {len(rows)} points."


def _panel(axes, rows, parameter, others):
    """Draw a result against one parameter, one line per combination of the others."""
    texts = list(dict.fromkeys(row[f"p.{parameter}"] for row in rows)) if parameter else [""]
    numeric = all(_value(text) is not None for text in texts)
    at = {text: _value(text) if numeric else place for place, text in enumerate(texts)}
    groups = {}
    for row in rows:
        key = ", ".join(f"{other} {_short(row[f'p.{other}'])}" for other in others)
        groups.setdefault(key, []).append(row)
    as_lines = len(groups) <= LINES
    for place, (key, some) in enumerate(groups.items()):
        some = sorted(some, key=lambda row: at[row[f"p.{parameter}"]] if parameter else 0)
        x = np.array([at[row[f"p.{parameter}"]] if parameter else 0 for row in some], dtype=float)
        value, low, high = (
            np.array([_value(row[end]) if row[end] else np.nan for row in some], dtype=float)
            for end in ("value", "low", "high")
        )
        colour = COLOURS[place % LINES] if as_lines else charts.GREY
        axes.vlines(x, low, high, color=colour, lw=1.2, alpha=0.6)
        style = (
            {"ls": STYLES[place], "marker": MARKS[place]} if as_lines else {"ls": "", "marker": "o"}
        )
        axes.plot(x, value, color=colour, ms=4, label=key or None, **style)
    if not numeric:
        axes.set_xticks(
            list(at.values()), [_short(text) for text in texts], rotation=20, ha="right"
        )
    axes.set_xlabel(parameter or "")
    if as_lines and others:
        axes.legend(fontsize=7.5)


def _value(text):
    """Read a number; None for anything else."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, TypeError):
        return None
    return float(value) if type(value) in (int, float) else None


def _short(text):
    """Write a parameter's value for a label: lists without brackets, numbers as people do."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    items = value if isinstance(value, list) else [value]
    return ", ".join(number(i) if type(i) in (int, float) else str(i) for i in items)
