"""Checks of the whole collection: tables, notebooks and wording."""

from evidence.checks.ledger import (
    constraint_problems,
    ledger_problems,
    unused_sources,
    verdict_problems,
)
from evidence.checks.numbers import typed_numbers
from evidence.checks.style import style_problems
from evidence.checks.tables import check_tables
from evidence.checks.wording import table_wording, unwelcome
from evidence.classroom.lessons import read_lesson
from evidence.classroom.versions import exercise_problems
from evidence.errors import RequestError
from evidence.notebooks.files import find, is_of_class
from evidence.notebooks.parameters import read_parameters
from evidence.notebooks.stored import fingerprint, unstable_outputs
from helpers.data import FOLDER, package, table
from helpers.ledger.claims import read_ledger

BESIDE = ("terms", "anchors", "anchor_bounds")  # a ledger may do without them


def problems():
    """Check everything and return one line per problem.

    Returns
    -------
    list of str
    """
    lines = check_tables()
    if lines:
        return lines
    ledger = read_ledger()
    lines = ledger_problems(ledger)
    if set(BESIDE) <= set(package()):
        lines += constraint_problems(*(table(name) for name in BESIDE))
    lines += unused_sources(FOLDER) + table_wording()
    results = {}
    for notebook in find():
        try:
            lines += [
                f"{notebook.name}: {line}" for line in check_notebook(notebook, ledger.claims)
            ]
        except RequestError as error:
            lines.append(str(error))
        results |= {f"{notebook.name}:{result['name']}": result for result in notebook.results}
    return lines + verdict_problems(ledger, results)


def check_notebook(notebook, claims):
    """Check one notebook: its form, its stored outputs, its results and its prose.

    Parameters
    ----------
    notebook : evidence.notebooks.files.Notebook
    claims : pandas.DataFrame
        The ledger's claims, indexed by id.

    Returns
    -------
    list of str

    Raises
    ------
    RequestError
        If it is no notebook, or its cell of parameters is not as it should be.
    """
    lines = []
    cells = notebook.cells
    read_parameters(cells, notebook.name)
    if not notebook.question:
        lines.append("first cell: expected the question in bold, found none")
    lesson = exercise_problems(cells, read_lesson(notebook.name))
    lines += [f"{line}; run `evidence accept {notebook.name}`" for line in lesson]
    lines += _stored(notebook, cells)
    names = [result["name"] for result in notebook.results]
    lines += [f"result {n} is recorded twice" for n in dict.fromkeys(names) if names.count(n) > 1]
    lines += [
        f"result {r['name']}: no claim has the id {r['claim']}"
        for r in notebook.results
        if r["claim"] and r["claim"] not in claims.index
    ]
    lines += style_problems(cells, claims)
    for index, cell in enumerate(cells, 1):
        if cell["cell_type"] == "markdown" and not is_of_class(cell):
            prose = "".join(cell["source"])
            lines += [f"cell {index}: {line}" for line in typed_numbers(prose, claims)]
        lines += [f"cell {index}: {line}" for line in unwelcome("".join(cell["source"]))]
    return lines


def _stored(notebook, cells):
    """Check that outputs are stored, were made by `evidence accept`, and belong to this code."""
    again = f"run `evidence accept {notebook.name}`"
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    if not any(cell["outputs"] for cell in code):
        return [f"no stored outputs, so nbval would compare nothing; {again}"]
    accepted = notebook.content.get("metadata", {}).get("evidence", {}).get("accepted")
    if accepted != fingerprint(cells):
        return [f"code or outputs changed since they were accepted; {again}"]
    return unstable_outputs(cells)
