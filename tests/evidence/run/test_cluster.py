"""Sweeps on a Dask cluster of separate processes."""

import csv
import gc
import json
import subprocess
import sys

import cloudpickle
import pytest
from click.testing import CliRunner
from support import wait_until

from evidence import cli
from evidence.checks import tables as table_checks
from evidence.errors import RequestError
from evidence.folder import place
from evidence.notebooks.files import Notebook
from evidence.run import cluster, depends
from evidence.run.task import Task

distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")
# Closing a cluster whose worker was killed leaves sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
SEED = "seed: int = 1  # start [; 0..]"
DRAW = """\
import numpy as np
from helpers.results import record
record("draw", np.random.default_rng(seed).normal(), unit="x")"""
# The first worker to run seed 2 ends itself, once.
DIE_ONCE = """\
import os, pathlib, signal
mark = pathlib.Path("died")
if seed == 2 and not mark.exists():
    mark.touch()
    worker = int(os.environ["EVIDENCE_TEST_WORKER"])
    os.kill(worker, signal.SIGKILL)"""


# The workers cannot import a test, so they are sent its functions.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(autouse=True)
def leave_nothing_to_collect():
    """Collect those sockets here, where their warnings are expected, and not in a later test."""
    yield
    gc.collect()


def name_worker(dask_worker):
    import os

    os.environ["EVIDENCE_TEST_WORKER"] = str(os.getpid())


@pytest.fixture(scope="module")
def scheduler():
    """Start a cluster of two worker processes, which start again when lost; yields its address."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as found:
        with distributed.Client(found, set_as_default=False) as client:
            client.run(name_worker)
        yield found.scheduler_address


@pytest.fixture
def sweep(monkeypatch, tmp_path):
    monkeypatch.setattr(table_checks, "check_tables", lambda: [])

    def run(path, out, *words):
        monkeypatch.setattr(place, "RUNS", tmp_path / f"runs-{out}")
        command = ["sweep", path, "-p", "seed=1,2,3,4", "--out", tmp_path / out, *words]
        return CliRunner().invoke(cli.main, [str(word) for word in command])

    return run


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(DRAW, id="undisturbed"),
        pytest.param(DIE_ONCE + "\n" + DRAW, id="worker lost", marks=pytest.mark.slow),
    ],
)
def test_a_cluster_gives_what_this_machine_gives(notebook, sweep, scheduler, tmp_path, code):
    path = notebook(SEED, code)
    there = sweep(path, "there", "--dask", scheduler)
    assert there.exit_code == 0, there.output
    assert (tmp_path / "died").exists() == ("died" in code)
    here = sweep(path, "here")
    assert here.exit_code == 0, here.output
    names = sorted(path.name for path in (tmp_path / "here").glob("results.*"))
    assert names[0] == "results.csv"
    for name in [*names, *(f"90_test.{n}.ipynb" for n in "1234")]:
        a, b = ((tmp_path / out / name).read_bytes() for out in ("there", "here"))
        assert a == b, name


# Seed 1 is done; the others wait for a scheduler that will be gone.
WAIT = """\
import time
if seed > 1:
    time.sleep(60)"""


@pytest.fixture
def lost_scheduler(tmp_path):
    """Start a scheduler with a worker; yields its process and its address."""
    told, program = tmp_path / "scheduler.json", [sys.executable, "-m"]
    options = ["--no-dashboard", "--scheduler-file", str(told)]
    words = ["distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", *options]
    first = subprocess.Popen(program + words, stderr=subprocess.DEVNULL)
    words = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *options]
    second = subprocess.Popen(program + words, stderr=subprocess.DEVNULL)
    wait_until(lambda: told.exists() and told.read_text(encoding="utf-8").rstrip().endswith("}"))
    yield first, json.loads(told.read_text(encoding="utf-8"))["address"]
    for process in (second, first):
        process.kill()
        process.wait()


def test_a_scheduler_lost_in_mid_sweep_is_said_in_one_line_and_keeps_what_was_done(
    notebook, lost_scheduler, tmp_path
):
    process, address = lost_scheduler
    path = notebook(SEED, WAIT, DRAW)
    code = (
        "import pathlib, sys; from evidence import cli; from evidence.checks import tables; "
        "from evidence.folder import place; place.RUNS = pathlib.Path(sys.argv.pop(1)); "
        "tables.check_tables = lambda: []; cli.main()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "runs"), "sweep", str(path)]
    command += ["-p", "seed=1,2,3", "--dask", address, "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as sweeping:
        said = [sweeping.stdout.readline() for _ in range(2)]
        assert said[1].startswith("90_test.1: done"), said
        process.kill()
        stderr = sweeping.communicate(timeout=120)[1]
    lines = [line for line in stderr.splitlines() if not line.startswith("results.parquet")]
    assert sweeping.returncode == 1
    assert lines == [
        f"90_test.2, 90_test.3 not run: the scheduler at {address} was lost; "
        "the same command goes on"
    ]
    with (tmp_path / "out/results.csv").open(encoding="utf-8") as file:
        assert [(row["p.seed"], row["name"]) for row in csv.DictReader(file)] == [("1", "draw")]
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert [entry["status"] for entry in manifest["notebooks"]] == ["done", "not run", "not run"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("tcp://127.0.0.1:9", "no scheduler answers"),
        ("nonsense://x", "no scheduler answers"),
        ("127.0.0.1:port", "no scheduler answers"),
    ],
)
def test_an_address_that_does_not_answer_is_refused(notebook, tmp_path, address, why):
    # In a process of its own: a client that finds nobody leaves its event loop behind.
    code = "from evidence import cli; from evidence.run import cluster; "
    words = [code + "cluster.PATIENCE = 2; cli.main()", "sweep"]
    words += [str(notebook(SEED, DRAW)), "-p", "seed=1,2", "--dask", address]
    command = [sys.executable, "-c", *words, "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith(f"evidence: --dask {address}: {why}")
    assert not (tmp_path / "out").exists()


def test_a_cluster_without_workers_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(RequestError, match="the cluster has no workers"),
    ):
        cluster.on_cluster(empty.scheduler_address)


def test_a_worker_with_other_helpers_is_named(notebook, scheduler):
    path = notebook(SEED, DRAW)
    known = depends.parts(Notebook(path).cells, path.parent, {"seed": 1})
    known["helpers"]["helpers.results"] = "other"
    text = json.dumps(json.loads(path.read_text()))
    compute = cluster.on_cluster(scheduler)
    words = r"worker tcp://\S+ differs from this machine in helpers\.results"
    with pytest.raises(RequestError, match=words):
        list(compute([Task("x", text, str(path.parent), {}, known=known)]))


def test_a_server_that_is_not_dask_is_said_and_not_waited_for(monkeypatch):
    import http.server
    import threading

    monkeypatch.setattr(cluster, "PATIENCE", 2)
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with pytest.raises(RequestError, match="no scheduler answers"):
        cluster.on_cluster(f"tcp://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
