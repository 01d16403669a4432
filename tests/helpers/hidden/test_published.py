"""The estimators against answers that others computed or printed, on public tables."""

import numpy as np
import pandas as pd
import pytest
from support import OTHER_LISTS as OTHER
from support import PUBLISHED, other_table

from helpers.data import FOLDER
from helpers.hidden import NotEstimable, check_model, empty_overlaps, list_table
from helpers.hidden.bootstrap import (
    acceleration,
    bca_limits,
    candidate_models,
    jackknife,
    percentile_limits,
    refit,
    resample,
)
from helpers.hidden.decomposable import decomposable_average, decomposable_graphs
from helpers.hidden.estimate import estimate_population
from helpers.hidden.lists import check_table
from helpers.hidden.loglinear import fit_models
from helpers.hidden.selection import hierarchical_models, rank_many
from helpers.hidden.subtables import drop_list, merge_lists
from helpers.hidden.tables import list_sizes, wide_table

ROWS = pd.read_csv(FOLDER / "list_overlaps.csv")
PRINTED = pd.read_csv(PUBLISHED / "multiple_systems.csv", keep_default_na=False)


SMALL = ["uk_2013_4list", "uk_2013_5list", "new_orleans_5list", "western_us_5list"]


def published(method, interval):
    chosen = PRINTED[(PRINTED["method"] == method) & (PRINTED["interval"] == interval)]
    return [
        pytest.param(row.dataset, float(row.estimate), row.low, row.high, row.terms, id=row.dataset)
        for row in chosen.itertuples()
    ]


def model_fit(table, terms):
    """Estimate and BIC of one named model."""
    overlaps = check_table(table)
    names = overlaps.names
    masks = [sum(1 << names.index(n) for n in t.split(":")) for t in terms.split()]
    model = np.array([[0, *(1 << bit for bit in range(len(names))), *masks]])
    fits = fit_models(overlaps.counts[None], model)
    bic = -2 * fits.loglik[0] + model.size * np.log(overlaps.observed)
    return overlaps.observed + fits.hidden[0], bic, bool(fits.sound[0])


@pytest.mark.parametrize(
    ("dataset", "estimate", "low", "high", "terms"), published("independence", "normal")
)
def test_independence_agrees_to_a_hundredth(dataset, estimate, low, high, terms):
    found = estimate_population(list_table(ROWS, dataset), method="independence")
    assert found.estimate == pytest.approx(estimate, abs=0.01)
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), abs=0.01)
    assert found.terms == ()


@pytest.mark.parametrize(
    ("dataset", "estimate", "low", "high", "terms"), published("stepwise", "normal")
)
def test_stepwise_agrees_to_a_hundredth_with_the_same_terms(dataset, estimate, low, high, terms):
    found = estimate_population(list_table(ROWS, dataset))
    assert found.estimate == pytest.approx(estimate, abs=0.01)
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), abs=0.01)
    assert found.terms == tuple(terms.split())
    assert found.empty_pairs == ()
    assert found.estimate == pytest.approx(found.observed + found.hidden)


@pytest.mark.parametrize(
    ("dataset", "estimate", "low", "high", "terms"), published("independence", "profile")
)
def test_profile_agrees_with_stored_intervals(dataset, estimate, low, high, terms):
    # theirs are read off an interpolating spline, hence one part in ten thousand
    found = estimate_population(
        list_table(ROWS, dataset), method="independence", interval="profile"
    )
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), rel=1e-4)


@pytest.mark.parametrize(
    ("dataset", "estimate", "low", "high", "terms"), published("decomposable", "credible")
)
def test_decomposable_average_equals_stored_medians_and_limits(dataset, estimate, low, high, terms):
    table = list_table(ROWS, dataset)
    grid = np.unique(np.round(np.linspace(1, 30 * table["count"].sum(), 1000)))
    found = decomposable_average(check_table(table), hidden=grid)
    assert (found.estimate, found.low, found.high) == (estimate, float(low), float(high))
    assert found.probability.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("dataset", "value", "low", "high", "terms"), published("stepwise", "acceleration")
)
def test_acceleration_agrees_to_seven_digits(dataset, value, low, high, terms):
    counts = check_table(list_table(ROWS, dataset)).counts
    assert acceleration(*jackknife(counts, "stepwise")) == pytest.approx(value, rel=1e-7)


