"""Draws: normal scores, evenly spread, with the rank correlation asked for; and their error."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from helpers.methods.draws import (
    BLOCK,
    factor,
    over_replicates,
    percentiles,
    plan,
    replicates,
    score_correlation,
    values,
)
from helpers.methods.uncertain import uncertain

NAMES = ["a", "b", "c"]


def test_scores_are_standard_normal():
    scores = next(replicates(np.eye(3), 65536, np.random.default_rng(1)))
    assert scores.shape == (3, 4096)
    for row in scores:
        assert stats.kstest(row, "norm").pvalue > 0.001
    assert_allclose(np.corrcoef(scores), np.eye(3), atol=0.08)


def test_one_point_of_every_replicate_falls_into_each_of_n_equal_strata():
    for scores in replicates(np.eye(4), 4096, np.random.default_rng(2)):
        for row in stats.norm.cdf(scores):
            assert sorted(np.floor(row * 256).astype(int)) == list(range(256))


def test_the_rank_correlation_asked_for_is_found():
    asked = {"a, b": 0.7, "c,b": -0.4}
    inputs = [
        uncertain("a", [1, 10, 1000]),
        uncertain("b", [0.1, 0.7, 0.8], share=True),
        uncertain("c", [5, 6, 100]),
    ]
    correlation = score_correlation(NAMES, asked)
    blocks = replicates(correlation, 65536, np.random.default_rng(3))
    drawn = [values(inputs, scores) for scores in blocks]
    a, b, c = (np.concatenate([block[name] for block in drawn]) for name in NAMES)
    assert stats.spearmanr(a, b).statistic == pytest.approx(0.7, abs=0.01)
    assert stats.spearmanr(b, c).statistic == pytest.approx(-0.4, abs=0.015)
    assert stats.spearmanr(a, c).statistic == pytest.approx(0.0, abs=0.015)


def test_a_mapping_and_a_matrix_say_the_same():
    matrix = [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]
    assert_allclose(score_correlation(NAMES, {"b,a": 0.5}), score_correlation(NAMES, matrix))


def test_perfect_rank_correlation_is_possible():
    correlation = score_correlation(["a", "b"], {"a,b": 1})
    a, b = next(replicates(correlation, 1024, np.random.default_rng(4)))
    assert_allclose(a, b)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_the_factor_gives_back_its_matrix_even_when_singular(seed, size, rank):
    rows = np.random.default_rng(seed).standard_normal((size, rank))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    lower = factor(rows @ rows.T)
    assert_allclose(lower @ lower.T, rows @ rows.T, atol=1e-4)
    assert_allclose(lower, np.tril(lower))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        # three equal correlations of -0.9: the smallest eigenvalue is 1 - 2 x 0.9
        ({"a,b": -0.9, "a,c": -0.9, "b,c": -0.9}, "not possible: its smallest eigenvalue is -0.8,"),
        ({"a,d": 0.5}, "expected two of a, b, c, found 'a,d'"),
        ({"a": 0.5}, "expected two of a, b, c, found 'a'"),
        ({"a,a": 0.5}, "expected two of a, b, c, found 'a,a'"),
        ({"a,b": 0.5, "b,a": 0.2}, "found 'b,a' twice"),
        ({"a,b": 1.5}, "expected values between -1 and 1, found 1.5"),
        ({"a,b": float("nan")}, "expected values between -1 and 1, found nan"),
        ([[1, 0], [0, 1]], "expected 3 by 3 numbers, found 2 by 2"),
        ([[1, 0.5, 0], [0.2, 1, 0], [0, 0, 1]], "expected a symmetric matrix"),
        ([[2, 0, 0], [0, 1, 0], [0, 0, 1]], "expected values between -1 and 1, found 2"),
        ([[0.5, 0, 0], [0, 1, 0], [0, 0, 1]], "expected a symmetric matrix with 1 on the diagonal"),
    ],
)
def test_an_impossible_correlation_is_named(asked, message):
    with pytest.raises(ValueError, match=r"^rank_correlation") as raised:
        score_correlation(NAMES, asked)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_the_plan_keeps_to_what_was_asked():
    for draws in (1024, 5000, 100_000, 10_000_000):
        count, size = plan(draws)
        assert draws / 2 < count * size <= draws
        assert size <= BLOCK
        assert count >= 16
    assert plan(5000)[1] == 256  # a power of two


def test_too_few_draws_are_named():
    with pytest.raises(ValueError, match=r"draws: .* at least 1024, found 500"):
        plan(500)


def test_the_same_seed_gives_the_same_draws():
    first, second = (list(replicates(np.eye(2), 2048, np.random.default_rng(5))) for _ in range(2))
    assert_allclose(first, second, rtol=0, atol=0)
    assert not np.allclose(first[0], first[1])


def test_memory_does_not_grow_with_draws():
    def peak(draws):
        tracemalloc.start()
        for scores in replicates(np.eye(2), draws, np.random.default_rng(6)):
            percentiles(scores[0])
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2**20)
    assert peak(2**22) < 1.2 * peak(2**20)


def test_percentiles_of_small_samples_are_not_biased():
    # the order statistics of the uniform have known medians; averages over many samples of 64
    rng = np.random.default_rng(7)
    found = np.mean([percentiles(rng.standard_normal(64)) for _ in range(20_000)], axis=0)
    assert_allclose(found, [-1.6449, 0, 1.6449], atol=0.02)


def test_replicates_that_agree_give_their_number_exactly():
    mean, error = over_replicates([[0.1, 3.0]] * 19)
    assert mean.tolist() == [0.1, 3.0]
    assert error.tolist() == [0.0, 0.0]


def test_the_standard_error_is_the_textbook_one():
    mean, error = over_replicates([[1.0], [2.0], [3.0], [6.0]])
    assert mean[0] == 3
    assert error[0] == pytest.approx(np.sqrt((4 + 1 + 0 + 9) / 3 / 4))


def test_an_infinite_replicate_is_not_hidden():
    mean, error = over_replicates([[np.inf, np.inf], [1.0, np.inf]])
    assert np.isinf(mean).all()
    assert error.tolist() == [np.inf, 0.0]
