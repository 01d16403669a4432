"""Says of a graded class which exercise failed, and how."""

import re
from collections import defaultdict

from evidence.files import write_whole


def by_exercise(grades):
    """Sum a class up.

    Parameters
    ----------
    grades : list of evidence.classroom.grade.Grade

    Returns
    -------
    list of dict
        Per exercise: notebook, exercise, right (learners with full marks), learners, and said:
        pairs of a remark and the learners that it was said to, the commonest first.
    """
    rows = {}
    for grade in grades:
        row = rows.setdefault((grade.notebook, grade.exercise), {"right": 0, "learners": 0})
        said = row.setdefault("said", defaultdict(list))
        row["learners"] += 1
        if grade.score >= grade.points:
            row["right"] += 1
        else:
            said[re.sub(r"^answer_\w+: ", "", grade.remark)].append(grade.learner)
    return [
        {"notebook": notebook, "exercise": exercise, **row}
        | {"said": sorted(row["said"].items(), key=lambda pair: (-len(pair[1]), pair[0]))}
        for (notebook, exercise), row in rows.items()
    ]


def write_overview(grades, path, sandbox):
    """Write the overview as Markdown, with what kept the learners' code from the machine."""
    lines = [
        "# The class by exercise",
        "",
        "| Exercise | Right | Not right, and why |",
        "|---|--:|---|",
    ]
    for row in by_exercise(grades):
        said = [
            f"{len(who)}: {_cell(says)} ({', '.join(map(_cell, who))})" for says, who in row["said"]
        ]
        right = f"{row['right']} of {row['learners']}"
        lines.append(f"| {row['exercise']} {row['notebook']} | {right} | {'<br>'.join(said)} |")
    totals = defaultdict(lambda: [0, 0])
    for grade in grades:
        totals[grade.learner][0] += grade.score
        totals[grade.learner][1] += grade.points
    lines += ["", "| Learner | Points |", "|---|--:|"]
    lines += [f"| {_cell(name)} | {got:g} of {of:g} |" for name, (got, of) in totals.items()]
    lines += ["", f"What kept the code from this machine: {sandbox.keeps}.", ""]
    write_whole(path, "\n".join(lines))


def _cell(text):
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
