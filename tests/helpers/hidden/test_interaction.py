"""The interaction of all lists at once, which no table shows."""

import numpy as np
import pandas as pd
import pytest

from helpers.hidden import with_highest_interaction
from helpers.hidden.lattice import contains
from helpers.hidden.loglinear import fit_models


@pytest.mark.parametrize("lists", [2, 3, 4])
@pytest.mark.parametrize("odds_ratio", [0.5, 1.0, 2.0])
def test_the_truth_comes_back_when_the_interaction_is_known(lists, odds_ratio):
    """Expected counts of a model with every term; all but the highest are fitted."""
    rng = np.random.default_rng(lists)
    coefficient = np.append(7.0, rng.uniform(-1, 0.3, 2**lists - 1))
    # one more list in the term turns its direction around
    coefficient[-1] = np.log(odds_ratio) * (-1) ** lists
    mean = np.exp(contains(lists) @ coefficient)
    fits = fit_models(mean[None], np.arange(2**lists - 1)[None])
    seen = mean[1:].sum()
    estimate = seen + fits.hidden[0]
    frame = pd.DataFrame(
        {"method": ["all"], "low": estimate, "estimate": estimate, "high": estimate}
    )
    moved = with_highest_interaction(frame, seen, [odds_ratio])
    assert moved[["low", "estimate", "high"]].to_numpy() == pytest.approx(mean.sum(), rel=1e-6)
    assert moved["odds_ratio"].tolist() == [odds_ratio] and moved["method"].tolist() == ["all"]


def test_what_cannot_be_is_refused():
    frame = pd.DataFrame({"low": [90.0], "estimate": [100.0], "high": [np.inf]})
    with pytest.raises(ValueError, match="expected numbers above 0"):
        with_highest_interaction(frame, 80, [0])
    with pytest.raises(ValueError, match="fewer people than the 95 seen"):
        with_highest_interaction(frame, 95)
    assert with_highest_interaction(frame, 80)["high"].tolist() == [np.inf] * 3
    assert with_highest_interaction(frame, 80)["low"].tolist() == [85, 90, 100]
