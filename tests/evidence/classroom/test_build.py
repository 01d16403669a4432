"""A class is built from a notebook and graded: full marks, none, and everything between."""

import copy
import json
import shutil
import zipfile
from dataclasses import replace

import nbformat
import pytest
from hatchling.build import build_editable

from evidence.classroom.build import HANDOUT, build
from evidence.classroom.expected import add_answers
from evidence.classroom.lessons import Lesson, read_lesson
from evidence.classroom.versions import (
    as_notebook,
    exercise_numbers,
    exercise_problems,
    instructor,
    learner,
    with_exercises,
    without_exercises,
)
from evidence.errors import RequestError
from evidence.notebooks.files import Notebook
from evidence.notebooks.new import NEXT
from evidence.run import accept as accepting
from helpers.exercises.check import read_key

LESSON = """\
session: 1
sections:
  1: [20, "Let them guess first."]
exercises:
  1:
    kind: number
    unit: persons
    ask: "Assign to `answer_1` the sum of `people`."
    answer: |
      answer_1 = sum(people)
    mistakes:
      - value: max(people)
        says: "that is the largest of them"
  2:
    kind: words
    points: 2
    ask: "Assign to `answer_2` the words that begin with b."
    options: words
    answer: |
      answer_2 = [word for word in words if word.startswith("b")]
"""
PROMPTS = "## 1. Exercises\n\n**One.** How many?\n\n**Two.** Which?\n\n**Three.** Why?"


def cell(kind, source, *tags):
    extra = {"execution_count": 1, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {"tags": list(tags)}, "source": source, **extra}


