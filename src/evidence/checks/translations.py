"""Holds catalogues and translations to what they translate: texts that stand, values in braces."""

import re
from itertools import chain
from pathlib import Path

import pandas as pd

from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.site.citation import cited
from evidence.site.languages import CATALOGUES, TABLE, catalogue
from evidence.site.library import subject
from helpers.data import FOLDER, labels, package, table
from helpers.expect import nearest

# What stands in a message for a value, or is markup.
HELD = re.compile(r"%\(\w+\)s|\{[^{}]*\}|<[^<>]*>|%%")


def translation_problems(folder=FOLDER, catalogues=CATALOGUES):
    """Check the catalogues of the site, and the table of translations if there is one.

    Returns
    -------
    list of str
        One line per problem. What is not translated is none: the site shows it in English, marked.
    """
    lines = [line for path in sorted(catalogues.glob("*.po")) for line in catalogue_problems(path)]
    if TABLE in package(folder):
        codes = {path.stem for path in catalogues.glob("*.po")}
        lines += row_problems(table(TABLE, folder), texts(folder), codes)
    return lines


def catalogue_problems(path):
    """Check that a catalogue can be read and each message holds the values of the English one.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    list of str
    """
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    try:
        known = catalogue(path)
    except RequestError as error:
        return [f"{where.parent.parent}/{error}"]
    lines = []
    for message in known:
        ids = [message.id] if isinstance(message.id, str) else message.id
        strings = [message.string] if isinstance(message.string, str) else message.string
        for string in filter(None, strings if message.id else ()):
            if problem := _held(string, ids) or _loose(string):
                lines.append(f"{where}: line {message.lineno}: {problem}")
    return lines


def _held(string, ids):
    """Say what a translation does not hold of the English, or has beside it."""
    wanted, found = set(chain(*map(HELD.findall, ids))), set(HELD.findall(string))
    for part in sorted(wanted ^ found):
        more = "expected" if part in wanted else "expected no"
        return f"found {string!r}, {more} {part}, as the English has it: {ids[0]!r}"
    return ""


def _loose(string):
    """Find a sign that would be read as the beginning of a value or of markup."""
    loose = re.search("[%<>]", HELD.sub("", string))
    return f"found {string!r}, expected no {loose[0]} of its own" if loose else ""


def texts(folder=FOLDER):
    """List what can be translated: the English texts by item."""
    known = {name: {short} for name, short in table("claims", folder)[["id", "short"]].to_numpy()}
    of = subject(Path(folder))
    about, told = cited(), of.get("striking", {})
    known["section"] = set(labels("claims", "section", folder).values())
    known["site"] = {of[part] for part in ("statements", "doubt", "people", "search")}
    known["site"] |= {about["name"], about["question"]}
    known["site"] |= {told[part] for part in ("title", "words") if told}
    return known


def row_problems(rows, known, codes):
    """Check the table of translations.

    Parameters
    ----------
    rows : pandas.DataFrame
        The table.
    known : dict of str to set of str
        From `texts`.
    codes : set of str
        The languages that have a catalogue.

    Returns
    -------
    list of str
    """
    lines = []
    for row, entry in enumerate(rows.to_dict("records"), start=2):
        where = f"data/{TABLE}.csv: row {row}, column"
        item, english, words = entry["item"], entry["english"], entry["words"]
        if entry["language"] not in codes:
            expected = f"a language with a catalogue: {', '.join(sorted(codes))}"
            lines.append(f"{where} language: found {entry['language']!r}, expected {expected}")
        if item not in known:
            lines.append(f"{where} item: found {item}, {nearest(item, known)}")
        elif english not in known[item]:
            now = "; ".join(sorted(known[item])) if len(known[item]) == 1 else "a text of it"
            lines.append(f"{where} english: found {english!r}, expected what stands now: {now}")
        elif pd.notna(words) and (problem := _held(words, [english])):
            lines.append(f"{where} words: {problem}")
    return lines
