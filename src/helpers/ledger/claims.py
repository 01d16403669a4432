"""The ledger: what is claimed, who says so, who repeats whom, and whether it stands."""

import math
from dataclasses import dataclass

import pandas as pd

from helpers.data import FOLDER, table
from helpers.expect import expect
from helpers.words import number, span

ARTICLE = "article"
# What a computation can find, and the verdicts that agree with it: reading the sources may say
# more exactly what is the matter (a right number can still be another's, or of something else),
# but cannot call supported what a computation does not support.
AGREES = {
    "supported": {"supported", "misattributed"},
    "contested": {"contested", "misattributed", "inconsistent"},
    "wrong": {"wrong", "misattributed", "inconsistent"},
}
ABOUT = 0.1


@dataclass(frozen=True)
class Ledger:
    """The four tables of the ledger; claims and sources are indexed by id."""

    claims: pd.DataFrame
    statements: pd.DataFrame
    cites: pd.DataFrame
    sources: pd.DataFrame


def read_ledger(folder=FOLDER):
    """Read the ledger.

    Returns
    -------
    Ledger
    """
    claims, sources = (table(name, folder).set_index("id") for name in ("claims", "sources"))
    return Ledger(claims, table("statements", folder), table("cites", folder), sources)


def claim(name, ledger=None):
    """Return one claim, for example ``claim("C04")``.

    Parameters
    ----------
    name : str
    ledger : Ledger, optional
        Read if not given.

    Returns
    -------
    pandas.Series
        The row of the table `claims`; its name is the id.

    Raises
    ------
    ValueError
        If there is no such claim; the message names those there are.
    """
    claims = (ledger or read_ledger()).claims
    expect("claim", name, claims.index)
    return claims.loc[name]


def claimed_range(row):
    """Return the values that agree with a claim, by its wording.

    "exactly" and a range allow half a unit of the last digit that is not zero: 500,000 means
    450,000 to 550,000. "about" allows a tenth. Bounds leave one side open.

    Parameters
    ----------
    row : pandas.Series
        A claim, with wording, value_low, value_high, unit.

    Returns
    -------
    low, high : float
        In the claim's unit; minus or plus infinity where the wording sets no bound.

    Raises
    ------
    ValueError
        If the claim states no number.
    """
    low, high = float(row["value_low"]), float(row["value_high"])
    if math.isnan(low) and math.isnan(high):
        raise ValueError(f"claim {row.name} states no number, so no computation can decide it")
    if row["wording"] == "up_to":
        return -math.inf, high + _slack(high, row)
    if row["wording"] in {"at_least", "more_than"}:
        return low - _slack(low, row), math.inf
    return low - _slack(low, row), high + _slack(high, row)


def _slack(value, row):
    if row["unit"] in {"year", "years"} or value == 0:
        return 0.0
    if row["wording"] == "about":
        return ABOUT * abs(value)
    digits = f"{abs(value):.12e}".split("e")
    kept = len(digits[0].rstrip("0").rstrip(".").replace(".", ""))
    return 0.5 * 10.0 ** (int(digits[1]) - kept + 1)


def judge(row, result):
    """Compare a recorded result with a claim.

    Supported: the whole range of the result agrees with the claim. Wrong: no part of it does.
    Contested: some of it does. An "up to" that lies above everything the result allows is
    contested too: it cannot be refuted, and nothing reaches it. A result that is itself one of
    these words, found by a rule in its notebook, is taken as it is: statements without a number,
    such as a treaty status, are decided so.

    Parameters
    ----------
    row : pandas.Series
        A claim, as returned by `claim`.
    result : dict
        A recorded result: a value in the claim's unit with low and high or None, or a verdict.

    Returns
    -------
    verdict : str
        "supported", "contested" or "wrong".
    reason : str
        One line with both ranges.

    Raises
    ------
    ValueError
        If the result is a number and the claim states none, or is another word.
    """
    value = result["value"]
    if isinstance(value, str):
        expect(f"result {result['name']}, if it is a word,", value, AGREES)
        return value, f"{result['name']} is {value}, by the rule of its notebook"
    lowest, highest = claimed_range(row)
    low, high = (value if end is None else end for end in (result["low"], result["high"]))
    form = "{:.0f}".format if row["unit"] == "year" else number
    allowed = span(lowest, highest, form)
    found = f"{result['name']} is {span(low, high, form)}, the claim allows {allowed}"
    if high < lowest or low > highest:
        return "wrong", f"no part agrees: {found}"
    if row["wording"] == "up_to" and high < highest - 2 * _slack(float(row["value_high"]), row):
        return "contested", f"nothing found reaches the bound: {found}"
    if lowest <= low and high <= highest:
        return "supported", f"all of it agrees: {found}"
    if row["wording"] == "up_to" and low <= highest:
        return "supported", f"the bound is reached: {found}"
    return "contested", f"part of it agrees: {found}"
