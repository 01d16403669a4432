"""Two-list estimators and Chao's bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from helpers.hidden import NotEstimable, chao, chapman, lincoln_petersen, simulate_lists
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
    assert lincoln_petersen(50, 80, 50).high == 80


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_two_list_bounds(first, second, both):
    """Chapman never exceeds Lincoln-Petersen, and Chao with two lists never falls below it."""
    petersen = lincoln_petersen(first + both, second + both, both)
    assert chapman(first + both, second + both, both).estimate <= petersen.estimate + 1e-9
    bound = chao(wide_table("AB", [0, first, second, both]))
    # (a + b)^2 / 4 >= a b
    assert bound.estimate >= petersen.estimate - 1e-9
    assert bound.estimate == pytest.approx(
        first + second + both + (first + second) ** 2 / (4 * both)
    )
    assert petersen.low <= petersen.estimate <= petersen.high


def test_chao_is_near_the_truth_for_like_people_and_below_it_for_unlike_ones():
    like = chao(simulate_lists(4000, [0.15] * 6, seed=21))
    unlike = chao(simulate_lists(4000, [0.15] * 6, heterogeneity=1.5, seed=21))
    assert like.low < 4000 < like.high
    assert unlike.high < 4000


def test_what_cannot_be_is_refused():
    with pytest.raises(NotEstimable, match="without overlap"):
        lincoln_petersen(20, 30, 0)
    with pytest.raises(ValueError, match="at most 20"):
        chapman(20, 30, 25)
    with pytest.raises(ValueError, match="whole number"):
        chapman(20.5, 30, 2)
    with pytest.raises(NotEstimable, match="exactly two"):
        chao(wide_table("AB", [0, 4, 5, 0]))
