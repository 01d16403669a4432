"""What a run will do, decided and checked before the first kernel starts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from helpers.rerun.errors import RequestError
from helpers.rerun.notebooks import ROOT, Notebook
from helpers.rerun.parameters import check_names, parse_value

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Job:
    """One notebook with the parameters given to it."""

    notebook: Notebook
    given: dict = field(default_factory=dict)

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
    values = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise RequestError(f"-p {assignment}: expected NAME=VALUE")
        if name in values:
            raise RequestError(f"-p {name}: given twice ({values[name]} and {text})")
        values[name] = text
    names = [notebook.name for notebook in notebooks]
    known = {name for notebook in notebooks for name in notebook.parameters}
    check_names(values, known, ", ".join(names) if len(names) < 4 else "the collection")
    return [
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


def run_folder(out=None, root=ROOT):
    """Choose and prepare the folder of a run: `out`, or a new dated folder under runs/.

    Raises
    ------
    RequestError
        If it cannot be written, or holds something other than an earlier run.
    """
    folder = Path(out) if out else root / "runs" / f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}"
    number = 2
    while not out and folder.exists():
        folder = folder.with_name(f"{folder.name.split('.')[0]}.{number}")
        number += 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RequestError(f"--out {folder}: cannot be written ({error.strerror})") from None
    if any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise RequestError(f"--out {folder}: holds other files, expected an empty or a run folder")
    for earlier in folder.glob("*.ipynb"):
        earlier.unlink()
    return folder.resolve()
