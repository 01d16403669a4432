"""Running notebooks as a person would: the command, its folder, its messages."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from support import SETUP

from evidence import cli
from evidence.checks import tables as table_checks
from evidence.errors import RequestError
from evidence.folder import place
from evidence.folder.rows import read_results
from evidence.notebooks.files import find
from evidence.run import depends, plan, running
from evidence.run.cache import Cache
from evidence.run.execute import execute
from evidence.run.task import Task, run_task
from evidence.run.workers import local

GOOD = "record('answer', 6 * seed, 1, 900, unit='persons', claim='C01')"


def results(folder):
    with (folder / "results.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_results_manifest_and_notebook(notebook, evidence, tmp_path):
    path, out = notebook("seed: int = 7  # start [; 0..]", SETUP, GOOD), tmp_path / "out"
    done = evidence("run", path, "-p", "seed=8", "--out", out, "--jobs", 1)
    assert done.exit_code == 0, done.output
    assert "answer" in done.output and str(out) in done.output.replace("\n", "")
    (row,) = results(out)
    assert row == {
        "notebook": "90_test",
        "name": "answer",
        "value": "48",
        "low": "1",
        "high": "900",
        "unit": "persons",
        "claim": "C01",
        "p.seed": "8",
    }
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (entry,) = manifest["notebooks"]
    assert entry["parameters"] == {"seed": 8} and entry["seed"] == 8 and entry["status"] == "done"
    assert manifest["inputs"]["data/arrivals.csv"] and manifest["packages"]["papermill"]
    assert (out / "90_test.ipynb").exists()
    assert not (tmp_path / "runs" / "latest").exists()
    assert evidence("results", out, "--format", "csv").output == (out / "results.csv").read_text()
    (shown,) = json.loads(evidence("results", out, "--format", "json").output)
    assert shown == row | {"value": 48, "low": 1, "high": 900, "p.seed": 8}


def test_the_same_request_gives_the_same_bytes(notebook, evidence, tmp_path):
    code = "import numpy as np\nrecord('draw', np.random.default_rng(seed).normal(), unit='x')"
    path = notebook("seed: int = 7  # start [; 0..]", SETUP, code)
    for folder in ("a", "b", "a"):
        assert evidence("run", path, "--out", tmp_path / folder).exit_code == 0
    first, second = ((tmp_path / folder / "results.csv").read_bytes() for folder in ("a", "b"))
    assert first == second


def test_latest_is_the_latest_run_of_the_whole_collection(
    notebook, evidence, tmp_path, monkeypatch
):
    one, two = (notebook("seed: int = 7  # start [; 0..]", "1", name=f"9{n}_x") for n in (1, 2))
    monkeypatch.setattr(running, "find", lambda: [plan.Notebook(one), plan.Notebook(two)])
    latest = tmp_path / "runs" / "latest"
    assert evidence("run", one, "--jobs", 1).exit_code == 0 and not latest.exists()
    assert evidence("run", one, two, "--jobs", 1).exit_code == 0
    whole = latest.resolve()
    assert (whole / "92_x.ipynb").exists()
    for words in (["run", one], ["run", one, two, "--out", tmp_path / "mine"]):
        assert evidence(*words, "--jobs", 1).exit_code == 0 and latest.resolve() == whole


def test_two_notebooks_of_one_name_are_refused(notebook, evidence, tmp_path):
    path = notebook()
    copy = tmp_path / "other" / path.name
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    done = evidence("run", path, copy)
    assert done.exit_code == 2
    assert done.output == "evidence: 90_test: 2 notebooks have this name, expected one\n"


def test_the_time_limit_is_for_all_cells_together(notebook, evidence, tmp_path):
    cells = ["import time; time.sleep(0.8)"] * 40
    path = notebook("seed: int = 7  # start [; 0..]", *cells)
    done = evidence("run", path, "--timeout", 5, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "90_test failed: no end after 5 seconds (--timeout)" in done.output


def test_helpers_edited_while_a_notebook_runs_fail_it(notebook, monkeypatch):
    path = notebook("seed: int = 7  # start [; 0..]", SETUP)
    known = depends.parts(plan.Notebook(path).cells, path.parent, {"seed": 7})
    known["helpers"]["helpers.charts"] = "as it was before"
    text = path.read_text(encoding="utf-8")
    outcome, _ = run_task(Task("90_test", text, str(path.parent), {}, known=known))
    assert (outcome.status, outcome.problem) == ("failed", "edited while it ran: helpers.charts")


# Without rights to make links, as on Windows; on a system that has none.
@pytest.mark.parametrize("refusal", [PermissionError(1, "no right"), NotImplementedError("none")])
def test_where_links_are_not_allowed_the_run_is_named(refusal, monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise refusal

    monkeypatch.setattr(place, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(Path, "symlink_to", refuse)
    said = place.point_latest(tmp_path / "runs" / "today")
    assert said.startswith("runs/latest could not be set") and str(tmp_path / "runs/today") in said


def test_a_failure_outside_the_notebook_stops_no_other(notebook):
    path = notebook("seed: int = 7  # start [; 0..]", "1")
    task = Task("90_test", path.read_text(encoding="utf-8"), str(path.parent), {})
    broken = replace(task, label="91_broken", known={})
    ended = {outcome.name: outcome for _, outcome, _ in local(2)([broken, task])}
    assert ended["91_broken"].problem.startswith("KeyError") and not ended["90_test"].problem


def test_a_failing_notebook_is_named_and_the_others_run(notebook, evidence, tmp_path):
    good = notebook("seed: int = 7  # start [; 0..]", SETUP, GOOD, name="91_good")
    bad = notebook("seed: int = 7  # start [; 0..]", "x = 1", "1 / 0", name="92_bad")
    done = evidence("run", good, bad, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "92_bad failed: cell 4: ZeroDivisionError: division by zero" in done.output
    assert [row["notebook"] for row in results(tmp_path / "out")] == ["91_good"]
    states = json.loads((tmp_path / "out" / "manifest.json").read_text())["notebooks"]
    assert {s["notebook"]: s["status"] for s in states} == {"91_good": "done", "92_bad": "failed"}
    assert (tmp_path / "out" / "92_bad.ipynb").exists()


def test_a_kernel_that_dies_is_named_and_the_others_run(notebook, evidence, tmp_path):
    good = notebook("seed: int = 7  # start [; 0..]", SETUP, GOOD, name="91_good")
    dead = notebook("seed: int = 7  # start [; 0..]", "import os; os._exit(3)", name="92_dead")
    done = evidence("run", good, dead, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "92_dead failed: DeadKernelError" in done.output
    assert [row["notebook"] for row in results(tmp_path / "out")] == ["91_good"]


@pytest.fixture
def no_kernel(monkeypatch):
    """Fail the test if any notebook is started."""
    monkeypatch.setattr(running, "execute", lambda *_, **__: pytest.fail("a kernel was started"))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["-p", "yaer=2014"], "unknown parameter yaer for 90_test: did you mean year?"),
        (["-p", "year=soon"], "parameter year is 'soon', expected whole number from 1950 to 2023"),
        (["-p", "year=1949"], "parameter year is 1949, expected whole number from 1950 to 2023"),
        (["-p", "year"], "-p year: expected NAME=VALUE"),
        (["-p", "year=2000", "-p", "year=2001"], "-p year: given twice"),
        (["99"], "unknown notebook 99"),
    ],
)
@pytest.mark.usefixtures("no_kernel")
def test_a_wrong_request_is_one_line_before_any_kernel(notebook, evidence, words, complaint):
    path = notebook("year: int = 2014  # year shown [year; 1950..2023]")
    done = evidence("run", path, *words)
    assert done.exit_code == 2
    assert done.output.startswith("evidence: ") and complaint in done.output
    assert done.output.count("\n") == 1


@pytest.mark.usefixtures("no_kernel")
def test_folders_that_cannot_serve_are_refused(notebook, evidence, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "manifest.json").write_text('{"name": "an app of somebody"}')
    (tmp_path / "app" / "index.html").touch()
    others = [("full", "holds other files"), ("app", "holds other files")]
    for name, why in [("file", "cannot be written"), *others]:
        done = evidence("run", notebook(), "--out", tmp_path / name)
        assert done.exit_code == 2 and why in done.output
    assert (tmp_path / "full" / "letter.txt").exists() and (tmp_path / "app/index.html").exists()
    assert evidence("results", tmp_path / "full").exit_code == 2


@pytest.mark.usefixtures("no_kernel")
def test_a_wrong_table_stops_the_run_before_any_kernel(notebook, evidence, monkeypatch, tmp_path):
    wrong = [f"data/claims.csv: row 3: {word}" for word in ("wrong", "another")]
    monkeypatch.setattr(table_checks, "check_tables", lambda: ["data/tiers.csv: x", *wrong])
    path = notebook("seed: int = 1  # start [; 0..]", 'table = "claims"')
    done = evidence("run", path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert done.output == "evidence: data/claims.csv: row 3: wrong (and 1 more: `evidence check`)\n"
    assert not (tmp_path / "out").exists()


def test_a_wrong_table_that_no_notebook_names_does_not_stop_it(notebook, monkeypatch, tmp_path):
    monkeypatch.setattr(table_checks, "check_tables", lambda: ["data/tiers.csv: row 3: x"])
    path = notebook("seed: int = 1  # start [; 0..]", 'table = "claims"')
    running.refuse_wrong_tables(Cache(tmp_path), [plan.Notebook(path)])
    with pytest.raises(RequestError, match=r"^data/tiers\.csv: row 3: x$"):
        running.refuse_wrong_tables(Cache(tmp_path), find(["42"]))


def test_ctrl_c_keeps_what_is_finished(notebook, tmp_path):
    quick = notebook("seed: int = 7  # start [; 0..]", SETUP, GOOD, name="91_quick")
    slow = notebook(
        "seed: int = 7  # start [; 0..]", "import time; time.sleep(600)", name="92_slow"
    )
    jobs = plan.plan([plan.Notebook(quick), plan.Notebook(slow)])

    def interrupt(outcome):
        raise KeyboardInterrupt

    outcomes = execute(jobs, tmp_path, local(1), interrupt, Cache(tmp_path / "kept"))
    assert [outcome.status for outcome in outcomes] == ["done", "not run"]
    assert not list(tmp_path.glob(".*"))


def test_lists_every_notebook_with_its_question(evidence):
    listed = evidence("list").output
    for found in cli.files.find():
        assert f"{found.name}  {found.question}" in listed.replace("\n", "")


def test_lists_the_notebooks_that_are_named(evidence):
    listed = evidence("list", "31").output
    assert listed.startswith("31_market_size") and "30_prices  " not in listed
    assert evidence("list", "99").exit_code == 2


def test_parameters_of_several_notebooks_stand_in_a_table_of_their_own(
    notebook, evidence, tmp_path
):
    one = notebook("seed: int = 7  # start [; 0..]", SETUP, GOOD, name="91_one")
    two = notebook("seed: int = 8  # start [; 0..]", SETUP, GOOD, name="92_two")
    out = tmp_path / "out"
    assert evidence("run", one, two, "--out", out).exit_code == 0
    assert [row["value"] for row in results(out)] == ["42", "48"]
    assert not [name for name in results(out)[0] if name.startswith("p.")]
    assert [r.parameters for r in read_results(out)] == [{"seed": 7}, {"seed": 8}]
    text = (out / "parameters.csv").read_text(encoding="utf-8")
    assert text == "notebook,parameter,value\n91_one,seed,7\n92_two,seed,8\n"
    alone = tmp_path / "alone"
    assert evidence("run", one, "--out", alone).exit_code == 0
    assert not (alone / "parameters.csv").exists() and results(alone)[0]["p.seed"] == "7"
