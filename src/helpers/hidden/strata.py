"""Lists split by what is known of each person: estimates by stratum, and their sum.

People who differ in how easily they are listed make lists look dependent. Where the difference
goes with something that is known (sex, place, year), estimates within strata are free of that part
of it; an estimate of all people together is not, and the two totals differ.
"""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.expect import expect
from helpers.hidden.comparisons import attempt
from helpers.hidden.tables import group_people

SUM, TOGETHER = "sum of the strata", "all together"


def by_stratum(people: pd.DataFrame, stratum: str, method: str, **options) -> pd.DataFrame:
    """Estimate each stratum by itself, add them up, and set all people together beside the sum.

    Parameters
    ----------
    people : pandas.DataFrame
        One row per person, or per combination with a column ``count``: one 0/1 column per list,
        and the stratum's column.
    stratum : str
        The column that says which stratum; no value may be missing.
    method : str
        One of `helpers.hidden.comparisons.ALL_METHODS`. A list that holds nobody of a stratum is
        left out there.
    **options
        For `helpers.hidden.comparisons.attempt`.

    Returns
    -------
    pandas.DataFrame
        One row per stratum, then "sum of the strata" and "all together": stratum, seen and what
        `attempt` returns. The range of the sum takes the strata as independent, and its logarithm
        of the hidden number as normal with the sum of their variances. Without one stratum's
        estimate there is no sum, only the reason.

    Raises
    ------
    ValueError
        If the column is missing or has gaps, or a stratum's table is not one of lists.
    """
    expect("stratum", stratum, people.columns)
    if people[stratum].isna().any():
        row = int(np.flatnonzero(people[stratum].isna())[0])
        raise ValueError(f"column {stratum!r}, row {row + 1}: found a gap, expected a stratum")
    group_people(people.drop(columns=stratum))  # refuses what are no lists
    rows = [
        _row(name, part.drop(columns=stratum), method, options)
        for name, part in people.groupby(stratum, sort=True)
    ]
    found = pd.DataFrame(rows)
    together = _row(TOGETHER, people.drop(columns=stratum), method, options)
    return pd.DataFrame([*rows, _summed(found), together])


def _row(name, people, method, options):
    lists = people.columns.drop("count", errors="ignore")
    held = [each for each in lists if people[each].any()]
    if len(held) < 2:
        seen = int(people["count"].sum()) if "count" in people.columns else len(people)
        ends = dict.fromkeys(("estimate", "low", "high"), np.nan)
        reason = f"only list {', '.join(held)} holds anybody, expected two or more"
        return {"stratum": name, "seen": seen, **ends, "terms": "", "reason": reason}
    table = group_people(people, held)
    seen = int(table["count"].sum())
    return {"stratum": name, "seen": seen, **attempt(table, method, **options)}


def _summed(found):
    seen = int(found["seen"].sum())
    row = {"stratum": SUM, "seen": seen, "terms": ""}
    lost = found.loc[found["estimate"].isna(), "stratum"]
    if len(lost):
        ends = dict.fromkeys(("estimate", "low", "high"), np.nan)
        return row | ends | {"reason": f"no estimate of {', '.join(map(str, lost))}"}
    hidden = (found["estimate"] - found["seen"]).to_numpy()
    ratio = (found["high"] - found["seen"]) / (found["low"] - found["seen"])
    errors = hidden * np.log(ratio.to_numpy()) / (2 * ndtri(0.975))
    total = hidden.sum()
    width = np.exp(ndtri(0.975) * np.sqrt((errors**2).sum()) / total)
    ends = {"estimate": seen + total, "low": seen + total / width, "high": seen + total * width}
    return row | ends | {"reason": ""}
