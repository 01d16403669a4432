"""One wording for a value that is not among those known."""

import difflib
from collections.abc import Iterable


def expect(name: str, value: object, known: Iterable, error: type[Exception] = ValueError) -> None:
    """Refuse a value that is not one of those known, naming the nearest.

    Parameters
    ----------
    name : str
        What the value is, for example "vintage" or "shares.csv: row 7, column design".
    value : object
    known : iterable
        The values that are allowed.
    error : type of Exception, default ValueError

    Raises
    ------
    ValueError
        Or `error`: "vintage is 'unifcation-2025', did you mean unification-2025?", or with all that
        is known where nothing is near.
    """
    known = list(known)
    if value not in known:
        raise error(f"{name} is {value!r}, {nearest(value, known)}")


def nearest(word: object, known: Iterable) -> str:
    """Return a hint naming the nearest known word, or listing what is known.

    Parameters
    ----------
    word : object
    known : iterable

    Returns
    -------
    str
        For example "did you mean year?" or "expected one of seed, year".
    """
    known = [str(each) for each in known]
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"expected one of {', '.join(known)}" if known else "and none is known"
