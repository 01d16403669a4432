"""Sorting whose order of equal values depends on the processor is named."""

import ast

import pytest

from evidence.checks.order import unstable_sorts
from evidence.files import ROOT


@pytest.mark.parametrize(
    "source",
    [
        'rows.sort_values("year")',
        'rows.groupby("a").sum().sort_values(by="year", ascending=False)',
        'rows.sort_values(["year"])',
        'rows.sort_values("year", kind="quicksort")',
        "rows.sort_index()",
        "np.argsort(answers)",
        "places.argsort()",
    ],
)
def test_an_order_that_depends_on_the_processor_is_named(source):
    (line,) = unstable_sorts(ast.parse(source))
    assert 'without kind="stable"' in line


@pytest.mark.parametrize(
    "source",
    [
        'rows.sort_values("year", kind="stable")',
        'rows.sort_values(["year", "source"])',
        'rows.sort_values(by=("year", "source"))',
        'np.argsort(answers, kind="stable")',
        "sorted(names)",
        "np.sort(values)",  # equal numbers are one number
        "sort_values",
    ],
)
def test_an_order_that_is_the_same_everywhere_passes(source):
    assert unstable_sorts(ast.parse(source)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "src").rglob("*.py")), ids=lambda path: path.name)
def test_the_package_sorts_alike_everywhere(path):
    assert unstable_sorts(ast.parse(path.read_text(encoding="utf-8"))) == []
