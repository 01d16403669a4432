"""The chart of notebook 00: published counts by year."""

from helpers.charts import BLUE, GREEN, GREY, ORANGE, RED, canvas, money_axis

# Method classes of published counts: shape as well as colour.
METHODS = {
    "field_survey": ("o", BLUE, "field survey"),
    "government": ("s", GREEN, "government or agency"),
    "ngo": ("^", RED, "non-governmental organisation"),
    "compiled": ("D", GREY, "compiled from others"),
}


def counts_by_year(counts, claimed=None, label=""):
    """Draw published counts by year: dots for points, bars for ranges, arrows for bounds.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns first_year, last_year, low, central, high [persons], bound, method_class.
    claimed : float, optional
        A claim to draw as a dashed line [persons].
    label : str
        What the claim is about.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=5.2)
    years = (counts["first_year"].fillna(counts["last_year"]) + counts["last_year"]) / 2
    # Counts of one year are set side by side, in the order of the table.
    beside = years.groupby(years).cumcount() - (years.groupby(years).transform("count") - 1) / 2
    for method, (shape, colour, words) in METHODS.items():
        some = counts[counts["method_class"] == method].assign(at=years + 0.11 * beside)
        known = some.dropna(subset=["low", "high"])
        axes.vlines(known["at"], known["low"], known["high"], color=colour, lw=1.6)
        axes.scatter(some["at"], some["central"], marker=shape, s=26, color=colour, label=words)
        for bound, end, stretch, arrow in (
            ("at_least", "low", 1.3, 6),
            ("up_to", "high", 1 / 1.3, 7),
        ):
            open_ended = some[some["bound"] == bound]
            axes.vlines(
                open_ended["at"], open_ended[end], stretch * open_ended[end], color=colour, lw=1.6
            )
            axes.scatter(open_ended["at"], stretch * open_ended[end], marker=arrow, color=colour)
            axes.scatter(open_ended["at"], open_ended[end], marker="_", color=colour)
    if claimed is not None:
        axes.axhline(claimed, color=ORANGE, linestyle="--")
        axes.annotate(label, (years.min(), claimed), (0, 5), textcoords="offset points", fontsize=9)
    money_axis(axes, "persons (logarithmic)", axis="y", dollars=False)
    axes.set(ylim=(2e3, 1e6), xlabel="year the count refers to")
    axes.legend(loc="lower left", ncols=2, fontsize=8)
    return figure
