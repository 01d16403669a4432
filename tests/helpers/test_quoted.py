"""Figures quoted from another table: read while they stand, refused once they have moved."""

import pandas as pd
import pytest

from helpers.data import TableError
from helpers.quoted import moved, quoted

COUNTS = pd.DataFrame(
    {"low": [10.0, None], "note": ["a", "b"], "source": ["x", "y"]}, index=["one", "two"]
)


def found(*cells):
    """Hold rows, each a row, column and value of the counts, to them."""
    rows = [{"table": "counts", "row": r, "column": c, "value": v} for r, c, v in cells]
    return moved("quotes", pd.DataFrame(rows), {"counts": COUNTS})


def test_a_figure_that_stands_is_not_named():
    assert found(("one", "low", 10.0)) == []


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            ("one", "low", 12.5),
            "data/counts.csv: row 2, one, column low: found 10, expected 12.5 "
            "(data/quotes.csv, row 2, was read from it)",
        ),
        (
            ("two", "low", 0.0),
            "data/counts.csv: row 3, two, column low: found nothing, expected 0 "
            "(data/quotes.csv, row 2, was read from it)",
        ),
        (
            ("two", "note", 1.0),
            "data/counts.csv: row 3, two, column note: found b, expected 1 "
            "(data/quotes.csv, row 2, was read from it)",
        ),
        (
            ("three", "low", 1.0),
            "data/quotes.csv: row 2, column row: found three, expected an id of the table counts",
        ),
        (
            ("one", "high", 1.0),
            "data/quotes.csv: row 2, column column: found high, expected a column of the table "
            "counts",
        ),
        (
            ("one", None, 1.0),
            "data/quotes.csv: row 2, column column: found nothing, expected all or none of table, "
            "row, column",
        ),
    ],
    ids=["value", "empty", "text", "row", "column", "half"],
)
def test_a_figure_that_moved_is_one_line_with_the_cell(cell, expected):
    assert found(cell) == [expected]


def test_every_figure_that_moved_is_named():
    lines = found(("one", "low", 11.0), ("one", "low", 10.0), ("three", "low", 1.0))
    assert [line.partition(":")[0] for line in lines] == ["data/counts.csv", "data/quotes.csv"]


def test_a_row_that_names_no_cell_keeps_its_own_value(tables):
    rows = quoted("anchor_bounds", tables)
    own = rows[rows["table"].isna()]
    assert own["cites"].isna().all()
    assert {"only_women", "money_is_sales"} <= set(own["anchor"])


def test_a_quote_cites_the_source_of_the_row_that_it_was_read_from(tables):
    rows = quoted("choices", tables).set_index("row")
    assert rows.loc["women-robinson-1998", "cites"] == "robinson-2010"


def test_a_table_is_not_read_once_a_figure_has_moved(tables):
    path = tables / "shares.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",0.907,", ",0.9,"), encoding="utf-8")
    with pytest.raises(TableError, match=r"shares\.csv: row 4, .*found 0\.9, expected 0\.907"):
        quoted("anchor_bounds", tables)


@pytest.mark.parametrize(("column", "bound"), [("low", "at_least"), ("high", "up_to")])
def test_a_bound_is_not_a_number_to_choose(column, bound):
    counts = pd.DataFrame({column: [10.0], "bound": [bound], "source": ["x"]}, index=["one"])
    rows = pd.DataFrame([{"table": "counts", "row": "one", "column": column, "value": 10.0}])
    line = f"data/choices.csv: row 2, column row: found one, which is a bound ({bound}), expected"
    assert [found[: len(line)] for found in moved("choices", rows, {"counts": counts})] == [line]
    assert moved("anchor_bounds", rows, {"counts": counts}) == []  # there a bound is a bound
    range_ = counts.assign(bound="range")
    assert moved("choices", rows, {"counts": range_}) == []
