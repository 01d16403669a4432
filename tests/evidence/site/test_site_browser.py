"""The built site in a real browser: offline, accessible, and doing what its pages say."""

import csv
import io
import json
import re
import shutil
import time
import warnings

import browser
import numpy as np
import pytest
from click.testing import CliRunner

from evidence.files import ROOT
from evidence.folder.manifest import FORM
from evidence.notebooks.files import find
from helpers import data, words
from helpers.demography import choices, conclusions, stock
from helpers.ledger import claims
from helpers.results import FIELDS

pytest.importorskip("myst_nb", reason="the site needs the packages of the extra `site`")

QUERIES = ROOT / "tests/evidence/site/queries.csv"
SCRIPT = '<script>document.title = "taken"</script> & <b>more</b>'
RAN = {"00_start_here": "done", "31_market_size": "done", "51_known_truth_laboratory": "failed"}
PAGES = {
    "home": "",
    "claims": "claims/",
    "claim": "claims/C04/",
    "claim with HTML": "claims/C05/",
    "explorer": "explorer/",
    "explorer of people": "explorer/people/",
    "explorer of hidden": "explorer/hidden/",
    "notebooks": "notebooks/",
    "notebook": "notebooks/31_market_size/",
    "failed notebook": "notebooks/51_known_truth_laboratory/",
    "notebook not run": "notebooks/21_sex_ratios_in_china/",
    "sources": "sources/",
    "data": "data/",
    "datasheet": "data/datasheet/",
    "table": "data/prices/",
    "large table": "data/detected_victims/",
    "longest table": "data/china_never_married/",
    "glossary": "glossary/",
    "run": "run/",
    "disagree": "disagree/",
    "search": "search/?q=500%2C000",
    "search without result": "search/?q=xyzzy",
    "corrections": "corrections/",
    "home in Korean": "ko/",
    "claim in Korean": "ko/claims/C04/",
    "home in Chinese": "zh/",
    "claim in Chinese": "zh/claims/C04/",
}
WIDTHS = {"screen": 1280, "phone": 390}
needs_chromium = pytest.mark.skipif(
    browser.chromium() is None, reason="Chromium is not installed, so the site is not opened in it"
)


def mark_as_papermill_does(path):
    """Put before a notebook what papermill puts before one that failed."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    said = '<span style="color:red">An Exception was encountered</span>'
    tags = {"tags": ["papermill-error-cell-tag"]}
    first = {"cell_type": "markdown", "id": "papermill", "metadata": tags, "source": said}
    notebook["cells"].insert(0, first)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def run_folder(folder):
    """Make a run folder from the stored outputs, with one notebook that failed."""
    folder.mkdir()
    rows, entries = [], []
    for notebook in (n for n in find() if n.name in RAN):
        shutil.copy(notebook.path, folder)
        if RAN[notebook.name] == "failed":
            mark_as_papermill_does(folder / notebook.path.name)
        rows += [{"notebook": notebook.name, **r} for r in notebook.results]
        failed = RAN[notebook.name] == "failed"
        entries.append(
            {
                "notebook": notebook.name,
                "parameters": {n: p.default for n, p in notebook.parameters.items()},
                "status": RAN[notebook.name],
                "problem": f"cell 4: ValueError: {SCRIPT}" if failed else "",
                "start": "2026-11-23T10:00:00Z",
                "seconds": 2.5,
            }
        )
    text = io.StringIO()
    writer = csv.DictWriter(text, ["notebook", *FIELDS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if RAN[row["notebook"]] == "done")
    (folder / "results.csv").write_text(text.getvalue(), encoding="utf-8")
    manifest = {
        "form": FORM,
        "start": "2026-11-23T10:00:00Z",
        "commit": "0123456789abcdef",
        "python": "3.11",
        "packages": {"pandas": "3"},
        "inputs": {"data/claims.csv": "0" * 64},
        "notebooks": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def make(folder, run, monkeypatch):
    """Build a site whose claim C05 holds HTML; return the command's answer."""
    from evidence.site import build
    from evidence.site.command import site

    ledger = claims.read_ledger()
    ledger.claims.loc["C05", ["paraphrase", "reason"]] = SCRIPT
    monkeypatch.setattr(build, "read_ledger", lambda: ledger)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Sphinx says of its own future is not ours to mend
        return CliRunner().invoke(site, ["--run", str(run), "--out", str(folder)])


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Build the site once for all workers; returns its folder and the command's answer."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if shared.name.startswith("popen-") else shared
    folder, told = shared / "site", shared / "site.json"
    try:
        (shared / "building").mkdir()
    except FileExistsError:
        end = time.monotonic() + 600
        while not told.exists():
            assert time.monotonic() < end, "the other worker did not build the site"
            time.sleep(0.2)
    else:
        with pytest.MonkeyPatch.context() as monkeypatch:
            answer = make(folder, run_folder(shared / "run"), monkeypatch)
        (shared / "part").write_text(json.dumps([answer.exit_code, answer.output]))
        (shared / "part").rename(told)
    return folder, *json.loads(told.read_text())


