"""Charts of notebook 21: sex ratios, men minus women, and the marriage squeeze."""

from helpers.charts import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, canvas
from helpers.data import labels

BIRTHS = {
    "wpp-2024": ("-", BLUE),
    "wpp-2022": ("--", SKY),
    "wpp-2019": ("-.", GREEN),
    "chao-2019": (":", ORANGE),
    "nbs": ("o", RED),
    "jiang-2017": ("s", PINK),
}
TOTALS = {
    "wpp-2019": ("-", BLUE),
    "nbs-yearend": ("o", RED),
    "census": ("D", GREEN),
    "census-tabulated": ("s", ORANGE),
    "sample-survey": ("^", PINK),
}
PROVINCES = {
    "heilongjiang": (BLUE, "s", "--"),
    "jilin": (ORANGE, "^", "-."),
    "liaoning": (GREEN, "D", ":"),
}
RULES = {
    "men_minus_women": ("-", BLUE, "men minus women"),
    "same_shares": ("--", GREEN, "unmarried, same shares"),
    "women_choose": ("-.", ORANGE, "unmarried, women choose"),
}


def ratios_at_birth(births, lowest, highest):
    """Draw the sex ratio at birth by producer, and the range there is without selection.

    Parameters
    ----------
    births : pandas.DataFrame
        The table `china_sex_ratio_at_birth`: series, year, males_per_100_females.
    lowest, highest : float
        Boys per girl without selection.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.6)
    axes.axhspan(100 * lowest, 100 * highest, color=GREY, alpha=0.25, label="without selection")
    words = labels("china_sex_ratio_at_birth", "series")
    for name, (form, colour) in BIRTHS.items():
        some = births[births["series"] == name]
        axes.plot(
            some["year"], some["males_per_100_females"], form, color=colour, label=words[name],
            markersize=5, drawstyle="steps-post" if name == "wpp-2019" else "default",
        )  # fmt: skip
    axes.set(ylabel="boys per 100 girls at birth", xlabel="year of birth")
    axes.legend(loc="upper left", fontsize=8)
    return figure


def surplus_by_year(gap, claimed):
    """Draw men minus women of the whole country by year and producer.

    Parameters
    ----------
    gap : pandas.DataFrame
        Columns series, year, gap [persons].
    claimed : float
        A claimed surplus, drawn as a dashed line [persons].

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.4)
    words = labels("china_population_totals", "series")
    for name, (form, colour) in TOTALS.items():
        some = gap[(gap["series"] == name) & (gap["year"] >= 1990)]
        axes.plot(some["year"], some["gap"] / 1e6, form, color=colour, label=words[name])
    axes.axhline(claimed / 1e6, color=GREY, linestyle="--", label="claim C15")
    axes.set(ylabel="men minus women, millions", ylim=(25, 40))
    axes.legend(fontsize=8, loc="lower right")
    return figure


def surplus_by_age(surplus, chosen):
    """Draw men minus women by age: hatched under 20, dark in the chosen band.

    Parameters
    ----------
    surplus : pandas.Series
        Persons by youngest age of the five-year group.
    chosen : collection of int
        Youngest ages of the groups in the band.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.2)
    ages = surplus.index
    axes.bar(
        ages + 2.5, surplus / 1e6, width=4.6, edgecolor="white",
        color=[BLUE if age in chosen else SKY if age < 20 else GREY for age in ages],
        hatch=["//" if age < 20 else "" for age in ages],
    )  # fmt: skip
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel="age, five-year groups", ylabel="men minus women, millions")
    axes.set(xticks=range(0, 101, 10))
    return figure


def ranges_of_ratios(candidates, claimed):
    """Draw the lowest and highest ratio of each group of people.

    Parameters
    ----------
    candidates : dict of str to sequence of float
        Men per woman, by label; labels that begin with "everyone" have their own look.
    claimed : float
        A claimed ratio, drawn as a dashed line.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4)
    for row, (label, ratios) in enumerate(candidates.items()):
        low, high = min(ratios), max(ratios)
        colour, shape = (BLUE, "o") if label.startswith("everyone") else (ORANGE, "s")
        axes.plot(
            [low, high], [row, row], color=colour, marker=shape, linewidth=3, label=f"_{label}"
        )
        axes.annotate(
            f"{low:.2f}" if high - low < 0.005 else f"{low:.2f} to {high:.2f}", (high, row),
            (9, 0), textcoords="offset points", va="center", fontsize=8,
        )  # fmt: skip
    axes.axvline(claimed, color=GREY, linestyle="--", label="claim C14")
    axes.set(xscale="log", xlim=(0.9, 70), xticks=[1, 2, 5, 10, 20, 50])
    axes.set(yticks=range(len(candidates)), yticklabels=list(candidates))
    axes.set(xlabel="men per woman (logarithmic)")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.invert_yaxis()
    axes.legend(loc="upper right", fontsize=8)
    return figure


