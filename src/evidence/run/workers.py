"""Worker processes that execute tasks on this machine."""

import contextlib
import json
import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import forkserver
from pathlib import Path

from evidence.run.depends import environment, reached
from evidence.run.task import Outcome, run_task
from evidence.scratch import interruptible, uninterrupted
from evidence.warm.client import prepare
from evidence.warm.place import NoTemplateError

TRIES = 3  # rounds before the tasks whose worker processes ended are given up


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
            cold = all(task.cold for task in tasks)
            prepare(environment(cold), _imports(tasks))  # while papermill is imported
        waiting, tries = set(range(len(tasks))), 0
        while waiting:
            for index, outcome, text in _one_pool(tasks, waiting, workers):
                waiting.discard(index)
                yield index, outcome, text
            tries += 1
            if tries == TRIES:  # tasks start in order, so these are the ones that were running
                for index in sorted(waiting)[:workers]:
                    waiting.discard(index)
                    yield (
                        index,
                        _failed(tasks[index], f"its worker process ended {TRIES} times"),
                        "",
                    )
                tries = 0

    return compute


def _one_pool(tasks, waiting, workers):
    """Execute what waits; if a worker process dies, what it left stays in `waiting`."""
    method = "forkserver" if hasattr(os, "fork") else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["evidence.run.engine"])
        with uninterrupted():  # Ctrl-C would reach it while it imports, and print a traceback
            forkserver.ensure_running()
    pool = ProcessPoolExecutor(min(workers, len(waiting)), context, initializer=_begin)
    try:
        to_come, running = iter(sorted(waiting)), {}
        while True:
            # A few ahead, so that no worker waits; not all, so that memory stays what it is.
            for index in islice(to_come, 2 * workers - len(running)):
                running[pool.submit(run_task, tasks[index])] = index
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                index = running.pop(future)
                try:
                    outcome, text = future.result()
                except BrokenProcessPool:
                    return
                except Exception as error:  # one failure stops no other
                    outcome, text = _failed(tasks[index], f"{type(error).__name__}: {error}"), ""
                yield index, outcome, text
    except BrokenProcessPool:  # before a task could be handed over
        return
    except (KeyboardInterrupt, GeneratorExit):
        # Kernels end with the process that started them.
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _imports(tasks):
    """Return the modules that the tasks' notebooks can import."""
    found = {}
    for text, folder in dict.fromkeys((task.notebook, task.folder) for task in tasks):
        for names in reached(json.loads(text)["cells"], Path(folder)):
            found |= dict.fromkeys(names)
    return list(found)


def _failed(task, problem):
    return Outcome(task.label, "failed", problem=problem)


def _begin():
    """Leave Ctrl-C to the process that started the workers, and end when it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interruptible()
    threading.Thread(target=_end_with, args=[multiprocessing.parent_process()], daemon=True).start()


def _end_with(parent):
    parent.join()
    os._exit(1)  # which ends its kernel too
