"""Family trees: time runs to the right, and nothing lies on anything."""

import itertools
import os
import subprocess
import sys

import networkx as nx
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from helpers.charts import caption
from helpers.ledger.claims import read_ledger
from helpers.ledger.family_tree import bearer, family, genealogy
from helpers.ledger.tree_charts import columns, draw, heights, routes

LEDGER = read_ledger()


def test_later_sources_stand_further_right():
    graph = nx.DiGraph([("a", "b"), ("b", "c"), ("a", "d")])
    placed = columns(graph, {"a": 2019, "b": 2019, "c": 2023, "d": 2023})
    assert placed == {"a": 0, "b": 1, "c": 2, "d": 2}


@pytest.mark.parametrize("name", LEDGER.claims.index)
def test_no_two_things_share_a_place(name):
    graph = family(genealogy(name, LEDGER), bearer(name, LEDGER))
    years = {s: int(str(LEDGER.sources.loc[s, "date"])[:4].replace("nan", "1900")) for s in graph}
    column_of = columns(graph, years)
    assert all(column_of[earlier] < column_of[later] for earlier, later in graph.edges)
    threaded, placed, paths = routes(graph, column_of)
    size = {node: 1.0 + len(node) % 3 if isinstance(node, str) else 0.5 for node in threaded}
    height = heights(threaded, placed, size)
    for one, other in itertools.combinations(threaded, 2):
        if placed[one] == placed[other]:
            assert abs(height[one] - height[other]) >= (size[one] + size[other]) / 2 - 1e-9
    assert all(placed[b] == placed[a] + 1 for p in paths.values() for a, b in itertools.pairwise(p))


@pytest.mark.parametrize("name", LEDGER.claims.index)
def test_in_the_picture_nothing_lies_on_anything(name):
    target = bearer(name, LEDGER)
    graph = family(genealogy(name, LEDGER), target)
    figure = draw(graph, target, LEDGER)
    caption(figure, "A finding", "A source")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (axes,) = figure.axes
    renderer = canvas.get_renderer()
    words = {t: t.get_window_extent(renderer) for t in axes.texts if t.get_text()}
    names = [box for text, box in words.items() if text.get_va() == "center"]
    changes = [box for text, box in words.items() if text.get_va() == "top"]
    frames = [bar.get_window_extent(renderer) for bars in axes.containers for bar in bars]
    assert len(names) == len(frames) == len(graph)
    for frame, text in zip(frames, names, strict=True):
        assert frame.x0 < text.x0 and text.x1 < frame.x1
        assert frame.y0 < text.y0 and text.y1 < frame.y1
    taken = [*frames, *changes]
    assert not [pair for pair in itertools.combinations(taken, 2) if pair[0].overlaps(pair[1])]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 for box in taken)
    inside = [box.padded(-1.5) for box in taken]
    for start, end in _segments(axes):
        along = start + np.linspace(0, 1, 200)[:, None] * (end - start)
        assert not [box for box in inside if box.count_contains(along)]


def _segments(axes):
    """Yield both ends, in pixels, of every piece of a link, its arrow included."""
    for line in axes.lines:
        yield from itertools.pairwise(axes.transData.transform(line.get_xydata()))
    for arrow in (text for text in axes.texts if not text.get_text()):
        yield axes.transData.transform([arrow.xyann, arrow.xy])


def test_a_tree_is_drawn_the_same_whatever_the_hash_seed():
    code = (
        "from helpers.ledger.claims import *; from helpers.ledger.family_tree import *; "
        "from helpers.ledger.tree_charts import draw; "
        "from helpers.charts import digest_lines; l = read_ledger(); "
        "print(digest_lines(draw(family(genealogy('C04', l), 'article'), 'article', l)))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1
