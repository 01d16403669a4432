"""What may stand beside the claims: figures from the tables, readings, and definitions.

*Anchors* (tables `anchors` and `anchor_bounds`) are outside figures, and readings, which say how
two quantities hang together. Nothing is assumed silently: what a conflict rests on is a member of
it, except definitions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.expect import expect_each
from helpers.ledger.constraints import powers_of
from helpers.methods.conflicts import Claim


@dataclass(frozen=True)
class Anchor:
    """What may be admitted beside the claims.

    Attributes
    ----------
    name : str
    kind : "figure" or "reading"
    words : str
        What it says.
    sources : tuple of str
        Ids in the table of sources.
    constraints : tuple of Claim
        Empty for the reading of "up to", which bounds what is there.
    """

    name: str
    kind: str
    words: str
    sources: tuple[str, ...]
    constraints: tuple[Claim, ...]


def known_anchors(
    anchors: pd.DataFrame, bounds: pd.DataFrame, terms: pd.DataFrame
) -> dict[str, Anchor]:
    """Every anchor that may be admitted, by name.

    Parameters
    ----------
    anchors, bounds, terms : pandas.DataFrame
        The tables anchors, anchor_bounds (as `helpers.quoted.quoted` reads it) and terms.
    """
    found = {}
    for _, row in anchors[anchors["kind"] != "definition"].iterrows():
        mine = bounds[bounds["anchor"] == row["id"]]
        cited = pd.Series([*mine["cites"], row["source"]], dtype="object").dropna().unique()
        constraints = tuple(_constraints(row["id"], mine, terms))
        found[row["id"]] = Anchor(row["id"], row["kind"], row["words"], tuple(cited), constraints)
    return found


def definitions(anchors: pd.DataFrame, bounds: pd.DataFrame, terms: pd.DataFrame) -> list[Claim]:
    """List what always holds: shares are at most one, parts at most the whole.

    Parameters
    ----------
    anchors, bounds, terms : pandas.DataFrame
        As for `known_anchors`.
    """
    names = anchors.loc[anchors["kind"] == "definition", "id"]
    return [
        constraint
        for name in names
        for constraint in _constraints(name, bounds[bounds["anchor"] == name], terms)
    ]


def _constraints(name: str, bounds: pd.DataFrame, terms: pd.DataFrame) -> list[Claim]:
    """One constraint for each quantity or product that the rows bound."""
    by_id = terms.set_index("id")
    groups = list(bounds.groupby("terms", sort=False))
    found = []
    for product, rows in groups:
        row = by_id.loc[product]
        part = f" ({row['words'].removeprefix('the share of ')})" if len(groups) > 1 else ""
        ends = {end["side"]: bound_of(end) for _, end in rows.iterrows()}
        found.append(Claim(name + part, powers_of(product, row), label=row["words"], **ends))
    return found


def bound_of(row: pd.Series) -> float:
    """One end of what an anchor allows: its value or the rest of it, widened by the rounding."""
    value = 1 - row["value"] if row["takes"] == "rest" else row["value"]
    rounding = 0.0 if pd.isna(row["rounding"]) else row["rounding"]
    return float(value + rounding if row["side"] == "high" else value - rounding)


def admit(known: Mapping[str, Anchor], names: Sequence[str]) -> list[Anchor]:
    """Anchors by name; ["all"] for every one, an empty list for none.

    Raises
    ------
    ValueError
        A name that is not known.
    """
    if list(names) == ["all"]:
        return list(known.values())
    expect_each("anchor", names, known)
    return [known[name] for name in names]
