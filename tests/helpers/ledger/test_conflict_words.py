"""What a conflict is about, and its arithmetic, against the bounds themselves."""

import pytest

from helpers.ledger.conflict_words import arithmetic, moves_of, reasons, subject
from helpers.methods.conflicts import minimal_conflicts


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
