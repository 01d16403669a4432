"""The money said to be made from the trafficking of North Korean women into China.

One accounting identity, nothing else: annual proceeds = North Koreans in China x share who are
women x share of these who were trafficked x annual proceeds per woman. Every input is known only
as a range; the functions here carry the ranges to the answer, and turn the question round: what
would an input have to be for a published claim to hold?
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.methods.draws import (
    BLOCK,
    PERCENTILES,
    RankCorrelation,
    over_replicates,
    percentiles,
    plan,
    replicates,
    score_correlation,
    values,
)
from helpers.methods.uncertain import (
    Uncertain,
    product_distribution,
    product_percentiles,
    uncertain,
)

INPUTS = {  # name: whether it is a share
    "north_koreans_in_china": False,
    "women_share": True,
    "trafficked_share": True,
    "proceeds_per_woman": False,
}
_PROBABILITIES = np.array(PERCENTILES) / 100


@dataclass(frozen=True)
class Estimate:
    """An estimate and its standard error; both scalars, or the 5th, 50th and 95th percentile."""

    value: np.ndarray
    error: np.ndarray


@dataclass(frozen=True)
class Simulation:
    """What the model says, given its inputs. Persons; US dollars a year.

    ``sample`` holds draws of every input and both outputs, for charts: at most `draws.BLOCK`.
    """

    inputs: tuple[Uncertain, ...]
    draws: int
    women_trafficked: Estimate
    annual_proceeds: Estimate
    chance_of_at_least_claim: Estimate
    proceeds_per_woman_implied_by_claim: Estimate
    women_implied_by_claim: Estimate
    sample: dict[str, np.ndarray]


def women_trafficked(
    north_koreans_in_china: np.ndarray, women_share: np.ndarray, trafficked_share: np.ndarray
) -> np.ndarray:
    """Women who were trafficked, in persons."""
    return north_koreans_in_china * women_share * trafficked_share


def annual_proceeds(
    north_koreans_in_china: np.ndarray,
    women_share: np.ndarray,
    trafficked_share: np.ndarray,
    proceeds_per_woman: np.ndarray,
) -> np.ndarray:
    """Annual proceeds in US dollars."""
    women = women_trafficked(north_koreans_in_china, women_share, trafficked_share)
    return women * proceeds_per_woman


def read_inputs(figures: Mapping[str, Sequence[float]]) -> tuple[Uncertain, ...]:
    """Turn ``{input: [low, central, high]}`` into distributions, in the order of `INPUTS`.

    Raises
    ------
    ValueError
        A missing or unknown input, or figures that `uncertain` refuses.
    """
    if set(figures) != set(INPUTS):
        raise ValueError(f"inputs: expected {', '.join(INPUTS)}, found {', '.join(figures)}")
    return tuple(uncertain(name, figures[name], share=share) for name, share in INPUTS.items())


def simulate(
    figures: Mapping[str, Sequence[float]],
    *,
    claim: float,
    draws: int,
    seed: int | np.random.Generator,
    rank_correlation: RankCorrelation = None,
) -> Simulation:
    """Carry the ranges of the inputs to the answers.

    The number of North Koreans in China, first in both products and the widest range, is
    integrated out exactly where it has a smooth distribution and no other input can be 0;
    otherwise percentiles are read off the draws.

    Parameters
    ----------
    figures : mapping of input to [low, central, high]
        Persons, shares, US dollars a year.
    claim : float
        The published figure to compare with, in US dollars a year.
    draws : int
        Rounded down to what Sobol points need (see `draws.plan`); the number used is in the answer.
    seed : int or Generator
    rank_correlation : see `draws.score_correlation`

    Raises
    ------
    ValueError
        Bad figures, too few draws, an impossible correlation, or a claim that is not above 0.
    """
    if not 0 < claim < math.inf:
        raise ValueError(f"claim: expected an amount above 0, found {claim:g}")
    inputs = read_inputs(figures)
    correlation = score_correlation(list(INPUTS), rank_correlation)
    count, size = plan(draws)
    centre, spread = _given_the_others(correlation)
    counted, others = inputs[0], inputs[1:]
    exact = all(counted.spreads) and all(other.low > 0 for other in others) and spread > 1e-6

    rows, kept = [], []
    start = [None, None]  # percentiles of one replicate are a good guess at the next one's
    for scores in replicates(correlation, draws, np.random.default_rng(seed)):
        drawn = values(inputs, scores)
        women = women_trafficked(*(drawn[name] for name in list(INPUTS)[:3]))
        proceeds = women * drawn["proceeds_per_woman"]
        if exact:
            given = centre @ scores[1:], spread
            start, chance = _integrated(counted, drawn, given, claim, start)
            of_women, of_proceeds = np.exp(start)
        else:
            of_women, of_proceeds = percentiles(women), percentiles(proceeds)
            chance = (proceeds >= claim).mean()
        rows.append([*of_women, *of_proceeds, *implied(claim, of_women), chance])
        if len(kept) * size < BLOCK:
            kept.append(drawn | {"women_trafficked": women, "annual_proceeds": proceeds})

    value, error = over_replicates(rows)
    per_woman = inputs[3].quantile(_PROBABILITIES)
    return Simulation(
        inputs=inputs,
        draws=count * size,
        women_trafficked=Estimate(value[:3], error[:3]),
        annual_proceeds=Estimate(value[3:6], error[3:6]),
        proceeds_per_woman_implied_by_claim=Estimate(value[6:9], error[6:9]),
        chance_of_at_least_claim=Estimate(value[9], error[9]),
        women_implied_by_claim=Estimate(implied(claim, per_woman), np.zeros(3)),
        sample={name: np.concatenate([part[name] for part in kept]) for name in kept[0]},
    )


def _integrated(counted, drawn, given, claim, start):
    """Integrate the count out: log percentiles of women and of proceeds, and the claim's chance."""
    shares = np.log(drawn["women_share"] * drawn["trafficked_share"])
    rest = shares + np.log(drawn["proceeds_per_woman"])
    found = [
        product_percentiles(counted, log_others, _PROBABILITIES, *given, guess)
        for log_others, guess in zip((shares, rest), start, strict=True)
    ]
    return found, 1 - product_distribution(counted, rest, [math.log(claim)], *given)[0][0]


