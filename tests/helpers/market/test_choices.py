"""Choices, cards, charts and sliders of the market notebook, against answers worked out by hand."""

import math

import pandas as pd
import pytest
from support import CLAIM, KNOWN, RANGES

from helpers.charts import digest_lines
from helpers.market import break_even
from helpers.market import choices as market_choices
from helpers.market import sliders as market_sliders
from helpers.market.charts import importance_chart, pairs_chart, proceeds_chart, specification_chart
from helpers.market.model import INPUTS, read_inputs, simulate
from helpers.methods.sensitivity import choice_effects, specification_curve
from helpers.words import span


def test_the_split_by_channel_is_worked_out_by_hand():
    # 0.5 x 2 : 0.3 x 1 : 0.1 x 1 : the remainder 0.1 x 1
    table = market_choices.by_channel(1500.0, [0.5, 0.3, 0.1], [2, 1, 1])
    assert table["proceeds"].round(6).tolist() == [1000, 300, 100, 100]
    assert table.loc["no channel named", "share"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([0.5, 0.5], r"^channel_shares: expected 3 \(prostitution, .* found 2$"),
        ([0.5, 0.5, 0.2], r"^channel_shares: expected a sum of at most 1, found 1.2$"),
    ],
)
def test_channels_that_do_not_fit_are_named(shares, message):
    with pytest.raises(ValueError, match=message):
        market_choices.by_channel(1.0, shares, [1, 1, 1])


def test_one_number_ties_the_count_and_both_shares():
    pairs = market_choices.move_together(0.3)
    assert len(pairs) == 3
    assert not any("proceeds" in pair for pair in pairs)
    with pytest.raises(ValueError, match=r"^rank_correlation: expected a number between -1 and 1"):
        market_choices.move_together(1.5)
    with pytest.raises(ValueError, match=r"^rank_correlation is not possible"):
        simulate(
            RANGES,
            claim=CLAIM,
            draws=2048,
            seed=1,
            rank_correlation=market_choices.move_together(-0.9),
        )


def test_a_single_unknown_explains_everything():
    inputs = read_inputs(KNOWN | {"proceeds_per_woman": [1000, 5000, 20_000]})
    table, scale = market_choices.importance(inputs, 4096, 1, {})
    assert scale == "log"
    assert table.loc["proceeds_per_woman", "first_order"] == pytest.approx(1, abs=0.02)
    assert table.loc["proceeds_per_woman", "narrowing"] == pytest.approx(1)
    others = table.drop(index="proceeds_per_woman")
    assert others["total_order"].abs().max() < 1e-12


def test_known_inputs_leave_nothing_to_apportion_and_zero_is_said():
    table, _ = market_choices.importance(read_inputs(KNOWN), 1024, 1, {})
    assert table[["first_order", "total_order", "narrowing"]].isna().all(axis=None)
    touched = read_inputs(RANGES | {"trafficked_share": [0, 0.6, 0.8]})
    assert market_choices.importance(touched, 1024, 1, {})[1] == "linear"


def test_a_card_gives_the_quotient_worked_out_by_hand():
    # 100,000 x 0.75 x 0.6 = 45,000 women; x 2,500 = 112.5 million
    inputs = read_inputs(KNOWN)
    headlines = {"money": (225e6, 4), "women": (90_000, 3)}
    found = break_even.cards(inputs, headlines, draws=1024, seed=1, rank_correlation={})
    by_input = {(row["headline"], row["input"]): row for row in found}
    assert by_input["money", "proceeds_per_woman"]["value"] == pytest.approx(5000)
    assert by_input["women", "north_koreans_in_china"]["value"] == pytest.approx(200_000)
    assert not by_input["women", "women_share"]["possible"]
    text = break_even.card_text(found)
    assert "`proceeds_per_woman` at US$5,000 (its central figure times 2;" in text
    assert "`women_share` cannot flip it alone: it would have to be 150%." in text


