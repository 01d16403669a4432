"""Hundreds of planted faults: each is named with file, row and column, or changes no value."""

import copy
import json
import shutil
from dataclasses import replace

import pytest

from evidence.checks.description import description_problems
from evidence.checks.rows import Rows, read_table, shape_problems
from evidence.checks.tables import cell_problems
from evidence.tables import changes, seal
from helpers import data
from helpers.csvtext import parse

CONTENT = data.description()
TABLES = {r["name"]: read_table(r) for r in CONTENT["resources"]}
LARGE = {"detected_victims"}  # few faults are planted there, because each check of it takes long
NUMBERS = {"integer", "number", "year"}


def numbers(field):
    return field["type"] in NUMBERS


def words(field):
    return field["type"] == "string" and field.get("unit") != "date"


def coded(field):
    return "enum" in field.get("constraints", {})


def dated(field):
    return field["type"] == "date" or field.get("unit") == "date"


def anything(field):
    return True


def refers(table, column):
    keys = TABLES[table].resource["schema"].get("foreignKeys", [])
    return any(key["fields"] == [column] for key in keys)


def wide(cell):
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in cell)


def look_alike(cell):
    alike = dict(zip("aeopcxiAEOPCTHKM", "аеорсхіАЕОРСТНКМ", strict=True))
    return "".join(alike.get(c, c) for c in cell)


# What is done to a cell, and to the cells of which columns; each is wrong wherever it stands.
CELL_FAULTS = {
    "plus sign": (numbers, lambda c: f"+{c}"),
    "leading zeros": (numbers, lambda c: f"000{c}"),
    "underscore": (numbers, lambda c: f"{c[:1]}_{c[1:] or 0}"),
    "full-width digits": (numbers, wide),
    "infinity": (numbers, lambda c: "INF"),
    "minus infinity": (numbers, lambda c: "-inf"),
    "infinite by size": (numbers, lambda c: "9" * 400),
    "not a number": (numbers, lambda c: "NaN"),
    "scientific": (numbers, lambda c: f"{c}E+00"),
    "thousands comma": (numbers, lambda c: f"{c},000"),
    "decimal comma": (numbers, lambda c: f"{c},5"),
    "percent sign": (numbers, lambda c: f"{c}%"),
    "letter O": (numbers, lambda c: f"{c}O"),
    "apostrophe": (numbers, lambda c: f"'{c}"),
    "Arabic digits": (numbers, lambda c: "".join(chr(0x660 + int(d)) for d in "12")),
    "space after": (anything, lambda c: f"{c} "),
    "space before": (anything, lambda c: f" {c}"),
    "no-break space": (anything, lambda c: f"{c}\xa0"),
    "tab": (anything, lambda c: f"{c}\t"),
    "NUL": (anything, lambda c: f"{c}\0"),
    "line break": (anything, lambda c: f"{c}\n"),
    "soft hyphen": (anything, lambda c: f"{c[:1]}\xad{c[1:]}"),
    "zero width": (anything, lambda c: f"{c[:1]}\u200b{c[1:]}"),
    "right to left": (anything, lambda c: f"\u202e{c}"),
    "look-alike letters": (words, lambda c: look_alike(c) + "а"),
    "Greek letter": (words, lambda c: f"{c} \u03bf"),
    "mathematical letters": (words, lambda c: f"{c} \U0001d41a"),
    "accent apart": (words, lambda c: f"{c} e\u0301"),
    "script": (words, lambda c: f"{c} <script>alert(1)</script>"),
    "image": (words, lambda c: f"{c} <img src=x onerror=alert(1)>"),
    "entity": (words, lambda c: f"{c} &#60;"),
    "script address": (words, lambda c: f"{c} javascript:alert(1)"),
    "Markdown link": (words, lambda c: f"{c} [here](http://a.b)"),
    "formula": (words, lambda c: f"=HYPERLINK({c})"),
    "at sign": (words, lambda c: f"@{c}"),
    "very long": (words, lambda c: f"{c} and so on" * 500),
    "spreadsheet error": (anything, lambda c: "#REF!"),
    "word for missing": (words, lambda c: "N/A"),
    "null": (anything, lambda c: "null"),
    "unknown code": (coded, lambda c: f"{c}x"),
    "capital code": (coded, lambda c: c.upper() if c.upper() != c else f"{c}.0"),
    "month 13": (dated, lambda c: "2010-13-05"),
    "day 31 of November": (dated, lambda c: "2001-11-31"),
    "29 February 2001": (dated, lambda c: "2001-02-29"),
    "American date": (dated, lambda c: "11/26/2019"),
    "year of three digits": (dated, lambda c: "201"),
    "year far away": (dated, lambda c: "9999-01-01"),
}


