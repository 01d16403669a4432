"""Model averaging over decomposable graphs: exact and in closed form, for three to five lists.

A graph says which lists depend on each other directly. For decomposable (chordal) graphs and a
hyper-Dirichlet prior the likelihood of a completed table has a closed form, so the posterior of the
hidden number is a finite sum over all graphs: Madigan and York (1997, Biometrika 84, 19-31). It is
a second opinion that shares neither model choice nor large-sample intervals with the log-linear
estimates; it averages over the dependences it can see and still assumes that everyone could be on
some list.

The graph that joins every list to every other is left out: it allows a dependence of all lists at
once, so that the people seen say nothing about those on no list. What it gives back is the prior
of the empty cell, which falls off steeply from zero: with it, data that no other graph fits well
say that nobody is hidden.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy.special import gammaln, logsumexp

from helpers.hidden.lists import NotEstimable, Overlaps

MOST_LISTS = 5
LARGEST_MULTIPLE = 30
NEAR_THE_CUT = 0.95  # share of the largest hidden number tried
MOST_TRIALS = 4_000  # steps of at most 0.75% of the people seen


@dataclass(frozen=True)
class DecomposablePosterior:
    """Posterior of the population, averaged over decomposable graphs.

    Attributes
    ----------
    population : numpy.ndarray, shape (trials,)
        Trial sizes of the population (people).
    probability : numpy.ndarray, shape (trials,)
        Their posterior probabilities, summing to 1.
    graphs : tuple of tuple of str
        Edges of each graph, such as ``("A:B", "B:C")``, most probable first; all but the complete.
    graph_probability : numpy.ndarray, shape (graphs,)
        Posterior probability of each graph among all, the complete one included.
    unidentified : float
        Posterior probability of the complete graph, which carries no weight in the average. Near 1
        the lists depend on each other in a way that no other graph describes.
    """

    population: np.ndarray
    probability: np.ndarray
    graphs: tuple[tuple[str, ...], ...]
    graph_probability: np.ndarray
    unidentified: float

    def quantile(self, share: float) -> float:
        """Smallest trial size with at least this share of the probability at or below it."""
        place = np.searchsorted(np.cumsum(self.probability), share - 1e-12)
        return float(self.population[min(int(place), self.population.size - 1)])

    @property
    def terms(self) -> tuple[str, ...]:
        """Edges of the most probable graph."""
        return self.graphs[0]

    @property
    def estimate(self) -> float:
        """Posterior median (people)."""
        return self.quantile(0.5)

    @property
    def low(self) -> float:
        """Lower end of the central 95% range (people)."""
        return self.quantile(0.025)

    @property
    def high(self) -> float:
        """Upper end of the central 95% range (people)."""
        return self.quantile(0.975)


@lru_cache(maxsize=8)
def decomposable_graphs(lists: int) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Every decomposable graph: its edges, and how often each subset of lists enters.

    A graph is decomposable when its vertices can be removed one at a time, each with neighbours
    that are all joined to each other. The likelihood is then a product over that order of
    (vertex and neighbours) divided by (neighbours); the second entry counts these subsets, by bit
    mask. The last is the complete graph, which joins all lists.
    """
    pairs = [1 << i | 1 << j for i, j in combinations(range(lists), 2)]
    found = []
    for size in range(len(pairs) + 1):
        for edges in combinations(pairs, size):
            power = [0] * 2**lists
            left = list(range(lists))
            while left:
                for vertex in left:
                    near = [v for v in left if v != vertex and (1 << v | 1 << vertex) in edges]
                    if all((1 << a | 1 << b) in edges for a, b in combinations(near, 2)):
                        rest = sum(1 << v for v in near)
                        power[rest | 1 << vertex] += 1
                        power[rest] -= 1
                        left.remove(vertex)
                        break
                else:
                    break
            if not left:
                found.append((edges, tuple(power)))
    return tuple(found)


