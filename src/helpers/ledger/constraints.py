"""The ledger's quantitative claims as bounds on shared quantities.

Every claim bounds a product of powers of a few quantities (table `terms`). Figures of different
years are different quantities unless a reading says otherwise (`helpers.ledger.anchors`).
"""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from helpers.expect import expect_each
from helpers.ledger.claims import claimed_range
from helpers.methods.conflicts import Claim

REACHED = " reached"  # the reading of an "up to" as the number itself


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


def bounded(claims: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Keep the claims that bound a quantity or a product of some.

    Parameters
    ----------
    claims, terms : pandas.DataFrame
        The tables of these names.

    Returns
    -------
    pandas.DataFrame
        Claims indexed by id, with the columns of their terms; ``terms`` is the id of these.
    """
    by_claim = terms.rename(columns={"id": "terms"}).dropna(subset="claim").set_index("claim")
    return claims.set_index("id").join(by_claim, how="inner")


def claim_constraints(
    claims: pd.DataFrame, chosen: Sequence[str], tolerance: float, reached: bool
) -> list[Claim]:
    """Constraints of the chosen claims; no choice means all of them.

    Parameters
    ----------
    claims : pandas.DataFrame
        From `bounded`.
    reached : bool
        Whether each "up to" is also read as the number itself: at least value / (1 + tolerance).

    Raises
    ------
    ValueError
        A claim that is not among those with terms.
    """
    expect_each("claim", chosen, claims.index)
    found = []
    for name in chosen or claims.index:
        row = claims.loc[name]
        low, high = reading(row, tolerance)
        powers = powers_of(row["terms"], row)
        found.append(Claim(name, powers, low, high, row["words"]))
        if reached and row["wording"] == "up_to":
            least = high / (1 + tolerance)
            found.append(Claim(name + REACHED, powers, least, None, row["words"]))
    return found


def powers_of(name: str, row: pd.Series) -> dict[str, int]:
    """Exponents of the quantities in a row of the terms; a quantity of its own is itself.

    Parameters
    ----------
    name : str
        Id of the terms.
    row : pandas.Series
        With times and per: quantities separated by spaces.
    """
    times, per = (x.split() if isinstance(x, str) else [] for x in row[["times", "per"]])
    powers = Counter(times or [name])
    powers.subtract(per)
    return dict(powers)
