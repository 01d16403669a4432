"""Models chosen for many tables at once, or the reason why a table cannot carry one."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from helpers.hidden.existence import require_overlap, runaway
from helpers.hidden.lists import NotEstimable, Overlaps
from helpers.hidden.loglinear import log_error
from helpers.hidden.selection import Ranked, independence, rank_many, stepwise


@dataclass(frozen=True)
class Choice:
    """A model, or a mean of models, chosen for one table.

    Attributes
    ----------
    terms : numpy.ndarray of int, shape (places,)
        Bit masks, -1 in unused places; for an average, the terms whose models carry more than half
        of the weight, heaviest first.
    hidden, error : float
        Estimated people on no list, and the standard error of its log given the model (for an
        average, that of the best model).
    ranked : Ranked, optional
        For ``best_bic`` and ``average``: the models chosen from.
    """

    terms: np.ndarray
    hidden: float
    error: float
    ranked: Ranked | None = None


def choose(tables, methods, threshold: float) -> list[dict[str, Choice | NotEstimable]]:
    """Choose models for tables by methods; tables with equally many lists are fitted together.

    Parameters
    ----------
    tables : sequence of Overlaps
    methods : sequence of str
        Of "independence", "stepwise", "best_bic", "average"; the last two share their fits.
    threshold : float
        p-value below which ``stepwise`` adds a pair.

    Returns
    -------
    list of dict
        For each table, by method: the `Choice`, or the `NotEstimable` that says why there is none.
    """
    answers = [{method: _refusal(table, method) for method in methods} for table in tables]
    alike = defaultdict(list)
    for table, answer in zip(tables, answers, strict=True):
        if None in answer.values():
            alike[len(table.names)].append((table, answer))
    for some in alike.values():
        sound = independence(np.stack([table.counts for table, _ in some]))
        for (table, answer), exists, terms in zip(some, sound.fits.sound, sound.terms, strict=True):
            if not exists:
                answer |= dict.fromkeys(methods, NotEstimable(_why_not(table, terms)))
        ranked = None
        for method in methods:
            rows = [(table, answer) for table, answer in some if answer[method] is None]
            if not rows:
                continue
            counts = np.stack([table.counts for table, _ in rows])
            if method not in ("best_bic", "average"):
                found = _selected(counts, method, threshold)
            else:
                ranked = ranked or _ranked(counts)
                found = [_of_ranked(each, method) for each in ranked]
            for (_, answer), choice in zip(rows, found, strict=True):
                answer[method] = choice
    return answers


def _refusal(table: Overlaps, method: str) -> NotEstimable | None:
    try:
        return require_overlap(table, method)
    except NotEstimable as refusal:
        return refusal


def _why_not(overlaps: Overlaps, terms) -> str:
    limit = runaway((overlaps.counts > 0).tobytes(), tuple(terms.tolist()))
    where = {0.0: "runs to zero", np.inf: "has no upper bound"}.get(limit, "is not determined")
    return (
        f"lists {', '.join(overlaps.names)}: the maximum-likelihood estimate does not exist even "
        f"without interactions; the hidden number {where}"
    )


def _selected(counts, method: str, threshold: float) -> list[Choice]:
    chosen = independence(counts) if method == "independence" else stepwise(counts, threshold)
    errors = log_error(chosen.fits, chosen.terms)
    return [Choice(*row) for row in zip(chosen.terms, chosen.fits.hidden, errors, strict=True)]


def _ranked(counts) -> list[Ranked | NotEstimable]:
    try:
        return rank_many(counts)
    except NotEstimable as refusal:
        return [refusal] * len(counts)


def _of_ranked(ranked: Ranked | NotEstimable, method: str) -> Choice | NotEstimable:
    if isinstance(ranked, NotEstimable):
        return ranked
    terms, hidden, error = ranked.terms[0], ranked.hidden[0], ranked.error[0]
    if method == "average":
        terms, hidden = _carried(ranked), float(ranked.weight @ ranked.hidden)
    return Choice(terms, hidden, error, ranked)


def _carried(ranked: Ranked) -> np.ndarray:
    """Terms whose models hold more than half of the weight, heaviest first."""
    weight = {
        int(t): ranked.weight[(ranked.terms == t).any(axis=1)].sum()
        for t in np.unique(ranked.terms[ranked.terms > 0])
    }
    heavy = [t for t, w in sorted(weight.items(), key=lambda item: -item[1]) if w > 0.5]
    return np.array([0, *heavy])
