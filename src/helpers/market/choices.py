"""Choices made in the market model, and what each of them does to the answer."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.market.model import annual_proceeds
from helpers.methods.draws import FEWEST_DRAWS
from helpers.methods.sensitivity import expected_narrowing, sobol_indices
from helpers.methods.uncertain import Uncertain

COUNTED = ("north_koreans_in_china", "women_share", "trafficked_share")
MOST_DRAWS = 2**17  # for indices, which the upper tail rules
ENOUGH_DRAWS = 2**14  # for percentiles


def move_together(rank_correlation: float) -> dict[str, float]:
    """Rank correlations in which the count and the two shares move together.

    One number for all three pairs: a source that counts high also sees high shares (above 0), or
    one group of people counted wide is less affected (below 0). Proceeds stay independent.

    Raises
    ------
    ValueError
        A number outside -1 to 1. What three quantities cannot have is refused where it is used.
    """
    if not -1 <= rank_correlation <= 1:
        raise ValueError(
            f"rank_correlation: expected a number between -1 and 1, found {rank_correlation:g}"
        )
    pairs = ((0, 1), (0, 2), (1, 2))
    return {f"{COUNTED[i]}, {COUNTED[j]}": rank_correlation for i, j in pairs}


def proceeds(drawn: Mapping[str, np.ndarray]) -> np.ndarray:
    """Annual proceeds of draws by input, in US dollars: the model as `helpers.methods` take it."""
    return annual_proceeds(**drawn)


def importance(
    inputs: Sequence[Uncertain], draws: int, seed: int, rank_correlation: Mapping[str, float]
) -> tuple[pd.DataFrame, str]:
    """Sobol indices of annual proceeds and expected narrowing, one row per input.

    Returns
    -------
    table : DataFrame, index input
        The columns of `sobol_indices` and of `expected_narrowing`.
    scale : "log" or "linear"
        On which the narrowing is measured: a factor, or dollars where proceeds can be 0.
    """
    scale = "linear" if any(quantity.low == 0 for quantity in inputs) else "log"
    few, many = (max(FEWEST_DRAWS, min(draws, most)) for most in (ENOUGH_DRAWS, MOST_DRAWS))

    indices = sobol_indices(
        proceeds,
        inputs,
        draws=many,
        rng=np.random.default_rng(seed),
        rank_correlation=rank_correlation,
    )
    narrowing = expected_narrowing(
        proceeds,
        inputs,
        draws=few,
        rng=np.random.default_rng(seed),
        rank_correlation=rank_correlation,
        scale=scale,
    )
    return indices.join(narrowing), scale


def specification(
    people: float, women_share: float, trafficked_share: float, per_woman: float
) -> dict[str, float]:
    """Proceeds under one combination of choices, all of them points, for a specification curve."""
    return {"proceeds": float(annual_proceeds(people, women_share, trafficked_share, per_woman))}
