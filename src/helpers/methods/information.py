"""What a measurement that is not exact would be worth: expected value of sample information.

Knowing an input exactly (`helpers.methods.sensitivity.expected_narrowing`) is more than any study
gives. Here one more measurement is made in the model: draw a true value, draw what the measurement
would say, weigh every draw by how well it agrees with that, and see how wide the answer still is.
The same draws serve throughout (importance weights), so no model of the answer is needed.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.methods.draws import (
    BLOCK,
    RankCorrelation,
    replicates,
    score_correlation,
    values,
)
from helpers.methods.uncertain import Uncertain

Model = Callable[[Mapping[str, np.ndarray]], np.ndarray]
STUDIES = 256  # results that a measurement could have, for each error
FEWEST_EFFECTIVE = 50  # draws that must agree with a result


def error_of_count(places: float, clustering: float, between: float = 0.0) -> float:
    """Give the error of a count in so many places, as a standard deviation of the logarithm.

    Parameters
    ----------
    places : float
        Number of places counted, drawn at random.
    clustering : float
        Standard deviation of the number of people between places, relative to their mean.
    between : float
        Spread between counts by different people (log scale), which more places do not reduce.

    Returns
    -------
    float
        The first part is that of a lognormal with relative variance clustering^2 / places.
    """
    if not (places > 0 and clustering >= 0 and between >= 0):
        raise ValueError(
            f"count: found {places:g} places, clustering {clustering:g}, between {between:g}; "
            "expected more than 0 places and no spread below 0"
        )
    return math.hypot(math.sqrt(math.log1p(clustering**2 / places)), between)


def narrowing_by_measurement(
    model: Model,
    inputs: Sequence[Uncertain],
    measured: str,
    errors: Sequence[float],
    *,
    draws: int,
    rng: np.random.Generator,
    rank_correlation: RankCorrelation = None,
) -> pd.DataFrame:
    """How much narrower the answer would be, on average, after one more measurement of an input.

    Parameters
    ----------
    model : callable
        Takes a mapping of input name to draws, shape (n,); gives the output, shape (n,), above 0.
    inputs : sequence of `Uncertain`
    measured : str
        The input measured, above 0.
    errors : sequence of float
        Of the measurement: standard deviation of its logarithm around the truth.
    draws : int
        At most `helpers.methods.draws.BLOCK` are used.

    Returns
    -------
    DataFrame, index error
        width_after (average ratio of the 95th to the 5th percentile of the answer, as a geometric
        mean), narrowing (1 - its logarithm / that of the width now) and narrowing_error; both
        missing where the answer has no width.

    Raises
    ------
    ValueError
        An unknown input, an output that reaches 0, or errors too small for so few draws.
    """
    names = [quantity.name for quantity in inputs]
    if measured not in names:
        raise ValueError(f"measured is {measured!r}, expected one of {', '.join(names)}")
    correlation = score_correlation(names, rank_correlation)
    blocks = replicates(correlation, min(draws, BLOCK), rng)
    drawn = [values(inputs, scores) for scores in blocks]
    drawn = {name: np.concatenate([part[name] for part in drawn]) for name in names}
    output = model(drawn)
    if not ((output > 0).all() and (drawn[measured] > 0).all()):
        raise ValueError(f"{measured} and the answer: found 0, expected draws above 0")
    truth, answer = np.log(drawn[measured]), np.log(output)
    order = np.argsort(answer, kind="stable")
    truth, answer = truth[order], answer[order]
    now = _width(answer, np.ones((1, len(answer))))[0]
    columns = ["width_after", "narrowing", "narrowing_error"]
    if now == 0:
        rows = [[1.0, np.nan, np.nan]] * len(errors)
        return pd.DataFrame(rows, index=pd.Index(errors, name="error"), columns=columns)
    # Equally likely truths, and equally likely errors in an order of their own.
    chances = (np.arange(STUDIES) + 0.5) / STUDIES
    true, noise = np.quantile(truth, chances), ndtri(rng.permutation(chances))
    rows = []
    for error in errors:
        away = ((true + error * noise)[:, None] - truth) ** 2 / error**2
        weights = np.exp(-0.5 * (away - away.min(axis=1, keepdims=True)))
        effective = weights.sum(axis=1) ** 2 / (weights**2).sum(axis=1)
        if np.median(effective) < FEWEST_EFFECTIVE:
            raise ValueError(f"errors: found {error:g}, too small for {len(answer)} draws")
        left = _width(answer, weights)
        spread = left.std(ddof=1) / math.sqrt(STUDIES) / now
        rows.append([math.exp(left.mean()), 1 - left.mean() / now, spread])
    return pd.DataFrame(rows, index=pd.Index(errors, name="error"), columns=columns)


def _width(answer, weights):
    """Distance between the 5th and 95th percentile of ascending values, one per row of weights."""
    total = np.cumsum(weights, axis=1)
    total /= total[:, -1:]
    low, high = ((total < chance).sum(axis=1) for chance in (0.05, 0.95))
    return answer[np.minimum(high, len(answer) - 1)] - answer[low]
