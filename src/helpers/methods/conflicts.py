"""Which published claims cannot all be true: every minimal set, and what would reconcile it.

A claim puts bounds on a product of powers of shared quantities (a total, a ratio, proceeds per
woman). On the log scale that is a pair of linear inequalities a.x <= b. Some of them cannot all
hold exactly if a sum of them, each taken a non-negative number of times, says 0 <= something
negative (Farkas' lemma). The sums in which all quantities cancel form a cone, and the minimal
sets are what its extreme rays use (Gleeson and Ryan 1990), so listing the rays lists every minimal
set. They are found by eliminating one quantity after another, keeping only combinations of
neighbouring rays (the double description method: Motzkin et al. 1953; Fukuda and Prodon 1996).
The same sums say how far the claims are apart, so no solver and no tolerance of one is involved.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Bounds closer than this on the log scale (one part in a thousand million) count as touching.
TOUCHING = 1e-9


@dataclass(frozen=True)
class Claim:
    """Bounds on a product of powers of quantities.

    Attributes
    ----------
    name : str
        Unique; how the claim is referred to.
    terms : mapping of quantity to exponent
        ``{"proceeds": 1, "women": -1}`` is proceeds per woman.
    low, high : float or None
        Bounds of the product, above 0; None leaves that side open.
    label : str
        What the product is, in words; made up from the terms where empty.

    Raises
    ------
    ValueError
        No quantity, no bound, a bound that is not above 0, or low above high.
    """

    name: str
    terms: Mapping[str, float]
    low: float | None = None
    high: float | None = None
    label: str = ""

    def __post_init__(self):
        """Refuse what is not a constraint."""
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if not any(self.terms.values()) or not bounds:
            raise ValueError(f"{self.name}: expected a quantity and a bound, found none")
        if not all(bound > 0 and math.isfinite(bound) for bound in bounds):
            raise ValueError(f"{self.name}: expected bounds above 0, found {bounds}")
        if len(bounds) == 2 and self.low > self.high:
            raise ValueError(f"{self.name}: expected low <= high, found {bounds}")


@dataclass(frozen=True)
class Move:
    """What one claim of a conflict would have to give if all the others stood firm.

    ``direction`` is "down" or "up"; ``factor`` is how far; ``reachable`` is the largest (smallest)
    value that the others leave possible for what the claim is about.
    """

    direction: str
    factor: float
    reachable: float


@dataclass(frozen=True)
class Conflict:
    """A set of claims that cannot all hold, although all but any one of them can.

    ``factor`` is the least factor by which every bound in the set must be loosened so that all
    can hold; ``moves`` gives, for each claim, what it would take if it moved alone.
    """

    claims: tuple[str, ...]
    factor: float
    moves: dict[str, Move]


@dataclass(frozen=True)
class _Bound:
    """One inequality: a claim's low or high side. ``owner`` counts the claims; None: definition."""

    owner: int | None
    direction: str  # which way the claim would have to move to loosen it
    terms: Mapping[str, float]
    limit: float


def _bounds_of(claims: Sequence[Claim], definitions: Sequence[Claim]) -> list[_Bound]:
    names = [claim.name for claim in (*claims, *definitions)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"claims: expected every name once, found {', '.join(repeated)} twice")
    found = []
    for place, claim in enumerate((*claims, *definitions)):
        owner = place if place < len(claims) else None
        if claim.low is not None:
            terms = {quantity: -power for quantity, power in claim.terms.items()}
            found.append(_Bound(owner, "down", terms, -math.log(claim.low)))
        if claim.high is not None:
            found.append(_Bound(owner, "up", claim.terms, math.log(claim.high)))
    return found


