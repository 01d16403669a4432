"""What is said to have changed between two runs."""

import csv
import json

import pytest
from click.testing import CliRunner

from evidence import cli
from evidence.errors import RequestError
from evidence.folder.compare import compare, differs
from evidence.folder.manifest import FORM

FIELDS = ("notebook", "name", "value", "low", "high", "unit", "claim", "p.seed")
ROW = dict(
    zip(FIELDS, ("31_m", "proceeds", "100", "50", "150", "US dollars", "C04", "1"), strict=True)
)


@pytest.fixture
def run(tmp_path):
    """Write a run folder by hand."""

    def write(name, rows=(ROW,), charts=("digest 1",), parameters=None, several=False, **manifest):
        folder = tmp_path / name
        folder.mkdir()
        with (folder / "results.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        outputs = [
            {"data": {"text/plain": f"Chart: A finding\nalt\nPlotted points: 3, {chart}"}}
            for chart in charts
        ]
        cells = [{"cell_type": "code", "source": "", "outputs": outputs}]
        entry = {"notebook": "31_m", "file": "31_m.ipynb", "source": "s", "status": "done"}
        sets = parameters or ([{"seed": 1}, {"seed": 2}] if several else [{"seed": 1}])
        entries = []
        for number, chosen in enumerate(sets):
            file = f"31_m.{number}.ipynb" if several else "31_m.ipynb"
            (folder / file).write_text(json.dumps({"cells": cells}))
            entries.append(entry | {"file": file, "parameters": chosen})
        base = {
            "form": FORM,
            "python": "3.11",
            "packages": {"numpy": "2.1"},
            "inputs": {"data/prices.csv": "a", "src/helpers/market.py": "b"},
            "notebooks": entries,
        }
        (folder / "manifest.json").write_text(json.dumps(base | manifest))
        return folder

    return write


def test_two_runs_that_agree(run):
    found = compare(run("a"), run("b"), 0)
    assert not differs(found) and found["agree"] == 1


def test_a_result_that_moved_says_by_how_much_of_its_range(run):
    found = compare(run("a"), run("b", [ROW | {"value": "125"}]), 1e-6)
    (moved,) = found["moved"]
    assert (moved["change"], moved["of_range"]) == (25, 0.25)
    assert differs(found)


def test_a_move_within_the_tolerance_agrees(run):
    a, b = run("a"), run("b", [ROW | {"value": "100.09", "high": "150.05"}])
    assert not differs(compare(a, b, 0.001)) and differs(compare(a, b, 0.0001))


def test_the_range_may_move_alone(run):
    (moved,) = compare(run("a"), run("b", [ROW | {"high": "250"}]), 0.5)["moved"]
    assert moved["change"] == 0 and moved["of_range"] == 1


def test_a_range_that_appears_is_a_move(run):
    (moved,) = compare(run("a", [ROW | {"low": ""}]), run("b"), 10)["moved"]
    assert moved["from"]["low"] is None


def test_without_a_range_the_size_counts(run):
    bare = ROW | {"low": "", "high": ""}
    (moved,) = compare(run("a", [bare]), run("b", [bare | {"value": "110"}]), 0.01)["moved"]
    assert moved["of_range"] == pytest.approx(0.1) and not moved["has_range"]


def test_words_and_results_of_one_run_only(run):
    word = ROW | {"name": "verdict", "value": "supported", "low": "", "high": ""}
    a = run("a", [word, ROW])
    b = run("b", [word | {"value": "contested"}, ROW | {"name": "new"}])
    found = compare(a, b, 1)
    assert [(m["from"]["value"], m["to"]["value"]) for m in found["moved"]] == [
        ("supported", "contested")
    ]
    assert [r["name"] for r in found["only_a"]] == ["proceeds"]
    assert [r["name"] for r in found["only_b"]] == ["new"]


def test_a_number_of_something_else_is_a_move(run):
    b = run("b", [ROW | {"unit": "yuan"}])
    found = compare(run("a"), b, 1)
    assert [m["unit"] for m in found["moved"]] == ["US dollars -> yuan"] and differs(found)


def test_a_notebook_that_fails_now_is_a_move(run):
    a, b = run("a", rows=()), run("b", rows=())
    manifest = json.loads((b / "manifest.json").read_text())
    manifest["notebooks"][0]["status"] = "failed"
    (b / "manifest.json").write_text(json.dumps(manifest))
    found = compare(a, b, 0)
    assert found["ended"] == [{"notebook": "31_m", "from": "done", "to": "failed"}]
    assert differs(found)


