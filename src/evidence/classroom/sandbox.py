"""Keeps learners' code away from the machine that grades it, with what the system has for it."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from evidence.files import ROOT
from helpers.exercises.check import GRADING

# What code may read of this project, beside Python: neither solutions nor what others handed in.
NEEDED = tuple(dict.fromkeys(map(Path, (ROOT / "src", ROOT / "data", sys.prefix, sys.base_prefix))))
HIDDEN = (Path("/tmp"), Path("/var/tmp"), Path("/run"), ROOT)
STAGE = "/mnt"  # where `unshare` keeps what is needed while it hides the rest
ROOM = "size=200m"  # of memory for files in hidden folders
CLOSED = (
    "no network, no other program, no file of yours; "
    "it sees the system and this project's code and tables, and writes in one folder that goes"
)
OPEN = (
    "nothing: this system has neither bubblewrap nor unshare that works, so it runs as you, with "
    "your files and your network. teaching/README.md shows how to grade in a container"
)


@dataclass(frozen=True)
class Sandbox:
    """A way to run a command apart."""

    name: str
    keeps: str  # what keeps the code from where, in words

    def command(self, argv, folder, hidden=()):
        """Return a command line that runs another apart.

        Parameters
        ----------
        argv : list of str
        folder : pathlib.Path
            Where it starts, and the only place where what it writes can be read afterwards.
        hidden : iterable of pathlib.Path
            Folders that it shall find empty, besides the user's own and those for temporary files.

        Returns
        -------
        list of str
        """
        if self.name == "none":
            return list(argv)
        places = {p.resolve() for p in (*HIDDEN, Path.home(), *hidden)}
        places = {p for p in places if p.is_dir() and p != Path("/")}
        covered = sorted(p for p in places if not places & set(p.parents))
        build = _bubblewrap if self.name == "bubblewrap" else _unshare
        return [*build(covered, folder.resolve()), *argv]


def find_sandbox():
    """Return the strongest sandbox that works here; the one named "none" if there is none."""
    for name, programs in (("bubblewrap", ["bwrap"]), ("unshare", ["unshare", "setpriv", "mount"])):
        sandbox = Sandbox(name, f"{name}: {CLOSED}")
        if all(map(shutil.which, programs)) and _works(sandbox):
            return sandbox
    return Sandbox("none", OPEN)


def environment(folder):
    """Return the variables that code gets: where Python is, and no word of the user's own."""
    kept = {
        name: os.environ[name] for name in ("LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    ours = ("HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
    return kept | dict.fromkeys(ours, str(folder)) | {GRADING: "1", "PATH": path}


def _works(sandbox):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        code = "import helpers.exercises, pathlib; pathlib.Path('done').touch()"
        try:
            subprocess.run(
                sandbox.command([sys.executable, "-c", code], folder),
                cwd=folder,
                env=environment(folder),
                capture_output=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return (folder / "done").exists()


def _bubblewrap(covered, folder):
    line = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    line += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for path in covered:
        line += ["--tmpfs", str(path)]
    for path in NEEDED:
        line += ["--ro-bind", str(path), str(path)]
    return [*line, "--bind", str(folder), str(folder), "--chdir", str(folder), "--"]


def _unshare(covered, folder):
    """Do what bubblewrap does: hide under empty folders, put back what is needed, drop rights."""
    kept = [*NEEDED, folder]
    script = ["set -e", f"mount -t tmpfs tmpfs {STAGE}"]
    for number, path in enumerate(kept):
        stage = f"{STAGE}/{number}"
        script += [f"mkdir {stage}", f"mount --bind {shlex.quote(str(path))} {stage}"]
        script += [f"mount -o remount,bind,ro {stage}"] if path != folder else []
    for path in covered:
        script.append(f"mount -t tmpfs -o {ROOM} tmpfs {shlex.quote(str(path))}")
    for number, path in enumerate(kept):
        at = shlex.quote(str(path))
        script += [f"mkdir -p {at}", f"mount --bind {STAGE}/{number} {at}"]
    script += [
        f"mount -t tmpfs -o ro tmpfs {STAGE}",
        "mount -o remount,bind,ro /",
        f"cd {shlex.quote(str(folder))}",
        # Without rights over its own name space it cannot take away what hides the rest.
        'exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"',
    ]
    line = ["unshare", "--map-root-user", "--mount", "--pid", "--net", "--ipc", "--uts"]
    return [*line, "--fork", "--kill-child", "--mount-proc", "sh", "-c", "\n".join(script), "sh"]
