"""How long reruns take beside other ways of running the same notebooks: `make bench`.

All ways are measured in turn within one run of this program, several times over, and compared as
ratios. It writes BENCHMARKS.md and its chart.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from support import write_notebook

from evidence.files import ROOT
from evidence.notebooks.files import find
from evidence.warm import place
from evidence.warm.client import ORDINARY
from helpers import charts

BIN = Path(sys.executable).parent
REPEATS = 3
JOBS = 2
POINTS = 24
MANY = 1000
TINY = ("from helpers.results import record", "record('double', 2.0 * seed, unit='persons')")
MEASURED = 4  # points that a loop is measured on; the rest costs the same again
SMALL, LARGE = "00_start_here", "31_market_size"
OURS = "evidence"
IMPORT = "python -c 'import papermill'"
IN_ONE_PROCESS = """
import sys, json, papermill
for notebook, given, out in json.loads(sys.argv[1]):
    papermill.execute_notebook(notebook, out, given, cwd=sys.argv[2], progress_bar=False)
"""


CELLS = "the cells' own work, which every way has to do, is most of a point"
KERNEL = "a process is forked, starts a kernel, talks to papermill and ends for every point"
# Work, way, how many times longer it should take than ours, and what stands in the way of more.
AIMS = (
    (f"Sweep, {POINTS} points of {LARGE}", "papermill, command line in a loop", 20, CELLS),
    (f"Sweep, {POINTS} points of {LARGE}", f"pytest --nbmake -n {JOBS}", 8, CELLS),
    (f"Sweep, {MANY:,} points of a notebook of two lines", "papermill, one process", 60, KERNEL),
    ("nbval over the collection", "nbval, ordinary kernels", 4, CELLS),
    (f"One notebook, {SMALL}", "papermill, command line", 1, "the template, if it starts first"),
)


@dataclass
class Group:
    """One piece of work, done in several ways."""

    name: str
    note: str
    times: dict = field(default_factory=dict)  # seconds by way

    def measure(self, way, seconds):
        """Add one measurement."""
        self.times.setdefault(way, []).append(seconds)

    def ratios(self, way):
        """How many times longer than ours, repeat by repeat."""
        return [a / b for a, b in zip(self.times[way], self.times[OURS], strict=True)]


def seconds(*words, **options):
    """Run a command and return how long it took."""
    start = time.perf_counter()
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, **options
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - start


def no_template():
    """Make the next kernel start its template first, as after a pause."""
    for path in place.folder().glob("*"):
        path.unlink()


def points(notebook):
    """Return the values of a 24-point sweep: name, and values as typed."""
    if notebook == SMALL:
        return "claim", [f"C{n:02}" for n in range(1, POINTS + 1)]
    return "seed", [str(n) for n in range(1, POINTS + 1)]


def typed(notebook, name, value):
    """Return a parameter's value as papermill takes it."""
    return int(value) if notebook == LARGE and name == "seed" else value


def evidence(folder, *words):
    """Run `evidence` without its stored results, with its template still to be started."""
    no_template()
    out = folder / "-".join(Path(word).stem for word in words[:2])  # one folder for each work
    return seconds(BIN / "evidence", *words, "--force", "--jobs", JOBS, "--out", out)


def papermill(folder, path, *words):
    """Run papermill's command line once."""
    return seconds(BIN / "papermill", path, folder / "p.ipynb", "--cwd", path.parent, *words)


def in_one_process(folder, work):
    """Run papermill's function over (notebook, parameters) in one process."""
    listed = [[str(p), given, str(folder / f"{n}.ipynb")] for n, (p, given) in enumerate(work)]
    return seconds(sys.executable, "-c", IN_ONE_PROCESS, json.dumps(listed), ROOT / "notebooks")


def nbmake(paths):
    """Run notebooks with pytest and nbmake, two at a time; they stand in notebooks' place."""
    return seconds(
        BIN / "pytest", "--nbmake", "-n", JOBS, "-p", "no:cacheprovider", "-q", *paths, cwd=ROOT
    )