def our_limits(table, method, runs=12, bootstraps=1000):
    """Log limits of several bootstrap runs, per kind of interval: shape (runs, 2)."""
    overlaps = check_table(table)
    lists = len(overlaps.names)
    models = None
    if method == "best_bic":
        models = candidate_models(rank_many(overlaps.counts[None])[0], lists)
    rng = np.random.default_rng(20141129)
    drawn, _ = refit(resample(overlaps.counts, runs * bootstraps, rng), method, models=models)
    estimate = estimate_population(table, method=method).estimate
    slope = acceleration(*jackknife(overlaps.counts, method, models=models))
    samples = (overlaps.observed + drawn).reshape(runs, bootstraps)
    return {
        "percentile": np.log([percentile_limits(sample) for sample in samples]),
        "bca": np.log([bca_limits(sample, estimate, slope) for sample in samples]),
    }


def assert_one_more_run(theirs, ours):
    """The published limit, from 1000 replicates, must look like one more of our own runs."""
    for side in (0, 1):
        gap = np.log(theirs[side]) - ours[:, side].mean()
        assert abs(gap) < 4 * ours[:, side].std(ddof=1) + 0.005, side


@pytest.mark.parametrize("dataset", SMALL)
def test_bootstrap_limits_are_within_monte_carlo_error(dataset):
    answers = PRINTED.set_index(["dataset", "method", "interval"])
    for interval, ours in our_limits(list_table(ROWS, dataset), "stepwise").items():
        theirs = answers.loc[(dataset, "stepwise", interval), ["low", "high"]].astype(float)
        assert_one_more_run(theirs.to_list(), ours)


@pytest.mark.parametrize("name", ["korea", "new_orleans_8list"])
def test_stepwise_on_further_tables(name):
    found = estimate_population(other_table(name))
    assert found.estimate == pytest.approx(OTHER[name]["stepwise"]["estimate"], abs=1e-3)
    assert list(found.terms) == OTHER[name]["stepwise"]["terms"]


def test_every_model_of_the_korean_table():
    table, entry = other_table("korea"), OTHER["korea"]
    for terms, (estimate, bic) in entry["models"].items():
        assert model_fit(table, terms)[:2] == pytest.approx((estimate, bic), abs=1e-4), terms
    for terms in entry["no_estimate"]:
        assert not (lambda c: c.exists and c.identifiable)(check_model(table, terms.split()))
    assert model_fit(table, "")[0] == pytest.approx(entry["independence"], rel=1e-10)
    found = acceleration(*jackknife(check_table(table).counts, "independence"))
    assert found == pytest.approx(entry["independence_acceleration"], rel=1e-6)


def test_best_bic_on_korea():
    table = other_table("korea")
    found = estimate_population(table, method="best_bic")
    entry = OTHER["korea"]
    assert found.estimate == pytest.approx(entry["best_bic"]["estimate"], abs=1e-4)
    assert set(found.terms) == set(entry["best_bic"]["terms"])
    theirs = entry["best_bic_bca"]
    assert_one_more_run(
        (theirs["low"], theirs["high"]), our_limits(table, "best_bic", runs=8)["bca"]
    )


def test_best_bic_on_kosovo_and_its_other_models():
    table, entry = other_table("kosovo"), OTHER["kosovo"]
    found = estimate_population(table, method="best_bic")
    assert found.estimate == pytest.approx(entry["best_bic"]["estimate"], abs=0.5)
    estimate, _, sound = model_fit(table, entry["model"]["terms"])
    assert sound and estimate == pytest.approx(entry["model"]["estimate"], abs=0.01)


@pytest.mark.parametrize("dataset", ["uk_2013_5list", "uk_2013_6list"])
def test_best_bic_on_the_uk_tables(dataset):
    found = estimate_population(list_table(ROWS, dataset), method="best_bic")
    assert found.estimate == pytest.approx(OTHER[dataset]["best_bic"], abs=1)


def test_best_bic_after_merging_eight_lists_to_five():
    merged = OTHER["new_orleans_8list"]["merged"]
    table = merge_lists(other_table("new_orleans_8list"), merged["lists"])
    assert table["count"].sum() == 186
    found = estimate_population(table, method="best_bic")
    assert found.estimate == pytest.approx(merged["best_bic"], abs=1)


@pytest.mark.parametrize("dataset", ["kosovo", "uk_2013_5list"])
def test_pairs_only_bic(dataset):
    table = other_table(dataset) if dataset == "kosovo" else list_table(ROWS, dataset)
    overlaps = check_table(table)
    models = hierarchical_models(len(overlaps.names))
    models = models[~np.isin(models, [7, 11, 13, 14, 19, 21, 22, 25, 26, 28]).any(axis=1)]
    fits = fit_models(np.tile(overlaps.counts, (len(models), 1)), models)
    bic = -2 * fits.loglik + (models >= 0).sum(axis=1) * np.log(overlaps.observed)
    best = np.where(fits.sound, bic, np.inf).argmin()
    expected = OTHER[dataset]["pairs_only_bic"]
    assert overlaps.observed + fits.hidden[best] == pytest.approx(expected, abs=1)


