"""Checks on a break: placebo dates, honest intervals for short series, power, change points."""

import numpy as np
import pandas as pd

from helpers.expect import expect
from helpers.methods.existence import NotEstimable
from helpers.methods.series import count_models, segments
from helpers.methods.series.interrupted import (
    LEAST_POINTS,
    changes,
    fit_many,
    interrupted_series,
    refit,
)

SAME = 8  # decimals of the log of a ratio beyond which changes are rounding


def placebo_breaks(counts, break_, *, first=None, last=None, slope=True, **options):
    """Estimate the same change at every date where nothing is known to have happened.

    Parameters
    ----------
    counts : pandas.Series
        As for `interrupted_series`.
    break_ : label
        The break under test.
    first, last : label, optional
        Stretch used, both included; leave other breaks outside it.
    slope, **options
        Passed to `interrupted_series`.

    Returns
    -------
    pandas.DataFrame
        Rows: dates of the break, the tested one among them; columns ratio, low, high (level
        change) and rank (1: the largest change in either direction on the log scale; changes that
        are equal share the better rank). Dates at which no estimate exists are left out and listed
        in ``attrs["not_estimable"]``.

    Raises
    ------
    ValueError
        If the break is too near an end of the stretch.
    NotEstimable
        If there is no estimate at the break under test.
    """
    part = counts.loc[first:last]
    least = LEAST_POINTS[bool(slope)]
    dates = list(part.index[least : len(part) - least + 1])
    expect(f"from {part.index[0]} to {part.index[-1]}, break", break_, dates)
    rows, lost = {}, []
    for date in dates:
        try:
            rows[date] = interrupted_series(part, [date], slope=slope, **options).iloc[0]
        except NotEstimable:
            if date == break_:
                raise
            lost.append(date)
    table = pd.DataFrame(list(rows.values()), index=pd.Index(rows, name="break"))
    sizes = np.log(table["ratio"]).abs().round(SAME)
    table = table.assign(rank=sizes.rank(ascending=False, method="min").astype(int))
    table.attrs["not_estimable"] = lost
    return table


def autocorrelation(fit):
    """Estimate the autocorrelation at lag one, without the bias that fitted lines cause.

    Residuals around fitted lines alternate more than the errors do. The estimate is the value at
    which the expected residual autocorrelation, tr(M S M L) / tr(M S M) with M = I - X (X'X)^-1 X',
    S the covariance of a first-order process and L the lag, equals the observed one.

    Parameters
    ----------
    fit : helpers.methods.series.interrupted.Fit

    Returns
    -------
    float
        Between -0.9 and 0.9.
    """
    from scipy.optimize import brentq

    mean = np.exp(fit.design @ fit.parameters + fit.offset)
    residuals = (fit.counts - mean) / mean
    n = len(residuals)
    leave = np.eye(n) - fit.design @ np.linalg.pinv(fit.design)
    residuals = leave @ residuals
    observed = residuals[1:] @ residuals[:-1] / (residuals @ residuals)
    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))

    def excess(rho):
        # 0^0 is 1 in numpy, so rho = 0 gives the identity
        covariance = leave @ np.power(rho, steps) @ leave
        return np.trace(covariance, offset=1) / np.trace(covariance) - observed

    low, high = excess(-0.9), excess(0.9)
    if low * high > 0:
        return 0.9 if high < 0 else -0.9
    return float(brentq(excess, -0.9, 0.9))


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
    shocks = rng.standard_normal((size, len(mean)))
    for step in range(1, len(mean)):
        fresh = np.sqrt(1 - autocorrelation**2) * shocks[:, step]
        shocks[:, step] = autocorrelation * shocks[:, step - 1] + fresh
    variance = np.log1p(overdispersion)
    return rng.poisson(mean * np.exp(np.sqrt(variance) * shocks - variance / 2))


def spread(fit):
    """Return the overdispersion alpha of a fit of any family, corrected for its parameters."""
    n, parameters = fit.design.shape
    alpha = count_models.overdispersion(fit.counts[None], fit.design, fit.offset)[0]
    return float(alpha) * n / (n - parameters)


def calibrated(fit, *, family, autocorrelation, replicates=400, seed):
    """Widen intervals until they hold what they promise in series like this one (bootstrap-t).

    Series are drawn from the fitted model with its overdispersion and the given autocorrelation;
    the same model is fitted to each; the 95% quantile of |estimate - truth| / error takes the
    place of 1.96 (Efron & Tibshirani 1993, section 12.5). Where more than 5% of the series have no
    estimate the interval is open.

    Parameters
    ----------
    fit : helpers.methods.series.interrupted.Fit
    family : str
        The family that was fitted.
    autocorrelation : float
    replicates : int, default 400
    seed : int

    Returns
    -------
    pandas.DataFrame
        Columns ratio, low, high, quantile; rows as from `interrupted_series`.
    """
    rng = np.random.default_rng(seed)
    mean = np.exp(fit.design @ fit.parameters + fit.offset)
    chosen = [i for i, name in enumerate(fit.names) if "_change " in name]
    drawn = simulate_counts(mean, spread(fit), autocorrelation, replicates, rng)
    again = refit(fit, drawn, family=family, lost="nan")
    errors = np.sqrt(np.diagonal(again.covariance, axis1=1, axis2=2))
    deviations = (np.abs(again.parameters - fit.parameters) / errors)[:, chosen]
    # a series without an estimate lies as far from the truth as can be
    deviations = np.where(np.isnan(deviations), np.inf, deviations)
    with np.errstate(invalid="ignore"):
        quantile = np.quantile(deviations, 0.95, axis=0)
    quantile = np.where(np.isnan(quantile), np.inf, quantile)
    middle, error = fit.parameters[chosen], np.sqrt(np.diag(fit.covariance))[chosen]
    ends = {"low": np.exp(middle - quantile * error), "high": np.exp(middle + quantile * error)}
    names = [fit.names[i] for i in chosen]
    return pd.DataFrame({"ratio": np.exp(middle), **ends, "quantile": quantile}, index=names)


