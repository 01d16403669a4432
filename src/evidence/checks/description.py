"""Holds datapackage.json to itself: nothing that a table needs may be missing from it."""

from pathlib import Path

from evidence.checks.rules import COLUMNS, KINDS, NEEDS
from evidence.checks.shapes import shape_faults
from evidence.checks.values import CONSTRAINTS
from helpers.data import DESCRIPTION, FOLDER, TYPES
from helpers.expect import nearest

NEEDED = ("title", "description", "licenses", "sources")
# A column of this name refers to this table.
REFERENCES = {"source": "sources", "claim": "claims"}


def description_problems(content, folder=FOLDER):
    """Name what is missing from the description of the tables, or contradicts itself.

    Parameters
    ----------
    content : dict
        datapackage.json, of the form that `helpers.data.description` reads.
    folder : pathlib.Path
        The folder of the tables.

    Returns
    -------
    list of str
    """
    place, resources = f"data/{DESCRIPTION}", content["resources"]
    wrong = shape_faults(content)
    if wrong:
        return [f"{place}: {line}" for line in wrong]
    lines = [f"{place}: found no {key}, expected it" for key in NEEDED[:3] if not content.get(key)]
    names = [resource["name"] for resource in resources]
    lines += [f"{place}: found table {n} twice" for n in set(names) if names.count(n) > 1]
    described = {resource["path"] for resource in resources}
    lines += [
        f"{place}: found no description of {path.name}, expected one for every table in data/"
        for path in sorted(Path(folder).glob("*.csv"))
        if path.name not in described
    ]
    for resource in resources:
        words = f"{place}: table {resource['name']}"
        found = [*_table(resource), *_keys(resource, names), *_rules(resource)]
        found += [f"column {f['name']}: {line}" for f in resource["schema"]["fields"]
                  for line in [*_column(f), *_labels(f)]]  # fmt: skip
        lines += [f"{words}, {line}" for line in found]
    return lines


def _table(resource):
    for key in NEEDED:
        if not resource.get(key):
            yield f"{key}: found nothing, expected it"
    licences = [each for each in resource.get("licenses", ()) if isinstance(each, dict)]
    if any(not (licence.get("name") and licence.get("path")) for licence in licences):
        yield "licenses: found one without name or path, expected both"
    wanted = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    for key, value in wanted.items():
        if resource.get(key) != value:
            yield f"{key}: found {resource.get(key)!r}, expected {value!r}"
    if resource["path"] != f"{resource['name']}.csv":
        yield f"path: found {resource['path']!r}, expected {resource['name']}.csv"
    if resource["schema"].get("missingValues") != [""]:
        yield f"missingValues: found {resource['schema'].get('missingValues')}, expected ['']"


def _keys(resource, names):
    schema = resource["schema"]
    columns = {field["name"]: field for field in schema["fields"]}
    key = schema.get("primaryKey")
    if not isinstance(key, list) or not key:
        yield "primaryKey: found none, expected the columns that tell its rows apart"
        key = []
    for column in key:
        if column not in columns:
            yield f"primaryKey: found {column}, {nearest(column, columns)}"
        elif not columns[column].get("constraints", {}).get("required"):
            yield f"column {column}: expected required, because it is part of the primaryKey"
    refers = {}
    for each in schema.get("foreignKeys", []):
        other = each.get("reference", {}).get("resource", "?")
        if other and other not in names:
            yield f"foreignKeys: found the table {other}, {nearest(other, names)}"
        refers |= dict.fromkeys(each.get("fields", []), other)
    for column, other in REFERENCES.items():
        if column in columns and resource["name"] != other and refers.get(column) != other:
            yield f"foreignKeys: found none for {column}, expected it to refer to {other}"


def _column(field):
    if not field.get("description", "").strip():
        yield "found no description, expected its meaning"
    if field["type"] not in {*TYPES, "boolean"}:
        yield f"found type {field['type']}, {nearest(field['type'], [*TYPES, 'boolean'])}"
    if field["type"] in {"integer", "number", "year"} and not field.get("unit"):
        yield "found no unit, expected one, because it holds numbers"
    for rule in field.get("constraints", {}):
        if rule not in CONSTRAINTS:
            yield f"found the constraint {rule}, {nearest(rule, CONSTRAINTS)}"


def _labels(field):
    """Hold the labels of a column's codes to the codes that it allows."""
    codes = field.get("constraints", {}).get("enum", [])
    words = {code["value"]: code.get("label", "") for code in field.get("categories", [])}
    for code in codes:
        if not words.get(code, "").strip():
            yield f"found the code {code!r}, expected a label beside it"
    for code in words:
        if code not in codes:
            yield f"found a label for {code!r}, {nearest(code, codes)}"


def _rules(resource):
    columns = {field["name"] for field in resource["schema"]["fields"]}
    for rule in resource.get("rules", []):
        kind = rule.get("kind")
        if kind not in KINDS:
            yield f"rules: found kind {kind!r}, {nearest(kind, KINDS)}"
            continue
        for part in sorted(NEEDS[kind] - set(rule)):
            yield f"rule {kind}: found no {part}, expected it"
        for part in sorted(COLUMNS & set(rule)):
            named = [rule[part]] if isinstance(rule[part], str) else rule[part]
            for column in named:
                if column not in columns:
                    yield f"rule {kind}, {part}: found {column}, {nearest(column, columns)}"
        for each in rule.get("except", []):
            if not each.get("row") or not each.get("why"):
                yield f"rule {kind}, except: found {each}, expected row and why"
