"""Tables that quote figures of other tables, and are refused once a figure has moved.

Each row names the table, row and column that its value was read from. Where the three are empty,
the value is the row's own.
"""

import pandas as pd

from helpers.data import FOLDER, TableError, table

PLACE = ["table", "row", "column"]
AS_NUMBERS = {"choices"}  # tables whose figures are used as numbers, which a bound is not
BOUNDS = ("at_least", "up_to")


def quoted(name, folder=FOLDER):
    """Read a table that quotes others, if every figure still stands where it was read.

    Parameters
    ----------
    name : str
        Name of a table with the columns table, row, column and value.
    folder : pathlib.Path, optional
        Folder of the data package.

    Returns
    -------
    pandas.DataFrame
        Its columns, and ``cites``: the source of the row quoted, empty where none is.

    Raises
    ------
    TableError
        If a figure has moved; the message names the cell.
    """
    rows = table(name, folder)
    others = read_others(rows, folder)
    problems = moved(name, rows, others)
    if problems:
        raise TableError(problems[0])
    cites = [
        None if pd.isna(other) else others[other].loc[row, "source"]
        for other, row in zip(rows["table"], rows["row"], strict=True)
    ]
    return rows.assign(cites=cites)


def read_others(rows, folder=FOLDER):
    """Read the tables that the rows name, indexed by id."""
    names = sorted(set(rows["table"].dropna()))
    return {name: table(name, folder).set_index("id") for name in names}


def moved(name, rows, others):
    """Compare each row with the cell that it names.

    Parameters
    ----------
    name : str
        Name of the table that quotes.
    rows : pandas.DataFrame
        Its columns table, row, column and value.
    others : dict of str to pandas.DataFrame
        The tables that it names, indexed by id.

    Returns
    -------
    list of str
        One line per figure that is not where it was read, or that is a bound where a number is
        needed: file, row, column, found, expected.
    """
    lines = []
    for line, entry in enumerate(rows.to_dict("records"), start=2):
        empty = [part for part in PLACE if pd.isna(entry[part])]
        if not empty:
            lines += _moved(name, line, entry, others[entry["table"]])
        elif len(empty) < len(PLACE):
            place = f"data/{name}.csv: row {line}, column {empty[0]}"
            lines.append(f"{place}: found nothing, expected all or none of {', '.join(PLACE)}")
    return lines


def _moved(name, line, entry, cells):
    """Name the row or column that is gone, or the cell that holds another value."""
    file = f"data/{name}.csv"
    other, row, column = (entry[part] for part in PLACE)
    for part, known, what in (("row", cells.index, "an id"), ("column", cells, "a column")):
        if entry[part] not in known:
            expected = f"{what} of the table {other}"
            return [f"{file}: row {line}, column {part}: found {entry[part]}, expected {expected}"]
    if cells.loc[row, column] == entry["value"]:
        return _bounds(file, line, name, entry, cells)
    place = f"data/{other}.csv: row {cells.index.get_loc(row) + 2}, {row}, column {column}"
    found, expected = (_shown(value) for value in (cells.loc[row, column], entry["value"]))
    return [f"{place}: found {found}, expected {expected} ({file}, row {line}, was read from it)"]


def _bounds(file, line, name, entry, cells):
    """Name a bound that a table of numbers quotes."""
    bound = cells.loc[entry["row"], "bound"] if "bound" in cells else None
    if name not in AS_NUMBERS or bound not in BOUNDS:
        return []
    found = f"found {entry['row']}, which is a bound ({bound})"
    return [f"{file}: row {line}, column row: {found}, expected a number or a range"]


def _shown(value):
    if pd.isna(value):
        return "nothing"
    return value if isinstance(value, str) else f"{value:.12g}"
