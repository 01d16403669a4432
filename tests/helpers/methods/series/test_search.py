"""The search for changes of level: published answers, planted changes, and its false alarms."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.datasets
from support import PUBLISHED

from helpers.methods.series.search import change_points, false_alarms
from helpers.methods.series.simulated import noise

NILE = json.loads((PUBLISHED / "series_examples.json").read_text(encoding="utf-8"))["nile"]


def test_the_nile_changed_when_others_say_it_did():
    flow = statsmodels.datasets.nile.load_pandas().data
    series = pd.Series(flow["volume"].to_numpy(), index=flow["year"].astype(int))
    found = change_points(series, replicates=200, seed=1)
    low, last_before, high = NILE["last_before"]
    assert found["first"].tolist() == [last_before + 1]
    assert abs(found["low"].item() - (low + 1)) <= 1
    assert abs(found["high"].item() - (high + 1)) <= 1


def test_change_points_are_found_where_they_were_put():
    rng = np.random.default_rng(2)
    values = np.repeat([5.0, 6.0, 4.5], [8, 9, 7]) + 0.1 * rng.standard_normal(24)
    found = change_points(pd.Series(values, index=range(2002, 2026)), replicates=100, seed=1)
    assert found["first"].tolist() == [2010, 2019]
    assert (found["low"] <= found["first"]).all() and (found["first"] <= found["high"]).all()


def test_no_change_point_is_preferred_in_noise():
    rng = np.random.default_rng(4)
    found = [
        len(change_points(pd.Series(rng.standard_normal(24)), most=2, replicates=1, seed=1))
        for _ in range(40)
    ]
    assert np.mean(np.array(found) > 0) < 0.25


def test_search_refuses_gaps_and_too_many_changes():
    with pytest.raises(ValueError, match="expected finite numbers, found gaps"):
        change_points(pd.Series([1.0, np.nan, 3.0]), seed=1)
    with pytest.raises(ValueError, match="10 points, expected at least 15"):
        change_points(pd.Series(np.arange(10.0)), number=4, seed=1)


@pytest.mark.parametrize("options", [{}, {"autocorrelation": 0.6}, {"trend": 0.08}])
def test_false_alarms_are_counted_as_the_search_names_them(options):
    """The same series, one at a time."""
    share, error = false_alarms(24, replicates=60, seed=5, **options)
    drawn = noise(60, 24, options.get("autocorrelation", 0), np.random.default_rng(5))
    drawn = drawn + options.get("trend", 0) * np.arange(24)
    named = [len(change_points(pd.Series(row), replicates=1, seed=1)) > 0 for row in drawn]
    assert share == np.mean(named)
    assert error == pytest.approx(np.std(named) / np.sqrt(60))


def test_what_is_no_step_is_named_as_one():
    """Rare in independent noise; common where neighbours resemble; certain on a slope."""
    independent, error = false_alarms(24, seed=1)
    alike, _ = false_alarms(24, autocorrelation=0.6, seed=1)
    assert independent < 0.05 + 3.5 * error
    assert alike > 0.4
    assert false_alarms(24, trend=1.0, replicates=200, seed=1) == (1.0, 0.0)
    falling = false_alarms(24, trend=-0.1, replicates=400, seed=1)[0]
    rising = false_alarms(24, trend=0.1, replicates=400, seed=1)[0]
    assert falling == pytest.approx(rising, abs=3.5 * np.sqrt(2 * 0.2 / 400))
