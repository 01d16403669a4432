"""Numbers typed into prose that should be computed, or quoted from a claim."""

import re

NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d")
# Typed numbers that may stand in prose: years and dates, section and list numbers, durations
# of a lesson, numbers of notebooks, and anything in code or in an address.
DATES = re.compile(
    r"\b(?:1[89]|20)\d\d(?:s|-(?:1[89]|20)?\d\d)?\b|\b\d{4}-\d\d(?:-\d\d)?\b"
    r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
COUNTED = re.compile(  # a year before these words is a number of them
    r"(?<!\b[Ii]n )(?<!\b[Oo]f )(?<!\b[Bb]y )(?<!\b[Ss]ince )(?<!\b[Ff]rom )"
    r"\b((?:1[89]|20)\d\d) (?=(?:women|girls|men|people|persons|children|victims|arrivals|cases)\b)"
)
CLAIM = re.compile(r"\b[CRL]\d\d\b")
# What stands apart from prose: code, formulas, comments. A number alone, or before words, is none.
APART = (
    re.compile(r"```.*?```", re.DOTALL),
    re.compile(r"`[^`]*`"),
    re.compile(r"(?<!\\)\$\$?[^$]+(?<!\\)\$\$?"),
    re.compile(r"<!--.*?-->", re.DOTALL),
)
IN_DISGUISE = re.compile(
    r"[`$]+\s*(?:\d{4,}|\d{1,3}(?:,\d{3})+|\d[\d,.]*\s+[A-Za-z]{3}.*?)\s*[`$]+"
)
ALLOWED = (
    re.compile(r"\]\([^)]*\)|https?://\S+"),
    re.compile(r"^#+ *\d{1,2}(?:\.\d{1,2})*\. ", re.MULTILINE),
    re.compile(r"^ *\d{1,2}\. ", re.MULTILINE),
    re.compile(r"\b\d+ minutes\b|\b[Ss]ections? \d+"),
    re.compile(r"\[[CRL]\d\d\]|\b[CRL]\d\d\b"),
    re.compile(r"\b[0-5]\d_\w+"),
    # Units, and ordinals such as those of percentiles.
    re.compile(r"\bper 1(?:00|,000)\b|\b\d+(?:st|nd|rd|th)\b"),
    # Names that hold a digit, and volume, issue and pages of a journal.
    re.compile(r"\bTier \d\b|\b3P\b|\b\d+\(\d+\)(?:[:,] ?\d+[-–]\d+)?|\bpages? \d+[-–]?\d*"),
    DATES,
)


def typed_numbers(prose, claims):
    """Find numbers typed into prose that should be computed or quoted from a claim.

    A paragraph that names a claim, as in [C04], may hold that claim's own numbers.

    Parameters
    ----------
    prose : str
        Markdown.
    claims : pandas.DataFrame
        With columns value_low and value_high, indexed by id.

    Returns
    -------
    list of str
    """
    lines = []
    for line in re.split(r"\n\s*\n", without_code(prose)):
        quoted, where = re.findall(r"\[([CRL]\d\d)\]", line), " ".join(line.split())[:60]
        lines += [
            f"typed number {found}, expected a computed sentence or a quoted claim: {where}"
            for found in COUNTED.findall(line)
        ]
        for form in ALLOWED:
            line = form.sub(" ", line)
        known = {
            value
            for claim in quoted
            if claim in claims.index
            for value in claims.loc[claim, ["value_low", "value_high"]].dropna()
        }
        for found in NUMBER.findall(line):
            if not _is_quoted(found, line, known):
                lines.append(
                    f"typed number {found}, expected a computed sentence or a quoted claim: {where}"
                )
    return lines


def without_code(prose):
    """Return prose without code, formulas and comments; a plain number in their marks stays."""
    for form in APART:
        prose = form.sub(_kept, prose)
    return prose


def _kept(found):
    bare = found[0].strip("`$ ")
    return f" {bare} " if IN_DISGUISE.fullmatch(found[0]) and not DATES.fullmatch(bare) else " "


def unknown_claims(prose, claims):
    """Name the ids of claims in prose that the ledger does not have."""
    named = dict.fromkeys(CLAIM.findall(without_code(prose)))
    return [
        f"found {name}, expected the id of a claim" for name in named if name not in claims.index
    ]


def _is_quoted(found, line, known):
    value = float(found.replace(",", "").rstrip("."))
    scales = (1, 1e3, 1e6, 1e9, 0.01)
    return any(
        abs(value * scale - claimed) <= 1e-9 * abs(claimed) for scale in scales for claimed in known
    )
