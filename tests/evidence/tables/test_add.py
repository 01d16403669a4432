"""A row is written where it belongs, or refused with all that is wrong."""

import pytest

from evidence.checks.tables import table_problems
from evidence.errors import RequestError
from evidence.tables import add, ask
from evidence.tables.rows import add_rows

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

EDGE = {"claim": "C03", "from": "telegraph-2023", "to": "hrw-2002", "relation": "repeats",
        "change": "None.", "link": "seen", "seen": "primary"}  # fmt: skip
TRANSLATION = {"item": "C26", "language": "ko", "english": "No such name", "words": "이름",
               "translator": "the project", "date": "2026-11-26"}  # fmt: skip


def lines(folder, name):
    return (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()


def test_a_source_and_its_statement_are_written_where_they_belong(tables):
    before = lines(tables, "sources")
    (row,), missing = add_rows("sources", [SOURCE], tables)
    after = lines(tables, "sources")
    assert [x for x in after if x not in before] == [after[row - 1]]
    assert after[row - 2] < after[row - 1] < after[row]
    assert '"' not in after[row - 1].replace('"Human Rights Watch (2003). A report, on paper."', "")
    assert [line.partition(": found ")[2] for line in missing] == [
        "hrw-2003, expected one that a table uses"
    ]
    (row,), missing = add_rows("statements", [STATEMENT], tables)
    assert missing == []
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
        ("statements", STATEMENT, {"source": "afp-2010", "seen": "primary"}, "column seen: found"),
        ("statements", STATEMENT, {"source": "hrw-2002", "says": "Slaves."}, "found 'Slaves'"),
        ("cites", EDGE, {}, "expected the earlier source first"),
        ("translations", TRANSLATION, {"english": "No such text"}, "expected what stands now"),
        ("translations", TRANSLATION, {"item": "C99"}, "column item: found C99"),
    ],
)
def test_a_row_that_is_not_in_order_is_not_written(tables, name, row, changed, says):
    before = lines(tables, name)
    with pytest.raises(RequestError, match=says) as refused:
        add_rows(name, [row | changed], tables)
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
    given = ask.ask("statements", tables)
    assert given["id"] == "C26-hrw-2002" and given["high"] == "900"
    hints = [line for line in said if line.startswith("    found")]
    assert hints[0].startswith("    found 'hwr-2002'") and "did you mean hrw-2002?" in hints[0]
    assert "expected number" in hints[1] and "did you mean supports?" in hints[2]
    assert next(answers, None) is None


ASKED = {"claim": "C01", "source": "hrw-2002", "high": "0.75", "unit": "percent",
         "wording": "about", "stance": "context", "says": "Three quarters.",
         "seen": "primary"}  # fmt: skip


def typed(monkeypatch, answers):
    """Answer each question once by column, then with what is offered; return what was asked."""
    asked, answers = [], {column: list(cells) for column, cells in answers.items()}

    def prompt(text, default="", **_):
        column = text.partition(" ")[0]
        asked.append(column)
        assert len(asked) < 30, asked
        left = answers.get(column, [""])
        answer = (left.pop(0) if left else "") or default
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(add.click, "prompt", prompt)
    return asked


def test_a_refused_row_is_asked_again_only_for_what_is_named(tables, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = {column: [cell] for column, cell in ASKED.items()}
    given["unit"].append("fraction")
    given["low"] = ["", "0.75"]
    asked = typed(monkeypatch, given)
    (row,), missing = ask.ask_until_written("statements", tables)
    again = asked[12:]
    assert set(again) <= {"low", "high", "unit", "wording"} and "unit" in again and "low" in again
    assert lines(tables, "statements")[row - 1].startswith(
        "C01-hrw-2002,C01,hrw-2002,0.75,0.75,fraction,about,"
    )
    assert not missing and not list(tmp_path.glob("*.yaml"))


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), add.click.Abort()])
def test_whoever_stops_finds_the_answers_in_a_file(tables, tmp_path, monkeypatch, capsys, stop):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "statements_unfinished.yaml").write_text("another: one\n", encoding="utf-8")
    typed(monkeypatch, {column: [cell] for column, cell in ASKED.items()} | {"seen": [stop]})
    with pytest.raises(type(stop)):
        ask.ask_until_written("statements", tables)
    assert "evidence add statements --from statements_unfinished1.yaml" in capsys.readouterr().err
    (kept,) = add.from_file(tmp_path / "statements_unfinished1.yaml")
    assert {c: cell for c, cell in kept.items() if cell} == {
        c: cell for c, cell in ASKED.items() if c != "seen"
    }


def test_rows_of_a_file_are_written_together_or_not_at_all(tables):
    before = lines(tables, "sources")
    with pytest.raises(RequestError, match="column title") as refused:
        add_rows("sources", [SOURCE, SOURCE | {"id": "hrw-2004", "title": ""}], tables)
    assert lines(tables, "sources") == before
    assert refused.value.args[-1] == "nothing was written"


def test_each_mistake_has_a_line_of_its_own(evidence, tmp_path):
    path = tmp_path / "row.yaml"
    path.write_text("id: hrw-2003\nkind: n\\x1bgoo\ndate: 2003-02-30\n", encoding="utf-8")
    result = evidence("add", "source", "--from", path)
    said = result.stderr.splitlines()
    assert result.exit_code == 2 and len(said) > 4
    assert all(line.startswith("evidence: ") and line.isprintable() for line in said)


@pytest.mark.parametrize(
    ("word", "name"),
    [("edge", "cites"), ("cite", "cites"), ("treaty", "treaties"),
     ("prevalence_index", "prevalence_indices"),
     ("source", "sources"), ("sources", "sources"), ("glossary", "glossary")],
)  # fmt: skip
def test_a_table_is_named_by_one_of_its_rows(word, name):
    assert add._table_of(word) == name


def test_another_word_is_answered_with_the_nearest():
    with pytest.raises(RequestError, match="such as treaty") as refused:
        add._table_of("traety")
    assert len(str(refused.value)) < 150
