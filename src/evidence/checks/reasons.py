"""Holds every figure in a verdict's reason to what the ledger or a notebook says.

A reason is written by hand and its notebook is computed, so a reason could say more than its
notebook. Here each number that stands in a reason must be found, as exactly as it is printed, in a
result recorded for that claim or by the notebook that decides it, in the claim itself, in one of
its statements, in the date of a source that states it, or in an event that is tied to it.
"""

import re

import pandas as pd

FIGURE = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\d])( million|%)?")
SCALE = {" million": 1e6, "%": 0.01}
LOOSEST = 0.01  # of a figure that ends in noughts: 53,000 may be 52,500, but 100,000 not 98,000
YEARS = (1900, 2100)
# The first of two figures has the unit of the second: "5.4 to 23.1 million", "30-50%".
SPANS = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d+)?)((?: to |-| or | and )\d[\d,.]*)( million|%)")
# Names that hold a digit and count nothing.
NAMES = re.compile(r"\bTier \d\b|\b[CRL]\d\d\b|\b[0-5]\d_\w+|\barticles? \d+(?: and \d+)?")


def reason_problems(ledger, results, events, parameters=None):
    """Name the figures of reasons that no result, statement or event bears out.

    Parameters
    ----------
    ledger : helpers.ledger.claims.Ledger
    results : dict of str to dict
        Recorded results by "notebook:name", each with value, low, high and claim.
    events : pandas.DataFrame
        The table events: start, end, event and claim.
    parameters : dict of str to list of float, optional
        By notebook, the numbers among the defaults of its parameters: the ages or years that its
        results are of.

    Returns
    -------
    list of str
        One line per figure: file, row, claim, column, what was found, what was expected.
    """
    lines = []
    for row, (name, claim) in enumerate(ledger.claims.iterrows(), start=2):
        decider = str(claim["decided_by"])
        known = _recorded(name, decider, results)
        known += (parameters or {}).get(decider.partition(":")[0], [])
        known += [value for text in _said(claim, ledger, events) for value in figures(text)]
        lines += [
            f"data/claims.csv: row {row}, claim {name}, column reason: found {printed}, expected a "
            f"figure that its statements or events give, or a notebook records for it"
            for printed, (value, slack) in _printed(claim["reason"])
            if not any(
                abs(value - other / unit) <= slack + 1e-9 * abs(value)
                for other in known
                for unit in _units(printed, claim["reason"])
            )
        ]
    return lines


def figures(text):
    """Read the numbers of a text.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of float
        Percent as fractions and millions in full.
    """
    return [value for _, (value, _) in _printed(text)]


def _printed(text):
    """Read each number as it is printed, its value, and how far from it a figure may lie."""
    text = SPANS.sub(lambda span: f"{span[1]}{span[3]}{span[2]}{span[3]}", NAMES.sub(" ", text))
    found = []
    for match in FIGURE.finditer(text):
        digits = match[0].removesuffix(match[1] or "").replace(",", "")
        value, scale = float(digits), SCALE.get(match[1], 1.0)
        found.append((match[0].strip(), (value * scale, _slack(digits) * scale)))
    return found


def _slack(digits):
    """Half a unit of the last digit printed that is not nought; none for what may be a year."""
    whole, _, decimals = digits.partition(".")
    if decimals:
        return 0.5 * 10.0 ** -len(decimals)
    if not whole.endswith("0"):
        return 0.0 if YEARS[0] <= float(whole) < YEARS[1] else 0.5
    noughts = len(whole) - len(whole.rstrip("0"))
    return min(0.5 * 10.0**noughts, LOOSEST * float(whole))


def _units(printed, reason):
    """List the units of a figure: one, and millions if the sentence speaks of them once."""
    in_millions = re.fullmatch(r"\d+\.\d+", printed) and " million" in reason
    return (1.0, 1e6) if in_millions else (1.0,)


def _said(claim, ledger, events):
    """Gather the texts in which a figure of the reason may stand."""
    said = ledger.statements[ledger.statements["claim"] == claim.name]
    tied = events[events["claim"] == claim.name]
    columns = ["low", "high", "population", "place", "period", "says"]
    dates = ledger.sources.loc[said["source"], ["date", "sample_size"]]
    tables = [said[columns], dates, tied[["start", "end", "event"]]]
    own = claim[["value_low", "value_high", "paraphrase", "period", "as_of"]]
    cells = [cell for table in tables for cell in table.to_numpy().ravel()] + list(own)
    return [_plain(cell) for cell in cells if pd.notna(cell)]


def _plain(cell):
    """Write a cell so that its numbers can be read: a date as words apart, a float in full."""
    if isinstance(cell, str):
        return re.sub(r"(?<=\d)-(?=\d)", " ", cell)
    return f"{cell:.10f}".rstrip("0").rstrip(".")


def _recorded(name, decider, results):
    """Gather the values recorded for a claim, or by the notebook that decides it."""
    notebook = decider.partition(":")[0]
    mine = [
        result
        for place, result in results.items()
        if result["claim"] == name or place.partition(":")[0] == notebook
    ]
    values = [result[end] for result in mine for end in ("value", "low", "high")]
    counted = [value for result in mine for value in figures(result["unit"] or "")]
    return [float(value) for value in values if isinstance(value, int | float)] + counted
