"""Lists split by stratum: sums in closed form, known truth, gaps."""

import numpy as np
import pandas as pd
import pytest

from helpers.hidden import by_stratum, simulate_lists

LISTS = list("ABC")


def split(**tables):
    return pd.concat([table.assign(sex=name) for name, table in tables.items()])


def test_strata_of_two_lists_add_up_as_their_delta_method_does():
    tables = {
        "men": pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "count": [60, 40, 20]}),
        "women": pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "count": [30, 90, 10]}),
    }
    found = by_stratum(split(**tables), "sex", "independence").set_index("stratum")
    assert found["estimate"].to_list() == pytest.approx([240, 400, 640, 250 + 90 * 130 / 30])
    # variance of the hidden number a b / m: its square times the sum of reciprocals
    variance = 120**2 * (1 / 60 + 1 / 40 + 1 / 20) + 270**2 * (1 / 30 + 1 / 90 + 1 / 10)
    width = np.exp(1.959964 * np.sqrt(variance) / 390)
    summed = found.loc["sum of the strata"]
    assert (summed["low"], summed["high"]) == pytest.approx((250 + 390 / width, 250 + 390 * width))


def test_strata_of_people_listed_unequally_find_the_truth_that_all_together_miss():
    tables = {
        "men": simulate_lists(4000, [0.3, 0.3, 0.3], names=LISTS, seed=1),
        "women": simulate_lists(6000, [0.06, 0.06, 0.06], names=LISTS, seed=2),
    }
    found = by_stratum(split(**tables), "sex", "independence").set_index("stratum")
    summed, together = found.loc["sum of the strata"], found.loc["all together"]
    assert summed["low"] < 10_000 < summed["high"]
    assert together["high"] < 10_000
    assert summed["seen"] == together["seen"] == sum(t["count"].sum() for t in tables.values())


def test_a_row_for_each_person_gives_the_same():
    tables = {"men": simulate_lists(400, [0.3] * 3, names=LISTS, seed=1)}
    tables["women"] = simulate_lists(300, [0.2] * 3, names=LISTS, seed=2)
    grouped = split(**tables).reset_index(drop=True)
    people = grouped.loc[grouped.index.repeat(grouped["count"])].drop(columns="count")
    one, two = (by_stratum(each, "sex", "independence") for each in (grouped, people))
    pd.testing.assert_frame_equal(one, two)


def test_a_stratum_without_an_estimate_leaves_no_sum_but_a_reason():
    tables = {"men": simulate_lists(400, [0.3] * 3, names=LISTS, seed=1)}
    apart = pd.DataFrame({"A": [1, 0, 0], "B": [0, 1, 0], "C": [0, 0, 1], "count": [5, 4, 3]})
    alone = pd.DataFrame({"A": [1], "B": [0], "C": [0], "count": [7]})
    found = by_stratum(split(**tables, women=apart), "sex", "independence").set_index("stratum")
    assert "does not exist" in found.loc["women", "reason"]
    assert found.loc["sum of the strata", "reason"] == "no estimate of women"
    assert np.isnan(found.loc["sum of the strata", "estimate"])
    found = by_stratum(split(**tables, women=alone), "sex", "independence").set_index("stratum")
    assert found.loc["women", "reason"] == "only list A holds anybody, expected two or more"
    assert found.loc["women", "seen"] == 7


def test_a_list_that_holds_nobody_of_a_stratum_is_left_out_there():
    some = pd.DataFrame({"A": [1, 0, 1], "B": [0, 1, 1], "C": 0, "count": [60, 40, 20]})
    all_three = simulate_lists(400, [0.3] * 3, names=LISTS, seed=1)
    found = by_stratum(split(men=some, women=all_three), "sex", "independence")
    assert found.loc[0, "estimate"] == pytest.approx(240)


def test_gaps_and_unknown_columns_are_named():
    people = pd.DataFrame({"A": [1, 0], "B": [1, 1], "sex": ["men", None]})
    with pytest.raises(ValueError, match="column 'sex', row 2: found a gap"):
        by_stratum(people, "sex", "independence")
    with pytest.raises(ValueError, match="stratum is 'age', expected one of A, B, sex"):
        by_stratum(people, "age", "independence")
    with pytest.raises(ValueError, match="'B', row 2: found 3"):
        by_stratum(people.assign(B=[1, 3], sex="men"), "sex", "independence")
