"""Rules that turn three figures into a distribution: what each makes of the same ranges.

A published low, central and high figure does not say what it is the low and high end of. Each rule
here is one answer that people give. None is better founded than another, so a result that changes
with the rule is to be shown for every one.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import betaincinv, ndtr, ndtri

from helpers.expect import expect
from helpers.methods.draws import (
    RankCorrelation,
    over_replicates,
    percentiles,
    replicates,
    score_correlation,
)
from helpers.methods.uncertain import RULE, Uncertain

Rule = Callable[[Uncertain, np.ndarray], np.ndarray]


def ends_at(chance: float) -> Rule:
    """Low and high are percentiles that leave `chance` on either side; else as in `uncertain`."""
    stretch = ndtri(0.95) / ndtri(1 - chance)
    return lambda quantity, scores: quantity.from_normal(stretch * scores)


def triangular(quantity: Uncertain, scores: np.ndarray) -> np.ndarray:
    """Low and high are the least and the most, central is the mode, straight lines between."""
    return _triangle(quantity.low, quantity.central, quantity.high, ndtr(scores))


def log_triangular(quantity: Uncertain, scores: np.ndarray) -> np.ndarray:
    """Draw a triangle on the logarithmic scale."""
    ends = np.log([quantity.low, quantity.central, quantity.high])
    return np.exp(_triangle(*ends, ndtr(scores)))


def log_uniform(quantity: Uncertain, scores: np.ndarray) -> np.ndarray:
    """Every factor between low and high is equally likely; central is not used."""
    low, high = math.log(quantity.low), math.log(quantity.high)
    return np.exp(low + (high - low) * ndtr(scores))


def pert(quantity: Uncertain, scores: np.ndarray) -> np.ndarray:
    """Low and high are the least and the most; a beta distribution with its mode at central.

    Malcolm, Roseboom, Clark and Fazar (1959): four times as much weight on the mode as on an end.
    """
    width = quantity.high - quantity.low
    first = 1 + 4 * (quantity.central - quantity.low) / width
    second = 1 + 4 * (quantity.high - quantity.central) / width
    return quantity.low + width * betaincinv(first, second, ndtr(scores))


def _triangle(low, central, high, chances):
    """Inverse distribution function of the triangular distribution."""
    width = high - low
    rising = low + np.sqrt(chances * width * (central - low))
    falling = high - np.sqrt((1 - chances) * width * (high - central))
    return np.where(chances * width <= central - low, rising, falling)


STANDARD = RULE  # in words: the rule of `helpers.methods.uncertain`, first of those below
RULES: dict[str, Rule] = {
    "lognormal, ends are the 5th and 95th percentile": ends_at(0.05),
    "lognormal, ends are the 10th and 90th": ends_at(0.10),
    "lognormal, ends are the quartiles": ends_at(0.25),
    "lognormal, ends are the 0.5th and 99.5th": ends_at(0.005),
    "triangular between the ends": triangular,
    "PERT between the ends": pert,
    "triangular on the log scale": log_triangular,
    "even on the log scale": log_uniform,
}
NEED_LOGARITHMS = (log_triangular, log_uniform)


def drawn(quantity: Uncertain, rule: str, scores: np.ndarray) -> np.ndarray:
    """Turn standard normal scores into draws of a quantity under one of the `RULES`.

    Raises
    ------
    ValueError
        An unknown rule, or a rule on the log scale for a quantity whose low end is 0.
    """
    expect("rule", rule, RULES)
    if quantity.known:
        return np.full(np.shape(scores), quantity.central)
    if quantity.low == 0 and RULES[rule] in NEED_LOGARITHMS:
        raise ValueError(f"{quantity.name}: found a low end of 0, which has no logarithm ({rule})")
    return RULES[rule](quantity, scores)


def product_by_rule(
    inputs: Sequence[Uncertain],
    threshold: float,
    *,
    draws: int,
    seed: int,
    rank_correlation: RankCorrelation = None,
    rules: Mapping[str, Rule] = RULES,
) -> pd.DataFrame:
    """Say what each rule makes of the product of the inputs.

    Parameters
    ----------
    inputs : sequence of `Uncertain`
        Read for their three figures.
    threshold : float
        In the unit of the product.
    draws, seed : int
    rank_correlation : see `helpers.methods.draws.score_correlation`
    rules : mapping, optional

    Returns
    -------
    DataFrame, index rule
        low, median, high: the 5th, 50th and 95th percentile of the product; chance: of at least
        the threshold; error: its standard error. All missing where a rule needs logarithms and
        an input can be 0.
    """
    correlation = score_correlation([quantity.name for quantity in inputs], rank_correlation)
    rows = {rule: [] for rule in rules}
    touched = any(quantity.low == 0 and not quantity.known for quantity in inputs)
    for scores in replicates(correlation, draws, np.random.default_rng(seed)):
        for rule, of in rows.items():
            if touched and rules[rule] in NEED_LOGARITHMS:
                of.append([np.nan] * 4)
                continue
            parts = [drawn(q, rule, row) for q, row in zip(inputs, scores, strict=True)]
            product = math.prod(parts)
            of.append([*percentiles(product), (product >= threshold).mean()])
    found = {}
    for rule, of in rows.items():
        value, error = over_replicates(of)
        found[rule] = [*value, error[-1] if np.isfinite(value[-1]) else np.nan]
    columns = ["low", "median", "high", "chance", "error"]
    return pd.DataFrame(found, index=columns).T.rename_axis("rule")
