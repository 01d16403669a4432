"""What a notebook may record."""

import math

import numpy as np
import pytest

from helpers.results import _html, as_result, in_one_line, record


def test_a_result_is_plain_and_rounded_to_ten_digits():
    result = as_result("share", np.float64(1) / 3, np.float64(0.1), None, "fraction", "C01")
    assert result == {
        "name": "share",
        "value": 0.3333333333,
        "low": 0.1,
        "high": None,
        "unit": "fraction",
        "claim": "C01",
    }
    assert as_result("men", np.int64(9593), None, None, "persons", None)["value"] == 9593


def test_last_bits_do_not_count():
    one = as_result("share", 0.1 + 0.2, None, None, "fraction", None)
    other = as_result("share", 0.3, None, None, "fraction", None)
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("Share", 1, None, None, "x", None), "lower_snake_case"),
        (("share", 1, None, None, "", None), "unit"),
        (("share", math.nan, None, None, "x", None), "finite"),
        (("share", math.inf, None, None, "x", None), "finite"),
        (("share", None, None, None, "x", None), "found nothing"),
        (("share", True, None, None, "x", None), "number or a word"),
        (("share", 1, 2, None, "x", None), "low <= value <= high"),
        (("share", 3, 1, 2, "x", None), "low <= value <= high"),
        (("share", 1, None, None, "x", "c4"), "claim id"),
        (("share", "wrong", 1, None, "x", None), "cannot have a range"),
    ],
)
def test_what_cannot_be_recorded(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        as_result(*arguments)


def test_a_result_reads_as_one_line():
    result = as_result("stock", 50_000, 10_000, 200_000, "persons", "C03")
    assert in_one_line(result) == "stock = 50,000 (10,000 to 200,000) persons [C03]"
    peak = as_result("peak", 2035, 2013, 2035, "year", None)
    assert in_one_line(peak) == "peak = 2035 (2013 to 2035) year"
    assert in_one_line(as_result("n", 5, 4, None, "cases", None)) == "n = 5 (at least 4) cases"


def test_a_number_that_does_not_exist_is_recorded_with_its_reason(capsys):
    record("population", float("nan"), unit="persons", because="no list shares anybody")
    record("hidden_people", 90.0, 80.0, float("inf"), unit="persons", because="never used")
    shown = capsys.readouterr().out
    assert "population = not estimable, because no list shares anybody'" in shown
    assert "hidden_people = 90 (at least 80) persons" in shown
    with pytest.raises(
        ValueError, match="result x: found no number, expected `because` to say why"
    ):
        record("x", float("nan"), unit="persons")


def test_no_dollar_sign_in_a_result_can_begin_a_formula():
    shown = _html(as_result("x", "US$1 to US$2", None, None, "US$", None))
    assert "$" not in shown
