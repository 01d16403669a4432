"""Dates at their precision, claims tested by rule, and events chosen."""

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data import table
from helpers.policy import events as policy

DAYS = st.dates(min_value=pd.Timestamp("1950-01-01").date()).map(str)


def events(*rows):
    """Build a table of events from (id, start, end, precision, article_date, claim)."""
    columns = ["id", "start", "end", "precision", "article_date", "claim"]
    return pd.DataFrame(rows, columns=columns).assign(title="Title", level="china", type="border")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2001", 2001, 2002),
        ("2001-07", 2001 + 181 / 365, 2001 + 212 / 365),
        ("2004-02-29", 2004 + 59 / 366, 2004 + 60 / 366),
        ("2001-12-31", 2001 + 364 / 365, 2002),
        ("1994/1998", 1994, 1999),
    ],
)
def test_a_date_covers_what_its_precision_leaves_open(text, start, end):
    assert policy.interval(text) == pytest.approx((start, end))


@given(DAYS)
def test_a_day_lies_in_its_month_and_its_month_in_its_year(day):
    spans = [policy.interval(day[:length]) for length in (10, 7, 4)]
    for inner, outer in itertools.pairwise(spans):
        assert outer[0] <= inner[0] < inner[1] <= outer[1] + 1e-9


@pytest.mark.parametrize("text", ["2001-13", "2001-02-30", "01-02-2001", "about 2001", "2001-1"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="date is"):
        policy.interval(text)


def test_a_span_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="expected the earlier end first"):
        policy.interval("2005/2001")


@pytest.mark.parametrize(
    ("claimed", "recorded", "apart"),
    [
        ("2013", "2013-06-19", 0),  # a year covers its days
        ("2002", "2001-07", 1),  # whole calendar years between a year and a month
        ("1951", "1954-04-22", -3),
        ("2023-10-09", "2023-10-09", 0),
        ("2020-01-11", "2020-01-01", 9 / 366),  # nine whole days lie between them
    ],
)
def test_years_apart(claimed, recorded, apart):
    assert policy.years_apart(claimed, recorded) == pytest.approx(apart)


@given(DAYS, DAYS)
def test_exchanging_two_dates_changes_the_sign(first, second):
    assert policy.years_apart(first, second) == pytest.approx(-policy.years_apart(second, first))


@pytest.mark.parametrize(
    ("start", "end", "precision"),
    [
        ("2001", None, "day"),
        ("2001-07-01", None, "month"),
        ("2001", None, "range"),
        ("2001-07", "2002", "month"),
        ("1994-01", "1998-01", "range"),
    ],
)
def test_a_date_that_contradicts_its_precision_is_refused(start, end, precision):
    with pytest.raises(ValueError, match=f"event e: precision is '{precision}', found {start}"):
        policy.on_axis(events(("e", start, end, precision, None, None)))


def test_events_lie_on_the_axis_in_order():
    laid = policy.on_axis(
        events(
            ("b", "2002-07-01", None, "day", None, None), ("a", "1994", "1998", "range", None, None)
        )
    )
    assert laid["id"].tolist() == ["a", "b"]
    assert laid["is_span"].tolist() == [True, False]
    assert laid["to_year"].tolist() == pytest.approx([1999, 2002 + 182 / 365])


def test_choose_keeps_what_touches_the_years_and_names_what_it_does_not_know():
    laid = policy.on_axis(
        events(("a", "1994", "1998", "range", None, None), ("b", "2005", None, "year", None, None))
    )
    assert policy.choose(laid, first_year=1998, last_year=2004)["id"].tolist() == ["a"]
    with pytest.raises(ValueError, match="level is 'japan', expected one of china"):
        policy.choose(laid, levels=["japan"])
    with pytest.raises(ValueError, match="type is 'war', expected one of border"):
        policy.choose(laid, types=["war"])
    with pytest.raises(ValueError, match="no event of these levels and types from 2010 to 2012"):
        policy.choose(laid, first_year=2010, last_year=2012)


def test_dated_claims_by_rule():
    rows = events(
        ("a", "2023-10-09", None, "day", "2023-10-19", "C01"),
        ("b", "1994", "1998", "range", "1996/1999", "C02"),
        ("c", "2013-06-19", None, "day", "2013", "C03"),
        ("d", "2010-02-08", None, "day", None, "C04"),
        ("e", "2010-02-08", None, "day", None, None),
    )
    ledger = pd.DataFrame(
        {
            "kind": ["date", "law", "description", "count", "date"],
            "as_of": ["1994", None, "2008", "2010", "1990"],
            "period": [None] * 5,
        },
        index=["C05", "C06", "R02", "C07", "C01"],
    )
    found = policy.dated_claims(rows, ledger).set_index("claim")
    assert found["outcome"].to_dict() == {
        "C01": "differs",
        "C02": "differs",
        "C03": "agrees",
        "C04": "no date given",
        "C05": "no event",
        "R02": "no event",
    }
    assert found.loc["C01", "days_apart"] == 10
    assert found.loc["C02", "years_apart"] == 2
    assert pd.isna(found.loc["C03", "days_apart"])
    assert found.drop(["C01", "C02", "C03"])["years_apart"].isna().all()


def test_moving_or_deleting_an_event_changes_what_is_said():
    real = table("events")
    before = policy.dated_claims(real).set_index("claim")
    assert before.loc["C27", "outcome"] == "agrees"
    moved = real.assign(start=real["start"].where(real["claim"] != "C27", "2023-11-09"))
    after = policy.dated_claims(moved).set_index("claim")
    assert after.loc["C27", "outcome"] == "differs" and after.loc["C27", "days_apart"] == -31
    gone = policy.dated_claims(real[real["claim"] != "C27"], table("claims").set_index("id"))
    assert "C27" not in set(gone["claim"])  # a count, so nothing but its event makes it dated


def test_the_table_keeps_its_own_rules():
    laid = policy.on_axis(table("events"))
    assert (laid["to_year"] > laid["from_year"]).all()
    issue = ["C05", "C06", "C13", "C24", "C25", "C27", "C28", "C29", "C30", "C33", "C34"]
    tested = policy.dated_claims(table("events"), table("claims").set_index("id"))
    assert {*issue, "R02", "R05"} <= set(tested["claim"])
    outcome = tested.set_index("claim")["outcome"]
    assert outcome["C06"] == outcome["R02"] == "no event"


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 20)), max_size=30))
def test_stacked_labels_never_touch(labels):
    labels = sorted(labels)
    starts, widths = [s for s, _ in labels], [w for _, w in labels]
    rows = policy.stack_labels(starts, widths, gap=0.5)
    for row in set(rows):
        inside = [i for i, r in enumerate(rows) if r == row]
        for one, two in itertools.pairwise(inside):
            assert starts[two] >= starts[one] + widths[one] + 0.5 - 1e-9


def test_labels_out_of_order_are_refused():
    with pytest.raises(ValueError, match="expected left ends in ascending order"):
        policy.stack_labels([2, 1], [1, 1])
