"""Writes the results of a run: results.csv, parameters.csv, and for a sweep results.parquet."""

import csv
import io
import json
from contextlib import contextmanager
from importlib.util import find_spec

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.folder.place import PARTIAL
from evidence.folder.rows import (
    COLUMNS,
    PARAMETER,
    PARAMETER_COLUMNS,
    PARAMETERS,
    PARQUET,
    RESULTS,
)
from evidence.notebooks.files import Notebook
from helpers.results import FIELDS

NO_PARQUET = (
    f"{PARQUET} was not written: it needs the extra `parquet`; {RESULTS} holds the same rows"
)


@contextmanager
def results_file(folder, jobs):
    """Write results.csv while notebooks end: one row per result, in the order of the jobs.

    If all jobs are of one notebook there is one column per parameter; otherwise most cells of such
    columns would be empty, and parameters.csv holds the parameters, one row each. An earlier
    results.csv is replaced at the end. A notebook that failed gives no rows; what it recorded
    before stays in its executed file.

    Parameters
    ----------
    folder : pathlib.Path
        The run folder with the executed notebooks.
    jobs : list of evidence.run.plan.Job

    Yields
    ------
    callable
        To be called with each `evidence.run.task.Outcome`, in any order.

    Raises
    ------
    RequestError
        If it cannot be written.
    """
    target, one = folder / RESULTS, len({job.notebook for job in jobs}) == 1
    path = target if not target.exists() else folder / f"{PARTIAL.rstrip('*')}{RESULTS}"
    header = [*COLUMNS, *(PARAMETER + name for name in parameter_names(jobs) if one)]
    places = {job.label: place for place, job in enumerate(jobs)}
    ready, next_place = {}, 0
    with _writable(target):
        file = path.open("w", encoding="utf-8", newline="")
    with file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()

        def add(outcome):
            nonlocal next_place
            job = jobs[places[outcome.name]]
            done = outcome.status == "done"
            ready[places[outcome.name]] = list(_rows(job, folder, one)) if done else []
            with _writable(target):
                while next_place in ready:  # those after it wait for it
                    writer.writerows(ready.pop(next_place))
                    next_place += 1
                file.flush()

        yield add
        with _writable(target):
            for place in sorted(ready):
                writer.writerows(ready[place])
            file.flush()
    with _writable(target):
        path.replace(target)
    if not one:
        _write_parameters(folder, jobs)


@contextmanager
def _writable(target):
    try:
        yield
    except OSError as error:
        raise RequestError(f"{target}: cannot be written ({error.strerror})") from None


def _write_parameters(folder, jobs):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(PARAMETER_COLUMNS)
    for job in jobs:
        for name, value in job.parameters.items():
            writer.writerow([job.notebook.name, name, _cell(value)])
    write_whole(folder / PARAMETERS, text.getvalue())


def parameter_names(jobs):
    """Return the names of all parameters of jobs, in alphabetical order."""
    return sorted({name for job in jobs for name in job.parameters})


def _rows(job, folder, with_parameters):
    """Return what a notebook recorded, as cells of results.csv."""
    named = job.parameters if with_parameters else {}
    parameters = {PARAMETER + name: _cell(value) for name, value in named.items()}
    for result in Notebook(folder / f"{job.label}.ipynb").results:
        values = {name: _cell(result[name]) for name in FIELDS}
        yield {"notebook": job.notebook.name, **values, **parameters}


def _cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def write_parquet(folder, results, names):
    """Write results.parquet beside results.csv, if pyarrow is installed.

    Parameters
    ----------
    folder : pathlib.Path
    results : list of evidence.folder.rows.Result
    names : list of str
        The parameters.

    Returns
    -------
    str
        Why it was not written, for the person who ran the sweep; empty if it was.

    Raises
    ------
    RequestError
        If it cannot be written.
    """
    if find_spec("pyarrow") is None:
        return NO_PARQUET
    import pyarrow as pa
    from pyarrow import parquet

    kinds = {float: pa.float64(), int: pa.int64(), bool: pa.bool_(), str: pa.string()}
    found = columns(results, names)
    table = pa.table({name: pa.array(cells, kinds[kind]) for name, (kind, cells) in found.items()})
    target = pa.BufferOutputStream()
    parquet.write_table(table, target)
    write_whole(folder / PARQUET, target.getvalue().to_pybytes())
    return ""


def columns(results, names):
    """Return the columns of results.parquet; a cell that is missing is None.

    They are those of results.csv, but a result that is a word stands in a column of its own, so
    that `value` holds numbers alone. Parameters are whole numbers, numbers, or true and false
    where all of their values are; otherwise texts as results.csv writes them.

    Parameters
    ----------
    results : list of evidence.folder.rows.Result
    names : list of str
        The parameters.

    Returns
    -------
    dict of str to (type, list)
        By column: float, int, bool or str, and its cells.
    """

    def column(kind, cell):
        return kind, [cell(result) for result in results]

    return {
        "notebook": column(str, lambda r: r.notebook),
        "name": column(str, lambda r: r.name),
        "value": column(float, lambda r: r.value if r.is_number else None),
        "word": column(str, lambda r: None if r.is_number else r.value),
        "low": column(float, lambda r: r.low),
        "high": column(float, lambda r: r.high),
        "unit": column(str, lambda r: r.unit),
        "claim": column(str, lambda r: r.claim or None),
        **{PARAMETER + name: _parameter(results, name) for name in names},
    }


def _parameter(results, name):
    values = [result.parameters.get(name) for result in results]
    kinds = {_kind(value) for value in values if value is not None}
    for kind, accepted in ((bool, {bool}), (int, {int}), (float, {int, float})):
        if kinds and kinds <= accepted:
            return kind, [None if value is None else kind(value) for value in values]
    return str, [result.point.get(name) for result in results]


def _kind(value):
    """Return the type of a parameter; a whole number beyond 64 bits (a seed) counts as text."""
    return str if isinstance(value, int) and abs(value) >= 2**63 else type(value)
