"""Events in time: dates with their precision, dated claims tested by rule."""

from datetime import date

import pandas as pd

from helpers.dates import interval, years_apart
from helpers.expect import expect_each

__all__ = [
    "check_precision",
    "choose",
    "dated_claims",
    "interval",
    "on_axis",
    "stack_labels",
    "years_apart",
]


def check_precision(events):
    """Refuse dates that contradict their stated precision.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns id, start, end, precision ("day", "month", "year", or "range" for a span of years
        that is conventional or disputed).

    Raises
    ------
    ValueError
        Naming the first event whose dates are more or less exact than it says.
    """
    for event in events.itertuples():
        ends = [event.start] if pd.isna(event.end) else [event.start, event.end]
        found = {{4: "year", 7: "month", 10: "day"}.get(len(end), "unknown") for end in ends}
        right = {"year"} if event.precision == "range" else {event.precision}
        if found != right or (event.precision == "range" and len(ends) == 1):
            raise ValueError(
                f"event {event.id}: precision is {event.precision!r}, found {' to '.join(ends)}"
            )


def on_axis(events):
    """Add to each event where it lies on a time axis.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns id, start and, for spans, end (dates as text), precision.

    Returns
    -------
    pandas.DataFrame
        With columns from_year, to_year [years with fractions], and is_span, sorted by time. An
        event without an end covers the time that its precision leaves open.

    Raises
    ------
    ValueError
        If a date contradicts its precision, or a span ends before it begins.
    """
    check_precision(events)
    spans = [
        interval(start if pd.isna(end) else f"{start}/{end}")
        for start, end in zip(events["start"], events["end"], strict=True)
    ]
    return events.assign(
        from_year=[low for low, _ in spans],
        to_year=[high for _, high in spans],
        is_span=events["end"].notna(),
    ).sort_values(["from_year", "id"])


def choose(events, *, levels=None, types=None, first_year=None, last_year=None):
    """Keep events of the given levels and types that touch the given years.

    Parameters
    ----------
    events : pandas.DataFrame
        As returned by `on_axis`, with columns level and type.
    levels, types : list of str, optional
        All if not given or empty.
    first_year, last_year : int, optional
        Both included.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If a level or type does not occur, or no event is left.
    """
    for column, wanted in (("level", levels), ("type", types)):
        expect_each(column, wanted or [], sorted(set(events[column])))
        if wanted:
            events = events[events[column].isin(wanted)]
    if first_year is not None:
        events = events[events["to_year"] > first_year]
    if last_year is not None:
        events = events[events["from_year"] < last_year + 1]
    if events.empty:
        raise ValueError(f"no event of these levels and types from {first_year} to {last_year}")
    return events


def dated_claims(events, claims=None):
    """Test every dated claim against the recorded date of its event.

    A claimed moment is compared with the start of the event; a claimed span with its start and
    its end, and the larger difference counts. A claim agrees if the two spans of time overlap.

    Parameters
    ----------
    events : pandas.DataFrame
        The table `events`: columns claim, title, article_date, start, end.
    claims : pandas.DataFrame, optional
        The ledger, indexed by id, with columns kind, as_of, period. Its claims of a date, a law or
        a dated description that no event carries are listed as not testable.

    Returns
    -------
    pandas.DataFrame
        Columns claim, title, article_date, recorded, outcome ("agrees", "differs", "no date given",
        "no event"), years_apart (empty unless tested; positive: the claim is later), days_apart
        (only where both dates are exact days); sorted by claim.
    """
    rows = [_tested(event) for event in events[events["claim"].notna()].itertuples()]
    if claims is not None:
        dated = claims["kind"].isin(["date", "law", "description"])
        dated &= claims["as_of"].notna() | claims["period"].notna()
        dated &= claims.index.str.match("[CR]")  # L: statements about how figures travelled
        lone = claims.index[dated].difference([row["claim"] for row in rows])
        rows += [{"claim": claim, "outcome": "no event"} for claim in lone]
    columns = ["claim", "title", "article_date", "recorded", "outcome", "years_apart", "days_apart"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values("claim", kind="stable", ignore_index=True)


def _tested(event):
    recorded = [event.start] if pd.isna(event.end) else [event.start, event.end]
    row = {"claim": event.claim, "title": event.title, "recorded": " to ".join(recorded)}
    if pd.isna(event.article_date):
        return row | {"outcome": "no date given"}
    claimed = event.article_date.split("/")
    apart = max((years_apart(*pair) for pair in zip(claimed, recorded, strict=False)), key=abs)
    exact = len(claimed[0]) == len(recorded[0]) == len("2000-01-01")
    days = (
        (date.fromisoformat(claimed[0]) - date.fromisoformat(recorded[0])).days if exact else None
    )
    return row | {
        "article_date": " to ".join(claimed),
        "outcome": "agrees" if apart == 0 else "differs",
        "years_apart": apart,
        "days_apart": days,
    }


def stack_labels(starts, widths, gap=0.0):
    """Give each label the lowest row in which it does not touch an earlier one.

    Parameters
    ----------
    starts, widths : sequence of float, length n
        Left end and width of each label, in one unit, sorted by left end.
    gap : float
        Least distance between neighbours in a row.

    Returns
    -------
    list of int
        Row of each label, from 0.

    Raises
    ------
    ValueError
        If the left ends are not sorted.
    """
    if list(starts) != sorted(starts):
        raise ValueError("labels: expected left ends in ascending order")
    ends, rows = [], []
    for start, width in zip(starts, widths, strict=True):
        row = next((r for r, end in enumerate(ends) if start >= end + gap), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = start + width
        rows.append(row)
    return rows
