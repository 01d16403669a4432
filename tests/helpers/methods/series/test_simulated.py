"""Simulated series have the moments that they were asked for."""

import numpy as np
import pytest

from helpers.methods.series.simulated import noise, simulate_counts


def line(length, level):
    return np.full(length, level)


def test_simulated_counts_have_the_stated_moments():
    rng = np.random.default_rng(6)
    counts = simulate_counts(line(40, 300.0), 0.04, 0.6, 4000, rng)
    assert counts.mean() == pytest.approx(300, rel=0.01)
    assert counts.var() == pytest.approx(300 + 0.04 * 300**2, rel=0.05)
    centred = counts - counts.mean()
    # Poisson noise is not autocorrelated and dilutes the correlation.
    lag = np.mean(centred[:, 1:] * centred[:, :-1]) / counts.var()
    assert lag == pytest.approx(0.6 * 3600 / 3900, abs=0.03)


def test_noise_is_standard_and_alike_as_asked():
    drawn = noise(20000, 6, 0.5, np.random.default_rng(7))
    together = np.cov(drawn.T)
    apart = np.abs(np.subtract.outer(np.arange(6), np.arange(6)))
    assert together == pytest.approx(0.5**apart, abs=0.05)
