"""Counting people whom no list holds: multiple systems estimation and its relatives.

Start with `estimate_population`. Each module says which publication its method comes from.
"""

from helpers.hidden.bootstrap import refit, resample
from helpers.hidden.comparisons import (
    ALL_METHODS,
    attempt,
    compare,
    knob_effects,
    known_lists,
    repeated,
)
from helpers.hidden.decomposable import DecomposablePosterior, decomposable_average
from helpers.hidden.design import expected_range, needed_coverage
from helpers.hidden.estimate import METHODS, PopulationEstimate, estimate_population, normal_limits
from helpers.hidden.existence import ModelCheck, check_model
from helpers.hidden.lists import NotEstimable, Overlaps, check_table
from helpers.hidden.other_estimators import (
    SimpleEstimate,
    chao,
    chapman,
    lincoln_petersen,
    network_scale_up,
    time_location,
)
from helpers.hidden.simulate import interval_score, simulate_counts, simulate_lists
from helpers.hidden.subtables import (
    drop_list,
    grown,
    keep_lists,
    known_list,
    merge_lists,
    trajectories,
)
from helpers.hidden.tables import (
    empty_overlaps,
    list_sizes,
    list_table,
    overlaps_of_pairs,
    wide_table,
)

__all__ = [
    "ALL_METHODS",
    "METHODS",
    "DecomposablePosterior",
    "ModelCheck",
    "NotEstimable",
    "Overlaps",
    "PopulationEstimate",
    "SimpleEstimate",
    "attempt",
    "chao",
    "chapman",
    "check_model",
    "check_table",
    "compare",
    "decomposable_average",
    "drop_list",
    "empty_overlaps",
    "estimate_population",
    "expected_range",
    "grown",
    "interval_score",
    "keep_lists",
    "knob_effects",
    "known_list",
    "known_lists",
    "lincoln_petersen",
    "list_sizes",
    "list_table",
    "merge_lists",
    "needed_coverage",
    "network_scale_up",
    "normal_limits",
    "overlaps_of_pairs",
    "refit",
    "repeated",
    "resample",
    "simulate_counts",
    "simulate_lists",
    "time_location",
    "trajectories",
    "wide_table",
]
