"""Family trees: time runs to the right, and nothing lies on anything."""

import itertools
import os
import subprocess
import sys

import networkx as nx
import pytest

from helpers.ledger.claims import read_ledger
from helpers.ledger.family_tree import bearer, family, genealogy
from helpers.ledger.tree_charts import columns, draw, heights, routes, steps

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
    height = heights(threaded, placed)
    for one, other in itertools.combinations(threaded, 2):
        if placed[one] == placed[other]:
            both_sources = isinstance(one, str) and isinstance(other, str)
            assert abs(height[one] - height[other]) >= (1 if both_sources else 0.5) - 1e-9
    assert all(placed[b] == placed[a] + 1 for p in paths.values() for a, b in itertools.pairwise(p))


@pytest.mark.parametrize("name", ["C02", "C03", "C04", "C07", "C11", "C14", "L01", "L07"])
def test_boxes_do_not_overlap_in_the_picture(name):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    target = bearer(name, LEDGER)
    figure = draw(family(genealogy(name, LEDGER), target), target, LEDGER)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [
        text.get_bbox_patch().get_window_extent(canvas.get_renderer())
        for text in figure.axes[0].texts
        if text.get_text() and text.get_bbox_patch().get_alpha() is None
    ]
    assert len(boxes) == len(family(genealogy(name, LEDGER), target))
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


def test_steps_are_told_in_order_with_what_changed():
    told = steps(genealogy("C11", LEDGER), "article")
    assert "people present become people moving" in told and "(inferred)" in told


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
