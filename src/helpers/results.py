"""What a notebook concludes: results shown to the reader and carried in the notebook's output."""

import math
import re
from html import escape

import numpy as np

from helpers.words import number

RESULT_TYPE = "application/vnd.evidence.result+json"
FIELDS = ("name", "value", "low", "high", "unit", "claim")
# Numerical libraries may differ in the last bits between processors; ten digits are more than
# any source gives and keep reruns identical everywhere.
SIGNIFICANT_DIGITS = 10


def record(name, value, low=None, high=None, *, unit, claim=None):
    """State one conclusion of a notebook, for the reader and for every later comparison.

    Parameters
    ----------
    name : str
        Stable name in lower_snake_case; people's spreadsheets depend on it.
    value : float, int or str
        The result: a finite number in `unit`, or a word such as a verdict.
    low, high : float, optional
        Ends of its range, in the same unit, with ``low <= value <= high``.
    unit : str
        Unit in words, for example "persons", "fraction", "US dollars per year".
    claim : str, optional
        The ledger's claim that this result bears on, for example "C04".

    Raises
    ------
    ValueError
        If the name, unit, claim id or the order of the numbers is not as described.
    """
    from IPython.display import display

    result = as_result(name, value, low, high, unit, claim)
    bundle = {
        RESULT_TYPE: result,
        "text/html": _html(result),
        "text/plain": describe(result),
    }
    display(bundle, raw=True)


def as_result(name, value, low, high, unit, claim):
    """Check one conclusion and return it as a plain dictionary of `FIELDS`."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
        raise ValueError(f"result {name!r}: expected a name in lower_snake_case")
    if not isinstance(unit, str) or not unit.strip():
        raise ValueError(f"result {name}: expected a unit in words, found {unit!r}")
    if claim is not None and not re.fullmatch(r"[CRL]\d\d", str(claim)):
        raise ValueError(f"result {name}: expected a claim id such as C04, found {claim!r}")
    value, low, high = (_plain(name, part) for part in (value, low, high))
    if value is None:
        raise ValueError(f"result {name}: expected a number or a word, found nothing")
    if isinstance(value, str) and (low is not None or high is not None):
        raise ValueError(f"result {name}: {value!r} is a word and cannot have a range")
    ends = [part for part in (low, value, high) if part is not None]
    if ends != sorted(ends):
        raise ValueError(
            f"result {name}: expected low <= value <= high, found {low}, {value}, {high}"
        )
    return {"name": name, "value": value, "low": low, "high": high, "unit": unit, "claim": claim}


def in_words(value, unit):
    """Write a value for people: a year has no comma."""
    return f"{value:.0f}" if unit == "year" and not isinstance(value, str) else number(value)


def range_in_words(low, high, unit):
    """Write the range of a result, either end of which may be missing; empty if both are."""
    low_text, high_text = ("" if end is None else in_words(end, unit) for end in (low, high))
    if low_text and high_text:
        return f"{low_text} to {high_text}"
    return f"at least {low_text}" if low_text else f"at most {high_text}" if high_text else ""


def describe(result):
    """Return one line of text for a result: name, value, range, unit, claim."""
    parts = [result["name"], "=", in_words(result["value"], result["unit"])]
    if _range_text(result):
        parts.append(_range_text(result))
    parts.append(result["unit"])
    if result["claim"]:
        parts.append(f"[{result['claim']}]")
    return " ".join(parts)


def _plain(name, value):
    """Turn numpy scalars into plain numbers, rounded; refuse what is not finite."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise ValueError(f"result {name}: expected a number or a word, found {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"result {name}: expected a finite number, found {value}")
    rounded = float(f"{float(value):.{SIGNIFICANT_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


def _range_text(result):
    text = range_in_words(result["low"], result["high"], result["unit"])
    return f"({text})" if text else ""


def _html(result):
    claim = f" · claim {escape(result['claim'])}" if result["claim"] else ""
    return (
        '<div style="border-left:3px solid #0072b2;padding:.1em .7em">'
        f"<code>{escape(result['name'])}</code>&ensp;"
        f"<b>{escape(in_words(result['value'], result['unit']))}</b> {escape(_range_text(result))} "
        f'<span style="opacity:.75">{escape(result["unit"])}{claim}</span></div>'
    )


def conclude(name, value, low=np.nan, high=np.nan, *, unit):
    """Record a result; a number that does not exist is recorded in words, an open end left open.

    Parameters
    ----------
    name : str
        As for `helpers.results.record`.
    value, low, high : float
        nan where there is no estimate; high may be infinite.
    unit : str
        As for `helpers.results.record`.
    """
    if np.isfinite(value):
        low, high = (end if np.isfinite(end) else None for end in (low, high))
        record(name, value, low, high, unit=unit)
    else:
        record(name, "not estimable", unit=unit)
