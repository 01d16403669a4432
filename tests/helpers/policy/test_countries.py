"""Countries compared: grids, moves, ranks and shared rates against small worked examples."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

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
    assert value == pytest.approx(spearmanr(pairs["overall"], pairs["rank"]).statistic)
    assert low < high
    with pytest.raises(ValueError, match="2 countries, expected at least 3"):
        countries.rank_correlation(pairs[pairs["country"] < "C"], seed=1)


def test_perfect_agreement_is_minus_one():
    pairs = pd.DataFrame({"country": list("ABC"), "overall": [15, 9, 3], "rank": [1, 2, 4]})
    assert countries.rank_correlation(pairs, replicates=50, seed=1)[0] == pytest.approx(-1)


def by_country(**values):
    """Pairs from country=([scores], [ranks])."""
    parts = [
        pd.DataFrame({"country": name, "overall": scores, "rank": ranks})
        for name, (scores, ranks) in values.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_countries_may_differ_one_way_and_move_the_other():
    """Better scores with better tiers between countries; within each the other way round."""
    pairs = by_country(
        A=([10, 11, 12], [1, 2, 3]), B=([6, 7, 8], [2, 3, 4]), C=([2, 3, 4], [3, 4, 5])
    )
    within = countries.correlation_within(pairs, replicates=100, seed=1)
    between = countries.correlation_between(pairs, replicates=100, seed=1)
    assert within == pytest.approx((1, 1, 1))
    assert between[0] == pytest.approx(-1)
    assert countries.rank_correlation(pairs, replicates=100, seed=1)[0] < 0


def test_within_countries_a_level_of_its_own_does_not_matter():
    rng = np.random.default_rng(5)
    pairs = by_country(**{c: (rng.integers(1, 9, 6), rng.integers(1, 5, 6)) for c in "ABCDE"})
    lifted = pairs.assign(overall=pairs["overall"] + 10 * (pairs["country"] == "B"))
    one, two = (countries.correlation_within(each, seed=1) for each in (pairs, lifted))
    assert one == pytest.approx(two)
    single = pd.concat([pairs, by_country(Z=([99], [1]))])
    assert countries.correlation_within(single, seed=1) == pytest.approx(one)
    with pytest.raises(ValueError, match="0 countries, expected at least 3"):
        countries.correlation_within(pairs.drop_duplicates("country"), seed=1)


def test_the_interval_is_not_stretched_to_hold_the_value():
    """Four countries, of which most draws repeat some: the bootstrap's own ends are given."""
    pairs = by_country(A=([1], [4]), B=([2], [3]), C=([3], [2]), D=([4], [1]))
    assert countries.rank_correlation(pairs, seed=1) == pytest.approx((-1, -1, -1))
    rng = np.random.default_rng(1)
    pairs = by_country(**{c: (rng.integers(1, 9, 3), rng.integers(1, 4, 3)) for c in "ABCD"})
    groups = [g[["overall", "rank"]].to_numpy() for _, g in pairs.groupby("country")]
    rng, draws = np.random.default_rng(7), []
    for _ in range(300):
        chosen = np.concatenate([groups[i] for i in rng.integers(4, size=4)])
        draws.append(spearmanr(chosen).statistic)
    _, low, high = countries.rank_correlation(pairs, replicates=300, seed=7)
    assert (low, high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])))


def test_a_difference_of_correlations_is_that_of_common_country_years():
    """Tiers that follow the score a year later agree fully then, and scipy gives the rest."""
    rng = np.random.default_rng(11)
    pairs = by_country(**{c: (rng.permutation(8) + 3, rng.integers(1, 5, 8)) for c in "ABCDE"})
    pairs["year"] = pairs.groupby("country").cumcount()
    followed = pairs.assign(rank=-pairs["overall"])
    kept = followed[followed["year"] > pairs["year"].min()]
    value, low, high = countries.correlation_difference(pairs, kept, seed=3, replicates=200)
    common = pairs[pairs["year"] > pairs["year"].min()]
    assert value == pytest.approx(-1 - spearmanr(common["overall"], common["rank"]).statistic)
    assert low < value < high < 0
    same = countries.correlation_difference(pairs, pairs, seed=3, replicates=50)
    assert same == pytest.approx((0, 0, 0))
    with pytest.raises(ValueError, match="2 countries, expected at least 3"):
        countries.correlation_difference(pairs, kept[kept["country"] < "C"], seed=3)


