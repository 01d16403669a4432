"""Lessons agree with their notebooks, and a lesson that is not as it should be is refused."""

import re

import pytest
import yaml

from evidence.checks.wording import unwelcome
from evidence.classroom.lessons import FOLDER, read_lesson
from evidence.classroom.versions import HEADING, exercise_numbers
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks.files import find
from evidence.notebooks.files import source_of as text
from helpers.exercises.check import KEY, read_key

TAKEN = re.compile(r"`(\d\d_\w+)`, sections? ([\d, toand]+)")
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
    if not (FOLDER / f"{notebook.name}.yaml").exists():
        pytest.skip(f"no lesson for {notebook.name} yet")
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
    guide = (ROOT / "teaching" / "README.md").read_text(encoding="utf-8")
    sessions = re.findall(r"^### (\d)\. (.+?)(?=^##)", guide, re.MULTILINE | re.DOTALL)
    assert [number for number, _ in sessions] == list("123456")
    for number, plan in sessions:
        rows = re.findall(r"^\| (\d+) \|(.+)", plan, re.MULTILINE)
        assert sum(int(minutes) for minutes, _ in rows) == 90, f"session {number}"
        named = [(m, *found) for m, row in rows for found in TAKEN.findall(row)]
        assert len(named) == sum("`," in row for _, row in rows if "section" in row)
        for minutes, notebook, sections in named:
            lesson = read_lesson(notebook)
            spans = re.findall(r"(\d+)(?: to (\d+))?", sections)
            taken = [n for a, b in spans for n in range(int(a), int(b or a) + 1)]
            needed = sum(lesson.sections[n][0] for n in taken)
            assert needed <= int(minutes), f"session {number}: {notebook} needs {needed} minutes"
            assert lesson.session == int(number), notebook


def test_grading_and_the_collection_share_their_versions():
    def pins(path):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert "://" not in text
        return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))

    main, added = pins("requirements.lock"), pins("teaching/requirements.lock")
    assert "nbgrader" in added
    assert {name: v for name, v in added.items() if main.get(name, v) != v} == {}
