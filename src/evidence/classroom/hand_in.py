"""Finds what each learner handed in: folders, zips, notebooks of another name."""

import json
import shutil
from dataclasses import dataclass, field

import nbformat

from evidence.classroom.mend import answered, marked
from evidence.classroom.unpack import LARGEST, unpack

SKIPPED = {".ipynb_checkpoints", "__MACOSX"}


@dataclass
class HandIn:
    """What one learner handed in."""

    learner: str
    known: frozenset = frozenset()  # names of the class's notebooks
    notebooks: dict = field(default_factory=dict)  # path -> cells
    problems: list = field(default_factory=list)  # of files that could not be read

    def best(self, name, released):
        """Choose the file that is a notebook of the class, and say what is unusual about it.

        Parameters
        ----------
        name : str
            For example "31_market_size".
        released : list of dict
            Its cells as they were handed out.

        Returns
        -------
        cells : list of dict or None
        remark : str
        """
        wanted = marked(released)
        found = [
            path
            for path, cells in self.notebooks.items()
            if path.stem == name or (wanted & marked(cells) and path.stem not in self.known)
        ]
        if not found:
            return None, self._nothing(name)
        answers = {path: answered(self.notebooks[path], released) for path in found}
        best = max(found, key=lambda p: (answers[p], p.stem == name, p.stat().st_mtime_ns))
        others = [path.name for path in found if path != best]
        parts = [f"graded from {best.name}"] if best.stem != name else []
        parts += [f"{' and '.join(others)} lies beside it and was not graded"] if others else []
        return self.notebooks[best], "; ".join(parts)

    def _nothing(self, name):
        damaged = [says for path, says in self.problems if path == f"{name}.ipynb"]
        if damaged:
            return damaged[0]
        said = [f"{path}: {says}" if path else says for path, says in self.problems]
        if said:
            return f"not handed in; {'; '.join(said)}"
        if not self.notebooks:
            return "nothing handed in here"
        return "not handed in"


def hand_ins(submissions, scratch, known):
    """Read what a class handed in.

    Parameters
    ----------
    submissions : pathlib.Path
        Holds one folder, or one zip, per learner; or is a zip of such folders.
    scratch : pathlib.Path
        Where zips are unpacked.
    known : iterable of str
        Names of the notebooks of the class.

    Returns
    -------
    list of HandIn
    problems : list of str
        Why a zip of the whole class is refused.
    """
    if submissions.is_file():
        problem = unpack(submissions, scratch / "class")
        if problem:
            return [], [problem]
        submissions = _single(scratch / "class")
    found = []
    for path in sorted(submissions.glob("[!.]*")):
        if path.name in SKIPPED or path.is_symlink():
            continue
        if path.is_dir() or path.suffix == ".zip":
            found.append(_read(path, scratch, frozenset(known)))
    return found, []


def _single(folder):
    """Return the folder in which the learners' folders are: a zip often has one around them."""
    inside = list(folder.glob("*"))
    if len(inside) == 1 and inside[0].is_dir() and not any(inside[0].glob("*.ipynb")):
        return inside[0]
    return folder


def _read(path, scratch, known):
    name = path.stem if path.suffix == ".zip" else path.name
    found = HandIn(name, known)
    zips = [path] if path.suffix == ".zip" else sorted(path.rglob("*.zip"))
    folders = [] if path.suffix == ".zip" else [path]
    for number, packed in enumerate(zips):
        target = scratch / "learners" / name / str(number)
        target.mkdir(parents=True)
        problem = unpack(packed, target)
        if problem:
            shutil.rmtree(target, ignore_errors=True)
            found.problems.append(("", problem))
        else:
            folders.append(target)
    for folder in folders:
        for file in sorted(folder.rglob("*.ipynb")):
            if SKIPPED & set(file.parts) or not file.is_file():
                continue
            cells, problem = _cells(file)
            if problem:
                found.problems.append((file.name, problem))
            else:
                found.notebooks[file] = cells
    return found


def _cells(path):
    """Read a notebook's cells, or say why it cannot be; nbformat fails in many ways if not."""
    if path.is_symlink():
        return None, "the file is a link, and is not followed"
    if path.stat().st_size > LARGEST:
        return None, f"the file is larger than {LARGEST // 1_000_000} MB"
    try:
        read = nbformat.read(path, as_version=4)
        nbformat.validate(read)
    except (AttributeError, TypeError, ValueError, RecursionError, nbformat.ValidationError):
        return None, "the file is not a notebook"
    return json.loads(json.dumps(read))["cells"], ""