def _rays(matrix: np.ndarray) -> np.ndarray:
    """Extreme rays of the cone of y >= 0 with y @ matrix = 0, as rows.

    Parameters
    ----------
    matrix : ndarray, shape (inequalities, quantities)
    """
    rays, left = np.eye(len(matrix)), list(range(matrix.shape[1]))
    while left:
        sums = rays @ matrix[:, left]
        sums[np.abs(sums) < 1e-12] = 0.0
        pairs = (sums > 0).sum(axis=0) * (sums < 0).sum(axis=0)
        next_ = int(np.argmin(pairs))  # the quantity that makes the fewest combinations
        left.pop(next_)
        value = sums[:, next_]
        used = rays > 0
        negative = np.flatnonzero(value < 0)
        made = [rays[value == 0]]
        for i in np.flatnonzero(value > 0):
            union = used[i] | used[negative]
            # neighbours: no third ray lies within what the two use together
            within = (~union).astype(np.float32) @ used.T.astype(np.float32) == 0
            near = negative[within.sum(axis=1) == 2]
            new = np.outer(-value[near], rays[i]) + value[i] * rays[near]
            made.append(new / new.max(axis=1, keepdims=True, initial=0.0))
        rays = np.vstack(made)
    return rays


def _shortfalls(
    claims: Sequence[Claim], definitions: Sequence[Claim]
) -> tuple[list[_Bound], list[tuple[np.ndarray, float]]]:
    """Find the sums that say 0 <= -shortfall, scaled so that the claims together count once.

    Raises
    ------
    ValueError
        A repeated name, or definitions that contradict one another.
    """
    rows = _bounds_of(claims, definitions)
    if not rows:
        return rows, []
    quantities = sorted({quantity for row in rows for quantity in row.terms})
    rays = _rays(np.array([[row.terms.get(q, 0.0) for q in quantities] for row in rows]))
    limits = np.array([row.limit for row in rows])
    of_claims = np.array([row.owner is not None for row in rows])
    found = []
    for ray in rays:
        weight = ray[of_claims].sum()
        if weight == 0 and -(ray @ limits) > TOUCHING:
            raise ValueError("definitions: they contradict one another, no claim can be judged")
        if weight > 0 and -(ray @ limits) / weight > TOUCHING:
            found.append((ray / weight, -(ray @ limits) / weight))
    return rows, found


def minimal_conflicts(claims: Sequence[Claim], definitions: Sequence[Claim] = ()) -> list[Conflict]:
    """Every minimal set of claims that cannot all hold.

    Parameters
    ----------
    claims : sequence of Claim
    definitions : sequence of Claim
        What holds by definition (a share is at most 1, a total is a product); never loosened and
        never part of a conflict.

    Returns
    -------
    list of Conflict
        Fewest claims first, then the largest factor.

    Raises
    ------
    ValueError
        A repeated name, or definitions that contradict one another.
    """
    rows, found = _shortfalls(claims, definitions)
    by_members: dict[frozenset[int], list[tuple[np.ndarray, float]]] = {}
    for ray, shortfall in found:
        members = frozenset(rows[i].owner for i in np.flatnonzero(ray)) - {None}
        by_members.setdefault(members, []).append((ray, shortfall))
    minimal = [m for m in by_members if not any(other < m for other in by_members)]
    conflicts = [_conflict(claims, rows, sorted(m), by_members[m]) for m in minimal]
    return sorted(conflicts, key=lambda c: (len(c.claims), -c.factor, c.claims))


def _conflict(
    claims: Sequence[Claim],
    rows: Sequence[_Bound],
    members: Sequence[int],
    sums: Sequence[tuple[np.ndarray, float]],
) -> Conflict:
    moves: dict[str, Move] = {}
    for ray, shortfall in sums:  # more than one where definitions can take one another's place
        for i in np.flatnonzero(ray):
            row = rows[i]
            if row.owner is None:
                continue
            name, amount = claims[row.owner].name, shortfall / ray[i]
            if name not in moves or math.exp(amount) > moves[name].factor:
                reached = row.limit + amount
                reached = reached if row.direction == "up" else -reached
                moves[name] = Move(row.direction, math.exp(amount), math.exp(reached))
    names = tuple(claims[member].name for member in members)
    least = max(shortfall for _, shortfall in sums)
    return Conflict(names, math.exp(least), {name: moves[name] for name in names})


def least_factor(claims: Sequence[Claim], definitions: Sequence[Claim] = ()) -> float:
    """Least factor by which the bounds of all claims must be loosened for all to hold; 1: none."""
    _, found = _shortfalls(claims, definitions)
    return math.exp(max((shortfall for _, shortfall in found), default=0.0))
