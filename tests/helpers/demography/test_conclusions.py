"""Pooled shares against closed forms, and one conclusion in both notebooks that use it."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from evidence.notebooks.files import find
from helpers.data import table
from helpers.demography import conclusions
from helpers.methods import pooling


def published(figures, bounds):
    """Published shares of women, one source each."""
    names = [f"source-{place}" for place in range(len(figures))]
    frame = pd.DataFrame({"central": figures, "bound": bounds, "source": names, "year": 2005})
    bound = frame["bound"] == "at_least"
    frame["low"], frame["high"] = frame["central"].where(bound), np.nan
    frame["central"] = frame["central"].mask(bound)
    return frame.assign(measure=conclusions.WOMEN)


def test_shares_of_women_are_pooled_as_odds():
    low, central, high = conclusions.women_among(published([0.5, 0.8, 0.9, 0.7], ["point"] * 4))
    odds = np.log([1, 4, 9, 7 / 3])  # more spread than error, so weights are equal
    reach = t.ppf(0.95, 3) * (odds.var(ddof=1) * (1 + 1 / 4)) ** 0.5  # less the error of one share
    error = (np.log(1.5) / 1.6448536) ** 2
    exact = t.ppf(0.95, 3) * (odds.var(ddof=1) * (1 + 1 / 4) - error) ** 0.5
    assert exact < reach
    expected = 1 / (1 + np.exp(-(odds.mean() + exact * np.array([-1, 0, 1]))))
    assert (low, central, high) == pytest.approx(expected.tolist(), rel=1e-6)


def test_at_least_is_a_bound_and_a_part_counts_once():
    points = published([0.5, 0.8, 0.7], ["point"] * 3)
    plain = conclusions.women_among(points)
    held = published([0.5, 0.8, 0.7, 0.3], ["point"] * 3 + ["at_least"])
    assert conclusions.women_among(held)[1] == pytest.approx(
        plain[1], abs=0.02
    )  # says hardly anything
    number = published([0.5, 0.8, 0.7, 0.3], ["point"] * 4)
    assert conclusions.women_among(number)[1] < plain[1] - 0.05
    part = pd.concat([points, points.iloc[:1].assign(central=0.99)])
    assert conclusions.women_among(part) == plain


def test_only_people_who_were_asked_are_pooled():
    rows = table("shares")
    low, central, high = conclusions.trafficked_among(rows)["next sample"]
    expected = pooling.pooled_share([64, 149, 37, 90], [126, 200, 58, 100])["next sample"]
    assert (low, central, high) == pytest.approx(expected)


def test_notebook_31_starts_from_what_notebook_22_concludes():
    of_22, of_31 = ({r["name"]: r for r in find([n])[0].results} for n in ("22", "31"))
    pairs = {
        "north_koreans_in_china": "stock",
        "women_share": "share_of_women",
        "trafficked_share": "share_trafficked",
    }
    for started, concluded in pairs.items():
        for end in ("low", "value", "high"):
            assert of_31[started][end] == of_22[concluded][end]
    stock = conclusions.stock_in(2019, table("north_koreans_in_china"), table("cites"))
    assert of_31["north_koreans_in_china"]["value"] == pytest.approx(stock.central)
