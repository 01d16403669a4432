"""Which published claims cannot all be true: every minimal set, and what would reconcile it.

A claim puts bounds on a product of powers of shared quantities (a total, a ratio, proceeds per
woman). On the log scale that is a linear constraint, so whether some claims can all hold is a
linear program, answered exactly by scipy's `linprog` (HiGHS).

All minimal sets are found by the method of Liffiton, Previti, Malik and Marques-Silva (2016, "Fast,
flexible MUS enumeration"): take a largest set of claims not yet decided; if it cannot hold, thin it
to a minimal conflict and set aside every set that contains it; if it can, set aside every set
within it; stop when nothing is left. Completeness follows, since every set is then accounted for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

# Bounds that differ by less than this on the log scale (one part in a million) count as touching:
# the solver works to 1e-7.
TOUCHING = 1e-6


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
    label: str = field(default="")

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


def bounds(
    kind: str, value: float, upper: float | None = None, *, tolerance: float = 0.0
) -> tuple[float | None, float | None]:
    """Read the wording of a claim as an interval.

    Parameters
    ----------
    kind : "about", "exactly", "at_least", "up_to" or "range"
        "range" runs from value to upper.
    tolerance : float
        How loose "about" is: 0.2 allows 1.2 times more or less. It loosens "about" alone.

    Returns
    -------
    low, high : float or None
    """
    if tolerance < 0:
        raise ValueError(f"tolerance: expected 0 or more, found {tolerance:g}")
    if (kind == "range") != (upper is not None):
        raise ValueError(f"upper: expected with kind range only, found kind {kind!r}")
    readings = {
        "about": (value / (1 + tolerance), value * (1 + tolerance)),
        "exactly": (value, value),
        "at_least": (value, None),
        "up_to": (None, value),
        "range": (value, upper),
    }
    if kind not in readings:
        raise ValueError(f"kind: expected one of {', '.join(readings)}, found {kind!r}")
    return readings[kind]


class _Constraints:
    """Claims (which may be loosened) and definitions (which may not) as one linear system."""

    def __init__(self, claims: Sequence[Claim], definitions: Sequence[Claim]):
        names = [claim.name for claim in (*claims, *definitions)]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"claims: expected every name once, found {', '.join(repeated)} twice")
        rows = [*claims, *definitions]
        quantities = sorted({quantity for claim in rows for quantity in claim.terms})
        self.size = len(claims)
        self.matrix = np.array([[c.terms.get(q, 0.0) for q in quantities] for c in rows])
        self.low = np.array([-np.inf if c.low is None else math.log(c.low) for c in rows])
        self.high = np.array([np.inf if c.high is None else math.log(c.high) for c in rows])

    def loosen(self, kept: Sequence[int], free: Sequence[int]) -> tuple[float, np.ndarray, set]:
        """Least loosening (log scale) of the claims in free that lets all of kept hold.

        Returns
        -------
        amount : float
            Infinite if the others cannot hold whatever the free ones do.
        at : ndarray
            What every claim's product is then (log scale).
        needed : set of int
            Claims whose bounds force that amount; where it is above 0, they cannot all hold.
        """
        from scipy.optimize import linprog  # takes most of a second to import

        rows = np.array([*kept, *range(self.size, len(self.matrix))], dtype=int)
        loose = np.isin(rows, list(free)).astype(float)[:, None]
        matrix = np.vstack(
            [np.hstack([-self.matrix[rows], -loose]), np.hstack([self.matrix[rows], -loose])]
        )
        limit = np.concatenate([-self.low[rows], self.high[rows]])
        bound = np.isfinite(limit)
        cost = np.zeros(matrix.shape[1])
        cost[-1] = 1.0
        ranges = [(None, None)] * (len(cost) - 1) + [(0, None)]
        answer = linprog(cost, A_ub=matrix[bound], b_ub=limit[bound], bounds=ranges)
        if answer.status == 2:
            return math.inf, np.array([]), set()
        if answer.status != 0:
            raise ArithmeticError(f"the linear program was not solved: {answer.message}")
        forcing = np.tile(rows, 2)[bound][np.abs(answer.ineqlin.marginals) > 1e-9]
        return answer.fun, self.matrix @ answer.x[:-1], {int(i) for i in forcing if i < self.size}

    def thin(self, claims: set[int]) -> set[int]:
        """Reduce a set that cannot hold to a minimal one: drop what is not needed, one by one."""
        for claim in sorted(claims):
            if claim in claims:
                rest = sorted(claims - {claim})
                amount, _, needed = self.loosen(rest, rest)
                if amount > TOUCHING:
                    claims = needed
        return claims


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
    system = _Constraints(claims, definitions)
    if definitions and system.loosen([], [])[0] > TOUCHING:
        raise ValueError("definitions: they contradict one another, so no claim could be judged")
    everything = set(range(len(claims)))
    found: list[set[int]] = []
    possible: list[set[int]] = []
    while (undecided := _largest_undecided(len(claims), found, possible)) is not None:
        kept = sorted(undecided)
        amount, _, needed = system.loosen(kept, kept)
        if amount > TOUCHING:
            found.append(system.thin(needed))
        elif undecided == everything:
            break
        else:
            possible.append(undecided)
    conflicts = [_conflict(system, claims, sorted(conflict)) for conflict in found]
    return sorted(conflicts, key=lambda conflict: (len(conflict.claims), -conflict.factor))


def _largest_undecided(
    size: int, found: Sequence[set[int]], possible: Sequence[set[int]]
) -> set[int] | None:
    """Find a largest set that contains no conflict found and lies in no set known to hold."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not size:
        return None
    rows, low, high = [], [], []
    for conflict in found:
        rows.append([float(i in conflict) for i in range(size)])
        low.append(-np.inf)
        high.append(len(conflict) - 1)
    for held in possible:
        rows.append([float(i not in held) for i in range(size)])
        low.append(1)
        high.append(np.inf)
    answer = milp(
        -np.ones(size),
        integrality=np.ones(size),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), low, high) if rows else (),
    )
    if answer.status == 2:
        return None
    if answer.status != 0:
        raise ArithmeticError(f"the search was not finished: {answer.message}")
    return {i for i in range(size) if answer.x[i] > 0.5}


