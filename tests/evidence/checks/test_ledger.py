"""Editing one verdict, one edge or one value so that it contradicts the rest is found."""

import dataclasses
import re

import pandas as pd
import pytest

from evidence.checks.ledger import (
    claims_without_statement,
    constraint_problems,
    figures_without_bounds,
    ledger_problems,
    unused_sources,
    verdict_problems,
)
from evidence.notebooks.files import find
from helpers.data import table
from helpers.ledger.claims import read_ledger


@pytest.fixture(scope="module")
def ledger():
    return read_ledger()


def changed(ledger, table, row, column, value):
    """Copy the ledger with one cell changed."""
    copy = getattr(ledger, table).copy()
    copy.loc[row, column] = value
    return dataclasses.replace(ledger, **{table: copy})


def test_the_ledger_holds(ledger):
    assert ledger_problems(ledger) == []


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "complaint"),
    [
        (
            "claims",
            "C01",
            "value_high",
            80.0,
            "data/claims.csv: row 2, C01.*found 80 fraction.*0 to 1",
        ),
        ("claims", "C05", "value_low", 91.0, "data/claims.csv: row 6, C05.*found 91 year"),
        ("claims", "C10", "value_low", 0.9, "row 11, C10.*value_low 0.9 above value_high 0.85"),
        ("claims", "C03", "wording", "exactly", "row 4, claim C03, column wording: found exactly"),
        ("claims", "C26", "value_low", -1.0, "row 27, C26.*found -1 persons per year"),
        ("statements", 3, "low", 9e99, "row 5"),
    ],
)
def test_a_value_without_sense_is_found(ledger, table, row, column, value, complaint):
    found = ledger_problems(changed(ledger, table, row, column, value))
    assert any(re.search(complaint, line) for line in found), found


def test_a_statement_seen_better_than_its_source_is_found(ledger):
    row = ledger.statements.index[ledger.statements["id"] == "C26-rki-2007"][0]
    found = ledger_problems(changed(ledger, "statements", row, "seen", "primary"))
    assert found == [
        f"data/statements.csv: row {row + 2}, C26-rki-2007, column seen: found primary, expected "
        "secondary as of rki-2007, inferred, or how it was read in the column says"
    ]


def test_an_edge_that_runs_backwards_is_found(ledger):
    row = ledger.cites.index[
        ledger.cites["from"].eq("kfi-2019") & ledger.cites["to"].eq("grc-2023")
    ][0]
    copy = ledger.cites.copy()
    copy.loc[row, ["from", "to"]] = ["grc-2023", "kfi-2019"]
    (line, *_) = ledger_problems(dataclasses.replace(ledger, cites=copy))
    assert line.startswith(
        f"data/cites.csv: row {row + 2}, column from: found grc-2023 (2023-03-24)"
    )


def test_a_loop_is_found(ledger):
    copy = ledger.cites.copy()
    extra = copy[copy["claim"].eq("C03") & copy["to"].eq("telegraph-2023")].iloc[[0]].copy()
    extra[["from", "to"]] = ["telegraph-2023", "grc-2023"]
    found = ledger_problems(dataclasses.replace(ledger, cites=pd.concat([copy, extra])))
    there, back = extra.index[0] + 2, len(copy) + 2
    assert (
        f"data/cites.csv: rows {there}, {back}, columns from and to: found a loop of claim C03, "
        "grc-2023 -> telegraph-2023 -> grc-2023, expected no source that repeats itself"
    ) in found


def test_the_rows_of_a_loop_follow_its_way(ledger):
    names = ["hrw-2002", "kfi-2019", "grc-2023"]  # c -> a, a -> b, b -> c, and one row twice
    rows = ledger.cites.iloc[[0] * 5].copy()
    rows["claim"] = ["C03", "C03", "C04", "C03", "C03"]
    rows["from"] = [names[2], names[0], names[0], names[1], names[0]]
    rows["to"] = [names[0], names[1], names[1], names[2], names[1]]
    found = ledger_problems(dataclasses.replace(ledger, cites=rows))
    assert [line for line in found if "loop" in line] == [
        "data/cites.csv: rows 2, 3, 6, 5, columns from and to: found a loop of claim C03, "
        "grc-2023 -> hrw-2002 -> kfi-2019 -> grc-2023, expected no source that repeats itself"
    ]


def test_a_claim_without_any_statement_is_found(ledger):
    fewer = ledger.statements[ledger.statements["claim"] != "C05"]
    (line,) = claims_without_statement(dataclasses.replace(ledger, statements=fewer))
    assert line == "data/claims.csv: row 6, column id: found C05 without a row in statements.csv"


def test_a_source_that_nothing_uses_is_found(tables):
    with (tables / "sources.csv").open("a", encoding="utf-8") as file:
        file.write("zzz-1999,A,B,1999,ngo,not_stated,,weak,fact cited,C,,\n")
    # only the row that was added: every source of the collection is used
    (line,) = unused_sources(tables)
    assert line.endswith("column id: found zzz-1999, expected one that a table uses")


def constraint_tables():
    return {name: table(name) for name in ("terms", "anchors", "anchor_bounds")}


def test_terms_and_anchors_hold():
    assert constraint_problems(*constraint_tables().values()) == []


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "expected"),
    [
        (
            "terms",
            "women",
            "times",
            "people woman_share",
            "terms.csv: row 15, column times: found woman_share, expected the id of a row without",
        ),
        (
            "terms",
            "payments",
            "times",
            None,
            "terms.csv: row 19, column times: found nothing, expected a quantity",
        ),
        (
            "anchor_bounds",
            "returns_2007",
            "table",
            None,
            "anchor_bounds.csv: row 7, column table: found nothing, expected the table that the "
            "figure returns_2007 was read from",
        ),
    ],
    ids=["quantity", "divided", "cell"],
)
def test_terms_and_anchors_that_do_not_hold_are_named(name, row, column, value, expected):
    tables = constraint_tables()
    rows = tables[name]
    rows.loc[rows.iloc[:, 0] == row, column] = value
    (line,) = constraint_problems(*tables.values())
    assert line.startswith(f"data/{expected}")


def test_a_figure_that_bounds_nothing_yet_is_found():
    _, anchors, bounds = constraint_tables().values()
    assert figures_without_bounds(anchors, bounds) == []
    anchors.loc[anchors["id"] == "up_to_reached", "kind"] = "figure"
    (line,) = figures_without_bounds(anchors, bounds)
    assert line == (
        "data/anchors.csv: row 9, column id: found up_to_reached without a row in anchor_bounds.csv"
    )


def test_a_verdict_that_a_result_contradicts_is_found(ledger):
    decided = changed(ledger, "claims", "C07", "decided_by", "20_x:famine_deaths")
    toll = {"name": "famine_deaths", "value": 500_000, "low": 240_000, "high": 3_500_000}
    assert verdict_problems(decided, {"20_x:famine_deaths": toll} | recorded(ledger)) == []
    low = toll | {"high": 1_000_000}
    (line,) = verdict_problems(decided, {"20_x:famine_deaths": low} | recorded(ledger))
    assert line.startswith(
        "data/claims.csv: row 8, claim C07, column verdict: found contested, expected wrong"
    )
    (line,) = verdict_problems(decided, recorded(ledger))
    assert "column decided_by: found 20_x:famine_deaths, expected a recorded result" in line


def recorded(ledger):
    """Return the results stored in the notebooks."""
    return {f"{n.name}:{r['name']}": r for n in find() for r in n.results}
