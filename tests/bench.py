"""How long one notebook and the collection take, side by side in one run: `make bench`.

Times depend on the machine, so ratios are what counts; nothing here is a test.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from helpers.rerun.notebooks import find

REPEATS = 3
BIN = Path(sys.executable).parent


def seconds(*words):
    """Run a command and return how long it took."""
    start = time.perf_counter()
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    return time.perf_counter() - start


def main():
    """Measure, and print a table of seconds and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [notebook.path for notebook in find()]
        (market,) = find(["31"])
        ways = {
            "import papermill": [[sys.executable, "-c", "import papermill"]],
            "evidence run, one notebook": [
                [BIN / "evidence", "run", "31", "--out", f"{folder}/one"]
            ],
            "papermill, one notebook": [
                [BIN / "papermill", market.path, f"{folder}/one.ipynb", "--cwd", paths[0].parent]
            ],
            "evidence run, collection": [[BIN / "evidence", "run", "--out", f"{folder}/all"]],
            "papermill in a loop, collection": [
                [BIN / "papermill", path, f"{folder}/{path.name}", "--cwd", path.parent]
                for path in paths
            ],
        }
        times = {way: [] for way in ways}
        for _ in range(REPEATS):
            for way, commands in ways.items():
                times[way].append(sum(seconds(*command) for command in commands))
    for way, found in times.items():
        print(f"{way:34} {min(found):6.1f} to {max(found):5.1f} s")
    pairs = zip(
        times["papermill in a loop, collection"], times["evidence run, collection"], strict=True
    )
    ratios = sorted(loop / run for loop, run in pairs)
    print(
        f"collection, papermill loop over evidence run: {ratios[0]:.1f} to {ratios[-1]:.1f} times"
    )


if __name__ == "__main__":
    main()
