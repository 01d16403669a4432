"""Batched fits of count models against statsmodels, one series at a time."""

import numpy as np
import pytest
from scipy.stats import nbinom
from statsmodels.genmod.families import NegativeBinomial, Poisson
from statsmodels.genmod.generalized_linear_model import GLM

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
