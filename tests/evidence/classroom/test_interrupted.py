"""A build that is interrupted while kernels run says so, and nothing else."""

import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals as on Linux")
# The first notebook's kernel interrupts the build while both kernels run a cell.
DRIVER = '''
import os, sys, time
from pathlib import Path
from evidence import cli
from evidence.classroom import build, expected

number, top = int(sys.argv[1]), Path(sys.argv[2])
CELL = """
import os, pathlib, time
pathlib.Path({top!r}, {name!r}).touch()
while len(list(pathlib.Path({top!r}).glob("*.began"))) < 2:
    time.sleep(0.05)
if {name!r} == "91_small.began":
    os.kill({pid}, {number})
time.sleep(60)
"""


async def questions(notebook, lesson):
    name = f"{notebook.name}.began"
    code = CELL.format(top=str(top), name=name, pid=os.getpid(), number=number)
    return await expected._run(notebook, [("a cell", code, [])])


build.questions = questions
cli.main(sys.argv[3:])
'''


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_only_that_it_was_interrupted_is_said(notebook, tmp_path, number):
    paths = [str(notebook(name=f"9{n}_small")) for n in (1, 2)]
    words = [str(int(number)), str(tmp_path), "class", "build", *paths, "--out"]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *words, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert len(list(tmp_path.glob("*.began"))) == 2
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "evidence: interrupted\n")
    assert not (tmp_path / "out").exists()
