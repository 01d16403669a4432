"""Batched fits of count models against statsmodels, one series at a time."""

import numpy as np
import pytest
from scipy.stats import nbinom
from statsmodels.genmod.families import NegativeBinomial, Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from helpers.methods import existence
from helpers.methods.existence import NotEstimable
from helpers.methods.series import count_models
from helpers.methods.series.count_models import fit_counts, newey_west, overdispersion

TIME = np.arange(24)
DESIGN = np.column_stack([np.ones(24), TIME - 11.5, TIME >= 10])
OFFSET = np.log(np.linspace(900, 1100, 24))


def drawn(alpha, rows=12, seed=1):
    rng = np.random.default_rng(seed)
    mean = np.exp(DESIGN @ [-1.0, 0.02, -0.4] + OFFSET)
    return rng.poisson(mean * rng.gamma(1 / alpha, alpha, (rows, 24))).astype(float)


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.4])
@pytest.mark.parametrize("robust", [False, True])
def test_each_row_equals_statsmodels(alpha, robust):
    counts = drawn(0.05)
    alphas = np.full(len(counts), alpha)
    parameters, covariance, mean = fit_counts(counts, DESIGN, OFFSET, alphas)
    if robust:
        covariance = newey_west(counts, DESIGN, mean, alphas, 2)
    options = {"cov_type": "HAC", "cov_kwds": {"maxlags": 2, "use_correction": True}}
    family = NegativeBinomial(alpha=alpha) if alpha else Poisson()
    for row, y in enumerate(counts):
        model = GLM(y, DESIGN, family=family, offset=OFFSET)
        right = model.fit(**(options if robust else {}))
        assert parameters[row] == pytest.approx(right.params, rel=1e-11, abs=1e-12)
        assert covariance[row] == pytest.approx(right.cov_params(), rel=1e-9, abs=1e-13)
        assert mean[row] == pytest.approx(right.fittedvalues, rel=1e-11)


def test_rows_with_and_without_overdispersion_can_be_mixed():
    counts, alpha = drawn(0.05, rows=4), np.array([0.0, 0.1, 0.0, 0.3])
    mixed, *_ = fit_counts(counts, DESIGN, OFFSET, alpha)
    for row in range(4):
        alone, *_ = fit_counts(counts[[row]], DESIGN, OFFSET, alpha[[row]])
        assert mixed[row] == pytest.approx(alone[0], rel=1e-12)


def test_saturated_levels_are_means_in_closed_form():
    counts = drawn(0.05, rows=3)
    levels = np.column_stack([TIME < 10, TIME >= 10]).astype(float)
    parameters, covariance, _ = fit_counts(counts, levels, np.zeros(24), np.zeros(3))
    sums = np.column_stack([counts[:, :10].sum(axis=1), counts[:, 10:].sum(axis=1)])
    assert np.exp(parameters) == pytest.approx(sums / [10, 14], rel=1e-9)
    assert covariance[:, 0, 0] == pytest.approx(1 / sums[:, 0], rel=1e-4)


def test_overdispersion_is_where_the_likelihood_is_highest():
    counts = drawn(0.1, rows=6, seed=4)
    alpha = overdispersion(counts, DESIGN, OFFSET)
    assert (alpha > 0).all()

    def loglik(y, a):
        _, _, (mean,) = fit_counts(y[None], DESIGN, OFFSET, np.array([a]))
        return nbinom.logpmf(y, 1 / a, 1 / (1 + a * mean)).sum()

    for y, a in zip(counts, alpha, strict=True):
        assert loglik(y, a) > max(loglik(y, 0.98 * a), loglik(y, 1.02 * a))


def test_overdispersion_is_zero_where_counts_scatter_less_than_poisson():
    smooth = np.round(np.exp(DESIGN @ [-1.0, 0.02, -0.4] + OFFSET))
    counts = np.vstack([smooth, drawn(0.1, rows=1)])
    alpha = overdispersion(counts, DESIGN, OFFSET)
    assert alpha[0] == 0 and alpha[1] > 0.01


