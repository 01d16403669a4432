"""What every notebook of the collection has, and what of the template may not stay in it."""

import ast
import json
import re

from evidence.checks.style import MAGIC
from evidence.classroom.lessons import FOLDER as LESSONS
from evidence.notebooks.files import is_of_class, is_parameters, is_solution, is_telling, source_of
from evidence.notebooks.new import TEMPLATE
from evidence.notebooks.parameters import parameter_problems
from evidence.run.depends import module_file, reached

# What has to be written, where, and how it begins.
FIRST = {
    "You will learn": "a list of what a reader will learn, begun with: You will learn to",
    "| Time |": "a row: | Time | 30 minutes |",
    "| Tables |": "a row: | Tables | `claims`, `sources` |",
    "| Claims examined |": "a row: | Claims examined | C03 |, or none",
    "*Content note": "what the figures stand for: *Content note. ...*",
}
PROSE = {
    "What this cannot show": "a section: ## 5. What this cannot show",
    "Key points": "a section: ## Key points",
}
FOR_CLASSES = {
    "Predict first": "a section: ## 1. Predict first",
    "Exercises": "a section: ## 6. Exercises",
}
FEWEST, MOST = 15, 50  # cells of the story
SOLUTIONS = 3
TITLE = re.compile(r"# [^#]")
SENTENCE_ENDS = re.compile(r"(?:(?<=[.?!:;])|(?<=[.?!]\*\*))\s+")
NOT_PROSE = re.compile(r"#+ .*$|^\|.*$|\[[^\]]*\]\([^)]*\)", re.MULTILINE)
FEWEST_WORDS = 4  # that make a sentence of the template; fewer may be anybody's
CHART = "Chart: "  # how the text of a chart begins that `show` drew
INNER = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LISTED = re.compile(r"^\| Tables \|(.*)\|", re.MULTILINE)
QUOTED = re.compile(r"`(\w+)`")


def house_problems(notebook, tables):
    """Find what a notebook of the collection lacks, and what it should not hold.

    Parameters
    ----------
    notebook : evidence.notebooks.files.Notebook
        In the form of a notebook.
    tables : collection of str
        Names of all tables.

    Returns
    -------
    list of str
        One line per problem: which cell, what was found, what was expected.
    """
    cells = notebook.cells
    lines = [*_missing_parts(cells), *_template_text(cells), *_template_code(cells)]
    if notebook.question and not notebook.question.endswith("?"):
        lines.append(
            f"cell 1: the question is `{notebook.question}`, expected a question mark at its end"
        )
    lines += [*_table_problems(notebook, tables), *_other_charts(cells), *_typed_results(cells)]
    if not parameter_problems(cells, notebook.name):  # which are named elsewhere
        lines += _unused_parameters(cells, notebook.parameters)
        lines += _rebound_parameters(cells, notebook.parameters)
    return lines


def _missing_parts(cells):
    """Name the parts that every notebook has; those for classes only where there are classes."""
    first = source_of(cells[0])
    prose = "\n".join(source_of(cell) for cell in cells if cell["cell_type"] == "markdown")
    classes = LESSONS.is_dir()
    lines = [] if TITLE.match(first) else ["cell 1: found no title, expected a line: # My topic"]
    lines += [f"cell 1: expected {FIRST[part]}" for part in FIRST if part not in first]
    parts = PROSE | (FOR_CLASSES if classes else {})
    lines += [f"expected {parts[part]}" for part in parts if part not in prose]
    if "runs/" in prose:
        lines.append("names the folder runs/, expected text that holds without any run")
    return [*lines, *(_lengths(cells) if classes else ())]


def _lengths(cells):
    story = sum(not _is_beside(cell) for cell in cells)
    if not FEWEST <= story <= MOST:
        yield (
            f"found {story} cells beside solutions, exercises and telling cells, "
            f"expected {FEWEST} to {MOST}"
        )
    solutions = sum(is_solution(cell) for cell in cells if not is_telling(cell))
    if solutions < SOLUTIONS:
        yield f"found {solutions} cells tagged solution that compute, expected {SOLUTIONS} at least"


def _is_beside(cell):
    """Whether a cell does not count for the length of a story: it tells, or is for the reader."""
    tags = {"class", "solution", "your-turn"} & set(cell["metadata"].get("tags", []))
    return bool(tags) or is_telling(cell) or source_of(cell).startswith("**Your turn.**")


def _template_text(cells):
    """Find sentences of the template that nobody replaced."""
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]
    known = [sentence for cell in template for sentence in _sentences(cell)]
    for number, cell in enumerate(cells, 1):
        own = _sentences(cell)
        left = [sentence for sentence in known if sentence in own]
        if left:
            more = f" and {len(left) - 1} more" if left[1:] else ""
            yield f"cell {number}: found `{left[0]}`{more} of the template; write your own"


def _template_code(cells):
    """Find cells that hold code of the template and no other; what sets up, or looks, may stay."""
    template = json.loads(TEMPLATE.read_text(encoding="utf-8"))["cells"]
    known = {code for _, tree in _trees(template) for code in _steps(tree)}
    for number, tree in _trees(cells):
        steps = _steps(tree)
        if steps and set(steps) <= known:
            first = steps[0].partition("\n")[0]
            yield f"cell {number}: found the code of the template, `{first}`; write your own"


