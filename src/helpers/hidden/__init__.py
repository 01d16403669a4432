"""Counting people whom no list holds: multiple systems estimation and its relatives.

Start with `attempt`: one table, one method, an estimate or the reason why there is none; what it
can be asked is described at `helpers.hidden.estimate.estimate_population`. `compare` does the same
for many tables and methods, and `simulate_lists` makes a table whose truth is known. Each module
says which publication its method comes from. Handed on here is what notebooks use.
"""

from helpers.hidden.calibration import calibration
from helpers.hidden.comparisons import (
    ALL_METHODS,
    QUICK_METHODS,
    attempt,
    compare,
    knob_effects,
    known_lists,
    repeated,
)
from helpers.hidden.coverage import interval_coverage, repeated_ranges
from helpers.hidden.design import expected_range, needed_coverage
from helpers.hidden.estimate import METHODS, drawn_anew
from helpers.hidden.existence import check_model
from helpers.hidden.heterogeneity import heterogeneity
from helpers.hidden.interaction import with_highest_interaction
from helpers.hidden.lists import NotEstimable
from helpers.hidden.named import named_model
from helpers.hidden.other_estimators import chao, chapman, lincoln_petersen
from helpers.hidden.referral import (
    refer,
    share_successive,
    share_weighted,
    simulate_acquaintances,
)
from helpers.hidden.sightings import sightings
from helpers.hidden.simulate import interval_score, simulate_counts, simulate_lists
from helpers.hidden.strata import by_stratum
from helpers.hidden.subtables import grown, keep_lists, trajectories
from helpers.hidden.tables import (
    empty_overlaps,
    group_people,
    list_sizes,
    list_table,
    overlaps_of_pairs,
)
from helpers.hidden.words import METHOD_WORDS

__all__ = [
    "ALL_METHODS",
    "METHODS",
    "METHOD_WORDS",
    "QUICK_METHODS",
    "NotEstimable",
    "attempt",
    "by_stratum",
    "calibration",
    "chao",
    "chapman",
    "check_model",
    "compare",
    "drawn_anew",
    "empty_overlaps",
    "expected_range",
    "group_people",
    "grown",
    "heterogeneity",
    "interval_coverage",
    "interval_score",
    "keep_lists",
    "knob_effects",
    "known_lists",
    "lincoln_petersen",
    "list_sizes",
    "list_table",
    "named_model",
    "needed_coverage",
    "overlaps_of_pairs",
    "refer",
    "repeated",
    "repeated_ranges",
    "share_successive",
    "share_weighted",
    "sightings",
    "simulate_acquaintances",
    "simulate_counts",
    "simulate_lists",
    "trajectories",
    "with_highest_interaction",
]
