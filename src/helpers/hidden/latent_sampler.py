"""The sampler behind `helpers.hidden.latent_classes`, many tables and chains side by side.

The Gibbs sampler of Manrique-Vallier (2016) draws, given the classes, who belongs to which and how
many are hidden, and given these the classes anew. Tables of overlapping lists often have several
explanations, between which it does not move; then every chain tells what it happened to start
from. So it is helped by jumps (`helpers.hidden.latent_moves`), and by companions of each chain that
see only a part of the people and hence wander freely, with which it may exchange its classes
(parallel tempering: Geyer 1991; Earl and Deem 2005, Physical Chemistry Chemical Physics 7).
"""

import numpy as np
from scipy.special import expit, logit

from helpers.hidden.latent_moves import relabel, renew, stretch
from helpers.hidden.latent_state import CONCENTRATION, LEAST, MOST, TINY, Seen, State

COMPANIONS = 10  # a chain and those that see less and less
LEAST_SEEN = 0.05  # share of the people that the last companion sees
GOLDEN = 0.618034  # rounds the cells of a companion up or down, each at another share


def sample(
    counts, chains: int, kept: int, warmup: int, thin: int, classes: int, rng: np.random.Generator
) -> np.ndarray:
    """Run chains for each table.

    Parameters
    ----------
    counts : numpy.ndarray, shape (tables, 2**lists)
        People per combination of lists, by bit mask.
    chains, kept, warmup, thin, classes : int
        Chains for each table, draws kept of each; and as for
        `helpers.hidden.latent_classes.latent_classes`.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray, shape (tables, chains, kept)
        People on no list.
    """
    tables, lists = len(counts), int(counts.shape[1]).bit_length() - 1
    cells = np.flatnonzero(counts.any(axis=0))
    member = (cells[:, None] >> np.arange(lists) & 1).astype(float)
    seen = Seen(member, _companions(counts[:, cells], chains))
    pairs = [_neighbours(seen, first) for first in (0, 1)]
    state = _start(seen, classes, rng)
    answer = np.empty((tables * chains, kept))
    for sweep in range(-warmup, kept * thin):
        hidden = _gibbs(state, seen, rng)
        if classes > 1:
            stretch(state, seen, rng)
            relabel(state, rng)
            renew(state, seen, rng)
        _exchange(state, *pairs[sweep % 2], rng)
        if sweep >= 0 and sweep % thin == 0:
            answer[:, sweep // thin] = hidden[::COMPANIONS]
    return answer.reshape(tables, chains, kept)


def _companions(people, chains) -> np.ndarray:
    """People as the chains and their companions see them: each chain, then its companions."""
    share = np.geomspace(1, LEAST_SEEN, COMPANIONS)[:, None]
    rounding = np.arange(people.shape[1]) * GOLDEN % 1
    parts = np.floor(people[:, None] * share + np.where(share < 1, rounding, 0)).astype(np.int64)
    parts[parts.sum(axis=2) == 0, 0] = 1  # a companion sees somebody
    return np.repeat(parts[:, None], chains, axis=1).reshape(-1, people.shape[1])


def _start(seen, classes, rng) -> State:
    """Begin from populations of one to ten times those seen, with classes strewn around them."""
    rows, lists = len(seen.people), seen.member.shape[1]
    multiple = np.exp(rng.uniform(0, np.log(10), (rows, 1, 1)))
    listed = (seen.people @ seen.member / seen.total[:, None])[:, None] / multiple
    spread = rng.standard_normal((rows, classes, lists))
    chance = np.clip(expit(logit(np.clip(listed, LEAST, MOST)) + spread), LEAST, MOST)
    stick = rng.beta(1, 0.5, (rows, classes - 1))
    return State(_log_shares(stick), chance, np.ones(rows), np.zeros(rows))


def _log_shares(stick) -> np.ndarray:
    stick = np.clip(stick, TINY, 1 - 1e-15)
    log_share = np.zeros((len(stick), stick.shape[1] + 1))
    log_share[:, :-1] = np.log(stick)
    log_share[:, 1:] += np.log1p(-stick).cumsum(axis=1)
    return log_share


def _gibbs(state: State, seen: Seen, rng) -> np.ndarray:
    """Renew the classes; return the hidden people drawn on the way."""
    weight, nowhere = seen.weights(state.log_share, state.chance)
    by_class = rng.multinomial(seen.people, weight / weight.sum(axis=2, keepdims=True))
    missed = nowhere.sum(axis=1)
    hidden = rng.negative_binomial(seen.total, 1 - np.minimum(missed, MOST))
    size = by_class.sum(axis=1) + rng.multinomial(hidden, nowhere / missed[:, None])
    on = by_class.transpose(0, 2, 1) @ seen.member
    state.chance = np.clip(rng.beta(1 + on, 1 + size[:, :, None] - on), LEAST, MOST)
    later = size[:, ::-1].cumsum(axis=1)[:, -2::-1]
    stick = rng.beta(1 + size[:, :-1], state.concentration[:, None] + later)
    state.log_share = _log_shares(stick)
    shape = CONCENTRATION + size.shape[1] - 1
    state.concentration = rng.gamma(shape, 1 / (CONCENTRATION - state.log_share[:, -1]))
    state.fit = seen.log_likelihood(state.log_share, state.chance)
    return hidden


def _neighbours(seen: Seen, first: int):
    """Every other pair of a chain and its companions, and the people as each sees its partner's."""
    places = np.arange(len(seen.people)).reshape(-1, COMPANIONS)
    one = places[:, first : COMPANIONS - 1 : 2].ravel()
    other = places[:, first + 1 :: 2].ravel()
    partner = places.ravel().copy()
    partner[one], partner[other] = other, one
    return one, other, Seen(seen.member, seen.people[partner])


def _exchange(state: State, one, other, swapped: Seen, rng) -> None:
    """Let pairs of neighbours change classes."""
    fit = swapped.log_likelihood(state.log_share, state.chance)
    ratio = fit[one] + fit[other] - state.fit[one] - state.fit[other]
    taken = np.log(rng.random(one.size)) < ratio
    mine, theirs = one[taken], other[taken]
    changing = np.append(mine, theirs)
    state.fit[changing] = fit[changing]  # of its classes, on the people they go to
    state.take_over(state, changing, np.append(theirs, mine))
