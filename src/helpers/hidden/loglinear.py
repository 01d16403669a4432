"""Poisson log-linear models, fitted to many tables or many models at once.

The expected number of people in cell c is ``exp(sum of the terms contained in c)``; the intercept
is therefore the log of the expected number on no list. Everything works on arrays whose first axis
is the replicate: bootstrap tables, simulated tables, or candidate models of one table. Because the
design is the subset lattice, the information matrix needs no design matrix: its entry for terms a
and b is the fitted total of the cells that contain both.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from helpers.hidden.existence import exists
from helpers.hidden.lattice import over_subsets, over_supersets

MOST_STEPS = 200
# where no estimate exists some fitted mean runs to zero; when the fit comes to rest that mean is
# about 1e-13 of the people observed, so that one above this share shows that an estimate exists
CERTAIN_SHARE = 1e-9


@dataclass
class Fits:
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
    sound : numpy.ndarray of bool, shape (replicates,)
        Whether the estimate is known to exist and to be unique.
    unsettled : numpy.ndarray of bool, shape (replicates,)
        Whether existence still has to be asked of the linear programme (see `settle`).
    converged : numpy.ndarray of bool, shape (replicates,)
        Whether the fit came to rest; it cannot where no estimate exists.
    """

    hidden: np.ndarray
    fitted: np.ndarray
    coefficient: np.ndarray
    loglik: np.ndarray
    sound: np.ndarray
    unsettled: np.ndarray
    converged: np.ndarray


class _Problem:
    """The tables, terms and cells of the replicates that are still being fitted."""

    def __init__(self, counts, terms, offset):
        given = terms >= 0
        self.terms = np.where(given, terms, 0)
        empty = given & (np.take_along_axis(over_supersets(counts), self.terms, 1) == 0)
        self.free = given & ~empty
        self.keep = np.ones(counts.shape, dtype=bool)
        if empty.any():
            rows, places = np.nonzero(empty)
            at_infinity = np.zeros(counts.shape)
            at_infinity[rows, self.terms[rows, places]] = 1.0
            self.keep = over_subsets(at_infinity) == 0
        self.counts = counts
        self.keep[:, 0] = False
        self.held = offset is not None
        self.offset = np.zeros((len(counts), 1))
        if self.held:
            self.offset[:, 0] = offset
            self.free[:, 0] = False
        self.wanted = np.where(self.free, self.totals(self.counts), 0.0)

    def select(self, rows):
        for name in ("terms", "free", "keep", "counts", "offset", "wanted"):
            setattr(self, name, getattr(self, name)[rows])

    def totals(self, cells):
        return np.take_along_axis(over_supersets(cells), self.terms, 1)

    def means(self, beta):
        spread = np.zeros(self.counts.shape)
        rows, places = np.nonzero(self.free)
        spread[rows, self.terms[rows, places]] = beta[rows, places]
        log_mean = np.clip(over_subsets(spread) + self.offset, -700.0, 700.0)
        mean = np.where(self.keep, np.exp(log_mean), 0.0)
        return mean, (self.counts * log_mean * self.keep).sum(axis=1) - mean.sum(axis=1)

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
    replicates, size = terms.shape
    counts = np.array(counts, dtype=float)
    counts[:, 0] = 0.0
    problem = _Problem(counts, terms, log_hidden)
    identifiable = _identifiable(problem)
    beta = np.zeros((replicates, size))
    mean = np.zeros_like(counts)
    loglik = np.full(replicates, -np.inf)
    sound = np.zeros(replicates, dtype=bool)
    converged = np.zeros(replicates, dtype=bool)
    live = np.flatnonzero(identifiable)
    problem.select(live)
    current = problem.start() if start is None else np.where(problem.free, start[live], 0.0)
    fitted, value = problem.means(current)
    for _ in range(MOST_STEPS):
        if not live.size:
            break
        slope = np.where(problem.free, problem.wanted - problem.totals(fitted), 0.0)
        step = np.linalg.solve(problem.information(fitted), slope[..., None])[..., 0]
        promise = (step * slope).sum(axis=1)
        trial, (new_fitted, new_value) = current + step, problem.means(current + step)
        shorter = np.ones(live.size)
        for _ in range(30):
            worse = new_value < value - 1e-9 * (1 + np.abs(value))
            if not worse.any():
                break
            shorter[worse] /= 2
            trial = current + shorter[:, None] * step
            new_fitted, new_value = problem.means(trial)
        current, fitted, value = trial, new_fitted, new_value
        people = problem.counts.sum(axis=1)
        done = promise < 1e-14 * (1 + people)
        if done.any():
            rows = live[done]
            beta[rows], mean[rows], loglik[rows] = current[done], fitted[done], value[done]
            converged[rows] = True
            lowest = np.where(problem.keep[done], fitted[done], np.inf).min(axis=1)
            sound[rows] = lowest > CERTAIN_SHARE * people[done]
            problem.select(~done)
            live, current, fitted, value = (a[~done] for a in (live, current, fitted, value))
    beta[live], mean[live], loglik[live] = current, fitted, value
    coefficient = np.zeros_like(counts)
    rows, places = np.nonzero(terms >= 0)
    coefficient[rows, terms[rows, places]] = beta[rows, places]
    loglik -= gammaln(counts + 1).sum(axis=1)
    log_mean = beta[:, 0] if log_hidden is None else np.asarray(log_hidden, dtype=float)
    hidden = np.where(identifiable, np.exp(np.clip(log_mean, -700, 700)), np.nan)
    return Fits(hidden, mean, coefficient, loglik, sound, identifiable & ~sound, converged)


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
    if problem.held:
        return np.ones(len(problem.counts), dtype=bool)
    sign = (-1.0) ** np.bitwise_count(problem.terms)
    spread = np.zeros(problem.counts.shape)
    rows, places = np.nonzero(problem.free)
    spread[rows, problem.terms[rows, places]] = sign[rows, places]
    return (problem.keep & (np.abs(over_subsets(spread)) > 0.5)).any(axis=1)


def settle(fits: Fits, counts, terms, rows) -> None:
    """Ask the linear programme about the doubtful models among ``rows``; updates ``fits.sound``.

    Raises
    ------
    RuntimeError
        If an estimate exists but the fit did not reach it.
    """
    for row in np.atleast_1d(rows):
        if fits.unsettled[row]:
            support = np.asarray(counts[row] > 0)
            support[0] = False
            model = tuple(int(t) for t in terms[row] if t >= 0)
            fits.sound[row] = exists(support.tobytes(), model)
            fits.unsettled[row] = False
            if fits.sound[row] and not fits.converged[row]:
                raise RuntimeError(f"model {model}: not converged after {MOST_STEPS} steps")
