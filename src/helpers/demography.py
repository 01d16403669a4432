"""Counts of people by sex and year: shares with intervals, revisions, sex ratios at birth."""

import numpy as np
import pandas as pd


def wilson_interval(cases, total, level=0.95):
    """Interval for a share, after Wilson (1927), sound for small counts.

    Parameters
    ----------
    cases, total : int
        Persons with the property and persons in all, with ``0 <= cases <= total`` and total > 0.
    level : float, default 0.95
        Coverage, between 0 and 1.

    Returns
    -------
    low, high : float
        Fractions between 0 and 1.

    Raises
    ------
    ValueError
        If the counts are not as described.

    Notes
    -----
    A complete register has no sampling error. The interval answers another question: how far a
    year's share could lie from the underlying chance, had the same process run once more.
    """
    from scipy.stats import binomtest

    if not (0 <= cases <= total and total > 0):
        raise ValueError(f"share: expected 0 <= cases <= total, found {cases} of {total}")
    low, high = binomtest(int(cases), int(total)).proportion_ci(level, method="wilson")
    return float(low), float(high)


def by_sex(arrivals, vintage):
    """Arrange arrivals of one vintage with one row per period and one column per sex.

    Parameters
    ----------
    arrivals : pandas.DataFrame
        The table `arrivals`: vintage, first_year, last_year, sex, persons.
    vintage : str
        For example "current".

    Returns
    -------
    pandas.DataFrame
        Columns women, men, total [persons], first_year (missing for "up to"); index last_year.

    Raises
    ------
    ValueError
        If the vintage does not exist, or a period lacks one of the sexes.
    """
    chosen = arrivals[arrivals["vintage"] == vintage]
    if chosen.empty:
        known = ", ".join(sorted(arrivals["vintage"].unique()))
        raise ValueError(f"vintage is {vintage!r}, expected one of {known}")
    wide = chosen.pivot(index="last_year", columns="sex", values="persons")[["women", "men"]]
    if wide.isna().any(axis=None):
        lacking = ", ".join(map(str, wide.index[wide.isna().any(axis=1)]))
        raise ValueError(f"vintage {vintage} lacks women or men for {lacking}")
    first = chosen.drop_duplicates("last_year").set_index("last_year")["first_year"]
    return wide.astype("int64").assign(
        total=lambda t: (t["women"] + t["men"]).astype("int64"), first_year=first
    )


def single_years(periods, first_year, last_year):
    """Keep the periods that are single years within a span.

    Parameters
    ----------
    periods : pandas.DataFrame
        As returned by `by_sex`.
    first_year, last_year : int
        Both included.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If the span is empty or reaches outside the single years there are.
    """
    years = periods[periods["first_year"] == periods.index]
    low, high = int(years.index.min()), int(years.index.max())
    if not low <= first_year <= last_year <= high:
        raise ValueError(
            f"first_year is {first_year} and last_year {last_year}, "
            f"expected single years in order between {low} and {high}"
        )
    return years.loc[first_year:last_year]


def women_shares(periods):
    """Share of women in each period, with a Wilson interval.

    Parameters
    ----------
    periods : pandas.DataFrame
        Columns women and total [persons].

    Returns
    -------
    pandas.DataFrame
        Columns share, low, high [fractions]; index as given.
    """
    intervals = [
        wilson_interval(w, t) for w, t in zip(periods["women"], periods["total"], strict=True)
    ]
    low, high = np.array(intervals).T
    share = periods["women"] / periods["total"]
    return pd.DataFrame({"share": share, "low": low, "high": high}, index=periods.index)


def revisions(older, newer):
    """Difference newer minus older for the periods that both have.

    Parameters
    ----------
    older, newer : pandas.DataFrame
        As returned by `by_sex`.

    Returns
    -------
    pandas.DataFrame
        Columns women, men, total [persons].
    """
    shared = older.index.intersection(newer.index)
    columns = ["women", "men", "total"]
    return newer.loc[shared, columns] - older.loc[shared, columns]


def men_per_100_women(rows):
    """Sex ratio of each group, place, year and area.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns group, place, year, area, sex, persons, males_per_100_females, as in the table
        `northeast_provinces`. The printed ratio is taken where the persons are not given by sex.

    Returns
    -------
    pandas.Series
        Men per 100 women; index group, place, year, area, sorted.
    """
    keys = ["group", "place", "year", "area"]
    wide = rows[rows["sex"] != "both"].pivot(index=keys, columns="sex", values="persons")
    printed = rows.dropna(subset=["males_per_100_females"]).set_index(keys)
    ratios = 100 * wide["men"] / wide["women"]
    return pd.concat([ratios, printed["males_per_100_females"]]).sort_index()


