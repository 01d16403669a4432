"""Which tables a notebook may read: those that its cells, or the helpers it reaches, name."""

import re

from evidence.errors import RequestError
from evidence.notebooks.files import find
from evidence.run.depends import module_file, reached
from helpers.data import package

WORD = re.compile(r"""["']([a-z0-9_]+)["']""")


def tables_named(notebooks):
    """Return the names of the tables that notebooks may read.

    Parameters
    ----------
    notebooks : iterable of evidence.notebooks.files.Notebook

    Returns
    -------
    set of str
        At least those that they read: a name is enough, whether or not it is used.
    """
    words = set()
    for notebook in notebooks:
        folder = notebook.path.parent
        ours, _ = reached(notebook.cells, folder)
        texts = ["".join(cell["source"]) for cell in notebook.cells]
        texts += [module_file(name, folder).read_text(encoding="utf-8") for name in ours]
        words |= {word for text in texts for word in WORD.findall(text)}
    named = {name: resource for name, resource in package().items() if name in words}
    quoted = {
        code
        for resource in named.values()
        for field in resource["schema"]["fields"]
        if field["name"] == "table"
        for code in field.get("constraints", {}).get("enum", [])
    }
    return set(named) | quoted


def used_by(tables):
    """Return the numbers of the notebooks that may read one of several tables.

    Parameters
    ----------
    tables : collection of str

    Returns
    -------
    list of str
        In the order of the collection; a file that is no notebook is left out.
    """
    numbers = []
    for notebook in find():
        try:
            if tables_named([notebook]) & set(tables):
                numbers.append(notebook.name.partition("_")[0])
        except RequestError:  # which `evidence check` names
            continue
    return numbers