@pytest.fixture(scope="module")
def at(built):
    """Serve the site; returns its address."""
    with browser.served(built[0]) as address:
        yield address


@pytest.fixture(scope="module")
def tab():
    with browser.browser() as tab:
        # Weigh pages as a first reader gets them: of what it has kept, a browser may say 0 bytes.
        tab.call("Network.setCacheDisabled", cacheDisabled=True)
        yield tab


@pytest.fixture(scope="session")
def axe():
    """Return the code of the accessibility audit."""
    try:
        return browser.axe_script().read_text(encoding="utf-8")
    except LookupError as missing:
        pytest.skip(str(missing))


def text(folder, page):
    return (folder / page / "index.html").read_text(encoding="utf-8")


def test_a_failed_notebook_is_said_on_the_page_and_in_the_status(built):
    folder, status, said = built
    assert status == 1
    assert "51_known_truth_laboratory failed: cell 4: ValueError" in said
    assert "This run is not complete" in text(folder, "")
    assert "did not finish in this run" in text(folder, "notebooks/51_known_truth_laboratory")
    assert "An Exception was" not in text(folder, "notebooks/51_known_truth_laboratory")
    assert "not part of the run" in text(folder, "notebooks/21_sex_ratios_in_china")


def test_html_in_a_claim_or_a_failure_is_shown_as_text(built):
    folder = built[0]
    pages = ["", "claims", "claims/C05", "run", "notebooks/51_known_truth_laboratory"]
    for page in pages:
        assert "<script>document.title" not in text(folder, page), page
    assert "&lt;script&gt;document.title" in text(folder, "claims/C05")


def test_every_claim_has_its_page(built):
    for name in claims.read_ledger().claims.index:
        assert (built[0] / "claims" / name / "index.html").is_file()


def test_nothing_of_the_machine_is_on_a_page(built):
    for path in built[0].rglob("*.html"):
        found = path.read_text(encoding="utf-8")
        assert str(ROOT) not in found, path
        assert "/site-packages/" not in found, path


def test_a_broken_link_is_named_and_no_site_is_made(tmp_path, monkeypatch):
    run = run_folder(tmp_path / "run")
    path = run / "00_start_here.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"].append("\n[gone](99_not_there.ipynb)\n")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    answer = make(tmp_path / "site", run, monkeypatch)
    assert answer.exit_code == 1
    assert "00_start_here" in answer.output
    assert "99_not_there.ipynb" in answer.output
    assert not (tmp_path / "site").exists()


@pytest.fixture(scope="module", params=WIDTHS.values(), ids=WIDTHS)
def width(request):
    return request.param


@pytest.fixture(scope="module", params=PAGES.values(), ids=PAGES)
def page(request, at, tab, width):
    """Open each page once at each width, for all that is looked at."""
    tab.size(width)
    tab.open(f"{at}/{request.param}")
    return tab


