"""One task: a notebook with its parameters, executed through papermill, here or elsewhere."""

import json
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from evidence.notebooks.files import FOLDER
from evidence.run.cache import why
from evidence.run.depends import environment, parts, unseen_in_helpers
from evidence.run.reads import EDITED, named
from evidence.warm.home import KERNEL
from helpers.data import table_digest

PICTURES = "EVIDENCE_PICTURES"  # which `helpers.charts.show` reads


@dataclass(frozen=True)
class Task:
    """All that is needed to execute one notebook, here or on another machine."""

    label: str
    notebook: str  # the notebook, as text
    folder: str  # where its kernel starts, if that exists
    given: dict
    limit: float | None = None  # seconds
    cold: bool = False
    known: dict | None = None  # what it depends on
    variables: dict = field(default_factory=dict)  # of its kernel, besides the usual
    pictures: bool = True  # otherwise charts are left as their text alone


@dataclass(frozen=True)
class Outcome:
    """How one job ended."""

    name: str
    status: str  # "done", "failed" or "not run"
    start: str = ""
    seconds: float = 0.0
    problem: str = ""
    reused: bool = False
    kernel: str = ""  # "warm" or "ordinary"
    tables: dict = field(default_factory=dict)  # digests of the tables it read
    because: tuple = ()  # what changed since it was computed last
    reads: dict = field(default_factory=dict)  # what else it read (`evidence.run.reads`)
    unseen: tuple = ()  # why it cannot be reused
    places: dict = field(default_factory=dict)  # where in the notebook each reason was seen


def run_task(task):
    """Execute one notebook with papermill.

    Parameters
    ----------
    task : Task

    Returns
    -------
    outcome : Outcome
        A failure is reported with the cell and its error.
    text : str
        The notebook as far as it ran; empty if it did not start.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from evidence.run import engine

    start, clock = datetime.now(UTC), time.perf_counter()
    problem, text, said, folder = "", "", {}, Path(task.folder)
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "executed.ipynb"
        try:
            papermill.execute_notebook(
                nbformat.reads(task.notebook, as_version=4),
                str(target),
                task.given,
                engine_name=engine.NAME,
                kernel_name=KERNEL,
                language="python",
                cwd=str(folder if folder.is_dir() else FOLDER),
                progress_bar=False,
                limit=task.limit,
                environment=environment(task.cold)
                | task.variables
                | {PICTURES: str(int(task.pictures))},
            )
        except papermill.PapermillExecutionError as error:
            problem = f"cell {error.cell_index + 1}: {error.ename}: {error.evalue}"
        except CellTimeoutError as error:
            over = task.limit and time.perf_counter() - clock >= task.limit
            problem = f"no end after {task.limit:g} seconds (--timeout)" if over else str(error)
        except DeadKernelError:
            problem = f"DeadKernelError: the kernel ended {_where(target)}"
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        try:
            if target.exists():
                text, said = repeatable(target.read_text(encoding="utf-8"))
                problem = problem or stopped_early(json.loads(text)["cells"])
                text = text if task.pictures else without_pictures(text)
        except (OSError, ValueError) as error:  # it was cut off, as on a full disk
            problem = problem or f"its executed notebook cannot be read ({error})"
    reads = named(said.get("seen", {}))
    edited = [] if problem else changed(task) + [p for p, how in reads.items() if how == EDITED]
    if edited:  # the result stands for neither state
        problem = f"edited while it ran: {', '.join(edited[:5])}"
    outcome = Outcome(
        name=task.label,
        status="failed" if problem else "done",
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}",
        seconds=round(time.perf_counter() - clock, 2),
        problem=problem,
        kernel=said.get("kernel", ""),
        tables={name: table_digest(name) for name in said.get("tables", ())},
        reads=reads,
        unseen=(*said.get("seen", {}).get("unseen", ()), *unseen_in_helpers(task)),
        places=said.get("seen", {}).get("places", {}),
    )
    return outcome, text


def stopped_early(cells):
    """Say where a notebook ended itself, which papermill takes for its end; empty if nowhere."""
    for number, cell in enumerate(cells, 1):
        tags = cell.get("metadata", {}).get("tags", ())
        for output in cell.get("outputs", ()):
            ended = output.get("ename") == "SystemExit"
            if ended and not {"raises-exception", "nbval-raises-exception"} & set(tags):
                return f"stopped early in cell {number} (sys.exit); what follows did not run"
    return ""


def _where(path):
    """Name the cell that a notebook's kernel did not survive."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.exists() else []
    began = [n for n, cell in enumerate(cells, 1) if cell.get("execution_count") is not None]
    place = f"in cell {began[-1]}" if began else "before the first cell"
    return f"{place} (as after os._exit or quit(), or when no memory is left)"


def changed(task):
    """Say what a task depends on that is not here as it was where it was planned."""
    if task.known is None:
        return []
    here = parts(json.loads(task.notebook)["cells"], Path(task.folder), task.known["parameters"])
    return why({"parts": task.known, "tables": {}, "reads": {}}, here)


def repeatable(text):
    """Take out of an executed notebook what differs between two runs of the same.

    Returns
    -------
    text : str
        Without times, paths, and names drawn by chance.
    said : dict
        What the engine noted: the tables read, and the kind of kernel.
    """
    notebook = json.loads(text)
    notebook["metadata"].pop("papermill", None)
    said = notebook["metadata"].pop("evidence", {})
    injected = 0
    for cell in notebook["cells"]:
        for times in ("papermill", "execution"):
            cell["metadata"].pop(times, None)
        if cell["metadata"].get("tags") == []:  # papermill adds it
            del cell["metadata"]["tags"]
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            injected += 1
            cell["id"] = "injected-parameters" + (f"-{injected}" if injected > 1 else "")
    return as_text(notebook), said


def without_pictures(text):
    """Leave out the pictures of an executed notebook; the text of every chart stays."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for part in (output.get("data", {}), output.get("metadata", {})):
                part.pop("image/png", None)
    return as_text(notebook)


def as_text(notebook):
    """Write a notebook as Jupyter does."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
