"""Ranges to distributions: the three figures are met, shares stay shares, bad input is named."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import expit, logit

from helpers.methods.uncertain import product_distribution, product_percentiles, uncertain

Z95 = 1.6448536269514722  # 95th percentile of the standard normal, printed in any table
PROBABILITIES = np.array([0.05, 0.5, 0.95])

amounts = st.lists(st.floats(1e-3, 1e9), min_size=3, max_size=3).map(sorted)
shares = st.lists(st.floats(1e-6, 1 - 1e-6), min_size=3, max_size=3).map(sorted)


@given(amounts)
def test_an_amount_meets_its_three_figures(figures):
    assert_allclose(uncertain("x", figures).quantile(PROBABILITIES), figures, rtol=1e-9)


@given(shares)
def test_a_share_meets_its_three_figures(figures):
    quantity = uncertain("x", figures, share=True)
    assert_allclose(quantity.quantile(PROBABILITIES), figures, rtol=1e-9)


@given(shares, st.lists(st.floats(1e-6, 1 - 1e-6), min_size=2, max_size=20).map(sorted))
def test_draws_of_a_share_stay_in_range_and_in_order(figures, probabilities):
    drawn = uncertain("x", figures, share=True).quantile(probabilities)
    assert ((drawn > 0) & (drawn <= 1)).all()
    assert (np.diff(drawn) >= -1e-15).all()


def test_a_range_symmetric_on_the_log_scale_is_the_plain_lognormal():
    quantity = uncertain("x", [100, 1000, 10000])
    u = np.linspace(0.001, 0.999, 99)
    published = stats.lognorm(s=math.log(10) / Z95, scale=1000)
    assert_allclose(quantity.quantile(u), published.ppf(u), rtol=1e-12)


def test_each_half_of_a_skewed_range_is_its_own_lognormal():
    quantity = uncertain("x", [500, 1000, 10000])
    lower, upper = (
        stats.lognorm(math.log(2) / Z95, scale=1000),
        stats.lognorm(math.log(10) / Z95, scale=1000),
    )
    assert_allclose(quantity.quantile([0.01, 0.3]), lower.ppf([0.01, 0.3]), rtol=1e-12)
    assert_allclose(quantity.quantile([0.7, 0.99]), upper.ppf([0.7, 0.99]), rtol=1e-12)


def test_a_share_symmetric_on_the_logit_scale_is_the_logit_normal():
    quantity = uncertain("x", [0.2, 0.5, 0.8], share=True)
    u = np.array([0.01, 0.25, 0.6, 0.99])
    assert_allclose(quantity.quantile(u), expit(stats.norm(0, logit(0.8) / Z95).ppf(u)), rtol=1e-12)


@pytest.mark.parametrize(
    ("figures", "share"), [([7.3] * 3, False), ([0.1] * 3, True), ([0] * 3, True)]
)
def test_three_equal_figures_are_a_known_number(figures, share):
    quantity = uncertain("x", figures, share=share)
    assert quantity.known
    assert quantity.note == ""
    assert (quantity.quantile([0.001, 0.5, 0.999]) == figures[0]).all()


def test_zero_as_a_low_bound_is_met_and_said():
    quantity = uncertain("x", [0, 100, 1000])
    # from (5%, 0) to (50%, 100) in a straight line: a quarter of the way at 16.25%
    assert_allclose(
        quantity.quantile([0.01, 0.05, 0.1625, 0.5, 0.95]), [0, 0, 25, 100, 1000], atol=1e-12
    )
    assert "5% of the draws are exactly 0" in quantity.note
    assert uncertain("x", [1, 100, 1000]).note == ""


def test_zero_as_central_leaves_half_of_the_draws_at_zero():
    quantity = uncertain("x", [0, 0, 90])
    assert_allclose(quantity.quantile([0.05, 0.5, 0.725, 0.95, 0.9999]), [0, 0, 45, 90, 99.98])
    assert "half of the draws are exactly 0" in quantity.note


@pytest.mark.parametrize(
    ("figures", "share", "words"),
    [
        ([50_000, 50_000, 200_000], False, "exactly 50,000, because low and central are equal"),
        ([10, 700, 700], False, "exactly 700, because high and central are equal"),
        ([0.2, 0.2, 0.4], True, "exactly 0.2, because low and central are equal"),
        ([0, 0.6, 0.6], True, "exactly 0.6, because high and central are equal"),
        ([1, 1, 3], False, "exactly 1, because low and central are equal"),
    ],
)
def test_two_equal_figures_put_half_of_the_draws_on_them_and_it_is_said(figures, share, words):
    quantity = uncertain("x", figures, share=share)
    scores = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    assert np.mean(quantity.from_normal(scores) == figures[1]) == 0.5
    assert f"half of the draws are {words}" in quantity.note
    assert quantity.note.count("half of") == 1


def test_a_share_between_exactly_zero_and_one():
    quantity = uncertain("x", [0, 0.8, 1], share=True)
    drawn = quantity.quantile([0.01, 0.05, 0.275, 0.5, 0.725, 0.95, 0.99])
    assert_allclose(drawn, [0, 0, 0.4, 0.8, 0.9, 1, 1], atol=1e-12)
    assert "exactly 0" in quantity.note
    assert "exactly 1" in quantity.note


def test_a_share_known_from_above_only():
    drawn = uncertain("x", [0.6, 1, 1], share=True).quantile([0.05, 0.275, 0.5, 0.95])
    assert_allclose(drawn, [0.6, 0.8, 1, 1])


@pytest.mark.parametrize(
    ("figures", "share", "message"),
    [
        ([3, 2, 4], False, r"women: expected low <= central <= high, found \[3, 2, 4\]"),
        ([1, 5, 4], False, r"women: expected low <= central <= high, found \[1, 5, 4\]"),
        ([-1, 2, 4], False, r"women: expected no figure below 0, found \[-1, 2, 4\]"),
        ([0.2, 0.5, 1.2], True, r"women: a share lies between 0 and 1, found \[0.2, 0.5, 1.2\]"),
        ([1, 2], False, r"women: expected three numbers \[low, central, high\], found \[1, 2\]"),
        (7, False, r"women: expected three numbers \[low, central, high\], found 7"),
        (["1", "x", 3], False, r"women: expected three numbers .* found \['1', 'x', 3\]"),
        ([1, math.nan, 3], False, r"women: expected three finite numbers"),
        ([1, 2, math.inf], False, r"women: expected three finite numbers"),
    ],
)
def test_bad_figures_are_named(figures, share, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        uncertain("women", figures, share=share)


def test_probabilities_outside_the_open_interval_are_refused():
    with pytest.raises(ValueError, match=r"^women: probabilities"):
        uncertain("women", [1, 2, 3]).quantile([0.5, 1.0])


def test_a_product_with_known_others_is_the_quantity_itself():
    quantity = uncertain("x", [500, 1000, 10000])
    others = np.full(4, math.log(3))
    found = np.exp(product_percentiles(quantity, others, PROBABILITIES))
    assert_allclose(found, [1500, 3000, 30000], rtol=1e-9)
    chance, density = product_distribution(quantity, others, np.log([1500, 3000, 30000]))
    assert_allclose(chance, PROBABILITIES, rtol=1e-9)
    assert (density > 0).all()


@pytest.mark.parametrize("rho", [0.0, 0.6, -0.6])
def test_a_product_of_lognormals_has_the_closed_form(rho):
    # others are lognormal with spread 0.5, on a fine grid of their own distribution
    scores = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    quantity = uncertain("x", [100 / math.exp(Z95), 100, 100 * math.exp(Z95)])  # spread 1
    found = product_percentiles(
        quantity, 0.5 * scores, PROBABILITIES, rho * scores, math.sqrt(1 - rho**2)
    )
    spread = math.sqrt(1 + 0.25 + 2 * rho * 0.5)
    assert_allclose(found, math.log(100) + spread * np.array([-Z95, 0, Z95]), atol=2e-3)
