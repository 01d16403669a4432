"""Starts a notebook from a template that already has the house's form: `evidence new`."""

import re
from pathlib import Path

import click

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.notebooks.files import FOLDER, find

TEMPLATE = Path(__file__).parent / "new_notebook.ipynb"
NAME = re.compile(r"[0-9][0-9](?:_[a-z0-9]+)+")
NEXT = """\
{path} is written. Next:
  1. Replace every line of it; CONTRIBUTING.md says what belongs where.
  2. evidence accept {number}   runs it and stores what it shows
  3. evidence check       says what is not in order yet, and which text of the template is left
  4. Add it to the map in 00_start_here and, if it lists notebooks, to README.md;
     for a class, write a lesson in teaching/lessons."""


def start(name, folder=FOLDER):
    """Copy the template to a new notebook.

    Parameters
    ----------
    name : str
        Two digits for track and place, then words: "33_broker_fees".
    folder : pathlib.Path

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RequestError
        If the name has another form, or its number is taken.
    """
    name = name.removesuffix(".ipynb")
    if not NAME.fullmatch(name):
        raise RequestError(f"name {name}: expected two digits and lower-case words, as 33_my_topic")
    number, _, words = name.partition("_")
    taken = {notebook.name.partition("_")[0]: notebook.name for notebook in find((), folder)}
    if number in taken:
        free = next((n for n in _same_track(number) if n not in taken), "none")
        raise RequestError(
            f"number {number} is taken by {taken[number]}; free in its track: {free}"
        )
    title = words.replace("_", " ").capitalize()
    text = TEMPLATE.read_text(encoding="utf-8").replace("# TITLE", f"# {title}")
    path = folder / f"{name}.ipynb"
    write_whole(path, text)
    return path


def _same_track(number):
    return [f"{number[0]}{digit}" for digit in range(10)]


@click.command()
@click.argument("name", metavar="NAME")
@click.argument("folder", required=False, metavar="")
def new(name, folder):
    """Start a notebook NAME, such as 33_my_topic, from a template.

    `evidence new ledger NAME` starts a project of its own for another subject: NAME is a name, such
    as tap-water, or a path.
    """
    if name == "ledger":
        _new_ledger(folder)
        return
    if folder is not None:
        raise RequestError(f"found {name} {folder}, expected one name, or: ledger {folder}")
    path = start(name)
    number = path.name.partition("_")[0]
    click.echo(NEXT.format(path=f"{path.parent.name}/{path.name}", number=number))


def _new_ledger(name):
    from evidence.notebooks.new_ledger import NEXT, place_of, start_ledger

    if name is None:
        raise RequestError("ledger: expected a name after it, as in: evidence new ledger tap-water")
    folder = place_of(name)
    click.echo(f"Making {folder}; its notebooks run once (about half a minute)")
    start_ledger(folder)
    click.echo(NEXT.format(folder=folder))
