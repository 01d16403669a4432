"""People found through one another: closed forms, and an imagined country whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.hidden.referral import (
    refer,
    share_successive,
    share_weighted,
    simulate_acquaintances,
)

CLIENTS, PEOPLE = 150, 500


def sample(client, known):
    return pd.DataFrame({"client": client, "known": known, "wave": 0})


def errors(size, draws=40, network=(), sampling=()):
    """Mean share of clients by each estimator, and its standard error."""
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(draws):
        people = simulate_acquaintances(PEOPLE, CLIENTS, seed=rng, **dict(network))
        found = refer(people, size, seed=rng, **dict(sampling))
        rows.append(
            {
                "plain": found["client"].mean(),
                "weighted": share_weighted(found),
                "successive": share_successive(found, PEOPLE),
            }
        )
    rows = pd.DataFrame(rows)
    return rows.mean(), rows.std() / np.sqrt(draws)


def test_weights_by_hand():
    # one client who knows two, two others who know four: 1/2 against 1/4 + 1/4
    assert share_weighted(sample([True, False, False], [2, 4, 4])) == pytest.approx(0.5)


FOUND = st.lists(st.tuples(st.booleans(), st.integers(1, 40)), min_size=3, max_size=30)


@given(FOUND, st.floats(1, 50))
def test_successive_sampling_goes_from_the_plain_share_to_the_weighted_one(people, times):
    found = sample(*(list(column) for column in zip(*people, strict=True)))
    plain, weighted = found["client"].mean(), share_weighted(found)
    assert 0 <= share_successive(found, times * len(found)) <= 1
    assert share_successive(found, len(found)) == pytest.approx(plain)
    assert share_successive(found, 1e7 * len(found)) == pytest.approx(weighted, abs=1e-3)


@given(*[st.integers(1, 20)] * 4, st.floats(1, 50))
def test_of_two_sorts_of_people_successive_sampling_lies_between_its_ends(a, b, knows, know, times):
    """With more sorts it need not."""
    found = sample([True] * a + [False] * b, [knows] * a + [know] * b)
    share = share_successive(found, times * (a + b))
    ends = sorted([a / (a + b), share_weighted(found)])
    assert ends[0] - 1e-9 <= share <= ends[1] + 1e-9


@given(FOUND, st.floats(1.5, 50))
def test_those_found_are_as_many_as_their_chances_say(people, times):
    """By hand: with the time that the only client's chance tells, all stand for the population."""
    found = sample([True, *[False] * len(people)], [7, *(known for _, known in people)])
    population = times * len(found)
    first = 1 / (share_successive(found, population) * population)  # chance of the only client
    time = -np.log1p(-first) / 7
    assert (1 / -np.expm1(-found["known"] * time)).sum() == pytest.approx(population, rel=1e-6)


def test_who_all_know_as_many_need_no_weights():
    found = sample([True, False, False, True], [6, 6, 6, 6])
    assert share_weighted(found) == share_successive(found, 11) == pytest.approx(0.5)


def test_successive_sampling_knows_its_chances():
    """People drawn one after another in proportion to size, nobody twice: the truth comes back."""
    rng = np.random.default_rng(3)
    known = np.where(np.arange(2000) < 600, 20, 5)
    shares = []
    for _ in range(200):
        order = np.argsort(rng.exponential(1 / known))[:900]
        shares.append(share_successive(sample(order < 600, known[order]), 2000))
    assert np.mean(shares) == pytest.approx(0.3, abs=4 * np.std(shares) / np.sqrt(200) + 0.002)


def test_clients_who_know_more_people_mislead_only_the_plain_share():
    mean, error = errors(100, network={"activity": 2.0})
    assert mean["plain"] > 0.3 + 8 * error["plain"]
    assert mean["weighted"] == pytest.approx(0.3, abs=4 * error["weighted"])
    assert mean["successive"] == pytest.approx(0.3, abs=4 * error["successive"])


def test_a_sample_of_most_people_needs_successive_sampling():
    mean, error = errors(300, network={"activity": 2.0})
    assert mean["weighted"] < 0.3 - 8 * error["weighted"]
    assert mean["successive"] == pytest.approx(0.3, abs=4 * error["successive"])


def test_no_weight_finds_people_whom_nobody_in_the_sample_can_know():
    mean, error = errors(100, network={"apart": 0.5}, sampling={"start_with": True})
    reached = CLIENTS / (PEOPLE - 0.5 * (PEOPLE - CLIENTS))
    assert mean["weighted"] > 0.3 + 8 * error["weighted"]
    assert mean["weighted"] == pytest.approx(reached, abs=0.06)


def test_nobody_is_found_twice_and_chains_may_end():
    people = simulate_acquaintances(200, 50, mean_known=4, seed=1)
    found = refer(people, 200, starts=2, coupons=2, seed=2)
    assert len(found) < 200 and (found["known"] > 0).all()
    assert found["client"].sum() <= 50
    assert found["wave"].iloc[0] == 0 and found["wave"].is_monotonic_increasing
    assert (people.knows == people.knows.T).all() and not people.knows.diagonal().any()
    assert people.knows.sum(axis=1).mean() == pytest.approx(4, abs=1)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="clients: found 200"):
        simulate_acquaintances(200, 200)
    people = simulate_acquaintances(50, 10, seed=1)
    with pytest.raises(ValueError, match="starts: found 11"):
        refer(people, 20, starts=11, start_with=True)
    with pytest.raises(ValueError, match="expected at least the 3 found"):
        share_successive(sample([True, True, False], [1, 2, 3]), 2)
