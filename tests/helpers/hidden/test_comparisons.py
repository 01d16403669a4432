"""Estimates held against each other, against known lists, and before any data exist."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import PUBLISHED

from helpers.data import FOLDER
from helpers.hidden import (
    METHODS,
    NotEstimable,
    attempt,
    compare,
    grown,
    keep_lists,
    knob_effects,
    known_lists,
    lincoln_petersen,
    list_sizes,
    list_table,
    needed_coverage,
    overlaps_of_pairs,
    repeated,
    simulate_counts,
    trajectories,
)
from helpers.hidden.design import expected_range
from helpers.hidden.lists import check_table
from helpers.hidden.subtables import drop_list
from helpers.hidden.tables import wide_table

ROWS = pd.read_csv(FOLDER / "list_overlaps.csv")
PRINTED = pd.read_csv(PUBLISHED / "multiple_systems.csv", keep_default_na=False)
NORMAL = PRINTED[PRINTED["interval"] == "normal"].set_index(["dataset", "method"])
SIX = list_table(ROWS, "uk_2013_6list")


def independent(size, inclusion):
    """Table in which every combination of lists holds its expected number of people."""
    cells = np.arange(2 ** len(inclusion))
    chance = np.ones(cells.size)
    for bit, share in enumerate(inclusion):
        chance *= np.where(cells >> bit & 1, share, 1 - share)
    return wide_table("ABCDEF"[: len(inclusion)], np.round(size * chance))


def test_methods_side_by_side_equal_what_is_published():
    names = ["uk_2013_5list", "western_us_5list"]
    found = compare({n: list_table(ROWS, n) for n in names}, ["independence", "stepwise"])
    for row in found.itertuples():
        want = NORMAL.loc[(row.table, row.method)]
        assert row.estimate == pytest.approx(float(want["estimate"]), abs=0.01)
        assert (row.low, row.high) == pytest.approx((float(want["low"]), float(want["high"])))
        assert row.terms == want["terms"] and row.reason == ""
    second = attempt(list_table(ROWS, "uk_2013_5list"), "decomposable")
    # Binette and Steorts tried a grid of hidden numbers of their own
    assert second["estimate"] == pytest.approx(23_016, rel=0.01)


@pytest.mark.parametrize("method", METHODS)
def test_a_refusal_is_a_reason_and_no_number(method):
    found = attempt(list_table(ROWS, "artificial_3list"), method)
    assert "does not exist" in found["reason"]
    assert np.isnan([found["estimate"], found["low"], found["high"]]).all()


def test_a_method_that_is_not_made_for_so_many_lists_says_so():
    assert "found 6" in attempt(SIX, "decomposable")["reason"]
    with pytest.raises(ValueError, match="method is 'guess', expected one of independence"):
        attempt(SIX, "guess")


def test_keeping_lists():
    kept = keep_lists(SIX, ["GO", "LA", "NG", "PF", "GP"])
    assert kept.equals(drop_list(SIX, "NCA"))
    assert keep_lists(SIX, []) is SIX
    with pytest.raises(ValueError, match=r"'ZZ'.*LA, NG, PF, GO, GP, NCA"):
        keep_lists(SIX, ["LA", "ZZ"])
    with pytest.raises(ValueError, match="two or more"):
        keep_lists(SIX, ["LA"])


def test_sizes_and_overlaps_of_a_table_counted_by_hand():
    table = wide_table("ABC", [0, 40, 30, 6, 20, 4, 5, 1])
    assert list_sizes(table).to_dict() == {"A": 51, "B": 42, "C": 30}
    assert overlaps_of_pairs(table).to_numpy().tolist() == [[51, 7, 5], [7, 42, 6], [5, 6, 30]]


def test_lists_added_one_at_a_time_begin_with_two():
    tables = grown(SIX)
    assert list(tables) == [f"{k} lists" for k in (2, 3, 4, 5, 6)]
    first, second, both = (
        SIX.query(q)["count"].sum() for q in ("PF > 0", "GO > 0", "PF > 0 and GO > 0")
    )
    assert list(tables["2 lists"].columns) == ["PF", "GO", "count"]
    found = attempt(tables["2 lists"], "independence")["estimate"]
    assert found == pytest.approx(lincoln_petersen(first, second, both).estimate)


def test_trajectories_hold_the_published_five_lists():
    tables = trajectories(SIX)
    assert len(tables) == 1 + 6 + 15
    assert all(check_table(table) for table in tables.values())
    found = attempt(tables["PF and NCA as one"], "stepwise")["estimate"]
    assert found == pytest.approx(float(NORMAL.loc[("uk_2013_5list", "stepwise"), "estimate"]))
    assert list(trajectories(keep_lists(SIX, ["PF", "GO"]))) == ["all lists"]


def test_known_lists_are_found_again_where_lists_are_independent():
    found = known_lists(independent(100_000, [0.2, 0.3, 0.25, 0.15]), "independence")
    assert found["covered"].all()
    assert found["size"].to_list() == pytest.approx([20_000, 30_000, 25_000, 15_000], abs=4)
    assert found["estimate"].to_numpy() == pytest.approx(found["size"].to_numpy(), rel=1e-3)


def test_a_known_list_without_overlap_is_refused_and_not_covered():
    found = known_lists(wide_table("ABC", [0, 9, 9, 2, 9, 0, 0, 0]), "independence")
    assert found["reason"].ne("").all() and not found["covered"].any()


def test_repeated_draws_cover_the_truth_where_assumptions_hold():
    counts = simulate_counts(2000, [0.2, 0.15, 0.25], replications=300, seed=11)
    found = repeated(counts, 2000, ["independence"])
    assert len(found) == 300
    assert 0.92 < found["covered"].mean() < 0.98
    assert abs(found["error"].median()) < 0.02
    none = repeated(np.array([[0, 9, 9, 2, 9, 0, 0, 0.0]]), 50, ["stepwise"])
    assert none["error"].isna().all() and not none["covered"].any()


def test_each_broken_assumption_pulls_the_way_it_must():
    # people who differ and lists that refer to each other hide people; lost overlap invents them
    levels = {"heterogeneity": [0.0, 2.0], "mobility": [0.3], "misclassification": [0.4]}
    found = knob_effects(3000, [0.2, 0.15, 0.25], levels, draws=60, seed=3)
    there = found[found["truth"] == "present at one time"]
    error = there.set_index(["knob", "level", "method"])["error"].sort_index()
    assert error.loc["heterogeneity", 0.0].abs().max() < 0.05
    assert error.loc["heterogeneity", 2.0].max() < -0.05
    assert error.loc["mobility", 0.3][["independence", "stepwise"]].min() > 0.15
    assert error.loc["misclassification", 0.4]["independence"] > 0.15
    # the same estimates against everyone ever present: 1 + 0.3 * 2 times as many
    ever = found[found["truth"] == "ever present"].set_index("method")["error"]
    both = (ever + 1) * 1.6 - 1
    assert both.to_dict() == pytest.approx(error.loc["mobility", 0.3].to_dict())


@settings(deadline=None, max_examples=30)
@given(st.integers(500, 10**5), st.integers(2, 6), st.floats(1.3, 4))
def test_the_needed_coverage_gives_the_width_asked_for(people, lists, ratio):
    coverage = needed_coverage(people, lists, ratio)
    low, high = expected_range(people, [coverage] * lists)
    assert high / low == pytest.approx(ratio, rel=1e-3)


def test_a_width_that_no_lists_can_give_is_refused():
    with pytest.raises(NotEstimable, match="2 lists of 20 people"):
        needed_coverage(20, 2, 1.001)
    with pytest.raises(ValueError, match="above 1"):
        needed_coverage(100, 2, 1)
