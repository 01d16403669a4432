"""Checks on breaks: known dates, known autocorrelation, nominal error rates."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.datasets
from support import PUBLISHED

from helpers.methods.existence import NotEstimable
from helpers.methods.series.breaks import (
    autocorrelation,
    calibrated,
    change_points,
    neighbours,
    placebo_breaks,
    power,
    simulate_counts,
    spread,
    verdict,
)
from helpers.methods.series.interrupted import fit_series

NILE = json.loads((PUBLISHED / "series_examples.json").read_text(encoding="utf-8"))["nile"]


def line(length, level=500.0):
    return np.full(length, level)


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


def test_simulated_counts_have_the_stated_moments():
    rng = np.random.default_rng(6)
    counts = simulate_counts(line(40, 300.0), 0.04, 0.6, 4000, rng)
    assert counts.mean() == pytest.approx(300, rel=0.01)
    assert counts.var() == pytest.approx(300 + 0.04 * 300**2, rel=0.05)
    centred = counts - counts.mean()
    # Poisson noise is not autocorrelated and dilutes the correlation.
    lag = np.mean(centred[:, 1:] * centred[:, :-1]) / counts.var()
    assert lag == pytest.approx(0.6 * 3600 / 3900, abs=0.03)


@pytest.mark.parametrize("truth", [0.0, 0.4, 0.7])
def test_autocorrelation_is_estimated_without_the_bias_of_fitted_lines(truth):
    rng = np.random.default_rng(8)
    found = [
        autocorrelation(fit_series(pd.Series(row), [12], family="poisson"))
        for row in simulate_counts(line(24, 5e4), 0.02, truth, 300, rng)
    ]
    raw_error = np.std(found) / np.sqrt(len(found))
    assert abs(np.median(found) - truth) < 0.1 + 3 * raw_error


def test_spread_is_about_the_overdispersion_put_in():
    rng = np.random.default_rng(9)
    rows = simulate_counts(line(60), 0.05, 0.0, 60, rng)
    found = [spread(fit_series(pd.Series(row), [30], family="poisson")) for row in rows]
    assert np.mean(found) == pytest.approx(0.05, rel=0.15)


def test_calibration_leaves_long_series_alone_and_widens_short_correlated_ones():
    rng = np.random.default_rng(10)
    long = fit_series(pd.Series(simulate_counts(line(150), 0.02, 0, 1, rng)[0]), [70])
    short = fit_series(pd.Series(simulate_counts(line(24), 0.02, 0, 1, rng)[0]), [10])
    options = {"family": "negative_binomial", "replicates": 200, "seed": 1}
    plain = calibrated(long, autocorrelation=0.0, **options)
    wide = calibrated(short, autocorrelation=0.6, **options)
    assert plain["quantile"].tolist() == pytest.approx([1.96, 1.96], abs=0.4)
    assert (wide["quantile"] > 2.5).all()
    assert (wide["low"] < wide["ratio"]).all() and (wide["ratio"] < wide["high"]).all()


def test_power_is_nominal_without_a_change_and_full_for_a_large_one():
    mean = pd.Series(line(24, 1000.0), index=range(2002, 2026))
    found = power(
        mean,
        2012,
        [0.3],
        overdispersion=0.02,
        autocorrelation=0.0,
        replicates=200,
        seed=1,
        family="quasi_poisson",
    )
    error = np.sqrt(0.05 * 0.95 / 200)
    assert abs(found.loc[1.0, "found"] - 0.05) < 3.5 * error
    assert found.loc[1.0, "found_calibrated"] == pytest.approx(0.05, abs=0.005)
    assert found.loc[0.3, "found_calibrated"] > 0.95


def test_placebo_ranks_the_true_break_first():
    rng = np.random.default_rng(12)
    mean = np.where(np.arange(24) >= 10, 300.0, 900.0)
    counts = pd.Series(simulate_counts(mean, 0.005, 0.0, 1, rng)[0], index=range(2002, 2026))
    table = placebo_breaks(counts, 2012, family="quasi_poisson")
    assert table.index.tolist() == list(range(2005, 2024))
    assert table.loc[2012, "rank"] == 1
    assert sorted(table["rank"]) == list(range(1, 20))


def test_placebo_at_an_arbitrary_date_is_first_no_more_often_than_chance():
    rng = np.random.default_rng(13)
    rows = simulate_counts(line(20), 0.02, 0.0, 120, rng)
    tables = [placebo_breaks(pd.Series(row), 10, slope=False, family="poisson") for row in rows]
    first = np.mean([table.loc[10, "rank"] == 1 for table in tables])
    chance = 1 / len(tables[0])
    # A date in the middle is estimated more exactly than one near an end, so it is first less
    # often than chance, never more.
    assert first < chance + 3.5 * np.sqrt(chance * (1 - chance) / len(tables))


def test_break_too_near_the_end_of_its_stretch_is_refused():
    counts = pd.Series(line(10), index=range(2001, 2011))
    with pytest.raises(ValueError, match="break is 2002, expected one of 2004, 2005"):
        placebo_breaks(counts, 2002)


def test_neighbours_hold_no_other_break():
    index = pd.Index(range(2002, 2026))
    assert neighbours(index, [2012, 2020], 2012) == (2002, 2019)
    assert neighbours(index, [2012, 2020], 2020) == (2012, 2025)
    assert neighbours(index, [2015], 2015) == (2002, 2025)


def test_verdict_follows_the_interval():
    changes = pd.DataFrame({"low": [0.4, 1.1, 0.5, 1.0], "high": [0.9, 2.0, 1.5, 1.2]})
    same = "not told from no change"
    assert list(verdict(changes)) == ["a fall", "a rise", same, same]


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_equal_changes_share_a_rank(family):
    """Where nothing changes at any date no date stands out, whatever the rounding."""
    flat = placebo_breaks(pd.Series([5] * 14), 6, family=family)
    assert (flat["rank"] == 1).all()
    geometric = pd.Series([2**k for k in range(12)])
    assert (placebo_breaks(geometric, 6, family=family)["rank"] == 1).all()


def test_placebo_dates_without_an_estimate_are_left_out_and_listed():
    counts = pd.Series([4, 5, 3, 6, 4, 5, 4, 3, 4, 0, 0, 6])
    found = placebo_breaks(counts, 5, family="poisson")
    lost = found.attrs["not_estimable"]
    assert lost == [9] and 9 not in found.index  # after it: 0, 0, 6
    assert found["rank"].max() <= len(found)
    with pytest.raises(NotEstimable):
        placebo_breaks(counts, 9, family="poisson")


def test_power_in_sparse_series_counts_no_estimate_as_no_find():
    mean = pd.Series(0.4, index=range(12))
    options = {"overdispersion": 0.0, "autocorrelation": 0.0, "replicates": 200, "seed": 3}
    found = power(mean, 6, [0.2], family="poisson", slope=True, **options)
    assert (found["found"] < 0.2).all() and found.notna().all(axis=None)


def test_calibration_in_sparse_series_leaves_the_interval_open():
    """Where more than one simulated series in twenty has no estimate, nothing bounds the change."""
    fit = fit_series(pd.Series([1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0]), [6], family="poisson")
    found = calibrated(fit, family="poisson", autocorrelation=0.0, replicates=200, seed=2)
    assert (found["low"] == 0).all() and np.isinf(found["high"]).all()
