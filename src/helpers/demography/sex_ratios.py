"""Sex ratios, and a surplus of men split by its causes."""

import numpy as np
import pandas as pd

from helpers.expect import expect


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
    return pd.concat([ratios, printed["males_per_100_females"]]).sort_index(kind="stable")


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
    expect("series", series, sorted(births["series"].unique()))
    chosen = births[births["series"] == series]
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
        If a ratio is not above zero, a number of persons is missing or below zero, or a group has
        men and no women: everything would be laid to survival.

    Notes
    -----
    The first part is the "missing female births" of Bongaarts and Guilmoto (2015), male births
    over the normal ratio minus female births, survived to the age in question.
    """
    men, women, at_birth = (np.asarray(part, dtype=float) for part in (men, women, at_birth))
    if not biological > 0 or not (at_birth > 0).all():
        raise ValueError(f"sex ratio at birth: expected above 0, found {biological}, {at_birth}")
    for name, people in (("men", men), ("women", women)):
        if not ((people >= 0) & np.isfinite(people)).all():
            raise ValueError(f"{name}: expected persons in every group, found {people}")
    if ((women == 0) & (men > 0)).any():
        raise ValueError("women: found none in a group that has men, expected at least one")
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
