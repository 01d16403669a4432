"""Log-linear fits, existence, bootstrap: closed forms, another solver, properties."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from helpers.hidden.bootstrap import bca_limits, percentile_limits, refit, resample
from helpers.hidden.estimate import estimate_population
from helpers.hidden.existence import exists, reduced_design, runaway
from helpers.hidden.lattice import contains, main_effects, over_subsets, over_supersets
from helpers.hidden.lists import check_table
from helpers.hidden.loglinear import fit_models, log_error, settle
from helpers.hidden.selection import independence, rank_many, stepwise
from helpers.hidden.tables import wide_table

MAIN = [0, 1, 2, 4]
positive = st.integers(1, 400)


def seven(counts):
    return np.array([[0, *counts]], dtype=float)


@settings(deadline=None)
@given(positive, positive, positive)
def test_two_lists_are_lincoln_petersen(only_a, only_b, both):
    table = wide_table("AB", [0, only_a, only_b, both])
    found = estimate_population(table, method="independence")
    assert found.hidden == pytest.approx(only_a * only_b / both, rel=1e-8)
    # delta method on the log: sum of reciprocals
    error = np.sqrt(1 / only_a + 1 / only_b + 1 / both)
    assert np.log((found.high - found.observed) / found.hidden) == pytest.approx(
        1.959963984540054 * error, rel=1e-6
    )


@settings(deadline=None)
@given(st.lists(positive, min_size=7, max_size=7))
def test_three_lists_with_all_pairs_have_a_closed_form(counts):
    a, b, ab, c, ac, bc, abc = counts
    fits = fit_models(seven(counts), np.array([[*MAIN, 3, 5, 6]]))
    assert fits.hidden[0] == pytest.approx(abc * a * b * c / (ab * ac * bc), rel=1e-7)
    assert fits.sound[0]
    error = log_error(fits, np.array([[*MAIN, 3, 5, 6]]))[0]
    assert error == pytest.approx(np.sqrt(sum(1 / n for n in counts)), rel=1e-6)


@settings(deadline=None)
@given(st.lists(positive, min_size=7, max_size=7))
def test_one_list_apart_is_lincoln_petersen_on_the_others_merged(counts):
    """Lists A and B dependent, C apart: C against "A or B" (Bishop, Fienberg and Holland 1975)."""
    a, b, ab, c, ac, bc, abc = counts
    fits = fit_models(seven(counts), np.array([[*MAIN, 3]]))
    expected = (a + b + ab) * c / (ac + bc + abc)
    assert fits.hidden[0] == pytest.approx(expected, rel=1e-7)


@settings(deadline=None)
@given(positive, positive, positive, positive, positive)
def test_an_empty_pair_is_fixed_at_minus_infinity(a, b, ab, c, bc):
    """A and C share nobody and the model lets them: then they act as one list against B."""
    table = wide_table("ABC", [0, a, b, ab, c, 0, bc, 0])
    overlaps = check_table(table)
    fits = fit_models(overlaps.counts[None], np.array([[*MAIN, 5]]))
    assert fits.hidden[0] == pytest.approx((a + c) * b / (ab + bc), rel=1e-7)
    assert fits.fitted[0, [5, 7]].tolist() == [0, 0]


def test_stepwise_finds_and_fixes_an_empty_pair():
    table = wide_table("ABC", [0, 300, 200, 150, 300, 0, 150, 0])
    found = estimate_population(table)
    assert found.terms == ("A:C",) and found.empty_pairs == ("A:C",)
    assert found.hidden == pytest.approx(600 * 200 / 300, rel=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 90), min_size=15, max_size=15), st.sets(st.integers(0, 5)))
def test_fits_equal_those_of_statsmodels(counts, chosen):
    pairs = [3, 5, 6, 9, 10, 12]
    terms = [0, 1, 2, 4, 8, *(pairs[k] for k in sorted(chosen))]
    table = np.array([[0, *counts]], dtype=float)
    fits = fit_models(table, np.array([terms]))
    model = sm.GLM(table[0, 1:], contains(4)[1:, terms], family=sm.families.Poisson())
    with warnings.catch_warnings():
        # a table that the model fits exactly is no trouble to either solver
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        theirs = model.fit(tol=1e-12)
    assert fits.coefficient[0, terms] == pytest.approx(theirs.params, rel=1e-6, abs=1e-6)
    assert log_error(fits, np.array([terms]))[0] == pytest.approx(theirs.bse[0], rel=1e-6)
    assert fits.loglik[0] == pytest.approx(theirs.llf, rel=1e-10)


def rises_forever(support, terms):
    """Is there a direction that leaves occupied cells alone and lowers an empty one?"""
    cells, finite = reduced_design(support.astype(float), terms)
    design = contains(3)[np.ix_(cells, finite)]
    held, free = design[support[cells]], design[~support[cells]]
    if not free.size:
        return False
    answer = linprog(
        free.sum(axis=0), A_ub=free, b_ub=np.zeros(len(free)), A_eq=held,
        b_eq=np.zeros(len(held)), bounds=(-1, 1), method="highs",
    )  # fmt: skip
    return answer.fun < -1e-7


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 127), st.sets(st.sampled_from([3, 5, 6])))
def test_existence_agrees_with_its_dual(occupied, pairs):
    """The two sides of the same theorem: a positive table, or a direction of recession."""
    support = np.array([False, *(bool(occupied >> k & 1) for k in range(7))])
    terms = (*MAIN, *sorted(pairs))
    assert exists(support.tobytes(), terms) == (not rises_forever(support, terms))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([0, 0, 0, 1, 2, 30, 5000, 10**6]), min_size=7, max_size=7),
    st.sets(st.sampled_from([3, 5, 6])),
)
def test_a_fit_is_called_sound_exactly_when_the_theorem_says_so(counts, pairs):
    """Newton's method must never mistake a likelihood that rises for ever for an estimate."""
    terms = np.array([[*MAIN, *sorted(pairs)]])
    if not any(counts):
        return
    fits = fit_models(seven(counts), terms)
    settle(fits, seven(counts), terms, 0)
    cells, finite = reduced_design(seven(counts)[0], terms[0])
    full = np.linalg.matrix_rank(contains(3)[np.ix_(cells, finite)]) == finite.size
    assert fits.sound[0] == (full and not rises_forever(seven(counts)[0] > 0, terms[0]))


