"""Holds the ledger to itself: sense of values, order in time, sources used, verdicts that stand."""

import re

import pandas as pd

from helpers.data import package, table
from helpers.ledger.claims import AGREES, claim, judge, read_ledger
from helpers.ledger.family_tree import circular, genealogy, years

# What a value in a unit can be, as low and high ends.
SENSE = {
    "fraction": (0, 1000),
    "share": (0, 1),
    "year": (1900, 2100),
    "years": (0, 150),
    "hours": (0, 24),
    "days per week": (0, 7),
}


READ = re.compile(r"\bread (?:only )?(?:in|via|through)\b")


def ledger_problems(ledger):
    """Check what a schema cannot say about the ledger.

    Parameters
    ----------
    ledger : helpers.ledger.claims.Ledger

    Returns
    -------
    list of str
        One line per problem: file, row (line in the file), column, value, what was expected.
    """
    return [
        *_values(ledger.claims.reset_index(), "claims", "value_low", "value_high"),
        *_values(ledger.statements, "statements", "low", "high"),
        *_wording(ledger.claims),
        *_order_in_time(ledger),
        *_seen(ledger),
        *_loops(ledger),
    ]


def unfinished_problems(folder):
    """Name the rows that wait for one of another table, which can only be written after them.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    list of str
        One line per row: file, row, column, found, expected.
    """
    lines = [*claims_without_statement(read_ledger(folder)), *unused_sources(folder)]
    if {"anchors", "anchor_bounds"} <= set(package(folder)):
        lines += figures_without_bounds(table("anchors", folder), table("anchor_bounds", folder))
    return lines


def unused_sources(folder):
    """Name the sources that no table uses."""
    used = set()
    for name, resource in package(folder).items():
        for key in resource["schema"].get("foreignKeys", []):
            if key["reference"]["resource"] == "sources":
                used |= set(table(name, folder)[key["fields"][0]].dropna())
    sources = table("sources", folder)
    return [
        f"data/sources.csv: row {row}, column id: found {source}, expected one that a table uses"
        for row, source in _rows(sources["id"])
        if source not in used
    ]


def constraint_problems(terms, anchors, bounds):
    """Check what a schema cannot say about the terms and the anchors beside the claims.

    Parameters
    ----------
    terms, anchors, bounds : pandas.DataFrame
        The tables terms, anchors and anchor_bounds.

    Returns
    -------
    list of str
    """
    return [*_terms(terms), *_anchors(anchors, bounds)]


def verdict_problems(ledger, results):
    """Compare each verdict that a computation decides with the recorded result.

    Parameters
    ----------
    ledger : helpers.ledger.claims.Ledger
    results : dict of str to dict
        Recorded results by "notebook:name".

    Returns
    -------
    list of str
    """
    lines = []
    decided = ledger.claims["decided_by"]
    for row, (name, decider) in _rows(decided.items()):
        if pd.isna(decider):
            continue
        place = f"data/claims.csv: row {row}, claim {name}"
        if decider not in results:
            lines.append(f"{place}, column decided_by: found {decider}, expected a recorded result")
            continue
        try:
            found, reason = judge(claim(name, ledger), results[decider])
        except ValueError as error:
            lines.append(f"{place}, column decided_by: {error}")
            continue
        verdict = ledger.claims.loc[name, "verdict"]
        if verdict not in AGREES[found]:
            lines.append(f"{place}, column verdict: found {verdict}, expected {found} ({reason})")
    return lines


def _rows(values):
    """Pair values with their line in the file."""
    return enumerate(values, start=2)


def _values(rows, name, low, high):
    lines = []
    for row, entry in _rows(rows.to_dict("records")):
        place = f"data/{name}.csv: row {row}, {entry['id']}"
        ends = [entry[end] for end in (low, high) if pd.notna(entry[end])]
        unit = "share" if entry.get("kind") == "share" else entry["unit"]
        least, most = SENSE.get(unit, (0, float("inf")))
        lines += [
            f"{place}, column {low} or {high}: found {end:g} {entry['unit']}, "
            f"expected {least:g} to {most:g}"
            for end in ends
            if not least <= end <= most
        ]
        if ends != sorted(ends):
            lines.append(f"{place}: found {low} {ends[0]:g} above {high} {ends[1]:g}")
    return lines


