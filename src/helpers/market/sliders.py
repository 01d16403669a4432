"""Sliders for every input of the market model: the same function as in the static answer."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape

import numpy as np

from helpers import sliders
from helpers.charts import BLUE, GREY, ORANGE, canvas, log_axis, png_bytes
from helpers.market.choices import move_together
from helpers.market.model import INPUTS, simulate
from helpers.methods.boxes import box, chance_at_least
from helpers.words import money, number, percent, span

NAME = "market-model-sliders"
MOVING_DRAWS = 2**13  # enough for two digits, few enough to follow a slider
STEPS = (1, 1.5, 2, 3, 5, 7)


def marks(figures: Sequence[float], *, share: bool) -> list[float]:
    """Positions of a slider: even steps of a scale, and the figures it starts from.

    Shares go from 0 to 1; amounts go in six steps a decade, a decade beyond the figures.
    """
    given = {float(figure) for figure in figures}
    if share:
        return sorted({round(0.05 * step, 2) for step in range(21)} | given)
    positive = [figure for figure in given if figure > 0] or [1.0]
    scale = {step * 10.0**power for power in range(-2, 13) for step in STEPS}
    near = {x for x in scale if min(positive) / 10 <= x <= 10 * max(positive)}
    return sorted(near | given | {0.0})


def answer_of(
    figures: Mapping[str, Sequence[float]], claim: float, rank_correlation: float, seed: int
) -> tuple[str, bytes | None]:
    """Work out what the panel shows: a sentence in HTML and a chart as PNG.

    Bad input gives its message and no chart.
    """
    try:
        answer = simulate(
            figures,
            claim=claim,
            draws=MOVING_DRAWS,
            seed=seed,
            rank_correlation=move_together(rank_correlation),
        )
    except ValueError as error:
        return f"<b>{escape(str(error))}</b>", None
    low, central, high = answer.annual_proceeds.value
    women = span(*answer.women_trafficked.value[[0, 2]], partial(number, digits=2, exact=False))
    chance = percent(answer.chance_of_at_least_claim.value, 0)
    bounds = span(
        *chance_at_least([box(quantity) for quantity in answer.inputs], claim),
        lambda x: percent(x, 0),
    )
    dollars = span(low, high, partial(money, digits=2, exact=False))
    text = (
        f"<b>{dollars} a year</b> (median {money(central, 2, exact=False)}), from {women} women. "
        f"At least {money(claim)}: {chance} of the simulations, and {bounds} of any others with "
        "these percentiles and independent inputs."
    )
    figure = proceeds_chart(answer.sample["annual_proceeds"], (low, central, high), claim)
    return text, png_bytes(figure)


def proceeds_chart(sample, percentiles, claim):
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
    figure, axes = canvas(height=3.2)
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
    log_axis(axes, "annual proceeds, US dollars (logarithmic)", "money")
    axes.set(ylabel="share of simulations", ylim=(0, 1.15 * counts.max() / sample.size or 1))
    axes.legend(loc="upper left", fontsize=8)
    return figure


def panel(figures: Mapping[str, Sequence[float]], claim: float, rank_correlation: float, seed: int):
    """Build the sliders, the answer and the chart; moving a slider redraws both.

    Returns
    -------
    box : ipywidgets.VBox
    controls : dict of str to ipywidgets widget
        ``{input}.range``, ``{input}.central``, ``claim_usd`` and ``rank_correlation``.
    """
    import ipywidgets as widgets

    controls, rows = {}, []
    for name, share in INPUTS.items():
        low, central, high = figures[name]
        form = percent if share else number
        options = [(form(x), x) for x in marks(figures[name], share=share)]
        settings = {"options": options, **sliders.look()}
        ends = widgets.SelectionRangeSlider(description=name, value=(low, high), **settings)
        middle = widgets.SelectionSlider(description="central", value=central, **settings)
        controls |= {f"{name}.range": ends, f"{name}.central": middle}
        rows += [ends, middle]
    controls["claim_usd"] = widgets.SelectionSlider(
        description="claim_usd",
        options=[(money(x), x) for x in marks([claim], share=False) if x],
        value=claim,
        **sliders.look(),
    )
    controls["rank_correlation"] = widgets.FloatSlider(
        description="rank_correlation",
        value=rank_correlation,
        min=-0.4,
        max=1.0,
        step=0.1,
        **sliders.look(),
    )
    text, picture = sliders.below()

    def redraw(_=None):
        now = {}
        for name in INPUTS:
            low, high = controls[f"{name}.range"].value
            now[name] = [low, controls[f"{name}.central"].value, high]
        settings = controls["claim_usd"].value, controls["rank_correlation"].value, seed
        text.value, drawn = answer_of(now, *settings)
        picture.value = drawn or picture.value

    _keep_in_order(controls, redraw)
    redraw()
    parts = [*rows, controls["claim_usd"], controls["rank_correlation"], text, picture]
    return sliders.box(NAME, parts), controls


def _keep_in_order(controls: Mapping, redraw: Callable) -> None:
    """Redraw on every change, and keep each central figure between low and high."""
    for name in INPUTS:
        ends, middle = controls[f"{name}.range"], controls[f"{name}.central"]

        def follow(_, ends=ends, middle=middle):
            low, high = ends.value
            inside = min(max(middle.value, low), high)
            if inside == middle.value:
                redraw()
            else:
                middle.value = inside

        def stretch(_, ends=ends, middle=middle):
            low, high = ends.value
            if low <= middle.value <= high:
                redraw()
            else:
                ends.value = (min(low, middle.value), max(high, middle.value))

        ends.observe(follow, "value")
        middle.observe(stretch, "value")
    for name in ("claim_usd", "rank_correlation"):
        controls[name].observe(redraw, "value")


def show_panel(
    figures: Mapping[str, Sequence[float]], claim: float, rank_correlation: float, seed: int
) -> None:
    """Display the panel."""
    sliders.show(panel(figures, claim, rank_correlation, seed)[0])
