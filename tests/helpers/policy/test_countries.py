"""Countries compared: grids, moves, ranks and shared rates against small worked examples."""

import numpy as np
import pandas as pd
import pytest

from helpers.data import table
from helpers.policy import countries

TIERS = pd.DataFrame(
    [
        *[
            ("A", year, tier)
            for year, tier in zip(range(2001, 2006), ["2", "2", "3", "3", "2"], strict=True)
        ],
        *[
            ("B", 2001, "2WL"),
            ("B", 2002, None),
            ("B", 2003, "1"),
            ("B", 2004, "1"),
            ("B", 2005, "2"),
        ],
    ],
    columns=["country", "year", "tier"],
)


def test_grid_keeps_order_and_leaves_the_unknown_unknown():
    grid = countries.tier_grid(TIERS, ["B", "A"], 2001, 2004)
    assert grid.index.tolist() == ["B", "A"] and grid.columns.tolist() == [2001, 2002, 2003, 2004]
    assert pd.isna(grid.loc["B", 2002]) and grid.loc["A", 2003] == "3"


@pytest.mark.parametrize(
    ("chosen", "first", "last", "message"),
    [
        (["C"], 2001, 2005, "country is 'C', expected one of A, B"),
        ([], 2000, 2005, "expected years in order between 2001 and 2005"),
        ([], 2005, 2003, "expected years in order between 2001 and 2005"),
    ],
)
def test_unknown_countries_and_years_are_refused(chosen, first, last, message):
    with pytest.raises(ValueError, match=message):
        countries.tier_grid(TIERS, chosen, first, last)


def test_moves_are_counted_between_known_neighbours_only():
    moves = countries.transitions(countries.tier_grid(TIERS, [], 2001, 2005))
    counted = {(a, b): int(moves.loc[a, b]) for a in moves for b in moves if moves.loc[a, b]}
    assert counted == {
        ("2", "2"): 1,
        ("2", "3"): 1,
        ("3", "3"): 1,
        ("3", "2"): 1,
        ("1", "1"): 1,
        ("1", "2"): 1,
    }


def test_scores_are_paired_with_tiers_of_a_later_year():
    grid = countries.tier_grid(TIERS, ["A"], 2001, 2005)
    scores = pd.DataFrame({"country": "A", "year": range(2001, 2006), "overall": range(9, 14)})
    assert countries.paired(grid, scores)["rank"].tolist() == [2, 2, 4, 4, 2]
    later = countries.paired(grid, scores, shift=1)
    assert later["year"].tolist() == [2001, 2002, 2003, 2004]
    assert later["rank"].tolist() == [2, 4, 4, 2]


def test_rank_correlation_is_spearman_and_keeps_countries_together():
    rng = np.random.default_rng(1)
    pairs = pd.DataFrame(
        {
            "country": np.repeat(list("ABCDEF"), 5),
            "overall": rng.integers(3, 15, 30),
            "rank": rng.integers(1, 4, 30),
        }
    )
    value, low, high = countries.rank_correlation(pairs, replicates=200, seed=1)
    from scipy.stats import spearmanr

    assert value == pytest.approx(spearmanr(pairs["overall"], pairs["rank"]).statistic)
    assert low <= value <= high
    with pytest.raises(ValueError, match="2 countries, expected at least 3"):
        countries.rank_correlation(pairs[pairs["country"] < "C"], seed=1)


def test_perfect_agreement_is_minus_one():
    pairs = pd.DataFrame({"country": list("ABC"), "overall": [15, 9, 3], "rank": [1, 2, 4]})
    assert countries.rank_correlation(pairs, replicates=50, seed=1)[0] == pytest.approx(-1)


def test_shared_rates_name_their_countries():
    rates = pd.DataFrame(
        {
            "edition": [2016, 2016, 2016, 2018],
            "country": list("ABCA"),
            "per_thousand": [4.0, 4.0, None, 4.0],
        }
    )
    found = countries.shared_rates(rates)
    assert found[["edition", "countries", "number"]].to_numpy().tolist() == [[2016, "A, B", 2]]


def test_treaty_dates_become_years():
    bound = countries.treaty_years(table("treaties")).set_index(["country", "treaty"])["bound"]
    assert bound["China", "trafficking_protocol_2000"] == pytest.approx(2010 + 38 / 365)
    assert pd.isna(bound["North Korea", "trafficking_protocol_2000"])
