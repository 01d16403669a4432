"""A sentence without an answer, a claim without a sentence and a stale count are found."""

import pandas as pd
import pytest

from evidence.checks.coverage import coverage_problems, typed_counts

CLAIMS = pd.DataFrame({"verdict": ["wrong"] * 3}, index=["C01", "R01", "L01"])
COVERED = [
    ("lead", 1, "C01 R01", None, None),
    ("lead", 2, None, "a motive", "no survey asked"),
]


def problems(rows):
    columns = ["section", "sentence", "claims", "untested", "because"]
    return coverage_problems(pd.DataFrame(rows, columns=columns), CLAIMS)


def test_a_table_that_answers_every_sentence_passes():
    assert problems(COVERED) == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("lead", 2, "C02", None, None), "row 3, column claims: found C02"),
        (("lead", 2, None, None, None), "row 3, column claims: found nothing"),
        (("lead", 2, "C01", "a motive", None), "row 3, column because"),
        (("lead", 2, "C01", None, "no reason needed"), "row 3, column because"),
        (("lead", 3, "C01", None, None), "section lead, column sentence: found [1, 3]"),
    ],
)
def test_a_sentence_without_an_answer_is_named(row, complaint):
    assert any(complaint in line for line in problems([COVERED[0], row]))


def test_a_claim_that_no_sentence_makes_is_named():
    lines = problems([("lead", 1, "C01", None, None)])
    assert lines == [
        "data/coverage.csv: column claims: found no row for R01, expected one for each claim"
    ]


def test_counts_that_a_page_types_are_those_of_the_ledger():
    page = "It makes {} numbered\nstatements, and {} chains of repetition."
    assert typed_counts(page.format(2, 1), CLAIMS) == []
    assert typed_counts(page.format(47, 8), CLAIMS) == [
        "README.md: found 47 claims, expected 2",
        "README.md: found 8 chains, expected 1",
    ]
