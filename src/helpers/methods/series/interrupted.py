"""Interrupted time series of counts: the change of level and of trend at a given moment.

The model is segmented regression (Lopez Bernal, Cummins & Gasparrini 2017, Int J Epidemiol 46):
the logarithm of the expected count is a straight line in time that may jump (level) and bend
(slope) at each break. The change of level is measured at the first point after the break, where the
line after it is compared with the line before it carried on; the slope counts from that point.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers.expect import expect, nearest
from helpers.methods import existence
from helpers.methods.existence import NotEstimable
from helpers.methods.series import count_models
from helpers.methods.series.ordered import checked, listed, require_counts

FAMILIES = ("poisson", "quasi_poisson", "negative_binomial")
LEAST_POINTS = {True: 3, False: 2}  # a line through two points always fits, so it shows nothing
Z95 = 1.959963984540054
MEETS_EVERY_COUNT = 1e-12  # a variance over mean below this is rounding


@dataclass(frozen=True)
class Fit:
    """A fitted segmented regression; `names` label the columns of `design`.

    From `fit_many`, all but index, design, names and offset have one row per series.
    """

    index: pd.Index
    counts: np.ndarray
    design: np.ndarray
    names: tuple[str, ...]
    offset: np.ndarray
    parameters: np.ndarray
    covariance: np.ndarray
    dispersion: float  # variance over mean that was used: 1 for poisson, at least 1 for quasi
    found_dispersion: float  # variance over mean as found (Pearson)
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
    omit=(),
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
        "poisson", "quasi_poisson" (variance proportional to the mean, never below it) or
        "negative_binomial" (variance = mean + alpha mean^2, alpha by maximum likelihood).
    robust : bool, default False
        Errors consistent under autocorrelation (Newey & West 1987) with their small-sample
        correction and Student's t; lag floor(4 (n/100)^(2/9)). Counts that scatter less than chance
        are taken as if they scattered as chance would have them.
    omit : sequence, default ()
        Index values that are left out, such as those in which a change was phased in; their counts
        may be missing. Time runs on through them; robust errors take the points on either side as
        neighbours.

    Returns
    -------
    pandas.DataFrame
        Rows "level_change <break>" and, with slope, "slope_change <break>"; columns ratio, low,
        high (95%, Wald on the log scale). The level ratio compares the line after the break with
        the line before it, both at the first point after; the slope ratio is per step of the index.
        ``attrs["note"]`` says where counts that scatter less than chance were taken as Poisson.

    Raises
    ------
    ValueError
        If counts are not counts or have gaps, a break is outside the data or too near its ends,
        or an option is unknown.
    NotEstimable
        If the estimate does not exist (a segment holds no case, or too few) or was not reached.
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
        omit=omit,
    )
    names, ratio, low, high = changes(fit, robust)
    table = pd.DataFrame({"ratio": ratio, "low": low, "high": high}, index=names)
    if (robust or family == "quasi_poisson") and fit.found_dispersion < 1:
        table.attrs["note"] = (
            f"the counts scatter less than chance would have them (variance over mean "
            f"{fit.found_dispersion:.2g}): it is taken as 1"
        )
    return table


def fit_series(counts, breaks, *, omit=(), **options):
    """Fit the model of `interrupted_series`, with the same parameters, and return the `Fit`.

    Points that are left out are not in it.
    """
    if len(omit):
        kept = _kept(counts.index, omit)
        counts = counts.where(kept, 0)
    y, _ = checked(counts)
    return one(fit_many(y[None], counts.index, breaks, omit=omit, **options))


def one(fits):
    """Return the first of many fits as the fit of one series."""
    return replace(
        fits,
        counts=fits.counts[0],
        parameters=fits.parameters[0],
        covariance=fits.covariance[0],
        dispersion=float(fits.dispersion[0]),
        found_dispersion=float(fits.found_dispersion[0]),
        overdispersion=float(fits.overdispersion[0]),
    )


def fit_many(
    counts,
    index,
    breaks,
    *,
    slope=True,
    exposure=None,
    harmonics=0,
    period=12,
    family="negative_binomial",
    robust=False,
    omit=(),
    lost="refuse",
):
    """Fit the model of `interrupted_series` to many series of one index, such as simulated ones.

    Parameters
    ----------
    counts : numpy.ndarray, shape (series, n)
    index : pandas.Index, length n
    breaks, slope, exposure, harmonics, period, family, robust, omit
        As for `interrupted_series`.
    lost : {"refuse", "nan"}
        What to do about a series whose estimate does not exist: refuse all, or give it nan.

    Returns
    -------
    Fit
        Whose counts, parameters, covariance, dispersions and overdispersion have one row per
        series.
    """
    expect("family", family, FAMILIES)
    y = np.asarray(counts, dtype=float)
    require_counts(y)
    _, time = checked(pd.Series(y[0], index))
    kept = _kept(index, omit)
    starts = _break_positions(index, y, kept, breaks, LEAST_POINTS[bool(slope)], lost)
    design, names = _design(time, starts, index, slope, harmonics, period)
    offset = _offset(exposure, len(index))
    whole = Fit(index, y, design, tuple(names), offset, *[np.nan] * 5)
    part = replace(
        whole, index=index[kept], counts=y[:, kept], design=design[kept], offset=offset[kept]
    )
    n, size = part.design.shape
    if n <= size:
        raise ValueError(f"series has {n} points, expected more than {size}")
    if np.linalg.matrix_rank(part.design) < size:
        raise ValueError(f"{', '.join(names)}: {n} points cannot tell them apart")
    return refit(part, part.counts, family=family, robust=robust, lost=lost)


def refit(fit, counts, *, family, robust=False, lost="refuse"):
    """Fit the model of a fit again, to other counts at the same points.

    Parameters
    ----------
    fit : Fit
    counts : numpy.ndarray, shape (series, n)
    family, robust, lost
        As for `fit_many`.

    Returns
    -------
    Fit
        As from `fit_many`.
    """
    gone = _without_estimate(counts, fit.design, fit.index, lost)
    some = counts[~gone] if gone.any() else counts
    found = _estimate(some, fit.design, fit.offset, family, robust)
    if gone.any():
        found = [_with_nan(part, gone) for part in found]
    return Fit(fit.index, counts, fit.design, fit.names, fit.offset, *found)


def _kept(index, omit):
    """Whether each point stays."""
    for label in omit:
        _position(index, label, "omit")
    return ~index.isin(list(omit))


def _with_nan(found, gone):
    """Put the rows that were found in their places among those without an estimate."""
    whole = np.full((len(gone), *found.shape[1:]), np.nan)
    whole[~gone] = found
    return whole


def _without_estimate(counts, design, index, lost):
    """Find series whose likelihood rises for ever; which counts are zero decides it."""
    patterns, rows = np.unique(counts > 0, axis=0, return_inverse=True)
    sound = np.array([existence.exists(design, pattern) for pattern in patterns])
    gone = ~sound[rows.ravel()]
    if gone.any() and lost == "refuse":
        away = index[existence.vanishing(design, counts[np.argmax(gone)])]
        raise NotEstimable(
            "counts: the maximum-likelihood estimate does not exist: found too few cases, the "
            f"likelihood rises for ever as the count expected at {listed(away)} runs to zero; "
            "expected more cases, fewer breaks or no change of slope"
        )
    return gone


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


def _design_without(fit, break_):
    if break_ is None:
        return fit.design
    known = [name.split(" ", 1)[1] for name in fit.names if name.startswith("level_change ")]
    removed = [f"level_change {break_}", f"slope_change {break_}"]
    if removed[0] not in fit.names:
        raise ValueError(f"break is {break_}, {nearest(break_, known)}")
    return np.where(np.isin(fit.names, removed), 0.0, fit.design)


def _position(index, label, what="break"):
    if label not in index:
        raise ValueError(f"{what} is {label}, expected a value from {index[0]} to {index[-1]}")
    return index.get_loc(label)


def _break_positions(index, y, kept, breaks, least, lost):
    labels = list(breaks)
    if not labels:
        raise ValueError("breaks: expected at least one")
    starts = [_position(index, label) for label in labels]
    if starts != sorted(set(starts)):
        raise ValueError(f"breaks are {listed(labels)}, expected ascending order without repeats")
    edges = [0, *starts, len(index)]
    for first, end in pairwise(edges):
        where = f"from {index[first]} to {index[end - 1]}" if end > first else "before it"
        points = int(kept[first:end].sum())
        if points < least:
            raise ValueError(
                f"breaks {listed(labels)}: {points} points {where}, expected at least {least}"
            )
        if lost == "refuse" and not y[:, first:end][:, kept[first:end]].any(axis=1).all():
            raise NotEstimable(
                f"breaks {listed(labels)}: no case {where}, no ratio can be estimated"
            )
    return starts


def _design(time, starts, index, slope, harmonics, period):
    columns, names = [np.ones_like(time), time - time.mean()], ["constant", "trend"]
    for start in starts:
        after = (np.arange(len(time)) >= start).astype(float)
        columns.append(after)
        names.append(f"level_change {index[start]}")
        if slope:
            columns.append(after * (time - time[start]))
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
    if values.shape != (length,) or not ((values > 0) & np.isfinite(values)).all():
        raise ValueError(f"exposure: expected {length} positive numbers")
    return np.log(values)


def _estimate(counts, design, offset, family, robust):
    """Return parameters, covariance, both dispersions and overdispersion of each row of counts."""
    rows, (n, size) = len(counts), design.shape
    alpha = np.zeros(rows)
    if family == "negative_binomial":
        alpha = count_models.overdispersion(counts, design, offset)
    parameters, covariance, mean = count_models.fit_counts(counts, design, offset, alpha)
    found = ((counts - mean) ** 2 / mean).sum(axis=1) / (n - size)
    # counts cannot scatter less than chance for long: a smaller estimate is luck, not knowledge
    dispersion = np.maximum(found, 1.0) if family == "quasi_poisson" else np.ones(rows)
    if robust:
        if (found < MEETS_EVERY_COUNT).any():
            raise NotEstimable(
                "robust errors: the fitted line meets every count, so that no scatter is left to "
                "measure them by; expected robust=False"
            )
        lags = int(4 * (n / 100) ** (2 / 9))
        covariance = count_models.newey_west(counts, design, mean, alpha, lags)
        covariance = covariance / np.minimum(found, 1.0)[:, None, None]
    else:
        covariance = covariance * dispersion[:, None, None]
    return parameters, covariance, dispersion, found, alpha


def changes(fit, robust=False):
    """Return the changes of a fit as ratios with their 95% intervals.

    Parameters
    ----------
    fit : Fit
        Of one series or of many.
    robust : bool, default False
        Whether it was fitted with robust errors, which go with Student's t.

    Returns
    -------
    names : list of str
    ratio, low, high : numpy.ndarray, length names or shape (series, names)
    """
    from scipy.stats import t

    chosen = [i for i, name in enumerate(fit.names) if "_change " in name]
    quantile = t.ppf(0.975, len(fit.design) - len(fit.names)) if robust else Z95
    error = np.sqrt(np.diagonal(fit.covariance, axis1=-2, axis2=-1))[..., chosen]
    middle = fit.parameters[..., chosen]
    names = [fit.names[i] for i in chosen]
    return (
        names,
        np.exp(middle),
        np.exp(middle - quantile * error),
        np.exp(middle + quantile * error),
    )
