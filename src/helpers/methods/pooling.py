"""Pool numbers that differ by more than their own errors: random effects, bounds, mixtures."""

from dataclasses import dataclass

import numpy as np

from helpers.methods.existence import NotEstimable

MOST_TRIALS = 2000  # of the spread between counts
SPARE = 2  # counts beyond the number of coefficients below which nothing is estimated


@dataclass(frozen=True)
class RandomEffects:
    """A fitted regression: coefficients, their covariance, spread between counts, free counts."""

    coefficients: np.ndarray
    covariance: np.ndarray
    tau: float
    freedom: int


def fit(centres, errors, design, bound=None):
    """Fit a random-effects regression in which some observations are bounds.

    Parameters
    ----------
    centres, errors : array_like, shape (n,)
        Observations and their standard errors.
    design : array_like, shape (n, p)
    bound : array_like of int, shape (n,), optional
        0 for a number, 1 for a lower bound ("at least"), -1 for an upper bound ("up to").

    Returns
    -------
    RandomEffects

    Raises
    ------
    ValueError
        If a number is not finite or an error not above zero, fewer than p + 2 numbers (bounds
        aside) are given, or p of them do not differ.
    NotEstimable
        If the fit does not come to rest.

    Notes
    -----
    With no bounds this is restricted maximum likelihood (Harville 1977), as in R's metafor. With
    bounds the coefficients are integrated out by Laplace's approximation, exact without bounds.
    """
    centres, errors, design = (np.asarray(part, float) for part in (centres, errors, design))
    if not (np.isfinite(centres).all() and np.isfinite(design).all()):
        raise ValueError("centres and design: found a gap or an infinite number, expected numbers")
    if not (np.isfinite(errors) & (errors > 0)).all():
        raise ValueError(f"errors: found {errors.min():g}, expected numbers above 0")
    side = np.zeros(len(centres), int) if bound is None else np.asarray(bound, int)
    free = int((side == 0).sum()) - design.shape[1]
    if free < SPARE or np.linalg.matrix_rank(design[side == 0]) < design.shape[1]:
        raise ValueError(
            f"found {(side == 0).sum()} counts that are not bounds for {design.shape[1]} "
            f"coefficients, expected at least {design.shape[1] + SPARE}, in every class"
        )

    def restricted(tau):
        _, information, likelihood = _coefficients(centres, errors, design, side, tau)
        return np.linalg.slogdet(information)[1] / 2 - likelihood

    tau = _least(restricted, errors, np.ptp(centres))
    coefficients, information, _ = _coefficients(centres, errors, design, side, tau)
    return RandomEffects(coefficients, np.linalg.inv(information), tau, free)


@dataclass(frozen=True)
class Likelihood:
    """A maximised log-likelihood (without its constant), where it is, and the spread there."""

    value: float
    coefficients: np.ndarray
    tau: float


def log_likelihood(centres, errors, design, bound=None):
    """Maximise the log-likelihood over coefficients and spread, to compare nested designs.

    Parameters
    ----------
    centres, errors, design, bound
        As for `fit`.

    Returns
    -------
    Likelihood
        Of full, not restricted maximum likelihood, which alone compares different designs.
    """
    centres, errors, design = (np.asarray(part, float) for part in (centres, errors, design))
    side = np.zeros(len(centres), int) if bound is None else np.asarray(bound, int)

    def loss(tau):
        return -_coefficients(centres, errors, design, side, tau)[2]

    tau = _least(loss, errors, np.ptp(centres))
    coefficients, _, value = _coefficients(centres, errors, design, side, tau)
    return Likelihood(float(value), coefficients, tau)


def _least(loss, errors, apart):
    """Find the spread of least loss, wherever it lies."""
    from scipy.optimize import minimize_scalar

    low, near, high = _bracket(loss, errors, apart)
    if near == 0:
        return 0.0
    found = minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-9 * near}
    )
    return _exactly(loss, float(found.x)) if found.fun < loss(0.0) else 0.0