def planted():
    """Yield every fault of a cell: kind, table, row, column, value."""
    for kind, (fits, change) in CELL_FAULTS.items():
        for name, rows in TABLES.items():
            columns = [c for c, f in rows.fields.items() if fits(f)]
            # one column a table, another one for each kind
            column = columns[len(kind) % len(columns)] if columns else None
            filled = [row for row, e in rows.entries.items() if column and e[column]]
            if not filled or (name in LARGE and len(kind) % 4):
                continue
            row = filled[len(filled) * 2 // 3]
            yield kind, name, row, column, change(rows.entries[row][column])


FAULTS = list(planted())


def with_cell(rows, row, values):
    """Copy a table with some cells of a row changed."""
    cells = list(rows.cells[row - 2])
    for column, value in values.items():
        cells[rows.header.index(column)] = value
    return replace(rows, cells=[*rows.cells[: row - 2], cells, *rows.cells[row - 1 :]])


def near(rows, row):
    """Leave only some rows of a table, so that many faults can be planted quickly."""
    first = max(row - 30, 2)
    return replace(rows, cells=rows.cells[first - 2 : row + 20]), row - first + 2


@pytest.mark.parametrize("kind", CELL_FAULTS)
def test_a_wrong_cell_is_named_wherever_it_stands(kind):
    tried = [fault[1:] for fault in FAULTS if fault[0] == kind]
    assert tried
    for name, row, column, value in tried:
        some, place = near(TABLES[name], row)
        found = cell_problems(with_cell(some, place, {column: value}), {})
        where = f"data/{name}.csv: row {place}, column {column}: found "
        assert any(line.startswith(where) for line in found), (kind, name, column, value, found)
        assert all("\n" not in line and len(line) < 1000 for line in found)


def test_there_are_hundreds_of_them():
    assert len(FAULTS) > 600
    assert len({name for _, name, *_ in FAULTS}) == len(TABLES)


# Faults that only a rule can see: table, row (found by its cells), what is changed, column named.
RULE_FAULTS = [
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"low": "135000"}, "low"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"central": "750000"}, "central"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"high": "12500"}, "low"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"low": ""}, "low"),
    ("north_koreans_in_china", {"bound": "at_least"}, {"bound": "up_to"}, "low|high"),
    ("north_koreans_in_china", {"bound": "point"}, {"low": "5"}, "low"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"first_year": "2005"}, "first_year"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"independent": "TRUE"}, "independent"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"independent": "True"}, "independent"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"independent": "1"}, "independent"),
    ("north_koreans_in_china", {"id": "robinson-1998"}, {"low": "0"}, "low"),
    ("shares", {"bound": "range"}, {"low": "0.99"}, "low"),
    ("shares", {"bound": "up_to"}, {"bound": "range"}, "low"),
    ("shares", {"id": "trafficked-park-2018"}, {"cases": "59"}, "cases|central"),
    ("shares", {"id": "trafficked-park-2018"}, {"cases": "73"}, "cases"),
    ("shares", {"id": "trafficked-park-2018"}, {"central": "0.46"}, "central"),
    ("shares", {"id": "trafficked-park-2018"}, {"central": "64"}, "central"),
    ("shares", {"id": "trafficked-park-2018"}, {"last_year": "1991"}, "year"),
    ("prices", {"bound": "range"}, {"low": "99999999"}, "low"),
    ("prices", {"bound": "range"}, {"printed_usd_low": "99999999"}, "printed_usd_low"),
    ("prices", {"bound": "range"}, {"low": "0"}, "low"),
    ("broker_fees", {"bound": "range"}, {"high": "1"}, "low"),
    ("famine_deaths", {"id": "north-korea-1999"}, {"last_year": "1991"}, "first_year"),
    ("list_estimates", {"method": "as_published"}, {"low": "99999"}, "low"),
    ("list_estimates", {"method": "stepwise"}, {"estimate": "9"}, "low"),
    ("list_overlaps", {"pattern": "1"}, {"count": "45"}, "count"),
    ("list_overlaps", {"pattern": "2"}, {"source": "bales-2020"}, "source"),
    ("policy_index", {"country": "Cambodia", "year": "2000"}, {"overall": "9"}, "overall"),
    ("policy_index", {"country": "China", "year": "2005"}, {"prevention": "1"}, "overall"),
    ("china_population", {"age_low": "5", "sex": "men"}, {"age_high": "3"}, "age_low"),
    ("china_population", {"series": "census", "year": "2000"}, {"persons": "700000"}, "persons"),
    ("china_population", {"year": "2010", "age_low": "20"}, {"persons": "500000000"}, "persons"),
    ("china_population_totals", {"year": "2000"}, {"persons": "6000000"}, "persons"),
    ("north_korea_population", {"year": "2008"}, {"persons": "9900000"}, "persons"),
    ("north_korea_population", {"year": "2000", "age_low": "30"}, {"persons": "99"}, "persons"),
    ("china_never_married", {"status": "never_married"}, {"persons": "99000000"}, "persons"),
    ("china_never_married", {"area": "urban"}, {"persons": "5"}, "persons"),
    ("exchange_rates", {"year": "1990", "currency": "CNY"}, {"units_per_usd": "47.921"},
     "units_per_usd"),
    ("exchange_rates", {"year": "2004", "currency": "KRW"}, {"units_per_usd": "11.4"},
     "units_per_usd"),
    ("us_consumer_prices", {"year": "2000"}, {"index": "1721.9"}, "index"),
    ("us_consumer_prices", {"year": "2000"}, {"months": "13"}, "months"),
    ("arrivals", {"last_year": "2009", "sex": "women"}, {"persons": "23"}, "persons"),
    ("arrivals", {"first_year": "1999"}, {"first_year": "2002"}, "first_year"),
    ("arrivals", {"first_year": "1999"}, {"first_year": "2000"}, "first_year"),
    ("arrivals_totals", {"sex": "women"}, {"persons": "241600"}, "persons"),
    ("detected_victims", {"cell": "below_five"}, {"persons": "0"}, "persons"),
    ("detected_victims", {"cell": "below_five"}, {"persons": "7"}, "persons"),
    ("detected_victims", {"cell": "count"}, {"persons": "0"}, "persons"),
    ("detected_victims", {"cell": "count"}, {"persons": ""}, "persons"),
    ("detected_victims", {"country": "Germany", "year": "2012"}, {"persons": "6260"}, "persons"),
    ("detected_victims", {"vintage": "2023-05"}, {"source": "unodc-2025"}, "source"),
    ("treaties", {"treaty": "crime_convention_2000"}, {"signature_date": "2019-01-01"},
     "signature_date"),
    ("treaties", {"treaty": "crime_convention_2000"}, {"signature_date": "1999-01-01"},
     "signature_date"),
    ("treaties", {"treaty": "women_convention_1979"}, {"signature_date": "1971-01-01"},
     "signature_date"),
    ("events", {"precision": "range"}, {"end": "1940"}, "start"),
    ("marriage_comparisons", {"of": "394"}, {"persons": "1570"}, "persons"),
    ("published_changes", {"last_year": "2020"}, {"change": "-11"}, "change"),
    ("published_changes", {"last_year": "2020"}, {"change": "-1.1"}, "change"),
    ("published_changes", {"last_year": "2020"}, {"first_year": "2021"}, "first_year"),
    ("prevalence_indices", {"country": "China", "edition": "2013"}, {"persons": "29"}, "persons"),
    ("claims", {"id": "C03"}, {"wording": "exactly"}, "value_low"),
    ("claims", {"wording": "exactly"}, {"value_high": "99"}, "value_high"),
    ("claims", {"wording": "range"}, {"value_low": ""}, "value_low"),
    ("claims", {"id": "C10"}, {"value_low": "0.9"}, "value_low"),
    ("claims", {"id": "C01"}, {"verdict": "rong"}, "verdict"),
    ("statements", {"id": "C26-uscri-2008"}, {"unit": "persons"}, "unit"),
    ("statements", {"id": "C26-uscri-2008"}, {"low": "7"}, "low"),
    ("statements", {"id": "C26-uscri-2008"}, {"source": "uscri-208"}, "source"),
    ("statements", {"id": "C26-uscri-2008"}, {"claim": "C99"}, "claim"),
    ("statements", {"id": "C26-uscri-2008"}, {"wording": "statement"}, "high"),
    ("sources", {"id": "hrw-2002"}, {"url": "https://a.b/\"onload=x"}, "url"),
    ("sources", {"id": "hrw-2002"}, {"url": "javascript:alert(1)"}, "url"),
    ("sources", {"id": "hrw-2002"}, {"id": "hrw-2019-myanmar"}, "id"),
    ("corrections", {"id": "published-changes-countries"}, {"table": "publishd_changes"}, "table"),
]  # fmt: skip


