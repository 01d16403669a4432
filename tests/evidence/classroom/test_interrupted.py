"""A build that is interrupted while kernels run says so, and nothing else."""

import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals as on Linux")
# The build is interrupted, once or again and again, while both kernels run a cell.
DRIVER = '''
import os, sys, threading, time
from pathlib import Path
from evidence import cli
from evidence.classroom import build, expected

number, times, top = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
CELL = """
import pathlib, time
pathlib.Path({top!r}, {name!r}).touch()
time.sleep(60)
"""


def interrupt():
    while len(list(top.glob("*.began"))) < 2:
        time.sleep(0.05)
    for _ in range(times):
        os.kill(os.getpid(), number)
        time.sleep(0.005)


async def questions(notebook, lesson):
    name = f"{notebook.name}.began"
    code = CELL.format(top=str(top), name=name)
    return await expected._run(notebook, [("a cell", code, [])])


build.questions = questions
threading.Thread(target=interrupt, daemon=True).start()
cli.main(sys.argv[4:])
'''


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_only_that_it_was_interrupted_is_said(notebook, tmp_path, number, times):
    paths = [str(notebook(name=f"9{n}_small")) for n in (1, 2)]
    words = [str(int(number)), str(times), str(tmp_path), "class", "build", *paths, "--out"]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, *words, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert len(list(tmp_path.glob("*.began"))) == 2
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "evidence: interrupted\n")
    assert not (tmp_path / "out").exists()
