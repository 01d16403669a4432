"""Interrupted time series of counts: the change of level and of trend at a given moment.

The model is segmented regression (Lopez Bernal, Cummins & Gasparrini 2017, Int J Epidemiol 46):
the logarithm of the expected count is a straight line in time that may jump (level) and bend
(slope) at each break.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.ordered import checked, listed

FAMILIES = ("poisson", "quasi_poisson", "negative_binomial")
LEAST_POINTS = {True: 3, False: 2}  # a line through two points always fits, so it shows nothing
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Fit:
    """A fitted segmented regression; `names` label the columns of `design`."""

    index: pd.Index
    counts: np.ndarray
    design: np.ndarray
    names: tuple[str, ...]
    offset: np.ndarray
    parameters: np.ndarray
    covariance: np.ndarray
    dispersion: float  # variance over mean for the Poisson families
    overdispersion: float  # alpha in variance = mean + alpha mean^2; 0 for the Poisson families


def interrupted_series(
    counts,
    breaks,
    *,
    slope=True,
    exposure=None,
    harmonics=0,
    period=12,
    family="negative_binomial",
    robust=False,
):
    """Estimate the change of level and of slope at each break of a series of counts.

    Parameters
    ----------
    counts : pandas.Series, length n
        Counts on any ordered index without gaps (years, periods, dates, numbers).
    breaks : sequence
        For each change, the first index value after it.
    slope : bool, default True
        Whether the slope may change too.
    exposure : array-like, length n, optional
        Persons or time at risk, or a comparison series; positive. Its logarithm is an offset.
    harmonics : int, default 0
        Pairs of sines and cosines for the season; 0 for yearly data.
    period : int, default 12
        Observations per season.
    family : str, default "negative_binomial"
        "poisson", "quasi_poisson" (variance proportional to the mean) or "negative_binomial"
        (variance = mean + alpha mean^2, alpha by maximum likelihood).
    robust : bool, default False
        Errors consistent under autocorrelation (Newey & West 1987) with their small-sample
        correction and Student's t; lag floor(4 (n/100)^(2/9)).

    Returns
    -------
    pandas.DataFrame
        Rows "level_change <break>" and, with slope, "slope_change <break>"; columns ratio, low,
        high (95%, Wald on the log scale). The level ratio compares the line after the break with
        the line before it, both at the last point before; the slope ratio is per step of the index.

    Raises
    ------
    ValueError
        If counts are not counts or have gaps, a break is outside the data or too near its ends,
        a segment holds no case, or an option is unknown.
    """
    fit = fit_series(
        counts,
        breaks,
        slope=slope,
        exposure=exposure,
        harmonics=harmonics,
        period=period,
        family=family,
        robust=robust,
    )
    return _ratios(fit, robust)


def fit_series(
    counts,
    breaks,
    *,
    slope=True,
    exposure=None,
    harmonics=0,
    period=12,
    family="negative_binomial",
    robust=False,
):
    """Fit the model of `interrupted_series`, with the same parameters, and return the `Fit`."""
    if family not in FAMILIES:
        raise ValueError(f"family is {family!r}, expected one of {', '.join(FAMILIES)}")
    y, time = checked(counts)
    starts = _break_positions(counts.index, y, breaks, LEAST_POINTS[bool(slope)])
    design, names = _design(time, starts, counts.index, slope, harmonics, period)
    if len(y) <= design.shape[1]:
        raise ValueError(f"series has {len(y)} points, expected more than {design.shape[1]}")
    offset = _offset(exposure, len(y))
    parameters, covariance, dispersion, alpha = _estimate(y, design, offset, family, robust)
    return Fit(
        counts.index, y, design, tuple(names), offset, parameters, covariance, dispersion, alpha
    )


def expected(fit, without=None):
    """Return expected counts, as fitted or as if one break had not happened.

    Parameters
    ----------
    fit : Fit
    without : label, optional
        Break whose level and slope change are taken out: the counterfactual.

    Returns
    -------
    pandas.Series
        Expected counts by index.
    """
    return pd.Series(np.exp(_design_without(fit, without) @ fit.parameters + fit.offset), fit.index)


def shortfall(fit, break_, last=None, *, widen=1.0, draws=4000, seed):
    """Count the persons missing after a break against the line before it.

    Parameters
    ----------
    fit : Fit
    break_ : label
        Which break.
    last : label, optional
        Last index value counted; the end of the series if not given.
    widen : float, default 1
        Factor on the standard errors of the parameters, for example from
        `helpers.breaks.calibrated`: its quantile over 1.96.
    draws : int, default 4000
        Draws of the parameters and of the counts that would have come.
    seed : int

    Returns
    -------
    value, low, high : float
        Persons expected without the break minus persons counted, with a 95% interval. Negative:
        more came than expected.

    Raises
    ------
    ValueError
        If the break is not one of the fit's breaks or `last` is not in the index after it.
    """
    design = _design_without(fit, break_)
    first = fit.index.get_loc(break_)
    end = len(fit.index) if last is None else _position(fit.index, last, "last") + 1
    if end <= first:
        raise ValueError(f"last is {last}, expected {break_} or later")
    rng = np.random.default_rng(seed)
    inside = slice(first, end)
    log_mean = design[inside] @ fit.parameters + fit.offset[inside]
    root = np.linalg.cholesky(fit.covariance + 1e-14 * np.eye(len(fit.parameters)))
    noise = widen * design[inside] @ root @ rng.standard_normal((len(fit.parameters), draws))
    mean = np.exp(np.minimum(log_mean[:, None] + noise, 30.0))  # e^30: beyond any population
    if fit.overdispersion > 0:
        mean = mean * rng.gamma(1 / fit.overdispersion, fit.overdispersion, mean.shape)
    spread = np.sqrt(mean * fit.dispersion) * rng.standard_normal(mean.shape)
    totals = np.maximum(mean + spread, 0.0).sum(axis=0) - fit.counts[inside].sum()
    low, high = np.quantile(totals, [0.025, 0.975])
    return float(np.exp(log_mean).sum() - fit.counts[inside].sum()), float(low), float(high)


def _design_without(fit, break_):
    if break_ is None:
        return fit.design
    removed = [f"level_change {break_}", f"slope_change {break_}"]
    if removed[0] not in fit.names:
        known = [name.split(" ", 1)[1] for name in fit.names if name.startswith("level_change ")]
        raise ValueError(f"break is {break_}, expected one of {', '.join(known)}")
    return np.where(np.isin(fit.names, removed), 0.0, fit.design)


def _position(index, label, what="break"):
    if label not in index:
        raise ValueError(f"{what} is {label}, expected a value from {index[0]} to {index[-1]}")
    return index.get_loc(label)


def _break_positions(index, y, breaks, least):
    labels = list(breaks)
    if not labels:
        raise ValueError("breaks: expected at least one")
    starts = [_position(index, label) for label in labels]
    if starts != sorted(set(starts)):
        raise ValueError(f"breaks are {listed(labels)}, expected ascending order without repeats")
    edges = [0, *starts, len(index)]
    for first, end in pairwise(edges):
        where = f"from {index[first]} to {index[end - 1]}" if end > first else "before it"
        if end - first < least:
            raise ValueError(
                f"breaks {listed(labels)}: {end - first} points {where}, expected at least {least}"
            )
        if not y[first:end].any():
            raise ValueError(f"breaks {listed(labels)}: no case {where}, no ratio can be estimated")
    return starts


def _design(time, starts, index, slope, harmonics, period):
    columns, names = [np.ones_like(time), time - time.mean()], ["constant", "trend"]
    for start in starts:
        after = (np.arange(len(time)) >= start).astype(float)
        columns.append(after)
        names.append(f"level_change {index[start]}")
        if slope:
            columns.append(after * (time - time[start] + 1))
            names.append(f"slope_change {index[start]}")
    for k in range(1, harmonics + 1):
        angle = 2 * np.pi * k * time / period
        columns += [np.sin(angle), np.cos(angle)]
        names += [f"sine {k}", f"cosine {k}"]
    return np.column_stack(columns), names


def _offset(exposure, length):
    if exposure is None:
        return np.zeros(length)
    values = np.asarray(exposure, dtype=float)
    if values.shape != (length,) or not (values > 0).all():
        raise ValueError(f"exposure: expected {length} positive numbers")
    return np.log(values)


def _estimate(y, design, offset, family, robust):
    """Return parameters, their covariance, dispersion and overdispersion."""
    alpha = overdispersion(y, design, offset) if family == "negative_binomial" else 0.0
    options = {"scale": "X2" if family == "quasi_poisson" else 1.0}
    if robust:
        lags = int(4 * (len(y) / 100) ** (2 / 9))
        options |= {"cov_type": "HAC", "cov_kwds": {"maxlags": lags, "use_correction": True}}
    result = _generalised(y, design, offset, alpha, **options)
    return result.params, result.cov_params(), float(result.scale), alpha


def _generalised(y, design, offset, alpha, start=None, **options):
    """Fit a generalised linear model with logarithmic link: Poisson, or negative binomial."""
    import warnings

    from statsmodels.genmod.families import NegativeBinomial, Poisson
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    family = NegativeBinomial(alpha=alpha) if alpha > 0 else Poisson()
    with warnings.catch_warnings():
        # Counts that lie exactly on the lines are no separation: the parameters are identified.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return GLM(y, design, family=family, offset=offset).fit(start_params=start, **options)


def overdispersion(y, design, offset):
    """Estimate alpha of the negative binomial by maximum likelihood.

    Alternates with the mean, as in Venables & Ripley (2002), Modern Applied Statistics with S,
    section 7.4.

    Parameters
    ----------
    y, offset : numpy.ndarray, length n
    design : numpy.ndarray, shape (n, parameters)

    Returns
    -------
    float
        alpha in variance = mean + alpha mean^2; 0 where the spread is no larger than Poisson.

    Raises
    ------
    ValueError
        If it does not converge.
    """
    from scipy.optimize import brentq
    from scipy.special import digamma

    def score(log_theta, mean):
        theta = np.exp(log_theta)
        terms = digamma(theta + y) - digamma(theta) + log_theta + 1 - np.log(theta + mean)
        return np.sum(terms - (y + theta) / (theta + mean))

    result, alpha = _generalised(y, design, offset, 0.0), 0.0
    for _ in range(50):
        mean = result.fittedvalues
        ends = -10.0, np.log(1e4 * max(mean.max(), 1.0))
        # No more spread than Poisson: the likelihood grows until alpha is 0.
        if np.sum((y - mean) ** 2 - y) <= 0 or score(ends[0], mean) * score(ends[1], mean) > 0:
            return 0.0
        before, alpha = alpha, 1 / np.exp(brentq(score, *ends, args=(mean,)))
        if abs(alpha - before) <= 1e-8 * alpha:
            return float(alpha)
        result = _generalised(y, design, offset, alpha, start=result.params)
    raise ValueError("counts: the negative binomial did not converge, expected quasi_poisson")


def _ratios(fit, robust):
    from scipy.stats import t

    chosen = [i for i, name in enumerate(fit.names) if "_change " in name]
    quantile = t.ppf(0.975, len(fit.counts) - len(fit.names)) if robust else Z95
    error = np.sqrt(np.diag(fit.covariance))[chosen]
    middle = fit.parameters[chosen]
    return pd.DataFrame(
        {
            "ratio": np.exp(middle),
            "low": np.exp(middle - quantile * error),
            "high": np.exp(middle + quantile * error),
        },
        index=[fit.names[i] for i in chosen],
    )
