"""The seal is renewed by accept alone, which names cells and asks for corrections."""

import subprocess

import pytest

from evidence.checks.tables import table_problems
from evidence.tables import accept
from evidence.tables.seal import seal_problems, unsealed
from helpers import data


@pytest.fixture
def committed(tables):
    """Commit the data package to a repository of its own."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *who, *words], cwd=tables, check=True)
    data.forget()
    return tables


def change(folder, name, old, new):
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def seal(folder, why=None):
    lines = []
    done = accept.seal_tables(why, folder, lines.append)
    return done, lines


ROW = "current,2003,2003,men,474,", "current,2003,2003,men,475,"
CELL = "current,2003,men, column persons: '474' -> '475'"


def test_every_table_is_sealed():
    assert seal_problems() == []


def test_a_changed_cell_is_named_and_sealed_only_with_a_correction(committed):
    change(committed, "arrivals", *ROW)
    (line,) = seal_problems(committed)
    assert line.startswith(f"data/arrivals.csv: differs from its seal: {CELL}; ")
    assert "--why TEXT" in line
    before = (committed / data.DESCRIPTION).read_bytes()
    done, lines = seal(committed)
    assert not done and lines[0] == f"data/arrivals.csv: {CELL}"
    pasted = next(line for line in lines if line.startswith("arrivals-current-2003-men"))
    assert (committed / data.DESCRIPTION).read_bytes() == before
    # pasted without a reason, it is refused; with one, the table is sealed
    path = committed / "corrections.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}{pasted}\n", encoding="utf-8")
    done, lines = seal(committed)
    assert not done and any("column why: found 'nothing', expected a value" in x for x in lines)
    path.write_text(text + pasted.replace("474,475,,", "474,475,read again,") + "\n", "utf-8")
    assert seal(committed)[0] and seal_problems(committed) == []
    # taken back, it fails
    change(committed, "arrivals", *reversed(ROW))
    (line,) = table_problems(committed)
    assert "column persons: found '474', expected 475, as corrected in data/corrections" in line


def test_a_reason_writes_the_corrections_that_are_missing(committed):
    change(committed, "arrivals", *ROW)
    done, lines = seal(committed, "The release was revised.")
    assert done and "data/corrections.csv: 1 row added" in lines
    assert table_problems(committed) == seal_problems(committed) == []


def test_new_rows_and_words_are_named_and_need_no_correction(committed):
    change(
        committed,
        "arrivals_totals",
        'women,24372,mou-2023,"33,882 in all"',
        "women,24372,mou-2023,33882 in all",
    )
    with (committed / "published_changes.csv").open("a", encoding="utf-8") as file:
        file.write("2020,2022,world,all,0.3,150,unodc-2024-report,secondary\n")
    done, lines = seal(committed)
    assert done
    assert "data/published_changes.csv: the row 2020,2022,world,all is new" in lines
    assert any("column note: '33,882 in all' -> '33882 in all'" in line for line in lines)


def test_a_translation_that_changed_is_no_published_figure(committed):
    path = committed / "translations.csv"
    first, row, *rest = path.read_text(encoding="utf-8").splitlines()
    row = row.replace("증거 장부", "증거의 장부").replace("2026-11-26", "2026-11-27")
    path.write_text("\n".join([first, row, *rest]) + "\n", encoding="utf-8")
    assert not any("--why" in line for line in seal_problems(committed))
    assert seal(committed)[0]


def test_a_row_that_went_needs_a_correction(committed):
    path = committed / "famine_deaths.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    done, said = seal(committed)
    assert not done and any(line.startswith("famine-deaths-") for line in said)
    assert seal(committed, "It was counted twice.")[0]
    assert table_problems(committed) == []


def test_the_tables_of_lines_on_seals_are_told():
    lines = [
        "data/tiers.csv: differs from its seal: Cambodia,2001, column tier: '2' -> '3'; `ev` seals",
        "data/tiers.csv: differs from its seal: the row x is new; `evidence` seals it",
        "data/prices.csv: found no seal, expected hash and bytes; `evidence` seals it",
        "data/shares.csv: row 2, column low: found '3', expected at most high 2",
        "43_detected: cell 4 reads the table prices",
    ]
    assert unsealed(lines) == ["tiers", "prices"]


def test_a_table_that_is_not_in_order_is_not_sealed(committed):
    change(committed, "arrivals", ROW[0], ROW[0].replace("474", "many"))
    done, lines = seal(committed, "because")
    assert not done and lines[-1] == "not sealed: arrivals"


def test_without_git_only_the_table_is_named(tables):
    change(tables, "arrivals", *ROW)
    assert seal(tables)[1][0].startswith("data/arrivals.csv: the sealed version is not in git's")
    assert seal_problems(tables) == []


def test_line_ends_and_a_mark_do_not_break_the_seal(tables):
    path = tables / "arrivals.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert seal_problems(tables) == table_problems(tables) == []
    assert data.table("arrivals", tables).equals(data.table("arrivals"))
    assert data.ids("claims", tables) == data.ids("claims")


def test_what_changed_in_a_description_is_named(committed):
    path = committed / data.DESCRIPTION
    text = path.read_text(encoding="utf-8")
    unit = '"unit": "US dollars a year"'
    path.write_text(text.replace(unit, '"unit": "US dollars a month"', 1), encoding="utf-8")
    data.forget()
    (line,) = seal_problems(committed)
    assert line.startswith("data/datapackage.json: table profits differs from its seal: schema.")
    assert "usd.unit: 'US dollars a year' -> 'US dollars a month'" in line
    done, lines = seal(committed)
    assert done and any("US dollars a month" in line for line in lines)


def test_the_notebooks_that_use_a_table_are_named(committed):
    path = committed / "exchange_rates.csv"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(text.rpartition("\n")[0] + "\n", encoding="utf-8")
    done, lines = seal(committed, "Read again.")
    assert done and lines[-1].startswith("used by: ") and "30" in lines[-1].split()
