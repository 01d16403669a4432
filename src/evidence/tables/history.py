"""The sealed version of a file, found in git's history by its hash."""

import shutil
import subprocess

MOST = 400  # versions looked at
PATIENCE = 20  # seconds


def versions(path):
    """Yield the bytes of the committed versions of a file, the newest first; none without git.

    Parameters
    ----------
    path : pathlib.Path

    Yields
    ------
    bytes
    """
    seen = set()
    log = _git(path, "log", "--all", "--full-history", "-m", "--raw", "--no-abbrev", "--format=",
               f"--max-count={MOST}", "--", path.name)  # fmt: skip
    for line in log.decode("utf-8", "replace").splitlines():
        parts = line.split()
        if not line.startswith(":") or len(parts) < 5:
            continue
        for blob in (parts[3], parts[2]):
            if blob not in seen and set(blob) != {"0"}:
                seen.add(blob)
                yield _git(path, "cat-file", "blob", blob)


def committed(path):
    """Return the bytes of the last committed version of a file; nothing if there is none."""
    return _git(path, "show", f"HEAD:./{path.name}")


def _git(path, *words):
    """Return what git prints; nothing if there is no git or no repository."""
    git = shutil.which("git")
    if not git:
        return b""
    try:
        done = subprocess.run(
            [git, "-C", str(path.parent), *words],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout if done.returncode == 0 else b""
