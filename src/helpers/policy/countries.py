"""Countries compared: tiers over time, treaties, a policy score, and indices by edition."""

import numpy as np
import pandas as pd

from helpers.expect import expect_each

SAME = 9  # decimals of a mean beyond which two are the same, so that ties stay ties
TIERS = ("1", "2", "2WL", "3")  # from best to worst


def tier_grid(tiers, countries, first_year, last_year):
    """Arrange tiers with one row per country and one column per year.

    Parameters
    ----------
    tiers : pandas.DataFrame
        The table `tiers`: country, year, tier.
    countries : list of str
        Rows in this order; all in the order of the table if empty.
    first_year, last_year : int
        Both included.

    Returns
    -------
    pandas.DataFrame
        Tier as text; missing where it is unknown. "special" and "unranked" stay as they are.

    Raises
    ------
    ValueError
        If a country or year is not in the table.
    """
    known = list(tiers["country"].unique())
    expect_each("country", countries, known)
    low, high = tiers["year"].min(), tiers["year"].max()
    if not low <= first_year < last_year <= high:
        raise ValueError(
            f"first_year is {first_year} and last_year {last_year}, "
            f"expected years in order between {low} and {high}"
        )
    grid = tiers.pivot(index="country", columns="year", values="tier")
    return grid.loc[list(countries) or known, first_year:last_year]


def transitions(grid):
    """Count moves from one year's tier to the next year's, between known tiers.

    Parameters
    ----------
    grid : pandas.DataFrame
        As returned by `tier_grid`.

    Returns
    -------
    pandas.DataFrame
        Rows: tier before; columns: tier after; in the order of `TIERS`. The diagonal counts years
        in which nothing moved.
    """
    before = grid.iloc[:, :-1].to_numpy().ravel()
    after = grid.iloc[:, 1:].to_numpy().ravel()
    table = pd.crosstab(pd.Series(before, name="from"), pd.Series(after, name="to"))
    return table.reindex(index=TIERS, columns=TIERS, fill_value=0)


def paired(grid, scores, shift=0):
    """Pair each country's policy score with its tier of the same or a shifted year.

    Parameters
    ----------
    grid : pandas.DataFrame
        As returned by `tier_grid`.
    scores : pandas.DataFrame
        The table `policy_index`: country, year, overall.
    shift : int, default 0
        Years by which the tier is later than the score.

    Returns
    -------
    pandas.DataFrame
        Columns country, year, overall, rank (1 best to 4 worst); only pairs with both known.
    """
    long = grid.reset_index().melt(id_vars="country", var_name="year", value_name="tier")
    long = long[long["tier"].isin(TIERS)]
    long = long.assign(rank=long["tier"].map(TIERS.index) + 1, year=long["year"] - shift)
    return scores.merge(long, on=["country", "year"])[["country", "year", "overall", "rank"]]


def rank_correlation(pairs, *, replicates=1000, seed):
    """Spearman correlation of score and tier, with an interval that keeps countries together.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As returned by `paired`. Years of one country resemble each other, so whole countries are
        drawn in the bootstrap.
    replicates, seed : int

    Returns
    -------
    value, low, high : float
        Negative: a better score goes with a better tier (a lower rank). The interval (95%) is that
        of the bootstrap; with few countries it may miss the value, which then cannot be trusted.

    Raises
    ------
    ValueError
        If there are fewer than three countries or no variation.
    """
    return _by_country(pairs, _spearman, replicates, seed)


def correlation_within(pairs, *, replicates=1000, seed):
    """Spearman correlation of score and tier within countries: whether they move together in time.

    Parameters
    ----------
    pairs, replicates, seed
        As for `rank_correlation`. Countries with a single year say nothing and are left out.

    Returns
    -------
    value, low, high : float
        Of the deviations from each country's own means; interval as of `rank_correlation`.

    Raises
    ------
    ValueError
        If fewer than three countries have two years or more, or nothing varies within them.
    """
    both = ["overall", "rank"]
    groups = pairs.groupby("country")
    moved = (pairs[both] - groups[both].transform("mean")).round(SAME)
    several = groups["country"].transform("size") > 1
    moved = moved.assign(country=pairs["country"])[several]
    return _by_country(moved, _spearman, replicates, seed)


def correlation_between(pairs, *, replicates=1000, seed):
    """Spearman correlation of the countries' mean scores and tiers: whether they differ alike.

    Parameters
    ----------
    pairs, replicates, seed
        As for `rank_correlation`.

    Returns
    -------
    value, low, high : float
        Of one pair of means per country; interval as of `rank_correlation`.

    Raises
    ------
    ValueError
        If there are fewer than three countries or their means do not differ.
    """
    means = pairs.groupby("country")[["overall", "rank"]].mean().round(SAME).reset_index()
    return _by_country(means, _spearman, replicates, seed)


