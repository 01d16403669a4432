"""Breakdown values in closed form, and the properties that make them comparable."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.series.departures import RESTRICTIONS, breakdown, largest_before, reach


def test_reach_is_the_worst_path_that_the_restriction_allows():
    """Rambachan & Roth: second differences of M add up to triangular numbers, first to k."""
    assert reach(4, "bend").tolist() == [1, 3, 6, 10]
    assert np.diff([0, 0, *reach(6, "bend")], n=2).tolist() == [1] * 6
    assert np.diff([0, *reach(6, "step")]).tolist() == [1] * 6


@given(
    expected=st.floats(1, 1e6),
    counted=st.integers(1, 10**6),
    step=st.integers(1, 12),
    restriction=st.sampled_from(RESTRICTIONS),
)
def test_one_year_alone_has_a_closed_form(expected, counted, step, restriction):
    """Only the last of the years matters: M is the logarithm of the ratio over the reach."""
    would = np.zeros(step)
    would[-1] = expected
    right = abs(np.log(expected / counted)) / reach(step, restriction)[-1]
    assert breakdown(would, counted, restriction) == pytest.approx(right, abs=1e-9)


def test_a_constant_line_has_a_closed_form():
    """Two years of 100 expected: x + x^2 = counted / 100 for steps, x + x^3 for bends."""
    for restriction, power in (("step", 2), ("bend", 3)):
        found = np.exp(-breakdown([100, 100], 60, restriction))
        assert found + found**power == pytest.approx(0.6)
        found = np.exp(breakdown([100, 100], 600, restriction))
        assert found + found**power == pytest.approx(6)


@settings(max_examples=50)
@given(
    ratio=st.floats(0.05, 20),
    spread=st.floats(0, 0.5),
    factor=st.integers(2, 1000),
    restriction=st.sampled_from(RESTRICTIONS),
)
def test_units_do_not_matter_and_error_only_weakens_a_conclusion(
    ratio, spread, factor, restriction
):
    rng = np.random.default_rng(1)
    line = 1000 * 1.05 ** np.arange(6)
    draws = line * np.exp(spread * rng.standard_normal((400, 1)))
    counted = ratio * line.sum()
    found = breakdown(draws, counted, restriction)
    assert breakdown(factor * draws, factor * counted, restriction) == pytest.approx(found)
    assert found <= breakdown(line, counted, restriction) + 1e-9 or spread < 0.01
    assert breakdown(draws, counted, restriction, confidence=0.5) >= found


def test_no_conclusion_breaks_down_at_nought_and_nobody_counted_never():
    draws = np.array([[90.0], [110.0]] * 50)
    assert breakdown(draws, 100, "step") == 0
    assert breakdown([50.0, 50.0], 0, "step") == np.inf
    assert breakdown([0.0, 0.0], 10, "bend") == np.inf


def test_largest_departure_before_is_read_from_the_gaps():
    line = np.array([100.0, 200, 400, 800])
    gaps = np.array([0.0, 0.1, -0.2, 0.3])
    counts = line * np.exp(gaps)
    assert largest_before(counts, line, "step") == pytest.approx(0.5)
    assert largest_before(counts, line, "bend") == pytest.approx(0.8)
    # a straight line on the log scale has no second difference, whichever line it is
    other = 7 * 1.3 ** np.arange(4)
    assert largest_before(counts, other, "bend") == pytest.approx(0.8)


def test_an_unknown_restriction_is_refused():
    with pytest.raises(ValueError, match="restriction is 'smooth', expected one of bend, step"):
        breakdown([1.0], 2, "smooth")
