"""Notebooks as files: finding them by name or number, and reading what they hold."""

import base64
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks import script
from evidence.notebooks.parameters import read_parameters
from helpers.expect import expect, nearest
from helpers.results import RESULT_TYPE

FOLDER = ROOT / "notebooks"


SKIPPED = "skip-execution"  # the tag of cells that nbclient passes over


@dataclass(frozen=True)
class Notebook:
    """One notebook file: Jupyter's, or a script in the percent format of jupytext.

    Code cells with one of the tags in `without` are not run.
    """

    path: Path
    without: tuple = ()

    @property
    def name(self):
        """File name without ending, for example 31_market_size."""
        return self.path.stem

    @cached_property
    def content(self):
        """The notebook as read from its JSON, or from its script."""
        read = script.read if self.path.suffix == script.SUFFIX else json.loads
        try:
            found = read(self.path.read_text(encoding="utf-8"))
            json.dumps(found, ensure_ascii=False).encode()  # half a character cannot be written
        except (OSError, ValueError, RecursionError) as error:
            raise RequestError(f"{self.path.name}: not a notebook ({error})") from None
        problem = _shape(found)
        if problem:
            raise RequestError(f"{self.path.name}: not a notebook ({problem})")
        for cell in found["cells"]:
            if cell["cell_type"] == "code" and not set(self.without).isdisjoint(tags_of(cell)):
                cell["metadata"] = cell["metadata"] | {"tags": [*tags_of(cell), SKIPPED]}
        return found

    @property
    def cells(self):
        """Its cells, as dictionaries."""
        return self.content.get("cells", [])

    @cached_property
    def parameters(self):
        """Its parameters by name (`evidence.notebooks.parameters.Parameter`)."""
        return read_parameters(self.cells, self.name)

    @property
    def question(self):
        """The question in its first cell: the first line in bold."""
        text = "".join(self.cells[0]["source"]) if self.cells else ""
        match = re.search(r"\*\*(.+?)\*\*", text, re.DOTALL)
        return " ".join(match[1].replace("\\$", "$").split()) if match else ""

    @property
    def pictures(self):
        """The charts in its outputs, as PNG bytes, in order."""
        outputs = (output for cell in self.cells for output in cell.get("outputs", []))
        found = (output.get("data", {}).get("image/png") for output in outputs)
        return [base64.b64decode("".join(picture)) for picture in found if picture]

    @property
    def results(self):
        """The results recorded in its outputs, in order."""
        return recorded(self.cells)


OPTIONAL = {"metadata": {}}  # by what its absence means


def _shape(found):
    """Say in what a notebook's JSON is not a notebook's; empty if it is one."""
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        return "expected an object with a list of cells"
    if not isinstance(found.get("metadata", {}), dict):
        return "its metadata are no object"
    for name, known in (("nbformat", range(4, 5)), ("nbformat_minor", range(100))):
        if (version := found.get(name, 4)) not in known:
            return f"{name} is {version!r}, expected a whole number, nbformat 4"
    for number, cell in enumerate(found["cells"], 1):
        if not isinstance(cell, dict):
            return f"cell {number} is {type(cell).__name__}, expected an object"
        kinds = {"cell_type": str, "source": (str, list), "metadata": dict}
        if cell.get("cell_type") == "code":
            kinds["outputs"] = list
        for name, kind in kinds.items():
            if not isinstance(cell.get(name, OPTIONAL.get(name)), kind):
                return f"cell {number} has no {name}, or one of another kind"
        if not _are(str, cell["source"]):
            return f"cell {number} has a source that is no text"
        if not _are(dict, cell.get("outputs", [])):
            return f"cell {number} has outputs that are no objects"
        tags = cell.get("metadata", {}).get("tags", [])
        if not (isinstance(tags, list) and _are(str, tags)):
            return f"cell {number} has tags that are no list, or no texts"
    return ""


def _are(kind, parts):
    return all(isinstance(part, kind) for part in parts)


def tags_of(cell):
    """Return the tags of a cell."""
    return cell.get("metadata", {}).get("tags", [])


def source_of(cell):
    """Return the source of a cell as one string."""
    return "".join(cell["source"])


def is_telling(cell):
    """Whether a cell only tells in words what was computed: a ``%%say`` cell."""
    return cell["cell_type"] == "code" and source_of(cell).startswith("%%say")


def is_solution(cell):
    """Whether a cell is tagged `solution`."""
    return "solution" in tags_of(cell)


def is_parameters(cell):
    """Tell whether a cell holds the notebook's parameters."""
    return "parameters" in (cell.get("metadata", {}).get("tags") or ())


def is_of_class(cell):
    """Whether a lesson put a cell into the notebook (`evidence.classroom.versions`)."""
    return "class" in tags_of(cell)


def recorded(cells):
    """Collect what `helpers.results.record` left in the outputs of cells.

    Returns
    -------
    list of dict
    """
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    return [o["data"][RESULT_TYPE] for o in outputs if RESULT_TYPE in o.get("data", {})]


def find(words=(), folder=FOLDER, without=()):
    """Find notebooks by file, name or number; all of the collection if none is named.

    Parameters
    ----------
    words : sequence of str
        For example "31", "31_market_size" or "notebooks/31_market_size.ipynb"; a script of
        jupytext, which is not part of the collection, by its file.
    without : sequence of str
        Tags of cells that are not to be run.

    Returns
    -------
    list of Notebook
        Each once, in the order of the words.

    Raises
    ------
    RequestError
        If a word names no notebook, or a tag no cell that could be left out.
    """
    chosen = [Notebook(path, tuple(without)) for path in _paths(words, folder)]
    for tag in without:
        _refuse_unknown_tag(tag, chosen)
    return chosen


def _refuse_unknown_tag(tag, notebooks):
    code = [cell for notebook in notebooks for cell in notebook.cells if "outputs" in cell]
    known = {tag for cell in code for tag in tags_of(cell)} - {"parameters", SKIPPED}
    expect("--skip-tag: tag", tag, sorted(known), RequestError)


def _paths(words, folder):
    collection = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    if not words:
        return list(collection.values())
    chosen = []
    for word in words:
        by_number = [path for name, path in collection.items() if name.split("_")[0] == word]
        file = Path(word)
        ours = file.parent.name in ("", folder.name) and file.suffix in ("", ".ipynb")
        if file.suffix in (".ipynb", script.SUFFIX) and file.is_file():
            chosen.append(file.resolve())
        elif by_number or (ours and file.stem in collection):
            chosen.append(by_number[0] if by_number else collection[file.stem])
        else:
            raise RequestError(f"unknown notebook {word}: {nearest(word, collection)}")
    return list(dict.fromkeys(chosen))
