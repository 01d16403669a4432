"""Reads teaching/lessons: per notebook its session, timings, notes and exercises to check."""

from dataclasses import dataclass, field

import yaml

from evidence.errors import RequestError
from evidence.files import ROOT
from helpers.exercises.judge import KINDS
from helpers.expect import expect

FOLDER = ROOT / "teaching" / "lessons"
NUMBERS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")


@dataclass(frozen=True)
class Exercise:
    """One exercise whose answer is checked."""

    name: str  # "31.2", or "31.2b" for a second answer to the same exercise
    ask: str
    kind: str
    answer: str  # code that assigns the variable
    unit: str = ""
    tolerance: float | None = None
    nearest: float | None = None  # a number rounded to this counts, and the prompt says so
    options: str = ""  # expression giving the texts to choose from
    mistakes: tuple = ()  # pairs of an expression and what it says
    points: int = 1
    note: str = ""

    @property
    def number(self):
        """The number of the exercise in the notebook, in words: One, Two, ..."""
        return NUMBERS[int(self.name.partition(".")[2][0]) - 1]

    @property
    def asked(self):
        """What the learner reads: the question, and how many digits are enough."""
        if self.nearest is None:
            return self.ask
        return f"{self.ask.rstrip()} To the nearest {self.nearest:,g} is enough."


@dataclass(frozen=True)
class Lesson:
    """What the instructor's version adds to a notebook."""

    session: int = 0
    sections: dict = field(default_factory=dict)  # section number -> (minutes, note)
    exercises: tuple = ()
    states: tuple = ()  # parameters that the exercises tell learners to set, as dicts

    @property
    def minutes(self):
        """Minutes of all sections."""
        return sum(minutes for minutes, _ in self.sections.values())


def read_lesson(name, folder=FOLDER):
    """Read the lesson that belongs to a notebook.

    Parameters
    ----------
    name : str
        Notebook, for example "31_market_size".
    folder : pathlib.Path

    Returns
    -------
    Lesson
        Empty if the notebook has no file there.

    Raises
    ------
    RequestError
        If the file is not as described in teaching/README.md.
    """
    path = folder / f"{name}.yaml"
    if not path.exists():
        return Lesson()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise RequestError(f"{path.name}: not YAML ({' '.join(str(error).split())})") from None
    _only(path.name, content, {"session", "sections", "exercises", "states"})
    sections = {}
    for number, entry in (content.get("sections") or {}).items():
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], int):
            raise RequestError(f"{path.name}: section {number}: expected [minutes, note]")
        sections[int(number)] = (entry[0], entry[1])
    exercises = content.get("exercises") or {}
    return Lesson(
        session=int(content.get("session") or 0),
        sections=sections,
        exercises=tuple(_exercise(name, key, entry) for key, entry in exercises.items()),
        states=tuple(_states(path.name, content.get("states") or [])),
    )


def _states(where, states):
    for state in states:
        if not isinstance(state, dict):
            raise RequestError(f"{where}: states: expected names with values, found {state!r}")
    return states


def _exercise(notebook, key, entry):
    name = f"{notebook.partition('_')[0]}.{key}"
    if not str(key)[0].isdigit() or not 1 <= int(str(key)[0]) <= len(NUMBERS):
        raise RequestError(f"exercise {name}: expected a number such as 2 or 2b")
    _only(f"exercise {name}", entry, set(Exercise.__dataclass_fields__) - {"name"})
    for part in ("ask", "kind", "answer"):
        if not entry.get(part):
            raise RequestError(f"exercise {name}: expected {part}, found nothing")
    expect(f"exercise {name}: kind", entry["kind"], KINDS, RequestError)
    if f"answer_{key}" not in entry["ask"] or f"answer_{key} =" not in entry["answer"]:
        raise RequestError(f"exercise {name}: expected ask and answer to name answer_{key}")
    mistakes = tuple((m["value"], m["says"]) for m in entry.get("mistakes", []))
    return Exercise(name=name, **(entry | {"mistakes": mistakes}))


def _only(where, entry, known):
    if not isinstance(entry, dict):
        raise RequestError(f"{where}: expected names with values, found {type(entry).__name__}")
    for word in entry:
        expect(f"{where}: a name", word, sorted(known), RequestError)
