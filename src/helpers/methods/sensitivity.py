"""Which input matters: Sobol indices, expected narrowing, break-even, specification curves.

Inputs may depend on one another through a rank correlation, which the common libraries for Sobol
indices exclude; where they are independent, the estimators are theirs (Saltelli et al. 2010 for
the first order, Jansen 1999 for the total). Under dependence the definitions are those of
Kucherenko, Tarantola and Annoni (2012): the first order is what would be learnt by knowing the
input (with all that it says about the others), the total is what would stay open if everything
else were known. A first order may then exceed its total.

Standard errors come from independent replicates of scrambled Sobol points, not from a bootstrap,
which takes the points for independent draws and so overstates the error.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers.expect import expect
from helpers.methods.draws import (
    RankCorrelation,
    over_replicates,
    percentiles,
    replicates,
    score_correlation,
    values,
)
from helpers.methods.uncertain import Uncertain

Model = Callable[[Mapping[str, np.ndarray]], np.ndarray]
SCALES = ("linear", "log")
_STRATA = 16  # values at which an input is held, in turn, by expected_narrowing


def sobol_indices(
    model: Model,
    inputs: Sequence[Uncertain],
    *,
    draws: int,
    rng: np.random.Generator,
    rank_correlation: RankCorrelation = None,
    scale: str = "linear",
) -> pd.DataFrame:
    """First-order and total Sobol indices of a model's output, with their standard errors.

    Parameters
    ----------
    model : callable
        Takes a mapping of input name to draws, shape (n,); gives the output, shape (n,).
    inputs : sequence of d `Uncertain`
    draws : int
        Points; the model is evaluated 2 + 2 d times at each.
    scale : "linear" or "log"
        Whether the variance of the output or of its logarithm is apportioned. For ranges that
        span a factor of ten the variance is ruled by the upper tail; that of the log is not.

    Returns
    -------
    DataFrame, index input
        first_order, first_order_error, total_order, total_order_error; all missing where the
        output does not vary, since then there is nothing to apportion.

    Raises
    ------
    ValueError
        An unknown scale, or a log scale for an output that reaches 0.
    """
    names = [quantity.name for quantity in inputs]
    correlation = score_correlation(names, rank_correlation)
    output = _output(model, scale)
    pairs = np.kron(np.eye(2), correlation)  # two independent sets of inputs, a and b
    first, total, variance = [], [], []
    for scores in replicates(pairs, draws, rng):
        a, b = np.split(scores, 2)
        drawn_a, drawn_b = values(inputs, a), values(inputs, b)
        of_a, of_b = output(drawn_a), output(drawn_b)
        mean = (of_a.mean() + of_b.mean()) / 2
        variance.append((np.var(of_a) + np.var(of_b)) / 2)
        learnt, open_ = [], []
        for i, quantity in enumerate(inputs):
            tied = np.flatnonzero(correlation[i] * (np.arange(len(inputs)) != i))
            # b, moved so that input i is that of a and the others are as if drawn given it
            # (Matheron's rule); and a, with input i drawn afresh given all the others
            known = drawn_b | {quantity.name: drawn_a[quantity.name]}
            fresh = drawn_a | {quantity.name: drawn_b[quantity.name]}
            for j in tied:
                moved = b[j] + correlation[i, j] * (a[i] - b[i])
                known[names[j]] = inputs[j].from_normal(moved)
            if tied.size:
                rest = np.arange(len(inputs)) != i
                weights = np.linalg.pinv(correlation[np.ix_(rest, rest)]) @ correlation[rest, i]
                moved = b[i] + weights @ (a[rest] - b[rest])
                fresh[quantity.name] = quantity.from_normal(moved)
            of_known, of_fresh = output(known), output(fresh)
            ways = [((of_a - mean) * (of_known - of_b), (of_a - of_fresh) ** 2 / 2)]
            if not tied.size:  # then a and b may change places, at no further cost
                ways.append(((of_b - mean) * (of_fresh - of_a), (of_b - of_known) ** 2 / 2))
            learnt.append(np.mean([way[0].mean() for way in ways]))
            open_.append(np.mean([way[1].mean() for way in ways]))
        first.append(learnt)
        total.append(open_)
    columns = {}
    for name, parts in (("first_order", first), ("total_order", total)):
        columns[name], columns[f"{name}_error"] = _ratio(np.array(parts), np.array(variance))
    return pd.DataFrame(columns, index=pd.Index(names, name="input"))


def _ratio(parts: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ratio of two means over replicates and its standard error (delta method)."""
    of_whole, *of_parts = np.column_stack([whole, parts]).mean(axis=0)
    if not of_whole > 0:
        return np.full(parts.shape[1], np.nan), np.full(parts.shape[1], np.nan)
    ratio = np.array(of_parts) / of_whole
    residual = parts - np.outer(whole, ratio)
    return ratio, residual.std(axis=0, ddof=1) / math.sqrt(len(whole)) / of_whole


def _output(model: Model, scale: str) -> Model:
    """Build the model on the scale asked for."""
    expect("scale", scale, SCALES)

    def output(drawn: Mapping[str, np.ndarray]) -> np.ndarray:
        result = model(drawn)
        if scale == "linear":
            return result
        if not (result > 0).all():
            raise ValueError('scale: an output that reaches 0 has no logarithm; use "linear"')
        return np.log(result)

    return output


