"""Quantities known only as ranges: from [low, central, high] to distributions and draws.

The rule, the same everywhere: low and high are the 5th and the 95th percentile, central is the
median. A count or an amount of money gets a two-piece lognormal, a share a two-piece
logit-normal: each half has its own spread on the log (logit) scale, so all three figures are met
exactly, half of the draws lie on either side of central, and shares stay between 0 and 1. (The
density has a step at the median where the halves differ; its percentiles do not.) Three equal
figures are a known number. Where only two are equal that half has no spread, and half of the draws
are exactly central; ``note`` says so.

A half that touches the end of its scale (0, or 1 for a share) has no spread on that scale. It is
a straight line in probability through its two figures instead, cut off at the end of the scale.
A 5th percentile of 0 for something that cannot be negative leaves no other choice than 5% of the
draws at exactly 0; the straight line is the plainest way to spread the others. ``note`` says so.

A distribution here is a function of a standard normal score, so that every way of drawing
(`helpers.methods.draws`) and every dependence between quantities comes down to normal scores.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

RULE = (
    "low and high are the 5th and the 95th percentile, central is the median; counts and amounts "
    "are two-piece lognormal, shares two-piece logit-normal; three equal figures are a known number"
)
_Z95 = float(ndtri(0.95))


@dataclass(frozen=True)
class Uncertain:
    """A quantity known as a range; build it with `uncertain`.

    Attributes
    ----------
    name : str
    low, central, high : float
        5th percentile, median, 95th percentile.
    share : bool
        Whether the quantity stays between 0 and 1.
    note : str
        What the rule did about a bound at the end of the scale, or equal to central; empty
        otherwise.
    """

    name: str
    low: float
    central: float
    high: float
    share: bool
    note: str

    @property
    def known(self) -> bool:
        """Whether the three figures are equal."""
        return self.low == self.high

    @property
    def spreads(self) -> tuple[float | None, float | None]:
        """Spread of the lower and the upper half on the log (logit) scale; None: straight line."""

        def scale(x: float) -> float | None:
            if x == 0 or (self.share and x == 1):
                return None
            return math.log(x) - math.log1p(-x) if self.share else math.log(x)

        low, central, high = scale(self.low), scale(self.central), scale(self.high)
        return (
            None if low is None or central is None else (central - low) / _Z95,
            None if high is None or central is None else (high - central) / _Z95,
        )

    def from_normal(self, scores: np.ndarray) -> np.ndarray:
        """Turn standard normal scores (any shape) into draws of this quantity (same shape)."""
        scores = np.asarray(scores, dtype=float)
        if self.known:
            return np.full(scores.shape, self.central)
        lower, upper = self.spreads
        steps = np.minimum(scores, 0.0) * (lower or 0.0) + np.maximum(scores, 0.0) * (upper or 0.0)
        if self.share:
            values = self.central / (self.central + (1.0 - self.central) * np.exp(-steps))
        else:
            values = self.central * np.exp(steps)
        for spread, side, bound in ((lower, scores < 0, self.low), (upper, scores > 0, self.high)):
            if spread is None:
                away = np.abs(ndtr(scores) - 0.5) / 0.45
                line = self.central + (bound - self.central) * away
                values = np.where(side, np.clip(line, 0.0, 1.0 if self.share else None), values)
        return values

    def quantile(self, probabilities: np.ndarray) -> np.ndarray:
        """Inverse distribution function at probabilities inside (0, 1), of any shape."""
        probabilities = np.asarray(probabilities, dtype=float)
        if not ((probabilities > 0) & (probabilities < 1)).all():
            raise ValueError(f"{self.name}: probabilities must lie strictly between 0 and 1")
        return self.from_normal(ndtri(probabilities))


def uncertain(name: str, figures: Sequence[float], *, share: bool = False) -> Uncertain:
    """Turn [low, central, high] into a distribution by the rule of this module.

    Parameters
    ----------
    name : str
        The parameter's name, used in messages.
    figures : sequence of 3 floats
        5th percentile, median, 95th percentile, in the unit of the quantity.
    share : bool
        Whether the quantity is a share, between 0 and 1.

    Raises
    ------
    ValueError
        Not three finite numbers, out of order, negative, or a share above 1.
    """
    try:
        low, central, high = (float(figure) for figure in figures)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}: expected three numbers [low, central, high], found {figures!r}"
        ) from error
    found = f"found [{low:g}, {central:g}, {high:g}]"
    if not all(map(math.isfinite, (low, central, high))):
        raise ValueError(f"{name}: expected three finite numbers [low, central, high], {found}")
    if not low <= central <= high:
        raise ValueError(f"{name}: expected low <= central <= high, {found}")
    if low < 0:
        raise ValueError(f"{name}: expected no figure below 0, {found}")
    if share and high > 1:
        raise ValueError(f"{name}: a share lies between 0 and 1, {found}")
    return Uncertain(name, low, central, high, share, _note(low, central, high, share))


def _note(low: float, central: float, high: float, share: bool) -> str:
    if low == high:
        return ""
    parts = []
    if low == 0:
        parts.append(f"{'half' if central == 0 else '5%'} of the draws are exactly 0")
    if share and high == 1:
        parts.append(f"{'half' if central == 1 else '5%'} of the draws are exactly 1")
    notes = []
    if parts:
        notes = [" and ".join(parts) + "; next to that bound the draws follow a straight line"]
    for name, bound, end in (("low", low, 0), ("high", high, 1 if share else math.inf)):
        if central == bound != end:
            notes.append(
                f"half of the draws are exactly {central:,g}, because {name} and central are equal"
            )
    return "; ".join(notes)


def product_distribution(
    quantity: Uncertain,
    log_others: np.ndarray,
    log_at: np.ndarray,
    centre: np.ndarray | float = 0.0,
    spread: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Distribution of quantity x others, with the quantity integrated out instead of drawn.

    For each draw of the others the chance that the product stays below a value is known in closed
    form; its average over the draws is smooth, which is what lets few Sobol points go far
    (conditional Monte Carlo; Asmussen and Glynn 2007, chapter V.4).

    Parameters
    ----------
    quantity : Uncertain
        A count or amount whose two halves both have a spread.
    log_others : ndarray, shape (n,)
        Log of the product of the other inputs.
    log_at : ndarray, shape (k,)
        Log of the values asked about.
    centre, spread : ndarray of shape (n,) or float, float
        Mean and standard deviation of the quantity's normal score, given the others.

    Returns
    -------
    chance, density : ndarrays, shape (k,)
        Chance of a product below each value, and its derivative with respect to `log_at`.
    """
    lower, upper = quantity.spreads
    distance = np.subtract.outer(np.asarray(log_at), log_others + math.log(quantity.central))
    slope = np.where(distance < 0, 1 / lower, 1 / upper)
    scores = (distance * slope - centre) / spread
    density = np.exp(-0.5 * scores**2) * slope
    return ndtr(scores).mean(axis=1), density.mean(axis=1) / (spread * math.sqrt(2 * math.pi))


