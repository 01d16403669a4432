"""What a result can depend on is the folder helpers, and nothing of the tool."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from evidence.files import ROOT

STATE = """
import json, sys
from pathlib import Path
from evidence.folder.manifest import input_digests
from evidence.notebooks.files import Notebook
from evidence.run.depends import parts
from evidence.run.plan import Job
from evidence.warm.place import key
notebook = Notebook(Path(sys.argv[1]))
print(json.dumps({
    "reused": parts(notebook.cells, notebook.path.parent, {}),
    "warm kernel": key([sys.executable], {}),
    "compare": input_digests([Job(notebook)]),
}))
"""


@pytest.fixture
def copy(tmp_path, notebook):
    """Copy the source and return how to edit a file of it and what the state is then."""
    source = shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = notebook("seed: int = 1  # start [; 0..]", "from helpers.market import model")

    def state(edited=None):
        if edited:
            with (source / edited).open("a", encoding="utf-8") as file:
                file.write("\n# edited\n")
        environment = os.environ | {"PYTHONPATH": str(source)}
        command = [sys.executable, "-c", STATE, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        return json.loads(done.stdout)

    return state


def test_an_edited_page_reruns_nothing_retires_no_kernel_and_is_not_compared(copy):
    before = copy()
    assert any(name.startswith("src/helpers/") for name in before["compare"])
    assert copy("evidence/site/pages.py") == before
    assert copy("evidence/run/progress.py") == before


def test_an_edited_helper_does_all_three(copy):
    before, after = copy(), copy("helpers/methods/uncertain.py")
    assert all(before[what] != after[what] for what in before)
