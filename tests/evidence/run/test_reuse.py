"""What is computed again after a change, and what is not."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support import alive, wait_until

from evidence import libraries
from evidence.errors import RequestError
from evidence.folder import place
from evidence.notebooks.files import Notebook
from evidence.run import cache as cache_module
from evidence.run import depends, execute
from evidence.run.cache import Cache
from evidence.run.plan import Job
from evidence.run.task import Outcome

SEED = "seed: int = 1  # start [; 0..]"
NAMES = {
    "91_market": "market.model",
    "92_prices": "market.prices",
    "93_claims": "ledger.family_tree",
}
READS = {"91_market": ["profits"], "92_prices": ["prices"], "93_claims": ["claims", "prices"]}


class World:
    """Three notebooks on copied helpers and pretended tables, and a computer that only counts."""

    def __init__(self, folder, write, monkeypatch):
        self.folder, self.write = folder, write
        self.tables = {"profits": "1", "prices": "1", "claims": "1", "datapackage.json": "1"}
        self.package = shutil.copytree(depends.PACKAGE, folder / "helpers")
        monkeypatch.setattr(depends, "PACKAGE", self.package)
        for module in (cache_module, execute):
            monkeypatch.setattr(module, "table_digest", lambda name: self.tables.get(name, ""))
        monkeypatch.setattr(execute, "package", lambda: {"profits": {}, "prices": {}, "claims": {}})
        for name, helper in NAMES.items():
            write(SEED, f"import helpers.{helper}", name=name)
        self.cache = Cache(folder / "kept")
        self.out = folder / "out"
        self.out.mkdir()

    def compute(self, tasks):
        for index, task in enumerate(tasks):
            self.computed.append(task.label)
            tables = {name: self.tables[name] for name in READS[task.label]}
            outcome = Outcome(task.label, "done", "2026-01-01T00:00:00Z", 1.5, tables=tables)
            yield index, outcome, json.dumps({"given": task.given, "tables": tables})

    def run(self, force=False, **given):
        """Run all three; return the names of those that were computed."""
        self.computed = []
        jobs = [Job(Notebook(self.folder / f"{name}.ipynb"), given) for name in NAMES]
        self.outcomes = execute.execute(
            jobs, self.out, self.compute, lambda _: None, self.cache, force=force
        )
        assert [outcome.status for outcome in self.outcomes] == ["done"] * 3
        return self.computed


@pytest.fixture
def world(tmp_path, notebook, monkeypatch):
    found = World(tmp_path, notebook, monkeypatch)
    assert found.run() == list(NAMES)
    return found


def test_nothing_changed_nothing_computed(world):
    first = {path.name: path.read_bytes() for path in world.out.iterdir()}
    assert world.run() == []
    assert all(outcome.reused for outcome in world.outcomes)
    assert {path.name: path.read_bytes() for path in world.out.iterdir()} == first


def test_force_computes_everything(world):
    assert world.run(force=True) == list(NAMES)


def test_a_changed_table_row_reruns_what_reads_the_table(world):
    world.tables["prices"] = "2"
    assert world.run() == ["92_prices", "93_claims"]
    assert world.outcomes[1].because == ("table prices",)


def test_a_change_taken_back_finds_its_old_result(world):
    world.tables["prices"] = "2"
    world.run()
    world.tables["prices"] = "1"
    assert world.run() == []


def test_a_changed_helper_line_reruns_what_imports_it_also_indirectly(world):
    with (world.package / "methods/uncertain.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n# edited\n"
        )  # imported by helpers.market.model, and so by whatever imports helpers.market
    assert world.run() == ["91_market", "92_prices"]
    assert world.outcomes[0].because == ("helpers.methods.uncertain",)


def test_a_helper_imported_inside_a_function_counts(world):
    with (world.package / "market/prices.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef late():\n    from helpers.hidden import words\n")
    world.run()
    with (world.package / "hidden/words.py").open("a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    assert world.run() == ["92_prices"]


def test_changed_parameters_rerun_what_they_are_given_to(world):
    assert world.run(seed=2) == list(NAMES)
    assert world.run(seed=2) == [] and world.run() == []


def test_a_changed_notebook_reruns_alone_and_its_stored_outputs_do_not_count(world):
    path = world.folder / "92_prices.ipynb"
    content = json.loads(path.read_text())
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    path.write_text(json.dumps(content))
    assert world.run() == []
    content["cells"][2]["source"] += "\n1 + 1"
    path.write_text(json.dumps(content))
    assert world.run() == ["92_prices"]


def newer(monkeypatch, name):
    """Have a library be installed in version 99."""
    found = libraries._found()
    changed = found | {name: (found[name][0], "99", found[name][2])}
    monkeypatch.setattr(libraries, "_found", lambda: changed)


def test_a_library_version_reruns_what_uses_the_library(world, monkeypatch):
    newer(monkeypatch, "networkx")
    uses = {
        name: "networkx"
        in depends.parts(Notebook(world.folder / f"{name}.ipynb").cells, world.folder, {})[
            "libraries"
        ]
        for name in NAMES
    }
    assert uses == {"91_market": False, "92_prices": False, "93_claims": True}
    assert world.run() == ["93_claims"]
    assert world.outcomes[2].because[0].endswith("-> 99")


def test_the_machinery_counts_for_every_notebook(world, monkeypatch):
    newer(monkeypatch, "ipykernel")
    assert world.run() == list(NAMES)


def test_a_module_beside_the_notebook_counts_with_all_that_it_imports(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "mine.py").write_text("from helpers import words\nimport other, pack.part")
    (tmp_path / "other.py").write_text("import networkx")
    (tmp_path / "pack/__init__.py").write_text("")
    (tmp_path / "pack/part.py").write_text("")
    cells = [{"cell_type": "code", "source": "files = !ls\nimport mine"}]
    found = depends.parts(cells, tmp_path, {})
    assert {"helpers.words", "mine", "other", "pack", "pack.part"} <= set(found["helpers"])
    assert "networkx" in found["libraries"] and not {"mine", "pack"} & set(found["libraries"])


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other form", "not text", "no head"])
def test_a_damaged_entry_is_named_and_computed_again(world, damage):
    (entry,) = (world.cache.folder / "92_prices").iterdir()
    content = entry.read_bytes()
    damaged = {
        "cut": content[:-5],
        "flip": content[:-2] + b"?}",
        "empty": b"",
        "other form": content.replace(b'"form": 2', b'"form": 0'),
        "not text": content + b"\xe9" * 100_000,
        "no head": b'{"form": 2}\n{}',
    }[damage]
    entry.write_bytes(damaged)
    assert world.run() == ["92_prices"]
    assert world.cache.damaged == ["92_prices: a kept result is damaged and is computed again"]
    assert world.run() == []


def test_a_result_whose_table_changed_meanwhile_is_refused(world):
    compute = world.compute

    def editing(tasks):
        world.tables["prices"] = "3"
        yield from compute(tasks)

    world.compute = editing
    jobs = [Job(Notebook(world.folder / "92_prices.ipynb"), {"seed": 5})]
    world.computed = []
    (outcome,) = execute.execute(jobs, world.out, world.compute, lambda _: None, world.cache)
    assert outcome.status == "failed" and outcome.problem.startswith("table prices changed")
    assert world.cache.last("92_prices", {"seed": 5}) is None


def test_a_full_disk_fails_the_point_and_leaves_nothing_half_written(world, monkeypatch):
    def full(path, *mode, **options):
        if path.name.startswith(".evidence-92_prices"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *mode, **options)

    real = Path.open
    monkeypatch.setattr(Path, "open", full)
    jobs = [Job(Notebook(world.folder / f"{name}.ipynb"), {"seed": 3}) for name in NAMES]
    (world.out / "92_prices.ipynb").unlink()
    world.computed = []
    outcomes = execute.execute(jobs, world.out, world.compute, lambda _: None, world.cache)
    assert [outcome.status for outcome in outcomes] == ["done", "failed", "done"]
    assert outcomes[1].problem.endswith("cannot be written (No space left on device)")
    assert not (world.out / "92_prices.ipynb").exists()
    assert not [path for path in world.out.iterdir() if path.name.startswith(".")]


def test_what_was_not_used_for_longest_goes_first(world, monkeypatch):
    sizes = [path.stat().st_size for path in world.cache.folder.glob("*/*")]
    monkeypatch.setattr(cache_module, "LARGEST", sum(sizes) - 1)
    monkeypatch.setattr(
        cache_module, "_age", lambda path: list(NAMES).index(path.parent.name)
    )  # 93 is the oldest
    world.cache.trim()
    assert world.run() == ["93_claims"]


RUN = """
import sys
from pathlib import Path
from evidence.checks import tables as table_checks
from evidence import cli
from evidence.folder import place
place.RUNS = Path(sys.argv[1])
table_checks.check_tables = lambda: []
cli.main(sys.argv[2:])
"""


def descendants(pid):
    """Return the processes that a process started, and that these started."""
    children = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/stat")
        if path.read_text().rpartition(")")[2].split()[1] == str(pid)
    ]
    return children + [other for child in children for other in descendants(child)]


def started(runs, *words):
    command = [sys.executable, "-c", RUN, str(runs), *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finished(process):
    out = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 0, out
    return out


@pytest.mark.slow
def test_a_killed_run_continues_and_ends_with_the_same_bytes(notebook, tmp_path):
    code = "import numpy as np\nfrom helpers.results import record\nimport time"
    draw = "record('draw', np.random.default_rng(seed).normal(), unit='x')"
    paths = [
        notebook(
            f"seed: int = {n}  # start [; 0..]", code, f"time.sleep({n})", draw, name=f"9{n}_x"
        )
        for n in range(3)
    ]
    words = ("run", *paths, "--jobs", 1)
    killed = started(tmp_path / "runs", *words, "--out", tmp_path / "out")
    first = killed.stdout.readline()
    assert first.startswith("90_x: done")
    left = descendants(killed.pid)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert sys.platform != "linux" or len(left) >= 2  # the server of workers, and a worker
    wait_until(lambda: not any(map(alive, left)))
    out = finished(started(tmp_path / "runs", *words, "--out", tmp_path / "out"))
    assert "90_x: unchanged, reused" in out and "92_x: done" in out
    finished(started(tmp_path / "other", *words, "--out", tmp_path / "undisturbed"))
    names = sorted(path.name for path in (tmp_path / "undisturbed").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "out").iterdir())
    for name in ("results.csv", "90_x.ipynb", "91_x.ipynb", "92_x.ipynb"):
        a, b = (tmp_path / folder / name for folder in ("out", "undisturbed"))
        assert a.read_bytes() == b.read_bytes(), name


@pytest.mark.slow
def test_two_runs_at_once(notebook, tmp_path):
    path = notebook(SEED, "import time; time.sleep(2)", "print(seed)", name="94_slow")
    runs = tmp_path / "runs"
    both = [started(runs, "run", path, "--out", tmp_path / f"out{n}") for n in (1, 2)]
    for process in both:
        finished(process)
    one, two = ((tmp_path / f"out{n}" / "94_slow.ipynb").read_bytes() for n in (1, 2))
    assert one == two


@pytest.mark.parametrize("windows", [False, True])
def test_one_folder_serves_one_run_at_a_time(tmp_path, monkeypatch, windows):
    if windows:
        monkeypatch.setitem(sys.modules, "fcntl", None)
        monkeypatch.setattr(os, "O_TEMPORARY", 0, raising=False)
    with (
        place.sole_use(tmp_path),
        pytest.raises(RequestError, match="another run is writing into it now"),
        place.sole_use(Path(tmp_path)),
    ):
        pass


def test_an_extension_that_a_notebook_loads_counts_and_what_it_tells_does_not(tmp_path):
    def reached(source):
        cells = [{"cell_type": "code", "source": source}]
        ours, others = depends.reached(cells, tmp_path)
        return {*ours, *others}

    assert {"helpers", "helpers.say", "helpers.charts"} <= reached("%load_ext helpers")
    assert reached("%%say\nimport numpy\nfrom 2012 to 2020, {women:count} women") == set()
