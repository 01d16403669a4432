"""Codes have labels, and a figure that another table quotes cannot move without being named."""

import re

import pytest
from support import describe_with, field_of

from evidence.checks import tables as table_checks
from evidence.checks.tables import check_tables, moved_figures


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda words: words.pop(), "found the code 'inconsistent', expected a label"),
        (lambda words: words[0].update(label=" "), "found the code 'supported', expected a label"),
        (
            lambda words: words.append({"value": "rong", "label": "wrong"}),
            r"found a label for 'rong', did you mean wrong\?$",
        ),
    ],
    ids=["gone", "empty", "unknown"],
)
def test_a_code_without_label_and_a_label_without_code_are_named(tables, change, expected):
    describe_with(tables, lambda r: change(field_of(r, "claims", "verdict")["categories"]))
    problems = table_checks.check_tables(tables)
    assert len(problems) == 1
    place = r"data/datapackage\.json: table claims, column verdict: "
    assert re.match(place + expected, problems[0]), problems[0]


def change(folder, name, old, new):
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_figure_stands_where_it_was_read():
    assert moved_figures() == []


def test_a_figure_that_moved_is_named_with_found_and_expected(tables):
    change(tables, "statements", "C26,uscri-2008,,1000,", "C26,uscri-2008,,1500,")
    (line,) = check_tables(tables)
    rows = (tables / "statements.csv").read_text(encoding="utf-8").splitlines()
    row = [text.startswith("C26-uscri-2008,") for text in rows].index(True) + 1
    assert line.startswith(f"data/statements.csv: row {row}, C26-uscri-2008, column high: ")
    assert "found 1500, expected 1000 (data/anchor_bounds.csv, row 7," in line


def test_a_figure_that_is_quoted_twice_is_named_for_each(tables):
    change(tables, "profits", "profit_per_victim,3687,", "profit_per_victim,3688,")
    lines = moved_figures(tables)
    assert all("column usd: found 3688, expected 3687" in line for line in lines)
    assert [line.partition("(")[2].partition(" was")[0] for line in lines] == [
        "data/anchor_bounds.csv, row 2,",
        "data/choices.csv, row 16,",
    ]


def test_a_row_that_went_is_named(tables):
    change(tables, "shares", "women-robinson-1998,", "women-robinson-1998-later,")
    assert moved_figures(tables) == [
        "data/choices.csv: row 7, column row: found women-robinson-1998, expected an id of the "
        "table shares"
    ]