def test_with_ties_minus_one_is_out_of_reach():
    """Whatever the order of the pairs, none is more negative than the sorted one."""
    rng = np.random.default_rng(2)
    scores, ranks = rng.integers(3, 15, 30), rng.integers(1, 4, 30)
    pairs = pd.DataFrame({"country": "A", "overall": scores, "rank": ranks})
    furthest = countries.full_agreement(pairs)
    assert -1 < furthest < -0.8
    orders = [spearmanr(scores, rng.permutation(ranks)).statistic for _ in range(300)]
    assert furthest <= min(orders)
    sharp = by_country(A=([15], [1]), B=([9], [2]), C=([3], [4]))
    assert countries.full_agreement(sharp) == pytest.approx(-1)
    with pytest.raises(ValueError, match="one score or one tier"):
        countries.full_agreement(by_country(A=([15, 9, 3], [2, 2, 2])))


def test_the_collection_agrees_mostly_between_countries():
    """As a referee computed it: -0.19 within, -0.60 between, and -0.91 would be full agreement."""
    scores, tiers = table("policy_index"), table("tiers")
    grid = countries.tier_grid(tiers, [], 2001, 2025)
    pairs = countries.paired(grid, scores[scores["country"].isin(grid.index)])
    within = countries.correlation_within(pairs, seed=1, replicates=300)
    assert within[0] == pytest.approx(-0.19, abs=0.005)
    between = countries.correlation_between(pairs, seed=1, replicates=300)
    assert between[0] == pytest.approx(-0.60, abs=0.005)
    assert countries.full_agreement(pairs) == pytest.approx(-0.914, abs=0.0005)


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


# Days on which a treaty entered into force for a state, as depositaries print them: for China the
# protocol (Dutch treaty database) and the convention on women with its first states.
PRINTED = [
    ("China", "trafficking_protocol_2000", "2010-03-10"),
    ("China", "women_convention_1979", "1981-09-03"),
    ("Russia", "women_convention_1979", "1981-09-03"),
    ("Philippines", "women_convention_1979", "1981-09-04"),
    ("Philippines", "crime_convention_2000", "2003-09-29"),
    ("Laos", "trafficking_protocol_2000", "2003-12-25"),
    ("China", "refugee_protocol_1967", "1982-09-24"),
]


@pytest.mark.parametrize(("country", "treaty", "day"), PRINTED)
def test_a_treaty_binds_from_the_day_the_depositary_prints(country, treaty, day):
    found = countries.treaty_years(table("treaties"), table("treaty_rules"))
    since = found.set_index(["country", "treaty"])["in_force_for"]
    assert since[country, treaty] == pd.Timestamp(day)


def test_nobody_is_bound_before_the_treaty_is_in_force_or_without_a_deposit():
    rules = table("treaty_rules").set_index("treaty")
    found = countries.treaty_years(table("treaties"), table("treaty_rules"))
    bound = found.dropna(subset="in_force_for")
    assert (
        bound["in_force_for"] >= pd.to_datetime(rules.loc[bound["treaty"], "in_force"]).to_numpy()
    ).all()
    assert found["bound"].notna().equals(found["deposit_date"].notna())


def test_treaty_dates_become_years():
    found = countries.treaty_years(table("treaties"), table("treaty_rules"))
    bound = found.set_index(["country", "treaty"])["bound"]
    assert bound["China", "trafficking_protocol_2000"] == pytest.approx(2010 + 68 / 365)
    assert pd.isna(bound["North Korea", "trafficking_protocol_2000"])
