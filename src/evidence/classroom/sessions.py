"""Reads the sessions of the course from the guide, teaching/README.md, which says them once."""

import re
from dataclasses import dataclass

from evidence.errors import RequestError
from evidence.files import ROOT

GUIDE = ROOT / "teaching" / "README.md"
RUBRIC = ROOT / "teaching" / "rubric.md"
SESSION = re.compile(r"^### (\d+)\. (.+?)\n(.+?)(?=^##)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (\d+) \|([^|]*)\|?([^|\n]*)", re.MULTILINE)
TAKEN = re.compile(r"`(\d\d_\w+)`, sections? ([\d, toand]+)")


@dataclass(frozen=True)
class Step:
    """One row of a session's table."""

    minutes: int
    what: str
    using: str

    @property
    def taken(self):
        """The sections that are taken up, by notebook."""
        return {
            name: [
                number
                for first, last in re.findall(r"(\d+)(?: to (\d+))?", spans)
                for number in range(int(first), int(last or first) + 1)
            ]
            for name, spans in TAKEN.findall(self.using)
        }


@dataclass(frozen=True)
class Session:
    """One session: its aim, its steps, and what the guide says of it in prose."""

    number: int
    title: str
    aim: str
    steps: tuple
    prose: tuple  # paragraphs

    @property
    def minutes(self):
        """Minutes of all steps."""
        return sum(step.minutes for step in self.steps)


def read_sessions(guide=GUIDE):
    """Read the sessions of the guide.

    Returns
    -------
    list of Session
        Empty if there is no guide, as in a handout.

    Raises
    ------
    RequestError
        If a session has no aim or no table.
    """
    if not guide.exists():
        return []
    text = guide.read_text(encoding="utf-8")
    return [_session(*found) for found in SESSION.findall(text)]


def _session(number, title, body):
    aim = re.search(r"^\*(.+?)\*$", body, re.MULTILINE | re.DOTALL)
    steps = [Step(int(m), what.strip(), using.strip()) for m, what, using in ROW.findall(body)]
    if not aim or not steps:
        raise RequestError(f"teaching/README.md: session {number}: expected an aim and a table")
    blocks = [" ".join(block.split()) for block in body.split("\n\n")]
    prose = [block for block in blocks if block and not block.startswith(("|", "*"))]
    return Session(int(number), title, " ".join(aim[1].split()), tuple(steps), tuple(prose))
