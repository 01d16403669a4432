"""Which parameters of a notebook an answer depends on, read from the code without running it."""

import ast

from IPython.core.inputtransformer2 import TransformerManager


def depends_on(names, sources, answer):
    """Name the parameters that can change an answer.

    A statement that touches a name counts as making it, wherever it stands: rather one parameter
    too many than one too few.

    Parameters
    ----------
    names : iterable of str
        The notebook's parameters.
    sources : list of str
        Code of the notebook's cells, without the one that holds the parameters.
    answer : str
        Code of the answer.

    Returns
    -------
    set of str
    """
    return _needed(sources, answer) & set(names)


def code_for(sources, answer):
    """Return what an answer needs of each cell: imports, and statements that make its names."""
    needed, imported = _needed(sources, answer), _all_imported(sources)
    kept = [
        [s for s in _body(cell) if (_made(s) - imported) & needed or _imported(s)]
        for cell in sources
    ]
    return ["\n".join(map(ast.unparse, statements)) for statements in kept]


def _needed(sources, answer):
    """Return every name that an answer reads, and that those are made from."""
    statements = [statement for source in sources for statement in _body(source)]
    imported = _all_imported(sources)
    known = [(_read(s), _made(s) - imported) for s in statements]
    needed = set().union(*map(_read, _body(answer)))
    while True:
        more = set().union(*(read for read, made in known if made & needed))
        if more <= needed:
            return needed
        needed |= more


def _body(source):
    """Return the statements of a cell: IPython's signs become calls; a cell magic makes nothing."""
    if source.startswith("%%"):
        return []
    return ast.parse(TransformerManager().transform_cell(source)).body


def _all_imported(sources):
    return set().union(*(_imported(s) for source in sources for s in _body(source)))


def _imported(statement):
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return set()
    return {(name.asname or name.name).partition(".")[0] for name in statement.names}


def _read(statement):
    """Return every name in a statement: `n += 1` reads what it stores."""
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}


def _made(statement):
    """Return the names that a statement assigns, or whose object it may change in place."""
    made = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            made.add(_root(node))
        elif isinstance(node, ast.Expr) and _is_method(node.value):  # `rows.append(...)`
            made.add(_root(node.value))
    return made


def _is_method(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def _root(node):
    """Return the name that a chain of attributes, subscripts and calls begins with."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
