"""Tables: typed from the schema, held to it, and refused in one line that finds the fault."""

import json
import re

import pytest
from support import describe_with, field_of

from evidence.checks import tables as table_checks
from evidence.checks.wording import unwelcome
from helpers import data


def edit(folder, name, change):
    """Rewrite a table's lines (a list, the header first)."""
    path = folder / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def with_cell(row, column, value):
    """Return a change that puts a value into a column (by number) of a row (line in the file)."""

    def change(lines):
        cells = lines[row - 1].split(",")
        cells[column] = value
        return [*lines[: row - 1], ",".join(cells), *lines[row:]]

    return change


def without_column(lines):
    """Drop the last column."""
    return [line.rsplit(",", 1)[0] for line in lines]


def test_the_tables_are_as_their_schema_says():
    assert table_checks.check_tables() == []


def test_arrivals_add_up_to_the_ministrys_corrected_total():
    arrivals = data.table("arrivals").query("vintage == 'current'")
    summed = arrivals.groupby("sex")["persons"].sum()
    # Ministry of Unification, correction notice of 4 February 2026, as relayed by Newsis.
    assert dict(summed) == {"men": 9593, "women": 24944}


def test_columns_are_typed_and_gaps_stay_gaps():
    counts = data.table("north_koreans_in_china")
    assert counts["central"].dtype == "float64"
    assert counts["central"].isna().any()
    assert counts["independent"].dtype == "bool"
    assert data.table("arrivals")["persons"].dtype == "int64"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (with_cell(3, 4, "many"), "row 3, column persons: found 'many', expected integer"),
        (with_cell(3, 4, "-5"), "row 3, column persons: found '-5', expected minimum 1"),
        (with_cell(3, 4, ""), "row 3, column persons: found 'nothing', expected a value"),
        (
            with_cell(4, 6, "nobody-1999"),
            "row 4, column source: found 'nobody-1999', expected an id",
        ),
        (
            with_cell(3, 3, "children"),
            "row 3, column sex: found 'children', expected one of 'women'",
        ),
        (lambda lines: [*lines, lines[-1]], r"row \d+, column vintage, .*expected no repeat"),
        (without_column, "header: found vintage, .*, expected vintage, .*, source"),
        (lambda lines: [lines[0] + ",extra", *lines[1:]], "header: found .*extra, expected"),
        (
            lambda lines: [lines[0], lines[1] + ",9", *lines[2:]],
            r"row 2: found 8 cells, expected 7",
        ),
    ],
    ids=["text", "negative", "empty", "source", "word", "duplicate", "gone", "extra", "cell"],
)
def test_a_wrong_table_is_named_with_row_column_and_value(tables, change, expected):
    edit(tables, "arrivals", change)
    problems = table_checks.check_tables(tables)
    assert problems, "the fault went unnoticed"
    assert all("\n" not in line for line in problems)
    assert re.match(f"data/arrivals.csv: .*{expected}", problems[0]), problems[0]


def test_a_missing_file_is_named(tables):
    (tables / "arrivals.csv").unlink()
    assert table_checks.check_tables(tables) == ["data/arrivals.csv: the file does not exist"]


def test_a_table_with_other_columns_is_not_read(tables):
    edit(tables, "arrivals", without_column)
    with pytest.raises(data.TableError, match=r"arrivals\.csv: found columns .* expected .*source"):
        data.table("arrivals", tables)


def test_text_where_a_number_belongs_is_not_read(tables):
    edit(tables, "arrivals", with_cell(3, 4, "many"))
    with pytest.raises(
        data.TableError,
        match=r"arrivals\.csv: row 3, column persons: found 'many', expected integer",
    ):
        data.table("arrivals", tables)


def test_unknown_names_are_refused():
    with pytest.raises(data.TableError, match=r"^table is 'arrival', did you mean arrivals\?$"):
        data.table("arrival")
    with pytest.raises(
        data.TableError, match=r"^table claims: column is 'verdikt', did you mean verdict\?$"
    ):
        data.labels("claims", "verdikt")
    with pytest.raises(data.TableError, match="column reason: found no labels, expected a coded"):
        data.labels("claims", "reason")
    with pytest.raises(data.TableError, match="no source has the id nobody"):
        data.cite(["nobody"])


def test_sources_are_cited_once_with_their_years():
    assert data.cite(["ilo-2024", "ilo-2014", "ilo-2024"]) == (
        "International Labour Organization (2014, 2024)"
    )


