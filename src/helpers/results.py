"""What a notebook concludes: results shown to the reader and carried in the notebook's output."""

import math
import re
from html import escape

from helpers.say import as_html
from helpers.words import number, span

RESULT_TYPE = "application/vnd.evidence.result+json"
FIELDS = ("name", "value", "low", "high", "unit", "claim")
# Numerical libraries may differ in the last bits between processors; ten digits are more than
# any source gives and keep reruns identical everywhere.
SIGNIFICANT_DIGITS = 10
NOT_ESTIMABLE = "not estimable"


def record(name, value, low=None, high=None, *, unit, claim=None, because=None):
    """State one conclusion of a notebook, for the reader and for every later comparison.

    Parameters
    ----------
    name : str
        Stable name in lower_snake_case; people's spreadsheets depend on it.
    value : float, int or str
        The result: a finite number in `unit`, or a word such as a verdict. Not a number (nan) where
        there is no estimate; it is recorded as "not estimable".
    low, high : float, optional
        Ends of its range, in the same unit, with ``low <= value <= high``. An end that is missing
        or infinite is left open.
    unit : str
        Unit in words, for example "persons", "fraction", "US dollars per year".
    claim : str, optional
        The ledger's claim that this result bears on, for example "C04".
    because : str, optional
        Why there is no estimate, for the case that the value is not a number.

    Raises
    ------
    ValueError
        If the name, unit, claim id or the order of the numbers is not as described.
    """
    from IPython.display import display

    result = as_result(name, *_estimable(name, value, low, high, because), unit, claim)
    bundle = {
        RESULT_TYPE: result,
        "text/html": _html(result),
        "text/plain": in_one_line(result),
    }
    display(bundle, raw=True)


def _estimable(name, value, low, high, because):
    """Return value and ends; in words where there is no estimate, an open end as none."""
    if isinstance(value, str) or value == value:
        return value, *(None if end is None or abs(end) == math.inf else end for end in (low, high))
    if not because:
        raise ValueError(f"result {name}: found no number, expected `because` to say why")
    return f"{NOT_ESTIMABLE}, because {because}", None, None


def as_result(name, value, low, high, unit, claim):
    """Check one conclusion and return it as a plain dictionary of `FIELDS`."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
        raise ValueError(f"result {name!r}: expected a name in lower_snake_case")
    if not isinstance(unit, str) or not unit.strip():
        raise ValueError(f"result {name}: expected a unit in words, found {unit!r}")
    if claim is not None and not re.fullmatch(r"[CRL]\d\d", str(claim)):
        raise ValueError(f"result {name}: expected a claim id such as C04, found {claim!r}")
    value, low, high = (_finite(name, part) for part in (value, low, high))
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


def value_in_words(value, unit):
    """Write a value for people: a year has no comma."""
    return f"{value:.0f}" if unit == "year" and not isinstance(value, str) else number(value)


def range_in_words(low, high, unit):
    """Write the range of a result, either end of which may be missing; empty if both are."""
    if low is None and high is None:
        return ""
    return span(low, high, lambda end: value_in_words(end, unit))


def in_one_line(result):
    """Return one line of text for a result: name, value, range, unit, claim."""
    claim = f"[{result['claim']}]" if result["claim"] else ""
    parts = [result["name"], "=", _value_text(result), _range_text(result), _unit_text(result)]
    return " ".join(part for part in [*parts, claim] if part)


def _finite(name, value):
    """Turn numpy scalars into plain numbers, rounded; refuse what is not finite."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise ValueError(f"result {name}: expected a number or a word, found {value!r}")
    if not math.isfinite(value):
        raise ValueError(f"result {name}: expected a finite number, found {value}")
    rounded = float(f"{float(value):.{SIGNIFICANT_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded


def _value_text(result):
    return value_in_words(result["value"], result["unit"])


def _range_text(result):
    text = range_in_words(result["low"], result["high"], result["unit"])
    return f"({text})" if text else ""


def _unit_text(result):
    return "" if str(result["value"]).startswith(NOT_ESTIMABLE) else result["unit"]


def _html(result):
    claim = f" · claim {escape(result['claim'])}" if result["claim"] else ""
    return (
        '<div style="border-left:3px solid #0072b2;padding:.1em .7em">'
        f"<code>{escape(result['name'])}</code>&ensp;"
        f"<b>{as_html(_value_text(result))}</b> {as_html(_range_text(result))} "
        f'<span style="opacity:.75">{as_html(_unit_text(result))}{claim}</span></div>'
    )
