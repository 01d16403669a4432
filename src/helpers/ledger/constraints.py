"""The ledger's quantitative claims as bounds on shared quantities, and what may stand beside them.

Every claim bounds a product of powers of a few quantities (`TERMS`). Figures of different years
are different quantities unless a reading says otherwise. Beside the claims stand *anchors*: outside
figures, taken from the tables, and readings, which say how two quantities hang together. Nothing is
assumed silently: what a conflict rests on is a member of it, except definitions (`definitions`).
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers.ledger.claims import claimed_range
from helpers.methods.conflicts import Claim, Conflict, minimal_conflicts
from helpers.words import number

WOMEN = {"people": 1, "women_share": 1, "trafficked_share": 1}
TERMS = {  # claim: quantities with exponents, and their product in words
    "C01": ({"women_share": 1}, "the share of women"),
    "C02": ({"trafficked_share": 1}, "the share of women who were trafficked"),
    "C03": (WOMEN, "the number of women who were trafficked"),
    "C04": (WOMEN | {"per_woman": 1}, "annual proceeds in US dollars"),
    "C11": ({"entered": 1}, "the number of people who entered in the ten years to 2006"),
    "C16": ({"cybersex": 1}, "the share of cybersex"),
    "C17": ({"marriage": 1}, "the share of forced marriage"),
    "C18": ({"prostitution": 1}, "the share of prostitution"),
    "C26": ({"returned": 1}, "the number of people returned a year"),
    "C37": ({"price": 1}, "the price in US dollars"),
    "L01": ({"people_1999": 1}, "the number of people present in 1999"),
    "L02": ({"trafficked_of_all": 1}, "the share of all who cross that is trafficked"),
}
REACHED = " reached"  # the reading of an "up to" as the number itself


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


def definitions() -> list[Claim]:
    """List what holds by definition: shares are at most one, parts at most the whole."""
    shares = ("women_share", "trafficked_share", "trafficked_of_all", "marriage", "not_marriage")
    whole = [Claim(f"{share} at most 1", {share: 1}, high=1) for share in shares]
    other = [
        Claim(f"{channel} is not marriage", {channel: 1, "not_marriage": -1}, high=1)
        for channel in ("prostitution", "cybersex")
    ]
    part = {"women_share": 1, "trafficked_share": 1, "trafficked_of_all": -1}
    return [*whole, *other, Claim("women are some of all", part, high=1)]


def reading(row: pd.Series, tolerance: float) -> tuple[float | None, float | None]:
    """Read a claim's wording as an interval.

    "about" is loosened by `tolerance`, "exactly" and a range by half a unit of the last digit
    printed; a bound stays where it is, and leaves the other side open.

    Parameters
    ----------
    row : pandas.Series
        A claim of the ledger.
    tolerance : float
        0.1 allows 1.1 times more or less.
    """
    if tolerance < 0:
        raise ValueError(f"tolerance: expected 0 or more, found {tolerance:g}")
    low, high = (None if pd.isna(x) else float(x) for x in row[["value_low", "value_high"]])
    if row["wording"] in {"up_to", "at_least", "more_than"}:
        return low, high
    if row["wording"] == "about":
        return low / (1 + tolerance), high * (1 + tolerance)
    low, high = claimed_range(row)
    return low, high


def claim_constraints(
    claims: pd.DataFrame, chosen: Sequence[str], tolerance: float, reached: bool
) -> list[Claim]:
    """Constraints of the chosen claims; no choice means all of `TERMS`.

    Parameters
    ----------
    claims : pandas.DataFrame
        The ledger's claims, indexed by id.
    reached : bool
        Whether each "up to" is also read as the number itself: at least value / (1 + tolerance).

    Raises
    ------
    ValueError
        A claim that is not among those with terms.
    """
    unknown = [name for name in chosen if name not in TERMS]
    if unknown:
        raise ValueError(f"claims: expected some of {', '.join(TERMS)}, found {unknown[0]}")
    found = []
    for name in chosen or TERMS:
        terms, label = TERMS[name]
        low, high = reading(claims.loc[name], tolerance)
        found.append(Claim(name, terms, low, high, label))
        if reached and claims.loc[name, "wording"] == "up_to":
            least = high / (1 + tolerance)
            found.append(Claim(name + REACHED, terms, least, None, label))
    return found


def known_anchors(
    profits: pd.DataFrame, counts: pd.DataFrame, shares: pd.DataFrame, statements: pd.DataFrame
) -> dict[str, Anchor]:
    """Every anchor that may be admitted, by name; figures come from the tables, indexed by id."""
    ilo = profits.loc[
        ["ilo-2024-world-other-per-victim", "ilo-2024-world-sexual-per-victim"], "usd"
    ]
    release, initiative = counts.loc["grc-2023"], counts.loc["kfi-2019"]
    marriage = float(shares.loc["marriage-kicj-2018", "central"])
    returns = statements.loc["C26-uscri-2008", "high"]
    figures = {
        "ilo_per_victim": (
            "the world averages of profit per victim, from other forced labour to sexual "
            "exploitation",
            ("ilo-2024",),
            [({"per_woman": 1}, ilo.min(), ilo.max(), "proceeds per woman in US dollars")],
        ),
        "release_2023": (
            "a count of both sexes, printed from the same release as C03 (elsewhere: of earlier "
            "reports)",
            ("grc-2023",),
            [({"people": 1}, release["low"], release["high"], "the number of people present")],
        ),
        "initiative_2019": (
            "the upper bound of the organisation behind C04",
            ("kfi-2019",),
            [({"people": 1}, None, initiative["high"], "the number of people present")],
        ),
        "returns_2007": (
            "people returned in 2007",
            ("uscri-2008",),
            [({"returned": 1}, None, returns, "the number of people returned a year")],
        ),
        "survey_2018": (
            "the share of marriage among those trafficked, in a survey in South Korea",
            ("kicj-2018",),
            [
                ({"marriage": 1}, marriage - 5e-4, marriage + 5e-4, "the share of forced marriage"),
                ({"not_marriage": 1}, None, 1 - marriage + 5e-4, "the share of all else"),
            ],
        ),
        "activist_2010": (
            "an aid worker's least share of women who were trafficked",
            ("afp-2010",),
            [
                (
                    {"trafficked_share": 1},
                    shares.loc["trafficked-afp-2010", "low"],
                    None,
                    "the share of women who were trafficked",
                )
            ],
        ),
        "official_2005": (
            "what the official behind L02 said five months later",
            ("miller-2005-december",),
            [
                (
                    {"trafficked_of_all": 1},
                    *shares.loc["trafficked-miller-2005-december", ["low", "high"]],
                    "the share of all who cross that is trafficked",
                )
            ],
        ),
    }
    part = {"women_share": 1, "trafficked_share": 1, "trafficked_of_all": -1}
    sales = {"people": 1, "per_woman": 1, "entered": -1, "price": -1}
    readings = {
        "up_to_reached": ('each "up to" is the number itself, as headlines use it', (), []),
        "only_women": (
            "all who are trafficked are women",
            (),
            [(part, 1, None, "women's part of all who are trafficked")],
        ),
        "came_since_1996": (
            "those present in 1999 had come in the ten years to 2006",
            (counts.loc["southern-weekly-2013", "source"],),
            [({"people_1999": 1, "entered": -1}, None, 1, "people of 1999 per person who entered")],
        ),
        "money_is_sales": (
            "the money is what is paid for women, each sold once, at the pace at which people "
            "entered in the ten years to 2006",
            ("kfi-2019",),
            [(sales, None, 0.1, "payments a year, in prices per person who entered in ten years")],
        ),
    }
    found = {}
    for kind, group in (("figure", figures), ("reading", readings)):
        for name, (words, sources, bounds) in group.items():
            constraints = tuple(
                Claim(
                    name if len(bounds) == 1 else f"{name} ({label.rsplit('the share of ')[-1]})",
                    terms,
                    None if low is None else float(low),
                    None if high is None else float(high),
                    label,
                )
                for terms, low, high, label in bounds
            )
            found[name] = Anchor(name, kind, words, sources, constraints)
    return found


def admit(known: Mapping[str, Anchor], names: Sequence[str]) -> list[Anchor]:
    """Anchors by name; ["all"] for every one, an empty list for none.

    Raises
    ------
    ValueError
        A name that is not known.
    """
    if list(names) == ["all"]:
        return list(known.values())
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"anchors: expected all or some of {', '.join(known)}, found {unknown[0]}")
    return [known[name] for name in names]


def ledger_claims_of(conflicts: Sequence[Conflict]) -> list[str]:
    """Ledger claims that take part in a conflict, by id; "C03 reached" is a reading of C03."""
    members = {name.removesuffix(REACHED) for conflict in conflicts for name in conflict.claims}
    return sorted(members & set(TERMS))


def subject(conflict: Conflict, constraints: Sequence[Claim]) -> str:
    """Pick the member that a sentence is about: a ledger claim, of as many quantities as can be."""
    by_name = {claim.name: claim for claim in constraints}

    def rank(name: str) -> tuple[bool, int]:
        return name.removesuffix(REACHED) in TERMS, len(by_name[name].terms)

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


def surviving(constraints: Sequence[Claim], factors: Sequence[float]) -> list[int]:
    """Count the minimal conflicts left when every figure may be off by each of the factors."""
    return [len(minimal_conflicts(loosen(constraints, f), definitions())) for f in factors]


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
