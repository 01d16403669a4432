"""Whether the ranges that somebody states hold the truth as often as they claim."""

import numpy as np
import pandas as pd

from helpers.hidden.simulate import interval_score
from helpers.methods.shares import wilson_interval


def calibration(questions: pd.DataFrame, levels=(0.5, 0.9)) -> pd.DataFrame:
    """Score ranges for several questions whose answers are known.

    Parameters
    ----------
    questions : pandas.DataFrame
        One row per question: ``truth``, and for each level ``low_50``, ``high_50`` and so on. All
        above 0 and in the question's own unit.
    levels : sequence of float
        With which probability the ranges claim to hold the truth, from narrow to wide.

    Returns
    -------
    pandas.DataFrame
        One row per level: ``level``, ``held`` and ``questions``, ``share`` with its 95% Wilson
        interval ``low`` to ``high``, and ``score``: the mean interval score (Gneiting and Raftery
        2007) of the logarithms, so that questions in different units count alike; lower is better,
        and stating what one believes is the best that one can do.

    Raises
    ------
    ValueError
        If a number is not above 0, ends are not in order, or the wider range does not hold the
        narrower one; the message names the question.
    """
    columns = [f"low_{level * 100:.0f}" for level in sorted(levels, reverse=True)]
    columns += [f"high_{level * 100:.0f}" for level in sorted(levels)]
    values = questions[columns].to_numpy(dtype=float)
    truth = questions["truth"].to_numpy(dtype=float)
    for place, (row, answer) in enumerate(zip(values, truth, strict=True), 1):
        if not (np.isfinite([*row, answer]).all() and min(*row, answer) > 0):
            raise ValueError(f"question {place}: found {row.tolist()}, expected numbers above 0")
        if (np.diff(row) < 0).any():
            raise ValueError(
                f"question {place}: found {row.tolist()}, expected numbers that do not fall, for "
                f"{', '.join(columns)}"
            )
    rows = []
    for level in levels:
        low, high = (questions[f"{end}_{level * 100:.0f}"] for end in ("low", "high"))
        held = int(((low <= truth) & (truth <= high)).sum())
        score = interval_score(np.log(low), np.log(high), np.log(truth), level).mean()
        share = dict(zip(("low", "high"), wilson_interval(held, len(truth)), strict=True))
        counted = {
            "level": level,
            "held": held,
            "questions": len(truth),
            "share": held / len(truth),
        }
        rows.append(counted | share | {"score": float(score)})
    return pd.DataFrame(rows)
