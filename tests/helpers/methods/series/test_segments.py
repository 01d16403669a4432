"""The best division into levels, against another program's and against trying everything."""

import json
from itertools import combinations, pairwise

import numpy as np
import pytest
import statsmodels.datasets
from support import PUBLISHED

from helpers.methods.series.segments import split, squares


def test_squares_are_those_around_the_mean():
    values = np.random.default_rng(1).normal(1e6, 1, (3, 9))
    cost = squares(values)
    for start, end in combinations(range(10), 2):
        right = values[:, start:end].var(axis=1) * (end - start)
        assert cost[:, start, end] == pytest.approx(right, abs=1e-8)
    assert np.isinf(cost[:, 4, :5]).all()


@pytest.mark.parametrize(("number", "least"), [(1, 3), (2, 3), (4, 2), (5, 1)])
def test_no_other_division_is_better(number, least):
    values = np.random.default_rng(number).standard_normal((8, 12)).cumsum(axis=1)
    every = [
        ends
        for ends in combinations(range(1, 12), number)
        if min(b - a for a, b in pairwise((0, *ends, 12))) >= least
    ]
    for row, y in zip(split(values, number, least), values, strict=True):
        errors = [sum(part.var() * part.size for part in np.split(y, ends)) for ends in every]
        assert tuple(row) == every[np.argmin(errors)]


def test_the_nile_is_divided_as_another_program_does():
    published = json.loads((PUBLISHED / "series_examples.json").read_text(encoding="utf-8"))
    levels = published["nile"]["levels"]
    flow = statsmodels.datasets.nile.load_pandas().data["volume"].to_numpy()
    for ends in levels["changes"]:
        assert split(flow[None], len(ends), levels["least"]).tolist() == [ends]


def test_no_change_and_no_series_are_answered_in_shape():
    assert split(np.ones((4, 6)), 0, 2).shape == (4, 0)
    assert split(np.ones((0, 6)), 2, 2).shape == (0, 2)
