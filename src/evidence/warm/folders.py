"""Which files count as read: not those of Python and its packages, whose versions are known."""

# ruff: noqa: PTH100, PTH109, PTH118, PTH120
# Not pathlib, which calls what is replaced while a notebook is watched.

import os
import sys
import sysconfig
import tempfile
from pathlib import Path

from evidence.warm.callers import OWN, folder

SHARED = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo")
BY_THEMSELVES = ("/proc/", "/sys/", "/dev/")  # what lies there changes by itself
TOOL = folder(os.path.dirname(os.path.dirname(__file__)))


class Folders:
    """Where Python and its packages are, the helpers, the notebook, and what may come and go.

    Attributes
    ----------
    outside, ours, temporary : tuple of str
        Folders of Python and its packages; of the notebook and its project; for scratch files.
    helpers, tables : str
        The folder of the helpers, and the file of the one that reads tables.
    connection : str or None
        The file that names the kernel's sockets.
    """

    def __init__(self):
        import helpers

        self.outside = _outside()
        self.helpers = folder(os.path.dirname(os.path.abspath(helpers.__file__)))
        self.tables = self.helpers + "data.py"
        project = os.path.dirname(os.path.dirname(self.helpers[:-1]))
        self.ours = tuple(_both(os.getcwd()) | _both(project))
        self.temporary = tuple(_both(tempfile.gettempdir()))
        # Of the kernel itself; the client removes it at the end.
        named = sys.argv[sys.argv.index("-f") + 1 :] if "-f" in sys.argv else []
        self.connection = os.path.abspath(named[0]) if named else None

    def absolute(self, path):
        """Return the absolute path of a file that counts, or nothing."""
        if isinstance(path, int) or path is None:
            return None
        try:
            path = os.fsdecode(path)
        except TypeError:
            return None
        if not path.startswith("/") or os.name == "nt":
            path = os.path.abspath(path)
        elif ".." in path:
            inside, name = os.path.split(path)
            path = os.path.normpath(os.path.join(os.path.realpath(inside), name))
        if path.startswith(self.outside) or path.endswith(".ipython"):
            return None
        if "/ipykernel_" in path or path.startswith("/tmp/<") or path == self.connection:
            return None
        return path

    def is_user(self, file):
        """Whether a file of code is the notebook, a helper, or something beside them."""
        return not file.startswith(("<frozen", *self.outside)) and file not in OWN

    def beside(self):
        """Return the folders that modules are imported from, but for those of packages."""
        places = map(os.path.abspath, sys.path)
        return {place for place in places if not folder(place).startswith(self.outside)}


def changes_by_itself(path):
    """Whether the machine writes a file, and not a person."""
    return path.startswith(BY_THEMSELVES) and not path.startswith("/dev/shm/")


def _outside():
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    places = {sysconfig.get_path(name) for name in names}
    places |= {sysconfig.get_path(name, vars={"base": sys.base_prefix}) for name in names}
    if sys.prefix != sys.base_prefix or (Path(sys.prefix) / "conda-meta").is_dir():
        places.add(sys.prefix)
    places |= {os.environ.get(name) for name in ("IPYTHONDIR", "MPLCONFIGDIR")}
    return tuple(sorted(set().union(*(_both(place) for place in (*places, *SHARED) if place))))


def _both(path):
    """Return a folder under the name given and under its own."""
    return {folder(path), folder(os.path.realpath(path))}
