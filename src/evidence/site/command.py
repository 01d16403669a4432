"""The command `evidence site`."""

import shlex
import sys
from pathlib import Path

import click

from evidence.arguments import PLACE
from evidence.terminal import counted


@click.command("site")
@click.option("--run", "run_folder", type=PLACE, default=None, metavar="DIR")
@click.option("--out", type=PLACE, default=None, metavar="DIR", help="Default: site")
@click.option("--address", default="", metavar="URL", help="Where the site will stand, if known.")
def site(run_folder, out, address):
    """Make the readers' site from a run folder (the latest run if none is named)."""
    from evidence.files import ROOT
    from evidence.site.build import build
    from evidence.site.runs import read_run

    run = read_run(run_folder)
    folder = Path(out) if out else ROOT / "site"
    problems = build(run, folder, address)
    for line in problems:
        click.echo(line, err=True)
    if problems:
        click.echo(f"evidence: site not made, {counted(len(problems), 'problem')}", err=True)
        sys.exit(1)
    for page in run.failures:
        click.echo(f"{page.name} {page.status}: {page.problem}; the site says so", err=True)
    look = f"python3 -m http.server --directory {shlex.quote(str(folder))}, then open http://localhost:8000"
    click.echo(f"Site: {folder} (look at it with: {look})")
    sys.exit(1 if run.failures else 0)