def test_a_notebook_of_one_run_only_is_named_and_not_compared(run):
    b = run("b", [ROW, ROW | {"notebook": "32_n"}])
    manifest = json.loads((b / "manifest.json").read_text())
    manifest["notebooks"].append(manifest["notebooks"][0] | {"notebook": "32_n"})
    (b / "manifest.json").write_text(json.dumps(manifest))
    found = compare(run("a"), b, 0)
    assert (found["agree"], found["not_compared"]) == (1, ["32_n"]) and not differs(found)


def test_a_notebook_that_recorded_nothing_is_named_too(run):
    b = run("b", [])
    manifest = json.loads((b / "manifest.json").read_text())
    manifest["notebooks"][0]["notebook"] = "32_n"
    (b / "manifest.json").write_text(json.dumps(manifest))
    assert compare(run("a", []), b, 0)["not_compared"] == ["31_m", "32_n"]


def test_words_are_not_numbers(run):
    word = ROW | {"value": "true", "low": "", "high": ""}
    (moved,) = compare(run("a", [word]), run("b", [word | {"value": "1"}]), 1)["moved"]
    assert (moved["from"]["value"], moved["to"]["value"]) == ("true", 1.0)


def test_brackets_in_a_title_are_shown(run):
    a, b = run("a"), run("b", charts=("digest 2",))
    path = b / "31_m.ipynb"
    path.write_text(path.read_text().replace("A finding", "Price [yuan per year]"))
    assert (
        "Price [yuan per year]" in CliRunner().invoke(cli.main, ["compare", str(a), str(b)]).output
    )


def test_points_of_a_sweep_are_matched_by_their_parameters(run):
    rows = [ROW, ROW | {"value": "120", "p.seed": "2"}]
    a = run("a", rows, several=True)
    b = run("b", [rows[1], ROW | {"value": "101"}], several=True)
    found = compare(a, b, 1e-6)
    assert [(m["point"], m["change"]) for m in found["moved"]] == [({"seed": "1"}, 1)]


def test_charts_whose_numbers_changed(run):
    found = compare(run("a"), run("b", charts=("digest 2", "digest 3")), 0)
    assert [(c["chart"], c["what"]) for c in found["charts"]] == [
        (1, "numbers changed"),
        (2, "only in one run"),
    ]


def test_what_lies_behind(run):
    b = run(
        "b",
        parameters=[{"seed": 9}],
        python="3.12",
        packages={"numpy": "2.2"},
        inputs={"data/prices.csv": "A", "src/helpers/market.py": "b", "src/helpers/new.py": "c"},
    )
    found = compare(run("a"), b, 0)
    assert found["parameters"] == [{"notebook": "31_m", "name": "seed", "from": 1, "to": 9}]
    assert found["tables"] == [{"file": "data/prices.csv", "what": "changed"}]
    assert found["code"] == [{"file": "src/helpers/new.py", "what": "added"}]
    assert {v["name"]: v["to"] for v in found["versions"]} == {"python": "3.12", "numpy": "2.2"}


def test_the_command_says_it_and_ends_with_its_status(run):
    a, b = (
        run("a"),
        run("b", [ROW | {"value": "125"}], charts=("digest 2",), packages={"numpy": "3"}),
    )
    moved = CliRunner().invoke(cli.main, ["compare", str(a), str(b)])
    assert moved.exit_code == 1
    for words in ("50 to 150 (125)", "25% of its range", "numpy: 2.1 -> 3", "chart 1: A finding"):
        assert words in moved.output
    assert CliRunner().invoke(cli.main, ["compare", str(a), str(a)]).exit_code == 0
    as_json = CliRunner().invoke(cli.main, ["compare", str(a), str(b), "--format", "json"])
    assert json.loads(as_json.output)["moved"][0]["name"] == "proceeds"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "not a run folder (it has no manifest.json)"),
        ("{", "not a manifest"),
        ('{"notebooks": []}', f"a run folder of form None, expected form 2 or {FORM}"),
    ],
)
def test_a_folder_that_cannot_be_compared(run, tmp_path, text, complaint):
    other = tmp_path / "other"
    other.mkdir()
    if text:
        (other / "manifest.json").write_text(text)
    with pytest.raises(RequestError) as refused:
        compare(run("a"), other, 0)
    assert complaint in str(refused.value)
