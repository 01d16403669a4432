"""Charts of a sweep: how each headline result moves with each parameter."""

import numpy as np

from evidence.files import write_whole
from helpers import charts
from helpers.results import value_in_words
from helpers.words import number

TICKS = 5  # labels that have room below a panel
LINES = 6  # combinations of the other parameters that are drawn as lines of their own
STYLES = ("-", "--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
COLOURS = (charts.BLUE, charts.ORANGE, charts.GREEN, charts.PINK, charts.SKY, charts.RED)
MARKS = "os^DvP"
NO_LINE = {"ls": "", "marker": "o"}


def write_charts(folder, notebook, results, swept):
    """Draw one chart per headline result that moves into the folder's charts/.

    Headline results are the numbers that bear on a claim; if there are none, all numbers.

    Parameters
    ----------
    folder : pathlib.Path
        The run folder.
    notebook : str
    results : list of evidence.folder.rows.Result
    swept : list of str
        The parameters that differ between points.

    Returns
    -------
    list of dict
        Per headline result: title, alt, and file, which is empty for one that does not move.
    """
    found = []
    for name in headlines(results):
        some = [result for result in results if result.name == name and result.is_number]
        title, alt = finding(some, swept)
        file = f"charts/{name}.png" if alt else ""
        if file:
            figure = draw(some, swept)
            source = f"{notebook}, {len(some)} points of a sweep; bars are the ranges it records"
            charts.caption(figure, title, source)
            (folder / "charts").mkdir(exist_ok=True)
            write_whole(folder / file, charts.png_bytes(figure))
        found.append({"file": file, "title": title, "alt": alt})
    return found


def headlines(results):
    """Return the names of the headline results, in the order they were recorded."""
    numbers = {result.name: result for result in results if result.is_number}
    bearing = [name for name, result in numbers.items() if result.claim]
    return bearing or list(numbers)


def finding(results, swept):
    """Say how a result moves: a title, and a text for the chart; no text if it does not move."""
    name, unit = results[0].name, results[0].unit
    values = [result.value for result in results]
    low, high = value_in_words(min(values), unit), value_in_words(max(values), unit)
    words = name.replace("_", " ")
    unit = "" if unit in ("fraction", "ratio") else f" {unit}"
    if len({(result.value, result.low, result.high) for result in results}) == 1:
        return f"{words} stays at {low}{unit} at every point", ""
    title = f"{words} moves from {low} to {high}{unit}"
    if low == high:
        title = f"{words} stays near {low}{unit}, but its range moves"
    return title, f"{title}, as {' and '.join(swept)} change; {len(results)} points."


def draw(results, swept):
    """Draw one result against each swept parameter.

    Parameters
    ----------
    results : list of evidence.folder.rows.Result
        One result at several points.
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
        _panel(panel, results, parameter, [other for other in swept if other != parameter])
    for spare in axes.flat[len(swept) :]:
        spare.remove()
    known = [end for r in results for end in (r.value, r.low, r.high) if end is not None]
    if min(known) > 0 and max(known) / min(known) > 20:
        charts.log_axis(axes[0, 0], "", axis="y")
    for first in axes[:, 0]:
        first.set_ylabel(results[0].unit)
        first.yaxis.set_major_formatter(lambda value, _: value_in_words(value, results[0].unit))
    return figure


def _panel(axes, results, parameter, others):
    """Draw a result against one parameter, one line per combination of the others."""
    values = {_at(r, parameter): r.parameters.get(parameter, "") for r in results}
    numeric = all(type(value) in (int, float) for value in values.values())
    at = values if numeric else {text: place for place, text in enumerate(values)}
    groups = {}
    for result in results:
        known = result.parameters
        key = ", ".join(f"{other} {_short(known.get(other, ''))}" for other in others)
        groups.setdefault(key, []).append(result)
    as_lines = len(groups) <= LINES
    apart = 0.012 * (max(at.values()) - min(at.values()))
    for place, (key, some) in enumerate(groups.items()):
        some = sorted(some, key=lambda result: at[_at(result, parameter)])
        x = np.array([at[_at(result, parameter)] for result in some], dtype=float)
        value, low, high = np.array([(r.value, r.low, r.high) for r in some], dtype=float).T
        colour = COLOURS[place % LINES] if as_lines else charts.GREY
        style = {"ls": STYLES[place], "marker": MARKS[place]} if as_lines else NO_LINE
        beside = x + apart * (place - (len(groups) - 1) / 2) if as_lines else x
        axes.vlines(beside, low, high, color=colour, lw=1.2, alpha=0.6)
        axes.plot(beside, value, color=colour, ms=4, label=key, **style)
    axes.set_xlabel(parameter)
    if numeric:
        _ticks_at_points(axes, sorted(values.values()))
    else:
        labels = [_short(value) for value in values.values()]
        axes.set_xticks(list(at.values()), labels, rotation=20, ha="right")
    if as_lines and others:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=7.5)


def _ticks_at_points(axes, values):
    """Put ticks at the values that were run; of many, at some, first and last among them."""
    step = max(1, -(-len(values) // TICKS))
    chosen = [*values[:-1:step], values[-1]]
    if len(chosen) > 2 and values[-1] - chosen[-2] < (values[-1] - values[0]) / (2 * TICKS):
        del chosen[-2]
    axes.set_xticks(chosen, [number(value) for value in chosen])


def _at(result, parameter):
    """Return where a result stands along a parameter, as results.csv writes it."""
    return result.point.get(parameter, "")


def _short(value):
    """Write a parameter's value for a label: lists without brackets, numbers as people do."""
    items = value if isinstance(value, list) else [value]
    return ", ".join(number(i) if type(i) in (int, float) else str(i) for i in items)