def _conflict(system: _Constraints, claims: Sequence[Claim], members: Sequence[int]) -> Conflict:
    together, _, _ = system.loosen(members, members)
    moves = {}
    for i in members:
        amount, at, _ = system.loosen(members, [i])
        direction = "down" if at[i] < system.low[i] else "up"
        moves[claims[i].name] = Move(direction, math.exp(amount), math.exp(at[i]))
    return Conflict(tuple(claims[i].name for i in members), math.exp(together), moves)


def least_factor(claims: Sequence[Claim], definitions: Sequence[Claim] = ()) -> float:
    """Least factor by which the bounds of all claims must be loosened for all to hold; 1: none."""
    system = _Constraints(claims, definitions)
    everything = range(len(claims))
    return math.exp(system.loosen(everything, everything)[0])


def explain(conflict: Conflict, claims: Sequence[Claim], name: str) -> str:
    """Say in one sentence why the claim `name` cannot hold beside the others of its conflict."""
    by_name = {claim.name: claim for claim in claims}
    claim, move = by_name[name], conflict.moves[name]
    others = [other for other in conflict.claims if other != name]
    below = move.direction == "down"
    label = claim.label or " x ".join(
        quantity if power == 1 else f"{quantity}^{power:g}"
        for quantity, power in claim.terms.items()
    )
    premise = "By definition" if not others else f"If {' and '.join(others)} hold"
    premise += "s" if len(others) == 1 else ""
    return (
        f"{premise}, {label} is at {'most' if below else 'least'} {_figure(move.reachable)}; "
        f"{name} says at {'least' if below else 'most'} "
        f"{_figure(claim.low if below else claim.high)}, "
        f"{_figure(move.factor)} times {'more' if below else 'less'}."
    )


def _figure(number: float) -> str:
    """Three significant digits, without exponents."""
    digits = max(0, 2 - math.floor(math.log10(abs(number))))
    shown = f"{float(f'{number:.3g}'):,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
