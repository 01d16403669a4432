"""The departure from the line before a break at which a conclusion changes sign.

After Rambachan & Roth (2023, Review of Economic Studies 90, 2555-2591): the line before a break
need not go on after it. Instead of trusting it, or not, one asks how far it may leave its path, in
units of how far it left it before: the smallest departure at which a conclusion falls is its
breakdown value.
"""

import numpy as np
from scipy.optimize import brentq

from helpers.expect import expect

# bend: the departure's second differences are at most M ("smoothness"); step: its first differences
# are ("relative magnitudes", M against the largest before)
RESTRICTIONS = ("bend", "step")
HUGE = 1e300  # in place of what no float holds


def reach(steps, restriction):
    """Return how far the logarithm of a line can have gone astray, for M = 1.

    Parameters
    ----------
    steps : int
        Points after the break.
    restriction : {"bend", "step"}
        "bend": from one point to the next the slope changes by at most M. "step": from one point to
        the next the departure changes by at most M.

    Returns
    -------
    numpy.ndarray, length steps
        k (k + 1) / 2 and k at the k-th point after the break.
    """
    expect("restriction", restriction, RESTRICTIONS)
    k = np.arange(1, steps + 1)
    return k * (k + 1) / 2 if restriction == "bend" else 1.0 * k


def breakdown(would, counted, restriction, *, confidence=0.95):
    """Find the smallest departure at which a shortfall may be none.

    Parameters
    ----------
    would : numpy.ndarray, shape (draws, steps) or (steps,)
        Counts expected had the line gone on; draws carry its sampling error.
    counted : float
        All who were counted over these points.
    restriction : {"bend", "step"}
        As for `reach`.
    confidence : float, default 0.95
        Of the range of the draws; the worst departure is added to its ends.

    Returns
    -------
    float
        M, on the log scale per point: 0 where the range holds none missing without any departure,
        infinite where no departure suffices (nobody was counted, or expected).
    """
    would = np.atleast_2d(np.asarray(would, dtype=float))
    far = reach(would.shape[1], restriction)
    tail = (1 - confidence) / 2

    def missing(departure, share):
        with np.errstate(over="ignore"):
            totals = (would * np.exp(departure * far)).sum(axis=1)
        return np.quantile(totals, share, method="inverted_cdf") - counted

    if missing(0.0, tail) > 0:
        direction, share = -1, tail
    elif missing(0.0, 1 - tail) < 0:
        direction, share = 1, 1 - tail
    else:
        return 0.0
    if (counted if direction < 0 else would.max()) == 0:
        return np.inf
    farthest = 1.0
    while np.sign(missing(direction * farthest, share)) == -direction:
        farthest *= 2
    found = brentq(lambda m: min(missing(direction * m, share), HUGE), 0.0, farthest, xtol=1e-12)
    return float(found)


def largest_before(counts, line, restriction):
    """Return the largest departure of that kind among the points before a break.

    Parameters
    ----------
    counts, line : array, length n
        Counts and the line fitted to them; both positive.
    restriction : {"bend", "step"}

    Returns
    -------
    float
        The yardstick for `breakdown`: M over it is one where the future may be as wild as the worst
        of the past. Chance is in it as well as a changing line, so it is rather too large.
    """
    expect("restriction", restriction, RESTRICTIONS)
    gaps = np.log(np.asarray(counts, dtype=float) / np.asarray(line, dtype=float))
    return float(np.abs(np.diff(gaps, n=2 if restriction == "bend" else 1)).max())
