"""Writes the folders of a course: learner's and instructor's notebooks, and the zip to hand out."""

import asyncio
import json
import shutil
import zipfile
from pathlib import Path

from evidence.classroom.expected import carry_out, questions
from evidence.classroom.lessons import FOLDER, read_lesson
from evidence.classroom.printed import PRINTED, write_sheets
from evidence.classroom.versions import as_notebook, instructor, learner
from evidence.errors import RequestError
from evidence.files import ROOT, write_whole
from helpers.exercises.check import KEY, folded

HANDOUT = "evidence-class"
# What a learner's machine needs besides the notebooks.
NEEDED = (
    "src/helpers",
    "src/evidence",
    "data",
    "Makefile",
    "pyproject.toml",
    "environment.yml",
    "LICENSE",
    "CITATION.cff",
    "CONTRIBUTING.md",  # `evidence new` sends learners there
)
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
MARK = "Made by `evidence class build`. Everything in this folder is written anew each time.\n"


def build(notebooks, folder, progress, workers=2, lessons_in=FOLDER):
    """Write a course into a folder.

    Parameters
    ----------
    notebooks : list of evidence.notebooks.files.Notebook
    folder : pathlib.Path
        Receives `learner`, `instructor`, `print` and the zip; made anew if an earlier build made
        it.
    progress : callable
        Called with the name of each notebook whose answers are computed.
    workers : int
        Notebooks run at a time.
    lessons_in : pathlib.Path
        Folder of the lessons.

    Returns
    -------
    pathlib.Path
        The zip to hand out.

    Raises
    ------
    RequestError
        If the folder holds something else, or a lesson or its notebook is not as it should be.
    """
    lessons = {notebook.name: read_lesson(notebook.name, lessons_in) for notebook in notebooks}
    _refuse_others_folder(folder)
    key = carry_out(_key(notebooks, lessons, progress, workers))
    _empty(folder)
    for version in ("learner", "instructor"):
        (folder / version).mkdir(parents=True)
        write_whole(folder / version / KEY, folded(key))
    expected = {name: question["expected"] for name, question in key.items()}
    for notebook in notebooks:
        lesson = lessons[notebook.name]
        written = {
            "learner": learner(notebook.cells, lesson),
            "instructor": instructor(notebook.cells, lesson, expected),
        }
        for version, cells in written.items():
            content = json.dumps(as_notebook(cells), indent=1, ensure_ascii=False)
            write_whole(folder / version / notebook.path.name, content + "\n")
    shutil.copy(ROOT / "teaching" / "README.md", folder / "instructor" / "README.md")
    (folder / PRINTED).mkdir()
    write_sheets(folder / PRINTED, notebooks, key, lessons_in)
    return zip_handout(folder, notebooks)


def zip_handout(folder, notebooks, root=ROOT):
    """Pack the learner's notebooks with the tables and code they need, the same bytes each time.

    Returns
    -------
    pathlib.Path
    """
    files = {}
    for needed in NEEDED:
        if not (root / needed).exists():
            raise RequestError(f"{needed}: not found, and a learner's machine needs it")
        for path in _files(root / needed):
            files[path.relative_to(root).as_posix()] = path
    # Without what only tests, the site and benches need.
    files["requirements.lock"] = root / "teaching" / "learner.lock"
    for path in _files(folder / "learner"):
        files[f"notebooks/{path.name}"] = path
    target = folder / f"{HANDOUT}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        first = (Path(__file__).parent / "handout.md").read_text(encoding="utf-8")
        first = first.replace("FIRST", min(notebook.path.name for notebook in notebooks))
        packed.writestr(_entry("README.md"), first)
        for name, path in sorted(files.items()):
            packed.writestr(_entry(name), path.read_bytes())
    return target


def _entry(name):
    entry = zipfile.ZipInfo(f"{HANDOUT}/{name}", date_time=(2000, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _files(path):
    if path.is_file():
        return [path]
    found = (p for p in path.rglob("*") if p.is_file() and not LEFT_OUT & set(p.parts))
    return sorted(found)


def _refuse_others_folder(folder):
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder}: expected a folder, found a file")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "MADE").exists():
        raise RequestError(
            f"{folder}: holds something that no class build made; name another --out"
        )


def _empty(folder):
    """Remove what an earlier build wrote; submissions and grades beside it stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for version in ("learner", "instructor", PRINTED):
        shutil.rmtree(folder / version, ignore_errors=True)
    (folder / "MADE").write_text(MARK, encoding="utf-8")


async def _key(notebooks, lessons, progress, workers):
    """Compute the expected answers of all lessons, several notebooks at a time."""
    from nbclient.exceptions import DeadKernelError

    places = asyncio.Semaphore(workers)

    async def one(notebook):
        async with places:
            try:
                found = await questions(notebook, lessons[notebook.name])
            except DeadKernelError:
                raise RequestError(f"{notebook.name}: its kernel died; build again") from None
            progress(notebook.name)
            return found

    failures = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(notebook)) for notebook in notebooks]
    except* RequestError as failed:
        failures = failed.exceptions
    if failures:
        # The others were cancelled; the first reason is what a person can act on.
        raise failures[0]
    return {name: question for task in tasks for name, question in task.result().items()}
