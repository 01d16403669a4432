"""Poisson log-linear models, fitted to many tables or many models at once.

The expected number of people in cell c is ``exp(sum of the terms contained in c)``; the intercept
is therefore the log of the expected number on no list. Everything works on arrays whose first axis
is the replicate: bootstrap tables, simulated tables, or candidate models of one table. Because the
design is the subset lattice, the information matrix needs no design matrix: its entry for terms a
and b is the fitted total of the cells that contain both.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import gammaln

from helpers.hidden.existence import exists
from helpers.hidden.lattice import over_subsets, over_supersets

MOST_STEPS = 200
MOST_HALVINGS = 30  # of one step
# where no estimate exists some fitted mean runs to zero; when the fit comes to rest that mean is
# about 1e-13 of the people observed, so that one above this share shows that an estimate exists
CERTAIN_SHARE = 1e-9


class Rows:
    """A dataclass of arrays that share their first axis, and are indexed together along it."""

    def __getitem__(self, rows):
        """Keep some replicates only."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    def __setitem__(self, rows, other):
        """Take over the arrays of the same names of ``other``, which may have more."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)


@dataclass
class Existence(Rows):
    """Whether the estimates of models exist, one per replicate.

    Attributes
    ----------
    sound : numpy.ndarray of bool, shape (replicates,)
        Whether the estimate is known to exist and to be unique.
    unsettled : numpy.ndarray of bool, shape (replicates,)
        Whether existence still has to be asked of the linear programme (see `settle`).
    converged : numpy.ndarray of bool, shape (replicates,)
        Whether the fit came to rest; it cannot where no estimate exists.
    """

    sound: np.ndarray
    unsettled: np.ndarray
    converged: np.ndarray


@dataclass
class Fits(Existence):
    """Fitted models, one per replicate.

    Attributes
    ----------
    hidden : numpy.ndarray, shape (replicates,)
        Expected number of people on no list.
    fitted : numpy.ndarray, shape (replicates, 2**lists)
        Expected people per cell; 0 where a term is minus infinity.
    coefficient : numpy.ndarray, shape (replicates, 2**lists)
        Finite estimates, placed at the bit mask of their term.
    loglik : numpy.ndarray, shape (replicates,)
        Poisson log-likelihood.
    """

    hidden: np.ndarray
    fitted: np.ndarray
    coefficient: np.ndarray
    loglik: np.ndarray


@dataclass
class _Step(Rows):
    """Where the search for each model's estimate stands."""

    beta: np.ndarray  # coefficients, in the order of the terms
    mean: np.ndarray  # expected people per cell
    value: np.ndarray  # log-likelihood without its constant


@dataclass
class _Problem(Rows):
    """The tables, terms and cells of the replicates that are still being fitted."""

    counts: np.ndarray
    terms: np.ndarray
    free: np.ndarray  # terms to be estimated
    keep: np.ndarray  # cells that are observed, and not held at zero by a term at minus infinity
    offset: np.ndarray
    wanted: np.ndarray  # totals that the fit has to reproduce

    @classmethod
    def pose(cls, counts, terms, log_hidden):
        given = terms >= 0
        terms = np.where(given, terms, 0)
        seen = np.take_along_axis(over_supersets(counts), terms, 1)
        empty = given & (seen == 0)
        free = given & ~empty
        keep = np.ones(counts.shape, dtype=bool)
        if empty.any():
            rows, places = np.nonzero(empty)
            at_infinity = np.zeros(counts.shape)
            at_infinity[rows, terms[rows, places]] = 1.0
            keep = over_subsets(at_infinity) == 0
        keep[:, 0] = False
        offset = np.zeros((len(counts), 1))
        if log_hidden is not None:
            offset[:, 0] = log_hidden
            free[:, 0] = False
        return cls(counts, terms, free, keep, offset, np.where(free, seen, 0.0))

    def totals(self, cells):
        return np.take_along_axis(over_supersets(cells), self.terms, 1)

    def at(self, beta) -> _Step:
        spread = np.zeros(self.counts.shape)
        rows, places = np.nonzero(self.free)
        spread[rows, self.terms[rows, places]] = beta[rows, places]
        log_mean = np.clip(over_subsets(spread) + self.offset, -700.0, 700.0)
        mean = np.where(self.keep, np.exp(log_mean), 0.0)
        value = (self.counts * log_mean * self.keep).sum(axis=1) - mean.sum(axis=1)
        return _Step(beta, mean, value)

    def information(self, weight):
        matrix = _information(over_supersets(weight), self.terms, self.free)
        # a whisper of a ridge keeps the solver going while an estimate runs to infinity
        places = range(self.terms.shape[1])
        matrix[:, places, places] *= 1 + 1e-12
        return matrix

    def start(self):
        """One weighted least-squares step from the counts themselves."""
        weight = (self.counts + 0.5) * self.keep
        target = np.log(self.counts + 0.5) - self.offset
        right = np.where(self.free, self.totals(weight * target), 0.0)
        return np.linalg.solve(self.information(weight), right[..., None])[..., 0]

    def step(self, now: _Step) -> tuple[_Step, np.ndarray]:
        """One step of Newton's method, and what it promised to add to the log-likelihood, twice."""
        slope = np.where(self.free, self.wanted - self.totals(now.mean), 0.0)
        step = np.linalg.solve(self.information(now.mean), slope[..., None])[..., 0]
        length = np.ones(len(step))
        trial = self.at(now.beta + step)
        for _ in range(MOST_HALVINGS):
            worse = trial.value < now.value - 1e-9 * (1 + np.abs(now.value))
            if not worse.any():
                break
            length[worse] /= 2
            trial = self.at(now.beta + length[:, None] * step)
        return trial, (step * slope).sum(axis=1)


