"""Simpler estimators of hidden numbers, each with the assumptions it stands on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import norm

from helpers.hidden.lists import NotEstimable, check_table

CLOSED = "the population does not change while the lists are kept"
MATCHED = "people are matched across lists without error"
INDEPENDENT = "being on one list does not change the chance of being on the other"
EQUAL = "everyone has the same chance of being on a given list"
NO_AVOIDANCE = (
    "being on one list does not make being on another less likely "
    "(people may differ: the truth is then above the bound)"
)


@dataclass(frozen=True)
class SimpleEstimate:
    """An estimate with its 95% range (people) and the assumptions it stands on."""

    estimate: float
    low: float
    high: float
    assumptions: tuple[str, ...]


def log_range(seen, hidden, variance, assumptions, level=0.95) -> SimpleEstimate:
    """Range that is log-normal in the hidden number (Burnham; Chao 1987), never below ``seen``."""
    z = norm.ppf((1 + level) / 2)
    factor = float(np.exp(z * np.sqrt(np.log1p(variance / hidden**2))))
    low, high = seen + hidden / factor, seen + hidden * factor
    return SimpleEstimate(float(seen + hidden), float(low), float(high), assumptions)


def _contained(larger, smaller, level=0.95) -> SimpleEstimate:
    """Range where one list holds all of the other: the estimate is the larger list, the least end.

    No formula has a variance here. The upper end is the largest population in which two random
    lists of these sizes would still have so much in common with a chance of ``(1 - level) / 2``
    (exact, hypergeometric).
    """
    log_chance = np.log((1 - level) / 2)

    def beyond(people):
        ways = gammaln(people - smaller + 1) - gammaln(larger - smaller + 1)
        ways += gammaln(larger + 1) - gammaln(people + 1)
        return ways - log_chance

    top = 2 * larger + 2
    while beyond(top) > 0:
        top *= 2
    high = max(np.floor(brentq(beyond, larger, top)), larger + 1)
    assumptions = (CLOSED, MATCHED, INDEPENDENT, EQUAL)
    return SimpleEstimate(float(larger), float(larger), float(high), assumptions)


def _two_lists(first, second, both) -> tuple[float, float, float]:
    values = {"first": first, "second": second, "both": both}
    for name, value in values.items():
        if not (np.isfinite(value) and value == int(value) and value >= 0):
            raise ValueError(f"{name}: found {value!r}, expected a whole number of people")
    if both > min(first, second):
        raise ValueError(f"both: found {both}, expected at most {min(first, second)}")
    for name, value in list(values.items())[:2]:
        if value == 0:
            raise NotEstimable(f"{name}: found nobody on the list, expected at least one person")
    return float(first), float(second), float(both)


def lincoln_petersen(first: int, second: int, both: int) -> SimpleEstimate:
    """Two lists: ``first * second / both`` (Petersen 1896; Lincoln 1930).

    Variance of Sekar and Deming (1949); the range is log-normal in the hidden number. Where one
    list holds all of the other the variance is zero; the upper end is then exact (hypergeometric).

    Parameters
    ----------
    first, second : int
        People on each list.
    both : int
        People on both.

    Raises
    ------
    ValueError
        If the numbers cannot be.
    NotEstimable
        If a list is empty or nobody is on both.
    """
    first, second, both = _two_lists(first, second, both)
    if both == 0:
        raise NotEstimable("two lists without overlap: found nobody on both, so no upper bound")
    if both == min(first, second):
        return _contained(max(first, second), both)
    seen = first + second - both
    variance = first * second * (first - both) * (second - both) / both**3
    hidden = (first - both) * (second - both) / both
    return log_range(seen, hidden, variance, (CLOSED, MATCHED, INDEPENDENT, EQUAL))


def chapman(first: int, second: int, both: int) -> SimpleEstimate:
    """Two lists, nearly unbiased: ``(first+1)(second+1)/(both+1) - 1`` (Chapman 1951).

    Variance of Seber (1970). Finite even without overlap, where it says little: below about seven
    shared people it is biased downwards. Where one list holds all of the other the upper end is
    exact, as in `lincoln_petersen`.

    Raises
    ------
    ValueError
        If the numbers cannot be.
    NotEstimable
        If a list is empty.
    """
    first, second, both = _two_lists(first, second, both)
    if both == min(first, second):
        return _contained(max(first, second), both)
    seen = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both)
    variance /= (both + 1) ** 2 * (both + 2)
    return log_range(seen, total - seen, variance, (CLOSED, MATCHED, INDEPENDENT, EQUAL))


def chao(table: pd.DataFrame) -> SimpleEstimate:
    """Lower bound from the people on one list only and on exactly two, for lists of any sizes.

    ``seen + (f1**2 - sum(f1j**2)) / (2 * (f2 + 1))`` with f1j people on list j alone, f1 their sum
    and f2 people on exactly two lists: Chao's moment estimator for lists that differ in size, "Mth
    Chao (LB)" in Rcapture (Rivest and Baillargeon 2007, Biometrics 63, 999-1006), with the
    correction of Chapman for few overlaps. With two lists it is Chapman's estimator.

    Exact where lists are independent. Where people differ in how easily they are listed, by the
    same factor on the odds for every list, the truth is larger. It is no bound where being on one
    list makes being on another less likely: then it can lie above the truth.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table of two or more lists.

    Raises
    ------
    NotEstimable
        If nobody is on exactly two lists, or all who are on one list only are on the same one.

    Notes
    -----
    The variance is that of the delta method for Poisson counts, and of the hidden number itself
    (as in Chao 1987, Biometrics 43, 783-791); the range is log-normal in the hidden number.
    """
    overlaps = check_table(table)
    size = np.array([cell.bit_count() for cell in range(overlaps.counts.size)])
    alone = overlaps.counts[size == 1]
    twice = float(overlaps.counts[size == 2].sum())
    if twice == 0:
        raise NotEstimable("found nobody on exactly two lists, so no bound can be computed")
    once = float(alone.sum())
    pairs = once**2 - float((alone**2).sum())
    if pairs == 0:
        raise NotEstimable(
            "found nobody, or people of one list only, on exactly one list: expected people alone "
            "on two lists or more, so no bound can be computed"
        )
    hidden = pairs / (2 * (twice + 1))
    slopes = (once - alone) / (twice + 1)
    variance = float(alone @ slopes**2) + twice * (hidden / (twice + 1)) ** 2 + hidden
    return log_range(overlaps.observed, hidden, variance, (CLOSED, MATCHED, NO_AVOIDANCE))
