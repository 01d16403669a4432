"""A ledger of another subject is a project of its own, in which nothing is left of ours."""

import json
import os
import re
import signal
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from evidence.cli import main
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks import new_ledger
from evidence.notebooks.new_ledger import description, makefile, place_of, start_ledger

OURS = re.compile(r"korea|china|chinese|traffick|beijing", re.IGNORECASE)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside") / "tap-water"
    start_ledger(folder)
    return folder


def _evidence(folder, *words):
    """Run a command of the new project, with its own code."""
    return subprocess.run(
        [sys.executable, "-c", "from evidence.cli import main; main()", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_it_is_in_order_and_a_fault_in_it_is_named(made):
    done = _evidence(made, "check")
    assert (done.returncode, done.stderr) == (0, "")
    claims = made / "data/claims.csv"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace("C03,text", "C03,section_of_ours"), encoding="utf-8")
    done = _evidence(made, "check")
    claims.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert "data/claims.csv: row 4, column section: found 'section_of_ours'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_its_notebooks_show_the_three_claims(made):
    notebooks = sorted(path.stem for path in (made / "notebooks").glob("*.ipynb"))
    assert [name[:2] for name in notebooks] == ["00", "10", "11"]
    for name in notebooks:
        cells = json.loads((made / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))[
            "cells"
        ]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert any(cell["outputs"] for cell in code)
    shown = (made / "notebooks" / f"{notebooks[0]}.ipynb").read_text(encoding="utf-8")
    assert "**3 claims** are in the ledger" in shown


@pytest.mark.slow
def test_nothing_of_our_subject_is_in_its_texts_tables_and_notebooks(made):
    texts = [*made.glob("*.md"), made / "CITATION.cff", made / "pyproject.toml", made / "Makefile"]
    texts += [*(made / "data").iterdir(), *(made / "notebooks").glob("*.ipynb")]
    found = [
        f"{path.name}: {match[0]}"
        for path in texts
        if (match := OURS.search(path.read_text(encoding="utf-8")))
    ]
    assert found == []
    cited = yaml.safe_load((made / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["title"].startswith("Tap water: ")


FAULTS = [KeyboardInterrupt(), RequestError("a notebook failed"), OSError(28, "no space left")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("moment", ["description", "_accept"])
def test_nothing_is_left_of_one_that_was_stopped(tmp_path, monkeypatch, moment, fault):
    def stopped(_):
        raise fault

    monkeypatch.setattr(new_ledger, moment, stopped)
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "new/tap-water", tmp_path / "empty"):
        with pytest.raises((KeyboardInterrupt, RequestError)):
            start_ledger(folder)
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]


@pytest.mark.skipif(sys.platform != "linux", reason="signals as on Linux")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_of_it(tmp_path, number):
    code = (
        "import os; from evidence import cli; from evidence.notebooks import new_ledger; "
        f"new_ledger._accept = lambda _: os.kill(os.getpid(), {int(number)}); cli.main()"
    )
    command = [sys.executable, "-c", code, "new", "ledger", str(tmp_path / "tap-water")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "evidence: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_whole_one_takes_the_place_of_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(new_ledger, "_accept", lambda _: None)
    (tmp_path / "tap-water").mkdir()
    for folder in (tmp_path / "tap-water", tmp_path / "new/sea-level"):
        start_ledger(folder)
        assert (folder / "data/claims.csv").is_file() and (folder / "src/evidence").is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"new", "tap-water"}


def test_its_tables_are_described_as_ours_are():
    ours = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    ours = {resource["name"]: resource["schema"] for resource in ours["resources"]}
    made = description("tap water")["resources"]
    assert {"claims", "statements", "cites", "sources", "corrections"} <= {r["name"] for r in made}
    for resource in made:
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == [field["name"] for field in ours[resource["name"]]["fields"]]


def test_its_makefile_has_no_target_that_needs_what_it_lacks():
    made = makefile((ROOT / "Makefile").read_text(encoding="utf-8"))
    targets = set(re.findall(r"^([a-z]+):", made, re.MULTILINE))
    assert targets == {"run", "test", "lab", "site", "help"}
    assert "$(READY): requirements.lock pyproject.toml" in made
    assert not re.search(r"teaching|tests\b", made)


@pytest.mark.parametrize("name", ["Tap Water", "tap/Water", "..", "a b", "é"])
def test_a_name_of_another_form_is_refused(tmp_path, name):
    with pytest.raises(RequestError, match="expected lower-case words or digits, as tap-water"):
        place_of(name, tmp_path)


def test_a_place_that_is_taken_or_ours_is_refused(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/kept.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="full: is not empty"):
        place_of("full", tmp_path)
    with pytest.raises(RequestError, match="file: is a file"):
        place_of("file", tmp_path)
    with pytest.raises(RequestError, match="inside this project"):
        place_of(str(ROOT / "data/tap-water"), tmp_path)


def test_a_bare_name_lands_here_or_beside_this_project_and_never_in_it(tmp_path):
    assert place_of("tap-water", tmp_path) == tmp_path / "tap-water"
    root = tmp_path / "ours"
    (root / "data").mkdir(parents=True)
    assert place_of("tap-water", root, root) == tmp_path / "tap-water"
    assert place_of("tap-water", root / "data", root) == tmp_path / "tap-water"


@pytest.mark.parametrize(
    ("words", "says"),
    [(["ledger"], "expected a name after it"), (["33_topic", "more"], "expected one name")],
)
def test_the_command_asks_for_one_name(words, says):
    done = CliRunner().invoke(main, ["new", *words])
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