def fit_models(counts, terms, start=None, log_hidden=None) -> Fits:
    """Fit one Poisson log-linear model per replicate by Newton's method.

    Parameters
    ----------
    counts : numpy.ndarray, shape (replicates, 2**lists)
        People per cell, by bit mask; column 0 is ignored.
    terms : numpy.ndarray of int, shape (replicates, size)
        Bit masks of a hierarchical model's terms, the intercept (0) first; -1 fills unused places.
        A term whose own total is zero is fixed at minus infinity and its cells are taken out.
    start : numpy.ndarray, shape (replicates, size), optional
        Coefficients to start from.
    log_hidden : numpy.ndarray, shape (replicates,), optional
        Hold the intercept at this value instead of estimating it (for profile intervals).

    Returns
    -------
    Fits
        ``sound`` is False where the model is not identifiable, or where existence is doubtful;
        call `settle` to resolve the doubtful ones.
    """
    counts = np.array(counts, dtype=float)
    counts[:, 0] = 0.0
    problem = _Problem.pose(counts, terms, log_hidden)
    identifiable = _identifiable(problem) if log_hidden is None else np.full(len(counts), True)
    sound, converged = np.zeros((2, len(counts)), dtype=bool)
    end = _Step(np.zeros(terms.shape), np.zeros(counts.shape), np.full(len(counts), -np.inf))
    live = np.flatnonzero(identifiable)
    problem = problem[live]
    now = problem.at(problem.start() if start is None else np.where(problem.free, start[live], 0.0))
    for _ in range(MOST_STEPS):
        if not live.size:
            break
        now, promise = problem.step(now)
        people = problem.counts.sum(axis=1)
        done = promise < 1e-14 * (1 + people)
        if done.any():
            rows = live[done]
            end[rows] = now[done]
            converged[rows] = True
            lowest = np.where(problem.keep[done], now.mean[done], np.inf).min(axis=1)
            sound[rows] = lowest > CERTAIN_SHARE * people[done]
            live, problem, now = live[~done], problem[~done], now[~done]
    end[live] = now
    coefficient = np.zeros_like(counts)
    rows, places = np.nonzero(terms >= 0)
    coefficient[rows, terms[rows, places]] = end.beta[rows, places]
    log_mean = end.beta[:, 0] if log_hidden is None else np.asarray(log_hidden, dtype=float)
    return Fits(
        sound=sound,
        unsettled=identifiable & ~sound,
        converged=converged,
        hidden=np.where(identifiable, np.exp(np.clip(log_mean, -700, 700)), np.nan),
        fitted=end.mean,
        coefficient=coefficient,
        loglik=end.value - gammaln(counts + 1).sum(axis=1),
    )


def log_error(fits: Fits, terms) -> np.ndarray:
    """Return the standard error of the log hidden number, given the model; nan if none exists.

    Parameters
    ----------
    fits : Fits
    terms : numpy.ndarray of int, shape (replicates, size)
        The terms that were fitted.
    """
    rows = np.flatnonzero(fits.sound)
    totals = over_supersets(fits.fitted[rows])
    model = np.maximum(terms[rows], 0)
    free = (terms[rows] >= 0) & (np.take_along_axis(totals, model, 1) > 0)
    matrix = _information(totals, model, free)
    first = np.zeros(model.shape)
    first[:, 0] = 1.0
    error = np.full(len(terms), np.nan)
    error[rows] = np.sqrt(np.linalg.solve(matrix, first[..., None])[:, 0, 0])
    return error


def _information(totals, model, free) -> np.ndarray:
    """Information matrices, shape (replicates, size, size); unused places get a 1."""
    replicates, size = model.shape
    union = (model[:, :, None] | model[:, None, :]).reshape(replicates, size * size)
    matrix = np.take_along_axis(totals, union, 1).reshape(replicates, size, size)
    matrix[~(free[:, :, None] & free[:, None, :])] = 0.0
    matrix[:, range(size), range(size)] += np.where(free, 0.0, 1.0)
    return matrix


def _identifiable(problem) -> np.ndarray:
    """Whether the finite terms of a hierarchical model are told apart by the cells that stay.

    The cells that equal a term pin every coefficient of a null vector to the intercept's, with
    alternating signs; the model is identifiable when some other cell contradicts that vector.
    """
    sign = (-1.0) ** np.bitwise_count(problem.terms)
    spread = np.zeros(problem.counts.shape)
    rows, places = np.nonzero(problem.free)
    spread[rows, problem.terms[rows, places]] = sign[rows, places]
    return (problem.keep & (np.abs(over_subsets(spread)) > 0.5)).any(axis=1)


def settle(known: Existence, counts, terms, rows) -> None:
    """Ask the linear programme about the doubtful models among ``rows``; updates ``known.sound``.

    Raises
    ------
    RuntimeError
        If an estimate exists but the fit did not reach it.
    """
    for row in np.atleast_1d(rows):
        if known.unsettled[row]:
            support = np.asarray(counts[row] > 0)
            support[0] = False
            model = tuple(int(t) for t in terms[row] if t >= 0)
            known.sound[row] = exists(support.tobytes(), model)
            known.unsettled[row] = False
            if known.sound[row] and not known.converged[row]:
                raise RuntimeError(f"model {model}: not converged after {MOST_STEPS} steps")
