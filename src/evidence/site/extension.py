"""What the site asks of Sphinx: formulas without a network, and a search that knows numbers."""

import re

from docutils.utils.math.latex2mathml import tex2mathml
from markupsafe import Markup
from sphinx.search.en import SearchEnglish

# What an accessibility audit finds in the pages of others: a head of a table without words, and a
# name for "Show the code" that differs from what is seen.
EMPTY_HEAD = re.compile(r"<th(?: class=\"[^\"]*\")?>\s*(?:<p>\s*</p>)?\s*</th>")
FOLD_LABEL = ' aria-label="Toggle hidden content"'


class SearchWithNumbers(SearchEnglish):
    """English, with numbers as they are printed: 500,000 is one word, and 105 is one too.

    The browser's side of Sphinx's search skips words of digits only, so they carry a mark.
    """

    _word_re = re.compile(r"\d[\d,.]*\d|\w+")
    js_splitter_code = r"""
function splitQuery(query) {
  const words = query.match(/\d[\d,.]*\d|[\p{L}\p{N}_]+/gu) || [];
  return words.map((word) => (/^\d+$/.test(word) ? "#" + word : word));
}
"""

    def split(self, input):  # the name is Sphinx's
        """Split a text into words."""
        return [f"#{word}" if word.isdigit() else word for word in super().split(input)]


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


def describe(app, page, template, context, doctree):
    """Say in a page's head what it is: for search engines and link previews."""
    if "body" in context:
        context["body"] = EMPTY_HEAD.sub("<td></td>", context["body"].replace(FOLD_LABEL, ""))
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


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", describe)
    app.add_search_language(SearchWithNumbers)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
