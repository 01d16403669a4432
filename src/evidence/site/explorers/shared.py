"""What every explorer's page is made of: figures of the notebook, facts for the script, words."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from evidence.site.pages import html, root_of, write_page
from helpers.data import package, table


@dataclass(frozen=True)
class Explorer:
    """One explorer: its page, its heading, and the parameters by which its notebook is known."""

    path: str
    title: str
    about: str
    needs: frozenset
    write: Callable


def given_to(page):
    """Return the parameters a notebook ran with, or its defaults.

    What stopped a notebook may be its figures, so those of a run that failed are left out.
    """
    given = {name: known.default for name, known in page.source.parameters.items()}
    return given | (page.parameters if page.status == "done" else {})


def concluded(page):
    """Return the results of a notebook by name: of this run, or as stored if it has none."""
    ran = page.executed if page.status == "done" and page.executed else page.source
    return {result["name"]: result for result in ran.results}


def glossary_rows(names):
    """Return id, term and meaning of entries of the glossary, as far as there is one."""
    if "glossary" not in package():
        return []
    rows = table("glossary").set_index("id", drop=False)
    return rows.loc[[name for name in names if name in rows.index]].to_dict("records")


def script(name, value):
    """Write a value for a page's script; a "<" could end the script it stands in."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"window.{name} = {text};\n".replace("<", "\\u003c")


def write(explorer, folder, extra, template, *, found, page, facts, terms, scripts, **values):
    """Write an explorer's page, and the facts that its script starts from.

    Parameters
    ----------
    explorer : Explorer
    folder, extra : pathlib.Path
        Page sources, and files that are copied as they are.
    template : str
    found : list of (Explorer, evidence.site.runs.Page)
        All explorers, which the page names.
    page : evidence.site.runs.Page
        Of the notebook.
    facts : dict
        ``start`` (figures by name), ``words`` (what each is called), ``ends`` (names of the parts
        of a figure that has several), ``sliders`` (positions), ``options``, ``scenarios`` (dicts of
        name, words, state), and what the script asks for besides.
    terms : sequence of str
        Entries of the glossary that the page explains.
    scripts : sequence of str
        Files that the page loads, in order; those without a folder lie beside its facts.
    **values
        For the template.
    """
    made = extra / explorer.path
    made.mkdir(parents=True, exist_ok=True)
    (made / "facts.js").write_text(script("facts", facts), encoding="utf-8")
    root = root_of(explorer.path)
    text = html(
        template,
        facts=facts,
        notebook=page,
        others=[
            {"title": other.title, "path": other.path, "here": other.path == explorer.path}
            for other, _ in found
        ],
        root=root,
        terms=glossary_rows(terms),
        scripts=[f"{root}_static/{name[1:]}" if name[0] == "/" else name for name in scripts],
        **values,
    )
    parts = [(None, text)]
    write_page(
        folder, explorer.path, explorer.title, parts, description=explorer.about, aside=False
    )
    first, *rest = [other.path for other, _ in found]
    if explorer.path == first and rest:
        with (folder / f"{first}.md").open("a", encoding="utf-8") as file:
            file.write("\n```{toctree}\n:hidden:\n\n/" + "\n/".join(rest) + "\n```\n")
