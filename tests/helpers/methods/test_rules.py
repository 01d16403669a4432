"""Rules of spread: against scipy's distributions, and an independent computation of 0.1.0."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from helpers.market.model import read_inputs
from helpers.methods.rules import RULES, drawn, product_by_rule
from helpers.methods.uncertain import uncertain

AMOUNT = uncertain("amount", [100, 250, 4000])
SHARE = uncertain("share", [0.2, 0.5, 0.9], share=True)
CHANCES = np.array([0.01, 0.05, 0.2, 0.5, 0.77, 0.95, 0.99])
SCORES = stats.norm.ppf(CHANCES)
CLAIM = 105e6
# The defaults of 0.1.0, of which two were bounds and three were ends of other people's ranges.
REVIEWED_INPUTS = {
    "north_koreans_in_china": [10_000, 50_000, 200_000],
    "women_share": [0.5, 0.75, 0.9],
    "trafficked_share": [0.25, 0.6, 0.9],
    "proceeds_per_woman": [3_687, 9_995, 27_252],
}


@pytest.mark.parametrize(
    ("rule", "published"),
    [
        ("triangular between the ends", stats.triang(150 / 3900, 100, 3900)),
        ("PERT between the ends", stats.beta(1 + 600 / 3900, 1 + 15_000 / 3900, 100, 3900)),
        ("even on the log scale", stats.loguniform(100, 4000)),
    ],
)
def test_a_rule_is_the_distribution_that_it_names(rule, published):
    assert_allclose(drawn(AMOUNT, rule, SCORES), published.ppf(CHANCES), rtol=1e-9)


def test_a_triangle_on_the_log_scale_is_one():
    width = math.log(40)
    on_logs = stats.triang(math.log(2.5) / width, math.log(100), width).ppf(CHANCES)
    assert_allclose(np.log(drawn(AMOUNT, "triangular on the log scale", SCORES)), on_logs)


@pytest.mark.parametrize(
    ("rule", "chance"),
    [
        ("lognormal, ends are the 10th and 90th", 0.1),
        ("lognormal, ends are the quartiles", 0.25),
        ("lognormal, ends are the 0.5th and 99.5th", 0.005),
    ],
)
@pytest.mark.parametrize("quantity", [AMOUNT, SHARE])
def test_the_ends_are_the_percentiles_that_are_named(quantity, rule, chance):
    scores = stats.norm.ppf([chance, 0.5, 1 - chance])
    figures = [quantity.low, quantity.central, quantity.high]
    assert_allclose(drawn(quantity, rule, scores), figures, rtol=1e-9)


@pytest.mark.parametrize("rule", RULES)
def test_a_share_stays_one_and_a_known_number_is_known(rule):
    values = drawn(SHARE, rule, np.linspace(-4, 4, 99))
    assert ((values > 0) & (values < 1)).all()
    assert (np.diff(values) >= 0).all()
    assert (drawn(uncertain("x", [3, 3, 3]), rule, SCORES) == 3).all()


def test_what_a_rule_cannot_do_is_said():
    zero = uncertain("count", [0, 5, 9])
    with pytest.raises(ValueError, match="count: found a low end of 0, which has no logarithm"):
        drawn(zero, "even on the log scale", SCORES)
    with pytest.raises(ValueError, match="rule is 'guess'"):
        drawn(AMOUNT, "guess", SCORES)
    table = product_by_rule([zero], 4, draws=2048, seed=1)
    assert table.loc["even on the log scale"].isna().all()
    assert table.loc["triangular between the ends", "chance"] == pytest.approx(
        1 - 16 / 45, abs=0.01
    )


# By a referee, with a million draws of numpy: millions of dollars and the chance of the claim.
REVIEWED = {
    "lognormal, ends are the 5th and 95th percentile": (25.6, 195, 1259, 0.70),
    "lognormal, ends are the 10th and 90th": (13.0, 179, 1969, 0.64),
    "lognormal, ends are the quartiles": (0.7, 114, 11_264, 0.51),
    "lognormal, ends are the 0.5th and 99.5th": (58.6, 212, 696, 0.82),
    "triangular between the ends": (115, 408, 1170, 0.96),
    "PERT between the ends": (82, 292, 823, 0.91),
    "triangular on the log scale": (44, 167, 604, 0.71),
    "even on the log scale": (23, 143, 897, 0.60),
}


def test_the_rules_of_the_review_from_the_inputs_of_the_review():
    table = product_by_rule(read_inputs(REVIEWED_INPUTS), CLAIM, draws=2**15, seed=1)
    for rule, (low, median, high, chance) in REVIEWED.items():
        row = table.loc[rule]
        found = [row["low"] / 1e6, row["median"] / 1e6, row["high"] / 1e6]
        assert_allclose(found, [low, median, high], rtol=0.03, atol=0.05)
        assert row["chance"] == pytest.approx(chance, abs=0.006)


@pytest.mark.parametrize(
    ("stock", "median", "chance"),
    [([3270, 27_602, 258_441], 112, 0.52), ([2_732, 8_480, 26_350], 34, 0.13)],
    ids=["synthesis of 0.1.0", "field counts of 2009"],
)
def test_the_stocks_of_the_review(stock, median, chance):
    inputs = read_inputs(REVIEWED_INPUTS | {"north_koreans_in_china": stock})
    row = product_by_rule(inputs, CLAIM, draws=2**15, seed=1).iloc[0]
    assert row["median"] / 1e6 == pytest.approx(median, rel=0.02)
    assert row["chance"] == pytest.approx(chance, abs=0.006)
    assert 0 < row["error"] < 0.005
