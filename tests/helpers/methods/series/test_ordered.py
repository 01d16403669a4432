"""Counts on an ordered index: time is counted in steps of the index, and every gap has a name."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.methods.series.ordered import checked

LENGTH = 9
STARTS = st.datetimes(pd.Timestamp("1950-01-01"), pd.Timestamp("2050-01-01"))
INDEXES = {
    "years as numbers": pd.RangeIndex(1998, 1998 + LENGTH),
    "every second year": pd.Index(range(1990, 1990 + 2 * LENGTH, 2)),
    "tenths": pd.Index([round(0.1 * step, 1) for step in range(LENGTH)]),
    "months": pd.period_range("2001-11", periods=LENGTH, freq="M"),
    "first days of months": pd.date_range("2000-01-01", periods=LENGTH, freq="MS"),
    "first days of quarters": pd.date_range("2000-01-01", periods=LENGTH, freq="QS"),
    "last days of years": pd.date_range("2000-12-31", periods=LENGTH, freq="YE"),
    "last days of months": pd.date_range("2000-01-31", periods=LENGTH, freq="ME"),
    "last days of quarters": pd.date_range("2000-03-31", periods=LENGTH, freq="QE"),
    "last working days of months": pd.date_range("2000-01-31", periods=LENGTH, freq="BME"),
    "thirtieths": pd.DatetimeIndex(
        [pd.Timestamp("2001-01-30") + pd.DateOffset(months=k) for k in range(LENGTH)]
    ),
    "hours": pd.date_range("2000-02-25", periods=LENGTH, freq="h"),
    "working days": pd.date_range("2000-02-25", periods=LENGTH, freq="B"),
    "last days of months elsewhere": pd.date_range(
        "2000-01-31", periods=LENGTH, freq="ME", tz="Asia/Seoul"
    ),
    "days": pd.date_range("2000-02-25", periods=LENGTH, freq="D"),
    "weeks": pd.date_range("2000-01-03", periods=LENGTH, freq="7D"),
    "names in order": pd.Index(list("abcdefghi")),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
def test_time_counts_the_steps_of_the_index(index):
    counts, time = checked(pd.Series(range(LENGTH), index=index))
    assert counts.tolist() == list(range(LENGTH))
    assert time.tolist() == list(range(LENGTH))


@pytest.mark.parametrize("step", ["D", "7D", "h", "MS", "ME", "QS", "QE", "YS", "YE", "BME"])
def test_dates_read_from_a_file_are_as_even_as_those_pandas_makes(step):
    index = pd.date_range("2003-11-30", periods=LENGTH, freq=step)
    read = pd.DatetimeIndex(index.astype(str))
    assert read.freq is None
    assert checked(pd.Series(1, index=read))[1].tolist() == list(range(LENGTH))


def test_counts_of_resampled_dates_are_a_series():
    days = pd.Series(1, index=pd.date_range("2003-01-01", "2004-12-31", freq="D"))
    for step, expected in (("ME", 24), ("QE", 8), ("YE", 2)):
        counts, time = checked(days.resample(step).sum())
        assert counts.sum() == 731
        assert time.tolist() == list(range(expected))


@given(
    STARTS, st.sampled_from(["D", "7D", "MS", "ME", "QS", "QE", "YS"]), st.sets(st.integers(2, 7))
)
def test_as_many_gaps_are_named_as_dates_are_missing(start, step, missing):
    index = pd.date_range(pd.Timestamp(start).normalize(), periods=LENGTH, freq=step)
    kept = pd.Series(1, index=index.delete(sorted(missing)))
    if not missing:
        assert checked(kept)[1].tolist() == list(range(LENGTH))
        return
    with pytest.raises(ValueError, match=r"^counts: gaps at ") as raised:
        checked(kept)
    assert str(raised.value).count("after ") == len(missing)


@pytest.mark.parametrize(
    ("years", "named"),
    [([1998, 1999, 2001], "2000"), ([1990, 1992, 1998], "1994, 1996"), ([0.1, 0.2, 0.4], "0.3")],
)
def test_a_missing_number_is_named(years, named):
    with pytest.raises(ValueError, match=f"^counts: gaps at {named}$"):
        checked(pd.Series(5, index=years))


def test_a_missing_month_is_named_by_the_one_before():
    months = pd.period_range("2001-11", periods=4, freq="M").delete(2)
    with pytest.raises(ValueError, match=r"^counts: gaps at after 2001-12$"):
        checked(pd.Series(5, index=months))


def test_one_count_is_a_series():
    counts, time = checked(pd.Series([3], index=[2004]))
    assert (counts.tolist(), time.tolist()) == ([3], [0])


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([1, 2], "expected a pandas Series of counts, found <class 'list'>"),
        (pd.Series(dtype=float), "expected a pandas Series of counts"),
        (pd.Series([1, 2], index=[2001, 2000]), "ascending order without repeats"),
        (pd.Series([1, 2], index=[2000, 2000]), "ascending order without repeats"),
        (pd.Series([1, np.nan, 2], index=[7, 8, 9]), "gaps at 8; they are not zeros"),
        (pd.Series([1, -2]), "at least 0, found -2"),
        (pd.Series([1, np.inf]), "at least 0, found inf"),
        (pd.Series([3, 2.5, 1]), r"whole numbers of people or events, found 2\.5; .*`exposure`"),
        (pd.Series([0.1, 0.2]), r"whole numbers of people or events, found 0\.1; .*`exposure`"),
        (pd.Series([1, 2, 3], index=[2000, 2001, 2002.5]), "evenly spaced index"),
    ],
)
def test_what_is_no_series_of_counts_is_refused(counts, message):
    with pytest.raises(ValueError, match=message) as raised:
        checked(counts)
    assert "\n" not in str(raised.value)
