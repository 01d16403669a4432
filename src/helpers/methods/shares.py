"""Shares and rates: intervals and decompositions."""

import numpy as np


def wilson_interval(cases, total, level=0.95):
    """Interval for a share, after Wilson (1927), sound for small counts.

    Parameters
    ----------
    cases, total : int
        Persons with the property and persons in all, with ``0 <= cases <= total`` and total > 0.
    level : float, default 0.95
        Coverage, between 0 and 1.

    Returns
    -------
    low, high : float
        Fractions between 0 and 1.

    Raises
    ------
    ValueError
        If the counts are not as described.

    Notes
    -----
    A complete register has no sampling error. The interval answers another question: how far a
    year's share could lie from the underlying chance, had the same process run once more.
    """
    from scipy.stats import binomtest

    if not (0 <= cases <= total and total > 0):
        raise ValueError(f"share: expected 0 <= cases <= total, found {cases} of {total}")
    low, high = binomtest(int(cases), int(total)).proportion_ci(level, method="wilson")
    return float(low), float(high)


def decompose_rate(weights_before, rates_before, weights_after, rates_after):
    """Split the change of an average into changed weights and changed rates (Kitagawa 1955).

    Parameters
    ----------
    weights_before, weights_after : array_like
        Shares of the groups, each summing to 1.
    rates_before, rates_after : array_like
        Rate of each group, in any unit.

    Returns
    -------
    weights, rates : float
        Two parts that sum exactly to the change of the average, in the unit of the rates.

    Raises
    ------
    ValueError
        If the weights do not sum to 1 or a rate is missing.
    """
    parts = (weights_before, rates_before, weights_after, rates_after)
    w0, r0, w1, r1 = (np.asarray(part, dtype=float) for part in parts)
    if not np.allclose([w0.sum(), w1.sum()], 1):
        raise ValueError(f"weights: expected sums of 1, found {w0.sum():g} and {w1.sum():g}")
    if not (np.isfinite(r0).all() and np.isfinite(r1).all()):
        raise ValueError("rates: found a gap, expected a rate for every group")
    return float((w1 - w0) @ (r0 + r1) / 2), float((r1 - r0) @ (w0 + w1) / 2)
