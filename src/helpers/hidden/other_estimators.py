"""Simpler estimators of hidden numbers, each with the assumptions it stands on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from helpers.hidden.lists import NotEstimable, check_table

CLOSED = "the population does not change while the lists are kept"
MATCHED = "people are matched across lists without error"
INDEPENDENT = "being on one list does not change the chance of being on the other"
EQUAL = "everyone has the same chance of being on a given list"


@dataclass(frozen=True)
class SimpleEstimate:
    """An estimate with its 95% range (people) and the assumptions it stands on."""

    estimate: float
    low: float
    high: float
    assumptions: tuple[str, ...]


def _log_range(seen, hidden, variance, assumptions, level=0.95) -> SimpleEstimate:
    """Range that is log-normal in the hidden number (Burnham; Chao 1987), never below ``seen``."""
    factor = 1.0
    if hidden > 0:
        z = norm.ppf((1 + level) / 2)
        factor = float(np.exp(z * np.sqrt(np.log1p(variance / hidden**2))))
    low, high = seen + hidden / factor, seen + hidden * factor
    return SimpleEstimate(float(seen + hidden), float(low), float(high), assumptions)


def _two_lists(first, second, both) -> tuple[float, float, float]:
    values = {"first": first, "second": second, "both": both}
    for name, value in values.items():
        if value != int(value) or value < 0:
            raise ValueError(f"{name}: found {value!r}, expected a whole number of people")
    if both > min(first, second):
        raise ValueError(f"both: found {both}, expected at most {min(first, second)}")
    return float(first), float(second), float(both)


def lincoln_petersen(first: int, second: int, both: int) -> SimpleEstimate:
    """Two lists: ``first * second / both`` (Petersen 1896; Lincoln 1930).

    Variance of Sekar and Deming (1949); the range is log-normal in the hidden number.

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
        If nobody is on both lists.
    """
    first, second, both = _two_lists(first, second, both)
    if both == 0:
        raise NotEstimable("two lists without overlap: found nobody on both, so no upper bound")
    seen = first + second - both
    variance = first * second * (first - both) * (second - both) / both**3
    hidden = (first - both) * (second - both) / both
    return _log_range(seen, hidden, variance, (CLOSED, MATCHED, INDEPENDENT, EQUAL))


def chapman(first: int, second: int, both: int) -> SimpleEstimate:
    """Two lists, nearly unbiased: ``(first+1)(second+1)/(both+1) - 1`` (Chapman 1951).

    Variance of Seber (1970). Finite even without overlap, where it says little: below about seven
    shared people it is biased downwards.
    """
    first, second, both = _two_lists(first, second, both)
    seen = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both)
    variance /= (both + 1) ** 2 * (both + 2)
    return _log_range(seen, total - seen, variance, (CLOSED, MATCHED, INDEPENDENT, EQUAL))


def chao(table: pd.DataFrame) -> SimpleEstimate:
    """Lower bound from how many people are on exactly one and exactly two lists.

    ``seen + (t-1)/t * f1**2 / (2*f2)`` for t lists (Chao 1987, Biometrics 43, 783-791; with the
    factor for few lists, Chao and Colwell 2017, SORT 41, 3-54). People may differ in their chance
    of being listed: that makes the truth larger than the bound, never smaller.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table of two or more lists.

    Raises
    ------
    NotEstimable
        If nobody is on exactly two lists.
    """
    overlaps = check_table(table)
    lists = len(overlaps.names)
    size = np.array([cell.bit_count() for cell in range(overlaps.counts.size)])
    once, twice = (float(overlaps.counts[size == k].sum()) for k in (1, 2))
    if twice == 0:
        raise NotEstimable("found nobody on exactly two lists, so no bound can be computed")
    shrink = (lists - 1) / lists
    hidden = shrink * once**2 / (2 * twice)
    ratio = once / twice
    variance = twice * (shrink / 2 * ratio**2 + shrink**2 * ratio**3 + shrink**2 / 4 * ratio**4)
    same = "every list has the same chance of holding a given person (a bound, if people differ)"
    return _log_range(overlaps.observed, hidden, variance, (CLOSED, MATCHED, same))
