"""Conversions worked out by hand, and the slips that the sources' own numbers show."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data import table
from helpers.market import prices

RATES = prices.rate_table(
    pd.DataFrame(
        {
            "year": [2004, 2005, 2006, 2005],
            "currency": ["CNY", "CNY", "CNY", "KRW"],
            "units_per_usd": [8.0, 8.0, 5.0, 1000.0],
        }
    )
)
INDEX = pd.Series({2005: 200.0, 2010: 220.0, 2023: 300.0})


def rows(**columns):
    empty = {"same_as": None, "low": np.nan, "central": np.nan, "high": np.nan}
    empty |= {"printed_usd_low": np.nan, "printed_usd_high": np.nan, "published": 2006}
    given_rows = pd.DataFrame(columns)
    missing = {name: value for name, value in empty.items() if name not in columns}
    return given_rows.assign(**missing)


def test_an_amount_is_converted_with_the_rate_and_prices_of_its_year():
    years, currencies = pd.Series([2005, 2005]), pd.Series(["CNY", "USD"])
    usd = pd.Series([800.0, 50.0]) / prices.rates_of(years, currencies, RATES)
    assert usd.tolist() == [100, 50]
    assert (usd * prices.real_factor(years, INDEX, 2023)).tolist() == [150, 75]


def test_without_a_year_nothing_is_converted():
    undated = pd.Series([np.nan])
    assert prices.rates_of(undated, pd.Series(["CNY"]), RATES).isna().all()
    assert prices.real_factor(undated, INDEX, 2023).isna().all()


@given(st.floats(1, 1e6), st.sampled_from([2005, 2010, 2023]), st.sampled_from([2005, 2010, 2023]))
def test_real_dollars_there_and_back_are_the_same(amount, year, base):
    there = prices.real_factor(pd.Series([year]), INDEX, base)[0]
    back = prices.real_factor(pd.Series([base]), INDEX, year)[0]
    assert amount * there * back == pytest.approx(amount)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: prices.rates_of(pd.Series([2005]), pd.Series(["EUR"]), RATES), r"^currency is"),
        (
            lambda: prices.rates_of(pd.Series([1980.0]), pd.Series(["CNY"]), RATES),
            r"^year is 1980, expected one with a rate: 2004 to 2006$",
        ),
        (
            lambda: prices.real_factor(pd.Series([2005]), INDEX, 1950),
            r"^base_year is 1950, expected one of 2005, 2010, 2023$",
        ),
        (
            lambda: prices.choose(table("prices"), "wholesale"),
            r"^stage is 'wholesale', expected one of retail, supplier, survey_all$",
        ),
        (
            lambda: prices.choose(table("prices"), "supplier", "CNY"),
            r"^currency is 'CNY', which no row of stage 'supplier' has$",
        ),
        (
            lambda: prices.conversions(rows(), "price_year", "published", RATES, 0),
            r"^tolerance is 0, expected a share",
        ),
    ],
)
def test_what_is_not_there_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_an_observation_printed_twice_counts_once_with_all_its_ends():
    printed = rows(id=["a", "b", "c"], same_as=[None, "a", None], low=[5, 5, 1.0])
    printed["high"] = [np.nan, 9.0, 2.0]
    found = prices.observations(printed)
    assert found["id"].tolist() == ["a", "c"]
    assert found["high"].tolist() == [9, 2]


def test_a_slip_is_what_leaves_the_tolerance():
    # 8 yuan a dollar in 2005, 5 in 2006: 800 yuan are 100 dollars, or 160 a year later
    printed = rows(id=["right", "later", "never", "undated"], currency=["CNY"] * 4)
    printed["central"] = 800.0
    printed["printed_usd_low"] = [100.0, 160.0, 400.0, 160.0]
    printed["printed_usd_high"] = printed["printed_usd_low"]
    printed["price_year"] = [2005, 2005, 2005, np.nan]
    found = prices.conversions(printed, "price_year", "published", RATES, 0.05)
    assert found["slip"].tolist() == [False, True, True, False]
    assert found["fits"].tolist() == [
        "the rate of its year",
        "the rate of its publication",
        "the rate of no year",
        "the rate of its publication",
    ]
    assert found["deviation"].round(3).tolist() == [0, -0.375, -0.75, 0]


def test_the_ledgers_own_example_of_two_rates_is_found():
    # 3,000 and 10,000 yuan, printed as 439-1,464 and as 446-1,488 dollars (claim L06)
    rates = prices.rate_table(table("exchange_rates"))
    found = prices.conversions(table("prices"), "price_year", "published", rates, 0.01)
    slips = set(found.loc[found["slip"], "id"])
    assert "korea-times-2009" in slips
    assert "dong-a-2009" not in slips


def test_stages_are_never_mixed_and_no_wholesale_row_is_there():
    whole = table("prices")
    for stage in whole["stage"].unique():
        assert set(prices.choose(whole, stage)["stage"]) == {stage}
    assert "wholesale" not in set(whole["stage"])