@needs_chromium
def test_a_page_is_quiet_local_and_light(at, page):
    assert page.errors == []
    assert [r for r in page.requests if not r.startswith((at, "data:"))] == []
    weight = page.js(
        "performance.getEntriesByType('resource').concat("
        "performance.getEntriesByType('navigation')).reduce((s, e) => s + e.decodedBodySize, 0)"
    )
    assert 1e5 < weight < 1.5e6
    assert page.js("document.title") != "taken"
    unsized = "img:not([width]), img:not([height]), img:not([alt]), img[alt='']"
    assert page.js(f'document.querySelectorAll("main :is({unsized})").length') == 0


@needs_chromium
def test_nothing_overflows(page, width):
    assert page.js("document.documentElement.scrollWidth") <= width


@needs_chromium
def test_the_accessibility_audit_finds_nothing(page, axe):
    page.js(f"{axe}; 0")
    found = page.js(
        "axe.run().then((r) => r.violations.map((v) => "
        "`${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`))"
    )
    assert found == []


@needs_chromium
def test_a_page_says_its_language_and_leads_to_the_same_in_others(at, tab):
    links = "[...document.querySelectorAll('.languages a')].map((a) => [a.lang, a.href])"
    for code, tag in (("", "en"), ("ko/", "ko"), ("zh/", "zh-Hans")):
        tab.open(f"{at}/{code}claims/C04/")
        assert tab.js("document.documentElement.lang") == tag
        assert tab.js(links) == [
            ["en", f"{at}/claims/C04/"],
            ["ko", f"{at}/ko/claims/C04/"],
            ["zh-Hans", f"{at}/zh/claims/C04/"],
        ]
    tab.open(f"{at}/data/prices/")  # in English alone: to the front page of a language
    assert tab.js(links)[1:] == [["ko", f"{at}/ko/"], ["zh-Hans", f"{at}/zh/"]]


@needs_chromium
@pytest.mark.parametrize(("query", "code"), [("50만 명", "ko"), ("五十万", "zh"), ("80%", "ko")])
def test_the_search_of_a_language_finds_its_claims(at, tab, query, code):
    tab.open(f"{at}/{code}/search/")
    tab.js("document.getElementById('search-field').focus()")
    tab.type(query)
    first = "document.querySelector('#search-found a')"
    tab.until(f"{first} !== null")
    claim = "C01" if query == "80%" else "C03"
    assert tab.js(f"{first}.href") == f"{at}/{code}/claims/{claim}/"
    names = claims.read_ledger().claims["short"]
    assert names[claim] not in tab.js(f"{first}.textContent")  # its name in this language
    assert tab.js(f"{first}.closest('li').querySelector('p').lang") == "en"


@needs_chromium
def test_a_claim_has_a_stable_address(at, tab):
    tab.open(f"{at}/claims/C04")
    assert tab.js("document.querySelector('h1').textContent").startswith("C04:")


@needs_chromium
def test_the_search_knows_how_people_write(at, tab):
    with QUERIES.open(encoding="utf-8", newline="") as file:
        expected = [(row["query"], row["claim"]) for row in csv.DictReader(file)]
    assert len(expected) >= 50
    tab.open(f"{at}/search/")
    asked = json.dumps([query for query, _ in expected])
    first = tab.js(f"{asked}.map((query) => evidenceSearch.find(query).found[0]?.id)")
    assert list(zip([query for query, _ in expected], first, strict=True)) == expected


@needs_chromium
def test_a_result_shows_verdict_and_excerpt_and_no_result_the_nearest(at, tab):
    first = "document.querySelector('#search-found li')"
    tab.open(f"{at}/search/?q=half+a+million")
    assert tab.js(f"{first}.querySelector('a').getAttribute('href')") == "../claims/C03/"
    assert tab.js(f"{first}.querySelector('.verdict').textContent") == "misattributed"
    assert len(tab.js(f"{first}.querySelector('p').textContent")) > 40
    tab.open(f"{at}/search/?q=shandung")
    said = "document.getElementById('search-said').textContent"
    assert "The nearest" in tab.js(said)
    assert tab.js(f"{first}.querySelector('a').getAttribute('href')") == "../claims/C12/"
    tab.open(f"{at}/search/?q=xyzzy")
    assert "Nothing fits" in tab.js(said)
    assert tab.js("document.querySelectorAll('#search-found li').length") > 0