def jupyter_cache(folder, paths):
    """Execute notebooks into a new jupyter-cache, two at a time."""
    cache = folder / "jcache"
    shutil.rmtree(cache, ignore_errors=True)
    jcache = [BIN / "jcache"]
    cost = seconds(*jcache, "notebook", "-p", cache, "add", *paths, input="y\n")
    return cost + seconds(
        *jcache, "project", "-p", cache, "execute", "--executor", "local-parallel", input="y\n"
    )


def nbval(kernel):
    """Compare the collection with its stored outputs."""
    return seconds(
        BIN / "pytest", "--nbval", "--nbval-kernel-name", kernel, "-n", JOBS, "--dist", "loadfile",
        "-p", "no:cacheprovider", "-q", "notebooks", cwd=ROOT,
    )  # fmt: skip


def one_notebook(group, folder, name):
    """One notebook, once."""
    (notebook,) = find([name])
    group.measure(OURS, evidence(folder, "run", name))
    warm = seconds(BIN / "evidence", "run", name, "--force", "--out", folder / f"run-{name}")
    group.measure("evidence, template running", warm)
    group.measure("papermill, command line", papermill(folder, notebook.path))
    group.measure("papermill, from Python", in_one_process(folder, [(notebook.path, {})]))
    group.measure("pytest --nbmake", nbmake([notebook.path]))


def collection(group, folder):
    """Every notebook, once."""
    paths = [notebook.path for notebook in find()]
    group.measure(OURS, evidence(folder, "run"))
    group.measure("papermill, command line in a loop", sum(papermill(folder, p) for p in paths))
    group.measure("papermill, one process", in_one_process(folder, [(p, {}) for p in paths]))
    group.measure(f"pytest --nbmake -n {JOBS}", nbmake(paths))
    group.measure("jupyter-cache, parallel", jupyter_cache(folder, paths))


def unchanged(group, folder):
    """The collection again, with nothing changed."""
    command = [BIN / "evidence", "run", "--out", folder / "run"]
    if not group.times:
        seconds(*command)
    group.measure(OURS, seconds(*command))
    group.measure(IMPORT, seconds(sys.executable, "-c", "import papermill"))


def sweep(group, folder, name):
    """One notebook over 24 points."""
    (notebook,) = find([name])
    parameter, values = points(name)
    given = [{parameter: typed(name, parameter, value)} for value in values]
    assigned = f"{parameter}={','.join(values)}"
    group.measure(OURS, evidence(folder, "sweep", name, "-p", assigned))
    drawn = evidence(folder, "sweep", name, "-p", assigned, "--charts")
    group.measure("evidence, with pictures", drawn)
    few = [papermill(folder, notebook.path, "-p", parameter, v) for v in values[:MEASURED]]
    group.measure("papermill, command line in a loop", sum(few) * POINTS / MEASURED)
    one = in_one_process(folder, [(notebook.path, {})])
    more = in_one_process(folder, [(notebook.path, g) for g in given[:MEASURED]])
    each = (more - one) / (MEASURED - 1)
    group.measure("papermill, one process", one + each * (POINTS - 1))
    import papermill as library

    ready = folder / name
    ready.mkdir(exist_ok=True)
    for number, chosen in enumerate(given):
        target = str(ready / f"{number}.ipynb")
        library.execute_notebook(str(notebook.path), target, chosen, prepare_only=True)
    group.measure(f"pytest --nbmake -n {JOBS}", nbmake(sorted(ready.glob("*.ipynb"))))


def many_points(group, folder):
    """A notebook that does next to nothing, over 1,000 points."""
    path = write_notebook(folder, "seed: int = 1  # start [; 0..]", *TINY, name="90_tiny")
    seeds = range(MANY)
    group.measure(
        OURS, evidence(folder, "sweep", str(path), "-p", f"seed={','.join(map(str, seeds))}")
    )
    few = [papermill(folder, path, "-k", "python3") for _ in range(MEASURED)]
    group.measure("papermill, command line in a loop", sum(few) * MANY / MEASURED)
    one = in_one_process(folder, [(path, {})])
    some = 5 * MEASURED
    more = in_one_process(folder, [(path, {"seed": seed}) for seed in seeds[: some + 1]])
    group.measure("papermill, one process", one + (more - one) / some * (MANY - 1))


