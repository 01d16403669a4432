"""What a run writes: the columns of results.parquet, and what is said without pyarrow."""

import pytest

from evidence.folder import results as written
from evidence.folder.results import columns, write_parquet
from evidence.folder.rows import Result

POINTS = [
    {"seed": "1", "share": "0.5", "strict": "true", "stock": "[1.0, 2.0]", "mixed": "1"},
    {"seed": "2", "share": "1", "strict": "false", "stock": "[2.0, 3.0]", "mixed": "women"},
]
RESULTS = [
    Result("n", "count", 7.0, 5.0, None, "persons", "C04", POINTS[0]),
    Result("n", "verdict", "wrong", None, None, "verdict", "", POINTS[1]),
]
NAMES = ["mixed", "seed", "share", "stock", "strict"]


def test_every_column_is_of_one_kind_and_what_is_missing_is_none():
    found = columns(RESULTS, NAMES)
    assert list(found)[:8] == ["notebook", "name", "value", "word", "low", "high", "unit", "claim"]
    assert found["value"] == (float, [7.0, None])
    assert found["word"] == (str, [None, "wrong"])
    assert (found["low"], found["high"]) == ((float, [5.0, None]), (float, [None, None]))
    assert found["claim"] == (str, ["C04", None])
    assert found["p.seed"] == (int, [1, 2])
    assert found["p.share"] == (float, [0.5, 1.0])
    assert found["p.strict"] == (bool, [True, False])
    assert found["p.stock"] == (str, ["[1.0, 2.0]", "[2.0, 3.0]"])
    assert found["p.mixed"] == (str, ["1", "women"])


def test_a_seed_beyond_64_bits_keeps_its_digits():
    large = str(2**80)
    result = Result("n", "a", 1.0, None, None, "x", "", {"seed": large})
    assert columns([result], ["seed", "unknown"])["p.seed"] == (str, [large])
    assert columns([result], ["seed", "unknown"])["p.unknown"] == (str, [None])


def test_without_pyarrow_one_line_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(written, "find_spec", lambda name: None)
    assert write_parquet(tmp_path, RESULTS, NAMES) == (
        "results.parquet was not written: it needs the extra `parquet`; "
        "results.csv holds the same rows"
    )
    assert not list(tmp_path.iterdir())


def test_the_file_holds_the_columns(tmp_path):
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="the extra `parquet` is not installed, so no such file is written"
    )
    assert write_parquet(tmp_path, RESULTS, NAMES) == ""
    table = parquet.read_table(tmp_path / "results.parquet")
    expected = {name: cells for name, (_, cells) in columns(RESULTS, NAMES).items()}
    assert table.to_pydict() == expected
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["value"], kinds["high"], kinds["p.seed"]) == ("double", "double", "int64")
    assert (kinds["word"], kinds["p.strict"], kinds["p.stock"]) == ("string", "bool", "string")
