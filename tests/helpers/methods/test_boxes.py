"""Bounds of a product: closed forms, Frechet's bounds, and every distribution inside."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.boxes import Box, box, chance_at_least, chances_below, product_of_ends
from helpers.methods.uncertain import uncertain

WAYS = ["alone", "together", "apart"]
FIRST = box(uncertain("first", [10, 20, 80]))
SECOND = box(uncertain("second", [0.2, 0.5, 0.9], share=True))


def test_ends_are_multiplied_as_intervals():
    ranges = [(10_000, 50_000, 200_000), (0.5, 0.75, 0.9), (0.25, 0.6, 0.9), (3687, 9995, 27_252)]
    low, high = product_of_ends(ranges)
    assert low == pytest.approx(4_608_750)  # what the least of 144 choices gave in 0.1.0
    assert high == pytest.approx(4_414_824_000)
    with pytest.raises(ValueError, match="expected 0 <= low <= high"):
        product_of_ends([(3, 1)])


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (10, (0.5, 0.95)),
        (20, (0.5, 0.95)),
        (20.001, (0.05, 0.5)),
        (80.001, (0, 0.05)),
        (5, (0.95, 1)),
    ],
)
@pytest.mark.parametrize("dependence", ["independent", "any"])
def test_one_quantity_is_known_at_its_percentiles_only(threshold, expected, dependence):
    low, high = chance_at_least([FIRST], threshold, dependence)
    # At a percentile the quantity may lie just there or beyond.
    steps = {10: (0.95, 1), 20: (0.5, 0.95)}.get(threshold, expected)
    assert (low, high) == pytest.approx(steps)


def test_two_quantities_by_hand():
    # Both in their upper half: at least 20 x 0.5 = 10; only then is 10 certain to be reached, or
    # with the first above 80 and the second above 0.2 (16), or above 0.9 and 10 (9: not enough).
    low, high = chance_at_least([FIRST, SECOND], 10)
    assert low == pytest.approx(0.5 * 0.5 + 0.05 * 0.45)
    # 10 is out of reach where the product of the upper ends is below: first below 10 with any
    # share (10 x 1 reaches it), first below 20 with the share below 0.2 (4) or below 0.5 (10: yes).
    missed = 0.05 * (0.05 + 0.45 + 0.45) + 0.45 * 0.05
    assert high == pytest.approx(1 - missed)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_unknown_dependence_of_two_events_has_frechets_bounds(p, q):
    # The product is at least 4 only if both are in their upper interval (2 to 3).
    first, second = (Box(name, (0, 1, 2, 3), (1 - c, 0, c)) for name, c in (("a", p), ("b", q)))
    low, high = chance_at_least([first, second], 4, "any")
    assert low == pytest.approx(max(0, p + q - 1), abs=1e-9)
    assert high == pytest.approx(min(p, q), abs=1e-9)
    both = chance_at_least([first, second], 4)
    assert both == (pytest.approx(p * q), pytest.approx(p * q))


def test_known_quantities_leave_nothing_open():
    known = [box(uncertain(name, [x] * 3)) for name, x in (("a", 4), ("b", 5))]
    for dependence in ("independent", "any"):
        assert chance_at_least(known, 20, dependence) == (1, 1)
        assert chance_at_least(known, 21, dependence) == (0, 0)


def test_nothing_times_anything_is_nothing():
    zero = box(uncertain("none", [0, 0, 0]))
    assert chance_at_least([zero, FIRST], 1) == (0, 0)
    assert chance_at_least([zero, FIRST], 1, "any") == (0, 0)


def test_a_probability_box_is_two_distribution_functions():
    values = np.geomspace(0.1, 500, 30)
    near, far = (chances_below([FIRST, SECOND], values, d) for d in ("independent", "any"))
    for bounds in (near, far):
        assert (np.diff(bounds, axis=0) >= -1e-12).all()
        assert (bounds[:, 0] <= bounds[:, 1]).all()
    assert (far[:, 0] <= near[:, 0] + 1e-9).all()
    assert (near[:, 1] <= far[:, 1] + 1e-9).all()
    assert (far != pytest.approx(near)) or math.isnan(far[0, 0])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.floats(0.5, 200), st.sampled_from(["alone", "together", "apart"])
)
def test_any_distribution_with_these_percentiles_lies_inside(seed, threshold, way):
    # Points anywhere inside the intervals of each quantity, in the given numbers out of 100.
    rng, size = np.random.default_rng(seed), 100
    columns = []
    for part in (FIRST, SECOND, SECOND):
        tops = [top if math.isfinite(top) else 1e4 for top in part.ends]
        counts = np.round(size * np.array(part.chances)).astype(int)
        shape = rng.choice([0.02, 1, 50], size=2)  # near either end, or even
        inside = [
            low + (high - low) * rng.beta(*shape, count)
            for low, high, count in zip(tops, tops[1:], counts, strict=False)
        ]
        columns.append(np.concatenate(inside))
    boxes = [FIRST, SECOND, SECOND]
    if way == "alone":  # independence: every combination of points
        product = np.multiply.outer(np.multiply.outer(columns[0], columns[1]), columns[2])
        low, high = chance_at_least(boxes, threshold)
    else:
        order = {"together": np.argsort, "apart": lambda x: rng.permutation(len(x))}[way]
        product = math.prod(column[order(column)] for column in columns)
        low, high = chance_at_least(boxes, threshold, "any")
    assert low - 1e-9 <= (product >= threshold).mean() <= high + 1e-9


def test_what_is_no_box_is_refused():
    with pytest.raises(ValueError, match="x: expected ascending ends"):
        Box("x", (1, 0), (1.0,))
    with pytest.raises(ValueError, match="x: expected ends from 0 and chances that add to 1"):
        Box("x", (0, 1), (0.7,))
    with pytest.raises(ValueError, match="dependence is 'some'"):
        chance_at_least([FIRST], 1, "some")
