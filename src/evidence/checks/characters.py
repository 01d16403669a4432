"""What no cell may hold: what cannot be seen, looks like something else, or is no text at all."""

import re
import unicodedata

LONGEST = 600  # characters of a cell; the longest citation has some 360
# Latin letters of Western and Central Europe, and the signs that print uses.
ALLOWED = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\xff\u0100-\u0130\u0132-\u017e‘’“”–—…€₩¥]*")
PLAIN = re.compile(r"[\x20-\x7e]*")
UNWANTED = (
    (re.compile(r"^\s|\s$"), "no space around it"),
    (re.compile(r"\s\s"), "single spaces"),
    (re.compile(r"<[/!?A-Za-z]|&#?\w+;|\bjavascript:|\bdata:\w+/|\]\(|\{\w+\}`", re.IGNORECASE),
     "text without markup"),
    (re.compile(r"^[=+@]|^-(?![0-9])"), "text that no spreadsheet takes for a formula"),
    (re.compile(r"^#|^(?:n/?a|nan|null|nil|tbd|todo|xxx|\?+|-+|none given)$", re.IGNORECASE),
     "an empty cell where nothing is known"),
)  # fmt: skip
ADDRESS = re.compile(r"""https?://[^\s"'<>\\]+""")


def character_problems(rows):
    """Find characters, spaces, markup and lengths that a cell may not have.

    Parameters
    ----------
    rows : evidence.checks.rows.Rows

    Returns
    -------
    list of str
    """
    return [
        rows.problem(row, column, cell, expected)
        for row, entry in rows.entries.items()
        for column, cell in entry.items()
        if cell and (expected := wrong_text(cell, rows.fields[column]))
    ]


def wrong_text(cell, field):
    """Say what was expected of the text of a cell; empty if nothing is wrong with it.

    A column that holds words of another language names their `alphabets`, as Unicode does.
    """
    address, others = field["name"] == "url", tuple(field.get("alphabets", ()))
    if not PLAIN.fullmatch(cell):
        strange = next((c for c in cell if not ALLOWED.fullmatch(c) and not _of(c, others)), None)
        if strange:
            name = unicodedata.name(strange, f"control character {ord(strange):#04x}")
            return f"Latin letters and plain signs, not {name}"
        if unicodedata.normalize("NFC", cell) != cell:
            return "letters and their accents as one character"
    if len(cell) > LONGEST:
        return f"at most {LONGEST} characters"
    for form, expected in UNWANTED:
        if form.search(cell) and not (address and form is UNWANTED[2][0]):
            return expected
    if address and not ADDRESS.fullmatch(cell):
        return "an address that starts with https:// or http:// and holds no space or quote"
    return ""


def _of(character, alphabets):
    return unicodedata.name(character, "").startswith(alphabets) if alphabets else False


def disguised(text):
    """Name characters of prose that cannot be seen, and words that mix two alphabets.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
    """
    hidden = {c for c in text if unicodedata.category(c) == "Cf"}
    mixed = {
        c
        for word in re.findall(r"[^\W\d_]{2,}", text)
        if not word.isascii()
        for c in word
        if unicodedata.name(c, "LATIN").split()[0] in ("CYRILLIC", "GREEK", "ARMENIAN", "FULLWIDTH")
        and re.search("[A-Za-z]", word)
    }
    return [
        f"found {unicodedata.name(c, hex(ord(c)))}, expected a letter that is what it looks like"
        for c in sorted(hidden | mixed)
    ]
