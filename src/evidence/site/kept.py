"""What one build of the site leaves for the next, so that only what changed is made again."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evidence.folder import place

SITE = "site"
FRAME = "frame.txt"  # the digest of what every page shows
TITLE = re.compile(r"^# .*$", re.MULTILINE)
TREE = re.compile(r"```\{toctree\}.*?```", re.DOTALL)


def always(_, make):
    """Make what a build could have kept: for whoever keeps nothing."""
    return make()


class Kept:
    """A folder between two builds: page sources, Sphinx's memory, and what takes long to make."""

    def __init__(self, folder):
        self.folder = folder
        self.sources, self.doctrees = folder / "sources", folder / "doctrees"
        self.made, self.memory = folder / "made", folder / "memory"
        self.memory.mkdir(parents=True, exist_ok=True)
        self.used = set()

    def once(self, key, make):
        """Return bytes that depend on a key alone; made if the last build did not need them."""
        path = self.memory / hashlib.sha256(key).hexdigest()
        if not path.exists():
            path.write_bytes(make())
        self.used.add(path)
        return path.read_bytes()

    def renew(self, fresh, frame):
        """Take over page sources; those that are the same keep their time, so Sphinx skips them.

        Parameters
        ----------
        fresh : pathlib.Path
            Folder of page sources, as just written.
        frame : list of bytes
            What every page shows, beside the names and titles of all of them.
        """
        files = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
        for path in self.sources.rglob("*"):
            if path.is_file() and path.relative_to(self.sources) not in files:
                path.unlink()
        titles = []
        for name in sorted(files):
            content, old = (fresh / name).read_bytes(), self.sources / name
            if not old.is_file() or old.read_bytes() != content:
                old.parent.mkdir(parents=True, exist_ok=True)
                old.write_bytes(content)
            titles.append([name.as_posix(), *_shown_elsewhere(name, content.decode())])
        digest = hashlib.sha256(b"\0".join([json.dumps(titles).encode(), *frame])).hexdigest()
        known = self.folder / FRAME
        if not known.is_file() or known.read_text() != digest:
            shutil.rmtree(self.made, ignore_errors=True)
            shutil.rmtree(self.doctrees, ignore_errors=True)
        known.write_text(digest)

    def forget(self):
        """Remove everything: a build that found problems must meet them again."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def tidy(self):
        """Forget what this build did not need."""
        for path in set(self.memory.iterdir()) - self.used:
            path.unlink()


def _shown_elsewhere(name, text):
    """Return what other pages show of one: its title, and its list of pages."""
    if name.suffix == ".ipynb":
        text = "".join(json.loads(text)["cells"][0]["source"])
    return TITLE.findall(text)[:1] + TREE.findall(text)


@contextmanager
def kept():
    """Hold what the last build left; a second build at the same time begins with nothing."""
    folder = place.RUNS / ".cache" / SITE
    with ExitStack() as stack:
        if not stack.enter_context(_sole_use(folder)):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evidence-")))
        yield Kept(folder)


@contextmanager
def _sole_use(folder):
    """Try to hold a folder that one process may use at a time; yields whether it is held."""
    try:
        import fcntl
    except ImportError:  # Windows locks no folder
        yield False
        return
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
