"""Requests that nobody means: each ends in one line and status 2, before any kernel."""

import json
import math

import pytest

from evidence.errors import RequestError
from evidence.notebooks.files import Notebook, find
from evidence.notebooks.parameters import read_parameters
from evidence.run import running
from evidence.run.grid import points
from evidence.run.plan import plan

PARAMETERS = """\
seed: int = 1  # start [; 0..]
claim: float = 1.0  # amount [USD; 0..]
time: str = "now"  # when []
shares: list[float] = [0.5, 0.3, 0.15]  # of three kinds [fraction; 0..1 3 values sum at most 1]
first_year: int = 2010  # from [year; 2000..2025]
last_year: int = 2020  # to [year; 2000..2025]
age_low: int = 20  # youngest [years; 0..99]
age_high: int = 30  # oldest [years; 0..99]"""


@pytest.fixture
def ours(notebook, monkeypatch):
    monkeypatch.setattr(running, "execute", lambda *_, **__: pytest.fail("a kernel was started"))
    return notebook(PARAMETERS, "1")


@pytest.mark.parametrize(
    "word",
    [
        "seed=" + "7" * 5_000,
        "seed=" + "[" * 5_000,
        "seed=" + "-" * 5_000 + "1",
        "time=\udcff\udcfe",
        "shares=[]",
        "shares=[0.1,0.2]",
        "shares=[0.5,0.4,0.2]",
        "first_year=2021",
        "last_year=2009",
        "age_low=31",
        "claim=1e999",
        "claim=nan",
    ],
)
@pytest.mark.parametrize("command", ["run", "sweep"])
def test_a_hostile_value_is_one_line(ours, evidence, tmp_path, command, word):
    value = word.partition("=")[2]
    if command == "sweep" and value.startswith("[") and value.endswith("]"):
        word = f"{word},[0.1,0.1,0.1]"
    done = evidence(command, ours, "-p", word, "--out", tmp_path / "out")
    assert done.exit_code == 2 and done.output.startswith("evidence: "), done.output[:300]
    assert done.output.count("\n") == 1 and len(done.output) < 1_000


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "? [a]\n: [1]\n", "? {a: 1}\n: [1]\n", "seed: [1e999]\n"]
)
def test_a_hostile_grid_is_one_line(ours, evidence, tmp_path, text):
    grid = tmp_path / "grid.yaml"
    grid.write_text(text)
    done = evidence("sweep", ours, "--grid", grid, "--out", tmp_path / "out")
    assert done.exit_code == 2 and done.output.count("\n") == 1, done.output[:300]


def test_numbers_in_a_grid_read_as_people_mean_them(ours, tmp_path):
    grid = tmp_path / "grid.yaml"
    grid.write_text(
        "claim: [5e7, 1.05e8, 2E+3, 1_000]\nseed: [010, 0, 12]\ntime: [1:30:00, 5:06]\n"
    )
    found = [job.given for job in points(Notebook(ours), (), grid)]
    assert [p["claim"] for p in found[::6]] == [5e7, 1.05e8, 2000.0, 1000.0]
    assert [p["seed"] for p in found[:6:2]] == [10, 0, 12]
    assert [p["time"] for p in found[:2]] == ["1:30:00", "5:06"]


@pytest.mark.parametrize(
    "content",
    [
        [],
        "text",
        {"cells": 5},
        {"cells": [None]},
        {"cells": [{"cell_type": "code", "metadata": {}, "outputs": []}]},
        {"cells": [{"cell_type": "code", "metadata": {}, "source": ""}]},
        {"cells": [{"cell_type": "code", "metadata": {"tags": None}, "source": "", "outputs": []}]},
        {"cells": [{"cell_type": "code", "metadata": {"tags": [[]]}, "source": "", "outputs": []}]},
        {"cells": [{"cell_type": "code", "metadata": {}, "source": [1], "outputs": []}]},
        {"cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": [5]}]},
        {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "half \ud800"}]},
        {"cells": [], "metadata": None},
        {"cells": [], "nbformat": 3},
        {"cells": [], "nbformat": "4"},
        {"cells": [], "nbformat": 4, "nbformat_minor": math.nan},
    ],
)
def test_what_is_not_a_notebook_is_one_line(evidence, tmp_path, content):
    path = tmp_path / "90_odd.ipynb"
    path.write_text(json.dumps(content))
    done = evidence("run", path)
    assert done.exit_code == 2 and "90_odd.ipynb: not a notebook" in done.output
    assert done.output.count("\n") == 1


@pytest.mark.parametrize("word", ["elsewhere/{}.ipynb", "{}.py", "/elsewhere/{}.py"])
def test_a_file_that_is_not_there_is_not_taken_for_one_of_the_collection(word):
    name = find(["43"])[0].name
    with pytest.raises(RequestError, match="unknown notebook"):
        find([word.format(name)])
    assert [n.name for n in find([name, f"{name}.ipynb", f"notebooks/{name}.ipynb"])] == [name]


@pytest.mark.parametrize("seconds", ["inf", "nan", "-1", "0", "1e300", "soon"])
def test_seconds_are_positive_and_finite(ours, evidence, seconds):
    done = evidence("run", ours, "--timeout", seconds)
    assert done.exit_code == 2 and "Traceback" not in done.output


def test_ends_that_are_both_given_are_held_together(ours):
    plan([Notebook(ours)], ["first_year=2022", "last_year=2023"])
    with pytest.raises(RequestError, match="first_year is 2022 and last_year is 2021, expected"):
        plan([Notebook(ours)], ["first_year=2022", "last_year=2021"])


def test_the_rules_of_a_list_are_said(ours):
    shares = read_parameters(Notebook(ours).cells, "x")["shares"]
    assert shares.allowed == "list of 3, each number from 0 to 1, at most 1 together"
