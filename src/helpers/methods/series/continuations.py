"""What would have come after a break, under four shapes of what came before it.

No count after a break tells what would have come without it; the shape of the series before is
carried on, and each shape says something else. Around a line years scatter; a level that wanders
keeps what each year brought. All work on the logarithm of the counts and use nothing but the
stretch before the break. Their ranges are those of prediction with the scatter unknown (Student's
t), exact where the shape is true and years are independent.

The wandering levels are random walks, the widest of the local-level models: where years scatter
around a level too, a random walk takes that scatter for moves, and its range holds more than it
promises.
"""

import numpy as np
import pandas as pd

from helpers.expect import expect
from helpers.methods.existence import NotEstimable
from helpers.methods.series.ordered import checked, listed

STRAIGHT, CURVED = "straight line", "curved line"
DRIFTING, DRIFTLESS = "wandering level with drift", "wandering level, no drift"
SHAPES = (STRAIGHT, CURVED, DRIFTING, DRIFTLESS)
LEAST = {STRAIGHT: 3, CURVED: 4, DRIFTING: 3, DRIFTLESS: 3}  # one more than there are parameters
ENDS = (0.025, 0.975)


def carry_on(before, steps, shape, *, draws=20_000, seed):
    """Draw the counts that would have come, had the series gone on as before.

    Parameters
    ----------
    before : pandas.Series, length n
        Counts of the stretch before the break, each at least 1.
    steps : int
        How far to go on.
    shape : str
        One of `SHAPES`. The lines are least squares, straight or with a square of time; the
        wandering levels are random walks, whose moves have a mean, the drift, or none.
    draws, seed : int

    Returns
    -------
    numpy.ndarray, shape (draws, steps)

    Raises
    ------
    ValueError
        If the counts are not counts without gaps, or the shape is unknown.
    NotEstimable
        If the stretch is too short for the shape, holds no case somewhere or does not vary.
    """
    expect("shape", shape, SHAPES)
    counts, _ = checked(before)
    if len(counts) < LEAST[shape]:
        raise NotEstimable(
            f"{shape}: {len(counts)} points before the break, expected at least {LEAST[shape]}"
        )
    if not counts.all():
        empty = listed(before.index[counts == 0])
        raise NotEstimable(f"{shape}: no case at {empty}, so that there is no logarithm")
    if counts.min() == counts.max():
        raise NotEstimable(f"{shape}: every count is {counts[0]:g}, no scatter to learn from")
    rng = np.random.default_rng(seed)
    if shape in (STRAIGHT, CURVED):
        logs = _line(np.log(counts), steps, 1 if shape == STRAIGHT else 2, draws, rng)
    else:
        logs = _walk(np.log(counts), steps, shape == DRIFTING, draws, rng)
    with np.errstate(over="ignore"):
        return np.exp(logs)


def continued(counts, break_, *, first=None, last=None, draws=20_000, seed):
    """Carry each shape on over the points after a break, point by point.

    Parameters
    ----------
    counts : pandas.Series
    break_ : label
        First index value after the break.
    first, last : label, optional
        Stretch used, both included; leave other breaks outside it.
    draws, seed : int

    Returns
    -------
    pandas.DataFrame
        One row per shape and point: shape, the index, low, central (median) and high (95%). Shapes
        without an estimate are not in it; `shortfalls` says why.
    """
    before, after = _parts(counts, break_, first, last)
    found = _each_shape(before, len(after), draws, seed)[0]
    rows = [
        pd.DataFrame(np.quantile(drawn, [ENDS[0], 0.5, ENDS[1]], axis=0, method="inverted_cdf").T)
        .set_axis(["low", "central", "high"], axis=1)
        .set_axis(after.index)
        .rename_axis(counts.index.name or "index")
        .reset_index()
        .assign(shape=shape)
        for shape, drawn in found.items()
    ]
    columns = ["shape", counts.index.name or "index", "low", "central", "high"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def shortfalls(counts, break_, *, first=None, last=None, draws=20_000, seed):
    """Count who is missing after a break, under each shape of the series before it.

    Parameters
    ----------
    counts, break_, first, last, draws, seed
        As for `continued`.

    Returns
    -------
    pandas.DataFrame
        Rows: `SHAPES`; columns low, high: 95% range of those who would have come less those
        counted, negative where more came. Where a shape has no estimate nothing bounds it: from
        minus all who were counted to infinity, with the reason in the column because.
    """
    before, after = _parts(counts, break_, first, last)
    found, reasons = _each_shape(before, len(after), draws, seed)
    counted = float(after.sum())
    rows = {shape: (-counted, np.inf, reasons.get(shape, "")) for shape in SHAPES}
    for shape, drawn in found.items():
        low, high = np.quantile(drawn.sum(axis=1), ENDS, method="inverted_cdf")
        rows[shape] = (low - counted, high - counted, "")
    columns = ["low", "high", "because"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("shape")


def _parts(counts, break_, first, last):
    part = counts.loc[first:last]
    expect("break", break_, list(part.index[1:]))
    place = part.index.get_loc(break_)
    return part.iloc[:place], part.iloc[place:]


def _each_shape(before, steps, draws, seed):
    found, reasons = {}, {}
    for shape in SHAPES:
        try:
            found[shape] = carry_on(before, steps, shape, draws=draws, seed=seed)
        except NotEstimable as problem:
            reasons[shape] = str(problem)
    return found, reasons


def _line(logs, steps, degree, draws, rng):
    """Draw from the prediction of a least-squares polynomial."""
    n = len(logs)
    time = np.arange(n + steps) / n  # near one, for the sake of the squares
    design = np.vander(time, degree + 1)
    q, r = np.linalg.qr(design[:n])
    middle = np.linalg.solve(r, q.T @ logs)
    left = n - degree - 1
    squares = np.sum((logs - design[:n] @ middle) ** 2)
    scatter = np.sqrt(squares / rng.chisquare(left, (draws, 1)))
    noise = rng.standard_normal((draws, degree + 1)) @ np.linalg.inv(r).T
    return (middle + scatter * noise) @ design[n:].T + scatter * rng.standard_normal((draws, steps))


def _walk(logs, steps, drift, draws, rng):
    """Draw from the prediction of a random walk."""
    moves = np.diff(logs)
    mean, left = (moves.mean(), len(moves) - 1) if drift else (0.0, len(moves))
    scatter = np.sqrt(np.sum((moves - mean) ** 2) / rng.chisquare(left, (draws, 1)))
    if drift:
        mean = mean + scatter / np.sqrt(len(moves)) * rng.standard_normal((draws, 1))
    moved = mean + scatter * rng.standard_normal((draws, steps))
    return logs[-1] + moved.cumsum(axis=1)
