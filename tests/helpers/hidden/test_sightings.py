"""Counts of sightings in one register: printed answers, closed forms, known truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from support import OTHER_LISTS as OTHER

from helpers.hidden import NotEstimable, sightings
from helpers.hidden.sightings import METHODS

PRINTED = OTHER["sightings"]


def error_of(found, seen):
    """Standard error that a log-normal range stands for."""
    hidden = found.estimate - seen
    width = np.log((found.high - seen) / hidden) / norm.ppf(0.975)
    return hidden * np.sqrt(np.expm1(width**2))


def times_seen(rates, rng):
    return np.bincount(rng.poisson(rates))[1:]


@pytest.mark.parametrize("method", ["poisson", "zelterman"])
def test_people_without_papers_as_printed(method):
    found = sightings(PRINTED["counts"], method)
    estimate, low, high = PRINTED[method]
    assert found.estimate == pytest.approx(estimate, abs=0.5)
    printed = (high - low) / (2 * norm.ppf(0.975))
    assert error_of(found, sum(PRINTED["counts"])) == pytest.approx(printed, rel=0.002)


def test_chao_on_the_same_people_by_hand():
    found = sightings(PRINTED["counts"], "chao")
    assert found.estimate == pytest.approx(1880 + 1645**2 / (2 * 183))
    ratio = 1645 / 183
    variance = 183 * (ratio**2 / 2 + ratio**3 + ratio**4 / 4)
    assert error_of(found, 1880) == pytest.approx(np.sqrt(variance))


@given(st.floats(0.3, 4))
def test_all_three_are_exact_for_people_who_are_alike(rate):
    """In the expected counts of a Poisson distribution, the number never seen is exp(-rate)."""
    times = np.arange(1, 40)
    logs = times * np.log(rate) - rate - np.cumsum(np.log(times))
    counts = np.round(1e12 * np.exp(logs))
    for method in METHODS:
        assert sightings(counts, method).estimate == pytest.approx(1e12, rel=1e-6)


def test_ranges_keep_what_they_promise_for_people_who_are_alike():
    rng = np.random.default_rng(8)
    tables = [times_seen(np.full(3000, 0.7), rng) for _ in range(400)]
    for method in METHODS:
        held = np.mean([f.low <= 3000 <= f.high for f in (sightings(t, method) for t in tables)])
        assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 400), method


def test_for_people_who_differ_chao_is_a_bound_and_poisson_lies_lower_still():
    rng = np.random.default_rng(9)
    tables = [times_seen(rng.gamma(0.7, 1.0, 5000), rng) for _ in range(40)]
    means = {m: np.mean([sightings(t, m).estimate for t in tables]) for m in METHODS}
    assert means["poisson"] < means["chao"] < 5000


def test_counts_may_be_named_by_the_number_of_times():
    by_times = {1: 1645, 2: 183, 3: 37, 4: 13, 5: 1, 6: 1}
    assert sightings(by_times, "poisson") == sightings(PRINTED["counts"], "poisson")
    assert sightings({4: 2, 1: 30, 2: 6}, "chao") == sightings([30, 6, 0, 2], "chao")


@pytest.mark.parametrize(
    ("counts", "method", "error", "words"),
    [
        ([30], "poisson", NotEstimable, "nobody seen more than once"),
        ([30, 0, 0], "chao", NotEstimable, "nobody seen more than once"),
        ([30, 0, 3], "chao", NotEstimable, "nobody seen twice"),
        ([0, 5, 3], "zelterman", NotEstimable, "nobody seen once"),
        ([30, 2.5], "chao", ValueError, "2.5 people seen 2 times, expected a whole number"),
        ([30, -1], "chao", ValueError, "-1 people seen 2 times"),
        ([30, np.nan], "chao", ValueError, "nan people seen 2 times"),
        ([], "chao", ValueError, "found none"),
        ({0: 4, 1: 3}, "chao", ValueError, "expected whole numbers from 1"),
        ([30, 5], "turing", ValueError, "method is 'turing', expected one of chao"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(counts, method, error, words):
    with pytest.raises(error, match=words) as refusal:
        sightings(counts, method)
    assert "\n" not in str(refusal.value)
