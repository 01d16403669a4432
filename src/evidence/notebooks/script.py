"""Notebooks written as scripts, in the percent format: read through jupytext."""

import json

SUFFIX = ".py"
CELL = "# %%"  # what begins a cell
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
        If no cell begins in it.
    """
    import jupytext

    if not any(line.startswith(CELL) for line in text.splitlines()):
        raise ValueError(f"no line begins with `{CELL}`, expected jupytext's percent format")
    found = json.loads(json.dumps(jupytext.reads(text, fmt="py:percent")))
    for number, cell in enumerate(found["cells"], 1):
        cell["id"] = f"cell-{number}"
    return found | {"metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
