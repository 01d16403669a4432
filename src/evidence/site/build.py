"""Builds the site: page sources from a run, then Sphinx, then a check of every link."""

import io
import re
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import yaml

from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.site import library
from evidence.site.claims import write_claims
from evidence.site.explorer import explorer_notebook, write_explorer
from evidence.site.links import broken_links
from evidence.site.notebooks import write_notebooks
from evidence.site.pages import png_size
from evidence.site.pictures import preview
from helpers.charts import png_bytes
from helpers.ledger.claims import read_ledger
from helpers.ledger.scorecard import draw

HERE = Path(__file__).parent
MARK = ".evidence-site"  # only a folder with this mark is ever replaced
EXTRA = ("altair", "myst_nb", "pydata_sphinx_theme", "sphinx", "vl_convert")  # modules of `site`
SCHEMES = ("https://", "http://")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def build(run, out, address=""):
    """Build the site of a run.

    Parameters
    ----------
    run : evidence.site.runs.Run
    out : pathlib.Path
        Folder of the site; replaced as a whole if it holds a site, and left alone on failure.
    address : str
        Where the site will stand, for link previews; may be empty.

    Returns
    -------
    list of str
        What is broken, one line each; the site is in place if there is nothing.

    Raises
    ------
    RequestError
        If the folder holds something that is not a site, or a package is not installed.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARK).exists())):
        raise RequestError(f"{out}: is not empty and not a site, so it is not replaced")
    if address and not address.startswith(SCHEMES):
        raise RequestError(f"--address is {address!r}, expected one that begins with https://")
    missing = [module for module in EXTRA if find_spec(module) is None]
    if missing:
        raise RequestError(
            f"the site needs {', '.join(missing)}, of the extra `site`; in the project's folder: "
            "python -m pip install --editable '.[site]'"
        )
    address = f"{address.rstrip('/')}/" if address else ""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="evidence-site-") as scratch:
        sources, extra, made = (Path(scratch) / name for name in ("sources", "extra", "made"))
        write_sources(run, sources, extra, address)
        problems = _sphinx(sources, extra, made, address)
        if problems:
            return problems
        spare = [
            made / name for name in (".buildinfo", "objects.inv", "_static/webpack-macros.html")
        ]
        for path in [*spare, *made.rglob("*.map")]:
            path.unlink(missing_ok=True)
        problems = broken_links(made)
        if problems:
            return problems
        (made / MARK).touch()
        if out.exists():
            shutil.rmtree(out)
        shutil.copytree(made, out)
    return []


def write_sources(run, sources, extra, address=""):
    """Write everything Sphinx needs: page sources, and files that are copied as they are."""
    pictures, downloads = extra / "pictures", extra / "downloads"
    for folder in (sources, pictures, downloads):
        folder.mkdir(parents=True)
    (sources / "notebooks").mkdir()
    ledger = read_ledger()
    facts = citation(run, address)
    scorecard = png_bytes(draw(ledger.claims))
    (pictures / "scorecard.png").write_bytes(scorecard)
    (pictures / "preview.png").write_bytes(preview(ledger.claims, cited()))
    market = explorer_notebook(run)
    write_claims(sources, pictures, ledger, run, facts)
    write_notebooks(sources, pictures, run, set(ledger.claims.index), market.name if market else "")
    if market:
        write_explorer(sources, extra, market, set(ledger.claims.index), facts["repository"])
    library.write_sources(sources, ledger)
    library.write_data(sources, downloads, run)
    library.write_run(sources, run)
    library.write_disagree(sources, facts["repository"], ledger.claims.index[0], bool(market))
    library.write_home(sources, run, ledger, png_size(scorecard), facts, bool(market))


def citation(run, address=""):
    """Return what a citation needs: author, year, title, version, date, commit, addresses.

    The repository's address is empty if CITATION.cff names none.

    Raises
    ------
    RequestError
        If it is not an address.
    """
    known = cited()
    repository = known.get("repository-code", "")
    if repository and not repository.startswith(SCHEMES):
        raise RequestError(
            f"CITATION.cff: repository-code is {repository!r}, expected one that begins with https://"
        )
    return {
        "author": known["author"],
        "question": known["question"],
        "title": known["title"],
        "version": version("evidence-ledger"),
        "year": run.manifest["start"][:4],
        "date": library.day(run.manifest),
        "commit": run.manifest["commit"][:12]
        if run.manifest["commit"][:1] in "0123456789abcdef"
        else "",
        "address": address,
        "repository": repository,
    }


def cited():
    """Read CITATION.cff, with three things more: the name and question in its title, the author."""
    known = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    missing = [part for part in ("title", "authors") if not known.get(part)]
    if missing:
        raise RequestError(f"CITATION.cff: expected {missing[0]}, found nothing")
    name, _, question = known["title"].partition(": ")
    names = [
        each.get("name") or f"{each['given-names']} {each['family-names']}"
        for each in known["authors"]
    ]
    question = question[:1].upper() + question[1:] or name
    return known | {"name": name, "question": question, "author": ", ".join(names)}


def settings(address, extra):
    """Return Sphinx's configuration."""
    known = cited()
    return {
        "project": known["name"],
        "author": known["author"],
        "project_copyright": f"{known['author']}. Text and data: CC BY 4.0, except where noted",
        "version": version("evidence-ledger"),
        "language": "en",
        "extensions": ["myst_nb", "evidence.site.extension"],
        "templates_path": [str(HERE / "theme")],
        "html_static_path": [str(HERE / "static")],
        "html_extra_path": [str(extra)],
        "html_theme": "pydata_sphinx_theme",
        "html_title": known["name"],
        "html_baseurl": address,
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_copy_source": False,
        # For a line of summary the search would load every page it finds.
        "html_show_search_summary": False,
        "html_show_sourcelink": False,
        "html_use_index": False,
        "html_domain_indices": False,
        "html_permalinks": False,
        "html_math_renderer": "mathml",
        "html_context": {"default_mode": "light"},
        "html_sidebars": {
            "index": [],
            "explorer": [],
            "sources": [],
            "run": [],
            "disagree": [],
            "search": [],
        },
        "html_theme_options": {
            "logo": {"text": known["name"]},
            "navbar_end": [],
            "navbar_persistent": ["search-button"],
            "header_links_before_dropdown": 8,
            "search_bar_text": "Search",
            "footer_start": ["copyright"],
            "footer_end": [],
            "secondary_sidebar_items": ["page-toc"],
            "show_prev_next": True,
            "back_to_top_button": False,
        },
        "nb_execution_mode": "off",
        "nb_render_markdown_format": "myst",
        "nb_ipywidgets_js": {},
        "nb_code_prompt_show": "Show the code",
        "nb_code_prompt_hide": "Hide the code",
        "myst_enable_extensions": ["dollarmath", "colon_fence"],
        # A text that holds HTML is shown as text; the site's own HTML comes through directives.
        "myst_disable_syntax": ["html_block", "html_inline"],
        "myst_update_mathjax": False,
        "myst_heading_anchors": 3,
    }


def _sphinx(sources, extra, made, address):
    """Run Sphinx; return its warnings, each naming the page, without folders of this machine."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError

    said = io.StringIO()
    try:
        app = Sphinx(
            srcdir=sources,
            confdir=None,
            outdir=made,
            doctreedir=sources.parent / "doctrees",
            buildername="dirhtml",
            confoverrides=settings(address, extra),
            status=None,
            warning=said,
            freshenv=True,
        )
        app.build()
    except SphinxError as error:
        return [f"sphinx: {error}"]
    lines = ANSI.sub("", said.getvalue()).replace(f"{sources}/", "").splitlines()
    return [line for line in lines if line.strip()]
