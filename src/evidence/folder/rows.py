"""The rows of results.csv, read in one place: numbers as numbers, words as words."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import RequestError
from evidence.folder.manifest import read_manifest
from helpers.results import FIELDS, range_in_words, value_in_words

RESULTS, PARQUET, PARAMETERS = "results.csv", "results.parquet", "parameters.csv"
PARAMETER_COLUMNS = ("notebook", "parameter", "value")
COLUMNS = ("notebook", *FIELDS)
PARAMETER = "p."  # what the column of a parameter begins with


@dataclass(frozen=True)
class Result:
    """One result of a run."""

    notebook: str
    name: str
    value: float | str  # a number in `unit`, or a word such as a verdict
    low: float | None
    high: float | None
    unit: str
    claim: str  # empty if it bears on none
    point: dict[str, str]  # the parameters of its notebook by name, as the file writes them

    @property
    def parameters(self):
        """The parameters of its notebook by name: numbers, lists, true and false as such."""
        return {name: _read(text) for name, text in self.point.items()}

    @property
    def is_number(self):
        """Whether it is a number, not a word."""
        return not isinstance(self.value, str)

    @property
    def value_in_words(self):
        """Its value as people write it; a year has no comma."""
        return value_in_words(self.value, self.unit)

    @property
    def range_in_words(self):
        """Its range as people write it; empty if it has none."""
        return range_in_words(self.low, self.high, self.unit)


def read_results(folder):
    """Read results.csv of a run folder.

    Returns
    -------
    list of Result

    Raises
    ------
    RequestError
        If the folder is not a run folder, is one of an unknown form, or its table does not hold
        what a run writes; the line and the column are named.
    """
    path, rows = Path(folder) / RESULTS, read_cells(folder)
    apart = _parameters(Path(folder) / PARAMETERS)
    return [_result(row, f"{path}, line {n}", apart) for n, row in enumerate(rows, 2)]


def _parameters(path):
    """Read parameters.csv: texts by name, by notebook; nothing where results.csv holds them."""
    if not path.is_file():
        return {}
    found = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                notebook, name, text = (row[column] for column in PARAMETER_COLUMNS)
                if text:
                    found.setdefault(notebook, {})[name] = text
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise RequestError(f"{path}: not a table of parameters ({error})") from None
    return found


def read_cells(folder):
    """Read results.csv of a run folder as it is written, every cell a text.

    Returns
    -------
    list of dict of str to str

    Raises
    ------
    RequestError
        As `read_results`, without a look at the numbers.
    """
    path = Path(folder) / RESULTS
    if not path.is_file():
        raise RequestError(f"{folder}: not a run folder (it has no {RESULTS})")
    read_manifest(folder)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            header, rows = reader.fieldnames or (), list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise RequestError(f"{path}: not a table of results ({error})") from None
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise RequestError(f"{path}: not a table of results (no column {missing[0]})")
    return rows


def as_json(results):
    """Return results as JSON holds them: numbers as numbers, what is missing as null.

    Parameters
    ----------
    results : list of Result

    Returns
    -------
    list of dict
        The columns of results.csv, those of parameters too.
    """
    return [
        {name: getattr(result, name) for name in COLUMNS}
        | {"claim": result.claim or None}
        | {PARAMETER + name: value for name, value in result.parameters.items()}
        for result in results
    ]


def _result(row, where, apart):
    if None in row or None in row.values():
        raise RequestError(f"{where}: expected as many cells as columns")
    cells = {name: row[name] for name in COLUMNS}
    low, high = (_end(row[end], f"{where}: {end}") for end in ("low", "high"))
    if not row["value"]:
        raise RequestError(f"{where}: value is empty, expected a number or a word")
    cells |= {"value": _value(row["value"]), "low": low, "high": high}
    point = apart.get(row["notebook"], {}) | {
        name.removeprefix(PARAMETER): text
        for name, text in row.items()
        if name.startswith(PARAMETER) and text
    }
    return Result(**cells, point=point)


def _value(text):
    value = _read(text)
    return float(value) if type(value) in (int, float) else text


def _end(text, what):
    end = _value(text)
    if isinstance(end, str) and end:
        raise RequestError(f"{what} is {end!r}, expected a number or nothing")
    return None if end == "" else end


def _read(text):
    """Read a cell: what is not a number, a list, true or false is a text."""
    try:
        value = json.loads(text, parse_constant=str)
    except json.JSONDecodeError:
        return text
    return text if value is None else value
