"""People who differ in how easily they are listed: log-linear models with one term for it.

For lists of unequal size on which every person's log odds are shifted by the same amount, which
differs between persons ("Mth"), the logarithm of the expected number of people with one combination
of lists is a sum of the lists' own effects and a convex function of the number of lists: Darroch,
Fienberg, Glonek and Junker (1993, Journal of the American Statistical Association 88, 1137-1148);
Rivest and Baillargeon (2007, Biometrics 63, 999-1006), whose R package Rcapture prints the same
models. Which function, no data can tell: the estimates may lie far apart and fit equally well.
"""

import numpy as np

from helpers.expect import expect
from helpers.hidden.lists import NotEstimable, check_table
from helpers.hidden.other_estimators import CLOSED, MATCHED, SimpleEstimate, log_range
from helpers.methods import existence
from helpers.methods.series.count_models import fit_counts

SHAPES = {
    "poisson": lambda lists: 2.0**lists - 1,
    "darroch": lambda lists: lists**2 / 2,
    "gamma": lambda lists: np.log(3.5 / (3.5 + lists)),
}
MODELS = (*SHAPES, "chao")
SHIFTED = "people differ by the same shift of their log odds on every list, spread as {shape}"


def heterogeneity(table, model: str) -> SimpleEstimate:
    """Estimate a population in which people differ in how easily they are listed.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table of three lists or more.
    model : {"chao", "poisson", "darroch", "gamma"}
        How the expected numbers bend with the number of lists k: ``poisson`` 2^k - 1, ``darroch``
        k^2 / 2, ``gamma`` log(3.5 / (3.5 + k)), by one more term; ``chao`` by one term for every
        number of lists above two, none of them negative: the likelihood's version of the lower
        bound `helpers.hidden.other_estimators.chao`.

    Returns
    -------
    SimpleEstimate
        The range is log-normal in the hidden number, from the variance that Rcapture prints.

    Raises
    ------
    ValueError
        If the model is unknown.
    NotEstimable
        If there are fewer than three lists or the estimate does not exist.
    """
    expect("model", model, MODELS)
    overlaps = check_table(table)
    lists = len(overlaps.names)
    if lists < 3:
        raise NotEstimable(f"lists: found {lists}, expected three or more to see people differ")
    cells = np.arange(1, 2**lists)
    member = (cells[:, None] >> np.arange(lists) & 1).astype(float)
    number = member.sum(axis=1)
    design = np.column_stack([np.ones(len(cells)), member])
    counts = overlaps.counts[1:]
    if model == "chao":
        parameters, covariance = _bounded(design, number, counts)
        shape = "anything (a lower bound)"
    else:
        parameters, covariance = _fit(np.column_stack([design, SHAPES[model](number)]), counts)
        shape = model
    hidden = np.exp(parameters[0])
    variance = hidden + hidden**2 * covariance[0, 0]
    assumptions = (CLOSED, MATCHED, SHIFTED.format(shape=shape))
    return log_range(overlaps.observed, hidden, variance, assumptions)


def _fit(design, counts):
    if not existence.exists(design, counts):
        raise NotEstimable(
            "the maximum-likelihood estimate does not exist: too many combinations of lists hold "
            "nobody; expected fewer or merged lists"
        )
    parameters, covariance, _ = fit_counts(counts[None], design, np.zeros(len(counts)), np.zeros(1))
    return parameters[0], covariance[0]


def _bounded(design, number, counts):
    """Fit one term for every number of lists above two, dropping those that would be negative."""
    size = design.shape[1]
    bends = [np.maximum(number - least, 0) for least in range(2, int(number.max()))]
    while bends:
        whole = np.column_stack([design, *bends])
        if not existence.exists(whole, counts):
            bends.pop()  # nobody on so many lists: this term runs to minus infinity
            continue
        parameters, covariance = _fit(whole, counts)
        if (parameters[size:] >= 0).all():
            return parameters, covariance
        bends.pop(int(np.argmin(parameters[size:])))
    return _fit(design, counts)
