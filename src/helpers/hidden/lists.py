"""List-overlap tables: what the input must be, and its checks.

A list-overlap table says how many people are on each combination of lists. The wide form that the
estimators take is a DataFrame with one 0/1 column per list and a column ``count``; combinations
that are not in the table have count 0. Inside this package the same table is a vector of length
``2**lists``: entry ``c`` counts the people whose lists are the bits of ``c`` (the first list is
bit 0), and entry 0, the people on no list, is what nobody has counted.
"""

from dataclasses import dataclass
from numbers import Number

import numpy as np
import pandas as pd

from helpers.methods.existence import NotEstimable

__all__ = ["NotEstimable", "Overlaps", "check_table", "whole_numbers"]

MOST_LISTS = 10
ONE_ROW_EACH = "a table with a row for each person is grouped by hidden.group_people"


@dataclass(frozen=True)
class Overlaps:
    """A checked list-overlap table.

    Attributes
    ----------
    names : tuple of str
        The lists, in the order of the table's columns.
    counts : numpy.ndarray, shape (2**lists,)
        People per combination of lists, by bit mask; entry 0 is 0.
    """

    names: tuple[str, ...]
    counts: np.ndarray

    @property
    def observed(self) -> int:
        """Number of people on at least one list."""
        return int(self.counts.sum())

    def label(self, term: int) -> str:
        """Name of a term given as a bit mask, such as ``"LA:NG"``."""
        return ":".join(name for bit, name in enumerate(self.names) if term >> bit & 1)


def _pattern(names, values) -> str:
    return ", ".join(f"{name}={value}" for name, value in zip(names, values, strict=True))


def whole_numbers(table: pd.DataFrame, column: str, allowed: str) -> np.ndarray:
    """Return the column as integers; say which row holds something else."""
    # text such as "1" is refused too: it usually means that a file was read without its types
    values = np.array([v if isinstance(v, Number) else np.nan for v in table[column]], dtype=float)
    wrong = ~np.isfinite(values) | (values != np.floor(values)) | (values < 0)
    if allowed == "0 or 1":
        wrong |= values > 1
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        found = table[column].tolist()[row]
        raise ValueError(f"column {column!r}, row {row + 1}: found {found!r}, expected {allowed}")
    return values.astype(np.int64)


def check_table(table: pd.DataFrame) -> Overlaps:
    """Check a list-overlap table and turn it into counts per combination of lists.

    Parameters
    ----------
    table : pandas.DataFrame
        One 0/1 column per list and a column ``count`` (people). Rows may come in any order;
        combinations that are missing have count 0.

    Returns
    -------
    Overlaps

    Raises
    ------
    ValueError
        If a column is not 0/1, a count is negative or not whole, a pattern is given twice, the
        pattern of all zeros has a count, a list is empty, or there are fewer than two lists.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"table: found {type(table).__name__}, expected a DataFrame")
    names = [str(column) for column in table.columns if column != "count"]
    if len(names) + 1 != table.shape[1] or len(set(names)) != len(names):
        raise ValueError(
            f"columns: found {list(table.columns)}, expected one 'count' and each list once; "
            f"{ONE_ROW_EACH}"
        )
    if len(names) < 2:
        raise ValueError(f"lists: found {len(names)} ({', '.join(names)}), expected at least two")
    if len(names) > MOST_LISTS:
        raise ValueError(f"lists: found {len(names)}, expected at most {MOST_LISTS}: merge some")
    table = table.set_axis(["count" if c == "count" else str(c) for c in table.columns], axis=1)
    member = np.column_stack([whole_numbers(table, name, "0 or 1") for name in names])
    people = whole_numbers(table, "count", "a whole number of people, 0 or more")
    cell = member @ (1 << np.arange(len(names)))
    seen: dict[int, int] = {}
    for row, code in enumerate(cell.tolist()):
        if code in seen:
            raise ValueError(
                f"pattern {_pattern(names, member[row])}: found in rows {seen[code] + 1} and "
                f"{row + 1}, expected once; {ONE_ROW_EACH}"
            )
        seen[code] = row
        if code == 0 and people[row]:
            raise ValueError(
                f"row {row + 1}: found {people[row]} people on no list, expected none: "
                "that number is what is being estimated"
            )
    counts = np.zeros(2 ** len(names))
    counts[cell] = people
    empty = [name for name, size in zip(names, people @ member, strict=True) if size == 0]
    if empty:
        raise ValueError(f"list {empty[0]!r}: found nobody on it, expected at least one person")
    return Overlaps(tuple(names), counts)
