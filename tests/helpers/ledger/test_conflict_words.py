"""What a conflict is about, and its arithmetic, against the bounds themselves."""

import pytest

from helpers.ledger.conflict_words import arithmetic, ledger_claims_of, subject
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


def test_only_ledger_claims_are_counted_as_claims(constraints, rules):
    everything = constraints(["C03"], 0.1, ["release_2023", "up_to_reached"])
    assert ledger_claims_of(minimal_conflicts(everything, rules)) == ["C03"]
