"""What the site asks of Sphinx: formulas without a network, terms with meanings, languages."""

import re
from functools import cache

from docutils.utils.math.latex2mathml import tex2mathml
from markupsafe import Markup

from evidence.site.languages import ENGLISH, offered
from helpers.data import package, table

# What an accessibility audit finds in the pages of others: a head of a table without words, and a
# name for "Show the code" that differs from what is seen.
EMPTY_HEAD = re.compile(r"<th(?: class=\"[^\"]*\")?>\s*(?:<p>\s*</p>)?\s*</th>")
TAG, TAG_NAME = re.compile(r"(<[^>]*>)"), re.compile(r"<(/?)(\w+)")
TRANSLATED = re.compile(r"index|search|claims/.*")  # pages that every language has
LEFT_ALONE = {
    *("a", "button", "code", "dt", "figure", "form", "h1", "h2", "h3", "math", "pre", "script"),
    *("select", "style", "summary", "svg", "table"),
}
RIGHTS = "Text and data: CC BY 4.0, except where noted"
FOLD_LABEL = ' aria-label="Toggle hidden content"'


def visit_math(writer, node):
    """Write a formula in a line as MathML, which browsers draw themselves."""
    writer.body.append(tex2mathml(node.astext()))
    raise writer_skip()


def visit_displaymath(writer, node):
    """Write a formula on a line of its own as MathML."""
    formula = tex2mathml(node.astext(), as_block=True)
    writer.body.append(
        f'<div class="math scrolls" tabindex="0" role="region" aria-label="Formula">{formula}</div>'
    )
    raise writer_skip()


def writer_skip():
    """Return the exception that tells docutils that a node is done."""
    from docutils.nodes import SkipNode

    return SkipNode()


@cache
def terms():
    """Read the terms of the glossary: id and meaning by form, and a pattern that finds any form."""
    known = {}
    if "glossary" not in package():  # a ledger may do without one
        return known, re.compile("(?!)")
    for row in table("glossary").fillna("").to_dict("records"):
        for form in [row["term"], *filter(None, row["forms"].split(";"))]:
            known[form.lower()] = (row["id"], row["meaning"])
    longest_first = sorted(known, key=lambda form: (-len(form), form))
    forms = "|".join(re.escape(form) for form in longest_first)
    return known, re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE)


def link_terms(body, known, root):
    """Make the first use of each term on a page lead to the glossary.

    Parameters
    ----------
    body : str
        HTML; headings, links, code, pictures, tables and forms in it stay as they are.
    known : tuple
        From `terms`.
    root : str
        Way from the page to the top of the site.
    """
    meanings, pattern = known
    met, within, parts = set(), [], TAG.split(body)
    for number, part in enumerate(parts):
        if number % 2:
            name = TAG_NAME.match(part)
            if name and name[2].lower() in LEFT_ALONE and not part.endswith("/>"):
                within = within[:-1] if name[1] else [*within, name[2]]
        elif not within and part.strip():
            parts[number] = pattern.sub(lambda m: _term(m[0], meanings, met, root), part)
    return "".join(parts)


def _term(text, meanings, met, root):
    name, meaning = meanings[text.lower()]
    if name in met:
        return text
    met.add(name)
    return str(
        Markup('<a class="term" href="{}glossary/#{}" title="{}">{}</a>').format(
            root, name, meaning, Markup(text)
        )
    )


def speak(app, page, template, context, doctree):
    """Put a page's frame into its language, and lead to the same page in the others."""
    code, _, rest = page.partition("/")
    language = next((each for each in offered() if each.code == code), ENGLISH)
    rest = rest if language.code else page
    root = context["content_root"]
    same = rest if TRANSLATED.fullmatch(rest) else "index"
    context["languages"] = offered() and [
        {"name": each.name, "tag": each.tag, "here": each == language}
        | {"url": root + each.folder + address(same if each.code else rest)}
        for each in [ENGLISH, *offered()]
    ]
    if rest == same:
        context["alternates"] = context["languages"]
    if not language.code:
        return
    gettext, pathto = language.gettext, context["pathto"]
    context |= {
        "language": language.tag,
        "gettext": gettext,
        "ngettext": language.messages.ngettext,
        "pathto": lambda name, *more: pathto(
            f"{language.folder}search" if name == "search" else name, *more
        ),
        "root_doc": f"{language.folder}index",
        "docstitle": language.own(app.config.html_title),
        "theme_logo": context["theme_logo"] | {"text": language.own(app.config.html_title)},
        "theme_search_bar_text": gettext("Search"),
        "copyright": f"{app.config.author}. {gettext(RIGHTS)}",
        "places": places(app, language, root, rest),
        "parents": [],
    }
    if rest.startswith("claims/"):
        home = {"link": f"{root}{language.folder}claims/", "title": gettext("All claims")}
        context["parents"] = [home] * (rest != "claims/index")
        context["claim_links"] = [
            {"here": rest == f"claims/{name}", "words": f"{language.own(short)} ({name})"}
            | {"url": f"{root}{language.folder}claims/{name}/"}
            for name, short in table("claims")[["id", "short"]].itertuples(index=False)
        ]


def address(page):
    """Return the address of a page from the top of the site: "claims/C04/" for claims/C04."""
    name = "" if page == "index" else page.removesuffix("/index")
    return f"{name}/" if name else ""


def places(app, language, root, here):
    """List where the header of a page in another language leads: its own pages, then English."""
    _ = language.gettext
    known = {
        "claims/index": _("All claims"),
        "notebooks/index": _("Notebooks"),
        "explorer": _("Explorers"),
        "sources": _("Sources"),
        "data/index": _("Data"),
        "glossary": _("Glossary"),
        "corrections": _("Corrections"),
        "disagree": _("How to disagree"),
    }
    return [
        {
            "words": words,
            "english": page != "claims/index",
            "url": root + (language.folder if page == "claims/index" else "") + address(page),
            "here": here.startswith("claims/") and page == "claims/index",
        }
        for page, words in known.items()
        if page in app.env.found_docs
    ]


def describe(app, page, template, context, doctree):
    """Say in a page's head what it is: for search engines and link previews."""
    if "body" in context:
        body = EMPTY_HEAD.sub("<td></td>", context["body"].replace(FOLD_LABEL, ""))
        wanted = page not in {"glossary", "search"} and not page.startswith("data/")
        wanted = wanted and context["language"] == "en"  # the terms are English words
        root = context["content_root"]
        context["body"] = link_terms(body, terms(), root) if wanted else body
    meta = context.get("meta") or {}
    title = Markup(context.get("title", "")).striptags()
    description = meta.get("description") or app.config.html_title
    base = app.config.html_baseurl or context["content_root"]
    tags = {
        "name": {"description": description},
        "property": {
            "og:type": "article",
            "og:site_name": app.config.html_title,
            "og:title": title or app.config.html_title,
            "og:description": description,
            "og:image": f"{base}pictures/preview.png",
            "og:image:alt": app.config.html_title,
        },
    }
    context["metatags"] = context.get("metatags", "") + "".join(
        Markup('<meta {}="{}" content="{}">\n').format(kind, name, text)
        for kind, named in tags.items()
        for name, text in named.items()
    )


def without_search(app):
    """Let the builder make no index: the site has its own search."""
    app.builder.search = False


def setup(app):
    """Register with Sphinx."""
    app.connect("builder-inited", without_search)
    app.connect("html-page-context", speak)
    app.connect("html-page-context", describe)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
