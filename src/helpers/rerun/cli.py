"""The `evidence` command."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from helpers.classroom.cli import commands as classroom
from helpers.data import TableError
from helpers.rerun import notebooks as files
from helpers.rerun.errors import RequestError
from helpers.rerun.new import new
from helpers.site.command import site


class Commands(click.Group):
    """A group whose user mistakes end in one line and exit status 2."""

    def invoke(self, context):
        """Run the chosen command."""
        try:
            return super().invoke(context)
        except (RequestError, TableError) as error:
            click.echo(f"evidence: {error}", err=True)
            context.exit(2)


def console(**options):
    """Return a console that wraps to the terminal, or is wide enough for a file."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 140
    return Console(width=width, highlight=False, soft_wrap=not sys.stdout.isatty(), **options)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="helpers", message="%(version)s")
def main():
    """Run, rerun and check the notebooks of the evidence collection."""


@main.command("list")
def list_():
    """List the notebooks, their questions and their parameters."""
    out = console()
    for notebook in files.find():
        out.print(f"[bold]{notebook.name}[/bold]  {notebook.question}")
        for parameter in notebook.parameters.values():
            default = json.dumps(parameter.default, ensure_ascii=False)
            out.print(f"    {parameter.name}: {parameter.kind} = {default}", markup=False)
            unit = f" [{parameter.unit}]" if parameter.unit else ""
            out.print(f"        {parameter.meaning}{unit}; {parameter.allowed}", markup=False)
        out.print()


@main.command()
@click.argument("notebook", nargs=-1)
@click.option("-p", "--parameter", "assignments", multiple=True, metavar="NAME=VALUE")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Notebooks at a time.")
@click.option("--out", type=click.Path(), default=None, help="Run folder (default: runs/DATE).")
def run(notebook, assignments, jobs, out):
    """Run notebooks (all if none is named) into a run folder."""
    from helpers.rerun import execute, report
    from helpers.rerun.plan import plan, run_folder

    planned = plan(files.find(notebook), assignments)
    _stop_at_table_problems()
    folder = run_folder(out)
    started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with Progress(len(planned)) as progress:
        outcomes = execute.execute(planned, folder, jobs or os.cpu_count() or 1, progress)
    header, rows = report.result_rows(planned, outcomes, folder)
    report.write_results(folder, header, rows)
    report.write_manifest(folder, planned, outcomes, started)
    problem = report.point_latest(folder)
    show = console()
    if rows:
        show.print(report.results_table(rows))
    for line in filter(None, [problem, *(_failure(o) for o in outcomes)]):
        click.echo(line, err=True)
    show.print(f"Run folder: {folder}", markup=False)
    sys.exit(0 if all(outcome.status == "done" for outcome in outcomes) else 1)


def _failure(outcome):
    return "" if outcome.status == "done" else f"{outcome.name} {outcome.status}: {outcome.problem}"


class Progress:
    """A bar on a terminal, one line per notebook elsewhere; called with each outcome."""

    def __init__(self, total):
        """Prepare to count up to `total` notebooks."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

        columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = Progress(*columns, console=console(), disable=not sys.stdout.isatty())
        self.task = self.bar.add_task("Running notebooks", total=total)

    def __enter__(self):
        """Start drawing."""
        self.bar.start()
        return self

    def __exit__(self, *_):
        """Stop drawing, also after an interruption."""
        self.bar.stop()

    def __call__(self, outcome):
        """Count one finished notebook."""
        self.bar.advance(self.task)
        line = f"{outcome.name}: {outcome.status} in {outcome.seconds:.1f} s"
        self.bar.console.print(line, markup=False)


def _stop_at_table_problems():
    """Refuse to start long work on tables that are not as their schema says."""
    from helpers.table_checks import check_tables

    problems = check_tables()
    if problems:
        more = f" (and {len(problems) - 1} more: `evidence check`)" if problems[1:] else ""
        raise RequestError(problems[0] + more)


@main.command()
@click.argument("folder", metavar="DIR")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
def results(folder, form):
    """Show the results of a run folder."""
    from helpers.rerun import report

    rows = report.read_results(folder)
    if form == "table":
        console().print(report.results_table(rows))
    elif form == "json":
        click.echo(json.dumps(rows, indent=1, ensure_ascii=False))
    else:
        click.echo((Path(folder) / report.RESULTS).read_text(encoding="utf-8"), nl=False)


@main.command()
def check():
    """Check tables, ledger, notebooks and wording."""
    from helpers.rerun.check import problems

    found = problems()
    for line in found:
        click.echo(line, err=True)
    click.echo(f"{len(found)} problems" if found else "Tables, notebooks and wording: all in order")
    sys.exit(1 if found else 0)


@main.command()
@click.argument("notebook", nargs=-1)
def accept(notebook):
    """Run notebooks as they are and store their outputs in notebooks/ as the reference."""
    from helpers.rerun.accept import accept as store

    _stop_at_table_problems()
    failed = False
    for chosen in files.find(notebook):
        changes, problem = store(chosen)
        failed = failed or bool(problem)
        click.echo(f"{chosen.name}: {problem or 'accepted'}", err=bool(problem))
        for line in changes:
            click.echo(f"    {line}")
    sys.exit(1 if failed else 0)


main.add_command(classroom)
main.add_command(new)
main.add_command(site)
