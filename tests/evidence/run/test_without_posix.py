"""Windows can follow: what it has not is hidden from Python, its workers and its kernels."""

import json
import os
import subprocess
import sys
import tempfile

import pytest
from support import PATIENCE, SETUP

# Python imports this first, in the command, its worker processes and its kernels alike. Libraries
# go another way on Windows by the platform's name, which stays: these need what is then hidden.
HIDE = """
import ipykernel.kernelapp, multiprocessing.popen_spawn_posix, os, pty, resource, signal, socket
import subprocess, sys, tempfile

pair = socket.socketpair
unix = socket.AF_UNIX
socket.socketpair = lambda family=None, *kind: pair(family or unix, *kind)
GONE = {
    os: "fork forkpty getuid geteuid getgid getpgid killpg setsid symlink "
        "sched_getaffinity mkfifo chown",
    signal: "SIGCHLD SIGHUP SIGALRM",
    socket: "AF_UNIX SOCK_SEQPACKET send_fds recv_fds MSG_DONTWAIT",
}
for module, names in GONE.items():
    for name in names.split():
        delattr(module, name)
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty"):
    sys.modules[name] = None
os.O_TEMPORARY = 0
"""
COMMAND = """
import sys
from pathlib import Path
from evidence.folder import place
place.RUNS = Path(sys.argv.pop(1))
from evidence.cli import main
main()
"""
TOLD = """
import json, os
from pathlib import Path
from ipykernel.connect import get_connection_file
connection = json.loads(Path(get_connection_file()).read_text())
forks = "forks" if hasattr(os, "fork") else "no fork"
private = "encrypted" if "curve_publickey" in connection else "in the clear"
record("kernel", f"{connection['transport']}, {private}, {forks}", unit="word")
"""


@pytest.fixture
def windows(tmp_path):
    """Run the command in processes that have what Windows has."""
    (tmp_path / "sitecustomize.py").write_text(HIDE, encoding="utf-8")
    with tempfile.TemporaryDirectory() as own:  # where no command that has locks clears up
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TMPDIR": own}

        def run(*words):
            return subprocess.run(
                [sys.executable, "-c", COMMAND, tmp_path / "runs", *words],
                env=environment,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )

        yield run


@pytest.mark.slow
def test_a_notebook_runs_in_an_ordinary_kernel_over_tcp(notebook, windows, tmp_path):
    path = notebook("seed: int = 7  # start [; 0..]", SETUP, TOLD)
    done = windows("run", path, "--out", tmp_path / "out")
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "1 of 1 done, 1 in ordinary kernels" in done.stdout
    shown = windows("results", tmp_path / "out", "--format", "json")
    (row,) = json.loads(shown.stdout)
    assert row["value"] == "tcp, encrypted, no fork"


@pytest.mark.parametrize("command", ["list", "check"])
def test_the_collection_is_read_and_checked(windows, command):
    done = windows(command)
    assert done.returncode == 0 and not done.stderr, done.stderr
