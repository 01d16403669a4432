"""Log-linear models of counts, fitted to many series at once: Poisson and negative binomial.

Every series has its own row and all share one design. The algorithm is iteratively reweighted
least squares with the start and the stopping rule of statsmodels' GLM, which the tests hold it to;
one at a time, thousands of simulated series would spend their time on the way in and out.
"""

import numpy as np
from scipy.special import digamma, xlogy, zeta

from helpers.methods.existence import NotEstimable

MOST_STEPS = 200
LONG = 25  # steps within which a fit that does not go to and fro has come to rest
DEVIANCE_CHANGE = 1e-8


def fit_counts(counts, design, offset, alpha, start=None):
    """Fit a model with logarithmic link to each series.

    Parameters
    ----------
    counts : numpy.ndarray, shape (series, n)
    design : numpy.ndarray, shape (n, parameters)
    offset : numpy.ndarray, length n
    alpha : numpy.ndarray, length series
        Overdispersion: variance = mean + alpha mean^2; 0 for Poisson.
    start : numpy.ndarray, shape (series, parameters), optional
        Parameters to start from.

    Returns
    -------
    parameters : numpy.ndarray, shape (series, parameters)
    covariance : numpy.ndarray, shape (series, parameters, parameters)
    mean : numpy.ndarray, shape (series, n)

    Raises
    ------
    NotEstimable
        If a fit does not come to rest, as where no estimate exists: ask
        `helpers.methods.existence` first.
    """
    rows, size = len(counts), design.shape[1]
    parameters, covariance = np.empty((rows, size)), np.empty((rows, size, size))
    mean = np.empty(counts.shape)
    live, alpha = np.arange(rows), alpha[:, None]
    y = counts
    if start is None:
        fitted = (y + y.mean(axis=1, keepdims=True)) / 2
        current = np.zeros((rows, size))
    else:
        current = start
        fitted = np.exp(current @ design.T + offset)
    # What the current parameters do not explain of the first guess, on the scale of the link.
    gap = np.log(fitted) - offset - current @ design.T
    before = _deviance(y, fitted, alpha)
    for step in range(MOST_STEPS):
        weight = fitted / (1 + alpha * fitted)
        spread = np.linalg.inv(_cross(design, weight))
        right = (weight * (gap + (y - fitted) / fitted)) @ design
        move = (spread @ right[..., None])[..., 0]
        # far-flung counts can go to and fro between two values for ever: then half the way
        current = current + (move if step < LONG else move / 2)
        fitted, gap = np.exp(current @ design.T + offset), 0.0
        deviance = _deviance(y, fitted, alpha)
        # counts of many millions have a deviance that no float holds to eight decimals
        least = np.maximum(DEVIANCE_CHANGE, 16 * np.finfo(float).eps * y.sum(axis=1))
        done = np.abs(deviance - before) <= least
        parameters[live], covariance[live], mean[live] = current, spread, fitted
        if done.all():
            break
        live, y, alpha, current, fitted, before = (
            part[~done] for part in (live, y, alpha, current, fitted, deviance)
        )
    else:
        raise NotEstimable(f"counts: the fit did not come to rest in {MOST_STEPS} steps")
    return parameters, covariance, mean


def overdispersion(counts, design, offset):
    """Estimate alpha of the negative binomial for each series by maximum likelihood.

    Alternates with the mean, as in Venables & Ripley (2002), Modern Applied Statistics with S,
    section 7.4.

    Parameters
    ----------
    counts : numpy.ndarray, shape (series, n)
    design : numpy.ndarray, shape (n, parameters)
    offset : numpy.ndarray, length n

    Returns
    -------
    numpy.ndarray, length series
        alpha in variance = mean + alpha mean^2; 0 where the spread is no larger than Poisson.

    Raises
    ------
    NotEstimable
        If it does not converge.
    """
    alpha = np.zeros(len(counts))
    live, y = np.arange(len(counts)), counts
    parameters, _, mean = fit_counts(y, design, offset, alpha)
    for _ in range(MOST_STEPS):
        high = np.log(1e4 * np.maximum(mean.max(axis=1), 1.0))
        low = np.full(len(y), -10.0)
        ends = _score(low, y, mean)[0] * _score(high, y, mean)[0]
        # No more spread than Poisson: the likelihood grows until alpha is 0.
        poisson = (((y - mean) ** 2 - y).sum(axis=1) <= 0) | (ends > 0)
        alpha[live[poisson]] = 0.0
        live, y, mean, low, high, parameters = (
            part[~poisson] for part in (live, y, mean, low, high, parameters)
        )
        before = alpha[live]
        alpha[live] = 1 / np.exp(_root(y, mean, low, high))
        # near Poisson no float holds alpha to eight digits, but the variances that it makes
        moving = np.abs(alpha[live] - before) > 1e-8 * (alpha[live] + 1 / mean.max(axis=1))
        if not moving.any():
            return alpha
        live, y, parameters = live[moving], y[moving], parameters[moving]
        parameters, _, mean = fit_counts(y, design, offset, alpha[live], parameters)
    raise NotEstimable("counts: the negative binomial did not converge, expected quasi_poisson")


