"""Interrupted time series against printed examples, closed forms and simulation."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from support import PUBLISHED

from helpers.data import table
from helpers.demography import arrivals
from helpers.methods.existence import NotEstimable
from helpers.methods.series.interrupted import (
    FAMILIES,
    changes,
    expected,
    fit_many,
    fit_series,
    interrupted_series,
)

PRINTED = json.loads((PUBLISHED / "series_examples.json").read_text(encoding="utf-8"))
AUSTRALIA, MOTORWAY = PRINTED["australia"], PRINTED["motorway"]


def yearly(values, first):
    return pd.Series(values, index=range(first, first + len(values)))


def many(log_mean):
    """Counts that follow a line to eight digits."""
    return pd.Series(np.round(1e8 * np.exp(log_mean)))


def simulated(rng, length, size, mean=200.0, alpha=0.0, trend=0.0):
    """Counts around a straight line on the log scale; nothing happens anywhere."""
    mean = mean * np.exp(trend * np.arange(length))
    extra = rng.gamma(1 / alpha, alpha, (size, length)) if alpha else np.ones((size, 1))
    return [pd.Series(row) for row in rng.poisson(mean * extra)]


def estimate_of(fit, contrast):
    """A combination of parameters and its standard error."""
    contrast = np.array(contrast)
    return contrast @ fit.parameters, np.sqrt(contrast @ fit.covariance @ contrast)


def test_arrivals_of_women_as_a_referee_fitted_them():
    """By statsmodels' GLM and its negative binomial: level 0.39 (0.21 to 0.75), alpha 0.1236."""
    women = arrivals.single_years(arrivals.by_sex(table("arrivals"), "current"), 2002, 2025)[
        "women"
    ]
    fit = fit_series(women, [2012, 2020])
    assert fit.overdispersion == pytest.approx(0.1236, abs=5e-5)
    found = interrupted_series(women, [2012, 2020]).loc["level_change 2012"]
    assert found.tolist() == pytest.approx([0.39, 0.21, 0.75], abs=0.005)
    carried_on = expected(fit, 2012)
    assert carried_on[[2012, 2019]].tolist() == pytest.approx([2951, 7314], abs=1)


# Published worked examples


@pytest.mark.parametrize("outcome", AUSTRALIA["printed"])
def test_firearm_deaths_in_australia_as_printed_in_jama(outcome):
    counts = yearly(AUSTRALIA["deaths"][outcome], AUSTRALIA["first_year"])
    fit = fit_series(counts, [1997], exposure=AUSTRALIA["population"])
    # Three of the four printed intervals are narrower by one unit of the last digit.
    slack = 0.0005 if outcome == "firearm" else 0.0015
    # The study counts time after the break from 1996, so its level is that of the year before ours.
    for row, contrast in {"level": [0, 0, 1, -1], "slope": [0, 0, 0, 1]}.items():
        ratio, low, high = AUSTRALIA["printed"][outcome][row]
        middle, error = estimate_of(fit, contrast)
        assert np.exp(middle) == pytest.approx(ratio, abs=0.0005)
        assert np.exp(middle - 1.96 * error) == pytest.approx(low, abs=slack)
        assert np.exp(middle + 1.96 * error) == pytest.approx(high, abs=slack)


def test_injuries_on_a_motorway_as_printed_in_the_scan_book():
    counts = yearly(MOTORWAY["injuries"], MOTORWAY["first_year"])
    fit = fit_series(counts, [2003], family="poisson")
    printed = MOTORWAY["printed"]
    # The book counts time after the break from 0, as we do.
    for place, row in enumerate(("trend", "level", "slope"), 1):
        assert list(estimate_of(fit, np.eye(4)[place])) == pytest.approx(printed[row], abs=0.00051)
    slope = interrupted_series(counts, [2003], family="poisson").loc["slope_change 2003"]
    assert np.log(slope[["low", "high"]]).tolist() == pytest.approx(
        printed["slope_interval"], abs=0.00051
    )