def _steps(tree):
    """Return the statements of a cell as text; none of one that imports or only calls."""
    if any(isinstance(each, ast.Import | ast.ImportFrom) for each in tree.body):
        return []
    if all(isinstance(each, ast.Expr) for each in tree.body):
        return []
    return [ast.unparse(each) for each in tree.body]


def _sentences(cell):
    """Return the sentences of a cell of prose, whatever its lines are."""
    if cell["cell_type"] != "markdown" and not is_telling(cell):
        return []
    text = NOT_PROSE.sub(" ", source_of(cell).removeprefix("%%say"))
    found = SENTENCE_ENDS.split(" ".join(text.split()))
    return [sentence for sentence in found if len(sentence.split()) >= FEWEST_WORDS]


def _table_problems(notebook, tables):
    """Compare the tables that the first cell lists with those that the code reads."""
    row = LISTED.search(source_of(notebook.cells[0]))
    if not row:
        return
    listed = set(QUOTED.findall(row[1])) & set(tables)
    trees = _trees(notebook.cells)
    read = {
        call.args[0].value: number
        for number, tree in reversed(trees)
        for call in _calls(tree, "table")
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    for name in sorted(set(read) - listed):
        yield (
            f"cell {read[name]} reads the table {name}, which the first cell does not list; "
            f"add `{name}` to its row Tables"
        )
    words = {word for _, tree in trees for word in _texts(tree)}
    sources = _helpers(notebook) if listed - words else ""
    for name in sorted(listed - words):
        if f'"{name}"' not in sources:
            yield f"cell 1: lists the table {name}, which no cell reads; take it out of its row"


def _helpers(notebook):
    """Return the code of all helpers that a notebook can reach, in which tables may be read."""
    folder = notebook.path.parent
    files = (module_file(name, folder) for name in reached(notebook.cells, folder)[0])
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path)


def _other_charts(cells):
    """Find pictures that were not drawn by `show`, and so have no digest, source or other text."""
    for number, cell in enumerate(cells, 1):
        shown = [output.get("data", {}) for output in cell.get("outputs", [])]
        texts = ["".join(data.get("text/plain", "")) for data in shown if "image/png" in data]
        if any(not text.startswith(CHART) for text in texts):
            yield (
                f"cell {number}: a chart without title, source and alt, "
                "expected it drawn by show(axes, title=..., source=..., alt=...)"
            )


def _typed_results(cells):
    """Find results whose number is typed, there or under a name, not computed."""
    trees = _trees(cells)
    given, computed = _assigned(trees)
    for number, tree in trees:
        for call in _calls(tree, "record"):
            values = call.args[1:] + [word.value for word in call.keywords]
            for value in values:
                typed = isinstance(value, ast.Name) and value.id in set(given) - computed
                if typed or _is_number(value):
                    found = ast.unparse(given[value.id] if typed else value)
                    yield (
                        f"cell {number}: records the typed number {found}, "
                        "expected one that the notebook computes, or a parameter"
                    )


def _assigned(trees):
    """Return the numbers typed under a name, and the names that stand for something else too."""
    nodes = [node for _, tree in trees for node in ast.walk(tree)]
    plain = [n for n in nodes if isinstance(n, ast.Assign) and _is_number(n.value)]
    typed = {id(each) for node in plain for each in node.targets}
    stored = [n for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    given = {each.id: n.value for n in plain for each in n.targets if isinstance(each, ast.Name)}
    return given, {each.id for each in stored if id(each) not in typed}


def _is_number(node):
    """Whether code is a number without any name in it, as 27, -3 or 2 * 10**6."""
    inner = list(ast.walk(node))
    constants = [each.value for each in inner if isinstance(each, ast.Constant)]
    names = any(isinstance(each, ast.Name) for each in inner)
    return not names and bool(constants) and all(type(each) in (int, float) for each in constants)


def _unused_parameters(cells, parameters):
    """Find parameters that no cell after them uses."""
    used = {word for _, tree in _trees(cells) for word in _names(tree)}
    told = " ".join(source_of(cell) for cell in cells if is_telling(cell))
    used |= set(re.findall(r"\w+", told))
    for name in parameters:
        if name not in used:
            yield f"parameter {name} is used by no cell; use it, or take its line out"


def _rebound_parameters(cells, parameters):
    """Find parameters that a later cell changes: self-checks would take that for the learner's."""
    for number, tree in _trees(cells):
        for name in sorted(_bound(tree) & set(parameters)):
            yield f"cell {number}: gives parameter {name} another value, expected another name"


def _bound(tree):
    """Return the names that code binds in the notebook, not only inside a function of its own."""
    if isinstance(tree, INNER):
        return set()
    own = {tree.id} if isinstance(tree, ast.Name) and isinstance(tree.ctx, ast.Store) else set()
    return own.union(*map(_bound, ast.iter_child_nodes(tree)))


def _names(tree):
    """Return the names in code, with those in its texts, as in a query or a title in braces."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names.union(*(re.findall(r"\w+", text) for text in _texts(tree)))


def _texts(tree):
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in found if isinstance(text, str)}


def _trees(cells):
    """Return number and tree of the cells of method; one that is not Python is named elsewhere."""
    found = []
    for number, cell in enumerate(cells, 1):
        beside = is_telling(cell) or is_parameters(cell) or is_of_class(cell)
        if cell["cell_type"] == "code" and not beside:
            try:
                found.append((number, ast.parse(MAGIC.sub("", source_of(cell)))))
            except (SyntaxError, ValueError):
                continue
    return found


def _calls(tree, name):
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == name]
