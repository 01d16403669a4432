"""Series of counts: interruptions, breaks and ordered outcomes.

Handed on here is what notebooks use. Start with `interrupted_series`; each module says which
publication its method comes from.
"""

from helpers.methods.series.breaks import (
    autocorrelation,
    calibrated,
    neighbours,
    placebo_familywise,
    power,
    spread,
    verdict,
)
from helpers.methods.series.continuations import SHAPES, STRAIGHT, carry_on, continued, shortfalls
from helpers.methods.series.departures import RESTRICTIONS, breakdown, largest_before
from helpers.methods.series.interrupted import expected, fit_series, interrupted_series
from helpers.methods.series.search import change_points, false_alarms

__all__ = [
    "RESTRICTIONS",
    "SHAPES",
    "STRAIGHT",
    "autocorrelation",
    "breakdown",
    "calibrated",
    "carry_on",
    "change_points",
    "continued",
    "expected",
    "false_alarms",
    "fit_series",
    "interrupted_series",
    "largest_before",
    "neighbours",
    "placebo_familywise",
    "power",
    "shortfalls",
    "spread",
    "verdict",
]