@needs_chromium
def test_a_table_can_be_filtered_sorted_and_linked_to_a_row(at, tab):
    tab.size(1280)
    tab.open(f"{at}/data/tiers/#row-3")
    assert tab.js("document.querySelector('tr:target td').textContent") == "3"
    assert tab.js("document.querySelector('[data-address]').textContent").startswith(f"{at}/down")
    shown = "[...document.querySelectorAll('#rows-table tbody tr')].filter((r) => !r.hidden)"
    years = f"{shown}.map((r) => Number(r.cells[2].textContent))"
    click = "[...document.querySelectorAll('#rows-table .sort')][2].click()"
    tab.js(click)
    assert tab.js(years) == sorted(tab.js(years))
    tab.js(click)
    assert tab.js(years) == sorted(tab.js(years), reverse=True)
    tab.js("document.querySelector('form.filter input').focus()")
    tab.type("China 2013")
    assert set(tab.js(f"{shown}.map((r) => r.cells[1].textContent + r.cells[2].textContent)")) == {
        "China2013"
    }


@needs_chromium
def test_a_family_tree_is_read_and_changes_its_size_by_keys(at, tab):
    tab.size(1280)
    tab.open(f"{at}/claims/C04/")
    outside = """[...document.querySelectorAll('.tree-wide a')].filter((a) => {
      const box = a.querySelector('rect').getBoundingClientRect();
      return [...a.querySelectorAll('text')].some((text) => {
        const inner = text.getBoundingClientRect();
        return inner.left < box.left || inner.right > box.right || inner.bottom > box.bottom;
      });
    }).map((a) => a.textContent)"""
    assert tab.js(outside) == []
    letters = "document.querySelector('.tree-wide text').getBoundingClientRect().height"
    before = tab.js(letters)
    assert before > 11
    tab.js("document.querySelector('.tree').focus()")
    tab.key("+", 187)
    assert tab.js(letters) > 1.15 * before
    tab.size(390)
    tab.open(f"{at}/claims/C04/")
    assert tab.js("document.querySelector('.tree-narrow text').getBoundingClientRect().height") > 11


@needs_chromium
@pytest.mark.parametrize("claim", ["C03", "C04", "C34"])
def test_a_claim_prints_on_two_pages(at, tab, claim):
    tab.size(1280)
    tab.open(f"{at}/claims/{claim}/")
    assert tab.pdf().count(b"/Type /Page\n") <= 2


@needs_chromium
def test_the_filter_of_claims_and_the_way_back(at, tab):
    shown = "[...document.querySelectorAll('#claims-table tbody tr')].filter((r) => !r.hidden)"
    tab.size(1280)
    tab.open(f"{at}/claims/")
    everything = tab.js(f"{shown}.length")
    assert everything == len(claims.read_ledger().claims)
    tab.js("document.querySelector('form.filter input').focus()")
    tab.type("500,000")
    found = tab.js(f"{shown}.map((r) => r.querySelector('th').textContent)")
    assert "C03" in found
    assert len(found) < everything
    tab.js("document.querySelector('form.filter input').value = ''")
    tab.type("half a million")
    assert "C03" in tab.js(f"{shown}.map((r) => r.querySelector('th').textContent)")
    tab.js("document.querySelector('form.filter input').value = ''")
    tab.type("500,000")
    assert "words=500" in tab.js("location.search")
    tab.open(f"{at}/claims/?verdict=wrong")
    verdicts = tab.js(f"[...new Set({shown}.map((r) => r.dataset.verdict))]")
    assert verdicts == ["wrong"]
    tab.js("document.querySelector('form.filter button').click()")
    assert tab.js(f"{shown}.length") == everything
    tab.js("history.back()")
    tab.until(f"{shown}.length < {everything}")


