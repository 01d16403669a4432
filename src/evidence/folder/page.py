"""One page per run: what ran, when, how long, with what, and what came out."""

import json
from pathlib import Path

from evidence.files import write_whole
from evidence.folder.rows import PARQUET
from evidence.warm.facts import ABSENT

PAGE = "index.html"
LIBRARIES = ("papermill", "ipykernel", "numpy", "pandas", "scipy", "statsmodels", "matplotlib")


def write_page(folder, manifest, results, charts):
    """Write index.html of a run folder; it needs no other file to be read.

    Parameters
    ----------
    folder : pathlib.Path
    manifest : dict
    results : list of evidence.folder.rows.Result
    charts : list of dict
        file, title and alt of a sweep's charts.

    Raises
    ------
    RequestError
        If it cannot be written.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    entries = manifest["notebooks"]
    swept = [name for name in _names(entries) if len({_text(e, name) for e in entries}) > 1]
    several = len({entry["notebook"] for entry in entries}) < len(entries)
    text = environment.get_template("run.html").render(
        manifest=manifest,
        entries=entries,
        count={
            status: sum(e["status"] == status for e in entries)
            for status in ("done", "failed", "not run")
        },
        reused=sum(e["reused"] for e in entries),
        swept=swept if several else [],
        results=results,
        read=_read(entries),
        charts=charts,
        versions={name: manifest["packages"].get(name, "absent") for name in LIBRARIES},
        text=_text,
        parquet=(folder / PARQUET).is_file(),
    )
    write_whole(folder / PAGE, text)


def _read(entries):
    """Return by notebook what its runs read, and why they are not reused."""
    found = {}
    for entry in entries:
        known = found.setdefault(entry["notebook"], {"tables": {}, "reads": {}, "unseen": {}})
        for kind in known:  # a folder of an older version has tables alone
            known[kind] |= dict.fromkeys(entry.get(kind, ()))
        for name, how in entry.get("reads", {}).items():
            if how == ABSENT:
                del known["reads"][name]
    return found


def _names(entries):
    return list(dict.fromkeys(name for entry in entries for name in entry["parameters"]))


def _text(entry, name):
    value = entry["parameters"].get(name)
    return value if isinstance(value, str) else json.dumps(value)
