"""Checks on breaks: known dates, known autocorrelation, nominal error rates."""

import numpy as np
import pandas as pd
import pytest

from helpers.methods.existence import NotEstimable
from helpers.methods.series.breaks import (
    autocorrelation,
    calibrated,
    neighbours,
    placebo_breaks,
    placebo_familywise,
    power,
    spread,
    verdict,
)
from helpers.methods.series.interrupted import fit_series
from helpers.methods.series.simulated import simulate_counts


def line(length, level=500.0):
    return np.full(length, level)


@pytest.mark.parametrize("truth", [0.0, 0.4, 0.7])
def test_autocorrelation_is_estimated_without_the_bias_of_fitted_lines(truth):
    rng = np.random.default_rng(8)
    found = [
        autocorrelation(fit_series(pd.Series(row), [12], family="poisson"))
        for row in simulate_counts(line(24, 5e4), 0.02, truth, 300, rng)
    ]
    raw_error = np.std(found) / np.sqrt(len(found))
    assert abs(np.median(found) - truth) < 0.1 + 3 * raw_error


def test_rounding_around_a_line_that_meets_every_count_has_no_autocorrelation():
    fit = fit_series(pd.Series([4, 4, 4, 4, 9, 9, 9, 9]), [4], family="poisson", slope=False)
    with pytest.raises(NotEstimable, match="meets every count"):
        autocorrelation(fit)


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
        [2012],
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


def test_errors_of_power_are_those_of_repeated_simulation():
    """The shares of many simulations scatter as each says, threshold and all."""
    mean = pd.Series(line(20, 800.0))
    options = {"overdispersion": 0.03, "autocorrelation": 0.3, "family": "poisson", "slope": False}
    runs = [power(mean, [10], [0.8], replicates=150, seed=seed, **options) for seed in range(60)]
    for share, error in (("found", "error"), ("found_calibrated", "error_calibrated")):
        scatter = np.std([run.loc[0.8, share] for run in runs], ddof=1)
        said = np.mean([run.loc[0.8, error] for run in runs])
        assert said == pytest.approx(scatter, rel=0.35)  # 60 runs tell a scatter to about 10%
        assert said > 0.02


def test_power_falls_where_the_model_has_more_to_estimate():
    """A second break takes the years after it away from the first."""
    mean = pd.Series(line(24, 1000.0), index=range(2002, 2026))
    options = {"overdispersion": 0.05, "autocorrelation": 0.0, "seed": 2, "family": "poisson"}
    alone = power(mean, [2012], [0.7], replicates=3000, **options).loc[0.7]
    beside = power(mean, [2012, 2020], [0.7], replicates=3000, **options).loc[0.7]
    error = np.hypot(alone["error_calibrated"], beside["error_calibrated"])
    assert beside["found_calibrated"] < alone["found_calibrated"] - 2 * error
    later = power(mean, [2012, 2020], [0.2], tested=2020, replicates=100, **options)
    assert later.loc[0.2, "found_calibrated"] > 0.9


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


@pytest.mark.parametrize("correlated", [0.0, 0.5])
def test_family_of_dates_holds_its_error_where_nothing_changed(correlated):
    rng = np.random.default_rng(14)
    rows = simulate_counts(line(18, 900.0), 0.03, correlated, 60, rng)
    options = {"family": "quasi_poisson", "replicates": 99, "seed": 3}
    tables = [placebo_familywise(pd.Series(row), 9, **options) for row in rows]
    least = np.array([table["p_family"].min() for table in tables])
    alone = np.array([table["p_alone"].min() for table in tables])
    # 5% of 60, and three and a half Monte Carlo errors
    assert np.mean(least <= 0.05) < 0.05 + 3.5 * np.sqrt(0.05 * 0.95 / 60)
    assert np.mean(alone <= 0.05) > 0.2  # who takes the best of the dates is wrong far more often
    for table in tables:
        assert (table["p_family"] >= table["p_alone"]).all()


def test_family_of_dates_leaves_a_true_break_standing():
    rng = np.random.default_rng(15)
    mean = np.where(np.arange(24) >= 10, 250.0, 900.0)
    counts = pd.Series(simulate_counts(mean, 0.005, 0.0, 1, rng)[0], index=range(2002, 2026))
    table = placebo_familywise(counts, 2012, family="quasi_poisson", replicates=199, seed=1)
    assert table["p_family"].idxmin() == 2012 and table.loc[2012, "p_family"] < 0.05
    ranked = table["p_family"].to_numpy()
    assert table["error"].to_numpy() == pytest.approx(np.sqrt(ranked * (1 - ranked) / 199))


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
    found = power(mean, [6], [0.2], family="poisson", slope=True, **options)
    assert (found["found"] < 0.2).all() and found.notna().all(axis=None)


def test_calibration_in_sparse_series_leaves_the_interval_open():
    """Where more than one simulated series in twenty has no estimate, nothing bounds the change."""
    fit = fit_series(pd.Series([1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 1, 0]), [6], family="poisson")
    found = calibrated(fit, family="poisson", autocorrelation=0.0, replicates=200, seed=2)
    assert (found["low"] == 0).all() and np.isinf(found["high"]).all()
