"""Draws events on a time axis: one lane per actor, labels that do not overlap, spans as bands."""

import textwrap

from helpers.charts import BLUE, GREY, RED, SKY
from helpers.policy import stack_labels

# Shape as well as colour, so that the direction survives grey print.
DIRECTIONS = {
    "protective": ("o", BLUE),
    "restrictive": ("s", RED),
    "neutral": ("D", GREY),
    "unclear": ("^", SKY),
}
LANES = {
    "international": "International",
    "china": "China",
    "north_korea": "North Korea",
    "south_korea": "South Korea",
    "united_states": "United States",
}
FONT_SIZE = 7.0
MARKER_INCHES = 0.17
LONG_SPAN_YEARS = 1.0


def long_spans(events):
    """Select the events drawn as bands: spans longer than a year."""
    return events[events["is_span"] & (events["to_year"] - events["from_year"] > LONG_SPAN_YEARS)]


def arrange(events, lanes, years_per_inch, last_year, wrap=26):
    """Decide where each event's marker and label go.

    Parameters
    ----------
    events : pandas.DataFrame
        As returned by `helpers.policy.on_axis`, with columns level and title; no long spans.
    lanes : list of str
        Levels from top to bottom.
    years_per_inch : float
        Scale of the time axis.
    last_year : float
        Right end of the axis; labels that would pass it are written left of their marker.
    wrap : int
        Longest line of a label, in characters.

    Returns
    -------
    placed : pandas.DataFrame
        The events with columns label, left, row (0 is the top row of the chart), before (label
        left of the marker).
    extents : dict of str to (int, int)
        First row and number of rows of each lane.
    """
    marker = MARKER_INCHES * years_per_inch
    labels = [textwrap.fill(title, wrap) for title in events["title"]]
    widths = [_inches(label) * years_per_inch + marker for label in labels]
    placed = events.assign(label=labels, width=widths)
    placed["before"] = placed["from_year"] + placed["width"] > last_year
    shift = placed["width"].where(placed["before"], marker / 2)
    placed["left"] = placed["from_year"] - shift
    placed["lines"] = [label.count("\n") + 1 for label in labels]
    extents, top, rows = {}, 0, {}
    for lane in lanes:
        inside = placed[placed["level"] == lane].sort_values("left")
        taken = stack_labels(list(inside["left"]), list(inside["width"]), gap=marker / 2)
        rows |= {key: top + row for key, row in zip(inside.index, taken, strict=True)}
        extents[lane] = (top, max(taken, default=0) + 1)
        top += extents[lane][1]
    return placed.assign(row=rows), extents


def _inches(label):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    font = FontProperties(family="DejaVu Sans", size=FONT_SIZE)
    lines = label.split("\n")
    return max(TextPath((0, 0), line, prop=font).get_extents().width for line in lines) / 72


def draw_lanes(axes, placed, extents):
    """Draw markers, labels and lanes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    placed, extents
        As returned by `arrange`.
    """
    for number, (first, count) in enumerate(extents.values()):
        if number % 2 == 0:
            axes.axhspan(first - 0.5, first + count - 0.5, color="#f4f4f4", zorder=0)
    for direction, (shape, colour) in DIRECTIONS.items():
        some = placed[placed["direction"] == direction]
        if len(some):
            axes.scatter(
                some["from_year"],
                some["row"],
                marker=shape,
                s=20,
                color=colour,
                label=direction,
                zorder=3,
            )
    for event in placed.itertuples():
        axes.annotate(
            event.label,
            (event.from_year, event.row),
            xytext=(-5 if event.before else 5, 0),
            textcoords="offset points",
            ha="right" if event.before else "left",
            va="center",
            fontsize=FONT_SIZE,
            linespacing=0.95,
        )
    axes.legend(loc="lower left", ncols=len(DIRECTIONS), bbox_to_anchor=(0, 1.04), fontsize=8)
    axes.set_yticks([first + (count - 1) / 2 for first, count in extents.values()])
    axes.set_yticklabels([LANES[lane] for lane in extents])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    bottom = max(first + count for first, count in extents.values())
    axes.set_ylim(bottom - 0.5, -0.5)


def draw_bands(axes, spans, colours):
    """Shade long spans over the height of the axes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    spans : pandas.DataFrame
        As returned by `long_spans`.
    colours : sequence of str
        One per span.
    """
    for span, colour in zip(spans.itertuples(), colours, strict=False):
        axes.axvspan(span.from_year, span.to_year, color=colour, alpha=0.1, zorder=0.5)


def label_bands(axes, spans, first_year):
    """Name each band above the axes, from its left end."""
    for span in spans.itertuples():
        axes.text(
            max(span.from_year, first_year),
            1.01,
            span.title,
            va="bottom",
            fontsize=FONT_SIZE,
            style="italic",
            transform=axes.get_xaxis_transform(),
        )
