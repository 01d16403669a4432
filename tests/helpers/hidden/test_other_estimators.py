"""Two-list estimators, Chao's bound, network scale-up, time-location sampling."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from helpers.hidden import (
    NotEstimable,
    chao,
    chapman,
    lincoln_petersen,
    network_scale_up,
    simulate_lists,
    time_location,
    wide_table,
)


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


def test_network_scale_up_by_hand():
    # three respondents know 10, 20 and 30 of 1000 people in known groups, out of 100 000:
    # degrees 1000, 2000, 3000; six reports; 100 000 * 6 / 6000 = 100
    found = network_scale_up([1, 2, 3], [[6, 4], [10, 10], [20, 10]], [600, 400], 100_000)
    assert found.estimate == pytest.approx(100)
    half_seen = network_scale_up(
        [1, 2, 3], [[6, 4], [10, 10], [20, 10]], [600, 400], 100_000, visibility=0.5
    )
    assert half_seen.estimate == pytest.approx(200)


def test_network_scale_up_covers_an_imagined_truth():
    rng = np.random.default_rng(8)
    covered = 0
    for _ in range(200):
        degree = rng.lognormal(5.5, 0.5, 400)
        known = rng.poisson(degree[:, None] * np.array([2000, 5000, 9000]) / 1e6)
        reports = rng.poisson(degree * 3000 / 1e6)
        found = network_scale_up(reports, known, [2000, 5000, 9000], 1e6)
        covered += found.low <= 3000 <= found.high
    assert covered / 200 > 0.88


def test_network_scale_up_refusals():
    with pytest.raises(ValueError, match="known_reports"):
        network_scale_up([1, 2], [[1], [2], [3]], [50], 1000)
    with pytest.raises(NotEstimable, match="reports anyone"):
        network_scale_up([0, 0], [[1], [2]], [50], 1000)
    with pytest.raises(ValueError, match="visibility"):
        network_scale_up([1, 0], [[1], [2]], [50], 1000, visibility=0)


def visits_of(people, events, rng):
    attends = rng.random((people, events)) < rng.uniform(0.05, 0.6, people)[:, None]
    attends[np.arange(people), rng.integers(0, events, people)] = True
    return attends


def sample_places(attends, chosen, fraction, probability, rng):
    rows = []
    for event in np.flatnonzero(chosen):
        present = np.flatnonzero(attends[:, event])
        met = present[rng.random(present.size) < fraction]
        rows += [(event, probability, fraction, int(attends[p].sum())) for p in met]
    return pd.DataFrame(rows, columns=["event", "probability", "fraction", "visits"])


def test_a_census_of_places_counts_everyone_once():
    rng = np.random.default_rng(5)
    attends = visits_of(300, 12, rng)
    found = time_location(sample_places(attends, np.ones(12, bool), 1.0, 1.0, rng))
    assert found.estimate == pytest.approx(300)
    assert found.low == pytest.approx(300) and found.high == pytest.approx(300)


def test_time_location_is_unbiased():
    rng = np.random.default_rng(6)
    attends = visits_of(400, 30, rng)
    totals = [
        time_location(sample_places(attends, rng.random(30) < 0.5, 0.5, 0.5, rng)).estimate
        for _ in range(150)
    ]
    assert np.mean(totals) == pytest.approx(400, abs=4 * np.std(totals) / np.sqrt(150))


def test_time_location_refusals():
    good = pd.DataFrame(
        [(1, 0.5, 0.5, 2), (1, 0.5, 0.5, 1)], columns=["event", "probability", "fraction", "visits"]
    )
    for column, value in (("probability", 0.0), ("fraction", 1.2), ("visits", 0)):
        with pytest.raises(ValueError, match="expected"):
            time_location(good.assign(**{column: value}))
    with pytest.raises(ValueError, match="'visits' is missing"):
        time_location(good.drop(columns="visits"))
    with pytest.raises(ValueError, match="one probability per event"):
        time_location(good.assign(probability=[0.5, 0.6]))
