"""The parameters cell: read, typed and range-checked before anything runs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import RequestError
from evidence.notebooks.files import find
from evidence.notebooks.parameters import (
    check_value,
    parameter_problems,
    parse_value,
    read_parameters,
)

CELL = """\
year: int = 2014  # year shown [year; 1950..2023; C15]
area: str = "rural"  # area [; rural|urban]
share: list[float] = [0.5, 0.7, 0.9]  # share of women [fraction; 0..1 ascending; kfi-2019]
breaks: list[int] = [2012, 2020]  # first years after a change [year; 1999..2025]
kinds: list[str] = ["survey", "census"]  # kinds of counts [; of these]
log: bool = True  # whether the axis is logarithmic []
level: float = 1  # least amount [US dollars; 0..]
stock: list[float] = []  # people present, empty for what is concluded [persons; 0.. ascending]
"""


def cells(code, tags=("parameters",)):
    return [{"cell_type": "code", "metadata": {"tags": list(tags)}, "source": code}]


@pytest.fixture
def parameters():
    return read_parameters(cells(CELL), "nb")


def test_a_line_becomes_a_typed_described_parameter(parameters):
    year = parameters["year"]
    assert (year.default, year.kind, year.unit, year.low, year.high) == (
        2014,
        "int",
        "year",
        1950,
        2023,
    )
    assert (year.meaning, year.reference) == ("year shown", "C15")
    assert parameters["area"].choices == ("rural", "urban")
    assert parameters["share"].ascending
    assert isinstance(parameters["level"].default, float)
    assert parameters["year"].allowed == "whole number from 1950 to 2023"
    assert parameters["share"].allowed.startswith("three ascending values (low, central, high)")
    assert parameters["stock"].allowed.startswith("an empty list, or three ascending values")
    assert replace(year, low=None).allowed == "whole number of at most 2023"
    assert replace(year, high=None).allowed == "whole number of at least 1950"
    assert replace(year, low=None, high=None).allowed == "whole number"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("year", "1990", 1990),
        ("area", "urban", "urban"),
        ("share", "[0.1,0.2,0.2]", [0.1, 0.2, 0.2]),
        ("share", "0.1, 0.2, 1", [0.1, 0.2, 1.0]),
        ("breaks", "2005", [2005]),
        ("breaks", "[]", []),
        ("kinds", "census", ["census"]),
        ("stock", "[]", []),
        ("stock", "1,2,3", [1.0, 2.0, 3.0]),
        ("log", "false", False),
        ("log", "True", True),
        ("level", "2", 2.0),
    ],
)
def test_text_becomes_a_value(parameters, name, text, value):
    parsed = parse_value(parameters[name], text, "nb")
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("year", "2014.5"),
        ("year", "abc"),
        ("year", "1949"),
        ("year", "2024"),
        ("year", "true"),
        ("year", "[2014]"),
        ("area", "suburban"),
        ("share", "0.9,0.5,0.7"),
        ("share", "0.5,0.7"),
        ("share", "[]"),
        ("stock", "1,2"),
        ("share", "0.5,0.7,1.1"),
        ("breaks", "2012,1998"),
        ("kinds", "survey,guess"),
        ("log", "1"),
        ("level", "NaN"),
        ("level", "-1"),
        ("level", "1e308"),
        ("level", "1" + "0" * 400),
        ("level", "__import__('os')"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_expected(parameters, name, text):
    with pytest.raises(RequestError, match=f"nb: parameter {name} is .*, expected") as told:
        parse_value(parameters[name], text, "nb")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("year = 2014  # year [year]", "expected a line such as `year: int"),
        ("year: int  # year [year]", "expected a line such as `year: int"),
        ("year: int = 2014", "expected a line such as `year: int"),
        ("year: list[\n    int\n] = []  # years [year]", "expected a line such as `year: int"),
        ("year: int = 2014  # year, low <= high [year]", "has an equals sign in the comment"),
        ("year: date = 2014  # year [year]", "has type date"),
        ("year: int = 2014  # year [year; 1950-2023]", "found range `1950-2023`"),
        ("year: int = 1900  # year [year; 1950..2023]", "parameter year is 1900"),
        ("year: int = ", "not Python"),
        ("year: int = 1\0", "line 1: not Python"),
        (f"year: int = {'-' * 100_000}1", "line 1: not Python"),
    ],
)
def test_a_line_of_another_form_is_refused(code, complaint):
    with pytest.raises(RequestError, match=complaint):
        read_parameters(cells(code), "nb")


def test_parameters_may_stand_in_several_cells():
    other = cells("month: int = 3  # month [month; 1..12]")
    assert list(read_parameters(cells("year: int = 2014  # year [year]") + other, "nb")) == [
        "year",
        "month",
    ]
    with pytest.raises(RequestError, match="nb: parameters cell 2: month is given twice"):
        read_parameters(other * 2, "nb")
    with pytest.raises(RequestError, match="no cell is tagged parameters, expected one"):
        read_parameters(cells(CELL, tags=()), "nb")


def test_an_optional_parameter_may_be_left_open():
    found = read_parameters(
        cells("year: int | None = None  # year [year; 1950..2023]\nword: str | None = 'a'  # w []"),
        "nb",
    )
    year, word = found.values()
    assert year.default is None and year.allowed == "whole number from 1950 to 2023, or None"
    assert parse_value(year, "2000", "nb") == 2000 and parse_value(year, "None", "nb") is None
    assert check_value(year, None, "nb") is None and parse_value(word, "null", "nb") is None
    for text in ("1900", "x", "[]"):
        with pytest.raises(RequestError, match="or None"):
            parse_value(year, text, "nb")
    (plain,) = read_parameters(cells("year: int = 2014  # year [year]"), "nb").values()
    with pytest.raises(RequestError):
        parse_value(plain, "None", "nb")


@given(st.integers())
def test_a_whole_number_is_accepted_exactly_within_its_range(value):
    year = read_parameters(cells(CELL), "nb")["year"]
    if 1950 <= value <= 2023:
        assert check_value(year, value, "nb") == value
    else:
        with pytest.raises(RequestError):
            check_value(year, value, "nb")


@pytest.mark.parametrize("notebook", find(), ids=lambda notebook: notebook.name)
def test_papermill_reads_the_same_parameters(notebook):
    from papermill import inspect_notebook

    seen = inspect_notebook(str(notebook.path))
    assert set(seen) == set(notebook.parameters)
    for name, parameter in notebook.parameters.items():
        assert parameter.meaning in seen[name]["help"]
        assert seen[name]["inferred_type_name"] == parameter.kind


def test_every_wrong_line_is_named_at_once():
    code = 'claim: str = "C01"\nfirst = 2000\nlast: int = 9  # last [year]\nodd: int = x  # odd []'
    found = parameter_problems(cells(code), "nb")
    assert [line.partition(",")[0] for line in found] == ["parameters cell"] * 3
    for number, line in zip((1, 2, 4), found, strict=True):
        assert f", line {number}: " in line
    assert "claim has no comment, expected a line such as `year: int = 2019  # year" in found[0]
    assert "found `first = 2000`, expected a line such as" in found[1]
    with pytest.raises(RequestError) as told:
        read_parameters(cells(code), "nb")
    assert str(told.value) == "; ".join(f"nb: {line}" for line in found)
