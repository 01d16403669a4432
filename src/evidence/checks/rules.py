"""Rules that a table's description declares: sums, parts, series, dates, units of another table.

Each is an object in the list `rules` of a resource, with a `kind` and the columns that it speaks
of. What is published and breaks a rule is listed in its `except`, by the key of the row, with the
reason why it stands.
"""

from collections import defaultdict
from itertools import pairwise


def rule_problems(rows, tables):
    """Hold a table to the rules of its description.

    Parameters
    ----------
    rows : evidence.checks.rows.Rows
    tables : dict of str to evidence.checks.rows.Rows
        All tables that can be read, for rules that look into another.

    Returns
    -------
    list of str
        One line per fault, and one per exception that is none any more.
    """
    lines = []
    for rule in rows.resource.get("rules", []):
        excused = {each["row"] for each in rule.get("except", [])}
        used = set()
        for row, column, expected in KINDS[rule["kind"]](rows, rule, tables):
            entry = rows.entries[row]
            if rows.named(entry) in excused:
                used.add(rows.named(entry))
                continue
            lines.append(rows.problem(row, column, entry[column], expected))
        lines += [
            f"data/datapackage.json: table {rows.name}, rule {rule['kind']}: found an exception "
            f"for {row!r}, expected none, because no such row breaks the rule"
            for row in sorted(excused - used)
        ]
    return lines


def _sum(rows, rule, _tables):
    """Expect `total` to be the sum of the columns `parts`."""
    for row, entry in rows.entries.items():
        values = [entry[part] for part in rule["parts"]]
        if all(values) and entry[rule["total"]]:
            added = sum(map(float, values))
            if added != float(entry[rule["total"]]):
                names = " + ".join(rule["parts"])
                yield row, rule["total"], f"{added:g}, which is {names}"


def _parts(rows, rule, _tables):
    """Expect rows that are parts to add up to no more than the row of the whole.

    `column` names part and whole; `times` allows for totals that were counted otherwise.
    """
    whole, value = rule["whole"], rule["value"]
    for group in _groups(rows, [c for c in rows.key if c != rule["column"]]):
        by = {entry[rule["column"]]: (row, entry) for row, entry in group if entry[value]}
        parts = [float(by[part][1][value]) for part in rule["parts"] if part in by]
        if whole not in by or not parts:
            continue
        (row, entry), added = by[whole], sum(parts)
        complete = rule.get("complete") and len(parts) == len(rule["parts"])
        least = added / rule.get("times", 1)
        if float(entry[value]) < least or (complete and float(entry[value]) != added):
            names = " + ".join(part for part in rule["parts"] if part in by)
            end = "exactly" if complete else "at least"
            yield row, value, f"{end} {added if complete else least:.12g}, because of {names}"


def _one_value(rows, rule, _tables):
    """Expect one value in all rows that agree in the columns `within`."""
    for (first, model), *others in _groups(rows, rule["within"]):
        for row, entry in others:
            if entry[rule["column"]] != model[rule["column"]]:
                yield row, rule["column"], f"{model[rule['column']]} as in row {first}"


def _neighbours(rows, rule, _tables):
    """Expect no value to be `times` above or below all its neighbours in its series.

    A series is the rows that agree in the columns `within`, in the order of `along`. Numbers
    below `least` jump by chance, and are not compared.
    """
    value, least = rule["value"], rule.get("least", 0)
    for group in _groups(rows, rule["within"]):
        series = [(row, entry) for row, entry in group if entry[value] and float(entry[value])]
        series.sort(key=lambda pair: pair[1][rule["along"]])
        numbers = [abs(float(entry[value])) for _, entry in series]
        for place, (row, _) in enumerate(series):
            beside = numbers[max(place - 1, 0) : place] + numbers[place + 1 : place + 2]
            far = [max(n, numbers[place]) / min(n, numbers[place]) for n in beside]
            small = min([numbers[place], *beside]) < least
            if far and min(far) >= rule["times"] and not small:
                words = " and ".join(f"{number:.12g}" for number in beside)
                expected = (
                    f"a number within {rule['times']} times of its neighbours in {rule['along']} "
                    f"({words}), or an exception in datapackage.json that says why"
                )
                yield row, value, expected


