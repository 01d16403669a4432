"""The project's tables and where each figure comes from: the only module that reads data.

`data/datapackage.json` is the one description of the tables: their columns, types, units, keys and
licences. Columns are typed from it here; `evidence.checks.tables` holds the files to it.
"""

import csv
import hashlib
import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data"
DESCRIPTION = "datapackage.json"
TYPES = {"string": "str", "date": "str", "year": "int64", "integer": "int64", "number": "float64"}

# What this process has read: names of tables, and DESCRIPTION if that was read for its own sake.
READ = set()


class TableError(ValueError):
    """A table is not as datapackage.json describes it."""


def tables_read():
    """Name what this process has read, sorted; a rerun asks a notebook's kernel for it."""
    return sorted(READ)


def package(folder=FOLDER):
    """Read the description of all tables.

    Parameters
    ----------
    folder : pathlib.Path
        Folder that holds datapackage.json.

    Returns
    -------
    dict of str to dict
        Data Package v2 resource descriptors by table name.

    Raises
    ------
    TableError
        If the description is missing or is not JSON.
    """
    READ.add(DESCRIPTION)
    return _resources(folder)


@cache
def _resources(folder):
    path = Path(folder) / DESCRIPTION
    try:
        resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
    except FileNotFoundError:
        raise TableError(f"{path.name}: not found in {path.parent.name}/") from None
    except (json.JSONDecodeError, KeyError) as error:
        raise TableError(f"{path.name}: expected JSON with resources, found {error}") from None
    return {resource["name"]: resource for resource in resources}


def table(name, folder=FOLDER):
    """Read one table with its columns typed from the schema.

    Parameters
    ----------
    name : str
        Name of the table, for example "arrivals".
    folder : pathlib.Path, optional
        Folder of the data package.

    Returns
    -------
    pandas.DataFrame
        Columns as in the schema. Whole numbers with gaps become floats, because a missing count is
        a missing value and never zero.

    Raises
    ------
    TableError
        If the table is unknown, a column is missing, or a value is not of its column's type.
    """
    import pandas as pd  # a run that reads no table does not wait for it

    known = _resources(folder)
    if name not in known:
        raise TableError(f"table {name}: unknown, expected one of {', '.join(sorted(known))}")
    READ.add(name)
    path = Path(folder) / known[name]["path"]
    text = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")
    fields = {field["name"]: field["type"] for field in known[name]["schema"]["fields"]}
    if list(text.columns) != list(fields):
        raise TableError(
            f"{path.name}: found columns {', '.join(text.columns)}, expected {', '.join(fields)}"
        )
    return text.assign(
        **{name: _typed(text[name], kind, path.name) for name, kind in fields.items()}
    )


def ids(name, folder=FOLDER):
    """Read the ids of a table, for a check that should not wait for pandas.

    Parameters
    ----------
    name : str
        Name of a table with a column ``id``.
    folder : pathlib.Path, optional
        Folder of the data package.

    Returns
    -------
    list of str
    """
    with (Path(folder) / _resources(folder)[name]["path"]).open(
        encoding="utf-8", newline=""
    ) as file:
        return [row["id"] for row in csv.DictReader(file)]


def _typed(column, kind, file):
    if kind == "boolean":
        return column.map({"true": True, "false": False})
    wanted = TYPES[kind]
    if wanted == "int64" and column.isna().any():
        wanted = "float64"
    try:
        return column.astype(wanted)
    except ValueError as error:
        raise TableError(
            f"{file}: column {column.name}: {error}, expected {kind} (`evidence check` says where)"
        ) from None


def cite(ids, folder=FOLDER):
    """Name sources for a chart or a sentence: "Ministry of Unification (2012, 2020); KFI (2019)".

    Parameters
    ----------
    ids : iterable of str
        Source ids; each producer is named once, in first order, with its years.

    Returns
    -------
    str

    Raises
    ------
    TableError
        If an id is not in the table of sources.
    """
    sources = table("sources", folder).set_index("id")
    years = {}
    for source in dict.fromkeys(ids):
        if source not in sources.index:
            raise TableError(f"sources.csv: no source has the id {source}")
        stated = sources.loc[source, "date"]
        year = stated[:4] if isinstance(stated, str) else "undated"
        years.setdefault(sources.loc[source, "producer"], set()).add(year)
    return "; ".join(f"{name} ({', '.join(sorted(known))})" for name, known in years.items())


def table_digest(name, folder=FOLDER):
    """Return a digest of all that reading a table depends on: its bytes, and its columns' types.

    Parameters
    ----------
    name : str
        Name of a table, or `DESCRIPTION` for the description of all of them.
    folder : pathlib.Path, optional
        Folder of the data package.

    Returns
    -------
    str
        Empty if there is no such table.
    """
    if name == DESCRIPTION:
        parts = [(Path(folder) / DESCRIPTION).read_bytes()]
    elif name not in _resources(folder):
        return ""
    else:
        resource = _resources(folder)[name]
        columns = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
        path = Path(folder) / resource["path"]
        parts = [json.dumps([resource["path"], columns]).encode()]
        parts += [path.read_bytes()] if path.exists() else []
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
