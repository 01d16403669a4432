"""What a run will do, decided and checked before the first kernel starts."""

from collections import Counter
from dataclasses import dataclass, field

from evidence.errors import RequestError
from evidence.notebooks.files import Notebook, find
from evidence.notebooks.parameters import parse_value
from helpers.data import ids
from helpers.expect import closest, expect, nearest

ENDS = {"first": "last", "low": "high"}  # words in the names of two parameters that belong together


@dataclass(frozen=True)
class Job:
    """One notebook with the parameters given to it."""

    notebook: Notebook
    given: dict = field(default_factory=dict)
    point: str = ""  # number of a sweep's point

    @property
    def label(self):
        """Name of its executed notebook, without ending."""
        return f"{self.notebook.name}.{self.point}" if self.point else self.notebook.name

    @property
    def parameters(self):
        """All parameters, given or default."""
        defaults = {p.name: p.default for p in self.notebook.parameters.values()}
        return defaults | self.given


def plan(notebooks, assignments=()):
    """Decide the jobs of a run.

    A parameter goes to every chosen notebook that has it, and at least one must.

    Parameters
    ----------
    notebooks : list of Notebook
    assignments : sequence of str
        ``NAME=VALUE``, as typed.

    Returns
    -------
    list of Job

    Raises
    ------
    RequestError
        If a parameter is unknown, given twice, of the wrong type or out of range.
    """
    values = assigned(assignments)
    refuse_unknown(values, notebooks)
    for name, times in Counter(notebook.name for notebook in notebooks).items():
        if times > 1:
            raise RequestError(f"{name}: {times} notebooks have this name, expected one")
    jobs = [
        Job(
            notebook,
            {
                name: parse_value(notebook.parameters[name], text, notebook.name)
                for name, text in values.items()
                if name in notebook.parameters
            },
        )
        for notebook in notebooks
    ]
    for job in jobs:
        refuse_unknown_claims(job)
        refuse_wrong_order(job)
    return jobs


def assigned(assignments):
    """Split ``NAME=VALUE`` as typed; a name may be given once."""
    values = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise RequestError(f"-p {assignment}: expected NAME=VALUE")
        if name in values:
            raise RequestError(f"-p {name}: given twice ({values[name]} and {text})")
        values[name] = text
    return values


def refuse_unknown_claims(job):
    """Refuse a claim id that the ledger does not have; the parameter's unit says it is one."""
    for name, value in job.given.items():
        if job.notebook.parameters[name].unit == "claim id":
            expect(
                f"{job.notebook.name}: parameter {name}: claim", value, ids("claims"), RequestError
            )


def refuse_wrong_order(job):
    """Refuse ends that are the wrong way round: ``first_`` and ``last_year``, or low and high."""
    values = job.parameters
    for name, value in values.items():
        words = name.split("_")
        other = "_".join(ENDS.get(word, word) for word in words)
        if other == name or other not in values or {name, other}.isdisjoint(job.given):
            continue
        end = values[other]
        if type(value) in (int, float) and type(end) in (int, float) and value > end:
            raise RequestError(
                f"{job.notebook.name}: parameter {name} is {value} and {other} is {end}, expected "
                f"{name} to be at most {other}"
            )


def refuse_unknown(names, notebooks):
    """Refuse a parameter that no chosen notebook has, naming the nearest that exists."""
    known = sorted({name for notebook in notebooks for name in notebook.parameters})
    chosen = ", ".join(notebook.name for notebook in notebooks)
    where = chosen if len(notebooks) < 4 else "the collection"
    for name in names:
        if name in known:
            continue
        hint = nearest(name, known)
        elsewhere = closest(name, {other for n in find() for other in n.parameters})
        if elsewhere and not closest(name, known):
            hint = f"did you mean {elsewhere}? It is in other notebooks; here {hint}"
        raise RequestError(f"unknown parameter {name} for {where}: {hint}")
