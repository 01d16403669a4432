"""Holds the tables to their description, to one another, and to the figures that they quote."""

from pathlib import Path

from evidence.checks.characters import character_problems
from evidence.checks.conventions import convention_problems
from evidence.checks.corrections import correction_problems
from evidence.checks.description import description_problems
from evidence.checks.rows import read_table, shape_problems
from evidence.checks.rules import rule_problems
from evidence.checks.values import reference_problems, value_problems
from helpers.data import DESCRIPTION, FOLDER, TableError, description, package, table


def check_tables(folder=FOLDER):
    """Hold every table to its schema and rules: values, limits, keys, order, sums, references.

    Tables in order are then held to the figures that they quote from others.

    Returns
    -------
    list of str
        One line per problem: file, row (line in the file), column, value found, what was expected.
        A code without a label, and a label without a code, is a problem of the description. Empty
        if all is well.
    """
    lines = table_problems(folder)
    return lines or moved_figures(folder)


def table_problems(folder=FOLDER, only=None):
    """Hold tables to schema and rules, without what needs pandas.

    Parameters
    ----------
    folder : pathlib.Path
    only : collection of str, optional
        Names of the tables to look at; all if left out. They are held to the others as these are.

    Returns
    -------
    list of str
    """
    try:
        content = description(Path(folder))
    except TableError as error:
        return [f"data/{error}"]
    described = description_problems(content, folder)
    if described:
        return described
    tables, lines = {}, {}
    for resource in content["resources"]:
        name = resource["name"]
        try:
            rows = read_table(resource, folder)
        except TableError as error:
            lines[name] = [f"data/{error}"]
            continue
        lines[name] = shape_problems(rows)
        if not lines[name]:
            tables[name] = rows
    for name, rows in tables.items():
        if only is None or name in only:
            lines[name] = cell_problems(rows, tables)
    corrected = tables.get("corrections")
    readable = len(tables) == len(content["resources"])
    wanted = only is None or "corrections" in only
    if corrected and readable and wanted and not lines["corrections"]:
        lines["corrections"] = correction_problems(corrected, tables)
    return [line for name, found in lines.items() if not only or name in only for line in found]


def cell_problems(rows, tables):
    """Find what is wrong in the cells of one table; what compares cells needs each to be right."""
    lines = [*character_problems(rows), *value_problems(rows)]
    lines += reference_problems(rows, tables)
    return list(dict.fromkeys(lines)) or [
        *convention_problems(rows),
        *rule_problems(rows, tables),
    ]


def moved_figures(folder=FOLDER):
    """Name the figures that no longer stand where a row says that it was read from.

    Returns
    -------
    list of str
        One line per figure: file, row, column, found, expected.
    """
    from helpers.quoted import PLACE, moved, read_others  # with pandas, once all else is in order

    lines = []
    for name, resource in package(folder).items():
        if {*PLACE, "value"} <= {field["name"] for field in resource["schema"]["fields"]}:
            rows = table(name, folder)
            lines += moved(name, rows, read_others(rows, folder))
    return lines


__all__ = ["DESCRIPTION", "check_tables", "moved_figures", "table_problems"]
