"""Series drawn with known truth: noise whose neighbours resemble each other, and counts with it."""

import numpy as np


def noise(size, length, autocorrelation, rng):
    """Draw standard normal noise of a first-order process.

    Parameters
    ----------
    size, length : int
        Number of series and of points in each.
    autocorrelation : float
        Of neighbouring points, between -1 and 1.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray, shape (size, length)
    """
    shocks = rng.standard_normal((size, length))
    for step in range(1, length):
        fresh = np.sqrt(1 - autocorrelation**2) * shocks[:, step]
        shocks[:, step] = autocorrelation * shocks[:, step - 1] + fresh
    return shocks


def simulate_counts(mean, overdispersion, autocorrelation, size, rng):
    """Draw series of counts with extra spread that may be autocorrelated.

    Parameters
    ----------
    mean : array of float, length n
    overdispersion : float
        alpha in variance = mean + alpha mean^2.
    autocorrelation : float
        Of the log-normal spread, first order, between -1 and 1.
    size : int
        Number of series.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray of int, shape (size, n)
    """
    shocks = noise(size, len(mean), autocorrelation, rng)
    variance = np.log1p(overdispersion)
    return rng.poisson(mean * np.exp(np.sqrt(variance) * shocks - variance / 2))
