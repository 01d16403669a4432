"""Draws the charts of one point of a sweep, which recorded their text alone."""

import ast
import tempfile
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import write_whole
from evidence.folder import place
from evidence.folder.manifest import read_manifest
from evidence.notebooks.files import Notebook, find, source_of, tags_of
from evidence.run.cache import Cache
from evidence.run.execute import execute
from evidence.run.plan import Job
from evidence.run.running import CACHE
from evidence.run.task import without_pictures
from evidence.run.workers import local


def draw_point(folder, point, notebook=None):
    """Put the pictures of one point into its executed notebook: computed, or known already.

    Parameters
    ----------
    folder : path
        The run folder of a sweep.
    point : str
        Its number, for example "7" or "007".
    notebook : path, optional
        The swept notebook, if it is not one of the collection.

    Returns
    -------
    pathlib.Path
        The executed notebook, which now holds pictures.

    Raises
    ------
    RequestError
        If there is no such point, or it fails now, or gives other results than it did.
    """
    entry = _entry(folder, point)
    target = Path(folder) / entry["file"]
    (source,) = find([notebook or entry["notebook"]], without=entry.get("without", ()))
    drawn = _drawn(entry, target, source)
    if without_pictures(drawn) != without_pictures(target.read_text(encoding="utf-8")):
        raise RequestError(
            f"{target}: gives other results now (notebook, tables or helpers changed), "
            "so it is left as it is; run the sweep again"
        )
    write_whole(target, drawn)
    return target


def _drawn(entry, target, source):
    """Return the executed notebook of a point, with pictures."""
    injected = (c for c in Notebook(target).cells if "injected-parameters" in tags_of(c))
    lines = [line for cell in injected for line in ast.parse(source_of(cell)).body]
    names = [line.targets[0].id for line in lines if isinstance(line, ast.Assign)]
    number = target.stem.removeprefix(f"{entry['notebook']}.")
    job = Job(source, {name: entry["parameters"][name] for name in names}, number)
    with tempfile.TemporaryDirectory() as scratch:
        cache = Cache(place.RUNS / CACHE)
        (outcome,) = execute([job], Path(scratch), local(1), lambda _: None, cache)
        if outcome.status != "done":
            raise RequestError(f"{job.label} {outcome.status}: {outcome.problem}")
        return (Path(scratch) / target.name).read_text(encoding="utf-8")


def _entry(folder, point):
    """Return what the manifest says of a point, which has to be done."""
    points = {}
    for entry in read_manifest(folder)["notebooks"]:
        number = entry["file"].removeprefix(f"{entry['notebook']}.").removesuffix(".ipynb")
        if number.isdigit():
            points[int(number)] = entry
    if not points:
        raise RequestError(f"{folder}: not a sweep, so it has no points")
    entry = points.get(int(point)) if point.isdecimal() and len(point) < 10 else None
    if entry is None:
        raise RequestError(f"point {point}: expected a number from 1 to {max(points)}")
    if entry["status"] != "done":
        raise RequestError(f"point {point} {entry['status']}: {entry['problem']}")
    return entry
