"""Makes one folder for a room without network: the handout, and every package it needs."""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from evidence.classroom.build import HANDOUT
from evidence.errors import RequestError
from evidence.files import ROOT

LOCK = ROOT / "teaching" / "learner.lock"
WHEELS = "wheels"
OLD_LINUX = [f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 26, 24, 17, 12, 5)]
# What uv calls a system, and the tags of wheels that run there.
SYSTEMS = {
    "linux": ("x86_64-unknown-linux-gnu", [*OLD_LINUX, "manylinux2014_x86_64", "linux_x86_64"]),
    "macos": ("aarch64-apple-darwin", ["macosx_14_0_arm64", "macosx_14_0_universal2"]),
    "windows": ("x86_64-pc-windows-msvc", ["win_amd64"]),
}


def make_stick(folder, out, systems, pythons, progress):
    """Write the handout of a class and the wheels of its packages into one folder.

    Parameters
    ----------
    folder : pathlib.Path
        What `build` wrote.
    out : pathlib.Path
        New or empty; holds one folder afterwards, the handout with its wheels.
    systems : list of str
        Of `SYSTEMS`.
    pythons : list of str
        Versions such as "3.12": a learner's machine needs one of them.
    progress : callable
        Called with what is done, in words.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    RequestError
        If there is no class, the folder holds something, or a package cannot be had.
    """
    packed = folder / f"{HANDOUT}.zip"
    if not packed.exists():
        raise RequestError(f"{packed}: not found; run `evidence class build` first")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RequestError(f"{out}: expected a new or empty folder")
    with tempfile.TemporaryDirectory() as scratch:
        wheels = Path(scratch) / WHEELS
        for system in systems:
            for python in pythons:
                _fetch(system, python, wheels, Path(scratch) / "needed.txt")
                progress(f"{system}, Python {python}: packages fetched")
        out.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(packed) as handout:
            handout.extractall(out)
        shutil.copytree(wheels, out / HANDOUT / WHEELS)
    return out / HANDOUT


def megabytes(folder):
    """Return what a folder weighs, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _fetch(system, python, wheels, needed):
    """Fetch the wheels of one system and Python; packages for other systems are left out by uv."""
    platform, tags = SYSTEMS[system]
    uv = Path(sys.executable).with_name("uv")
    chosen = ["--python-version", python]
    quiet = ["--no-deps", "--quiet"]
    resolve = [str(uv), "pip", "compile", str(LOCK), *quiet, *chosen, "--python-platform", platform]
    _run([*resolve, "--generate-hashes", "--no-header", "--no-annotate", "-o", str(needed)])
    fetch = [sys.executable, "-m", "pip", "download", *quiet, *chosen, "--implementation", "cp"]
    fetch += ["--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
    fetch += [part for tag in tags for part in ("--platform", tag)]
    _run([*fetch, "--requirement", str(needed), "--dest", str(wheels)])
    needed.unlink()


def _run(line):
    try:
        done = subprocess.run(line, capture_output=True, text=True)
    except FileNotFoundError:
        raise RequestError(f"{line[0]}: not found; it comes with `make .venv/ready`") from None
    if done.returncode:
        said = [each.strip() for each in done.stderr.splitlines() if "error" in each.lower()]
        raise RequestError(f"packages cannot be fetched: {(said or ['no reason given'])[-1]}")
