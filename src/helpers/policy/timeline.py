"""Draws events on a time axis: one lane per actor, labels that do not overlap, spans as bands."""

import itertools
import textwrap

from helpers.charts import BLUE, GREEN, GREY, PINK, RED, SKY
from helpers.data import labels
from helpers.policy.events import stack_labels

# Shape as well as colour, so that the direction survives grey print.
DIRECTIONS = {
    "protective": ("o", BLUE),
    "restrictive": ("s", RED),
    "neutral": ("D", GREY),
    "unclear": ("^", SKY),
}
SHADES = (GREEN, "#F0E442", PINK)  # the yellow is the eighth of the palette of Okabe and Ito
FONT_SIZE = 7.5
WIDTH = 8.5
LANE_NAME_INCHES = 1.8  # and of the names beside the panels
ROW_INCHES = 0.27
FRAME_INCHES = 2.0  # for bars above the lanes, legend, title, years and source
MARKER_INCHES = 0.17
LONG_SPAN_YEARS = 1.0
BAND_INCHES = 0.3


def draw(events, lanes, first_year, last_year, *, panels=()):
    """Draw events in lanes over a common axis of years, with room for series below them.

    Parameters
    ----------
    events : pandas.DataFrame
        As returned by `helpers.policy.events.choose`.
    lanes : list of str
        Levels from top to bottom.
    first_year, last_year : int
        Ends of the axis, both included. A year is drawn from its number to the next.
    panels : sequence of float
        Heights of empty axes below the lanes [inches]; spans longer than a year are shaded in all.

    Returns
    -------
    list of matplotlib.axes.Axes
        The lanes, then the panels.
    """
    import matplotlib.pyplot as plt

    bands = long_spans(events).sort_values("from_year", kind="stable")
    scale = (last_year + 1 - first_year) / (WIDTH - LANE_NAME_INCHES)
    placed, extents = arrange(events.drop(bands.index), lanes, scale, last_year + 1)
    tall = ROW_INCHES * sum(count for _, count in extents.values())
    _, grid = plt.subplots(
        1 + len(panels),
        figsize=(WIDTH, tall + sum(panels) + FRAME_INCHES),
        sharex=True,
        squeeze=False,
        height_ratios=[tall, *panels],
        layout="constrained",
    )
    above, *below = grid[:, 0]
    above.set(xlim=(first_year, last_year + 1))
    rows = label_bands(above, bands, SHADES, first_year, last_year + 1)
    draw_lanes(above, placed, extents, band_rows=rows)
    for axes in (above, *below):
        draw_bands(axes, bands, SHADES)
    return [above, *below]


def long_spans(events):
    """Select the events drawn as bands: spans longer than a year."""
    return events[events["is_span"] & (events["to_year"] - events["from_year"] > LONG_SPAN_YEARS)]


def arrange(events, lanes, years_per_inch, last_year, wrap=26):
    """Decide where each event's marker and label go.

    Parameters
    ----------
    events : pandas.DataFrame
        As returned by `helpers.policy.events.on_axis`, with columns level and title; no long spans.
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
    texts = [textwrap.fill(title, wrap) for title in events["title"]]
    widths = [_inches(label) * years_per_inch + marker for label in texts]
    placed = events.assign(label=texts, width=widths)
    placed["before"] = placed["from_year"] + placed["width"] > last_year
    shift = placed["width"].where(placed["before"], marker / 2)
    placed["left"] = placed["from_year"] - shift
    placed["lines"] = [label.count("\n") + 1 for label in texts]
    extents, top, rows = {}, 0, {}
    for lane in lanes:
        inside = placed[placed["level"] == lane].sort_values("left", kind="stable")
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


def draw_lanes(axes, placed, extents, *, band_rows=0):
    """Draw markers, labels and lanes.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    placed, extents
        As returned by `arrange`.
    band_rows : int, default 0
        Rows of bars above the axes, as returned by `label_bands`; the legend goes above them.
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
    top = 1 + BAND_INCHES * band_rows / _axes_inches(axes, height=True)
    axes.legend(loc="lower left", ncols=len(DIRECTIONS), bbox_to_anchor=(0, top), fontsize=8)
    axes.set_yticks([first + (count - 1) / 2 for first, count in extents.values()])
    names = labels("events", "level")
    axes.set_yticklabels([names[lane][:1].upper() + names[lane][1:] for lane in extents])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    bottom = max(first + count for first, count in extents.values())
    axes.set_ylim(bottom - 0.5, -0.5)


def draw_bands(axes, spans, colours):
    """Shade long spans over the height of the axes, with their ends as thin lines.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    spans : pandas.DataFrame
        As returned by `long_spans`.
    colours : sequence of str
        Begun again when there are more spans.
    """
    for span, colour in zip(spans.itertuples(), itertools.cycle(colours), strict=False):
        axes.axvspan(
            span.from_year, span.to_year, color=colour, alpha=0.08, linewidth=0, zorder=0.5
        )
        for end in (span.from_year, span.to_year):
            axes.axvline(end, color="0.5", linewidth=0.6, linestyle=":", zorder=0.6)


def label_bands(axes, spans, colours, first_year, last_year):
    """Draw a bar with its name above the axes for each band, in as many rows as they need.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    spans, colours
        As for `draw_bands`.
    first_year, last_year : float
        Ends of the axis.

    Returns
    -------
    int
        Rows used.
    """
    spans = spans.sort_values("from_year", kind="stable")
    scale = (last_year - first_year) / _axes_inches(axes)
    starts = [max(start, first_year) for start in spans["from_year"]]
    widths = [
        max(min(end, last_year) - start, _inches(title) * scale)
        for start, end, title in zip(starts, spans["to_year"], spans["title"], strict=True)
    ]
    rows = stack_labels(starts, widths, gap=0.3 * scale)
    top = axes.get_xaxis_transform()
    step = BAND_INCHES / _axes_inches(axes, height=True)
    shades = itertools.cycle(colours)
    for span, start, row, colour in zip(spans.itertuples(), starts, rows, shades, strict=False):
        level = 1 + step * (row + 0.25)
        ends = [start, min(span.to_year, last_year)]
        bar = {"color": colour, "linewidth": 4, "solid_capstyle": "butt", "clip_on": False}
        axes.plot(ends, [level] * 2, transform=top, **bar)
        late = start + _inches(span.title) * scale > last_year
        place, side = (ends[1], "right") if late else (start, "left")
        label = {"va": "bottom", "ha": side, "fontsize": FONT_SIZE, "style": "italic"}
        axes.text(place, level + 0.1 * step, span.title, transform=top, **label)
    return max(rows, default=-1) + 1


def _axes_inches(axes, *, height=False):
    box = axes.get_position()
    size = axes.figure.get_size_inches()
    return box.height * size[1] if height else box.width * size[0]
