"""The search: what can be found, and what people may write for it."""

import json

import pandas as pd

from evidence.site.languages import BEGIN, ENGLISH
from evidence.site.pages import html, root_of, write_page
from helpers.data import labels, package, table

EXCERPT = 220  # characters


def entries(ledger, run, sentences):
    """List what can be found: claims, notebooks, tables, terms, sources, pages.

    Parameters
    ----------
    ledger : helpers.ledger.claims.Ledger
    run : evidence.site.runs.Run
    sentences : dict of str to str
        What may be printed of each claim; may be empty.

    Returns
    -------
    list of dict
        ``kind``, ``url`` from the top of the site, ``title``, ``says`` and ``text`` (what is
        searched), ``excerpt`` and ``badge`` (what is shown), for claims also ``numbers``.
    """
    verdicts = labels("claims", "verdict")
    claims = [
        {
            "kind": "claim",
            "id": name,
            "url": f"claims/{name}/",
            "title": row["short"],
            "shown": f"{row['short']} ({name})",
            "says": row["paraphrase"],
            "text": f"{row['reason']} {sentences.get(name, '')}",
            "numbers": numbers(row),
            "verdict": row["verdict"],
            "badge": verdicts[row["verdict"]],
            "excerpt": shortened(sentences.get(name) or row["reason"]),
        }
        for name, row in ledger.claims.iterrows()
    ]
    notebooks = [
        _entry(f"notebooks/{p.name}/", p.title, p.source.question, "notebook") for p in run.pages
    ]
    tables = [
        _entry(f"data/{name}/", resource["title"], resource.get("description", ""), "table")
        for name, resource in package().items()
    ]
    terms = [
        _entry(
            f"glossary/#{row['id']}",
            row["term"],
            row["meaning"],
            "term",
            " ".join(str(row[c]) for c in ("forms", "korean", "chinese") if pd.notna(row[c])),
        )
        for row in _rows("glossary")
    ]
    sources = [
        _entry(f"sources/#{name}", f"{row['producer']}: {row['title']}", row["citation"], "source")
        for name, row in ledger.sources.iterrows()
    ]
    return [*claims, *notebooks, *terms, *tables, *sources]


def _entry(url, title, text, kind, more=""):
    return {
        "kind": kind,
        "url": url,
        "title": title,
        "text": f"{text} {more}".strip(),
        "badge": kind,
        "excerpt": shortened(text),
    }


def numbers(row):
    """Write the values of a claim as the search reads them: 80% for a fraction."""
    ends = [row[end] for end in ("value_low", "value_high") if pd.notna(row[end])]
    if row["unit"] == "fraction":
        return " ".join(f"{100 * end:.10g}%" for end in ends)
    return " ".join(f"{end:.15g}" for end in ends)


def shortened(text):
    """Cut a text at a word, so that it fits a line or two."""
    if len(text) <= EXCERPT:
        return text
    return text[:EXCERPT].rsplit(" ", 1)[0] + " …"


def spellings():
    """Return what people may write: the word that is meant, by spelling."""
    return {
        written.strip().lower(): row["means"]
        for row in _rows("spellings")
        for written in row["written"].split(";")
    }


def _rows(name):
    """Read the rows of a table that a ledger may do without."""
    return table(name).to_dict("records") if name in package() else []


def write_search(folder, extra, ledger, run, sentences):
    """Write the page of the search, and what it searches."""
    found = entries(ledger, run, sentences)
    script = "".join(
        f"window.{name} = {json.dumps(value, ensure_ascii=False)};\n".replace("<", "\\u003c")
        for name, value in (("entries", found), ("spellings", spellings()))
    )
    (extra / "search").mkdir()
    (extra / "search/entries.js").write_text(script, encoding="utf-8")
    write_search_page(folder)


def write_search_page(folder, language=ENGLISH):
    """Write the page of the search in a language."""
    _ = language.gettext
    page, about = f"{language.folder}search", _("Search the claims, tables, terms and sources.")
    parts = [(None, html("search.html", language, root=root_of(page)))]
    write_page(folder, page, _("Search"), parts, description=about, aside=False, listed=False)


def write_names(extra, ledger, language):
    """Write what the search says in a language: names of claims, verdicts, kinds of pages."""
    _ = language.gettext
    kinds = [_("notebook"), _("table"), _("term"), _("source")]
    english = ["notebook", "table", "term", "source"]
    badges = dict(zip(english, kinds, strict=True))
    badges |= {words: language.own(words) for words in labels("claims", "verdict").values()}
    names = {name: language.own(short) for name, short in ledger.claims["short"].items()}
    known = {"folder": language.folder, "names": names, "badges": badges}
    # What is not translated is left out, so that the page shows the English.
    known = {
        key: {k: v for k, v in value.items() if BEGIN not in v} if key != "folder" else value
        for key, value in known.items()
    }
    script = f"window.translated = {json.dumps(known, ensure_ascii=False)};\n"
    (extra / language.folder / "search").mkdir(parents=True)
    (extra / language.folder / "search/names.js").write_text(
        script.replace("<", "\\u003c"), encoding="utf-8"
    )