def _margin_likelihoods(counts, trials, prior_count) -> np.ndarray:
    """Log marginal likelihood of each subset of lists, shape (2**lists, trials)."""
    lists = int(counts.size).bit_length() - 1
    cells = np.arange(counts.size)
    people = counts.sum() + trials
    answer = np.zeros((counts.size, trials.size))
    for subset in range(1, counts.size):
        weight = prior_count * 2.0 ** (lists - subset.bit_count())
        table = np.bincount(cells & subset, weights=counts, minlength=counts.size)
        kept = [c for c in range(counts.size) if c & subset == c]
        total = weight * len(kept)
        answer[subset] = gammaln(table[0] + trials + weight) + sum(
            gammaln(table[c] + weight) for c in kept if c
        )
        answer[subset] -= gammaln(people + total) - gammaln(total) + len(kept) * gammaln(weight)
    return answer


def default_trials(observed: int, trials: int = MOST_TRIALS) -> np.ndarray:
    """Hidden numbers to try: up to 30 times the people seen, all of them or evenly thinned."""
    most = LARGEST_MULTIPLE * observed
    return np.unique(np.round(np.linspace(0, most, min(most + 1, trials)))).astype(float)


def decomposable_average(
    overlaps: Overlaps,
    *,
    prior_count: float | None = None,
    hidden=None,
    log_prior=None,
    trials: int = MOST_TRIALS,
) -> DecomposablePosterior:
    """Average over the decomposable graphs on three to five lists, all but the complete one.

    Parameters
    ----------
    overlaps : Overlaps
        A list-overlap table, from `lists.check_table`.
    prior_count : float, optional
        Prior people per cell of the hyper-Dirichlet prior (default: one person in all, spread over
        ``2**lists`` cells).
    hidden : array_like, optional
        Hidden numbers to try (people, 0 or more; default: see `default_trials`). The posterior is
        cut off at the largest, which matters where the data leave the hidden number open.
    trials : int
        How many hidden numbers to try by default.
    log_prior : array_like, optional
        Log prior of each hidden number (default: one over the population).

    Returns
    -------
    DecomposablePosterior

    Raises
    ------
    ValueError
        If the prior or the hidden numbers are not as described.
    NotEstimable
        If it has fewer than three or more than five lists, or, with the default hidden numbers,
        the upper end of the range is nothing but the largest of them.
    """
    lists = len(overlaps.names)
    if not 3 <= lists <= MOST_LISTS:
        raise NotEstimable(f"lists: found {lists}, expected three to five for decomposable graphs")
    if hidden is None:
        trials = default_trials(overlaps.observed, trials)
    else:
        trials = np.asarray(hidden, float)
    if trials.ndim != 1 or not trials.size or (trials < 0).any():
        raise ValueError("hidden: expected a list of numbers of people, 0 or more")
    weight = 2.0**-lists if prior_count is None else float(prior_count)
    if weight <= 0:
        raise ValueError(f"prior_count: found {prior_count}, expected a positive number")
    people = overlaps.observed + trials
    prior = -np.log(people) if log_prior is None else np.asarray(log_prior, dtype=float)
    shared = gammaln(people + 1) - gammaln(trials + 1) + prior
    parts = _margin_likelihoods(overlaps.counts, trials, weight)
    graphs = decomposable_graphs(lists)
    power = np.array([subset_power for _, subset_power in graphs], dtype=float)
    by_trial = np.empty(trials.size)
    by_graph = np.full(len(graphs), -np.inf)
    for first in range(0, trials.size, 2000):
        part = slice(first, first + 2000)
        joint = power @ parts[:, part] + shared[part]
        by_trial[part] = logsumexp(joint[:-1], axis=0)  # the complete graph identifies nothing
        by_graph = np.logaddexp(by_graph, logsumexp(joint, axis=1))
    graph_probability = np.exp(by_graph - logsumexp(by_graph))
    *graph_probability, unidentified = graph_probability
    order = np.argsort(-np.array(graph_probability), kind="stable")
    posterior = DecomposablePosterior(
        population=people,
        probability=np.exp(by_trial - logsumexp(by_trial)),
        graphs=tuple(tuple(overlaps.label(e) for e in graphs[k][0]) for k in order),
        graph_probability=np.array(graph_probability)[order],
        unidentified=float(unidentified),
    )
    if hidden is None and posterior.high - overlaps.observed > NEAR_THE_CUT * trials[-1]:
        raise NotEstimable(
            f"the lists do not bound the hidden number: the range still ends at the cut of "
            f"{trials[-1]:,.0f} people, {LARGEST_MULTIPLE} times those seen"
        )
    return posterior
