"""Does the estimate of a model of list overlaps exist, and is it unique? Decided before any number.

The linear programme is that of `helpers.methods.existence`, as specialised by Chan, Silverman and
Vincent (2021, Journal of the American Statistical Association 116, 1297-1306): terms whose own
total is zero (two lists that share nobody) have the estimate minus infinity; their cells are taken
out first, so that the question is about the extended estimate.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from helpers.hidden.lattice import contains, main_effects
from helpers.hidden.lists import NotEstimable, Overlaps, check_table
from helpers.methods import existence


def reduced_design(counts: np.ndarray, terms) -> tuple[np.ndarray, np.ndarray]:
    """Observable cells and finite terms of a model, after fixing terms at minus infinity.

    Parameters
    ----------
    counts : numpy.ndarray, shape (2**lists,)
    terms : sequence of int
        Bit masks of the model's terms, the intercept (0) and the lists included.

    Returns
    -------
    cells : numpy.ndarray of int
        Cells that stay, without the unobserved cell 0.
    finite : numpy.ndarray of int
        Terms whose estimate is not minus infinity.
    """
    lattice = contains(int(counts.size).bit_length() - 1)
    terms = np.asarray(terms)
    empty = (counts @ lattice)[terms] == 0
    gone = lattice[:, terms[empty]].any(axis=1)
    gone[0] = True
    return np.flatnonzero(~gone), terms[~empty]


@lru_cache(maxsize=100_000)
def exists(support: bytes, terms: tuple[int, ...]) -> bool:
    """Whether the estimate exists, from which cells are occupied (it depends on nothing else)."""
    occupied = np.frombuffer(support, dtype=bool).astype(float)
    cells, finite = reduced_design(occupied, terms)
    design = contains(occupied.size.bit_length() - 1)[np.ix_(cells, finite)]
    return existence.exists(design, occupied[cells])


@lru_cache(maxsize=10_000)
def runaway(support: bytes, terms: tuple[int, ...]) -> float:
    """Hidden number in the limit, where the estimate does not exist: 0, infinity or neither (nan).

    The likelihood keeps rising along directions that leave the occupied cells alone and push some
    empty cell to zero; the hidden number follows the intercept along them.
    """
    occupied = np.frombuffer(support, dtype=bool)
    cells, finite = reduced_design(occupied.astype(float), terms)
    design = contains(occupied.size.bit_length() - 1)[np.ix_(cells, finite)]
    held, free = design[occupied[cells]], design[~occupied[cells]]
    cost = np.zeros(finite.size)
    cost[0] = 1.0
    reach = []
    for sign in (-1.0, 1.0):
        answer = linprog(
            sign * cost,
            A_ub=free if free.size else None,
            b_ub=np.zeros(len(free)) if free.size else None,
            A_eq=held,
            b_eq=np.zeros(len(held)),
            bounds=(-1, 1),
            method="highs",
        )
        reach.append(-answer.fun)
    up, down = reach
    if up > existence.TOLERANCE:
        return np.inf
    return 0.0 if down > existence.TOLERANCE else np.nan


@dataclass(frozen=True)
class ModelCheck:
    """Whether a model has a maximum-likelihood estimate, and only one (``identifiable``).

    ``margin`` is the value of the linear programme: 0 where no estimate exists. ``empty_pairs``
    are the model's terms whose estimate is minus infinity.
    """

    exists: bool
    identifiable: bool
    margin: float
    empty_pairs: tuple[str, ...]


def masks_of(terms, names) -> list[int]:
    """Bit masks of interactions given in words, such as ``"LA:NG"``.

    Raises
    ------
    ValueError
        If a term names a list that is not in the table, or fewer than two.
    """
    masks = []
    for term in terms:
        lists = set(term.split(":"))
        if lists - set(names) or len(lists) < 2:
            raise ValueError(f"term {term!r}: expected two or more of {names} joined by ':'")
        masks.append(sum(1 << names.index(name) for name in lists))
    return masks


def check_model(table, terms=()) -> ModelCheck:
    """Decide existence and identifiability of one log-linear model for one table.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table.
    terms : sequence of str
        Interactions such as ``"LA:NG"``; the main effect of every list is always in the model.

    Returns
    -------
    ModelCheck

    Raises
    ------
    ValueError
        If a term names a list that is not in the table.
    """
    overlaps = check_table(table)
    model = [*main_effects(len(overlaps.names))[0].tolist(), *masks_of(terms, overlaps.names)]
    cells, finite = reduced_design(overlaps.counts, model)
    design = contains(len(overlaps.names))[np.ix_(cells, finite)]
    value = existence.margin(design, overlaps.counts[cells])
    return ModelCheck(
        exists=value > existence.TOLERANCE,
        identifiable=bool(np.linalg.matrix_rank(design) == finite.size),
        margin=value,
        empty_pairs=tuple(overlaps.label(t) for t in model if t not in finite),
    )


def require_overlap(overlaps: Overlaps, method: str) -> None:
    """Refuse a table in which fewer than three lists are linked by people they share.

    Two lists are allowed for ``method="independence"`` only (that is Lincoln-Petersen): whether
    two lists depend on each other cannot be seen in their overlap.

    Raises
    ------
    NotEstimable
        With the reason in one line.
    """
    names, counts = overlaps.names, overlaps.counts
    shared = counts @ contains(len(names))
    linked = [{bit} for bit in range(len(names))]
    for i, j in combinations(range(len(names)), 2):
        a, b = (next(group for group in linked if bit in group) for bit in (i, j))
        if shared[1 << i | 1 << j] > 0 and a is not b:
            a |= b
            linked.remove(b)
    largest = max(linked, key=len)
    if len(largest) == 1:
        raise NotEstimable(
            f"lists {', '.join(names)}: nobody is on two of them, so the maximum-likelihood "
            "estimate does not exist (no upper bound can be put on the hidden number)"
        )
    if len(names) == 2 and method != "independence":
        raise NotEstimable(
            f"two lists ({', '.join(names)}) cannot show whether they depend on each other: "
            f"method {method!r} needs three that overlap; method 'independence' assumes they do not"
        )
    if len(names) > 2 and len(largest) < 3:
        pairs = [1 << i | 1 << j for i, j in combinations(range(len(names)), 2)]
        overlapping = ", ".join(overlaps.label(pair) for pair in pairs if shared[pair] > 0)
        raise NotEstimable(
            f"fewer than three lists are linked by people they share (overlaps: {overlapping}); "
            f"with {overlapping} in the model the maximum-likelihood estimate does not exist"
        )
