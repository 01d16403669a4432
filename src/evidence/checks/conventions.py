"""What the names of columns promise: low under high, first before last, cases within the sample."""

import re

# The ends that a bound, or the wording of a statement, leaves filled: which of low and high.
ENDS = {
    "range": ("low", "high"),
    "exactly": ("low", "high"),
    "about": ("low", "high"),
    "point": (),
    "at_least": ("low",),
    "more_than": ("low",),
    "up_to": ("high",),
    "statement": (),
}
MIDDLE = ("central", "estimate")
SAME = ("exactly", "about")  # a single number, written into both ends


def convention_problems(rows):
    """Hold a table to what the names of its columns promise.

    Parameters
    ----------
    rows : evidence.checks.rows.Rows

    Returns
    -------
    list of str
    """
    lines, pairs = [], list(ordered(rows.header))
    for row, entry in rows.entries.items():
        for low, high in pairs:
            if entry[low] and entry[high] and _above(entry[low], entry[high], rows.fields[low]):
                expected = f"at most {high} {entry[high]}"
                lines.append(rows.problem(row, low, entry[low], expected))
        for hedge in ("bound", "wording"):
            if entry.get(hedge) in ENDS:
                lines += _ends(rows, row, entry, hedge)
    return lines


def ordered(columns):
    """Yield the pairs of columns of which the first may not exceed the second."""
    for low in columns:
        if re.search(r"(?:^|_)low$", low):
            high = f"{low[:-3]}high"
            inner = [low, *(c for c in MIDDLE if low == "low" and c in columns), high]
            yield from ((a, b) for a in inner for b in inner if _before(a, b, inner, columns))
        later = low.replace("first_", "last_") if low.startswith("first_") else None
        if later in columns:
            yield low, later
    named = [("start", "end"), ("cases", "sample_size"), ("persons", "of")]
    if "first_year" not in columns:
        named.append(("year", "last_year"))
    signed = "signature_date"
    named += [(signed, date) for date in columns if date.endswith("_date") and date != signed]
    yield from ((a, b) for a, b in named if a in columns and b in columns)


def _before(a, b, inner, columns):
    return a in columns and b in columns and inner.index(a) < inner.index(b)


def _above(low, high, field):
    """Whether a value exceeds another; dates as far as both are known."""
    if field.get("unit") == "date" or field["type"] == "date":
        known = min(len(low), len(high))
        return low[:known] > high[:known]
    return float(low) > float(high)


def _ends(rows, row, entry, hedge):
    """Hold the ends of a value to what the bound or the wording says of them."""
    word = entry[hedge]
    prefix = "" if "low" in entry else "value_"
    low, high = f"{prefix}low", f"{prefix}high"
    if not {low, high} <= set(entry):
        return []
    wanted = {f"{prefix}{end}" for end in ENDS[word]} | ({"central"} if word == "point" else set())
    given = {end for end in (low, high, "central") if entry.get(end)}
    spare = {"central"} if word == "range" else {high} if word == "more_than" else set()
    words = f"{hedge} {word}"
    for end in (low, "central", high):
        if end in wanted - given:
            return [rows.problem(row, end, "", f"a value, because the {hedge} is {word}")]
        if end in given - wanted - spare:
            return [rows.problem(row, end, entry[end], f"an empty cell, because of the {words}")]
    if word in SAME and entry[low] != entry[high]:
        return [rows.problem(row, high, entry[high], f"{entry[low]} as in {low}, or a range")]
    if word == "range" and entry[low] == entry[high]:
        return [rows.problem(row, high, entry[high], f"more than {low} {entry[low]}, or no range")]
    return []
