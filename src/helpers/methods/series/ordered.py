"""Counts on an ordered index: positions in time, and gaps refused by name."""

import numpy as np
import pandas as pd


def checked(counts):
    """Return counts and their positions in time; refuse gaps, naming them.

    Parameters
    ----------
    counts : pandas.Series, length n
        Counts on any ordered index.

    Returns
    -------
    counts, time : numpy.ndarray of float, length n
        Time counts steps of the index from 0.

    Raises
    ------
    ValueError
        If these are not whole numbers of at least 0, the index is not in order or not even, or a
        value is missing.
    """
    if not isinstance(counts, pd.Series) or counts.empty:
        raise ValueError(f"counts: expected a pandas Series of counts, found {type(counts)}")
    if not (counts.index.is_monotonic_increasing and counts.index.is_unique):
        raise ValueError("counts: expected an index in ascending order without repeats")
    if counts.isna().any():
        raise ValueError(
            f"counts: gaps at {listed(counts.index[counts.isna()])}; they are not zeros"
        )
    y = counts.to_numpy(dtype=float)
    require_counts(y)
    time = _time(counts.index)
    missing = np.setdiff1d(np.arange(time[0], time[-1] + 1), time)
    if len(missing):
        raise ValueError(f"counts: gaps at {listed(_labels(counts.index, time, missing))}")
    return y, (time - time[0]).astype(float)


def require_counts(y):
    """Refuse what is not a whole number of at least 0; an array of any shape.

    Raises
    ------
    ValueError
        Naming the first that is not, and where rates belong.
    """
    wrong = y[(y < 0) | ~np.isfinite(y)]
    if wrong.size:
        raise ValueError(f"counts: expected counts of at least 0, found {wrong.min():g}")
    broken = y[y != np.round(y)]
    if broken.size:
        raise ValueError(
            f"counts: expected whole numbers of people or events, found {broken[0]:g}; a rate, a "
            "share or a mean is modelled as the counts behind it with `exposure`"
        )


def _time(index):
    """Give neighbours numbers that differ by one where nothing is missing between them."""
    if isinstance(index, pd.PeriodIndex):
        return index.astype("int64").to_numpy()
    if isinstance(index, pd.DatetimeIndex):
        if index.freq is not None:  # pandas made it, without a gap
            return np.arange(len(index))
        index = index.tz_localize(None)
        months = 12 * index.year.to_numpy() + index.month.to_numpy()
        if len(set(months)) == len(months) and _same_day(index):
            return _steps(months)
        return _steps(((index - index[0]) / pd.Timedelta(seconds=1)).to_numpy())
    if pd.api.types.is_numeric_dtype(index):
        return _steps(index.to_numpy(dtype=float))
    return np.arange(len(index))


def _same_day(index):
    """Whether dates share the day of the month, or are the last (working) days of theirs."""
    same_day = (index.day == index.day.max()) | index.is_month_end
    working = pd.offsets.BMonthEnd()
    return bool(same_day.all() or all(working.is_on_offset(day) for day in index))


def _steps(values):
    step = np.diff(values).min() if len(values) > 1 else 1
    steps = (values - values[0]) / step
    if not np.allclose(steps, np.round(steps), atol=1e-6):
        raise ValueError("counts: expected an evenly spaced index")
    return np.round(steps).astype("int64")


def _labels(index, time, missing):
    if pd.api.types.is_numeric_dtype(index):
        step = (index[-1] - index[0]) / (time[-1] - time[0])
        return [f"{index[0] + step * (m - time[0]):g}" for m in missing]
    return [f"after {index[np.searchsorted(time, m) - 1]}" for m in missing]


def listed(labels):
    """Join labels for a message."""
    return ", ".join(str(label) for label in labels)
