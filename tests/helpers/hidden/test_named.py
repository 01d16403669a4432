"""Models that a reader names: printed answers, closed forms, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import OTHER_LISTS as OTHER
from support import other_table

from helpers.data import table as read
from helpers.hidden import NotEstimable, list_table, named_model
from helpers.hidden.estimate import estimate_population
from helpers.hidden.tables import wide_table

ROWS = read("list_overlaps")


def test_the_models_of_the_korean_table_as_printed():
    entry = OTHER["korea"]
    for terms, (estimate, _) in entry["models"].items():
        found = named_model(other_table("korea"), terms.split())
        assert found.estimate == pytest.approx(estimate, abs=1e-4)
        assert set(found.terms) == set(terms.split())
    for terms in entry["no_estimate"]:
        with pytest.raises(NotEstimable, match="model with b:c, b:d"):
            named_model(other_table("korea"), terms.split())


def test_a_model_of_kosovo_with_one_triple_as_printed():
    entry = OTHER["kosovo"]["model"]
    found = named_model(other_table("kosovo"), entry["terms"].split())
    assert found.estimate == pytest.approx(entry["estimate"], abs=0.01)
    shorter = [t for t in entry["terms"].split() if t not in ("EXH:OSCE", "EXH:HRW", "OSCE:HRW")]
    assert named_model(other_table("kosovo"), shorter).terms == found.terms


@pytest.mark.parametrize("dataset", ["uk_2013_5list", "new_orleans_5list"])
@pytest.mark.parametrize("interval", ["normal", "profile"])
def test_naming_what_a_rule_chose_gives_the_same(dataset, interval):
    table = list_table(ROWS, dataset)
    chosen = estimate_population(table, interval=interval)
    found = named_model(table, chosen.terms, interval=interval)
    ends = found.estimate, found.low, found.high
    assert ends == pytest.approx((chosen.estimate, chosen.low, chosen.high), rel=1e-6)


@given(st.lists(st.integers(1, 400), min_size=7, max_size=7))
def test_all_pairs_of_three_lists_in_closed_form(counts):
    a, b, ab, c, ac, bc, abc = counts
    found = named_model(wide_table("ABC", [0, *counts]), ["A:B", "A:C", "B:C"])
    assert found.hidden == pytest.approx(abc * a * b * c / (ab * ac * bc), rel=1e-6)
    error = np.sqrt(sum(1 / n for n in counts))
    assert np.log((found.high - found.observed) / found.hidden) == pytest.approx(
        1.959964 * error, rel=1e-4
    )


def test_what_cannot_be_fitted_is_refused_in_one_line():
    table = wide_table("ABC", [0, 9, 8, 3, 7, 2, 4, 1])
    with pytest.raises(NotEstimable, match="do not tell its terms apart") as refusal:
        named_model(table, ["A:B:C"])
    assert "\n" not in str(refusal.value)
    with pytest.raises(ValueError, match="'A:Z'"):
        named_model(table, ["A:Z"])
    with pytest.raises(ValueError, match="'A:A'"):
        named_model(table, ["A:A"])
    with pytest.raises(ValueError, match="interval is 'bca', expected one of normal, profile"):
        named_model(table, ["A:B"], interval="bca")
