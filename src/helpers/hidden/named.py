"""One log-linear model that the reader names, instead of one that a rule chooses."""

from itertools import combinations

import numpy as np

from helpers.expect import expect
from helpers.hidden.choice import Choice
from helpers.hidden.estimate import PopulationEstimate, with_range
from helpers.hidden.existence import check_model, masks_of
from helpers.hidden.lattice import main_effects
from helpers.hidden.lists import NotEstimable, check_table
from helpers.hidden.loglinear import fit_models, log_error, settle

GIVEN_THE_MODEL = ("normal", "profile")


def named_model(table, terms=(), *, interval="normal") -> PopulationEstimate:
    """Estimate a population by the log-linear model with the interactions that are named.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table.
    terms : sequence of str
        Interactions such as ``"LA:NG"`` or ``"LA:NG:GO"``; a higher one brings the lower ones
        within it. The main effect of every list is always in the model.
    interval : {"normal", "profile"}
        Both take the model as given; see `helpers.hidden.estimate.estimate_population`.

    Returns
    -------
    PopulationEstimate
        With ``method="named"``.

    Raises
    ------
    ValueError
        If the table, a term or the interval is not as described.
    NotEstimable
        If the estimate does not exist, or the model leaves the hidden number open, as one does
        that joins all lists.
    """
    expect("interval", interval, GIVEN_THE_MODEL)
    overlaps = check_table(table)
    lists = len(overlaps.names)
    wanted = _with_lower_terms(masks_of(terms, overlaps.names))
    check = check_model(table, [overlaps.label(mask) for mask in wanted])
    words = ", ".join(terms) or "no interactions"
    if not check.identifiable:
        raise NotEstimable(
            f"model with {words}: the people seen do not tell its terms apart from the number of "
            "people on no list; expected fewer interactions"
        )
    if not check.exists:
        raise NotEstimable(
            f"model with {words}: the maximum-likelihood estimate does not exist, too many "
            "combinations of lists hold nobody; expected fewer interactions or merged lists"
        )
    model = np.array([[*main_effects(lists)[0].tolist(), *wanted]])
    fits = fit_models(overlaps.counts[None], model)
    settle(fits, overlaps.counts[None], model, [0])
    choice = Choice(model[0], fits.hidden[0], log_error(fits, model)[0])
    return with_range(overlaps, choice, method="named", threshold=0.0, interval=interval)


def _with_lower_terms(masks) -> list[int]:
    """Add every interaction of two or more lists that lies within another; lower ones first."""
    found = set()
    for mask in masks:
        bits = [1 << bit for bit in range(mask.bit_length()) if mask >> bit & 1]
        found |= {sum(some) for k in range(2, len(bits) + 1) for some in combinations(bits, k)}
    return sorted(found, key=lambda mask: (mask.bit_count(), mask))
