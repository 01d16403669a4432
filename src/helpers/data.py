"""The project's tables and where each figure comes from: the only module that reads data.

`data/datapackage.json` is the one description of the tables: their columns, types, units, keys,
licences, and the words for their codes. Columns are typed from it here; `evidence.checks.tables`
holds the files to it.
"""

import hashlib
import json
from functools import cache, lru_cache
from pathlib import Path

from helpers.csvtext import SPELT, TableError, normalised, read_rows
from helpers.expect import expect

FOLDER = Path(__file__).resolve().parents[2] / "data"
DESCRIPTION = "datapackage.json"
TYPES = {"string": "str", "date": "str", "year": "int64", "integer": "int64", "number": "float64"}

# What this process has read: names of tables, and DESCRIPTION if that was read for its own sake.
READ = set()


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
    resources = description(folder)["resources"]
    return {resource["name"]: resource for resource in resources}


def description(folder=FOLDER):
    """Read the whole of datapackage.json, of the form that `package` needs.

    Raises
    ------
    TableError
        If it is missing, is not JSON, or a table in it has no name, path or columns.
    """
    path = Path(folder) / DESCRIPTION
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise TableError(f"{path.name}: not found in {path.parent.name}/") from None
    except ValueError as error:
        raise TableError(f"{path.name}: expected JSON with resources, found {error}") from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list) or not resources:
        raise TableError(
            f'{path.name}: found no list of resources, expected {{"resources": [...]}}'
        )
    for number, resource in enumerate(resources, 1):
        _expect_columns(resource, f"{path.name}: resource {number}")
    return content


def forget():
    """Read the description anew when it is next asked for, because it was written."""
    _resources.cache_clear()


def _expect_columns(resource, place):
    """Refuse a description of a table without name, path or typed columns."""
    keys = resource if isinstance(resource, dict) else {}
    for key in ("name", "path"):
        if not isinstance(keys.get(key), str):
            raise TableError(f"{place}: found no {key}, expected name, path and schema of a table")
    schema = keys.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    named = isinstance(fields, list) and all(
        isinstance(field, dict) and isinstance(field.get("name"), str) for field in fields
    )
    if not fields or not named:
        raise TableError(
            f"{place} ({keys['name']}): found no columns, expected schema with fields, each named"
        )
    for field in fields:
        kind, what = field.get("type"), f"{place} ({keys['name']}), column {field['name']}: type"
        expect(what, kind, [*TYPES, "boolean"], TableError)


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
    header, rows = read_rows(path, resource.get("mayBeEmpty", False))
    fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    if header != list(fields):
        raise TableError(
            f"{path.name}: found columns {', '.join(header)}, expected {', '.join(fields)}"
        )
    for row, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise TableError(f"{path.name}: {cell_count(row, cells, header)}")
    cells = [[cell or None for cell in row] for row in rows]
    text = pd.DataFrame(cells, columns=header, dtype="str")
    return text.assign(
        **{name: _typed(text[name], kind, path.name) for name, kind in fields.items()}
    )


def cell_count(row, cells, header):
    """Say that a row has too many cells, or too few."""
    names = ", ".join(header)
    return f"row {row}: found {len(cells)} cells, expected {len(header)}: {names}"


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
    header, rows = read_rows(Path(folder) / _resource(name, folder)["path"])
    expect(f"table {name}: column", "id", header, TableError)
    place = header.index("id")
    return [row[place] for row in rows if len(row) > place]


def _typed(column, kind, file):
    """Turn the text of a column into its type, if every value is spelt as that type is."""
    if kind in SPELT:
        wrong = column.notna() & ~column.str.fullmatch(SPELT[kind].pattern, na=True)
        if wrong.any():
            row, found = wrong.idxmax() + 2, column[wrong.idxmax()]
            raise TableError(
                f"{file}: row {row}, column {column.name}: found {found!r}, expected {kind}"
            )
    if kind == "boolean":
        return column.map({"true": True, "false": False})
    gaps = TYPES[kind] == "int64" and column.isna().any()
    return column.astype("float64" if gaps else TYPES[kind])


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
        parts += [normalised(path.read_bytes())] if path.exists() else []
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
