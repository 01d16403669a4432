"""A new notebook starts in the house's form and names what is wrong with its name."""

import json
import re
import subprocess
import sys

import pytest

from evidence.checks.collection import check_notebook
from evidence.checks.house import house_problems
from evidence.checks.style import style_problems
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks.files import Notebook, source_of
from evidence.notebooks.new import TEMPLATE, start
from evidence.run.accept import accept
from helpers.data import package
from helpers.ledger.claims import read_ledger


def test_a_new_notebook_is_accepted_and_has_nothing_to_mend(tmp_path):
    path = start("33_broker_fees", tmp_path)
    notebook = Notebook(path)
    assert "".join(notebook.cells[0]["source"]).startswith("# Broker fees\n")
    changes, problem = accept(notebook)
    assert problem == ""
    assert changes
    assert check_notebook(Notebook(path), read_ledger().claims) == []
    with pytest.raises(RequestError, match=r"33 is taken by 33_broker_fees; free in its track: 30"):
        start("33_other", tmp_path)


def test_of_the_template_text_and_code_are_to_be_replaced():
    found = house_problems(Notebook(TEMPLATE), package())
    prose = [
        number
        for number, cell in enumerate(Notebook(TEMPLATE).cells, 1)
        if cell["cell_type"] == "markdown"
    ]
    form = re.compile(r"cell (\d+): found (`.+`|the code) (?:and \d+ more )?of the template")
    named = {int(form.match(line)[1]) for line in found}
    assert set(prose) <= named
    # Those of parameters, of imports and of a first look may stay.
    code = [n for n, cell in enumerate(Notebook(TEMPLATE).cells, 1) if "outputs" in cell]
    assert set(code) - named == {2, 3, 6}


def test_the_template_is_written_as_it_asks_others_to_be():
    cells = json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]
    assert style_problems(cells, read_ledger().claims) == []
    code = [source_of(cell) for cell in cells if cell["cell_type"] == "code"]
    for part in ("%load_ext helpers", "%%say", "sns.", "describe(", "record("):
        assert any(part in source for source in code), part


def test_a_copy_of_the_template_is_linted_and_formatted_as_notebooks_are(tmp_path):
    (tmp_path / "ruff.toml").write_text(
        (ROOT / "notebooks" / "ruff.toml")
        .read_text(encoding="utf-8")
        .replace("../pyproject.toml", (ROOT / "pyproject.toml").as_posix()),
        encoding="utf-8",
    )
    path = start("33_broker_fees", tmp_path)
    for words in (["check", "--ignore", "D,E402,B018"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, path],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", ["broker_fees", "3_fees", "33", "33-fees", "33_Fees", "../33_x", ""]
)
def test_a_name_of_another_form_is_refused(tmp_path, name):
    with pytest.raises(RequestError, match="expected two digits and lower-case words"):
        start(name, tmp_path)
    assert list(tmp_path.iterdir()) == []
