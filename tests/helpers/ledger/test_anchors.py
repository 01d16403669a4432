"""Anchors and definitions: what each allows, worked out by hand."""

import math

import pytest


def test_a_rounded_share_bounds_itself_and_the_rest(known):
    # 90.7% as printed is 90.65% to 90.75%, and leaves at most 9.35% for all else
    marriage, rest = known["survey_2018"].constraints
    assert marriage.name == "survey_2018 (forced marriage)"
    assert (marriage.low, marriage.high) == pytest.approx((0.9065, 0.9075))
    assert (rest.low, rest.high) == (None, pytest.approx(0.0935))
    assert known["survey_2018"].sources == ("kicj-2018",)


def test_a_reading_cites_its_own_source_or_none(known):
    assert known["came_since_1996"].sources == ("rfa-2014",)
    assert known["only_women"].sources == known["up_to_reached"].sources == ()
    assert known["up_to_reached"].constraints == ()


def test_shares_are_at_most_one_and_parts_at_most_the_whole(rules, known):
    def held(**values):
        return all(
            math.prod(values.get(q, 0.5) ** power for q, power in rule.terms.items()) <= rule.high
            for rule in rules
        )

    assert held()
    for share in (
        "women_share",
        "trafficked_share",
        "trafficked_of_all",
        "marriage",
        "not_marriage",
    ):
        assert not held(**{share: 1.01})
    # One person can be in several channels (47 cases among 37 people, Park 2018), so that a channel
    # is at most all but marriage is a reading, which can be rejected.
    assert held(prostitution=0.6, cybersex=0.6, not_marriage=0.5)
    assert {rule.high for rule in known["channels"].constraints} == {1}
    assert not held(women_share=0.8, trafficked_share=0.8, trafficked_of_all=0.5)
    assert not {rule.name for rule in rules} & {
        c.name for a in known.values() for c in a.constraints
    }