def expected_narrowing(
    model: Model,
    inputs: Sequence[Uncertain],
    *,
    draws: int,
    rng: np.random.Generator,
    rank_correlation: RankCorrelation = None,
    scale: str = "log",
) -> pd.DataFrame:
    """How much narrower the answer would be, on average, if one input were known exactly.

    The width of the answer is the distance from its 5th to its 95th percentile (on the log scale:
    the log of their ratio). Each input is held in turn at the middle of equally likely strata of
    its own range, the others following their dependence on it.

    Returns
    -------
    DataFrame, index input
        width, width_if_known, narrowing (1 - width_if_known / width) and narrowing_error. On the
        log scale the widths are given as ratios of the 95th to the 5th percentile. Missing
        narrowing where the answer has no width.
    """
    names = [quantity.name for quantity in inputs]
    correlation = score_correlation(names, rank_correlation)
    output = _output(model, scale)
    held = ndtri((np.arange(_STRATA) + 0.5) / _STRATA)

    def width(scores: np.ndarray) -> float:
        low, _, high = percentiles(output(values(inputs, scores)))
        return high - low

    rows = []
    for scores in replicates(correlation, draws, rng):
        row = [width(scores)]
        for i, quantity in enumerate(inputs):
            strata = [] if quantity.known else held
            known = [width(scores + np.outer(correlation[:, i], z - scores[i])) for z in strata]
            row.append(np.mean(known) if known else row[0])
        rows.append(row)
    table = np.array(rows)
    mean, _ = over_replicates(table)
    shown = np.exp(mean) if scale == "log" else mean
    left, error = _ratio(table[:, 1:], table[:, 0])
    return pd.DataFrame(
        {
            "width": shown[0],
            "width_if_known": shown[1:],
            "narrowing": 1 - left,
            "narrowing_error": error,
        },
        index=pd.Index(names, name="input"),
    )


def break_even(
    inputs: Sequence[Uncertain],
    threshold: float,
    *,
    draws: int,
    rng: np.random.Generator,
    chance: float = 0.5,
    rank_correlation: RankCorrelation = None,
) -> pd.DataFrame:
    """Find the value of each input at which "the product is at least `threshold`" flips.

    One input at a time is set from outside to a known value; the others keep their ranges. The
    statement counts as true where its chance is at least `chance`.

    Parameters
    ----------
    inputs : sequence of `Uncertain`
        The factors of the product.
    threshold : float
        In the unit of the product, above 0.
    chance : float
        Between 0 and 1; 0.5 asks about the median.

    Returns
    -------
    DataFrame, index input, smallest move first
        value : the break-even value; value_error : its standard error; factor : value / central
        (infinite where central is 0), above 1 where the input would have to be higher than its
        central figure for the statement to hold; within_range : whether the value lies between
        low and high; possible : False for a share that would have to exceed 1, or where no finite
        value is enough.
    """
    if not 0 < chance < 1:
        raise ValueError(f"chance: expected a number between 0 and 1, found {chance:g}")
    if not threshold > 0:
        raise ValueError(f"threshold: expected an amount above 0, found {threshold:g}")
    names = [quantity.name for quantity in inputs]
    correlation = score_correlation(names, rank_correlation)
    rows = []
    for scores in replicates(correlation, draws, rng):
        drawn = values(inputs, scores)
        row = []
        for name in names:
            rest = math.prod(drawn[other] for other in names if other != name)
            reached = np.percentile(rest, 100 * (1 - chance), method="median_unbiased")
            row.append(threshold / reached if reached > 0 else np.inf)
        rows.append(row)
    value, error = over_replicates(rows)
    cards = pd.DataFrame(
        {"value": value, "value_error": error}, index=pd.Index(names, name="input")
    )
    central = np.array([quantity.central for quantity in inputs])
    cards["factor"] = np.divide(value, central, out=np.full_like(value, np.inf), where=central > 0)
    cards["within_range"] = [
        quantity.low <= x <= quantity.high for quantity, x in zip(inputs, value, strict=True)
    ]
    cards["possible"] = [
        math.isfinite(x) and not (quantity.share and x > 1)
        for quantity, x in zip(inputs, value, strict=True)
    ]
    order = cards["factor"].map(lambda x: abs(math.log(x))).sort_values(kind="stable")
    return cards.loc[order.index]


def specification_curve(
    model: Callable[..., Mapping[str, float]], choices: Mapping[str, Mapping[str, object]]
) -> pd.DataFrame:
    """Every combination of the named choices, ordered by the first outcome.

    Simonsohn, Simmons and Nelson (2020), Specification curve analysis.

    Parameters
    ----------
    model : callable
        Takes one keyword per decision; gives a mapping of outcome name to number.
    choices : mapping of decision to a mapping of option name to the value the model gets

    Returns
    -------
    DataFrame
        One row per combination: the option taken in each decision, then the outcomes.
    """
    if not choices or not all(choices.values()):
        raise ValueError("choices: expected at least one decision and an option in each")
    rows = []
    for picked in itertools.product(*(options.items() for options in choices.values())):
        settings = dict(zip(choices, picked, strict=True))
        outcome = model(**{decision: value for decision, (_, value) in settings.items()})
        rows.append({decision: option for decision, (option, _) in settings.items()} | outcome)
    curve = pd.DataFrame(rows)
    return curve.sort_values(curve.columns[len(choices)], kind="stable", ignore_index=True)


def choice_effects(curve: pd.DataFrame, decisions: Sequence[str], outcome: str) -> pd.Series:
    """By what factor each decision alone moves the outcome, largest first.

    The largest over the smallest outcome among the options of a decision, averaged
    (geometrically) over all combinations of the other decisions.
    """
    if not (curve[outcome] > 0).all():
        raise ValueError(f"{outcome}: expected figures above 0, found {curve[outcome].min():g}")
    effects = {}
    for decision in decisions:
        others = [other for other in decisions if other != decision]
        groups = curve.groupby(others)[outcome] if others else curve.groupby(lambda _: 0)[outcome]
        effects[decision] = math.exp(np.log(groups.max() / groups.min()).mean())
    return pd.Series(effects, name="factor").sort_values(ascending=False, kind="stable")
