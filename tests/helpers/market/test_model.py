"""The market model against products worked out by hand and closed forms."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from support import CLAIM, KNOWN, RANGES

from helpers.market.model import check_channels, implied, read_inputs, simulate

Z95 = 1.6448536269514722
# two lognormals with spreads 0.8 and 0.5 on the log scale, two known shares
LOGNORMAL = {
    "north_koreans_in_china": [50_000 * math.exp(0.8 * z) for z in (-Z95, 0, Z95)],
    "women_share": [0.8] * 3,
    "trafficked_share": [0.5] * 3,
    "proceeds_per_woman": [4_000 * math.exp(0.5 * z) for z in (-Z95, 0, Z95)],
}


def test_known_inputs_give_the_product_worked_out_by_hand():
    found = simulate(KNOWN, claim=CLAIM, draws=1100, seed=1)
    assert found.women_trafficked.value.tolist() == [45_000] * 3
    assert found.annual_proceeds.value.tolist() == [112_500_000] * 3
    assert found.chance_of_at_least_claim.value == 1
    assert found.proceeds_per_woman_implied_by_claim.value.tolist() == [105e6 / 45_000] * 3
    assert found.women_implied_by_claim.value.tolist() == [42_000] * 3
    for estimate in (found.women_trafficked, found.annual_proceeds):
        assert estimate.error.tolist() == [0] * 3


def test_the_two_headline_figures_together_mean_210_dollars():
    known = KNOWN | {"north_koreans_in_china": [500_000] * 3}
    known |= {"women_share": [1, 1, 1], "trafficked_share": [1, 1, 1]}
    found = simulate(known, claim=CLAIM, draws=1024, seed=1)
    assert found.proceeds_per_woman_implied_by_claim.value.tolist() == [210] * 3


@pytest.mark.parametrize("rank", [0.0, 0.6, -0.6])
def test_a_product_of_lognormals_has_its_closed_form(rank):
    pair = {"north_koreans_in_china, proceeds_per_woman": rank}
    found = simulate(LOGNORMAL, claim=CLAIM, draws=2**15, seed=2, rank_correlation=pair)
    rho = 2 * math.sin(math.pi * rank / 6)
    spread = math.sqrt(0.8**2 + 0.5**2 + 2 * rho * 0.8 * 0.5)
    median = 50_000 * 0.8 * 0.5 * 4_000
    expected = stats.lognorm(spread, scale=median)
    within = 6 * found.annual_proceeds.error
    assert (np.abs(found.annual_proceeds.value - expected.ppf([0.05, 0.5, 0.95])) < within).all()
    chance = found.chance_of_at_least_claim
    assert abs(chance.value - expected.sf(CLAIM)) < 6 * chance.error
    women = stats.lognorm(0.8, scale=20_000).ppf([0.05, 0.5, 0.95])
    found_women = found.women_trafficked
    assert (np.abs(found_women.value - women) < 6 * found_women.error + 1e-6 * women).all()


def test_a_known_count_leaves_percentiles_read_off_the_draws():
    # nothing is integrated out then, and proceeds alone spread
    known = LOGNORMAL | {"north_koreans_in_china": [50_000] * 3}
    found = simulate(known, claim=CLAIM, draws=2**15, seed=2)
    expected = stats.lognorm(0.5, scale=50_000 * 0.8 * 0.5 * 4_000)
    proceeds, chance = found.annual_proceeds, found.chance_of_at_least_claim
    gap = np.abs(proceeds.value - expected.ppf([0.05, 0.5, 0.95]))
    assert (gap < 6 * proceeds.error).all()
    assert (proceeds.error < 0.001 * proceeds.value).all()
    assert abs(chance.value - expected.sf(CLAIM)) < 6 * chance.error + 1e-4


def test_few_quasi_random_draws_reach_a_fifth_of_a_percent():
    found = simulate(RANGES, claim=CLAIM, draws=2**14, seed=3)
    assert (found.annual_proceeds.error < 0.002 * found.annual_proceeds.value).all()


@pytest.mark.parametrize("rank", [0.0, -0.5])
def test_integrating_an_input_out_agrees_with_plain_draws(rank):
    # plain random draws by numpy alone, in 16 batches whose spread is their error
    correlation = np.eye(4)
    correlation[0, 2] = correlation[2, 0] = 2 * math.sin(math.pi * rank / 6)
    rng, batches = np.random.default_rng(4), []
    for _ in range(16):
        scores = rng.multivariate_normal(np.zeros(4), correlation, size=2**16).T
        drawn = [q.from_normal(row) for q, row in zip(read_inputs(RANGES), scores, strict=True)]
        women = np.percentile(math.prod(drawn[:3]), [5, 50, 95])
        proceeds = math.prod(drawn)
        chance = (proceeds >= CLAIM).mean()
        batches.append([*women, *np.percentile(proceeds, [5, 50, 95]), chance])
    plain, error = np.mean(batches, axis=0), np.std(batches, axis=0, ddof=1) / 4
    pair = {"north_koreans_in_china, trafficked_share": rank}
    found = simulate(RANGES, claim=CLAIM, draws=2**14, seed=4, rank_correlation=pair)
    answers = found.women_trafficked, found.annual_proceeds, found.chance_of_at_least_claim
    value = np.hstack([answer.value for answer in answers])
    spread = np.hypot(np.hstack([answer.error for answer in answers]), error)
    assert (np.abs(value - plain) < 6 * spread).all()


def test_the_standard_error_is_honest():
    # 40 runs: the z scores of the median against the closed form have a spread near 1
    runs = [
        simulate(LOGNORMAL, claim=CLAIM, draws=2048, seed=seed).annual_proceeds
        for seed in range(40)
    ]
    median = 50_000 * 0.8 * 0.5 * 4_000
    scores = [(run.value[1] - median) / run.error[1] for run in runs]
    assert 0.6 < np.std(scores) < 1.6
    assert abs(np.mean(scores)) < 0.8


def test_a_zero_low_bound_reaches_the_answers():
    inputs = RANGES | {"trafficked_share": [0, 0.6, 0.8]}
    found = simulate(inputs, claim=CLAIM, draws=2**14, seed=5)
    assert [quantity.note for quantity in found.inputs].count("") == 3
    assert (found.sample["women_trafficked"] == 0).mean() == pytest.approx(0.05, abs=0.002)
    inputs = RANGES | {"trafficked_share": [0, 0, 0.8]}
    found = simulate(inputs, claim=CLAIM, draws=2**14, seed=5)
    assert found.women_trafficked.value[0] == 0
    assert found.proceeds_per_woman_implied_by_claim.value[2] == math.inf


def test_the_same_seed_gives_the_same_answer():
    first, second = (simulate(RANGES, claim=CLAIM, draws=4096, seed=9) for _ in range(2))
    assert first.annual_proceeds.value.tolist() == second.annual_proceeds.value.tolist()


def test_the_sample_holds_inputs_and_outputs_and_stays_small():
    found = simulate(RANGES, claim=CLAIM, draws=300_000, seed=6)
    sample = found.sample
    assert 50_000 < len(sample["annual_proceeds"]) <= 2**17
    by_hand = sample["north_koreans_in_china"] * sample["women_share"] * sample["trafficked_share"]
    assert_allclose(sample["annual_proceeds"], by_hand * sample["proceeds_per_woman"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"women_share": [0.5, 0.8, 1.1]}, r"^women_share: a share lies between 0 and 1"),
        ({"proceeds_per_woman": [9, 5, 10]}, r"^proceeds_per_woman: expected low <= central"),
        ({"price": [1, 2, 3]}, r"^inputs: expected north_koreans_in_china, .* found .*price"),
    ],
)
def test_bad_inputs_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        simulate(RANGES | change, claim=CLAIM, draws=2048, seed=1)


def test_a_missing_input_and_a_claim_of_nothing_are_named():
    with pytest.raises(ValueError, match=r"^inputs: expected .* found women_share$"):
        read_inputs({"women_share": [0.1, 0.2, 0.3]})
    with pytest.raises(ValueError, match=r"^claim: expected an amount above 0, found 0"):
        simulate(RANGES, claim=0, draws=2048, seed=1)


def test_implied_turns_percentiles_round():
    assert implied(100, [0, 5, 20]).tolist() == [5, 20, math.inf]


@pytest.mark.parametrize(
    ("shares", "weights", "message"),
    [
        ([0.6, 0.5], [1, 1], r"^channel_shares: expected a sum of at most 1, found 1.1$"),
        ([0.6, -0.1], [1, 1], r"^channel_shares: expected no figure below 0, found -0.1$"),
        ([0.6, 0.1], [1, -2], r"^channel_weights: expected no figure below 0, found -2$"),
        ([0.6, 0.1], [1], r"^channel_weights: expected 2 \(marriage, cybersex\), found 1$"),
        ([0.6, 0.4], [0, 0], r"^channel_weights: expected one above 0"),
    ],
)
def test_bad_channels_are_named(shares, weights, message):
    with pytest.raises(ValueError, match=message):
        check_channels(["marriage", "cybersex"], shares, weights)
