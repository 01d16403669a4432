"""Checks of the whole collection: tables, notebooks and wording."""

import re

from evidence.checks.ledger import ledger_problems, unused_sources, verdict_problems
from evidence.checks.tables import check_tables
from evidence.checks.wording import table_wording, unwelcome
from evidence.errors import RequestError
from evidence.notebooks.files import find
from evidence.notebooks.parameters import read_parameters
from evidence.notebooks.stored import fingerprint, unstable_outputs
from helpers.data import FOLDER
from helpers.ledger.claims import read_ledger

NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d")
# Typed numbers that may stand in prose: years and dates, section and list numbers, durations
# of a lesson, numbers of notebooks, and anything in code or in an address.
DATES = re.compile(
    r"\b(?:1[89]|20)\d\d(?:s|-(?:1[89]|20)?\d\d)?\b|\b\d{4}-\d\d(?:-\d\d)?\b"
    r"|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
ALLOWED = (
    re.compile(r"```.*?```", re.DOTALL),
    re.compile(r"`[^`]*`"),
    re.compile(r"(?<!\\)\$\$?[^$]+(?<!\\)\$\$?"),
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"\]\([^)]*\)|https?://\S+"),
    re.compile(r"^#+ *[\d.]+ ", re.MULTILINE),
    re.compile(r"^ *\d+\. ", re.MULTILINE),
    re.compile(r"\b\d+ minutes\b|\b[Ss]ections? \d+"),
    re.compile(r"\[[CRL]\d\d\]|\b[CRL]\d\d\b"),
    re.compile(r"\b[0-5]\d_\w+"),
    # Names that hold a digit, and volume, issue and pages of a journal.
    re.compile(r"\bTier \d\b|\b3P\b|\b\d+\(\d+\)(?:[:,] ?\d+[-–]\d+)?|\bpages? \d+[-–]?\d*"),
    DATES,
)


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
    lines = ledger_problems(ledger) + unused_sources(FOLDER) + table_wording()
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
    lines += _stored(notebook, cells)
    names = [result["name"] for result in notebook.results]
    lines += [f"result {n} is recorded twice" for n in dict.fromkeys(names) if names.count(n) > 1]
    lines += [
        f"result {r['name']}: no claim has the id {r['claim']}"
        for r in notebook.results
        if r["claim"] and r["claim"] not in claims.index
    ]
    for index, cell in enumerate(cells, 1):
        if cell["cell_type"] == "markdown":
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


def typed_numbers(prose, claims):
    """Find numbers typed into prose that should be computed or quoted from a claim.

    A paragraph that names a claim, as in [C04], may hold that claim's own numbers.

    Parameters
    ----------
    prose : str
        Markdown.
    claims : pandas.DataFrame
        With columns value_low and value_high, indexed by id.

    Returns
    -------
    list of str
    """
    for form in ALLOWED[:4]:
        prose = form.sub(" ", prose)
    lines = []
    for line in re.split(r"\n\s*\n", prose):
        quoted = re.findall(r"\[([CRL]\d\d)\]", line)
        for form in ALLOWED[4:]:
            line = form.sub(" ", line)
        known = {
            value
            for claim in quoted
            if claim in claims.index
            for value in claims.loc[claim, ["value_low", "value_high"]].dropna()
        }
        for found in NUMBER.findall(line):
            if not _is_quoted(found, line, known):
                lines.append(
                    f"typed number {found}, expected a computed sentence or a quoted claim: "
                    f"{line.strip()[:60]}"
                )
    return lines


def _is_quoted(found, line, known):
    value = float(found.replace(",", "").rstrip("."))
    scales = (1, 1e3, 1e6, 1e9, 0.01)
    return any(
        abs(value * scale - claimed) <= 1e-9 * abs(claimed) for scale in scales for claimed in known
    )