def _bracket(function, errors, apart):
    """Find the spread of least loss among trial values, and its neighbours on either side.

    Trials lie evenly on the log scale, from a hundredth of the least error, which changes nothing,
    upwards until the loss rises again.
    """
    trials = [0.0, *np.geomspace(errors.min() / 100, errors.max() + apart, 40)]
    losses = [function(tau) for tau in trials]
    while losses[-1] <= min(losses):
        if len(trials) > MOST_TRIALS:
            raise NotEstimable(f"tau: found no spread between counts up to {trials[-1]:.3g}")
        trials.append(1.25 * trials[-1])
        losses.append(function(trials[-1]))
    best = int(np.argmin(losses))
    return trials[max(best - 1, 0)], trials[best], trials[best + 1]


def _exactly(function, near):
    """Place a minimum above zero where the slope is zero.

    The values of a function give its minimum to half the digits of a float, so that machines would
    differ in the printed ones; the zero of its slope (differences of the sixth order) is known to
    nearly all.
    """
    from scipy.optimize import brentq

    scale = 2.0 ** np.round(np.log2(near))  # of the right order, and the same for a near value
    step = 0.005 * scale

    def slope(x):
        return sum(
            weight * (function(x + k * step) - function(x - k * step))
            for k, weight in ((1, 45), (2, -9), (3, 1))
        )

    for reach in (1e-3, 1e-2, 1e-1):
        low, high = near - reach * scale, near + reach * scale
        if slope(low) < 0 < slope(high):
            return brentq(slope, low, high, xtol=1e-14 * scale)
    raise NotEstimable(f"tau: the fit did not come to rest near {near:.3g}")


def _coefficients(centres, errors, design, side, tau):
    """Coefficients at a given spread, by Newton's method with bounds; information, likelihood."""
    from scipy.special import log_ndtr

    spread = np.sqrt(errors**2 + tau**2)
    numbers = side == 0
    weights = numbers / spread**2
    information = (design.T * weights) @ design
    coefficients = np.linalg.solve(information, (design.T * weights) @ centres)
    if numbers.all():
        z = (design @ coefficients - centres) / spread
        return coefficients, information, (-(z**2) / 2 - np.log(spread)).sum()
    for _ in range(100):
        z = (design @ coefficients - centres) / spread
        log_chance = log_ndtr(side * z)
        # Inverse Mills ratio, on the log scale because both parts vanish far beyond a bound.
        mills = np.exp(-(z**2) / 2 - log_chance) / np.sqrt(2 * np.pi)
        slope = np.where(numbers, -z, side * mills) / spread
        curve = np.where(numbers, 1.0, mills * (mills + side * z)) / spread**2
        information = (design.T * curve) @ design
        step = np.linalg.solve(information, design.T @ slope)
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-10 * spread.min() + 1e-13 * np.abs(coefficients).max():
            break
    else:
        raise NotEstimable("coefficients: the fit did not come to rest in 100 steps")
    likelihood = np.where(numbers, -(z**2) / 2 - np.log(spread), log_chance).sum()
    return coefficients, information, likelihood


def mixture(means, spreads, freedom, level=0.9, weights=None):
    """Median and ends of a mixture of Student distributions.

    Parameters
    ----------
    means, spreads : array_like
        Centre and scale of each part.
    freedom : int
        Degrees of freedom of all parts.
    level : float
        Share of the mixture between the two ends.
    weights : array_like, optional
        Of the parts, not all 0; equal if not given.

    Returns
    -------
    low, median, high : float
    """
    from scipy.optimize import brentq
    from scipy.stats import t

    means, spreads = np.asarray(means, float), np.asarray(spreads, float)
    shares = np.ones(len(means)) if weights is None else np.asarray(weights, float)
    shares = shares / shares.sum()
    far = t.ppf(1 - (1 - level) / 4, freedom) * spreads.max() + 1
    ends = means.min() - far, means.max() + far

    def at(share):
        return brentq(lambda x: shares @ t.cdf((x - means) / spreads, freedom) - share, *ends)

    return at((1 - level) / 2), at(0.5), at((1 + level) / 2)