def _given_the_others(correlation: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and standard deviation of the first normal score, given the others."""
    weights = np.linalg.pinv(correlation[1:, 1:]) @ correlation[1:, 0]
    return weights, math.sqrt(max(0.0, 1 - correlation[0, 1:] @ weights))


def implied(claim: float, divisor_percentiles: np.ndarray) -> np.ndarray:
    """Percentiles of claim / divisor, from those of the divisor, lowest first (both ascending).

    A divisor of 0 implies infinity: no finite figure meets the claim.
    """
    divisor = np.asarray(divisor_percentiles, dtype=float)[::-1]
    return np.divide(claim, divisor, out=np.full(divisor.shape, np.inf), where=divisor > 0)


def check_channels(names: Sequence[str], shares: Sequence[float], weights: Sequence[float]) -> None:
    """Refuse what cannot split a total between channels and an open remainder of weight 1.

    Parameters
    ----------
    names : sequence of k str
        The channels.
    shares : sequence of k floats
        Share of the women in each channel; what is missing to 1 is the remainder.
    weights : sequence of k floats
        Proceeds per woman of a channel relative to the average.

    Raises
    ------
    ValueError
        Not one figure for each channel, a figure below 0, shares that add to more than one, or no
        weight above 0 where there is no remainder.
    """
    shares, weights = np.asarray(shares, dtype=float), np.asarray(weights, dtype=float)
    for name, figures in (("channel_shares", shares), ("channel_weights", weights)):
        if len(figures) != len(names):
            raise ValueError(
                f"{name}: expected {len(names)} ({', '.join(names)}), found {len(figures)}"
            )
        if not (figures >= 0).all():
            raise ValueError(f"{name}: expected no figure below 0, found {figures.min():g}")
    if shares.sum() > 1 + 1e-9:
        raise ValueError(f"channel_shares: expected a sum of at most 1, found {shares.sum():g}")
    if shares.sum() >= 1 and not shares @ weights > 0:
        raise ValueError("channel_weights: expected one above 0 where there is no remainder")
