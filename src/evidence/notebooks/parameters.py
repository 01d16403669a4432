"""The parameters of a notebook: read from its tagged cells, checked before anything runs.

Each line of such a cell reads ``name: type = default  # meaning [unit; range; reference]``. The
range is ``low..high`` (either end may be missing), or words to choose from, ``women|men``; for a
list, "of these" stands for those of its default. "ascending" after a numeric range means three
values, low, central, high; or none, if that is the default, in whose place the notebook puts what
the collection concludes. "3 values" and "sum at most 1" after it hold for the whole of a list. A
type such as ``int | None`` may be left open. The comment holds no equals sign, because papermill
would then skip the line in ``papermill --help-notebook``.
"""

import ast
import io
import json
import math
import re
import tokenize
from dataclasses import dataclass, replace
from functools import partial

from evidence.errors import RequestError
from helpers.words import span

OPTIONAL = " | None"  # what the type of a parameter that may be left open ends in
NONE = ("None", "none", "null")  # as typed
TYPES = {"int": int, "float": float, "str": str, "bool": bool}
FORM = "expected a line such as `year: int = 2019  # year of the count [year; 1990..2026; C03]`"
LONGEST_TEXT, LONGEST_SHOWN = 100_000, 200  # letters
RANGE = re.compile(
    r"(?P<low>-?[\d._]*\d)?\.\.(?P<high>-?[\d._]*\d)?(?P<ascending> ascending)?"
    r"(?: (?P<count>\d+) values)?(?: sum at most (?P<total>[\d.]*\d))?"
)
LARGEST = 1e15  # a figure; products of larger ones end in infinity, in the middle of a notebook


@dataclass(frozen=True)
class Parameter:
    """One parameter: its type, default, meaning, unit and what values it may take."""

    name: str
    kind: str
    default: object
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple = ()
    ascending: bool = False
    count: int | None = None  # of values in a list
    total: float | None = None  # which the values of a list may not exceed together
    reference: str = ""

    @property
    def is_list(self):
        """Whether the parameter holds several values."""
        return self.kind.startswith("list[")

    @property
    def is_optional(self):
        """Whether it may be left open, as None."""
        return self.kind.endswith(OPTIONAL)

    @property
    def item(self):
        """The Python type of its value, or of each of its values."""
        return TYPES[_item(self.kind)]

    @property
    def allowed(self):
        """What values it may take, in words."""
        return self._values + (", or None" if self.is_optional else "")

    @property
    def _values(self):
        words = {"int": "whole number", "float": "number", "str": "text", "bool": "true or false"}
        if self.choices:
            text = "one of " + ", ".join(self.choices)
        else:
            text = words[self.item.__name__]
            if (self.low, self.high) != (None, None):
                joined = "of" if None in (self.low, self.high) else "from"
                text += f" {joined} {span(self.low, self.high, _end_in_words)}"
        if self.ascending:
            empty = "an empty list, or " if self.default == [] else ""
            return f"{empty}three ascending values (low, central, high), each a {text}"
        many = f"list of {self.count}" if self.count else "list"
        together = f", at most {self.total:g} together" if self.total is not None else ""
        return f"{many}, each {text}{together}" if self.is_list else text


def _item(kind):
    """Return the word for a value in the type of a parameter."""
    return kind.removesuffix(OPTIONAL).removeprefix("list[").removesuffix("]")


def _end_in_words(end):
    """Write an end of a range: years without a comma, large numbers with one."""
    return f"{end:,.0f}" if abs(end) >= 10_000 else f"{end:g}"


def read_parameters(cells, where):
    """Read the parameters of a notebook.

    Parameters
    ----------
    cells : list of dict
        The notebook's cells.
    where : str
        Name of the notebook, for messages.

    Returns
    -------
    dict of str to Parameter
        In the order of the cells.

    Raises
    ------
    RequestError
        If no cell is tagged ``parameters``, a line does not follow the form, or a name comes twice.
    """
    found, wrong = _read_all(cells, where)
    if wrong:
        raise RequestError("; ".join(f"{where}: {line}" for line in wrong))
    return found


def parameter_problems(cells, where):
    """Say of every line of the parameters what is wrong with it.

    Parameters
    ----------
    cells : list of dict
    where : str
        Name of the notebook.

    Returns
    -------
    list of str
        One line per problem, without the notebook's name.
    """
    return _read_all(cells, where)[1]


def _read_all(cells, where):
    """Return the parameters in order, and what is wrong with the others."""
    tagged = [c for c in cells if "parameters" in (c.get("metadata", {}).get("tags") or ())]
    if not tagged:
        return {}, ["no cell is tagged parameters, expected one at least"]
    found, wrong = {}, []
    for number, cell in enumerate(tagged, 1):
        place = f"{where}: parameters cell{f' {number}' if len(tagged) > 1 else ''}"
        for read in _in_cell(cell, place):
            try:
                parameter = read()
                if parameter.name in found:
                    raise RequestError(f"{place}: {parameter.name} is given twice")
                found[parameter.name] = parameter
            except RequestError as error:
                wrong.append(str(error).removeprefix(f"{where}: "))
    return found, wrong


def _in_cell(cell, where):
    """Yield a function per line of a cell that reads it."""
    if cell.get("cell_type") != "code":
        yield partial(_refuse, f"{where}: found a {cell.get('cell_type')} cell, expected code")
        return
    code = "".join(cell["source"])
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        yield partial(_refuse, f"{where}, line {line}: not Python")
        return
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.COMMENT
    }
    for each in statements:
        yield partial(_parameter, each, comments.get(each.end_lineno, ""), where)


