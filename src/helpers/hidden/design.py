"""What lists of a given coverage could tell, before any data are collected."""

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from helpers.hidden.lattice import contains, main_effects
from helpers.hidden.lists import NotEstimable

LEAST_COVERAGE, MOST_COVERAGE = 1e-3, 0.9


def expected_range(population: float, inclusion, level: float = 0.95) -> tuple[float, float]:
    """Range that independent lists of this coverage would give, before any data are collected.

    The normal interval, on the log of the hidden number, of the independence model fitted to the
    expected table: what the design could tell at best, since real lists are never independent.

    Parameters
    ----------
    population : float
        Supposed size (people).
    inclusion : sequence of float
        Probability of being on each list.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Low and high (people).
    """
    inclusion = np.asarray(inclusion, dtype=float)
    if inclusion.size < 2 or not ((inclusion > 0) & (inclusion < 1)).all() or population <= 0:
        raise ValueError("expected a positive population and two or more probabilities in (0, 1)")
    cells = contains(inclusion.size)[:, [1 << bit for bit in range(inclusion.size)]]
    table = population * np.where(cells > 0, inclusion, 1 - inclusion).prod(axis=1)
    # the model fits its own expected table exactly, so the information needs no fitting
    design = contains(inclusion.size)[1:, main_effects(inclusion.size)[0]]
    information = design.T @ (table[1:, None] * design)
    width = norm.ppf((1 + level) / 2) * np.sqrt(np.linalg.inv(information)[0, 0])
    seen, hidden = table[1:].sum(), table[0]
    return float(seen + hidden * np.exp(-width)), float(seen + hidden * np.exp(width))


def needed_coverage(population: float, lists: int, ratio: float, level: float = 0.95) -> float:
    """Share of the population that each list must hold for a range of a given width.

    Parameters
    ----------
    population : float
        Supposed size (people).
    lists : int
        Number of independent lists, each of the same coverage.
    ratio : float
        Width asked for: high end of the range over its low end, above 1.
    level : float
        Confidence level.

    Returns
    -------
    float
        Coverage of each list (fraction).

    Raises
    ------
    ValueError
        If the ratio is not above 1.
    NotEstimable
        If no coverage from 0.001 to 0.9 gives exactly that width.
    """
    if not ratio > 1:
        raise ValueError(f"ratio: found {ratio}, expected high over low, above 1")

    def excess(coverage):
        low, high = expected_range(population, [coverage] * lists, level)
        return np.log(high / low) - np.log(ratio)

    if excess(LEAST_COVERAGE) < 0 or excess(MOST_COVERAGE) > 0:
        raise NotEstimable(
            f"{lists} lists of {population:,.0f} people: no coverage from {LEAST_COVERAGE} to "
            f"{MOST_COVERAGE} gives a range of factor {ratio}"
        )
    return float(brentq(excess, LEAST_COVERAGE, MOST_COVERAGE, xtol=1e-6))
