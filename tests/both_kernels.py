"""The collection in kernels that are forked and in kernels that are started alone: same outputs.

nbval runs every notebook in a forked kernel anyway; what it saw, pictures too, is compared with one
more run in an ordinary kernel. Without ``--nbval`` the forked kernel is run here.
"""

import nbformat
import pytest
from nbval.plugin import IPyNbCell, coalesce_streams

from evidence.notebooks.files import FOLDER
from evidence.run.task import Task, environment, run_task


class OrdinaryKernel(pytest.File):
    """What is tested of a notebook beside nbval's cells."""

    def collect(self):
        """One test."""
        item = SameOutputs.from_parent(self, name="same outputs in an ordinary kernel")
        item.add_marker("slow")  # the stored outputs, which nbval compares, are of ordinary kernels
        yield item


class SameOutputs(pytest.Item):
    """Runs a notebook in an ordinary kernel, and compares it with what a forked one showed."""

    def runtest(self):
        """Compare cell by cell, pictures byte by byte."""
        seen = self.session.stash.setdefault(SEEN, {}).pop(self.path, None)
        forked = executed(self.path, cold=False) if seen is None else seen
        alone = executed(self.path, cold=True)
        assert len(forked) == len(alone)
        for number, (one, other) in enumerate(zip(forked, alone, strict=True)):
            assert one == other, f"code cell {number}"

    def repr_failure(self, excinfo):
        """Say which cell differs; pictures are long."""
        return str(excinfo.value)[:2000]

    def reportinfo(self):
        """Name the notebook."""
        return self.path, 0, f"{self.path.name}: {self.name}"


SEEN = pytest.StashKey()


def pytest_collect_file(file_path, parent):
    """Test each notebook of the collection."""
    if file_path.suffix == ".ipynb" and file_path.parent == FOLDER:
        return OrdinaryKernel.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(items):
    """Let a notebook's cells come before their comparison, in one row on one worker."""
    ours = [item for item in items if isinstance(item, SameOutputs)]
    for item in ours:
        items.remove(item)
        same = [at for at, other in enumerate(items) if other.path == item.path]
        items.insert(same[-1] + 1 if same else len(items), item)
    for item in items:
        if isinstance(item, IPyNbCell):  # whose clients leave event loops and sockets to collect
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            name = "ignore::pytest.PytestUnraisableExceptionWarning"
            item.add_marker(pytest.mark.filterwarnings(name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """Start nbval's kernels in the environment of a run: a sum's last bits depend on threads."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        if isinstance(item, IPyNbCell):
            for name, value in environment(cold=False).items():
                monkeypatch.setenv(name, value)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Keep what a cell of nbval's shows."""
    try:
        return (yield)
    finally:
        if isinstance(item, IPyNbCell):
            seen = item.session.stash.setdefault(SEEN, {}).setdefault(item.path, [])
            seen.append(shown(item.test_outputs or []))


def executed(path, *, cold):
    """Run a notebook as `evidence run` does; return what each of its code cells shows."""
    task = Task(path.stem, path.read_text(encoding="utf-8"), str(path.parent), {}, cold=cold)
    outcome, text = run_task(task)
    assert not outcome.problem, outcome.problem
    assert outcome.kernel == "ordinary" or not cold
    cells = nbformat.reads(text, as_version=4).cells
    return [shown(cell.outputs) for cell in cells if cell.cell_type == "code"]


def shown(outputs):
    """Return outputs without counts, in one form whoever collected them."""
    kept = ("output_type", "name", "text", "data", "metadata", "ename", "evalue")
    merged = coalesce_streams([nbformat.from_dict(dict(output)) for output in outputs])
    return [{k: v for k, v in output.items() if k in kept and v != {}} for output in merged]
