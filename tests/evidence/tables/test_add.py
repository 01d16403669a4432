"""A row is written where it belongs, or refused with all that is wrong."""

import pytest

from evidence.checks.tables import table_problems
from evidence.errors import RequestError
from evidence.tables import add

SOURCE = {
    "id": "hrw-2003", "producer": "Human Rights Watch", "title": "A report", "date": "2003-02",
    "kind": "ngo", "method": "interviews", "seen": "secondary", "licence": "fact cited",
    "citation": "Human Rights Watch (2003). A report, on paper.",
}  # fmt: skip
STATEMENT = {
    "id": "C26-hrw-2003", "claim": "C26", "source": "hrw-2003", "high": "900",
    "unit": "persons per year", "wording": "up_to", "stance": "supports", "says": "Under 900.",
    "seen": "secondary",
}  # fmt: skip


def lines(folder, name):
    return (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()


def test_a_source_and_its_statement_are_written_where_they_belong(tables):
    before = lines(tables, "sources")
    row = add.add_row("sources", SOURCE, tables)
    after = lines(tables, "sources")
    assert [x for x in after if x not in before] == [after[row - 1]]
    assert after[row - 2] < after[row - 1] < after[row]
    assert '"' not in after[row - 1].replace('"Human Rights Watch (2003). A report, on paper."', "")
    row = add.add_row("statements", STATEMENT, tables)
    after = lines(tables, "statements")
    assert after[row - 1].startswith("C26-hrw-2003,C26,hrw-2003,,900,")
    assert after[row - 2].split(",")[1] == "C26" and after[row].split(",")[1] != "C26"
    assert table_problems(tables) == []


@pytest.mark.parametrize(
    ("name", "row", "changed", "says"),
    [
        ("sources", SOURCE, {"knd": "ngo"}, r"sources: column is 'knd', did you mean kind\?"),
        ("sources", SOURCE, {"kind": "ngoo"}, r"did you mean ngo\?"),
        ("sources", SOURCE, {"date": "2003-02-30"}, "column date: found '2003-02-30'"),
        ("sources", SOURCE, {"id": "hrw-2002"}, "column id: found hrw-2002, expected no repeat"),
        ("sources", SOURCE, {"title": ""}, "column title: found 'nothing', expected a value"),
        ("statements", STATEMENT, {"source": "hwr-2002"}, r"did you mean hrw-2002\?"),
        ("statements", STATEMENT, {"claim": "C99"}, "expected an id of the table claims"),
        ("statements", STATEMENT, {"source": "hrw-2002", "unit": "persons"}, "as C26 has it"),
        ("statements", STATEMENT, {"source": "hrw-2002", "low": "9"}, "expected an empty cell"),
    ],
)
def test_a_row_that_is_not_in_order_is_not_written(tables, name, row, changed, says):
    before = lines(tables, name)
    with pytest.raises(RequestError, match=says) as refused:
        add.add_row(name, row | changed, tables)
    assert lines(tables, name) == before
    assert all(part.strip() for part in str(refused.value).split("\n"))


def test_cells_are_taken_from_a_file_as_they_are_written(tmp_path):
    path = tmp_path / "row.yaml"
    path.write_text("date: 2003-02\nlow: 0.80\nindependent: true\nhigh: 010\nnote:\n", "utf-8")
    assert add.from_file(path) == [
        {"date": "2003-02", "low": "0.80", "independent": "true", "high": "010", "note": ""}
    ]


@pytest.mark.parametrize("text", ["a: [1]", "- 5", "a: {b: c}", "a: b: c", "word", "[" * 5000])
def test_another_file_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "row.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as refused:
        add.from_file(path)
    assert "\n" not in str(refused.value)


def test_cells_are_asked_for_until_they_are_right(tables, monkeypatch):
    answers = iter(["C26", "hwr-2002", "hrw-2002", "", "1x", "900", "persons per year", "up_to",
                    "", "", "", "suports", "supports", "Under 900.", "secondary"])  # fmt: skip
    said = []
    monkeypatch.setattr(add.click, "prompt", lambda *_, **__: next(answers))
    monkeypatch.setattr(add.click, "echo", said.append)
    given = add.ask("statements", tables)
    assert given["id"] == "C26-hrw-2002" and given["high"] == "900"
    hints = [line for line in said if line.startswith("    found")]
    assert hints[0].startswith("    found 'hwr-2002'") and "did you mean hrw-2002?" in hints[0]
    assert "expected number" in hints[1] and "did you mean supports?" in hints[2]
    assert next(answers, None) is None
