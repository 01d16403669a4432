"""A blocked Gibbs sampler for `helpers.methods.graph`, many chains side by side.

Everything but the spreads is normal given the rest, so levels, trends and biases are drawn
together; a bound is a number that was not printed, drawn beyond it. Rows about products are
straight once their shares are known: shares walk by Metropolis with all else that is normal
integrated out, which is then drawn given them. Spreads have half-t priors: those of kinds by the
redundant multiplier of Gelman (2006), which lets them leave zero; those of producers and of single
statements, which trade places, by random walks with both sorts of bias integrated out.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

FREEDOM = 4  # of the half-t prior of every spread
WALKS = ((0.4, 0.0), (0.0, 1.2), (0.5, 0.8))  # steps of log spreads: of statements, of producers
STRIDES = (0.6, 1.5, 3.0)  # of shares in products, in deviations that plain rows leave them


class Normal(NamedTuple):
    """What is normal given the rest, of each chain; `deviation` is that of shares in products."""

    weights: np.ndarray
    own: np.ndarray
    cross: np.ndarray
    root: np.ndarray
    deviation: np.ndarray


class Chains:
    """The state of all chains; `step` moves it on.

    Parameters
    ----------
    layout : Layout
    value, side, precision : numpy.ndarray, shape (chains, rows)
        What each chain is given: a row with precision 0 is left out.
    rng : numpy.random.Generator
    """

    def __init__(self, layout, value, side, precision, rng):
        self.layout, self.rng = layout, rng
        self.value, self.side, self.precision = value, side, precision
        self.count, groups = len(value), len(layout.scale)
        self.levels_at = layout.straight.shape[1]
        self.made = np.eye(len(layout.group_of_producer))[layout.producer]
        bent = np.zeros(layout.design.shape[1], bool)
        for _, part in layout.curved:
            bent[: self.levels_at] |= part != 0
        self.bent, self.plain = np.flatnonzero(bent), np.flatnonzero(~bent)
        self.sorts = self._sorts(groups)
        self.single, self.of_row = np.unique(layout.home, return_inverse=True)
        self.maker, self.of_maker = np.unique(layout.group_of_producer, return_inverse=True)
        self.rows, self.makers = (np.eye(len(self.single))[k] for k in (self.of_row, self.of_maker))
        self.multiplier = layout.scale * rng.normal(size=(self.count, groups))
        self.variance = (FREEDOM / 2) / rng.gamma(FREEDOM / 2, size=(self.count, groups))
        self.spreads = np.abs(self.multiplier) * np.sqrt(self.variance)
        self.drawn = np.where(side == 0, value, value + side * 0.1)
        self.coefficients = np.zeros((self.count, layout.design.shape[1]))
        start = rng.normal(size=(self.count, self.levels_at))
        self.coefficients[:, : self.levels_at] = layout.mean + np.sqrt(layout.variance) * start
        self.producers = np.zeros((self.count, len(layout.group_of_producer)))

    def _sorts(self, groups):
        """Columns, groups and rows of the biases of kinds, and of their drift."""
        of_column = self.layout.group_of_column
        sort_of = np.array([sort for _, sort in self.layout.groups])[of_column]
        effects = self.layout.design[:, self.levels_at :]
        found = []
        for sort in ("kind", "kind by time"):
            chosen = np.flatnonzero(sort_of == sort)
            if chosen.size:
                belongs = np.eye(groups)[of_column[chosen]]
                there = np.flatnonzero(belongs.any(axis=0))
                rows = ((effects[:, chosen] != 0) @ belongs)[:, there]
                found.append((chosen + self.levels_at, of_column[chosen], belongs, there, rows))
        return found

    @property
    def levels(self):
        """Levels and trends of the nodes, shape (chains, q)."""
        return self.coefficients[:, : self.levels_at]

    def step(self):
        """Draw everything once."""
        between = self.spreads[:, self.layout.home] ** 2
        weights = self.precision / (1 + self.precision * between)
        self._bounds(weights)
        self._coefficients(weights)
        self._multipliers(weights)
        self._walk()

    def _means(self, coefficients):
        at = self.levels_at
        biases = coefficients[:, at:] @ self.layout.design[:, at:].T
        return self.layout.means(coefficients[:, :at]) + biases

    def _bounds(self, weights):
        """Draw the numbers that bounds stand for."""
        used = (self.side != 0) & (weights > 0)
        mean = (self._means(self.coefficients) + self.producers @ self.made.T)[used]
        spread, side = 1 / np.sqrt(weights[used]), self.side[used]
        start = side * (self.value[used] - mean) / spread
        beyond = -ndtri_exp(np.log(self.rng.random(mean.shape)) + log_ndtr(-start))
        self.drawn[used] = mean + side * spread * beyond

    def _coefficients(self, weights):
        """Draw levels, trends and biases together, those of producers after all others."""
        given = self._normal(weights)
        bent = self.coefficients[:, self.bent]
        if self.bent.size:
            bent = self._stroll(bent, given)
        mean, of_own, _ = self._integrated(bent, given)
        noise = mean + self.rng.normal(size=mean.shape)
        drawn = (given.root.transpose(0, 2, 1) @ noise[..., None])[..., 0]
        self.coefficients[:, self.plain], self.coefficients[:, self.bent] = drawn, bent
        mean = (of_own - (given.cross.transpose(0, 2, 1) @ drawn[..., None])[..., 0]) / given.own
        self.producers = mean + self.rng.normal(size=mean.shape) / np.sqrt(given.own)

    def _normal(self, weights):
        """Lay out what is normal given spreads and the shares in products."""
        design, at = self.layout.design, self.levels_at
        variances = self.spreads**2
        prior = np.empty((self.count, design.shape[1]))
        prior[:, :at] = 1 / self.layout.variance
        prior[:, at:] = 1 / variances[:, self.layout.group_of_column]
        own = weights @ self.made + 1 / variances[:, self.layout.group_of_producer]
        weighed = weights[:, None, :] * design.T
        cross = weighed @ self.made
        information = weighed @ design - (cross / own[:, None, :]) @ cross.transpose(0, 2, 1)
        diagonal = np.arange(design.shape[1])
        information[:, diagonal, diagonal] += prior
        root = np.linalg.inv(np.linalg.cholesky(information[:, self.plain][:, :, self.plain]))
        away = root @ information[:, self.plain][:, :, self.bent]
        alone = information[:, self.bent, self.bent] - (away**2).sum(axis=1)
        return Normal(weights, own, cross[:, self.plain], root, 1 / np.sqrt(alone))

    def _stroll(self, bent, given):
        """Walk the shares in products, all that is normal given them integrated out."""
        now = self._integrated(bent, given)[2]
        for stride in STRIDES:
            trial = bent + stride * given.deviation * self.rng.normal(size=bent.shape)
            new = self._integrated(trial, given)[2]
            take = np.log(self.rng.random(self.count)) < new - now
            bent, now = np.where(take[:, None], trial, bent), np.where(take, new, now)
        return bent

    def _integrated(self, bent, given):
        """Mean of what is normal (times `root`), its part of producers, log posterior of shares."""
        layout, at = self.layout, self.levels_at
        levels = np.zeros((self.count, at))
        levels[:, self.bent] = bent
        rest = self.drawn - layout.means(levels)
        target = given.weights * rest
        of_own = target @ self.made
        right = target @ layout.design[:, self.plain]
        right -= (given.cross @ (of_own / given.own)[..., None])[..., 0]
        level = self.plain[self.plain < at]
        right[:, : len(level)] += layout.mean[level] / layout.variance[level]
        mean = (given.root @ right[..., None])[..., 0]
        away = (bent - layout.mean[self.bent]) ** 2 / layout.variance[self.bent]
        fit = (mean**2).sum(axis=1) + (of_own**2 / given.own).sum(axis=1)
        return mean, of_own, (fit - (target * rest).sum(axis=1) - away.sum(axis=1)) / 2

    def _multipliers(self, weights):
        """Draw the spreads of kinds anew: multipliers, then variances of the units they multiply.

        Groups of one sort belong to different nodes, so to different rows, and go together.
        """
        rest = self.drawn - self._means(self.coefficients) - self.producers @ self.made.T
        for columns, groups, belongs, there, rows in self.sorts:
            effects, design = self.coefficients[:, columns], self.layout.design[:, columns]
            unit = effects / self.multiplier[:, groups]
            pattern = unit @ design.T
            rest += effects @ design.T
            information = (weights * pattern**2) @ rows + 1 / self.layout.scale[there] ** 2
            mean = (weights * pattern * rest) @ rows / information
            drawn = mean + self.rng.normal(size=mean.shape) / np.sqrt(information)
            self.multiplier[:, there] = drawn
            self.coefficients[:, columns] = unit * self.multiplier[:, groups]
            rest -= self.coefficients[:, columns] @ design.T
            shape = (FREEDOM + belongs.sum(axis=0)[there]) / 2
            rate = (FREEDOM + (unit**2 @ belongs)[:, there]) / 2
            self.variance[:, there] = rate / self.rng.gamma(shape, size=rate.shape)
            self.spreads[:, there] = np.abs(drawn) * np.sqrt(self.variance[:, there])

    def _walk(self):
        """Walk the spreads of statements and of producers, then draw the biases of producers."""
        rest = self.drawn - self._means(self.coefficients)
        single, maker = self.spreads[:, self.single], self.spreads[:, self.maker]
        now = self._fit(rest, single, maker)
        for of_single, of_maker in WALKS:
            away = self.rng.normal(size=(2, *single.shape))
            trial = single * np.exp(of_single * away[0]), maker * np.exp(of_maker * away[1])
            new = self._fit(rest, *trial)
            take = np.log(self.rng.random(new.shape)) < new - now
            single, maker = np.where(take, trial[0], single), np.where(take, trial[1], maker)
            now = np.where(take, new, now)
        self.spreads[:, self.single], self.spreads[:, self.maker] = single, maker
        weights = self.precision / (1 + self.precision * single[:, self.of_row] ** 2)
        own = weights @ self.made + 1 / maker[:, self.of_maker] ** 2
        noise = self.rng.normal(size=own.shape) / np.sqrt(own)
        self.producers = (weights * rest) @ self.made / own + noise

    def _fit(self, rest, single, maker):
        """Log posterior of log spreads, one per node, with both sorts of bias integrated out."""
        variance = maker[:, self.of_maker] ** 2
        gain = 1 + self.precision * single[:, self.of_row] ** 2
        weights = self.precision / gain
        own = weights @ self.made
        rows = np.log(gain) + weights * rest**2
        shared = variance * ((weights * rest) @ self.made) ** 2 / (1 + variance * own)
        shared -= np.log1p(variance * own)
        fit = (shared @ self.makers - rows @ self.rows) / 2
        for spreads, groups in ((single, self.single), (maker, self.maker)):
            size = spreads / self.layout.scale[groups]
            fit += np.log(size) - (FREEDOM + 1) / 2 * np.log1p(size**2 / FREEDOM)
        return fit
