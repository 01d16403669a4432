"""The linear programmes that decide whether an estimate exists."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from helpers.hidden.lattice import contains
from helpers.methods.existence import exists, margin, vanishing

LINE = np.column_stack([np.ones(6), np.arange(6.0)])


@pytest.mark.parametrize(
    ("design", "counts", "gone"),
    [
        # one group without a case: its own ratio runs to zero
        (np.array([[1, 0], [1, 0], [1, 1], [1, 1]]), [3, 1, 0, 0], [2, 3]),
        # cases at one point only: any line through it may stand on end
        (LINE, [0, 0, 0, 0, 0, 4], [0, 1, 2, 3, 4]),
        (LINE, [0, 0, 7, 0, 0, 0], []),
        (LINE, [1, 0, 0, 0, 0, 1], []),
        (LINE, [0, 0, 0, 0, 0, 0], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_cells_that_run_to_zero(design, counts, gone):
    assert np.flatnonzero(vanishing(design, counts)).tolist() == gone
    assert exists(design, np.array(counts)) == (not gone)


@given(
    st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=4, max_size=9),
    st.data(),
)
def test_both_linear_programmes_agree(rows, data):
    """Duality: a positive table with the same totals, or a direction that empties cells."""
    design = np.column_stack([np.ones(len(rows)), rows])
    counts = data.draw(st.lists(st.integers(0, 2), min_size=len(rows), max_size=len(rows)))
    occupied = (np.array(counts) > 0).astype(float)
    assert (margin(design, occupied) > 1e-7) == (not vanishing(design, counts).any())


@given(st.lists(st.booleans(), min_size=7, max_size=7))
def test_lists_without_interactions(occupied):
    design = contains(3)[1:, [0, 1, 2, 4]]
    assert exists(design, np.array(occupied)) == (margin(design, np.array(occupied) * 1.0) > 1e-7)


@pytest.mark.filterwarnings("ignore:Perfect separation")  # said of a line that meets every count
@given(st.lists(st.integers(0, 3), min_size=6, max_size=6).filter(any))
def test_an_estimate_that_exists_is_found_by_another_program(counts):
    """At the estimate of statsmodels the totals of the data are met with every mean positive."""
    if exists(LINE, np.array(counts)):
        fitted = sm.GLM(counts, LINE, family=sm.families.Poisson()).fit(maxiter=200)
        assert LINE.T @ fitted.mu == pytest.approx(LINE.T @ np.array(counts), abs=1e-5)
        assert np.abs(fitted.params).max() < 50
