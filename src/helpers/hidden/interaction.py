"""What no table can show: how all lists depend on each other at once."""

import numpy as np
import pandas as pd


def with_highest_interaction(
    estimates: pd.DataFrame, seen: float, odds_ratios=(0.5, 1.0, 2.0)
) -> pd.DataFrame:
    """Suppose the interaction of all lists, which every method takes to be absent.

    Lists leave one cell of their table empty, people on no list, and so one term of the model free.
    Every estimate sets that term to nothing: for two lists the odds ratio between them, for three
    the ratio of the odds ratio of two lists among those on the third to that among the others, and
    so on. If it is ``r`` instead, in the direction that hides people, the same people seen go with
    ``r`` times as many on no list, exactly, whatever the method (Aleshin-Guendel, Sadinle and
    Wakefield 2024, The central role of the identifying assumption in population size estimation,
    Biometrics 80).

    Parameters
    ----------
    estimates : pandas.DataFrame
        Columns low, estimate, high (people, seen and unseen), as from `compare`; others are kept.
    seen : float
        People on at least one list.
    odds_ratios : sequence of float
        What to suppose, above 0; 1 changes nothing.

    Returns
    -------
    pandas.DataFrame
        The rows once for each odds ratio, with a column ``odds_ratio``.

    Raises
    ------
    ValueError
        If an odds ratio is not above 0, or an estimate lies below the people seen.
    """
    ratios = np.asarray(list(odds_ratios), dtype=float)
    if not (np.isfinite(ratios) & (ratios > 0)).all():
        raise ValueError(f"odds_ratios: found {list(odds_ratios)}, expected numbers above 0")
    ends = ["low", "estimate", "high"]
    if (estimates[ends] < seen).any(axis=None):
        raise ValueError(f"estimates: found fewer people than the {seen:,.0f} seen")
    moved = [
        estimates.assign(odds_ratio=ratio, **(seen + ratio * (estimates[ends] - seen)))
        for ratio in ratios
    ]
    return pd.concat(moved, ignore_index=True)
