"""What a person sees while notebooks run."""

import sys
from datetime import UTC, datetime

from evidence.terminal import console


class Progress:
    """A bar on a terminal, one line per notebook elsewhere; called with each outcome."""

    def __init__(self, total):
        """Prepare to count up to `total` notebooks."""
        from rich import progress

        columns = (
            "{task.description}",
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            "about",
            progress.TimeRemainingColumn(),
            "left",
        )
        self.total, self.ended = total, 0
        hidden = not sys.stdout.isatty()
        self.bar = progress.Progress(*columns, console=console(), disable=hidden)
        self.task = self.bar.add_task("Running notebooks", total=total)

    def __enter__(self):
        """Start drawing."""
        self.bar.start()
        return self

    def __exit__(self, *_):
        """Stop drawing, also after an interruption."""
        self.bar.stop()

    def __call__(self, outcome):
        """Count one notebook that ended."""
        from evidence.run.progress import day

        self.ended += 1
        self.bar.advance(self.task)
        if outcome.reused:
            how = f"unchanged, reused from {day(outcome.start)}"
        else:
            how = f"{outcome.status} in {outcome.seconds:.1f} s"
        if outcome.because and outcome.status == "done":
            shown = ", ".join(outcome.because[:3])
            more = f" and {len(outcome.because) - 3} more" if outcome.because[3:] else ""
            how += f" (changed: {shown}{more})"
        if outcome.unseen and outcome.status == "done":
            how += f"; not kept for reuse: it {', '.join(outcome.unseen[:3])}"
        line = f"{outcome.name}: {how} [{self.ended} of {self.total}]"
        self.bar.console.print(line, markup=False)


def day(start):
    """Return the day and minute of a start, for people."""
    return f"{datetime.fromisoformat(start).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
