"""Holds the tables to their description, with frictionless, and to the figures that they quote."""

from pathlib import Path

from helpers.data import DESCRIPTION, FOLDER, package, table
from helpers.expect import nearest


def check_tables(folder=FOLDER):
    """Hold every table to its schema: columns, types, limits, keys, and sources that exist.

    Tables in order are then held to the figures that they quote from others.

    Returns
    -------
    list of str
        One line per problem: file, row (line in the file), column, value found, what was expected.
        A code without a label, and a label without a code, is a problem of the description. Empty
        if all is well.
    """
    import frictionless

    path = Path(folder) / DESCRIPTION
    resources = package(folder)
    missing = [r["path"] for r in resources.values() if not (Path(folder) / r["path"]).exists()]
    if missing:
        return [f"data/{name}: the file does not exist" for name in missing]
    try:
        report = frictionless.Package(str(path)).validate()
    except frictionless.FrictionlessException as error:
        return [f"data/{path.name}: {reason.note}" for reason in error.reasons or [error.error]]
    lines = [f"data/{path.name}: {error.note}" for error in report.errors]
    lines += [line for resource in resources.values() for line in _label_problems(resource)]
    for task in report.tasks:
        schema = resources[task.name]["schema"]
        lines += [f"data/{task.place}: {_problem(error, schema)}" for error in task.errors]
    return list(dict.fromkeys(lines)) or moved_figures(folder)


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


def _label_problems(resource):
    """Hold the labels of a table's codes to the codes that its columns allow."""
    lines = []
    for field in resource["schema"]["fields"]:
        codes = field.get("constraints", {}).get("enum", [])
        words = {code["value"]: code.get("label", "") for code in field.get("categories", [])}
        place = f"data/{DESCRIPTION}: table {resource['name']}, column {field['name']}"
        bare = [code for code in codes if not words.get(code, "").strip()]
        lines += [f"{place}: found the code {code!r}, expected a label beside it" for code in bare]
        lines += [
            f"{place}: found a label for {code!r}, {nearest(code, codes)}"
            for code in words
            if code not in codes
        ]
    return lines


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
