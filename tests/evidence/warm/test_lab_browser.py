"""JupyterLab as `make lab` starts it, in a real browser: a notebook runs, its sliders answer."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import browser
import pytest

from evidence.files import ROOT

SECONDS = 600  # for a notebook to run on a busy machine
WARM = "evidence-warm"  # the provisioner that `make lab` names
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
FIND = "jupyterapp.shell.currentWidget.node.querySelector"
ANSWER = f"{FIND}('.widget-html-content')?.textContent"
CHART = f"{FIND}('img.widget-image')?.src"
HANDLE = f"{FIND}('.noUi-handle')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start JupyterLab on copies of the notebooks; yields what gives a notebook its address."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    apart = {
        f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("RUNTIME", "CONFIG", "DATA")
    }
    command = [
        JUPYTER, "lab", "--no-browser", "--allow-root", "--ServerApp.port=0",
        "--LabApp.expose_app_in_browser=True", home / "notebooks",
    ]  # fmt: skip
    apart |= {"IPYTHONDIR": str(home / "ipython"), "JUPYTER_DEFAULT_PROVISIONER_NAME": WARM}
    log = (home / "log").open("w")
    server = subprocess.Popen(command, env=os.environ | apart, stdout=log, stderr=log)
    try:
        facts = _facts(home, server)
        yield (
            lambda name: (
                f"http://127.0.0.1:{facts['port']}/lab/workspaces/{name}/tree/{name}.ipynb?token={facts['token']}"
            )
        )
    finally:
        server.terminate()
        server.wait(60)
        log.close()
    said = (home / "log").read_text()
    assert "Kernel started" in said
    assert sys.platform != "linux" or "Not a warm kernel" not in said


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


def run(tab, what):
    tab.js(RUN % what)
    tab.until("window.ran", SECONDS)
    assert tab.js(ERRORS) == []


def move_a_slider(tab, expected):
    tab.until(f"!!{HANDLE} && !!{ANSWER} && !!{CHART}")
    answer, chart = tab.js(ANSWER), tab.js(CHART)
    assert expected in answer
    tab.js(f"{HANDLE}.focus()")
    tab.key("ArrowRight", 39)
    tab.until(f"{ANSWER} !== {json.dumps(answer)} && {CHART} !== {json.dumps(chart)}")


@needs_browser
def test_the_first_notebook_opens(lab, tab):
    tab.open(lab("00_start_here"))
    tab.until("document.querySelector('.jp-Notebook h1')?.textContent.startsWith('Start here')")
    assert tab.errors == []


@needs_browser
@pytest.mark.parametrize("name", PANELS)
def test_a_notebook_runs_and_a_slider_changes_the_answer(lab, tab, name):
    tab.open(lab(name))
    tab.until("jupyterapp.shell.currentWidget.context.isReady")
    assert tab.js("jupyterapp.shell.currentWidget.title.label") == f"{name}.ipynb"
    tab.until("jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
    run(tab, "run-all-cells")
    assert tab.js(SCROLL) > 0
    move_a_slider(tab, PANELS[name])
    moved = tab.js(ANSWER)
    run(tab, "run-cell")  # a cell that runs again makes its panel again, as it was at first
    tab.until(f"{ANSWER} !== {json.dumps(moved)}")
    move_a_slider(tab, PANELS[name])
    assert tab.errors == []
