"""One estimate against another: other methods, other lists, a truth that is known.

A table that cannot carry an estimate is a finding too: its row holds no number but the reason.
"""

from functools import partial

import numpy as np
import pandas as pd

from helpers.hidden.bootstrap import refit_all
from helpers.hidden.choice import choose
from helpers.hidden.decomposable import MOST_TRIALS, decomposable_average
from helpers.hidden.estimate import METHODS, check_options, estimate_population, with_range
from helpers.hidden.latent_classes import latent_classes_of_many
from helpers.hidden.lists import NotEstimable, check_table
from helpers.hidden.selection import hierarchical_models
from helpers.hidden.simulate import ever_present, simulate_counts
from helpers.hidden.subtables import known_list
from helpers.hidden.tables import wide_table

QUICK_METHODS = (*METHODS, "decomposable")
ALL_METHODS = (*QUICK_METHODS, "latent_class")
NUMBERS = ("estimate", "low", "high", "monte_carlo", "monte_carlo_low")  # of an answer


def attempt(
    table: pd.DataFrame, method: str, *, trials: int = MOST_TRIALS, latent=None, **options
) -> dict:
    """Estimate a population, or say why the table cannot carry the estimate.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table.
    method : str
        One of `ALL_METHODS`.
    trials : int
        For ``decomposable``: how many hidden numbers to try.
    latent : dict, optional
        For ``latent_class``: options of `helpers.hidden.latent_classes.latent_classes_of_many`.
    **options
        For `estimate_population`.

    Returns
    -------
    dict
        ``estimate``, ``low``, ``high`` (people; nan if refused), ``monte_carlo`` and
        ``monte_carlo_low`` (standard errors of an estimate and low end that are simulated; else
        nan), ``terms`` (interactions in the model, or the edges of the most probable graph) and
        ``reason`` (empty if estimated).
    """
    if method == "decomposable":
        return _row(partial(_decomposable, check_table(table), trials))
    if method == "latent_class":
        (found,) = latent_classes_of_many([check_table(table)], **(latent or {}))
        return _row(partial(_unless_refused, found))
    return _row(partial(estimate_population, table, method=method, **options))


def compare(
    tables: dict[str, pd.DataFrame],
    methods=QUICK_METHODS,
    *,
    trials: int = MOST_TRIALS,
    latent=None,
    **options,
) -> pd.DataFrame:
    """Estimate each table by each method; tables with equally many lists are fitted together.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        Wide list-overlap tables by label.
    methods : sequence of str
        Of `ALL_METHODS`.
    trials, latent, **options
        As for `attempt`.

    Returns
    -------
    pandas.DataFrame
        One row per table and method: ``table``, ``method``, and what `attempt` returns.
    """
    options = {"threshold": 0.02, "interval": "normal"} | options
    models = [method for method in methods if method not in ("decomposable", "latent_class")]
    for method in models:
        check_options(method, **options)
    checked = [check_table(table) for table in tables.values()]
    chosen = choose(checked, models, options["threshold"])
    mixtures = [None] * len(checked)
    if "latent_class" in methods:
        mixtures = latent_classes_of_many(checked, **(latent or {}))
    rows = []
    for label, overlaps, choices, mixture in zip(tables, checked, chosen, mixtures, strict=True):
        for method in methods:
            if method == "decomposable":
                estimate = partial(_decomposable, overlaps, trials)
            elif method == "latent_class":
                estimate = partial(_unless_refused, mixture)
            else:
                estimate = partial(with_range, overlaps, choices[method], method=method, **options)
            rows.append({"table": label, "method": method} | _row(estimate))
    return pd.DataFrame(rows)


def _decomposable(overlaps, trials):
    return decomposable_average(overlaps, trials=trials)


def _unless_refused(found):
    if isinstance(found, NotEstimable):
        raise found
    return found


def _row(estimate) -> dict:
    """Call what makes an estimate; return what `attempt` does."""
    try:
        found = estimate()
    except NotEstimable as refusal:
        return {**dict.fromkeys(NUMBERS, np.nan), "terms": "", "reason": str(refusal)}
    numbers = {name: getattr(found, name, np.nan) for name in NUMBERS}
    return {**numbers, "terms": " ".join(found.terms), "reason": ""}


