"""Men and women by age: bands of age, cohorts followed through time, the marriage squeeze."""

import pandas as pd

from helpers.expect import expect
from helpers.methods.existence import NotEstimable

GROUP = 5  # width of an age group in years; a period between two projections is as long


def by_age(population, series, year):
    """Arrange one year of a population table with one row per five-year age group.

    Parameters
    ----------
    population : pandas.DataFrame
        Columns series, year, age_low, age_high, sex, persons; the groups 0 and 1-4 of some
        censuses are added up to 0-4.
    series : str
    year : int

    Returns
    -------
    pandas.DataFrame
        Columns age_high (missing for the open group), men, women [persons]; index age_low.

    Raises
    ------
    ValueError
        If the series or the year is not in the table.
    """
    expect("source", series, sorted(population["series"].unique()))
    rows = population[population["series"] == series]
    expect(f"year (source {series})", year, sorted(rows["year"].unique()))
    rows = rows[rows["year"] == year]
    groups = rows.assign(age_low=rows["age_low"] // GROUP * GROUP)
    wide = groups.pivot_table(index="age_low", columns="sex", values="persons", aggfunc="sum")
    wide = wide[["men", "women"]].astype("int64")
    return wide.assign(age_high=groups.groupby("age_low")["age_high"].max())


def at_hand(population, series, year):
    """Find the years of a series beside a year, so that an estimate can be put between them.

    Parameters
    ----------
    population : pandas.DataFrame
        As for `by_age`.
    series : str
    year : int

    Returns
    -------
    list of int
        The year alone where the series has it; otherwise the nearest one before and the nearest
        one after.

    Raises
    ------
    ValueError
        If the series is not in the table, or does not reach from one side of the year to the other.
    """
    expect("source", series, sorted(population["series"].unique()))
    known = sorted(population.loc[population["series"] == series, "year"].unique().tolist())
    if not known[0] <= year <= known[-1]:
        raise ValueError(
            f"year (source {series}) is {year}, expected one from {known[0]} to {known[-1]}"
        )
    before, after = max(y for y in known if y <= year), min(y for y in known if y >= year)
    return sorted({before, after})


def band(groups, age_low, age_high):
    """Keep the age groups of a band, both ends included; a band that cuts a group is refused.

    Parameters
    ----------
    groups : pandas.DataFrame
        Index age_low, column age_high [years].
    age_low, age_high : int
        First and last year of age.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If an end of the band is not an end of a group, or the band is empty.
    """
    starts, ends = groups.index.tolist(), groups["age_high"].dropna().astype(int).tolist()
    if age_low not in starts or age_high not in ends or age_low > age_high:
        raise ValueError(
            f"age band is {age_low} to {age_high}, expected to start at one of "
            f"{', '.join(map(str, starts))} and to end at one of {', '.join(map(str, ends))}"
        )
    return groups[(groups.index >= age_low) & (groups["age_high"] <= age_high)]


def never_married(marital, year, area):
    """Never-married people and everyone by age group, of one census and area.

    Parameters
    ----------
    marital : pandas.DataFrame
        The table `china_never_married`.
    year : int
    area : str
        "total", "urban" or "rural".

    Returns
    -------
    pandas.DataFrame
        Columns age_high, men, women (never married), all_men, all_women [persons, of a sample of
        households in 2000 and 2010], ratio [never-married men per never-married woman];
        index age_low.

    Raises
    ------
    ValueError
        If the year, or the area in that year, is not in the table.
    """
    expect("marital_year", year, sorted(marital["year"].unique()))
    rows = marital[marital["year"] == year]
    expect(f"area (in {year})", area, sorted(rows["area"].unique()))
    rows = rows[rows["area"] == area]
    wide = rows.pivot(index="age_low", columns=["status", "sex"], values="persons")
    single, everyone = wide["never_married"], wide["all"]
    return pd.DataFrame(
        {
            "age_high": rows.groupby("age_low")["age_high"].max(),
            "men": single["men"],
            "women": single["women"],
            "all_men": everyone["men"],
            "all_women": everyone["women"],
            "ratio": single["men"] / single["women"],
        }
    )


def never_married_everywhere(marital):
    """Never-married people and everyone by age group, of every census and area there is.

    Parameters
    ----------
    marital : pandas.DataFrame
        The table `china_never_married`.

    Returns
    -------
    pandas.DataFrame
        As `never_married`, and year, area.
    """
    known = marital[["year", "area"]].drop_duplicates().itertuples(index=False)
    return pd.concat(
        never_married(marital, year, area).assign(year=year, area=area) for year, area in known
    )


def survival_ratios(earlier, later):
    """Share of each age group that is in the next group five years later.

    Parameters
    ----------
    earlier, later : pandas.Series
        Persons by youngest age of the group, the last group open, five years apart.

    Returns
    -------
    pandas.Series
        One ratio per group of `earlier`; the last two groups share one, because both feed the
        open group. Migration and corrections of the counts are in the ratios.
    """
    reached = later.iloc[1:].to_numpy(dtype=float)
    at_risk = earlier.to_numpy(dtype=float)[:-1].copy()
    at_risk[-1] += earlier.iloc[-1]
    ratios = reached / at_risk
    return pd.Series([*ratios, ratios[-1]], index=earlier.index)


def missing_people(population, series, year, calm_years):
    """People fewer five years on than if each age had survived as in a calmer period.

    Parameters
    ----------
    population : pandas.DataFrame
        As for `by_age`; the series must have each year and the year five years after it.
    series : str
    year : int
        Start of the five years in question.
    calm_years : sequence of int
        Starts of the periods compared with.

    Returns
    -------
    pandas.DataFrame
        Persons, one row per youngest age at `year`, one column per sex and calm year; negative
        where more survived. The last two groups, which feed the open one, are left out. Children
        born after `year` are not in it.
    """
    starts = {start: by_age(population, series, start) for start in (year, *calm_years)}
    ends = {start: by_age(population, series, start + GROUP) for start in starts}
    missing = {}
    for sex in ("men", "women"):
        ratios = {start: survival_ratios(starts[start][sex], ends[start][sex]) for start in starts}
        for calm in calm_years:
            missing[sex, calm] = (ratios[calm] - ratios[year]) * starts[year][sex]
    return pd.DataFrame(missing).iloc[:-2]


def project(base, ratios, base_year, last_year):
    """Carry people already born forward in steps of five years with constant survival ratios.

    Parameters
    ----------
    base : pandas.Series
        Persons by youngest age of the group at `base_year`, the last group open.
    ratios : pandas.Series
        As returned by `survival_ratios`.
    base_year, last_year : int

    Returns
    -------
    pandas.DataFrame
        Persons, one column per year from `base_year`, which equals `base`; groups born after the
        base year are missing, never zero.
    """
    people = {base_year: base.astype(float)}
    for year in range(base_year + GROUP, last_year + 1, GROUP):
        moved = people[year - GROUP] * ratios
        aged = moved.shift(1)
        aged.iloc[-1] += moved.iloc[-1]
        people[year] = aged
    return pd.DataFrame(people)


def mean_age_at_marriage(single):
    """Mean age at first marriage of those who marry before 50 (Hajnal 1953; singulate mean).

    Parameters
    ----------
    single : pandas.Series
        Share never married in the groups 15-19 to 50-54, by youngest age [fractions].

    Returns
    -------
    float
        Years.

    Raises
    ------
    ValueError
        If a group is missing or a share is not between 0 and 1.
    NotEstimable
        If nobody marries before 50.
    """
    shares = single.reindex(range(15, 55, GROUP)).to_numpy(dtype=float)
    if not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(
            "single: expected shares from 0 to 1 of the groups 15-19 to 50-54, found "
            f"{', '.join(f'{share:g}' for share in shares)}"
        )
    lived = 15 + GROUP * single.loc[15:45].sum()
    at_fifty = single.loc[45:50].mean()
    if at_fifty == 1:
        raise NotEstimable("single: found nobody married by 50, so no mean age at marriage")
    return float((lived - 50 * at_fifty) / (1 - at_fifty))


def single_men_if_women_choose(men, ever_married_women, age_gap):
    """Men without a wife if every woman who has married has one husband, older by a fixed gap.

    Parameters
    ----------
    men, ever_married_women : pandas.Series or pandas.DataFrame
        Persons by youngest age of the group; a table has one column per year.
    age_gap : float
        Husband's age minus wife's [years, 0 to 5]: with people spread evenly over a group, that
        share of five years of the husbands is in the next older group.

    Returns
    -------
    pandas.Series or pandas.DataFrame
        Men minus husbands, by age group; negative where women marry men of other groups. No woman
        younger than the youngest group is taken to be married.

    Raises
    ------
    ValueError
        If the gap is outside 0 to 5.
    """
    if not 0 <= age_gap <= GROUP:
        raise ValueError(f"age_gap is {age_gap:g}, expected 0 to {GROUP} years")
    older = age_gap / GROUP
    younger = ever_married_women.shift(1)
    younger.iloc[0] = 0
    return men - (1 - older) * ever_married_women - older * younger


def followed(population, series, last_year):
    """Everyone by age and sex in every year there is, and those born by then every fifth year on.

    Parameters
    ----------
    population : pandas.DataFrame
        As for `by_age`; the series must have its last year and the year five years before.
    series : str
    last_year : int
        Last year of the projection.

    Returns
    -------
    men, women : pandas.DataFrame
        Persons, one row per youngest age of the group and one column per year. The last year of
        the data is the base of the projection; survival is that of the five years before it.
    """
    years = sorted(population.loc[population["series"] == series, "year"].unique())
    tables = {year: by_age(population, series, year) for year in years}
    base = years[-1]
    both = []
    for sex in ("men", "women"):
        seen = pd.DataFrame({year: groups[sex] for year, groups in tables.items()})
        ratios = survival_ratios(seen[base - GROUP], seen[base])
        later = project(seen[base], ratios, base, last_year)
        both.append(seen.astype(float).join(later.drop(columns=base)))
    return tuple(both)


def squeeze(men, women, single, age_gap, age_low, age_high):
    """Surplus of men at marriageable ages by year, as such and under two rules of marriage.

    Parameters
    ----------
    men, women : pandas.DataFrame
        Persons of all ages, by youngest age of the group (rows) and year (columns).
    single : pandas.DataFrame
        Columns men, women: shares never married, for the same ages [fractions].
    age_gap : float
        As for `single_men_if_women_choose` [years].
    age_low, age_high : int
        Band of marriageable ages, both ends included [years].

    Returns
    -------
    pandas.DataFrame
        Index year, columns men_minus_women; same_shares, never-married men minus never-married
        women if both keep the given shares; women_choose, the same if women keep their shares and
        each has one husband [persons]. A year in which a group that is needed was not yet born is
        missing.
    """
    ever_married = women.mul(1 - single["women"], axis=0)
    bachelors = single_men_if_women_choose(men, ever_married, age_gap)
    singles = women.mul(single["women"], axis=0)
    by_group = {
        "men_minus_women": men - women,
        "same_shares": men.mul(single["men"], axis=0) - singles,
        "women_choose": bachelors - singles,
    }
    ages = slice(age_low, age_high)
    inside = {name: table.loc[ages].sum(skipna=False) for name, table in by_group.items()}
    return pd.DataFrame(inside).dropna(how="all")
