"""Lessons agree with their notebooks, and a lesson that is not as it should be is refused."""

import re
import subprocess

import pytest
import yaml
from browser import browser, chromium

from evidence.checks.wording import unwelcome
from evidence.classroom.lessons import FOLDER, read_lesson
from evidence.classroom.printed import plan, rubric, write_sheets
from evidence.classroom.sessions import read_sessions
from evidence.classroom.versions import HEADING, exercise_numbers
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks.files import find
from evidence.notebooks.files import source_of as text
from helpers.exercises.check import KEY, read_key

GOOD = {
    "session": 1,
    "sections": {1: [5, "A note."]},
    "exercises": {
        "2b": {"kind": "number", "ask": "Assign to `answer_2b` it.", "answer": "answer_2b = 1"}
    },
}


@pytest.fixture
def lesson(tmp_path):
    def write(content):
        body = content if isinstance(content, str) else yaml.safe_dump(content)
        (tmp_path / "90_test.yaml").write_text(body, encoding="utf-8")
        return read_lesson("90_test", tmp_path)

    return write


def test_a_lesson_is_read(lesson, tmp_path):
    found = lesson(GOOD)
    assert (found.session, found.minutes) == (1, 5)
    assert (found.exercises[0].name, found.exercises[0].number) == ("90.2b", "Two")
    assert read_lesson("91_none", tmp_path).exercises == ()


def broken(**changes):
    return GOOD | {"exercises": {"2b": GOOD["exercises"]["2b"] | changes}}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a: [", "not YAML"),
        ("- 1", "expected names with values, found list"),
        (GOOD | {"sesion": 1}, "a name is 'sesion', did you mean session"),
        (GOOD | {"sections": {1: "5 minutes"}}, r"section 1: expected \[minutes, note\]"),
        (GOOD | {"exercises": {"b": {}}}, "expected a number such as 2"),
        (broken(kind="numbr"), "kind is 'numbr', did you mean number"),
        (broken(ask=""), "expected ask, found nothing"),
        (broken(answer="answer_2 = 1"), "expected ask and answer to name answer_2b"),
        (broken(tolerence=1), "a name is 'tolerence', did you mean tolerance"),
    ],
)
def test_a_lesson_that_is_not_as_it_should_be_is_refused(lesson, content, says):
    with pytest.raises(RequestError, match=says):
        lesson(content)


@pytest.mark.parametrize("notebook", find(), ids=lambda notebook: notebook.name)
def test_a_lesson_belongs_to_its_notebook(notebook):
    found = read_lesson(notebook.name)
    (minutes,) = re.findall(r"\| Time \| (\d+) minutes \|", text(notebook.cells[0]))
    prose = (text(cell) for cell in notebook.cells if cell["cell_type"] == "markdown")
    headings = [int(number) for shown in prose for number in HEADING.findall(shown)]
    assert list(found.sections) == headings, "teaching/lessons: sections"
    assert found.minutes == int(minutes), "teaching/lessons: minutes of the sections add up"
    assert {e.number for e in found.exercises} <= set(exercise_numbers(notebook.cells))
    assert found.exercises, "a lesson checks one exercise at least"


def test_the_stored_answers_are_those_of_the_lessons():
    lessons = [read_lesson(path.stem) for path in FOLDER.glob("*.yaml")]
    asked = {exercise.name: exercise.kind for lesson in lessons for exercise in lesson.exercises}
    stored = read_key(ROOT / "notebooks" / KEY)
    assert {name: question["kind"] for name, question in stored.items()} == asked


def test_every_lesson_has_a_notebook():
    names = {notebook.name for notebook in find()}
    assert {path.stem for path in FOLDER.glob("*.yaml")} <= names


def test_the_guide_names_things_that_exist_in_words_that_are_used_here():
    guide = (ROOT / "teaching" / "README.md").read_text(encoding="utf-8")
    names = {notebook.name for notebook in find()}
    named = set(re.findall(r"`(\d\d_\w+)`", guide))
    assert len(named) > 5
    assert named <= names
    for link in re.findall(r"\]\(([^):]+)\)", guide):
        assert (ROOT / "teaching" / link.split("#")[0]).exists(), link
    for path in [*FOLDER.glob("*.yaml"), ROOT / "teaching" / "README.md", ROOT / "CONTRIBUTING.md"]:
        assert unwelcome(path.read_text(encoding="utf-8")) == [], path.name


