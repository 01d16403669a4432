"""Checks on a break: placebo dates, honest intervals for short series, power."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers.expect import expect
from helpers.methods.existence import NotEstimable
from helpers.methods.series import count_models
from helpers.methods.series.interrupted import (
    LEAST_POINTS,
    MEETS_EVERY_COUNT,
    changes,
    fit_many,
    fit_series,
    interrupted_series,
    one,
    refit,
)
from helpers.methods.series.simulated import simulate_counts

RESAMPLES = 200  # of simulated series, for the error of a share
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


def placebo_familywise(
    counts, break_, *, first=None, last=None, family, replicates=400, seed, **options
):
    """Ask how often the largest of all dates is as large where nothing changed at any date.

    Who looks at a dozen dates finds a large change at one of them. Series are drawn from a straight
    line without a break, fitted to the stretch, with its scatter and its autocorrelation; each date
    is tried in each of them, and the change at a date is held to the largest over all dates
    (Westfall & Young 1993, Resampling-Based Multiple Testing, the single-step max T).

    Parameters
    ----------
    counts, break_, first, last, **options
        As for `placebo_breaks`.
    family : str
        As for `interrupted_series`.
    replicates, seed : int

    Returns
    -------
    pandas.DataFrame
        As from `placebo_breaks`, with p_alone (share of the simulated series in which the change at
        this date is as large over its error), p_family (in which it is at any date) and error
        (Monte Carlo standard error of p_family).
    """
    options = {"family": family, **options}
    table = placebo_breaks(counts, break_, first=first, last=last, **options)
    part = counts.loc[first:last]
    fit = fit_series(part, [break_], **options)
    kept = [place for place, name in enumerate(fit.names) if "_change " not in name]
    plain = replace(fit, design=fit.design[:, kept], names=tuple(fit.names[k] for k in kept))
    plain = one(refit(plain, fit.counts[None], family=family))
    mean = np.exp(plain.design @ plain.parameters + plain.offset)
    rng = np.random.default_rng(seed)
    drawn = simulate_counts(mean, spread(plain), autocorrelation(plain), replicates, rng)
    sizes = []
    for date in table.index:
        fits = fit_many(drawn, part.index, [date], lost="nan", **options)
        sizes.append(_found(fits, date, options.get("robust", False))[1])
    seen = np.abs(np.log(table["ratio"])) / np.log(table["high"] / table["low"])
    # the series at hand is one of those that could have come
    as_large = np.array(sizes) >= seen.to_numpy()[:, None]
    by_any = np.max(sizes, axis=0) >= seen.to_numpy()[:, None]
    alone, any_date = ((1 + held.sum(axis=1)) / (1 + replicates) for held in (as_large, by_any))
    error = np.sqrt(any_date * (1 - any_date) / replicates)
    return table.assign(p_alone=alone, p_family=any_date, error=error)


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

    Raises
    ------
    NotEstimable
        If the fitted line meets every count.
    """
    from scipy.optimize import brentq

    if fit.found_dispersion < MEETS_EVERY_COUNT:
        raise NotEstimable(
            "autocorrelation: the fitted line meets every count, so that no scatter is left to "
            "measure it by"
        )
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
    mean,
    breaks,
    ratios,
    *,
    tested=None,
    overdispersion,
    autocorrelation,
    replicates=1000,
    seed,
    **options,
):
    """Share of simulated series in which a change of level of a known size is found.

    Parameters
    ----------
    mean : pandas.Series
        Expected counts without the change under test; what other breaks did is in it.
    breaks : sequence
        Every break that the model estimates, as for `interrupted_series`.
    ratios : list of float
        Sizes of the change of level, from its break to the next; 1 (no change) is always simulated
        too.
    tested : label, optional
        The break under test, the first of them if not given.
    overdispersion, autocorrelation : float
        As for `simulate_counts`.
    replicates, seed : int
    **options
        Passed to `interrupted_series` (family, slope, robust).

    Returns
    -------
    pandas.DataFrame
        Index ratio; found: share of intervals that exclude 1; found_calibrated: the same with the
        threshold at which only 5% are found when nothing changed; error, error_calibrated: their
        Monte Carlo standard errors, the latter with the error of the threshold itself (bootstrap
        of the simulated series, each with its partner in which nothing changed).
    """
    tested = breaks[0] if tested is None else tested
    _, last = neighbours(mean.index, list(breaks), tested)
    after = (mean.index >= tested) & (mean.index <= last)
    rng = np.random.default_rng(seed)
    again = rng.integers(replicates, size=(RESAMPLES, replicates))
    rows, unchanged = {}, None
    for ratio in [1.0, *[r for r in ratios if r != 1]]:
        truth = mean.to_numpy() * np.where(after, ratio, 1.0)
        same = np.random.default_rng(seed + 1)  # the same shocks for every ratio
        drawn = simulate_counts(truth, overdispersion, autocorrelation, replicates, same)
        fits = fit_many(drawn, mean.index, breaks, lost="nan", **options)
        found, sizes = _found(fits, tested, options.get("robust", False))
        unchanged = sizes if unchanged is None else unchanged
        share, calibrated_share = np.mean(found), np.mean(sizes > np.quantile(unchanged, 0.95))
        thresholds = np.quantile(unchanged[again], 0.95, axis=1)
        shares = np.mean(sizes[again] > thresholds[:, None], axis=1)
        rows[ratio] = [
            share,
            calibrated_share,
            np.sqrt(share * (1 - share) / replicates),
            np.std(shares),
        ]
    columns = ["found", "found_calibrated", "error", "error_calibrated"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("ratio")


def _found(fits, break_, robust):
    """Return whether each interval of the level excludes 1, and the change over its width."""
    names, *ends = changes(fits, robust)
    column = names.index(f"level_change {break_}")
    level, low, high = (values[:, column] for values in ends)
    sizes = np.abs(np.log(level)) / np.log(high / low)
    return (low > 1) | (high < 1), np.nan_to_num(sizes)  # no estimate, no find