def newey_west(counts, design, mean, alpha, lags):
    """Covariance of the parameters that allows for autocorrelation (Newey & West 1987).

    Parameters
    ----------
    counts, mean : numpy.ndarray, shape (series, n)
    design : numpy.ndarray, shape (n, parameters)
    alpha : numpy.ndarray, length series
    lags : int
        Largest lag, with weights falling linearly (Bartlett).

    Returns
    -------
    numpy.ndarray, shape (series, parameters, parameters)
        With the small-sample correction n / (n - parameters).
    """
    alpha, (n, size) = alpha[:, None], design.shape
    scores = ((counts - mean) / (1 + alpha * mean))[..., None] * design
    middle = scores.swapaxes(1, 2) @ scores
    for lag in range(1, lags + 1):
        apart = scores[:, lag:].swapaxes(1, 2) @ scores[:, :-lag]
        middle += (1 - lag / (lags + 1)) * (apart + apart.swapaxes(1, 2))
    observed = mean * (1 + alpha * counts) / (1 + alpha * mean) ** 2
    bread = np.linalg.inv(_cross(design, observed))
    return bread @ middle @ bread * (n / (n - size))


def _cross(design, weight):
    """Return X' W X for each row of weights."""
    pairs = design[:, :, None] * design[:, None, :]
    size = design.shape[1]
    return (weight @ pairs.reshape(len(design), -1)).reshape(-1, size, size)


def _deviance(y, mean, alpha):
    """Twice the log-likelihood short of a perfect fit, by series."""
    poisson = xlogy(y, y / mean) - (y - mean)
    if not alpha.any():
        return 2 * poisson.sum(axis=1)
    size = 1 / np.where(alpha > 0, alpha, 1.0)
    more = xlogy(y, y / mean) - (y + size) * np.log((y + size) / (mean + size))
    return 2 * np.where(alpha > 0, more, poisson).sum(axis=1)


def _score(log_theta, y, mean):
    """Slope of the log-likelihood in theta = 1 / alpha, its slope in log theta, and its rounding.

    Near Poisson theta is large and what is left of the score is far smaller than the functions
    that it is made of; so their leading terms are taken out by hand.
    """
    theta = np.exp(log_theta)[:, None]
    whole, off = theta + mean, (y - mean) / (theta + mean)
    first, bend = _polygamma_rest(theta)
    rest, rest_bend = _polygamma_rest(theta + y)
    value = (rest - first + np.log1p(off) - off).sum(axis=1)
    slope = rest_bend - bend + (y - mean) ** 2 / ((theta + y) * whole**2)
    rounding = 4 * np.finfo(float).eps * (np.abs(first) + np.abs(off)).sum(axis=1)
    return value, (theta * slope).sum(axis=1), rounding


def _polygamma_rest(x):
    """Digamma less log x, and trigamma less 1 / x; by their asymptotic series where x is large."""
    large = np.maximum(x, 30.0)
    z = 1 / large**2
    values = -1 / (2 * large) - z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z / 240)))
    bends = z / 2 + z / large * (1 / 6 - z * (1 / 30 - z * (1 / 42 - z / 30)))
    near = x < 30
    small = x[near]
    values[near] = digamma(small) - np.log(small)
    bends[near] = zeta(2, small) - 1 / small
    return values, bends


def _root(y, mean, low, high):
    """Solve the score for log theta by Newton's method, kept between two ends."""
    low, high = low.copy(), high.copy()
    sign = np.sign(_score(low, y, mean)[0])
    by_moments = (mean**2).sum(axis=1) / ((y - mean) ** 2 - y).sum(axis=1)
    x = np.clip(np.log(by_moments), low + 0.1, high - 0.1)
    live = np.arange(len(y))
    for _ in range(MOST_STEPS):
        if not live.size:
            return x
        now = x[live]
        value, slope, rounding = _score(now, y[live], mean[live])
        left = value * sign[live] > 0
        low[live], high[live] = np.where(left, now, low[live]), np.where(left, high[live], now)
        with np.errstate(divide="ignore", invalid="ignore"):
            tried = np.where(value == 0, now, now - value / slope)
        inside = (tried >= low[live]) & (tried <= high[live])
        x[live] = np.where(inside, tried, (low[live] + high[live]) / 2)
        # a score that is nothing but rounding of its terms has no sign to follow
        moving = np.abs(x[live] - now) > 1e-12 * (1 + np.abs(now))
        live = live[moving & (np.abs(value) > rounding)]
    raise NotEstimable(f"overdispersion: the fit did not come to rest in {MOST_STEPS} steps")
