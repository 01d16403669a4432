"""The language guide: what it rules out is found, and the datasheet says so."""

import re

import pytest

from evidence.checks.wording import table_wording, unwelcome
from helpers.data import FOLDER


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


def test_the_datasheet_names_what_is_refused():
    guide = (FOLDER / "README.md").read_text(encoding="utf-8").split("## Language")[1]
    named = re.findall(r"`([^`]+)`", guide.split("`evidence check`")[0])
    assert len(named) > 10
    assert all(unwelcome(word) for word in named)
