"""Claims as constraints: cases worked out by hand, and minimality by a linear program."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from helpers.ledger.constraints import powers_of, reading
from helpers.methods.conflicts import minimal_conflicts


def feasible(claims, rules):
    """Whether all bounds can hold: a linear program on the log scale, by scipy's solver."""
    every = [*claims, *rules]
    quantities = sorted({quantity for claim in every for quantity in claim.terms})
    rows, limits = [], []
    for claim in every:
        row = np.array([claim.terms.get(quantity, 0.0) for quantity in quantities])
        for bound, sign in ((claim.high, 1), (claim.low, -1)):
            if bound is not None:
                rows.append(sign * row)
                limits.append(sign * math.log(bound))
    box = [(-100, 100)] * len(quantities)
    return linprog(np.zeros(len(quantities)), rows, limits, bounds=box).status == 0


def test_dropping_any_member_of_a_minimal_conflict_makes_it_feasible(constraints, rules):
    everything = constraints()
    found = minimal_conflicts(everything, rules)
    assert len(found) > 10
    for conflict in found:
        members = [claim for claim in everything if claim.name in conflict.claims]
        assert not feasible(members, rules)
        for dropped in members:
            assert feasible([claim for claim in members if claim is not dropped], rules)


def test_every_infeasible_group_up_to_three_holds_a_conflict_that_was_found(constraints, rules):
    everything = constraints()
    found = [set(c.claims) for c in minimal_conflicts(everything, rules)]
    for size in (1, 2, 3):
        for group in itertools.combinations(everything, size):
            names = {claim.name for claim in group}
            assert feasible(group, rules) != any(conflict <= names for conflict in found)


def test_the_headline_pair_is_worked_out_by_hand(constraints, rules):
    # at least 500,000 / 1.1 women at 3,687 dollars or more, against 105.5 million dollars
    everything = constraints(["C03", "C04"], 0.1, ["ilo_per_victim", "up_to_reached"])
    (conflict,) = minimal_conflicts(everything, rules)
    assert set(conflict.claims) == {"C03 reached", "C04", "ilo_per_victim"}
    factor = 500_000 / 1.1 * 3687 / 105.5e6
    assert conflict.moves["C04"].factor == pytest.approx(factor)
    assert conflict.factor == pytest.approx(factor ** (1 / 3))


def test_an_up_to_alone_contradicts_nothing(constraints, rules):
    everything = constraints(["C03", "C04"], 0.1, ["ilo_per_victim", "release_2023"])
    assert minimal_conflicts(everything, rules) == []


def test_the_claims_alone_are_compatible(constraints, rules):
    assert minimal_conflicts(constraints(anchors=()), rules) == []


@pytest.mark.parametrize(
    ("wording", "low", "high", "expected"),
    [
        ("about", 10.0, 10.0, (8.0, 12.5)),
        ("exactly", 0.6, 0.6, (0.55, 0.65)),
        ("range", 120.0, 1200.0, (115.0, 1250.0)),
        ("up_to", np.nan, 500.0, (None, 500.0)),
        ("more_than", 0.6, np.nan, (0.6, None)),
    ],
)
def test_wordings_are_read_as_intervals(wording, low, high, expected):
    row = pd.Series({"wording": wording, "value_low": low, "value_high": high, "unit": "persons"})
    assert reading(row, 0.25) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"claims": ["C99"]}, r"^claim is 'C99', expected one of C01, "),
        ({"tolerance": -1}, r"^tolerance: expected 0 or more, found -1$"),
        (
            {"anchors": ["rumour"]},
            r"^anchor is 'rumour', expected one of ilo_per_victim, ",
        ),
    ],
)
def test_what_is_not_known_is_named(wrong, message, constraints):
    with pytest.raises(ValueError, match=message):
        constraints(**wrong)


@pytest.mark.parametrize(
    ("times", "per", "expected"),
    [
        (None, None, {"q": 1}),
        ("people women_share", None, {"people": 1, "women_share": 1}),
        (
            "people per_woman",
            "entered price",
            {"people": 1, "per_woman": 1, "entered": -1, "price": -1},
        ),
        ("a a", "b", {"a": 2, "b": -1}),
    ],
)
def test_terms_are_read_as_powers(times, per, expected):
    assert powers_of("q", pd.Series({"times": times, "per": per})) == expected
