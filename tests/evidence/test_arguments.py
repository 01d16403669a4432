"""Paths as the commands take them."""

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from evidence import cli
from evidence.arguments import Place

COMMANDS = [
    (("run", "--out", ""), "--out"),
    (("sweep", "31", "--out", ""), "--out"),
    (("sweep", "31", "--grid", ""), "--grid"),
    (("show", "", "1"), "DIR"),
    (("show", "x", "1", "--notebook", ""), "--notebook"),
    (("results", ""), "DIR"),
    (("compare", "x", ""), "DIR_B"),
    (("site", "--run", ""), "--run"),
    (("site", "--out", ""), "--out"),
    (("class", "build", "--out", ""), "--out"),
    (("class", "grade", ""), "SUBMISSIONS"),
    (("class", "grade", "x", "--class", ""), "--class"),
    (("class", "stick", ""), "OUT"),
    (("add", "source", "--from", ""), "--from"),
]


@pytest.mark.parametrize(("words", "name"), COMMANDS)
def test_an_empty_path_is_refused_in_one_line(words, name):
    done = CliRunner().invoke(cli.main, words)
    assert done.exit_code == 2
    assert done.output == f"evidence: {name} is empty, expected a path\n"


def parameters(command):
    """Return the parameters of a command and of those within it."""
    within = getattr(command, "commands", {}).values()
    return [*command.params, *(found for inner in within for found in parameters(inner))]


def test_no_command_takes_a_path_in_another_way():
    paths = [found for found in parameters(cli.main) if isinstance(found.type, click.Path)]
    assert len(paths) >= len(COMMANDS) - 1  # --out of run and sweep is one
    assert all(isinstance(found.type, Place) for found in paths)


@pytest.mark.skipif(os.name == "nt", reason="no such limit")
def test_too_few_open_files_are_refused_before_anything_starts(tmp_path):
    words = ["run", "43", "--out", str(tmp_path / "out")]
    code = "import resource, os, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32)); "
    code += "from evidence.cli import main; main(sys.argv[1:])"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "evidence: this shell allows 32 open files, expected at least 256"
    )
    assert not (tmp_path / "out").exists()