@needs_chromium
def test_a_slider_moves_the_chart_and_the_address_and_back_undoes_it(at, tab):
    def look():
        chart = tab.js("document.querySelector('#chart svg').outerHTML")
        return chart, tab.js("document.getElementById('answer-proceeds').textContent")

    tab.size(1280)
    tab.open(f"{at}/explorer/")
    start = look()
    tab.js("document.getElementById('trafficked_share-1').focus()")
    for _ in range(3):
        tab.key("ArrowLeft", 37)
    tab.js("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    moved = look()
    address = tab.js("location.href")
    assert moved[0] != start[0]
    assert moved[1] != start[1]
    low, middle, high = map(float, re.search(r"trafficked_share=([\d.,]+)", address)[1].split(","))
    shown = tab.js("document.querySelector('output[for=trafficked_share-1]').textContent")
    assert low < middle < high and float(shown.rstrip("%")) / 100 == pytest.approx(middle)
    for _ in range(3):  # one step back for each key
        tab.js("history.back()")
        tab.js("new Promise((done) => setTimeout(done, 200))")
    assert look() == start
    tab.open("about:blank")
    tab.open(address)  # a shared link shows what its sender saw
    assert look() == moved


EXPLORERS = {
    "explorer/": ("north_koreans_in_china-0", "rank_correlation"),
    "explorer/people/": ("kind-compiled", "echo_weight"),
    "explorer/hidden/": ("on_a", "odds_ratio-1"),
}


@needs_chromium
@pytest.mark.parametrize("page", EXPLORERS)
def test_on_a_phone_the_chart_stays_beside_every_slider(at, tab, page):
    tab.size(390, 844)
    tab.open(f"{at}/{page}")
    for slider in EXPLORERS[page]:
        tab.js(f"document.getElementById('{slider}').focus()")
        below, chart = tab.js(f"""["{slider}", "chart"].map((name) => {{
          const box = document.getElementById(name).getBoundingClientRect();
          return [box.top, box.bottom];
        }})""")
        header = tab.js("document.querySelector('.bd-header').getBoundingClientRect().bottom")
        assert header <= chart[0] + 1 and chart[1] <= below[0] and below[1] <= 844


@needs_chromium
@pytest.mark.parametrize(
    "given", ["women_share=0.9,0.5,0.1", "women_share=x", "claim_usd=-3", "unknown=1", "%00=%ff"]
)
def test_an_address_that_makes_no_sense_is_said(at, tab, given):
    share = "document.querySelector('output[for=women_share-1]').textContent"
    tab.open("about:blank")
    tab.open(f"{at}/explorer/")
    default = tab.js(share)
    tab.open("about:blank")
    tab.open(f"{at}/explorer/#{given}")
    assert tab.js("document.getElementById('explorer-problem').hidden") is False
    assert tab.js(share) == default
    assert tab.errors == []


@needs_chromium
def test_the_link_to_the_main_content_leaves_the_figures_alone(at, tab):
    def look():
        return tab.js("""[document.getElementById("answer-proceeds").textContent,
          document.querySelector("output[for=trafficked_share-1]").textContent,
          document.getElementById("explorer-problem").hidden]""")

    tab.size(1280)
    tab.open("about:blank")
    tab.open(f"{at}/explorer/")
    default = look()
    tab.open("about:blank")
    tab.open(f"{at}/explorer/#trafficked_share=0.25,0.5,0.9")
    before = look()
    assert before[1:] == ["50%", True]
    tab.key("Tab", 9)
    tab.key("Enter", 13, "\r")
    tab.until("location.hash === '#main-content'")
    tab.js("new Promise((done) => setTimeout(done, 200))")
    assert look() == before
    tab.js("history.back()")
    tab.until("location.hash.includes('0.5')")
    assert look() == before
    tab.open("about:blank")
    tab.open(f"{at}/explorer/#main-content")
    assert look() == default and default[2] is True


@needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("page", "name"), [("", "Explorers"), ("ko/", "탐색기"), ("zh/", "探索器")]
)
def test_the_menu_leads_to_all_explorers(at, tab, page, name, width):
    tab.size(width)
    tab.open(f"{at}/{page}")
    links = "[...document.querySelectorAll('.navbar-nav a')].filter((a) => /explorer/.test(a.href))"
    names = tab.js(f"{links}.map((a) => a.textContent.trim())")
    assert set(names) == {name}
    tab.open(tab.js(f"{links}[0].href"))
    reached = tab.js("[...document.querySelectorAll('.explorers *')].map((a) => a.textContent)")
    assert reached == ["Market explorer", "How many people", "A hidden population"]
    tab.size(1280)


