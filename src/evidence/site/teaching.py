"""The pages for teachers: what the course is, and a plan of one page to print per session."""

from evidence.classroom.printed import plan, rubric
from evidence.classroom.sessions import GUIDE, read_sessions
from evidence.site.pages import html, write_page


def has_course():
    """Tell whether there is a course; a ledger may do without one."""
    return GUIDE.exists()


def write_teaching(folder, extra):
    """Write the list of sessions into the page sources, and the sheets as they are.

    The sheets of answers are not among them: learners read the site.
    """
    sessions = read_sessions()
    for session in sessions:
        _write(extra / "teaching" / f"session-{session.number}", plan(session, back="../"))
    _write(extra / "teaching" / "rubric", rubric(back="../"))
    about = f"A course of {len(sessions)} sessions, each with a plan that prints on one page."
    parts = [(None, html("teaching.html", sessions=sessions))]
    write_page(folder, "teaching", "Teaching", parts, description=about, aside=False)


def _write(folder, page):
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(page, encoding="utf-8")
