"""Choosing a log-linear model: independence, stepwise, lowest BIC, averaging by BIC weight.

The stepwise rule is that of Chan, Silverman and Vincent (2021, Journal of the American Statistical
Association 116, 1297-1306): start from main effects; for each pair of lists not yet in the model
compare the number of people on both with a Poisson variable of the mean that the model expects
(one-sided p-value); discard pairs that would make the estimate non-existent or non-identifiable;
add the pair with the smallest p-value while that is below the threshold. Ranking every hierarchical
model by BIC, and letting the bootstrap choose among the best ranked only, follows Silverman, Chan
and Vincent (2024, Statistics and Computing 34, 44).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy.special import pdtr, pdtrc

from helpers.hidden.lattice import main_effects, over_supersets
from helpers.hidden.lists import NotEstimable
from helpers.hidden.loglinear import Existence, Fits, fit_models, log_error, settle

# highest order of interaction searched, per number of lists (Silverman, Chan and Vincent 2024)
HIGHEST_ORDER = {2: 1, 3: 2, 4: 3, 5: 3, 6: 2}


@dataclass
class Chosen:
    """The model chosen in each replicate.

    Attributes
    ----------
    terms : numpy.ndarray of int, shape (replicates, places)
        Bit masks; main effects first, then interactions in the order in which they were added;
        -1 fills unused places.
    fits : Fits
    """

    terms: np.ndarray
    fits: Fits


def independence(counts) -> Chosen:
    """Fit the model without interactions to each table, shape (replicates, 2**lists)."""
    terms = main_effects(int(counts.shape[1]).bit_length() - 1, len(counts))
    fits = fit_models(counts, terms)
    settle(fits, counts, terms, np.arange(len(counts)))
    return Chosen(terms, fits)


def stepwise(counts, threshold: float) -> Chosen:
    """Select pairs of lists forward by p-value, separately in each table.

    Parameters
    ----------
    counts : numpy.ndarray, shape (replicates, 2**lists)
    threshold : float
        A pair is added while its one-sided Poisson p-value is below this.
    """
    lists = int(counts.shape[1]).bit_length() - 1
    pairs = np.array([1 << i | 1 << j for i, j in combinations(range(lists), 2)])
    base = independence(counts)
    fits = base.fits
    terms = np.concatenate(
        [base.terms, np.full((len(counts), len(pairs)), -1, dtype=np.int64)], axis=1
    )
    observed = over_supersets(counts)[:, pairs]
    active = np.flatnonzero(fits.sound)
    place = lists + 1
    while active.size and place < terms.shape[1]:
        seen, mean = observed[active], over_supersets(fits.fitted[active])[:, pairs]
        p_value = np.minimum(pdtr(seen, mean), np.where(seen > 0, pdtrc(seen - 1, mean), 1.0))
        p_value[(terms[active][:, :, None] == pairs).any(axis=1)] = 1.0
        # p-values too small for a float tie at zero; the larger deviation then decides
        surprise = np.abs(seen - mean) / np.sqrt(np.maximum(mean, 1e-300))
        rank = np.lexsort((-surprise, p_value), axis=1)
        moved = np.zeros(active.size, dtype=bool)
        trying = np.arange(active.size)
        for attempt in range(len(pairs)):
            best = rank[trying, attempt]
            trying = trying[p_value[trying, best] < threshold]
            if not trying.size:
                break
            best, rows = rank[trying, attempt], active[trying]
            terms[rows, place] = pairs[best]
            model = terms[rows, : place + 1]
            start = np.take_along_axis(fits.coefficient[rows], np.maximum(model, 0), 1)
            start[:, -1] = np.log(
                np.maximum(seen[trying, best], 0.5) / np.maximum(mean[trying, best], 1e-12)
            )
            new = fit_models(counts[rows], model, start)
            settle(new, counts[rows], model, np.arange(rows.size))
            good = new.sound
            fits[rows[good]] = new[good]
            terms[rows[~good], place] = -1
            moved[trying[good]] = True
            trying = trying[~good]
        active = active[moved]
        place += 1
    return Chosen(terms, fits)


@lru_cache(maxsize=8)
def hierarchical_models(lists: int) -> np.ndarray:
    """Every hierarchical model with all main effects, up to the highest order searched.

    Returns
    -------
    numpy.ndarray of int, shape (models, places)
        Bit masks of the terms, -1 in unused places; interactions of order up to 2 for three lists,
        3 for four and five lists, 2 for six lists.

    Raises
    ------
    NotEstimable
        With more than six lists: there would be over two million models.
    """
    if lists not in HIGHEST_ORDER:
        raise NotEstimable(
            f"lists: found {lists}, expected at most 6 to search every hierarchical model: "
            "merge lists or use method 'stepwise'"
        )
    order = HIGHEST_ORDER[lists]
    pairs = [1 << i | 1 << j for i, j in combinations(range(lists), 2)] if order > 1 else []
    triples = [sum(1 << b for b in t) for t in combinations(range(lists), 3)] if order > 2 else []
    models = []
    for size in range(len(pairs) + 1):
        for graph in combinations(pairs, size):
            inside = set(graph)
            closed = [t for t in triples if all(p in inside for p in pairs if p & t == p)]
            for extra in range(len(closed) + 1):
                models += [graph + chosen for chosen in combinations(closed, extra)]
    places = max(map(len, models))
    table = np.full((len(models), 1 + lists + places), -1, dtype=np.int64)
    table[:, : 1 + lists] = main_effects(lists)
    for row, model in enumerate(models):
        table[row, 1 + lists : 1 + lists + len(model)] = model
    table.setflags(write=False)
    return table


@dataclass
class Ranked:
    """Hierarchical models of one table that have an estimate, best BIC first.

    ``weight`` is proportional to ``exp(-BIC / 2)``: each model's approximate posterior probability
    when all are equally likely beforehand (Raftery 1995, Sociological Methodology 25, 111-163).
    """

    terms: np.ndarray
    bic: np.ndarray
    weight: np.ndarray
    hidden: np.ndarray
    error: np.ndarray


def rank_many(counts, chunk: int = 2048) -> list[Ranked]:
    """Fit every hierarchical model to each table and rank them by BIC.

    Parameters
    ----------
    counts : numpy.ndarray, shape (tables, 2**lists)
    chunk : int
        Fits made at once; more need larger working arrays.

    Returns
    -------
    list of Ranked
        One per table. Models whose weight is below a millionth of the best one's are left out.

    Notes
    -----
    BIC is ``-2 loglik + terms * log(people observed)``; a term at minus infinity counts as a term.
    """
    counts = np.asarray(counts, dtype=float)
    models = hierarchical_models(int(counts.shape[1]).bit_length() - 1)
    size = (models >= 0).sum(axis=1)
    table, model = (
        axis.ravel() for axis in np.indices((len(counts), len(models)))
    )  # every table with every model
    bic = np.empty(table.size)
    known = Existence(*np.empty((3, table.size), dtype=bool))
    for first in range(0, table.size, chunk):
        part = slice(first, first + chunk)
        tables, some = counts[table[part]], model[part]
        fits = fit_models(tables, models[some, : size[some].max()])
        bic[part] = -2 * fits.loglik + size[some] * np.log(tables.sum(axis=1))
        known[part] = fits
    keep = [
        _worth_keeping(counts[row], models, bic[table == row], known[table == row])
        for row in range(len(counts))
    ]
    return _ranked(counts, models, bic.reshape(len(counts), -1), keep)


def _worth_keeping(counts, models, bic, known) -> list[int]:
    """Models of one table that have an estimate, best first, as long as they have any weight."""
    possible = known.sound | known.unsettled
    tables = np.broadcast_to(counts, (len(models), counts.size))
    keep: list[int] = []
    for row in np.argsort(np.where(possible, bic, np.inf), kind="stable"):
        if not possible[row] or (keep and bic[row] - bic[keep[0]] > 2 * np.log(1e6)):
            break
        settle(known, tables, models, row)
        if known.sound[row]:
            keep.append(int(row))
    return keep


def _ranked(counts, models, bic, keep) -> list[Ranked]:
    """Fit the models that were kept once more, those of all tables together."""
    lengths = [len(rows) for rows in keep]
    terms = models[np.concatenate(keep)]
    best = fit_models(np.repeat(counts, lengths, axis=0), terms)
    best.sound[:] = True  # just settled, by the linear programme where in doubt
    error = log_error(best, terms)
    answers, end = [], 0
    for row, rows in enumerate(keep):
        part = slice(end, end + len(rows))
        end = part.stop
        mine = bic[row, rows]
        weight = np.exp((mine[:1] - mine) / 2)
        weight /= weight.sum()
        answers.append(Ranked(terms[part], mine, weight, best.hidden[part], error[part]))
    return answers
