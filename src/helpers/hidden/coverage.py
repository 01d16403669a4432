"""What the ranges around one estimate hold, in tables drawn from the fitted model itself."""

import numpy as np
import pandas as pd

from helpers.hidden.bootstrap import (
    acceleration,
    bca_limits,
    percentile_limits,
    refit,
    resample,
    without_one,
)
from helpers.hidden.choice import choose
from helpers.hidden.estimate import check_options, normal_limits
from helpers.hidden.lists import NotEstimable, check_table
from helpers.hidden.loglinear import fit_models
from helpers.methods.shares import wilson_interval

SELECTING = ("independence", "stepwise")  # the others would take hours


def interval_coverage(
    table: pd.DataFrame,
    *,
    method: str = "stepwise",
    threshold: float = 0.02,
    tables: int = 100,
    bootstraps: int = 400,
    seed: int | None = None,
) -> pd.DataFrame:
    """Draw tables from the model fitted to a table, and see how often each range holds its truth.

    The fitted model, with its hidden people, is taken for the truth; people are drawn from it
    (multinomial), those on no list are forgotten, the model is chosen anew, and every kind of range
    that `helpers.hidden.estimate.estimate_population` offers for it is put around the estimate.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table.
    method : {"independence", "stepwise"}
    threshold : float
        p-value of ``stepwise``.
    tables : int
        Tables drawn from the fitted model.
    bootstraps : int
        Tables of people drawn anew within each of them.
    seed : int, optional

    Returns
    -------
    pandas.DataFrame
        One row per kind of range: ``interval``; ``held``, tables whose range holds the truth, of
        ``tables``; ``share``, ``low`` and ``high``, their fraction with its 95% Wilson interval;
        and ``none``, tables in which no such range exists (they hold nothing).

    Raises
    ------
    ValueError
        If an option is not as described.
    NotEstimable
        If the table itself carries no estimate by this method.
    """
    check_options(method, threshold, "percentile", bootstraps)
    if method not in SELECTING:
        raise ValueError(f"method: found {method!r}, expected one of {', '.join(SELECTING)}")
    if not isinstance(tables, int | np.integer) or tables < 1:
        raise ValueError(f"tables: found {tables!r}, expected a whole number from 1 up")
    overlaps = check_table(table)
    choice = choose([overlaps], [method], threshold)[0][method]
    if isinstance(choice, NotEstimable):
        raise choice
    rng = np.random.default_rng(seed)
    drawn = _drawn_from(overlaps.counts, choice.terms, tables, rng)
    ranges = repeated_ranges(
        drawn, method=method, threshold=threshold, bootstraps=bootstraps, seed=rng
    )
    truth = overlaps.observed + choice.hidden
    kinds = ranges.groupby("interval", sort=False)[["low", "high"]]
    return pd.DataFrame([_summary(kind, ends.to_numpy(), truth) for kind, ends in kinds])


def repeated_ranges(counts, *, method="stepwise", threshold=0.02, bootstraps=400, seed=None):
    """Put every kind of range around one method's estimate, in many tables at once.

    Parameters
    ----------
    counts : numpy.ndarray, shape (tables, 2**lists)
        From `helpers.hidden.simulate.simulate_counts`.
    method, threshold, bootstraps, seed
        As for `interval_coverage`; the seed may be a Generator.

    Returns
    -------
    pandas.DataFrame
        One row per table and kind of range: ``interval``, ``table`` (its number), ``low`` and
        ``high`` (people; nan where there is no such range).
    """
    rng = np.random.default_rng(seed)
    hidden, error = refit(counts, method, threshold)
    again = np.concatenate([resample(one, bootstraps, rng) for one in counts])
    again = refit(again, method, threshold)[0].reshape(len(counts), bootstraps)
    jackknives = _jackknives(counts, method, threshold)
    limits = {
        "normal": np.column_stack(normal_limits(hidden, error)),
        "percentile": np.array([percentile_limits(replicates) for replicates in again]),
        "bca": np.array([_bca(*row) for row in zip(again, hidden, jackknives, strict=True)]),
    }
    seen = counts.sum(axis=1)[:, None]
    tables = {
        kind: pd.DataFrame(seen + ends, columns=["low", "high"]) for kind, ends in limits.items()
    }
    return pd.concat(tables, names=["interval", "table"]).reset_index()


def _drawn_from(counts, terms, tables, rng) -> np.ndarray:
    """Tables of as many people as the model has, hidden ones forgotten."""
    fits = fit_models(counts[None], terms[None])
    mean = np.append(fits.hidden, fits.fitted[0, 1:])
    drawn = rng.multinomial(round(mean.sum()), mean / mean.sum(), size=tables).astype(float)
    drawn[:, 0] = 0.0
    return drawn


def _jackknives(drawn, method, threshold) -> list:
    """Do what `helpers.hidden.bootstrap.jackknife` does, for all tables at once."""
    parts = [without_one(counts) for counts in drawn]
    fewer = np.concatenate([tables for tables, _ in parts])
    totals = fewer.sum(axis=1) + refit(fewer, method, threshold)[0]
    ends = np.cumsum([len(people) for _, people in parts])
    return list(zip(np.split(totals, ends[:-1]), (people for _, people in parts), strict=True))


def _bca(replicates, estimate, jackknifed):
    try:
        return bca_limits(replicates, estimate, acceleration(*jackknifed))
    except NotEstimable:
        return np.nan, np.nan


def _summary(kind, limits, truth) -> dict:
    low, high = limits.T
    held = int(((low <= truth) & (truth <= high)).sum())
    share = dict(zip(("low", "high"), wilson_interval(held, len(limits)), strict=True))
    none = int(np.isnan(low).sum())
    counted = {"interval": kind, "held": held, "tables": len(limits), "share": held / len(limits)}
    return counted | share | {"none": none}
