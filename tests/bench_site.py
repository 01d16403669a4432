"""How long the explorer takes to follow a slider, beside its bare chart: `make bench`.

The model and the chart must fit together into the bare chart's time and one frame of the screen.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import browser

from evidence.site.build import build
from evidence.site.runs import read_run

EVIDENCE = Path(sys.executable).with_name("evidence")
FRAME = 1000 / 60  # milliseconds
REPEATS = 40
MEASURE = f"""
(() => {{
  const rows = explorerView.data("distribution").map((r) => (
    {{ from: r.from, to: r.to, share: r.share }}));
  const chart = [], model = [];
  for (let i = 0; i < {REPEATS}; i++) {{
    const moved = rows.map((row) => ({{ ...row, share: row.share * (1 + i) }}));
    let start = performance.now();
    explorerView.data("distribution", moved).run();
    chart.push(performance.now() - start);
    const figures = [0.25, 0.5 + i / 200, 0.9];
    start = performance.now();
    marketModel.simulate({{ ...facts.start, trafficked_share: figures }});
    model.push(performance.now() - start);
  }}
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  return [median(chart), median(model)];
}})()
"""


def bench():
    """Build the site of a run, measure, and say it in one line."""
    if browser.chromium() is None:
        print("explorer: Chromium is not installed, so nothing was measured")
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder, run = Path(scratch) / "site", Path(scratch) / "run"
        subprocess.run([EVIDENCE, "run", "--out", run], check=True, stdout=subprocess.DEVNULL)
        problems = build(read_run(run), folder)
        if problems:
            raise SystemExit("\n".join(problems))
        with browser.served(folder) as address, browser.browser() as tab:
            tab.open(f"{address}/explorer/")
            chart, model = tab.js(MEASURE)
    print(
        f"explorer: bare chart {chart:.1f} ms, with the model {chart + model:.1f} ms, "
        f"ratio {(chart + model) / chart:.2f}, the model takes {model / FRAME:.2f} of a frame"
    )