def test_what_a_session_takes_up_fits_into_its_minutes():
    sessions = read_sessions()
    assert [session.number for session in sessions] == [1, 2, 3, 4, 5, 6]
    for session in sessions:
        assert session.minutes == 90, f"session {session.number}"
        for step in session.steps:
            assert bool(step.taken) == ("section" in step.using)
            for name, sections in step.taken.items():
                lesson = read_lesson(name)
                needed = sum(lesson.sections[n][0] for n in sections)
                assert needed <= step.minutes, f"session {session.number}: {name} needs {needed}"
                assert lesson.session == session.number, name


@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed, so nothing is printed")
def test_a_plan_prints_on_one_page(tmp_path):
    pages = [plan(session) for session in read_sessions()] + [rubric()]
    # One after the other in one file, so that the browser starts once: a page each, or more.
    bodies = [re.search(r"<main>.*</main>", page, re.DOTALL)[0] for page in pages]
    (whole,) = {
        re.sub(r"<title>.*</title>|<main>.*</main>", "", page, flags=re.DOTALL) for page in pages
    }
    apart = "<style>main { break-after: page; }</style>"
    target, file = tmp_path / "all.pdf", tmp_path / "all.html"
    file.write_text(whole.replace("</body>", f"{apart}{''.join(bodies)}</body>"), encoding="utf-8")
    line = [chromium(), "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={target}"]
    subprocess.run([*line, file.as_uri()], check=True, capture_output=True, timeout=120)
    assert len(re.findall(rb"/Type */Page\b", target.read_bytes())) == len(pages)


def test_the_sheet_of_answers_names_each_exercise_its_answer_and_its_mistakes(tmp_path):
    notebooks = find(["20", "21"])
    write_sheets(tmp_path, notebooks, read_key(ROOT / "notebooks" / KEY))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "rubric.html",
        "session-2-answers.html",
        "session-2-plan.html",
    ]
    sheet = (tmp_path / "session-2-answers.html").read_text(encoding="utf-8")
    for notebook in notebooks:
        for exercise in read_lesson(notebook.name).exercises:
            assert f"<strong>{exercise.name}</strong>" in sheet
            for _, says in exercise.mistakes:
                assert says in sheet
    # 23 women of 63 arrivals in 2021, by Wilson's formula: statsmodels' documentation.
    assert "0.2572, 0.4885" in sheet
    assert "to the nearest 0.01" in sheet


def test_answers_in_words_are_set_one_below_the_other_without_marks_against_latex(tmp_path):
    notebooks = find(["22", "31"])  # one tells two answers in a cell, one tells an amount
    write_sheets(tmp_path, notebooks, read_key(ROOT / "notebooks" / KEY))
    sheet = (tmp_path / "session-3-answers.html").read_text(encoding="utf-8")
    assert "US$13.6 billion" in sheet  # 500,000 women, 27,252 dollars each, as notebook 31 says
    assert "span&gt;" not in sheet
    for item in re.findall(r"<li>(.*?)</li>", sheet, re.DOTALL):
        assert len(re.findall(r"<strong>(?:One|Two|Three|Four)\.", item)) <= 1, item


BROKEN = r"""(() => {
  const broken = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/[a-z0-9]{2,}/gi)) {
    const range = document.createRange();
    range.setStart(texts.currentNode, word.index);
    range.setEnd(texts.currentNode, word.index + word[0].length);
    const lines = [...range.getClientRects()].map((box) => Math.round(box.top));
    if (new Set(lines).size > 1) broken.push(word[0]);
  }
  return broken;
})()"""


@pytest.mark.skipif(chromium() is None, reason="Chromium is not installed, so no sheet is opened")
def test_a_long_name_on_a_sheet_breaks_at_its_underscores_only(tmp_path):
    write_sheets(tmp_path, find(["31", "50"]), read_key(ROOT / "notebooks" / KEY))
    sheets = sorted(tmp_path.glob("*-answers.html"))
    assert len(sheets) == 2
    with browser() as tab:
        for sheet in sheets:
            # A phone, a screen, and the text of an A4 page.
            for width, medium in ((390, "screen"), (1280, "screen"), (688, "print")):
                tab.call("Emulation.setEmulatedMedia", media=medium)
                tab.size(width)
                tab.open(sheet.as_uri())
                assert tab.js(BROKEN) == [], (sheet.name, width)
                if medium == "screen":
                    assert tab.js("document.documentElement.scrollWidth") <= width


def test_grading_and_the_collection_share_their_versions():
    def pins(path):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert "://" not in text
        return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))

    main, added = pins("requirements.lock"), pins("teaching/requirements.lock")
    assert "nbgrader" in added
    assert {name: v for name, v in added.items() if main.get(name, v) != v} == {}
    learners = pins("teaching/learner.lock")
    assert {"jupyterlab", "pandas", "uv", "hatchling"} <= set(learners)
    assert {name: v for name, v in learners.items() if main.get(name) != v} == {}
