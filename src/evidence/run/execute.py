"""Executes the jobs of a run: reuses what is known, computes the rest, several at a time."""

import json
from dataclasses import replace

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.run.cache import why
from evidence.run.depends import environment, parts
from evidence.run.reads import moved
from evidence.run.task import Outcome, Task, without_pictures
from helpers.data import DESCRIPTION, package, table_digest

NOT_RUN = "interrupted"


def execute(
    jobs, folder, compute, progress, cache, *, force=False, limit=None, cold=False, pictures=True
):
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
    pictures : bool, default True
        Draw charts; otherwise their text alone is recorded.

    Returns
    -------
    list of Outcome
        In the order of the jobs. After Ctrl-C, jobs that had not finished are "not run".
    """
    known = _depends_on(jobs, {} if pictures else {"pictures": False})
    before = {name: table_digest(name) for name in (DESCRIPTION, *package())}
    outcomes = [Outcome(job.label, "not run", problem=NOT_RUN) for job in jobs]
    waiting = []
    try:
        for index, job in enumerate(jobs):
            entry = None if force else _known(cache, job, known[index])
            if entry is None:
                waiting.append(index)
                continue
            head, text = entry
            known_of = {name: head[name] for name in ("start", "seconds", "tables", "reads")}
            found = Outcome(job.label, "done", reused=True, **known_of)
            outcomes[index] = _keep(found, job, folder, text)
            progress(outcomes[index])
        texts = {notebook: _source(notebook) for notebook in {job.notebook for job in jobs}}
        tasks = [
            _task(jobs[index], texts[jobs[index].notebook], known[index], limit, cold, pictures)
            for index in waiting
        ]
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


def _depends_on(jobs, more):
    """Return what each job depends on; what its notebook does is found once for all points."""
    found = {}
    for notebook in {job.notebook for job in jobs}:
        found[notebook] = parts(notebook.cells, notebook.path.parent, {}) | more
    return [found[job.notebook] | {"parameters": job.parameters} for job in jobs]


def _known(cache, job, known):
    """Look a result up; one with pictures serves without them too."""
    entry = cache.find(job.notebook.name, known)
    if entry or "pictures" not in known:
        return entry
    drawn = {name: part for name, part in known.items() if name != "pictures"}
    entry = cache.find(job.notebook.name, drawn)
    return entry and (entry[0], without_pictures(entry[1]))


def _task(job, text, known, limit, cold, pictures):
    folder = str(job.notebook.path.parent)
    return Task(job.label, text, folder, job.given, limit, cold, known, pictures=pictures)


def _source(notebook):
    """Return a notebook as text without its stored outputs, which are large and are made anew."""
    cells = [
        cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
        for cell in notebook.cells
    ]
    return json.dumps(notebook.content | {"cells": cells})


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
