"""Intervals side by side: one row per table, one mark per method, a refusal shown as a refusal."""

import numpy as np

from helpers.charts import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY
from helpers.hidden.design import expected_range

# Shape, colour and words of each method of estimating a hidden population.
LOOK = {
    "independence": ("s", ORANGE, "independence"),
    "stepwise": ("o", BLUE, "stepwise"),
    "best_bic": ("^", GREEN, "best BIC"),
    "average": ("D", PINK, "average"),
    "decomposable": ("v", RED, "decomposable graphs"),
    "latent_class": ("P", SKY, "latent classes"),
    "as_published": ("X", GREY, "the study itself"),
}


def draw_intervals(axes, rows, edge, label="table"):
    """Draw estimates with their ranges, top to bottom in the order of the rows.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    rows : pandas.DataFrame
        Columns method (a key of `LOOK`), estimate, low, high [persons] and the column `label`.
        All three numbers are missing where no estimate exists, the estimate where only a range was
        published; high may be infinite. Rows with the same label stand beside each other, told
        apart by a legend. A column ``hollow``, if there is one, marks rows that others computed.
    edge : float
        Right end of the axis [persons]; a range that goes on beyond it ends in an arrow.
    label : str
        Column that names the rows.
    """
    names = list(dict.fromkeys(rows[label]))
    beside = rows.groupby(label).cumcount()
    middle = (rows.groupby(label)["method"].transform("size") - 1) / 2
    places = rows[label].map(names.index) + 0.2 * (beside - middle)
    for method in dict.fromkeys(rows["method"]):
        shape, colour, words = LOOK[method]
        some = rows[rows["method"] == method].assign(place=places)
        known, refused = some.dropna(subset=["low"]), some[some["low"].isna()]
        axes.hlines(known["place"], known["low"], known["high"].clip(upper=edge), colour, lw=1.8)
        beyond = known[known["high"] > edge]
        axes.plot([edge] * len(beyond), beyond["place"], ">", color=colour, clip_on=False)
        points = known.dropna(subset=["estimate"])
        axes.plot(points["estimate"], points["place"], shape, color=colour, label=words)
        if "hollow" in points:
            points = points[points["hollow"]]
            axes.plot(points["estimate"], points["place"], shape, color=colour, mfc="white")
        for place in refused["place"]:
            where = axes.get_yaxis_transform()
            axes.text(
                0.01, place, "no estimate", transform=where, color=colour, size=8, va="center"
            )
    axes.xaxis.set_major_formatter("{x:,.10g}")
    if rows["method"].nunique() > 1 and len(names) < len(rows):
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, borderaxespad=0)
    axes.set(xlim=(0, edge), yticks=range(len(names)), ylim=(len(names) - 0.4, -0.6))
    axes.set_yticklabels(names, fontsize=8.5)


def widest(rows, at_most=3.0):
    """Right end for an axis: all of the ranges, but not beyond some multiple of the estimates.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns estimate and high [persons].
    at_most : float
        Multiple of the largest estimate.

    Returns
    -------
    float
        1 where nothing was estimated.
    """
    largest, high = rows["estimate"].max(), rows["high"].max()
    return 1.0 if np.isnan(largest) else float(min(1.05 * high, at_most * largest))


def draw_widths(axes, population, factor, counts=(2, 3, 4, 6)):
    """Draw how wide a range independent lists would give, against the share that each holds.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    population : float
        Supposed size [persons].
    factor : float
        Width to mark: high end over low end.
    counts : sequence of int
        Numbers of lists, at most four.
    """
    covers = np.geomspace(0.005, 0.3, 40)
    styles = ((GREY, ":"), (BLUE, "-"), (ORANGE, "--"), (RED, "-."))
    for count, (colour, style) in zip(counts, styles, strict=False):
        ends = np.array([expected_range(population, [share] * count) for share in covers])
        ratio = ends[:, 1] / ends[:, 0]
        axes.plot(covers, ratio, style, color=colour, label=f"{count} lists")
    axes.axhline(factor, color="black", lw=0.8, label=f"a factor of {factor:g}")
    axes.set(
        xscale="log", yscale="log", ylim=(1, 100), xlabel="share of the population on each list"
    )
    axes.set_ylabel("high end over low end (95%)")
    axes.set_xticks([0.005, 0.01, 0.03, 0.1, 0.3], ["0.5%", "1%", "3%", "10%", "30%"])
    axes.set_yticks([1, 2, 5, 10, 100], ["1", "2", "5", "10", "100"])
    axes.minorticks_off()
    axes.legend()


def draw_repeats(panels, found, truth, most=60):
    """Draw the ranges of many simulated tables, one panel per method, and which hold the truth.

    Parameters
    ----------
    panels : sequence of matplotlib.axes.Axes
        One per method, with a shared vertical axis.
    found : pandas.DataFrame
        From `helpers.hidden.repeated`: columns method, estimate, low, high [persons], covered.
    truth : float
        [persons]
    most : int
        Tables shown, in order of their estimates.
    """
    edge = 2.5 * truth
    for axes, method in zip(panels, dict.fromkeys(found["method"]), strict=True):
        words = LOOK[method][2]
        some = found[found["method"] == method].dropna(subset=["low"]).head(most)
        some = some.sort_values("estimate", ignore_index=True)
        for covered, colour, line in ((True, BLUE, 1.0), (False, ORANGE, 1.8)):
            part = some[some["covered"] == covered]
            label = f"{words}, {'holds' if covered else 'misses'} the truth"
            if len(part):
                high = part["high"].clip(upper=edge)
                axes.vlines(part.index, part["low"], high, colour, lw=line, label=label)
        axes.axhline(truth, color="black", ls="--", lw=1)
        axes.set(title=words, ylim=(0, edge), xticks=[])
        axes.title.set_fontsize(10)
    panels[0].yaxis.set_major_formatter("{x:,.0f}")


def draw_knobs(panels, effects, words):
    """Draw how far each method is off as one assumption after the other is broken.

    Parameters
    ----------
    panels : sequence of matplotlib.axes.Axes
        One per knob.
    effects : pandas.DataFrame
        From `helpers.hidden.knob_effects`.
    words : dict of str to str
        What each knob is, for the axis.
    """
    for axes, (knob, label) in zip(panels, words.items(), strict=True):
        for method, part in effects[effects["knob"] == knob].groupby("method", sort=False):
            shape, colour, name = LOOK[method]
            axes.plot(part["level"], part["error"], shape + "-", color=colour, lw=1.3, label=name)
        axes.axhline(0, color="black", lw=0.8)
        axes.yaxis.set_major_formatter("{x:+.0%}")
        axes.set_xlabel(label, fontsize=9)
    panels[0].legend(fontsize=8)
