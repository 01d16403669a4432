"""The points of a sweep: every combination of the values given, checked before the first starts."""

import json
import math
import re
from itertools import product
from pathlib import Path

from evidence.errors import RequestError
from evidence.notebooks.parameters import check_value, parse_value
from evidence.run.plan import (
    Job,
    assigned,
    refuse_unknown,
    refuse_unknown_claims,
    refuse_wrong_order,
)

PAIRS = {"[": "]", "(": ")", "{": "}"}
QUOTES = "\"'"
INT, FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
NUMBERS = {
    INT: re.compile(r"[-+]?[0-9]+(_[0-9]+)*\Z"),
    FLOAT: re.compile(
        r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9]+|[0-9][0-9_]*(?=[eE]))([eE][-+]?[0-9]+)?\Z"
    ),
}
MOST = 100_000  # points; more is a slip of the pen, and would take days


def points(notebook, assignments=(), grid=None):
    """Decide the points of a sweep.

    Parameters
    ----------
    notebook : evidence.notebooks.files.Notebook
    assignments : sequence of str
        ``NAME=V1,V2,...``, as typed; a value that is itself a list stands in brackets.
    grid : path, optional
        YAML file: a mapping of names to lists of values, of which every combination is a point; or
        a list of mappings of names to values, each a point.

    Returns
    -------
    list of evidence.run.plan.Job
        In the order of the values, the last name moving fastest.

    Raises
    ------
    RequestError
        If the grid cannot be read, a parameter is unknown or given twice, a value is not allowed,
        two points are the same, or there is no point at all.
    """
    typed = assigned(assignments)
    listed = _read(grid) if grid else [{}]
    in_grid = {name for point in listed for name in point}
    refuse_unknown([*typed, *sorted(in_grid)], [notebook])
    for name in typed:
        if name in in_grid:
            raise RequestError(f"-p {name}: is in {grid} too, expected it in one place")
    axes = [[(name, value) for value in _values(notebook, name, typed[name])] for name in typed]
    _refuse_many([len(listed), *map(len, axes)])
    checked = [_checked(notebook, point, grid, number) for number, point in enumerate(listed, 1)]
    given = [point | dict(chosen) for point in checked for chosen in product(*axes)]
    if given in ([], [{}]):
        raise RequestError("a sweep needs values: -p NAME=V1,V2,... or --grid FILE.yaml")
    width = len(str(len(given)))
    jobs = [Job(notebook, point, f"{number:0{width}}") for number, point in enumerate(given, 1)]
    _refuse_repeats(jobs)
    for job in jobs:
        refuse_unknown_claims(job)
        refuse_wrong_order(job)
    return jobs


def swept(jobs):
    """Return the names of the parameters that differ between points, in the notebook's order."""
    first = jobs[0].parameters
    return [name for name in first if any(job.parameters[name] != first[name] for job in jobs)]


def _values(notebook, name, text):
    """Return the checked values of one ``-p NAME=V1,V2,...``."""
    parameter = notebook.parameters[name]
    words = split(text)
    if parameter.is_list and not all(word.startswith("[") for word in words):
        example = json.dumps(parameter.default)
        raise RequestError(
            f"-p {name}={text}: each value of {name} is a list, expected brackets around each, "
            f"as in {name}={example},..."
        )
    return [parse_value(parameter, word, notebook.name) for word in words]


def split(text):
    """Split text at the commas that stand outside brackets and quotation marks."""
    words, closing, word = [], [], ""
    for letter in text:
        if closing and letter == closing[-1]:
            closing.pop()
        elif letter in QUOTES or letter in PAIRS:
            closing.append(PAIRS.get(letter, letter))
        if letter == "," and not closing:
            words.append(word.strip())
            word = ""
        else:
            word += letter
    return [*words, word.strip()]


def _read(path):
    """Read a grid file as a list of points."""
    import yaml

    try:
        found = yaml.load(Path(path).read_text(encoding="utf-8"), _loader())
    except OSError as error:
        raise RequestError(f"--grid {path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise RequestError(f"--grid {path}: not a text file") from None
    except RecursionError:
        raise RequestError(f"--grid {path}: brackets in too many brackets") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        what = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise RequestError(f"--grid {path}{line}: not YAML ({what})") from None
    form = "expected names with lists of values, or a list of points"
    if not found:
        raise RequestError(f"--grid {path}: empty, {form}")
    if isinstance(found, dict):
        for name, values in found.items():
            if not isinstance(values, list) or not values:
                raise RequestError(
                    f"--grid {path}: {name} is {values!r}, expected a list of values"
                )
        _refuse_many(map(len, found.values()))
        listed = [dict(zip(found, chosen, strict=True)) for chosen in product(*found.values())]
    else:
        listed = found
    if not isinstance(listed, list) or not all(isinstance(p, dict) and p for p in listed):
        raise RequestError(f"--grid {path}: found {type(listed).__name__}, {form}")
    for name in {name for point in listed for name in point}:
        if not isinstance(name, str):
            raise RequestError(f"--grid {path}: {name!r} is not the name of a parameter")
    return listed


def _loader():
    """Return a YAML loader that refuses a name given twice, of which YAML keeps the last."""
    import yaml

    class Loader(yaml.SafeLoader):
        """A safe loader."""

        def construct_mapping(self, node, deep=False):
            """Build a mapping whose names differ."""
            seen = set()
            for key, _ in node.value:
                if not isinstance(key.value, str):
                    what = "a list or a mapping is not the name of a parameter"
                    raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
                if key.value in seen:
                    what = f"{key.value} is given twice"
                    raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep)

    # YAML 1.1 reads 5e7 as a text, 010 as eight and 1:30:00 as 5,400, which nobody means.
    Loader.yaml_implicit_resolvers = {
        letter: [(tag, form) for tag, form in known if tag not in NUMBERS]
        for letter, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    for tag, form in NUMBERS.items():
        Loader.add_implicit_resolver(tag, form, list("-+.0123456789in"))
    Loader.add_constructor(INT, lambda loader, node: int(loader.construct_scalar(node)))
    Loader.add_constructor(FLOAT, lambda loader, node: float(loader.construct_scalar(node)))
    return Loader


def _refuse_many(lengths):
    many = math.prod(lengths)
    if many > MOST:
        raise RequestError(f"a sweep of {many:,} points, expected at most {MOST:,}")


def _checked(notebook, point, grid, number):
    where = f"{grid}, point {number}" if grid else notebook.name
    return {
        name: check_value(notebook.parameters[name], value, where) for name, value in point.items()
    }


def _refuse_repeats(jobs):
    seen = {}
    for job in jobs:
        key = json.dumps(job.parameters, sort_keys=True)
        if key in seen:
            same = ", ".join(f"{name}={json.dumps(value)}" for name, value in job.given.items())
            raise RequestError(
                f"points {int(seen[key])} and {int(job.point)} are the same: {same}; "
                "expected each point once"
            )
        seen[key] = job.point
