"""Pictures for the README and for link previews, drawn from the tables."""

import textwrap

from helpers.charts import GREY, canvas, png_bytes
from helpers.data import labels
from helpers.ledger.claims import read_ledger
from helpers.ledger.scorecard import COLOURS

INCHES = (1200 / 110, 630 / 110)  # the size link previews are shown in, at charts.DOTS_PER_INCH


def preview(claims, known):
    """Draw the picture of a link preview: the question, and how many claims have which verdict.

    Parameters
    ----------
    claims : pandas.DataFrame
        With a column verdict.
    known : dict of str to str
        Name and question, from `evidence.site.citation.cited`.

    Returns
    -------
    bytes
        A PNG of 1200 by 630 pixels.
    """
    figure, axes = canvas(width=INCHES[0], height=INCHES[1])
    verdicts = labels("claims", "verdict")
    counts = [int((claims["verdict"] == verdict).sum()) for verdict in verdicts]
    places = range(len(verdicts))
    colours = [COLOURS[verdict] for verdict in verdicts]
    axes.barh(places, counts, color=colours, alpha=0.55, height=0.7)
    for place, count in zip(places, counts, strict=True):
        axes.text(count + 0.2, place, str(count), va="center", fontsize=15)
    axes.set_yticks(places, list(verdicts.values()), fontsize=15)
    axes.set(ylim=(len(verdicts) - 0.5, -0.5), xticks=[])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.grid(visible=False)
    figure.suptitle(
        textwrap.fill(known["question"], 54),
        x=0.02,
        ha="left",
        fontsize=21,
        weight="bold",
    )
    words = f"{known['name']}: {len(claims)} claims, each traced to its origin and given a verdict"
    figure.supxlabel(words, x=0.02, ha="left", fontsize=13, color=GREY)
    return png_bytes(figure)


def main():
    """Renew the pictures of the README and of link previews, in docs/."""
    from evidence.files import ROOT
    from evidence.notebooks.files import find
    from evidence.site.citation import cited

    docs = ROOT / "docs"
    (docs / "preview.png").write_bytes(preview(read_ledger().claims, cited()))
    (docs / "published_counts.png").write_bytes(find(["00"])[0].pictures[0])


if __name__ == "__main__":
    main()
