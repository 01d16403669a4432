"""A notebook that is a little wrong is named in one line, without a traceback."""

import copy
import json

import pandas as pd
import pytest

from evidence.checks.characters import disguised
from evidence.checks.collection import check_notebook, map_problems, readme_problems
from evidence.checks.form import form_problems
from evidence.checks.numbers import typed_numbers, unknown_claims
from evidence.errors import RequestError
from evidence.notebooks.files import Notebook, find
from evidence.notebooks.parameters import read_parameters

CLAIMS = pd.DataFrame({"value_low": [0.8], "value_high": [0.8]}, index=["C01"])
GOOD = find(["00"])[0].content


def test_the_collection_has_the_form_and_a_map_of_all():
    assert [form_problems(notebook.content) for notebook in find()] == [[]] * len(find())
    assert map_problems(find()) == []


def test_a_notebook_on_no_map_is_named(notebook):
    (line,) = map_problems([*find(), Notebook(notebook())])
    assert line.startswith("90_test: found on no map, expected a row for it in the map of 00_")


def code(content):
    return next(cell for cell in content["cells"] if cell["cell_type"] == "code")


FAULTS = {
    "no source": (lambda c: code(c).pop("source"), "found no source"),
    "source a number": (lambda c: code(c).update(source=5), "found no source"),
    "source of numbers": (lambda c: code(c).update(source=[5]), "found no source"),
    "no outputs": (lambda c: code(c).pop("outputs"), "found no outputs"),
    "outputs null": (lambda c: code(c).update(outputs=None), "found no outputs"),
    "output a word": (lambda c: code(c).update(outputs=["x"]), "found an output of type None"),
    "output without data": (
        lambda c: code(c).update(outputs=[{"output_type": "display_data", "metadata": {}}]),
        "without data",
    ),
    "no metadata": (lambda c: code(c).pop("metadata"), "found no metadata"),
    "tags null": (lambda c: code(c)["metadata"].update(tags=None), "found the tags None"),
    "tags a word": (lambda c: code(c)["metadata"].update(tags="a"), "found the tags 'a'"),
    "no id": (lambda c: code(c).pop("id"), "found the id None"),
    "id with a space": (lambda c: code(c).update(id="a b"), "found the id 'a b'"),
    "id twice": (lambda c: code(c).update(id=c["cells"][0]["id"]), "again"),
    "kind unknown": (lambda c: code(c).update(cell_type="heading"), "found cell_type 'heading'"),
    "cell null": (lambda c: c["cells"].append(None), "found NoneType, expected a cell"),
    "parameters in Markdown": (
        lambda c: c["cells"][0]["metadata"].update(tags=["parameters"]),
        "found a markdown cell tagged parameters",
    ),
    "another kernel": (lambda c: c["metadata"]["kernelspec"].update(name="ir"), "kernelspec 'ir'"),
    "no kernel": (lambda c: c["metadata"].pop("kernelspec"), "kernelspec None"),
    "nbformat 3": (lambda c: c.update(nbformat=3), "found nbformat 3.5"),
    "no cells": (lambda c: c.update(cells=[]), "found no list of cells"),
    "cells a number": (lambda c: c.update(cells=5), "found no list of cells"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_another_form_is_named_in_one_line(tmp_path, kind):
    content, (spoil, says) = copy.deepcopy(GOOD), FAULTS[kind]
    spoil(content)
    path = tmp_path / "00_start_here.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        lines = check_notebook(Notebook(path), CLAIMS)
    except RequestError as error:  # one that cannot be read as a notebook at all
        lines, says = [str(error)], "not a notebook ("
    assert any(says in line for line in lines), lines
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize("content", [[], "text", 5, None])
def test_json_that_is_no_notebook_is_named(content):
    assert form_problems(content) == ["found no list of cells, expected a notebook"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('seed: int = int("3")', r"seed is `int\('3'\)`, expected a value written out"),
        ("seed: int = 2**3", r"seed is `2 \*\* 3`, expected a value written out"),
        ("a.seed: int = 3", "found `a.seed`, expected a name"),
        ("x[0]: int = 3", r"found `x\[0\]`, expected a name"),
        ("seed: int = other", "seed is `other`, expected a value written out"),
    ],
)
def test_a_parameter_that_is_computed_is_named(line, says):
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}}
    with pytest.raises(RequestError, match=says):
        read_parameters([cell | {"source": f"{line}  # start [; 0..]"}], "90_test")


@pytest.mark.parametrize(
    "prose",
    [
        "### 4711 women",
        "## 12 women",
        "4711. women",
        "`4711` women",
        "`4,711`",
        "`4711 women`",
        "$4711$ women",
        "$4,711$",
        "In all, 2011 women came.",
    ],
)
def test_a_typed_number_in_disguise_is_named(prose):
    assert typed_numbers(prose, CLAIMS)


@pytest.mark.parametrize(
    "prose", ["## 3. Flow", "`seed = 4711`", "`2021`", "$k = 4711$", "In 2011 women came."]
)
def test_what_is_code_formula_or_date_may_stand(prose):
    assert typed_numbers(prose, CLAIMS) == []


def test_a_claim_that_does_not_exist_is_named():
    assert unknown_claims("As [C99] says, and [C01], not `C98`.", CLAIMS) == [
        "found C99, expected the id of a claim"
    ]


@pytest.mark.parametrize("text", ["sla\xadves", "wo\u200bmen", "w\u043emen", "\u202eabc"])
def test_letters_that_are_not_what_they_look_like_are_named(text):
    assert disguised(text)
    assert disguised("Müller, β and 한국, naïve") == []


def test_a_notebook_that_the_readme_does_not_list_is_named(notebook):
    one = Notebook(notebook(name="33_mine"))
    other = Notebook(notebook(name="34_other"))
    listed = "[34_other](notebooks/34_other.ipynb)"
    assert readme_problems([one, other], listed) == [
        "README.md: found no link to 33_mine, expected it in the table of notebooks: "
        "[33_mine](notebooks/33_mine.ipynb)"
    ]
    assert readme_problems([one, other], "no list") == []
