"""Small notebooks and tables that tests write."""

import shutil
import signal

import both_kernels
import pytest
from click.testing import CliRunner
from hypothesis import settings
from support import write_notebook

from evidence import cli
from evidence.checks import tables as table_checks
from evidence.folder import place
from evidence.tables import accept as sealing
from helpers import data

# No test depends on how fast a machine is.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


# Files that take longest begin first, so that no worker waits for another at the end.
LONG = (
    "test_site_browser.py",
    "test_lab_browser.py",
    "test_build.py",
    "test_warm.py",
)


def pytest_configure(config):
    """Test the notebooks too, wherever they stand, with Ctrl-C as in a terminal."""
    config.pluginmanager.register(both_kernels)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a script
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which the commands begin with


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes long: the files above, the notebooks, then the rest."""

    def rank(item):
        if item.path.name in LONG:
            return LONG.index(item.path.name)
        return len(LONG) + (item.path.suffix != ".ipynb")

    items.sort(key=rank)


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook with the given parameters cell and code cells; return its path."""

    def write(parameters="seed: int = 1  # start [; 0..]", *code, name="90_test"):
        return write_notebook(tmp_path, parameters, *code, name=name)

    return write


@pytest.fixture
def evidence(monkeypatch, tmp_path):
    """Run the command in this process; runs/ is in a folder of its own."""
    monkeypatch.setattr(place, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(table_checks, "check_tables", lambda: [])
    monkeypatch.setattr(sealing, "seal_tables", lambda why=None: True)

    def run(*words):
        return CliRunner().invoke(cli.main, [str(word) for word in words])

    return run


@pytest.fixture
def tables(tmp_path):
    """Copy the data package to a folder of its own and return the folder."""
    folder = tmp_path / "data"
    shutil.copytree(data.FOLDER, folder)
    yield folder
    data._resources.cache_clear()
