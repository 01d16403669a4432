"""Opens the collection in JupyterLab: `evidence lab`, which `make lab` calls."""

import os
import sys
from pathlib import Path

import click

from evidence.errors import RequestError
from evidence.files import ROOT

OURS = Path(__file__).parent / "lab_files"
FIRST = "00_start_here.ipynb"


def options(root=ROOT):
    """Return what JupyterLab is started with.

    It shows the whole project, so that tables and guides can be opened, with the first notebook
    open. There is one kind of kernel, forked from the template; cells that are run while it still
    starts wait for it. Nobody is asked about news.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder, or the handout's.

    Returns
    -------
    list of str

    Raises
    ------
    RequestError
        If there is no notebook to open.
    """
    found = sorted(path.name for path in (root / "notebooks").glob("*.ipynb"))
    if not found:
        raise RequestError(f"{root / 'notebooks'}: expected notebooks, found none")
    first = FIRST if FIRST in found else found[0]
    chosen = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/notebooks/{first}",
        f"--LabApp.app_settings_dir={OURS / 'settings'}",
        f"--LabApp.extra_labextensions_path={OURS / 'extensions'}",
        "--KernelSpecManager.allowed_kernelspecs=python3",
        "--KernelProvisionerFactory.default_provisioner_name=evidence-warm",
    ]
    by_root = hasattr(os, "getuid") and os.getuid() == 0
    return chosen + ["--allow-root"] * by_root


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("more", nargs=-1, type=click.UNPROCESSED)
def lab(more):
    """Open the collection in JupyterLab, with warm kernels.

    What JupyterLab itself understands may follow, such as --no-browser.
    """
    from jupyterlab.labapp import LabApp

    sys.argv[1:] = [*options(), *more]  # jupyter also looks for its subcommands here
    LabApp.launch_instance()
