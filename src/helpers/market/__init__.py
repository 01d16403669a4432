"""Market size: prices, the model of proceeds, choices and break-even (notebooks 3x).

Handed on here is what the notebook of the model uses; start with `simulate`.
"""

from helpers.market.break_even import cards
from helpers.market.choices import importance, move_together, proceeds, specification
from helpers.market.model import check_channels, read_inputs, simulate

__all__ = [
    "cards",
    "check_channels",
    "importance",
    "move_together",
    "proceeds",
    "read_inputs",
    "simulate",
    "specification",
]
