"""What a notebook of the collection lacks, or should not hold, is named with cell and remedy."""

import json

import pytest

from evidence.checks import house
from evidence.checks.house import house_problems
from evidence.notebooks.files import Notebook, find
from helpers.data import package

OWN = "13_own_words"
PICTURE = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure size 640x480 with 1 Axes>"}


@pytest.fixture
def own(tmp_path):
    """Return a function that writes a copy of a notebook in order, changed; and checks it."""
    (before,) = find(["43"])

    def check(change):
        content = json.loads(before.path.read_text(encoding="utf-8"))
        change(content["cells"])
        path = tmp_path / f"{OWN}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")
        return house_problems(Notebook(path), package())

    return check


def replace(number, old, new):
    """Return a change of the text of one cell."""

    def change(cells):
        text = "".join(cells[number - 1]["source"])
        assert old in text
        cells[number - 1]["source"] = text.replace(old, new)

    return change


def add(source, kind="code", outputs=()):
    """Return a change that puts a cell at place 4."""

    def change(cells):
        cell = {"cell_type": kind, "id": "own", "metadata": {}, "source": source}
        cells.insert(3, cell | ({"outputs": list(outputs)} if kind == "code" else {}))

    return change


@pytest.mark.parametrize("notebook", find(), ids=lambda notebook: notebook.name)
def test_the_collection_is_in_order(notebook):
    assert house_problems(notebook, package()) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (replace(1, "# ", "## "), "cell 1: found no title, expected a line: # My topic"),
        (
            replace(1, "*Content note", "*Note"),
            "cell 1: expected what the figures stand for: *Cont",
        ),
        (replace(1, "| Time |", "| Minutes |"), "cell 1: expected a row: | Time | 30 minutes |"),
        (replace(1, "?**", ".**"), "cell 1: the question is `What can police and court counts"),
        (replace(1, "`published_changes`", "`prices`"), "cell 1: lists the table prices, which no"),
        (add('table("prices")'), "cell 4 reads the table prices, which the first cell does not li"),
        (
            add("- **The first limit,\nas a sentence.** Then why.", "markdown"),
            "cell 4: found `- **The first limit, as a sentence.**` of the template; write your own",
        ),
        (
            add("read = said.query( \"seen == 'primary'\" )  # ours"),
            'cell 4: found the code of the template, `read = said.query("seen == ',
        ),
        (
            add("plt.show()", outputs=[{"output_type": "display_data", "data": PICTURE}]),
            "cell 4: a chart without title, source and alt, expected it drawn by show(axes, title=",
        ),
        (add('record("x", 27, unit="y")'), "cell 4: records the typed number 27, expected one th"),
        (add('record("x", a, low=-3, high=b)'), "cell 4: records the typed number -3, expected"),
        (add('a = 27\nrecord("x", a)'), "cell 4: records the typed number 27, expected one that"),
        (add('record("x", value=2 * 10**6)'), "cell 4: records the typed number 2 * 10 ** 6, exp"),
        (lambda cells: cells.__delitem__(slice(12, None)), "expected a section: ## Key points"),
        (add("see runs/latest", "markdown"), "names the folder runs/, expected text that holds"),
    ],
)
def test_what_is_not_in_order_is_named(own, change, says):
    found = own(change)
    assert any(line.startswith(says) for line in found), found


def test_a_parameter_that_no_cell_uses_is_named_and_one_in_a_text_is_used(own):
    line = "\nunused: int = 3  # nothing [; 0..]"

    def change(cells, more=""):
        cells[1]["source"] = "".join(cells[1]["source"]) + line
        add(f'frame.query("x == @{more}")')(cells)

    assert own(lambda cells: change(cells, "unused")) == []
    assert own(change) == ["parameter unused is used by no cell; use it, or take its line out"]


def test_code_that_sets_up_looks_or_goes_on_from_the_template_may_stay(own):
    assert own(add("%load_ext helpers\nfrom helpers.data import describe")) == []
    assert own(add('others = table("statements").query("claim != @claim")\nothers.stance')) == [
        "cell 4 reads the table statements, which the first cell does not list; "
        "add `statements` to its row Tables"
    ]


def test_a_parameter_keeps_its_value_for_the_self_checks(own):
    line = "\nyear: int = 2019  # a year [year; 2000..2025]"

    def change(cells, more):
        cells[1]["source"] = "".join(cells[1]["source"]) + line
        add("print(year)\n" + more)(cells)

    assert own(lambda cells: change(cells, "later = [year for year in (1, 2)]")) == []
    for more in ("for year, row in {}.items():\n    pass", "year += 1", "(year, other) = 1, 2"):
        [found] = own(lambda cells, more=more: change(cells, more))
        assert found.endswith("gives parameter year another value, expected another name")


def test_a_number_that_is_counted_up_is_computed(own):
    assert own(add('most = 0\nfor most in frame["x"]:\n    pass\nrecord("x", most)')) == []
    assert own(add('total = 0\ntotal += 1\nrecord("x", total)')) == []


def test_a_ledger_without_classes_needs_no_exercises(own, tmp_path, monkeypatch):
    def without(cells):
        cells[:] = [c for c in cells if "solution" not in c["metadata"].get("tags", [])]

    assert any("cells tagged solution that compute" in line for line in own(without))
    monkeypatch.setattr(house, "LESSONS", tmp_path / "none")
    assert own(without) == []
