"""The project's tables and where each figure comes from: the only module that reads data.

`data/datapackage.json` is the one description of the tables: their columns, types, units, keys and
licences. Columns are typed from it here, and `check_tables` holds the files to it.
"""

import json
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parents[2] / "data"
TYPES = {"string": "str", "date": "str", "year": "int64", "integer": "int64", "number": "float64"}


class TableError(ValueError):
    """A table is not as datapackage.json describes it."""


@cache
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
    path = Path(folder) / "datapackage.json"
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
    known = package(folder)
    if name not in known:
        raise TableError(f"table {name}: unknown, expected one of {', '.join(sorted(known))}")
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
        year = "undated" if pd.isna(stated) else stated[:4]
        years.setdefault(sources.loc[source, "producer"], set()).add(year)
    return "; ".join(f"{name} ({', '.join(sorted(known))})" for name, known in years.items())


def check_tables(folder=FOLDER):
    """Hold every table to its schema: columns, types, limits, keys, and sources that exist.

    Returns
    -------
    list of str
        One line per problem: file, row (line in the file), column, value found, what was expected.
        Empty if all is well.
    """
    import frictionless

    path = Path(folder) / "datapackage.json"
    resources = package(folder)
    missing = [r["path"] for r in resources.values() if not (Path(folder) / r["path"]).exists()]
    if missing:
        return [f"data/{name}: the file does not exist" for name in missing]
    try:
        report = frictionless.Package(str(path)).validate()
    except frictionless.FrictionlessException as error:
        return [f"data/{path.name}: {reason.note}" for reason in error.reasons or [error.error]]
    lines = [f"data/{path.name}: {error.note}" for error in report.errors]
    for task in report.tasks:
        schema = resources[task.name]["schema"]
        lines += [f"data/{task.place}: {_problem(error, schema)}" for error in task.errors]
    return list(dict.fromkeys(lines))


def _problem(error, schema):
    """Say in one line where a frictionless error is, what was found and what was expected."""
    facts = error.to_dict()
    names = [field["name"] for field in schema["fields"]]
    name, found = facts.get("fieldName"), facts.get("cell")
    row = f"row {facts['rowNumber']}" if facts.get("rowNumber") else "header"
    if error.type.endswith("-label"):
        return f"header: found {', '.join(facts['labels'])}, expected {', '.join(names)}"
    if error.type == "foreign-key":
        name, found = facts["fieldNames"][0], facts["fieldCells"][0]
        known = f"an id of the table {facts['referenceName']}"
        return f"{row}, column {name}: found {found!r}, expected {known}"
    if error.type == "primary-key":
        key = schema["primaryKey"]
        values = dict(zip(names, facts["cells"], strict=False))
        found = ", ".join(str(values.get(part)) for part in key)
        return f"{row}, column {', '.join(key)}: found {found}, expected no repeat ({error.note})"
    if error.type == "type-error":
        kind = next(field["type"] for field in schema["fields"] if field["name"] == name)
        return f"{row}, column {name}: found {found!r}, expected {kind}"
    if error.type in {"constraint-error", "unique-error"}:
        found = found if found not in ("", "None") else "nothing"
        return f"{row}, column {name}: found {found!r}, expected {_rule(error.note)}"
    expected = f"expected {len(names)} cells: {', '.join(names)}"
    return f"{row}: {error.title.lower()} ({found or 'nothing'}), {expected}"


def _rule(note):
    """Reword a broken constraint as what is expected of the value."""
    words = note.replace('"', "").removeprefix("constraint ")
    if words.startswith("required"):
        return "a value"
    if words.startswith("the same as"):
        return f"no repeat ({words})"
    return words.replace(" is ", " ", 1).replace("enum", "one of").replace("[", "").replace("]", "")
