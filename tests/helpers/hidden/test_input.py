"""What bad input gets: one line saying what and where, never a number."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.hidden import NotEstimable, check_model, group_people, list_table
from helpers.hidden.decomposable import decomposable_average
from helpers.hidden.estimate import estimate_population
from helpers.hidden.lists import check_table
from helpers.hidden.subtables import drop_list, known_list, merge_lists


def table(rows, columns="ABC"):
    return pd.DataFrame(rows, columns=[*columns, "count"])


GOOD = [
    (1, 0, 0, 40),
    (0, 1, 0, 30),
    (0, 0, 1, 20),
    (1, 1, 0, 6),
    (1, 0, 1, 4),
    (0, 1, 1, 5),
    (1, 1, 1, 1),
]


def changed(row, place, value):
    rows = [list(r) for r in GOOD]
    rows[row][place] = value
    return table(rows)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (changed(2, 3, -1), ["count", "row 3", "-1"]),
        (changed(2, 3, 2.5), ["count", "row 3", "2.5"]),
        (changed(2, 3, None), ["count", "row 3", "nan"]),
        (changed(2, 3, float("inf")), ["count", "row 3", "inf"]),
        (changed(1, 0, 2), ["'A'", "row 2", "0 or 1"]),
        (changed(1, 0, "0"), ["'A'", "row 2", "'0'", "0 or 1"]),
        (changed(1, 0, 0.5), ["'A'", "row 2", "0.5"]),
        (table([*GOOD, (1, 1, 0, 3)]), ["A=1, B=1, C=0", "rows 4 and 8"]),
        (table([*GOOD, (0, 0, 0, 9)]), ["row 8", "9 people on no list"]),
        (table([(1, 10), (0, 0)], "A"), ["found 1 (A)", "at least two"]),
        (table([(1, 0, 10), (0, 1, 8)], "AB"), ["A, B", "does not exist"]),
        (table([(1, 0, 0, 5), (0, 1, 0, 5), (1, 1, 0, 2)]), ["'C'", "nobody"]),
        (table(GOOD).drop(columns="count"), ["count", "'A', 'B', 'C'"]),
        (table(GOOD).set_axis(["A", "A", "C", "count"], axis=1), ["each list once"]),
        (table(GOOD[:3]), ["nobody is on two", "does not exist"]),
        (pd.DataFrame([[1] * 11 + [2]], columns=[*"ABCDEFGHIJK", "count"]), ["11", "at most 10"]),
    ],
)
@pytest.mark.parametrize("method", ["stepwise", "independence"])
def test_bad_tables_are_refused_in_one_line(bad, words, method):
    with pytest.raises(ValueError) as refusal:
        estimate_population(bad, method=method)
    message = str(refusal.value)
    assert "\n" not in message
    for word in words:
        assert word in message


def test_persons_in_any_order_are_grouped_to_the_same_table():
    people = pd.DataFrame([row[:3] for row in GOOD for _ in range(row[3])], columns=list("ABC"))
    shuffled = people.sample(frac=1, random_state=3).assign(age=30)
    for found in (group_people(people.astype(bool)), group_people(shuffled, ["A", "B", "C"])):
        assert (check_table(found).counts == check_table(table(GOOD)).counts).all()
    twice = pd.concat([table(GOOD), table(GOOD[:2])])
    assert group_people(twice)["count"].sum() == table(GOOD)["count"].sum() + 70


def test_the_helper_for_persons_is_named_where_it_is_needed():
    people = pd.DataFrame([row[:3] for row in GOOD for _ in range(row[3])], columns=list("ABC"))
    for each in (people, people.assign(count=1)):
        with pytest.raises(ValueError, match=r"hidden\.group_people"):
            estimate_population(each)


@pytest.mark.parametrize(
    ("people", "lists", "words"),
    [
        (pd.DataFrame({"A": [1, 0], "B": [0, 0]}), None, "found 1 people on no list"),
        (pd.DataFrame({"A": [1, 1], "B": [0, 34]}), None, "'B', row 2: found 34"),
        (pd.DataFrame({"A": [1, 1], "B": [0, None]}), None, "'B', row 2: found nan"),
        (pd.DataFrame({"A": [1, 1], "B": [0, 1]}), ["A", "C"], "list is 'C'"),
        (pd.DataFrame({"A": [1, 1], "B": [0, 0]}), None, "list 'B': found nobody"),
        (pd.DataFrame({"A": []}), None, "one row per person, found none"),
    ],
)
def test_persons_that_cannot_be_grouped_are_refused(people, lists, words):
    with pytest.raises(ValueError, match=words):
        group_people(people, lists)


def test_a_table_must_be_a_dataframe():
    with pytest.raises(TypeError, match="expected a DataFrame"):
        estimate_population([[1, 0, 3]])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "stepwse"}, r"^method is 'stepwse', did you mean stepwise\?$"),
        ({"interval": "wald"}, "^interval is 'wald', expected one of"),
        ({"threshold": 2}, "threshold: found 2"),
        ({"bootstraps": 10.5}, "bootstraps: found 10.5"),
        ({"bootstraps": 5}, "bootstraps: found 5"),
        ({"method": "average", "interval": "profile"}, "not defined"),
    ],
)
def test_bad_options_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        estimate_population(table(GOOD), **options)


@pytest.mark.parametrize("method", ["stepwise", "best_bic", "average"])
def test_two_lists_cannot_show_their_dependence(method):
    two = table([(1, 0, 180), (0, 1, 80), (1, 1, 20)], "AB")
    with pytest.raises(NotEstimable, match="two lists"):
        estimate_population(two, method=method)
    # 200 on one, 100 on the other, 20 on both: Lincoln-Petersen says 1000
    assert estimate_population(two, method="independence").estimate == pytest.approx(1000)


def test_two_separate_pairs_are_refused():
    four = [(1, 0, 0, 0, 9), (0, 1, 0, 0, 9), (0, 0, 1, 0, 9), (0, 0, 0, 1, 9)]
    pairs = [(1, 1, 0, 0, 3), (0, 0, 1, 1, 3)]
    with pytest.raises(NotEstimable, match="fewer than three lists") as refusal:
        estimate_population(table([*four, *pairs], "ABCD"))
    assert "A:B, C:D" in str(refusal.value)
    assert not check_model(table([*four, *pairs], "ABCD"), ["A:B", "C:D"]).exists


def test_everyone_on_every_list_is_refused():
    with pytest.raises(NotEstimable, match="runs to zero"):
        estimate_population(table([(1, 1, 1, 50)]))


def test_more_than_six_lists_need_another_method():
    rows = [(*tuple(int(k == bit) for k in range(7)), 20) for bit in range(7)]
    rows += [(*tuple(int(k in (bit, bit + 1)) for k in range(7)), 5) for bit in range(6)]
    with pytest.raises(ValueError, match="at most 6"):
        estimate_population(table(rows, "ABCDEFG"), method="best_bic")


def test_decomposable_average_takes_three_to_five_lists():
    with pytest.raises(ValueError, match="three to five"):
        decomposable_average(check_table(table([(1, 0, 18), (0, 1, 8), (1, 1, 2)], "AB")))
    with pytest.raises(ValueError, match="prior_count"):
        decomposable_average(check_table(table(GOOD)), prior_count=0)


def test_unknown_lists_and_terms_are_named():
    with pytest.raises(ValueError, match="'Z'"):
        drop_list(table(GOOD), "Z")
    with pytest.raises(ValueError, match="at least two"):
        merge_lists(table(GOOD), ["A", "A"])
    with pytest.raises(ValueError, match="'A:Z'"):
        check_model(table(GOOD), ["A:Z"])


def test_unknown_dataset_and_broken_patterns_are_named():
    rows = pd.DataFrame(
        [("x", 1, "A", 1, 5), ("x", 1, "B", 0, 5), ("x", 2, "A", 0, 4), ("x", 2, "B", 1, 3)],
        columns=["dataset", "pattern", "list", "on_list", "count"],
    )
    with pytest.raises(ValueError, match=r"^dataset is 'y', expected one of x$"):
        list_table(rows, "y")
    with pytest.raises(ValueError, match="pattern 2"):
        list_table(rows, "x")
    with pytest.raises(ValueError, match="pattern 2"):
        list_table(rows.iloc[:3], "x")


def test_a_pattern_of_zeros_without_people_is_harmless():
    plain = estimate_population(table(GOOD))
    assert estimate_population(table([*GOOD, (0, 0, 0, 0)])) == plain


def test_a_known_list_is_a_population_seen_by_the_others():
    others, size = known_list(table(GOOD), "A")
    assert size == 40 + 6 + 4 + 1
    assert others.to_dict("records") == [
        {"B": 1, "C": 0, "count": 6},
        {"B": 0, "C": 1, "count": 4},
        {"B": 1, "C": 1, "count": 1},
    ]


@settings(deadline=None)
@given(st.permutations(range(7)), st.permutations("ABC"))
def test_order_of_rows_and_columns_does_not_matter(rows, columns):
    shuffled = table(GOOD).iloc[rows][[*columns, "count"]]
    assert estimate_population(shuffled).estimate == pytest.approx(
        estimate_population(table(GOOD)).estimate, rel=1e-9
    )


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=15, max_size=15))
def test_merging_keeps_people_and_dropping_loses_only_the_lists_own(counts):
    rows = [(c & 1, c >> 1 & 1, c >> 2 & 1, c >> 3, n) for c, n in enumerate(counts, 1)]
    four = table(rows, "ABCD")
    assert merge_lists(four, ["B", "D"])["count"].sum() == sum(counts)
    only_c = counts[0b0100 - 1]
    assert drop_list(four, "C")["count"].sum() == sum(counts) - only_c
    # merging everything but one list, two ways
    one = merge_lists(merge_lists(four, ["A", "B"], "X"), ["X", "C"], "Y")
    two = merge_lists(four, ["A", "B", "C"], "Y")
    assert (check_table(one).counts == check_table(two).counts).all()
