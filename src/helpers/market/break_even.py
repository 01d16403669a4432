"""What would have to be so for a claim about the market to hold, as cards to read."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from helpers.market.choices import ENOUGH_DRAWS
from helpers.methods.draws import FEWEST_DRAWS
from helpers.methods.sensitivity import break_even
from helpers.methods.uncertain import Uncertain
from helpers.words import money, number, percent


def cards(
    inputs: Sequence[Uncertain],
    headlines: Mapping[str, tuple[float, int]],
    *,
    draws: int,
    seed: int,
    rank_correlation: Mapping[str, float],
) -> list[dict]:
    """For each headline, the value of each input at which it flips, smallest move first.

    Parameters
    ----------
    headlines : mapping of a headline's words to (threshold, number of inputs in its product)
        Three inputs make the number of women, all four the proceeds.

    Returns
    -------
    list of dict
        headline, input, value, factor, within_range, possible.
    """
    found = []
    for words, (threshold, count) in headlines.items():
        some = inputs[:count]
        names = {quantity.name for quantity in some}
        pairs = {
            pair: rho for pair, rho in rank_correlation.items() if set(pair.split(", ")) <= names
        }
        table = break_even(
            some,
            threshold,
            draws=max(FEWEST_DRAWS, min(draws, ENOUGH_DRAWS)),
            rng=np.random.default_rng(seed),
            rank_correlation=pairs,
        )
        for name, row in table.iterrows():
            kept = {key: row[key] for key in ("value", "factor", "within_range", "possible")}
            found.append({"headline": words, "input": name} | kept)
    return found


def card_text(found: Sequence[Mapping]) -> str:
    """Write break-even cards as Markdown: one card per headline, one line per input."""
    lines = []
    for headline in dict.fromkeys(row["headline"] for row in found):
        lines += ["", f"**{headline}**", ""]
        for row in (row for row in found if row["headline"] == headline):
            lines.append(f"- {_card_line(row)}")
    return "\n".join(lines)


def _card_line(row: Mapping) -> str:
    name, value, factor = f"`{row['input']}`", row["value"], row["factor"]
    if not math.isfinite(value):
        return f"{name}: no value is enough, because another input may be 0."
    if not row["possible"]:
        return f"{name} cannot flip it alone: it would have to be {100 * value:,.0f}%."
    shown = percent(value) if row["input"].endswith("share") else number(float(f"{value:.3g}"))
    shown = money(float(f"{value:.3g}")) if row["input"].startswith("proceeds") else shown
    if not math.isfinite(factor):
        move = "its central figure is 0"
    elif abs(factor - 1) < 0.005:
        move = "its central figure is just there"
    else:
        sign, times = ("times", factor) if factor > 1 else ("divided by", 1 / factor)
        move = f"its central figure {sign} {times:.2g}"
    inside = "inside" if row["within_range"] else "outside"
    return f"{name} at {shown} ({move}; {inside} its range)"
