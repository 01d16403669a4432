"""How a notebook is written: cells that show the method, and cells that tell what was found."""

import ast
import re

from evidence.checks.numbers import typed_numbers
from evidence.checks.order import unstable_sorts
from evidence.notebooks.files import is_of_class, is_telling, source_of

LONGEST = 15  # lines of a visible code cell
MOST_NAMES = 15  # names of ours that one notebook imports
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
BRACED = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
CHART = ("title", "source", "alt")


def style_problems(cells, claims):
    """Find what makes a notebook hard to read, change or check.

    Parameters
    ----------
    cells : list of dict
        Cells of the notebook.
    claims : pandas.DataFrame
        The ledger's claims, indexed by id.

    Returns
    -------
    list of str
        One line per problem: which cell, what was found, what was expected.
    """
    lines, trees = [], []
    for index, cell in enumerate(cells, 1):
        given = "parameters" in cell["metadata"].get("tags", []) or is_of_class(cell)
        if cell["cell_type"] != "code" or given:
            continue
        source = source_of(cell)
        if is_telling(cell):
            found = _telling_problems(cell, source, claims)
        else:
            try:
                trees.append(ast.parse(MAGIC.sub("", source)))
            except (SyntaxError, ValueError) as error:
                lines.append(f"cell {index}: line {getattr(error, 'lineno', 1)} is not Python")
                continue
            found = _method_problems(source, trees[-1])
        lines += [f"cell {index}: {line}" for line in found]
    return lines + _import_problems(trees)


def _telling_problems(cell, source, claims):
    lines = typed_numbers(BRACED.sub(" ", source.removeprefix("%%say")), claims)
    if not cell["metadata"].get("jupyter", {}).get("source_hidden"):
        lines.append("a telling cell whose input stands open, expected it collapsed")
    return lines


def _method_problems(source, tree):
    lines, count = unstable_sorts(tree), len(source.strip().splitlines())
    if count > LONGEST:
        lines.append(f"found {count} lines of visible code, expected at most {LONGEST}")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    shown = [call for call in calls if _name(call) in ("show", "record")]
    allowed = {id(node) for call in shown for node in ast.walk(call)}
    if any(_is_sentence(n) and id(n) not in allowed for n in ast.walk(tree)):
        lines.append("an f-string in a visible cell, expected the sentence in a %%say cell")
    if any(_name(call) in ("say", "Markdown") for call in calls):
        lines.append("a sentence in a visible cell, expected it in a %%say cell")
    for call in shown:
        if _name(call) == "show":
            given = {word.arg for word in call.keywords if not _empty(word.value)}
            lines += [f"a chart without {part}" for part in CHART if part not in given]
    return lines


def _is_sentence(node):
    """Whether a node is an f-string with words apart, not only the name of a column."""
    texts = node.values if isinstance(node, ast.JoinedStr) else ()
    return any(isinstance(text, ast.Constant) and " " in text.value for text in texts)


def _name(call):
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _empty(value):
    return isinstance(value, ast.Constant) and not str(value.value).strip()


def _import_problems(trees):
    """Count the names of ours, and see that charts are drawn where a reader can change them."""
    names, modules, shows = set(), set(), False
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "helpers":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {alias.name.partition(".")[0] for alias in node.names}
        shows = shows or (isinstance(node, ast.Call) and _name(node) == "show")
    lines = []
    if len(names) > MOST_NAMES:
        lines.append(f"imports {len(names)} names of helpers, expected at most {MOST_NAMES}")
    if shows and "seaborn" not in modules:
        lines.append("shows charts, and none is drawn with seaborn")
    return lines
