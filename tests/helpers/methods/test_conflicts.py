"""Minimal conflicts against exact elimination over all subsets, and against a case done by hand."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from helpers.methods.conflicts import Claim, least_factor, minimal_conflicts


def holds(rows):
    """Whether exact inequalities a.x <= b have a solution: Fourier and Motzkin's elimination."""
    rows = [([Fraction(x) for x in a], Fraction(b)) for a, b in rows]
    size = len(rows[0][0]) if rows else 0
    for column in range(size):
        above = [row for row in rows if row[0][column] > 0]
        below = [row for row in rows if row[0][column] < 0]
        rows = [row for row in rows if row[0][column] == 0]
        for (a, b), (c, d) in itertools.product(above, below):
            p, q = a[column], -c[column]
            rows.append(([x / p + y / q for x, y in zip(a, c, strict=True)], b / p + d / q))
    return all(b >= 0 for _, b in rows)


def inequalities(case):
    terms, low, high = case
    rows = []
    if high is not None:
        rows.append((list(terms), high))
    if low is not None:
        rows.append(([-x for x in terms], -low))
    return rows


def by_brute_force(cases, definitions=()):
    background = [row for case in definitions for row in inequalities(case)]
    impossible = [
        set(subset)
        for size in range(1, len(cases) + 1)
        for subset in itertools.combinations(range(len(cases)), size)
        if not holds(background + [row for i in subset for row in inequalities(cases[i])])
    ]
    return {frozenset(s) for s in impossible if not any(other < s for other in impossible)}


@st.composite
def a_case(draw):
    terms = draw(st.lists(st.integers(-2, 2), min_size=3, max_size=3).filter(any))
    low = draw(st.integers(-4, 4))
    shape = draw(st.sampled_from(["low", "high", "both"]))
    high = low + draw(st.integers(0, 3))
    return tuple(terms), None if shape == "high" else low, None if shape == "low" else high


def as_claim(name, case):
    terms, low, high = case
    return Claim(
        name,
        dict(zip("xyz", terms, strict=True)),
        None if low is None else math.exp(low),
        None if high is None else math.exp(high),
    )


@settings(deadline=None, max_examples=200)
@given(st.lists(a_case(), min_size=1, max_size=7))
def test_every_minimal_conflict_is_found_and_nothing_else(cases):
    claims = [as_claim(str(i), case) for i, case in enumerate(cases)]
    found = [frozenset(map(int, conflict.claims)) for conflict in minimal_conflicts(claims)]
    assert len(found) == len(set(found))
    assert set(found) == by_brute_force(cases)


@settings(deadline=None, max_examples=100)
@given(st.lists(a_case(), min_size=2, max_size=6), st.lists(a_case(), min_size=1, max_size=2))
def test_definitions_are_taken_as_given(cases, given_as_true):
    claims = [as_claim(str(i), case) for i, case in enumerate(cases)]
    definitions = [as_claim(f"d{i}", case) for i, case in enumerate(given_as_true)]
    if by_brute_force(given_as_true):
        with pytest.raises(ValueError, match=r"^definitions: they contradict one another"):
            minimal_conflicts(claims, definitions)
    else:
        found = {
            frozenset(map(int, conflict.claims))
            for conflict in minimal_conflicts(claims, definitions)
        }
        assert found == by_brute_force(cases, given_as_true)


@settings(deadline=None, max_examples=60)
@given(st.lists(a_case(), min_size=2, max_size=6))
def test_the_least_factor_reconciles_and_no_smaller_one_does(cases):
    claims = [as_claim(str(i), case) for i, case in enumerate(cases)]

    def loosened(conflict, factor):
        return [
            Claim(
                claim.name,
                claim.terms,
                None if claim.low is None else claim.low / factor,
                None if claim.high is None else claim.high * factor,
            )
            for claim in claims
            if claim.name in conflict.claims
        ]

    for conflict in minimal_conflicts(claims):
        assert conflict.factor > 1
        assert minimal_conflicts(loosened(conflict, conflict.factor * 1.001)) == []
        assert minimal_conflicts(loosened(conflict, conflict.factor / 1.001))
        for name, move in conflict.moves.items():
            moved = [
                Claim(c.name, c.terms, move.reachable, move.reachable) if c.name == name else c
                for c in claims
                if c.name in conflict.claims
            ]
            assert least_factor(moved) == pytest.approx(1, abs=1e-5)
            assert move.factor >= conflict.factor


def least_loosening(cases, free):
    """Answer the same question by a linear program: least loosening of the cases in free."""
    rows = [(row, i) for i, case in enumerate(cases) for row in inequalities(case)]
    matrix = [[*a, -float(i in free)] for (a, _), i in rows]
    ranges = [(None, None)] * (len(matrix[0]) - 1) + [(0, None)]
    cost = [0.0] * (len(matrix[0]) - 1) + [1.0]
    return linprog(cost, A_ub=matrix, b_ub=[b for (_, b), _ in rows], bounds=ranges).fun