@needs_chromium
def test_the_explorer_shows_what_the_notebook_says(at, tab):
    tab.open(f"{at}/explorer/")
    recorded = {result["name"]: result for result in find(["31"])[0].results}
    tab.js("new Promise((done) => setTimeout(done, 400))")  # until the slider rests
    for place, name in {"chance": "independent", "tied": "dependent"}.items():
        result = recorded[f"chance_of_at_least_claim_if_{name}"]
        shown = tab.js(f"document.getElementById('answer-{place}').textContent")
        assert shown == f"{100 * result['low']:.0f}% to {100 * result['high']:.0f}%"


@needs_chromium
def test_the_explorer_of_people_shows_what_the_notebooks_code_says(at, built, tab):
    script = (built[0] / "explorer/people/grid.js").read_text(encoding="utf-8")
    grid = json.loads(script.partition("=")[2].strip().rstrip(";"))
    counts, cites = data.table("north_koreans_in_china"), data.table("cites")
    rng, models, estimated = np.random.default_rng(22), {}, 0
    for name in rng.choice(sorted(grid["settings"]), 200):
        kinds, independent, bounds, trend, reach, echo = name.split("|")
        year = int(rng.choice(grid["years"]))
        found = grid["series"][grid["settings"][name]][year - grid["years"][0]]
        options = {"bounds": bounds} | choices.TRENDS[trend]
        same = (kinds, independent, bounds, trend)
        try:
            if same not in models:
                rows = conclusions.stock_counts(counts, cites, kinds.split("+"), independent == "1")
                models[same] = stock.fit_counts(rows, **options)
            expected = models[same].at(year, reach=int(reach), echo_weight=int(echo))
        except ValueError:
            assert isinstance(found, int), (name, year)
            continue
        ends = [expected.low, expected.central, expected.high]
        assert found == pytest.approx(ends, rel=6e-4, abs=0.6)  # four digits, whole persons
        estimated += 1
    assert estimated > 50
    tab.open(f"{at}/explorer/people/")
    recorded = {result["name"]: result for result in find(["22"])[0].results}["stock"]
    shown = tab.js("document.getElementById('answer-range').textContent")
    assert shown == words.span(*(float(f"{recorded[end]:.2g}") for end in ("low", "high")))


@needs_chromium
@pytest.mark.parametrize(
    ("page", "control", "key", "said"),
    [
        ("explorer/", "women_share-0", ("End", 35), "low lies above central"),
        ("explorer/people/", "year", ("Home", 36), ""),
        ("explorer/hidden/", "on_a", ("Home", 36), "shares more people with the others"),
        ("explorer/hidden/", "odds_ratio-0", ("End", 35), "lower end lies above"),
    ],
)
def test_an_impossible_set_is_refused_aloud_and_changes_nothing_else(
    at, tab, page, control, key, said
):
    look = "[...document.querySelectorAll('td[id]')].map((cell) => cell.textContent).join()"
    tab.size(1280)
    tab.open("about:blank")
    tab.open(f"{at}/{page}")
    tab.js("new Promise((done) => setTimeout(done, 400))")
    before = tab.js(look)
    tab.js(f"document.getElementById('{control}').focus()")
    tab.key(*key)
    tab.js("new Promise((done) => setTimeout(done, 400))")
    problem = "document.getElementById('explorer-problem')"
    assert tab.js(f"{problem}.getAttribute('role')") == "alert"
    assert tab.js(f"{problem}.hidden") == (not said)
    assert said in tab.js(f"{problem}.textContent")
    if said:
        assert tab.js(look) == before
        assert tab.js("location.hash") == ""
        assert tab.js("document.querySelector('[aria-invalid]') !== null")
    else:
        assert tab.js(look) != before


