"""A command that is killed at any moment goes on when it is given again, and leaves nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and locks as on Linux")
SEED = "seed: int = 1  # start [; 0..]"
DRAW = "from helpers.results import record\nrecord('twice', 2 * seed, unit='x')"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
# By command: a moment, and the function at whose n-th call it is.
RUN = {
    "planning": ("evidence.folder.place.run_folder", 1),
    "template": ("evidence.run.workers.prepare", 1),
    "cells": ("evidence.run.execute._keep", 1),  # not the last, after which all is done
    "writing": ("evidence.run.running.results_file", 1),
    "copying": ("evidence.folder.place.Path.replace", "in place"),
}
MOMENTS = {
    "run": RUN,
    "sweep": RUN,
    "accept": {
        "cells": ("evidence.run.accept.run_task", 1),
        "second": ("evidence.run.accept.run_task", 2),
        "writing": ("evidence.run.accept.write_whole", 1),
    },
    "site": {
        "planning": ("evidence.site.build.write_sources", 1),
        "copying": ("shutil.copystat", 7),
        "renaming": ("evidence.site.build.Path.rename", 1),
    },
    "class": {
        "planning": ("evidence.classroom.build._empty", 1),
        "writing": ("evidence.classroom.build.write_whole", 3),
        "packing": ("evidence.classroom.build._entry", 5),
    },
}
MATRIX = [
    pytest.param(command, moment, number, id=f"{command}-{moment}-{number.name}")
    for command, moments in MOMENTS.items()
    for moment in moments
    for number in SIGNALS
]
CHOSEN = [  # the rest is `make kill`
    cell for cell in MATRIX if cell.id in ("run-copying-SIGKILL", "sweep-cells-SIGINT")
]
DRIVER = """
import importlib, json, os, signal, sys
from pathlib import Path
from types import SimpleNamespace
from evidence import cli, files
from evidence.checks import tables
from evidence.classroom import build as classroom
from evidence.folder import place
from evidence.run import accept, execute, running, workers
from evidence.site import build, runs

place.RUNS = Path(sys.argv[1])
tables.check_tables = lambda: []


def written(run, sources, extra, *_):
    for folder in (sources, extra):
        folder.mkdir()
        (folder / "extra.txt").write_text("extra")


def made(kept, address):
    for name in ("index.html", "a/index.html", "b/index.html"):
        (kept.made / name).parent.mkdir(parents=True, exist_ok=True)
        (kept.made / name).write_text("<p>page</p>")
    return []


build.write_sources = written
build._sphinx = made
build.broken_links = lambda *_: []
runs.read_run = lambda _: SimpleNamespace(failures=[])
target, number, count = json.loads(sys.argv[2])
if target:
    room, _, name = target.rpartition(".")
    try:
        owner = importlib.import_module(room)
    except ImportError:
        owner = getattr(importlib.import_module(room.rpartition(".")[0]), room.rpartition(".")[2])
    real, calls = getattr(owner, name), []

    def killing(*args, **kwargs):
        if count != "in place" or "unfinished" in str(args[0]) and "unfinished" not in str(args[1]):
            calls.append(1)
        if len(calls) == (2 if count == "in place" else count):
            os.kill(os.getpid(), number)
        return real(*args, **kwargs)

    setattr(owner, name, killing)
cli.main(sys.argv[3:])
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Make folders that all cells share, so that they share one template too."""
    top = tmp_path_factory.mktemp("kill")
    for name in ("tmp", "sockets"):
        (top / name).mkdir(mode=0o700)
    yield top
    for path in (top / "sockets").rglob("*"):
        if path.is_socket():
            path.unlink()  # the template then ends


@pytest.fixture
def given(places, notebook, tmp_path):
    """Write the notebooks; return a function that gives a command, perhaps with a kill in it."""
    paths = [notebook(SEED, DRAW, name=f"9{n}_small") for n in (1, 2)]
    words = {
        "run": ("run", *paths, "--jobs", 1, "--out"),
        "sweep": ("sweep", paths[0], "-p", "seed=1,2", "--jobs", 1, "--out"),
        "accept": ("accept", paths[0]),
        "site": ("site", "--out"),
        "class": ("class", "build", paths[0], "--out"),
    }
    environment = os.environ | {
        "TMPDIR": str(places / "tmp"),
        "XDG_RUNTIME_DIR": str(places / "sockets"),
    }

    def give(command, name, kill=("", 0, 0)):
        last = [] if command == "accept" else [tmp_path / name]
        arguments = [tmp_path / "runs", json.dumps(kill), *words[command], *last]
        return subprocess.run(
            [sys.executable, "-c", DRIVER, *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return give


def left(folder):
    """Return what a command left that must be the same each time."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    passing = ("manifest.json", "index.html", "ro-crate-metadata.json")  # hold times
    timed = passing if "manifest.json" in found else ()
    return {name: None if name in timed else p.read_bytes() for name, p in found.items()}


def goes_on(given, places, tmp_path, command, moment, number):
    where, count = MOMENTS[command][moment]
    out = tmp_path / "out"
    shown = tmp_path / "91_small.ipynb"
    original = shown.read_bytes()
    if command != "accept":  # what it had made before is replaced or stays, never half of each
        assert given(command, "out").returncode == 0
        shutil.rmtree(tmp_path / "runs", ignore_errors=True)
    killed = given(command, "out", (where, int(number), count))
    assert killed.returncode != 0, killed.stdout
    assert "Traceback" not in killed.stderr, killed.stderr
    if number != signal.SIGKILL:
        assert not list((places / "tmp").iterdir())
    again = given(command, "out")
    assert again.returncode == 0, again.stderr
    assert not list((places / "tmp").iterdir())
    assert not list(tmp_path.glob(".evidence-*")) and not (out / "unfinished").exists()
    if command == "accept":
        mended = shown.read_bytes()
        shown.write_bytes(original)
        assert given(command, "out").returncode == 0
        assert shown.read_bytes() == mended != original
        return
    assert given(command, "undisturbed").returncode == 0
    assert left(out) == left(tmp_path / "undisturbed")


@pytest.mark.parametrize(("command", "moment", "number"), CHOSEN)
def test_a_killed_command_goes_on(given, places, tmp_path, command, moment, number):
    goes_on(given, places, tmp_path, command, moment, number)


@pytest.mark.kill
@pytest.mark.parametrize(("command", "moment", "number"), MATRIX)
def test_every_killed_command_goes_on(given, places, tmp_path, command, moment, number):
    goes_on(given, places, tmp_path, command, moment, number)
