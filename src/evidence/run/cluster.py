"""Executes tasks on a dask.distributed cluster, which may span machines."""

import asyncio
import logging

from evidence.errors import RequestError
from evidence.run.task import Outcome, changed, run_task

PATIENCE = 10  # seconds for the scheduler to answer, and for a first worker to be there


def on_cluster(address):
    """Return a function that executes tasks on a cluster.

    Parameters
    ----------
    address : str
        Of the scheduler, for example "tcp://10.0.0.5:8786".

    Returns
    -------
    callable
        Yields (index, Outcome, executed notebook) as tasks end.

    Raises
    ------
    RequestError
        If dask.distributed is not installed, or nothing answers there, or no worker is connected.
    """
    try:
        from distributed import Client
    except ImportError:
        raise RequestError("--dask needs dask.distributed: pip install -e .[dask]") from None
    try:
        asyncio.run(_knock(address))
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except TimeoutError:
        raise RequestError(
            f"--dask {address}: no scheduler answers (in {PATIENCE} s; is it Dask's address?)"
        ) from None
    except (OSError, ValueError, TypeError) as error:
        raise RequestError(f"--dask {address}: no scheduler answers ({_first(error)})") from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        raise RequestError(f"--dask {address}: the cluster has no workers") from None

    def compute(tasks):
        # That the scheduler is lost is said by what was not run.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        with client, client.as_current():
            for worker, differing in client.run(changed, tasks[0]).items():
                if differing:
                    words = f"worker {worker} differs from this machine in"
                    raise RequestError(f"--dask {address}: {words} {', '.join(differing[:5])}")
            yield from _gather(client, tasks, address)

    return compute


async def _knock(address):
    """Connect once: a client that finds nobody goes on trying after it gave up."""
    from distributed.comm import connect

    if not address.startswith("tls://"):  # which would need the client's certificates
        async with asyncio.timeout(PATIENCE):  # another server would let it wait for ever
            connection = await connect(address, timeout=PATIENCE)
            await connection.write({"op": "identity", "reply": True})
            answer = await connection.read()
            connection.abort()
        if not (isinstance(answer, dict) and answer.get("type") == "Scheduler"):
            raise ValueError("what answers there is not a scheduler")


def _gather(client, tasks, address):
    from concurrent.futures import CancelledError

    from distributed import as_completed

    futures = {
        # A task whose worker is lost goes to another (distributed.scheduler.allowed-failures).
        client.submit(run_checked, task, pure=False): index
        for index, task in enumerate(tasks)
    }
    try:
        for future in as_completed(futures):
            index = futures[future]
            try:
                outcome, text = future.result()
            except CancelledError:  # also of asyncio: the client's way to say that nobody answers
                problem = f"the scheduler at {address} was lost; the same command goes on"
                outcome, text = Outcome(tasks[index].label, "not run", problem=problem), ""
            except (
                Exception
            ) as error:  # the cluster gave this task up: it is named, the rest goes on
                problem = f"cluster: {type(error).__name__}: {_first(error)}"
                outcome, text = Outcome(tasks[index].label, "failed", problem=problem), ""
            yield index, outcome, text
    finally:
        client.cancel(list(futures))


def run_checked(task):
    """Execute a task on a worker, if the worker has the same helpers and libraries."""
    from distributed import get_worker

    differing = changed(task)
    if differing:
        where = f"worker {get_worker().address} differs from this machine"
        problem = f"{where} in {', '.join(differing[:5])}"
        return Outcome(task.label, "failed", problem=problem), ""
    return run_task(task)


def _first(error):
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
