"""Choices, break-even and sliders of the market notebook, against answers worked out by hand."""

import pytest
from support import CLAIM, KNOWN, RANGES

from helpers.market import break_even
from helpers.market import choices as market_choices
from helpers.market import sliders as market_sliders
from helpers.market.model import read_inputs, simulate
from helpers.methods.sensitivity import choice_effects, specification_curve


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
    found = found.set_index(["headline", "input"])
    assert found.loc[("money", "proceeds_per_woman"), "value"] == pytest.approx(5000)
    assert found.loc[("money", "proceeds_per_woman"), "factor"] == pytest.approx(2)
    assert found.loc[("women", "north_koreans_in_china"), "value"] == pytest.approx(200_000)
    assert not found.loc[("women", "women_share"), "possible"]


@pytest.mark.parametrize(
    "figures",
    [
        RANGES,
        KNOWN,
        RANGES | {"women_share": [0, 0.5, 0.9]},
        RANGES | {"trafficked_share": [0, 0, 0]},
    ],
)
def test_the_panel_draws_ranges_known_inputs_and_zeros(figures):
    answer = simulate(figures, claim=CLAIM, draws=2048, seed=1)
    sample = answer.sample["annual_proceeds"]
    drawn = market_sliders.proceeds_chart(sample, answer.annual_proceeds.value, CLAIM).axes[0]
    assert drawn.get_xscale() == "log"
    shown = drawn.patches[0].get_data().values.sum()  # of positive proceeds, all but the tails
    assert shown == pytest.approx((sample > 0).mean(), abs=0.01)


def test_every_combination_of_choices_is_worked_out():
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
