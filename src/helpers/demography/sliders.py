"""Sliders of notebook 21: the surplus of men by year and ages, as in its section 4."""

from html import escape

from helpers import sliders
from helpers.charts import BLUE, GREY, SKY, png_bytes
from helpers.demography import cohorts
from helpers.words import number, percent

NAME = "surplus-of-men-sliders"


def answer_of(population, series, year, ages):
    """Work out what the panel shows: a sentence in HTML and a chart as PNG.

    Parameters
    ----------
    population : pandas.DataFrame
        The table `china_population`.
    series : str
    year : int
    ages : tuple of int
        First year of age in the band, and first year beyond it.

    Returns
    -------
    text : str
    picture : bytes or None
        None if the ages are no band.
    """
    groups = cohorts.by_age(population, series, year)
    surplus = groups["men"] - groups["women"]
    try:
        chosen = cohorts.band(groups, ages[0], ages[1] - 1).index
    except ValueError as error:
        return f"<b>{escape(str(error))}</b>", None
    inside, young = surplus.loc[chosen].sum(), surplus[surplus.index < 20].sum()
    text = (
        f"In {year}, at {ages[0]} to {ages[1] - 1} years: <b>{number(abs(inside))} more "
        f"{'men than women' if inside >= 0 else 'women than men'}</b>. All ages together: "
        f"{number(surplus.sum())}; {percent(young / surplus.sum(), 0)} of that were under 20."
    )
    return text, png_bytes(_bars(surplus, chosen))


def _bars(surplus, chosen):
    """Draw men minus women by age, as the notebook does; dark in the chosen band."""
    import seaborn as sns
    from matplotlib.figure import Figure

    axes = Figure(figsize=(8.5, 4.2), layout="constrained").subplots()
    kinds = [
        "chosen band" if age in chosen else "under 20" if age < 20 else "other ages"
        for age in surplus.index
    ]
    look = {"under 20": SKY, "chosen band": BLUE, "other ages": GREY}
    sns.barplot(
        x=surplus.index, y=surplus / 1e6, hue=kinds, palette=look, hue_order=list(look),
        saturation=1, errorbar=None, ax=axes,
    )  # fmt: skip
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel="age, youngest of five years", ylabel="men minus women, millions")
    return axes.figure


def panel(population, series, year, age_low, age_high):
    """Build the panel, starting from the notebook's parameters.

    Returns
    -------
    box : ipywidgets.VBox
    controls : dict of str to ipywidgets widget
        ``year`` and ``ages``.
    """
    import ipywidgets as widgets

    years = sorted(population.loc[population["series"] == series, "year"].unique().tolist())
    edges = cohorts.by_age(population, series, year).index.tolist()
    controls = {
        "year": widgets.SelectionSlider(
            description="year", options=years, value=year, **sliders.look()
        ),
        "ages": widgets.SelectionRangeSlider(
            description="from age, to below age",
            options=edges,
            value=(age_low, age_high + 1),
            **sliders.look(),
        ),
    }
    box = sliders.panel(
        NAME, controls, lambda year, ages: answer_of(population, series, year, ages)
    )
    return box, controls


def show_panel(population, series, year, age_low, age_high):
    """Display the panel."""
    sliders.show(panel(population, series, year, age_low, age_high)[0])
