"""Claims as constraints: cases worked out by hand, and minimality by a linear program."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from helpers.data import table
from helpers.ledger import constraints as bounds
from helpers.ledger.conflict_charts import conflict_matrix, surviving_chart
from helpers.methods.conflicts import Claim, minimal_conflicts

LEDGER, *OTHERS = (
    table(name).set_index("id")
    for name in ("claims", "profits", "north_koreans_in_china", "shares", "statements")
)
KNOWN = bounds.known_anchors(*OTHERS)


def constraints(claims=(), tolerance=0.1, anchors=("all",)):
    admitted = bounds.admit(KNOWN, list(anchors))
    reached = any(anchor.name == "up_to_reached" for anchor in admitted)
    said = bounds.claim_constraints(LEDGER, list(claims), tolerance, reached)
    return said + [c for anchor in admitted for c in anchor.constraints]


def feasible(claims):
    """Whether all bounds can hold: a linear program on the log scale, by scipy's solver."""
    every = [*claims, *bounds.definitions()]
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


def test_dropping_any_member_of_a_minimal_conflict_makes_it_feasible():
    everything = constraints()
    found = minimal_conflicts(everything, bounds.definitions())
    assert len(found) > 10
    for conflict in found:
        members = [claim for claim in everything if claim.name in conflict.claims]
        assert not feasible(members)
        for dropped in members:
            assert feasible([claim for claim in members if claim is not dropped])


def test_every_infeasible_group_up_to_three_holds_a_conflict_that_was_found():
    everything = constraints()
    found = [set(c.claims) for c in minimal_conflicts(everything, bounds.definitions())]
    for size in (1, 2, 3):
        for group in itertools.combinations(everything, size):
            names = {claim.name for claim in group}
            assert feasible(group) != any(conflict <= names for conflict in found)


def test_the_headline_pair_is_worked_out_by_hand():
    # at least 500,000 / 1.1 women at 3,687 dollars or more, against 105.5 million dollars
    everything = constraints(["C03", "C04"], 0.1, ["ilo_per_victim", "up_to_reached"])
    (conflict,) = minimal_conflicts(everything, bounds.definitions())
    assert set(conflict.claims) == {"C03 reached", "C04", "ilo_per_victim"}
    factor = 500_000 / 1.1 * 3687 / 105.5e6
    assert conflict.moves["C04"].factor == pytest.approx(factor)
    assert conflict.factor == pytest.approx(factor ** (1 / 3))
    name = bounds.subject(conflict, everything)
    assert name == "C04"
    said = bounds.arithmetic(conflict, everything, name)
    assert said == "455,000 (C03 reached) x 3,690 (ilo_per_victim) = 1.68 billion"


def test_an_up_to_alone_contradicts_nothing():
    everything = constraints(["C03", "C04"], 0.1, ["ilo_per_victim", "release_2023"])
    assert minimal_conflicts(everything, bounds.definitions()) == []


def test_the_claims_alone_are_compatible():
    assert minimal_conflicts(constraints(anchors=()), bounds.definitions()) == []


def test_the_arithmetic_of_every_conflict_gives_what_the_others_leave():
    everything = constraints()
    by_name = {claim.name: claim for claim in everything}
    for conflict in minimal_conflicts(everything, bounds.definitions()):
        name = bounds.subject(conflict, everything)
        ours, product = conflict.moves[name], 1.0
        for other, move in conflict.moves.items():
            if other != name:  # all weights are 1 in this ledger
                assert move.factor == pytest.approx(ours.factor)
                value = by_name[other].low if move.direction == "down" else by_name[other].high
                product *= value if move.direction != ours.direction else 1 / value
        assert product == pytest.approx(ours.reachable)
        assert "^" not in bounds.arithmetic(conflict, everything, name)


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
    assert bounds.reading(row, 0.25) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: constraints(["C99"]), r"^claims: expected some of C01, .*, found C99$"),
        (lambda: constraints(tolerance=-1), r"^tolerance: expected 0 or more, found -1$"),
        (
            lambda: constraints(anchors=["rumour"]),
            r"^anchors: expected all or some of ilo_per_victim, .*, found rumour$",
        ),
    ],
)
def test_what_is_not_known_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_loosening_by_enough_reconciles_all():
    everything = constraints()
    found = minimal_conflicts(everything, bounds.definitions())
    largest = max(conflict.factor for conflict in found)
    assert bounds.surviving(everything, [1, largest * 1.001]) == [len(found), 0]


def test_the_smallest_repairs_leave_no_conflict():
    # a contradicts b, and b contradicts c: dropping b is enough, or both others without it
    claims = [Claim("a", {"x": 1}, high=1), Claim("b", {"x": 1}, low=2, high=3)]
    claims.append(Claim("c", {"x": 1}, low=4))
    found = minimal_conflicts(claims[:2]) + minimal_conflicts(claims[1:])
    assert bounds.smallest_repairs(found) == [("b",)]
    assert bounds.smallest_repairs(found, ["a", "c"]) == [("a", "c")]
    assert bounds.smallest_repairs(found, ["a"]) == []
    assert bounds.smallest_repairs([]) == [()]


def test_only_ledger_claims_are_counted_as_claims():
    everything = constraints(["C03"], 0.1, ["release_2023", "up_to_reached"])
    found = minimal_conflicts(everything, bounds.definitions())
    assert bounds.ledger_claims_of(found) == ["C03"]


def test_the_charts_hold_every_member_and_every_factor():
    everything = constraints()
    found = minimal_conflicts(everything, bounds.definitions())
    names = [claim.name for claim in everything]
    (axes,) = conflict_matrix(found, names, [conflict.factor for conflict in found]).axes
    drawn = sum(len(collection.get_offsets()) for collection in axes.collections)
    assert drawn == sum(len(conflict.claims) for conflict in found)
    assert len(axes.texts) == len(found)
    (axes,) = surviving_chart([1, 2, 3], [5, 2, 0], 2.5).axes
    assert axes.lines[0].get_ydata().tolist() == [5, 2, 0]