def provinces_beside_nation(provinces, nation):
    """Draw men per 100 women of the north-eastern provinces and of China by year.

    Parameters
    ----------
    provinces : pandas.Series
        Men per 100 women, by place and year.
    nation : pandas.Series
        Men per 100 women, by year.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=3.8)
    names = labels("northeast_provinces", "place")
    axes.plot(nation.index, nation, color=GREY, marker="o", label=names["china"])
    for place, (colour, shape, line) in PROVINCES.items():
        some = provinces[place]
        axes.plot(some.index, some, color=colour, marker=shape, ls=line, label=names[place])
    axes.axhline(100, color="black", linewidth=0.8)
    axes.set(ylabel="men per 100 women, all ages", ylim=(99, 107))
    axes.legend(ncols=4, fontsize=8, loc="lower left", bbox_to_anchor=(0, 0.2))
    return figure


def squeeze_by_year(squeeze, base_year, ages):
    """Draw the surplus of men at marriageable ages by year, as such and under two rules.

    Parameters
    ----------
    squeeze : pandas.DataFrame
        As returned by `helpers.demography.cohorts.squeeze` [persons].
    base_year : int
        Last year of the data; later years are shaded.
    ages : str
        The band of ages in words.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.4)
    for name, (line, colour, words) in RULES.items():
        millions = squeeze[name] / 1e6
        axes.plot(squeeze.index, millions, line, color=colour, label=words)
        axes.scatter([millions.idxmax()], [millions.max()], color=colour, zorder=3)
    axes.axvspan(base_year, squeeze.index.max(), color=GREY, alpha=0.12)
    axes.annotate("projected", (base_year + 0.5, 2), fontsize=9, color="#4d4d4d")
    axes.set(ylabel=f"men more than women at {ages}, millions", ylim=(0, None), xlim=(2009, 2051))
    axes.legend(fontsize=8, loc="lower right")
    return figure


def parts_by_age(parts, words):
    """Draw parts of a surplus as stacked bars by age, and their sum as dots.

    Parameters
    ----------
    parts : pandas.DataFrame
        One column per part [persons]; index: youngest age of the five-year group.
    words : dict of str to str
        What each column is called, in the order of stacking.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = canvas(height=4.4)
    above, below = 0 * parts.sum(axis=1), 0 * parts.sum(axis=1)
    looks = ((RED, "\\\\\\"), (SKY, ""), (GREY, "..."))
    for (name, label), (colour, hatch) in zip(words.items(), looks, strict=True):
        values = parts[name] / 1e6
        axes.bar(
            parts.index + 2.5, values, bottom=above.where(values >= 0, below), width=4.6,
            color=colour, hatch=hatch, edgecolor="white", label=label,
        )  # fmt: skip
        above, below = above + values.clip(lower=0), below + values.clip(upper=0)
    total = parts.sum(axis=1) / 1e6
    axes.scatter(parts.index + 2.5, total, color="black", s=18, zorder=3, label="men minus women")
    axes.set(xlabel="age, five-year groups", ylabel="millions", xticks=range(0, 101, 10))
    axes.legend(fontsize=8)
    return figure
