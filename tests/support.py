"""What tests of several rooms need."""

import time
from pathlib import Path

PUBLISHED = Path(__file__).parent / "published"
PATIENCE = 120  # seconds for what must happen at last, on however slow a machine
HEAD = "# A test\n\n**Does it work?**\n"
SETUP = "from helpers.charts import canvas, show\nfrom helpers.results import record"


def alive(pid):
    """Whether a process runs; one that ended and was not asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(happened):
    """Wait for a condition."""
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, "nothing happened"
        time.sleep(0.02)
