"""Results as a table: nothing is cut off, however wide the terminal is."""

import pytest
from rich.console import Console

from evidence.folder.rows import Result
from evidence.folder.shown import results_table

RESULTS = [
    Result("30_prices", "real_price_low", 629.0, 76.2, 12_696.0, "US dollars of 2024", "C29", {}),
    Result("31_market_size", "claim_over_central_estimate", 0.9, None, 1.67, "ratio", "", {}),
]


@pytest.mark.parametrize("width", [80, 100, 140])
def test_value_range_unit_and_claim_are_whole(width, capsys):
    Console(width=width).print(results_table(RESULTS, width))
    said = " ".join(capsys.readouterr().out.split())
    for words in ("629", "76.2 to 12,696", "US dollars of 2024", "C29", "at most 1.67", "ratio"):
        assert words in said
