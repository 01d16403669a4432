"""Lists kept on an imagined population of known size, and how an interval is scored.

Nothing here describes real persons: the population, its lists and every knob are invented, so that
an estimator can be held against a truth that is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from helpers.hidden.lattice import contains
from helpers.hidden.tables import wide_table

MOST_PERSON_REPLICATES = 2_000_000


@dataclass(frozen=True)
class Knobs:
    """By how much each assumption of multiple systems estimation is broken; 0 where it holds.

    Attributes
    ----------
    dependence : float or mapping of (int, int) to float
        Log odds ratio of being on a list when on an earlier one: a number applies to each list and
        the one before it (a referral, if positive); a mapping names pairs, earlier list first.
    heterogeneity : float
        Standard deviation between persons of the log odds of being listed.
    mobility : float
        Share of the population replaced by newcomers between one list and the next.
    misclassification : float
        People wrongly taken to belong, as a share of the people rightly on each list; each of
        them is on that list only.
    missed_links : float
        Share of list entries that matching fails to recognise as somebody already listed; such an
        entry counts as one more person, on that list only.
    """

    dependence: float | Mapping[tuple[int, int], float] = 0.0
    heterogeneity: float = 0.0
    mobility: float = 0.0
    misclassification: float = 0.0
    missed_links: float = 0.0

    def __post_init__(self):
        """Refuse a knob outside its range."""
        if self.heterogeneity < 0:
            raise ValueError(f"heterogeneity: found {self.heterogeneity}, expected at least 0")
        for name in ("mobility", "misclassification", "missed_links"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(
                    f"{name}: found {getattr(self, name)}, expected a share from 0 to 1"
                )

    def depends_on(self, later: int) -> dict[int, float]:
        """Log odds ratio by earlier list."""
        if isinstance(self.dependence, Mapping):
            return {earlier: by for (earlier, on), by in self.dependence.items() if on == later}
        return {later - 1: self.dependence} if later else {}


def simulate_counts(
    population: int, inclusion, *, replications: int = 1, seed=None, **knobs
) -> np.ndarray:
    """Simulate list-overlap tables from a population of known size.

    Parameters
    ----------
    population : int
        People present at any one time. With ``mobility`` more were ever present: `ever_present`.
    inclusion : sequence of float
        Probability that an average person is on each list, in the order in which lists are kept.
    replications : int
        Number of independent tables.
    seed : int or numpy.random.Generator, optional
    **knobs
        Of `Knobs`; those not named stay at 0.

    Returns
    -------
    numpy.ndarray, shape (replications, 2**lists)
        People per combination of lists, by bit mask; entry 0 is 0.

    Raises
    ------
    ValueError
        If a knob is outside its range.
    """
    inclusion = np.asarray(inclusion, dtype=float)
    if inclusion.ndim != 1 or inclusion.size < 2 or not ((inclusion > 0) & (inclusion < 1)).all():
        raise ValueError("inclusion: expected two or more probabilities between 0 and 1")
    if population < 1:
        raise ValueError(f"population: found {population}, expected at least 1")
    broken = Knobs(**knobs)
    rng = np.random.default_rng(seed)
    if broken == Knobs():
        cells = contains(inclusion.size)[:, [1 << bit for bit in range(inclusion.size)]]
        chance = np.where(cells > 0, inclusion, 1 - inclusion).prod(axis=1)
        tables = rng.multinomial(population, chance, size=replications).astype(float)
    else:
        chunk = max(1, MOST_PERSON_REPLICATES // population)
        sizes = [min(chunk, replications - first) for first in range(0, replications, chunk)]
        tables = np.concatenate(
            [_by_person(population, inclusion, broken, size, rng) for size in sizes]
        )
    tables[:, 0] = 0.0
    return tables


def _by_person(population, inclusion, knobs, tables, rng):
    """Follow every person through the lists, shape (tables, 2**lists)."""
    shape = (tables, population)
    lists = inclusion.size
    counts = np.zeros((tables, 2**lists))
    row = np.broadcast_to(np.arange(tables)[:, None], shape)

    def tally(where):
        place = row[where] * 2**lists + history[where]
        return np.bincount(place, minlength=counts.size).reshape(counts.shape)

    person = knobs.heterogeneity * rng.standard_normal(shape)
    history = np.zeros(shape, dtype=np.int64)
    for k in range(lists):
        if k and knobs.mobility:
            gone = rng.random(shape) < knobs.mobility
            counts += tally(gone)
            history[gone] = 0
            person = np.where(gone, knobs.heterogeneity * rng.standard_normal(shape), person)
        log_odds = logit(inclusion[k]) + person
        for earlier, strength in knobs.depends_on(k).items():
            on = history >> earlier & 1
            log_odds = log_odds + strength * (on - inclusion[earlier])
        listed = rng.random(shape) < expit(log_odds)
        if knobs.missed_links:
            split = listed & (history > 0) & (rng.random(shape) < knobs.missed_links)
            counts[:, 1 << k] += split.sum(axis=1)
            listed &= ~split
        counts[:, 1 << k] += rng.poisson(knobs.misclassification * listed.sum(axis=1))
        history = np.where(listed, history | 1 << k, history)
    return counts + tally(np.ones(shape, dtype=bool))


def simulate_lists(population: int, inclusion, *, names=None, seed=None, **knobs) -> pd.DataFrame:
    """Simulate one list-overlap table in the wide form; see `simulate_counts`."""
    counts = simulate_counts(population, inclusion, seed=seed, **knobs)
    if len(counts) != 1:
        raise ValueError("replications: simulate_lists makes one table; use simulate_counts")
    names = [chr(ord("A") + k) for k in range(len(inclusion))] if names is None else list(names)
    return wide_table(names, counts[0])


def ever_present(population: float, lists: int, mobility: float) -> float:
    """Count, on average, everyone who was ever there while the lists were kept.

    Where people come and go, "how many" has two answers: those present at one time, and those ever
    present. The lists hold people of the second kind.

    Parameters
    ----------
    population : float
        People present at one time.
    lists : int
        Lists kept, one after the other.
    mobility : float
        Share of the population replaced between one list and the next.
    """
    return population * (1 + mobility * (lists - 1))


def interval_score(low, high, truth, level: float = 0.95):
    """Score of an interval: its width, plus a penalty for missing the truth; lower is better.

    Gneiting and Raftery (2007, Journal of the American Statistical Association 102, 359-378): a
    miss costs ``2 / (1 - level)`` times the distance to the interval.

    Parameters
    ----------
    low, high, truth : array_like
        In the same unit; broadcast against each other.
    level : float
        Probability with which the interval claims to hold the truth.
    """
    low, high, truth = (np.asarray(value, dtype=float) for value in (low, high, truth))
    if (low > high).any():
        raise ValueError("interval: found a low end above the high end")
    miss = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return high - low + 2 / (1 - level) * miss