@needs_chromium
@pytest.mark.parametrize("page", EXPLORERS)
def test_scenarios_say_what_they_move_and_the_start_is_one_of_them(at, tab, page):
    tab.size(1280)
    tab.open("about:blank")
    tab.open(f"{at}/{page}")
    moved = "document.querySelectorAll('#moved li').length"
    buttons = "[...document.querySelectorAll('[data-scenario]')]"
    assert tab.js(moved) == 0
    assert tab.js(f"{buttons}.map((b) => b.ariaPressed)")[0] == "true"
    for number in range(1, tab.js(f"{buttons}.length")):
        tab.js(f"{buttons}[{number}].click()")
        tab.js("new Promise((done) => setTimeout(done, 100))")
        said = tab.js("document.getElementById('explorer-problem').textContent")
        assert tab.js(moved) > 0 or "No answer" in said
    tab.js("document.querySelector('#explorer button[type=reset]').click()")
    tab.until(f"{moved} === 0")


@needs_chromium
@pytest.mark.parametrize("page", EXPLORERS)
def test_an_explorer_prints_its_chart_and_answer_without_its_controls(at, tab, page):
    tab.size(1280)
    tab.open(f"{at}/{page}")
    tab.call("Emulation.setEmulatedMedia", media="print")
    shown = "(e) => e.checkVisibility()"
    chart = tab.js(f"[document.querySelector('#chart svg')].every({shown})")
    cells = tab.js(f"[...document.querySelectorAll('table.compare td')].every({shown})")
    controls = tab.js(f"[...document.querySelectorAll('#explorer, [data-scenario]')].some({shown})")
    tab.call("Emulation.setEmulatedMedia", media="")
    assert (chart, cells, controls) == (True, True, False)


@needs_chromium
@pytest.mark.parametrize("page", [*EXPLORERS, "claims/", "claims/C04/", "data/prices/"])
def test_the_keyboard_reaches_everything(at, tab, page):
    tab.size(1280)
    tab.open(f"{at}/{page}")
    wanted = (
        "[...document.querySelectorAll('main a[href], main input, main select, main button, "
        "main summary')].filter((e) => e.checkVisibility({visibilityProperty: true}))"
    )
    count = tab.js(f"{wanted}.length")
    tab.js(
        "window.met = new Set();"
        "document.addEventListener('focusin', (e) => window.met.add(e.target)); 0"
    )
    for _ in range(count + 150):
        tab.key("Tab", 9)
    missed = tab.js(f"{wanted}.filter((e) => !window.met.has(e)).map((e) => e.outerHTML)")
    assert missed == []


@needs_chromium
def test_a_printed_page_is_complete(at, tab):
    tab.size(1280)
    tab.open(f"{at}/claims/C04/")
    tab.call("Emulation.setEmulatedMedia", media="print")
    tab.js("window.dispatchEvent(new Event('beforeprint')); 0")
    # The statements of all sources stay on the screen: a claim fits two sheets.
    left_out = "#who-says-what, #if-you-disagree, .steps-in-words"
    hidden = tab.js(
        "[...document.querySelectorAll('article p, article td, article svg')].filter((e) => "
        f"!e.checkVisibility() && !e.closest('{left_out}, .tree-narrow')).length"
    )
    wide = tab.js(
        "[...document.querySelectorAll('article img, article table')]"
        ".filter((e) => e.scrollWidth > document.documentElement.clientWidth).length"
    )
    tab.call("Emulation.setEmulatedMedia", media="")
    assert (hidden, wide) == (0, 0)
    assert tab.pdf().startswith(b"%PDF")


@needs_chromium
def test_nothing_moves_while_a_page_loads(at, tab):
    tab.size(1280)
    tab.open(f"{at}/notebooks/31_market_size/")
    shifts = tab.js(
        "new Promise((done) => { let sum = 0; const seen = new PerformanceObserver((list) => { "
        "for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }); "
        "seen.observe({type: 'layout-shift', buffered: true}); setTimeout(() => done(sum), 300); })"
    )
    assert shifts < 0.1  # the boundary of "good" for cumulative layout shift
