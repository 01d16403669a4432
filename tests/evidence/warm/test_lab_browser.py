"""JupyterLab as `make lab` starts it, in a real browser: a notebook runs, its sliders answer."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import browser
import pandas as pd
import pytest
from click.testing import CliRunner
from jupyterlab.labapp import LabApp

from evidence import cli
from evidence.classroom.lessons import read_lesson
from evidence.classroom.versions import as_notebook, with_exercises
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.notebooks.files import find, is_solution
from evidence.notebooks.files import source_of as text
from evidence.warm.lab import options
from helpers.datasheet import in_html
from helpers.results import _html, as_result
from helpers.say import without_formulas

SECONDS = 600  # for a notebook to run on a busy machine
JUPYTER = Path(sys.executable).parent / "jupyter"
# Notebook, and what the answer below its sliders holds.
PANELS = {
    "31_market_size": "a year (median",
    "21_sex_ratios_in_china": "more men than women",
    "51_known_truth_laboratory": "ranges hold the truth, 2,000",
}
needs_browser = pytest.mark.skipif(
    browser.chromium() is None or not JUPYTER.exists(),
    reason="Chromium or JupyterLab is not installed, so no notebook is opened in a browser",
)
# Errors in all outputs; a scroll to the sliders, which are not drawn before they are seen.
ERRORS = """
[...jupyterapp.shell.currentWidget.content.model.cells].flatMap((cell) =>
  (cell.toJSON().outputs || []).filter((o) => o.output_type === "error").map((o) => o.evalue))
"""
SCROLL = """
(() => {
  const view = jupyterapp.shell.currentWidget.content;
  const at = [...view.model.cells].findIndex((cell) => (cell.toJSON().outputs || []).some(
    (o) => o.data && "application/vnd.jupyter.widget-view+json" in o.data));
  view.activeCellIndex = at;
  view.scrollToItem(at, "start");
  return at;
})()
"""
RUN = """
window.ran = false;
jupyterapp.commands.execute("notebook:%s").then(() => { window.ran = true; });
0
"""
IDLE = "jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
PRESS = """
window.ran = false;
const timer = setInterval(() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  if (!panel?.context?.isReady || !panel.content.model?.cells.length) return;
  const context = panel.sessionContext;
  if (!(%s)) return;
  clearInterval(timer);
  jupyterapp.commands.execute("notebook:run-all-cells").then(() => { window.ran = true; });
}, 1);
"""
# Moments of a kernel's start: nothing is asked for yet, it is asked for, it is on its way.
STARTING = {
    "at once": "true",
    "asked for": "!context.session && !context.hasNoKernel",
    "there": "context.session",
}
COUNTS = """
[...jupyterapp.shell.currentWidget.content.model.cells].filter((cell) => cell.type === "code")
  .map((cell) => cell.executionCount)
