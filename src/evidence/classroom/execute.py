"""Runs one learner's notebook in the folder it starts in; started in a sandbox by `grade`.

`python -m evidence.classroom.execute LIMIT PATIENCE` reads `given.ipynb` and writes `done.ipynb`.
A cell that runs too long is stopped; one that ends the kernel is left out, and the rest is run
again in a fresh kernel.
"""

import asyncio
import contextlib
import sys
import time
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

GIVEN, BEGUN, DONE = "given.ipynb", "begun", "done.ipynb"
TOO_LONG, DIED, NOT_RUN = "RanTooLong", "EndedTheKernel", "NotRun"
TRIES = 4  # kernels per notebook
ANSWERS = 10  # seconds for a kernel to answer after its cell was stopped


def execute(notebook, limit, patience):
    """Run the code cells of a notebook in place, whatever they do.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    limit : float
        Seconds a cell may run.
    patience : float
        Seconds all cells may run together.
    """
    end, left_out = time.monotonic() + patience, {}
    for _ in range(TRIES):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        with contextlib.suppress(ProcessLookupError):
            died = asyncio.run(_run(notebook, limit, end, left_out))
        if died is None:
            return
        left_out |= died


async def _run(notebook, limit, end, left_out):
    """Run all cells in one kernel; return the cell that it did not survive, with why, or None."""
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc")
    manager.connection_file = str(Path("kernel.json").resolve())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=limit,
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": TOO_LONG, "evalue": "", "traceback": []},
        resources={"metadata": {"path": "."}},
    )
    async with client.async_setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            if index in left_out:
                cell.outputs = [left_out[index]]
            elif time.monotonic() > end:
                cell.outputs = [_error(NOT_RUN, "the notebook as a whole ran too long")]
            elif (died := await _one(client, cell, index)) is not None:
                return {index: died}
    return None


async def _one(client, cell, index):
    """Run a cell; return what is the matter if the kernel is no use afterwards."""
    begun = time.monotonic()
    try:
        await client.async_execute_cell(cell, index)
    except DeadKernelError:
        return _error(DIED, "ended the kernel, as when memory runs out")
    if time.monotonic() - begun < client.timeout:
        return None
    cell.outputs.insert(0, _error(TOO_LONG, "ran longer than the limit and was stopped"))
    try:
        await asyncio.wait_for(client.kc.kernel_info(reply=True), ANSWERS)
    except (TimeoutError, RuntimeError):
        return _error(TOO_LONG, "ran longer than the limit and could not be stopped")
    return None


def _error(name, says):
    return nbformat.v4.new_output("error", ename=name, evalue=says, traceback=[says])


def main():
    """Run the notebook in this folder."""
    Path(BEGUN).touch()
    notebook = nbformat.read(GIVEN, as_version=4)
    execute(notebook, float(sys.argv[1]), float(sys.argv[2]))
    nbformat.write(notebook, DONE)


if __name__ == "__main__":
    main()
