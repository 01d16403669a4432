"""Whether the chains of a sampler agree, and to how many independent draws theirs amount."""

import numpy as np

FEWEST = 4  # draws of each half of a chain


def agreement(draws) -> tuple[float, float]:
    """Compute split R-hat and the effective number of draws.

    As in Gelman et al. (Bayesian Data Analysis, third edition, sections 11.4 and 11.5): each chain
    is cut into halves; R-hat compares the spread between them with that within them; the effective
    number adds up autocorrelations until two in a row sum to less than zero (Geyer 1992).

    Parameters
    ----------
    draws : array_like, shape (chains, draws)
        One quantity, on a scale on which it is roughly symmetric.

    Returns
    -------
    rhat : float
        1 when the halves agree; not a number where nothing moves.
    effective : float
        At most the number of draws.
    """
    draws = np.asarray(draws, dtype=float)
    if draws.ndim != 2 or draws.shape[1] < 2 * FEWEST:
        raise ValueError(
            f"draws: found shape {draws.shape}, expected chains by at least {2 * FEWEST} draws"
        )
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, -half:]])
    within = parts.var(axis=1, ddof=1).mean()
    between = parts.mean(axis=1).var(ddof=1)
    total = within * (half - 1) / half + between
    if not within > 0:
        return np.nan, 0.0
    lagged = _autocovariance(parts).mean(axis=0) * half / (half - 1)
    correlation = 1 - (within - lagged) / total
    pairs = correlation[: half - half % 2].reshape(-1, 2).sum(axis=1)
    ends = np.flatnonzero(pairs < 0)
    last = ends[0] if ends.size else pairs.size
    length = -1 + 2 * pairs[:last].sum()  # the first pair holds lag zero
    size = parts.size
    return float(np.sqrt(total / within)), float(min(size, size / max(length, 1 / size)))


def _autocovariance(parts) -> np.ndarray:
    """Autocovariances of each row, lag by lag, by Fourier transform."""
    length = parts.shape[1]
    padded = np.fft.rfft(parts - parts.mean(axis=1, keepdims=True), 2 * length, axis=1)
    return np.fft.irfft(np.abs(padded) ** 2, axis=1)[:, :length] / length