def test_sums_over_the_lattice_equal_the_matrix():
    values = np.random.default_rng(1).normal(size=(3, 32))
    assert over_subsets(values) == pytest.approx(values @ contains(5).T)
    assert over_supersets(values) == pytest.approx(values @ contains(5))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=7, max_size=7), st.sets(st.sampled_from([3, 5, 6])))
def test_a_sound_fit_reproduces_the_totals_it_must(counts, pairs):
    terms = np.array([[*MAIN, *sorted(pairs)]])
    fits = fit_models(seven(counts), terms)
    if fits.sound[0]:
        lattice = contains(3)
        assert (fits.fitted @ lattice)[0, terms[0]] == pytest.approx(
            (seven(counts) @ lattice)[0, terms[0]], abs=1e-4
        )


def test_where_the_likelihood_runs():
    no_overlap = np.array([False, True, True, False, True, False, False, False])
    nested = np.array([False, False, True, True])
    assert runaway(no_overlap.tobytes(), tuple(MAIN)) == np.inf
    assert runaway(nested.tobytes(), (0, 1, 2)) == 0.0
    hidden, error = refit(np.array([[0.0, 5, 6, 0, 7, 0, 0, 0]]), "independence")
    assert hidden[0] == np.inf and np.isnan(error[0])


UK = [(1, 0, 0, 54), (0, 1, 0, 464), (0, 0, 1, 703), (1, 1, 0, 16), (1, 0, 1, 4), (0, 1, 1, 19)]


def test_many_tables_at_once_equal_one_at_a_time():
    counts = check_table(pd.DataFrame(UK, columns=["LA", "NG", "GO", "count"])).counts
    tables = resample(counts, 40, np.random.default_rng(3))
    together, _ = refit(tables, "stepwise")
    alone = [refit(row[None], "stepwise")[0][0] for row in tables]
    assert together == pytest.approx(alone, rel=1e-7)
    assert (tables.sum(axis=1) == counts.sum()).all()


def test_threshold_zero_adds_nothing_and_one_adds_all_it_can():
    counts = check_table(pd.DataFrame(UK, columns=["LA", "NG", "GO", "count"])).counts[None]
    plain = independence(counts).fits.hidden
    assert stepwise(counts, 0.0).fits.hidden == pytest.approx(plain)
    full = stepwise(counts, 1.0)
    assert (full.terms[0] > 0).sum() > 3 and full.fits.sound[0]


def test_average_lies_within_its_models_and_weights_follow_bic():
    counts = check_table(pd.DataFrame(UK, columns=["LA", "NG", "GO", "count"])).counts
    ranked = rank_many(counts[None])[0]
    assert ranked.weight.sum() == pytest.approx(1)
    # ratio of weights is the ratio of exp(-BIC/2)
    assert np.log(ranked.weight[0] / ranked.weight[1]) == pytest.approx(
        (ranked.bic[1] - ranked.bic[0]) / 2
    )
    table = wide_table(["LA", "NG", "GO"], counts)
    found = estimate_population(table, method="average")
    assert ranked.hidden.min() <= found.hidden <= ranked.hidden.max()
    assert found.low < found.estimate < found.high


@pytest.mark.parametrize("method", ["independence", "stepwise", "best_bic", "average"])
@pytest.mark.parametrize("interval", ["percentile", "bca"])
def test_the_same_seed_gives_the_same_limits(method, interval):
    table = pd.DataFrame(UK, columns=["LA", "NG", "GO", "count"])
    options = {"method": method, "interval": interval, "bootstraps": 60}
    first = estimate_population(table, **options, seed=11)
    assert first == estimate_population(table, **options, seed=11)
    assert (first.low, first.high) != (
        (other := estimate_population(table, **options, seed=12)).low,
        other.high,
    )
    assert first.observed < first.low < first.high


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_bca_without_bias_or_acceleration_is_the_percentile_interval(seed):
    draws = np.random.default_rng(seed).normal(size=500)
    assert bca_limits(draws, np.median(draws), 0.0) == percentile_limits(draws)


def test_bca_without_replicates_on_both_sides_is_refused():
    with pytest.raises(ValueError, match="undefined"):
        bca_limits([1.0, 2.0, 3.0], 9.0, 0.0)


def test_main_effects_terms():
    assert main_effects(3, 2, 1).tolist() == [[0, 1, 2, 4, -1]] * 2


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 127), st.sets(st.sampled_from([3, 5, 6])), st.booleans())
def test_identifiability_is_the_rank_of_the_design(occupied, pairs, triple):
    counts = seven([occupied >> k & 1 for k in range(7)])
    terms = [*MAIN, *sorted(pairs), *([7] if triple and len(pairs) == 3 else [])]
    fits = fit_models(counts, np.array([terms]))
    cells, finite = reduced_design(counts[0], terms)
    full = np.linalg.matrix_rank(contains(3)[np.ix_(cells, finite)]) == finite.size
    assert bool(fits.sound[0] or fits.unsettled[0]) == full