# Known answers


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("robust", [False, True])
def test_exact_lines_give_back_level_and_slope(family, robust):
    time = np.arange(12)
    log_mean = 5 + 0.05 * time + np.where(time >= 6, np.log(0.5) + 0.1 * (time - 6), 0)
    counts = many(log_mean)
    found = interrupted_series(counts, [6], family=family, robust=robust)["ratio"]
    assert found.to_dict() == pytest.approx(
        {"level_change 6": 0.5, "slope_change 6": np.exp(0.1)}, rel=1e-6
    )


@settings(max_examples=25, deadline=None)
@given(start=st.integers(3, 20), family=st.sampled_from(FAMILIES))
def test_level_is_the_first_year_after_against_the_line_carried_on(start, family):
    """Whatever the break: the fitted line over the one without the break, in its first year."""
    counts = yearly(MOTORWAY["injuries"], 0)
    fit = fit_series(counts, [start], family=family)
    level = interrupted_series(counts, [start], family=family).loc[f"level_change {start}", "ratio"]
    assert level == pytest.approx(expected(fit)[start] / expected(fit, start)[start])


def test_season_and_exposure_are_taken_out():
    time = np.arange(48)
    exposure = 1000.0 + 10 * time
    season = 0.3 * np.sin(2 * np.pi * time / 12) - 0.2 * np.cos(4 * np.pi * time / 12)
    counts = many(np.log(exposure) - 1 + season + np.where(time >= 20, np.log(0.7), 0))
    found = interrupted_series(
        counts, [20], slope=False, exposure=exposure, harmonics=2, family="quasi_poisson"
    )
    assert found.index.tolist() == ["level_change 20"]
    assert found["ratio"].item() == pytest.approx(0.7, rel=1e-8)


@settings(max_examples=25, deadline=None)
@given(factor=st.integers(2, 50), shift=st.integers(-3000, 3000))
def test_neither_units_of_exposure_nor_numbering_of_years_matter(factor, shift):
    counts = yearly(MOTORWAY["injuries"], 1996)
    base = interrupted_series(counts, [2003], family="quasi_poisson")
    other = interrupted_series(
        yearly(MOTORWAY["injuries"], 1996 + shift),
        [2003 + shift],
        exposure=np.full(len(counts), float(factor)),
        family="quasi_poisson",
    )
    assert other.to_numpy() == pytest.approx(base.to_numpy(), rel=1e-6)


@pytest.mark.parametrize(
    "index",
    [
        pd.period_range("2001-01", periods=23, freq="M"),
        pd.date_range("2001-01-01", periods=23, freq="MS"),
        pd.date_range("2001-01-01", periods=23, freq="D"),
        [f"{year}" for year in range(1996, 2019)],
    ],
)
def test_any_ordered_index_gives_the_same_answer(index):
    counts = pd.Series(MOTORWAY["injuries"], index=index)
    found = interrupted_series(counts, [counts.index[7]], family="poisson")
    base = interrupted_series(yearly(MOTORWAY["injuries"], 0), [7], family="poisson")
    assert found.to_numpy() == pytest.approx(base.to_numpy())


def test_families_order_as_their_variances_do():
    counts = yearly(MOTORWAY["injuries"], 1996)
    widths = [
        np.log(table["high"] / table["low"]).iloc[0]
        for table in (interrupted_series(counts, [2003], family=family) for family in FAMILIES)
    ]
    assert widths[0] < min(widths[1:])


def test_counts_without_extra_spread_are_poisson():
    counts = simulated(np.random.default_rng(5), 40, 1)[0]
    smooth = pd.Series(np.round(np.linspace(100, 200, 20)))
    assert fit_series(smooth, [10]).overdispersion == 0.0
    nb, poisson = (interrupted_series(smooth, [10], family=f) for f in FAMILIES[::-2])
    pd.testing.assert_frame_equal(nb, poisson)
    assert fit_series(counts, [20], family="poisson").overdispersion == 0.0


# Simulation with known truth


