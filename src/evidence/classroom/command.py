"""The `evidence class` commands."""

import sys
from pathlib import Path

import click

from evidence.errors import RequestError
from evidence.notebooks import files

CLASS = "class"


@click.group("class")
def commands():
    """Make a course of the notebooks, and grade what is handed in."""


@commands.command()
@click.argument("notebook", nargs=-1)
@click.option("--out", type=click.Path(), default=CLASS, show_default=True, help="Class folder.")
def build(notebook, out):
    """Write learner's and instructor's versions, and a zip to hand out.

    All notebooks are taken if none is named. Answers are computed by running them.
    """
    from evidence.classroom.build import build as write

    folder = Path(out)
    packed = write(
        files.find(notebook), folder, lambda name: click.echo(f"{name}: answers computed")
    )
    click.echo(f"For you: {folder / 'instructor'}")
    click.echo(f"To hand out: {packed}")


@commands.command()
@click.argument("submissions", type=click.Path())
@click.option("--class", "folder", type=click.Path(), default=CLASS, show_default=True)
@click.option(
    "--limit", type=click.IntRange(1), default=60, show_default=True, help="Seconds a cell."
)
def grade(submissions, folder, limit):
    """Grade what learners handed in: SUBMISSIONS holds one folder per learner.

    This runs their code: do it on a machine that holds nothing you would not show them.
    """
    from evidence.classroom.grade import GRADES, write_grades
    from evidence.classroom.grade import grade as score

    if not Path(submissions).is_dir():
        raise RequestError(f"{submissions}: no such folder")
    grades = score(Path(submissions), Path(folder), limit, click.echo)
    write_grades(grades, Path(folder) / GRADES)
    for learner in dict.fromkeys(g.learner for g in grades):
        own = [g for g in grades if g.learner == learner]
        click.echo(f"{learner}: {sum(g.score for g in own):g} of {sum(g.points for g in own):g}")
    click.echo(f"Scores with remarks: {Path(folder) / GRADES}")
    sys.exit(0)
