"""How many people are on no list: one table, one method, one range."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from helpers.expect import expect
from helpers.hidden.bootstrap import (
    acceleration,
    bca_limits,
    candidate_models,
    jackknife,
    percentile_limits,
    refit,
    resample,
)
from helpers.hidden.choice import choose
from helpers.hidden.lists import NotEstimable, check_table
from helpers.hidden.profile import profile_limits
from helpers.hidden.selection import Ranked

METHODS = ("independence", "stepwise", "best_bic", "average")
INTERVALS = ("normal", "profile", "percentile", "bca")
FEWEST_BOOTSTRAPS = 40  # below this a 2.5% limit is the most extreme replicate


@dataclass(frozen=True)
class PopulationEstimate:
    """An estimate with its 95% range.

    Attributes
    ----------
    estimate, low, high : float
        Population (people, seen and unseen) and its 95% limits; ``high`` may be infinite.
    hidden : float
        Estimated people on no list.
    terms : tuple of str
        Interactions in the model, such as ``"LA:NG"``, in the order in which they were chosen.
        For ``method="average"``: those that carry more than half of the weight.
    empty_pairs : tuple of str
        Terms of the model that nobody supports, fixed at minus infinity.
    observed : int
        People on at least one list.
    method, interval : str
        As asked for.
    """

    estimate: float
    low: float
    high: float
    hidden: float
    terms: tuple[str, ...]
    empty_pairs: tuple[str, ...]
    observed: int
    method: str
    interval: str


def estimate_population(
    table: pd.DataFrame,
    *,
    method: str = "stepwise",
    threshold: float = 0.02,
    interval: str = "normal",
    bootstraps: int = 1000,
    seed: int | None = None,
) -> PopulationEstimate:
    """Estimate a population from overlapping lists by multiple systems estimation.

    Poisson log-linear models of the number of people on each combination of lists; the fitted
    number on no list is what is hidden. It is right only if the population did not change while
    the lists were kept, people were matched across lists without error, everyone could be on some
    list, and the terms left out of the model are truly zero. None of this can be seen in the table.

    Parameters
    ----------
    table : pandas.DataFrame
        One 0/1 column per list and ``count``; combinations not given have count 0.
    method : {"stepwise", "independence", "best_bic", "average"}
        ``stepwise``: pairs of lists forward by p-value (Chan, Silverman and Vincent 2021).
        ``best_bic``: the hierarchical model of lowest BIC (at most six lists). ``average``:
        the mean of all hierarchical models weighted by ``exp(-BIC/2)``.
    threshold : float
        p-value below which ``stepwise`` adds a pair.
    interval : {"normal", "profile", "percentile", "bca"}
        ``normal``: on the log of the hidden number, given the model (for ``average``: quantiles of
        the weighted mixture of the models' intervals). ``profile``: profile likelihood, given the
        model. ``percentile`` and ``bca``: bootstrap with the model chosen again in each replicate.
    bootstraps : int
        Number of bootstrap tables.
    seed : int, optional
        Seed of the bootstrap; without it the limits differ from call to call.

    Returns
    -------
    PopulationEstimate

    Raises
    ------
    ValueError
        If an option or the table is not as described.
    NotEstimable
        If the maximum-likelihood estimate does not exist, or fewer than three lists are linked by
        people they share (two overlapping lists pass for ``method="independence"`` only), or the
        method or interval is not defined for so many lists or so sparse a table.
    """
    check_options(method, threshold, interval, bootstraps)
    overlaps = check_table(table)
    choice = choose([overlaps], [method], threshold)[0][method]
    return with_range(
        overlaps,
        choice,
        method=method,
        threshold=threshold,
        interval=interval,
        bootstraps=bootstraps,
        seed=seed,
    )


def with_range(
    overlaps, choice, *, method, threshold, interval, bootstraps=1000, seed=None
) -> PopulationEstimate:
    """Put the range of a model that was chosen (see `estimate_population`) around its estimate.

    A refusal in place of the choice is raised.
    """
    if isinstance(choice, NotEstimable):
        raise choice
    counts, hidden, ranked = overlaps.counts, choice.hidden, choice.ranked
    if interval == "normal":
        low, high = _mixture(ranked) if method == "average" else normal_limits(hidden, choice.error)
    elif interval == "profile":
        low, high = profile_limits(counts, choice.terms, hidden)
    else:
        models = _models(overlaps, choice)
        drawn = _drawn_anew(overlaps, models, method, threshold, bootstraps, seed)
        if interval == "percentile":
            low, high = percentile_limits(drawn)
        else:
            slope = acceleration(*jackknife(counts, method, threshold, models))
            low, high = bca_limits(drawn, hidden, slope)
    present = set(np.flatnonzero(counts).tolist())
    interactions = [t for t in choice.terms.tolist() if t.bit_count() > 1 and t > 0]
    empty = [t for t in interactions if not any(cell & t == t for cell in present)]
    return PopulationEstimate(
        estimate=overlaps.observed + float(hidden),
        low=overlaps.observed + float(low),
        high=overlaps.observed + float(high),
        hidden=float(hidden),
        terms=tuple(overlaps.label(t) for t in interactions),
        empty_pairs=tuple(overlaps.label(t) for t in empty),
        observed=overlaps.observed,
        method=method,
        interval=interval,
    )


def drawn_anew(
    table: pd.DataFrame,
    *,
    method: str = "stepwise",
    threshold: float = 0.02,
    bootstraps: int = 1000,
    seed: int | None = None,
) -> np.ndarray:
    """Draw the people of a table anew, choose the model again, and estimate, many times.

    The populations between whose 2.5% and 97.5% ends the ``percentile`` range of
    `estimate_population` lies, which see for the parameters and what is raised.

    Returns
    -------
    numpy.ndarray, shape (bootstraps,)
        Populations (people); infinite where the lists drawn no longer overlap.
    """
    check_options(method, threshold, "percentile", bootstraps)
    overlaps = check_table(table)
    choice = choose([overlaps], [method], threshold)[0][method]
    if isinstance(choice, NotEstimable):
        raise choice
    models = _models(overlaps, choice)
    return overlaps.observed + _drawn_anew(overlaps, models, method, threshold, bootstraps, seed)


def _models(overlaps, choice):
    return None if choice.ranked is None else candidate_models(choice.ranked, len(overlaps.names))


def _drawn_anew(overlaps, models, method, threshold, bootstraps, seed) -> np.ndarray:
    """Hidden people in each bootstrap table."""
    people = resample(overlaps.counts, bootstraps, np.random.default_rng(seed))
    return refit(people, method, threshold, models)[0]


def check_options(method, threshold, interval, bootstraps=1000, seed=None) -> None:
    """Refuse options of `estimate_population` that are not as described there."""
    for name, value, allowed in (("method", method, METHODS), ("interval", interval, INTERVALS)):
        expect(name, value, allowed)
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold: found {threshold!r}, expected a p-value from 0 to 1")
    if not isinstance(bootstraps, int | np.integer) or bootstraps < FEWEST_BOOTSTRAPS:
        raise ValueError(
            f"bootstraps: found {bootstraps!r}, expected a whole number from {FEWEST_BOOTSTRAPS} up"
        )
    if method == "average" and interval == "profile":
        raise ValueError("interval 'profile' belongs to one model: not defined for 'average'")


def normal_limits(hidden, error, level: float = 0.95):
    """Limits that are symmetric on the log of the hidden number (people)."""
    width = ndtri((1 + level) / 2) * error
    return hidden * np.exp(-width), hidden * np.exp(width)


def _mixture(ranked: Ranked, level: float = 0.95) -> tuple[float, float]:
    """Quantiles of the weighted mixture of the models' normal intervals on the log scale."""
    centre, error = np.log(ranked.hidden), ranked.error
    reach = 10 * error.max()

    def excess(log_hidden, share):
        return ranked.weight @ ndtr((log_hidden - centre) / error) - share

    tails = ((1 - level) / 2, (1 + level) / 2)
    ends = centre.min() - reach, centre.max() + reach
    low, high = (np.exp(brentq(excess, *ends, args=(share,))) for share in tails)
    return float(low), float(high)
