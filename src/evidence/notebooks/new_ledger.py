"""Starts a collection of its own for another subject: `evidence new ledger`."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import ROOT, write_whole
from evidence.scratch import uninterrupted
from evidence.tables.seal import SEAL
from helpers import data
from helpers.data import DESCRIPTION, FOLDER, package

TEMPLATE = Path(__file__).parent / "ledger_template"
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
AS_THEY_ARE = ("environment.yml", "LICENSE", ".gitignore", ".gitattributes", "notebooks/ruff.toml")
LOCK = "requirements.lock"
WITH_EXAMPLE = ("claims", "statements", "cites", "sources")
EMPTY = ("corrections", "findings", "printable", "translations")
SECTIONS = {
    "lead": "Opening",
    "text": "Main text",
    "related": "Related texts",
    "lineage": "Chains outside the text",
}
CLAIMS = (
    "Every numbered claim of the text that is audited (C), of related texts (R), and chains "
    "outside them (L), in our own words, with a verdict and its reason. A range has two ends; a "
    "bound has one."
)
PEOPLE = (
    "Write here, in data/datapackage.json, of whom the figures speak. A missing count is never a "
    "zero; a range comes before a point."
)
TARGETS = ("run", "lab", "site", "help")  # of our Makefile, kept as they are
TEST = """\
test: $(READY)  ## check tables, ledger and wording; re-execute every notebook
\t@$(BIN)/evidence check
\t@$(BIN)/pytest --nbval --nbval-kernel-name evidence --numprocesses 2 --dist loadfile notebooks"""
NEXT = """\
{folder} is a project of its own, with three invented claims as an example. Next:
  cd {folder}
  make run, make test, make site   each sets itself up on first use
  README.md says how to put your own claims in their place."""


def place_of(name, here=None, root=ROOT):
    """Say where a new collection goes: a bare name never lands inside this project.

    Parameters
    ----------
    name : str
        A name, such as "tap-water", or a path that ends in one.
    here : pathlib.Path, optional
        The current folder.
    root : pathlib.Path
        This project.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RequestError
        If the name has another form, the place is in this project, or something is there.
    """
    here, path = (here or Path.cwd()).resolve(), Path(name).expanduser()
    if not NAME.fullmatch(path.name):
        raise RequestError(
            f"name {path.name or name}: expected lower-case words or digits, as tap-water"
        )
    bare = path.name == str(name)
    inside = here == root or root in here.parents
    folder = ((root.parent if bare and inside else here) / path).resolve()
    if root in folder.parents:
        raise RequestError(f"{name}: lies inside this project, expected a place outside it")
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder}: is a file, expected a new or an empty folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise RequestError(f"{folder}: is not empty, expected a new or an empty folder")
    return folder


def start_ledger(folder, root=ROOT):
    """Make a collection of the same kind for another subject, with three claims as an example.

    Parameters
    ----------
    folder : pathlib.Path
        From `place_of`.
    root : pathlib.Path
        This project, of which code, pinned versions and descriptions of tables are taken.

    Raises
    ------
    RequestError
        If this is not a checkout of the project, the notebooks do not run, or the folder cannot be
        made; it appears whole or not at all.
    """
    needed = ("Makefile", "pyproject.toml", LOCK, *AS_THEY_ARE)
    missing = [name for name in needed if not (root / name).is_file()]
    if missing:
        raise RequestError(f"{root}: has no {missing[0]}; expected a checkout of the project")
    beside = next(parent for parent in folder.parents if parent.is_dir())
    try:
        with _passing(beside) as passing:
            fresh = passing / folder.name  # its title is made of its name
            _fill(fresh, root)
            _accept(fresh)
            folder.parent.mkdir(parents=True, exist_ok=True)
            if os.name == "nt" and folder.is_dir():  # which replaces no folder, not even empty
                folder.rmdir()
            fresh.rename(folder)
    except OSError as error:
        raise RequestError(f"{folder}: cannot be made ({error.strerror})") from None


@contextlib.contextmanager
def _passing(beside):
    """Make a folder that is gone afterwards, also when Ctrl-C comes twice."""
    folder = Path(tempfile.mkdtemp(dir=beside, prefix=".evidence-"))
    try:
        yield folder
    finally:
        with uninterrupted():
            shutil.rmtree(folder, ignore_errors=True)


def _fill(folder, root):
    spare = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".ipynb_checkpoints")
    shutil.copytree(TEMPLATE, folder, ignore=spare, dirs_exist_ok=True)
    shutil.copytree(root / "src", folder / "src", ignore=spare)
    for name in (LOCK, *AS_THEY_ARE):
        shutil.copy(root / name, folder / name)
    title = re.sub("[-_]", " ", folder.name)
    words = {
        "QUESTION": f"How sure can anyone be of the published figures about {title}?",
        "TITLE": title.capitalize(),
        "VERSION": version("evidence-ledger"),
    }
    for name in ("README.md", "CITATION.cff"):
        text = (folder / name).read_text(encoding="utf-8")
        for mark, instead in words.items():
            text = text.replace(mark, instead)
        write_whole(folder / name, text)
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    said = json.dumps(words["QUESTION"])
    project = re.sub(r"(?m)^description = .*$", lambda _: f"description = {said}", project)
    write_whole(folder / "pyproject.toml", project)
    write_whole(folder / "Makefile", makefile((root / "Makefile").read_text(encoding="utf-8")))
    described = description(title)
    for resource in described["resources"]:
        path = folder / "data" / resource["path"]
        if not path.exists():
            write_whole(path, ",".join(f["name"] for f in resource["schema"]["fields"]) + "\n")
    text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / "data" / DESCRIPTION, text)


def makefile(text):
    """Keep of a Makefile what a ledger needs: its set-up, and the targets in `TARGETS`."""
    kept = []
    for part in text.strip().split("\n\n"):
        target = re.match(r"([a-z]+):", part)
        if part.startswith(".PHONY"):
            kept.append(f".PHONY: test {' '.join(TARGETS)}")
        elif target and target[1] == "test":
            kept.append(TEST)
        elif part.startswith("COMPILE"):
            continue  # with the rule that renews the locks
        elif not target or target[1] in TARGETS:
            kept.append(part)
    return "\n\n".join(kept) + "\n"


def description(title, folder=FOLDER):
    """Describe the tables of a new ledger: ours, without what is particular to our subject.

    Returns
    -------
    dict
        A Data Package.
    """
    ours, resources = package(folder), []
    for name in (*WITH_EXAMPLE, *EMPTY):
        resource = json.loads(json.dumps(ours[name]))
        resource = {key: value for key, value in resource.items() if key not in SEAL}
        resource["sources"] = [{"title": "Publications named row by row in the table sources"}]
        if name in EMPTY:
            resource["mayBeEmpty"] = True
        resources.append(resource)
    claims = resources[0]
    claims["description"] = CLAIMS
    fields = {field["name"]: field for field in claims["schema"]["fields"]}
    fields["section"]["constraints"]["enum"] = list(SECTIONS)
    fields["section"]["categories"] = [
        {"value": value, "label": label} for value, label in SECTIONS.items()
    ]
    fields["id"]["description"] = "C: the text; R: related texts; L: chains outside the text."
    fields["references"]["description"] = "Reference numbers of the text, separated by semicolons."
    top = data.description(folder)
    return {
        "$schema": top["$schema"],
        "name": re.sub("[^a-z0-9]+", "-", title.lower()),
        "title": f"Published figures about {title}, with their sources",
        "description": "An invented example; replace it with your own tables and this sentence.",
        "licenses": top["licenses"],
        "subject": {
            "statements": "Three invented sentences stand here as an example",
            "doubt": "Doubt about a figure is not doubt about the matter itself.",
            "people": PEOPLE,
            "search": "a number, a name, a year …",
            "asked": ["C01", "C02", "C03"],
        },
        "resources": resources,
    }


def _accept(folder):
    """Run the new notebooks with the new project's own code, and store what they show."""
    words = "from evidence.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", words, "accept"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise RequestError(f"the notebooks of the new ledger did not run: {said}")
