"""The worth of a measurement, against the closed form of normal variables."""

import math

import numpy as np
import pytest

from helpers.methods.information import error_of_count, narrowing_by_measurement
from helpers.methods.sensitivity import expected_narrowing
from helpers.methods.uncertain import uncertain

Z95 = 1.6448536269514722


def lognormal(name, median, spread):
    return uncertain(name, [median * math.exp(spread * z) for z in (-Z95, 0, Z95)])


def product(drawn):
    return math.prod(drawn.values())


INPUTS = [lognormal("people", 40_000, 1.2), lognormal("each", 9_000, 0.6)]


@pytest.mark.parametrize("error", [0.2, 0.5, 1.0, 3.0])
def test_normal_logarithms_have_their_closed_form(error):
    rng = np.random.default_rng(1)
    found = narrowing_by_measurement(product, INPUTS, "people", [error], draws=2**16, rng=rng)
    left = math.sqrt(0.6**2 + 1 / (1 / 1.2**2 + 1 / error**2))
    now = math.hypot(1.2, 0.6)
    row = found.loc[error]
    assert row["narrowing"] == pytest.approx(1 - left / now, abs=4 * row["narrowing_error"] + 0.004)
    assert row["width_after"] == pytest.approx(math.exp(2 * Z95 * left), rel=0.05)


def test_a_measurement_is_worth_less_than_knowing_and_nothing_if_it_says_nothing():
    rng = np.random.default_rng(2)
    errors = [0.1, 0.3, 1.0, 30.0]
    found = narrowing_by_measurement(product, INPUTS, "people", errors, draws=2**16, rng=rng)
    narrowing = found["narrowing"]
    assert narrowing.is_monotonic_decreasing
    assert narrowing.iloc[-1] == pytest.approx(0, abs=0.005)
    known = expected_narrowing(product, INPUTS, draws=2**14, rng=rng).loc["people", "narrowing"]
    assert narrowing.iloc[0] < known + 0.005
    assert narrowing.iloc[0] == pytest.approx(known, abs=0.02)


def test_the_error_of_a_count_falls_with_places_but_not_below_the_spread_between_counts():
    # A relative variance of 1 / e - 1 times e ... : log(1 + v) is the variance of the logarithm.
    assert error_of_count(1, math.sqrt(math.e - 1)) == pytest.approx(1)
    assert error_of_count(10**9, 5) == pytest.approx(0, abs=1e-3)
    assert error_of_count(10**9, 5, 0.9) == pytest.approx(0.9, abs=1e-3)
    with pytest.raises(ValueError, match="count: found 0 places"):
        error_of_count(0, 1)


def test_what_cannot_be_measured_is_named():
    rng = np.random.default_rng(3)
    with pytest.raises(ValueError, match="measured is 'men', expected one of people, each"):
        narrowing_by_measurement(product, INPUTS, "men", [1], draws=2048, rng=rng)
    with pytest.raises(ValueError, match="too small for 2048 draws"):
        narrowing_by_measurement(product, INPUTS, "people", [1e-4], draws=2048, rng=rng)
