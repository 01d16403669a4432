"""Two-list estimators and Chao's bound."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom, norm

from helpers.data import FOLDER
from helpers.hidden import (
    NotEstimable,
    chao,
    chapman,
    lincoln_petersen,
    list_table,
    simulate_counts,
    simulate_lists,
)
from helpers.hidden.lattice import contains
from helpers.hidden.tables import wide_table


def spread(found, seen):
    """Standard deviation that a log-normal range around ``seen`` stands for."""
    hidden = found.estimate - seen
    log_width = np.log((found.high - seen) / hidden) / norm.ppf(0.975)
    return hidden * np.sqrt(np.expm1(log_width**2))


def test_chapman_on_the_oregon_rabbits():
    # Skalski et al. (1983): 87 marked, 14 seen later, 7 of them marked: 164,
    # 95% 93.8 to 234.2 on the plain scale
    found = chapman(87, 14, 7)
    assert found.estimate == pytest.approx(164)
    assert spread(found, 94) == pytest.approx((234.2 - 93.8) / (2 * 1.96), rel=1e-3)
    assert found.low > 94


def test_lincoln_petersen_and_its_variance():
    found = lincoln_petersen(200, 100, 20)
    assert found.estimate == 1000
    # Sekar and Deming (1949)
    assert spread(found, 280) == pytest.approx(np.sqrt(200 * 100 * 180 * 80 / 20**3))


@pytest.mark.parametrize("estimator", [lincoln_petersen, chapman])
@given(st.integers(1, 200), st.integers(0, 200))
def test_one_list_inside_the_other_still_leaves_a_range(estimator, smaller, more):
    """The upper end is the last population in which so much overlap has a chance of 2.5%."""
    larger = smaller + more
    found = estimator(smaller, larger, smaller)
    assert (found.estimate, found.low) == (larger, larger)
    assert found.high > larger
    chance = [hypergeom.sf(smaller - 1, n, smaller, larger) for n in (found.high, found.high + 1)]
    assert chance[1] < 0.025 * (1 + 1e-9)
    assert chance[0] > 0.025 * (1 - 1e-9) or found.high == larger + 1


def test_five_people_on_both_of_two_lists():
    # 1 / 21 = 4.8% for seven people, 1 / 56 = 1.8% for eight
    assert lincoln_petersen(5, 5, 5).high == 7


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_two_list_bounds(first, second, both):
    """Chapman never exceeds Lincoln-Petersen, and Chao's bound with two lists is Chapman's."""
    petersen = lincoln_petersen(first + both, second + both, both)
    near = chapman(first + both, second + both, both)
    bound = chao(wide_table("AB", [0, first, second, both]))
    assert bound.estimate == pytest.approx(near.estimate)
    assert near.estimate <= petersen.estimate + 1e-9
    assert petersen.low <= petersen.estimate <= petersen.high


@given(st.lists(st.floats(0.02, 0.4), min_size=2, max_size=6))
def test_chao_is_exact_for_independent_lists_of_any_sizes(inclusion):
    """In the expected table, up to the correction for few overlaps, which vanishes with many."""
    cells = contains(len(inclusion))[:, [1 << bit for bit in range(len(inclusion))]]
    people = 1e12 * np.where(cells > 0, inclusion, 1 - np.array(inclusion)).prod(axis=1)
    bound = chao(wide_table("ABCDEF"[: len(inclusion)], np.round(people)))
    assert bound.estimate == pytest.approx(1e12, rel=1e-6)


@settings(max_examples=10)
@given(
    st.lists(st.floats(0.08, 0.35), min_size=2, max_size=5),
    st.floats(0, 2),
    st.integers(0, 10**6),
)
def test_chao_is_a_bound_for_unequal_lists_and_any_heterogeneity(inclusion, heterogeneity, seed):
    """The mean is at most the truth, within four Monte Carlo errors."""
    truth = 1500
    tables = simulate_counts(
        truth, inclusion, heterogeneity=heterogeneity, replications=40, seed=seed
    )
    names = "ABCDE"[: len(inclusion)]
    found = np.array([chao(wide_table(names, counts)).estimate for counts in tables])
    assert found.mean() <= truth + 4 * found.std(ddof=1) / np.sqrt(len(found))


@pytest.mark.parametrize("inclusion", [[0.02, 0.1, 0.3], [0.01, 0.06, 0.12, 0.08, 0.03]])
def test_chao_keeps_its_promise_for_unequal_independent_lists(inclusion):
    tables = simulate_counts(10_000, inclusion, replications=400, seed=2)
    found = [chao(wide_table("ABCDE"[: len(inclusion)], counts)) for counts in tables]
    estimates = np.array([each.estimate for each in found])
    error = estimates.std(ddof=1) / np.sqrt(len(found))
    assert abs(estimates.mean() - 10_000) < 4 * error
    held = np.mean([each.low <= 10_000 <= each.high for each in found])
    assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / len(found))


@pytest.mark.parametrize(
    ("dataset", "bound"),
    [("uk_2013_5list", 13_384), ("uk_2013_6list", 12_215), ("new_orleans_5list", 1_199)],
)
def test_chao_on_public_tables(dataset, bound):
    """By hand from the printed cells, as a referee computed them."""
    table = list_table(pd.read_csv(FOLDER / "list_overlaps.csv"), dataset)
    assert chao(table).estimate == pytest.approx(bound, abs=0.5)


def test_chao_is_no_bound_where_lists_avoid_each_other():
    found = chao(simulate_lists(4000, [0.1] * 4, dependence=-1.5, seed=5))
    assert found.estimate > 4400
    assert any("less likely" in assumption for assumption in found.assumptions)


def test_what_cannot_be_is_refused():
    with pytest.raises(NotEstimable, match="without overlap"):
        lincoln_petersen(20, 30, 0)
    with pytest.raises(ValueError, match="at most 20"):
        chapman(20, 30, 25)
    with pytest.raises(ValueError, match="whole number"):
        chapman(20.5, 30, 2)
    for estimator in (lincoln_petersen, chapman):
        for empty in ((0, 0, 0), (5, 0, 0), (0, 5, 0)):
            with pytest.raises(NotEstimable, match="found nobody on the list"):
                estimator(*empty)
        with pytest.raises(ValueError, match="both: found nan"):
            estimator(5, 5, float("nan"))
    with pytest.raises(NotEstimable, match="exactly two"):
        chao(wide_table("AB", [0, 4, 5, 0]))
    with pytest.raises(NotEstimable, match="one list only"):
        chao(wide_table("ABC", [0, 4, 0, 6, 0, 3, 2, 0]))
