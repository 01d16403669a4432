"""The `evidence` command."""

import contextlib
import json
import signal
import sys
import threading

import click

from evidence.classroom.command import commands as classroom
from evidence.errors import RequestError
from evidence.folder.command import compare, results
from evidence.notebooks import files
from evidence.notebooks.new import new
from evidence.run.command import run, show, sweep
from evidence.scratch import scratch
from evidence.site.command import site
from evidence.tables.add import add
from evidence.terminal import console, counted
from evidence.warm.lab import lab
from helpers.data import TableError

COMMAND = "evidence.command"
FILES = 256  # that a command may have open at a time
LONG = ("accept", "class", "new", "run", "site", "sweep")  # commands that start kernels or Sphinx


class Commands(click.Group):
    """A group whose user mistakes end in one line and exit status 2."""

    def parse_args(self, context, args):
        """Note the name of the command, which decides how it is prepared."""
        context.meta[COMMAND] = next((word for word in args if not word.startswith("-")), "")
        return super().parse_args(context, args)

    def invoke(self, context):
        """Run the chosen command."""
        try:
            with _prepared(context.meta[COMMAND]):
                return super().invoke(context)
        except (RequestError, TableError) as error:
            for mistake in error.args:
                click.echo(f"evidence: {_in_one_line(mistake)}", err=True)
            context.exit(2)
        except KeyboardInterrupt:
            click.echo("evidence: interrupted", err=True)
            context.exit(1)
        except BrokenPipeError:
            raise
        except OSError as error:  # a full disk, a folder that cannot be read
            what = error.strerror or str(error) or type(error).__name__
            click.echo(f"evidence: {error.filename or 'files'}: {what}", err=True)
            context.exit(2)


@contextlib.contextmanager
def _prepared(command):
    """Give long work temporary files of its own, and let SIGTERM end it as Ctrl-C does."""
    if command not in LONG:
        yield
        return
    _refuse_few_files()
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        with scratch():
            yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _refuse_few_files():
    """Refuse a limit of open files at which libraries end in the middle of their work."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit != resource.RLIM_INFINITY and limit < FILES:
        raise RequestError(
            f"this shell allows {limit} open files, expected at least {FILES}; "
            f"`ulimit -n {FILES}` raises the limit"
        )


def _as_ctrl_c(number, frame):
    """Do what Ctrl-C does at the moment; what was started with it ignored ends all the same."""
    handler = signal.getsignal(signal.SIGINT)
    (handler if callable(handler) else signal.default_int_handler)(number, frame)


def _in_one_line(mistake):
    """Return a message that a terminal can show, whatever was typed."""
    text = " ".join(str(mistake).splitlines())
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


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
    from evidence.run.named import used_by
    from evidence.tables.seal import unsealed

    found = problems()
    for line in found:
        click.echo(line, err=True)
    for table in unsealed(found):
        click.echo(f"{table} is used by: {' '.join(used_by([table])) or 'no notebook'}", err=True)
    click.echo(
        counted(len(found), "problem") if found else "Tables, notebooks and wording: all in order"
    )
    sys.exit(1 if found else 0)


@main.command()
@click.argument("notebook", nargs=-1)
@click.option("--tables", is_flag=True, help="Seal the tables only, and run no notebook.")
@click.option(
    "--why", metavar="TEXT", help="Write the corrections that are missing, for this reason."
)
def accept(notebook, tables, why):
    """Seal the tables, run notebooks as they are, and store their outputs as the reference."""
    from evidence.tables.accept import refuse_reason_alone, seal_tables

    refuse_reason_alone(tables, why)
    if tables and notebook:
        raise RequestError("--tables runs no notebook: name none, or leave it out")
    whole = seal_tables(why)
    if tables:
        sys.exit(0 if whole else 1)
    from evidence.folder import place
    from evidence.run.accept import accept as store
    from evidence.run.cache import Cache
    from evidence.run.running import CACHE, refuse_wrong_tables

    chosen_ones = files.find(notebook)
    refuse_wrong_tables(Cache(place.RUNS / CACHE), chosen_ones)
    failed, stored = not whole, []
    for chosen in chosen_ones:
        changes, problem = store(chosen)
        failed = failed or bool(problem)
        click.echo(f"{chosen.name}: {problem or 'accepted'}", err=bool(problem))
        stored += [] if problem else [chosen.name]
        for line in changes:
            click.echo(f"    {line}")
    if stored and not whole:
        click.echo(
            f"{', '.join(stored)}: stored; but not every table is sealed, for the reasons above",
            err=True,
        )
    sys.exit(1 if failed else 0)


main.add_command(run)
main.add_command(sweep)
main.add_command(show)
main.add_command(results)
main.add_command(compare)
main.add_command(classroom)
main.add_command(new)
main.add_command(add)
main.add_command(site)
main.add_command(lab)