def product_percentiles(
    quantity: Uncertain,
    log_others: np.ndarray,
    probabilities: np.ndarray,
    centre: np.ndarray | float = 0.0,
    spread: float = 1.0,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Log of the percentiles of quantity x others; arguments as in `product_distribution`.

    Newton's method from `start` (the answer for similar draws, if there is one), kept inside a
    bracket: a percentile of a mixture lies between the smallest and the largest of its parts.
    """
    lower, upper = quantity.spreads
    scores = np.add.outer(spread * ndtri(probabilities), np.broadcast_to(centre, log_others.shape))
    parts = scores * np.where(scores < 0, lower, upper) + log_others + math.log(quantity.central)
    low, high = parts.min(axis=1), parts.max(axis=1)
    at = np.percentile(parts, 100 * np.asarray(probabilities)) if start is None else start
    for _ in range(100):
        at = np.where((at >= low) & (at <= high), at, (low + high) / 2)
        chance, density = product_distribution(quantity, log_others, at, centre, spread)
        below = chance < probabilities
        low, high = np.where(below, at, low), np.where(below, high, at)
        step = (chance - probabilities) / np.maximum(density, 1e-300)
        at = at - step
        if (np.abs(step) < 1e-6).all():  # the next step would be of the order of its square
            return at
    raise ArithmeticError(f"{quantity.name}: the percentiles of a product did not converge")
