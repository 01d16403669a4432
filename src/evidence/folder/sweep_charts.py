"""Charts of a sweep: how each headline result moves with each parameter."""

import json

import numpy as np

from evidence.files import write_whole
from helpers import charts
from helpers.words import number

LINES = 6  # combinations of the other parameters that are drawn as lines of their own
STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
COLOURS = (charts.BLUE, charts.ORANGE, charts.GREEN, charts.PINK, charts.SKY, charts.RED)
MARKS = "os^DvP"
NO_LINE = {"ls": "", "marker": "o"}


def write_charts(folder, notebook, rows, swept):
    """Draw one chart per headline result that moves into the folder's charts/.

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
        Per headline result: title, alt, and file, which is empty for one that does not move.
    """
    found = []
    for name in headlines(rows):
        some = [row for row in rows if row["name"] == name and _value(row["value"]) is not None]
        title, alt = in_words(name, some, swept)
        file = f"charts/{name}.png" if alt else ""
        if file:
            figure = draw(some, swept)
            source = f"{notebook}, {len(some)} points of a sweep; bars are the ranges it records"
            charts.caption(figure, title, source)
            (folder / "charts").mkdir(exist_ok=True)
            write_whole(folder / file, charts.png_bytes(figure))
        found.append({"file": file, "title": title, "alt": alt})
    return found


def headlines(rows):
    """Return the names of the headline results, in the order they were recorded."""
    numbers = {row["name"]: row for row in rows if _value(row["value"]) is not None}
    bearing = [name for name, row in numbers.items() if row["claim"]]
    return bearing or list(numbers)


def in_words(name, rows, swept):
    """Say how a result moves: a title, and a text for the chart; no text if it does not move."""
    ends = [{row[end] for row in rows} for end in ("value", "low", "high")]
    values = [_value(row["value"]) for row in rows]
    low, high, words = number(min(values)), number(max(values)), name.replace("_", " ")
    unit = "" if rows[0]["unit"] in ("fraction", "ratio") else f" {rows[0]['unit']}"
    if all(len(known) == 1 for known in ends):
        return f"{words} stays at {low}{unit} at every point", ""
    title = f"{words} moves from {low} to {high}{unit}"
    if low == high:
        title = f"{words} stays near {low}{unit}, but its range moves"
    return title, f"{title}, as {' and '.join(swept)} change; {len(rows)} points."


def draw(rows, swept):
    """Draw one result against each swept parameter.

    Parameters
    ----------
    rows : list of dict
        Its rows of results.csv.
    swept : list of str

    Returns
    -------
    matplotlib.figure.Figure
    """
    across = min(3, len(swept))
    down = -(-len(swept) // across)
    figure, axes = charts.canvas(
        down, across, width=4.4 * across + 0.8, height=3.6 * down + 0.8, sharey=True, squeeze=False
    )
    for panel, parameter in zip(axes.flat, swept, strict=False):
        _panel(panel, rows, parameter, [other for other in swept if other != parameter])
    for spare in axes.flat[len(swept) :]:
        spare.remove()
    ends = [_value(row[end]) for row in rows for end in ("value", "low", "high") if row[end]]
    if min(ends) > 0 and max(ends) / min(ends) > 20:
        charts.money_axis(axes[0, 0], "", axis="y", dollars=False)
    for first in axes[:, 0]:
        first.set_ylabel(rows[0]["unit"])
        first.yaxis.set_major_formatter(lambda value, _: number(value))
    return figure


def _panel(axes, rows, parameter, others):
    """Draw a result against one parameter, one line per combination of the others."""
    from matplotlib.ticker import MaxNLocator

    texts = list(dict.fromkeys(row[f"p.{parameter}"] for row in rows))
    numeric = all(_value(text) is not None for text in texts)
    at = {text: _value(text) if numeric else place for place, text in enumerate(texts)}
    groups = {}
    for row in rows:
        key = ", ".join(f"{other} {_short(row[f'p.{other}'])}" for other in others)
        groups.setdefault(key, []).append(row)
    as_lines = len(groups) <= LINES
    apart = 0.012 * (max(at.values()) - min(at.values()))
    for place, (key, some) in enumerate(groups.items()):
        some = sorted(some, key=lambda row: at[row[f"p.{parameter}"]])
        x = np.array([at[row[f"p.{parameter}"]] for row in some], dtype=float)
        value, low, high = (
            np.array([_value(row[end]) if row[end] else np.nan for row in some], dtype=float)
            for end in ("value", "low", "high")
        )
        colour = COLOURS[place % LINES] if as_lines else charts.GREY
        style = {"ls": STYLES[place], "marker": MARKS[place]} if as_lines else NO_LINE
        beside = x + apart * (place - (len(groups) - 1) / 2) if as_lines else x
        axes.vlines(beside, low, high, color=colour, lw=1.2, alpha=0.6)
        axes.plot(beside, value, color=colour, ms=4, label=key, **style)
    axes.set_xlabel(parameter)
    if numeric:
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
    else:
        labels = [_short(text) for text in texts]
        axes.set_xticks(list(at.values()), labels, rotation=20, ha="right")
    if as_lines and others:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=7.5)


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
