"""A run folder loses nothing: neither somebody's own files nor an earlier run."""

import json

import pytest
from support import SETUP

from evidence.errors import RequestError
from evidence.folder import place
from evidence.notebooks.files import Notebook
from evidence.run import running
from evidence.run.plan import plan
from evidence.run.running import Options, carry_out
from evidence.run.task import Outcome

SEED = "seed: int = 7  # start [; 0..]"


def describe(folder):
    for name in ("index.html", "ro-crate-metadata.json"):
        (folder / name).write_text("described")


@pytest.fixture
def world(notebook, tmp_path, monkeypatch):
    """Carry out runs whose notebooks are not executed but pretended."""
    monkeypatch.setattr(place, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(running, "refuse_wrong_tables", lambda _: None)
    monkeypatch.setattr(running, "_describe", lambda folder, *_: describe(folder))

    def run(*names, status="done", text="{}", raises=None):
        jobs = plan([Notebook(notebook(SEED, SETUP, name=name)) for name in names])

        def execute(jobs, folder, *_, **__):
            for job in jobs:
                cells = {"cells": [{"cell_type": "markdown", "source": text, "metadata": {}}]}
                (folder / f"{job.label}.ipynb").write_text(json.dumps(cells))
            if raises:
                raise raises
            return [Outcome(job.label, status) for job in jobs]

        monkeypatch.setattr(running, "execute", execute)
        return carry_out(jobs, Options(out=str(tmp_path / "out")), lambda _: None)

    return run


def held(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_ones_own_files_stay(world, tmp_path):
    out = tmp_path / "out"
    world("90_a")
    own = {"my_analysis.ipynb": b"mine", "results.xlsx": b"mine too", "charts/own.png": b"picture"}
    (out / "charts").mkdir()
    for name, content in own.items():
        (out / name).write_bytes(content)
    world("90_a", text="again")
    assert own.items() <= held(out).items() and b"again" in (out / "90_a.ipynb").read_bytes()


@pytest.mark.parametrize("name", ["90_a.ipynb", "results.csv", "index.html"])
def test_what_somebody_edited_is_not_replaced(world, tmp_path, name):
    world("90_a")
    path = tmp_path / "out" / name
    path.write_bytes(path.read_bytes() + b"\nmy remark")
    before = held(tmp_path / "out")
    with pytest.raises(RequestError, match=f"{name} was edited since a run wrote it"):
        world("90_a", text="again")
    assert held(tmp_path / "out") == before


def test_what_no_run_wrote_is_not_replaced(world, tmp_path):
    world("90_a")
    (tmp_path / "out" / "91_b.ipynb").write_text("mine")
    with pytest.raises(RequestError, match=r"91_b\.ipynb was not written by a run"):
        world("90_a", "91_b")


def test_results_of_other_notebooks_are_not_lost(world, tmp_path):
    world("90_a", "91_b")
    before = held(tmp_path / "out")
    with pytest.raises(RequestError, match="holds results of 91_b"):
        world("90_a")
    assert held(tmp_path / "out") == before
    world("90_a", "91_b", "92_c")
    assert (tmp_path / "out" / "92_c.ipynb").exists()


def test_what_the_new_run_does_not_write_goes_if_it_is_as_it_was_written(world, tmp_path):
    out = tmp_path / "out"
    world("90_a")
    manifest = json.loads((out / "manifest.json").read_text())
    for name, content in (("90_a.2.ipynb", "old"), ("90_a.3.ipynb", "old")):
        (out / name).write_text(content)
        manifest["files"][name] = place.digest_of(out / name)
    (out / "manifest.json").write_text(json.dumps(manifest))
    (out / "90_a.3.ipynb").write_text("old, with a remark")
    world("90_a")
    assert not (out / "90_a.2.ipynb").exists() and (out / "90_a.3.ipynb").exists()


@pytest.mark.parametrize("status", ["not run", "failed"])
def test_a_rerun_that_comes_to_nothing_leaves_the_earlier_run(world, tmp_path, status):
    world("90_a", text="first")
    before = held(tmp_path / "out")
    finished = world("90_a", text="second", status=status)
    assert {n: c for n, c in held(tmp_path / "out").items() if "unfinished" not in n} == before
    assert "keeps the earlier run" in finished.remarks[0]
    world("90_a", text="third")
    assert b"third" in (tmp_path / "out/90_a.ipynb").read_bytes()
    assert not (tmp_path / "out/unfinished").exists()


@pytest.mark.parametrize(
    "error", [RequestError("a worker differs"), KeyboardInterrupt(), OSError()]
)
def test_a_rerun_that_is_refused_leaves_the_earlier_run(world, tmp_path, error):
    world("90_a")
    before = held(tmp_path / "out")
    with pytest.raises(type(error)):
        world("90_a", raises=error)
    assert held(tmp_path / "out") == before and not (tmp_path / "out/unfinished").exists()


@pytest.mark.parametrize("moment", range(6))
def test_a_run_killed_while_it_is_put_in_place_is_put_there_by_the_next(
    world, tmp_path, monkeypatch, moment
):
    world("90_a", text="first")
    replaced, real = [], place.Path.replace

    def killed(self, target):
        if place.UNFINISHED in self.parts and place.UNFINISHED not in target.parts:
            if len(replaced) == moment:
                raise SystemExit  # as good as a kill: nothing after it runs
            replaced.append(target)
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(place.Path, "replace", killed)
        patch.setattr(place, "RUNS", tmp_path / "runs")
        if moment < 5:
            with pytest.raises(SystemExit):
                world("90_a", text="second")
    seen = []
    monkeypatch.setattr(running, "_finish", lambda folder, *_: seen.append(held(folder)) or "")
    world("90_a", text="third")
    (before,) = seen
    assert b"second" in before["90_a.ipynb"] or moment == 5
    manifest = json.loads(before["manifest.json"])
    for name, digest in manifest["files"].items():
        assert place.digest_of(tmp_path / "out" / name) == digest


def test_a_folder_of_somebody_is_not_taken_for_an_unfinished_run(world, tmp_path):
    world("90_a")
    (tmp_path / "out/unfinished").mkdir()
    (tmp_path / "out/unfinished/thesis.txt").touch()
    with pytest.raises(RequestError, match="unfinished is not a run's"):
        world("90_a")
    assert (tmp_path / "out/unfinished/thesis.txt").exists()
