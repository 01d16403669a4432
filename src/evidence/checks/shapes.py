"""Holds the parts of datapackage.json to their kinds, by name, before anything else reads them."""

import math
import re

from evidence.checks.rows import shown
from evidence.checks.rules import COLUMNS


def shape_faults(part, path=()):
    """Name the parts of a description that are of another kind than their name promises.

    Parameters
    ----------
    part : object
        datapackage.json, or a part of it.
    path : tuple of str
        Where the part stands.

    Returns
    -------
    list of str
        One line each: where, found, expected. What stands inside a wrong part is not looked at.
    """
    if isinstance(part, list):
        names = [each.get("name") if isinstance(each, dict) else None for each in part]
        inner = [(name or number, each) for number, (name, each) in
                 enumerate(zip(names, part, strict=True), 1)]  # fmt: skip
        return [line for name, each in inner for line in shape_faults(each, (*path, str(name)))]
    lines = []
    for name, value in part.items() if isinstance(part, dict) else ():
        here = (*path, name)
        expected, right = KINDS.get(name, ("", lambda value: True))
        if right(value):
            lines += shape_faults(value, here)
        else:
            lines.append(f"{'.'.join(here)}: found {shown(value)}, expected {expected}")
    return lines


def _text(value):
    return isinstance(value, str)


def _flag(value):
    return isinstance(value, bool)


def _number(value):
    return isinstance(value, int | float) and not _flag(value) and math.isfinite(value)


def _object(value):
    return isinstance(value, dict)


def _code(value):
    return _text(value) or _number(value)


def _list_of(right):
    return lambda value: isinstance(value, list) and all(map(right, value))


def _pattern(value):
    try:
        return _text(value) and bool(re.compile(value))
    except re.error:
        return False


def _columns(value):
    return _text(value) or _list_of(_text)(value)


# What is expected, how it is told, and the parts that are of this kind wherever they stand.
KINDS = {
    name: (expected, right)
    for expected, right, names in (
        ("an object", _object, "schema constraints reference subject striking dates"),
        ("a list of objects", _list_of(_object),
         "resources licenses sources categories foreignKeys rules except"),
        ("a list of texts", _list_of(_text), "primaryKey missingValues alphabets asked "
         "columns parts codes unless if_filled"),
        ("a list of texts or numbers", _list_of(_code), "enum"),
        ("a text", _text, "name title description label unit path type hash descriptionHash "
         "singular row why table kind whole because statements doubt people search words result"),
        ("a number", _number, "minimum maximum bytes times least"),
        ("true or false", _flag, "required unique ourWork mayBeEmpty complete"),
        ("a regular expression", _pattern, "pattern"),
        ("the name of a column, or a list of them", _columns, " ".join(COLUMNS)),
        ("a text or a number", _code, "value"),
    )
    for name in names.split()
}  # fmt: skip
