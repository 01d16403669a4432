"""Builds the site: page sources from a run, then Sphinx, then a check of every link."""

import io
import re
import shutil
import tempfile
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from evidence.errors import RequestError
from evidence.site import library
from evidence.site.citation import SCHEMES, citation, cited
from evidence.site.claims import printable, write_claims
from evidence.site.explorers import explorers_of, write_explorers
from evidence.site.extension import RIGHTS
from evidence.site.kept import always, kept
from evidence.site.languages import CATALOGUES, TABLE, labelled, offered
from evidence.site.links import broken_links
from evidence.site.notebooks import write_notebooks
from evidence.site.pictures import preview
from evidence.site.search import write_names, write_search, write_search_page
from evidence.site.teaching import has_course, write_teaching
from helpers.data import FOLDER, package
from helpers.ledger.claims import read_ledger

HERE = Path(__file__).parent
MARK = ".evidence-site"  # only a folder with this mark is ever replaced
EXTRA = ("altair", "myst_nb", "pydata_sphinx_theme", "sphinx", "vl_convert")  # modules of `site`
SPARE = (".buildinfo", "objects.inv", "webpack-macros.html", "*.map")  # of Sphinx, for no reader
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
    with tempfile.TemporaryDirectory(prefix="evidence-site-") as scratch, kept() as last:
        sources, extra, made = (Path(scratch) / name for name in ("sources", "extra", "made"))
        write_sources(run, sources, extra, address, last.once)
        last.renew(sources, [*_frame(extra), address.encode()])
        problems = _sphinx(last, address)
        if problems:
            last.forget()
            return problems
        shutil.copytree(last.made, made, ignore=shutil.ignore_patterns(*SPARE))
        shutil.copytree(extra, made, dirs_exist_ok=True)
        for language in offered():
            for path in (made / language.folder).rglob("*.html"):
                path.write_text(labelled(path.read_text("utf-8")), encoding="utf-8")
        problems = broken_links(made, last.once)
        if problems:
            last.forget()
            return problems
        last.tidy()
        (made / MARK).touch()
        _replace(made, out)
    return []


def _replace(made, out):
    """Put a site in its place: copied beside it first, so that there is always a whole one."""
    fresh, old = (out.with_name(f".evidence-{out.name}.{word}") for word in ("new", "old"))
    if old.exists() and not out.exists():  # killed between the two renames
        old.rename(out)
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(made, fresh)
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists() and not out.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _frame(extra):
    """Return what every page depends on beside its own source: names of files, our code, looks."""
    names = sorted(path.relative_to(extra).as_posix() for path in extra.rglob("*"))
    ours = [HERE / "build.py", HERE / "extension.py", FOLDER / "glossary.csv"]
    ours += [HERE / "languages.py", *sorted(CATALOGUES.iterdir()), FOLDER / f"{TABLE}.csv"]
    looks = [path for part in ("theme", "static") for path in sorted((HERE / part).iterdir())]
    versions = [f"{name} {version(name)}" for name in ("sphinx", "myst-nb", "pydata-sphinx-theme")]
    return [
        "\n".join([*names, *versions]).encode(),
        *(path.read_bytes() for path in [*ours, *looks] if path.is_file()),
    ]


def write_sources(run, sources, extra, address="", once=always):
    """Write everything Sphinx needs: page sources, and files that are copied as they are."""
    pictures, downloads = extra / "pictures", extra / "downloads"
    for folder in (sources, pictures, downloads):
        folder.mkdir(parents=True)
    (sources / "notebooks").mkdir()
    ledger = read_ledger()
    facts = citation(run, address)
    counted = ledger.claims["verdict"].value_counts().to_json() + version("matplotlib")
    looks = [find_spec(module).origin for module in ("evidence.site.pictures", "helpers.charts")]
    known = cited()
    said = f"{counted} {known['name']} {known['question']}".encode()
    key = b"preview".join([said, *(Path(path).read_bytes() for path in looks)])
    (pictures / "preview.png").write_bytes(once(key, partial(preview, ledger.claims, known)))
    explorers = explorers_of(run)
    leads = {page.name: explorer.path for explorer, page in explorers}
    sentences = printable(run)
    write_claims(sources, pictures, ledger, run, facts, sentences)
    names, repository = set(ledger.claims.index), facts["repository"]
    write_notebooks(sources, pictures, run, names, leads, repository, once)
    write_explorers(sources, extra, explorers, ledger.claims, repository, once)
    library.write_sources(sources, ledger)
    library.write_data(sources, downloads, run)
    library.write_run(sources, run)
    market = "explorer" in leads.values()
    library.write_disagree(sources, repository, ledger.claims.index[0], market)
    if "glossary" in package():
        library.write_glossary(sources)
    if has_course():
        write_teaching(sources, extra)
    write_search(sources, extra, ledger, run, sentences)
    library.write_corrections(sources, ledger)
    shown = [explorer for explorer, _ in explorers]
    library.write_home(sources, run, ledger, facts, sentences, shown)
    for language in offered():
        write_claims(sources, pictures, ledger, run, facts, sentences, language)
        write_search_page(sources, language)
        write_names(extra, ledger, language)
        library.write_home(sources, run, ledger, facts, sentences, shown, language)


def settings(address):
    """Return Sphinx's configuration."""
    known = cited()
    return {
        "project": known["name"],
        "author": known["author"],
        "project_copyright": f"{known['author']}. {RIGHTS}",
        "version": version("evidence-ledger"),
        "language": "en",
        "extensions": ["myst_nb", "evidence.site.extension"],
        "templates_path": [str(HERE / "theme")],
        "html_static_path": [str(HERE / "static")],
        "html_extra_path": [],
        "html_theme": "pydata_sphinx_theme",
        "html_title": known["name"],
        "html_baseurl": address,
        "html_css_files": ["site.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_use_index": False,
        "html_domain_indices": False,
        "html_permalinks": False,
        "html_math_renderer": "mathml",
        "html_context": {"default_mode": "light"},
        "html_sidebars": {
            **{f"{each.code}/{page}": [] for each in offered() for page in ("index", "search")},
            **{f"{each.code}/claims/*": ["claims-list.html"] for each in offered()},
            "corrections": [],
            "index": [],
            "explorer": [],
            "explorer/*": [],
            "sources": [],
            "run": [],
            "disagree": [],
            "search": [],
            "glossary": [],
            "teaching": [],
            "data/*": [],
        },
        "html_theme_options": {
            "logo": {"text": known["name"]},
            "navbar_end": [],
            "navbar_persistent": ["search-button"],
            "header_links_before_dropdown": 6,
            "search_bar_text": "Search",
            "footer_start": ["copyright"],
            "footer_end": [],
            "article_header_end": ["languages.html"],
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


def _sphinx(last, address):
    """Run Sphinx; return its warnings, each naming the page, without folders of this machine."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError

    said = io.StringIO()
    try:
        app = Sphinx(
            srcdir=last.sources,
            confdir=None,
            outdir=last.made,
            doctreedir=last.doctrees,
            buildername="dirhtml",
            confoverrides=settings(address),
            status=None,
            warning=said,
            parallel=2,
        )
        app.build()
    except SphinxError as error:
        return [f"sphinx: {error}"]
    lines = ANSI.sub("", said.getvalue()).replace(f"{last.sources}/", "").splitlines()
    return [line for line in lines if line.strip()]
