"""The results of a run: results.csv, results.parquet, and their table on a terminal."""

import csv
import io
import json

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.folder.rows import PARQUET, RESULTS
from evidence.notebooks.files import Notebook
from helpers.results import FIELDS
from helpers.words import number


def result_rows(jobs, outcomes, folder):
    """Return the rows of results.csv: one per result, with one column per parameter.

    A notebook that failed gives no rows; what it recorded before stays in its executed file.

    Parameters
    ----------
    jobs : list of evidence.run.plan.Job
    outcomes : list of evidence.run.execute.Outcome
        In the order of the jobs.
    folder : pathlib.Path
        The run folder with the executed notebooks.

    Returns
    -------
    header : list of str
    rows : list of dict
    """
    names = sorted({name for job in jobs for name in job.parameters})
    rows = []
    for job, outcome in zip(jobs, outcomes, strict=True):
        if outcome.status != "done":
            continue
        parameters = {f"p.{name}": _cell(value) for name, value in job.parameters.items()}
        for result in Notebook(folder / f"{job.label}.ipynb").results:
            values = {name: _cell(result[name]) for name in FIELDS}
            rows.append({"notebook": job.notebook.name, **values, **parameters})
    return ["notebook", *FIELDS, *(f"p.{name}" for name in names)], rows


def _cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def write_results(folder, header, rows):
    """Write results.csv, whole or not at all."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(folder / RESULTS, text.getvalue())


def write_parquet(folder, header, rows):
    """Write results.parquet beside results.csv: the same rows, numbers as numbers."""
    import duckdb

    words = {"notebook", "name", "unit", "claim"}
    kinds = {column: "VARCHAR" if column in words else _kind(column, rows) for column in header}
    columns = ", ".join(f"'{column}': '{kind}'" for column, kind in kinds.items())
    target, partial = folder / PARQUET, folder / f".evidence-{PARQUET}"
    source, result = (str(path).replace("'", "''") for path in (folder / RESULTS, partial))
    try:
        with duckdb.connect(config={"threads": 1}) as database:
            database.sql(
                f"COPY (SELECT * FROM read_csv('{source}', header=true, columns={{{columns}}})) "
                f"TO '{result}' (FORMAT parquet)"
            )
        partial.replace(target)
    except (OSError, duckdb.Error) as error:
        partial.unlink(missing_ok=True)
        raise RequestError(f"{target}: cannot be written ({str(error).splitlines()[0]})") from None


def _kind(column, rows):
    """Return the type of a column: number if every value is one, else text."""
    found = [row[column] for row in rows if row.get(column)]
    try:
        return (
            "DOUBLE"
            if found and all(type(json.loads(v)) in (int, float) for v in found)
            else "VARCHAR"
        )
    except json.JSONDecodeError:
        return "VARCHAR"


def results_table(rows):
    """Lay results out as a table for a terminal.

    Parameters
    ----------
    rows : list of dict
        Rows of results.csv.

    Returns
    -------
    rich.table.Table
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column("notebook", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("range", no_wrap=True)
    table.add_column("unit")
    table.add_column("claim", no_wrap=True)
    last = ""
    for row in rows:
        shown = "" if row["notebook"] == last else row["notebook"]
        last = row["notebook"]
        cells = (shown, row["name"], _read(row["value"]), _range(row), row["unit"], row["claim"])
        table.add_row(*map(escape, cells))
    return table


def _range(row):
    low, high = _read(row["low"]), _read(row["high"])
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def _read(text):
    try:
        return number(json.loads(text)) if text else ""
    except (json.JSONDecodeError, TypeError):
        return text
