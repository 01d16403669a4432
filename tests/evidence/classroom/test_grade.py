"""What learners hand in is graded apart, in order, and with a remark that says what happened."""

import copy
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from evidence.classroom import grade as grading
from evidence.classroom.command import commands
from evidence.classroom.grade import Grade
from evidence.classroom.hand_in import hand_ins
from evidence.classroom.lessons import Exercise, Lesson
from evidence.classroom.mend import mended
from evidence.classroom.overview import by_exercise, write_overview
from evidence.classroom.record import EMPTY, _problem
from evidence.classroom.sandbox import Sandbox, environment, find_sandbox
from evidence.classroom.stick import make_stick
from evidence.classroom.unpack import unpack
from evidence.classroom.versions import answers, as_notebook, check_of, learner
from evidence.errors import RequestError
from helpers.exercises.check import folded

SUM = Exercise("90.1", "Assign to `answer_1` it.", "number", "answer_1 = 10 + 23")
WORD = Exercise("90.2", "Assign to `answer_2` it.", "word", "answer_2 = 'rice'", points=2)
LESSON = Lesson(exercises=(SUM, WORD))
CELLS = [
    {
        "cell_type": "markdown",
        "metadata": {},
        "source": "**One.** What?\n\n**Two.** Which?",
        "id": "a",
    },
    {"cell_type": "code", "metadata": {"tags": ["solution"]}, "source": "33", "id": "b"},
]
CELLS[1] |= {"outputs": [], "execution_count": None}
GIVEN, SOLVED = learner(CELLS, LESSON), answers(CELLS, LESSON)
KEY = {
    "90.1": {"kind": "number", "expected": 33},
    "90.2": {"kind": "word", "expected": "rice"},
}


def place(cells, name):
    return next(i for i, cell in enumerate(cells) if cell["id"] == name)


def changed(name=None, source=None, copies=(), gone=()):
    """Return the solved notebook with a cell's source changed, cells copied, or cells gone."""
    cells = copy.deepcopy(SOLVED)
    if name:
        cells[place(cells, name)]["source"] = source
    for copied, text in copies:
        at = place(cells, copied)
        twin = copy.deepcopy(cells[at]) | {"id": f"twin-{len(cells)}"}
        cells.insert(at + 1, twin | ({"source": text} if text else {}))
    return [cell for cell in cells if cell["id"] not in gone]


def run(cells):
    """Run code cells as a learner's kernel would; return what each check meets."""
    names, met = {}, {}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        if check_of(cell):
            met[check_of(cell)] = names.get(f"answer_{check_of(cell)[3:]}", "nothing")
        else:
            exec(cell["source"], names)
    return met


RIGHT = {"90.1": 33, "90.2": "rice"}
SPLIT = [("answer-90-1", "answer_1 = total")]


@pytest.mark.parametrize(
    ("cells", "remark"),
    [
        (changed(), ""),
        (changed(copies=[("answer-90-1", "")]), "answer-90-1 is there twice"),
        (changed("answer-90-1", "total = 33", SPLIT), "answer-90-1 is there twice"),
        (changed(copies=[("answer-90-1", "answer_1 = ...")]), "answer-90-1 is there twice"),
        (changed(copies=[("check-90-1", "")]), "check 90.1 is there twice"),
        (changed(gone=["check-90-1"]), ""),
    ],
)
def test_cells_out_of_order_cost_nothing(cells, remark):
    out, remarks = mended(cells, GIVEN)
    assert run(out) == RIGHT
    assert remark in remarks.get("90.1", "")
    assert bool(remarks.get("90.1")) == bool(remark)
    assert "90.2" not in remarks
    assert len({cell["id"] for cell in out}) == len(out)
    marks = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in out]
    assert sorted(filter(None, marks)) == ["answer-90-1", "answer-90-2", "check-90-1", "check-90-2"]


def test_an_answer_in_a_cell_of_its_own_is_found_and_a_missing_one_is_named():
    cells = changed(gone=["answer-90-1"])
    free = {"cell_type": "code", "metadata": {}, "source": "answer_1 = 33", "id": "mine"}
    out, remarks = mended([*cells, free], GIVEN)
    assert run(out) == RIGHT
    assert "answer_1 was found in another" in remarks["90.1"]
    out, remarks = mended(cells, GIVEN)
    assert run(out) == RIGHT | {"90.1": "nothing"}
    assert remarks["90.1"] == "the cell answer-90-1 is missing"


