"""Sobol indices, narrowing, break-even and specification curves against published answers."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from helpers.methods.sensitivity import (
    break_even,
    choice_effects,
    expected_narrowing,
    sobol_indices,
    specification_curve,
)
from helpers.methods.uncertain import uncertain

Z95 = 1.6448536269514722


def lognormal(name, median, spread):
    return uncertain(name, [median * math.exp(spread * z) for z in (-Z95, 0, Z95)])


def product(drawn):
    return math.prod(drawn.values())


def close(found, error, expected, least=1e-3):
    return (np.abs(found - np.asarray(expected)) < 6 * error + least).all()


class Uniform:
    """Between -pi and pi, for the test function of Ishigami and Homma."""

    known = False

    def __init__(self, name):
        self.name = name

    def from_normal(self, scores):
        from scipy.special import ndtr

        return np.pi * (2 * ndtr(scores) - 1)


def test_the_published_indices_of_the_ishigami_function():
    # Saltelli et al. (2008), Global Sensitivity Analysis: The Primer; a = 7, b = 0.1
    def ishigami(x):
        return np.sin(x["x1"]) + 7 * np.sin(x["x2"]) ** 2 + 0.1 * x["x3"] ** 4 * np.sin(x["x1"])

    inputs = [Uniform(name) for name in ("x1", "x2", "x3")]
    rng = np.random.default_rng(1)
    found = sobol_indices(ishigami, inputs, draws=2**16, rng=rng)
    assert list(found.index) == ["x1", "x2", "x3"]
    assert close(found["first_order"], found["first_order_error"], [0.3139, 0.4424, 0])
    assert close(found["total_order"], found["total_order_error"], [0.5576, 0.4424, 0.2437])
    assert (found[["first_order_error", "total_order_error"]] < 0.02).all(axis=None)


def test_a_product_of_independent_inputs_has_closed_form_indices():
    spreads = np.array([0.6, 0.4, 0.2])
    inputs = [lognormal(f"x{i}", 10, spread) for i, spread in enumerate(spreads)]
    found = sobol_indices(product, inputs, draws=2**16, rng=np.random.default_rng(2))
    squared = np.exp(spreads**2) - 1  # squared coefficients of variation
    whole = np.prod(1 + squared) - 1
    assert close(found["first_order"], found["first_order_error"], squared / whole)
    total = squared / (1 + squared) * np.prod(1 + squared) / whole
    assert close(found["total_order"], found["total_order_error"], total)


@pytest.mark.parametrize(
    "pairs", [{}, {"a,b": 0.5}, {"a,b": -0.5}, {"a,b": 0.6, "b,c": 0.5}, {"a,b": 0.5, "a,c": -0.4}]
)
def test_on_the_log_scale_dependent_inputs_have_the_linear_gaussian_closed_form(pairs):
    # Kucherenko, Tarantola and Annoni (2012), test case of a linear model of normal inputs
    spreads = np.array([0.8, 0.5, 0.3])
    inputs = [lognormal(name, 7, spread) for name, spread in zip("abc", spreads, strict=True)]
    correlation = np.eye(3)
    for pair, rank in pairs.items():
        i, j = ("abc".index(name) for name in pair.split(","))
        correlation[i, j] = correlation[j, i] = 2 * math.sin(math.pi * rank / 6)
    found = sobol_indices(
        product,
        inputs,
        draws=2**15,
        rng=np.random.default_rng(3),
        rank_correlation=pairs,
        scale="log",
    )
    variance = spreads @ correlation @ spreads
    known = (correlation @ spreads) ** 2 / variance
    assert close(found["first_order"], found["first_order_error"], known)
    # the variance of one normal input given all the others: 1 / diagonal of the inverse
    left = spreads**2 / np.diag(np.linalg.inv(correlation)) / variance
    assert close(found["total_order"], found["total_order_error"], left)


def test_a_known_input_has_no_share_and_a_known_answer_has_none_to_give():
    inputs = [lognormal("a", 1, 0.5), uncertain("b", [3, 3, 3])]
    found = sobol_indices(product, inputs, draws=2048, rng=np.random.default_rng(4))
    assert found.loc["b"].tolist() == [0, 0, 0, 0]
    known = [uncertain("a", [2, 2, 2]), uncertain("b", [3, 3, 3])]
    found = sobol_indices(product, known, draws=2048, rng=np.random.default_rng(4))
    assert found.isna().all(axis=None)


def test_an_output_that_reaches_zero_has_no_log_scale():
    inputs = [uncertain("a", [0, 1, 5]), lognormal("b", 1, 0.5)]
    with pytest.raises(ValueError, match=r"^scale: an output that reaches 0"):
        sobol_indices(product, inputs, draws=2048, rng=np.random.default_rng(5), scale="log")
    with pytest.raises(ValueError, match=r"^scale is 'cube', expected one of linear, log$"):
        sobol_indices(product, inputs, draws=2048, rng=np.random.default_rng(5), scale="cube")


@pytest.mark.parametrize("rank", [0.0, 0.5])
def test_expected_narrowing_has_the_closed_form(rank):
    spreads = np.array([0.8, 0.5, 0.3])
    inputs = [lognormal(name, 7, spread) for name, spread in zip("abc", spreads, strict=True)]
    rho = 2 * math.sin(math.pi * rank / 6)
    correlation = np.array([[1, rho, 0], [rho, 1, 0], [0, 0, 1]])
    found = expected_narrowing(
        product,
        inputs,
        draws=2**14,
        rng=np.random.default_rng(6),
        rank_correlation={"a,b": rank},
    )
    variance = spreads @ correlation @ spreads
    left = np.sqrt(1 - (correlation @ spreads) ** 2 / variance)
    assert close(found["narrowing"], found["narrowing_error"], 1 - left, least=2e-3)
    assert_allclose(np.log(found["width"]), 2 * Z95 * math.sqrt(variance), rtol=0.01)
    assert_allclose(
        np.log(found["width_if_known"]), 2 * Z95 * math.sqrt(variance) * left, rtol=0.01
    )


def test_knowing_what_is_known_narrows_nothing():
    inputs = [lognormal("a", 1, 0.5), uncertain("b", [3, 3, 3])]
    found = expected_narrowing(
        product, inputs, draws=2048, rng=np.random.default_rng(7), scale="linear"
    )
    assert found.loc["b", "narrowing"] == 0
    assert found.loc["a", "narrowing"] == 1


def test_break_even_of_known_inputs_is_a_division():
    inputs = [uncertain("women", [400] * 3), uncertain("share", [0.8] * 3, share=True)]
    cards = break_even(inputs, 640, draws=1024, rng=np.random.default_rng(8))
    assert cards["value"].to_dict() == {"women": 800, "share": 1.6}
    assert_allclose(cards["factor"], 2)
    assert cards["possible"].to_dict() == {"women": True, "share": False}
    assert not cards["within_range"].any()


def test_break_even_has_the_closed_form_and_puts_the_smallest_move_first():
    a, b = lognormal("a", 10, 0.8), uncertain("b", [1, 2, 100])
    cards = break_even([a, b], 40, draws=2**16, rng=np.random.default_rng(9), chance=0.95)
    # a must beat 40 / (5th percentile of b), b must beat 40 / (5th percentile of a)
    expected = {"a": 40.0, "b": 40 / (10 * math.exp(-0.8 * Z95))}
    assert list(cards.index) == ["a", "b"]
    for name, value in expected.items():
        assert cards.loc[name, "value"] == pytest.approx(value, rel=5e-3)
    assert cards.loc["b", "within_range"]


def test_break_even_says_when_no_value_is_enough():
    inputs = [uncertain("a", [0, 0, 5]), uncertain("b", [1, 2, 3])]
    cards = break_even(inputs, 1, draws=1024, rng=np.random.default_rng(10), chance=0.9)
    assert not cards.loc["b", "possible"]
    with pytest.raises(ValueError, match=r"^threshold: expected an amount above 0, found 0"):
        break_even(inputs, 0, draws=1024, rng=np.random.default_rng(10))
    with pytest.raises(ValueError, match=r"^chance: expected a number between 0 and 1, found 1"):
        break_even(inputs, 1, draws=1024, rng=np.random.default_rng(10), chance=1)


def test_a_specification_curve_has_every_combination_in_order():
    curve = specification_curve(
        lambda women, price: {"total": women * price, "women": women},
        {"women": {"few": 10, "many": 40}, "price": {"low": 1, "mid": 3, "high": 5}},
    )
    expected = pd.DataFrame(
        {
            "women": [10, 10, 40, 10, 40, 40],
            "price": ["low", "mid", "low", "high", "mid", "high"],
            "total": [10, 30, 40, 50, 120, 200],
        }
    )
    assert curve["total"].tolist() == expected["total"].tolist()
    assert curve["price"].tolist() == expected["price"].tolist()


def test_choice_effects_are_the_factors_of_a_product():
    choices = {"a": {"x": 1, "y": 4}, "b": {"x": 2, "y": 3, "z": 20}}
    curve = specification_curve(lambda a, b: {"total": a * b}, choices)
    effects = choice_effects(curve, ["a", "b"], "total")
    assert list(effects.index) == ["b", "a"]
    assert_allclose(effects, [10, 4])
    assert_allclose(choice_effects(curve[curve["b"] == "x"], ["a"], "total"), 4)
    with pytest.raises(ValueError, match=r"^choices: expected"):
        specification_curve(lambda a: {"t": a}, {"a": {}})
    with pytest.raises(ValueError, match=r"^total: expected figures above 0"):
        choice_effects(curve * 0, ["a", "b"], "total")
