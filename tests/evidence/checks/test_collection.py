"""`evidence check` and `evidence accept`: what nbval cannot see."""

import json
import subprocess
import sys

import pytest
from support import SETUP

from evidence.checks.collection import check_notebook
from evidence.checks.numbers import typed_numbers
from evidence.notebooks.files import Notebook
from evidence.notebooks.stored import fingerprint, unstable_outputs
from evidence.run.accept import accept
from helpers.data import table

CHART = """\
figure, axes = canvas(width=3, height=2)
axes.plot([1, 2, 3], [4, 5, 6], label="women")
show(figure, title="Five women", source="none", alt="A line.")"""


@pytest.fixture(autouse=True)
def in_warm_kernels(monkeypatch):
    """Save seconds; that kernels of either kind show the same has tests of its own."""
    monkeypatch.setattr(sys.modules[accept.__module__], "COLD", False)


@pytest.fixture(scope="module")
def claims():
    return table("claims").set_index("id")


def nbval(path):
    """Compare a notebook with its stored outputs; return pytest's exit status."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval",
             "--nbval-current-env", "-W", "ignore", str(path)]  # fmt: skip
    return subprocess.run(words, capture_output=True, cwd=path.parent, check=False).returncode


def rewrite(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        change(cell)
    path.write_text(json.dumps(content), encoding="utf-8")


def strip(cell):
    if cell["cell_type"] == "code":
        cell["outputs"] = []


def test_an_accepted_notebook_passes_and_a_changed_chart_fails(notebook, claims):
    setup = f"import seaborn as sns\n\n{SETUP}"
    path = notebook("seed: int = 1  # start [; 0..]", setup, CHART)
    changes, problem = accept(Notebook(path))
    assert (changes, problem) == (["what is shown changed; the recorded results did not"], "")
    assert check_notebook(Notebook(path), claims) == []
    assert nbval(path) == 0
    # The plotted number changes; title, labels and the size of the picture do not.
    rewrite(path, lambda cell: cell.update(source="".join(cell["source"]).replace("5, 6", "5, 7")))
    assert nbval(path) == 1
    assert "changed since they were accepted" in check_notebook(Notebook(path), claims)[0]


def test_a_stripped_notebook_fails(notebook, claims):
    path = notebook("seed: int = 1  # start [; 0..]", SETUP, "record('n', 5, unit='x')")
    accept(Notebook(path))
    rewrite(path, strip)
    assert "no stored outputs" in check_notebook(Notebook(path), claims)[0]


def test_one_stripped_cell_fails(notebook, claims):
    records = ("record('n', 5, unit='x')", "record('m', 6, unit='x')")
    path = notebook("seed: int = 1  # start [; 0..]", SETUP, *records)
    accept(Notebook(path))
    rewrite(path, lambda cell: strip(cell) if "'n'" in "".join(cell["source"]) else None)
    assert "changed since they were accepted" in check_notebook(Notebook(path), claims)[0]


def test_saving_a_notebook_without_change_keeps_it_accepted(notebook, claims):
    path = notebook("seed: int = 1  # start [; 0..]", SETUP, "record('n', 5, unit='x')")
    accept(Notebook(path))

    def as_an_editor_saves(cell):
        cell["source"] = "".join(cell["source"])
        cell["metadata"]["collapsed"] = False
        if cell["cell_type"] == "code":
            cell["execution_count"] = 42

    rewrite(path, as_an_editor_saves)
    assert check_notebook(Notebook(path), claims) == []


def test_accepting_says_which_results_moved(notebook):
    path = notebook("seed: int = 1  # start [; 0..]", SETUP, "record('n', 5, unit='x')")
    assert accept(Notebook(path)) == (["new:  ->  n = 5 x"], "")
    assert accept(Notebook(path)) == ([], "")
    rewrite(path, lambda cell: cell.update(source="".join(cell["source"]).replace("5", "6")))
    assert accept(Notebook(path)) == (["n = 5 x  ->  n = 6 x"], "")


def test_a_failing_notebook_is_not_stored(notebook):
    path = notebook(
        "seed: int = 1  # start [; 0..]", "import warnings; warnings.warn('old')", "1 / 0"
    )
    assert accept(Notebook(path)) == ([], "failed: cell 4: ZeroDivisionError: division by zero")
    rewrite(path, lambda cell: cell.update(source="".join(cell["source"]).replace("1 / 0", "2")))
    before = path.read_bytes()
    changes, problem = accept(Notebook(path))
    assert changes == [] and problem.startswith("not stored: cell 3 shows a warning")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("/home/someone/data.csv", "a path of a machine"),
        ("<object object at 0x7f1234567890>", "a memory address"),
        ("at 12:34:56", "a time of day"),
        ("0.3333333333333333", "an unrounded number"),
    ],
)
def test_outputs_that_would_not_hold_elsewhere_are_named(text, complaint):
    shown = {"output_type": "stream", "name": "stdout", "text": text}
    assert unstable_outputs([{"outputs": [shown]}]) == [f"cell 1 shows {complaint}"]


def test_results_are_named_once_and_their_claims_exist(notebook, claims):
    code = "record('n', 5, unit='x', claim='C99')\nrecord('n', 6, unit='x')"
    path = notebook("seed: int = 1  # start [; 0..]", SETUP, code)
    accept(Notebook(path))
    assert check_notebook(Notebook(path), claims) == [
        "result n is recorded twice",
        "result n: no claim has the id C99",
    ]


def test_a_notebook_needs_a_question_and_parameters(notebook, claims):
    path = notebook("seed: int = 1  # start [; 0..]", SETUP)
    accept(Notebook(path))
    rewrite(path, lambda cell: cell["metadata"].pop("tags", None))
    rewrite(path, lambda cell: cell.update(source="".join(cell["source"]).replace("**", "")))
    found = check_notebook(Notebook(path), claims)
    assert "no cell is tagged parameters, expected one at least" in found
    assert "first cell: expected the question in bold, found none" in found


@pytest.mark.parametrize(
    "prose",
    [
        "In 2019 and 2020-21, on 9 October 2023, in the 1990s.",
        "## 3. Flow",
        "1. First\n2. Second",
        "Up to 500,000 women and girls [C03], and US\\$105 million a year [C04].",
        "Four in five (0.8, or 80%) were women [C01].",
        "Set `year` to `2021`, see [20_leaving_north_korea](20_leaving_north_korea.ipynb).",
        "It takes 40 minutes. See section 3.",
        "$$x = 3.14159$$ and $y = 2$",
        "```\n42\n```",
        "On Tier 3, by the 3P index (*Journal of Human Trafficking* 7(1):1-13).",
    ],
)
def test_numbers_that_may_be_typed(prose, claims):
    assert typed_numbers(prose, claims) == []


@pytest.mark.parametrize(
    ("prose", "number"),
    [
        ("There are 34,537 of them.", "34,537"),
        ("Up to 400,000 women and girls [C03].", "400,000"),
        ("Up to 500,000 women and girls.", "500,000"),
        ("The share is 72.2%.", "72.2"),
        ("Between US\\$5 and US\\$7 million.", "5"),
    ],
)
def test_numbers_that_must_be_computed(prose, number, claims):
    assert typed_numbers(prose, claims)[0].startswith(f"typed number {number},")


def test_the_fingerprint_ignores_counts_and_sees_outputs():
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "execution_count": 1, "outputs": []}
    shown = {"output_type": "stream", "name": "stdout", "text": "1"}
    assert fingerprint([cell]) == fingerprint([cell | {"execution_count": 9}])
    assert fingerprint([cell]) != fingerprint([cell | {"outputs": [shown]}])
    assert unstable_outputs([cell | {"outputs": [shown]}]) == []