def test_decomposable_graph_probabilities_to_the_printed_digit():
    entry = OTHER["madigan_york"]
    found = decomposable_average(
        check_table(other_table("madigan_york")),
        prior_count=entry["prior_count"],
        hidden=np.arange(1, entry["largest_hidden"] + 1),
    )
    assert found.graph_probability[:5] == pytest.approx(entry["graph_probability"], abs=5e-9)


def test_number_of_decomposable_graphs():
    # chordal graphs on labelled vertices: sequence A058862 of the On-Line Encyclopedia of Integer
    # Sequences
    assert [len(decomposable_graphs(n)) for n in (1, 2, 3, 4, 5)] == [1, 2, 8, 61, 822]


def test_a_graph_that_identifies_nothing_carries_no_weight():
    """Kampala: the range of the latent classes published for the same lists has the same centre.

    With the complete graph the answer was the people seen, 1,443 (1,443 to 2,493).
    """
    entry = OTHER["kampala"]
    table = other_table("kampala")
    assert list_sizes(table).to_dict() == entry["sizes"]
    found = decomposable_average(check_table(table))
    assert found.estimate == pytest.approx(entry["latent_classes"]["estimate"], rel=0.05)
    assert entry["latent_classes"]["low"] < found.low < found.high
    assert found.high < entry["latent_classes"]["high"]
    assert max(map(len, found.graphs)) == 2 and found.unidentified > 0.99
    assert found.graph_probability.sum() == pytest.approx(1 - found.unidentified)


@pytest.mark.parametrize("lists", [3, 4, 5])
def test_only_the_complete_graph_fits_whatever_is_on_no_list(lists):
    """A model of the full table leaves the empty cell open where its terms reach all lists."""
    pairs = lists * (lists - 1) // 2
    reaching = [edges for edges, _ in decomposable_graphs(lists) if len(edges) == pairs]
    assert len(reaching) == 1 and decomposable_graphs(lists)[-1][0] == reaching[0]


@pytest.mark.parametrize("lists", [2, 3, 4, 5, 6])
def test_no_hierarchical_model_joins_all_lists(lists):
    assert hierarchical_models(lists).max() < 2**lists - 1


def test_a_range_that_only_the_cut_ends_is_refused():
    few = wide_table("ABC", [0, 40, 40, 0, 40, 0, 0, 0])
    with pytest.raises(NotEstimable, match="do not bound the hidden number"):
        decomposable_average(check_table(few))


def test_number_of_hierarchical_models():
    # Silverman, Chan and Vincent (2024): 113 candidates for four lists, 32,768 for six
    assert [len(hierarchical_models(n)) for n in (3, 4, 6)] == [8, 113, 32_768]


@pytest.mark.parametrize("terms", list(OTHER["artificial_3list"]["models"]))
def test_existence_and_identifiability_as_printed(terms):
    check = check_model(list_table(ROWS, "artificial_3list"), terms.split())
    assert [check.exists, check.identifiable] == OTHER["artificial_3list"]["models"][terms]


def test_value_of_the_linear_programme_as_printed():
    check = check_model(list_table(ROWS, "artificial_3list"), ["A:B", "A:C", "B:C"])
    assert check.margin == pytest.approx(OTHER["artificial_3list"]["margin_of_all_pairs"])
    assert check.empty_pairs == ("A:C", "B:C")


@pytest.mark.parametrize("method", ["independence", "stepwise", "best_bic", "average"])
def test_the_table_without_an_estimate_is_refused_with_the_reason(method):
    with pytest.raises(NotEstimable) as refusal:
        estimate_population(list_table(ROWS, "artificial_3list"), method=method)
    message = str(refusal.value)
    assert "does not exist" in message and "A:B" in message and "\n" not in message


def test_six_uk_lists_reduce_to_the_published_five_and_four():
    six = list_table(ROWS, "uk_2013_6list")
    five = merge_lists(six, ["PF", "NCA"], "PFNCA")
    four = drop_list(five, "GP")
    for made, dataset in ((five, "uk_2013_5list"), (four, "uk_2013_4list")):
        want = list_table(ROWS, dataset)
        assert list(made.columns) == list(want.columns)
        assert np.array_equal(check_table(made).counts, check_table(want).counts)
    assert empty_overlaps(five) == ("LA:GP",)
