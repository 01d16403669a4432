"""One register in which people appear once or more: how many never appear.

With the number of times that each person was seen, the people never seen are the empty class of a
distribution of which the rest is known. All three estimators take sightings of one person to be
independent of one another; they differ in what they ask of persons.
"""

import numpy as np
from scipy.optimize import brentq

from helpers.expect import expect
from helpers.hidden.lists import NotEstimable
from helpers.hidden.other_estimators import CLOSED, SimpleEstimate, log_range

INDEPENDENT = "being seen once does not change the chance of being seen again"
ALIKE = "everyone is seen equally often in the long run"
DIFFERENT = "people may differ in how often they are seen (the truth is then above the bound)"
RARE = "those never seen are like those seen once or twice"


def sightings(counts, method: str) -> SimpleEstimate:
    """Estimate a population from how many people were seen once, twice, three times, and so on.

    Parameters
    ----------
    counts : sequence of int, or mapping of int to int
        People seen once, twice, ... in this order; or people by the number of times.
    method : {"chao", "zelterman", "poisson"}
        ``chao``: the lower bound ``seen + f1**2 / (2 * f2)`` (Chao 1987, Biometrics 43, 783-791).
        ``zelterman``: ``seen / (1 - exp(-2 * f2 / f1))`` (Zelterman 1988, Journal of Statistical
        Planning and Inference 18, 225-237; variance of Bohning 2008). ``poisson``: the
        zero-truncated Poisson distribution by maximum likelihood (van der Heijden, Bustami, Cruyff,
        Engbersen and van Houwelingen 2003, Statistical Modelling 3, 305-322).

    Returns
    -------
    SimpleEstimate
        The range (95%) is log-normal in the number never seen.

    Raises
    ------
    ValueError
        If the counts or the method are not as described.
    NotEstimable
        If nobody was seen twice (for ``poisson``: more than once), or for the others nobody once.
    """
    expect("method", method, METHODS)
    people = _by_times(counts)
    if people[1:].sum() == 0:
        raise NotEstimable("found nobody seen more than once, so no upper bound")
    return METHODS[method](people)


def _by_times(counts) -> np.ndarray:
    """People seen once, twice, and so on; checked."""
    if hasattr(counts, "items"):
        times = dict(counts.items())
        if not times or any(key != int(key) or key < 1 for key in times):
            raise ValueError(f"counts: found times {list(times)}, expected whole numbers from 1")
        counts = [times.get(k, 0) for k in range(1, int(max(times)) + 1)]
    people = np.asarray(counts, dtype=float)
    if people.ndim != 1 or not people.size:
        raise ValueError("counts: expected people seen once, twice, and so on, found none")
    for place, value in enumerate(people, 1):
        if not (np.isfinite(value) and value >= 0 and value == np.round(value)):
            raise ValueError(
                f"counts: found {value:g} people seen {place} times, expected a whole number"
            )
    return people


def _once_and_twice(people):
    once, twice = people[0], people[1]
    if once == 0 or twice == 0:
        word = "once" if once == 0 else "twice"
        raise NotEstimable(f"found nobody seen {word}, expected at least one person")
    return once, twice


def _chao(people):
    once, twice = _once_and_twice(people)
    ratio = once / twice
    variance = twice * (ratio**2 / 2 + ratio**3 + ratio**4 / 4)
    hidden = once**2 / (2 * twice)
    return log_range(people.sum(), hidden, variance, (CLOSED, INDEPENDENT, DIFFERENT))


def _zelterman(people):
    once, twice = _once_and_twice(people)
    rate = 2 * twice / once
    variance = rate**2 * (1 / once + 1 / twice)
    return _inverse_probability(people.sum(), rate, variance, (CLOSED, INDEPENDENT, RARE))


def _poisson(people):
    seen = people.sum()
    mean = people @ np.arange(1, people.size + 1) / seen
    rate = brentq(lambda x: x / -np.expm1(-x) - mean, 1e-9, mean, xtol=1e-13)
    missed = np.exp(-rate)
    information = seen * (1 - missed - rate * missed) / (rate * (1 - missed) ** 2)
    return _inverse_probability(seen, rate, 1 / information, (CLOSED, INDEPENDENT, ALIKE))


def _inverse_probability(seen, rate, variance_of_rate, assumptions):
    """Weigh everyone seen by one over the chance of being seen (Horvitz and Thompson 1952)."""
    missed = np.exp(-rate)
    hidden = seen * missed / (1 - missed)
    slope = seen * missed / (1 - missed) ** 2  # of the hidden number in the rate
    variance = slope + slope**2 * variance_of_rate
    return log_range(seen, hidden, variance, assumptions)


METHODS = {"chao": _chao, "zelterman": _zelterman, "poisson": _poisson}
