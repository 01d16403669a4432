"""Bootstrap intervals: resample people, choose the model again, refit; all replicates at once.

People are resampled with replacement over the observed combinations of lists (multinomial), and
the whole model choice is repeated in each replicate, so that the interval carries the uncertainty
of the choice (Chan, Silverman and Vincent 2021, section 3.3). The acceleration of the
bias-corrected and accelerated (BCa) interval is the delete-one-person jackknife of DiCiccio and
Efron (1996, Statistical Science 11, 189-228), one refit per distinct combination of lists.
"""

import numpy as np
from scipy.stats import norm

from helpers.hidden.existence import runaway
from helpers.hidden.lattice import main_effects
from helpers.hidden.lists import NotEstimable
from helpers.hidden.loglinear import Existence, fit_models, log_error, settle
from helpers.hidden.selection import Ranked, hierarchical_models, independence, stepwise

# models among which a replicate may choose, by number of lists: the best ranked on the observed
# table (Silverman, Chan and Vincent 2024: hardly different from all); all for two and three lists
MODELS_KEPT = {4: 20, 5: 100, 6: 100}
LIKELY_WEIGHT = 1e-4
MOST_AT_ONCE = 2000  # keeps the working arrays small


def resample(counts, bootstraps: int, rng: np.random.Generator) -> np.ndarray:
    """Draw tables of the same number of people, shape (bootstraps, 2**lists)."""
    counts = np.asarray(counts, dtype=float)
    people = int(counts.sum())
    return rng.multinomial(people, counts / people, size=bootstraps).astype(float)


def candidate_models(ranked: Ranked, lists: int) -> np.ndarray:
    """Models that ``best_bic`` and ``average`` may choose among in a replicate."""
    return hierarchical_models(lists) if lists <= 3 else ranked.terms[: MODELS_KEPT[lists]]


def refit(counts, method: str, threshold: float = 0.02, models=None):
    """Estimate the hidden number in many tables at once, choosing the model in each.

    Parameters
    ----------
    counts : numpy.ndarray, shape (replicates, 2**lists)
        People per combination of lists, by bit mask.
    method : {"independence", "stepwise", "best_bic", "average"}
    threshold : float
        p-value threshold of the stepwise choice.
    models : numpy.ndarray of int, shape (models, places), optional
        For ``best_bic`` and ``average``: the models to choose among (see `candidate_models`).

    Returns
    -------
    hidden : numpy.ndarray, shape (replicates,)
        Estimated people on no list. Where even the independence model has no estimate it is the
        limit towards which the likelihood runs: infinity when the lists no longer overlap.
    error : numpy.ndarray, shape (replicates,)
        Standard error of its log given the chosen model; nan for ``average`` and at a limit.
    """
    return refit_all(counts, [method], threshold, models)[method]


def refit_all(counts, methods, threshold: float = 0.02, models=None) -> dict:
    """Do what `refit` does by several methods; those that rank the same models share their fits.

    Returns
    -------
    dict of str to tuple
        By method: hidden and error, as from `refit`.
    """
    if len(counts) > MOST_AT_ONCE:
        parts = np.split(counts, range(MOST_AT_ONCE, len(counts), MOST_AT_ONCE))
        answers = [refit_all(part, methods, threshold, models) for part in parts]
        return {
            method: tuple(
                np.concatenate(values)
                for values in zip(*(answer[method] for answer in answers), strict=True)
            )
            for method in methods
        }
    answer = {}
    ranking = [method for method in methods if method in ("best_bic", "average")]
    if ranking:
        answer |= _refit_models(counts, models, ranking)
    for method in methods:
        if method not in ranking:
            chosen = (
                independence(counts) if method == "independence" else stepwise(counts, threshold)
            )
            hidden, error = chosen.fits.hidden.copy(), log_error(chosen.fits, chosen.terms)
            lost = np.flatnonzero(~chosen.fits.sound)
            hidden[lost] = _limits(counts[lost])
            answer[method] = hidden, error
    return answer


def _limits(counts) -> np.ndarray:
    model = tuple(main_effects(int(counts.shape[1]).bit_length() - 1)[0].tolist())
    limits = np.array([runaway((row > 0).tobytes(), model) for row in counts])
    # a limit that the data leave open gives no upper bound either
    return np.where(np.isnan(limits), np.inf, limits)


