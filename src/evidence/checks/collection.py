"""Checks of the whole collection: tables, notebooks and wording."""

import pandas as pd

from evidence.checks.characters import disguised
from evidence.checks.coverage import coverage_problems, typed_counts
from evidence.checks.form import form_problems
from evidence.checks.house import house_problems
from evidence.checks.ledger import (
    constraint_problems,
    ledger_problems,
    unfinished_problems,
    verdict_problems,
)
from evidence.checks.numbers import typed_numbers, unknown_claims
from evidence.checks.reasons import reason_problems
from evidence.checks.style import style_problems
from evidence.checks.tables import check_tables
from evidence.checks.translations import translation_problems
from evidence.checks.wording import table_wording, unwelcome
from evidence.classroom.lessons import read_lesson
from evidence.classroom.versions import exercise_problems
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks.files import find, is_of_class, is_telling, source_of
from evidence.notebooks.parameters import parameter_problems
from evidence.notebooks.stored import fingerprint, unstable_outputs
from evidence.tables.seal import seal_problems
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
        return lines  # of tables that are not in order; nothing that rests on them is looked at
    ledger = read_ledger()
    lines = data_problems() + unfinished_problems(FOLDER) + seal_problems()
    if "coverage" in package():
        lines += typed_counts((ROOT / "README.md").read_text(encoding="utf-8"), ledger.claims)
    results, numbers, notebooks = {}, {}, find()
    for notebook in notebooks:
        try:
            found = form_problems(notebook.content)
            if not found:
                results |= {f"{notebook.name}:{each['name']}": each for each in notebook.results}
                found = check_notebook(notebook, ledger.claims)
                found += house_problems(notebook, package())
                numbers[notebook.name] = _numbers(notebook)
            lines += [f"{notebook.name}: {line}" for line in found]
        except RequestError as error:
            lines.append(str(error))
    lines += readme_problems(notebooks, (ROOT / "README.md").read_text(encoding="utf-8"))
    lines += map_problems(notebooks) + verdict_problems(ledger, results)
    return lines + reason_problems(ledger, results, _events(), numbers)


def data_problems(folder=FOLDER):
    """Check what tables in order say together, without what a row to come may complete.

    Parameters
    ----------
    folder : pathlib.Path

    Returns
    -------
    list of str
        One line per problem.
    """
    ledger, known = read_ledger(folder), package(folder)
    lines = ledger_problems(ledger)
    if set(BESIDE) <= set(known):
        lines += constraint_problems(*(table(name, folder) for name in BESIDE))
    lines += table_wording(folder) + translation_problems(folder)
    if "coverage" in known:
        lines += coverage_problems(table("coverage", folder), ledger.claims)
    return lines


def _events():
    """Read the events that are tied to claims; a ledger may do without them."""
    if "events" in package():
        return table("events")
    return pd.DataFrame(columns=["start", "end", "event", "claim"])


def map_problems(notebooks):
    """Name the notebooks that the first one, which holds the map, does not link to.

    Parameters
    ----------
    notebooks : list of evidence.notebooks.files.Notebook
        The collection, in its order.

    Returns
    -------
    list of str
    """
    first = notebooks[0]
    if form_problems(first.content):
        return []
    prose = "".join(source_of(cell) for cell in first.cells if cell["cell_type"] == "markdown")
    return [
        f"{notebook.name}: found on no map, expected a row for it in the map of {first.name}"
        for notebook in notebooks
        if f"({notebook.name}.ipynb)" not in prose
    ]


def readme_problems(notebooks, readme):
    """Name the notebooks that a readme which lists notebooks does not link to.

    Parameters
    ----------
    notebooks : list of evidence.notebooks.files.Notebook
    readme : str

    Returns
    -------
    list of str
    """
    links = {notebook.name: f"(notebooks/{notebook.name}.ipynb)" for notebook in notebooks}
    missing = [name for name, link in links.items() if link not in readme]
    if len(missing) == len(links):  # it has no list, as in a ledger that was started from ours
        return []
    return [
        f"README.md: found no link to {name}, expected it in the table of notebooks: "
        f"[{name}]{links[name]}"
        for name in missing
    ]


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
        If it is no notebook.
    """
    lines = form_problems(notebook.content)
    if lines:
        return lines
    cells = notebook.cells
    lines += parameter_problems(cells, notebook.name)
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
        text, found = source_of(cell), []
        if cell["cell_type"] == "markdown" and not is_of_class(cell):
            found += typed_numbers(text, claims)
        if cell["cell_type"] == "markdown" or is_telling(cell):
            found += [*unknown_claims(text, claims), *disguised(text)]
        lines += [f"cell {index}: {line}" for line in [*found, *unwelcome(text)]]
    return lines


def _numbers(notebook):
    """List the numbers among the defaults of a notebook's parameters, if these can be read."""
    if parameter_problems(notebook.cells, notebook.name):
        return []
    defaults = [parameter.default for parameter in notebook.parameters.values()]
    flat = [one for value in defaults for one in (value if isinstance(value, list) else [value])]
    return [float(one) for one in flat if isinstance(one, int | float)]


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
