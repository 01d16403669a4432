"""The lattice of combinations of lists, as bit masks: the design of every log-linear model here.

A cell and a term are both sets of lists, written as bit masks; a term acts on the cells that
contain it.
"""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=16)
def contains(lists: int) -> np.ndarray:
    """Return whether cell (row) contains term (column): 0/1, shape (2**lists, 2**lists)."""
    masks = np.arange(2**lists)
    matrix = ((masks[:, None] & masks) == masks).astype(float)
    matrix.setflags(write=False)
    return matrix


def over_subsets(values: np.ndarray) -> np.ndarray:
    """Sum each row over the subsets of every bit mask, shape (rows, 2**lists)."""
    return _summed(values, 1)


def over_supersets(values: np.ndarray) -> np.ndarray:
    """Sum each row over the supersets of every bit mask, shape (rows, 2**lists)."""
    return _summed(values, 0)


def _summed(values, into):
    """Add, one bit after another, the half where it is not `into` to the half where it is."""
    answer = values.copy()
    for bit in range(int(values.shape[1]).bit_length() - 1):
        halves = answer.reshape(len(values), values.shape[1] >> bit + 1, 2, 1 << bit)
        halves[:, :, into] += halves[:, :, 1 - into]
    return answer


def main_effects(lists: int, replicates: int = 1, room: int = 0) -> np.ndarray:
    """Term array of the independence model, with ``room`` unused places for interactions."""
    model = [0, *(1 << bit for bit in range(lists)), *([-1] * room)]
    return np.tile(np.array(model, dtype=np.int64), (replicates, 1))
