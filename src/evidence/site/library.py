"""The pages around the claims: sources, data, what ran, how to disagree."""

import csv
import io
import zipfile
from urllib.parse import urlsplit

import pandas as pd

from evidence.folder.place import MANIFEST
from evidence.folder.rows import RESULTS
from evidence.notebooks.files import find
from evidence.site.languages import ENGLISH
from evidence.site.pages import copy_text, html, root_of, write_page
from evidence.site.teaching import has_course
from helpers.data import FOLDER, cite, description, labels, meanings, package, table
from helpers.say import fill

ARCHIVE = "evidence-ledger-data.zip"
ROWS, SAMPLE = 1000, 100  # a table with more rows than the first shows the second
LEADS = {"claims": "claims/{}/", "sources": "sources/#{}"}  # the pages of ids
OLDEST = (1980, 1, 1, 0, 0, 0)  # a zip holds times; one for all keeps it the same byte for byte


def write_home(folder, run, ledger, facts, sentences, explorers, language=ENGLISH):
    """Write the front page in a language: the answer first.

    Parameters
    ----------
    folder : pathlib.Path
        Page sources.
    run : evidence.site.runs.Run
    ledger : helpers.ledger.claims.Ledger
    facts : dict of str to str
        From `evidence.site.citation.citation`.
    sentences : dict of str to str
        What may be printed, by claim.
    explorers : sequence of evidence.site.explorers.Explorer
        Those that the site has.
    language : evidence.site.languages.Language
    """
    of, page = subject(), f"{language.folder}index"
    claims, words = ledger.claims, labels("claims", "verdict")
    of_articles = claims[~claims.index.str.startswith("L")]
    says = meanings("claims", "verdict")
    cards = [
        (verdict, says[verdict], claims.loc[claims["verdict"] == verdict, "short"].to_dict())
        for verdict in words
    ]
    text = html(
        "home.html",
        language,
        root=root_of(page),
        failures=run.failures,
        absent=run.absent,
        changed=run.changed,
        pages=run.pages,
        total=len(claims),
        chains=len(claims) - len(of_articles),
        stand=int((of_articles["verdict"] == "supported").sum()),
        asked=[
            {"id": name, "short": claims.loc[name, "short"], "verdict": claims.loc[name, "verdict"]}
            | {"sentence": sentences.get(name) or claims.loc[name, "reason"]}
            for name in of["asked"]
            if name in claims.index
        ],
        striking=striking(of, run, language),
        cards=cards,
        start=facts["start"],
        version=facts["version"],
        subject=of,
        explorers=explorers,
        glossary="glossary" in package(),
        course=has_course(),
    )
    question, english = language.own(facts["question"]), not language.code
    write_page(
        folder, page, question, [(None, text)], description=question, aside=False, listed=english
    )
    if not english:
        return
    # The first explorer leads to the others.
    pages = "claims/index\nnotebooks/index\n"
    pages += "".join(f"Explorers <{one.path}>\n" for one in explorers[:1])
    pages += "sources\nData <data/index>"
    more = "glossary\n" * ("glossary" in package()) + "teaching\n" * has_course()
    more += "What ran <run>\nHow to disagree <disagree>\nCorrections <corrections>"
    with (folder / "index.md").open("a", encoding="utf-8") as file:
        file.write(f"\n```{{toctree}}\n:hidden:\n\n{pages}\n{more}\n```\n")


def subject(folder=FOLDER):
    """Return what the tables' description says of their subject.

    Returns
    -------
    dict
        statements: who says what; doubt: what doubt about a figure is not; people: of whom the
        figures speak; search: figures someone may look for; asked: the claims they come for;
        striking: the finding that the front page tells, as title, words and result; may be missing.
    """
    return description(folder)["subject"]


def striking(of, run, language=ENGLISH):
    """Return the finding that the front page tells, if the run has it."""
    told = of.get("striking", {})
    found = next((r for r in run.results if r.name == told.get("result")), None)
    if found is None:
        return None
    sentence = fill(language.own(told["words"]), {found.name: found.value})
    return {"title": told["title"], "sentence": sentence, "notebook": found.notebook}


def write_corrections(folder, ledger):
    """Write what was wrong in our own tables, the latest first."""
    known = package()
    rows = [
        row
        | {
            "title": known[row["table"]]["title"],
            "cited": cite([row["source"]]) if row["source"] else "",
            "claims": row["claims"].split(),
            "day": row["date"],
        }
        for row in table("corrections").fillna("").to_dict("records")
    ]
    rows.sort(key=lambda row: row["day"], reverse=True)
    parts = [(None, html("corrections.html", rows=rows))]
    about = f"{len(rows)} corrections of our own tables: what stood there, what stands now, why."
    write_page(folder, "corrections", "Corrections", parts, description=about, aside=False)


def write_glossary(folder):
    """Write the page of terms, to which the first use of each on a page leads."""
    terms = table("glossary").fillna("")
    rows = terms.sort_values("term", key=lambda term: term.str.lower(), kind="stable")
    names = {notebook.name[:2]: notebook.name for notebook in find()}
    entries = [
        row
        | {
            "notebook": names.get(row["see"], ""),
            "claim": row["see"] if row["see"][:1].isalpha() else "",
        }
        for row in rows.to_dict("records")
    ]
    about = f"{len(entries)} terms, with the words used in Korean and Chinese."
    parts = [(None, html("glossary.html", rows=entries))]
    write_page(folder, "glossary", "Glossary", parts, description=about, aside=False)


