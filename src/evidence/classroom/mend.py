"""Puts a notebook that was handed in in order: one answer, one check after it, nothing lost."""

import re

from evidence.classroom.versions import check_of
from evidence.notebooks.files import source_of as text
from helpers.exercises.check import variable_of


def mended(cells, released):
    """Return the cells of a learner's notebook with the checks where they belong.

    Whatever the learner's cells say runs in the learner's order. Checks are those of the class,
    each after the answer, wherever copies, halves or moved cells stand.

    Parameters
    ----------
    cells : list of dict
        As handed in.
    released : list of dict
        As handed out.

    Returns
    -------
    cells : list of dict
    remarks : dict of str to str
        By exercise, what was found out of order.
    """
    checks = {check_of(cell): cell for cell in released if check_of(cell)}
    prompts = {_mark(cell): text(cell) for cell in released if _mark(cell).startswith("answer-")}
    kept = [cell for cell in cells if check_of(cell) not in checks]
    after, remarks, dropped = {}, {}, set()
    for name in checks:
        place, remark, spare = _place(name, kept, prompts)
        after.setdefault(place, []).append(name)
        dropped |= spare
        copies = sum(check_of(cell) == name for cell in cells)
        said = [remark] if remark else []
        said += [f"the check {name} is there {_times(copies)}"] if copies > 1 else []
        if said:
            remarks[name] = "; ".join(said)
    out, answers = [], {place: names[0] for place, names in after.items()}
    for place, cell in enumerate([*kept, None]):
        if cell is not None and place not in dropped:
            out.append(_plain(cell, len(out), prompts, answers.get(place)))
        out += [_fresh(checks[name]) for name in after.get(place, [])]
    return out, remarks


def marked(cells):
    """Name the exercises whose checks or answers stand in a notebook."""
    marks = {_mark(cell).partition("-")[2].replace("-", ".") for cell in cells}
    return (marks | {check_of(cell) for cell in cells}) - {""}


def answered(cells, released):
    """Count the answer cells that are no longer as they were handed out."""
    prompts = {_mark(cell): text(cell).strip() for cell in released}
    return sum(
        text(cell).strip() != prompts.get(_mark(cell), text(cell).strip())
        for cell in cells
        if _mark(cell).startswith("answer-")
    )


def _place(name, cells, prompts):
    """Return after which cell a check belongs, what to say of it, and what cells to leave out."""
    mark, variable = f"answer-{name.replace('.', '-')}", variable_of(name)
    own = [i for i, cell in enumerate(cells) if cell["cell_type"] == "code" and _mark(cell) == mark]
    sets = [
        i
        for i, cell in enumerate(cells)
        if cell["cell_type"] == "code"
        and re.search(rf"^{variable}\s*(:[^=]+)?=(?!=)", text(cell), re.MULTILINE)
    ]
    worked = [i for i in own if text(cells[i]).strip() != prompts.get(mark, "").strip()]
    said = f"the cell {mark} is there {_times(len(own))}" if len(own) > 1 else ""
    if said and worked:  # copies that were left as handed out would undo the answer
        spare = set(own) - set(worked)
        # Halves of a split cell all run; the last copy counts.
        found = (
            worked[-1]
            if set(worked) & set(sets)
            else min((i for i in sets if i > worked[-1]), default=worked[-1])
        )
        return found, f"{said}: all ran, and what the last one left counts", spare
    if own:
        later = [i for i in sets if i > own[-1]]
        halved = own[-1] not in sets and later
        return (later[0], f"the cell {mark} was split", set()) if halved else (own[-1], said, set())
    if sets:
        return sets[-1], f"the cell {mark} is missing; {variable} was found in another", set()
    return len(cells), f"the cell {mark} is missing", set()


def _times(number):
    return {2: "twice"}.get(number, f"{number} times")


def _mark(cell):
    """Return the name that the class gave to a cell; an editor keeps it in one of two places."""
    own = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")
    known = own or cell.get("id", "")
    return known if re.fullmatch(r"(answer|check)-\d+-\w+", str(known)) else ""


def _plain(cell, place, prompts, answer):
    """Return a learner's cell with a name of its own, and the class's mark on the answer only."""
    kept = {"cell_type": cell["cell_type"], "source": text(cell), "metadata": {}}
    kept["id"] = f"cell-{place}"
    if cell["cell_type"] == "code":
        kept |= {"outputs": [], "execution_count": None}
    mark = f"answer-{answer.replace('.', '-')}" if answer else ""
    if mark in prompts:
        marks = {"schema_version": 3, "grade_id": mark, "grade": False, "locked": False}
        kept |= {"id": mark, "metadata": {"nbgrader": marks | {"solution": True, "task": False}}}
    return kept


def _fresh(cell):
    return cell | {"source": text(cell), "outputs": [], "execution_count": None}
