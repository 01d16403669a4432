"""Bounds beside densities: what ranges alone imply, without a distribution inside them.

A quantity of which only some percentiles are known has infinitely many distributions. All of them
together are a probability box (Ferson and others 2003): each holds known chances between known
ends, anywhere inside. For a product that means: the chance of a value is not a number but a range,
and the range is sharp, because some distributions inside the boxes reach either end.

With independent quantities the chances of the combinations are products. Where nothing is known of
the dependence, the most and the least that can fall on the combinations is a linear programme, the
bounds of Frechet (1935) for more than two quantities.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.expect import expect
from helpers.methods.uncertain import Uncertain

CHANCES = (0.05, 0.45, 0.45, 0.05)  # between the ends of its scale, low, central and high
DEPENDENCES = ("independent", "any")


@dataclass(frozen=True)
class Box:
    """Every distribution with the given chances between the given ends.

    Attributes
    ----------
    name : str
    ends : tuple of k + 1 floats
        Ascending, from 0 or above; the last may be infinite.
    chances : tuple of k floats
        Of lying between two neighbouring ends, both included; they add to 1.
    """

    name: str
    ends: tuple
    chances: tuple

    def __post_init__(self):
        """Refuse what is no box."""
        if len(self.ends) != len(self.chances) + 1 or list(self.ends) != sorted(self.ends):
            raise ValueError(f"{self.name}: expected ascending ends, one more than chances")
        if self.ends[0] < 0 or min(self.chances) < 0 or not math.isclose(sum(self.chances), 1):
            raise ValueError(f"{self.name}: expected ends from 0 and chances that add to 1")


def box(quantity: Uncertain) -> Box:
    """Keep of a quantity its three figures and the ends of its scale, and no shape.

    Low, central and high are its 5th, 50th and 95th percentile; a share ends at 1, a count or an
    amount nowhere. A known quantity is a box of one point.
    """
    if quantity.known:
        return Box(quantity.name, (quantity.central, quantity.central), (1.0,))
    top = 1.0 if quantity.share else math.inf
    ends = (0.0, quantity.low, quantity.central, quantity.high, top)
    return Box(quantity.name, ends, CHANCES)


def product_of_ends(ranges: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Multiply ranges as intervals: the product of the low ends and that of the high ends.

    Parameters
    ----------
    ranges : sequence of (low, ..., high)
        All from 0.

    Returns
    -------
    low, high : float
        What the ends allow, whatever lies between them and however the factors depend.
    """
    for figures in ranges:
        if not 0 <= figures[0] <= figures[-1]:
            raise ValueError(f"range: found {tuple(figures)}, expected 0 <= low <= high")
    return math.prod(r[0] for r in ranges), math.prod(r[-1] for r in ranges)


def chance_at_least(
    boxes: Sequence[Box], threshold: float, dependence: str = "independent"
) -> tuple[float, float]:
    """Bound the chance that the product is at least a threshold.

    Parameters
    ----------
    boxes : sequence of `Box`
    threshold : float
        In the unit of the product, above 0.
    dependence : "independent" or "any"
        What is known of how the quantities depend on one another: that they do not, or nothing.

    Returns
    -------
    low, high : float
        The least and the greatest chance over all distributions in the boxes, and over every
        dependence if it is "any". Sharp: both are reached.
    """
    expect("dependence", dependence, DEPENDENCES)
    lows, highs = _corners(boxes)
    surely, possibly = lows >= threshold, highs >= threshold
    if dependence == "independent":
        chances = _independent(boxes)
        return float(chances @ surely), float(chances @ possibly)
    return 1 - _most(boxes, ~surely), _most(boxes, possibly)


def chances_below(
    boxes: Sequence[Box], values: Sequence[float], dependence: str = "independent"
) -> np.ndarray:
    """Bound the distribution function of the product: a probability box.

    Returns
    -------
    ndarray, shape (len(values), 2)
        For each value the least and the greatest chance that the product lies below it.
    """
    if dependence == "independent":
        chances, above = _independent(boxes), np.asarray(values)[:, None]
        return np.column_stack([(ends < above) @ chances for ends in reversed(_corners(boxes))])
    found = [chance_at_least(boxes, value, dependence) for value in values]
    return np.array([[1 - high, 1 - low] for low, high in found])


def _corners(boxes):
    """Least and greatest product of every combination of intervals."""
    pairs = [list(itertools.pairwise(part.ends)) for part in boxes]
    combined = list(itertools.product(*pairs))
    lows = np.array([math.prod(low for low, _ in one) for one in combined])
    # An interval of nothing but 0 keeps the product at 0, however great the others are.
    highs = [
        0.0 if any(h == 0 for _, h in one) else math.prod(h for _, h in one) for one in combined
    ]
    return lows, np.array(highs)


def _independent(boxes):
    """Chance of every combination of intervals, in the order of `_corners`."""
    chances = np.ones(1)
    for part in boxes:
        chances = np.multiply.outer(chances, part.chances).ravel()
    return chances


def _most(boxes, chosen):
    """Return the greatest chance of the chosen combinations under any dependence."""
    from scipy.optimize import linprog

    if not chosen.any():
        return 0.0
    sizes = [len(part.chances) for part in boxes]
    places = np.indices(sizes).reshape(len(sizes), -1)
    rows = [places[i] == k for i, size in enumerate(sizes) for k in range(size)]
    given = [chance for part in boxes for chance in part.chances]
    found = linprog(-chosen.astype(float), A_eq=np.array(rows, float), b_eq=given, method="highs")
    if not found.success:
        raise ArithmeticError(f"the bounds of the chance were not found: {found.message}")
    return float(min(max(-found.fun, 0.0), 1.0))
