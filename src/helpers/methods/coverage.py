"""How often an interval holds a known truth, beside what it promises."""

import numpy as np
import pandas as pd

from helpers.methods.existence import NotEstimable
from helpers.methods.shares import wilson_interval

SURELY = 0.99  # of a verdict: a page has many intervals, and one in twenty would fail by chance


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
        or "above" the promise, at 99%.

    Raises
    ------
    ValueError
        If draws is not a whole number from 1 up, or a promise not between 0 and 1.
    """
    if not isinstance(draws, int | np.integer) or draws < 1:
        raise ValueError(f"draws: found {draws!r}, expected a whole number from 1 up")
    rows = {}
    for (name, (level, once)), own in zip(promises.items(), rng.spawn(len(promises)), strict=True):
        if not 0 < level < 1:
            raise ValueError(f"{name}: found a promise of {level:g}, expected one between 0 and 1")
        found = [_held(once, own) for _ in range(draws)]
        held, none = sum(f is True for f in found), sum(f is None for f in found)
        low, high = wilson_interval(held, draws)
        surely = wilson_interval(held, draws, SURELY)
        verdict = "below" if surely[1] < level else "above" if surely[0] > level else "kept"
        rows[name] = [level, held / draws, low, high, draws, none, verdict]
    columns = ["promised", "held", "low", "high", "draws", "none", "verdict"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _held(once, rng):
    """Whether one interval holds its truth; None where there is no interval."""
    try:
        low, high, truth = once(rng)
    except NotEstimable:
        return None
    return bool(low <= truth <= high)