def yearly_sex_ratio(births, series, first_year, last_year):
    """Sex ratio at birth of every year from one producer.

    Parameters
    ----------
    births : pandas.DataFrame
        The table `china_sex_ratio_at_birth`: series, year, males_per_100_females.
    series : str
        Producer. The averages of "wpp-2019" stand for five years each; the few years of "nbs" and
        "jiang-2017" are joined by straight lines. Two readings of one year are averaged.
    first_year, last_year : int
        Both included; outside the producer's years its first and last values are kept.

    Returns
    -------
    pandas.Series
        Boys per girl, by year.

    Raises
    ------
    ValueError
        If the producer is not in the table.
    """
    chosen = births[births["series"] == series]
    if chosen.empty:
        known = ", ".join(sorted(births["series"].unique()))
        raise ValueError(f"series is {series!r}, expected one of {known}")
    known = chosen.groupby("year")["males_per_100_females"].mean()
    if series == "wpp-2019":
        last = known.index.max() + 5 - 1
        known = known.reindex(range(known.index.min(), last + 1)).ffill()
    years = np.arange(first_year, last_year + 1)
    return pd.Series(np.interp(years, known.index, known) / 100, index=years)


def sex_ratio_at_birth_of(ages, year, yearly, biological, first_birth_year):
    """Sex ratio at birth of the cohorts that form the age groups of a mid-year population.

    Parameters
    ----------
    ages : sequence of int
        Youngest age of each five-year group.
    year : int
    yearly : pandas.Series
        Boys per girl by year of birth.
    biological : float
        Boys per girl without any selection, used for births before `first_birth_year`.
    first_birth_year : int
        First year in which selection before birth is counted.

    Returns
    -------
    numpy.ndarray
        Boys per girl, one per group. A group aged x to x+4 at mid-year was born in six calendar
        years, the first and last of which count half.
    """
    counted = yearly[yearly.index >= first_birth_year]
    weights = np.array([0.5, 1, 1, 1, 1, 0.5]) / 5
    return np.array(
        [
            weights @ [counted.get(year - age - 5 + k, biological) for k in range(5 + 1)]
            for age in ages
        ]
    )


def decompose_surplus(men, women, at_birth, biological):
    """Split men minus women, group by group, into three parts that add up exactly.

    With s boys per girl born in a cohort and b without selection, the women who would be alive had
    no girl been selected out, at the same number of boys and the same survival, are w s / b.

    Parameters
    ----------
    men, women : array_like
        Persons by age group.
    at_birth : array_like
        Sex ratio at birth s of each group's cohort [boys per girl].
    biological : float
        Sex ratio at birth b without selection [boys per girl].

    Returns
    -------
    pandas.DataFrame
        Columns sex_ratio_at_birth, w (s/b - 1): women missing through selection before birth;
        biological, w s (1 - 1/b): the normal excess of boys, carried to today's age; survival,
        m - w s: men die earlier (migration and errors of counting are in here too) [persons].

    Raises
    ------
    ValueError
        If a ratio is not above zero.

    Notes
    -----
    The first part is the "missing female births" of Bongaarts and Guilmoto (2015), male births
    over the normal ratio minus female births, survived to the age in question.
    """
    men, women, at_birth = (np.asarray(part, dtype=float) for part in (men, women, at_birth))
    if biological <= 0 or (at_birth <= 0).any():
        raise ValueError(f"sex ratio at birth: expected above 0, found {biological}, {at_birth}")
    return pd.DataFrame(
        {
            "sex_ratio_at_birth": women * (at_birth / biological - 1),
            "biological": women * at_birth * (1 - 1 / biological),
            "survival": men - women * at_birth,
        }
    )


def surplus_by_cause(groups, births, producer, year, biological, first_birth_year):
    """Split men minus women of a population by age with one producer's sex ratios at birth.

    Parameters
    ----------
    groups : pandas.DataFrame
        Columns men, women [persons]; index youngest age of the five-year group.
    births, producer
        As `births` and `series` of `yearly_sex_ratio`.
    year : int
        Year of the population.
    biological, first_birth_year
        As for `sex_ratio_at_birth_of`.

    Returns
    -------
    pandas.DataFrame
        Columns as of `decompose_surplus` [persons]; index as of `groups`.
    """
    yearly = yearly_sex_ratio(births, producer, first_birth_year, year)
    at_birth = sex_ratio_at_birth_of(groups.index, year, yearly, biological, first_birth_year)
    parts = decompose_surplus(groups["men"], groups["women"], at_birth, biological)
    return parts.set_index(groups.index)


def decompose_rate(weights_before, rates_before, weights_after, rates_after):
    """Split the change of an average into changed weights and changed rates (Kitagawa 1955).

    Parameters
    ----------
    weights_before, weights_after : array_like
        Shares of the groups, each summing to 1.
    rates_before, rates_after : array_like
        Rate of each group, in any unit.

    Returns
    -------
    weights, rates : float
        Two parts that sum exactly to the change of the average, in the unit of the rates.

    Raises
    ------
    ValueError
        If the weights do not sum to 1.
    """
    parts = (weights_before, rates_before, weights_after, rates_after)
    w0, r0, w1, r1 = (np.asarray(part, dtype=float) for part in parts)
    if not np.allclose([w0.sum(), w1.sum()], 1):
        raise ValueError(f"weights: expected sums of 1, found {w0.sum():g} and {w1.sum():g}")
    return float((w1 - w0) @ (r0 + r1) / 2), float((r1 - r0) @ (w0 + w1) / 2)
