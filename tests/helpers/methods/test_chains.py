"""Chains that agree, chains that do not, and chains that creep."""

import numpy as np
import pytest

from helpers.methods.chains import agreement


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_an_autoregression_has_a_known_effective_number(correlation):
    rng = np.random.default_rng(1)
    draws = rng.standard_normal((8, 20_000))
    for step in range(1, draws.shape[1]):
        draws[:, step] = (
            correlation * draws[:, step - 1] + np.sqrt(1 - correlation**2) * (draws[:, step])
        )
    rhat, effective = agreement(draws)
    assert rhat == pytest.approx(1, abs=0.01)
    assert effective == pytest.approx(draws.size * (1 - correlation) / (1 + correlation), rel=0.1)


def test_chains_apart_are_found():
    draws = np.random.default_rng(2).standard_normal((4, 500))
    draws[0] += 5
    rhat, effective = agreement(draws)
    assert rhat > 2 and effective < 20


def test_a_trend_is_found_though_every_chain_has_it():
    draws = np.random.default_rng(3).standard_normal((4, 500)) + np.linspace(0, 5, 500)
    assert agreement(draws)[0] > 1.3


def test_what_stands_still_is_no_agreement():
    rhat, effective = agreement(np.ones((4, 100)))
    assert np.isnan(rhat) and effective == 0
    with pytest.raises(ValueError, match="at least 8 draws"):
        agreement(np.ones((4, 5)))
