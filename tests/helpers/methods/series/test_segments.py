"""The best division into levels, against ruptures and against trying everything."""

from itertools import combinations

import numpy as np
import pytest
import ruptures

from helpers.methods.series.segments import split, squares


def test_squares_are_those_around_the_mean():
    values = np.random.default_rng(1).normal(1e6, 1, (3, 9))
    cost = squares(values)
    for start, end in combinations(range(10), 2):
        right = values[:, start:end].var(axis=1) * (end - start)
        assert cost[:, start, end] == pytest.approx(right, abs=1e-8)
    assert np.isinf(cost[:, 4, :5]).all()


@pytest.mark.parametrize(("number", "least"), [(1, 3), (2, 3), (4, 2), (5, 4)])
def test_division_equals_that_of_ruptures(number, least):
    values = np.random.default_rng(number).standard_normal((25, 24)).cumsum(axis=1)
    found = split(values, number, least)
    for row, y in zip(found, values, strict=True):
        search = ruptures.Dynp(model="l2", min_size=least, jump=1).fit(y[:, None])
        assert row.tolist() == search.predict(number)[:-1]


def test_no_change_and_no_series_are_answered_in_shape():
    assert split(np.ones((4, 6)), 0, 2).shape == (4, 0)
    assert split(np.ones((0, 6)), 2, 2).shape == (0, 2)
