"""The pages around the claims: sources, data, what ran, how to disagree."""

import io
import json
import zipfile
from datetime import datetime
from urllib.parse import urlsplit

import pandas as pd

from evidence.folder.place import MANIFEST
from evidence.folder.rows import RESULTS
from evidence.site.pages import copy_text, html, picture, write_page
from helpers.data import DESCRIPTION, FOLDER, labels, meanings, package, table

ARCHIVE = "evidence-ledger-data.zip"
OLDEST = (1980, 1, 1, 0, 0, 0)  # a zip holds times; one for all keeps it the same byte for byte


def day(manifest):
    """Return the day of a run in words: 23 November 2026."""
    moment = datetime.fromisoformat(manifest["start"])
    return f"{moment.day} {moment:%B %Y}"


def write_home(folder, run, ledger, scorecard, facts, explorer):
    """Write the front page."""
    counts = ledger.claims["verdict"].value_counts()
    says, words = meanings("claims", "verdict"), labels("claims", "verdict")
    found = [(verdict, int(counts.get(verdict, 0)), says[verdict]) for verdict in words]
    listed = "; ".join(f"{count} {words[verdict]}" for verdict, count, _ in found)
    alt = (
        f"One tile for each of {len(ledger.claims)} claims, stacked by verdict: {listed}. "
        "The table below has the same counts, and the page of all claims has every tile."
    )
    text = html(
        "home.html",
        failures=run.failures,
        absent=run.absent,
        changed=run.changed,
        pages=run.pages,
        picture=picture("", "scorecard.png", scorecard, alt, wide=True),
        total=len(ledger.claims),
        chains=int(ledger.claims.index.str.startswith("L").sum()),
        verdicts=found,
        date=facts["date"],
        version=facts["version"],
        subject=subject(),
        explorer=explorer,
    )
    question = facts["question"]
    write_page(folder, "index", question, [(None, text)], description=question, aside=False)
    pages = "claims/index\nnotebooks/index\n" + "Market explorer <explorer>\n" * explorer
    pages += "sources\nData <data/index>"
    more = "What ran <run>\nHow to disagree <disagree>"
    with (folder / "index.md").open("a", encoding="utf-8") as file:
        file.write(f"\n```{{toctree}}\n:hidden:\n\n{pages}\n{more}\n```\n")


def subject(folder=FOLDER):
    """Return what the tables' description says of their subject: statements, people."""
    return json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))["subject"]


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
    """Write the page of all tables, and put their files beside it.

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
    tables = [
        {
            "name": name,
            "title": resource["title"],
            "description": resource.get("description", ""),
            "path": resource["path"],
            "rows": f"{len(table(name)):,}",
            "size": size(files[resource["path"]]),
            "licences": "; ".join(licence["title"] for licence in resource.get("licenses", [])),
            "sources": "; ".join(source["title"] for source in resource.get("sources", [])),
            "fields": resource["schema"]["fields"],
        }
        for name, resource in package().items()
    ]
    top = html("data.html", archive=ARCHIVE, archive_size=size(packed))
    parts = [(entry["title"], html("data_table.html", table=entry)) for entry in tables]
    about = f"{len(tables)} tables of published figures to download, with units, sources, licences."
    write_page(folder, "data/index", "Data", [(None, top), *parts], description=about)
    texts = sorted(FOLDER.glob("*.md"))
    names = ["datasheet" if path.stem == "README" else path.stem for path in texts]
    for path, name in zip(texts, names, strict=True):
        copy_text(path, folder / f"data/{name}.md")
    with (folder / "data/index.md").open("a", encoding="utf-8") as file:
        file.write("\n```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```\n")


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
    about = f"The run of {day(facts)}: notebooks, times, seeds, package versions, fingerprints."
    write_page(folder, "run", "What ran", [(None, text)], description=about, aside=False)


def write_disagree(folder, repository, claim, explorer):
    """Write how to disagree."""
    about = "How to dispute a verdict, add a source, or rerun the audit under other assumptions."
    parts = [(None, html("disagree.html", repository=repository, claim=claim, explorer=explorer))]
    write_page(folder, "disagree", "How to disagree", parts, description=about, aside=False)
