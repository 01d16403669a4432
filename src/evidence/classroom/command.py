"""The `evidence class` commands."""

import sys
from pathlib import Path

import click

from evidence.arguments import PLACE
from evidence.errors import RequestError
from evidence.notebooks import files

CLASS = "class"


@click.group("class")
def commands():
    """Make a course of the notebooks, and grade what is handed in."""


@commands.command(short_help="Write plans, answers, and a zip to hand out.")
@click.argument("notebook", nargs=-1)
@click.option("--session", type=int, help="Take the notebooks of this session only.")
@click.option("--out", type=PLACE, default=CLASS, show_default=True, help="Class folder.")
def build(notebook, session, out):
    """Write plans to print, learner's and instructor's versions, and a zip to hand out.

    All notebooks are taken if none is named. Answers are computed by running them.
    """
    from evidence.classroom.build import build as write

    folder = Path(out)
    packed = write(
        _chosen(notebook, session) or files.find(()),
        folder,
        lambda name: click.echo(f"{name}: answers computed"),
    )
    click.echo(f"To print: {folder / 'print'}")
    click.echo(f"For you: {folder / 'instructor'}")
    click.echo(f"To hand out: {packed}")


@commands.command()
@click.argument("submissions", type=PLACE)
@click.argument("notebook", nargs=-1)
@click.option("--class", "folder", type=PLACE, default=CLASS, show_default=True)
@click.option("--session", type=int, help="Grade the notebooks of this session only.")
@click.option(
    "--limit", type=click.IntRange(1), default=60, show_default=True, help="Seconds a cell."
)
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Learners at a time."
)
def grade(submissions, notebook, folder, session, limit, jobs):
    """Grade what learners handed in.

    SUBMISSIONS holds one folder or one zip per learner, or is a zip of them. Graded are the
    notebooks that are named, or those that anyone handed in. This runs the learners' code, in a
    sandbox if the system has one; the first line says what keeps it from your machine.
    """
    from evidence.classroom.grade import GRADES, OVERVIEW, write_grades
    from evidence.classroom.grade import grade as score
    from evidence.classroom.overview import by_exercise, write_overview
    from evidence.classroom.record import installed
    from evidence.classroom.sandbox import find_sandbox

    if not Path(submissions).exists():
        raise RequestError(f"{submissions}: no such folder")
    if not Path(submissions).is_dir() and Path(submissions).suffix != ".zip":
        raise RequestError(f"{submissions}: expected a folder or a zip")
    place, chosen = Path(folder), [found.name for found in _chosen(notebook, session)]
    sandbox = find_sandbox()
    click.echo(f"Learners' code is kept apart by {sandbox.keeps}.")
    grades = score(Path(submissions), place, limit, click.echo, sandbox, chosen, jobs)
    write_grades(grades, place / GRADES)
    write_overview(grades, place / OVERVIEW, sandbox)
    for learner in dict.fromkeys(g.learner for g in grades):
        own = [g for g in grades if g.learner == learner]
        click.echo(f"{learner}: {sum(g.score for g in own):g} of {sum(g.points for g in own):g}")
    for row in by_exercise(grades):
        often = f"; most often: {row['said'][0][0]}" if row["said"] else ""
        click.echo(f"{row['exercise']}: {row['right']} of {row['learners']} right{often}")
    click.echo(f"Scores with remarks: {place / GRADES}; by exercise: {place / OVERVIEW}")
    if not installed():
        click.echo("For nbgrader's feedback and formgrader as well: `make grading`, then again")


@commands.command(short_help="Write one folder for a room without network.")
@click.argument("out", type=PLACE)
@click.option("--class", "folder", type=PLACE, default=CLASS, show_default=True)
@click.option(
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(["linux", "macos", "windows"]),
    default=["linux", "macos", "windows"],
    show_default=True,
    help="Of the learners' machines; may be given more than once.",
)
@click.option(
    "--python",
    "pythons",
    multiple=True,
    default=[f"{sys.version_info.major}.{sys.version_info.minor}"],
    show_default=True,
    help="Version on the learners' machines; may be given more than once.",
)
def stick(out, folder, systems, pythons):
    """Write one folder for a room without network: the handout and all packages.

    Needs a network itself. Copied from a stick to a machine, it is started as the handout's
    README says.
    """
    from evidence.classroom.stick import make_stick, megabytes

    made = make_stick(Path(folder), Path(out), list(dict.fromkeys(systems)), pythons, click.echo)
    click.echo(f"To copy to each machine: {made}, {megabytes(made):.0f} MB")


def _chosen(names, session):
    """Return the notebooks that are named, or those of a session; none if neither is given."""
    from evidence.classroom.lessons import read_lesson

    if session is None:
        return files.find(names) if names else []
    if names:
        raise RequestError("--session names its notebooks: name none, or leave it out")
    every = files.find(())
    of = {found.name: read_lesson(found.name).session for found in every}
    if session not in of.values():
        known = sorted(set(of.values()) - {0})
        raise RequestError(f"--session is {session}, expected one of {', '.join(map(str, known))}")
    return [found for found in every if of[found.name] == session]
