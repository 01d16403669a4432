"""Dates of which only the year or the month may be known."""

import calendar
import re
from datetime import date

DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?")


def interval(text):
    """Return the span of time that a date covers at its precision.

    Parameters
    ----------
    text : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; two of them around a slash for a range.

    Returns
    -------
    start, end : float
        Years with fractions; the end is excluded. "2001-07" covers 2001.496 to 2001.581.

    Raises
    ------
    ValueError
        If the text is not such a date.
    """
    if "/" in text:
        first, last = (interval(part) for part in text.split("/", 1))
        if first[0] > last[0]:
            raise ValueError(f"date is {text!r}, expected the earlier end first")
        return first[0], last[1]
    match = DATE.fullmatch(text)
    if not match:
        raise ValueError(f"date is {text!r}, expected YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        start = date(year, month or 1, day or 1)
    except ValueError as error:
        raise ValueError(f"date is {text!r}: {error}") from None
    if month is None:
        return float(year), float(year + 1)
    days = 1 if day else calendar.monthrange(year, month)[1]
    length = 366 if calendar.isleap(year) else 365
    first = (start - date(year, 1, 1)).days
    return year + first / length, year + (first + days) / length


def years_apart(claimed, recorded):
    """How far a claimed date lies from a recorded one, each at its own precision.

    Parameters
    ----------
    claimed, recorded : str
        Dates as for `interval`, without a slash.

    Returns
    -------
    float
        0 where they overlap; otherwise whole calendar years between them if either is known only
        to the year, else years with fractions. Positive: the claim is later than the record.
    """
    (low, high), (start, end) = interval(claimed), interval(recorded)
    if low < end and start < high:
        return 0.0
    if min(len(claimed), len(recorded)) == 4:
        return float(int(low) - int(start))
    return low - end if low >= end else high - start