def test_a_linear_program_agrees_on_a_ledger_of_twenty_claims():
    rng = np.random.default_rng(1)
    truth = np.array([10.8, -0.3, -0.6, 8.7])  # people, two shares, proceeds per woman
    terms = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 1]])
    cases = []
    for kind in rng.integers(0, 3, size=20):
        row = terms[rng.integers(len(terms))]
        value = float(row @ truth + rng.normal())
        cases.append((tuple(row), value if kind < 2 else None, value + 0.3 if kind > 0 else None))
    claims = [
        Claim(
            str(i),
            dict(zip("wxyz", map(int, row), strict=True)),
            None if low is None else math.exp(low),
            None if high is None else math.exp(high),
        )
        for i, (row, low, high) in enumerate(cases)
    ]
    found = minimal_conflicts(claims)
    assert len(found) > 10
    for conflict in found:
        members = [cases[int(name)] for name in conflict.claims]
        everyone = range(len(members))
        assert math.log(conflict.factor) == pytest.approx(least_loosening(members, everyone))
        for i, name in enumerate(conflict.claims):
            alone = least_loosening(members, [i])
            assert math.log(conflict.moves[name].factor) == pytest.approx(alone)
            rest = members[:i] + members[i + 1 :]
            assert least_loosening(rest, range(len(rest))) == pytest.approx(0, abs=1e-9)
    sets = [set(conflict.claims) for conflict in found]
    for _ in range(100):
        chosen = sorted(rng.choice(20, size=rng.integers(2, 9), replace=False).tolist())
        impossible = least_loosening([cases[i] for i in chosen], range(len(chosen))) > 1e-9
        assert impossible == any(conflict <= set(map(str, chosen)) for conflict in sets)
    assert math.log(least_factor(claims)) == pytest.approx(least_loosening(cases, range(20)))


# "US$105 million", "500,000 women" and a profit per victim of US$27,252 (the International Labour
# Organization's figure for 2021); proceeds = women x proceeds per woman.
MONEY = Claim("the US$105 million", {"women": 1, "per woman": 1}, 105e6, 105e6, "annual proceeds")
WOMEN = Claim("the 500,000", {"women": 1}, 500_000, 500_000, "women trafficked")
PROFIT = Claim("the profit per victim", {"per woman": 1}, 27_252, 27_252, "proceeds per woman")


def test_the_conflict_a_careful_reader_finds_by_hand():
    bystander = Claim("the bride price", {"price": 1}, 120, 1200)
    [conflict] = minimal_conflicts([MONEY, bystander, WOMEN, PROFIT])
    assert conflict.claims == ("the US$105 million", "the 500,000", "the profit per victim")
    apart = 500_000 * 27_252 / 105e6  # 129.8 times
    # proceeds up, women and profit down, each by the cube root
    assert conflict.factor == pytest.approx(apart ** (1 / 3))
    assert {m.direction for m in (conflict.moves["the US$105 million"],)} == {"up"}
    assert conflict.moves["the 500,000"].direction == "down"
    for move in conflict.moves.values():
        assert move.factor == pytest.approx(apart)
    assert conflict.moves["the profit per victim"].reachable == pytest.approx(210)
    assert conflict.moves["the 500,000"].reachable == pytest.approx(105e6 / 27_252)


def test_a_claim_may_contradict_a_definition_by_itself():
    share = Claim("120%", {"share": 1}, 1.2, 1.2)
    [conflict] = minimal_conflicts([share], [Claim("a share", {"share": 1}, None, 1)])
    assert conflict.claims == ("120%",)
    assert conflict.factor == pytest.approx(1.2)


def test_bounds_that_touch_are_no_conflict():
    claims = [Claim("a", {"x": 1}, 10, 30), Claim("b", {"x": 1}, 30, 40)]
    assert minimal_conflicts(claims) == []
    assert least_factor(claims) == pytest.approx(1)


def test_no_claims_no_conflict():
    assert minimal_conflicts([]) == []


def test_overlapping_conflicts_are_each_listed():
    # pairwise incompatible points on one line: every pair, and nothing larger
    claims = [Claim(str(10**k), {"x": 1}, 10**k, 10**k) for k in range(7)]
    found = minimal_conflicts(claims)
    assert {conflict.claims for conflict in found} == set(
        itertools.combinations([str(10**k) for k in range(7)], 2)
    )
    assert found[0].factor == pytest.approx(1e3)  # the largest first; each moves half the way


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Claim("C", {}, 1, 2), r"^C: expected a quantity and a bound"),
        (lambda: Claim("C", {"x": 1}), r"^C: expected a quantity and a bound"),
        (lambda: Claim("C", {"x": 1}, 0, 2), r"^C: expected bounds above 0, found \[0, 2\]"),
        (lambda: Claim("C", {"x": 1}, 3, 2), r"^C: expected low <= high, found \[3, 2\]"),
        (lambda: Claim("C", {"x": 1}, np.nan, 2), r"^C: expected bounds above 0"),
        (lambda: minimal_conflicts([WOMEN, WOMEN]), r"^claims: .* found the 500,000 twice"),
    ],
)
def test_bad_claims_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
