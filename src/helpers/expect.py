"""One wording for a value that is not among those known."""

import ast
import difflib
import re
from collections.abc import Iterable

MANY = 8  # so many whole numbers without a gap are named by their ends


class Refusal(ValueError):
    """A mistake that one line explains: a notebook shows that line, and no traceback."""

    def _render_traceback_(self):
        """Tell IPython what to show."""
        return [f"{type(self).__name__}: {self}"]


def expect(name: str, value: object, known: Iterable, error: type[Exception] = Refusal) -> None:
    """Refuse a value that is not one of those known, naming the nearest.

    Parameters
    ----------
    name : str
        What the value is, for example "vintage" or "shares.csv: row 7, column design".
    value : object
    known : iterable
        The values that are allowed.
    error : type of Exception, default Refusal

    Raises
    ------
    Refusal
        Which is a ValueError, or `error`: "vintage is 'unifcation-2025', did you mean
        unification-2025?", or with all that is known where nothing is near.
    """
    known = list(known)
    if value not in known:
        found = repr(str(value)) if isinstance(value, str) else value
        raise error(f"{name} is {found}, {nearest(value, known)}")


def expect_each(name: str, values: Iterable, known: Iterable) -> None:
    """Refuse the first of several values that is not one of those known, as `expect` does."""
    known = list(known)
    for value in values:
        expect(name, value, known)


def refuse_text_for_list(names: dict) -> None:
    """Refuse a list parameter that came as a text, as papermill's ``-p`` hands it over.

    Parameters
    ----------
    names : dict
        A notebook's names; ``In`` holds the cells that ran, in which ``name: list[...]`` stands.

    Raises
    ------
    Refusal
        Naming the parameter and papermill's option that reads lists.
    """
    for source in names.get("In", ()):
        for name, kind in _lists(source):
            if isinstance(names.get(name), str):
                raise Refusal(
                    f"parameter {name} is the text {names[name]!r}, expected {kind}; "
                    f"papermill reads a list with -y '{name}: {names[name]}'"
                )


def _lists(source: str) -> list[tuple[str, str]]:
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # a cell that failed
        return []
    annotated = [s for s in statements if isinstance(s, ast.AnnAssign)]
    kinds = [(ast.unparse(s.target), ast.unparse(s.annotation)) for s in annotated]
    return [(name, kind) for name, kind in kinds if kind.startswith("list")]


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
    known = list(known)
    close = closest(word, known)
    if close is not None:
        return f"did you mean {close}?"
    return f"expected one of {_listed(known)}" if known else "and none is known"


def hint(word: object, known: Iterable) -> str:
    """Return the nearest known word as an aside, or nothing if none is near."""
    close = closest(word, known)
    return f" (did you mean {close}?)" if close else ""


def closest(word: object, known: Iterable) -> str | None:
    """Return the known word that was probably meant, if any is near.

    Letters may differ, digits may not: "yaer" means year, but C99 is not C09 mistyped.
    """
    digits = re.findall(r"\d", str(word))
    alike = [text for text in map(str, known) if re.findall(r"\d", text) == digits]
    return next(iter(difflib.get_close_matches(str(word), alike, n=1, cutoff=0.6)), None)


def _listed(known: list) -> str:
    whole = all(str(each).isdigit() for each in known)
    if whole and len(known) > MANY and int(known[-1]) - int(known[0]) == len(known) - 1:
        return f"{known[0]} to {known[-1]}"
    return ", ".join(map(str, known))
