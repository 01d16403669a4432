"""Shares, sex ratios, cohorts: against published figures, closed forms and properties."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import PUBLISHED

from helpers.data import table
from helpers.demography import arrivals as demography
from helpers.demography import cohorts, sex_ratios
from helpers.methods import shares
from helpers.methods.existence import NotEstimable

FOLDER = PUBLISHED
PUBLISHED = json.loads((FOLDER / "demography.json").read_text(encoding="utf-8"))
PEOPLE = st.lists(st.floats(1, 1e8), min_size=4, max_size=4)
RATIOS = st.lists(st.floats(0.9, 1.3), min_size=4, max_size=4)


@pytest.fixture(scope="module")
def population():
    return table("china_population")


@pytest.fixture(scope="module")
def marital():
    return table("china_never_married")


@pytest.mark.parametrize(("cases", "total", "low", "high"), PUBLISHED["wilson"]["cases"])
def test_wilson_interval_agrees_with_newcombe(cases, total, low, high):
    found = shares.wilson_interval(cases, total)
    assert found == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("cases", "total"), [(3, 2), (-1, 5), (0, 0)])
def test_wilson_interval_refuses_impossible_counts(cases, total):
    with pytest.raises(ValueError, match=f"found {cases} of {total}"):
        shares.wilson_interval(cases, total)


@pytest.mark.parametrize(("year", "women", "total"), PUBLISHED["women_share_of_arrivals"]["cases"])
def test_arrivals_agree_with_the_ministry(year, women, total):
    row = demography.by_sex(table("arrivals"), "current").loc[year]
    assert (row["women"], row["total"]) == (women, total)


def test_cumulative_arrivals_agree_with_the_ministry():
    periods = demography.by_sex(table("arrivals"), "current").loc[:2024]
    found = periods[["women", "total"]].sum().tolist()
    assert found == PUBLISHED["women_share_of_arrivals"]["to_2024"]


def parts_of_years(sex):
    """Periods within a year, newest reading, by length in months."""
    rows = table("arrivals_within_year").query("sex == @sex and status != 'first_release'")
    days = (pd.to_datetime(rows["end"]) - pd.to_datetime(rows["start"])).dt.days + 1
    rows = rows.assign(months=(days / 30.4).round().astype(int), year=rows["start"].str[:4])
    return rows.drop_duplicates(["start", "end"], keep="last").astype({"year": "int64"})


def test_quarters_add_up_to_the_year():
    quarters = parts_of_years("both").query("months == 3 and 2020 <= year <= 2024")
    assert (quarters.groupby("year").size() == 4).all()
    yearly = demography.by_sex(table("arrivals"), "current")["total"]
    sums = quarters.groupby("year")["persons"].sum()
    assert sums.to_dict() == yearly.loc[2020:2024].to_dict()


@pytest.mark.parametrize("sex", ["women", "men"])
def test_halves_by_sex_add_up_to_the_year(sex):
    halves = parts_of_years(sex).query("months == 6").groupby("year")["persons"]
    whole = halves.sum()[halves.size() == 2]
    yearly = demography.by_sex(table("arrivals"), "current")[sex]
    assert len(whole) >= 4
    assert whole.to_dict() == yearly.loc[whole.index].to_dict()


def test_running_totals_rise_by_what_was_printed_for_the_periods():
    totals = table("arrivals_totals").groupby(["as_of", "source"])["persons"].sum()
    totals = totals.groupby("as_of").last()
    both = table("arrivals_within_year").query("sex == 'both' and status != 'first_release'")
    printed = both.groupby(["start", "end"])["persons"].last()
    assert totals["2024-09-30"] - totals["2024-03-31"] == (
        printed["2024-04-01", "2024-06-30"] + printed["2024-07-01", "2024-09-30"]
    )
    assert totals["2023-06-30"] - totals["2022-12-31"] == (
        printed["2023-01-01", "2023-03-31"] + printed["2023-04-01", "2023-06-30"]
    )
    assert totals["2018-08-31"] - totals["2017-12-31"] == printed["2018-01-01", "2018-08-31"]


def test_no_small_cell_within_a_year():
    assert table("arrivals_within_year")["persons"].min() >= 5


def test_an_unknown_vintage_names_those_there_are():
    with pytest.raises(ValueError, match="'1999', expected one of 2012"):
        demography.by_sex(table("arrivals"), "1999")


def test_years_outside_the_series_are_refused():
    periods = demography.by_sex(table("arrivals"), "current")
    with pytest.raises(ValueError, match="between 2002 and 2025"):
        demography.single_years(periods, 1999, 2005)


@pytest.mark.parametrize(("place", "year", "ratio"), PUBLISHED["men_per_100_women"]["cases"])
def test_provinces_agree_with_their_communiques(place, year, ratio):
    rows = table("northeast_provinces").query(
        "place == @place and year == @year and group == 'all'"
    )
    persons = rows.set_index("sex")["persons"]
    assert round(100 * persons["men"] / persons["women"], 2) == ratio


@pytest.mark.parametrize(("place", "year", "ratio"), PUBLISHED["men_per_100_women"]["cases"])
def test_ratios_by_group_and_place_agree_with_the_communiques(place, year, ratio):
    ratios = sex_ratios.men_per_100_women(table("northeast_provinces"))
    assert round(ratios["all", place, year, "total"], 2) == ratio


def test_a_printed_ratio_stands_where_persons_are_not_given_by_sex():
    rows = table("northeast_provinces")
    (printed,) = rows.query("place == 'jilin' and year == 2000")["males_per_100_females"]
    assert sex_ratios.men_per_100_women(rows)["all", "jilin", 2000, "total"] == printed


@pytest.mark.parametrize(("series", "year", "surplus"), PUBLISHED["men_minus_women"]["cases"])
def test_totals_agree_with_the_statistics_office(series, year, surplus):
    rows = table("china_population_totals").query("series == @series and year == @year")
    persons = rows.set_index("sex")["persons"]
    assert persons["men"] - persons["women"] == surplus


@pytest.mark.parametrize(
    ("series", "total", "year"),
    [("wpp-2019", "wpp-2019", 2014), ("wpp-2019", "wpp-2019", 1990),
     ("census", "census-tabulated", 2000), ("census", "census-tabulated", 2010)],
)  # fmt: skip
def test_ages_sum_to_the_published_total(population, series, total, year):
    rows = table("china_population_totals").query("series == @total and year == @year")
    published = rows.set_index("sex")["persons"]
    summed = cohorts.by_age(population, series, year)[["men", "women"]].sum()
    # The UN rounds each group to a thousand persons or less; the censuses count persons.
    slack = 0 if series == "census" else 1000
    assert abs(summed - published[["men", "women"]]).max() <= slack


@pytest.mark.parametrize("year", [2025, 2030])
def test_ages_of_the_newest_edition_sum_to_its_published_totals(population, year):
    """A table of 1 July lies between the totals printed for the two ends of December around it."""
    rows = table("china_population_totals").query("series == 'wpp-2024-yearend'")
    printed = rows.pivot(index="year", columns="sex", values="persons")[["men", "women"]]
    summed = cohorts.by_age(population, "wpp-2024-medium", year)[["men", "women"]].sum()
    assert abs(summed - printed.loc[year - 1 : year].mean()).max() <= 3


@pytest.mark.parametrize("first", range(1990, 2020, 5))
@pytest.mark.parametrize(
    ("country", "name"),
    [("China", "china_population"), ("North Korea", "north_korea_population")],
)
def test_the_model_balances(country, name, first):
    """Nobody comes or goes but by birth, death and migration (the balancing equation)."""
    events = table("vital_events").query("country == @country").set_index("year")
    total = table(name).query("series == 'wpp-2024'").groupby("year")["persons"].sum()
    years = events.loc[first : first + 5]
    living = np.interp(years.index, total.index, total)
    moves = years["births"] - years["deaths"] + years["net_migration_per_thousand"] / 1000 * living
    # From mid-year to mid-year: the first and the last calendar year count half.
    change = np.array([0.5, 1, 1, 1, 1, 0.5]) @ moves
    assert total[first + 5] - total[first] == pytest.approx(change, abs=1e-5 * total[first])


def test_births_by_sex_have_one_ratio_in_both_tables():
    ours = table("china_sex_ratio_at_birth").query("series == 'wpp-2024'")
    events = table("vital_events").query("country == 'China' and series == 'wpp-2024'")
    both = ours.merge(events, on="year")
    assert len(both) == len(ours) == 74
    assert (both["males_per_100_females_x"] == both["males_per_100_females_y"]).all()


@pytest.mark.parametrize("series", ["wpp-2024-low", "wpp-2024-high"])
def test_variants_of_fertility_differ_only_among_those_not_yet_born(population, series):
    medium, other = (
        cohorts.by_age(population, name, 2050)[["men", "women"]]
        for name in ("wpp-2024-medium", series)
    )
    assert (medium.loc[30:] == other.loc[30:]).all(axis=None)
    assert (medium.loc[:20] != other.loc[:20]).all(axis=None)


def test_the_sex_ratio_of_2024_is_the_one_printed():
    rows = table("china_population_totals").query("series == 'nbs-yearend' and year == 2024")
    persons = rows.set_index("sex")["persons"]
    assert round(100 * persons["men"] / persons["women"], 2) == 104.34


@pytest.mark.parametrize("sex", ["men", "women"])
@pytest.mark.parametrize("ages", [(30, 34), (30, 44)])
def test_shares_of_the_press_agree_with_the_census_table(marital, sex, ages):
    rates = table("china_never_married_rates").query("year == 2000 and sex == @sex")
    printed = rates.set_index(["age_low", "age_high"])["never_married"][ages]
    counted = cohorts.band(cohorts.never_married(marital, 2000, "total"), *ages).sum()
    # The press cut off a digit once: 0.0545 is printed as 0.055, 0.0135 as 0.013.
    assert counted[sex] / counted[f"all_{sex}"] == pytest.approx(printed, abs=0.0016)


def test_no_age_group_of_a_census_comes_near_fourteen_to_one(population, marital):
    """Small children have the highest ratio (census of 2000, ages 1 to 4: 120.8 per 100)."""
    counted = population[population["series"] == "census"].pivot(
        index=["year", "age_low"], columns="sex", values="persons"
    )
    ratio = counted["men"] / counted["women"]
    assert (ratio.idxmax(), round(ratio.max(), 3)) == ((2000, 1), 1.208)
    everywhere = cohorts.never_married_everywhere(marital)
    assert (everywhere["all_men"] / everywhere["all_women"]).max() < ratio.max()


def test_years_at_hand_beside_a_year(population):
    assert cohorts.at_hand(population, "wpp-2024", 2014) == [2010, 2015]
    assert cohorts.at_hand(population, "wpp-2024", 2015) == [2015]
    assert cohorts.at_hand(population, "wpp-2019", 2014) == [2014]
    with pytest.raises(ValueError, match="2014, expected one from 1990 to 2010"):
        cohorts.at_hand(population, "census", 2014)
    with pytest.raises(ValueError, match="source is 'x', expected one of census"):
        cohorts.at_hand(population, "x", 2014)


def test_a_band_takes_whole_groups_and_both_ends(population):
    groups = cohorts.by_age(population, "census", 2010)
    assert cohorts.band(groups, 20, 44).index.tolist() == [20, 25, 30, 35, 40]


@pytest.mark.parametrize("ages", [(21, 44), (20, 43), (44, 20), (20, 100), (-5, 4)])
def test_a_band_that_cuts_a_group_is_refused(population, ages):
    groups = cohorts.by_age(population, "wpp-2019", 2014)
    with pytest.raises(ValueError, match=f"age band is {ages[0]} to {ages[1]}, expected"):
        cohorts.band(groups, *ages)


def test_a_source_without_the_year_says_which_years_it_has(population):
    with pytest.raises(ValueError, match="2014, expected one of 1990, 2000, 2010"):
        cohorts.by_age(population, "census", 2014)
    with pytest.raises(ValueError, match="2030, expected one of 1990 to 2020"):
        cohorts.by_age(population, "wpp-2019", 2030)


def test_an_area_that_does_not_exist_is_refused(marital):
    with pytest.raises(ValueError, match=r"area \(in 1982\) is 'rural', expected one of total"):
        cohorts.never_married(marital, 1982, "rural")


def test_urban_and_rural_make_up_the_country(marital):
    parts = [cohorts.never_married(marital, 2010, area) for area in ("urban", "rural")]
    country = cohorts.never_married(marital, 2010, "total")
    columns = ["men", "women", "all_men", "all_women"]
    pd.testing.assert_frame_equal(parts[0][columns] + parts[1][columns], country[columns])


@given(PEOPLE, PEOPLE, RATIOS, st.floats(1.0, 1.1))
def test_the_decomposition_adds_up(men, women, at_birth, biological):
    parts = sex_ratios.decompose_surplus(men, women, at_birth, biological)
    surplus = np.subtract(men, women)
    assert np.allclose(parts.sum(axis=1), surplus, rtol=1e-9, atol=1e-3)


def test_the_decomposition_finds_what_was_put_in():
    # 1,000 boys at 1.20 boys per girl; nobody dies; without selection 1.05 per girl.
    girls, wanted = 1000 / 1.20, 1000 / 1.05
    parts = sex_ratios.decompose_surplus([1000], [girls], [1.20], 1.05).iloc[0]
    assert parts["sex_ratio_at_birth"] == pytest.approx(wanted - girls)
    assert parts["biological"] == pytest.approx(1000 - wanted)
    assert parts["survival"] == pytest.approx(0, abs=1e-9)


@given(PEOPLE, PEOPLE, st.floats(1e-3, 1e3))
def test_the_decomposition_scales_with_the_population(men, women, scale):
    once = sex_ratios.decompose_surplus(men, women, [1.1] * 4, 1.06)
    again = sex_ratios.decompose_surplus(
        np.multiply(men, scale), np.multiply(women, scale), [1.1] * 4, 1.06
    )
    assert np.allclose(again, once * scale, rtol=1e-9, atol=1e-2 * scale)


@given(PEOPLE, PEOPLE, RATIOS, RATIOS)
def test_kitagawa_parts_sum_to_the_change(before, after, rates_before, rates_after):
    before, after = (np.array(w) / sum(w) for w in (before, after))
    parts = shares.decompose_rate(before, rates_before, after, rates_after)
    change = after @ np.array(rates_after) - before @ np.array(rates_before)
    assert sum(parts) == pytest.approx(change, abs=1e-9)


def test_kitagawa_knows_a_pure_change():
    same = ([0.5, 0.5], [1.0, 3.0])
    assert shares.decompose_rate(*same, [0.5, 0.5], [2.0, 4.0]) == pytest.approx((0, 1))
    assert shares.decompose_rate(*same, [0.25, 0.75], [1.0, 3.0]) == pytest.approx((0.5, 0))
    with pytest.raises(ValueError, match="found 2 and 1"):
        shares.decompose_rate([1, 1], *same[1:], *same)


def test_a_cohort_gets_the_ratio_of_its_six_birth_years():
    yearly = pd.Series({year: 1.10 if year >= 2010 else 1.00 for year in range(2000, 2021)})
    found = sex_ratios.sex_ratio_at_birth_of([0, 5, 10], 2015, yearly, 1.05, 2000)
    # Aged 0-4 at mid-2015: born mid-2010 to mid-2015. Aged 5-9: half of 2010 is in the last year.
    assert found == pytest.approx([1.10, 1.01, 1.00])


def test_births_before_selection_have_the_biological_ratio():
    yearly = pd.Series(1.2, index=range(1980, 2021))
    found = sex_ratios.sex_ratio_at_birth_of([35, 40], 2015, yearly, 1.06, 1980)
    assert found == pytest.approx([1.06 + 0.14 * 0.1, 1.06])


def test_the_projection_starts_at_the_data_and_leaves_the_unborn_out(population):
    men, _ = cohorts.followed(population, "wpp-2019", 2050)
    data = cohorts.by_age(population, "wpp-2019", 2020)["men"]
    assert (men[2020] == data).all()
    assert men[2030].loc[:5].isna().all()
    assert men[2030].loc[10:].notna().all()


@given(st.lists(st.floats(0.5, 1.0), min_size=4, max_size=4), PEOPLE)
def test_survival_ratios_carry_people_to_where_they_were_seen(ratios, people):
    earlier = pd.Series([*people, 10.0], index=[0, 5, 10, 15, 20])
    moved = earlier * [*ratios, ratios[-1]]
    later = pd.Series([1.0, *moved[:3], moved[15] + moved[20]], index=earlier.index)
    again = cohorts.project(earlier, cohorts.survival_ratios(earlier, later), 2000, 2005)
    assert np.allclose(again[2005].iloc[1:], later.iloc[1:])


def test_people_missing_are_found_again():
    ages, alive = [0, 5, 10, 15, 20], 1000
    table_of = {1995: [alive] * 5, 2000: [alive] * 5, 2005: [alive] * 5, 2010: [alive] * 5}
    table_of[2000] = [alive, alive - 70, alive, alive - 30, alive]
    rows = [
        {"series": "s", "year": year, "sex": sex, "age_low": age, "age_high": age + 4, "persons": n}
        for year, people in table_of.items() for sex in ("men", "women")
        for age, n in zip(ages, people, strict=True)
    ]  # fmt: skip
    missing = cohorts.missing_people(pd.DataFrame(rows), "s", 1995, [2005])
    assert missing["men", 2005].tolist() == pytest.approx([70, 0, 30])
    assert (missing["men"] == missing["women"]).all(axis=None)


def test_every_census_and_area_is_there(marital):
    everywhere = cohorts.never_married_everywhere(marital)
    one = everywhere.query("year == 1990 and area == 'rural'").drop(columns=["year", "area"])
    pd.testing.assert_frame_equal(one, cohorts.never_married(marital, 1990, "rural"))
    assert len(everywhere) == len(marital[["year", "area", "age_low"]].drop_duplicates())


def test_the_projection_stays_near_that_of_the_united_nations(population):
    published = pd.read_csv(FOLDER / "demography_wpp2019_projection_china.csv")
    people = dict(
        zip(("men", "women"), cohorts.followed(population, "wpp-2019", 2050), strict=True)
    )
    own = [
        people[row.sex].loc[row.age_low, row.year] / 1000
        for row in published.itertuples()
        if not np.isnan(people[row.sex].loc[row.age_low, row.year])
    ]
    born = [not np.isnan(people[r.sex].loc[r.age_low, r.year]) for r in published.itertuples()]
    assert own == pytest.approx(published.loc[born, "thousands"].tolist(), rel=0.012)
    # The surplus at 20 to 44 is a small difference of large numbers: two percent apart at most.
    wide = published[published["age_low"] <= 40].pivot_table(
        index="year", columns="sex", values="thousands", aggfunc="sum"
    )
    theirs = 1000 * (wide["men"] - wide["women"])
    ours = (people["men"] - people["women"]).loc[20:44].sum(skipna=False)
    for year in (2025, 2030, 2035, 2040):
        assert ours[year] == pytest.approx(theirs[year], rel=0.02)
    assert theirs.idxmax() == ours.loc[2020:].idxmax() == 2035


def test_the_surplus_ahead_stays_near_the_newest_projection(population):
    """The United Nations lets mortality fall and people move; survival is held constant here."""
    men, women = cohorts.followed(population, "wpp-2024", 2050)
    ours = (men - women).loc[30:45].sum(skipna=False)
    for year in range(2025, 2046, 5):
        theirs = cohorts.band(cohorts.by_age(population, "wpp-2024-medium", year), 30, 49)
        assert ours[year] == pytest.approx((theirs["men"] - theirs["women"]).sum(), rel=0.05)


@pytest.mark.parametrize("age", [20, 25, 30])
def test_mean_age_at_marriage_if_all_marry_at_one_age(age):
    single = pd.Series({a: float(a < age) for a in range(15, 55, 5)})
    assert cohorts.mean_age_at_marriage(single) == age


def test_mean_age_at_marriage_ignores_those_who_never_marry():
    single = pd.Series({a: 1.0 if a < 25 else 0.2 for a in range(15, 55, 5)})
    assert cohorts.mean_age_at_marriage(single) == pytest.approx(25)


def test_nobody_married_has_no_mean_age_and_a_gap_is_named():
    single = pd.Series(1.0, index=range(15, 55, 5))
    with pytest.raises(NotEstimable, match="nobody married"):
        cohorts.mean_age_at_marriage(single)
    for wrong in (single * 100, single.where(single.index != 30), single.drop(25)):
        with pytest.raises(ValueError, match="expected shares from 0 to 1"):
            cohorts.mean_age_at_marriage(wrong)


@pytest.mark.parametrize(
    ("men", "women", "words"),
    [
        ([10, 20], [9, 0], "women: found none in a group that has men"),
        ([10, np.nan], [9, 9], "men: expected persons in every group"),
        ([10, 20], [9, -1], "women: expected persons in every group"),
    ],
)
def test_a_surplus_without_women_is_not_laid_to_survival(men, women, words):
    with pytest.raises(ValueError, match=words):
        sex_ratios.decompose_surplus(men, women, [1.1, 1.1], 1.06)
    parts = sex_ratios.decompose_surplus([10, 0], [9, 0], [1.1, 1.1], 1.06)
    assert parts.sum(axis=1).tolist() == pytest.approx([1, 0])


def test_every_woman_has_one_husband():
    women = pd.DataFrame({2000: [0.0, 10.0, 20.0, 0.0]}, index=[15, 20, 25, 30])
    men = 0 * women + 100.0
    left = cohorts.single_men_if_women_choose(men, women, 2.0)
    assert left[2000].tolist() == pytest.approx([100, 94, 84, 92])
    assert (men - left).to_numpy().sum() == pytest.approx(women.to_numpy().sum())
    with pytest.raises(ValueError, match="age_gap is 6"):
        cohorts.single_men_if_women_choose(men, women, 6)


def test_a_squeeze_without_marriage_is_the_surplus():
    ages = [15, 20, 25]
    men, women = (pd.DataFrame({2000: [n] * 3, 2005: [n] * 3}, ages) for n in (110.0, 100.0))
    nobody = pd.DataFrame({"men": 1.0, "women": 1.0}, index=ages)
    found = cohorts.squeeze(men, women, nobody, 2.0, 20, 29)
    assert (found == 20).all(axis=None)


@pytest.mark.parametrize(("series", "year"), [("wpp-2019", 2014), ("wpp-2024", 2015)])
def test_parts_by_cause_add_up_for_every_producer(population, series, year):
    groups, births = cohorts.by_age(population, series, year), table("china_sex_ratio_at_birth")
    for producer in births["series"].unique():
        parts = sex_ratios.surplus_by_cause(groups, births, producer, year, 1.06, 1980)
        total = (groups["men"] - groups["women"]).astype(float)
        pd.testing.assert_series_equal(parts.sum(axis=1), total, check_names=False)
        assert parts.loc[40:, "sex_ratio_at_birth"].tolist() == pytest.approx([0] * 13, abs=1e-3)


def test_every_producer_of_sex_ratios_covers_the_years():
    births = table("china_sex_ratio_at_birth")
    for series in births["series"].unique():
        yearly = sex_ratios.yearly_sex_ratio(births, series, 1980, 2020)
        assert yearly.between(1.05, 1.22).all()
    with pytest.raises(ValueError, match="series is 'x', expected one of chao-2019"):
        sex_ratios.yearly_sex_ratio(births, "x", 1980, 2020)
