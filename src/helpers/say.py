"""Sentences filled in from a notebook's names, and the magic ``%%say`` that shows one.

A cell ``%%say`` holds Markdown with values in braces and format words. It shows the sentence as
Markdown and as plain text; nbval compares both, so no number in it can change unseen.
"""

import numbers
from html import escape
from string import Formatter

from helpers.expect import Refusal, closest, nearest
from helpers.words import MISSING, is_missing, money, neat, number, percent, series, span

# JupyterLab pairs dollar signs into formulas, escaped or not; alone in an element they stay signs.
DOLLAR = "<span>&#36;</span>"


def _about(value, digits=2):
    return number(value, digits, exact=False)


def _dollars(value, digits=2):
    return money(value, digits, exact=False)


def _cited(ids):
    from helpers.data import cite

    return cite([ids] if isinstance(ids, str) else ids)


# The format words of a sentence, and what writes them. A number after a word says how many digits
# (of a percentage: decimals).
WORDS = {
    "number": number,
    "about": _about,
    "count": lambda value: f"{value:,.0f}",
    "percent": percent,
    "money": money,
    "dollars": _dollars,
    "year": lambda value: f"{value:.0f}",
    "list": series,
    "cite": _cited,
}


class SayError(Refusal):
    """A sentence that cannot be filled in: the line says where and why."""


def said(value, spec=""):
    """Write a value as the format words say.

    Parameters
    ----------
    value : object
        With ``span``, a pair, or an object with attributes low and high.
    spec : str
        Format words: ``number``, ``about`` (two digits, as an estimate), ``count`` (every digit),
        ``percent``, ``money``, ``dollars`` (as ``about``), ``year``, ``list``, ``cite``; ``span``
        before one of them for a range; digits after it. Anything else is a format of Python's own,
        such as ``.2f``.

    Returns
    -------
    str
        "not recorded" for a value that is missing.

    Raises
    ------
    SayError
        If there is no such word, or it does not fit the value.
    """
    words = spec.split()
    ranged = words[:1] == ["span"]
    words = words[ranged:] or ["number"] * ranged
    try:
        if ranged:
            low, high = (value.low, value.high) if hasattr(value, "low") else value
            return span(low, high, lambda end: said(end, " ".join(words)))
        if is_missing(value):
            return MISSING
        if isinstance(value, numbers.Real):
            value = neat(value)
        if not words:
            return _by_type(value)
        if words[0] in WORDS:
            return WORDS[words[0]](value, *map(int, words[1:]))
        if words[0].isalpha() and len(words[0]) > 1:
            raise SayError(f"no format word {words[0]!r}, {nearest(words[0], [*WORDS, 'span'])}")
        return format(value, spec)
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, SayError):
            raise
        raise SayError(f"{spec!r} does not fit {value!r}: {error}") from None


def _by_type(value):
    if isinstance(value, numbers.Integral) and abs(value) < 10_000:
        return str(value)  # it may be a year
    if isinstance(value, numbers.Number):
        return number(value)
    return series(value) if isinstance(value, list | tuple) else str(value)


def fill(template: str, names: dict) -> str:
    """Fill in a text: values in braces, as expressions of the names given and a format.

    Parameters
    ----------
    template : str
        For example ``"{women:count} of {everyone:count}: {share:percent}"``. A brace that is meant
        as one is doubled.
    names : dict of str to object
        What the expressions may use.

    Returns
    -------
    str

    Raises
    ------
    SayError
        If a name is unknown, naming the nearest, or an expression or format does not work; the
        line says where.
    """
    done = ""
    try:
        for text, expression, spec, _ in Formatter().parse(template):
            done += text
            if expression is not None:
                done += _filled(expression.strip(), spec, names, template)
    except ValueError as error:
        if isinstance(error, SayError):
            raise
        raise SayError(f"braces that do not close ({error}): {template.strip()[:60]}") from None
    return done


def _filled(expression, spec, names, template):
    line = next((n for n, text in enumerate(template.splitlines(), 1) if expression in text), 1)
    where = f"line {line}, {{{expression}}}"
    try:
        value = eval(expression, names)
        return said(value, spec)
    except SayError as error:
        raise SayError(f"{where}: {error}") from None
    except NameError as error:
        known = [name for name in names if not name.startswith("_")]
        close = closest(error.name, known)
        hint = f"did you mean {close}?" if close else "it is not defined in this notebook"
        raise SayError(f"{where}: no name {error.name!r}; {hint}") from None
    except AttributeError as error:
        known = [name for name in dir(error.obj) if not name.startswith("_")]
        close = closest(error.name, known)
        hint = f"; did you mean {close}?" if close else ""
        raise SayError(f"{where}: no attribute {error.name!r}{hint}") from None
    except Exception as error:
        raise SayError(f"{where}: {type(error).__name__}: {error}") from None


def say(line, cell):
    """Show the cell's text with its values filled in; the body of ``%%say``.

    Parameters
    ----------
    line : str
        What follows ``%%say`` on its line: nothing.
    cell : str
        Markdown with values in braces, see `helpers.words.fill`.

    Raises
    ------
    SayError
        One line that names the cell and the name that is not known.
    """
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    try:
        if line.strip():
            raise SayError(f"expected nothing after %%say, found {line.strip()!r}")
        text = fill(cell.strip(), shell.user_ns)
    except SayError as error:
        raise SayError(f"%%say, {this_cell(shell)}{error}") from None
    display({"text/markdown": without_formulas(text), "text/plain": text}, raw=True)


def this_cell(shell):
    """Name the cell that runs, as its number is shown beside it; empty outside a notebook."""
    return f"cell [{len(shell.user_ns['In']) - 1}], " if shell else ""


def without_formulas(text):
    """Return Markdown or HTML in which no dollar sign can begin a formula."""
    return text.replace("$", DOLLAR)


def as_html(text):
    """Return plain text as HTML in which no dollar sign can begin a formula."""
    return without_formulas(escape(text))
