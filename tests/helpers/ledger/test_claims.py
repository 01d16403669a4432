"""The ledger: verdicts, origins, drifts."""

import math

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ledger import claims, family_tree, scorecard
from helpers.ledger.claims import claimed_range, judge
from helpers.ledger.family_tree import (
    bearer,
    circular,
    distinct_origins,
    drifts,
    family,
    genealogy,
    independent_sources,
    roots,
    support,
)


@pytest.fixture(scope="module")
def ledger():
    return claims.read_ledger()


def row(wording, low, high, unit="persons"):
    values = {"wording": wording, "value_low": low, "value_high": high, "unit": unit}
    return pd.Series(values, name="C99")


def result(value, low=None, high=None):
    return {"name": "found", "value": value, "low": low, "high": high}


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (row("exactly", 500_000, 500_000), (450_000, 550_000)),
        (row("exactly", 105e6, 105e6, "USD"), (104.5e6, 105.5e6)),
        (row("exactly", 0.6, 0.6, "fraction"), (0.55, 0.65)),
        (row("exactly", 14, 14, "ratio"), (13.5, 14.5)),
        (row("about", 0.8, 0.8, "fraction"), (0.72, 0.88)),
        (row("range", 120, 1200, "USD"), (115, 1250)),
        (row("exactly", 1991, 1991, "year"), (1991, 1991)),
        (row("up_to", math.nan, 17, "hours"), (-math.inf, 17.5)),
        (row("at_least", 5, math.nan, "years"), (5, math.inf)),
        (row("more_than", 0.6, math.nan, "fraction"), (0.55, math.inf)),
    ],
)
def test_a_claim_allows_half_a_unit_of_its_last_digit(claim, expected):
    assert claimed_range(claim) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("claim", "found", "verdict"),
    [
        (row("exactly", 100, 100), result(120, 110, 130), "supported"),
        (row("exactly", 100, 100), result(160, 140, 180), "contested"),
        (row("exactly", 100, 100), result(160), "wrong"),
        (row("exactly", 100, 100), result(100), "supported"),
        (row("at_least", 100, math.nan), result(500, 60, 900), "supported"),
        (row("at_least", 100, math.nan), result(60, 20, 90), "contested"),
        (row("at_least", 100, math.nan), result(40), "wrong"),
        (row("up_to", math.nan, 500_000), result(20_000, 2_000, 300_000), "contested"),
        (row("up_to", math.nan, 500_000), result(300_000, 2_000, 510_000), "supported"),
        (row("up_to", math.nan, 500_000), result(700_000, 300_000, 900_000), "supported"),
        (row("up_to", math.nan, 500_000), result(800_000, 600_000, 900_000), "wrong"),
        (row("range", 1996, 1999, "year"), result(1996, 1994, 1998), "contested"),
    ],
)
def test_a_verdict_compares_ranges_by_the_wording(claim, found, verdict):
    assert judge(claim, found)[0] == verdict
    assert judge(claim, found)[1].count("\n") == 0


@given(st.floats(1, 1e12), st.floats(1.001, 100))
def test_what_is_claimed_is_supported_and_what_is_far_is_wrong(value, factor):
    claim = row("exactly", value, value)
    low, high = claimed_range(claim)
    assert judge(claim, result(value, low, high))[0] == "supported"
    assert judge(claim, result(high * factor + 1, high * factor + 1, None))[0] == "wrong"


def test_what_cannot_be_judged_is_refused():
    with pytest.raises(ValueError, match="C99 states no number"):
        judge(row("statement", math.nan, math.nan), result(1))
    with pytest.raises(ValueError, match="if it is a word, is 'high', expected one of supported"):
        judge(row("exactly", 1, 1), result("high"))


def test_a_verdict_found_by_a_rule_is_taken():
    assert judge(row("statement", math.nan, math.nan), result("wrong"))[0] == "wrong"


def test_origins_count_once_however_many_repeat_them():
    # Two origins; c compiles both, d repeats c, e stands alone.
    graph = nx.DiGraph([("a", "c"), ("b", "c"), ("c", "d")])
    graph.add_node("e")
    assert roots(graph, "d") == ["a", "b"]
    assert independent_sources(graph, ["a", "c", "d"]) == ["a", "b"]
    assert independent_sources(graph, ["d", "e"]) == ["a", "b", "e"]
    assert independent_sources(graph, []) == []


