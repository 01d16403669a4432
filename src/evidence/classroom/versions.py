"""Turns a notebook into its learner's and its instructor's version: cells in, cells out."""

import re

from evidence.classroom.lessons import NUMBERS
from evidence.notebooks.files import is_of_class, is_solution
from evidence.notebooks.files import source_of as text
from helpers.exercises.check import variable_of

HEADING = re.compile(r"^## (\d+)\. ", re.MULTILINE)
EXERCISE = re.compile(rf"\*\*({'|'.join(NUMBERS)})\.\*\*")
CHECK = re.compile(r"from helpers\.exercises import check\s+check\(\"([\w.]+)\"\)")
FOLDED = "jp-MarkdownHeadingCollapsed"
KEPT = ("tags", "nbgrader", "editable", FOLDED)  # metadata that an editor does not add by itself
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def exercise_numbers(cells):
    """List the exercises of a notebook by their word: One, Two, ..."""
    prompts = (text(c) for c in cells if c["cell_type"] == "markdown")
    found = (number for prose in prompts for number in EXERCISE.findall(prose))
    return list(dict.fromkeys(found))


def learner(cells, lesson):
    """Return the learner's version: no solutions, no outputs, prompts and self-checks.

    Parameters
    ----------
    cells : list of dict
        Cells of the notebook.
    lesson : evidence.classroom.lessons.Lesson

    Returns
    -------
    list of dict
    """
    own = without_exercises(cells)
    kept = [_bare(cell) for cell in own if not is_solution(cell)]
    place = _first_solution(own, len(kept))
    return kept[:place] + _prompts(own, lesson) + kept[place:]


def with_exercises(cells, lesson):
    """Return a notebook with room for answers, and its solutions folded under one heading.

    What an earlier call put in is taken out first, so that a second call changes nothing.

    Parameters
    ----------
    cells : list of dict
        Cells of the notebook, whose solutions are the last before its key points.
    lesson : evidence.classroom.lessons.Lesson

    Returns
    -------
    list of dict
    """
    own = without_exercises(cells)
    place = _first_solution(own, None)
    if place is None:  # a learner's version, or a notebook without exercises
        return cells
    return [*own[:place], *_prompts(own, lesson), _fold(), *own[place:]]


def without_exercises(cells):
    """Return the cells of a notebook without those that `with_exercises` put in."""
    return [cell for cell in cells if not is_of_class(cell)]


def exercise_problems(cells, lesson):
    """Say whether the exercises in a notebook are not those of its lesson.

    Returns
    -------
    list of str
        One line, or none.
    """
    differ = [*map(_form, cells)] != [*map(_form, with_exercises(cells, lesson))]
    return ["the cells of its exercises do not agree with its lesson"] if differ else []


def answers(cells, lesson):
    """Return a learner's version whose answers are the solutions: it scores full marks."""
    solved = {f"answer-{_id(e)}": e.answer for e in lesson.exercises}
    return [
        cell
        | {"source": solved.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), text(cell))}
        for cell in learner(cells, lesson)
    ]


def instructor(cells, lesson, expected=None):
    """Return the instructor's version: everything, with notes, timings and worked answers.

    Parameters
    ----------
    cells : list of dict
    lesson : evidence.classroom.lessons.Lesson
    expected : dict of str to object, optional
        The expected answer by exercise name.

    Returns
    -------
    list of dict
    """
    out = []
    for cell in without_exercises(cells):
        out.append(cell)
        numbers = [int(n) for n in HEADING.findall(text(cell))] if not is_solution(cell) else []
        for number in numbers:
            if number in lesson.sections:
                minutes, note = lesson.sections[number]
                title = f"Section {number}, {minutes} minutes"
                out.append(_markdown(_boxed(title, note), f"note-{number}"))
    # Before the solutions, which may change a variable that an answer uses.
    place = _first_solution(out, len(out))
    worked = []
    for exercise in lesson.exercises:
        shown = (expected or {}).get(exercise.name)
        unit = f" {exercise.unit}" if exercise.unit else ""
        says = f"{exercise.asked} **Expected: {answer_in_words(shown)}{unit}.**"
        hints = "".join(f"\n> - found by mistake: {says}" for _, says in exercise.mistakes)
        note = f"{says} {exercise.note}".strip() + (f"\n>{hints}" if hints else "")
        title = f"{exercise.number}, to check ({exercise.points} point{'s'[: exercise.points > 1]})"
        worked += [
            _markdown(_boxed(title, note), f"note-{exercise.name}"),
            _answer(exercise.answer, exercise),
            _check(exercise),
        ]
    return out[:place] + worked + out[place:]


