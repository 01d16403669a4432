"""Charts of the policy track: series with breaks, placebo dates, power, tiers, arrivals."""

from itertools import pairwise

import numpy as np

from helpers.charts import BLUE, GREY, ORANGE, RED, canvas, money_axis


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
