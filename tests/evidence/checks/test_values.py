"""Our reading of Table Schema against frictionless, and what it is stricter in."""

import json
import shutil

import frictionless
import pytest

from evidence.checks.values import wrong_value
from helpers import data

LARGEST = 700  # rows; frictionless takes long


@pytest.mark.filterwarnings("ignore")
def test_frictionless_finds_the_package_in_order_with_its_hashes_and_bytes(tmp_path):
    content = data.description()
    small = [
        resource
        for resource in content["resources"]
        if (data.FOLDER / resource["path"]).read_bytes().count(b"\n") < LARGEST
    ]
    assert len(small) > 30
    for resource in small:
        shutil.copy(data.FOLDER / resource["path"], tmp_path)
    path = tmp_path / data.DESCRIPTION
    path.write_text(json.dumps(content | {"resources": small}), encoding="utf-8")
    report = frictionless.Package(str(path)).validate()
    assert report.valid, report.flatten(["title", "fieldName", "note"])[:3]
    # it reads the seal: one byte more, and it says so
    with (tmp_path / "tiers.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    report = frictionless.Package(str(path)).validate()
    assert {task.name for task in report.tasks if not task.valid} == {"tiers"}


@pytest.mark.parametrize(
    ("kind", "cell", "right"),
    [
        ("integer", "0", True),
        ("integer", "-12", True),
        ("integer", "007", False),
        ("integer", "1.0", False),
        ("integer", "1_000", False),
        ("number", "0.25", True),
        ("number", ".25", False),
        ("number", "1e3", False),
        ("number", "inf", False),
        ("year", "1999", True),
        ("year", "99", False),
        ("boolean", "true", True),
        ("boolean", "TRUE", False),
        ("date", "2000-02-29", True),
        ("date", "1900-02-29", False),
        ("date", "2000-02", False),
        ("date", "2000-2-9", False),
    ],
)
def test_one_spelling_of_each_value(kind, cell, right):
    assert (wrong_value(cell, {"type": kind}) == "") is right


def test_dates_in_text_may_be_partial_and_are_of_the_calendar():
    field = {"type": "string", "unit": "date"}
    good = ["2002", "2002-11", "2002-11-19", "2002-11/2003"]
    assert [wrong_value(cell, field) for cell in good] == [""] * 4
    for cell in ("2002-13", "2002-11-31", "1602", "2002/13-01"):
        assert wrong_value(cell, field)


def test_pandas_and_the_check_read_booleans_alike(tables):
    path = tables / "north_koreans_in_china.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",false,", ",FALSE,").replace(",true,", ",TRUE,"), "utf-8")
    with pytest.raises(data.TableError, match=r"row 2, column independent: found 'FALSE'"):
        data.table("north_koreans_in_china", tables)
