"""Holds the table of the article's sentences to the claims, and typed counts to the tables."""

import re

from helpers.expect import nearest

COUNTED = {
    "claims": re.compile(r"(\d+)\s+numbered\s+statements"),
    "chains": re.compile(r"(\d+)\s+chains\s+of\s+repetition"),
}


def coverage_problems(coverage, claims):
    """Name sentences without an answer, and claims of the article that no sentence leads to.

    Parameters
    ----------
    coverage : pandas.DataFrame
        The table coverage: section, sentence, claims, untested, because.
    claims : pandas.DataFrame
        The ledger's claims, indexed by id.

    Returns
    -------
    list of str
        One line per problem: file, row, column, what was found, what was expected.
    """
    lines, led_to = [], set()
    for row, entry in enumerate(coverage.fillna("").to_dict("records"), start=2):
        place = f"data/coverage.csv: row {row}, column"
        named = entry["claims"].split()
        led_to |= set(named)
        lines += [
            f"{place} claims: found {name}, {nearest(name, claims.index)}"
            for name in named
            if name not in claims.index
        ]
        if not named and not entry["untested"]:
            lines.append(f"{place} claims: found nothing, expected a claim, or what is untested")
        if bool(entry["untested"]) != bool(entry["because"]):
            lines.append(f"{place} because: expected a reason for what is untested, and only then")
    sentences = coverage.groupby("section", sort=False)["sentence"]
    lines += [
        f"data/coverage.csv: section {section}, column sentence: found {list(numbers)}, expected "
        "1, 2, 3 and so on"
        for section, numbers in sentences
        if list(numbers) != list(range(1, len(numbers) + 1))
    ]
    return lines + [
        f"data/coverage.csv: column claims: found no row for {name}, expected one for each claim"
        for name in claims.index
        if not name.startswith("L") and name not in led_to
    ]


def typed_counts(text, claims, name="README.md"):
    """Hold the numbers of claims and chains that a page types to the ledger.

    Parameters
    ----------
    text : str
    claims : pandas.DataFrame
        Indexed by id.
    name : str
        Of the page, for the message.

    Returns
    -------
    list of str
    """
    chains = int(claims.index.str.startswith("L").sum())
    counts = {"claims": len(claims) - chains, "chains": chains}
    return [
        f"{name}: found {found} {what}, expected {counts[what]}"
        for what, form in COUNTED.items()
        for found in form.findall(text)
        if int(found) != counts[what]
    ]