def test_every_table_says_what_it_is_and_every_column_too():
    for name, resource in data.package().items():
        assert resource["title"] and resource["description"] and resource["licenses"], name
        assert resource["schema"].get("primaryKey"), name
        for field in resource["schema"]["fields"]:
            assert field.get("description"), f"{name}.{field['name']}"


def test_an_unreadable_description_is_one_line(tables):
    (tables / "datapackage.json").write_text("{", encoding="utf-8")
    data._resources.cache_clear()
    with pytest.raises(data.TableError, match=r"datapackage\.json: expected JSON"):
        data.package(tables)
    assert json.loads((data.FOLDER / "datapackage.json").read_text(encoding="utf-8"))["resources"]


def test_ids_are_those_of_the_table():
    assert data.ids("claims") == list(data.table("claims")["id"])


# Codes that are the same word for different things, and so have different labels.
TWO_THINGS = {
    *("as_published", "census", "china", "count", "flow", "government", "international"),
    *("range", "repeats", "statement", "women"),
}


def coded():
    """Return (table, field) of each column of codes."""
    return [
        (name, field)
        for name, resource in data.package().items()
        for field in resource["schema"]["fields"]
        if "enum" in field.get("constraints", {})
    ]


@pytest.mark.parametrize(("name", "field"), coded(), ids=lambda part: str(part)[:40])
def test_every_code_has_one_plain_label(name, field):
    words = data.labels(name, field["name"])
    assert list(words) == field["constraints"]["enum"]
    assert len(set(words.values())) == len(words), "two codes have one label"
    for code, label in words.items():
        assert label.strip() == label != "" and "_" not in label, code
        assert not unwelcome(label), code


def test_a_code_has_the_same_label_wherever_it_means_the_same():
    found = {}
    for name, field in coded():
        for code, label in data.labels(name, field["name"]).items():
            found.setdefault(code, {}).setdefault(label, []).append(f"{name}.{field['name']}")
    several = {code: places for code, places in found.items() if len(places) > 1}
    assert set(several) == TWO_THINGS, {c: several[c] for c in set(several) - TWO_THINGS}


def test_labels_know_every_value_of_their_column():
    for name, field in coded():
        assert set(data.table(name)[field["name"]].dropna()) <= set(
            data.labels(name, field["name"])
        ), f"{name}.{field['name']}"


def test_every_verdict_has_a_meaning_and_both_tables_the_same():
    said = data.meanings("claims", "verdict")
    assert list(said) == list(data.labels("claims", "verdict"))
    assert all(sentence.endswith(".") for sentence in said.values())
    assert said == data.meanings("related_claims", "verdict")


def test_sources_are_read_once_and_again_when_they_change(tables, monkeypatch):
    read, original = [], data.table
    monkeypatch.setattr(data, "table", lambda *words: read.append(words) or original(*words))
    for _ in range(3):
        data.cite(["ilo-2014"], tables)
    assert len(read) == 1
    path = tables / "sources.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("International Labour Organization", "Somebody"), encoding="utf-8")
    assert data.cite(["ilo-2014"], tables) == "Somebody (2014)"
    assert data.cite(["ilo-2014"]) == "International Labour Organization (2014)"


def test_each_use_of_the_sources_counts_as_reading_them(monkeypatch):
    data.cite(["ilo-2014"])
    monkeypatch.setattr(data, "READ", set())
    data.cite(["ilo-2014"])
    assert data.tables_read() == ["sources"]


def test_a_table_is_a_fresh_copy_each_time():
    mine = data.table("sources")
    mine["producer"] = "nobody"
    data.cite(["ilo-2014"])
    assert (data.table("sources")["producer"] != "nobody").all()


def test_labels_count_as_reading_their_table_and_change_its_digest(tables, monkeypatch):
    monkeypatch.setattr(data, "READ", set())
    data.labels("events", "level", tables)
    assert data.tables_read() == ["events"]
    before = data.table_digest("events", tables)
    describe_with(tables, lambda r: r["events"].update(title="Events"))
    assert data.table_digest("events", tables) == before
    level = lambda r: field_of(r, "events", "level")["categories"][0]  # noqa: E731
    describe_with(tables, lambda r: level(r).update(label="abroad"))
    assert data.table_digest("events", tables) != before
