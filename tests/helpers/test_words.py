"""Numbers and ranges in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.say import said
from helpers.words import money, number, percent, span


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (34537, "34,537"),
        (105_000_000, "105 million"),
        (1_258_654_123, "1.26 billion"),
        (236e9, "236 billion"),
        (999_999, "1 million"),
        (0.6856, "0.686"),
        (-31, "-31"),
        (0, "0"),
        (2.5, "2.5"),
        (1234.6, "1,235"),
        (0.00123, "0.00123"),
    ],
)
def test_number(value, text):
    assert number(value) == text


def test_words_for_money_shares_and_ranges():
    assert money(105_000_000) == "US$105 million"
    assert percent(0.68558) == "68.6%"
    assert span(50_000, 200_000) == "50,000 to 200,000"
    assert span(0.5, 0.9, percent) == "50.0% to 90.0%"
    assert span(7, 7) == "7"


@pytest.mark.parametrize("value", [0.6125, 2.675, 10.45, 6.125, 1_234_500.0, 10_125.5])
def test_the_last_bit_of_a_neat_number_is_not_printed(value):
    near = (math.nextafter(value, 0), value, math.nextafter(value, math.inf))
    assert len({number(each) for each in near}) == 1
    assert len({percent(each / 1000) for each in near}) == 1
    assert len({said(each, ".2f") for each in near}) == 1
    assert len({said(each, "count") for each in near}) == 1


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, 600, "at most 600"),
        (-math.inf, 600, "at most 600"),
        (300_000, math.nan, "at least 300,000"),
        (300_000, math.inf, "at least 300,000"),
        (None, math.nan, "not recorded"),
    ],
)
def test_an_end_that_is_missing_or_without_limit_is_left_open(low, high, text):
    assert span(low, high) == text


def test_an_estimate_keeps_no_more_digits_than_asked_for():
    assert number(27_613, exact=False) == "27,600"
    assert number(27_613, 2, exact=False) == "28,000"
    assert money(999_600, exact=False) == "US$1 million"


@given(st.integers(-999_949, 999_949))
def test_whole_numbers_below_a_million_keep_every_digit(value):
    if abs(float(f"{value:.3g}")) < 1e6:
        assert int(number(value).replace(",", "")) == value


@given(st.floats(1e-6, 1e14))
def test_three_digits_are_right_to_half_a_unit_of_the_third(value):
    figure, _, word = number(value).partition(" ")
    scale = {"": 1, "million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    assert float(figure.replace(",", "")) * scale == pytest.approx(value, rel=0.0051)