def known_lists(table: pd.DataFrame, method: str, **options) -> pd.DataFrame:
    """Take each list in turn as the truth, and see whether the other lists' interval covers it.

    The internal-consistency check of Binette and Steorts (2022). A list that shares nobody with
    the one taken as the truth says nothing about its size and is left out.

    Parameters
    ----------
    table : pandas.DataFrame
        A wide list-overlap table.
    method : str
        One of `ALL_METHODS`.
    **options
        For `attempt`.

    Returns
    -------
    pandas.DataFrame
        One row per list: ``list``, ``size`` (the truth), ``seen`` (of them, on another list),
        what `attempt` returns, and ``covered``.
    """
    rows = []
    for name in table.columns.drop("count"):
        inside, size = known_list(table, name)
        sharing = [column for column in inside if inside[column].any()]
        row = {"list": name, "size": size, "seen": int(inside["count"].sum())}
        if len(sharing) < 3:  # two lists and the count
            answer = dict.fromkeys(NUMBERS, np.nan)
            answer |= {"terms": "", "reason": "fewer than two other lists share anyone with it"}
        else:
            answer = attempt(inside[sharing], method, **options)
        rows.append(row | answer)
    found = pd.DataFrame(rows)
    return found.assign(covered=(found["low"] <= found["size"]) & (found["size"] <= found["high"]))


def repeated(counts, truth: float, methods=QUICK_METHODS, latent=None) -> pd.DataFrame:
    """Run methods on many simulated tables of one population of known size.

    Parameters
    ----------
    counts : numpy.ndarray, shape (replications, 2**lists)
        From `simulate_counts`.
    truth : float
        The size (people).
    methods : sequence of str
        Of `ALL_METHODS`.
    latent : dict, optional
        As for `attempt`.

    Returns
    -------
    pandas.DataFrame
        One row per table (its number) and method: what `attempt` returns, ``error`` (estimate over
        truth, minus 1; nan if refused) and ``covered``.
    """
    names = [chr(ord("A") + k) for k in range(int(counts.shape[1]).bit_length() - 1)]
    tables = {row: wide_table(names, people) for row, people in enumerate(counts)}
    # a thousand trials place the decomposable range within 3% of the people seen
    found = compare(tables, methods, trials=1000, latent=latent)
    covered = (found["low"] <= truth) & (truth <= found["high"])
    return found.assign(error=found["estimate"] / truth - 1, covered=covered)


def knob_effects(population: int, inclusion, levels: dict, draws: int, seed) -> pd.DataFrame:
    """Break one assumption at a time, by degrees, and see where the methods go.

    Parameters
    ----------
    population : int
        The truth (people).
    inclusion : sequence of float
        Share of average people on each list.
    levels : dict of str to sequence of float
        Levels of each knob of `simulate_counts`; the other knobs stay at 0.
    draws : int
        Simulated tables per level.
    seed : int or numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Columns knob, level, truth, method (of `METHODS`) and error: median over the draws of
        estimate over truth, minus 1. A draw without an estimate counts with its limit. The truth is
        ``present at one time``; where people come and go, also ``ever present``.
    """
    rng = np.random.default_rng(seed)
    models = hierarchical_models(len(inclusion))
    drawn = {
        (knob, level): simulate_counts(
            population, inclusion, replications=draws, seed=rng, **{knob: level}
        )
        for knob, steps in levels.items()
        for level in steps
    }
    counts = np.concatenate(list(drawn.values()))
    answers = refit_all(counts, METHODS, models=models)  # all levels at once: far fewer calls
    rows = []
    for place, (knob, level) in enumerate(drawn):
        part = slice(place * draws, (place + 1) * draws)
        for method in METHODS:
            hidden = answers[method][0][part]
            middle = float(np.median(counts[part].sum(axis=1) + hidden))
            truths = {"present at one time": population}
            if knob == "mobility":
                truths["ever present"] = ever_present(population, len(inclusion), level)
            for truth, people in truths.items():
                error = middle / people - 1
                row = {"knob": knob, "level": level, "truth": truth, "method": method}
                rows.append(row | {"error": error})
    return pd.DataFrame(rows)
