"""How long things take, side by side in one run: `make bench`.

Times depend on the machine and on what else it does, so ratios within one run are what counts;
nothing here is a test.
"""

import os
import sys
import time
from itertools import combinations

import bench_reruns
import bench_site
import numpy as np

from helpers.data import table
from helpers.hidden import list_table, simulate_counts
from helpers.hidden.bootstrap import refit, resample
from helpers.hidden.existence import exists
from helpers.hidden.lattice import contains
from helpers.hidden.lists import check_table

REPEATS = 3
REFITS = 1000
SAMPLE = 60  # refits by the loop, whose cost is multiplied up to REFITS
THRESHOLD = 0.02


def timed(function, *arguments):
    """Call a function; return what it returned and how long it took."""
    start = time.perf_counter()
    answer = function(*arguments)
    return answer, time.perf_counter() - start


def spread(values, form="{:.1f}"):
    """Least and most of several measurements, as words."""
    return f"{form.format(min(values))} to {form.format(max(values))}"


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


# The market model's ranges, and the same arithmetic without any of its helpers.
RANGES = {
    "north_koreans_in_china": [10_000, 50_000, 200_000],
    "women_share": [0.5, 0.75, 0.9],
    "trafficked_share": [0.25, 0.6, 0.9],
    "proceeds_per_woman": [3_687, 9_995, 27_252],
}
CLAIM = 105e6
Z95 = 1.6448536269514722
PRECISION = 0.002  # standard error of the 5th, 50th and 95th percentile, relative
PERCENTILES = [5, 50, 95]


def bare(draws, seed):
    """Draw annual proceeds with numpy alone."""
    rng, product = np.random.default_rng(seed), 1.0
    for name, (low, central, high) in RANGES.items():
        score = rng.standard_normal(draws)
        low, central, high = np.log([low, central, high])
        if name.endswith("share"):
            low, central, high = (x - np.log1p(-np.exp(x)) for x in (low, central, high))
        step = central + score * np.where(score < 0, central - low, high - central) / Z95
        product *= 1 / (1 + np.exp(-step)) if name.endswith("share") else np.exp(step)
    return product


def squigglepy_draws(draws, seed):
    """Draw annual proceeds with squigglepy; its shares are beta distributions of the same range."""
    import squigglepy as sq

    sq.set_seed(seed)
    people, money = sq.lognorm(10_000, 200_000), sq.lognorm(3_687, 27_252)
    parts = (people, sq.beta(8, 3), sq.beta(3, 2), money)
    product = 1.0
    for part in parts:
        product = product * sq.sample(part, draws)
    return product


def draws_needed(answer, draws, runs=12):
    """Draws at which the worst of the three percentiles has a relative error of PRECISION.

    From the spread over runs at `draws`; the error of plain draws falls with their square root.
    """
    table = np.log([answer(draws, seed) for seed in range(runs)])
    return int(np.ceil(draws * (table.std(axis=0, ddof=1).max() / PRECISION) ** 2))


def bench_market():
    """Time until the percentiles of annual proceeds have a standard error below PRECISION."""
    from helpers.market.model import simulate

    def ours(draws):
        return simulate(RANGES, claim=CLAIM, draws=draws, seed=1).annual_proceeds

    draws = 2**10
    while (ours(draws).error / ours(draws).value).max() > PRECISION:
        draws *= 2
    ways = {f"helpers.market.model, {draws:,} Sobol points": lambda: ours(draws)}
    plain = {"bare numpy": bare}
    try:
        import squigglepy  # noqa: F401

        plain["squigglepy"] = squigglepy_draws
    except ImportError:
        print("squigglepy is not installed here: uv pip install squigglepy (it is in no lock)")
    for name, sample in plain.items():

        def percentiles(count, seed, sample=sample):
            return np.percentile(sample(count, seed), PERCENTILES)

        needed = draws_needed(percentiles, 100_000)
        ways[f"{name}, {needed:,} draws"] = lambda n=needed, way=percentiles: way(n, 1)
    times = {name: [timed(way)[1] for _ in range(2 * REPEATS)] for name, way in ways.items()}
    print(f"percentiles of annual proceeds to {PRECISION:.1%}")
    for name, found in times.items():
        ratio = spread([b / a for a, b in zip(next(iter(times.values())), found, strict=True)])
        print(f"{name:44} {spread([1e3 * x for x in found])} ms, {ratio} times ours")
    print()