def write_sources(folder, ledger):
    """Write the table of all sources, each with the claims it bears on."""
    used = ledger.statements.groupby("source")["claim"].agg(lambda c: sorted(set(c)))
    rows = [
        row.where(row.notna(), "").to_dict()
        | {"id": name, "claims": used.get(name, []), "host": _host(row["url"])}
        for name, row in ledger.sources.iterrows()
    ]
    found = set(ledger.sources["seen"])
    ways = {way: words for way, words in labels("sources", "seen").items() if way in found}
    about = f"The {len(rows)} publications behind the tables, and how each was seen."
    parts = [(None, html("sources.html", rows=rows, ways=ways))]
    write_page(folder, "sources", "Sources", parts, description=about, aside=False)


def _host(address):
    return "" if pd.isna(address) else urlsplit(address).netloc


def write_data(folder, downloads, run):
    """Write the page of all tables and a page for each, and put their files beside them.

    Parameters
    ----------
    folder, downloads : pathlib.Path
        Page sources, and the files to download.
    run : evidence.site.runs.Run
    """
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.*"))}
    files |= {name: (run.folder / name).read_bytes() for name in (RESULTS, MANIFEST)}
    for name, content in files.items():
        (downloads / name).write_bytes(content)
    packed = archive(files)
    (downloads / ARCHIVE).write_bytes(packed)
    used = used_by(run)
    tables = [
        {
            "name": name,
            "title": resource["title"],
            "description": resource.get("description", ""),
            "path": resource["path"],
            "count": len(table(name)),
            "size": size(files[resource["path"]]),
            "licences": "; ".join(licence["title"] for licence in resource.get("licenses", [])),
            "sources": "; ".join(source["title"] for source in resource.get("sources", [])),
            "fields": resource["schema"]["fields"],
            "used": used.get(name, []),
        }
        for name, resource in package().items()
    ]
    top = html("data.html", archive=ARCHIVE, archive_size=size(packed), tables=tables)
    about = f"{len(tables)} tables of published figures to look at and download."
    write_page(folder, "data/index", "Data", [(None, top)], description=about, aside=False)
    for entry in tables:
        content = html("data_table.html", table=entry, root="../../", **shown_rows(entry["name"]))
        write_page(
            folder,
            f"data/{entry['name']}",
            entry["title"],
            [(None, content)],
            description=entry["description"] or entry["title"],
            aside=False,
        )
    texts = sorted(FOLDER.glob("*.md"))
    names = ["datasheet" if path.stem == "README" else path.stem for path in texts]
    for path, name in zip(texts, names, strict=True):
        copy_text(path, folder / f"data/{name}.md")
    names += [entry["name"] for entry in tables]
    with (folder / "data/index.md").open("a", encoding="utf-8") as file:
        file.write("\n```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```\n")


def used_by(run):
    """List the notebooks of a run that read each table, by the tables that it recorded."""
    titles = {page.name: page.title for page in run.pages}
    used = {}
    for entry in run.manifest["notebooks"]:
        for name in entry.get("tables", {}):
            used.setdefault(name, []).append((entry["notebook"], titles[entry["notebook"]]))
    return used


def shown_rows(name):
    """Return the rows of a table as its file has them, at most as many as a browser likes.

    Returns
    -------
    dict
        ``columns``, ``rows`` (lists of (text, link from the top of the site)), ``cut`` (whether
        there are more), ``choices`` (the words of columns that hold few).
    """
    with (FOLDER / package()[name]["path"]).open(encoding="utf-8", newline="") as file:
        columns, *lines = csv.reader(file)
    fields = {field["name"]: field for field in package()[name]["schema"]["fields"]}
    leads = {
        key["fields"][0]: LEADS[key["reference"]["resource"]]
        for key in package()[name]["schema"].get("foreignKeys", [])
        if key["reference"]["resource"] in LEADS
    }
    leads |= {"id": LEADS[name]} if name in LEADS else {}
    cut = len(lines) > ROWS
    shown = lines[:SAMPLE] if cut else lines
    choices = {
        column: sorted({line[number] for line in shown})
        for number, column in enumerate(columns)
        if "categories" in fields[column]
    }
    rows = [
        [
            (text, leads[column].format(text) if text and column in leads else "")
            for column, text in zip(columns, line, strict=True)
        ]
        for line in shown
    ]
    return {"columns": columns, "rows": rows, "cut": cut, "choices": choices}


def archive(files):
    """Pack files into a zip that is the same, byte for byte, for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"evidence-ledger/{name}", OLDEST)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return buffer.getvalue()


def size(content):
    """Write a file's size for people."""
    kilo = len(content) / 1000
    return f"{kilo / 1000:.1f} MB" if kilo >= 1000 else f"{max(kilo, 0.1):.1f} kB"


def write_run(folder, run):
    """Write what ran, when, how long, with what."""
    facts = run.manifest
    text = html(
        "run.html",
        start=facts["start"].replace("T", " ").replace("Z", " UTC"),
        commit=facts["commit"],
        python=facts["python"],
        packages=facts["packages"],
        inputs=facts["inputs"],
        pages=run.pages,
        failures=run.failures,
        done=sum(page.status == "done" for page in run.pages),
        seconds=sum(page.seconds for page in run.pages),
    )
    day = ENGLISH.day(facts["start"])
    about = f"The run of {day}: notebooks, times, seeds, package versions, fingerprints."
    write_page(folder, "run", "What ran", [(None, text)], description=about, aside=False)


def write_disagree(folder, repository, claim, explorer):
    """Write how to disagree."""
    about = "How to dispute a verdict, add a source, or rerun the audit under other assumptions."
    parts = [(None, html("disagree.html", repository=repository, claim=claim, explorer=explorer))]
    write_page(folder, "disagree", "How to disagree", parts, description=about, aside=False)
