"""What is read back from results.csv, of this form of run folders and of the one before."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from evidence import cli
from evidence.errors import RequestError
from evidence.folder import rows
from evidence.folder.compare import compare
from evidence.folder.manifest import FORM
from evidence.folder.rows import Result, read_results
from evidence.site.runs import read_run

FORM_2 = Path(__file__).parent / "form_2"  # made by version 0.1.0, shortened
HEADER = "notebook,name,value,low,high,unit,claim,p.seed,p.kinds,p.strict,p.sex\n"


@pytest.fixture
def read(tmp_path):
    """Write a table into a run folder and read it back."""
    (tmp_path / "manifest.json").write_text(json.dumps({"form": FORM, "notebooks": []}))

    def write(text):
        (tmp_path / "results.csv").write_text(text, encoding="utf-8")
        return read_results(tmp_path)

    return write


def test_numbers_are_numbers_words_are_words_and_what_is_missing_is_none(read):
    number, word = read(
        HEADER + 'n,a,47,1.5,,persons,C04,7,"[1, ""x""]",true,women\nn,b,wrong,,,verdict,,,,,\n'
    )
    assert (number.value, number.low, number.high, number.claim) == (47.0, 1.5, None, "C04")
    assert number.is_number and type(number.value) is float
    assert number.parameters == {"seed": 7, "kinds": [1, "x"], "strict": True, "sex": "women"}
    assert number.point == {"seed": "7", "kinds": '[1, "x"]', "strict": "true", "sex": "women"}
    assert word == Result("n", "b", "wrong", None, None, "verdict", "", {}) and not word.is_number


@pytest.mark.parametrize("word", ["true", "null", "NaN", "Infinity", "[1]", "1,000", "C04", "١"])
def test_what_no_result_writes_as_a_number_is_a_word(read, word):
    (result,) = read(HEADER + f'n,a,"{word}",,,verdict,,,,,\n')
    assert result.value == word


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_a_number_is_read_back_as_it_was_written(value):
    assert rows._value(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("low", "value", "high", "unit", "expected"),
    [
        (1995.0, 1996.0, 1997.0, "year", ("1995 to 1997", "1996")),
        (2035.0, 2035.0, None, "year", ("at least 2035", "2035")),
        (None, 2.0, 16_000.0, "persons", ("at most 16,000", "2")),
        (1995.0, 1995.5, 1996.0, "persons", ("1,995 to 1,996", "1,996")),
        (None, "wrong", None, "verdict", ("", "wrong")),
    ],
)
def test_a_result_in_words(low, value, high, unit, expected):
    result = Result("n", "a", value, low, high, unit, "", {})
    assert (result.range_in_words, result.value_in_words) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("notebook,name,value\nn,a,1\n", "not a table of results (no column low)"),
        ("", "not a table of results (no column notebook)"),
        (HEADER + "n,a,1\n", "line 2: expected as many cells as columns"),
        (HEADER + "n,a,1,,,x,,,,,\n" + "n,a,1,,,x,,,,,,9\n", "line 3: expected as many cells"),
        (HEADER + "n,a,1,few,,x,,,,,\n", "line 2: low is 'few', expected a number or nothing"),
        (HEADER + "n,a,,,,x,,,,,\n", "line 2: value is empty, expected a number or a word"),
    ],
)
def test_a_table_that_no_run_wrote_is_refused(read, text, complaint):
    with pytest.raises(RequestError) as refused:
        read(text)
    assert complaint in str(refused.value)


def test_results_of_form_2_are_read():
    found = {result.name: result for result in read_results(FORM_2)}
    assert found["famine_deaths"].low == 240_000 and found["famine_deaths"].claim == "C07"
    assert found["famine_first_year"].range_in_words == "1994 to 1996"
    assert found["verdict_c41"].value == "contested"
    assert found["famine_deaths"].parameters["vintage"] == "current"


def test_the_command_shows_results_of_form_2():
    stored = (FORM_2 / "results.csv").read_text(encoding="utf-8")

    def show(form):
        done = CliRunner().invoke(cli.main, ["results", str(FORM_2), "--format", form])
        assert done.exit_code == 0, done.output
        return done.output

    assert show("csv") == stored
    shown, cells = json.loads(show("json")), list(csv.DictReader(io.StringIO(stored)))
    assert len(shown) == len(cells)
    for result, row in zip(shown, cells, strict=True):
        for name in ("value", "low", "high"):
            if isinstance(result[name], float):
                assert result[name] == float(row[name])
            else:
                assert (result[name] or "") == row[name]
    assert "1995" in show("table") and "240,000 to 1.12 million" in show("table")


def test_the_site_reads_form_2():
    run = read_run(FORM_2)
    assert {page.name for page in run.pages if page.status == "done"} == {
        "00_start_here",
        "20_leaving_north_korea",
        "21_sex_ratios_in_china",
    }
    assert "famine_deaths" in {result.name for result in run.results}


def test_files_are_not_compared_between_two_layouts_of_the_helpers(tmp_path):
    manifest = json.loads((FORM_2 / "manifest.json").read_text(encoding="utf-8"))
    inputs = {n: sha for n, sha in manifest["inputs"].items() if not n.startswith("src/")}
    inputs |= {"data/claims.csv": "moved", "src/helpers/market/model.py": "moved"}
    manifest |= {"form": FORM, "inputs": inputs}
    manifest["packages"] |= {"numpy": "9"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "results.csv").write_bytes((FORM_2 / "results.csv").read_bytes())
    found = compare(FORM_2, tmp_path, 0)
    assert found["agree"] == len(read_results(FORM_2)) and not found["moved"]
    assert found["code"] == [] and found["forms"] == [2, FORM]
    assert found["tables"] == [{"file": "data/claims.csv", "what": "changed"}]
    done = CliRunner().invoke(cli.main, ["compare", str(FORM_2), str(tmp_path)])
    assert "src/" not in done.output and "numpy: 2.4.6 -> 9" in done.output
    assert done.output.count(f"laid out anew between the two (forms 2 and {FORM})") == 1
    (lines,) = (part.splitlines() for part in [done.output.split("What differs behind them")[1]])
    assert len([line for line in lines if line.startswith("  code")]) == 1
