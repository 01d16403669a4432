"""Series carried on: predictions in closed form, statsmodels, and coverage of known truth."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t

from helpers.methods.existence import NotEstimable
from helpers.methods.series.continuations import (
    CURVED,
    DRIFTING,
    DRIFTLESS,
    SHAPES,
    STRAIGHT,
    carry_on,
    continued,
    shortfalls,
)

RISING = pd.Series([632, 811, 1272, 960, 1513, 1981, 2195, 2252, 1811, 1911], range(2002, 2012))
LEVEL = (0.025, 0.5, 0.975)


@pytest.mark.parametrize(("shape", "degree"), [(STRAIGHT, 1), (CURVED, 2)])
def test_lines_predict_as_least_squares_do(shape, degree):
    """Each year's range is Student's prediction interval of statsmodels."""
    logs, time = np.log(RISING.to_numpy(float)), np.arange(14.0)
    design = np.vander(time, degree + 1)
    fit = sm.OLS(logs, design[:10]).fit()
    right = fit.get_prediction(design[10:]).conf_int(obs=True, alpha=0.05)
    drawn = np.log(carry_on(RISING, 4, shape, draws=200_000, seed=1))
    assert np.quantile(drawn, 0.025, axis=0) == pytest.approx(right[:, 0], abs=0.03)
    assert np.quantile(drawn, 0.975, axis=0) == pytest.approx(right[:, 1], abs=0.03)
    assert np.median(drawn, axis=0) == pytest.approx(fit.predict(design[10:]), abs=0.01)


@pytest.mark.parametrize(
    ("shape", "spec", "left"), [(DRIFTLESS, "rwalk", 9), (DRIFTING, "rwdrift", 8)]
)
def test_wandering_levels_predict_as_unobserved_components_do(shape, spec, left):
    """Each year's range is the forecast of statsmodels, with Student's t for a short series.

    Its likelihood leaves out the first points, so its variance is that of the moves, corrected.
    """
    model = sm.tsa.UnobservedComponents(np.log(RISING.to_numpy(float)), spec)
    # Powell's method, because the line search of the usual one gives up on some processors.
    forecast = model.fit(method="powell", disp=0).get_forecast(6)
    right = forecast.predicted_mean + t.ppf(0.975, left) * np.sqrt(forecast.var_pred_mean)
    drawn = np.log(carry_on(RISING, 6, shape, draws=200_000, seed=1))
    assert np.quantile(drawn, 0.975, axis=0) == pytest.approx(right, abs=0.03)
    assert np.median(drawn, axis=0) == pytest.approx(forecast.predicted_mean, abs=0.01)


def world(shape, rng, length, noise=0.0):
    """A series of that shape, with parameters drawn anew."""
    time, shocks = np.arange(length) / 10, rng.standard_normal(length)
    if shape in (STRAIGHT, CURVED):
        bend = rng.normal(0, 0.5) if shape == CURVED else 0.0
        return 8 + rng.normal() * time + bend * time**2 + 0.2 * shocks
    drift = rng.normal(0, 0.1) if shape == DRIFTING else 0.0
    return 8 + np.cumsum(0.2 * shocks + drift) + noise * rng.standard_normal(length)


def coverage(shape, tries, **options):
    """Share of series of a known shape whose total to come lies within the range."""
    rng, inside = np.random.default_rng(4), 0
    for _ in range(tries):
        would = pd.Series(np.maximum(np.round(np.exp(world(shape, rng, 18, **options))), 1))
        totals = carry_on(would[:12], 6, shape, draws=1000, seed=1).sum(axis=1)
        low, high = np.quantile(totals, [0.025, 0.975])
        inside += low <= would[12:].sum() <= high
    return inside / tries


@pytest.mark.parametrize("shape", SHAPES)
def test_ranges_hold_what_would_have_come_where_the_shape_is_true(shape):
    error = np.sqrt(0.05 * 0.95 / 400)
    assert coverage(shape, 400) == pytest.approx(0.95, abs=3.5 * error)


@pytest.mark.parametrize("shape", [DRIFTING, DRIFTLESS])
def test_random_walks_hold_more_than_they_promise_of_local_levels(shape):
    error = np.sqrt(0.05 * 0.95 / 400)
    assert coverage(shape, 400, noise=0.2) > 0.95 - 2 * error


def test_points_and_totals_speak_of_the_same_stretch():
    counts = pd.concat([RISING, pd.Series([1098, 1145, 1092], range(2012, 2015))])
    counts = counts.rename_axis("year")
    table = continued(counts, 2012, draws=500, seed=1)
    assert list(table.columns) == ["shape", "year", "low", "central", "high"]
    for shape in SHAPES:
        assert table.loc[table["shape"] == shape, "year"].tolist() == [2012, 2013, 2014]
    assert (table["low"] < table["central"]).all() and (table["central"] < table["high"]).all()
    totals = shortfalls(counts, 2012, draws=500, seed=1)
    assert totals.index.tolist() == list(SHAPES)
    one = shortfalls(counts, 2012, last=2012, seed=1)
    first = continued(counts, 2012, seed=1).query("year == 2012").set_index("shape")
    ends = first.loc[one.index, ["low", "high"]]  # the same but for other draws
    assert (one[["low", "high"]] + 1098).to_numpy() == pytest.approx(ends.to_numpy(), rel=0.1)
    assert (totals["low"] >= -counts.loc[2012:].sum()).all()
    later = shortfalls(counts, 2012, first=2005, draws=500, seed=1)
    assert not later["low"].equals(totals["low"])


def test_arrivals_may_lack_nobody_as_a_referee_found():
    """Women missing from 2012 to 2019, by a referee's own fits to the years before.

    The lines are negative binomial; the walks take the scatter as known, so that ours, which do
    not, are wider.
    """
    counted = [1098, 1145, 1092, 1024, 1116, 939, 969, 845]
    found = shortfalls(pd.concat([RISING, pd.Series(counted, range(2012, 2020))]), 2012, seed=1)
    ours = {shape: tuple(found.loc[shape, ["low", "high"]]) for shape in SHAPES}
    for shape, middle in {
        STRAIGHT: 30_539,
        CURVED: -810,
        DRIFTING: 20_220,
        DRIFTLESS: 7_554,
    }.items():
        assert ours[shape][0] < middle < ours[shape][1]
    for shape, (low, high) in {DRIFTING: (235, 113_019), DRIFTLESS: (-1_591, 33_670)}.items():
        assert low - 2_000 < ours[shape][0] < low
        assert high < ours[shape][1] < 1.5 * high
    assert ours[STRAIGHT][0] > 0 > ours[CURVED][0]  # the sign hangs on the shape


def test_what_cannot_be_carried_on_bounds_nothing_and_says_why():
    counts = pd.Series([10, 12, 9, 11, 4, 5])
    found = shortfalls(counts, 3, draws=200, seed=1)
    others = found.drop(CURVED)
    assert (others["low"] > -20).all() and (others["because"] == "").all()
    assert found.loc[CURVED, "low"] == -20 and found.loc[CURVED, "high"] == np.inf
    assert "3 points before the break, expected at least 4" in found.loc[CURVED, "because"]
    shown = continued(counts, 3, draws=200, seed=1)["shape"].unique().tolist()
    assert shown == [STRAIGHT, DRIFTING, DRIFTLESS]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ([5, 5, 5, 5, 5, 5], NotEstimable, "every count is 5"),
        ([5, 0, 6, 7, 0, 4], NotEstimable, "no case at 1, 4"),
        ([5, 6], NotEstimable, "2 points before the break"),
        ([5, 6.5, 7, 4, 5, 6], ValueError, "whole numbers"),
    ],
)
def test_stretches_that_carry_nothing_are_refused(counts, error, message, shape):
    with pytest.raises(error, match=message) as refusal:
        carry_on(pd.Series(counts), 3, shape, seed=1)
    assert "\n" not in str(refusal.value)


def test_unknown_shapes_and_breaks_are_refused():
    with pytest.raises(ValueError, match="shape is 'cubic', expected one of straight line"):
        carry_on(RISING, 3, "cubic", seed=1)
    with pytest.raises(ValueError, match="break is 2002"):
        shortfalls(RISING, 2002, seed=1)
