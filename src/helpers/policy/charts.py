"""Charts of the policy track: series with breaks, placebo dates, power, treaties, indices."""

from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.charts import BLUE, GREY, ORANGE, RED, canvas, money_axis
from helpers.data import labels

TREATIES = {
    "women_convention_1979": (GREY, "-"),
    "refugee_convention_1951": (ORANGE, "--"),
    "trafficking_protocol_2000": (BLUE, "-"),
}
BASIS_MARKS = {"national_survey": "D", "interviews": "^"}


def fitted_series(counts, fit_line, continued, name):
    """Draw counts, the fitted line with its breaks, and each line as if the break had not come.

    Parameters
    ----------
    counts : pandas.Series
        Yearly counts, indexed by year.
    fit_line : pandas.Series
        Fitted counts by year.
    continued : dict of int to pandas.Series
        By first year after a break: the counterfactual counts.
    name : str
        What is counted.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.8)
    axes.plot(counts.index, counts, "o", color=BLUE, label=f"{name} counted")
    edges = [counts.index[0], *continued, counts.index[-1] + 1]
    for low, high in pairwise(edges):
        label = "fitted line" if low == edges[0] else None
        axes.plot(range(low, high), fit_line.loc[low : high - 1], color=BLUE, label=label)
    styles = ("--", ":", "-.", (0, (1, 4)))
    for (date, without), style in zip(continued.items(), styles, strict=False):
        label = f"had {date} not happened"
        axes.plot(without.index, without, linestyle=style, color=RED, label=label)
        axes.axvline(date - 0.5, color=GREY, linewidth=0.8)
    money_axis(axes, "arrivals a year (logarithmic)", axis="y", dollars=False)
    axes.set(xlabel="year", ylim=(10, 12_000))
    axes.legend(fontsize=8, loc="lower left")
    return figure


def placebo_dates(placebo, tested):
    """Draw the change of level found at each possible date, the tested one as a diamond.

    Parameters
    ----------
    placebo : pandas.DataFrame
        Indexed by date, with columns ratio, low, high.
    tested : int
        The date of the measure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=3.8)
    colours = [RED if date == tested else GREY for date in placebo.index]
    axes.vlines(placebo.index, placebo["low"], placebo["high"], color=colours)
    axes.scatter(placebo.index, placebo["ratio"], color=colours, marker="o", zorder=3)
    ratio = placebo.loc[tested, "ratio"]
    axes.scatter([tested], [ratio], color=RED, marker="D", s=60, zorder=4, label="tested date")
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set(yscale="log", ylabel="change of level (ratio)")
    axes.set_xlabel("first year after the supposed change")
    axes.set_yticks([0.25, 0.5, 1, 2, 4], labels=["0.25", "0.5", "1", "2", "4"])
    axes.set_yticks([], minor=True)
    axes.legend()
    return figure


def power(simulated, names, promise=0.05):
    """Draw how often a change is found, by size of the change and kind of series.

    Parameters
    ----------
    simulated : dict of str to pandas.DataFrame
        By kind of series; one row per size, columns found, found_calibrated, error [shares].
    names : list of str
        Words for the sizes.
    promise : float
        Share of false alarms that the interval promises.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4)
    width = 0.2
    for place, ((kind, found), colour) in enumerate(
        zip(simulated.items(), (BLUE, ORANGE), strict=True)
    ):
        for part, (column, hatch) in enumerate((("found", ""), ("found_calibrated", "//"))):
            axes.bar(
                np.arange(len(names)) + (2 * place + part - 1.5) * width,
                found[column],
                width,
                yerr=2 * found["error"],
                color=colour,
                hatch=hatch,
                edgecolor="white",
                label=f"{kind}, {'calibrated' if part else 'plain'} interval",
            )
    axes.axhline(promise, color="black", linestyle="--", linewidth=1)
    axes.set(ylim=(0, 1), ylabel="share of series in which\na change is found")
    axes.set_xticks(range(len(names)), labels=names)
    axes.legend(fontsize=8, loc="upper left")
    return figure


def bound_since(treaties, countries, last_year=2026):
    """Draw from when each country has been bound by each treaty.

    Parameters
    ----------
    treaties : pandas.DataFrame
        Columns country, treaty, bound [year with fraction, missing if not bound].
    countries : list of str
        From top to bottom.
    last_year : float
        Right end.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(width=10, height=0.36 * len(countries) + 1.4)
    words = labels("treaties", "treaty")
    for step, (treaty, (colour, style)) in enumerate(TREATIES.items()):
        rows = treaties[treaties["treaty"] == treaty].dropna(subset=["bound"])
        places = [countries.index(country) + 0.25 * (step - 1) for country in rows["country"]]
        look = {"color": colour, "linestyle": style, "linewidth": 3, "label": words[treaty]}
        axes.hlines(places, rows["bound"], last_year, **look)
    axes.set(ylim=(len(countries) - 0.5, -0.5), xlim=(1978, last_year), xlabel="bound since")
    axes.set_yticks(range(len(countries)), labels=countries)
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    return figure


def indices_by_edition(indices, countries):
    """Draw one panel per edition of an index, because editions are not a series.

    Parameters
    ----------
    indices : pandas.DataFrame
        Columns country, edition, per_thousand, basis.
    countries : list of str
        From top to bottom.

    Returns
    -------
    matplotlib.figure.Figure
    """
    editions = sorted(set(indices["edition"]))
    figure, panels = canvas(1, len(editions), width=10, height=4.4, sharey=True, squeeze=False)
    for axes, edition in zip(panels[0], editions, strict=True):
        for row in indices[indices["edition"] == edition].itertuples():
            mark = BASIS_MARKS.get(row.basis, "o")
            colour = RED if mark == "D" else BLUE
            place = countries.index(row.country)
            axes.scatter(row.per_thousand, place, marker=mark, color=colour)
        axes.set(xscale="log", title=str(edition), xlim=(1, 200), xlabel="per 1,000")
        axes.set_xticks([1, 10, 100], labels=["1", "10", "100"])
        axes.set_xticks([], minor=True)
    panels[0, 0].set_yticks(range(len(countries)), labels=countries)
    panels[0, 0].set_ylim(len(countries) - 0.5, -0.5)
    return figure


def draw_heat_map(axes, grid, shades, unknown="?"):
    """Draw the grid of tiers as boxes with the tier written in each.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    grid : pandas.DataFrame
        As returned by `tier_grid`.
    shades : dict of str to str
        Colour by tier; other words get white.
    unknown : str, default "?"
        Text of a cell that is not known.
    """
    for row, (_, line) in enumerate(grid.iterrows()):
        for year, tier in line.items():
            text = unknown if pd.isna(tier) else {"special": "s", "unranked": "-"}.get(tier, tier)
            colour = shades.get(tier, "#ffffff")
            axes.barh(row, 1, left=year - 0.5, height=0.94, color=colour, edgecolor="white")
            ink = "white" if tier == "3" else "black"
            small = 6 if len(text) > 1 else 8
            axes.text(year, row, text, ha="center", va="center", fontsize=small, color=ink)
    axes.set(ylim=(len(grid) - 0.5, -0.5), xlim=(grid.columns[0] - 0.5, grid.columns[-1] + 0.5))
    axes.set_yticks(range(len(grid)), labels=grid.index)
    axes.grid(visible=False)