def test_code_written_into_a_check_is_kept():
    code = "from helpers.exercises import check\n\nanswer_1 = 33"
    out, _ = mended(changed("check-90-1", code), GIVEN)
    assert run(out) == RIGHT
    assert any(cell["source"] == code for cell in out)


@pytest.fixture
def course(tmp_path):
    """A class of two notebooks, and a way to hand in."""
    built = tmp_path / "class"
    (built / "learner").mkdir(parents=True)
    (built / "learner" / "answers.json").write_text(folded(KEY), encoding="utf-8")
    (built / "learner" / "90_test.ipynb").write_text(json.dumps(as_notebook(GIVEN)), "utf-8")
    other = json.loads(json.dumps(GIVEN).replace("90.", "91.").replace("-90-", "-91-"))
    (built / "learner" / "91_test.ipynb").write_text(json.dumps(as_notebook(other)), "utf-8")

    def hand(name, cells):
        path = tmp_path / "handed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(as_notebook(cells)), encoding="utf-8")
        return path

    hand.built, hand.handed = built, tmp_path / "handed"
    return hand


def test_a_class_is_graded_with_what_happened_to_each(course):
    deadly = changed("answer-90-1", "import os\n\nos._exit(1)")
    course("dies/90_test-Copy1.ipynb", deadly)
    course("slow/week 1/90_test.ipynb", changed("answer-90-1", "while True:\n    pass"))
    course("wrong/90_test.ipynb", changed("answer-90-1", "answer_1 = 3300"))
    (course.handed / "nobody").mkdir()
    (course.handed / "broken").mkdir()
    (course.handed / "broken" / "90_test.ipynb").write_text("no notebook", encoding="utf-8")
    line = ["grade", str(course.handed), "--class", str(course.built), "--limit", "5"]
    done = CliRunner().invoke(commands, [*line, "--jobs", "2"])
    assert done.exit_code == 0, done.output
    for said in ("Learners' code is kept apart by", "Nobody handed in 91_test: not counted"):
        assert said in done.output
    for name, points in (("dies", 2), ("slow", 2), ("wrong", 2), ("nobody", 0), ("broken", 0)):
        assert f"{name}: {points} of 3" in done.output
    rows = (course.built / "grades.csv").read_text(encoding="utf-8")
    assert "graded from 90_test-Copy1.ipynb" in rows
    for says in (
        'dies,90_test,90.1,0.0,1.0,"stopped: a cell ended the kernel',
        "slow,90_test,90.1,0.0,1.0,stopped: a cell ran longer than the limit",
        "wrong,90_test,90.1,0.0,1.0,answer_1: a hundred times too large",
        "nobody,90_test,90.1,0.0,1.0,nothing handed in here",
        "broken,90_test,90.1,0.0,1.0,the file is not a notebook",
    ):
        assert says in rows
    overview = (course.built / "overview.md").read_text(encoding="utf-8")
    assert "| 90.1 90_test | 0 of 5 |" in overview
    assert "| 90.2 90_test | 3 of 5 |" in overview


def test_code_finds_no_network_no_file_of_the_user_and_nowhere_to_write(tmp_path):
    sandbox = find_sandbox()
    if sandbox.name == "none":
        pytest.skip("neither bubblewrap nor unshare works here, and grading says so")
    folder, secret = tmp_path / "work", tmp_path / "others" / "answer.txt"
    for path in (folder, secret.parent):
        path.mkdir()
    secret.write_text("33", encoding="utf-8")
    code = f"""
import json, os, pathlib, socket
def fails(work):
    try: work()
    except OSError: return True
    return False
json.dump({{
    "network": fails(lambda: socket.create_connection(("127.0.0.1", 9), 1)),
    "outside": fails(lambda: socket.create_connection(("192.0.2.1", 80), 1)),
    "read": not pathlib.Path({str(secret)!r}).exists(),
    "home": not list(pathlib.Path({str(Path.home())!r}).glob(".bash*")),
    "write": fails(lambda: open("/usr/evil", "w")),
    "others": len([p for p in os.listdir("/proc") if p.isdigit()]) < 5,
    "variables": "SECRET_OF_TEACHER" not in os.environ,
}}, open("found.json", "w"))
"""
    os.environ["SECRET_OF_TEACHER"] = "1"
    try:
        line = sandbox.command([sys.executable, "-c", code], folder, [secret.parent])
        subprocess.run(line, cwd=folder, env=environment(folder), check=True, timeout=60)
    finally:
        del os.environ["SECRET_OF_TEACHER"]
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    assert found == dict.fromkeys(found, True)


