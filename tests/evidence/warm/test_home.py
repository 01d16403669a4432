"""What stands in somebody's home changes nothing of a run."""

import csv
import os
import subprocess
import sys

import pytest

SHOWS = """\
import builtins
import matplotlib
from helpers.results import record
record("ipython", getattr(builtins, "of_ipython", 0), unit="x")
record("python", getattr(builtins, "of_python", 0), unit="x")
record("matplotlib", int(matplotlib.rcParams["legend.fontsize"] == 33.0), unit="x")"""
DRIVER = """
import pathlib, sys
from evidence import cli
from evidence.checks import tables
from evidence.folder import place
place.RUNS = pathlib.Path(sys.argv.pop(1))
tables.check_tables = lambda: []
cli.main()
"""
HOME = {
    ".ipython/profile_default/startup/00-mine.py": "import builtins; builtins.of_ipython = 1",
    ".ipython/profile_default/ipython_config.py": (
        "c = get_config(); c.InteractiveShellApp.exec_lines = ['builtins.of_ipython = 1']"
    ),
    ".config/matplotlib/matplotlibrc": "legend.fontsize: 33",
    "matplotlibrc": "legend.fontsize: 33",
    "startup.py": "import builtins; builtins.of_python = 1",
}
ELSEWHERE = ("IPYTHONDIR", "MPLCONFIGDIR", "XDG_CONFIG_HOME")


@pytest.mark.parametrize("how", [[], ["--cold"]], ids=["warm", "ordinary"])
def test_settings_in_the_home_change_nothing(notebook, tmp_path, how):
    home, out = tmp_path / "home", tmp_path / "out"
    for place, text in HOME.items():
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text(text + "\n", encoding="utf-8")
    named = {"PYTHONSTARTUP": "startup.py", "MATPLOTLIBRC": "matplotlibrc", "HOME": ""}
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    environment |= {name: str(home / place) for name, place in named.items()}
    path = notebook("seed: int = 1  # start [; 0..]", SHOWS)
    words = [str(tmp_path / "runs"), "run", str(path), *how, "--out", str(out)]
    command = [sys.executable, "-c", DRIVER, *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with (out / "results.csv").open(encoding="utf-8") as file:
        found = {row["name"]: float(row["value"]) for row in csv.DictReader(file)}
    assert found == {"ipython": 0, "python": 0, "matplotlib": 0}
