"""Computes the expected answers of a lesson by running its notebook with the solutions in it."""

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from evidence.classroom.versions import as_notebook
from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.notebooks.files import is_of_class, is_solution
from evidence.notebooks.files import source_of as text
from evidence.run.task import KERNEL
from helpers.exercises.check import KEY, NotYet, folded, read_key, variable_of
from helpers.exercises.judge import ANSWER_TYPE, judge


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
    sources = [
        (f"cell {index}", text(cell))
        for index, cell in enumerate(notebook.cells, 1)
        if cell["cell_type"] == "code" and not (is_solution(cell) or is_of_class(cell))
    ]
    for exercise in lesson.exercises:
        sources += [(f"exercise {exercise.name}", f"{exercise.answer}\n{_report(exercise)}")]
    values = await _run(notebook, sources)
    # Where learners state a guess of their own, no answer depends on it.
    guesses = {name for name in notebook.parameters if name.startswith("learner_")}
    defaults = {n: p.default for n, p in notebook.parameters.items() if n not in guesses}
    found = {}
    for exercise in lesson.exercises:
        found[exercise.name] = question = _question(exercise, values[exercise.name])
        question["parameters"] = defaults
        problem = judge(question["expected"], question)
        if problem or not _holds(question["expected"]):
            raise RequestError(
                f"exercise {exercise.name}: the solution is no {exercise.kind}: "
                f"{problem or repr(question['expected'])}"
            )
    return found


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
    mistakes = zip(values["mistakes"], exercise.mistakes, strict=True)
    return {
        "kind": exercise.kind,
        "expected": values["expected"],
        "unit": exercise.unit,
        "tolerance": exercise.tolerance,
        "options": values["options"],
        "mistakes": [{"value": value, "says": says} for value, (_, says) in mistakes],
    }


def _holds(expected):
    return expected != [] and expected is not None


async def _run(notebook, sources):
    cells = [nbformat.v4.new_code_cell(source) for _, source in sources]
    fresh = nbformat.from_dict(as_notebook(cells))
    client = NotebookClient(
        fresh,
        resources={"metadata": {"path": str(notebook.path.parent)}},
        kernel_name=KERNEL,
    )
    try:
        await client.async_execute()
    except CellExecutionError as error:
        done = sum(cell.execution_count is not None for cell in fresh.cells)
        where = sources[max(done - 1, 0)][0]
        line = str(error.evalue).splitlines()[0] if str(error.evalue) else ""
        raise RequestError(f"{notebook.name}: {where} failed: {error.ename}: {line}") from None
    outputs = (output for cell in fresh.cells for output in cell.outputs)
    found = (output.get("data", {}).get(ANSWER_TYPE) for output in outputs)
    return {values["name"]: values for values in found if values}
