"""A blocked Gibbs sampler for `helpers.methods.graph`, many chains side by side.

Everything but the spreads is normal given the rest, so levels, trends and biases are drawn
together; a bound is a number that was not printed, drawn beyond it; the few rows about products,
which bend, are proposed as if straight and accepted by Metropolis and Hastings. The spreads have
half-t priors by the redundant multiplier of Gelman (2006), which also lets them leave zero.
"""

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

FREEDOM = 4  # of the half-t prior of every spread


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
        self.count = len(value)
        self.levels_at = layout.straight.shape[1]
        self.made = np.eye(len(layout.group_of_producer))[layout.producer]
        self.design = layout.design
        self.products = sorted({row for row, _ in layout.curved})
        groups = len(layout.scale)
        self.multiplier = layout.scale * rng.normal(size=(self.count, groups))
        self.variance = (FREEDOM / 2) / rng.gamma(FREEDOM / 2, size=(self.count, groups))
        self.drawn = np.where(side == 0, value, value + side * 0.1)
        self.coefficients = np.zeros((self.count, self.design.shape[1]))
        self.coefficients[:, : self.levels_at] = layout.mean + np.sqrt(
            layout.variance
        ) * rng.normal(size=(self.count, self.levels_at))
        self.producers = np.zeros((self.count, len(layout.group_of_producer)))
        self.accepted = np.zeros(self.count)

    @property
    def spreads(self):
        """Standard deviation of every group, shape (chains, groups)."""
        return np.abs(self.multiplier) * np.sqrt(self.variance)

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
        rest = self._multipliers(weights)
        self._spreads(rest, between)

    def _means(self, coefficients, exact=True):
        layout, at = self.layout, self.levels_at
        if exact:
            return layout.means(coefficients[:, :at]) + coefficients[:, at:] @ self.design[:, at:].T
        return coefficients @ self.design.T + layout.offset

    def _bounds(self, weights):
        mean = self._means(self.coefficients) + self.producers @ self.made.T
        with np.errstate(divide="ignore"):
            spread = 1 / np.sqrt(weights)
        chance = self.rng.random(mean.shape)
        used = (self.side != 0) & (weights > 0)
        mean, spread, side = mean[used], spread[used], self.side[used]
        start = side * (self.value[used] - mean) / spread
        beyond = -ndtri_exp(np.log(chance[used]) + log_ndtr(-start))
        self.drawn[used] = mean + side * spread * beyond

    def _coefficients(self, weights):
        layout, design, at = self.layout, self.design, self.levels_at
        variances = self.spreads**2
        prior = np.empty((self.count, design.shape[1]))
        prior[:, :at] = 1 / layout.variance
        prior[:, at:] = 1 / variances[:, layout.group_of_column]
        own = weights @ self.made + 1 / variances[:, layout.group_of_producer]
        weighed = weights[:, None, :] * design.T
        cross = weighed @ self.made
        information = weighed @ design - (cross / own[:, None, :]) @ cross.transpose(0, 2, 1)
        diagonal = np.arange(design.shape[1])
        information[:, diagonal, diagonal] += prior
        target = weights * (self.drawn - layout.offset)
        of_own = target @ self.made
        right = target @ design - (cross @ (of_own / own)[..., None])[..., 0]
        right[:, :at] += layout.mean / layout.variance
        root = np.linalg.inv(np.linalg.cholesky(information))
        noise = (root @ right[..., None])[..., 0] + self.rng.normal(size=right.shape)
        proposed = (root.transpose(0, 2, 1) @ noise[..., None])[..., 0]
        mean = (of_own - (cross.transpose(0, 2, 1) @ proposed[..., None])[..., 0]) / own
        makers = mean + self.rng.normal(size=own.shape) / np.sqrt(own)
        self._accept(proposed, makers, weights)

    def _accept(self, proposed, makers, weights):
        """Accept where the exact rows about products allow it; without such rows always."""
        take = np.ones(self.count, bool)
        if self.products:
            gain = self._bend(proposed, makers, weights)
            gain -= self._bend(self.coefficients, self.producers, weights)
            take = np.log(self.rng.random(self.count)) < gain
        self.accepted += take
        self.coefficients = np.where(take[:, None], proposed, self.coefficients)
        self.producers = np.where(take[:, None], makers, self.producers)

    def _bend(self, coefficients, makers, weights):
        """Log-likelihood of the rows about products, exact less linearised."""
        rows = self.products
        rest = (self.drawn - makers @ self.made.T)[:, rows]
        exact, straight = (self._means(coefficients, way)[:, rows] for way in (True, False))
        return (weights[:, rows] * ((rest - straight) ** 2 - (rest - exact) ** 2)).sum(axis=1) / 2

    def _multipliers(self, weights):
        """Draw the multiplier of every group of biases anew; return what biases do not explain."""
        layout, at = self.layout, self.levels_at
        rest = self.drawn - self._means(self.coefficients) - self.producers @ self.made.T
        for (_, kind), group in layout.groups.items():
            if kind == "statement":
                continue
            if kind == "producer":
                members = layout.group_of_producer == group
                effects, rows = self.producers[:, members], self.made[:, members]
            else:
                members = np.flatnonzero(layout.group_of_column == group) + at
                effects, rows = self.coefficients[:, members], self.design[:, members]
            unit = effects / self.multiplier[:, [group]]
            pattern = unit @ rows.T
            rest += effects @ rows.T
            factor = self._factor(pattern, rest, weights, group)
            rest -= factor[:, None] * pattern
            if kind == "producer":
                self.producers[:, members] = factor[:, None] * unit
            else:
                self.coefficients[:, members] = factor[:, None] * unit
            self._variance(unit, group)
        return rest

    def _factor(self, pattern, rest, weights, group):
        information = (weights * pattern**2).sum(axis=1) + 1 / self.layout.scale[group] ** 2
        mean = (weights * pattern * rest).sum(axis=1) / information
        self.multiplier[:, group] = mean + self.rng.normal(size=self.count) / np.sqrt(information)
        return self.multiplier[:, group]

    def _variance(self, unit, group):
        shape = (FREEDOM + unit.shape[1]) / 2
        rate = (FREEDOM + (unit**2).sum(axis=1)) / 2
        self.variance[:, group] = rate / self.rng.gamma(shape, size=self.count)

    def _spreads(self, rest, between):
        """Draw the bias of each single statement, then how much statements differ."""
        share = 1 / (1 + self.precision * between)
        own = self.precision * between * share * rest
        own += np.sqrt(between * share) * self.rng.normal(size=rest.shape)
        for (_, kind), group in self.layout.groups.items():
            if kind == "statement":
                rows = self.layout.home == group
                unit = own[:, rows] / self.multiplier[:, [group]]
                self._factor(unit, rest[:, rows], self.precision[:, rows], group)
                self._variance(unit, group)
