"""Models of people who differ: printed answers, closed forms, known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from support import OTHER_LISTS as OTHER
from support import other_table

from helpers.hidden import NotEstimable, chao, heterogeneity, simulate_counts
from helpers.hidden.estimate import estimate_population
from helpers.hidden.heterogeneity import MODELS
from helpers.hidden.tables import wide_table

PRINTED = OTHER["r_users"]


@pytest.mark.parametrize("model", MODELS)
def test_three_lists_as_rcapture_prints_them(model):
    table = other_table("r_users")
    found = heterogeneity(table, model)
    estimate, error = PRINTED["heterogeneity"][model]
    assert found.estimate == pytest.approx(estimate, abs=0.06)
    hidden = found.estimate - table["count"].sum()
    width = np.log((found.high - table["count"].sum()) / hidden) / norm.ppf(0.975)
    assert hidden * np.sqrt(np.expm1(width**2)) == pytest.approx(error, rel=1e-5)


def test_without_heterogeneity_it_is_independence():
    found = estimate_population(other_table("r_users"), method="independence")
    assert found.estimate == pytest.approx(PRINTED["independence"][0], abs=0.06)


@given(st.lists(st.integers(1, 300), min_size=6, max_size=6))
def test_with_three_lists_every_shape_fits_all_but_the_last_cell_alike(counts):
    """One term for the cell of all three lists: the other six cells are fitted by independence.

    The log of the hidden number is then linear in how a shape bends below two lists over how it
    bends above one (closed form).
    """
    table = wide_table("ABC", [0, *counts, 500])
    shapes = {
        "poisson": lambda k: 2.0**k - 1,
        "darroch": lambda k: k**2 / 2,
        "gamma": lambda k: np.log(3.5 / (3.5 + k)),
    }
    logs, bends = [], []
    for model, x in shapes.items():
        logs.append(np.log(heterogeneity(table, model).estimate - table["count"].sum()))
        bends.append((x(0) - 2 * x(1) + x(2)) / (x(1) - 2 * x(2) + x(3)))
    (first, second), (by_first, by_second) = np.diff(logs), np.diff(bends)
    assert first * by_second == pytest.approx(second * by_first, rel=1e-4, abs=1e-6)


def test_the_bound_by_likelihood_and_by_moments_agree_where_people_differ():
    """Where they do not differ, terms that may not be negative lift the likelihood's a little."""
    tables = simulate_counts(
        4000, [0.1, 0.2, 0.15, 0.05], heterogeneity=1.0, replications=40, seed=3
    )
    pairs = [
        (
            heterogeneity(wide_table("ABCD", t), "chao").estimate,
            chao(wide_table("ABCD", t)).estimate,
        )
        for t in tables
    ]
    likelihood, moments = np.array(pairs).T
    gap = likelihood - moments
    assert abs(gap.mean()) < 0.02 * 4000
    assert np.corrcoef(likelihood, moments)[0, 1] > 0.9


def test_the_bound_lies_below_the_shapes_and_below_the_truth():
    table = wide_table(
        "ABCD", simulate_counts(20_000, [0.1, 0.2, 0.15, 0.05], heterogeneity=1.0, seed=3)[0]
    )
    found = {model: heterogeneity(table, model).estimate for model in MODELS}
    assert found["chao"] < 20_000
    assert found["chao"] < found["poisson"] < found["darroch"] < found["gamma"]


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(NotEstimable, match="found 2, expected three or more"):
        heterogeneity(wide_table("AB", [0, 9, 8, 3]), "chao")
    with pytest.raises(NotEstimable, match="does not exist"):
        heterogeneity(wide_table("ABC", [0, 9, 8, 0, 7, 0, 0, 0]), "darroch")
    with pytest.raises(ValueError, match="model is 'rasch', expected one of poisson"):
        heterogeneity(wide_table("ABC", [0, 9, 8, 3, 7, 2, 4, 1]), "rasch")