def validation(group, folder):
    """nbval over the collection, in warm kernels and in ordinary ones."""
    no_template()
    group.measure(OURS, nbval("evidence"))
    group.measure("nbval, ordinary kernels", nbval("python3"))


def overhead(name):
    """Seconds of a run beyond its cells, after the first, in one process."""
    from nbclient import NotebookClient

    from evidence.run.task import Task, run_task

    spent = []
    execute = NotebookClient.execute_cell

    def timed(self, *arguments, **options):
        start = time.perf_counter()
        try:
            return execute(self, *arguments, **options)
        finally:
            spent[-1] += time.perf_counter() - start

    NotebookClient.execute_cell = timed
    (notebook,) = find([name])
    text = notebook.path.read_text(encoding="utf-8")
    beyond = []
    for _ in range(2 * REPEATS + 1):
        spent.append(0.0)
        start = time.perf_counter()
        run_task(Task(notebook.name, text, str(notebook.path.parent), {}))
        beyond.append(time.perf_counter() - start - spent[-1])
    NotebookClient.execute_cell = execute
    return beyond[1:]


# The most memory a kernel needed, and its own share of what it holds now, in kilobytes.
ASK = """
import pathlib
peak = pathlib.Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
share = pathlib.Path("/proc/self/smaps_rollup").read_text().partition("Pss:")[2].split()[0]
print("MEMORY", peak, share)
"""
WORKER = """
import resource, sys
from pathlib import Path
from evidence.run.task import Task, run_task
path = Path(sys.argv[1])
run_task(Task(path.stem, path.read_text(encoding="utf-8"), str(path.parent), {}))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def memory(name):
    """Megabytes that a worker and its kernel need for a notebook: peak, and share of pages."""
    import nbformat
    import papermill

    (notebook,) = find([name])
    found = {}
    for way, ordinary in (("warm kernel", ""), ("ordinary kernel", "1")):
        os.environ[ORDINARY] = ordinary
        content = nbformat.read(notebook.path, as_version=4)
        content.cells.append(nbformat.v4.new_code_cell(ASK))
        done = papermill.execute_notebook(
            content, None, kernel_name="evidence", cwd=notebook.path.parent, progress_bar=False
        )
        _, peak, share = done.cells[-1].outputs[0].text.split()
        found[way] = int(peak) / 1024, int(share) / 1024
    del os.environ[ORDINARY]
    worker = subprocess.check_output([sys.executable, "-c", WORKER, str(notebook.path)])
    found["worker process (papermill)"] = (int(worker) / 1024,) * 2
    return found


def bench():
    """Measure everything, print it, and write BENCHMARKS.md and its chart."""
    two = f"{JOBS} at a time"
    small = f"Sweep, {POINTS} points of {SMALL}"
    large = f"Sweep, {POINTS} points of {LARGE}"
    tiny = f"{two}; loops from {MEASURED} and {5 * MEASURED} points"
    work = [
        (Group(f"One notebook, {SMALL}", "once"), one_notebook, SMALL),
        (Group(f"One notebook, {LARGE}", "once"), one_notebook, LARGE),
        (Group(small, f"{two}; loops from {MEASURED} points"), sweep, SMALL),
        (Group(large, f"{two}; loops from {MEASURED} points"), sweep, LARGE),
        (Group(f"Sweep, {MANY:,} points of a notebook of two lines", tiny), many_points),
        (Group("The collection", two), collection),
        (Group("The collection, nothing changed", "reused"), unchanged),
        (Group("nbval over the collection", f"{two}; ours in warm kernels"), validation),
    ]
    groups = [group for group, *_ in work]
    beyond, kernels = {name: overhead(name) for name in (SMALL, LARGE)}, memory(LARGE)
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(1, REPEATS + 1):
            for group, function, *arguments in work:
                print(f"repeat {number} of {REPEATS}: {group.name}", flush=True)
                function(group, Path(scratch), *arguments)
            text = report(groups, beyond, kernels, number)  # so that stopping early loses nothing
            (ROOT / "BENCHMARKS.md").write_text(text, encoding="utf-8")
            (ROOT / "docs" / "benchmarks.png").write_bytes(charts.png_bytes(chart(groups)))
    print(text)


def spread(values, digits=1):
    """Least and most of several measurements, as words."""
    low, high = (f"{end:.{digits}f}" for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def report(groups, beyond, kernels, repeats):
    """Write the page."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    lines = [
        "# How long reruns take",
        "",
        "Made by `make bench`, which measures every way in turn within one run. Seconds depend on",
        "the machine; the ratios are what to compare. Ranges are the least and the most of "
        f"{repeats} {'repeats' if repeats > 1 else 'repeat'}.",
        "",
        f"{os.cpu_count()} cores ({processor}), Python {platform.python_version()}.",
        "",
        "![How many times longer other ways take than evidence](docs/benchmarks.png)",
        "",
        "`evidence` is measured with `--force` (nothing reused) and starts its template of warm",
        "kernels anew each time, except where it says otherwise.",
    ]
    for group in groups:
        lines += ["", f"## {group.name} ({group.note})", "", "| way | seconds | times ours |"]
        lines += ["|---|---:|---:|"]
        for way, times in group.times.items():
            ratio = "1" if way == OURS else spread(group.ratios(way))
            lines.append(f"| {way} | {spread(times)} | {ratio} |")
    lines += [
        "",
        "## Overhead",
        "",
        "Seconds per run beyond the time of its cells, after the first:",
        "",
    ]
    lines += [f"- {name}: {spread(values, 2)}" for name, values in beyond.items()]
    lines += ["", "## Aims", "", "| work | beside | aim | reached | what is in the way of more |"]
    lines += ["|---|---|---:|---:|---|", *aims(groups, beyond)]
    lines += ["", "## Memory", "", f"Megabytes that {LARGE} needs:", ""]
    lines += [
        f"- {way}: {most:.0f} at its peak, {share:.0f} when shared pages are divided"
        for way, (most, share) in kernels.items()
    ]
    return "\n".join(lines) + "\n"


