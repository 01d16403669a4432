"""The graph agrees with closed forms, its ranks are uniform, and it refuses what it cannot do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, kstest

from helpers.methods.existence import NotEstimable
from helpers.methods.graph import Draws, Graph, Node, summary
from helpers.methods.graph import model as module

NONE = np.nan
MANY = {"draws": 150, "chains": 100, "warmup": 60}  # chains are cheaper than draws


def statements(*rows):
    names = ["node", "low", "central", "high", "bound", "kind", "producer", "source", "when"]
    return pd.DataFrame(rows, columns=names)


NODES = {"people": Node("log", 100, 10_000, trend=0.5), "share": Node("logit", 0.1, 0.9)}
ROWS = statements(
    ("people", NONE, 800, NONE, "point", "a", "p", "1", 0.0),
    ("people", 900, NONE, 2000, "range", "a", "q", "2", 0.5),
    ("people", NONE, 400, NONE, "point", "b", "q", "3", 1.0),
    ("people", 700, NONE, NONE, "at_least", "b", "r", "4", -1.0),
    ("people", NONE, NONE, 1500, "up_to", "b", "p", "5", -0.5),
    ("share", NONE, 0.6, NONE, "point", "a", "p", "6", 0.0),
    ("share", 0.5, NONE, 0.8, "range", "b", "r", "7", 0.0),
    ("share", 0.4, NONE, NONE, "at_least", "b", "p", "8", 0.0),
    ("people * share", NONE, 300, NONE, "point", "a", "s", "9", 0.5),
    ("people * share", NONE, NONE, 900, "up_to", "b", "r", "10", 0.0),
)


def test_without_spreads_it_is_the_conjugate_normal():
    """Prior N(m, v) and readings with known errors: precision-weighted mean (closed form)."""
    values, prior = np.array([3.0, 5.0, 8.0]), Node("log", 0.1, 10, spread=1e-6)
    rows = statements(*(("x", NONE, x, NONE, "point", str(x), str(x), str(x), 0.0) for x in values))
    draws = Graph({"x": prior}, rows).sample(np.random.default_rng(0), **MANY)
    v = (np.log(10) / 1.6448536) ** 2
    precision = 1 / v + 3 / (np.log(1.5) / 1.6448536) ** 2
    mean = (np.log(values).sum() / (np.log(1.5) / 1.6448536) ** 2) / precision
    found = draws.scaled("x")
    assert found.mean() == pytest.approx(mean, abs=5 * np.sqrt(1 / precision / 15_000))
    assert found.var() == pytest.approx(1 / precision, rel=0.06)


def test_a_bound_is_one_side_and_no_point():
    """Prior N(0, v) and one bound at 1, read with error s: mean v phi(0) / (sqrt(v+s2) / 2)."""
    node = Node("log", 1 / 4, 4, spread=1e-6)
    rows = statements(("x", 1.0, NONE, NONE, "at_least", "a", "a", "a", 0.0))
    found = Graph({"x": node}, rows).sample(np.random.default_rng(1), **MANY).scaled("x")
    v, s = (np.log(4) / 1.6448536) ** 2, np.log(1.5) / 1.6448536
    mean = v / np.sqrt(v + s**2) * np.sqrt(2 / np.pi)
    assert found.mean() == pytest.approx(mean, abs=0.04)


def test_ranks_of_the_truth_are_uniform():
    """Simulation-based calibration (Talts et al. 2018): truths from the prior, data from them.

    Bounds are simulated as what they are: a threshold, and the side on which the number fell.
    """
    many = 240
    options = {"draws": 63, "warmup": 150, "thin": 5}
    truths, after = Graph(NODES, ROWS).rehearse(np.random.default_rng(2), many, **options)
    found = [after.levels, after.spreads]
    truths = np.concatenate([truths.levels, truths.spreads], axis=2)
    ranks = (np.concatenate(found, axis=2) < truths).sum(axis=1)
    for quantity in ranks.T:
        heights = np.histogram(quantity, bins=8, range=(-0.5, 63.5))[0]
        distance = ((heights - many / 8) ** 2 / (many / 8)).sum()
        assert chi2.sf(distance, 7) > 0.0005  # eleven quantities: one false alarm in 180 seeds


def test_a_product_is_exact_where_the_share_bends():
    """Against importance sampling from the prior, which needs no line in place of the curve."""
    nodes = {"n": Node("log", 500, 2000, spread=1e-6), "s": Node("logit", 0.05, 0.95, spread=1e-6)}
    rows = statements(("n * s", NONE, 200, NONE, "point", "a", "a", "a", 0.0))
    graph, rng = Graph(nodes, rows), np.random.default_rng(3)
    found = np.log(graph.sample(rng, **MANY).value("s"))
    n, s = rng.normal(size=(2, 400_000))
    n = np.log(1000) + n * np.log(2) / 1.6448536
    s = -np.logaddexp(0, -s * np.log(19) / 1.6448536)
    weights = np.exp(-(((np.log(200) - n - s) / (np.log(1.5) / 1.6448536)) ** 2) / 2)
    mean = np.average(s, weights=weights)
    spread = np.sqrt(np.average((s - mean) ** 2, weights=weights))
    assert found.mean() == pytest.approx(mean, abs=0.06 * spread)
    assert found.std() == pytest.approx(spread, rel=0.06)


WIDE = {"n": Node("log", 1000, 1_000_000, trend=1.4), "s": Node("logit", 0.05, 0.95, spread=0.3)}
SHARP = statements(
    ("n", NONE, 50_000, NONE, "point", "a", "p", "1", 0.0),
    ("s", NONE, 0.9, NONE, "point", "a", "q", "2", 0.0),
    ("s", NONE, 0.95, NONE, "point", "b", "t", "3", 0.0),
    ("n * s", 20_000, NONE, 30_000, "range", "a", "r", "4", 0.0),
    ("n * s", 9_000, NONE, 11_000, "range", "b", "p", "5", 1.0),
    ("n * s", 9_000, NONE, 11_000, "range", "b", "v", "6", 0.5),
)


def test_a_product_far_from_its_factors_is_that_of_a_grid():
    """Known spread of biases, one row about a product: numerical integration over both nodes.

    The product wants a share of 3%, where log(share) and log-odds are the same line, the share's
    own row one of 70%, where they are not.
    """
    nodes = {name: replace(node, spread=1e-6, trend=0.0) for name, node in WIDE.items()}
    figures = {"n": 50_000.0, "s": 0.7, "n * s": 1500.0}
    rows = (
        (node, NONE, value, NONE, "point", node, node, node, 0.0) for node, value in figures.items()
    )
    found = Graph(nodes, statements(*rows)).sample(np.random.default_rng(9), **MANY)
    z, error = 1.6448536, np.log(1.5) / 1.6448536
    n, s = np.meshgrid(np.linspace(6, 14, 1000), np.linspace(-6, 5, 1000), indexing="ij")
    readings = (n, s, n - np.logaddexp(0, -s))
    printed = np.log(50_000), np.log(0.7 / 0.3), np.log(1500)
    fit = sum(((x - y) / error) ** 2 for x, y in zip(readings, printed, strict=True))
    fit += ((n - np.log(1000) / 2 - np.log(1e6) / 2) / (np.log(1000) / 2 / z)) ** 2
    fit += (s / (np.log(19) / z)) ** 2
    weights = np.exp(-fit / 2)
    for name, grid in (("n", n), ("s", s)):
        mean = np.average(grid, weights=weights)
        spread = np.sqrt(np.average((grid - mean) ** 2, weights=weights))
        assert found.scaled(name).mean() == pytest.approx(mean, abs=0.05 * spread)
        assert found.scaled(name).std() == pytest.approx(spread, rel=0.05)


def test_products_hold_truths_far_from_what_was_published():
    """Calibration where chains once stood still: wide priors, three sharp rows about a product."""
    many = 400
    truths, after = Graph(WIDE, SHARP).rehearse(np.random.default_rng(10), many)
    ranks = (after.levels < truths.levels).sum(axis=1)
    for node in ranks.T:
        heights = np.histogram(node, bins=8, range=(-0.5, 39.5))[0]
        assert chi2.sf(((heights - many / 8) ** 2 / (many / 8)).sum(), 7) > 0.0005


def test_leaving_out_is_fitting_without():
    graph, rng = Graph(NODES, ROWS), np.random.default_rng(4)
    left = graph.leave_out("source", rng, draws=100, warmup=80, chains=32)["3"].scaled(
        "people", 1.0
    )
    fitted = Graph(NODES, ROWS[ROWS["source"] != "3"]).sample(rng, **MANY)
    assert left.mean() == pytest.approx(fitted.scaled("people", 1.0).mean(), abs=0.1)


def test_a_silent_node_is_its_prior_and_says_so():
    nodes = NODES | {"money": Node("log", 10, 1000)}
    graph = Graph(nodes, ROWS)
    assert list(graph.silent) == ["money"]
    money = graph.sample(np.random.default_rng(5), **MANY).value("money")
    assert summary({"money": money}).loc["money"].tolist() == pytest.approx([10, 100, 1000], 0.15)


def test_prior_ranks_are_uniform_for_data_from_the_prior():
    graph, rng = Graph(NODES, ROWS), np.random.default_rng(6)
    first = module.simulated(graph.layout, 300, rng)[0][:, 0]
    made = np.sort(module.simulated(graph.layout, 4000, rng)[0][:, 0])
    assert kstest(np.searchsorted(made, first) / 4000, "uniform").pvalue > 0.001
    assert graph.predicted(rng)["rank"].between(0, 1).all()


def test_the_same_seed_gives_the_same_digits():
    graph = Graph(NODES, ROWS)
    one, two = (graph.sample(np.random.default_rng(7), draws=50).levels for _ in range(2))
    assert (one == two).all()


def test_chains_that_disagree_are_refused():
    apart = np.random.default_rng(8).normal(size=(4, 500, 1)) + np.arange(4)[:, None, None]
    draws = Draws({"x": Node("log", 1, 2)}, {"x": [0]}, {}, apart, apart, np.random.default_rng(0))
    with pytest.raises(NotEstimable, match="the chains do not agree on x"):
        draws.agree()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"node": "peeple"}, "did you mean people"),
        ({"bound": "atleast"}, "did you mean at_least"),
        ({"central": -3.0}, "statement 1, of people by 1: found -3"),
        ({"central": NONE}, "found no figure"),
    ],
)
def test_bad_statements_are_refused_in_one_line(change, words):
    rows = ROWS.copy()
    rows.loc[0, list(change)] = list(change.values())
    with pytest.raises(ValueError, match=words):
        Graph(NODES, rows)


def test_bad_nodes_and_no_statements_are_refused():
    with pytest.raises(ValueError, match="expected at least one"):
        Graph(NODES, ROWS[:0])
    with pytest.raises(ValueError, match="prior of share: found"):
        Graph(NODES | {"share": Node("logit", 0.1, 1.0)}, ROWS)
