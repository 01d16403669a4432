"""Computes the expected answers of a lesson by running its notebook with the solutions in it."""

import asyncio
import atexit
import contextlib
import signal
import threading
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from evidence.classroom.depends import code_for, depends_on
from evidence.classroom.versions import as_notebook
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.notebooks.files import is_of_class, is_parameters, is_solution
from evidence.notebooks.files import source_of as text
from evidence.run.task import KERNEL
from helpers.exercises.check import KEY, NotYet, folded, read_key, variable_of
from helpers.exercises.judge import ANSWER_TYPE, judge
from helpers.expect import expect

PATIENCE = 10  # seconds in which kernels end


def carry_out(work):
    """Run a coroutine that runs notebooks; Ctrl-C ends all of them, and then raises.

    Left to itself, nbclient takes Ctrl-C for each notebook, and ends the kernel of the last; and a
    second Ctrl-C would stop asyncio as it ends the kernels.
    """
    loop = _loop()
    task = loop.create_task(work)
    with _ending(task, loop), asyncio.Runner(loop_factory=lambda: loop) as runner:
        try:
            return runner.run(_result(task))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


async def _result(task):
    return await task


@contextlib.contextmanager
def _ending(task, loop):
    """End a task by the first Ctrl-C; those that come while it ends change nothing."""
    pressed = []

    def once(*_):
        if pressed and time.monotonic() - pressed[0] > PATIENCE:
            raise KeyboardInterrupt
        if not pressed:
            pressed.append(time.monotonic())
            loop.call_soon_threadsafe(task.cancel)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, once)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _loop():
    loop = asyncio.new_event_loop()
    loop.add_signal_handler = _refuse
    return loop


def _refuse(*_):
    raise RuntimeError  # as outside the main thread, which nbclient expects


async def questions(notebook, lesson):
    """Compute what the self-checks of one notebook compare with.

    Parameters
    ----------
    notebook : evidence.notebooks.files.Notebook
    lesson : evidence.classroom.lessons.Lesson

    Returns
    -------
    dict of str to dict
        By exercise, as `helpers.exercises.judge.judge` takes them, with the parameters that
        the expected answer holds for.

    Raises
    ------
    RequestError
        If the notebook or a solution fails, or a solution does not pass its own check.
    """
    if not lesson.exercises:
        return {}
    values = await _values(notebook, lesson.exercises)
    cells = [source for _, source in _cells(notebook)]
    # Where learners state a guess of their own, no answer depends on it.
    guesses = {name for name in notebook.parameters if name.startswith("learner_")}
    defaults = {n: p.default for n, p in notebook.parameters.items() if n not in guesses}

    def needs(*code):
        return {
            name: defaults[name] for name in sorted(depends_on(defaults, cells, "\n".join(code)))
        }

    found = {}
    for exercise in lesson.exercises:
        found[exercise.name] = question = _question(exercise, values[exercise.name])
        question["parameters"] = needs(exercise.answer, exercise.options)
        for mistake, (code, _) in zip(question["mistakes"], exercise.mistakes, strict=True):
            mistake["parameters"] = needs(exercise.answer, code)
        problem = judge(question["expected"], question)
        if problem or not _holds(question["expected"]):
            raise RequestError(
                f"exercise {exercise.name}: the solution is no {exercise.kind}: "
                f"{problem or repr(question['expected'])}"
            )
    for state in lesson.states:
        for name in state:
            expect(f"{notebook.name}: lesson: states: a name", name, sorted(defaults), RequestError)
        await _add_state(notebook, lesson.exercises, state, found)
    return found


async def _add_state(notebook, exercises, state, found):
    """Add what is expected where an exercise says to set parameters, if the answer needs them."""
    moved = [e for e in exercises if set(state) & set(found[e.name]["parameters"])]
    values = await _values(notebook, moved, state) if moved else {}
    for exercise in moved:
        if exercise.name in values:  # an answer may not exist in every state
            question = found[exercise.name]
            there = {n: state.get(n, value) for n, value in question["parameters"].items()}
            compared = _compared(exercise, values[exercise.name])
            question["states"].append(compared | {"parameters": there})


