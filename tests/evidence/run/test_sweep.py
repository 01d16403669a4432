"""Sweeps: their points, their table, their charts, and what one bad point does."""

import json
from dataclasses import replace
from importlib.util import find_spec

import pytest

from evidence.errors import RequestError
from evidence.folder import sweep_charts
from evidence.folder.rows import Result, read_results
from evidence.notebooks.files import Notebook
from evidence.run import running
from evidence.run.grid import points, split, swept
from helpers import charts

PARAMETERS = """\
share: float = 0.5  # share [fraction; 0..1]
sex: str = "women"  # whose [; women|men]
stock: list[float] = [1.0, 2.0, 3.0]  # count [persons; 0.. ascending]
seed: int = 1  # start [; 0..]"""
CODE = """\
from helpers.results import record
if share == 0.9:
    raise ValueError("too much")
low, middle, high = (share * count for count in stock)
record("women_counted", middle, low, high, unit="persons", claim="C03")
record("aside", 7, unit="ratio")
record("word", sex, unit="word")"""


@pytest.fixture
def small(notebook):
    return Notebook(notebook(PARAMETERS, CODE, name="90_small"))


@pytest.fixture
def grid(tmp_path):
    def write(text):
        path = tmp_path / "grid.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_combination_is_a_point_and_the_last_name_moves_fastest(small):
    jobs = points(small, ["share=0.1,0.2", "sex=women,men"])
    assert [(j.given["share"], j.given["sex"]) for j in jobs] == [
        (0.1, "women"),
        (0.1, "men"),
        (0.2, "women"),
        (0.2, "men"),
    ]
    assert [job.label for job in jobs] == [f"90_small.{n}" for n in "1234"]
    assert swept(jobs) == ["share", "sex"]


def test_lists_go_in_brackets(small):
    jobs = points(small, ["stock=[1,2,3],[2,3,4]"])
    assert [job.given["stock"] for job in jobs] == [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]
    assert split('[1,2],"a,b",c') == ["[1,2]", '"a,b"', "c"]


def test_a_grid_file_is_a_product_or_a_list_of_points(small, grid):
    product = points(small, (), grid("share: [0.1, 0.2]\nseed: [1, 2, 3]\n"))
    assert len(product) == 6
    listed = points(small, ["seed=1,2"], grid("- {share: 0.1, sex: men}\n- {share: 0.3}\n"))
    assert [job.given for job in listed] == [
        {"share": 0.1, "sex": "men", "seed": 1},
        {"share": 0.1, "sex": "men", "seed": 2},
        {"share": 0.3, "seed": 1},
        {"share": 0.3, "seed": 2},
    ]


@pytest.mark.parametrize(
    ("assignments", "complaint"),
    [
        ((), "a sweep needs values"),
        (["shar=0.1,0.2"], "unknown parameter shar for 90_small: did you mean share?"),
        (["share=0.1,1.2"], "parameter share is 1.2, expected number from 0 to 1"),
        (["share=0.1,0.1"], "points 1 and 2 are the same: share=0.1"),
        (["share=0.1,"], "parameter share is '', expected number from 0 to 1"),
        (["stock=1,2,3"], "each value of stock is a list, expected brackets around each"),
        (["sex=women,woman"], "parameter sex is 'woman', expected one of women, men"),
    ],
)
def test_a_wrong_point_is_refused(small, assignments, complaint):
    with pytest.raises(RequestError) as refused:
        points(small, assignments)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("share: [0.1\nb: [", "line 2: not YAML"),
        ("share: 0.1", "share is 0.1, expected a list of values"),
        ("just words", "found str, expected names with lists of values"),
        ("[]", "empty, expected names"),
        ("", "empty, expected names"),
        ("share: [0.1]\nshare: [0.2]", "line 2: not YAML (share is given twice)"),
        ("1: [2]", "1 is not the name of a parameter"),
        ("seed: [2020-99-99]", "not YAML (month must be in 1..12"),
        ("share: [1" + 400 * "0" + "]", "point 1: parameter share is 1000"),
        (
            "".join(f"{name}: {[*range(99)]}\n" for name in "abc"),
            "970,299 points, expected at most",
        ),
        ("shar: [1]", "unknown parameter shar"),
        ("share: [2]", "point 1: parameter share is 2, expected number from 0 to 1"),
        ("- {share: 0.1}\n- {share: 0.10}", "points 1 and 2 are the same"),
        ("seed: [1, 2]", "-p seed: is in"),
    ],
)
def test_a_grid_that_cannot_serve_is_refused(small, grid, text, complaint):
    with pytest.raises(RequestError) as refused:
        points(small, ["seed=1,2"] if complaint.startswith("-p") else (), grid(text))
    assert complaint in str(refused.value)


