"""What a conflict among the ledger's claims is about, in words."""

import math
import re
from collections.abc import Sequence
from functools import partial

import pandas as pd

from helpers.ledger.constraints import REACHED
from helpers.methods.conflicts import Claim, Conflict
from helpers.words import number, span

CLAIM = re.compile(r"[CRL]\d\d")  # ids of the table claims; anchors are named otherwise
about = partial(number, exact=False)


def moves_of(conflicts: Sequence[Conflict], constraints: Sequence[Claim]) -> pd.DataFrame:
    """Set conflicts out as a table: one row per member of a conflict.

    Returns
    -------
    DataFrame
        conflict : its number, from 1; members : how many it has; member : name; would_have_to_be :
        "higher" or "lower"; factor : by how much, if it alone moves; subject : whether a sentence
        on the conflict is about this member.
    """
    columns = ["conflict", "members", "member", "would_have_to_be", "factor", "subject"]
    ways = {"up": "higher", "down": "lower"}
    rows = []
    for place, conflict in enumerate(conflicts, 1):
        about = subject(conflict, constraints)
        for name, move in conflict.moves.items():
            way = ways[move.direction]
            rows.append((place, len(conflict.claims), name, way, move.factor, name == about))
    return pd.DataFrame(rows, columns=columns)


def subject(conflict: Conflict, constraints: Sequence[Claim]) -> str:
    """Pick the member that a sentence is about: a ledger claim, of as many quantities as can be."""
    by_name = {claim.name: claim for claim in constraints}

    def rank(name: str) -> tuple[bool, int]:
        is_claim = CLAIM.fullmatch(name.removesuffix(REACHED)) is not None
        return is_claim, len(by_name[name].terms)

    return max(conflict.claims, key=rank)


def reasons(conflicts: Sequence[Conflict], constraints: Sequence[Claim]) -> list[str]:
    """Say of each conflict why its members cannot all hold, with the arithmetic where it is one."""
    said = []
    for conflict in conflicts:
        name = subject(conflict, constraints)
        more = f" {arithmetic(conflict, constraints, name)}." if len(conflict.claims) > 2 else ""
        said.append(explain(conflict, constraints, name) + more)
    return said


def explain(conflict: Conflict, constraints: Sequence[Claim], name: str) -> str:
    """Say in one sentence why the claim `name` cannot hold beside the others of its conflict."""
    claim = {claim.name: claim for claim in constraints}[name]
    move = conflict.moves[name]
    others = [other for other in conflict.claims if other != name]
    label = claim.label or " x ".join(
        quantity if power == 1 else f"{quantity}^{power:g}"
        for quantity, power in claim.terms.items()
    )
    premise = "By definition" if not others else f"If {' and '.join(others)} hold"
    premise += "s" if len(others) == 1 else ""
    if move.direction == "down":
        possible, says, way = (None, move.reachable), (claim.low, None), "more"
    else:
        possible, says, way = (move.reachable, None), (None, claim.high), "less"
    return (
        f"{premise}, {label} is {span(*possible, about)}; {name} says {span(*says, about)}, "
        f"{about(move.factor)} times {way}."
    )


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
        part = f"{about(value)}{power} ({other})"
        (above if move.direction != ours.direction else below).append(part)
    product = " x ".join(above) or "1"
    return f"{' / '.join([product, *below])} = {about(ours.reachable)}"