def _refit_models(counts, models, methods) -> dict:
    replicates = len(counts)
    people = np.log(counts.sum(axis=1))
    size = (models >= 0).sum(axis=1)
    bic = np.full((len(models), replicates), np.inf)
    hidden = np.empty(bic.shape)
    known = []
    for row, model in enumerate(models):
        terms = np.tile(model[: size[row]], (replicates, 1))
        fits = fit_models(counts, terms)
        possible = fits.sound | fits.unsettled
        bic[row, possible] = (-2 * fits.loglik + size[row] * people)[possible]
        hidden[row] = fits.hidden
        known.append(Existence(fits.sound, fits.unsettled, fits.converged))
    checked = np.zeros(bic.shape, dtype=bool)
    while True:
        reach = -2 * np.log(LIKELY_WEIGHT) if "average" in methods else 1e-12
        near = bic - bic.min(axis=0) < reach
        todo = near & ~checked & np.isfinite(bic)
        if not todo.any():
            break
        for row in np.flatnonzero(todo.any(axis=1)):
            where = np.flatnonzero(todo[row])
            terms = np.broadcast_to(models[row], (replicates, models.shape[1]))
            settle(known[row], counts, terms, where)
            bic[row, where[~known[row].sound[where]]] = np.inf
        checked |= todo
    lost = ~np.isfinite(bic).any(axis=0)
    limits = _limits(counts[lost])
    answer = {}
    if "average" in methods:
        weight = np.exp(-(bic - np.where(lost, 0.0, bic.min(axis=0))) / 2)
        weight[weight < LIKELY_WEIGHT] = 0.0
        safe = np.where(weight > 0, hidden, 0.0)
        mean = (weight * safe).sum(axis=0) / np.where(lost, 1.0, weight.sum(axis=0))
        mean[lost] = limits
        answer["average"] = mean, np.full(replicates, np.nan)
    if "best_bic" in methods:
        best = models[bic.argmin(axis=0)]
        fits = fit_models(counts, best)
        fits.sound = ~lost
        fits.hidden[lost] = limits
        answer["best_bic"] = fits.hidden, log_error(fits, best)
    return answer


def jackknife(counts, method: str, threshold: float = 0.02, models=None):
    """Leave one person out in turn; one refit per occupied cell.

    Returns
    -------
    totals : numpy.ndarray, shape (cells,)
        Estimated population (people) without one person of that cell.
    people : numpy.ndarray, shape (cells,)
        How many people the cell holds, the weight of the refit.
    """
    fewer, people = without_one(counts)
    hidden, _ = refit(fewer, method, threshold, models)
    return fewer.sum(axis=1) + hidden, people


def without_one(counts) -> tuple[np.ndarray, np.ndarray]:
    """Tables without one person of each occupied cell in turn, and the people of those cells."""
    counts = np.asarray(counts, dtype=float)
    cells = np.flatnonzero(counts)
    fewer = np.tile(counts, (cells.size, 1))
    fewer[np.arange(cells.size), cells] -= 1
    return fewer, counts[cells]


def acceleration(totals, people) -> float:
    """Acceleration of the BCa interval from a weighted jackknife (DiCiccio and Efron 1996)."""
    if not np.isfinite(totals).all():
        raise NotEstimable("jackknife: without one person no estimate exists: BCa is undefined")
    gap = np.average(totals, weights=people) - totals
    spread = (people * gap**2).sum()
    return float((people * gap**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0


def percentile_limits(replicates, level: float = 0.95) -> tuple[float, float]:
    """Equal-tailed limits: order statistics of the replicates, so that infinities are allowed."""
    tail = (1 - level) / 2
    return tuple(np.quantile(replicates, [tail, 1 - tail], method="inverted_cdf").tolist())


def bca_limits(replicates, estimate: float, slope: float, level: float = 0.95):
    """Bias-corrected and accelerated limits.

    Parameters
    ----------
    replicates : numpy.ndarray, shape (bootstraps,)
        Estimates in the bootstrap tables.
    estimate : float
        Estimate in the observed table.
    slope : float
        Acceleration, from `acceleration`.
    level : float
        Confidence level.

    Raises
    ------
    NotEstimable
        If every replicate lies on one side of the estimate, so that the bias is unbounded.
    """
    replicates = np.asarray(replicates, dtype=float)
    below = np.mean(replicates < estimate)
    if below in (0.0, 1.0):
        raise NotEstimable(
            f"bootstrap: {below:.0%} of {replicates.size} replicates lie below the estimate, "
            "expected some on each side: BCa is undefined, use interval 'percentile'"
        )
    bias = norm.ppf(below)
    tail = norm.ppf([(1 - level) / 2, (1 + level) / 2])
    adjusted = norm.cdf(bias + (bias + tail) / (1 - slope * (bias + tail)))
    return tuple(np.quantile(replicates, adjusted, method="inverted_cdf").tolist())
