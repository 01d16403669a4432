"""Imagined populations of known size: coverage where assumptions hold, and where not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.hidden import interval_score, simulate_counts, simulate_lists
from helpers.hidden.bootstrap import refit
from helpers.hidden.decomposable import decomposable_average
from helpers.hidden.design import expected_range
from helpers.hidden.estimate import normal_limits
from helpers.hidden.lists import check_table
from helpers.hidden.simulate import ever_present

TRUTH = 2000
INCLUSION = [0.2, 0.15, 0.25, 0.1]


def performance(method="independence", replications=600, **knobs):
    """Coverage of the nominal 95% interval and median relative error of the estimate."""
    counts = simulate_counts(TRUTH, INCLUSION, replications=replications, seed=20130601, **knobs)
    hidden, error = refit(counts, method)
    low, high = normal_limits(hidden, error)
    seen = counts.sum(axis=1)
    covered = (seen + low <= TRUTH) & (seen + high >= TRUTH)
    return covered.mean(), np.median((seen + hidden) / TRUTH - 1)


@pytest.mark.parametrize(("method", "least"), [("independence", 0.92), ("stepwise", 0.85)])
def test_coverage_is_near_nominal_where_the_assumptions_hold(method, least):
    coverage, error = performance(method, replications=2000)
    # stepwise intervals ignore the choice of the model, hence the lower bar: Chan, Silverman and
    # Vincent (2021) bootstrap for that reason
    assert least < coverage < 0.975
    assert abs(error) < 0.02


def test_positive_dependence_hides_people():
    coverage, error = performance(dependence=1.5)
    assert coverage < 0.5 and error < -0.1


def test_people_who_differ_are_undercounted_by_every_method():
    for method in ("independence", "stepwise"):
        coverage, error = performance(method, heterogeneity=1.5)
        assert coverage < 0.5 and error < -0.1, method
    table = simulate_lists(TRUTH, INCLUSION, heterogeneity=1.5, seed=5)
    assert decomposable_average(check_table(table)).estimate < TRUTH


@pytest.mark.parametrize(
    "knob", [{"mobility": 0.2}, {"misclassification": 0.3}, {"missed_links": 0.3}]
)
def test_lost_overlap_and_strangers_overcount(knob):
    coverage, error = performance(**knob)
    assert coverage < 0.5 and error > 0.1


def test_stepwise_finds_a_referral_between_two_lists():
    plain, plain_error = performance(dependence={(0, 1): 2.0})
    found, found_error = performance("stepwise", dependence={(0, 1): 2.0})
    assert found > plain and abs(found_error) < abs(plain_error)
    assert found > 0.85


def test_simulated_lists_have_the_sizes_asked_for():
    counts = simulate_counts(5000, [0.3, 0.1, 0.2], replications=400, seed=1)
    assert (counts[:, 0] == 0).all()
    sizes = [counts[:, [c for c in range(8) if c >> bit & 1]].sum(axis=1) for bit in range(3)]
    spread = np.sqrt(5000 * np.array([0.3 * 0.7, 0.1 * 0.9, 0.2 * 0.8]) / 400)
    assert (abs(np.mean(sizes, axis=1) - [1500, 500, 1000]) < 5 * spread).all()
    both = counts[:, [3, 7]].sum(axis=1).mean()
    assert both == pytest.approx(5000 * 0.03, abs=5 * np.sqrt(150 / 400))


def test_person_by_person_equals_the_multinomial_when_knobs_are_nearly_off():
    quick = simulate_counts(800, INCLUSION, replications=1500, seed=2)
    slow = simulate_counts(800, INCLUSION, replications=1500, heterogeneity=1e-9, seed=3)
    error = np.sqrt((quick.var(axis=0) + slow.var(axis=0)) / 1500)
    assert (abs(quick.mean(axis=0) - slow.mean(axis=0)) <= 5 * error).all()
    assert slow[:, 1:].var(axis=0) == pytest.approx(quick[:, 1:].var(axis=0), rel=0.25)


def test_a_log_odds_ratio_is_what_was_asked_for():
    counts = simulate_counts(200_000, [0.3, 0.3], dependence=1.0, seed=4)[0]
    neither = 200_000 - counts.sum()
    ratio = np.log(counts[3] * neither / (counts[1] * counts[2]))
    error = np.sqrt((1 / np.array([counts[1], counts[2], counts[3], neither])).sum())
    assert ratio == pytest.approx(1.0, abs=5 * error)


def test_wide_table_and_seed():
    first = simulate_lists(500, INCLUSION, seed=9, names=["W", "X", "Y", "Z"])
    assert first.equals(simulate_lists(500, INCLUSION, seed=9, names=["W", "X", "Y", "Z"]))
    assert check_table(first).names == ("W", "X", "Y", "Z")


@settings(deadline=None)
@given(st.floats(0.05, 0.9), st.floats(0.05, 0.9), st.integers(200, 10**6))
def test_expected_range_of_two_lists_has_a_closed_form(p, q, people):
    low, high = expected_range(people, [p, q])
    hidden = people * (1 - p) * (1 - q)
    error = np.sqrt((1 / (p * (1 - q)) + 1 / (q * (1 - p)) + 1 / (p * q)) / people)
    assert high - (people - hidden) == pytest.approx(hidden * np.exp(1.959964 * error), rel=1e-5)
    assert low < people < high


def test_more_lists_and_more_coverage_narrow_the_expected_range():
    width = [np.diff(expected_range(5000, [0.1] * lists))[0] for lists in (2, 3, 4, 6, 8)]
    assert width == sorted(width, reverse=True)
    assert np.diff(expected_range(5000, [0.3] * 3))[0] < width[1]


def test_interval_score():
    # width 10; missing by 2 at 95% costs 2 / 0.05 * 2 = 80 more
    assert interval_score([0, 0, 0], [10, 10, 10], [5, 12, -2]) == pytest.approx([10, 90, 90])
    with pytest.raises(ValueError, match="above the high end"):
        interval_score(2, 1, 1)


@pytest.mark.parametrize(
    ("arguments", "knobs", "words"),
    [
        ((100, [0.2]), {}, "two or more probabilities"),
        ((100, [0.2, 1.0]), {}, "two or more probabilities"),
        ((0, [0.2, 0.3]), {}, "population"),
        ((100, [0.2, 0.3]), {"mobility": 1.5}, "mobility: found 1.5"),
    ],
)
def test_impossible_knobs_are_refused(arguments, knobs, words):
    with pytest.raises(ValueError, match=words):
        simulate_counts(*arguments, **knobs)


def test_lists_that_miss_nobody_hold_everyone_ever_present():
    counts = simulate_counts(4000, [0.9999] * 4, mobility=0.2, replications=50, seed=7)
    seen = counts.sum(axis=1)
    error = seen.std(ddof=1) / np.sqrt(len(seen))
    assert abs(seen.mean() - ever_present(4000, 4, 0.2)) < 4 * error + 4
