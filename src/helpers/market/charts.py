"""Charts of amounts of money: published ranges, and what the market model says."""

import textwrap

import numpy as np

from helpers.charts import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, canvas, money_axis
from helpers.words import money, percent

MARKS = (("o", BLUE), ("D", RED), ("^", GREEN), ("s", PINK), ("v", GREY))


def ranges_by_row(rows, labels, groups, words, axis_label, kind="real"):
    """Draw one published amount per line: a bar for a range, an arrow where one end is open.

    Parameters
    ----------
    rows : pandas.DataFrame
        With the columns {kind}_low, {kind}_central, {kind}_high [US dollars]; drawn top to bottom.
    labels, groups : sequence of str
        What each line is, and the group that gives it its shape and colour.
    words : dict of str to str
        The groups in order, with their words for the legend.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=1.5 + 0.3 * len(rows))
    low, central, high = (rows[f"{kind}_{end}"].to_numpy() for end in ("low", "central", "high"))
    places, groups = np.arange(len(rows)), np.asarray(groups)
    for (group, text), (shape, colour) in zip(words.items(), MARKS, strict=False):
        ours = groups == group
        both = ours & ~np.isnan(low) & ~np.isnan(high)
        axes.hlines(places[both], low[both], high[both], color=colour, lw=2.5)
        seen = False
        for ends, arrow in ((low, 9), (high, 8), (central, shape)):  # caret right, caret left
            alone = ours & ~np.isnan(ends) & ~both if arrow != shape else ours & ~np.isnan(ends)
            axes.scatter(ends[alone], places[alone], marker=arrow, color=colour, s=42)
            seen = seen or alone.any()
        ends = np.r_[low[both], high[both]]
        axes.scatter(ends, np.r_[places[both], places[both]], marker="|", color=colour, s=60)
        if seen or both.any():
            axes.scatter([], [], marker=shape, color=colour, label=text)
    axes.set_yticks(places, [textwrap.fill(label, 34) for label in labels], fontsize=8)
    axes.set(ylim=(len(rows) - 0.4, -0.6))
    money_axis(axes, axis_label)
    axes.xaxis.get_major_locator().set_params(subs=(1, 3))
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, 1.13), ncols=len(words))
    return figure


def deviations(table, labels, tolerance):
    """Draw by how much each printed conversion leaves the rate of its year.

    Parameters
    ----------
    table : pandas.DataFrame
        From `helpers.market.prices.conversions`.
    """
    figure, axes = canvas(height=1.5 + 0.28 * len(table))
    places = np.arange(len(table))
    axes.axvspan(-100 * tolerance, 100 * tolerance, color=SKY, alpha=0.25, label="tolerance")
    axes.axvline(0, color=GREY, lw=1)
    for slip, shape, colour, text in (
        (False, "o", BLUE, "agrees"),
        (True, "X", RED, "slip"),
    ):
        ours = (table["slip"] == slip).to_numpy()
        off = 100 * table["deviation"].to_numpy()[ours]
        axes.scatter(off, places[ours], marker=shape, color=colour, s=45, label=text)
    axes.set_yticks(places, labels, fontsize=8)
    axes.set(ylim=(len(table) - 0.4, -0.6), xlabel="implied rate against the market rate, percent")
    axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(0, 1.13), ncols=3)
    return figure


def proceeds_chart(sample, percentiles, claim, *, height=4.0):
    """Draw the distribution of annual proceeds with its middle nine tenths and a claim.

    Parameters
    ----------
    sample : ndarray, shape (n,)
        Simulated annual proceeds [US dollars]. Those of 0 have no place on the axis; their share
        is in the legend.
    percentiles : sequence of 3 floats
        5th, 50th and 95th.
    claim : float

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=height)
    low, central, high = percentiles
    above = sample[sample > 0]
    ends = np.percentile(above, [0.1, 99.9]) if above.size else np.array([claim, claim])
    if ends[1] < 1.001 * ends[0]:  # a known answer: one narrow bar
        ends = ends * [0.97, 1.03]
    edges = np.geomspace(*ends, 61)
    counts, _ = np.histogram(above, edges)
    zero = 1 - above.size / sample.size
    label = "simulated" + (f" ({percent(zero, 0)} are exactly 0)" if zero else "")
    axes.stairs(counts / sample.size, edges, fill=True, color=BLUE, alpha=0.55, label=label)
    axes.axvspan(max(low, edges[0] / 2), high, color=GREY, alpha=0.15, label="middle 90%")
    if central > 0:
        axes.axvline(central, color=BLUE, label="median")
    axes.axvline(claim, color=ORANGE, linestyle="--", label="the claim")
    money_axis(axes, "annual proceeds, US dollars (logarithmic)")
    axes.set(ylabel="share of simulations", ylim=(0, 1.15 * counts.max() / sample.size or 1))
    axes.legend(loc="upper left", fontsize=8)
    return figure


