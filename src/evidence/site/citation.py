"""What a citation of the collection needs, from CITATION.cff."""

from importlib.metadata import version

import yaml

from evidence.errors import RequestError
from evidence.files import ROOT

SCHEMES = ("https://", "http://")


def citation(run, address=""):
    """Return what a citation needs: author, year, title, version, start, commit, addresses.

    The repository's address is empty if CITATION.cff names none.

    Raises
    ------
    RequestError
        If it is not an address.
    """
    known = cited()
    repository = known.get("repository-code", "")
    if repository and not repository.startswith(SCHEMES):
        raise RequestError(
            f"CITATION.cff: repository-code is {repository!r}, expected one that begins with https://"
        )
    return {
        "author": known["author"],
        "question": known["question"],
        "title": known["title"],
        "version": version("evidence-ledger"),
        "year": run.manifest["start"][:4],
        "start": run.manifest["start"],
        "commit": run.manifest["commit"][:12]
        if run.manifest["commit"][:1] in "0123456789abcdef"
        else "",
        "address": address,
        "repository": repository,
    }


def cited():
    """Read CITATION.cff, with three things more: the name and question in its title, the author."""
    known = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    missing = [part for part in ("title", "authors") if not known.get(part)]
    if missing:
        raise RequestError(f"CITATION.cff: expected {missing[0]}, found nothing")
    name, _, question = known["title"].partition(": ")
    names = [
        each.get("name") or f"{each['given-names']} {each['family-names']}"
        for each in known["authors"]
    ]
    question = question[:1].upper() + question[1:] or name
    return known | {"name": name, "question": question, "author": ", ".join(names)}
