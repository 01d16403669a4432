"""Latent classes: people of a few unknown kinds, within each of which lists are independent.

After Manrique-Vallier (2016, Bayesian population size estimation using Dirichlet process mixtures,
Biometrics 72, 1246-1254): the shares of the classes are a truncated stick-breaking process whose
concentration is Gamma(1/4, 1/4), the chance of a class to be on a list is uniform, and a population
of N people has prior weight 1/N. The sampler is our own (`helpers.hidden.latent_sampler`).
"""

from dataclasses import dataclass, field

import numpy as np

from helpers.hidden.latent_sampler import sample
from helpers.hidden.lists import NotEstimable, Overlaps
from helpers.methods.chains import agreement

CLASSES = 10
WORST_RHAT = 1.1
FEWEST_EFFECTIVE = 100


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
    monte_carlo : float
        Monte Carlo standard error of the estimate (people).
    monte_carlo_low : float
        That of the low end, by leaving out one chain at a time (jackknife). Where a table has two
        explanations it is large: the end hangs on how long chains stay with the rarer one.
    terms : tuple
        Empty: no model of pairs is chosen.
    """

    estimate: float
    low: float
    high: float
    draws: np.ndarray
    rhat: float
    effective: float
    monte_carlo: float
    monte_carlo_low: float
    terms: tuple[str, ...] = field(default=())


def latent_classes(overlaps: Overlaps, **options) -> LatentClassPosterior:
    """Estimate a population by a Bayesian mixture of latent classes.

    Parameters
    ----------
    overlaps : Overlaps
        A list-overlap table of three or more lists, from `lists.check_table`.
    **options
        As for `latent_classes_of_many`.

    Raises
    ------
    ValueError
        If a number is not as described.
    NotEstimable
        If there are fewer than three lists, nobody is on two of them, or the chains do not agree.
    """
    (found,) = latent_classes_of_many([overlaps], **options)
    if isinstance(found, NotEstimable):
        raise found
    return found


def latent_classes_of_many(
    tables,
    *,
    draws: int = 10_000,
    chains: int = 8,
    warmup: int = 1000,
    thin: int = 3,
    classes: int = CLASSES,
    seed: int | None = 2016,
) -> list[LatentClassPosterior | NotEstimable]:
    """Estimate by latent classes from many tables, those of equally many lists side by side.

    Parameters
    ----------
    tables : sequence of Overlaps
    draws : int
        Populations kept of each table, over all its chains.
    chains : int
        Chains, run from starts that differ; at least two.
    warmup, thin : int
        Sweeps thrown away at the start of each chain, and sweeps from one kept draw to the next.
    classes : int
        Most classes (the truncation of the stick-breaking process).
    seed : int, optional
        The same seed gives the same draws.

    Returns
    -------
    list
        For each table the posterior, or the refusal that says why there is none.
    """
    _check(draws=draws, chains=chains, warmup=warmup, thin=thin, classes=classes)
    rng = np.random.default_rng(seed)
    answers = [_refusal(table) for table in tables]
    open_ = [place for place, answer in enumerate(answers) if answer is None]
    for lists in sorted({len(tables[place].names) for place in open_}):
        alike = [place for place in open_ if len(tables[place].names) == lists]
        counts = np.stack([tables[place].counts for place in alike])
        hidden = sample(counts, chains, -(-draws // chains), warmup, thin, classes, rng)
        for place, each in zip(alike, hidden, strict=True):
            answers[place] = _posterior(tables[place].observed, each)
    return answers


def _refusal(overlaps: Overlaps) -> NotEstimable | None:
    lists = len(overlaps.names)
    if lists < 3:
        return NotEstimable(f"lists: found {lists}, expected three or more for latent classes")
    several = [cell.bit_count() > 1 for cell in range(overlaps.counts.size)]
    if not overlaps.counts[several].any():
        return NotEstimable("found nobody on two lists: the range would be the prior's")
    return None


def _posterior(observed, hidden) -> LatentClassPosterior | NotEstimable:
    rhat, effective = agreement(np.log(hidden + 1))
    if not (rhat < WORST_RHAT and effective >= FEWEST_EFFECTIVE):
        return NotEstimable(
            f"latent classes: the chains do not agree (R-hat {rhat:.2f}, expected below "
            f"{WORST_RHAT}; {effective:,.0f} effective draws, expected {FEWEST_EFFECTIVE}): "
            "ask for more draws, or more sweeps between them"
        )
    population = observed + hidden
    low, middle, high = np.quantile(population, [0.025, 0.5, 0.975]).tolist()
    # the quantiles one standard error of a share of one half away from the median
    step = 0.5 / np.sqrt(effective)
    error = np.diff(np.quantile(population, [0.5 - step, 0.5 + step])).item() / 2
    lows = [np.quantile(np.delete(population, k, 0), 0.025) for k in range(len(population))]
    of_low = float(np.sqrt((len(lows) - 1) * np.var(lows)))
    return LatentClassPosterior(middle, low, high, population, rhat, effective, error, of_low)


def _check(**given) -> None:
    least = {"draws": 100, "chains": 2, "warmup": 0, "thin": 1, "classes": 1}
    for name, value in given.items():
        if not isinstance(value, int | np.integer) or value < least[name]:
            raise ValueError(
                f"{name}: found {value!r}, expected a whole number of at least {least[name]}"
            )
