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


def network_scale_up(
    reports, known_reports, known_sizes, population: float, *, visibility: float = 1.0
) -> SimpleEstimate:
    """Scale up the members of a hidden group among people's acquaintances.

    ``population * sum(reports) / sum(degrees)``; a respondent's degree is the population times
    the share that the known groups' members among acquaintances form of those groups (Killworth,
    McCarty, Bernard, Shelley and Johnsen 1998, Evaluation Review 22, 289-308). Range: log-normal,
    from the spread between respondents (ratio estimator).

    Parameters
    ----------
    reports : array_like, shape (respondents,)
        Members of the hidden group that each respondent knows.
    known_reports : array_like, shape (respondents, groups)
        Members of groups of known size that each respondent knows.
    known_sizes : array_like, shape (groups,)
        Sizes of those groups (people).
    population : float
        Everyone the respondents could know (people).
    visibility : float
        Share of the hidden group's acquaintances who know of their membership, times their
        network size relative to everyone's; 1 means no correction. Rarely known; it divides.

    Raises
    ------
    ValueError
        If shapes or numbers do not fit.
    NotEstimable
        If no respondent knows anyone in the hidden group.
    """
    reports = np.asarray(reports, dtype=float)
    known = np.asarray(known_reports, dtype=float)
    sizes = np.asarray(known_sizes, dtype=float)
    if known.shape != (reports.size, sizes.size) or reports.size < 2:
        raise ValueError(
            f"known_reports: found shape {known.shape}, expected ({reports.size}, {sizes.size}) "
            "with at least two respondents"
        )
    if (reports < 0).any() or (known < 0).any() or (sizes <= 0).any() or population <= 0:
        raise ValueError("found a negative report or a group without people, expected counts")
    if not 0 < visibility <= 10:
        raise ValueError(f"visibility: found {visibility}, expected a number above 0, at most 10")
    degree = population * known.sum(axis=1) / sizes.sum()
    if degree.sum() == 0 or reports.sum() == 0:
        raise NotEstimable("no respondent reports anyone, so the estimate is not bounded from zero")
    share = reports.sum() / degree.sum()
    residual = reports - share * degree
    count = reports.size
    variance = (residual**2).sum() * count / (count - 1) * (population / degree.sum()) ** 2
    assumptions = (
        "respondents are a random sample of those who could know a member",
        "respondents know who belongs to the hidden group (visibility), and say so",
        "members know as many people as others do (no barrier between circles)",
        "respondents recall members of the known groups without error",
    )
    return _log_range(0.0, population * share / visibility, variance / visibility**2, assumptions)


def time_location(sample: pd.DataFrame) -> SimpleEstimate:
    """People who use a set of places, from interviews at sampled places and times.

    Each person met counts for one over the expected number of times that the design would have
    met them: one over (event probability x sampling fraction x visits within the frame). These
    are the weights of Karon and Wejnert (2012, Journal of Urban Health 89, 565-586), summed to a
    total. Range: log-normal, events taken as sampled independently.

    Parameters
    ----------
    sample : pandas.DataFrame
        One row per interview: ``event``; ``probability`` with which that place and time was
        sampled; ``fraction`` of those present who were interviewed; ``visits``, at how many of the
        frame's places and times this person is present in the period.

    Raises
    ------
    ValueError
        If a column is missing or a number is outside its range.
    """
    needed = ["event", "probability", "fraction", "visits"]
    if missing := [column for column in needed if column not in sample.columns]:
        raise ValueError(f"sample: column {missing[0]!r} is missing, expected {', '.join(needed)}")
    shares = sample[["probability", "fraction"]]
    if sample.empty or not ((shares > 0) & (shares <= 1)).all(axis=None):
        raise ValueError("sample: expected interviews with probability and fraction in (0, 1]")
    per_event = sample[["event", "probability"]].drop_duplicates()["event"]
    if (sample["visits"] < 1).any() or per_event.duplicated().any():
        raise ValueError("sample: expected at least one visit and one probability per event")
    weighted = 1 / (sample["fraction"] * sample["visits"])
    at_event = weighted.groupby(sample["event"]).sum()
    chance = sample.groupby("event")["probability"].first()
    total = float((at_event / chance).sum())
    variance = float((at_event**2 * (1 - chance) / chance**2).sum())
    assumptions = (
        "everyone to be counted visits at least one place of the frame in the period",
        "people report truthfully how often they visit",
        "those interviewed at an event are a random sample of those present",
        "within-event sampling error is small next to that between events",
    )
    return _log_range(0.0, total, variance, assumptions)