def _refuse(problem):
    raise RequestError(problem)


def _parameter(statement, comment, where):
    place = f"{where}, line {statement.lineno}"
    one_line = statement.lineno == statement.end_lineno  # papermill reads only these
    if not (isinstance(statement, ast.AnnAssign) and statement.value is not None and one_line):
        raise RequestError(f"{place}: found `{ast.unparse(statement)}`, {FORM}")
    if not isinstance(statement.target, ast.Name):
        raise RequestError(f"{place}: found `{ast.unparse(statement.target)}`, expected a name")
    name, kind = statement.target.id, ast.unparse(statement.annotation)
    if _item(kind) not in TYPES:
        expected = f"{', '.join(TYPES)}, list of one of them, or one of these | None"
        raise RequestError(f"{place}: {name} has type {kind}, expected {expected}")
    match = re.fullmatch(r"#\s*(?P<meaning>[^\[=]+?)\s*\[(?P<brackets>[^\]=]*)\]", comment)
    if not match:
        raise RequestError(f"{place}: {name} {_of_comment(comment)}, {FORM}")
    unit, values, reference = ([*map(str.strip, match["brackets"].split(";")), "", ""])[:3]
    default = _default(statement.value, f"{place}: {name}")
    parameter = Parameter(
        name=name,
        kind=kind,
        default=default,
        meaning=match["meaning"],
        unit=unit,
        reference=reference,
        **_allowed(values, default, place),
    )
    return replace(
        parameter, default=check_value(parameter, parameter.default, where.partition(":")[0])
    )


def _of_comment(comment):
    """Say what is wrong with the comment of a parameter."""
    if not comment:
        return "has no comment"
    equals = "an equals sign in " if "=" in comment else ""
    return f"has {equals}the comment `{comment}`"


def _default(value, place):
    """Return a default that is written out; papermill and `evidence list` compute nothing."""
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        found = ast.unparse(value)
        raise RequestError(f"{place} is `{found}`, expected a value written out") from None


def _allowed(text, default, place):
    if text == "of these" and isinstance(default, list):
        return {"choices": tuple(default)}
    if "|" in text:
        return {"choices": tuple(part.strip() for part in text.split("|"))}
    if not text:
        return {}
    match = RANGE.fullmatch(text)
    if not match:
        raise RequestError(f"{place}: found range `{text}`, expected low..high or word|word")
    ends = {end: float(match[end]) for end in ("low", "high") if match[end]}
    rules = {"count": int(match["count"])} if match["count"] else {}
    rules |= {"total": float(match["total"])} if match["total"] else {}
    return {**ends, **rules, "ascending": bool(match["ascending"])}


def parse_value(parameter, text, where):
    """Turn text from the command line into a checked value of the parameter's type.

    Raises
    ------
    RequestError
        If the text is not of the type, or outside what is allowed.
    """
    if parameter.is_optional and text in NONE:
        return None
    if parameter.item is str and not parameter.is_list:
        return check_value(parameter, text, where)
    if parameter.item is str and not text.lstrip().startswith("["):
        return check_value(parameter, [part.strip() for part in text.split(",")], where)
    if parameter.is_list and not text.lstrip().startswith("["):
        text = f"[{text}]"
    return check_value(parameter, _read(text), where)


def _read(text):
    """Read a value as JSON or Python writes it; what is neither stays a text, which is refused."""
    if len(text) > LONGEST_TEXT:
        return text
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return text


def check_value(parameter, value, where):
    """Return the value in the parameter's type if it is allowed.

    Raises
    ------
    RequestError
        Naming the parameter, the value found and what was expected.
    """
    wrong = RequestError(
        f"{where}: parameter {parameter.name} is {_shown(value)}, expected {parameter.allowed}"
    )
    if value is None and parameter.is_optional:
        return None
    if parameter.is_list != isinstance(value, list):
        raise wrong
    values = [_typed(parameter, item, wrong) for item in (value if parameter.is_list else [value])]
    for item in values:
        too_low = parameter.low is not None and item < parameter.low
        too_high = parameter.high is not None and item > parameter.high
        if too_low or too_high or (parameter.choices and item not in parameter.choices):
            raise wrong
    if parameter.is_list:
        several = parameter.count not in (None, len(values))
        if several or (parameter.total is not None and sum(values) > parameter.total + 1e-9):
            raise wrong
    left_open = values == [] == parameter.default
    if parameter.ascending and not left_open and (len(values) != 3 or values != sorted(values)):
        raise wrong
    return values if parameter.is_list else values[0]


def _shown(value):
    """Write a value for a message; a very long one is cut."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # more digits or brackets than Python writes
        return f"a {type(value).__name__} too long to show"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _is_text(item):
    """Whether a text can be written to a file; bytes that were not UTF-8 cannot."""
    try:
        item.encode()
    except UnicodeEncodeError:
        return False
    return True


def _typed(parameter, item, wrong):
    if isinstance(item, str) and not _is_text(item):
        raise wrong
    if parameter.item is float and type(item) in (int, float) and abs(item) > LARGEST:
        raise RequestError(f"{wrong}, no larger than {LARGEST:g}")
    if parameter.item is float and type(item) is int:
        return float(item)
    if type(item) is not parameter.item or (parameter.item is float and not math.isfinite(item)):
        raise wrong
    return item
