"""The languages of the site: its interface by catalogues, the tables' own words by a table.

A text without a translation is shown in English between two marks that no text holds. Once a page
is whole, `labelled` makes an element with a label of what they enclose, and removes them where no
element may stand.
"""

import io
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from evidence.errors import RequestError
from helpers.data import package, table

CATALOGUES = Path(__file__).parent / "catalogues"
TABLE = "translations"
BEGIN, END = "\ue000", "\ue001"  # of a text that is not translated
TAGS = {"zh": "zh-Hans"}  # what a page says of its language, where the code alone says too little
TAG, TAG_NAME = re.compile(r"(<[^>]*>)"), re.compile(r"<(/?)(\w+)")
LINE = re.compile(  # of a catalogue
    r'\s*(?:#.*|(?:msg(?:ctxt|id|id_plural|str|str\[\d+\])\s+)?"(?:[^"\\]|\\.)*"\s*)?'
)
MARK = re.compile(f"([{BEGIN}{END}])")
NO_ELEMENTS = {"title", "option", "script", "style", "textarea", "svg"}
FIGURES = r"(?:US\$)?-?[\d.,]+%?"
RANGES = {  # as `helpers.words.span` writes them
    "%(low)s to %(high)s": re.compile(rf"(?P<low>{FIGURES}) to (?P<high>{FIGURES})"),
    "at least %(low)s": re.compile(rf"at least (?P<low>{FIGURES})"),
    "at most %(high)s": re.compile(rf"at most (?P<high>{FIGURES})"),
}


@dataclass(frozen=True)
class Language:
    """A language that pages are shown in; compares by its code."""

    code: str = ""  # of the table and of the pages' folder; empty for English
    texts: dict = field(default_factory=dict, compare=False)  # of the tables
    messages: NullTranslations = field(default_factory=NullTranslations, compare=False)

    @property
    def tag(self):
        """What a page says of its language."""
        return TAGS.get(self.code, self.code) or "en"

    @property
    def folder(self):
        """Where its pages stand: "ko/", or nothing for English."""
        return f"{self.code}/" if self.code else ""

    @property
    def name(self):
        """Its name in itself, for example 한국어."""
        from babel import Locale

        return Locale.parse(self.code or "en").get_language_name()

    def gettext(self, message):
        """Return a text of the interface in this language, or marked as English."""
        return self.messages.gettext(message) if message else ""  # of nothing: the head

    def own(self, text):
        """Return a text of the tables in this language, or marked as English."""
        if not text or not self.code:
            return text
        return self.texts.get(text) or self.gettext(text)

    def figures(self, text):
        """Return numbers in this language; those with words in them, marked as English."""
        if not self.code or re.fullmatch(FIGURES, text):
            return text
        for message, form in RANGES.items():
            if found := form.fullmatch(text):
                return self.gettext(message) % found.groupdict()
        return self.gettext(text)

    def day(self, moment):
        """Write the day of a moment of a manifest: 23 November 2026."""
        from babel.dates import format_date

        when = datetime.fromisoformat(moment)
        return format_date(when, "long", locale=self.code or "en_GB")


ENGLISH = Language()


class _Untranslated(NullTranslations):
    """What a catalogue falls back on: English, marked as such."""

    def gettext(self, message):
        return f"{BEGIN}{message}{END}" if message else ""

    def ngettext(self, one, many, count):
        return self.gettext(one if count == 1 else many)


@cache
def offered():
    """List the languages beside English: those of the table of translations, in its order.

    Returns
    -------
    list of Language
        Empty for a ledger without translations.

    Raises
    ------
    RequestError
        If there is no catalogue of a language, or it cannot be read.
    """
    if TABLE not in package():
        return []
    rows = table(TABLE)
    return [
        Language(code, dict(zip(some["english"], some["words"], strict=True)), messages(code))
        for code, some in rows.groupby("language")
    ]


def messages(code, folder=CATALOGUES):
    """Read the catalogue of a language; what it lacks comes back in English, marked.

    It is compiled in memory, so that nothing is written beside the sources.
    """
    from babel.messages.mofile import write_mo
    from babel.support import Translations

    compiled = io.BytesIO()
    write_mo(compiled, catalogue(Path(folder) / f"{code}.po"))
    compiled.seek(0)
    known = Translations(compiled)
    known.add_fallback(_Untranslated())
    return known


def catalogue(path):
    """Read a catalogue.

    Returns
    -------
    babel.messages.Catalog

    Raises
    ------
    RequestError
        If there is none or it is broken, naming the line.
    """
    from babel.messages.pofile import PoFileError, read_po

    where = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            if not LINE.fullmatch(line):  # Babel would take a text without its last quote
                expected = "a comment, or msgid or msgstr and a text in quotes"
                raise RequestError(f"{where}: line {number}: found {line!r}, expected {expected}")
        return read_po(io.StringIO(text), locale=path.stem, abort_invalid=True)
    except FileNotFoundError:
        raise RequestError(f"{where}: not found, expected a catalogue of this language") from None
    except UnicodeDecodeError as error:
        raise RequestError(f"{where}: {error}, expected UTF-8") from None
    except PoFileError as error:
        found = f"{error.args[0]}, found {str(error.line).strip()!r}"
        raise RequestError(f"{where}: line {(error.lineno or 0) + 1}: {found}") from None


def labelled(page):
    """Give each untranslated text of a page an element that says so.

    Parameters
    ----------
    page : str
        HTML with marks.

    Returns
    -------
    str
        HTML without marks.
    """
    if BEGIN not in page:
        return page
    within, depth, parts = [], 0, TAG.split(page)
    for number, part in enumerate(parts):
        if number % 2:
            parts[number] = MARK.sub("", part)
            name = TAG_NAME.match(part)
            if name and name[2].lower() in NO_ELEMENTS and not part.endswith("/>"):
                within = within[:-1] if name[1] else [*within, name[2]]
        elif within:
            parts[number] = MARK.sub("", part)
        elif part:
            parts[number], depth = _elements(part, depth)
    return "".join(parts)


def _elements(text, depth):
    """Turn marks into elements; those inside others fall away."""
    done = []
    for part in MARK.split(text):
        if part == BEGIN:
            done += ['<span lang="en" class="english">'] * (depth == 0)
            depth += 1
        elif part == END:
            depth -= 1
            done += ["</span>"] * (depth == 0)
        else:
            done.append(part)
    return "".join(done), depth
