"""Published amounts of money: dollars of their year, dollars of one year, and slips of conversion.

An amount in another currency becomes dollars at the average exchange rate of the year it refers to
(`exchange_rates.csv`), and dollars of one year become dollars of another with the consumer price
index of the United States (`us_consumer_prices.csv`). Stages of the chain are never mixed: what is
paid at one stage says nothing about another.
"""

import numpy as np
import pandas as pd

from helpers.expect import expect

NO_YEAR_FITS = "the rate of no year"
BACK = 20  # years before its publication to which an amount without a year may refer


def rate_table(exchange_rates):
    """Arrange exchange rates by year and currency, with a column of ones for the dollar.

    Parameters
    ----------
    exchange_rates : pandas.DataFrame
        Columns year, currency, units_per_usd.

    Returns
    -------
    pandas.DataFrame
        Units of the currency for one US dollar; index year, one column per currency.
    """
    rates = exchange_rates.pivot(index="year", columns="currency", values="units_per_usd")
    return rates.assign(USD=1.0)


def rates_of(years, currencies, rates):
    """Look up the rate of each amount.

    Parameters
    ----------
    years : pandas.Series
        Years, missing where none is stated.
    currencies : pandas.Series
        Currency codes, same index.
    rates : pandas.DataFrame
        From `rate_table`.

    Returns
    -------
    pandas.Series
        Units of the currency for one US dollar; missing where the year is.

    Raises
    ------
    ValueError
        A currency or a year without a rate.
    """
    found = []
    for year, currency in zip(years, currencies, strict=True):
        expect("currency", currency, sorted(rates.columns))
        if pd.isna(year):
            found.append(np.nan)
            continue
        if year not in rates.index or pd.isna(rates.loc[year, currency]):
            ends = f"{rates.index.min()} to {rates.index.max()}"
            raise ValueError(f"year is {year:.0f}, expected one with a rate: {ends}")
        found.append(rates.loc[year, currency])
    return pd.Series(found, index=years.index, dtype="float64")


def real_factor(years, index, base_year):
    """Work out what one dollar of each year is worth in dollars of the base year.

    Parameters
    ----------
    years : pandas.Series
        Missing where none is stated.
    index : pandas.Series
        Consumer prices by year.
    base_year : int

    Raises
    ------
    ValueError
        A base year without a price index.
    """
    expect("base_year", base_year, sorted(index.index))
    return index[base_year] / years.map(index)


def choose(prices, stage, currency="all"):
    """Keep the amounts of one stage, in one currency or in all.

    Raises
    ------
    ValueError
        A stage or currency that the table does not have, or no row with both.
    """
    for name, value, column in (("stage", stage, "stage"), ("currency", currency, "currency")):
        expect(name, value, [*sorted(prices[column].unique()), *["all"][: name == "currency"]])
    chosen = prices[prices["stage"] == stage]
    chosen = chosen if currency == "all" else chosen[chosen["currency"] == currency]
    if chosen.empty:
        raise ValueError(f"currency is {currency!r}, which no row of stage {stage!r} has")
    return chosen


def observations(rows):
    """Count what was printed twice only once, with every end that either printing gives.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns id, same_as, low, central, high and others; a row whose same_as names another row
        reports the same observation.

    Returns
    -------
    pandas.DataFrame
        One row per observation: that of the first printing, its ends completed.
    """
    first = rows["same_as"].fillna(rows["id"])
    ends = rows.groupby(first, sort=False).agg({"low": "min", "central": "mean", "high": "max"})
    kept = rows.drop_duplicates("id").set_index("id").loc[ends.index]
    kept[list(ends)] = ends
    return kept.rename_axis("id").reset_index()


def conversions(rows, year, published, rates, tolerance):
    """Hold printed dollars to the exchange rate of their year.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns id, currency, low, central, high, printed_usd_low, printed_usd_high and two years.
    year, published : str
        Names of the columns with the year of the amount and of its publication.
    tolerance : float
        Largest deviation, as a share of the rate, that counts as agreement; a yearly average and a
        rounded printing cannot do better than a few hundredths.

    Returns
    -------
    pandas.DataFrame
        One row per printed dollar figure of an amount in another currency: id, end, amount,
        currency, printed_usd, year, implied_rate, year_rate, deviation (a fraction), slip, and
        fits (whose rate it agrees with). Without a year of its own an amount is a slip only if it
        fits the rate of no year from `BACK` years before its publication on.
    """
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance is {tolerance:g}, expected a share between 0 and 1")
    found = []
    for row in rows[rows["currency"] != "USD"].to_dict("records"):
        for end, other in (("low", "central"), ("high", "central")):
            amount = row[end] if pd.notna(row[end]) else row[other]
            printed = row[f"printed_usd_{end}"]
            repeated = end == "high" and pd.isna(row["high"])
            if pd.notna(amount) and pd.notna(printed) and not repeated:
                found.append(_conversion(row, end, amount, printed, year, published, rates))
    table = pd.DataFrame(found)
    off = (table["implied_rate"] / table["year_rate"] - 1).rename("deviation")
    nearest = table["nearest_rate"]
    anywhere = (table["implied_rate"] / nearest - 1).abs() <= tolerance
    later = (table["implied_rate"] / table["published_rate"] - 1).abs() <= tolerance
    own = off.abs() <= tolerance
    known = table["year"].notna()
    fits = np.select(
        [own, later, anywhere],
        ["the rate of its year", "the rate of its publication", "the rate of another year"],
        NO_YEAR_FITS,
    )
    slip = np.where(known, ~own, ~anywhere)
    off = off.where(known, table["implied_rate"] / nearest - 1)
    return table.drop(columns=["nearest_rate", "published_rate"]).assign(
        deviation=off, fits=fits, slip=slip
    )


def _conversion(row, end, amount, printed, year, published, rates):
    """Describe one printed conversion: the rate it implies beside the rates there were."""
    when, appeared = row[year], row[published]
    series = rates[row["currency"]].dropna()
    so_far = series if pd.isna(appeared) else series.loc[appeared - BACK : appeared]
    implied = amount / printed
    return {
        "id": row["id"],
        "end": end,
        "currency": row["currency"],
        "amount": amount,
        "printed_usd": printed,
        "year": when,
        "implied_rate": implied,
        "year_rate": np.nan if pd.isna(when) else series[when],
        "published_rate": np.nan if pd.isna(appeared) else series[appeared],
        "nearest_rate": so_far.iloc[int(np.argmin(np.abs(np.log(so_far / implied))))],
    }