@pytest.mark.parametrize("fault", RULE_FAULTS, ids=lambda f: f"{f[0]} {next(iter(f[2].items()))}")
def test_what_only_a_rule_can_see_is_named(fault):
    from evidence.checks.corrections import correction_problems

    name, found_by, changed, columns = fault
    rows = TABLES[name]
    row = next(
        row
        for row, entry in rows.entries.items()
        if all(entry.get(c) == v for c, v in found_by.items())
        and any(entry[c] != v for c, v in changed.items())
        and (entry.get("persons") or set(changed.values()) & {"0", "7"} or "persons" not in changed)
    )  # fmt: skip
    wrong = with_cell(rows, row, changed)
    tables = TABLES | {name: wrong}
    found = cell_problems(wrong, tables)
    if name == "corrections":
        found += correction_problems(wrong, tables)
    heads = [f"data/{name}.csv: row {row}, column {column}:" for column in columns.split("|")]
    same = [line for line in found if any(line.startswith(head) for head in heads)]
    # a part or a neighbour that is wrong may be named in the row that it contradicts
    beside = [line for line in found if f"column {columns}:" in line]
    assert same or beside, found


@pytest.mark.parametrize("name", TABLES)
def test_what_no_rule_can_see_breaks_the_seal_and_is_named(name):
    """A digit, two digits in another order, a row gone, two rows exchanged: each is named."""
    rows = TABLES[name]
    for column in [c for c, f in rows.fields.items() if c not in rows.key]:
        filled = [row for row, entry in rows.entries.items() if entry[column]]
        if not filled:
            continue
        row = filled[len(filled) // 2]
        was = rows.entries[row][column]
        now = was[::-1] if was[::-1] != was else f"{was}1"
        (cell,) = changes.compare(rows, with_cell(rows, row, {column: now})).cells
        assert (cell.row, cell.column, cell.was, cell.now) == (
            rows.named(rows.entries[row]), column, was, now,
        )  # fmt: skip
    fewer = replace(rows, cells=rows.cells[:-1])
    (cell,) = changes.compare(rows, fewer).cells
    assert cell.row == rows.named(list(rows.entries.values())[-1]) and cell.now == ""
    assert changes.compare(fewer, rows).added == (cell.row,)
    turned = changes.compare(rows, replace(rows, cells=rows.cells[::-1]))
    assert turned == changes.Changes()


def as_bytes(name):
    return (data.FOLDER / TABLES[name].resource["path"]).read_bytes()


@pytest.mark.parametrize("name", TABLES)
def test_a_mark_and_line_ends_change_nothing(name):
    good = as_bytes(name)
    for other in (b"\xef\xbb\xbf" + good, good.replace(b"\n", b"\r\n"), good.rstrip(b"\n")):
        assert parse(other, name) == parse(good, name)
    assert seal.of_bytes(b"\xef\xbb\xbf" + good.replace(b"\n", b"\r\n")) == seal.of_bytes(good)


SPOILT = {
    "UTF-16": lambda b: b.decode().encode("utf-16"),
    "Latin-1": lambda b: b.replace(b"\n", b"\n\xe9", 1),
    "semicolons": lambda b: b.replace(b",", b";"),
    "tabs": lambda b: b.replace(b",", b"\t"),
    "empty": lambda b: b"",
    "blank": lambda b: b"\n\n",
    "header only": lambda b: b.partition(b"\n")[0] + b"\n",
    "NUL": lambda b: b + b"\0",
    "carriage returns": lambda b: b.replace(b"\n", b"\r"),
    "open quote": lambda b: b + b'"a\n',
    "text after a quote": lambda b: b + b'"a"b,c\n',
    "line separator": lambda b: b + "\u2028".encode(),
}
RESHAPED = {
    "extra cell": lambda b: b.rstrip(b"\n") + b",9\n",
    "missing cell": lambda b: b + b"one cell\n",
    "empty line": lambda b: b + b"\n\n",
    "column renamed": lambda b: b.replace(b",", b"x,", 1),
    "columns exchanged": lambda b: b"x," + b,
    "no header": lambda b: b.partition(b"\n")[2],
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_file_that_is_no_table_is_refused_in_one_line(kind):
    for name in TABLES:
        with pytest.raises(data.TableError, match=r"^.*expected.*$") as refused:
            parse(SPOILT[kind](as_bytes(name)), f"{name}.csv")
        assert "\n" not in str(refused.value) and str(refused.value).startswith(f"{name}.csv: ")


@pytest.mark.parametrize("kind", RESHAPED)
def test_a_table_of_another_shape_is_refused(kind):
    for name, rows in TABLES.items():
        if len(rows.cells) > 1 or kind != "no header":
            other = Rows(rows.resource, *parse(RESHAPED[kind](as_bytes(name)), name))
            assert shape_problems(other), name


def drop(*path):
    def change(resource):
        part = resource
        for step in path[:-1]:
            part = part[step]
        if path[-1] in part:
            del part[path[-1]]
            return True
        return False

    return change


def in_column(change, fits=lambda field: True):
    def apply(resource):
        return next((change(f) for f in resource["schema"]["fields"] if fits(f)), False)

    return apply


DESCRIBED = {
    "title": drop("title"),
    "licences": drop("licenses"),
    "sources": drop("sources"),
    "description": drop("description"),
    "encoding": drop("encoding"),
    "primary key": drop("schema", "primaryKey"),
    "missing values": drop("schema", "missingValues"),
    "meaning of a column": in_column(lambda f: f.pop("description")),
    "unit of numbers": in_column(
        lambda f: f.pop("unit"), lambda f: numbers(f) and "unit" in f and not dated(f)
    ),
    "labels": in_column(lambda f: f.pop("categories"), lambda f: "categories" in f),
    "keys required": lambda r: next(
        f for f in r["schema"]["fields"] if f["name"] == r["schema"]["primaryKey"][0]
    )["constraints"].pop("required"),
    "type": in_column(lambda f: f.update(type="strin") or True),
    "path": lambda r: r.update(path="other.csv") or True,
}
QUIET = {
    "unit changed": in_column(lambda f: f.update(unit="x") or True, lambda f: "unit" in f),
    "minimum": in_column(
        lambda f: f["constraints"].pop("minimum"), lambda f: "minimum" in f.get("constraints", {})
    ),
    "unique": in_column(
        lambda f: f["constraints"].pop("unique"), lambda f: "unique" in f.get("constraints", {})
    ),
    "a code more": in_column(lambda f: f["constraints"]["enum"].append("x") or True, coded),
    "rules": drop("rules"),
    "licence changed": lambda r: r["licenses"][0].update(name="MIT") or True,
    "foreign keys": lambda r: bool(r["schema"].get("foreignKeys") and
                                   r["schema"].update(foreignKeys=[]) is None),
}  # fmt: skip


@pytest.mark.parametrize("kind", [*DESCRIBED, *QUIET])
def test_what_is_taken_from_a_description_is_noticed(kind):
    tried = 0
    for name in TABLES:
        resource = copy.deepcopy(TABLES[name].resource)
        if (DESCRIBED | QUIET)[kind](resource) is False:
            continue
        tried += 1
        assert seal.of_description(resource) != resource[seal.DESCRIBED]
        if kind in DESCRIBED:
            others = [resource if r["name"] == name else r for r in CONTENT["resources"]]
            found = description_problems(CONTENT | {"resources": others})
            assert any(f"table {name}, " in line for line in found), (name, found)
    assert tried


def test_a_table_taken_out_is_noticed():
    for name in TABLES:
        others = [r for r in CONTENT["resources"] if r["name"] != name]
        content = CONTENT | {"resources": others}
        found = description_problems(content)
        assert any(f"no description of {name}.csv" in line for line in found)
        assert seal.of_description(content) != CONTENT[seal.DESCRIBED]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "expected JSON"),
        ("", "expected JSON"),
        ("[]", "found no list of resources"),
        ("{}", "found no list of resources"),
        ('{"resources": 5}', "found no list of resources"),
        ('{"resources": []}', "found no list of resources"),
        ('{"resources": ["a"]}', "resource 1: found no name"),
        ('{"resources": [{"name": "a"}]}', "resource 1: found no path"),
        ('{"resources": [{"name": "a", "path": "a.csv"}]}', "resource 1 (a): found no columns"),
        ('{"resources": [{"name": "a", "path": "a.csv", "schema": []}]}', "found no columns"),
        ('{"resources": [{"name": "a", "path": "a.csv", "schema": {"fields": [{}]}}]}',
         "found no columns"),
        ('{"resources": [{"name": "a", "path": "a.csv", "schema": {"fields": [{"name": "b"}]}}]}',
         "column b: type is None"),
    ],
)  # fmt: skip
def test_a_description_of_another_form_is_refused_in_one_line(tmp_path, text, says):
    (tmp_path / data.DESCRIPTION).write_text(text, encoding="utf-8")
    with pytest.raises(data.TableError) as refused:
        data.description(tmp_path)
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_a_description_with_a_mark_is_read_alike(tmp_path):
    text = json.dumps(CONTENT)
    (tmp_path / data.DESCRIPTION).write_text(text, encoding="utf-8-sig")
    assert data.description(tmp_path) == CONTENT


