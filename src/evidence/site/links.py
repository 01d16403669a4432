"""Checks a built site: every link leads somewhere, and nothing is loaded from outside."""

import json
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

from evidence.site.kept import always

LOADS = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("object", "data"),
}
# These links only name a page; the browser does not fetch them.
NAMES = {"alternate", "canonical", "next", "prev", "search", "index", "license", "author"}


def _read(content, once):
    """Return links, loads and names of a page."""

    def parsed():
        page = _Page(content.decode())
        return json.dumps([page.links, page.loads, sorted(page.names)]).encode()

    links, loads, names = json.loads(once(b"links" + content, parsed))
    return SimpleNamespace(links=links, loads=loads, names=set(names))


class _Page(HTMLParser):
    """Collects what a page links to, what it loads, and the places in it that have a name."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.names = [], [], {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.names |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        for element, key in LOADS:
            if tag == element and attributes.get(key):
                named = tag == "link" and set(attributes.get("rel", "").split()) & NAMES
                (self.links if named else self.loads).append(attributes[key])


def broken_links(folder, once=always):
    """Find links of a built site that lead nowhere, and what a page would load from elsewhere.

    Parameters
    ----------
    folder : pathlib.Path
        The built site.
    once : callable
        Remembers what stands in a page that is the same as last time, see `Kept.once`.

    Returns
    -------
    list of str
        One line per problem: the page, and the link as it stands in it.
    """
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pages = {
        name: _read((folder / name).read_bytes(), once)
        for name in sorted(files)
        if name.endswith(".html")
    }
    lines = []
    for where, page in pages.items():
        for link in dict.fromkeys([*page.links, *page.loads]):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if link in page.loads and parts.scheme != "data":
                    lines.append(f"{where}: loads {link}, expected a file of the site")
                continue
            if not _leads(where, parts, pages, files):
                lines.append(f"{where}: broken link {link}")
    return lines


def _leads(where, parts, pages, files):
    if parts.path.startswith("/"):
        return False  # the site may stand in a folder of its server
    target = normpath(join(dirname(where), unquote(parts.path))) if parts.path else where
    if target not in files:
        target = "index.html" if target == "." else f"{target}/index.html"
    if target not in files:  # nor what lies outside the site
        return False
    if target not in pages or not parts.fragment:
        return True
    fragment = unquote(parts.fragment)
    return fragment in pages[target].names or "=" in fragment