def answer_in_words(expected):
    """Write an expected answer for the instructor, numbers with six digits at most."""
    if isinstance(expected, list):
        return ", ".join(map(answer_in_words, expected))
    return f"{expected:.6g}" if isinstance(expected, float) else f"{expected}"


def as_notebook(cells):
    """Wrap cells as a notebook of format 4.5, each with an id of its own."""
    return {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def check_of(cell):
    """Name the exercise that a cell checks and does nothing else; empty if it is no such cell."""
    found = CHECK.fullmatch(text(cell).strip()) if cell["cell_type"] == "code" else None
    return found[1] if found else ""


def _prompts(cells, lesson):
    """Return the cells that ask, take an answer and check it, exercise by exercise."""
    prompts = []
    for word in exercise_numbers(cells):
        asked = [e for e in lesson.exercises if e.number == word]
        for exercise in asked:
            variable = variable_of(exercise.name)
            prompts += [
                _markdown(f"**{word}, to check.** {exercise.asked}", f"ask-{exercise.name}"),
                _answer(f"{variable} = ...", exercise),
                _check(exercise),
            ]
        prompts.append(_markdown(f"*{word}, in your own words:*", f"words-{word.lower()}"))
    return prompts


def _fold():
    """Return a heading that JupyterLab shows closed, with all that follows until the next one."""
    cell = _markdown("### Solutions", "solutions")
    tags = [*cell["metadata"]["tags"], "solution"]
    return cell | {"metadata": {FOLDED: True, "tags": tags}}


def _first_solution(cells, otherwise):
    return next((i for i, cell in enumerate(cells) if is_solution(cell)), otherwise)


def _form(cell):
    ours = {key: cell["metadata"].get(key) for key in KEPT} if is_of_class(cell) else {}
    return cell["cell_type"], text(cell), ours


def _bare(cell):
    bare = {key: cell[key] for key in ("cell_type", "id", "metadata", "source") if key in cell}
    return bare | ({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {})


def _boxed(title, note):
    return f"> **For the instructor: {title}.** {note}".strip()


def _id(exercise):
    return exercise.name.replace(".", "-")


def _markdown(source, name):
    name = name.replace(".", "-")
    return {"cell_type": "markdown", "id": name, "metadata": {"tags": ["class"]}, "source": source}


def _code(source, name, metadata):
    cell = {"cell_type": "code", "id": name, "metadata": metadata, "source": source}
    return cell | {"execution_count": None, "outputs": []}


def _answer(source, exercise):
    name = f"answer-{_id(exercise)}"
    marks = {"schema_version": 3, "grade_id": name, "grade": False, "locked": False}
    return _code(
        source.strip(),
        name,
        {"nbgrader": marks | {"solution": True, "task": False}, "tags": ["class"]},
    )


def _check(exercise):
    name = f"check-{_id(exercise)}"
    marks = {"schema_version": 3, "grade_id": name, "grade": True, "locked": True}
    marks |= {"solution": False, "task": False, "points": exercise.points}
    # The tag lets "Run All" go on after an answer that is not right yet.
    tags = {"nbgrader": marks, "tags": ["class", "raises-exception"], "editable": False}
    return _code(f'from helpers.exercises import check\n\ncheck("{exercise.name}")', name, tags)
