"""What a conflict is about, and its arithmetic, against the bounds themselves."""

import pytest

from helpers.ledger.conflict_words import arithmetic, explain, moves_of, reasons, subject
from helpers.methods.conflicts import Claim, minimal_conflicts


def test_the_headline_pair_is_written_as_it_is_worked_out_by_hand(constraints, rules):
    everything = constraints(["C03", "C04"], 0.1, ["ilo_per_victim", "up_to_reached"])
    (conflict,) = minimal_conflicts(everything, rules)
    assert subject(conflict, everything) == "C04"
    said = arithmetic(conflict, everything, "C04")
    assert said == "455,000 (C03 reached) x 3,690 (ilo_per_victim) = 1.68 billion"


def test_the_arithmetic_of_every_conflict_gives_what_the_others_leave(constraints, rules):
    everything = constraints()
    by_name = {claim.name: claim for claim in everything}
    for conflict in minimal_conflicts(everything, rules):
        name = subject(conflict, everything)
        ours, product = conflict.moves[name], 1.0
        for other, move in conflict.moves.items():
            if other != name:  # all weights are 1 in this ledger
                assert move.factor == pytest.approx(ours.factor)
                value = by_name[other].low if move.direction == "down" else by_name[other].high
                product *= value if move.direction != ours.direction else 1 / value
        assert product == pytest.approx(ours.reachable)
        assert "^" not in arithmetic(conflict, everything, name)


def test_the_table_has_a_row_for_every_member_and_one_subject_for_every_conflict(
    constraints, rules
):
    everything = constraints()
    found = minimal_conflicts(everything, rules)
    moves = moves_of(found, everything)
    assert moves.groupby("conflict")["member"].agg(tuple).map(set).tolist() == [
        set(conflict.claims) for conflict in found
    ]
    assert (moves.groupby("conflict")["subject"].sum() == 1).all()
    assert moves_of([], everything).empty


def test_a_member_says_which_way_it_would_have_to_move(constraints, rules):
    everything = constraints(["C03", "C04"], 0.1, ["ilo_per_victim", "up_to_reached"])
    found = minimal_conflicts(everything, rules)
    ways = moves_of(found, everything).set_index("member")["would_have_to_be"].to_dict()
    # more money, or fewer women, or less for each of them
    assert ways == {"C04": "higher", "C03 reached": "lower", "ilo_per_victim": "lower"}
    (said,) = reasons(found, everything)
    assert said.endswith(
        "times less. 455,000 (C03 reached) x 3,690 (ilo_per_victim) = 1.68 billion."
    )


# "US$105 million", "500,000 women" and a profit per victim of US$27,252 (the International Labour
# Organization's figure for 2021); proceeds = women x proceeds per woman.
MONEY = Claim("the US$105 million", {"women": 1, "per woman": 1}, 105e6, 105e6, "annual proceeds")
WOMEN = Claim("the 500,000", {"women": 1}, 500_000, 500_000, "women trafficked")
PROFIT = Claim("the profit per victim", {"per woman": 1}, 27_252, 27_252, "proceeds per woman")


def test_the_sentence_says_what_the_others_leave_possible():
    claims = [MONEY, WOMEN, PROFIT]
    [conflict] = minimal_conflicts(claims)
    assert explain(conflict, claims, "the profit per victim") == (
        "If the US$105 million and the 500,000 hold, proceeds per woman is at most 210; "
        "the profit per victim says at least 27,300, 130 times more."
    )
    assert explain(conflict, claims, "the US$105 million") == (
        "If the 500,000 and the profit per victim hold, annual proceeds is at least "
        "13.6 billion; the US$105 million says at most 105 million, 130 times less."
    )


def test_the_sentence_on_a_claim_that_contradicts_a_definition():
    claims = [Claim("120%", {"share": 1}, 1.2, 1.2)]
    [conflict] = minimal_conflicts(claims, [Claim("a share", {"share": 1}, None, 1)])
    assert explain(conflict, claims, "120%") == (
        "By definition, share is at most 1; 120% says at least 1.2, 1.2 times more."
    )
