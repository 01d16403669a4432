"""The commands `evidence run` and `evidence sweep`."""

import math
import sys

import click

from evidence.arguments import PLACE
from evidence.notebooks import files
from evidence.run.progress import Progress
from evidence.terminal import console

PARAMETER = click.option(
    "-p", "--parameter", "assignments", multiple=True, metavar="NAME=VALUE", help="May be repeated."
)


def _finite(_context, _option, seconds):
    """Refuse seconds that no clock reaches."""
    if seconds is not None and not (math.isfinite(seconds) and seconds < LONGEST):
        raise click.BadParameter(f"{seconds} is not a number of seconds below {LONGEST:,}")
    return seconds


LONGEST = 10_000_000  # seconds, some four months
SHARED = (
    click.option("--jobs", type=click.IntRange(1), default=None, help="Notebooks at a time."),
    click.option("--out", type=PLACE, default=None, help="Run folder [runs/DATE]."),
    click.option("--force", is_flag=True, help="Compute also what has not changed."),
    click.option(
        "--timeout",
        "limit",
        type=click.FloatRange(1),
        callback=_finite,
        default=None,
        help="Seconds per notebook.",
    ),
    click.option(
        "--skip-tag",
        "without",
        multiple=True,
        metavar="TAG",
        help="Do not run cells with this tag; may be repeated.",
    ),
    click.option("--cold", is_flag=True, help="Start ordinary kernels, not warm ones."),
)


def _shared(command):
    for option in reversed(SHARED):
        command = option(command)
    return command


@click.command()
@click.argument("notebook", nargs=-1)
@PARAMETER
@_shared
def run(notebook, assignments, without, **options):
    """Run notebooks (all if none is named) into a run folder.

    What has not changed since it was computed last is reused, and said to be.
    """
    from evidence.run.plan import plan

    _finish(_carry_out(plan(files.find(notebook, without=without), assignments), options))


@click.command()
@click.argument("notebook")
@click.option(
    "-p",
    "--parameter",
    "assignments",
    multiple=True,
    metavar="NAME=V1,V2,...",
    help="Values of one parameter; every combination is a point. A list goes in brackets.",
)
@click.option(
    "--grid",
    type=PLACE,
    default=None,
    metavar="FILE.yaml",
    help="Names with lists of values, or a list of points.",
)
@_shared
@click.option("--charts", is_flag=True, help="Draw the charts of every point, too.")
@click.option("--dask", default=None, metavar="ADDRESS", help="Scheduler of a Dask cluster.")
def sweep(notebook, assignments, grid, without, **options):
    """Run one notebook over many parameter sets, into one table of results.

    Of a point's charts the text is recorded; `evidence show` draws those of a chosen point.
    """
    from evidence.run.grid import points, swept

    jobs = points(files.find([notebook], without=without)[0], assignments, grid)
    finished = _carry_out(jobs, options, sweep=True)
    _finish(finished, swept=swept(jobs))


@click.command()
@click.argument("folder", type=PLACE, metavar="DIR")
@click.argument("point")
@click.option(
    "--notebook", type=PLACE, default=None, help="The swept notebook, if outside the collection."
)
def show(folder, point, notebook):
    """Draw the charts of POINT, a number of the sweep in DIR, into its executed notebook."""
    from evidence.run.show import draw_point

    click.echo(f"{draw_point(folder, point, notebook)} holds its charts now")


def _carry_out(jobs, options, sweep=False):
    from evidence.run.running import Options, carry_out, estimate

    chosen = Options(**{name: value for name, value in options.items() if value is not None})
    if sweep:
        click.echo(estimate(jobs, chosen))
    with Progress(len(jobs)) as progress:
        return carry_out(jobs, chosen, progress, sweep)


def _problems(outcomes):
    """Say what is the matter, once for all that have it in common."""
    alike = {}
    for outcome in outcomes:
        if outcome.problem:
            alike.setdefault((outcome.status, outcome.problem), []).append(outcome.name)
    for (status, problem), names in alike.items():
        more = f" and {len(names) - 3} more" if names[3:] else ""
        what = "" if status == "done" else f" {status}"
        yield f"{', '.join(names[:3])}{more}{what}: {problem}"


def _finish(finished, swept=None):
    """Say what came out and end with the exit status."""
    from evidence.folder.shown import results_table, sweep_table

    show = console()
    if finished.results and swept is None:
        show.print(results_table(finished.results, show.width))
    elif finished.results:
        table, more = sweep_table(finished.results, swept)
        show.print(table)
        if more:
            show.print(f"and {more:,} rows more in results.csv", markup=False)
    for line in _problems(finished.outcomes):
        click.echo(line, err=True)
    for line in finished.remarks:
        click.echo(line, err=True)
    done = sum(outcome.status == "done" for outcome in finished.outcomes)
    reused = sum(outcome.reused for outcome in finished.outcomes)
    ordinary = sum(outcome.kernel == "ordinary" for outcome in finished.outcomes)
    words = f"{done} of {len(finished.outcomes)} done"
    words += f", {reused} of them reused" if reused else ""
    words += f", {ordinary} in ordinary kernels" if ordinary else ""
    show.print(words, markup=False)
    show.print(f"Run folder: {finished.folder} (index.html shows it)", markup=False)
    sys.exit(0 if finished.complete else 1)