def neighbours(index, breaks, break_):
    """Return the stretch around one break that holds no other break.

    Parameters
    ----------
    index : pandas.Index
    breaks : list
        All breaks, in order.
    break_ : label
        One of them.

    Returns
    -------
    first, last : label
        Both included.
    """
    place = breaks.index(break_)
    first = index[0] if place == 0 else breaks[place - 1]
    if place == len(breaks) - 1:
        return first, index[-1]
    return first, index[index.get_loc(breaks[place + 1]) - 1]


def verdict(changes):
    """Say in words what each interval for a ratio allows.

    Parameters
    ----------
    changes : pandas.DataFrame
        Columns low, high: ends of intervals; 1 is no change.

    Returns
    -------
    numpy.ndarray of str
        "a fall", "a rise" or "not told from no change", by row.
    """
    outside = [changes["high"] < 1, changes["low"] > 1]
    return np.select(outside, ["a fall", "a rise"], "not told from no change")


def power(
    mean, break_, ratios, *, overdispersion, autocorrelation, replicates=300, seed, **options
):
    """Share of simulated series in which a change of level of a known size is found.

    Parameters
    ----------
    mean : pandas.Series
        Expected counts without the change.
    break_ : label
        First index value after the change.
    ratios : list of float
        Sizes of the change of level; 1 (no change) is always simulated too.
    overdispersion, autocorrelation : float
        As for `simulate_counts`.
    replicates, seed : int
    **options
        Passed to `interrupted_series` (family, slope, robust).

    Returns
    -------
    pandas.DataFrame
        Index ratio; found: share of intervals that exclude 1; found_calibrated: the same with the
        threshold at which only 5% are found when nothing changed; error: Monte Carlo standard
        error of the larger of the two.
    """
    after = mean.index >= break_
    rows, threshold = {}, None
    for ratio in [1.0, *[r for r in ratios if r != 1]]:
        rng = np.random.default_rng(seed)
        truth = mean.to_numpy() * np.where(after, ratio, 1.0)
        drawn = simulate_counts(truth, overdispersion, autocorrelation, replicates, rng)
        fits = fit_many(drawn, mean.index, [break_], lost="nan", **options)
        _, *ends = changes(fits, options.get("robust", False))
        level, low, high = (values[:, 0] for values in ends)
        found = (low > 1) | (high < 1)
        sizes = np.nan_to_num(np.abs(np.log(level)) / np.log(high / low))  # no estimate, no find
        threshold = np.quantile(sizes, 0.95) if threshold is None else threshold
        shares = np.mean(found), np.mean(sizes > threshold)
        worst = min(shares, key=lambda share: abs(share - 0.5))
        rows[ratio] = [*shares, np.sqrt(max(worst * (1 - worst), 1 / replicates) / replicates)]
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["found", "found_calibrated", "error"]
    ).rename_axis("ratio")


def change_points(values, *, number=None, most=5, least=3, replicates=500, seed):
    """Search for changes of level without being told a date.

    Dynamic programming over all dates with squared error; the number of changes, unless given, by
    the Bayesian information criterion with the correction for short series of McQuarrie (1999,
    Statistics & Probability Letters 44); intervals for the dates by resampling residuals within
    the fitted levels.

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
    tried = range(most + 1) if number is None else [number]
    best = min((_split(y, k, least) for k in tried), key=lambda ends: _criterion(y, ends))
    levels = _levels(y, best)
    rng = np.random.default_rng(seed)
    residuals = (y - levels) * np.sqrt(len(y) / (len(y) - len(best)))
    again = replicates if len(best) > 1 else 0
    drawn = [levels + rng.choice(residuals, len(y)) for _ in range(again)]
    found = segments.split(np.reshape(drawn, (again, len(y))), len(best) - 1, least)
    rows = [
        {
            "first": values.index[end],
            "low": values.index[int(np.quantile(dates, 0.025, method="lower"))],
            "high": values.index[int(np.quantile(dates, 0.975, method="higher"))],
        }
        for end, dates in zip(best[:-1], found.T, strict=False)
    ]
    return pd.DataFrame(rows, columns=["first", "low", "high"])


def _split(y, number, least):
    return [*segments.split(y[None], number, least)[0].tolist(), len(y)]


def _levels(y, ends):
    starts = [0, *ends[:-1]]
    means = [np.full(b - a, y[a:b].mean()) for a, b in zip(starts, ends, strict=True)]
    return np.concatenate(means)


def _criterion(y, ends):
    n, squares = len(y), max(float(np.sum((y - _levels(y, ends)) ** 2)), 1e-12)
    parameters = 2 * len(ends)  # a level for each segment, a date for each change, the variance
    return n * np.log(squares / n) + parameters * n * np.log(n) / (n - parameters - 2)