def aims(groups, beyond):
    """Write each aim beside what was reached, as rows of a table."""
    by_name = {group.name: group for group in groups}
    for name, way, aim, obstacle in AIMS:
        yield f"| {name} | {way} | {aim} times | {spread(by_name[name].ratios(way))} | {obstacle} |"
    again = spread(by_name["The collection, nothing changed"].times[OURS])
    yield f"| The collection, nothing changed | | 1 s | {again} s | reading what counts |"
    point = spread(beyond[SMALL], 2)
    yield f"| Overhead of a point | | 0.05 s | {point} s | {KERNEL} |"


def chart(groups):
    """Draw how many times longer the other ways take, with their spread over repeats."""
    bars = [
        (f"{group.name}: {way}", group.ratios(way))
        for group in groups
        for way in group.times
        if way != OURS
    ]
    figure, axes = charts.canvas(width=9.5, height=0.3 * len(bars) + 1.6)
    at = np.arange(len(bars))[::-1]
    for height, (_, ratios) in zip(at, bars, strict=True):
        axes.plot([min(ratios), max(ratios)], [height] * 2, color=charts.BLUE, lw=3)
        axes.plot(np.median(ratios), height, "o", color=charts.BLUE, ms=6)
    axes.axvline(1, color=charts.GREY, ls="--")
    axes.set_yticks(at, [label for label, _ in bars], fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(lambda value, _: "")
    axes.set_xlabel("times as long as evidence (logarithmic); line: range, dot: median")
    longest = max(max(ratios) for _, ratios in bars)
    charts.caption(
        figure,
        f"Other ways of running the same notebooks take up to {longest:.0f} times as long",
        "make bench, all ways measured in turn in one run",
    )
    return figure


if __name__ == "__main__":
    bench()
