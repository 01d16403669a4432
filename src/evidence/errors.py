"""What a person is told when a request cannot be carried out."""

import difflib


class RequestError(Exception):
    """A request that is wrong: one clear line, exit status 2, no traceback."""


def nearest(word, known):
    """Return a hint naming the nearest known word, or listing what is known.

    Parameters
    ----------
    word : str
    known : iterable of str

    Returns
    -------
    str
        For example "did you mean year?" or "known: seed, year".
    """
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"known: {', '.join(known)}" if known else "none is known"
