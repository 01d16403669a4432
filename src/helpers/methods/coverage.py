"""How often an interval holds a known truth, beside what it promises."""

import numpy as np
import pandas as pd

from helpers.methods.existence import NotEstimable
from helpers.methods.shares import wilson_interval

ENDS = ["low", "high", "truth"]
NOTHING = pd.DataFrame(columns=[*ENDS, "name", "promised"], dtype=float)
SURELY = 0.999  # of a verdict: a page has many intervals, and one in twenty would fail by chance


def coverage(promises, draws, rng):
    """Simulate with known truth, and count how often each interval holds it.

    Parameters
    ----------
    promises : dict of str to (float, callable)
        By name: the level promised, and a function that takes a Generator and returns low, high
        and truth of one simulation, or raises `NotEstimable`.
    draws : int
        Simulations of each.
    rng : numpy.random.Generator
        Every interval gets a stream of its own, so that one more moves no other.

    Returns
    -------
    pandas.DataFrame
        One row per name: promised, share held with its 95% Wilson interval (low, high), draws,
        none (simulations without an interval, which hold nothing), and verdict: "kept", "below"
        or "above" the promise, at 99.9%.

    Raises
    ------
    ValueError
        If draws is not a whole number from 1 up, or a promise not between 0 and 1.
    """
    if not isinstance(draws, int | np.integer) or draws < 1:
        raise ValueError(f"draws: found {draws!r}, expected a whole number from 1 up")
    rows = []
    for (name, (level, once)), own in zip(promises.items(), rng.spawn(len(promises)), strict=True):
        found = pd.DataFrame([_ends(once, own) for _ in range(draws)], columns=ENDS)
        rows.append(found.assign(name=name, promised=level))
    return kept(pd.concat(rows), "name").rename_axis(None) if rows else kept(NOTHING, "name")


def kept(ranges, by):
    """Count how many of many simulated ranges hold their truth.

    Parameters
    ----------
    ranges : pandas.DataFrame
        One row per simulation: low, high (nan where there is no range), truth, promised, and `by`.
    by : str or list of str
        Columns that tell the kinds of ranges apart.

    Returns
    -------
    pandas.DataFrame
        One row per kind, in their order, as from `coverage`.

    Raises
    ------
    ValueError
        If a promise is not between 0 and 1.
    """
    for level in ranges["promised"].unique():
        if not 0 < level < 1:
            name = ranges.loc[ranges["promised"] == level, by].iloc[0]
            raise ValueError(f"{name}: found a promise of {level:g}, expected one between 0 and 1")
    given = ranges.assign(
        held=ranges["truth"].between(ranges["low"], ranges["high"]), none=ranges["low"].isna()
    )
    found = given.groupby(by, sort=False).agg(
        promised=("promised", "first"),
        held=("held", "sum"),
        draws=("held", "size"),
        none=("none", "sum"),
    )
    rows = [_judged(*row) for row in found.to_numpy()]
    columns = ["promised", "held", "low", "high", "draws", "none", "verdict"]
    return pd.DataFrame(rows, index=found.index, columns=columns)


def _judged(level, held, draws, none):
    low, high = wilson_interval(held, draws)
    surely = wilson_interval(held, draws, SURELY)
    verdict = "below" if surely[1] < level else "above" if surely[0] > level else "kept"
    return [level, held / draws, low, high, int(draws), int(none), verdict]


def _ends(once, rng):
    """One simulated range and its truth; gaps where there is no range."""
    try:
        return once(rng)
    except NotEstimable:
        return np.nan, np.nan, np.nan
