"""Whether the maximum-likelihood estimate of a log-linear model of counts exists.

With design matrix A and counts y, the estimate exists exactly when some table that is positive in
every cell has the same totals A'y, which a linear programme decides: Fienberg and Rinaldo (2012,
Annals of Statistics 40, 996-1023, supplement). It depends on nothing but which counts are zero, is
the same whatever the exposures, and for the negative binomial at a given overdispersion: an empty
cell rewards every mean that is nearer to zero, an occupied one punishes both ends.
"""

import numpy as np
from scipy.optimize import linprog

TOLERANCE = 1e-7


class NotEstimable(ValueError):
    """The data cannot carry the estimate asked for; the message is the reason, in one line."""


def margin(design: np.ndarray, counts: np.ndarray) -> float:
    """Largest s such that a table with all cells at least s has the totals ``design.T @ counts``.

    Zero means that the totals lie on the edge of what the model can produce: no maximum-likelihood
    estimate exists.

    Parameters
    ----------
    design : numpy.ndarray, shape (cells, terms)
    counts : numpy.ndarray, shape (cells,)
    """
    cells, terms = design.shape
    # variables: cells - s (all at least 0), then s
    equal = np.hstack([design.T, design.sum(axis=0)[:, None]])
    cost = np.zeros(cells + 1)
    cost[-1] = -1.0
    answer = linprog(cost, A_eq=equal, b_eq=design.T @ counts, bounds=(0, None), method="highs")
    if answer.status != 0:
        raise RuntimeError(f"linear programme over {cells} cells, {terms} terms: {answer.message}")
    return float(-answer.fun)


def exists(design: np.ndarray, counts: np.ndarray) -> bool:
    """Whether the estimate exists, for a design whose columns can be told apart.

    Parameters
    ----------
    design : numpy.ndarray, shape (cells, terms)
    counts : numpy.ndarray, shape (cells,)
        0 or more; only which of them are 0 matters.
    """
    occupied = np.asarray(counts) > 0
    if np.linalg.matrix_rank(design[occupied]) == design.shape[1]:
        return True
    return not vanishing(design, occupied).any()


def vanishing(design: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Empty cells whose expected count runs to zero where the likelihood rises for ever.

    Parameters
    ----------
    design : numpy.ndarray, shape (cells, terms)
    counts : numpy.ndarray, shape (cells,)

    Returns
    -------
    numpy.ndarray of bool, shape (cells,)
        All False exactly where the estimate exists.
    """
    occupied = np.asarray(counts) > 0
    answer = np.zeros(len(occupied), dtype=bool)
    held, free = design[occupied], design[~occupied]
    if not len(free):
        return answer
    # the direction that moves most empty cells down, each by at most one, and no occupied cell
    found = linprog(
        free.sum(axis=0),
        A_ub=np.vstack([free, -free]),
        b_ub=np.concatenate([np.zeros(len(free)), np.ones(len(free))]),
        A_eq=held if len(held) else None,
        b_eq=np.zeros(len(held)) if len(held) else None,
        bounds=(None, None),
        method="highs",
    )
    if found.status != 0:
        raise RuntimeError(f"linear programme over {len(design)} cells: {found.message}")
    answer[~occupied] = free @ found.x < -TOLERANCE
    return answer
