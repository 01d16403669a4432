"""Wide list-overlap tables: made from bit masks or the tidy file, and what they hold."""

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.expect import expect
from helpers.hidden.lists import check_table, whole_numbers


def wide_table(names, counts) -> pd.DataFrame:
    """Turn counts per bit mask back into the wide 0/1 + ``count`` table (positive counts only).

    Parameters
    ----------
    names : sequence of str
        The lists; the first is bit 0.
    counts : array_like, shape (2**lists,)
        People per combination of lists; entry 0 is left out.
    """
    counts = np.asarray(counts)
    cells = np.flatnonzero(counts > 0)
    cells = cells[cells > 0]
    # fewest lists first, then list order: the order in which the field prints such tables
    patterns = [[c >> bit & 1 for bit in range(len(names))] for c in cells.tolist()]
    order = sorted(range(len(cells)), key=lambda k: (sum(patterns[k]), [-b for b in patterns[k]]))
    table = pd.DataFrame([patterns[k] for k in order], columns=list(names), dtype=np.int64)
    return table.assign(count=counts[cells[order]].astype(np.int64))


def group_people(people: pd.DataFrame, lists=None) -> pd.DataFrame:
    """Group a table with one row per person into the wide table the estimators take.

    Parameters
    ----------
    people : pandas.DataFrame
        One row per person, one 0/1 (or true/false) column per list. A column ``count``, if there
        is one, says for how many people a row stands.
    lists : sequence of str, optional
        Which columns are the lists; all but ``count`` if not given.

    Returns
    -------
    pandas.DataFrame
        One 0/1 column per list and ``count``, each pattern once.

    Raises
    ------
    ValueError
        If a list is not a column, a value is not 0 or 1, or somebody is on no list.
    """
    if not isinstance(people, pd.DataFrame) or people.empty:
        raise ValueError("people: expected a DataFrame with one row per person, found none")
    lists = list(people.columns.drop("count", errors="ignore")) if lists is None else list(lists)
    for name in lists:
        expect("list", name, people.columns)
    member = np.column_stack([whole_numbers(people, name, "0 or 1") for name in lists])
    weight = np.ones(len(people), dtype=np.int64)
    if "count" in people.columns:
        weight = whole_numbers(people, "count", "a whole number of people, 0 or more")
    cells = member @ (1 << np.arange(len(lists)))
    nowhere = weight[cells == 0].sum()
    if nowhere:
        raise ValueError(
            f"found {nowhere} people on no list, expected none: that number is what is being "
            "estimated"
        )
    counts = np.bincount(cells, weights=weight, minlength=2 ** len(lists))
    table = wide_table(lists, counts)
    check_table(table)
    return table


def list_table(rows: pd.DataFrame, dataset: str) -> pd.DataFrame:
    """Pivot one dataset of ``data/list_overlaps.csv`` to the wide table the estimators take.

    The file is tidy: one row says whether the people of one pattern are on one list. Its columns
    are ``dataset``; ``pattern``, the number of the pattern within the dataset; ``list``;
    ``on_list``, 0 or 1; and ``count``, the people with that pattern, repeated on each of the
    pattern's rows. Datasets with different lists can so share one table.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns dataset, pattern, list, on_list, count.
    dataset : str
        Which dataset to pivot.

    Returns
    -------
    pandas.DataFrame
        One 0/1 column per list, in the order of the file, and ``count``.

    Raises
    ------
    ValueError
        If the dataset is unknown or a pattern is incomplete or has two counts.
    """
    expect("dataset", dataset, sorted(rows["dataset"].unique()))
    chosen = rows[rows["dataset"] == dataset]
    names = list(dict.fromkeys(chosen["list"]))
    for pattern, part in chosen.groupby("pattern"):
        counts = set(part["count"])
        if sorted(part["list"]) != sorted(names) or len(counts) != 1:
            raise ValueError(
                f"dataset {dataset!r}, pattern {pattern}: found {len(part)} rows with "
                f"{len(counts)} counts, expected each list once and one count"
            )
    wide = chosen.pivot(index="pattern", columns="list", values="on_list")[names].astype(int)
    wide["count"] = chosen.groupby("pattern")["count"].first()
    return wide.reset_index(drop=True).rename_axis(columns=None)


def empty_overlaps(table: pd.DataFrame) -> tuple[str, ...]:
    """Pairs of lists that nobody shares, such as ``("LA:GP",)``."""
    overlaps = check_table(table)
    cells = np.arange(overlaps.counts.size)
    pairs = [1 << i | 1 << j for i, j in combinations(range(len(overlaps.names)), 2)]
    shared = (overlaps.counts[cells & pair == pair].sum() for pair in pairs)
    return tuple(overlaps.label(p) for p, people in zip(pairs, shared, strict=True) if people == 0)


def list_sizes(table: pd.DataFrame) -> pd.Series:
    """People per list, largest list first."""
    lists = table.columns.drop("count")
    return (
        table[lists].mul(table["count"], axis=0).sum().sort_values(ascending=False, kind="stable")
    )


def overlaps_of_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """People shared by each pair of lists; on the diagonal the people on each list."""
    lists = table.columns.drop("count")
    return table[lists].T @ table[lists].mul(table["count"], axis=0)
