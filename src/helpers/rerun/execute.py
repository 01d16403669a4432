"""Executes the jobs of a run through papermill, several at a time."""

import multiprocessing
import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime

KERNEL_MANAGER = "helpers.rerun.kernels.LocalKernelManager"


@dataclass(frozen=True)
class Outcome:
    """How one job ended."""

    name: str
    status: str  # "done", "failed" or "not run"
    start: str = ""
    seconds: float = 0.0
    problem: str = ""


def execute(jobs, folder, workers, progress):
    """Run jobs, `workers` at a time; one that fails does not stop the others.

    Parameters
    ----------
    jobs : list of helpers.rerun.plan.Job
    folder : pathlib.Path
        The run folder, which receives the executed notebooks.
    workers : int
    progress : callable
        Called with each `Outcome` as it comes.

    Returns
    -------
    list of Outcome
        In the order of the jobs. After Ctrl-C, jobs that had not finished are "not run".
    """
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["papermill"])
    outcomes = {}
    pool = ProcessPoolExecutor(min(workers, len(jobs)), context, initializer=_ignore_interrupt)
    try:
        waiting = {
            pool.submit(run_one, job.notebook.path, folder / job.notebook.path.name, job.given): job
            for job in jobs
        }
        for future in as_completed(waiting):
            job = waiting[future]
            try:
                outcome = future.result()
            except Exception as error:
                # The worker itself died: the job is named, the rest of the run goes on.
                outcome = Outcome(job.notebook.name, "failed", problem=f"worker ended: {error}")
            outcomes[job.notebook.name] = outcome
            progress(outcome)
    except KeyboardInterrupt:
        # Kernels watch their parent and end with it.
        for process in list(pool._processes.values()):
            process.terminate()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    for unfinished in folder.glob(".*.partial.ipynb"):
        unfinished.unlink()
    return [
        outcomes.get(j.notebook.name, Outcome(j.notebook.name, "not run", problem="interrupted"))
        for j in jobs
    ]


def run_one(source, target, given):
    """Run one notebook file into another with papermill; the target appears whole.

    Returns
    -------
    Outcome
        A failure is reported with the cell and its error, and the notebook kept as far as it ran.
    """
    import papermill

    partial = _partial(target)
    start, clock = datetime.now(UTC), time.perf_counter()
    problem = ""
    try:
        papermill.execute_notebook(
            str(source),
            str(partial),
            given,
            cwd=str(source.parent),
            progress_bar=False,
            kernel_manager_class=KERNEL_MANAGER,
        )
    except papermill.PapermillExecutionError as error:
        problem = f"cell {error.cell_index + 1}: {error.ename}: {error.evalue}"
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
    if partial.exists():
        partial.replace(target)
    return Outcome(
        name=source.stem,
        status="failed" if problem else "done",
        start=f"{start:%Y-%m-%dT%H:%M:%SZ}",
        seconds=round(time.perf_counter() - clock, 2),
        problem=problem,
    )


def _partial(target):
    return target.with_name(f".{target.stem}.partial.ipynb")


def _ignore_interrupt():
    """Leave Ctrl-C to the process that started the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