"""
# Every cell is drawn once it is scrolled to; then, for each formula, its cell and its text.
SCROLL_THROUGH = """
(async () => {
  const view = jupyterapp.shell.currentWidget.content;
  for (let at = 0; at < view.widgets.length; at++) {
    await view.scrollToItem(at, "start");
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
})().then(() => 0)
"""
FORMULAS = """
[...jupyterapp.shell.currentWidget.node.querySelectorAll("mjx-container")].map((drawn) => {
  const cells = jupyterapp.shell.currentWidget.content.widgets;
  const at = cells.findIndex((cell) => cell.node.contains(drawn));
  return [at, !!drawn.closest(".jp-OutputArea"), drawn.closest("p, td, div").textContent];
})
"""
SLOW = re.compile(r"took [\d.]+ ?ms to activate|did not appear within \d+ ms")
ASKED = re.compile(r"\$\$.+?\$\$|\$[^$\s]([^$]*[^$\s])?\$", re.DOTALL)
SHUT_DOWN = "jupyterapp.serviceManager.sessions.shutdownAll().then(() => 0)"
HIDDEN = "jupyterapp.shell.currentWidget.content.widgets.map((cell) => !cell.isVisible)"
OPEN = """
jupyterapp.shell.currentWidget.content.widgets
  .find((cell) => cell.model.sharedModel.getSource() === "### Solutions")
  .node.querySelector(".jp-collapseHeadingButton").click()
"""
LAST = {"cell_type": "markdown", "id": "last", "metadata": {}, "source": "Last: $x^2$"}
FIND = "jupyterapp.shell.currentWidget.node.querySelector"
ANSWER = f"{FIND}('.widget-html-content')?.textContent"
CHART = f"{FIND}('img.widget-image')?.src"
HANDLE = f"{FIND}('.noUi-handle')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on a copy of the collection; yields what gives a notebook its address."""
    home = tmp_path_factory.mktemp("lab")
    root = home / "a folder with spaces"
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    shutil.copytree(ROOT / "data", root / "data")
    shutil.copy(ROOT / "README.md", root)
    apart = {
        f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("RUNTIME", "CONFIG", "DATA")
    }
    apart |= {f"JUPYTERLAB_{what}_DIR": str(home / what) for what in ("SETTINGS", "WORKSPACES")}
    # LAB_TEST makes an environment that no template was prepared for: the first kernel starts cold.
    apart |= {"IPYTHONDIR": str(home / "ipython"), "LAB_TEST": str(home)}
    command = [JUPYTER, "lab", *options(root), "--no-browser", "--ServerApp.port=0"]
    command += ["--LabApp.expose_app_in_browser=True"]
    log = (home / "log").open("w")
    server = subprocess.Popen(command, env=os.environ | apart, stdout=log, stderr=log)
    try:
        facts = _facts(home, server)
        yield Lab(f"http://127.0.0.1:{facts['port']}", facts["token"], root)
    finally:
        server.terminate()
        server.wait(60)
        log.close()
    said = (home / "log").read_text()
    assert "Kernel started" in said
    assert sys.platform != "linux" or "Not a warm kernel" not in said


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that runs."""

    server: str
    token: str
    root: Path

    def page(self, name="", folder="notebooks"):
        """Return the address of a notebook, or of what `make lab` opens."""
        place = name and f"lab/workspaces/{name}/tree/{folder}/{name}.ipynb"
        return f"{self.server}/{place}?token={self.token}"


def _facts(home, server):
    """Wait for the file in which the server says its port and token."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, (home / "log").read_text()
        for path in (home / "runtime").glob("jpserver-*.json"):
            try:
                return json.loads(path.read_text())
            except json.JSONDecodeError:
                pass  # still being written
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not start")


@pytest.fixture(scope="module")
def tab():
    with browser.browser() as tab:
        # JupyterLab knows its current notebook only in a window that has the focus.
        tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
        yield tab


@pytest.fixture
def page(tab):
    """Leave JupyterLab after a test, so that its question about changes is no error of the next."""
    yield tab
    tab.open("about:blank")


def faults(tab):
    """What went wrong in the page; JupyterLab also warns of a machine that is slow."""
    return [error for error in tab.errors if not SLOW.search(error)]


def run(tab, what):
    tab.js(RUN % what)
    tab.until("window.ran", SECONDS)
    assert tab.js(ERRORS) == []


def bring_the_panel(tab):
    """Scroll to the panel, again where JupyterLab scrolls on to the cell that ran last."""
    for _ in range(browser.PATIENCE // 10):
        assert tab.js(SCROLL) > 0
        try:
            return tab.until(f"!!{HANDLE} && !!{ANSWER} && !!{CHART}", 10)
        except TimeoutError:
            pass
    raise TimeoutError("the panel of sliders was not shown")


def move_a_slider(tab, expected):
    bring_the_panel(tab)
    answer, chart = tab.js(ANSWER), tab.js(CHART)
    assert expected in answer
    tab.js(f"{HANDLE}.focus()")
    tab.key("ArrowRight", 39)
    tab.until(f"{ANSWER} !== {json.dumps(answer)} && {CHART} !== {json.dumps(chart)}")


@contextmanager
def pressed(tab, when):
    """Have Run All pressed in each page as soon as a condition holds of its notebook."""
    made = tab.call("Page.addScriptToEvaluateOnNewDocument", source=PRESS % when)
    try:
        yield
    finally:
        tab.call("Page.removeScriptToEvaluateOnNewDocument", identifier=made["identifier"])


@needs_browser
@pytest.mark.parametrize(
    "when",
    [
        pytest.param(when, id=name, marks=[] if name == "at once" else pytest.mark.slow)
        for name, when in STARTING.items()
    ],
)
def test_run_all_pressed_while_the_kernel_starts_runs(lab, page, when):
    with pressed(page, when):
        page.open(lab.page("00_start_here"))
        page.until("window.ran", SECONDS)
    counts, errors = page.js(COUNTS), page.js(ERRORS)
    page.js(SHUT_DOWN)
    assert errors == []
    # Each cell once, in order, in one kernel.
    assert counts == list(range(1, len(counts) + 1)) and counts


@needs_browser
def test_the_whole_project_opens_with_the_first_notebook_and_one_kernel(lab, page):
    page.open(lab.page())
    page.until("document.querySelector('.jp-Notebook h1')?.textContent.startsWith('Start here')")
    page.until(IDLE)
    names = "[...document.querySelectorAll('.jp-DirListing-itemText')].map((n) => n.textContent)"
    assert {"README.md", "data", "notebooks"} <= set(page.js(names))
    kernels = "Object.keys(jupyterapp.serviceManager.kernelspecs.specs.kernelspecs)"
    assert page.js(kernels) == ["python3"]
    news = "jupyterapp.serviceManager.settings.fetch('@jupyterlab/apputils-extension:notification')"
    facts = page.js(f"{news}.then((found) => found.schema.properties)")
    assert facts["fetchNews"]["default"] == "false"  # nobody is asked, as at the default "none"
    assert page.js("document.querySelectorAll('.Toastify__toast').length") == 0
    assert not any("/lab/api/news" in request for request in page.requests)
    assert faults(page) == []


def scroll_until(tab, condition):
    """Go through a notebook until a condition holds; what is passed too early is not drawn."""
    end = time.monotonic() + SECONDS
    while not tab.js(condition):
        assert time.monotonic() < end, f"never true: {condition}"
        tab.js(SCROLL_THROUGH)


def formulas(tab, cells):
    """List the formulas drawn that no Markdown cell asks for: the cell, and the text around it."""
    # The last cell asks for a formula: once it stands there, MathJax is loaded and at work.
    scroll_until(tab, f"{FORMULAS}.some((found) => found[0] === {len(cells) - 1})")
    before, found = None, tab.js(FORMULAS)
    while before != found:
        tab.js("new Promise((done) => setTimeout(done, 300))")
        before, found = found, tab.js(FORMULAS)
    asking = [c["cell_type"] == "markdown" and bool(ASKED.search(text(c))) for c in cells]
    return [(at, around) for at, in_output, around in found if in_output or not asking[at]]


def opened(lab, tab, name, cells):
    """Open these cells, and one with a formula, as a notebook of that name and nothing else."""
    folder = lab.root / "formulas"
    folder.mkdir(exist_ok=True)
    cells = [*cells, LAST]
    (folder / f"{name}.ipynb").write_text(json.dumps(as_notebook(cells)), encoding="utf-8")
    # Beside another notebook it could lose its place: JupyterLab brings that one to the front late.
    tab.open(lab.page(name, folder.name))
    tab.until(f"jupyterapp.shell.currentWidget?.context?.path === 'formulas/{name}.ipynb'")
    tab.until("jupyterapp.shell.currentWidget.context.isReady")
    return cells


def shows(at, **shown):
    """Return a code cell with one output, by kind of text."""
    data = {kind.replace("_", "/"): text for kind, text in shown.items()}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "id": f"cell-{at}", "metadata": {}, "source": f"{at}"}
    return cell | {"execution_count": at + 1, "outputs": [output]}


@needs_browser
def test_two_bare_dollar_signs_make_a_formula_and_ours_make_none(lab, page):
    money = "from US$120 to US$1,200"
    frame = pd.DataFrame({"asked": ["US$120"], "paid": [money]})
    with pd.option_context("display.html.use_mathjax", True):
        bare = frame.to_html()
    shown = [{"text_markdown": money}, {"text_html": f"<p>{money}</p>"}, {"text_html": bare}]
    cells = opened(lab, page, "bare", [shows(at, **one) for at, one in enumerate(shown)])
    assert {at for at, _ in formulas(page, cells)} == {0, 1, 2}
    with pd.option_context("display.html.use_mathjax", False, "styler.html.mathjax", False):
        ours = [frame.to_html(), frame.style.to_html()]
    resource = {"name": "fines", "title": money, "description": money, "schema": {"fields": []}}
    ours += [_html(as_result("fine", money, None, None, f"US$ or {money}", "C31"))]
    ours += [in_html(resource, frame, money)]
    shown = [{"text_markdown": without_formulas(money)}, *({"text_html": part} for part in ours)]
    cells = opened(lab, page, "ours", [shows(at, **one) for at, one in enumerate(shown)])
    assert formulas(page, cells) == []
    seen = page.js("jupyterapp.shell.currentWidget.node.innerText")
    assert seen.count(money) >= len(shown)


@needs_browser
@pytest.mark.slow
def test_no_amount_of_money_in_the_collection_is_drawn_as_a_formula(lab, page):
    drawn = {}
    for notebook in find():
        cells = opened(lab, page, notebook.name, notebook.cells)
        drawn[notebook.name] = formulas(page, cells)
        page.js(SHUT_DOWN)
    assert drawn == {name: [] for name in drawn}


@needs_browser
def test_solutions_are_folded_and_one_click_opens_them(lab, page):
    (notebook,) = find(["20"])
    cells = with_exercises(notebook.cells, read_lesson(notebook.name))
    cells = opened(lab, page, "folded", cells)
    folded = [is_solution(cell) and "class" not in cell["metadata"]["tags"] for cell in cells]
    assert 1 < sum(folded) < folded.index(True) < len(folded) - 2  # key points come after
    expected = json.dumps(json.dumps(folded, separators=(",", ":")))
    page.js(SCROLL_THROUGH)
    scroll_until(page, f"JSON.stringify({HIDDEN}) === {expected}")
    page.js(OPEN)
    page.until(f"!{HIDDEN}.includes(true)")
    assert faults(page) == []


def test_the_command_hands_its_own_words_on(monkeypatch):
    given = []
    monkeypatch.setattr(sys, "argv", ["evidence"])
    monkeypatch.setattr(LabApp, "launch_instance", lambda: given.extend(sys.argv[1:]))
    done = CliRunner().invoke(cli.main, ["lab", "--no-browser", "--ServerApp.port=1"])
    assert done.exit_code == 0, done.output
    assert given == [*options(), "--no-browser", "--ServerApp.port=1"]


def test_a_handout_without_the_first_notebook_opens_its_own_first(tmp_path):
    with pytest.raises(RequestError, match="expected notebooks, found none"):
        options(tmp_path)
    (tmp_path / "notebooks").mkdir()
    for name in ("31_market_size", "20_leaving_north_korea"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    assert any(
        word.endswith("notebooks/20_leaving_north_korea.ipynb") for word in options(tmp_path)
    )


@needs_browser
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if "31" in name else pytest.mark.slow) for name in PANELS],
)
def test_a_notebook_runs_and_a_slider_changes_the_answer(lab, page, name):
    page.open(lab.page(name))
    page.until("jupyterapp.shell.currentWidget.context.isReady")
    assert page.js("jupyterapp.shell.currentWidget.title.label") == f"{name}.ipynb"
    page.until(IDLE)
    run(page, "run-all-cells")
    move_a_slider(page, PANELS[name])
    moved = page.js(ANSWER)
    run(page, "run-cell")  # a cell that runs again makes its panel again, as it was at first
    page.until(f"{ANSWER} !== {json.dumps(moved)}")
    move_a_slider(page, PANELS[name])
    assert [found for found in page.js(FORMULAS) if found[1]] == []  # in a panel, or another output
    assert faults(page) == []
