"""The audit at a glance: every claim in a few words, stacked by verdict."""

import textwrap

from helpers.charts import BLUE, GREEN, GREY, ORANGE, PINK, RED, canvas
from helpers.data import labels
from helpers.expect import expect_each

COLOURS = {
    "supported": GREEN,
    "contested": ORANGE,
    "misattributed": PINK,
    "not_verifiable": GREY,
    "wrong": RED,
    "inconsistent": BLUE,
}
COLUMN, ROW = 1.6, 0.35  # inches
CHARACTERS = 23  # of a line in a tile


def select(claims, **wanted):
    """Keep the claims whose columns hold one of the wanted words.

    Parameters
    ----------
    claims : pandas.DataFrame
    **wanted : list of str
        Words by column, for example ``verdict=["wrong"]``; an empty list keeps all.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If a word does not occur in its column, or no claim is left.
    """
    chosen = claims
    for column, words in wanted.items():
        expect_each(column, words, sorted(set(claims[column])))
        if words:
            chosen = chosen[chosen[column].isin(words)]
    if chosen.empty:
        raise ValueError(f"no claim has {', '.join(f'{c} {w}' for c, w in wanted.items() if w)}")
    return chosen


def draw(claims):
    """Draw one tile per claim, stacked by verdict, so that heights compare.

    Parameters
    ----------
    claims : pandas.DataFrame
        Indexed by id, with columns verdict and short.

    Returns
    -------
    matplotlib.figure.Figure
        With a column for each verdict that occurs, in the order of the labels.
    """
    words = labels("claims", "verdict")
    stacks = {v: claims[claims["verdict"] == v].sort_index(kind="stable") for v in words}
    stacks = {verdict: stack for verdict, stack in stacks.items() if len(stack)}
    tallest = max(map(len, stacks.values()))
    figure, axes = canvas(width=max(8.5, COLUMN * len(stacks)), height=ROW * tallest + 1.3)
    for column, (verdict, stack) in enumerate(stacks.items()):
        rows = range(len(stack))
        axes.barh(rows, 0.95, 0.86, column, color=COLOURS[verdict], alpha=0.3, label="_tile")
        for row, (name, short) in zip(rows, stack["short"].items(), strict=True):
            text = textwrap.fill(f"{name} {short}", CHARACTERS)
            axes.text(column + 0.04, row, text, va="center", fontsize=7.5, linespacing=1.0)
        heading = f"{words[verdict]}: {len(stack)}"
        axes.text(column, -0.7, heading, va="bottom", fontsize=10, weight="bold")
    axes.set(xlim=(-0.03, len(stacks)), ylim=(tallest - 0.4, -1.3))
    axes.set_axis_off()
    return figure