def bench_many_draws(draws=10_000_000):
    """Ten million draws against as many of bare numpy, and memory as draws grow."""
    import tracemalloc

    from helpers.market.model import simulate

    # a share that may be 0 is not integrated out: percentiles are read off the draws
    ranges = RANGES | {"trafficked_share": [0, 0.6, 0.9]}

    def ours(count):
        return simulate(ranges, claim=CLAIM, draws=count, seed=1)

    def theirs(count):
        return np.percentile(bare(count, 1), PERCENTILES)

    pairs = [(timed(ours, draws)[1], timed(theirs, draws)[1]) for _ in range(REPEATS)]
    print(f"{draws:,} draws")
    print(f"helpers.market.model {spread([a for a, _ in pairs])} s, memory in blocks")
    print(f"over bare numpy and its percentiles {spread([a / b for a, b in pairs], '{:.2f}')}")
    for count in (draws // 100, draws // 10, draws):
        tracemalloc.start()
        ours(count)
        print(f"{count:>12,} draws, most memory {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB")
        tracemalloc.stop()


def bench_indices(points=2**13):
    """Sobol indices to the error that SALib's own sampling reaches, vectorised and row by row."""
    import warnings

    from helpers.market.model import annual_proceeds, read_inputs
    from helpers.methods.sensitivity import sobol_indices

    inputs = read_inputs(RANGES)
    truth = exact_indices(inputs)

    def ours(count, seed):
        table = sobol_indices(
            lambda drawn: annual_proceeds(**drawn),
            inputs,
            draws=count,
            rng=np.random.default_rng(seed),
        )
        return np.r_[table["first_order"], table["total_order"]]

    def error(way, count):
        found = np.array([way(count, seed) for seed in range(8)])
        return np.sqrt(((found - truth) ** 2).mean(axis=0)).max()

    try:
        from SALib.analyze import sobol as analyze
        from SALib.sample import sobol as sample
    except ImportError:
        print("SALib is not installed here: uv pip install SALib (it is in no lock)\n")
        return
    problem = {"num_vars": 4, "names": list(RANGES), "bounds": [[0, 1]] * 4}

    def salib(count, seed, by_row=False):
        points = sample.sample(problem, count, calc_second_order=False, seed=seed)
        points = np.clip(points, 1e-12, 1 - 1e-12)
        if by_row:
            values = np.array(
                [
                    annual_proceeds(*(q.quantile(u) for q, u in zip(inputs, row, strict=True)))
                    for row in points
                ]
            )
        else:
            values = annual_proceeds(
                *(q.quantile(u) for q, u in zip(inputs, points.T, strict=True))
            )
        found = analyze.analyze(problem, values, calc_second_order=False, seed=seed)
        return np.r_[found["S1"], found["ST"]]

    warnings.simplefilter("ignore")
    theirs, draws = error(salib, points), points
    while error(ours, draws) > theirs:
        draws *= 2
    times = [[timed(ours, draws, 1)[1], timed(salib, points, 1)[1]] for _ in range(REPEATS)]
    rows = timed(salib, points, 1, True)[1]
    print(f"Sobol indices to an error of {theirs:.3f}, {points:,} points by SALib, {draws:,} by us")
    print(f"helpers.methods.sensitivity {spread([1e3 * a for a, _ in times])} ms")
    print(f"SALib, vectorised, over ours {spread([b / a for a, b in times])} times")
    print(f"SALib, row by row, over ours {spread([rows / a for a, _ in times], '{:.0f}')} times\n")


def exact_indices(inputs):
    """Sobol indices of a product of independent inputs, from their moments by quadrature."""
    score = np.linspace(-12, 12, 400_001)
    weight = np.exp(-(score**2) / 2) / np.sqrt(2 * np.pi) * (score[1] - score[0])
    values = [quantity.from_normal(score) for quantity in inputs]
    squared = np.array([(x * x * weight).sum() / (x * weight).sum() ** 2 - 1 for x in values])
    whole = np.prod(1 + squared) - 1
    return np.r_[squared / whole, squared / (1 + squared) * np.prod(1 + squared) / whole]


def bench_slider():
    """A slider move, from change to drawn chart, against the bare drawing of that chart."""
    from helpers.charts import png_bytes
    from helpers.market.model import simulate
    from helpers.market.sliders import MOVING_DRAWS, panel, proceeds_chart

    _, controls = panel(RANGES, CLAIM, 0.0, 1)
    answer = simulate(RANGES, claim=CLAIM, draws=MOVING_DRAWS, seed=1)
    sample, middle = answer.sample["annual_proceeds"], answer.annual_proceeds.value
    slider = controls["proceeds_per_woman.central"]
    ratios, moves = [], []
    for target in (10_000, 15_000, 20_000) * REPEATS:
        moves.append(timed(setattr, slider, "value", target)[1])
        drawing = timed(lambda: png_bytes(proceeds_chart(sample, middle, CLAIM)))[1]
        ratios.append(moves[-1] / drawing)
    print(f"slider move {spread([1e3 * x for x in moves], '{:.0f}')} ms")
    print(f"over the bare drawing: {np.median(ratios):.2f} times (median)\n")


if __name__ == "__main__":
    sections = {
        "refits": bench_refits,
        "lists": bench_lists,
        "market": bench_market,
        "many_draws": bench_many_draws,
        "indices": bench_indices,
        "slider": bench_slider,
        "explorer": bench_site.bench,
        "reruns": bench_reruns.bench,
    }
    # Who keeps no bytecode compiles every library at every start, which measures nothing of ours.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in sys.argv[1:] or sections:
        sections[name]()
