"""What ranges hold, in tables drawn from the fitted model."""

import numpy as np
import pytest

from helpers.hidden import (
    NotEstimable,
    drawn_anew,
    interval_coverage,
    repeated_ranges,
    simulate_counts,
    simulate_lists,
)
from helpers.hidden.bootstrap import percentile_limits
from helpers.hidden.estimate import estimate_population
from helpers.hidden.tables import wide_table

APART = simulate_lists(3000, [0.15, 0.2, 0.12], seed=1)


def test_every_range_keeps_its_promise_where_no_model_is_chosen():
    found = interval_coverage(APART, method="independence", tables=300, bootstraps=200, seed=2)
    assert (found["tables"] == 300).all() and (found["none"] == 0).all()
    assert (found["share"] == found["held"] / 300).all()
    # 95% within four standard errors; ends read off 200 replicates hold a little less
    assert found["share"].between(0.95 - 4 * np.sqrt(0.95 * 0.05 / 300), 1).all()
    assert (found["low"] < found["share"]).all() and (found["share"] <= found["high"]).all()


def test_a_range_given_a_model_that_was_chosen_keeps_less():
    """Lists of little overlap and some dependence: choosing anew is most of the error."""
    table = simulate_lists(4000, [0.06, 0.08, 0.05, 0.07], dependence=0.9, seed=3)
    found = interval_coverage(table, tables=150, bootstraps=200, seed=4).set_index("interval")
    assert found.loc["normal", "high"] < 0.95


def test_ranges_of_many_tables_are_those_of_each():
    counts = simulate_counts(3000, [0.15, 0.2, 0.12], replications=3, seed=6)
    found = repeated_ranges(counts, method="independence", bootstraps=80, seed=7)
    normal = found[found["interval"] == "normal"]
    alone = [estimate_population(wide_table("ABC", c), method="independence") for c in counts]
    assert normal[["low", "high"]].to_numpy() == pytest.approx(
        np.array([(each.low, each.high) for each in alone])
    )
    assert found.groupby("interval").size().tolist() == [3, 3, 3]


def test_a_table_without_an_estimate_is_refused_before_any_table_is_drawn():
    with pytest.raises(NotEstimable):
        interval_coverage(wide_table("AB", [0, 5, 6, 0]), method="independence")
    with pytest.raises(ValueError, match="expected one of independence, stepwise"):
        interval_coverage(APART, method="average")
    with pytest.raises(ValueError, match="tables: found 0"):
        interval_coverage(APART, tables=0)


@pytest.mark.parametrize("method", ["stepwise", "best_bic"])
def test_the_percentile_range_is_read_from_the_populations_drawn_anew(method):
    drawn = drawn_anew(APART, method=method, bootstraps=80, seed=5)
    found = estimate_population(APART, method=method, interval="percentile", bootstraps=80, seed=5)
    assert percentile_limits(drawn) == (found.low, found.high)
    assert drawn.shape == (80,) and (drawn > APART["count"].sum()).all()
