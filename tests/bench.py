"""How long things take, side by side in one run: `make bench`.

Times depend on the machine and on what else it does, so ratios within one run are what counts;
nothing here is a test.
"""

import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np

from helpers.data import table
from helpers.hidden import check_table, list_table, refit, resample, simulate_counts
from helpers.hidden.existence import exists
from helpers.hidden.lattice import contains
from helpers.rerun.notebooks import find

REPEATS = 3
BIN = Path(sys.executable).parent
REFITS = 1000
SAMPLE = 60  # refits by the loop, whose cost is multiplied up to REFITS
THRESHOLD = 0.02


def seconds(*words):
    """Run a command and return how long it took."""
    start = time.perf_counter()
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    return time.perf_counter() - start


def timed(function, *arguments):
    """Call a function; return what it returned and how long it took."""
    start = time.perf_counter()
    answer = function(*arguments)
    return answer, time.perf_counter() - start


def spread(values, form="{:.1f}"):
    """Least and most of several measurements, as words."""
    return f"{form.format(min(values))} to {form.format(max(values))}"


def bench_notebooks():
    """One notebook and the collection, by `evidence run` and by papermill."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [notebook.path for notebook in find()]
        (market,) = find(["31"])
        ways = {
            "import papermill": [[sys.executable, "-c", "import papermill"]],
            "evidence run, one notebook": [
                [BIN / "evidence", "run", "31", "--out", f"{folder}/one"]
            ],
            "papermill, one notebook": [
                [BIN / "papermill", market.path, f"{folder}/one.ipynb", "--cwd", paths[0].parent]
            ],
            "evidence run, collection": [[BIN / "evidence", "run", "--out", f"{folder}/all"]],
            "papermill in a loop, collection": [
                [BIN / "papermill", path, f"{folder}/{path.name}", "--cwd", path.parent]
                for path in paths
            ],
        }
        times = {way: [] for way in ways}
        for _ in range(REPEATS):
            for way, commands in ways.items():
                times[way].append(sum(seconds(*command) for command in commands))
    for way, found in times.items():
        print(f"{way:34} {spread(found)} s")
    pairs = zip(
        times["papermill in a loop, collection"], times["evidence run, collection"], strict=True
    )
    print(f"papermill in a loop over evidence run: {spread([a / b for a, b in pairs])} times\n")


def glm_fit(counts, terms):
    """Fit one log-linear model with statsmodels; return log hidden number and expected counts."""
    import statsmodels.api as sm

    lattice = contains(int(counts.size).bit_length() - 1)
    shared = counts @ lattice
    gone = lattice[:, [t for t in terms if shared[t] == 0]].any(axis=1)
    gone[0] = True
    finite = [t for t in terms if shared[t] > 0]
    design = lattice[np.ix_(~gone, finite)]
    fit = sm.GLM(counts[~gone], design, family=sm.families.Poisson()).fit()
    mean = np.zeros(counts.size)
    mean[~gone] = fit.fittedvalues
    return fit.params[0], mean


def glm_stepwise(counts):
    """Choose pairs forward by p-value, refitting with statsmodels; return the hidden number."""
    from scipy.stats import poisson

    lists = int(counts.size).bit_length() - 1
    lattice, support = contains(lists), (counts > 0).tobytes()
    terms = [0, *(1 << bit for bit in range(lists))]
    pairs = [1 << i | 1 << j for i, j in combinations(range(lists), 2)]
    while True:
        hidden, mean = glm_fit(counts, terms)
        seen, expected = (counts @ lattice).astype(int), mean @ lattice
        left = np.array([pair for pair in pairs if pair not in terms])
        tails = poisson.cdf(seen[left], expected[left]), poisson.sf(seen[left] - 1, expected[left])
        p_value = np.minimum(*tails)
        order = np.argsort(p_value, kind="stable")
        small = left[order][p_value[order] < THRESHOLD].tolist()
        new = next((p for p in small if exists(support, (*terms, p))), None)
        if new is None:
            return float(np.exp(hidden))
        terms.append(new)


def bench_refits():
    """Bootstrap refits of the five-list UK table, against statsmodels' GLM in a loop."""
    counts = check_table(list_table(table("list_overlaps"), "uk_2013_5list")).counts
    drawn = resample(counts, REFITS, np.random.default_rng(1))
    glm_stepwise(drawn[0])  # imports are not what is measured
    ours, loop, apart = [], [], []
    for _ in range(REPEATS):
        exists.cache_clear()
        (hidden, _), cost = timed(refit, drawn, "stepwise", THRESHOLD)
        ours.append(cost)
        exists.cache_clear()
        theirs, cost = timed(lambda: [glm_stepwise(row) for row in drawn[:SAMPLE]])
        loop.append(cost * REFITS / SAMPLE)
        apart.append(np.abs(np.array(theirs) / hidden[:SAMPLE] - 1).max())
    print(f"{REFITS} stepwise refits, UK 2013, five lists")
    print(f"{'helpers.hidden.refit':34} {spread(ours, '{:.2f}')} s")
    print(f"{'statsmodels GLM in a loop':34} {spread(loop)} s, from {SAMPLE} refits multiplied up")
    ratios = [b / a for a, b in zip(ours, loop, strict=True)]
    print(
        f"loop over refit: {spread(ratios, '{:.0f}')} times; same answers within {max(apart):.0e}\n"
    )


def bench_lists():
    """Cost of one stepwise refit as lists grow."""
    print("milliseconds per stepwise refit, 3 to 8 lists (simulated, 200 tables)")
    for lists in range(3, 9):
        drawn = simulate_counts(
            5000, [0.12] * lists, replications=200, dependence=0.5, heterogeneity=0.5, seed=1
        )
        costs = [timed(refit, drawn, "stepwise", THRESHOLD)[1] * 5 for _ in range(REPEATS)]
        print(f"{lists} lists {spread(costs, '{:.2f}'):>16} {'#' * max(1, round(4 * min(costs)))}")


if __name__ == "__main__":
    sections = {"refits": bench_refits, "lists": bench_lists, "notebooks": bench_notebooks}
    for name in sys.argv[1:] or sections:
        sections[name]()
