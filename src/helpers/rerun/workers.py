"""Worker processes that execute tasks on this machine."""

import contextlib
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from helpers.rerun.task import Outcome, environment, run_task
from helpers.rerun.warm.client import prepare
from helpers.rerun.warm.place import NoTemplateError

TRIES = 3  # of a task whose worker process ended


def local(workers):
    """Return a function that executes tasks in processes of this machine.

    Parameters
    ----------
    workers : int
        Tasks at a time.

    Returns
    -------
    callable
        Yields (index, Outcome, executed notebook) as tasks end.
    """

    def compute(tasks):
        with contextlib.suppress(NoTemplateError):  # every kernel will say so itself
            prepare(environment(all(task.cold for task in tasks)))  # while papermill is imported
        waiting, tries = set(range(len(tasks))), 0
        while waiting:
            for index, outcome, text in _one_pool(tasks, waiting, workers):
                waiting.discard(index)
                yield index, outcome, text
            tries += 1
            if tries == TRIES:
                for index in sorted(waiting):
                    problem = f"its worker process ended {TRIES} times"
                    yield index, Outcome(tasks[index].label, "failed", problem=problem), ""
                return

    return compute


def _one_pool(tasks, waiting, workers):
    """Execute what waits; if a worker process dies, what it left stays in `waiting`."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["helpers.rerun.engine"])
    pool = ProcessPoolExecutor(min(workers, len(waiting)), context, initializer=_ignore_interrupt)
    try:
        futures = {pool.submit(run_task, tasks[index]): index for index in sorted(waiting)}
        for future in as_completed(futures):
            try:
                outcome, text = future.result()
            except BrokenProcessPool:
                return
            yield futures[future], outcome, text
    except (KeyboardInterrupt, GeneratorExit):
        # Kernels end with the process that started them.
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupt():
    """Leave Ctrl-C to the process that started the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
