"""The spread between numbers is found wherever it lies, and what cannot be pooled is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods import pooling

SCATTERED = np.random.default_rng(0).normal(0, 12, 20)


@pytest.mark.parametrize("unit", [1e-6, 1e-3, 1, 30, 1e3, 1e6])
@pytest.mark.parametrize("error", [0.1, 3.0])
def test_the_spread_is_found_in_any_unit(unit, error):
    """With equal errors it is the variance that the errors leave (closed form)."""
    found = pooling.fit(unit * SCATTERED, np.full(20, unit * error), np.ones((20, 1)))
    assert (found.tau / unit) ** 2 == pytest.approx(SCATTERED.var(ddof=1) - error**2, rel=1e-10)
    assert found.coefficients[0] / unit == pytest.approx(SCATTERED.mean())


@given(
    st.lists(st.floats(-30, 30), min_size=4, max_size=12).filter(lambda x: np.var(x) > 0.1),
    st.floats(0.01, 2),
    st.floats(0.001, 1000),
)
def test_the_likelihood_is_nowhere_higher(values, error, unit):
    errors = error * (1 + np.arange(len(values)) % 3)
    design = np.ones((len(values), 1))
    found = pooling.fit(unit * np.array(values), unit * errors, design)

    def loss(tau):
        weights = 1 / (errors**2 + tau**2)
        centre = np.average(values, weights=weights)
        square = weights @ (np.array(values) - centre) ** 2
        return (np.log(weights.sum()) - np.log(weights).sum() + square) / 2

    best = loss(found.tau / unit)
    trials = [0, *np.geomspace(0.01, 200, 300)]
    assert best <= min(loss(tau) for tau in trials) + 1e-9


def test_a_tau_of_forty_with_bounds_is_found():
    """Bounds far away say nothing, and do not stop the search either."""
    values, errors = [*(4 * SCATTERED), 4000.0], np.full(21, 0.5)
    found = pooling.fit(values, errors, np.ones((21, 1)), [0] * 20 + [-1])
    assert found.tau**2 == pytest.approx(16 * SCATTERED.var(ddof=1) - 0.25, rel=1e-4)


@pytest.mark.parametrize(
    ("centres", "errors", "words"),
    [
        ([1.0, np.nan, 2.0, 3.0], [0.1] * 4, "centres and design: found a gap"),
        ([1.0, 2.0, 2.0, 3.0], [0.1, 0.0, 0.1, 0.1], "errors: found 0, expected"),
        ([1.0, 2.0, 2.0, 3.0], [0.1, -1, 0.1, 0.1], "errors: found -1, expected"),
    ],
)
def test_numbers_that_cannot_be_pooled_are_refused(centres, errors, words):
    with pytest.raises(ValueError, match=words):
        pooling.fit(centres, errors, np.ones((4, 1)))


@pytest.mark.parametrize(
    ("cases", "totals", "words"),
    [
        ([0, 5, 7], [50, 60, 70], "sample 1: found 0 of 50, expected"),
        ([5, 60, 7], [50, 60, 70], "sample 2: found 60 of 60, expected"),
        ([5, 6, np.nan], [50, 60, 70], "sample 3: found nan of 70, expected"),
        ([5, 6, 71], [50, 60, 70], "sample 3: found 71 of 70, expected"),
        ([5, 6, -1], [50, 60, 70], "sample 3: found -1 of 70, expected"),
        ([5, 6.5, 7], [50, 60, 70], "sample 2: found 6.5 of 60, expected whole numbers"),
        ([5, 6], [50, 60], "found 2 cases and 2 totals, expected 3 or more"),
        ([5, 6, 7], [50, 60], "found 3 cases and 2 totals"),
    ],
)
def test_shares_that_cannot_be_pooled_are_refused_in_one_line(cases, totals, words):
    with pytest.raises(ValueError, match=words) as refusal:
        pooling.pooled_share(cases, totals)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "wrong", [(0, 1, 2), (3, 2, 1), (1, 2, np.inf), (1, np.nan, 2), (1, 2), (-1, 1, 2)]
)
def test_a_product_of_what_is_no_range_is_refused(wrong):
    for pair in ((wrong, (1, 2, 3)), ((1, 2, 3), wrong)):
        with pytest.raises(ValueError, match="expected low <= central <= high, all above 0"):
            pooling.product(*pair)


def test_many_mixtures_are_solved_as_each_is_alone():
    rng = np.random.default_rng(3)
    means, spreads = rng.normal(10, 2, (20, 4)), rng.uniform(0.1, 3, (20, 4))
    weights = rng.integers(0, 2, (20, 4)) + np.array([1, 0, 0, 0])
    freedom = rng.integers(2, 40, 20)
    found = pooling.mixtures(means, spreads, freedom, weights)
    for line, mean, spread, free, weight in zip(
        found, means, spreads, freedom, weights, strict=True
    ):
        assert line == pytest.approx(pooling.mixture(mean, spread, free, 0.9, weight), abs=1e-5)


def test_a_mixture_of_one_part_is_that_part():
    """Student's t with two degrees of freedom has its 95th percentile at 2.919986 (tables)."""
    found = pooling.mixtures([[5.0, 0.0]], [[2.0, 1.0]], [2], [[1.0, 0.0]])
    reach = 2 * 2.919986
    assert found[0] == pytest.approx([5 - reach, 5, 5 + reach], abs=1e-4)