SPOILT_PARTS = [
    ("tiers", ("schema", "fields", 0, "categories"), 5, "categories: found 5"),
    ("tiers", ("schema", "fields", 0, "constraints"), [], "constraints: found []"),
    ("tiers", ("schema", "fields", 0, "constraints"), {"pattern": "("}, "a regular expression"),
    ("tiers", ("schema", "fields", 0, "constraints"), {"enum": [["a"]]}, "texts or numbers"),
    ("tiers", ("schema", "fields", 0, "constraints"), {"minimum": "1"}, "expected a number"),
    ("tiers", ("schema", "fields", 0, "constraints"), {"maximum": float("nan")}, "a number"),
    ("tiers", ("schema", "fields", 0, "description"), None, "expected a text"),
    ("tiers", ("schema", "primaryKey"), [5], "primaryKey: found [5], expected a list of texts"),
    ("tiers", ("schema", "foreignKeys"), {"a": 1}, "expected a list of objects"),
    ("tiers", ("schema", "foreignKeys"), [{"reference": "sources"}], "expected an object"),
    ("tiers", ("rules",), ["sum"], "rules: found ['sum'], expected a list of objects"),
    ("tiers", ("rules",), [{"kind": "sum", "parts": "a", "total": "b"}], "parts: found 'a'"),
    ("tiers", ("rules",), [{"kind": "sum", "parts": [], "total": 1}], "total: found 1"),
    ("tiers", ("licenses",), "CC", "licenses: found 'CC'"),
    ("tiers", ("hash",), 5, "hash: found 5, expected a text"),
]


@pytest.mark.parametrize(("name", "path", "value", "says"), SPOILT_PARTS)
def test_a_part_of_another_kind_is_named_and_nothing_else(name, path, value, says):
    content = copy.deepcopy(CONTENT)
    part = next(r for r in content["resources"] if r["name"] == name)
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    (line,) = description_problems(content)
    assert says in line and line.startswith(f"data/datapackage.json: resources.{name}.")


def test_a_table_that_cannot_be_read_is_named_once(tmp_path):
    """The corrections of it are not held against a table that is not there."""
    from evidence.checks.tables import table_problems

    folder = shutil.copytree(data.FOLDER, tmp_path / "data")
    (folder / "sources.csv").write_bytes(b"")
    (line,) = [one for one in table_problems(folder) if "corrections" in one or "empty" in one]
    assert line.startswith("data/sources.csv: found an empty file")


def test_an_open_quote_is_named_where_it_opens():
    with pytest.raises(data.TableError, match=r"row 3: .*, expected every quote to be closed"):
        parse(b'a,b\n1,2\n"3,4\n' + b"5,6\n" * 50_000, "small.csv")
