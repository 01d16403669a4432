"""Codes and their labels: each has the other, or the check says where not."""

import re

import pytest
from support import describe_with, field_of

from evidence.checks import tables as table_checks


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda words: words.pop(), "found the code 'inconsistent', expected a label"),
        (lambda words: words[0].update(label=" "), "found the code 'supported', expected a label"),
        (
            lambda words: words.append({"value": "rong", "label": "wrong"}),
            "found a label for 'rong', expected one of supported, contested, .*inconsistent$",
        ),
    ],
    ids=["gone", "empty", "unknown"],
)
def test_a_code_without_label_and_a_label_without_code_are_named(tables, change, expected):
    describe_with(tables, lambda r: change(field_of(r, "claims", "verdict")["categories"]))
    problems = table_checks.check_tables(tables)
    assert len(problems) == 1
    place = r"data/datapackage\.json: table claims, column verdict: "
    assert re.match(place + expected, problems[0]), problems[0]
