"""The timeline as a picture: nothing overlaps, and it can be read in grey."""

import itertools

import matplotlib as mpl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.charts import GREEN, GREY, ORANGE, PINK, canvas
from helpers.data import labels, table
from helpers.policy import charts as policy_charts
from helpers.policy import events as policy
from helpers.policy import timeline

WIDTH = 11.5
SHADES = [GREEN, ORANGE, PINK, GREY]


LANES = tuple(labels("events", "level"))


def drawn(first_year=1980, last_year=2025, lanes=LANES):
    """Draw the timeline of the notebook; return figure and axes after layout."""
    laid = policy.choose(
        policy.on_axis(table("events")),
        levels=list(lanes),
        first_year=first_year,
        last_year=last_year,
    )
    bands = timeline.long_spans(laid).sort_values("from_year")
    scale = (last_year + 1 - first_year) / (WIDTH - 1.6)
    placed, extents = timeline.arrange(laid.drop(bands.index), list(lanes), scale, last_year + 1)
    tall = 0.27 * sum(count for _, count in extents.values())
    figure, (above, strip) = canvas(
        2, 1, width=WIDTH, height=tall + 2, sharex=True, height_ratios=[tall, 0.3]
    )
    above.set(xlim=(first_year, last_year + 1))
    rows = timeline.label_bands(above, bands, SHADES, first_year, last_year + 1)
    timeline.draw_lanes(above, placed, extents, band_rows=rows)
    timeline.draw_bands(above, bands, SHADES)
    policy_charts.draw_tiers(strip, table("tiers").query("country == 'China'"))
    FigureCanvasAgg(figure).draw()
    return figure, above, strip


def overlaps(boxes):
    shrunk = [
        (name, mpl.transforms.Bbox.from_extents(b.x0 + 1, b.y0 + 1, b.x1 - 1, b.y1 - 1))
        for name, b in boxes
    ]
    return [
        (one, two)
        for place, (one, first) in enumerate(shrunk)
        for two, second in shrunk[place + 1 :]
        if first.overlaps(second)
    ]


@pytest.mark.parametrize("years", [(1980, 2025), (2000, 2025), (1950, 2025)])
def test_no_label_overlaps_another_and_none_is_cut(years):
    figure, above, _ = drawn(*years)
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in above.texts]
    boxes.append(("legend", above.get_legend().get_window_extent(renderer)))
    assert overlaps(boxes) == []
    right = figure.bbox.x1
    assert all(box.x0 >= 0 and box.x1 <= right for _, box in boxes)


def test_tier_names_fit_their_boxes():
    figure, _, strip = drawn()
    renderer = figure.canvas.get_renderer()
    assert [text.get_text() for text in strip.texts] == [
        "Tier 2",
        "Tier 2 Watch List",
        "3",
        "2WL",
        "Tier 3",
    ]
    for text, box in zip(strip.texts, strip.patches, strict=True):
        words, frame = (part.get_window_extent(renderer) for part in (text, box))
        assert frame.x0 <= words.x0 and words.x1 <= frame.x1


def test_an_unknown_tier_leaves_its_year_empty():
    _, axes = canvas()
    tiers = pd.DataFrame({"year": [2001, 2002, 2003], "tier": ["2", None, "2"]})
    policy_charts.draw_tiers(axes, tiers)
    assert [patch.get_x() for patch in axes.patches] == [2001, 2003]


def grey(colour):
    red, green, blue = mpl.colors.to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_grey_print_keeps_directions_and_tiers_apart():
    shapes = [shape for shape, _ in timeline.DIRECTIONS.values()]
    assert len(set(shapes)) == len(shapes)
    shades = [grey(colour) for colour in policy_charts.TIER_SHADES.values()]
    assert all(a - b > 0.1 for a, b in itertools.pairwise(shades))


@settings(max_examples=20, deadline=None)
@given(
    years=st.lists(st.integers(1981, 2025), min_size=1, max_size=25),
    lanes=st.lists(st.sampled_from(LANES), min_size=1, max_size=5, unique=True),
)
def test_markers_of_one_row_stand_apart_for_any_events(years, lanes):
    laid = policy.on_axis(
        pd.DataFrame(
            {
                "id": [f"e{i}" for i in range(len(years))],
                "start": [str(year) for year in years],
                "end": None,
                "precision": "year",
                "title": [f"An event of {year}" for year in years],
                "level": [lanes[i % len(lanes)] for i in range(len(years))],
            }
        )
    )
    placed, extents = timeline.arrange(laid, lanes, 4.5, 2026)
    for (_, row), group in placed.groupby(["level", "row"]):
        ordered = group.sort_values("left")
        ends = ordered["left"] + ordered["width"]
        assert (ordered["left"].iloc[1:].to_numpy() >= ends.iloc[:-1].to_numpy()).all()
        first, count = extents[group["level"].iloc[0]]
        assert first <= row < first + count
