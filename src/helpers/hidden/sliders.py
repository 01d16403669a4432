"""Sliders of notebook 51: break assumptions of one invented country, and watch every method."""

import numpy as np

from helpers import hidden, sliders
from helpers.charts import forest, png_bytes
from helpers.hidden.simulate import ever_present
from helpers.hidden.words import METHOD_WORDS
from helpers.words import number, span

NAME = "laboratory-sliders"
# Name, meaning and ends of each knob, as in `helpers.hidden.simulate_counts`.
KNOBS = {
    "dependence": ("lists depend", -2.0, 3.0, 0.1),
    "heterogeneity": ("people differ", 0.0, 3.0, 0.1),
    "mobility": ("come and go", 0.0, 0.5, 0.05),
    "misclassification": ("strangers", 0.0, 0.5, 0.05),
}
EDGE = 3  # right end of the chart, in true numbers: the chart stands still while it is moved


def answer_of(truth, inclusion, seed, **knobs):
    """Work out what the panel shows: a sentence in HTML and a chart as PNG.

    Parameters
    ----------
    truth : int
        The true number [persons].
    inclusion : sequence of float
        Chance of an average person to be on each list.
    seed : int
        The same for every position, so that only the knobs change what is seen.
    **knobs : float
        See `KNOBS`.

    Returns
    -------
    text : str
    picture : bytes
    """
    table = hidden.simulate_lists(truth, inclusion, seed=np.random.default_rng(seed), **knobs)
    found = hidden.compare({"drawn": table}).replace({"method": METHOD_WORDS})
    holding = int(((found["low"] <= truth) & (truth <= found["high"])).sum())
    estimates = found["estimate"].dropna()
    between = f"Estimates: {span(estimates.min(), estimates.max())}." if len(estimates) else ""
    ever = ever_present(truth, len(inclusion), knobs.get("mobility", 0.0))
    came = f" {number(ever)} were ever present (dotted)." if ever > truth else ""
    text = (
        f"<b>{holding} of {len(found)} ranges hold the truth, {number(truth)} present at one time."
        f"</b>{came} {between} {number(table['count'].sum())} people are on a list."
    )
    return text, png_bytes(_chart(found, truth, ever))


def _chart(found, truth, ever):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 3), layout="constrained")
    axes = forest(
        found.rename(columns={"estimate": "central"}),
        label="method",
        unit="persons, seen and unseen; dashed: the truth",
        edge=EDGE * truth,
        axes=figure.subplots(),
    )
    axes.axvline(truth, color="black", linestyle="--", lw=1)
    if ever > truth:
        axes.axvline(ever, color="black", linestyle=":", lw=1)
    axes.set_xlim(left=0)
    return figure


def panel(truth, inclusion, seed, **knobs):
    """Build the panel, starting from the notebook's parameters.

    Returns
    -------
    box : ipywidgets.VBox
    controls : dict of str to ipywidgets.FloatSlider
        One per knob of `KNOBS`.
    """
    import ipywidgets as widgets

    controls = {
        name: widgets.FloatSlider(
            description=words,
            min=low,
            max=high,
            step=step,
            value=knobs.get(name, 0.0),
            continuous_update=False,  # a fit takes longer than a hand
            **sliders.look(),
        )
        for name, (words, low, high, step) in KNOBS.items()
    }
    box = sliders.panel(NAME, controls, lambda **now: answer_of(truth, inclusion, seed, **now))
    return box, controls


def show_panel(truth, inclusion, seed, **knobs):
    """Display the panel."""
    sliders.show(panel(truth, inclusion, seed, **knobs)[0])