@pytest.mark.parametrize(
    ("family", "alpha", "length"),
    [("poisson", 0.0, 24), ("quasi_poisson", 0.02, 40), ("negative_binomial", 0.05, 100)],
)
def test_breaks_where_nothing_happened_are_found_five_times_in_a_hundred(family, alpha, length):
    replicates = 400
    series = simulated(np.random.default_rng(20), length, replicates, alpha=alpha, trend=0.01)
    tables = [interrupted_series(s, [length // 2], family=family) for s in series]
    error = np.sqrt(0.05 * 0.95 / replicates)  # 0.011
    for row in (0, 1):
        found = np.mean([(t["low"].iloc[row] > 1) or (t["high"].iloc[row] < 1) for t in tables])
        assert abs(found - 0.05) < 3.5 * error


def test_expected_without_a_break_continues_the_line():
    time = np.arange(10)
    counts = many(4 + 0.1 * time - np.where(time >= 6, 1, 0))
    fit = fit_series(counts, [6], slope=False, family="poisson")
    assert expected(fit, 6).to_numpy() == pytest.approx(1e8 * np.exp(4 + 0.1 * time))
    assert expected(fit).to_numpy() == pytest.approx(counts.to_numpy())


# Bad input

GOOD = yearly([12, 15, 11, 14, 13, 9, 8, 10, 7, 9], 2001)


@pytest.mark.parametrize(
    ("counts", "breaks", "options", "message"),
    [
        (GOOD, [1999], {}, "break is 1999, expected a value from 2001 to 2010"),
        (GOOD, [2003], {}, "2 points from 2001 to 2002, expected at least 3"),
        (GOOD, [2009], {}, "2 points from 2009 to 2010, expected at least 3"),
        (GOOD, [2006, 2004], {}, "breaks are 2006, 2004, expected ascending order"),
        (GOOD, [], {}, "breaks: expected at least one"),
        (GOOD.drop([2004, 2005]), [2007], {}, "gaps at 2004, 2005$"),
        (GOOD.where(GOOD.index != 2003), [2006], {}, "gaps at 2003; they are not zeros"),
        (GOOD[::-1], [2006], {}, "ascending order without repeats"),
        (-GOOD, [2006], {}, "expected counts of at least 0, found -15"),
        (GOOD.where(GOOD.index < 2006, 0), [2006], {}, "no case from 2006 to 2010"),
        (GOOD, [2006], {"family": "normal"}, "family is 'normal', expected one of poisson"),
        (GOOD, [2006], {"exposure": [1, 2]}, "exposure: expected 10 positive numbers"),
        (GOOD, [2006], {"harmonics": 3}, "series has 10 points, expected more than 10"),
        (GOOD.to_list(), [2006], {}, "expected a pandas Series"),
        (GOOD / 10, [2006], {}, "whole numbers of people or events, found 1.2; .*`exposure`"),
        (GOOD, [2006], {"exposure": [np.inf] * 10}, "exposure: expected 10 positive numbers"),
        (
            GOOD.set_axis(pd.PeriodIndex([str(y) for y in [*range(2001, 2010), 2012]], freq="Y")),
            [pd.Period("2006", "Y")],
            {},
            "gaps at after 2009, after 2009",
        ),
        (
            GOOD.set_axis([1, 2, 3, 4, 5, 6, 7, 8, 9.5, 10.5]),
            [5],
            {},
            "expected an evenly spaced index",
        ),
    ],
)
def test_bad_input_is_refused_in_one_line(counts, breaks, options, message):
    with pytest.raises(ValueError, match=message) as raised:
        interrupted_series(counts, breaks, **options)
    assert "\n" not in str(raised.value)


# Points left out


@pytest.mark.parametrize("family", FAMILIES)
def test_points_left_out_say_nothing_and_time_runs_on(family):
    """The lines before and after are met, whatever stands in the months of the change."""
    time = np.arange(24)
    log_mean = 5 + 0.02 * time + np.where(time >= 10, np.log(0.6) - 0.05 * (time - 10), 0)
    found = []
    for wild in (np.nan, 0.0, 7e9):
        counts = many(log_mean)
        counts[[10, 11]] = wild
        found.append(interrupted_series(counts, [10], family=family, omit=[10, 11]))
    ratios = found[0]["ratio"].to_numpy()
    assert ratios == pytest.approx([0.6, np.exp(-0.05)], rel=1e-6)
    for other in found[1:]:
        assert other.to_numpy() == pytest.approx(found[0].to_numpy())


def test_points_left_out_are_rows_left_out_of_a_regression():
    counts = yearly(MOTORWAY["injuries"], 1996)
    fit = fit_series(counts, [2003], family="poisson", omit=[2003, 2010])
    rows = ~counts.index.isin([2003, 2010])
    design = fit_series(counts, [2003], family="poisson").design[rows]
    right = sm.GLM(counts[rows].to_numpy(), design, family=sm.families.Poisson()).fit()
    assert fit.parameters == pytest.approx(right.params, rel=1e-9)
    assert fit.covariance == pytest.approx(right.cov_params(), rel=1e-7)
    assert 2003 not in expected(fit).index


@pytest.mark.parametrize(
    ("omit", "message"),
    [
        ([1999], "omit is 1999, expected a value from 2001 to 2010"),
        ([2002, 2003, 2004], "2 points from 2001 to 2005, expected at least 3"),
    ],
)
def test_points_that_cannot_be_left_out_are_refused(omit, message):
    with pytest.raises(ValueError, match=message):
        interrupted_series(GOOD, [2006], omit=omit)


# Estimates that do not exist


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize(
    ("values", "break_", "away"),
    [
        ([0, 0, 1, 0, 0, 1], 3, "0, 1, 3, 4"),
        ([5, 6, 7, 5, 0, 0, 5], 4, "4, 5"),
        ([10, 12, 9, 11, 0, 0, 40], 4, "4, 5"),
        ([3, 2, 4, 0, 1, 2, 0, 0, 0, 0, 0, 1], 6, "6, 7, 8, 9, 10"),
        ([0, 0, 0, 0, 0, 1, 5, 8, 7, 9, 6, 8], 6, "0, 1, 2, 3, 4"),
        ([4, 5, 3, 1, 0, 0, 0], 3, "4, 5, 6"),
    ],
)
def test_an_estimate_that_does_not_exist_is_refused(values, break_, away, family, robust):
    with pytest.raises(NotEstimable, match=f"expected at {away} runs to zero") as refusal:
        interrupted_series(pd.Series(values), [break_], family=family, robust=robust)
    assert "\n" not in str(refusal.value)


def test_the_same_counts_carry_a_change_of_level_alone():
    """Three cases in six years, then one in six: the ratio is a third."""
    counts = pd.Series([1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0])
    with pytest.raises(NotEstimable):
        interrupted_series(counts, [6], family="poisson", slope=True, harmonics=1, period=3)
    fit = fit_series(counts, [6], family="poisson", slope=False)
    assert fit.design.T @ expected(fit).to_numpy() == pytest.approx(fit.design.T @ counts)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 3), min_size=8, max_size=12),
    st.booleans(),
    st.sampled_from(FAMILIES),
)
def test_a_number_is_a_solution_or_there_is_none(values, slope, family):
    """Whatever the counts: the score equations hold, or the estimate is refused."""
    try:
        fit = fit_series(pd.Series(values), [4], slope=slope, family=family)
    except NotEstimable:
        return
    mean = expected(fit).to_numpy()
    score = fit.design.T @ ((values - mean) / (1 + fit.overdispersion * mean))
    assert score == pytest.approx(0, abs=1e-3)
    assert np.isfinite(fit.covariance).all()
    _, *ends = changes(fit)
    assert (ends[1] < ends[0]).all() and (ends[0] < ends[2]).all()