def test_an_origin_of_two_claims_is_counted_once_and_so_is_its_producer():
    """Office a publishes x and y, office b publishes z; x stands behind both claims."""
    said = [("C01", "x"), ("C01", "y"), ("C01", "copy"), ("C02", "x"), ("C02", "z")]
    statements = pd.DataFrame(said, columns=["claim", "source"]).assign(stance="origin")
    columns = ["claim", "from", "to", "relation", "change", "link"]
    cites = pd.DataFrame([("C01", "y", "copy", "repeats", "", "read")], columns=columns)
    producers = {"x": "a", "y": "a (its director)", "copy": "c", "z": "b"}
    sources = pd.DataFrame({"producer": producers, "seen": "read"})
    names = pd.DataFrame(index=pd.Index(["C01", "C02", "C03"], name="id"))
    small = claims.Ledger(names, statements, cites, sources)
    assert support(small)["origins"].to_dict() == {"C01": 2, "C02": 2, "C03": 0}
    assert support(small)["producers"].to_dict() == {"C01": 1, "C02": 2, "C03": 0}
    found = distinct_origins(small)
    assert found["claims"].to_dict() == {"x": 2, "y": 1, "z": 1}
    assert found["producer"].nunique() == 2
    assert distinct_origins(small, ["C02"]).index.tolist() == ["x", "z"]
    assert distinct_origins(small, ["C03"]).empty
    with pytest.raises(ValueError, match="C09"):
        distinct_origins(small, ["C09"])


def test_origins_of_the_article_are_fewer_than_their_sum_and_its_producers_fewer_still(ledger):
    article = [name for name in ledger.claims.index if name[0] in "CR"]
    found = distinct_origins(ledger, article)
    summed = support(ledger).loc[article, "origins"].sum()
    assert found.index.is_unique and found["claims"].sum() == summed
    assert found["producer"].nunique() < len(found) < summed
    # the six origins of C15 are pages of one statistics office, and one other
    assert distinct_origins(ledger, ["C15"])["producer"].nunique() == 2


def test_the_article_is_nobodys_origin():
    graph = nx.DiGraph([(claims.ARTICLE, "mirror")])
    assert roots(graph, "mirror") == []


def test_circular_citation_is_found():
    assert circular(nx.DiGraph([("b", "c"), ("c", "a"), ("a", "b")])) == [["a", "b", "c"]]
    assert circular(nx.DiGraph([("a", "b"), ("a", "c")])) == []


def test_all_claims_of_the_article_are_there(ledger):
    wanted = [f"C{n:02}" for n in range(1, 59)] + [f"R{n:02}" for n in range(1, 11)]
    assert [name for name in ledger.claims.index if not name.startswith("L")] == wanted


# Read off the publications by hand: where the article's number begins.
@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("C02", ["kfi-2019"]),
        ("C03", ["un-unidentified-2023"]),
        ("C04", ["kfi-2019"]),
        ("C11", ["icg-2006"]),
        ("C14", ["unidentified-14-to-1"]),
        ("L01", ["good-friends-1999"]),
    ],
)
def test_the_origins_of_the_best_known_numbers(ledger, name, origin):
    assert roots(genealogy(name, ledger), bearer(name, ledger)) == origin


def test_the_stock_of_2006_became_a_flow(ledger):
    found = drifts(genealogy("C11", ledger), "article")
    assert set(found["relation"]) == {"stock_to_flow", "bound_to_point"}
    assert found["inferred"].all()


def test_a_family_is_connected_and_holds_the_ancestry(ledger):
    for name in ledger.claims.index:
        graph = genealogy(name, ledger)
        target = bearer(name, ledger)
        tree = family(graph, target)
        assert nx.is_weakly_connected(tree)
        assert set(family_tree.ancestry(graph, target)) <= set(tree)


def test_an_unknown_claim_is_named_with_those_there_are(ledger):
    assert claims.claim("C04", ledger)["value_high"] == 105_000_000
    with pytest.raises(ValueError, match="claim is 'C99', expected one of C01, C02"):
        claims.claim("C99", ledger)
    with pytest.raises(ValueError, match="verdict is 'false', expected one of contested"):
        scorecard.select(ledger.claims, verdict=["false"])
