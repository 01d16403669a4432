"""Draws of several uncertain quantities together, and what is read off them.

Draws are standard normal scores of scrambled Sobol points (Owen 1998), in independent replicates.
The spread between replicates is the standard error of whatever is averaged over them, and since
replicates are used up one at a time, memory does not grow with the number of draws.

Rank correlation is a Gaussian copula, with 2 sin(pi rho / 6) between the scores for a Spearman
correlation of rho (Pearson 1907). It works point by point, so it keeps what Sobol points gain and
needs no sample in memory, which the reordering of Iman and Conover (1982) does.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.special import ndtri

from helpers.methods.uncertain import Uncertain

PERCENTILES = (5, 50, 95)
BLOCK = 2**16  # draws held at a time
REPLICATES = 16  # fewest replicates from which a standard error is taken
FEWEST_DRAWS = REPLICATES * 64
_BITS = 30  # of a Sobol point

RankCorrelation = Mapping[str, float] | Sequence | None


def score_correlation(names: Sequence[str], rank_correlation: RankCorrelation) -> np.ndarray:
    """Correlation matrix of the normal scores that gives the rank correlations asked for.

    Parameters
    ----------
    names : sequence of d strings
    rank_correlation : None, mapping or (d, d) array
        Spearman correlations: none; ``{"first, second": rho}`` with the others 0; or all of them.

    Returns
    -------
    ndarray, shape (d, d)

    Raises
    ------
    ValueError
        Unknown name, wrong shape, a value outside [-1, 1], or a matrix that no variables have.
    """
    size = len(names)
    if rank_correlation is None:
        matrix = np.eye(size)
    elif isinstance(rank_correlation, Mapping):
        matrix = np.eye(size)
        for pair, rho in rank_correlation.items():
            ends = [part.strip() for part in (pair.split(",") if isinstance(pair, str) else pair)]
            if len(set(ends)) != 2 or not set(ends) <= set(names):
                raise ValueError(
                    f"rank_correlation: expected two of {', '.join(names)}, found {pair!r}"
                )
            first, second = (list(names).index(end) for end in ends)
            if matrix[first, second]:
                raise ValueError(f"rank_correlation: expected each pair once, found {pair!r} twice")
            matrix[first, second] = matrix[second, first] = rho
    else:
        matrix = np.array(rank_correlation, dtype=float)
        if matrix.shape != (size, size):
            raise ValueError(
                f"rank_correlation: expected {size} by {size} numbers, found "
                f"{' by '.join(map(str, matrix.shape)) or 'one'}"
            )
    outside = matrix[~(np.abs(matrix) <= 1)]
    if outside.size:
        raise ValueError(
            f"rank_correlation: expected values between -1 and 1, found {outside[0]:g}"
        )
    if not (matrix == matrix.T).all() or not (np.diag(matrix) == 1).all():
        raise ValueError("rank_correlation: expected a symmetric matrix with 1 on the diagonal")
    scores = 2 * np.sin(np.pi * matrix / 6)
    np.fill_diagonal(scores, 1.0)  # 2 sin(pi / 6) is 1 but for the last digit
    for kind, candidate in (("", matrix), (" between normal scores", scores)):
        smallest = float(np.linalg.eigvalsh(candidate)[0])
        if smallest < -1e-9:
            raise ValueError(
                f"rank_correlation is not possible{kind}: its smallest eigenvalue is "
                f"{smallest:.3g}, expected 0 or more"
            )
    return scores


def factor(correlation: np.ndarray) -> np.ndarray:
    """Lower triangular L with L L' = correlation; unlike numpy's, it allows correlations of 1."""
    size = len(correlation)
    lower = np.zeros((size, size))
    for column in range(size):
        rest = correlation[column:, column] - lower[column:, :column] @ lower[column, :column]
        if rest[0] > 1e-9:
            lower[column:, column] = rest / math.sqrt(rest[0])
    return lower


def plan(draws: int) -> tuple[int, int]:
    """How many independent replicates of how many draws each; together `draws` at the most.

    A replicate is held in memory, one at a time, and has at most `BLOCK` draws: a power of two,
    in which alone Sobol points are balanced.

    Raises
    ------
    ValueError
        Too few draws for a 5th percentile and its error.
    """
    if draws < FEWEST_DRAWS:
        raise ValueError(
            f"draws: the 5th and 95th percentile need at least {FEWEST_DRAWS}, found {draws}"
        )
    size = draws // max(REPLICATES, math.ceil(draws / BLOCK))
    size = 2 ** (size.bit_length() - 1)
    return draws // size, size


def replicates(
    correlation: np.ndarray, draws: int, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Correlated standard normal scores, one independent replicate at a time (see `plan`).

    Parameters
    ----------
    correlation : ndarray, shape (d, d)
        Between the scores; from `score_correlation`.

    Yields
    ------
    ndarray, shape (d, size)
        Independent digital shifts of one scrambled set, which is what makes them replicates:
        scrambling afresh, as scipy's MultivariateNormalQMC would, takes longer than the draws.
    """
    count, size = plan(draws)
    dimension = len(correlation)
    independent = (correlation == np.eye(dimension)).all()
    lower = factor(correlation)
    grid = _sobol_grid(size, dimension, rng)
    for _ in range(count):
        shift = rng.integers(2**_BITS, size=(dimension, 1), dtype=np.uint32)
        # the middle of a cell, because a point at 0 has no finite score
        scores = ndtri(((grid ^ shift) + 0.5) / 2**_BITS)
        yield scores if independent else lower @ scores


def _sobol_grid(size: int, dimension: int, rng: np.random.Generator) -> np.ndarray:
    """Sobol points under a random linear scramble, as integers below 2**30, one row each."""
    from scipy.stats import qmc  # takes a second to import

    points = qmc.Sobol(dimension, scramble=True, bits=_BITS, rng=rng).random(size)
    return np.ascontiguousarray(points.T * 2**_BITS).astype(np.uint32)


def values(inputs: Sequence[Uncertain], scores: np.ndarray) -> dict[str, np.ndarray]:
    """Draws of each input, by name, from scores of shape (d, size)."""
    return {q.name: q.from_normal(row) for q, row in zip(inputs, scores, strict=True)}


def percentiles(values: np.ndarray) -> np.ndarray:
    """5th, 50th and 95th percentile of values, shape (n,).

    Median-unbiased (Hyndman and Fan 1996, type 8), so that averages over replicates are not
    biased by the size of a replicate.
    """
    return np.percentile(values, PERCENTILES, method="median_unbiased")


def over_replicates(replicates: Sequence) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the first axis and its standard error.

    Replicates that agree to the last digit give exactly that number, with error 0; where some are
    infinite, so is the error.
    """
    table = np.asarray(replicates, dtype=float)
    same = (table == table[0]).all(axis=0)
    with np.errstate(invalid="ignore"):
        error = table.std(axis=0, ddof=1) / math.sqrt(len(table))
    error = np.where(np.isfinite(table).all(axis=0), error, np.inf)
    return np.where(same, table[0], table.mean(axis=0)), np.where(same, 0.0, error)