def test_a_published_figure_becomes_one_number():
    rows = [("people", "range", 10.0), ("people", "range", 40.0), ("people", "bound", 7.0)]
    rows += [("share", "bound", 0.3)]
    choices = pd.DataFrame(rows, columns=["quantity", "words", "value"])
    assert market_choices.options(choices) == {
        "people": {"range": 20, "bound": 7},  # the geometric middle of 10 and 40
        "share": {"bound": 0.3},
    }


def test_an_infinite_end_is_left_open():
    assert market_choices.ends_or_open([1, 2, 3]) == (2, 1, 3)
    assert market_choices.ends_or_open([1, 2, math.inf]) == (2, 1, None)
    assert span(1, 3) == "1 to 3"
    assert span(1, None) == "at least 1"
    with pytest.raises(ValueError, match=r"^implied figure: more than half"):
        market_choices.ends_or_open([1, math.inf, math.inf])


@pytest.mark.parametrize(
    "figures",
    [
        RANGES,
        KNOWN,
        RANGES | {"women_share": [0, 0.5, 0.9]},
        RANGES | {"trafficked_share": [0, 0, 0]},
    ],
)
def test_charts_can_be_drawn_for_ranges_known_inputs_and_zeros(figures):
    answer = simulate(figures, claim=CLAIM, draws=2048, seed=1)
    sample = answer.sample
    drawn = proceeds_chart(sample["annual_proceeds"], answer.annual_proceeds.value, CLAIM)
    assert any("simulated" in line for line in digest_lines(drawn)) or drawn.axes[0].patches
    assert drawn.axes[0].get_xscale() == "log"
    if figures is RANGES:
        assert any(
            "2,000 simulations: 2000 points" in line
            for line in digest_lines(pairs_chart(sample, CLAIM, 500_000))
        )


def test_the_importance_chart_shows_every_input():
    table, _ = market_choices.importance(read_inputs(RANGES), 1024, 1, {})
    left, right = importance_chart(table, list(INPUTS)).axes
    assert [text.get_text() for text in left.get_yticklabels()] == list(INPUTS)
    assert len(right.patches) == len(INPUTS)


def test_every_specification_is_drawn():
    choices = {
        "people": {"few": 100.0, "many": 200.0},
        "women_share": {"half": 0.5},
        "trafficked_share": {"low": 0.2, "high": 0.4},
        "per_woman": {"one": 1000.0},
    }
    curve = specification_curve(market_choices.specification, choices)
    assert curve["proceeds"].tolist() == [10_000, 20_000, 20_000, 40_000]
    assert choice_effects(curve, list(choices), "proceeds").to_dict() == pytest.approx(
        {"people": 2, "women_share": 1, "trafficked_share": 2, "per_woman": 1}
    )
    upper, lower = specification_chart(curve, choices, 15_000).axes
    assert len(upper.collections[0].get_offsets()) == 4
    assert [text.get_text() for text in lower.get_yticklabels()][:2] == ["few", "many"]


def test_slider_positions_hold_the_figures_they_start_from():
    assert {123.0, 0.0, 1230.0} <= set(market_sliders.marks([123, 1230, 1230], share=False))
    shares = market_sliders.marks([0.33, 0.5, 0.9], share=True)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert 0.33 in shares


def test_moving_a_slider_redraws_the_answer():
    box, controls = market_sliders.panel(RANGES, CLAIM, 0.0, 1)
    text, picture = box.children[-2:]
    before = text.value, bytes(picture.value)
    assert before[1].startswith(b"\x89PNG")
    controls["proceeds_per_woman.central"].value = 20_000
    assert text.value != before[0]
    assert bytes(picture.value) != before[1]
    controls["proceeds_per_woman.range"].value = (500, 5_000)
    assert controls["proceeds_per_woman.central"].value == 5_000
    controls["women_share.central"].value = 0.3
    assert controls["women_share.range"].value == (0.3, 0.9)
    assert box.model_id == "market-model-sliders"


def test_what_cannot_be_is_said_in_the_panel():
    text, drawn = market_sliders.answer_of(RANGES, CLAIM, -0.9, 1)
    assert "rank_correlation is not possible" in text
    assert drawn is None
