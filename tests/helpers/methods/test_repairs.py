"""What would end conflicts: cases small enough to see."""

from helpers.methods.conflicts import Claim, least_factor, minimal_conflicts
from helpers.methods.repairs import loosen, smallest_repairs, surviving

# a contradicts b by a factor of 2, and b contradicts c by 4 / 3
CLAIMS = [
    Claim("a", {"x": 1}, high=1),
    Claim("b", {"x": 1}, low=2, high=3),
    Claim("c", {"x": 1}, low=4),
]


def test_loosening_moves_every_bound_outward_and_leaves_open_sides_open():
    assert [(c.low, c.high) for c in loosen(CLAIMS, 2)] == [(None, 2), (1, 6), (2, None)]


def test_conflicts_go_one_by_one_as_bounds_are_loosened():
    # a and c are a factor of 4 apart, which two bounds that give 2 each bridge
    pairs = {frozenset(c.claims) for c in minimal_conflicts(CLAIMS)}
    assert pairs == {frozenset("ab"), frozenset("bc"), frozenset("ac")}
    # gone at the square roots of 4 / 3, 2 and 4
    assert surviving(CLAIMS, [1, 1.2, 1.5, 2.001]) == [3, 2, 1, 0]
    assert abs(least_factor(CLAIMS) - 2) < 1e-9


def test_definitions_are_not_loosened():
    rules = [Claim("at most 1", {"x": 1}, high=1)]
    assert surviving([Claim("c", {"x": 1}, low=4)], [3.9, 4.1], rules) == [1, 0]


def test_the_smallest_repairs_leave_no_conflict():
    # without the pair of a and c: dropping b is enough, or both others without it
    found = minimal_conflicts(CLAIMS[:2]) + minimal_conflicts(CLAIMS[1:])
    assert smallest_repairs(found) == [("b",)]
    assert smallest_repairs(found, ["a", "c"]) == [("a", "c")]
    assert smallest_repairs(found, ["a"]) == []
    assert smallest_repairs([]) == [()]
