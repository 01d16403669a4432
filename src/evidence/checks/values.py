"""Holds the cells of a table to its schema: type, spelling, limits, codes, keys.

This is Table Schema as far as datapackage.json uses it; `evidence.checks.description` refuses a
property that is not known here. A test compares it with frictionless.
"""

import calendar
import re
from collections import Counter

from helpers.csvtext import SPELT
from helpers.expect import hint

DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
YEARS = (1700, 2100)  # what a date can be
CONSTRAINTS = ("required", "unique", "minimum", "maximum", "enum", "pattern")


def value_problems(rows):
    """Hold every cell to its column, and the rows to the keys of the table.

    Parameters
    ----------
    rows : evidence.checks.rows.Rows

    Returns
    -------
    list of str
    """
    lines = []
    for column, field in rows.fields.items():
        verdict = {}  # by text, because most values come again
        for row, entry in rows.entries.items():
            cell = entry[column]
            if cell not in verdict:
                verdict[cell] = wrong_value(cell, field)
            if verdict[cell]:
                lines.append(rows.problem(row, column, cell, verdict[cell]))
        if field.get("constraints", {}).get("unique"):
            lines += _repeats(rows, [column])
    return lines + (_repeats(rows, rows.key) if rows.key else [])


def wrong_value(cell, field):
    """Say what a column expects of a value; empty if the value is right."""
    rules = field.get("constraints", {})
    if not cell:
        return "a value" if rules.get("required") else ""
    kind = field["type"]
    if kind in SPELT and not SPELT[kind].fullmatch(cell):
        return kind
    if "enum" in rules and cell not in (known := [*map(str, rules["enum"])]):
        return f"one of {', '.join(map(repr, known))}{hint(cell, known)}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        return f"the form {rules['pattern']}"
    for end, beyond in (("minimum", -1), ("maximum", 1)):
        if end in rules and (float(cell) - rules[end]) * beyond > 0:
            return f"{end} {rules[end]}"
    if kind == "date" or field.get("unit") == "date":
        return _wrong_date(cell, whole=kind == "date")
    return ""


def _wrong_date(cell, whole):
    """Say what is no date of the calendar; a year or a month may stand for a date in text."""
    for part in cell.split("/"):
        found = DATE.fullmatch(part)
        if not found or (whole and not found[3]):
            return "date, as 2002-11-19" if whole else "a date, as 2002, 2002-11 or 2002-11-19"
        year, month, day = (int(number) if number else 1 for number in found.groups())
        real = YEARS[0] <= year <= YEARS[1] and 1 <= month <= 12
        if not (real and 1 <= day <= calendar.monthrange(year, month)[1]):
            return f"a date of the calendar, from {YEARS[0]} to {YEARS[1]}"
    return ""


def _repeats(rows, columns):
    """Name the rows whose key stands in an earlier row."""
    first, lines = {}, []
    for row, entry in rows.entries.items():
        key = tuple(entry[column] for column in columns)
        if any(key) and key in first:
            found = ", ".join(key)
            lines.append(
                f"{rows.path}: row {row}, column {', '.join(columns)}: found {found}, "
                f"expected no repeat of row {first[key]}"
            )
        first.setdefault(key, row)
    return lines


def reference_problems(rows, tables):
    """Name the values that are no id of the table they refer to.

    Parameters
    ----------
    rows : evidence.checks.rows.Rows
    tables : dict of str to evidence.checks.rows.Rows
        The tables that can be read, by name.

    Returns
    -------
    list of str
    """
    lines = []
    for key in rows.resource["schema"].get("foreignKeys", []):
        other = tables.get(key["reference"]["resource"] or rows.name)
        if other is None:
            continue  # which is named by itself
        (column,), (theirs,) = key["fields"], key["reference"]["fields"]
        known = Counter(entry[theirs] for entry in other.entries.values())
        for row, entry in rows.entries.items():
            if entry[column] and entry[column] not in known:
                expected = f"an id of the table {other.name}{hint(entry[column], known)}"
                lines.append(rows.problem(row, column, entry[column], expected))
    return lines