def mixtures(means, spreads, freedom, weights, level=0.9):
    """Do the same as `mixture` for many mixtures at once, to six digits.

    Parameters
    ----------
    means, spreads, weights : array_like, shape (n, k)
        Of the parts; a part of weight 0 is none.
    freedom : array_like, shape (n,)
    level : float

    Returns
    -------
    numpy.ndarray, shape (n, 3)
        Low, median and high of each.
    """
    from scipy.special import stdtr, stdtrit

    means, spreads, weights = (np.asarray(part, float) for part in (means, spreads, weights))
    freedom = np.asarray(freedom, float)[:, None]
    shares = weights / weights.sum(axis=1, keepdims=True)
    far = stdtrit(freedom[:, 0], 1 - (1 - level) / 4) * spreads.max(axis=1) + 1
    found = []
    for wanted in ((1 - level) / 2, 0.5, (1 + level) / 2):
        low, high = means.min(axis=1) - far, means.max(axis=1) + far
        while (high - low).max() > 1e-6:
            middle = (low + high) / 2
            z = (middle[:, None] - means) / spreads
            below = (shares * stdtr(freedom, z)).sum(axis=1) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found.append((low + high) / 2)
    return np.column_stack(found)


def pooled_share(cases, totals, level=0.9):
    """Pool shares of several samples with a spread between them, on the logit scale.

    Parameters
    ----------
    cases, totals : array_like of int
        People with the property, and asked, in each sample; neither none nor all, whose logit
        has no error of its own.
    level : float
        Coverage.

    Returns
    -------
    dict of str to tuple
        "mean" and "next sample": each (low, central, high) as fractions. The mean's interval uses
        the adjustment of Knapp and Hartung (2003); the other adds the spread between samples. Both
        use Student's t with one degree of freedom fewer than samples.

    Raises
    ------
    ValueError
        If a sample has nobody, or everybody, with the property, or the numbers are not as
        described, or there are fewer than three samples.
    """
    from scipy.stats import t

    cases, totals = np.asarray(cases, float), np.asarray(totals, float)
    if cases.ndim != 1 or cases.shape != totals.shape or len(cases) < 1 + SPARE:
        raise ValueError(
            f"samples: found {cases.size} cases and {totals.size} totals, "
            f"expected {1 + SPARE} or more of each"
        )
    whole = (cases == np.round(cases)) & (totals == np.round(totals))
    for place in np.flatnonzero(~(whole & (cases > 0) & (cases < totals) & np.isfinite(totals))):
        raise ValueError(
            f"sample {place + 1}: found {cases[place]:g} of {totals[place]:g}, expected whole "
            "numbers, and some but not all with the property"
        )
    logits, errors = np.log(cases / (totals - cases)), np.sqrt(1 / cases + 1 / (totals - cases))
    fitted = fit(logits, errors, np.ones((len(cases), 1)))
    weights = 1 / (errors**2 + fitted.tau**2)
    centre = fitted.coefficients[0]
    scatter = (weights * (logits - centre) ** 2).sum() / fitted.freedom
    variance = fitted.covariance[0, 0] * max(scatter, 1.0)
    reach = t.ppf((1 + level) / 2, fitted.freedom)
    spreads = {"mean": variance**0.5, "next sample": (variance + fitted.tau**2) ** 0.5}
    ends = {k: centre + reach * s * np.array([-1, 0, 1]) for k, s in spreads.items()}
    return {name: tuple((1 / (1 + np.exp(-x))).tolist()) for name, x in ends.items()}


def product(first, second):
    """Multiply two ranges that vary independently on the log scale.

    Parameters
    ----------
    first, second : tuple of float
        Each (low, central, high), all above 0.

    Returns
    -------
    low, central, high : float
        Distances from the centre, as logarithms, are added like the sides of a right triangle.

    Raises
    ------
    ValueError
        If a range is not three finite numbers above 0 in ascending order.
    """
    for figures in (first, second):
        if len(figures) != 3 or not (0 < figures[0] <= figures[1] <= figures[2] < np.inf):
            raise ValueError(
                f"range: found {tuple(figures)}, expected low <= central <= high, all above 0"
            )
    (a, b, c), (d, e, f) = np.log(first), np.log(second)
    down, up = np.hypot(b - a, e - d), np.hypot(c - b, f - e)
    return tuple(np.exp([b + e - down, b + e, b + e + up]).tolist())
