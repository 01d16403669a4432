"""How many North Koreans are in China: what published counts say together, each counted once.

Model, on the log scale: count = class of method + trend * year + difference between counts + error
within the published range. The spread between counts (tau) is estimated by restricted maximum
likelihood; a bound counts as a bound, through the chance of lying beyond it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.expect import expect_each
from helpers.methods.pooling import fit, mixture

# What a later text does with a number it passes on. A revision is a new reading, not an echo.
PASSING_ON = {
    "repeats", "rounds", "redates", "relabels", "bound_to_point", "bound_reversed",
    "point_to_bound", "compiles", "translates", "same_author", "scope_widened", "multiplies",
}  # fmt: skip
CENTRE_YEAR, DECADE = 2005, 10


def echo_groups(counts, cites):
    """Group counts that pass on one number, through `follows` and the ledger's edges.

    Parameters
    ----------
    counts : pandas.DataFrame
        Columns id, follows, source, low, central, high, last_year, published.
    cites : pandas.DataFrame
        Columns from, to (source ids) and relation. An edge joins two counts only if they print
        the same number, because a source may print several.

    Returns
    -------
    pandas.Series
        For each id the id of its group: of the earliest count in it that follows no other.
    """
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(counts["id"])
    known = counts.dropna(subset=["follows"])
    graph.add_edges_from(zip(known["id"], known["follows"], strict=True))
    columns = zip(*(counts[name] for name in ("low", "central", "high")), strict=True)
    printed = [{n for n in row if n == n} for row in columns]  # a missing end is not itself
    rows = list(zip(counts["id"], counts["source"], printed, strict=True))
    edges = cites[cites["relation"].isin(PASSING_ON)]
    links = set(zip(edges["from"], edges["to"], strict=True))
    graph.add_edges_from(
        (a, b) for a, one, x in rows for b, two, y in rows if (one, two) in links and x & y
    )
    origins = counts.assign(echo=counts["follows"].notna())
    origins = origins.sort_values(["echo", "last_year", "published", "id"])["id"]
    order = {count: place for place, count in enumerate(origins)}
    root = {}
    for group in nx.connected_components(graph):
        members = sorted((m for m in group if m in order), key=order.get)
        root |= dict.fromkeys(members, members[0] if members else None)
    return counts["id"].map(root)


def counted_once(counts, cites, concept, method_classes, independent_only):
    """Choose one count per group of echoes.

    Parameters
    ----------
    counts, cites : pandas.DataFrame
        As for `echo_groups`, with concept, area, method_class, independent.
    concept : str
        "stock", "women", "flow" or "detention"; counts of one prefecture alone are left out.
    method_classes : list of str
    independent_only : bool
        True keeps counts that state an observation of their own. False keeps one count of every
        group: an independent one if there is one, else the earliest.

    Returns
    -------
    pandas.DataFrame
        Columns as given, and group.

    Raises
    ------
    ValueError
        If a class is unknown, or nothing is left.
    """
    known = sorted(counts["method_class"].unique())
    expect_each("method class", method_classes or [None], known)
    rows = counts.assign(group=echo_groups(counts, cites))
    rows = rows[(rows["concept"] == concept) & (rows["area"] != "yanbian")]
    rows = rows[rows["method_class"].isin(method_classes)]
    if independent_only:
        rows = rows[rows["independent"]]
    # An observation stands for its group; where a group has none, its origin does.
    observed = rows.loc[rows["independent"], "group"]
    first = rows.assign(origin=rows["id"] == rows["group"])
    first = first.sort_values(["origin", "last_year", "id"], ascending=[False, True, True])
    echo = first["group"].isin(observed) | first["group"].duplicated()
    once = first[first["independent"] | ~echo].drop(columns="origin")
    if once.empty:
        raise ValueError(
            f"concept is {concept}: no count is left for method_classes {method_classes}"
            f"{', independent counts only' if independent_only else ''}"
        )
    return once.sort_values(["last_year", "id"])


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
    from scipy.stats import norm

    z = norm.ppf((1 + range_covers) / 2)
    low, central, high = (np.log(counts[c].to_numpy(float)) for c in ("low", "central", "high"))
    middle = np.where(np.isnan(central), (low + high) / 2, central)
    ends = np.where(np.isnan(low), high, low)
    centres = np.where(np.isnan(middle), ends, middle)
    widths = (high - low) / (2 * z)
    return centres, np.where(np.isnan(widths), np.log(point_factor) / z, widths)


@dataclass(frozen=True)
class Stock:
    """A synthesis for one year: range [persons], spread between counts, line of each class."""

    low: float
    central: float
    high: float
    tau: float
    trend: float
    counts: int
    classes: dict


def estimate(counts, year, *, level=0.9, trend=True, classes=True, bounds="bounds", **scale):
    """Say what chosen counts imply for one year.

    Parameters
    ----------
    counts : pandas.DataFrame
        As returned by `counted_once`.
    year : int
    level : float
        Share of the distribution between the ends of the range.
    trend, classes : bool
        Whether counts may change with time, and differ by class of method.
    bounds : str
        "bounds", "dropped" or "as numbers".
    **scale
        Passed to `on_log_scale`.

    Returns
    -------
    Stock
        The range is for one further count of a class drawn at random, not for the mean of counts:
        nothing tells which class is right. `trend` is the factor per decade.

    Raises
    ------
    ValueError
        If the year lies outside the years of the counts, or there are too few of them.
    """
    first, last = int(counts["first_year"].min()), int(counts["last_year"].max())
    if not first <= year <= last:
        raise ValueError(
            f"year is {year}, expected {first} to {last}, the years of the chosen counts"
        )
    rows = counts[counts["bound"].isin(["point", "range"])] if bounds == "dropped" else counts
    centres, errors = on_log_scale(rows, **scale)
    side = rows["bound"].map({"at_least": 1, "up_to": -1}).fillna(0).to_numpy(int)
    side = side if bounds == "bounds" else 0 * side
    years = (rows["first_year"] + rows["last_year"]).to_numpy(float) / 2
    names = sorted(rows["method_class"].unique()) if classes else ["all"]
    kind = rows["method_class"].to_numpy() if classes else np.full(len(rows), "all")

    def design(kinds, when):
        dummies = [[float(k == name) for name in names] for k in kinds]
        slope = (np.asarray(when, float)[:, None] - CENTRE_YEAR) / DECADE
        return np.hstack([dummies, slope]) if trend else np.asarray(dummies)

    fitted = fit(centres, errors, design(kind, years), side)
    wanted = design(names, [year] * len(names))
    means = wanted @ fitted.coefficients
    uncertain = np.einsum("ij,jk,ik->i", wanted, fitted.covariance, wanted)
    spreads = np.sqrt(uncertain + fitted.tau**2)
    low, central, high = np.exp(mixture(means, spreads, fitted.freedom, level)).tolist()
    by_class = {
        name: tuple(np.exp(mixture([m], [s], fitted.freedom, level)).tolist())
        for name, m, s in zip(names, means, spreads, strict=True)
    }
    factor = float(np.exp(fitted.coefficients[-1])) if trend else 1.0
    return Stock(low, central, high, fitted.tau, factor, len(rows), by_class)


def by_year(counts, years):
    """Say what chosen counts imply for several years.

    Parameters
    ----------
    counts : pandas.DataFrame
        As for `estimate`.
    years : sequence of int

    Returns
    -------
    pandas.DataFrame
        One row per year, one column per attribute of `Stock`.
    """
    return pd.DataFrame([vars(estimate(counts, year)) for year in years], index=years)


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