def full_agreement(pairs):
    """Return the most negative Spearman correlation that these scores and tiers could have.

    With few tiers many pairs are tied, and minus one is out of reach.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As returned by `paired`.

    Returns
    -------
    float
        Of the best scores with the best tiers.

    Raises
    ------
    ValueError
        If there is no variation.
    """
    if (pairs[["overall", "rank"]].nunique() < 2).any():
        raise ValueError("agreement: found one score or one tier, expected two or more of each")
    scores, ranks = np.sort(pairs["overall"])[::-1], np.sort(pairs["rank"])
    return float(_spearman(np.column_stack([scores, ranks]))[0])


def correlation_difference(pairs, others, *, replicates=1000, seed):
    """Say how much more the score agrees with one set of tiers than with another.

    Both are measured on the country-years that both have, and each draw of countries serves both,
    so that the difference is not one of years or of countries.

    Parameters
    ----------
    pairs, others : pandas.DataFrame
        As returned by `paired`, for two shifts.
    replicates, seed : int

    Returns
    -------
    value, low, high : float
        Spearman correlation with the other tiers minus that with the tiers of `pairs`, negative
        where the others agree more; interval as of `rank_correlation`.

    Raises
    ------
    ValueError
        As for `rank_correlation`.
    """
    key = ["country", "year", "overall"]
    both = pairs.merge(others, on=key, suffixes=("", "_other"))

    def difference(values, times=1):
        return _spearman(values[:, [0, 2]], times) - _spearman(values[:, [0, 1]], times)

    return _by_country(both, difference, replicates, seed, ["overall", "rank", "rank_other"])


def _by_country(pairs, statistic, replicates, seed, columns=("overall", "rank")):
    """Return a statistic of score and tier, and its interval from countries drawn as wholes."""
    codes, names = pd.factorize(pairs["country"], sort=True)
    number, values = len(names), pairs[list(columns)].to_numpy(float)
    if number < 3 or (pairs[list(columns)].nunique() < 2).any():
        raise ValueError(f"correlation: {number} countries, expected at least 3 that differ")
    drawn = np.random.default_rng(seed).integers(number, size=(replicates, number))
    times = (drawn[:, :, None] == np.arange(number)).sum(axis=1)  # each country in each draw
    draws = statistic(values, times[:, codes])
    low, high = np.nanquantile(draws, [0.025, 0.975])  # nan: draws in which nothing varies
    return float(statistic(values)[0]), float(low), float(high)


def _spearman(values, times=1):
    """Spearman correlations of two columns whose rows stand `times` each, one per row of it."""
    times = np.broadcast_to(np.atleast_2d(times), (np.atleast_2d(times).shape[0], len(values)))
    ranks = [_middle_ranks(column, times) for column in values.T]
    away = [
        rank - (times * rank).sum(axis=1, keepdims=True) / times.sum(axis=1, keepdims=True)
        for rank in ranks
    ]
    (first, both), (_, second) = [[(times * a * b).sum(axis=1) for b in away] for a in away]
    with np.errstate(invalid="ignore", divide="ignore"):
        return both / np.sqrt(first * second)


def _middle_ranks(column, times):
    """Ranks, ties in the middle, of values that stand so many times each."""
    _, place, many = np.unique(column, return_inverse=True, return_counts=True)
    at = np.add.reduceat(times[:, place.argsort(kind="stable")], many.cumsum() - many, axis=1)
    return (at.cumsum(axis=1) - (at - 1) / 2)[:, place]


def shared_rates(indices):
    """Find rates that two or more countries share in one edition of an index.

    Parameters
    ----------
    indices : pandas.DataFrame
        Columns edition, country, per_thousand.

    Returns
    -------
    pandas.DataFrame
        Columns edition, per_thousand, countries (names joined), number.
    """
    known = indices.dropna(subset=["per_thousand"])
    groups = known.groupby(["edition", "per_thousand"])["country"]
    table = groups.agg(countries=", ".join, number="size").reset_index()
    return table[table["number"] > 1].reset_index(drop=True)


def treaty_years(treaties, rules):
    """Give each treaty row the day from which the treaty binds the country.

    A state is not bound on the day on which it deposits its act: the treaty enters into force for
    it some days later, by its own text, and for nobody before it is in force at all.

    Parameters
    ----------
    treaties : pandas.DataFrame
        The table `treaties`: country, treaty, deposit_date.
    rules : pandas.DataFrame
        The table `treaty_rules`: treaty, in_force, days_after_deposit.

    Returns
    -------
    pandas.DataFrame
        With columns in_force_for [date; counted from the first day where only the month of the
        deposit is known; missing if there was none] and bound [the same, year with fraction].
    """
    from helpers.dates import interval

    rule = rules.set_index("treaty").loc[treaties["treaty"]].set_index(treaties.index)
    deposit = pd.to_datetime(treaties["deposit_date"], format="ISO8601")
    own = deposit + pd.to_timedelta(rule["days_after_deposit"], unit="D")
    since = own.where(own > pd.to_datetime(rule["in_force"]), pd.to_datetime(rule["in_force"]))
    since = since.where(deposit.notna())
    years = since.dt.strftime("%Y-%m-%d").map(lambda day: interval(day)[0], na_action="ignore")
    return treaties.assign(in_force_for=since, bound=years.astype("float64"))
