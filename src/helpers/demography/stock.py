"""How many North Koreans are in China: what published counts say together, each counted once.

Model, on the log scale: count = class of method + trend * year + difference between counts + error
within the published range. The spread between counts (tau) is estimated by restricted maximum
likelihood; a bound counts as a bound, through the chance of lying beyond it.

The answer for a year mixes the classes, because nothing tells which is right. Two classes are not
like the others: one without a count near the year says nothing about it, and one that is compiled
from other counts is an echo of them, whose weight is a choice.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.expect import expect
from helpers.methods.graph.readings import read
from helpers.methods.pooling import RandomEffects, fit, log_likelihood, mixture

CENTRE_YEAR, DECADE = 2005, 10
ECHO = "compiled"  # the class that is made of other counts
REACH = 10  # years from its nearest count at which a class falls silent: the unit of the trend
BOUNDS = ("bounds", "dropped", "as numbers")


def on_log_scale(counts, range_covers=0.9, point_factor=1.5):
    """Turn published counts into logarithms with an error within each count.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns low, central, high [persons] and bound.
    range_covers : float
        Chance that a published range is taken to cover, between 0 and 1.
    point_factor : float
        A count printed without a range is taken to be known within this factor, at that chance.

    Returns
    -------
    centres, errors : numpy.ndarray
        Natural logarithms; a range without a central figure has its geometric middle.
    """
    ends = (np.log(counts[name].to_numpy(float)) for name in ("low", "central", "high"))
    return read(*ends, range_covers=range_covers, point_factor=point_factor)


@dataclass(frozen=True)
class Stock:
    """A synthesis for one year: range [persons], spread between counts, line of each class.

    `classes` holds the classes that have counts near the year, `silent` why the others have none;
    `trend` is the factor per decade.
    """

    low: float
    central: float
    high: float
    tau: float
    trend: float
    counts: int
    classes: dict
    silent: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Parts:
    """Classes with counts near a year: centre and scale on the log scale, and weight of each."""

    names: list
    means: np.ndarray
    spreads: np.ndarray
    weights: list
    silent: dict


@dataclass(frozen=True)
class Model:
    """Fitted counts; `at` says what they imply for a year."""

    rows: pd.DataFrame
    names: tuple
    trend: bool
    own_slope: tuple
    fitted: RandomEffects

    def at(self, year, *, level=0.9, echo_weight=0.0, reach=REACH):
        """Say what the counts imply for one year.

        Parameters
        ----------
        year : int
        level : float
            Share of the distribution between the ends of the range.
        echo_weight : float
            Weight in the mixture of the class compiled from other counts, relative to 1 for every
            other. At 0 its counts still bear on trend and spread.
        reach : float
            Years from its nearest count at which a class falls silent.

        Returns
        -------
        Stock
            The range is for one further count of a class drawn at random, not for the mean of
            counts: nothing tells which class is right.

        Raises
        ------
        ValueError
            If the year lies outside the years of the counts, or no class with a weight is near it.
        """
        parts = self.parts(year, echo_weight=echo_weight, reach=reach)
        names, means, spreads = parts.names, parts.means, parts.spreads
        freedom = self.fitted.freedom
        low, central, high = np.exp(mixture(means, spreads, freedom, level, parts.weights)).tolist()
        by_class = {
            name: tuple(np.exp(mixture([m], [s], freedom, level)).tolist())
            for name, m, s in zip(names, means, spreads, strict=True)
        }
        slope = len(self.names)
        factor = float(np.exp(self.fitted.coefficients[slope])) if self.trend else 1.0
        heard = (low, central, high, self.fitted.tau, factor, len(self.rows))
        return Stock(*heard, by_class, parts.silent)

    def parts(self, year, *, echo_weight=0.0, reach=REACH):
        """Say what each class implies for one year, before they are mixed.

        Parameters
        ----------
        year : int
        echo_weight, reach : float
            See `at`, which also says what is refused.

        Returns
        -------
        Parts
        """
        first, last = self._reach
        if not first <= year <= last:
            raise ValueError(
                f"year is {year}, expected {first} to {last}, the years of the chosen counts"
            )
        silent = self._silent(year, reach)
        names = [name for name in self.names if name not in silent]
        weights = [echo_weight if name == ECHO else 1.0 for name in names]
        if not sum(weights) > 0:
            heard = f"only {ECHO}, an echo whose echo_weight is 0" if names else "none"
            raise ValueError(f"year is {year}: found {heard}, expected a class with counts near it")
        wanted = _design(names, [year] * len(names), self.names, self.trend, self.own_slope)
        means = wanted @ self.fitted.coefficients
        uncertain = np.einsum("ij,jk,ik->i", wanted, self.fitted.covariance, wanted)
        spreads = np.sqrt(uncertain + self.fitted.tau**2)
        return Parts(names, means, spreads, weights, silent)

    @cached_property
    def _reach(self):
        """First and last year of all counts."""
        return int(self.rows["first_year"].min()), int(self.rows["last_year"].max())

    @cached_property
    def _years(self):
        """First and last years of the counts of each class."""
        return {
            kind: (rows["first_year"].to_numpy(), rows["last_year"].to_numpy())
            for kind, rows in self.rows.groupby("method_class")
        }

    def printed_anew(self, rng):
        """Draw what the same counts would have said, if the model were the truth.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        pandas.DataFrame
            Rows for `fit_counts`. A range keeps its width, on the log scale; a bound keeps its
            figure, and what is drawn is on which side of it the count fell.
        """
        rows = self.rows
        kinds = rows["method_class"] if self.names != ("all",) else ["all"] * len(rows)
        years = (rows["first_year"] + rows["last_year"]) / 2
        centres, errors = on_log_scale(rows)
        means = _design(kinds, years, self.names, self.trend, self.own_slope)
        spread = np.sqrt(errors**2 + self.fitted.tau**2)
        drawn = means @ self.fitted.coefficients + spread * rng.normal(size=len(rows))
        bounds = rows["bound"].isin(["at_least", "up_to"])
        factor = np.where(bounds, 1.0, np.exp(drawn - centres))
        figures = rows[["low", "central", "high"]].mul(factor, axis=0)
        figure = figures["low"].fillna(figures["high"])
        above = drawn > centres
        figures["low"] = figures["low"].where(~bounds, figure.where(above))
        figures["high"] = figures["high"].where(~bounds, figure.where(~above))
        side = rows["bound"].where(~bounds, np.where(above, "at_least", "up_to"))
        return rows.assign(**figures, bound=side)

    def further(self, year, rng):
        """Draw one further count for a year, of a class that is heard, if the model were true."""
        silent = self._silent(year, REACH)
        heard = [name for name in self.names if name not in silent and name != ECHO]
        kind = rng.choice(heard)
        mean = _design([kind], [year], self.names, self.trend, self.own_slope)
        return float(np.exp(mean[0] @ self.fitted.coefficients + self.fitted.tau * rng.normal()))

    def _silent(self, year, reach):
        """Say of each class without a count near the year how far its nearest one is."""
        if self.names == ("all",):
            return {}
        gaps = {
            kind: max(0, int(np.maximum(first - year, year - last).min()))
            for kind, (first, last) in self._years.items()
        }
        return {
            name: f"its nearest count is {gap} years away, expected fewer than {reach:g}"
            for name, gap in gaps.items()
            if gap >= reach
        }


def fit_counts(counts, *, trend=True, classes=True, bounds="bounds", own_slope=(), **scale):
    """Fit the model of this module to chosen counts.

    Parameters
    ----------
    counts : pandas.DataFrame
        As returned by `helpers.demography.echoes.counted_once`.
    trend, classes : bool
        Whether counts may change with time, and differ by class of method.
    bounds : str
        "bounds", "dropped" or "as numbers".
    own_slope : sequence of str
        Classes with a trend of their own.
    **scale
        Passed to `on_log_scale`.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If there are too few counts, or a class with a slope of its own is not among them.
    """
    rows, names, parts = _observed(counts, classes, bounds, scale)
    for kind in own_slope:
        expect("own_slope", kind, names)
    design = _design(*parts["when"], names, trend, own_slope)
    fitted = fit(parts["centres"], parts["errors"], design, parts["side"])
    return Model(rows, names, trend, tuple(own_slope), fitted)


def _observed(counts, classes, bounds, scale):
    """Turn chosen counts into what is fitted: rows, names of classes, and numbers by row."""
    expect("bounds", bounds, BOUNDS)
    rows = counts[counts["bound"].isin(["point", "range"])] if bounds == "dropped" else counts
    centres, errors = on_log_scale(rows, **scale)
    side = rows["bound"].map({"at_least": 1, "up_to": -1}).fillna(0).to_numpy(int)
    side = side if bounds == "bounds" else 0 * side
    years = (rows["first_year"] + rows["last_year"]).to_numpy(float) / 2
    names = tuple(sorted(rows["method_class"].unique())) if classes else ("all",)
    kinds = rows["method_class"].to_numpy() if classes else np.full(len(rows), "all")
    parts = {"centres": centres, "errors": errors, "side": side, "when": (kinds, years)}
    return rows, names, parts


def _design(kinds, years, names, trend, own_slope):
    """Lay out one row per count: a level for each class, a common slope, slopes of their own."""
    columns = [[float(kind == name) for kind in kinds] for name in names]
    slope = (np.asarray(years, float) - CENTRE_YEAR) / DECADE
    if trend:
        columns += [slope, *(slope * (np.asarray(kinds) == kind) for kind in own_slope)]
    return np.column_stack(columns)


@dataclass(frozen=True)
class OwnSlope:
    """Whether one class changes with time like the others: test, and factors per decade."""

    ratio: float
    p_value: float
    own: float
    others: float


def slope_of_its_own(counts, kind, **scale):
    """Test by likelihood ratio whether one class of counts has the trend of the others.

    Parameters
    ----------
    counts : pandas.DataFrame
        As for `fit_counts`.
    kind : str
        A class of method.
    **scale
        Passed to `on_log_scale`.

    Returns
    -------
    OwnSlope
        Twice the gain in maximised log-likelihood, and its chance under a common slope (chi-squared
        with one degree of freedom, Wilks 1938).
    """
    from scipy.stats import chi2

    _, names, parts = _observed(counts, True, "bounds", scale)
    expect("kind", kind, names)
    given = parts["centres"], parts["errors"]
    common, own = (
        log_likelihood(*given, _design(*parts["when"], names, True, slopes), parts["side"])
        for slopes in ((), (kind,))
    )
    ratio = 2 * (own.value - common.value)
    slope, change = own.coefficients[len(names) :]
    return OwnSlope(ratio, float(chi2.sf(ratio, 1)), *np.exp([slope + change, slope]).tolist())


def estimate(counts, year, *, level=0.9, echo_weight=0.0, reach=REACH, **choices):
    """Say what chosen counts imply for one year: `fit_counts`, then `Model.at`.

    Parameters
    ----------
    counts : pandas.DataFrame
        As returned by `helpers.demography.echoes.counted_once`.
    year : int
    level, echo_weight, reach : float
        See `Model.at`.
    **choices
        See `fit_counts`.

    Returns
    -------
    Stock
    """
    model = fit_counts(counts, **choices)
    return model.at(year, level=level, echo_weight=echo_weight, reach=reach)


def by_year(counts, years, *, echo_weight=0.0, **choices):
    """Say what chosen counts imply for several years.

    Parameters
    ----------
    counts : pandas.DataFrame
        As for `estimate`.
    years : sequence of int
    echo_weight : float
        See `Model.at`.
    **choices
        See `fit_counts`.

    Returns
    -------
    pandas.DataFrame
        One row per year, one column per attribute of `Stock`.
    """
    model = fit_counts(counts, **choices)
    return pd.DataFrame([vars(model.at(y, echo_weight=echo_weight)) for y in years], index=years)


def tried(variants, year):
    """Estimate one year from several choices of counts and of the model.

    Parameters
    ----------
    variants : dict of str to tuple
        By label: counts, and a dict of options, as for `estimate`.
    year : int

    Returns
    -------
    estimates : pandas.DataFrame
        One row per choice that gives an estimate, one column per attribute of `Stock`.
    refusals : dict of str to str
        Why a choice gives none.
    """
    estimates, refusals = {}, {}
    for label, (counts, options) in variants.items():
        try:
            estimates[label] = vars(estimate(counts, year, **options))
        except ValueError as refusal:
            refusals[label] = str(refusal)
    return pd.DataFrame(list(estimates.values()), index=list(estimates)), refusals
