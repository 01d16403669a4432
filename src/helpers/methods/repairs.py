"""What would end conflicts: bounds that are looser, or members that go."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from helpers.methods.conflicts import Claim, Conflict, minimal_conflicts


def loosen(constraints: Sequence[Claim], factor: float) -> list[Claim]:
    """Move every bound outward by the same factor."""
    return [
        replace(
            claim,
            low=None if claim.low is None else claim.low / factor,
            high=None if claim.high is None else claim.high * factor,
        )
        for claim in constraints
    ]


def surviving(
    constraints: Sequence[Claim], factors: Sequence[float], definitions: Sequence[Claim] = ()
) -> list[int]:
    """Count the minimal conflicts left when every bound may be off by each of the factors.

    Parameters
    ----------
    constraints, definitions : sequences of Claim
        As for `minimal_conflicts`; definitions are never loosened.
    factors : sequence of float
        1 or more.
    """
    return [len(minimal_conflicts(loosen(constraints, f), definitions)) for f in factors]


def smallest_repairs(
    conflicts: Sequence[Conflict], among: Sequence[str] | None = None
) -> list[tuple[str, ...]]:
    """Smallest sets of members whose removal leaves the rest without a conflict, all of them.

    Parameters
    ----------
    among : sequence of str, optional
        Only these may be removed.

    Returns
    -------
    list of tuple of str
        Empty where some conflict has no member that may be removed.
    """
    parts = [set(conflict.claims) for conflict in conflicts]
    members = sorted(set().union(*parts)) if among is None else list(among)
    for size in range(len(members) + 1):
        found = [
            chosen
            for chosen in itertools.combinations(members, size)
            if all(part.intersection(chosen) for part in parts)
        ]
        if found:
            return found
    return []
