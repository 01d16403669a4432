"""Pooling and the synthesis of counts: against published results, known truth and properties."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import chi2, norm, t
from support import PUBLISHED

from helpers.data import table
from helpers.demography import echoes
from helpers.demography import stock as synthesis
from helpers.methods import pooling

FOLDER = PUBLISHED
PUBLISHED = json.loads((FOLDER / "demography.json").read_text(encoding="utf-8"))
CLASSES = ["field_survey", "government", "ngo", "compiled"]


@pytest.fixture(scope="module")
def counts():
    return table("north_koreans_in_china")


@pytest.fixture(scope="module")
def cites():
    edges = table("cites")
    return edges[edges["claim"].isin(["C03", "C11"])]


@pytest.fixture(scope="module")
def trials():
    data = pd.read_csv(FOLDER / "demography_vaccine_trials.csv")
    vaccinated = data["vaccinated_cases"] + data["vaccinated_others"]
    control = data["control_cases"] + data["control_others"]
    risk = np.log(data["vaccinated_cases"] / vaccinated / (data["control_cases"] / control))
    variance = (
        1 / data["vaccinated_cases"] - 1 / vaccinated + 1 / data["control_cases"] - 1 / control
    )
    return risk.to_numpy(), np.sqrt(variance.to_numpy()), data["latitude"].to_numpy(float)


def test_random_effects_agree_with_metafor(trials):
    risk, errors, _ = trials
    expected = PUBLISHED["random_effects"]["no_moderator"]
    fitted = pooling.fit(risk, errors, np.ones((13, 1)))
    assert round(fitted.coefficients[0], 4) == expected["estimate"]
    assert round(fitted.covariance[0, 0] ** 0.5, 4) == expected["standard_error"]
    assert round(fitted.tau**2, 4) == expected["tau_squared"]


def test_meta_regression_agrees_with_metafor(trials):
    risk, errors, latitude = trials
    expected = PUBLISHED["random_effects"]["latitude"]
    fitted = pooling.fit(risk, errors, np.column_stack([np.ones(13), latitude]))
    assert np.round(fitted.coefficients, 4).tolist() == [expected["intercept"], expected["slope"]]
    spread = np.round(np.diag(fitted.covariance) ** 0.5, 4).tolist()
    assert spread == [expected["intercept_standard_error"], expected["slope_standard_error"]]
    # metafor stops its iterations at a change of 0.00001, which here decides the last digit.
    assert fitted.tau**2 == pytest.approx(expected["tau_squared"], abs=6e-5)


def test_with_equal_errors_the_spread_is_the_variance_that_is_left():
    values = np.array([0.0, 1.0, 2.0, 5.0])
    fitted = pooling.fit(values, np.full(4, 0.5), np.ones((4, 1)))
    assert fitted.coefficients[0] == pytest.approx(values.mean())
    assert fitted.tau**2 == pytest.approx(values.var(ddof=1) - 0.25, rel=1e-6)


def test_no_more_scatter_than_error_means_no_spread():
    assert pooling.fit([1.0, 1.1, 0.9, 1.0], [0.5] * 4, np.ones((4, 1))).tau == 0


@pytest.mark.parametrize("side", [1, -1])
def test_a_bound_far_away_says_nothing(side):
    values, errors = [0.0, 1.0, 2.0, 0.5], [0.3] * 4
    plain = pooling.fit(values, errors, np.ones((4, 1)))
    far = pooling.fit([*values, -50.0 * side], [*errors, 0.3], np.ones((5, 1)), [0] * 4 + [side])
    assert far.coefficients == pytest.approx(plain.coefficients, abs=1e-6)
    assert far.tau == pytest.approx(plain.tau, abs=1e-5)


@pytest.mark.parametrize(("side", "bound"), [(1, 3.0), (-1, -3.0)])
def test_a_bound_pulls_to_its_own_side(side, bound):
    values, errors = [0.0, 1.0, -1.0, 0.0], [0.3] * 4
    pulled = pooling.fit([*values, bound], [*errors, 0.3], np.ones((5, 1)), [0] * 4 + [side])
    assert 0 < side * pulled.coefficients[0] < 3


def test_known_truth_is_found_with_a_third_of_the_counts_as_bounds():
    random = np.random.default_rng(19510728)
    centres = []
    for _ in range(40):
        truth = random.normal(10, 0.8, 60) + random.normal(0, 0.3, 60)
        side = np.repeat([0, 1, -1], [40, 10, 10])
        printed = np.where(side == 0, truth, truth - side * random.exponential(1, 60))
        centres.append(
            pooling.fit(printed, np.full(60, 0.3), np.ones((60, 1)), side).coefficients[0]
        )
    # A bound is chosen after the truth is known, which the likelihood does not model: the centre
    # may be off by the bounds' slack, but not by more than a tenth of their average of one.
    assert np.mean(centres) == pytest.approx(10, abs=0.1)


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="found 2 counts that are not bounds for 1 coefficients"):
        pooling.fit([1.0, 2.0, 3.0], [0.1] * 3, np.ones((3, 1)), [0, 0, 1])
    with pytest.raises(ValueError, match="in every class"):
        pooling.fit([1.0, 2.0, 3.0, 4.0], [0.1] * 4, np.ones((4, 2)))


@given(st.floats(-5, 5), st.floats(0.1, 3), st.integers(2, 30))
def test_a_mixture_of_one_is_student(mean, spread, freedom):
    low, median, high = pooling.mixture([mean], [spread], freedom)
    reach = t.ppf(0.95, freedom) * spread
    assert (low, median, high) == pytest.approx((mean - reach, mean, mean + reach), abs=1e-6)


@given(st.floats(1, 1e6), st.floats(1, 10), st.floats(1, 10))
def test_a_product_with_a_known_factor_only_moves(centre, down, up):
    found = pooling.product((centre / down, centre, centre * up), (0.5, 0.5, 0.5))
    assert found == pytest.approx((centre / down / 2, centre / 2, centre * up / 2))


def test_equal_samples_pool_to_their_share():
    pooled = pooling.pooled_share([30, 30, 30], [60, 60, 60])
    assert pooled["mean"][1] == pytest.approx(0.5)
    assert pooled["mean"][0] < 0.5 < pooled["mean"][2]


def test_an_echo_is_grouped_with_what_it_repeats(counts, cites):
    group = dict(zip(counts["id"], echoes.echo_groups(counts, cites), strict=True))
    # Stated by the publishers themselves: the 1999 survey carried forward, the same count again.
    assert group["good-friends-2002-carried"] == group["good-friends-1999-surveyed"]
    assert group["uscr-2001"] == group["uscr-2000"] == "uscr-2000"
    assert group["yoon-2019"] == group["kfi-2019"] == "kfi-2019"
    # One newspaper article relays two producers; only one of them echoes the survey.
    assert group["south-korea-government-2002"] != group["good-friends-2002-carried"]
    # A second survey is not an echo of the first.
    assert group["good-friends-2005-yanbian"] != group["good-friends-1999-surveyed"]


def test_no_group_counts_twice_and_observations_stand_for_their_groups(counts, cites):
    once = echoes.counted_once(counts, cites, "stock", CLASSES, False)
    assert not once["group"].duplicated().any()
    observed = counts[counts["independent"] & (counts["concept"] == "stock")]
    observed = observed[observed["area"] != "yanbian"]
    assert set(observed["id"]) <= set(once["id"])
    only = echoes.counted_once(counts, cites, "stock", CLASSES, True)
    assert set(only["id"]) == set(observed["id"])


def test_a_carried_number_adds_nothing(counts, cites):
    once = echoes.counted_once(counts, cites, "stock", CLASSES, False)
    source = counts[counts["id"] == "kfi-2019"]
    echo = source.assign(id="another", follows="kfi-2019", published="2020")
    again = pd.concat([counts, echo], ignore_index=True)
    found = echoes.counted_once(again, cites, "stock", CLASSES, False)
    assert found["id"].tolist() == once["id"].tolist()


def test_removing_a_source_moves_the_stock(counts, cites):
    once = echoes.counted_once(counts, cites, "stock", CLASSES, False)
    whole = synthesis.estimate(once, 2006)
    without = synthesis.estimate(once[once["source"] != "robinson-2010"], 2006)
    assert without.central != whole.central
    assert without.counts == whole.counts - 3


def test_years_without_evidence_are_refused(counts, cites):
    only = echoes.counted_once(counts, cites, "stock", CLASSES, True)
    with pytest.raises(ValueError, match="year is 2019, expected 1998 to 2009"):
        synthesis.estimate(only, 2019)


def test_what_cannot_be_chosen_is_named(counts, cites):
    with pytest.raises(
        ValueError, match="method class is 'guess', expected one of compiled, field_survey"
    ):
        echoes.counted_once(counts, cites, "stock", ["guess"], False)
    with pytest.raises(ValueError, match="no count is left"):
        echoes.counted_once(counts, cites, "women", ["field_survey"], False)


def made_up(centre_of, years=(2000, 2002, 2004, 2006, 2008, 2010)):
    """Exact counts of two classes that follow a known line."""
    rows = [
        {"first_year": y, "last_year": y, "low": np.nan, "central": centre_of(y) * factor,
         "high": np.nan, "bound": "point", "method_class": kind}
        for kind, factor in (("field_survey", 1.0), ("ngo", 4.0)) for y in years
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_known_line_is_found_again():
    found = synthesis.estimate(made_up(lambda y: 50_000 * 0.5 ** ((y - 2005) / 10)), 2005)
    assert found.classes["field_survey"][1] == pytest.approx(50_000, rel=1e-6)
    assert found.classes["ngo"][1] == pytest.approx(200_000, rel=1e-6)
    assert found.trend == pytest.approx(0.5)
    assert found.central == pytest.approx(100_000, rel=1e-3)  # halfway between, on the log scale
    assert found.tau == 0


def test_a_class_speaks_only_near_its_own_counts():
    exact = made_up(lambda y: 50_000.0)
    late = exact[exact["method_class"] == "ngo"].assign(first_year=2019, last_year=2019)
    rows = pd.concat([exact, late])
    within, beyond = synthesis.estimate(rows, 2019), synthesis.estimate(rows, 2019, reach=9)
    assert set(within.classes) == {"field_survey", "ngo"}  # nine years are within reach
    assert set(beyond.classes) == {"ngo"}
    assert beyond.central == pytest.approx(200_000, rel=1e-3)
    reason = "its nearest count is 9 years away, expected fewer than 9"
    assert beyond.silent == {"field_survey": reason}
    assert synthesis.estimate(rows, 2019, reach=9, classes=False).silent == {}


def test_an_echo_weighs_what_is_chosen():
    kinds = {"field_survey": "government", "ngo": "compiled"}
    rows = made_up(lambda y: 50_000.0)
    rows["method_class"] = rows["method_class"].map(kinds)
    centre = {w: synthesis.estimate(rows, 2005, echo_weight=w).central for w in (0, 0.5, 1)}
    assert centre[0] == pytest.approx(50_000, rel=1e-3)
    assert centre[1] == pytest.approx(100_000, rel=1e-3)
    assert centre[0] < centre[0.5] < centre[1]
    alone = rows[rows["method_class"] == "compiled"]
    with pytest.raises(ValueError, match="found only compiled, an echo whose echo_weight is 0"):
        synthesis.estimate(alone, 2005)
    assert synthesis.estimate(alone, 2005, echo_weight=1).central == pytest.approx(200_000)


def falling_field(factor):
    """Counts of two classes with noise, of which field surveys change by `factor` a decade."""
    rows = made_up(lambda y: 50_000.0 + 9_000 * (y % 4))
    field = rows["method_class"] == "field_survey"
    rows["central"] *= np.where(field, factor ** ((rows["first_year"] - 2005) / 10), 1.0)
    return rows


def test_a_slope_of_its_own_is_found_and_tested():
    same, other = (synthesis.slope_of_its_own(falling_field(x), "field_survey") for x in (1, 0.05))
    assert same.ratio == pytest.approx(0, abs=1e-6)
    assert same.p_value == pytest.approx(1, abs=1e-2)
    assert other.p_value < 0.001
    assert other.own / other.others == pytest.approx(0.05, rel=1e-6)
    rows = falling_field(0.05)
    apart = synthesis.estimate(rows, 2005, own_slope=["field_survey"])
    assert apart.trend == pytest.approx(other.others, rel=1e-6)
    assert apart.tau < synthesis.estimate(rows, 2005).tau
    with pytest.raises(ValueError, match="own_slope is 'guess'"):
        synthesis.estimate(rows, 2005, own_slope=["guess"])


def most_likely(rows, own):
    """Maximise the full likelihood by Nelder-Mead, over levels, slopes and spread at once."""
    z, kinds = norm.ppf(0.95), rows["method_class"].to_numpy()
    low, central, high = (np.log(rows[c].to_numpy(float)) for c in ("low", "central", "high"))
    ends = np.where(np.isnan(low), high, low)
    seen = np.where(
        np.isnan(central), np.where(np.isnan(low + high), ends, (low + high) / 2), central
    )
    error = np.where(np.isnan(high - low), np.log(1.5) / z, (high - low) / (2 * z))
    decade = ((rows["first_year"] + rows["last_year"]).to_numpy(float) / 2 - 2005) / 10
    names, bound = sorted(set(kinds)), rows["bound"].to_numpy()

    def loss(values):
        level = dict(zip(names, values, strict=False))
        mean = np.array([level[kind] for kind in kinds]) + values[len(names)] * decade
        mean = mean + (kinds == "field_survey") * decade * (values[len(names) + 1] if own else 0)
        far = (mean - seen) / np.hypot(error, np.exp(values[-1]))
        parts = norm.logpdf(far) - np.log(np.hypot(error, np.exp(values[-1])))
        parts = np.where(bound == "at_least", norm.logcdf(far), parts)
        return -np.where(bound == "up_to", norm.logcdf(-far), parts).sum()

    start, many = [*np.full(len(names), 11.0), *np.zeros(1 + own), 0.0], {"maxiter": 40_000}
    for _ in range(3):
        start = minimize(loss, start, method="Nelder-Mead", options=many | {"adaptive": True}).x
    return -loss(start), start[len(names) : -1]


def test_field_counts_do_not_follow_the_slope_of_statements(counts, cites):
    once = echoes.counted_once(counts, cites, "stock", CLASSES, False)
    found = synthesis.slope_of_its_own(once, "field_survey")
    (common, _), (own, slopes) = (most_likely(once, own) for own in (False, True))
    assert found.ratio == pytest.approx(2 * (own - common), abs=2e-3)
    assert found.p_value == pytest.approx(chi2.sf(2 * (own - common), 1), abs=1e-4)
    assert [found.others, found.own] == pytest.approx(np.exp(np.cumsum(slopes)), rel=5e-3)
    assert found.p_value < 0.01  # which notebook 22 says


def test_a_known_line_is_found_again_in_every_year():
    exact = made_up(lambda y: 50_000 * 0.5 ** ((y - 2005) / 10))
    found = synthesis.by_year(exact, [2000, 2010])
    assert found["central"].tolist() == pytest.approx([141_421.36, 70_710.68], rel=1e-3)


def test_a_choice_without_an_answer_is_named():
    exact = made_up(lambda y: 1000.0)
    one_class = exact[exact["method_class"] == "ngo"]
    variants = {"all": (exact, {}), "one": (one_class, {"trend": False}), "few": (exact[:1], {})}
    estimates, refusals = synthesis.tried(variants, 2000)
    assert estimates.loc["one", "central"] == pytest.approx(4000)
    assert list(estimates.index) == ["all", "one"]
    assert "found 1 counts" in refusals["few"]


@given(st.floats(0.01, 100))
def test_the_range_scales_with_the_counts(scale):
    base = made_up(lambda y: 1000.0 + 37 * (y % 4))
    one = synthesis.estimate(base, 2005, trend=False)
    other = synthesis.estimate(base.assign(central=base["central"] * scale), 2005, trend=False)
    ends = [other.low, other.central, other.high]
    assert ends == pytest.approx([scale * x for x in (one.low, one.central, one.high)], rel=1e-4)


def test_a_range_is_read_on_the_log_scale():
    rows = pd.DataFrame(
        {"low": [100.0, np.nan, 50.0], "central": [np.nan, 400.0, np.nan],
         "high": [10_000.0, np.nan, np.nan]}
    )  # fmt: skip
    centres, errors = synthesis.on_log_scale(rows, range_covers=0.9, point_factor=2)
    assert np.exp(centres) == pytest.approx([1000, 400, 50])
    assert errors == pytest.approx([np.log(10) / 1.6448536, np.log(2) / 1.6448536, errors[1]])


@pytest.fixture(scope="module")
def published():
    cites = table("cites").query("claim in ['C03', 'C11']")
    return echoes.counted_once(table("north_koreans_in_china"), cites, "stock", CLASSES, False)


def test_counts_printed_anew_scatter_around_the_line_by_their_spread(published):
    """Of numbers that are drawn from the model the mean and the variance are the model's."""
    model, rng = synthesis.fit_counts(published), np.random.default_rng(1)
    drawn = [model.printed_anew(rng) for _ in range(400)]
    free = published["bound"].isin(["point", "range"]).to_numpy()
    values, errors = zip(*(synthesis.on_log_scale(rows[free]) for rows in drawn), strict=True)
    assert np.allclose(
        errors, synthesis.on_log_scale(published[free])[1]
    )  # a range keeps its width
    expected = np.sqrt(errors[0] ** 2 + model.fitted.tau**2)
    assert np.std(values, axis=0) / expected == pytest.approx(1, abs=4 / np.sqrt(2 * 400))
    figures = [rows.loc[~free, ["low", "high"]].max(axis=1) for rows in drawn]
    assert (np.array(figures) == published.loc[~free, ["low", "high"]].max(axis=1).to_numpy()).all()


def test_a_further_count_lies_in_the_range_as_often_as_it_promises(published):
    """With parameters known nearly for certain; the model's own range allows for more."""
    model, rng = synthesis.fit_counts(published), np.random.default_rng(2)
    said = model.at(2005)
    further = np.array([model.further(2005, rng) for _ in range(400)])
    assert ((said.low <= further) & (further <= said.high)).mean() > 0.85
