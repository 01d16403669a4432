"""What would have to be so for a claim about the market to hold."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.market.choices import ENOUGH_DRAWS
from helpers.methods.draws import FEWEST_DRAWS
from helpers.methods.sensitivity import break_even
from helpers.methods.uncertain import Uncertain


def cards(
    inputs: Sequence[Uncertain],
    headlines: Mapping[str, tuple[float, int]],
    *,
    draws: int,
    seed: int,
    rank_correlation: Mapping[str, float],
) -> pd.DataFrame:
    """For each headline, the value of each input at which it flips, smallest move first.

    Parameters
    ----------
    headlines : mapping of a headline's words to (threshold, number of inputs in its product)
        Three inputs make the number of women, all four the proceeds.

    Returns
    -------
    DataFrame
        Columns headline, input, value, factor, within_range, possible; see
        `helpers.methods.sensitivity.break_even`.
    """
    found = []
    for words, (threshold, count) in headlines.items():
        some = inputs[:count]
        names = {quantity.name for quantity in some}
        pairs = {
            pair: rho for pair, rho in rank_correlation.items() if set(pair.split(", ")) <= names
        }
        table = break_even(
            some,
            threshold,
            draws=max(FEWEST_DRAWS, min(draws, ENOUGH_DRAWS)),
            rng=np.random.default_rng(seed),
            rank_correlation=pairs,
        )
        found.append(table.drop(columns="value_error").reset_index().assign(headline=words))
    columns = ["headline", "input", "value", "factor", "within_range", "possible"]
    return pd.concat(found, ignore_index=True)[columns]
