"""The manifest of a run folder: parameters, inputs, versions, and what happened."""

import hashlib
import json
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from evidence.errors import RequestError
from evidence.files import ROOT, write_whole
from evidence.folder.place import MANIFEST, files_of
from evidence.libraries import installed

# Of the run folder. Until form 2, src/helpers held the commands too; since form 3, all that is
# digested there is what a result can depend on.
FORM = 3
READABLE = (2, 3)


def input_digests(jobs):
    """Return the digests of all that a run reads, as they are when it starts.

    Returns
    -------
    dict of str to str
        By path in the project; notebooks by name.
    """
    patterns = ("data/*.csv", "data/*.json", "src/helpers/**/*.py", "*.lock")
    files = {
        p.relative_to(ROOT).as_posix(): p
        for pattern in patterns
        for p in sorted(ROOT.glob(pattern))
    }
    files |= {job.notebook.name: job.notebook.path for job in jobs}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def sign_manifest(folder, manifest):
    """Note in the manifest the digests of all files of its run, so that edits are seen later."""
    manifest["files"] = files_of(folder)
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def write_manifest(folder, jobs, outcomes, start, inputs):
    """Write manifest.json: parameters, seed, inputs, versions, commit, and what happened.

    Parameters
    ----------
    folder : pathlib.Path
    jobs : list of evidence.run.plan.Job
    outcomes : list of evidence.run.task.Outcome
    start : str
    inputs : dict of str to str
        From `input_digests`.

    Returns
    -------
    dict
    """
    names = {job.notebook.name for job in jobs}
    manifest = {
        "form": FORM,
        "start": start,
        "end": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "commit": _commit(),
        "python": platform.python_version(),
        "packages": installed(),
        "inputs": {path: digest for path, digest in inputs.items() if path not in names},
        "notebooks": [
            {
                "notebook": job.notebook.name,
                "file": f"{job.label}.ipynb",
                "source": inputs[job.notebook.name],
                "parameters": job.parameters,
                "without": list(job.notebook.without),
                "seed": job.parameters.get("seed"),
                "status": outcome.status,
                "problem": outcome.problem,
                "start": outcome.start,
                "seconds": outcome.seconds,
                "reused": outcome.reused,
                "kernel": outcome.kernel,
                "tables": outcome.tables,
                "reads": outcome.reads,
                "unseen": list(outcome.unseen),
                "because": list(outcome.because),
            }
            for job, outcome in zip(jobs, outcomes, strict=True)
        ],
    }
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return manifest


def read_manifest(folder):
    """Read manifest.json of a run folder.

    Raises
    ------
    RequestError
        If the folder is not a run folder, or one of a form that is not `READABLE`.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RequestError(f"{folder}: not a run folder (it has no {MANIFEST})") from None
    except (OSError, ValueError) as error:
        raise RequestError(f"{path}: not a manifest ({error})") from None
    found = manifest.get("form") if isinstance(manifest, dict) else None
    if found not in READABLE:
        forms = " or ".join(map(str, READABLE))
        raise RequestError(
            f"{path}: a run folder of form {found}, expected form {forms}; "
            "make it again with `evidence run`"
        )
    return manifest


def _commit():
    """Return the commit of the working tree, marked when files differ from it."""
    run = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "not under version control"
