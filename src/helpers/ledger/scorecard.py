"""The audit at a glance: every claim in the row of its section and the column of its verdict."""

from helpers.charts import BLUE, GREEN, GREY, ORANGE, PINK, RED, canvas
from helpers.data import labels

COLOURS = {
    "supported": GREEN,
    "contested": ORANGE,
    "misattributed": PINK,
    "not_verifiable": GREY,
    "wrong": RED,
    "inconsistent": BLUE,
}
TILE = 0.52


def draw(claims):
    """Draw one tile per claim.

    Parameters
    ----------
    claims : pandas.DataFrame
        Indexed by id, with columns section and verdict.

    Returns
    -------
    matplotlib.figure.Figure
    """
    verdicts, places = labels("claims", "verdict"), labels("claims", "section")
    sections = [section for section in places if section in set(claims["section"])]
    groups = claims.groupby(["section", "verdict"]).groups
    wide = {v: max([len(ids) for (_, w), ids in groups.items() if w == v] + [1]) for v in verdicts}
    left, edge = {}, 0.0
    for verdict in verdicts:
        left[verdict], edge = edge, edge + TILE * max(wide[verdict], 2) + 0.35
    figure, axes = canvas(width=max(8.5, edge + 2.4), height=0.42 * len(sections) + 1.8)
    for (section, verdict), ids in groups.items():
        row = sections.index(section)
        for place, name in enumerate(sorted(ids)):
            x = left[verdict] + TILE * (place + 0.5)
            axes.scatter(
                x, row, marker="s", s=480, color=COLOURS[verdict], alpha=0.3, label="_tile"
            )
            axes.text(x, row, name, ha="center", va="center", fontsize=8.5)
    for verdict, words in verdicts.items():
        count = int((claims["verdict"] == verdict).sum())
        axes.text(left[verdict], -0.75, f"{words}\n{count}", va="bottom", fontsize=9)
    axes.set_yticks(range(len(sections)), [places[section] for section in sections])
    axes.set(xlim=(-0.15, edge), ylim=(len(sections) - 0.4, -0.7), xticks=[])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.grid(axis="x", visible=False)
    return figure
