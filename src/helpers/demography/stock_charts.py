"""Charts of notebook 22: forest plots of published counts and shares, and their synthesis."""

from textwrap import shorten

from helpers.charts import BLUE, GREEN, GREY, ORANGE, RED, canvas, money_axis
from helpers.data import cite, labels
from helpers.methods.shares import wilson_interval

# Shape and colour of each class of method.
METHODS = {
    "field_survey": ("o", BLUE),
    "government": ("s", GREEN),
    "ngo": ("^", RED),
    "compiled": ("D", GREY),
}
DESIGNS = {
    "field_survey": ("o", BLUE),
    "convenience_sample": ("s", ORANGE),
    "snowball_sample": ("D", RED),
}


def forest_of_counts(counts):
    """Draw every published count by year: filled if it states an observation, bounds as arrows.

    Parameters
    ----------
    counts : pandas.DataFrame
        The table `north_koreans_in_china`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = counts.sort_values(["first_year", "last_year", "producer"], ignore_index=True)
    figure, axes = canvas(height=1.5 + 0.2 * len(rows))
    middle = rows["central"].fillna((rows["low"] * rows["high"]) ** 0.5)
    words = labels("north_koreans_in_china", "method_class")
    for method, (shape, colour) in METHODS.items():
        some = rows[rows["method_class"] == method]
        ranges = some.dropna(subset=["low", "high"])
        axes.hlines(ranges.index, ranges["low"], ranges["high"], color=colour, lw=1.6)
        axes.plot([], [], shape, color=colour, label=words[method])
        for own, face in ((True, colour), (False, "white")):
            part = some[(some["independent"] == own) & middle.loc[some.index].notna()]
            if len(part):
                axes.scatter(
                    middle[part.index], part.index, marker=shape, s=26, color=colour, fc=face,
                    zorder=3,
                )  # fmt: skip
        for bound, end, arrow in (("at_least", "low", ">"), ("up_to", "high", "<")):
            part = some[some["bound"] == bound]
            if len(part):
                axes.scatter(part[end], part.index, marker=arrow, s=34, color=colour)
    names = rows["producer"].map(lambda name: shorten(name, 46, placeholder=" ..."))
    concepts = labels("north_koreans_in_china", "concept")
    of_whom = rows["concept"].map(lambda c: "" if c == "stock" else f" ({concepts[c]})")
    axes.set(yticks=rows.index, ylim=(len(rows), -1))
    axes.set_yticklabels(rows["last_year"].astype(str) + "  " + names + of_whom, fontsize=7.5)
    money_axis(axes, "persons (logarithmic)", dollars=False)
    axes.set(xlim=(400, 1e6))
    axes.legend(fontsize=8, loc="lower left")
    return figure


def forest_of_shares(shares):
    """Draw published shares with their ranges, or Wilson intervals where the sample is known.

    Parameters
    ----------
    shares : pandas.DataFrame
        Rows of the table `shares`, in the order of drawing.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=1.5 + 0.24 * len(shares))
    measures, names = labels("shares", "measure"), []
    for row, share in enumerate(shares.itertuples()):
        shape, colour = DESIGNS.get(share.design, ("x", GREY))
        middle, ends = share.central, (share.low, share.high)
        if share.sample_size > 0:
            ends = wilson_interval(share.cases, share.sample_size)
        elif share.bound == "at_least":
            middle, shape, ends = share.low, ">", ()
        elif share.bound == "range":
            middle = (share.low + share.high) / 2
        if share.sample_size > 0 or share.bound == "range":
            axes.plot(ends, [row, row], color=colour, lw=1.5, label=f"_{share.id} range")
        axes.plot([middle], [row], color=colour, marker=shape, label=f"_{share.id}")
        asked = f", {share.sample_size:.0f} asked" if share.sample_size > 0 else ""
        source = shorten(cite([share.source]), 40, placeholder=" ...")
        names.append(f"{measures[share.measure]}: {source}{asked}")
    axes.set(yticks=range(len(names)), ylim=(len(names), -1), xlim=(0, 1), xlabel="share")
    axes.set_yticklabels(names, fontsize=7)
    return figure


def forest_of_estimates(estimates, reference=None, words="", marked=()):
    """Draw several estimates of one quantity with their ranges.

    Parameters
    ----------
    estimates : dict of str to object
        By label; each with attributes low, central, high [persons].
    reference : float, optional
        Drawn as a dashed line, with `words` in the legend.
    words : str
    marked : collection of str
        Labels drawn as red diamonds.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=1.5 + 0.26 * len(estimates))
    for row, (label, e) in enumerate(estimates.items()):
        colour, shape = (RED, "D") if label in marked else (BLUE, "o")
        axes.plot([e.low, e.high], [row, row], color=GREY, lw=1.5, label=f"_{label} range")
        axes.plot([e.central], [row], color=colour, marker=shape, label=f"_{label}")
    if reference is not None:
        axes.axvline(reference, color=ORANGE, linestyle="--", label=words)
        axes.legend(fontsize=8, loc="lower left")
    axes.set(yticks=range(len(estimates)), ylim=(len(estimates), -1))
    axes.set_yticklabels(
        [shorten(label, 60, placeholder=" ...") for label in estimates], fontsize=7.5
    )
    money_axis(axes, "persons (logarithmic)", dollars=False)
    return figure


def ranges_by_year(said, seen, answer, year):
    """Draw the synthesis of all chosen counts and that of field counts, year by year.

    Parameters
    ----------
    said, seen : pandas.DataFrame
        Columns low, central, high [persons]; index year.
    answer : object
        The synthesis for one year, with attributes low, central, high [persons].
    year : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.8)
    looks = ((said, GREY, "-", "all chosen counts"), (seen, BLUE, "--", "field counts only"))
    for frame, colour, line, words in looks:
        axes.fill_between(
            frame.index, frame["low"], frame["high"], color=colour, alpha=0.2,
            label=f"{words}: range",
        )  # fmt: skip
        axes.plot(frame.index, frame["central"], line, color=colour, label=f"{words}: centre")
    reach = [[answer.central - answer.low], [answer.high - answer.central]]
    axes.errorbar(
        [year], [answer.central], yerr=reach, fmt="D", color=RED, capsize=4,
        label=f"asked for: {year}",
    )  # fmt: skip
    money_axis(axes, "persons (logarithmic)", axis="y", dollars=False)
    axes.set(ylim=(1e3, 2e6), xlabel="year")
    axes.legend(fontsize=8, ncols=2, loc="upper right")
    return figure
