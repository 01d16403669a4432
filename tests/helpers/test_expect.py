"""One wording for what is not among the values known."""

import pytest

from helpers.expect import Refusal, closest, expect, nearest, refuse_text_for_list


def test_a_known_value_passes_and_another_is_refused_with_what_was_expected():
    expect("year", 2019, range(2015, 2021))
    with pytest.raises(ValueError, match=r"^vintage is 'mou', expected one of ilo, unodc$"):
        expect("vintage", "mou", ["ilo", "unodc"])
    with pytest.raises(ValueError, match=r"^by is 'yaer', did you mean year\?$"):
        expect("by", "yaer", ["sex", "year"])
    with pytest.raises(KeyError, match="and none is known"):
        expect("table", "x", [], KeyError)


def test_letters_may_be_mistyped_and_digits_are_meant():
    assert closest("unifcation-2025", ["unodc-2025", "unification-2025"]) == "unification-2025"
    assert closest("C99", ["C09", "C19"]) is None
    assert nearest(2005, [2004, 2006]) == "expected one of 2004, 2006"


def test_years_without_a_gap_are_named_by_their_ends():
    assert nearest(1950, range(1990, 2021)) == "expected one of 1990 to 2020"
    assert nearest(1950, [1953, *range(1990, 2021)]).startswith("expected one of 1953, 1990, 1991")


def test_a_list_that_came_as_a_text_names_the_option_that_reads_lists():
    cell = "breaks: list[int] = [2012]  # years [year]\nseed: int = 1  # start []"
    refuse_text_for_list({"In": ["", cell, "not python at all ("], "breaks": [2012], "seed": "1"})
    with pytest.raises(Refusal, match=r"breaks is the text '\[2012\]', .* -y 'breaks: \[2012\]'"):
        refuse_text_for_list({"In": ["", cell], "breaks": "[2012]"})
