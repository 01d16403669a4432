"""The best division of a series into levels, by dynamic programming, for many series at once."""

import numpy as np


def split(values, number, least):
    """Divide each series into segments of least squared error around their means.

    Parameters
    ----------
    values : numpy.ndarray, shape (series, n)
    number : int
        Number of changes: one less than segments.
    least : int
        Fewest points in a segment.

    Returns
    -------
    numpy.ndarray of int, shape (series, number)
        For each change the position of the first value after it, in ascending order.
    """
    rows, n = values.shape
    cost = squares(values)
    best = cost[:, 0]  # by end: the least error of one segment up to there
    origins = []
    for done in range(1, number + 1):
        reached = np.full((rows, n + 1), np.inf)
        origin = np.zeros((rows, n + 1), dtype=int)
        for end in range((done + 1) * least, n + 1):
            starts = slice(done * least, end - least + 1)
            tried = best[:, starts] + cost[:, starts, end]
            place = tried.argmin(axis=1)
            origin[:, end] = place + starts.start
            reached[:, end] = tried[np.arange(rows), place]
        best = reached
        origins.append(origin)
    ends = [np.full(rows, n)]
    for origin in reversed(origins):
        ends.insert(0, origin[np.arange(rows), ends[0]])
    return np.stack(ends, axis=1)[:, :-1]


def squares(values):
    """Sum of squared deviations from the mean for each stretch, by its start and end.

    Parameters
    ----------
    values : numpy.ndarray, shape (series, n)

    Returns
    -------
    numpy.ndarray, shape (series, n + 1, n + 1)
        Infinite where the end is not behind the start.
    """
    rows, n = values.shape
    cost = np.full((rows, n + 1, n + 1), np.inf)
    for start in range(n):
        # The sums start with the stretch, after its first value is taken off, so that large levels
        # do not swamp small deviations.
        part = values[:, start:] - values[:, start : start + 1]
        length = np.arange(1, n - start + 1)
        total = part.cumsum(axis=1)
        cost[:, start, start + 1 :] = (part**2).cumsum(axis=1) - total**2 / length
    return cost
