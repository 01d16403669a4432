"""Collects what a catalogue translates, and brings catalogues up to date with it.

``python -m evidence.site.messages fr`` adds what is new to the catalogue of a language, or begins
one, and takes out what no page says any more; without a language, for all of them.
"""

import io
import sys

from evidence.files import write_whole
from evidence.site.extension import RIGHTS
from evidence.site.languages import CATALOGUES, RANGES, catalogue
from helpers.data import labels, meanings

HERE = CATALOGUES.parent
HEAD = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
# What pages in another language are made of; the others are English alone.
MADE_OF = ("claim*.html", "home.html", "macros.html", "search.html")
CODE = ("claims.py", "extension.py", "library.py", "search.py")
OF_THE_THEME = ("Search", "Skip to main content", "Site navigation", "Breadcrumb", "Home",
                "© Copyright %(copyright)s.")  # fmt: skip
STATES = ("failed", "not run", "not in this run")  # of a notebook in a run
CODES = (
    ("claims", "verdict"),
    ("claims", "kind"),
    ("statements", "stance"),
    ("statements", "seen"),
    ("sources", "seen"),
    ("cites", "relation"),
)


def messages():
    """List what a catalogue translates: the words of the interface, and of codes of the ledger.

    Returns
    -------
    dict
        Where each message stands, by message, or by a pair of one and many.
    """
    from babel.messages.extract import extract_from_file
    from jinja2.ext import babel_extract

    found = {}
    files = [path for form in MADE_OF for path in sorted((HERE / "templates").glob(form))]
    files += [*sorted((HERE / "theme").glob("*.html")), *(HERE / name for name in CODE)]
    for path in files:
        method = "python" if path.suffix == ".py" else babel_extract
        options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
        for _, message, _, _ in extract_from_file(method, path, options=options):
            found.setdefault(message, []).append(path.name)
    others = {"the theme": OF_THE_THEME, "a run": STATES, "ranges": RANGES, "every page": [RIGHTS]}
    for place, texts in others.items():
        for text in texts:
            found.setdefault(text, []).append(place)
    for code in CODES:
        for text in labels(*code).values():
            found.setdefault(text, []).append(".".join(code))
    for text in meanings("claims", "verdict").values():
        found.setdefault(text, []).append("claims.verdict")
    return found


def renew(path):
    """Bring a catalogue up to date; translations of what did not change stay.

    Returns
    -------
    int
        How many messages it does not translate.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    old = catalogue(path) if path.exists() else Catalog()
    fresh = Catalog(path.stem, charset="utf-8", fuzzy=False)
    for message, places in messages().items():
        known = old.get(message if isinstance(message, str) else message[0])
        comments = [", ".join(dict.fromkeys(places))]
        fresh.add(message, known.string if known else None, auto_comments=comments)
    written = io.BytesIO()
    write_po(written, fresh, width=0, omit_header=True)
    form = HEAD.format(language=path.stem, plural=fresh.plural_forms)
    write_whole(path, form + written.getvalue().decode())
    return sum(not any(message.string or "") for message in fresh if message.id)


if __name__ == "__main__":
    names = [f"{code}.po" for code in sys.argv[1:]] or [p.name for p in CATALOGUES.glob("*.po")]
    for name in sorted(names):
        print(f"{name}: {renew(CATALOGUES / name)} to translate")