def test_a_grid_file_that_cannot_be_read_is_refused(small, tmp_path):
    with pytest.raises(RequestError, match="cannot be read"):
        points(small, (), tmp_path / "none.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RequestError, match="not a text file"):
        points(small, (), tmp_path / "binary")


def test_nothing_starts_when_one_point_is_wrong(small, evidence, monkeypatch):
    monkeypatch.setattr(running, "execute", lambda *_, **__: pytest.fail("something started"))
    done = evidence("sweep", small.path, "-p", "share=0.1,2")
    assert done.exit_code == 2 and done.output.startswith("evidence: 90_small: parameter share")


def test_a_sweep_leaves_one_table_and_a_chart_per_headline(small, evidence, tmp_path):
    out = tmp_path / "out"
    done = evidence("sweep", small.path, "-p", "share=0.1,0.9,0.3", "-p", "seed=1,2", "--out", out)
    assert done.exit_code == 1  # the points with 0.9 fail
    assert done.output.startswith("6 points of 90_small")
    assert "90_small.3, 90_small.4 failed: cell 4: ValueError: too much" in done.output
    rows = read_results(out)
    assert len(rows) == 4 * 3
    counted = [row for row in rows if row.name == "women_counted"]
    assert [row.parameters["share"] for row in counted] == [0.1, 0.1, 0.3, 0.3]
    assert [row.value for row in counted] == pytest.approx([0.2, 0.2, 0.6, 0.6])
    # The file and its absence are told apart, and the absence is said.
    assert (out / "results.parquet").is_file() == (find_spec("pyarrow") is not None)
    assert (out / "results.parquet").is_file() != ("results.parquet was not" in done.output)
    assert [path.name for path in (out / "charts").iterdir()] == ["women_counted.png"]
    states = [e["status"] for e in json.loads((out / "manifest.json").read_text())["notebooks"]]
    assert states == ["done", "done", "failed", "failed", "done", "done"]
    page = (out / "index.html").read_text()
    assert "women counted moves from 0.2 to 0.6 persons" in page and "too much" in page
    again = evidence("sweep", small.path, "-p", "share=0.1,0.9,0.3", "-p", "seed=1,2", "--out", out)
    assert "90_small.1: unchanged, reused" in again.output
    assert again.output.count("unchanged, reused") == 4  # what failed is tried again


def test_a_point_that_hangs_is_named_and_the_rest_goes_on(notebook, evidence, tmp_path):
    code = "import time\nfrom helpers.results import record\ntime.sleep(600 if seed == 2 else 0)"
    path = notebook("seed: int = 1  # start [; 0..]", code, "record('a', seed, unit='x')")
    done = evidence("sweep", path, "-p", "seed=1,2,3", "--timeout", 5, "--out", tmp_path / "o")
    assert done.exit_code == 1
    assert "90_test.2 failed: no end after 5 seconds (--timeout)" in done.output
    assert [row.parameters["seed"] for row in read_results(tmp_path / "o")] == [1, 3]


def results_of(values, unit="persons", **parameters):
    return [
        Result("90_small", "r", value, value / 2, None, unit, "", point)
        for place, value in enumerate(values)
        for point in [{name: cells[place] for name, cells in parameters.items()}]
    ]


def test_headlines_are_what_bears_on_a_claim_else_all_numbers():
    results = [
        Result("90_small", name, value, None, None, "x", claim, {})
        for name, value, claim in (("a", 1.0, "C03"), ("b", 2.0, ""), ("c", "wrong", "C04"))
    ]
    assert sweep_charts.headlines(results) == ["a"]
    assert sweep_charts.headlines([replace(r, claim="") for r in results]) == ["a", "b"]


def test_a_chart_holds_every_point_in_every_panel():
    rows = results_of(
        [1.0, 2.0, 4.0, 8.0], share=["0.1", "0.2", "0.1", "0.2"], sex=["w", "w", "m", "m"]
    )
    title, alt = sweep_charts.finding(rows, ["share", "sex"])
    assert title == "r moves from 1 to 8 persons" and alt.startswith(title)
    figure = sweep_charts.draw(rows, ["share", "sex"])
    shares, sexes = figure.axes
    drawn = sorted(tuple(p) for line in shares.lines for p in line.get_xydata())
    assert [y for _, y in drawn] == [1.0, 4.0, 2.0, 8.0]
    assert [x for x, _ in drawn] == pytest.approx([0.1, 0.1, 0.2, 0.2], abs=0.002)
    assert [label.get_text() for label in sexes.get_xticklabels()] == ["w", "m"]
    assert charts.png_bytes(figure).startswith(b"\x89PNG")


def test_a_result_that_stays_has_no_chart(tmp_path):
    rows = results_of([2.0, 2.0], seed=["1", "2"])
    (only,) = sweep_charts.write_charts(tmp_path, "90_small", rows, ["seed"])
    assert only == {"file": "", "title": "r stays at 2 persons at every point", "alt": ""}
    assert not (tmp_path / "charts").exists()


def test_a_year_that_moves_has_no_comma():
    title, _ = sweep_charts.finding(results_of([1995.0, 1998.0], "year", seed=["1", "2"]), ["seed"])
    assert title == "r moves from 1995 to 1998 year"


CHART = """\
from helpers.charts import canvas, show
figure, axes = canvas(width=3, height=2)
axes.plot([1, 2, 3], [4, 5, seed], label="women")
show(figure, title="Five women", source="none", alt="A line.")"""


def test_a_sweep_records_charts_as_text_and_draws_those_of_a_chosen_point(
    notebook, evidence, tmp_path
):
    record = "from helpers.results import record\nrecord('a', seed, unit='x')"
    path = notebook("seed: int = 1  # start [; 0..]", CHART, record)
    sweep = ("sweep", path, "-p", "seed=1,2", "--out")
    assert evidence(*sweep, tmp_path / "text").exit_code == 0
    assert evidence(*sweep, tmp_path / "drawn", "--charts", "--force").exit_code == 0
    tables = [(tmp_path / folder / "results.csv").read_bytes() for folder in ("text", "drawn")]
    assert tables[0] == tables[1]
    text, drawn = (Notebook(tmp_path / folder / "90_test.2.ipynb") for folder in ("text", "drawn"))
    assert "digest" in json.dumps(text.cells) and (text.pictures, len(drawn.pictures)) == ([], 1)
    done = evidence("show", tmp_path / "text", 2, "--notebook", path)
    assert done.exit_code == 0, done.output
    assert text.path.read_bytes() == drawn.path.read_bytes()
    assert evidence("show", tmp_path / "text", 3, "--notebook", path).exit_code == 2