def test_one_series_of_many_without_an_estimate():
    good = GOOD.to_numpy()
    counts = np.array([good, np.where(np.arange(len(good)) < 9, good * 0, 1), good])
    with pytest.raises(NotEstimable):
        fit_many(counts, GOOD.index, [2006], family="poisson")
    fits = fit_many(counts, GOOD.index, [2006], family="poisson", lost="nan")
    assert np.isnan(fits.parameters[1]).all() and np.isnan(fits.dispersion[1])
    assert fits.parameters[0] == pytest.approx(fits.parameters[2])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_constant_series_has_an_interval(family):
    found = interrupted_series(pd.Series([5] * 8), [4], family=family)
    assert found["ratio"].to_numpy() == pytest.approx(1)
    # the difference of two lines of four points each, of Poisson counts of five
    poisson = interrupted_series(pd.Series([5] * 8), [4], family="poisson")
    assert found.to_numpy() == pytest.approx(poisson.to_numpy())
    assert (found["high"] > 1.5 * found["low"]).all()
    with pytest.raises(NotEstimable, match="meets every count"):
        interrupted_series(pd.Series([5] * 8), [4], family=family, robust=True)


def test_counts_that_scatter_less_than_chance_are_taken_as_poisson_and_it_is_said():
    smooth = pd.Series(np.round(np.linspace(100, 200, 20)))
    found = interrupted_series(smooth, [10], family="quasi_poisson")
    assert "variance over mean" in found.attrs["note"] and "taken as 1" in found.attrs["note"]
    fit = fit_series(smooth, [10], family="quasi_poisson")
    assert fit.dispersion == 1 > fit.found_dispersion
    scattered = yearly(MOTORWAY["injuries"], 1996)
    assert not interrupted_series(scattered, [2003], family="quasi_poisson").attrs


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("values", [[400, 400, 401, 400, 900, 900, 900, 900], [7, 7, 8, 8, 8, 8]])
def test_robust_errors_do_not_learn_more_than_chance_allows(values, family):
    """Counts that hardly scatter do so by luck: no interval narrower than half of Poisson's."""
    counts, break_ = pd.Series(values), [len(values) // 2]
    options = {"family": family, "slope": False}
    plain = np.log(interrupted_series(counts, break_, **options)[["low", "high"]].to_numpy()[0])
    found = interrupted_series(counts, break_, robust=True, **options)
    assert "taken as 1" in found.attrs["note"]
    assert np.diff(np.log(found[["low", "high"]].to_numpy()[0])) > np.diff(plain) / 2


def test_counts_of_millions_of_millions_come_to_rest():
    counts = pd.Series([10**12] * 4 + [2 * 10**12] * 4)
    found = interrupted_series(counts, [4], family="poisson")["ratio"]
    assert found.to_numpy() == pytest.approx([2, 1], rel=1e-6)


def test_unknown_break_of_a_counterfactual_is_refused():
    fit = fit_series(GOOD, [2006], family="poisson")
    with pytest.raises(ValueError, match="break is 2005, expected one of 2006"):
        expected(fit, 2005)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("robust", [False, True])
def test_many_series_at_once_are_each_as_alone(family, robust):
    drawn = simulated(np.random.default_rng(9), 24, 8, alpha=0.05)
    options = {"family": family, "robust": robust}
    fits = fit_many(np.array(drawn), drawn[0].index, [10], **options)
    names, *ends = changes(fits, robust)
    for row, counts in enumerate(drawn):
        alone = interrupted_series(counts, [10], **options)
        assert alone.index.tolist() == names
        found = np.array([values[row] for values in ends])
        assert found == pytest.approx(alone.to_numpy().T, rel=1e-11)


def test_many_series_are_refused_if_one_has_an_empty_segment():
    counts = np.array([GOOD.to_numpy(), np.where(np.arange(len(GOOD)) < 5, 0, GOOD)])
    with pytest.raises(ValueError, match="no case from 2001 to 2005"):
        fit_many(counts, GOOD.index, [2006])


def test_seasons_that_cannot_be_told_apart_are_refused():
    counts = pd.Series(np.arange(1, 31))
    with pytest.raises(ValueError, match="30 points cannot tell them apart"):
        interrupted_series(counts, [15], harmonics=1, period=2)
