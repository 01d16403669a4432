"""Profile-likelihood interval for the number of people on no list."""

import numpy as np
from scipy.stats import chi2

from helpers.hidden.lists import NotEstimable
from helpers.hidden.loglinear import fit_models


def profile_limits(counts, terms, hidden: float, level: float = 0.95) -> tuple[float, float]:
    """Limits for the expected number on no list, from the profile likelihood of the intercept.

    For each trial number the intercept is held at its log and the other terms are refitted; the
    limits are where twice the log-likelihood has fallen by the chi-squared quantile. This treats
    the hidden number as the Poisson mean of its cell, as the normal interval does.

    Parameters
    ----------
    counts : numpy.ndarray, shape (2**lists,)
        People per combination of lists.
    terms : numpy.ndarray of int, shape (places,)
        Bit masks of the chosen model's terms; -1 in unused places.
    hidden : float
        The maximum-likelihood estimate (people).
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit for the people on no list; 0 or infinity if nothing bounds it.

    Raises
    ------
    NotEstimable
        If a fit does not converge.
    """
    allowed = chi2.ppf(level, 1)

    def fall(trials):
        rows = np.tile(np.asarray(counts, dtype=float), (trials.size, 1))
        models = np.tile(terms, (trials.size, 1))
        fits = fit_models(rows, models, log_hidden=np.log(trials))
        if not fits.converged.all():
            raise NotEstimable("profile: the fit did not come to rest for every trial number")
        return -2 * fits.loglik

    best = fall(np.array([hidden]))[0]
    ends = np.array([0.0, np.inf])
    for side, sign in enumerate((-1.0, 1.0)):
        trials = hidden * 2.0 ** (sign * np.arange(1, 41))
        outside = np.flatnonzero(fall(trials) - best > allowed)
        if outside.size:
            inside = hidden if outside[0] == 0 else trials[outside[0] - 1]
            ends[side] = _boundary(lambda t: fall(t) - best > allowed, inside, trials[outside[0]])
    return float(ends[0]), float(ends[1])


def _boundary(beyond, inside: float, outside: float) -> float:
    """Narrow the crossing down by testing sixteen trial points at a time."""
    for _ in range(12):
        trials = np.geomspace(inside, outside, 18)
        first = int(np.argmax([*beyond(trials[1:-1]), True])) + 1
        inside, outside = trials[first - 1], trials[first]
    return inside
