"""Executes the jobs of a run: reuses what is known, computes the rest, several at a time."""

from dataclasses import replace

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.run.cache import why
from evidence.run.depends import environment, parts
from evidence.run.reads import moved
from evidence.run.task import Outcome, Task
from helpers.data import DESCRIPTION, package, table_digest

NOT_RUN = "interrupted"


def execute(jobs, folder, compute, progress, cache, *, force=False, limit=None, cold=False):
    """Bring the executed notebook of every job into a folder; one failure stops no other.

    Parameters
    ----------
    jobs : list of evidence.run.plan.Job
    folder : pathlib.Path
        The run folder.
    compute : callable
        Given a list of tasks, yields (index, Outcome, executed notebook) as they end
        (`evidence.run.workers.local`, `evidence.run.cluster.on_cluster`).
    progress : callable
        Called with each `Outcome` as it comes.
    cache : evidence.run.cache.Cache
    force : bool, default False
        Compute also what is known.
    limit : float, optional
        Seconds that one notebook may take.
    cold : bool, default False
        Start ordinary kernels, not warm ones.

    Returns
    -------
    list of Outcome
        In the order of the jobs. After Ctrl-C, jobs that had not finished are "not run".
    """
    known = [parts(job.notebook.cells, job.notebook.path.parent, job.parameters) for job in jobs]
    before = {name: table_digest(name) for name in (DESCRIPTION, *package())}
    outcomes = [Outcome(job.label, "not run", problem=NOT_RUN) for job in jobs]
    waiting = []
    try:
        for index, job in enumerate(jobs):
            entry = None if force else cache.find(job.notebook.name, known[index])
            if entry is None:
                waiting.append(index)
                continue
            head, text = entry
            known_of = {name: head[name] for name in ("start", "seconds", "tables", "reads")}
            found = Outcome(job.label, "done", reused=True, **known_of)
            outcomes[index] = _keep(found, job, folder, text)
            progress(outcomes[index])
        tasks = [_task(jobs[index], known[index], limit, cold) for index in waiting]
        for number, outcome, text in compute(tasks) if tasks else ():
            index = waiting[number]
            job = jobs[index]
            last = cache.last(job.notebook.name, job.parameters)
            changed = (*last["unseen"], *why(last, known[index])) if last else ()
            outcome = _same_tables(replace(outcome, because=changed), before)
            outcome = _keep(outcome, job, folder, text)
            if outcome.status == "done":
                outcome = _remember(outcome, cache, job, known[index], text)
            outcomes[index] = outcome
            progress(outcome)
    except KeyboardInterrupt:
        pass  # what is finished is kept; the rest is "not run"
    return outcomes


def _task(job, known, limit, cold):
    path = job.notebook.path
    text = path.read_text(encoding="utf-8")
    return Task(job.label, text, str(path.parent), job.given, limit, cold, known)


def _same_tables(outcome, before):
    """Refuse a result whose tables are not those that this run began with."""
    other = [f"table {name}" for name, found in outcome.tables.items() if found != before.get(name)]
    if outcome.status == "done" and not outcome.unseen:
        other += moved(outcome.reads, environment())
    if not other or outcome.status != "done":
        return outcome
    problem = f"{other[0]} changed while it ran, or is another one on the worker"
    return replace(outcome, status="failed", problem=problem)


def _keep(outcome, job, folder, text):
    """Write an executed notebook, whole or not at all."""
    if not text:
        return outcome
    try:
        write_whole(folder / f"{job.label}.ipynb", text)
    except RequestError as error:
        return replace(outcome, status="failed", problem=outcome.problem or str(error))
    return outcome


def _remember(outcome, cache, job, known, text):
    how = {"start": outcome.start, "seconds": outcome.seconds, "kernel": outcome.kernel}
    try:
        found = (outcome.tables, how, text, outcome.reads, outcome.unseen)
        cache.store(job.notebook.name, known, *found)
    except RequestError as error:
        return replace(outcome, problem=f"done, but not kept for reuse: {error}")
    return outcome
