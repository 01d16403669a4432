"""Charts of notebook 20: women among arrivals, revisions, and the tolls of the famine."""

from textwrap import shorten

import numpy as np

from helpers.charts import BLUE, GREEN, GREY, ORANGE, PINK, canvas, money_axis
from helpers.data import labels

SEXES = {"men": (ORANGE, -1), "women": (BLUE, 1)}  # colour, and the side on which it is drawn
WAYS = {
    "census_model": (BLUE, "o"),
    "official_statement": (GREEN, "s"),
    "informant_statement": (ORANGE, "^"),
    "survey_extrapolation": (PINK, "D"),
}


def shares_of_women(shares, stock, claimed):
    """Draw the share of women by year with its interval, and among all arrivals so far.

    Parameters
    ----------
    shares : pandas.DataFrame
        Columns share, low, high [fractions]; index year.
    stock : pandas.Series
        Share among everyone who has arrived by the end of the year [fraction], by year.
    claimed : float
        A claimed share, drawn as a dashed line [fraction].

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.4)
    reach = [shares["share"] - shares["low"], shares["high"] - shares["share"]]
    axes.errorbar(
        shares.index, shares["share"], yerr=reach, fmt="o", color=BLUE, capsize=2,
        label="arrivals of the year (flow)",
    )  # fmt: skip
    axes.plot(stock.index, stock, color=GREY, label="all arrivals so far (stock)")
    axes.axhline(claimed, color=ORANGE, linestyle="--", label="claim C01")
    axes.set(ylabel="women, share of arrivals", ylim=(0, 1))
    axes.legend(loc="lower left", ncols=3)
    return figure


def revisions_by_period(moved, first_years):
    """Draw by how much each period changed from one release to the next, by sex.

    Parameters
    ----------
    moved : pandas.DataFrame
        Columns women, men [persons]; index last year of the period.
    first_years : pandas.Series
        First year of the period by its last year; missing for everyone up to that year.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=3.6)
    periods = [(first_years[last], last) for last in moved.index]
    names = [
        f"to {last}" if np.isnan(first) else f"{first:.0f}-{last}" if first < last else f"{last}"
        for first, last in periods
    ]
    for sex in ("women", "men"):
        colour, side = SEXES[sex]
        axes.bar(names, moved[sex], color=colour, width=0.4 * side, align="edge", label=sex)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(ylabel="persons, change")
    axes.tick_params(axis="x", rotation=45)
    axes.legend()
    return figure


def forest_of_tolls(tolls, toll, first_year, last_year):
    """Draw death tolls with their ranges, and beside them the years that each counts.

    Parameters
    ----------
    tolls : pandas.DataFrame
        The table `famine_deaths` with a column middle, in the order of drawing.
    toll : float
        A claimed toll, drawn as a dashed line [deaths].
    first_year, last_year : int
        The claimed years, drawn as a band.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (left, right) = canvas(1, 2, height=4.8, sharey=True, width_ratios=[3, 1.3])
    words = labels("famine_deaths", "method")
    for way, (colour, shape) in WAYS.items():
        some = tolls[tolls["method"] == way]
        known = some.dropna(subset=["low", "high"])
        dated = some.dropna(subset=["first_year", "last_year"])
        if len(known):
            left.hlines(known.index, known["low"], known["high"], color=colour)
        if len(dated):
            right.hlines(
                dated.index, dated["first_year"], dated["last_year"] + 1, color=colour, lw=4
            )
        left.scatter(some["middle"], some.index, color=colour, marker=shape, label=words[way])
    left.axvline(toll, color=GREY, linestyle="--", label="the claim")
    right.axvspan(first_year, last_year + 1, color=GREY, alpha=0.2)
    names = zip(tolls["producer"], tolls["published"].str[:4], strict=True)
    ticks = [f"{shorten(name, 32, placeholder=' ...')} ({year})" for name, year in names]
    left.set(yticks=tolls.index, yticklabels=ticks)
    left.tick_params(axis="y", labelsize=7.5)
    money_axis(left, "deaths (logarithmic)", dollars=False)
    left.set_xticks([250_000, 500_000, 1_000_000, 2_000_000, 4_000_000])
    right.set(xlabel="years counted", xlim=(1993, 2009), xticks=[1995, 2000, 2005])
    left.legend(fontsize=7, loc="lower right", frameon=True, framealpha=1, edgecolor="white")
    return figure


def missing_by_age(loss, children, year):
    """Draw the people fewer after five hard years, by age and sex, and the children under five.

    Parameters
    ----------
    loss : pandas.DataFrame
        As returned by `helpers.demography.cohorts.missing_people` [persons]; a bar spans the calm
        periods.
    children : pandas.Series
        Children under five, by year [persons].
    year : int
        Start of the five years.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, (left, right) = canvas(1, 2, height=3.8)
    for sex, (colour, side) in SEXES.items():
        ends = loss[sex] / 1e3
        low, high = ends.min(axis=1), ends.max(axis=1)
        left.vlines(ends.index + 2.5 + side, low, high, color=colour, lw=3, label=sex)
    left.axhline(0, color="black", lw=0.8)
    left.set(xlabel=f"age in {year}", ylabel=f"people fewer in {year + 5}, thousands")
    left.legend(fontsize=8)
    right.plot(children.index, children / 1e6, color=GREEN, label="children")
    right.axvspan(year, year + 5, color=GREY, alpha=0.2)
    right.set(ylabel="children under five, millions", ylim=(0, None))
    return figure
