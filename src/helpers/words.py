"""Numbers, ranges and lists as words a reader can take in."""

import math
import numbers

MISSING = "not recorded"
SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def number(value, digits=3, exact=True):
    """Write a number for people: 34,537 stays exact, 105,000,000 becomes "105 million".

    Parameters
    ----------
    value : float
        Any finite number.
    digits : int, default 3
        Significant digits kept for millions and more, and for fractions.
    exact : bool, default True
        Whether whole numbers below a million keep every digit; if not, they are rounded too, as an
        estimate should be: 27,613 becomes 27,600.

    Returns
    -------
    str
    """
    if isinstance(value, str):
        return value
    value = neat(value)
    if not exact:
        value = float(f"{value:.{digits}g}")
    for scale, word in SCALES:
        # 999,999.6 rounds to a million, so the unit is chosen after rounding.
        if abs(float(f"{value:.{digits}g}")) >= scale:
            return f"{_significant(value / scale, digits)} {word}"
    if float(value).is_integer() or abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return _significant(value, digits)


def _significant(value, digits):
    rounded = float(f"{value:.{digits}g}")
    decimals = max(0, digits - len(str(int(abs(rounded)))) if abs(rounded) >= 1 else 10)
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(fraction, decimals=1):
    """Write a fraction as a percentage: 0.6856 becomes "68.6%"."""
    return f"{neat(100 * fraction):.{decimals}f}%"


def neat(value):
    """Round to 12 digits, so that 0.125 and what differs from it in the last bit are written alike.

    The last bits of a sum depend on the processor. Whole numbers keep every digit.
    """
    return value if isinstance(value, numbers.Integral) else float(f"{value:.12g}")


def money(dollars, digits=3, exact=True):
    """Write US dollars, as `number` does: 105000000 becomes "US$105 million"."""
    return f"US${number(dollars, digits, exact)}"


def span(low, high, form=number):
    """Write a range, low end first, of which either end may be missing or without limit.

    Parameters
    ----------
    low, high : float or None
    form : callable
        Writes one end.

    Returns
    -------
    str
        "50,000 to 200,000", "at least 300,000", "at most 16,000", or "not recorded".
    """
    if is_missing(low) and is_missing(high):
        return MISSING
    if is_missing(high) or high == math.inf:
        return f"at least {form(low)}"
    if is_missing(low) or low == -math.inf:
        return f"at most {form(high)}"
    low_text, high_text = form(low), form(high)
    return low_text if low_text == high_text else f"{low_text} to {high_text}"


def series(items):
    """Write a list as people do: "a", "a and b", "a, b and c"; "none" if it is empty."""
    *first, last = [str(item) for item in items] or ["none"]
    return f"{', '.join(first)} and {last}" if first else last


def is_missing(value):
    """Whether a value is None, or a missing number or date of numpy or pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, numbers.Number) and value != value