PARAMETERS = """\
last: int = 3  # people at the end [persons; 0..]
learner_guess: int = 1  # your own guess [persons; 0..]"""
CELLS = [
    cell("markdown", "# A test\n\n**Does it work?**"),
    cell("code", PARAMETERS, "parameters"),
    cell("code", 'people, words = [10, 20, last], ["bread", "rice", "beans"]\npeople'),
    cell("markdown", PROMPTS),
    cell("code", "print(sum(people), 'SECRET')", "solution"),
    cell("markdown", "## Key points"),
]
CELLS[2]["outputs"] = [
    {"output_type": "stream", "name": "stdout", "text": "shown before it is predicted"}
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One notebook, its lesson, and the class built from them."""
    folder = tmp_path_factory.mktemp("course")
    cells = [c | {"id": f"cell-{i}"} for i, c in enumerate(CELLS)]
    path = folder / "90_test.ipynb"
    path.write_text(json.dumps(as_notebook(cells)), encoding="utf-8")
    (folder / "90_test.yaml").write_text(LESSON, encoding="utf-8")
    built, seen = folder / "class", []
    build([Notebook(path)], built, seen.append, lessons_in=folder)
    assert seen == ["90_test"]
    return built, cells, read_lesson("90_test", folder)


def sources(path):
    return ["".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def test_room_for_answers_and_folded_solutions_are_put_in_once(course):
    _, cells, lesson = course
    given = with_exercises(cells, lesson)
    assert without_exercises(given) == cells
    assert with_exercises(given, lesson) == given
    tagged = [(c["id"], "solution" in c["metadata"]["tags"]) for c in given]
    at = [name for name, _ in tagged].index("solutions")
    assert given[at]["source"] == "### Solutions"
    assert [name for name, solved in tagged if solved] == ["solutions", "cell-4"]
    assert tagged[at + 1] == ("cell-4", True)
    # Between the prompts and the heading: what a learner is handed.
    handed = learner(cells, lesson)
    assert [c["id"] for c in given[4:at]] == [c["id"] for c in handed[4:-1]]
    nbformat.validate(nbformat.from_dict(as_notebook(given)))


def test_a_class_of_a_notebook_with_room_for_answers_is_the_same(course):
    _, cells, lesson = course
    given = with_exercises(cells, lesson)
    assert learner(given, lesson) == learner(cells, lesson)
    assert instructor(given, lesson) == instructor(cells, lesson)
    assert exercise_numbers(given) == exercise_numbers(cells)


def test_a_notebook_without_solutions_is_left_as_it_is(course):
    _, cells, lesson = course
    assert with_exercises(cells[:4], lesson) == cells[:4]
    handed = learner(cells, lesson)
    assert with_exercises(handed, Lesson()) == handed


@pytest.mark.parametrize(
    "change",
    [
        lambda cells: cells.pop(6),
        lambda cells: cells.insert(4, cells.pop(6)),
        lambda cells: cells[5].update(source="answer_1 = 33"),
        lambda cells: cells[-3]["metadata"].pop("jp-MarkdownHeadingCollapsed"),
    ],
)
def test_exercises_that_are_not_the_lessons_are_named(course, change):
    _, cells, lesson = course
    given = copy.deepcopy(with_exercises(cells, lesson))
    assert exercise_problems(given, lesson) == []
    given[5]["metadata"]["collapsed"] = False  # as an editor adds
    assert exercise_problems(given, lesson) == []
    change(given)
    (line,) = exercise_problems(given, lesson)
    assert "do not agree with its lesson" in line


def test_answers_are_kept_with_those_of_other_notebooks(tmp_path):
    notebook = Notebook(tmp_path / "90_test.ipynb")
    add_answers(notebook, {})
    assert list(tmp_path.iterdir()) == []
    add_answers(notebook, {"90.1": {"expected": 1}, "90.2": {"expected": 2}})
    add_answers(Notebook(tmp_path / "9_other.ipynb"), {"9.1": {"expected": 3}})
    add_answers(notebook, {"90.1": {"expected": 4}})
    add_answers(notebook, {})
    path = tmp_path / "answers.json"
    assert read_key(path) == {"90.1": {"expected": 4}, "9.1": {"expected": 3}}
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(RequestError, match=r"answers\.json is damaged"):
        add_answers(notebook, {})


def test_accepting_puts_the_exercises_in_and_stores_their_answers(course, tmp_path, monkeypatch):
    built, _, lesson = course
    path = tmp_path / "90_test.ipynb"
    shutil.copy(built.parent / "90_test.ipynb", path)
    monkeypatch.setattr(accepting, "read_lesson", lambda name: lesson)
    _, problem = accepting.accept(Notebook(path))
    assert problem == ""
    stored = Notebook(path).cells
    assert exercise_problems(stored, lesson) == []
    (said,) = next(c for c in stored if c.get("id") == "check-90-1")["outputs"]
    assert "".join(said["text"]) == "90.1: not answered yet\n"
    assert read_key(tmp_path / "answers.json")["90.1"]["expected"] == 33
    wrong = replace(lesson, exercises=(replace(lesson.exercises[0], answer="answer_1 = {}"),))
    monkeypatch.setattr(accepting, "read_lesson", lambda name: wrong)
    before = path.read_text(encoding="utf-8")
    assert "not stored: 90_test: exercise 90.1 failed" in accepting.accept(Notebook(path))[1]
    assert path.read_text(encoding="utf-8") == before


def test_the_learner_gets_prompts_and_no_solution_or_output(course):
    built, *_ = course
    path = built / "learner" / "90_test.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "SECRET" not in path.read_text(encoding="utf-8")
    assert not any(c.outputs for c in notebook.cells if c.cell_type == "code")
    found = sources(path)
    assert PROMPTS in found
    assert "answer_1 = ..." in found
    assert 'from helpers.exercises import check\n\ncheck("90.2")' in found
    assert "*Three, in your own words:*" in found
    assert found[-1] == "## Key points"
    question = read_key(path.parent / "answers.json")["90.1"]
    assert (question["expected"], question["parameters"]) == (33, {"last": 3})


def test_the_instructor_gets_solutions_notes_timings_and_answers(course):
    built, *_ = course
    path = built / "instructor" / "90_test.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))
    text = "\n".join(sources(path))
    for part in ("SECRET", "Section 1, 20 minutes.** Let them guess", "Expected: 33 persons"):
        assert part in text
    assert "found by mistake: that is the largest of them" in text
    assert "shown before it is predicted" in path.read_text(encoding="utf-8")


def test_the_zip_holds_what_a_learners_machine_needs(course):
    built, *_ = course
    with zipfile.ZipFile(built / f"{HANDOUT}.zip") as packed:
        names = {name.removeprefix(f"{HANDOUT}/") for name in packed.namelist()}
        readme = packed.read(f"{HANDOUT}/README.md").decode()
        lock = packed.read(f"{HANDOUT}/requirements.lock").decode()
    needed = {"README.md", "pyproject.toml", "requirements.lock", "data/datapackage.json"}
    needed |= {"notebooks/90_test.ipynb", "notebooks/answers.json", "src/helpers/data.py"}
    assert needed <= names
    assert "vl-convert" not in lock  # what only the site needs
    assert "jupyterlab" in lock
    assert not any(n.startswith(("teaching", "tests", "runs")) or "__pycache__" in n for n in names)
    assert "notebooks/90_test.ipynb" in readme


def test_what_is_handed_out_can_be_installed(course, tmp_path, monkeypatch):
    built, *_ = course
    with zipfile.ZipFile(built / f"{HANDOUT}.zip") as packed:
        packed.extractall(tmp_path)
    monkeypatch.chdir(tmp_path / HANDOUT)
    made = build_editable(str(tmp_path))
    with zipfile.ZipFile(tmp_path / made) as wheel:
        names = wheel.namelist()
    assert [name for name in names if name.endswith("kernels/evidence/kernel.json")]
    assert [name for name in names if name.endswith("entry_points.txt")]
    assert "CONTRIBUTING.md" in NEXT
    assert (tmp_path / HANDOUT / "CONTRIBUTING.md").exists()


def test_the_same_class_is_the_same_bytes_and_others_files_are_left_alone(course, tmp_path):
    built, *_ = course
    path = built.parent / "90_test.ipynb"
    build([Notebook(path)], tmp_path / "again", str, lessons_in=built.parent)
    assert (tmp_path / "again" / f"{HANDOUT}.zip").read_bytes() == (
        built / f"{HANDOUT}.zip"
    ).read_bytes()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", encoding="utf-8")
    for out, says in (("mine", "no class build made"), ("mine/thesis.txt", "found a file")):
        with pytest.raises(RequestError, match=says):
            build([Notebook(path)], tmp_path / out, str, lessons_in=built.parent)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sum(people)\n", "sum(nobody)\n", r"exercise 90\.1 failed: NameError"),
        ("answer_1 = sum(people)", "answer_1 = 'many'", r"exercise 90\.1: the solution is no numb"),
        ("answer_1 = sum(people)", "answer_1 = {}", "expected numbers or texts"),
        ("value: max(people)", "value: max(", "failed: SyntaxError"),
    ],
)
def test_a_lesson_whose_solution_fails_stops_the_build(course, tmp_path, old, new, says):
    built, *_ = course
    assert old in LESSON
    (tmp_path / "90_test.yaml").write_text(LESSON.replace(old, new), encoding="utf-8")
    with pytest.raises(RequestError, match=says):
        build([Notebook(built.parent / "90_test.ipynb")], tmp_path / "c", str, lessons_in=tmp_path)
    assert not (tmp_path / "c").exists()