def pairs_chart(sample, claim, claimed_women, *, shown=2000):
    """Draw simulated women and proceeds per woman, with lines of equal total and the claims."""
    figure, axes = canvas(height=4.6)
    people, amounts = (sample[name][:shown] for name in ("women_trafficked", "proceeds_per_woman"))
    axes.scatter(people, amounts, s=4, color=BLUE, alpha=0.35, label=f"{shown:,} simulations")
    counts = np.geomspace(1e3, 1e6, 61)
    for total in (claim / 10, claim, claim * 10):
        axes.plot(counts, total / counts, linestyle="--", color=GREY, linewidth=1)
        at = min(total / 150, 6.5e5)
        axes.annotate(f"{money(total)} a year", (at, total / at), fontsize=8, ha="right", va="top")
    both = claim / claimed_women
    axes.scatter(claimed_women, both, marker="X", s=110, color=ORANGE, label="both claims together")
    money_axis(axes, "women who were trafficked", dollars=False)
    money_axis(axes, "proceeds per woman, US dollars a year", axis="y")
    axes.set(xlim=(1e3, 1e6), ylim=(1e2, 2e5))
    axes.legend(loc="upper right")
    return figure


def importance_chart(table, labels):
    """Draw Sobol indices with their errors, and how much knowing each input would narrow.

    Parameters
    ----------
    table : pandas.DataFrame
        From `helpers.market.choices.importance`.
    labels : sequence of str
    """
    figure, (left, right) = canvas(1, 2, height=3.2, width=9.5, sharey=True)
    places = np.arange(len(table))
    for name, offset, shape, colour in (
        ("first_order", -0.12, "o", BLUE),
        ("total_order", 0.12, "D", ORANGE),
    ):
        left.errorbar(
            table[name],
            places + offset,
            xerr=2 * table[f"{name}_error"],
            fmt=shape,
            color=colour,
            capsize=2,
            label=name.replace("_", " "),
        )
    left.set_yticks(places, labels)
    left.set(xlabel="share of the variance (Sobol index)", xlim=(-0.03, 1.03))
    left.set_ylim(len(table) - 0.5, -0.5)
    left.legend(fontsize=8, loc="lower right")
    right.barh(places, 100 * table["narrowing"].fillna(0), color=GREEN, alpha=0.7)
    right.set(xlabel="percent narrower, if it were known exactly", xlim=(0, 100))
    return figure


def specification_chart(curve, decisions, claim):
    """Draw every combination of choices in order, and below it which choices each one takes.

    Parameters
    ----------
    curve : pandas.DataFrame
        From `helpers.methods.sensitivity.specification_curve`, with the column proceeds.
    decisions : dict of str to sequence of str
        Options of each decision, in the order in which to show them.
    claim : float
        Drawn as a line [US dollars a year].
    """
    rows = [(decision, option) for decision, some in decisions.items() for option in some]
    figure, (upper, lower) = canvas(
        2, 1, width=9, height=3.2 + 0.21 * len(rows), sharex=True, height_ratios=[3, len(rows) / 3]
    )
    order = np.arange(1, len(curve) + 1)
    upper.scatter(order, curve["proceeds"], s=7, color=BLUE, label="one combination of choices")
    upper.axhline(claim, color=ORANGE, linestyle="--", label="the claim")
    money_axis(upper, "proceeds a year", axis="y")
    upper.legend(loc="upper left", fontsize=8)
    for place, (decision, option) in enumerate(rows):
        taken = order[(curve[decision] == option).to_numpy()]
        colour = MARKS[list(decisions).index(decision) % len(MARKS)][1]
        lower.scatter(taken, np.full(len(taken), place), marker="|", s=22, color=colour, lw=1)
    lower.set_yticks(np.arange(len(rows)), [option for _, option in rows], fontsize=8)
    lower.set(ylim=(len(rows) - 0.5, -0.5), xlabel="combinations, from the lowest to the highest")
    return figure
