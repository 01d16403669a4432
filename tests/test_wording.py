"""The language guide: what it rules out is found, and the datasheet says so."""

import pytest

from helpers.rerun.wording import table_wording, unwelcome


@pytest.mark.parametrize(
    "text",
    [
        "The sex slaves were counted.",
        "A lucrative trade.",
        "horrifying numbers",
        "The prostitutes among them",
        "illegal immigrants",
        "the price per client",
        "30 dollars a session",
    ],
)
def test_words_that_are_ruled_out(text):
    (line,) = unwelcome(text)
    assert line.startswith("found '") and "expected" in line


@pytest.mark.parametrize(
    "text",
    [
        "Women who were trafficked; women in prostitution.",
        "Korea Future Initiative, *Sex Slaves* (2019)",
        'The report "Sex Slaves" of 2019',
        "average proceeds per woman and year",
        "slavery-like conditions",
    ],
)
def test_plain_words_and_titles_of_works(text):
    assert unwelcome(text) == []


def test_the_tables_keep_to_it():
    assert table_wording() == []