def add_answers(notebook, found):
    """Store the expected answers of one notebook among those of the notebooks beside it.

    Without any, as in a handout, where no lesson is, what is stored stays.

    Parameters
    ----------
    notebook : evidence.notebooks.files.Notebook
    found : dict of str to dict
        As `questions` returns them.

    Raises
    ------
    RequestError
        If the file of answers is damaged or cannot be written.
    """
    path, number = notebook.path.parent / KEY, notebook.name.partition("_")[0]
    try:
        known = read_key(path) if path.exists() else {}
    except NotYet as damaged:
        raise RequestError(str(damaged)) from None
    others = {name: q for name, q in known.items() if name.partition(".")[0] != number}
    if found:
        write_whole(path, folded(others | found))


def _report(exercise):
    """Return code that shows the answer, the options and the mistaken values as data."""
    mistakes = "".join(f"plain({value.strip()}), " for value, _ in exercise.mistakes)
    return f"""
from IPython.display import display
from helpers.exercises.judge import ANSWER_TYPE, plain

display({{ANSWER_TYPE: {{
    "name": {exercise.name!r},
    "expected": plain({variable_of(exercise.name)}),
    "options": plain(list({exercise.options or "[]"})),
    "mistakes": [{mistakes}],
}}}}, raw=True)
"""


def _question(exercise, values):
    return {
        "kind": exercise.kind,
        "unit": exercise.unit,
        "tolerance": exercise.tolerance,
        "nearest": exercise.nearest,
        "states": [],
        **_compared(exercise, values),
    }


def _compared(exercise, values):
    """Return what an answer is compared with, which may be another in another state."""
    mistakes = zip(values["mistakes"], exercise.mistakes, strict=True)
    return {
        "expected": values["expected"],
        "options": values["options"],
        "mistakes": [{"value": value, "says": says} for value, (_, says) in mistakes],
    }


def _holds(expected):
    return expected != [] and expected is not None


def _cells(notebook):
    """Return the code cells that come before any answer, with their places; not the parameters."""
    return [
        (f"cell {place}", text(cell))
        for place, cell in enumerate(notebook.cells, 1)
        if cell["cell_type"] == "code"
        and not (is_solution(cell) or is_of_class(cell) or is_parameters(cell))
    ]


async def _values(notebook, exercises, state=None):
    """Compute the answers and mistakes of exercises, with parameters as they came or in a state.

    In a state only those statements run that the exercises need, and an exercise may fail: it is
    left out.
    """
    cells = _cells(notebook)
    parameters = "\n".join(text(cell) for cell in notebook.cells if is_parameters(cell))
    if state:
        code = "\n".join(map(_code, exercises))
        names, sources = zip(*cells, strict=True)
        cells = list(zip(names, code_for(sources, code), strict=True))
        parameters += "".join(f"\n{name} = {value!r}" for name, value in state.items())
    sources = [("the parameters", parameters, []), *((*cell, []) for cell in cells)]
    for exercise in exercises:
        code = f"{exercise.answer}\n{_report(exercise)}"
        sources.append((f"exercise {exercise.name}", code, ["raises-exception"] if state else []))
    return await _run(notebook, sources)


def _code(exercise):
    """Return all code of an exercise, to be read and not run."""
    values = [value.strip() for value, _ in exercise.mistakes]
    return "\n".join([exercise.answer, exercise.options, *values])


async def _run(notebook, sources):
    cells = [
        nbformat.v4.new_code_cell(source, metadata={"tags": tags}) for _, source, tags in sources
    ]
    fresh = nbformat.from_dict(as_notebook(cells))
    client = NotebookClient(
        fresh,
        resources={"metadata": {"path": str(notebook.path.parent)}},
        kernel_name=KERNEL,
        shutdown_kernel="immediate",  # one that is asked to end while a cell runs complains
    )
    try:
        await client.async_execute()
    except DeadKernelError:
        if asyncio.current_task().cancelling():  # nbclient takes that for its death
            raise asyncio.CancelledError from None
        raise
    except CellExecutionError as error:
        done = sum(cell.execution_count is not None for cell in fresh.cells)
        where = sources[max(done - 1, 0)][0]
        line = str(error.evalue).splitlines()[0] if str(error.evalue) else ""
        raise RequestError(f"{notebook.name}: {where} failed: {error.ename}: {line}") from None
    finally:  # if it was interrupted as its kernel started, nbclient leaves both
        atexit.unregister(client._cleanup_kernel)
        if client.km is not None:
            await client._async_cleanup_kernel()
    outputs = (output for cell in fresh.cells for output in cell.outputs)
    found = (output.get("data", {}).get(ANSWER_TYPE) for output in outputs)
    return {values["name"]: values for values in found if values}
