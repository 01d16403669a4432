"""Carries out a run or a sweep: checks, locks the folder, executes, and writes what is left."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import ROOT, write_whole
from evidence.folder import manifest, place
from evidence.folder.crate import METADATA
from evidence.folder.page import PAGE
from evidence.folder.results import parameter_names, results_file, write_parquet
from evidence.folder.rows import PARAMETERS, PARQUET, RESULTS, read_results
from evidence.notebooks.files import find
from evidence.run.cache import Cache
from evidence.run.depends import digest
from evidence.run.execute import NOT_RUN, execute
from evidence.run.named import tables_named
from evidence.run.task import Outcome
from helpers.data import DESCRIPTION

CACHE = ".cache"
WRITTEN = (RESULTS, PARAMETERS, PAGE, METADATA)  # by every run, besides its notebooks


@dataclass(frozen=True)
class Options:
    """How a run is to be carried out."""

    out: str | None = None
    jobs: int = os.cpu_count() or 1
    force: bool = False
    limit: float | None = None  # seconds per notebook
    cold: bool = False
    dask: str | None = None
    charts: bool = False  # draw the charts of a sweep's points, too


@dataclass(frozen=True)
class Finished:
    """A run that ended."""

    folder: Path
    outcomes: list
    results: list  # of evidence.folder.rows.Result
    remarks: list  # lines for the person who ran it

    @property
    def complete(self):
        """Whether every job is done."""
        return all(outcome.status == "done" for outcome in self.outcomes)


def carry_out(jobs, options, progress, sweep=False):
    """Execute jobs into a run folder.

    Parameters
    ----------
    jobs : list of evidence.run.plan.Job
    options : Options
    progress : callable
        Called with each `evidence.run.task.Outcome` as it comes.
    sweep : bool, default False
        Write a chart per headline result too, and results.parquet where it can be.

    Returns
    -------
    Finished

    Raises
    ------
    RequestError
        Before anything is executed, if tables, folder or cluster cannot serve.
    """
    cache = Cache(place.RUNS / CACHE)
    refuse_wrong_tables(cache, [job.notebook for job in jobs])
    compute = _computer(options)
    folder = place.run_folder(options.out)
    start = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with place.sole_use(folder):
        names = {f"{job.label}.ipynb" for job in jobs} | set(WRITTEN)
        names |= {"charts/", PARQUET} if sweep else set()
        fresh = place.unfinished(folder, {job.notebook.name for job in jobs}, names)
        inputs = manifest.input_digests(jobs)
        waiting = [Outcome(job.label, "not run", problem=NOT_RUN) for job in jobs]
        try:
            manifest.write_manifest(fresh, jobs, waiting, start, inputs)
            with results_file(fresh, jobs) as add:
                outcomes = execute(
                    jobs,
                    fresh,
                    compute,
                    lambda outcome: (add(outcome), progress(outcome)),
                    cache,
                    force=options.force,
                    limit=options.limit,
                    cold=options.cold,
                    pictures=options.charts or not sweep,
                )
            results = read_results(fresh)
            written = manifest.write_manifest(fresh, jobs, outcomes, start, inputs)
            remarks, charts = list(cache.damaged), []
            if sweep and results:
                remarks.append(write_parquet(fresh, results, parameter_names(jobs)))
                charts = _sweep_charts(fresh, jobs, results)
            _describe(fresh, written, results, charts)
            manifest.sign_manifest(fresh, written)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        remarks.append(_finish(folder, fresh, outcomes))
        cache.trim()
    if not options.out and not sweep and {j.notebook for j in jobs} >= set(find()):
        remarks.append(place.point_latest(folder))
    return Finished(folder, outcomes, results, [line for line in remarks if line])


def _finish(folder, fresh, outcomes):
    """Put a run in its place, unless an earlier one there is worth more; say what was done."""
    if place.holds_run(folder):
        if any(outcome.status == "not run" for outcome in outcomes):
            shutil.rmtree(fresh)
            return f"{folder} keeps the earlier run, because this one was interrupted"
        if not any(outcome.status == "done" for outcome in outcomes):
            return f"{folder} keeps the earlier run; this one, all failed, is in {fresh.name}"
    place.put_in_place(folder)
    return ""


def estimate(jobs, options):
    """Say how many points a sweep has and how long it may take, from what was run before."""
    cache, name = Cache(place.RUNS / CACHE), jobs[0].notebook.name
    last = cache.last(name)
    words = f"{len(jobs)} points of {name}"
    if options.dask:
        return f"{words}, on the cluster at {options.dask}"
    words += f", {options.jobs} at a time"
    if last is None:
        return f"{words}; how long one takes is not known yet"
    seconds = last["seconds"] * len(jobs) / options.jobs
    return f"{words}; at most about {duration(seconds)} (one took {last['seconds']:.1f} s)"


def duration(seconds):
    """Write a duration for people."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def refuse_wrong_tables(cache, notebooks):
    """Refuse to start long work on tables that are not as their schema says.

    A fault in a table that none of the notebooks names does not stop them. Tables that were found
    in order are not looked at again until they change.
    """
    from evidence.checks import tables

    paths = [
        *sorted(Path(tables.__file__).parent.glob("*.py")),
        *sorted((ROOT / "data").glob("*.*")),
    ]
    state = digest("".join(f"{p.name} {digest(p.read_bytes())}" for p in paths))
    known = cache.folder / "tables.checked"
    if known.is_file() and known.read_text(encoding="utf-8") == state:
        return
    problems = tables.check_tables()
    if problems:
        concern = {DESCRIPTION, *(f"{name}.csv" for name in tables_named(notebooks))}
        problems = [p for p in problems if p.partition(":")[0].removeprefix("data/") in concern]
        if not problems:
            return
        more = f" (and {len(problems) - 1} more: `evidence check`)" if problems[1:] else ""
        raise RequestError(problems[0] + more)
    try:
        cache.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"{cache.folder}: cannot be made ({error.strerror})") from None
    write_whole(known, state)


def _computer(options):
    if options.dask is not None:
        from evidence.run.cluster import on_cluster

        return on_cluster(options.dask)
    from evidence.run.workers import local

    return local(options.jobs)


def _sweep_charts(folder, jobs, results):
    from evidence.folder.sweep_charts import write_charts
    from evidence.run.grid import swept

    names = swept(jobs)
    return write_charts(folder, jobs[0].notebook.name, results, names) if names else []


def _describe(folder, manifest, results, charts):
    from evidence.folder.crate import write_crate
    from evidence.folder.page import write_page

    write_page(folder, manifest, results, charts)
    write_crate(folder, manifest)