def _wording(claims):
    """Check that the ends of a claimed value fit its wording."""
    needed = {
        "up_to": (False, True),
        "at_least": (True, False),
        "more_than": (True, False),
        "statement": (False, False),
    }
    lines = []
    for row, (name, entry) in _rows(claims.iterrows()):
        given = (pd.notna(entry["value_low"]), pd.notna(entry["value_high"]))
        wanted = needed.get(entry["wording"], (True, True))
        if given != wanted:
            words = [["no value", "a value"][end] for end in wanted]
            lines.append(
                f"data/claims.csv: row {row}, claim {name}, column wording: found "
                f"{entry['wording']}, expected {words[0]} in value_low and {words[1]} in value_high"
            )
    return lines


def _terms(terms):
    """Check that products are made of quantities that have a row of their own."""
    quantities = set(terms.loc[terms["times"].isna() & terms["per"].isna(), "id"])
    lines = []
    for row, entry in _rows(terms.fillna("").to_dict("records")):
        place = f"data/terms.csv: row {row}, column"
        if entry["per"] and not entry["times"]:
            lines.append(f"{place} times: found nothing, expected a quantity")
        lines += [
            f"{place} {column}: found {quantity}, expected the id of a row without terms of its own"
            for column in ("times", "per")
            for quantity in entry[column].split()
            if quantity not in quantities
        ]
    return lines


def _anchors(anchors, bounds):
    """Check that every figure that bounds something names the cell that it was read from."""
    figures = set(anchors.loc[anchors["kind"] == "figure", "id"])
    return [
        f"data/anchor_bounds.csv: row {row}, column table: found nothing, expected the table that "
        f"the figure {bound['anchor']} was read from"
        for row, bound in _rows(bounds.to_dict("records"))
        if bound["anchor"] in figures and pd.isna(bound["table"])
    ]


def figures_without_bounds(anchors, bounds):
    """Name the figures that bound nothing yet."""
    figures = set(anchors.loc[anchors["kind"] == "figure", "id"])
    return [
        f"data/anchors.csv: row {row}, column id: found {name} without a row in anchor_bounds.csv"
        for row, name in _rows(anchors["id"])
        if name in figures - set(bounds["anchor"])
    ]


def _order_in_time(ledger):
    return [
        f"data/cites.csv: row {row}, column from: found {edge['from']} "
        f"({ledger.sources.loc[edge['from'], 'date']}) before {edge['to']} "
        f"({ledger.sources.loc[edge['to'], 'date']}), expected the earlier source first"
        for row, edge in _rows(ledger.cites.to_dict("records"))
        if years(edge["from"], ledger)[0] >= years(edge["to"], ledger)[1]
    ]


def claims_without_statement(ledger):
    """Name the claims on which no source says anything yet."""
    said = set(ledger.statements["claim"])
    return [
        f"data/claims.csv: row {row}, column id: found {name} without a row in statements.csv"
        for row, name in _rows(ledger.claims.index)
        if name not in said
    ]


def _seen(ledger):
    """Check that a statement is seen as its source is, is concluded, or says how it was read."""
    lines = []
    for row, entry in _rows(ledger.statements.to_dict("records")):
        source = ledger.sources.loc[entry["source"], "seen"]
        if entry["seen"] not in {source, "inferred"} and not READ.search(entry["says"]):
            lines.append(
                f"data/statements.csv: row {row}, {entry['id']}, column seen: found "
                f"{entry['seen']}, expected {source} as of {entry['source']}, inferred, or how it "
                "was read in the column says"
            )
    return lines


def _loops(ledger):
    return [
        f"data/cites.csv: {_rows_of_loop(name, loop, ledger)}, columns from and to: found a loop "
        f"of claim {name}, {' -> '.join([*loop, loop[0]])}, expected no source that repeats itself"
        for name in ledger.cites["claim"].unique()
        for loop in circular(genealogy(name, ledger))
    ]


def _rows_of_loop(name, loop, ledger):
    """Name the rows of a loop in the order of its way."""
    steps = zip(loop, [*loop[1:], loop[0]], strict=True)
    edges = list(ledger.cites[["claim", "from", "to"]].itertuples(index=False, name=None))
    rows = [row for step in steps for row, edge in _rows(edges) if edge == (name, *step)]
    return f"row{'s' * (len(rows) > 1)} {', '.join(map(str, rows))}"
