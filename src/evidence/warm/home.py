"""The settings that kernels of the kernelspec `evidence` start from: none of the user's own.

Start-up files of IPython and a matplotlibrc in somebody's home would change what notebooks show.
JupyterLab starts another kernelspec and keeps them. What can still matter is in `settings`.
"""

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

from evidence.files import write_whole
from evidence.scratch import usual_folder

KERNEL = "evidence"  # the kernelspec that starts kernels warm (kernel.json)
DROPPED = ("MATPLOTLIBRC", "PYTHONSTARTUP")
# Variables that Python and its libraries read without saying so.
READ_UNSEEN = (
    "EVIDENCE_GRADING", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "LC_TIME",
    "MKL_NUM_THREADS", "MPLBACKEND", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED",
    "PYTHONOPTIMIZE", "PYTHONPATH", "PYTHONUTF8", "TZ",
)  # fmt: skip
CONFIG = "c.HistoryManager.enabled = False  # kernels that run at once would wait for each other\n"


def isolated(environment):
    """Return an environment whose IPython and matplotlib know nothing of the user's settings."""
    kept = {name: value for name, value in environment.items() if name not in DROPPED}
    return kept | {
        "IPYTHONDIR": str(home() / "ipython"),
        "MPLCONFIGDIR": str(home() / "matplotlib"),
    }


@cache
def home():
    """Return the folder of these settings: in the Python environment, or a temporary one."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    inside, outside = Path(sys.prefix), Path(usual_folder()) / f"evidence-home-{user}"
    folder = inside / "share" / "evidence-home" if os.access(inside, os.W_OK) else outside
    profile = folder / "ipython" / "profile_default"
    for made in (folder / "matplotlib", profile / "startup"):
        made.mkdir(parents=True, exist_ok=True)
    config = profile / "ipython_config.py"
    if not config.is_file():
        write_whole(config, CONFIG)
    return folder


def settings(environment, folder):
    """Return what outside a notebook and its files could change what it shows.

    Parameters
    ----------
    environment : dict of str to str
        Of its kernel.
    folder : pathlib.Path
        Where its kernel starts: a matplotlibrc there holds.

    Returns
    -------
    dict of str to str
        Variables by name; digests of start-up and configuration files by path.
    """
    found = {name: environment[name] for name in READ_UNSEEN if environment.get(name)}
    for path in (folder / "matplotlibrc", *_configuration()):
        if path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return found


@cache
def _configuration():
    """Name the configuration that IPython reads wherever it starts, and what is in our own."""
    places = [home() / "ipython" / "profile_default", Path(sys.prefix) / "etc/ipython"]
    places += [Path("/usr/local/etc/ipython"), Path("/etc/ipython")]
    found = [home() / "matplotlib" / "matplotlibrc"]
    for place in places:
        found += [*sorted(place.glob("*config.*")), *sorted(place.glob("startup/*.*py"))]
    return tuple(found)
