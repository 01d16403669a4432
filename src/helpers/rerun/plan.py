"""What a run will do, decided and checked before the first kernel starts."""

import json
import os
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from helpers.data import ids
from helpers.rerun.errors import RequestError, nearest
from helpers.rerun.notebooks import ROOT, Notebook, find
from helpers.rerun.parameters import parse_value

MANIFEST = "manifest.json"
LEFT_BY_A_RUN = ("*.ipynb", "results.*", "index.html", "ro-crate-metadata.json", "charts/*.png")
PARTIAL = ".evidence-*"  # files being written when a run was killed
RUNS = ROOT / "runs"


@dataclass(frozen=True)
class Job:
    """One notebook with the parameters given to it."""

    notebook: Notebook
    given: dict = field(default_factory=dict)
    point: str = ""  # number of a sweep's point

    @property
    def label(self):
        """Name of its executed notebook, without ending."""
        return f"{self.notebook.name}.{self.point}" if self.point else self.notebook.name

    @property
    def parameters(self):
        """All parameters, given or default."""
        defaults = {p.name: p.default for p in self.notebook.parameters.values()}
        return defaults | self.given


def plan(notebooks, assignments=()):
    """Decide the jobs of a run.

    A parameter goes to every chosen notebook that has it, and at least one must.

    Parameters
    ----------
    notebooks : list of Notebook
    assignments : sequence of str
        ``NAME=VALUE``, as typed.

    Returns
    -------
    list of Job

    Raises
    ------
    RequestError
        If a parameter is unknown, given twice, of the wrong type or out of range.
    """
    values = assigned(assignments)
    refuse_unknown(values, notebooks)
    for name, times in Counter(notebook.name for notebook in notebooks).items():
        if times > 1:
            raise RequestError(f"{name}: {times} notebooks have this name, expected one")
    jobs = [
        Job(
            notebook,
            {
                name: parse_value(notebook.parameters[name], text, notebook.name)
                for name, text in values.items()
                if name in notebook.parameters
            },
        )
        for notebook in notebooks
    ]
    for job in jobs:
        refuse_unknown_claims(job)
    return jobs


def assigned(assignments):
    """Split ``NAME=VALUE`` as typed; a name may be given once."""
    values = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise RequestError(f"-p {assignment}: expected NAME=VALUE")
        if name in values:
            raise RequestError(f"-p {name}: given twice ({values[name]} and {text})")
        values[name] = text
    return values


def refuse_unknown_claims(job):
    """Refuse a claim id that the ledger does not have; the parameter's unit says it is one."""
    for name, value in job.given.items():
        if job.notebook.parameters[name].unit == "claim id":
            known = ids("claims")
            if value not in known:
                words = f"{value!r}, expected one of {', '.join(known)}"
                raise RequestError(f"{job.notebook.name}: parameter {name}: claim is {words}")


def refuse_unknown(names, notebooks):
    """Refuse a parameter that no chosen notebook has, naming the nearest that exists."""
    known = {name for notebook in notebooks for name in notebook.parameters}
    chosen = ", ".join(notebook.name for notebook in notebooks)
    where = chosen if len(notebooks) < 4 else "the collection"
    for name in names:
        if name in known:
            continue
        hint = nearest(name, known)
        if hint.startswith("known"):
            elsewhere = nearest(name, {other for n in find() for other in n.parameters})
            if elsewhere.startswith("did you mean"):
                hint = f"{elsewhere} It is in other notebooks; here {hint}"
        raise RequestError(f"unknown parameter {name} for {where}: {hint}")


def run_folder(out=None):
    """Choose and prepare the folder of a run: `out`, or a new dated folder under runs/.

    Raises
    ------
    RequestError
        If it cannot be written, or holds something other than an earlier run.
    """
    folder = Path(out) if out else RUNS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    number = 2
    try:
        while not out and not _made(folder):
            folder = folder.with_name(f"{folder.name.split('.')[0]}.{number}")
            number += 1
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=PARTIAL.rstrip("*")):
            pass
        others = [p for p in folder.iterdir() if not p.match(PARTIAL)]
    except OSError as error:
        raise RequestError(f"--out {folder}: cannot be written ({error.strerror})") from None
    if others and not _left_by_a_run(folder / MANIFEST):
        raise RequestError(f"--out {folder}: holds other files, expected an empty or a run folder")
    return folder.resolve()


def _made(folder):
    """Make a new folder; False if it is there already, as when two runs start at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _left_by_a_run(path):
    """Whether a manifest is one of ours, of whatever form: other programs write that name too."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and {"notebooks", "inputs"} <= set(found)


@contextmanager
def sole_use(folder):
    """Keep every other run out of a run folder, and clear it of an earlier run's notebooks.

    Raises
    ------
    RequestError
        If another run is writing into it now.
    """
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RequestError(f"--out {folder}: another run is writing into it now") from None
        for pattern in (*LEFT_BY_A_RUN, PARTIAL, f"charts/{PARTIAL}"):
            for earlier in folder.glob(pattern):
                earlier.unlink()
        yield
    finally:
        os.close(handle)
