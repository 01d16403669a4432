"""Numbers and ranges as words a reader can take in, and sentences computed from results."""

from collections.abc import Callable

SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def number(value, digits=3):
    """Write a number for people: 34,537 stays exact, 105,000,000 becomes "105 million".

    Parameters
    ----------
    value : float
        Any finite number.
    digits : int, default 3
        Significant digits kept for millions and more, and for fractions.

    Returns
    -------
    str
    """
    if isinstance(value, str):
        return value
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
    return f"{100 * fraction:.{decimals}f}%"


def money(dollars, digits=3):
    """Write US dollars: 105000000 becomes "US$105 million"."""
    return f"US${number(dollars, digits)}"


def span(low, high, form=number):
    """Write a range, low end first: "50,000 to 200,000"."""
    low_text, high_text = form(low), form(high)
    return low_text if low_text == high_text else f"{low_text} to {high_text}"


def bounds(low, high, form=number):
    """Write a range of which either end may be missing: "at least 300,000", "up to 16,000"."""
    if low != low:
        return f"up to {form(high)}"
    return f"at least {form(low)}" if high != high else span(low, high, form)


def say(text):
    """Show a sentence that was computed, as Markdown in a notebook.

    Parameters
    ----------
    text : str
        Markdown, usually an f-string over results, so that nbval guards every number in it. A
        dollar sign is shown as one and does not begin a formula.
    """
    from IPython.display import display

    display({"text/markdown": text.replace("$", "\\$"), "text/plain": text}, raw=True)


def range_text(low: float, high: float | None, form: Callable[[float], str] = number) -> str:
    """Write a range whose upper end may be open."""
    return f"at least {form(low)}" if high is None else span(low, high, form)
