"""What published figures say together: the stock, the share of women, the share trafficked.

Notebook 22 concludes with these, and notebook 31 takes them as the inputs of its model.
"""

import numpy as np

from helpers.demography.echoes import counted_once
from helpers.demography.evidence import (
    ABOUT_NUMBERS,
    KINDS,
    TRAFFICKED,
    WOMEN,
    decades,
    evidence_graph,
)
from helpers.demography.stock import estimate, on_log_scale
from helpers.methods.pooling import fit, mixture, pooled_share

__all__ = ["decades", "evidence_graph", "stock_in", "trafficked_among", "women_among"]


def stock_in(year, counts, cites, kinds=KINDS):
    """Say what published counts imply for the people present in one year.

    Parameters
    ----------
    year : int
    counts, cites : pandas.DataFrame
        The tables of counts and of the ledger's edges, as for
        `helpers.demography.echoes.echo_groups`, with the column claim.
    kinds : sequence of str
        Classes of method.

    Returns
    -------
    helpers.demography.stock.Stock
    """
    return estimate(stock_counts(counts, cites, kinds), year)


def stock_counts(counts, cites, kinds=KINDS, independent_only=False):
    """Choose the counts of everyone present, each origin once.

    Parameters
    ----------
    counts, cites, kinds
        As for `stock_in`.
    independent_only : bool
        See `helpers.demography.echoes.counted_once`.

    Returns
    -------
    pandas.DataFrame
    """
    edges = cites[cites["claim"].isin(ABOUT_NUMBERS)]
    return counted_once(counts, edges, "stock", list(kinds), independent_only)


def women_among(shares, level=0.9):
    """Say what published shares of women imply for one further published share.

    Parameters
    ----------
    shares : pandas.DataFrame
        Columns measure, source, year, low, central, high [fractions] and bound.
    level : float
        Coverage.

    Returns
    -------
    low, central, high : float
        Fractions. Shares are pooled as odds on the log scale with a spread between them, as counts
        are in `helpers.demography.stock`: "at least" is a bound, and of several shares that one
        source prints for one year, only the first counts, because the others are of a part.
    """
    rows = shares[shares["measure"] == WOMEN].drop_duplicates(["source", "year"])
    figures = rows[["low", "central", "high"]]
    log_odds, errors = on_log_scale(figures / (1 - figures))
    side = rows["bound"].map({"at_least": 1, "up_to": -1}).fillna(0)
    fitted = fit(log_odds, errors, np.ones((len(rows), 1)), side)
    spread = (fitted.covariance[0, 0] + fitted.tau**2) ** 0.5
    ends = mixture(fitted.coefficients, [spread], fitted.freedom, level)
    return tuple((1 / (1 + np.exp(-np.array(ends)))).tolist())


def trafficked_among(shares, level=0.9):
    """Pool the samples of people who were asked whether they had been trafficked.

    Parameters
    ----------
    shares : pandas.DataFrame
        Columns measure, cases, central [fraction] and sample_size [persons].
    level : float
        Coverage.

    Returns
    -------
    dict of str to tuple
        See `helpers.methods.pooling.pooled_share`: "mean" and "next sample".
    """
    rows = shares[shares["measure"] == TRAFFICKED].dropna(subset=["sample_size"])
    cases = rows["cases"].fillna((rows["central"] * rows["sample_size"]).round())
    return pooled_share(cases, rows["sample_size"], level)