def test_a_fit_that_has_not_come_to_rest_gives_no_number(monkeypatch):
    monkeypatch.setattr(count_models, "MOST_STEPS", 2)
    with pytest.raises(NotEstimable, match="did not come to rest in 2 steps"):
        fit_counts(drawn(0.4), DESIGN, OFFSET, np.full(12, 0.4))
    mean = np.exp(DESIGN @ [-1.0, 0.02, -0.4] + OFFSET)
    ends = np.full(12, -10.0), np.full(12, 15.0)
    with pytest.raises(NotEstimable, match=r"overdispersion: .* in 2 steps"):
        count_models._root(drawn(0.4), np.tile(mean, (12, 1)), *ends)


NEAR_POISSON = [858, 763, 621, 557, 423, 394, 412, 388, 344]
NEAR_POISSON += [360, 360, 351, 297, 317, 294, 209, 241, 213]


def test_overdispersion_near_poisson_is_where_the_likelihood_is_highest():
    """What is left of the score there is smaller than the rounding of its parts."""
    y, zeros, time = np.array([NEAR_POISSON], dtype=float), np.zeros(18), np.arange(18)
    late = time >= 9
    design = np.column_stack([np.ones(18), time - time.mean(), late, late * time])
    found = overdispersion(y, design, zeros)[0]

    def likelihood(alpha):
        _, _, mean = fit_counts(y, design, zeros, np.array([alpha]))
        return nbinom.logpmf(y, 1 / alpha, 1 / (1 + alpha * mean)).sum()

    assert 0 < found < 0.01
    tried = found * np.array([0.8, 0.95, 1.0, 1.05, 1.25])
    assert np.argmax([likelihood(alpha) for alpha in tried]) == 2


def test_slow_steps_towards_poisson_come_to_rest():
    """Scatter and mean take turns, and here each turn goes a sixth of the way."""
    y = np.array([[899, 786, 759, 513, 350, 197, 142, 78, 52, 42, 37, 34, 22, 13]], dtype=float)
    time, zeros = np.arange(14), np.zeros(14)
    late = time >= 3
    design = np.column_stack([np.ones(14), time, late, late * (time - 3)])
    found = overdispersion(y, design, zeros)
    _, _, mean = fit_counts(y, design, zeros, found)
    by_moments = ((y - mean) ** 2 - y).sum() / (mean**2).sum()
    assert by_moments / 10 < found[0] < 10 * by_moments


@pytest.mark.parametrize("alpha", [0.0, 1e-4, 0.01, 1.0])
@pytest.mark.parametrize("mean", [3, 300, 1e6])
def test_every_series_comes_to_rest(alpha, mean):
    """A batch is refused if one of its series does not, so none may stay behind for rounding."""
    rng = np.random.default_rng(11)
    extra = rng.gamma(1 / alpha, alpha, (300, 18)) if alpha else 1.0
    y = rng.poisson(mean * extra * np.ones((300, 18))).astype(float)
    late = np.arange(18) >= 9
    design = np.column_stack([np.ones(18), np.arange(18) - 8.5, late, late * np.arange(-9, 9)])
    y = y[(y[:, :9].sum(axis=1) > 20) & (y[:, 9:].sum(axis=1) > 20)]
    zeros = np.zeros(18)
    y = y[[existence.exists(design, row) for row in y]]
    found = overdispersion(y, design, zeros)
    _, covariance, fitted = fit_counts(y, design, zeros, found)
    score = ((y - fitted) / (1 + found[:, None] * fitted)) @ design
    assert (found >= 0).all()
    # how far the best parameters are, in squared standard errors
    assert np.einsum("ri,rij,rj->r", score, covariance, score).max() < 1e-6


def test_overdispersion_of_large_counts_keeps_when_they_grow():
    """Chance of single cases is nothing beside the scatter: ten times more, the same alpha."""
    rng = np.random.default_rng(12)
    base = np.exp(12 + 0.02 * rng.standard_normal((40, 16)))
    design = np.ones((16, 1))
    found = overdispersion(np.round(base * 1e3), design, np.zeros(16))
    larger = overdispersion(np.round(base * 1e4), design, np.zeros(16))
    assert found == pytest.approx(larger, rel=1e-4)
