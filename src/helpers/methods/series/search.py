"""A search for changes of level that is told no date, and how often it names one for nothing."""

import numpy as np
import pandas as pd

from helpers.methods.series import segments
from helpers.methods.series.simulated import noise


def change_points(values, *, number=None, most=5, least=3, replicates=500, seed):
    """Search for changes of level without being told a date.

    Dynamic programming over all dates with squared error; the number of changes, unless given, by
    the Bayesian information criterion with the correction for short series of McQuarrie (1999,
    Statistics & Probability Letters 44); intervals for the dates by resampling residuals within
    the fitted levels. The search takes the noise as independent and the levels as flat: see
    `false_alarms` for what it names where neither holds.

    Parameters
    ----------
    values : pandas.Series
        Evenly spaced values; take logarithms of counts first.
    number : int, optional
        Number of changes.
    most : int, default 5
        Largest number tried.
    least : int, default 3
        Fewest points in a segment.
    replicates, seed : int

    Returns
    -------
    pandas.DataFrame
        One row per change: first (first index value after it), low, high (95% interval of it).
        Empty if no change is preferred.

    Raises
    ------
    ValueError
        If a value is missing or the series is too short for that many changes.
    """
    y = values.to_numpy(dtype=float)
    if not np.isfinite(y).all():
        raise ValueError("values: expected finite numbers, found gaps")
    asked = most if number is None else number
    needed = max(least * (asked + 1), 2 * asked + 5)
    if len(y) < needed:
        raise ValueError(f"values: {len(y)} points, expected at least {needed}")
    best = int(_numbers(y[None], most, least)[0]) if number is None else number
    starts = segments.split(y[None], best, least)[0]
    edges = [0, *starts, len(y)]
    lengths = np.diff(edges)
    levels = np.repeat(np.add.reduceat(y, edges[:-1]) / lengths, lengths)
    rng = np.random.default_rng(seed)
    residuals = (y - levels) * np.sqrt(len(y) / (len(y) - len(lengths)))
    again = replicates if best else 0
    drawn = [levels + rng.choice(residuals, len(y)) for _ in range(again)]
    found = segments.split(np.reshape(drawn, (again, len(y))), best, least)
    rows = [
        {
            "first": values.index[start],
            "low": values.index[int(np.quantile(dates, 0.025, method="lower"))],
            "high": values.index[int(np.quantile(dates, 0.975, method="higher"))],
        }
        for start, dates in zip(starts, found.T, strict=False)
    ]
    return pd.DataFrame(rows, columns=["first", "low", "high"])


def false_alarms(length, *, autocorrelation=0.0, trend=0.0, most=5, least=3, replicates=1000, seed):
    """Share of series without any change of level in which `change_points` names one.

    Parameters
    ----------
    length : int
        Points in a series.
    autocorrelation : float, default 0
        Of neighbouring noise.
    trend : float, default 0
        Rise or fall of a straight line per point, in standard deviations of the noise.
    most, least : int
        As for `change_points`.
    replicates, seed : int

    Returns
    -------
    share, error : float
        Error is the Monte Carlo standard error of the share.
    """
    drawn = noise(replicates, length, autocorrelation, np.random.default_rng(seed))
    share = np.mean(_numbers(drawn + trend * np.arange(length), most, least) > 0)
    return float(share), float(np.sqrt(share * (1 - share) / replicates))


def _numbers(values, most, least):
    """Return the preferred number of changes of each row."""
    rows, n = values.shape
    cost = segments.squares(values)
    criteria = []
    for number in range(most + 1):
        starts = segments.split(values, number, least)
        edges = np.hstack([np.zeros((rows, 1), int), starts, np.full((rows, 1), n)])
        squares = cost[np.arange(rows)[:, None], edges[:, :-1], edges[:, 1:]].sum(axis=1)
        # a level for each segment, a date for each change, the variance
        parameters = 2 * (number + 1)
        penalty = parameters * n * np.log(n) / (n - parameters - 2)
        criteria.append(n * np.log(np.maximum(squares, 1e-12) / n) + penalty)
    return np.argmin(criteria, axis=0)
