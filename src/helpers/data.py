"""The project's tables and where each figure comes from: the only module that reads data.

`data/datapackage.json` is the one description of the tables: their columns, types, units, keys,
licences, and the words for their codes. Columns are typed from it here; `evidence.checks.tables`
holds the files to it.
"""

import csv
import hashlib
import json
from functools import cache, lru_cache
from pathlib import Path

from helpers.expect import Refusal, expect

FOLDER = Path(__file__).resolve().parents[2] / "data"
DESCRIPTION = "datapackage.json"
TYPES = {"string": "str", "date": "str", "year": "int64", "integer": "int64", "number": "float64"}

# What this process has read: names of tables, and DESCRIPTION if that was read for its own sake.
READ = set()


class TableError(Refusal):
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

    resource = _resource(name, folder)
    READ.add(name)
    path = Path(folder) / resource["path"]
    text = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""], encoding="utf-8")
    fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    if list(text.columns) != list(fields):
        raise TableError(
            f"{path.name}: found columns {', '.join(text.columns)}, expected {', '.join(fields)}"
        )
    return text.assign(
        **{name: _typed(text[name], kind, path.name) for name, kind in fields.items()}
    )


def _resource(name, folder):
    known = _resources(folder)
    expect("table", name, sorted(known), TableError)
    return known[name]


def labels(name, column, folder=FOLDER):
    """Return the words for the codes of a column, for example ``labels("claims", "verdict")``.

    Parameters
    ----------
    name : str
        Name of a table.
    column : str
        A column of codes.
    folder : pathlib.Path, optional
        Folder of the data package.

    Returns
    -------
    dict
        Label by code, in the order of the description. A label is written as inside a sentence.

    Raises
    ------
    TableError
        If the table or the column is unknown, or its values are not codes.
    """
    return {code["value"]: code["label"] for code in _codes(name, column, folder)}


def meanings(name, column, folder=FOLDER):
    """Return a sentence on each code of a column whose labels alone do not say enough.

    Parameters, order and errors are those of `labels`.
    """
    return {code["value"]: code["description"] for code in _codes(name, column, folder)}


def _codes(name, column, folder):
    fields = {field["name"]: field for field in _resource(name, folder)["schema"]["fields"]}
    READ.add(name)
    expect(f"table {name}: column", column, fields, TableError)
    field = fields[column]
    if "categories" not in field:
        raise TableError(f"table {name}, column {column}: found no labels, expected a coded column")
    return field["categories"]


def describe(name, folder=FOLDER):
    """Show what a table holds: columns, units, codes, gaps, sources, licence and its first rows.

    Parameters
    ----------
    name : str
        Name of the table, for example "arrivals".
    folder : pathlib.Path, optional
        Folder of the data package.

    Raises
    ------
    TableError
        As for `table`.
    """
    from IPython.display import display

    from helpers.datasheet import in_html, in_text, producers

    rows, resource = table(name, folder), package(folder)[name]
    keys = resource["schema"].get("foreignKeys", [])
    cited = [key["fields"][0] for key in keys if key["reference"]["resource"] == "sources"]
    ids = {source for column in cited for source in rows[column].dropna()}
    named = producers([_sources(folder)[source][0] for source in sorted(ids)], resource)
    sheets = {"text/html": in_html, "text/plain": in_text}
    display({form: write(resource, rows, named) for form, write in sheets.items()}, raw=True)


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
    known, years = _sources(folder), {}
    for source in dict.fromkeys(ids):
        if source not in known:
            raise TableError(f"sources.csv: no source has the id {source}")
        producer, year = known[source]
        years.setdefault(producer, set()).add(year)
    return "; ".join(f"{name} ({', '.join(sorted(known))})" for name, known in years.items())


def _sources(folder):
    """Return producer and year of each source; the file is read again only if it has changed."""
    READ.add("sources")
    facts = (Path(folder) / _resource("sources", folder)["path"]).stat()
    return _read_sources(folder, (facts.st_mtime_ns, facts.st_size))


@lru_cache(maxsize=2)
def _read_sources(folder, _version):
    sources = table("sources", folder)
    years = sources["date"].str[:4].fillna("undated")
    return dict(zip(sources["id"], zip(sources["producer"], years, strict=True), strict=True))


def table_digest(name, folder=FOLDER):
    """Return a digest of all that reading a table depends on: its bytes, types and labels.

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
        parts = ("name", "type", "categories")
        columns = [[field.get(part) for part in parts] for field in resource["schema"]["fields"]]
        path = Path(folder) / resource["path"]
        parts = [json.dumps([resource["path"], columns]).encode()]
        parts += [path.read_bytes()] if path.exists() else []
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
