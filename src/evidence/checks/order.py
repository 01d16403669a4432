"""Sorting that gives one order on every machine."""

import ast

SORTING = ("sort_values", "sort_index", "argsort")


def unstable_sorts(tree):
    """Find where rows that compare as equal may change places with the processor.

    numpy sorts with the instructions that a processor has, and these leave equal values in
    different orders. A stable sort keeps the order they came in, and so does pandas if it sorts
    by several columns.

    Parameters
    ----------
    tree : ast.AST

    Returns
    -------
    list of str
        One line per call, without the place.
    """
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    names = [getattr(call.func, "attr", "") for call in calls if not _is_stable(call)]
    return [
        f'{name} without kind="stable": equal values come in an order that depends on the processor'
        for name in names
        if name in SORTING
    ]


def _is_stable(call):
    words = {word.arg: word.value for word in call.keywords}
    by = words.get("by", call.args[0] if call.args else None)
    kind = getattr(words.get("kind"), "value", None)
    return kind == "stable" or (isinstance(by, ast.List | ast.Tuple) and len(by.elts) > 1)
