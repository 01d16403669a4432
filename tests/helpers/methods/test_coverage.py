"""Coverage is that of intervals whose coverage is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from helpers.methods.coverage import coverage, kept
from helpers.methods.existence import NotEstimable


def normal(reach):
    def once(rng):
        x = rng.normal()
        return x - reach, x + reach, 0.0

    return once


def never(rng):
    raise NotEstimable("nothing")


def test_known_coverage_is_found():
    """A normal mean with known error: exact at 1.645, 68% at one standard error."""
    promises = {"exact": (0.9, normal(1.6448536)), "short": (0.9, normal(1.0))}
    promises |= {"long": (0.9, normal(3.0)), "none": (0.9, never)}
    found = coverage(promises, 2000, np.random.default_rng(0))
    assert found["verdict"].tolist() == ["kept", "below", "above", "below"]
    assert found.loc["short", "held"] == pytest.approx(2 * ndtr(1) - 1, abs=0.035)
    assert found.loc["none", ["held", "none"]].tolist() == [0, 2000]


def test_one_more_interval_moves_no_other():
    one, two = {"a": (0.9, normal(1.6))}, {"a": (0.9, normal(1.6)), "b": (0.5, normal(1.0))}
    first, second = (coverage(p, 200, np.random.default_rng(1)).loc["a"] for p in (one, two))
    assert first.equals(second)


@pytest.mark.parametrize(
    ("promises", "draws", "words"),
    [({}, 0, "draws: found 0"), ({"a": (90, never)}, 5, "a: found a promise of 90")],
)
def test_bad_requests_are_refused(promises, draws, words):
    with pytest.raises(ValueError, match=words):
        coverage(promises, draws, np.random.default_rng(0))


def test_ranges_that_are_missing_hold_nothing_and_kinds_keep_their_order():
    ranges = pd.DataFrame(
        {
            "kind": ["b", "b", "b", "a"],
            "low": [0.0, 2.0, np.nan, 0.0],
            "high": [1.0, 3.0, np.nan, np.inf],
            "truth": [0.5, 0.5, 0.5, 7.0],
            "promised": 0.9,
        }
    )
    found = kept(ranges, "kind")
    assert list(found.index) == ["b", "a"]
    assert found["held"].tolist() == [1 / 3, 1.0] and found["none"].tolist() == [1, 0]
    assert found["draws"].tolist() == [3, 1]
