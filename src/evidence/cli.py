"""The `evidence` command."""

import json
import sys

import click

from evidence.classroom.command import commands as classroom
from evidence.errors import RequestError
from evidence.folder.command import compare, results
from evidence.notebooks import files
from evidence.notebooks.new import new
from evidence.run.command import run, show, sweep
from evidence.site.command import site
from evidence.terminal import console
from evidence.warm.lab import lab
from helpers.data import TableError


class Commands(click.Group):
    """A group whose user mistakes end in one line and exit status 2."""

    def invoke(self, context):
        """Run the chosen command."""
        try:
            return super().invoke(context)
        except (RequestError, TableError) as error:
            click.echo(f"evidence: {error}", err=True)
            context.exit(2)
        except BrokenPipeError:
            raise
        except OSError as error:  # a full disk, a folder that cannot be read
            click.echo(f"evidence: {error.filename or 'files'}: {error.strerror}", err=True)
            context.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="evidence-ledger", message="%(version)s")
def main():
    """Run, rerun and check the notebooks of the evidence collection."""


@main.command("list")
@click.argument("notebook", nargs=-1)
def list_(notebook):
    """List notebooks (all if none is named), their questions and their parameters."""
    from rich.markup import escape

    out = console()
    for found in files.find(notebook):
        out.print(f"[bold]{found.name}[/bold]  {escape(found.question)}")
        for parameter in found.parameters.values():
            default = json.dumps(parameter.default, ensure_ascii=False)
            out.print(f"    {parameter.name}: {parameter.kind} = {default}", markup=False)
            unit = f" [{parameter.unit}]" if parameter.unit else ""
            out.print(f"        {parameter.meaning}{unit}; {parameter.allowed}", markup=False)
        out.print()


@main.command()
def check():
    """Check tables, ledger, notebooks and wording."""
    from evidence.checks.collection import problems

    found = problems()
    for line in found:
        click.echo(line, err=True)
    click.echo(f"{len(found)} problems" if found else "Tables, notebooks and wording: all in order")
    sys.exit(1 if found else 0)


@main.command()
@click.argument("notebook", nargs=-1)
def accept(notebook):
    """Run notebooks as they are and store their outputs in notebooks/ as the reference."""
    from evidence.folder import place
    from evidence.run.accept import accept as store
    from evidence.run.cache import Cache
    from evidence.run.running import CACHE, refuse_wrong_tables

    refuse_wrong_tables(Cache(place.RUNS / CACHE))
    failed = False
    for chosen in files.find(notebook):
        changes, problem = store(chosen)
        failed = failed or bool(problem)
        click.echo(f"{chosen.name}: {problem or 'accepted'}", err=bool(problem))
        for line in changes:
            click.echo(f"    {line}")
    sys.exit(1 if failed else 0)


main.add_command(run)
main.add_command(sweep)
main.add_command(show)
main.add_command(results)
main.add_command(compare)
main.add_command(classroom)
main.add_command(new)
main.add_command(site)
main.add_command(lab)