def test_where_nothing_keeps_code_apart_it_is_said(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    found = find_sandbox()
    assert (found.name, "runs as you" in found.keeps) == ("none", True)
    assert found.command(["a", "b"], Path()) == ["a", "b"]


def test_a_sandbox_that_cannot_start_costs_nobody_a_grade(course):
    course("full/90_test.ipynb", SOLVED)

    class Broken(Sandbox):
        def command(self, argv, folder, hidden=()):
            return [sys.executable, "-c", "raise SystemExit('no room')"]

    with pytest.raises(RequestError, match=r"no notebook could be started \(no room\)"):
        grading.grade(course.handed, course.built, 5, str, Broken("broken", ""))


def entry(name, mode=0):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


@pytest.mark.parametrize(
    ("made", "content", "says"),
    [
        (entry("../90_test.ipynb"), "x", "outside its folder"),
        (entry("a/../../90_test.ipynb"), "x", "outside its folder"),
        (entry("/etc/90_test.ipynb"), "x", "outside its folder"),
        (entry("C:/90_test.ipynb"), "x", "outside its folder"),
        (entry("..\\90_test.ipynb"), "x", "outside its folder"),
        (entry("90_test.ipynb", stat.S_IFLNK | 0o777), "/etc/passwd", "a link or a device"),
        (entry("90_test.ipynb"), "0" * 30_000_000, "unpacks to 30 MB"),
    ],
)
def test_a_zip_that_could_do_harm_is_refused_whole(tmp_path, made, content, says):
    path, target = tmp_path / "in.zip", tmp_path / "deep" / "target"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("good.ipynb", "{}")
        packed.writestr(made, content)
    assert says in unpack(path, target)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["in.zip"]


@pytest.mark.skipif(os.name == "nt", reason="signals as on Linux")
@pytest.mark.parametrize("keeps", [find_sandbox(), Sandbox("none", "")], ids=lambda s: s.name)
def test_ctrl_c_ends_a_grading_at_once_and_leaves_the_earlier_grades(
    course, tmp_path, monkeypatch, keeps
):
    waits = "import pathlib, time\npathlib.Path('began').touch()\ntime.sleep(300)"
    for name in ("one", "two", "three"):
        course(f"{name}/90_test.ipynb", changed("answer-90-1", waits))
    (course.built / "grades.csv").write_text("marked by hand", encoding="utf-8")
    scratch = tmp_path / "t"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))

    def interrupt():
        while len(list(scratch.glob("g-*/began"))) < 2:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        grading.grade(course.handed, course.built, 120, print, keeps, jobs=2)
    assert time.monotonic() - begun < 60
    assert (course.built / "grades.csv").read_text(encoding="utf-8") == "marked by hand"
    assert not list(scratch.iterdir()) and not list(course.built.glob("grading*"))


