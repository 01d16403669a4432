"""Writes what a teacher prints: a plan of one page per session, its answers, and the rubric."""

import re

from evidence.classroom.lessons import FOLDER, read_lesson
from evidence.classroom.sessions import GUIDE, RUBRIC, read_sessions
from evidence.files import write_whole
from evidence.notebooks.files import is_solution, is_telling
from helpers.say import DOLLAR

PRINTED = "print"
# Where a long name may break: after an underscore in text, not within a tag.
NAME_PART = re.compile(r"(?<=\w)_(?=\w)(?![^<>]*>)")


def write_sheets(folder, notebooks, key, lessons_in=FOLDER, guide=GUIDE):
    """Write the sheets of those sessions that a class holds notebooks of.

    Parameters
    ----------
    folder : pathlib.Path
        Receives `session-N-plan.html`, `session-N-answers.html` and `rubric.html`.
    notebooks : list of evidence.notebooks.files.Notebook
    key : dict of str to dict
        The expected answers (`evidence.classroom.expected.questions`).
    """
    lessons = {notebook.name: read_lesson(notebook.name, lessons_in) for notebook in notebooks}
    held = {lesson.session for lesson in lessons.values()}
    # The last session has no notebook; it goes with the whole course.
    sessions = read_sessions(guide)
    last = {s.number for s in sessions if not any(step.taken for step in s.steps)}
    whole = {s.number for s in sessions} - last <= held
    for session in sessions:
        if session.number in held or (whole and session.number in last):
            write_whole(
                folder / f"session-{session.number}-plan.html", plan(session, lessons_in=lessons_in)
            )
        if session.number in held:
            of = [n for n in notebooks if lessons[n.name].session == session.number]
            write_whole(
                folder / f"session-{session.number}-answers.html",
                _answers(session, of, lessons, key),
            )
    if RUBRIC.exists():
        write_whole(folder / "rubric.html", rubric())


def plan(session, back="", lessons_in=FOLDER):
    """Return the plan of a session as a page of HTML that prints on one A4 page.

    Parameters
    ----------
    session : evidence.classroom.sessions.Session
    back : str
        Address of the page that leads here; not printed.
    """
    start, clock, notes, exercises = 0, [], [], []
    for step in session.steps:
        clock.append((f"{start // 60}:{start % 60:02d}", step))
        start += step.minutes
        for name, sections in step.taken.items():
            lesson, number = read_lesson(name, lessons_in), name.partition("_")[0]
            notes += [
                (number, n, *lesson.sections[n])
                for n in sections
                if lesson.sections.get(n, (0, ""))[1]
            ]
            exercises += [(e, "") for e in lesson.exercises if _is_taken(e, name, step)]
    return _html(
        "plan.html",
        title=f"Session {session.number}: {session.title}",
        session=session,
        clock=clock,
        notes=notes,
        exercises=exercises,
        back=back,
    )


def rubric(back=""):
    """Return the rubric for answers in words as a page of HTML."""
    text = RUBRIC.read_text(encoding="utf-8")
    return _html("rubric.html", title="Answers in words", text=text, back=back)


def _is_taken(exercise, notebook, step):
    """Tell whether a step names an exercise: "exercises One and Two" after its notebook."""
    after = step.using.partition(f"`{notebook}`")[2]
    named = re.search(r"exercises? ([\w ,]+)", after)
    return bool(named) and exercise.number in named[1].split("`")[0]


def _answers(session, notebooks, lessons, key):
    taken = {name for step in session.steps for name in step.taken}
    shown = []
    for notebook in notebooks:
        lesson = lessons[notebook.name]
        rows = [_row(exercise, key[exercise.name]) for exercise in lesson.exercises]
        shown.append((notebook.name, notebook.question, rows, _in_words(notebook.cells)))
    return _html(
        "answers.html",
        title=f"Answers, session {session.number}: {session.title}",
        session=session,
        notebooks=shown,
        taken=taken.__contains__,
        back="",
    )


def _row(exercise, question):
    counts = ""
    if exercise.kind in ("number", "range"):
        near = f"{100 * (question['tolerance'] or 0.01):g}% off"
        counts = f"counts up to {near}"
        counts += f", or to the nearest {exercise.nearest:,g}" if exercise.nearest else ""
    mistakes = [(_shown(m["value"]), m["says"]) for m in question["mistakes"]]
    return exercise, _shown(question["expected"]), counts, mistakes


def _in_words(cells):
    """Return what the solutions say in words, as they were last computed, one text per exercise."""
    outputs = [o for c in cells if is_solution(c) and is_telling(c) for o in c.get("outputs", [])]
    said = ("".join(o.get("data", {}).get("text/markdown", "")) for o in outputs)
    # An amount holds a mark against LaTeX, which has no place on paper.
    answers = (answer for text in said for answer in re.split(r"\n\n(?=\*\*)", text) if answer)
    return [" ".join(answer.replace(DOLLAR, "$").split()) for answer in answers]


def _shown(value):
    """Write an answer for the sheet: four digits, thousands apart."""
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{value}"
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:.4g}"


def _html(template, **values):
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    # HTML in a text is shown as text.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    pages = Environment(
        loader=PackageLoader("evidence.classroom", "sheets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "md": lambda text: Markup(markdown.renderInline(text)),
        "page": lambda text: Markup(markdown.render(text)),
        "short": lambda text: re.split(r"(?<=[.?!])\s", text)[0],
    }
    head, body, rest = pages.get_template(template).render(**values).partition("<body>")
    return head + body + NAME_PART.sub("_<wbr>", rest)