def _unbroken(rows, rule, _tables):
    """Expect a series to have a row for every year, or every period to follow the last.

    A group whose first column of `within` holds one of `unless` is no series.
    """
    start, end, loose = rule.get("first", rule["along"]), rule["along"], rule.get("unless", [])
    for group in _groups(rows, rule["within"]):
        if loose and group[0][1][rule["within"][0]] in loose:
            continue
        group.sort(key=lambda pair: pair[1][end])
        for (_, before), (row, entry) in pairwise(group):
            begins, expected = int(entry[start] or entry[end]), int(before[end]) + 1
            if begins != expected:
                yield row, start if entry[start] else end, f"{expected}, after {before[end]}"


def _empty_when(rows, rule, _tables):
    """Expect a column to be empty where another holds one of `codes`, and filled elsewhere."""
    for row, entry in rows.entries.items():
        coded = entry[rule["when"]] in rule["codes"]
        if coded == bool(entry[rule["column"]]):
            what = "an empty cell" if coded else "a value"
            yield row, rule["column"], f"{what}, because {rule['when']} is {entry[rule['when']]}"


def _same_as(rows, rule, tables):
    """Expect a column to hold what the row that `by` refers to holds, if that holds any."""
    other = tables.get(rule["table"])
    if other is None:
        return
    (key,) = other.key
    theirs = {entry[key]: entry[rule["column"]] for entry in other.entries.values()}
    for row, entry in rows.entries.items():
        filled = not rule.get("if_filled") or any(entry[column] for column in rule["if_filled"])
        wanted = theirs.get(entry[rule["by"]])
        if filled and wanted and entry[rule["column"]] != wanted:
            words = f"{wanted}, as {entry[rule['by']]} has it in {rule['table']}"
            yield row, rule["column"], words


def _not_before(rows, rule, _tables):
    """Expect the dates in a column not to lie before what `dates` gives for a code in `by`."""
    for column in (column for column in rule["columns"] if column in rows.fields):
        for row, entry in rows.entries.items():
            earliest = rule["dates"].get(entry[rule["by"]], "")
            known = min(len(entry[column]), len(earliest))
            if entry[column][:known] < earliest[:known]:
                yield row, column, f"not before {earliest}, {rule['because']}"


def _quotient(rows, rule, _tables):
    """Expect a share to be what its numerator and denominator give, within its rounding."""
    for row, entry in rows.entries.items():
        share, above, below = (entry[rule[part]] for part in ("value", "above", "below"))
        if share and above and below:
            digits = len(share.partition(".")[2])
            if abs(float(share) - float(above) / float(below)) > 0.6 * 10**-digits:
                words = f"{float(above) / float(below):.{digits}f}"
                yield row, rule["value"], f"{words}, which is {above} of {below}"


def _groups(rows, columns):
    groups = defaultdict(list)
    for row, entry in rows.entries.items():
        groups[tuple(entry[column] for column in columns)].append((row, entry))
    return groups.values()


KINDS = {
    "sum": _sum,
    "parts": _parts,
    "one_value": _one_value,
    "neighbours": _neighbours,
    "unbroken": _unbroken,
    "empty_when": _empty_when,
    "same_as": _same_as,
    "not_before": _not_before,
    "quotient": _quotient,
}
# What each needs; each value is a column or columns of the table, or is named here otherwise.
NEEDS = {
    "sum": {"parts", "total"},
    "parts": {"column", "whole", "parts", "value"},
    "one_value": {"column", "within"},
    "neighbours": {"value", "along", "within", "times"},
    "unbroken": {"along", "within"},
    "empty_when": {"column", "when", "codes"},
    "same_as": {"column", "by", "table"},
    "not_before": {"columns", "by", "dates", "because"},
    "quotient": {"value", "above", "below"},
}
COLUMNS = {"column", "value", "along", "within", "when", "by", "above", "below", "total", "first"}