def test_a_zip_gives_its_notebooks_and_nothing_else(tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name in ("week/90_test.ipynb", "__MACOSX/90_test.ipynb", "run.sh"):
            packed.writestr(name, json.dumps(as_notebook(SOLVED)))
    assert unpack(path, tmp_path / "target") == ""
    files = [p for p in (tmp_path / "target").rglob("*") if p.is_file()]
    assert [p.relative_to(tmp_path / "target").as_posix() for p in files] == ["week/90_test.ipynb"]
    path.write_bytes(b"PK no zip")
    assert "cannot be unpacked" in unpack(path, tmp_path / "other")


def test_the_copy_that_holds_answers_is_taken_and_a_link_is_not_followed(course):
    course("two/90_test.ipynb", GIVEN)
    course("two/90_test-Copy1.ipynb", SOLVED)
    (course.handed / "linked").mkdir()
    (course.handed / "linked" / "90_test.ipynb").symlink_to(course("x/a.ipynb", SOLVED))
    found, _ = hand_ins(course.handed, course.handed.parent / "scratch", ["90_test"])
    of = {each.learner: each.best("90_test", GIVEN) for each in found}
    cells, remark = of["two"]
    assert cells[place(cells, "answer-90-1")]["source"] == "answer_1 = 10 + 23"
    assert remark.startswith("graded from 90_test-Copy1.ipynb; 90_test.ipynb lies beside it")
    assert of["linked"] == (None, "the file is a link, and is not followed")
    assert of["x"][1] == "graded from a.ipynb"


def test_the_overview_counts_learners_and_puts_the_commonest_mistake_first(tmp_path):
    rows = [
        Grade("a", "90_test", "90.1", 1, 1, ""),
        Grade("b", "90_test", "90.1", 0, 1, "answer_1: too large"),
        Grade("c", "90_test", "90.1", 0, 1, "no | answer"),
        Grade("d", "90_test", "90.1", 0, 1, "answer_1: too large"),
    ]
    (row,) = by_exercise(rows)
    assert (row["right"], row["learners"]) == (1, 4)
    assert row["said"] == [("too large", ["b", "d"]), ("no | answer", ["c"])]
    write_overview(rows, tmp_path / "overview.md", Sandbox("none", "nothing"))
    text = (tmp_path / "overview.md").read_text(encoding="utf-8")
    assert "1 of 4 | 2: too large (b, d)<br>1: no \\| answer (c)" in text


def test_grading_again_keeps_what_was_marked_by_hand(tmp_path):
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "gradebook.db").write_bytes(b"marked by hand")
    (tmp_path / "grades.csv").write_text("mine", encoding="utf-8")
    kept = grading.keep_earlier(tmp_path)
    assert kept.parent == tmp_path
    assert (kept / "grading" / "gradebook.db").read_bytes() == b"marked by hand"
    assert (kept / "grades.csv").read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [kept]
    assert grading.keep_earlier(tmp_path) is None


def test_a_request_to_grade_that_cannot_be_carried_out(course, tmp_path):
    sandbox = Sandbox("none", "")
    (tmp_path / "empty").mkdir()
    with pytest.raises(RequestError, match="one folder or zip per learner"):
        grading.grade(tmp_path / "empty", course.built, 5, str, sandbox)
    with pytest.raises(RequestError, match="run `evidence class build` first"):
        grading.grade(tmp_path, tmp_path, 5, str, sandbox)
    course("full/90_test.ipynb", SOLVED)
    with pytest.raises(RequestError, match="holds nothing of it to grade"):
        grading.grade(course.handed, course.built, 5, str, sandbox, ["92_none"])
    with pytest.raises(RequestError, match="run `evidence class build` first"):
        make_stick(tmp_path, tmp_path / "stick", ["linux"], ["3.12"], str)
    for line, says in (
        (["grade", str(tmp_path / "none")], "no such folder"),
        (["grade", str(tmp_path), "--session", "9"], "--session is 9, expected one of 1, 2"),
        (["build", "31", "--session", "3"], "name none, or leave it out"),
    ):
        assert says in str(CliRunner().invoke(commands, line).exception)


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"cells": 1}', '"x"', "\xff"])
def test_a_file_that_is_no_notebook_is_known(tmp_path, content):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "x.ipynb").write_bytes(content.encode("latin-1"))
    (found,), _ = hand_ins(tmp_path, tmp_path / "scratch", ["x"])
    assert found.problems == [("x.ipynb", "the file is not a notebook")]


def test_what_nbgrader_said_last_is_the_problem():
    said = {"success": False, "error": "", "log": "It began\nThe cause\n\n"}
    assert _problem(said) == "The cause"
    said["log"] = "  a.b.SomeError: why\nTold to look above\n"
    assert _problem(said) == "a.b.SomeError: why"
    assert _problem({"success": False}) == EMPTY
