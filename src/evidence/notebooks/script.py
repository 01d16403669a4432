"""Notebooks written as scripts, in the percent format: read through jupytext."""

import json
import re

SUFFIX = ".py"
CELL = "# %%"  # what begins a cell
MARKER = re.compile(r"\s*#\s*%%+\s(.*)")  # with what follows; without the space it is a magic
TAGS = re.compile(r"""\btags["']?\s*[=:\[]""")
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(text):
    """Return a script as a notebook's JSON.

    Parameters
    ----------
    text : str
        Cells begin with ``# %%``; ``# %% tags=["parameters"]`` tags one. Magics are comments.

    Returns
    -------
    dict
        Its cells are named by their place, so that two readings are the same.

    Raises
    ------
    ValueError
        If no cell begins in it, or what follows the beginning of one cannot be read.
    """
    import jupytext

    if not any(line.startswith(CELL) for line in text.splitlines()):
        raise ValueError(f"no line begins with `{CELL}`, expected jupytext's percent format")
    for number, line in enumerate(text.splitlines(), 1):
        if (marker := MARKER.fullmatch(line)) and not _is_read(marker[1]):
            found = f"line {number}: found `{line.strip()}`"
            raise ValueError(f'{found}, expected `{CELL} tags=["parameters"]` or the like')
    found = json.loads(json.dumps(jupytext.reads(text, fmt="py:percent")))
    for number, cell in enumerate(found["cells"], 1):
        cell["id"] = f"cell-{number}"
    return found | {"metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def _is_read(words):
    """Whether jupytext reads what follows a marker; it takes tags that it cannot for a title."""
    from jupytext.cell_metadata import text_to_metadata
    from nbformat import ValidationError
    from nbformat.v4 import new_code_cell

    try:
        _, metadata = text_to_metadata(words, allow_title=True)
        metadata = json.loads(json.dumps(metadata, allow_nan=False))
        new_code_cell(metadata=metadata)
    except (TypeError, ValueError, ValidationError):
        return False
    return "tags" in metadata or not TAGS.search(words)
