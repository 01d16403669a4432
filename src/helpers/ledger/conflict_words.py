"""What a conflict among the ledger's claims is about, in words."""

import math
import re
from collections.abc import Sequence

from helpers.ledger.constraints import REACHED
from helpers.methods.conflicts import Claim, Conflict
from helpers.words import number

CLAIM = re.compile(r"[CRL]\d\d")  # ids of the table claims; anchors are named otherwise


def ledger_claims_of(conflicts: Sequence[Conflict]) -> list[str]:
    """Ledger claims that take part in a conflict, by id; "C03 reached" is a reading of C03."""
    members = {name.removesuffix(REACHED) for conflict in conflicts for name in conflict.claims}
    return sorted(filter(CLAIM.fullmatch, members))


def subject(conflict: Conflict, constraints: Sequence[Claim]) -> str:
    """Pick the member that a sentence is about: a ledger claim, of as many quantities as can be."""
    by_name = {claim.name: claim for claim in constraints}

    def rank(name: str) -> tuple[bool, int]:
        is_claim = CLAIM.fullmatch(name.removesuffix(REACHED)) is not None
        return is_claim, len(by_name[name].terms)

    return max(conflict.claims, key=rank)


def arithmetic(conflict: Conflict, constraints: Sequence[Claim], name: str) -> str:
    """Write the product of the others' bounds that leaves `name` no room.

    For example ``150,000 (release_2023) x 0.727 (C01) = 109,050``. What cancels by definition is
    at most 1 and is left out.
    """
    by_name = {claim.name: claim for claim in constraints}
    ours = conflict.moves[name]
    above, below = [], []
    for other, move in conflict.moves.items():
        if other == name:
            continue
        weight = math.log(ours.factor) / math.log(move.factor)  # times it is used, per use of ours
        value = by_name[other].low if move.direction == "down" else by_name[other].high
        power = "" if abs(weight - 1) < 1e-6 else f"^{weight:g}"
        part = f"{_three(value)}{power} ({other})"
        (above if move.direction != ours.direction else below).append(part)
    product = " x ".join(above) or "1"
    return f"{' / '.join([product, *below])} = {_three(ours.reachable)}"


def _three(value: float) -> str:
    """Three digits that count, with thousands separated."""
    return number(float(f"{value:.3g}"))
