"""Says when an answer is of another type than the question asks for, and what was expected."""

import math
from collections.abc import Iterable, Mapping, Set, Sized


def settle(answer):
    """Return an answer as something that can be looked at more than once.

    Parameters
    ----------
    answer : object

    Returns
    -------
    object
        A list of what a generator, map or filter gives; the value in an array of no dimension;
        anything else as it is.
    """
    if isinstance(answer, type) or not isinstance(answer, Iterable):
        return answer
    if getattr(answer, "ndim", None) == 0:
        return settle(answer.item())
    return answer if isinstance(answer, Sized) else list(answer)


def _nothing_yet(answer):
    if answer is ...:
        return "no answer yet: replace the ... by your answer and run the cell"
    if answer is None:
        return "is None, which is no answer: print() shows a value but does not hand it on"
    if isinstance(answer, type):
        return f"is the type {answer.__name__} itself: assign a value of it"
    if callable(answer):
        return "is a function: call it, with (), and assign what it returns"
    return ""


def _several(answer):
    return isinstance(answer, Sized) and not isinstance(answer, str)


def not_a_number(answer, unit):
    """Say why an answer is not one finite number; nothing if it is."""
    wanted = f"expected one number{f' ({unit})' if unit else ''}"
    if _nothing_yet(answer):
        return _nothing_yet(answer)
    if isinstance(answer, str):
        return f"is the text {answer[:30]!r}, {wanted}: write it without quotes, commas and %"
    if _truth(answer):
        return f"is {answer}, {wanted}"
    if _several(answer):
        values = len(answer)
        hint = ": take it out, with [0] or .iloc[0]" if values == 1 else ": choose or combine them"
        return f"is of type {type(answer).__name__} with {values} values, {wanted}{hint}"
    try:
        number = float(answer)
    except (OverflowError, TypeError, ValueError):
        return f"is of type {type(answer).__name__} and cannot be used as a number, {wanted}"
    if not math.isfinite(number):
        return f"is {number}, {wanted}: a missing value went into it, or a division by zero"
    return ""


def not_a_range(answer, unit):
    """Say why an answer is not a low and a high end; nothing if it is."""
    wanted = f"expected two numbers{f' ({unit})' if unit else ''}, the low and the high end"
    if _nothing_yet(answer):
        return _nothing_yet(answer)
    if not _several(answer) or isinstance(answer, Mapping | Set):
        return f"is of type {type(answer).__name__}, {wanted}: (low, high)"
    ends = [settle(end) for end in answer]
    if len(ends) != 2:
        return f"has {len(ends)} values, {wanted}: (low, high)"
    for name, end in zip(("low", "high"), ends, strict=True):
        if not_a_number(end, unit):
            return f"the {name} end {not_a_number(end, unit)}"
    return "the low end is above the high end" if float(ends[0]) > float(ends[1]) else ""


def not_a_word(answer, unit):
    """Say why an answer is not a text; nothing if it is."""
    wanted = f"expected text in quotes{f' ({unit})' if unit else ''}"
    if _nothing_yet(answer):
        return _nothing_yet(answer)
    if not isinstance(answer, str):
        return f"is of type {type(answer).__name__}, {wanted}"
    return "" if answer.strip() else f"is empty, {wanted}"


def not_words(answer, unit):
    """Say why an answer is not a collection of texts; nothing if it is."""
    wanted = f'expected a list of texts{f" ({unit})" if unit else ""}, as in ["one", "two"]'
    if _nothing_yet(answer):
        return _nothing_yet(answer)
    if not _several(answer):
        return f"is of type {type(answer).__name__}, {wanted}"
    odd = [item for item in answer if not isinstance(item, str)]
    return f"holds a value of type {type(odd[0]).__name__}, {wanted}" if odd else ""


def not_a_truth(answer, _unit):
    """Say why an answer is neither True nor False; nothing if it is."""
    if _nothing_yet(answer):
        return _nothing_yet(answer)
    return "" if _truth(answer) else f"is of type {type(answer).__name__}, expected True or False"


def _truth(answer):
    return type(answer).__name__ in ("bool", "bool_")
