"""Reads a run folder for the site: what ran, how it ended, what it concluded."""

from dataclasses import dataclass
from pathlib import Path

from evidence.errors import RequestError
from evidence.folder.manifest import read_manifest
from evidence.folder.place import MANIFEST, RUNS
from evidence.folder.rows import RESULTS, read_results
from evidence.notebooks.files import Notebook, find

NOT_IN_RUN = "not in this run"


@dataclass(frozen=True)
class Page:
    """One notebook of the collection and what became of it in the run."""

    source: Notebook  # as it stands in the collection; for a run elsewhere, the executed file
    executed: Notebook | None
    status: str  # "done", "failed", "not run" or "not in this run"
    problem: str
    parameters: dict
    start: str
    seconds: float

    @property
    def name(self):
        """File name without ending, for example 31_market_size."""
        return self.source.name

    @property
    def title(self):
        """The heading of the first cell."""
        lines = "".join(self.source.cells[0]["source"]).splitlines() if self.source.cells else []
        heads = [line.lstrip("# ").strip() for line in lines if line.startswith("# ")]
        return heads[0] if heads else self.name

    @property
    def bad(self):
        """Whether the run tried this notebook and did not finish it."""
        return self.status not in {"done", NOT_IN_RUN}

    @property
    def changed(self):
        """The parameters it ran with that are not the defaults."""
        known = self.source.parameters
        return {
            name: value
            for name, value in self.parameters.items()
            if name in known and value != known[name].default
        }

    @property
    def bears_on(self):
        """The claims its stored results bear on, whatever became of it in this run."""
        return {result["claim"] for result in self.source.results}


@dataclass(frozen=True)
class Run:
    """A run folder."""

    folder: Path
    manifest: dict
    results: list  # of evidence.folder.rows.Result
    pages: list

    @property
    def failures(self):
        """The notebooks that did not finish."""
        return [page for page in self.pages if page.bad]

    @property
    def absent(self):
        """The notebooks of the collection that it did not include."""
        return [page for page in self.pages if page.status == NOT_IN_RUN]

    @property
    def changed(self):
        """The notebooks that ran with other parameters than the defaults."""
        return [page for page in self.pages if page.changed]


def read_run(folder=None):
    """Read a run folder.

    Parameters
    ----------
    folder : path, optional
        The run folder; the latest run if not given.

    Returns
    -------
    Run

    Raises
    ------
    RequestError
        If there is no run, or the folder is not one of a run that came to its end.
    """
    path = Path(folder) if folder else RUNS / "latest"
    if not folder and not path.is_dir():
        raise RequestError("no run yet; make one with `evidence run`")
    manifest = read_manifest(path)
    try:
        ran = {entry["notebook"]: entry for entry in manifest["notebooks"]}
    except (KeyError, TypeError) as error:
        raise RequestError(f"{path / MANIFEST}: not a manifest of a run ({error})") from None
    if len(ran) < len(manifest["notebooks"]):
        raise RequestError(f"{path}: is a sweep, expected a run with each notebook once")
    if not (path / RESULTS).is_file():
        raise RequestError(
            f"{path}: this run was stopped before its end (it has no {RESULTS}); "
            "the same `evidence run` again goes on where it stopped"
        )
    results = read_results(path)
    collection = {notebook.name: notebook for notebook in find()}
    pages = [
        _page(name, collection.get(name), ran.get(name), path)
        for name in sorted({*collection, *ran})
    ]
    return Run(path, manifest, results, pages)


def _page(name, source, entry, folder):
    file = folder / f"{name}.ipynb"
    executed = Notebook(file) if entry and file.is_file() else None
    if source is None and executed is None:
        raise RequestError(f"{folder}: notebook {name} is in {MANIFEST} but has no file")
    entry = entry or {"status": NOT_IN_RUN, "problem": "", "parameters": {}}
    return Page(
        source=source or executed,
        executed=executed,
        status=entry["status"],
        problem=entry["problem"],
        parameters=entry["parameters"],
        start=entry.get("start", ""),
        seconds=entry.get("seconds", 0.0),
    )
