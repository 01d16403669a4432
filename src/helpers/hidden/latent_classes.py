"""Latent classes: people of a few unknown kinds, within each of which lists are independent.

After Manrique-Vallier (2016, Bayesian population size estimation using Dirichlet process mixtures,
Biometrics 72, 1246-1254): the shares of the classes are a truncated stick-breaking process whose
concentration is Gamma(1/4, 1/4), the chance of a class to be on a list is uniform, and a population
of N people has prior weight 1/N. Written anew from the paper, one Gibbs sampler for many chains and
many tables at once.
"""

from dataclasses import dataclass, field

import numpy as np

from helpers.hidden.lists import NotEstimable, Overlaps

CLASSES = 10
CONCENTRATION = 0.25  # shape and rate of its gamma prior
TINY = 1e-300
WORST_RHAT = 1.05
FEWEST_EFFECTIVE = 200


@dataclass(frozen=True)
class LatentClassPosterior:
    """Posterior of the population under latent classes.

    Attributes
    ----------
    estimate, low, high : float
        Median and 95% limits of the population (people).
    draws : numpy.ndarray, shape (chains, draws)
        Populations kept.
    rhat : float
        Split R-hat of the log of the hidden people, 1 when the chains agree.
    effective : float
        To how many independent draws those kept amount.
    error : float
        Monte Carlo standard error of the estimate (people).
    terms : tuple
        Empty: no model of pairs is chosen.
    """

    estimate: float
    low: float
    high: float
    draws: np.ndarray
    rhat: float
    effective: float
    error: float
    terms: tuple[str, ...] = field(default=())


def latent_classes(
    overlaps: Overlaps,
    *,
    draws: int = 10_000,
    chains: int = 20,
    warmup: int = 1000,
    thin: int = 5,
    classes: int = CLASSES,
    seed: int | None = 1,
) -> LatentClassPosterior:
    """Estimate a population by a Bayesian mixture of latent classes.

    Parameters
    ----------
    overlaps : Overlaps
        A list-overlap table of three or more lists.
    draws : int
        Populations kept, over all chains.
    chains : int
        Chains, run side by side from starts that differ; at least two.
    warmup, thin : int
        Sweeps thrown away at the start of each chain, and sweeps from one kept draw to the next.
    classes : int
        Most classes (the truncation of the stick-breaking process).
    seed : int, optional
        The same seed gives the same draws.

    Returns
    -------
    LatentClassPosterior

    Raises
    ------
    ValueError
        If a number is not as described.
    NotEstimable
        If there are fewer than three lists, or the chains do not agree.
    """
    _check(draws, chains, warmup, thin, classes)
    if len(overlaps.names) < 3:
        raise NotEstimable(
            f"lists: found {len(overlaps.names)}, expected three or more for latent classes"
        )
    tables = np.tile(overlaps.counts, (chains, 1))
    kept = sample(tables, -(-draws // chains), warmup, thin, classes, np.random.default_rng(seed))
    rhat, effective = agreement(np.log(kept + 1))
    if not (rhat < WORST_RHAT and effective >= FEWEST_EFFECTIVE):
        raise NotEstimable(
            f"latent classes: the chains do not agree (R-hat {rhat:.2f}, expected below "
            f"{WORST_RHAT}; {effective:,.0f} effective draws, expected {FEWEST_EFFECTIVE}): "
            "ask for more draws"
        )
    return posterior(overlaps.observed + kept, rhat, effective)
