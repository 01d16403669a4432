"""Holds the table of corrections to the cells that it corrected."""

from helpers.expect import hint


def correction_problems(rows, tables):
    """Name corrections of no cell, and those that were taken back since.

    The last correction of a cell counts; each earlier one must have led to the next.

    Parameters
    ----------
    rows : evidence.checks.rows.Rows
        The table of corrections.
    tables : dict of str to evidence.checks.rows.Rows
        All tables, by name; one that cannot be read is named by itself, before.

    Returns
    -------
    list of str
    """
    lines, last = [], {}
    for row, entry in rows.entries.items():
        lines += _place(rows, row, entry, tables)
        cell = tuple(entry[part] for part in ("table", "row", "column"))
        if cell in last:
            earlier, before = last[cell]
            if entry["was"] != before["is"]:
                expected = f"{before['is'] or 'nothing'}, what row {earlier} made of the cell"
                lines.append(rows.problem(row, "was", entry["was"], expected))
            if entry["date"] < before["date"]:
                expected = f"not before row {earlier} ({before['date']})"
                lines.append(rows.problem(row, "date", entry["date"], expected))
        if entry["was"] == entry["is"]:
            lines.append(rows.problem(row, "is", entry["is"], "another value than in was"))
        last[cell] = row, entry
    if lines:
        return lines
    for row, entry in last.values():
        lines += _held(rows, row, entry, tables[entry["table"]])
    return lines


def _place(rows, row, entry, tables):
    """See that table, column and claims exist."""
    other, lines = tables.get(entry["table"]), []
    if other is None:
        return [rows.problem(row, "table", entry["table"], _one_of(tables, entry["table"]))]
    known = other.fields
    if entry["row"] and entry["column"] not in known:
        expected = _one_of(known, entry["column"])
        lines.append(rows.problem(row, "column", entry["column"], expected))
    claims = tables.get("claims")
    ids = {each["id"] for each in claims.entries.values()} if claims else set()
    lines += [
        rows.problem(row, "claims", claim, "ids of claims, separated by spaces")
        for claim in entry["claims"].split()
        if ids and claim not in ids
    ]
    return lines


def _one_of(known, word):
    return f"one of {', '.join(known)}{hint(word, known)}"


def _held(rows, row, entry, other):
    """Compare the cell with what the correction made of it."""
    if not entry["row"]:  # a whole column, which may have a new name
        return []
    column, wanted = entry["column"], entry["is"]
    found = next((e for e in other.entries.values() if other.named(e) == entry["row"]), None)
    removed = column in other.key and not wanted
    place = f"{rows.path}, row {row}"
    if removed:
        if found is None:
            return []
        return [f"{other.path}: found the row {entry['row']}, expected none, as {place} says"]
    if found is None:
        return [rows.problem(row, "row", entry["row"], f"the key of a row of {other.name}, "
                f"{', '.join(other.key)} joined by commas")]  # fmt: skip
    if found[column] == wanted:
        return []
    line = next(number for number, e in other.entries.items() if e is found)
    expected = f"{wanted or 'nothing'}, as corrected in {place}; add a correction if it is wrong"
    return [other.problem(line, column, found[column], expected)]
