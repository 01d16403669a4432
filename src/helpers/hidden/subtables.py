"""Tables made from a table: lists merged, dropped, kept, added one by one, taken as the truth."""

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.expect import expect_each
from helpers.hidden.lists import Overlaps, check_table
from helpers.hidden.tables import list_sizes, wide_table


def _known(table: pd.DataFrame, lists) -> Overlaps:
    overlaps = check_table(table)
    expect_each("list", lists, overlaps.names)
    return overlaps


def merge_lists(table: pd.DataFrame, lists, name: str | None = None) -> pd.DataFrame:
    """Merge lists into one: a person on any of them is on the merged list.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table.
    lists : sequence of str
        Two or more lists to merge.
    name : str, optional
        Name of the merged list (default: the names joined). It takes the first one's place.

    Returns
    -------
    pandas.DataFrame
        A wide list-overlap table with the same number of people.
    """
    lists = list(lists)
    overlaps = _known(table, lists)
    if len(set(lists)) < 2:
        raise ValueError(f"lists to merge: found {lists}, expected at least two different ones")
    name = "".join(lists) if name is None else name
    kept = [n for n in overlaps.names if n not in lists[1:]]
    counts = np.zeros(2 ** len(kept))
    for cell in np.flatnonzero(overlaps.counts).tolist():
        on = {n for bit, n in enumerate(overlaps.names) if cell >> bit & 1}
        if on & set(lists):
            on.add(lists[0])
        counts[sum(1 << bit for bit, n in enumerate(kept) if n in on)] += overlaps.counts[cell]
    return wide_table([name if n == lists[0] else n for n in kept], counts)


def drop_list(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Leave a list out; the people who were on that list alone are no longer observed."""
    overlaps = _known(table, [name])
    kept = [n for n in overlaps.names if n != name]
    rows = table[[*kept, "count"]].groupby(kept, sort=False, as_index=False)["count"].sum()
    return rows[rows[kept].sum(axis=1) > 0].reset_index(drop=True)


def known_list(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, int]:
    """Take one list as a population of known size, seen by the other lists.

    The internal-consistency check of Binette and Steorts (2021): the people on list ``name`` are a
    population whose size is known; how many of them do the other lists imply?

    Returns
    -------
    table : pandas.DataFrame
        Overlaps of the other lists among the people on list ``name``.
    size : int
        Number of people on list ``name``, the truth to be covered.
    """
    _known(table, [name])
    inside = table[table[name] == 1]
    others = [column for column in table.columns if column not in (name, "count")]
    seen = inside[inside[others].sum(axis=1) > 0]
    return seen[[*others, "count"]].reset_index(drop=True), int(inside["count"].sum())


def keep_lists(table: pd.DataFrame, names) -> pd.DataFrame:
    """Keep only the named lists, in their order in the table; with no names, keep all.

    Raises
    ------
    ValueError
        If a name is not a list of the table, or fewer than two lists would stay.
    """
    known, names = check_table(table).names, list(names)
    expect_each("list", names, known)
    if names and len(set(names)) < 2:
        raise ValueError(
            f"lists: found only {names[0]!r}, expected two or more of {', '.join(known)}"
        )
    for name in known:
        if names and name not in names:
            table = drop_list(table, name)
    return table


def grown(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables of the two largest lists, the three largest, and so on, by number of lists."""
    names = list_sizes(table).index
    return {f"{k} lists": keep_lists(table, names[:k]) for k in range(2, len(names) + 1)}


def trajectories(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the table as it is, without each list in turn, and with each pair of lists merged."""
    names = table.columns.drop("count")
    found = {"all lists": table}
    if len(names) > 2:
        found |= {f"without {name}": drop_list(table, name) for name in names}
        found |= {
            f"{a} and {b} as one": merge_lists(table, [a, b]) for a, b in combinations(names, 2)
        }
    return found
