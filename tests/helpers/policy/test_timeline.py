"""The timeline as a picture: nothing overlaps, and it can be read in grey."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.data import labels, table
from helpers.policy import events as policy
from helpers.policy import timeline

LANES = tuple(labels("events", "level"))


def drawn(first_year=1980, last_year=2025, lanes=LANES):
    """Draw the timeline of the notebook with a panel below; return its axes after layout."""
    chosen = policy.choose(
        policy.on_axis(table("events")),
        levels=list(lanes),
        first_year=first_year,
        last_year=last_year,
    )
    axes = timeline.draw(chosen, list(lanes), first_year, last_year, panels=[1.0])
    plt.close(axes[0].figure)
    FigureCanvasAgg(axes[0].figure).draw()
    return axes


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
    above, _ = drawn(*years)
    figure = above.figure
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in above.texts]
    boxes.append(("legend", above.get_legend().get_window_extent(renderer)))
    assert overlaps(boxes) == []
    right = figure.bbox.x1
    assert all(box.x0 >= 0 and box.x1 <= right for _, box in boxes)


def test_directions_differ_in_shape_so_that_grey_print_keeps_them_apart():
    shapes = [shape for shape, _ in timeline.DIRECTIONS.values()]
    assert len(set(shapes)) == len(shapes)


def test_lanes_and_panel_share_years_and_spans():
    above, below = drawn(2000, 2010)
    assert above.get_xlim() == below.get_xlim() == (2000, 2011)
    spans = timeline.long_spans(policy.choose(policy.on_axis(table("events")), last_year=2010))
    shaded = [patch.get_x() for patch in below.patches]
    assert shaded == list(spans.query("to_year > 2000")["from_year"])


def test_more_spans_than_colours_are_all_drawn():
    years = range(1990, 1990 + len(timeline.SHADES) + 1)
    spans = pd.DataFrame({"from_year": years, "to_year": [year + 5 for year in years]})
    _, axes = plt.subplots()
    plt.close(axes.figure)
    timeline.draw_bands(axes, spans, timeline.SHADES)
    assert len(axes.patches) == len(spans)


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
