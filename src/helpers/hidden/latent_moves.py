"""Jumps of the sampler of latent classes, by the rule of Metropolis and Hastings.

All leave the hidden people out of account (their number is drawn anew afterwards), and all are
there because the Gibbs sampler alone does not get from one explanation of a table to another.
"""

import numpy as np
from scipy.special import expit, logit

from helpers.hidden.latent_state import LEAST, MOST, TINY, Seen, State

STRETCH = 0.7  # usual step, on the log of a class's size
RARE = 20  # a list that a new class hardly knows: chances of Beta(1, 20), half of the time
SMALL = 0.1  # size of a new class: Beta(0.1, 1)


def stretch(state: State, seen: Seen, rng: np.random.Generator) -> None:
    """Let one class grow while it is listed more rarely, or the reverse.

    It is the direction in which the data say least. A class is chosen as often as it is large.
    """
    chains, classes = state.log_share.shape
    rows = np.arange(chains)
    filled = np.exp(state.log_share).cumsum(axis=1)
    which = (filled < rng.random((chains, 1))).sum(axis=1).clip(0, classes - 1)
    step = STRETCH * rng.standard_normal(chains)
    log_share, chance = state.log_share.copy(), state.chance.copy()
    log_share[rows, which] += step
    norm = np.log(np.exp(log_share).sum(axis=1))
    log_share -= norm[:, None]
    old = state.chance[rows, which]
    new = np.clip(expit(logit(old) - step[:, None]), LEAST, MOST)
    chance[rows, which] = new
    # by how much the map stretches volumes, of shares and of chances; how often the class is chosen
    ratio = step - classes * norm
    ratio += (np.log(new) + np.log1p(-new) - np.log(old) - np.log1p(-old)).sum(axis=1)
    ratio += log_share[rows, which] - state.log_share[rows, which]
    _accept(state, log_share, chance, ratio, seen, rng)


def relabel(state: State, rng: np.random.Generator) -> None:
    """Let two classes change places; under stick-breaking the places differ."""
    chains, classes = state.log_share.shape
    rows = np.arange(chains)
    one, other = rng.integers(classes, size=(2, chains))
    order = np.tile(np.arange(classes), (chains, 1))
    order[rows, one], order[rows, other] = other, one
    log_share = np.take_along_axis(state.log_share, order, 1)
    chance = np.take_along_axis(state.chance, order[:, :, None], 1)
    moved = State(log_share, chance, state.concentration, state.fit)
    taken = np.log(rng.random(chains)) < moved.log_prior() - state.log_prior()
    state.take_over(moved, taken, taken)


def renew(state: State, seen: Seen, rng: np.random.Generator) -> None:
    """Put a new class in the place of any, most often of one that is all but empty."""
    chains, classes = state.log_share.shape
    rows = np.arange(chains)
    which = rng.integers(classes, size=chains)
    old, old_share = state.chance[rows, which], state.log_share[rows, which]
    shape = old.shape
    known = rng.random(shape) < 0.5
    new = np.where(known, rng.random(shape), rng.beta(1, RARE, shape)).clip(LEAST, MOST)
    new_share = np.log(np.clip(rng.beta(SMALL, 1, chains), TINY, MOST))
    others = np.log1p(-np.exp(new_share)) - np.log1p(-np.minimum(np.exp(old_share), MOST))
    log_share, chance = state.log_share + others[:, None], state.chance.copy()
    log_share[rows, which], chance[rows, which] = new_share, new
    ratio = (classes - 2) * others + (SMALL - 1) * (old_share - new_share)
    ratio += _log_density(old) - _log_density(new)
    _accept(state, log_share, chance, ratio, seen, rng)


def _log_density(chance) -> np.ndarray:
    return np.log(0.5 + 0.5 * RARE * (1 - chance) ** (RARE - 1)).sum(axis=1)


def _accept(state, log_share, chance, ratio, seen, rng) -> None:
    fit = seen.log_likelihood(log_share, chance)
    proposed = State(log_share, chance, state.concentration, fit)
    ratio = ratio + fit - state.fit
    ratio += proposed.log_prior() - state.log_prior()
    taken = np.log(rng.random(ratio.size)) < ratio
    state.take_over(proposed, taken, taken)
