"""Ranges that somebody states, held to answers that are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from helpers.hidden import calibration


def stated(truth, centre, spread, confidence=1.0):
    """Ranges of somebody who errs by this spread on the log scale, and owns to a part of it."""
    ends = {}
    for level in (50, 90):
        width = confidence * spread * norm.ppf((1 + level / 100) / 2)
        ends |= {f"low_{level}": np.exp(centre - width), f"high_{level}": np.exp(centre + width)}
    return pd.DataFrame(ends | {"truth": truth})


def test_who_knows_their_own_error_is_calibrated_and_scores_best():
    rng = np.random.default_rng(1)
    centre = rng.uniform(0, 10, 4000)
    truth = np.exp(centre + 0.4 * rng.standard_normal(4000))
    found = {c: calibration(stated(truth, centre, 0.4, c)) for c in (0.5, 1.0, 2.0)}
    held = found[1.0].set_index("level")["share"]
    assert held[0.5] == pytest.approx(0.5, abs=0.03) and held[0.9] == pytest.approx(0.9, abs=0.02)
    for other in (0.5, 2.0):  # a proper score: neither boast nor caution pays
        assert (found[other]["score"] > found[1.0]["score"]).all()
    assert (found[0.5]["high"] < [0.5, 0.9]).all() and (found[2.0]["low"] > [0.5, 0.9]).all()


def test_the_score_by_hand():
    one = pd.DataFrame(
        {"truth": [20.0], "low_90": [1.0], "low_50": [2.0], "high_50": [10.0], "high_90": [100.0]}
    )
    found = calibration(one).set_index("level")
    assert found["held"].to_dict() == {0.5: 0, 0.9: 1}
    assert found.loc[0.5, "score"] == pytest.approx(np.log(5) + 4 * np.log(2))
    assert found.loc[0.9, "score"] == pytest.approx(np.log(100))


def test_ranges_that_cannot_be_are_refused_by_question():
    good = stated(np.array([5.0, 6.0]), np.log([5.0, 6.0]), 0.3)
    with pytest.raises(ValueError, match=r"question 2: found .* expected numbers above 0"):
        calibration(good.assign(low_90=[1.0, 0.0]))
    with pytest.raises(ValueError, match=r"question 1: .* expected numbers that do not fall"):
        calibration(good.assign(low_50=[9.0, 6.0]))
