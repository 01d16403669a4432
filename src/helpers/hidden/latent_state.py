"""Latent classes as arrays over many chains, and their density."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

CONCENTRATION = 0.25  # shape and rate of the gamma prior of the concentration
LEAST, MOST = 1e-9, 1 - 1e-9  # chances; keeps logarithms finite
TINY = 1e-300


@dataclass
class State:
    """Classes of each chain.

    Attributes
    ----------
    log_share : numpy.ndarray, shape (chains, classes)
        Log of each class's share of the population.
    chance : numpy.ndarray, shape (chains, classes, lists)
        Chance that a person of the class is on the list.
    concentration : numpy.ndarray, shape (chains,)
        Concentration of the stick-breaking process: small where few classes hold everyone.
    fit : numpy.ndarray, shape (chains,)
        Log likelihood of the people seen, kept up to date by each move.
    """

    log_share: np.ndarray
    chance: np.ndarray
    concentration: np.ndarray
    fit: np.ndarray

    def take_over(self, other, rows, of) -> None:
        """Take over the classes of some chains of another state."""
        self.log_share[rows] = other.log_share[of]
        self.chance[rows] = other.chance[of]
        self.concentration[rows] = other.concentration[of]
        self.fit[rows] = other.fit[of]

    def log_prior(self) -> np.ndarray:
        """Log density of the shares under stick-breaking, without its constant."""
        left = np.exp(self.log_share)[:, ::-1].cumsum(axis=1)[:, ::-1]  # of the stick, before each
        last = (self.concentration - 1) * self.log_share[:, -1]
        return last - np.log(left[:, :-1] + TINY).sum(axis=1)


@dataclass(frozen=True)
class Seen:
    """People seen.

    Attributes
    ----------
    member : numpy.ndarray, shape (cells, lists)
        Which lists a combination consists of.
    people : numpy.ndarray of int, shape (chains, cells)
        People on it.
    """

    member: np.ndarray
    people: np.ndarray

    @cached_property
    def total(self) -> np.ndarray:
        """People seen by each chain."""
        return self.people.sum(axis=1)

    def weights(self, log_share, chance):
        """Probability of each cell together with each class, and of no list with each class."""
        absent = np.log1p(-chance)
        nowhere = log_share + absent.sum(axis=2)
        odds = np.log(chance) - absent
        cells = np.exp(self.member @ odds.transpose(0, 2, 1) + nowhere[:, None])
        return cells + TINY, np.exp(nowhere) + TINY

    def log_likelihood(self, log_share, chance) -> np.ndarray:
        """Of those seen, given that they were: what the prior 1/N of the population leaves."""
        cells, nowhere = self.weights(log_share, chance)
        missed = np.minimum(nowhere.sum(axis=1), MOST)
        seen = (self.people * np.log(cells.sum(axis=2))).sum(axis=1)
        return seen - self.total * np.log1p(-missed)
