"""The ledger: what is claimed, who says so, who repeats whom, and whether it stands."""

import math
from dataclasses import dataclass

import networkx as nx
import pandas as pd

from helpers.data import FOLDER, table
from helpers.policy import interval
from helpers.words import number, span

ARTICLE = "article"
VERDICTS = (
    "supported",
    "contested",
    "misattributed",
    "not_verifiable",
    "wrong",
    "inconsistent",
)
# What a computation can find, and the verdicts that agree with it: reading the sources may say
# more exactly what is the matter (a right number can still be another's, or of something else),
# but cannot call supported what a computation does not support.
AGREES = {
    "supported": {"supported", "misattributed"},
    "contested": {"contested", "misattributed", "inconsistent"},
    "wrong": {"wrong", "misattributed", "inconsistent"},
}
ABOUT = 0.1


@dataclass(frozen=True)
class Ledger:
    """The four tables of the ledger; claims and sources are indexed by id."""

    claims: pd.DataFrame
    statements: pd.DataFrame
    cites: pd.DataFrame
    sources: pd.DataFrame


def read_ledger(folder=FOLDER):
    """Read the ledger.

    Returns
    -------
    Ledger
    """
    claims, sources = (table(name, folder).set_index("id") for name in ("claims", "sources"))
    return Ledger(claims, table("statements", folder), table("cites", folder), sources)


def claim(name, ledger=None):
    """Return one claim, for example ``claim("C04")``.

    Parameters
    ----------
    name : str
    ledger : Ledger, optional
        Read if not given.

    Returns
    -------
    pandas.Series
        The row of the table `claims`; its name is the id.

    Raises
    ------
    ValueError
        If there is no such claim; the message names those there are.
    """
    claims = (ledger or read_ledger()).claims
    if name not in claims.index:
        raise ValueError(f"claim is {name!r}, expected one of {', '.join(claims.index)}")
    return claims.loc[name]


def genealogy(name, ledger):
    """Build the graph of who repeats whom for one claim.

    Parameters
    ----------
    name : str
        Id of the claim.
    ledger : Ledger

    Returns
    -------
    networkx.DiGraph
        Nodes are source ids; an edge runs from the earlier source to the later one and holds
        relations, changes (lists, in order) and inferred (bool: no part of the link was read).
    """
    claim(name, ledger)
    graph = nx.DiGraph()
    rows = ledger.cites[ledger.cites["claim"] == name]
    for (earlier, later), edges in rows.groupby(["from", "to"], sort=False):
        graph.add_edge(
            earlier,
            later,
            relations=list(edges["relation"]),
            changes=list(edges["change"]),
            inferred=bool((edges["link"] == "inferred").all()),
        )
    graph.add_nodes_from(ledger.statements.loc[ledger.statements["claim"] == name, "source"])
    return graph


def bearer(name, ledger):
    """Return the source in which the claim stands: the article, or where its number begins."""
    said = ledger.statements[ledger.statements["claim"] == name]
    if ARTICLE in set(said["source"]):
        return ARTICLE
    return said.loc[said["stance"] == "origin", "source"].iloc[0]


def ancestry(graph, source):
    """Return the part of a genealogy that leads to a source, the source included."""
    return _part(graph, {source} | nx.ancestors(graph, source))


def roots(graph, source):
    """Return the sources at which a source's number begins, as far as is known, sorted by id.

    A source that repeats no one is its own root, but the article is nobody's origin: where no
    source of the article was found there is none.
    """
    line = ancestry(graph, source)
    return sorted(node for node in line if line.in_degree(node) == 0 and node != ARTICLE)


def family(graph, source):
    """Return everything connected with a source: its ancestry, and where else its roots went."""
    return _part(graph, nx.node_connected_component(graph.to_undirected(as_view=True), source))


def _part(graph, nodes):
    """Copy a part of a graph in the order of the whole; a view would follow a set's order."""
    part = nx.DiGraph()
    part.add_nodes_from(node for node in graph if node in nodes)
    part.add_edges_from(edge for edge in graph.edges(data=True) if {*edge[:2]} <= nodes)
    return part


def drifts(graph, source):
    """List what changed on the way to a source.

    Returns
    -------
    pandas.DataFrame
        Columns from, to, relation, change, inferred; one row per change.
    """
    rows = [
        {
            "from": earlier,
            "to": later,
            "relation": what,
            "change": how,
            "inferred": edge["inferred"],
        }
        for earlier, later, edge in ancestry(graph, source).edges(data=True)
        for what, how in zip(edge["relations"], edge["changes"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["from", "to", "relation", "change", "inferred"])


def independent_sources(graph, sources):
    """Count the sources of a statement that do not share an origin.

    Sources that descend from one another, or from a common origin, count once: the number of
    distinct origins that the sources reach.

    Parameters
    ----------
    graph : networkx.DiGraph
        As returned by `genealogy`.
    sources : iterable of str
        The sources that make the statement.

    Returns
    -------
    list of str
        The distinct origins, sorted; its length is the effective number of independent sources.
    """
    return sorted({root for source in sources for root in roots(graph, source)})


def support(ledger):
    """Count, for every claim, the sources behind it and how many of them are independent.

    Parameters
    ----------
    ledger : Ledger

    Returns
    -------
    pandas.DataFrame
        Indexed by claim: sources (that begin, repeat or support the number; without the article),
        origins (their distinct origins), origins_seen (those that somebody could read).
    """
    said = ledger.statements[ledger.statements["source"] != ARTICLE]
    behind = said[said["stance"].isin(["origin", "repeats", "supports"])].groupby("claim")["source"]
    rows = {}
    for name, sources in behind.unique().items():
        origins = independent_sources(genealogy(name, ledger), sources)
        seen = [origin for origin in origins if ledger.sources.loc[origin, "seen"] != "not_seen"]
        rows[name] = (len(sources), len(origins), len(seen))
    columns = ["sources", "origins", "origins_seen"]
    counted = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return counted.reindex(ledger.claims.index, fill_value=0)


def select(claims, **wanted):
    """Keep the claims whose columns hold one of the wanted words.

    Parameters
    ----------
    claims : pandas.DataFrame
    **wanted : list of str
        Words by column, for example ``verdict=["wrong"]``; an empty list keeps all.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If a word does not occur in its column, or no claim is left.
    """
    chosen = claims
    for column, words in wanted.items():
        known = sorted(set(claims[column]))
        for word in words:
            if word not in known:
                raise ValueError(f"{column} is {word!r}, expected one of {', '.join(known)}")
        if words:
            chosen = chosen[chosen[column].isin(words)]
    if chosen.empty:
        raise ValueError(f"no claim has {', '.join(f'{c} {w}' for c, w in wanted.items() if w)}")
    return chosen


def circular(graph):
    """Find sources that end up citing themselves.

    Returns
    -------
    list of list of str
        Each cycle once, from its alphabetically first source, in the order of citation.
    """
    cycles = []
    for cycle in nx.simple_cycles(graph):
        first = cycle.index(min(cycle))
        cycles.append(cycle[first:] + cycle[:first])
    return sorted(cycles)


def claimed_range(row):
    """Return the values that agree with a claim, by its wording.

    "exactly" and a range allow half a unit of the last digit that is not zero: 500,000 means
    450,000 to 550,000. "about" allows a tenth. Bounds leave one side open.

    Parameters
    ----------
    row : pandas.Series
        A claim, with wording, value_low, value_high, unit.

    Returns
    -------
    low, high : float
        In the claim's unit; minus or plus infinity where the wording sets no bound.

    Raises
    ------
    ValueError
        If the claim states no number.
    """
    low, high = float(row["value_low"]), float(row["value_high"])
    if math.isnan(low) and math.isnan(high):
        raise ValueError(f"claim {row.name} states no number, so no computation can decide it")
    if row["wording"] == "up_to":
        return -math.inf, high + _slack(high, row)
    if row["wording"] in {"at_least", "more_than"}:
        return low - _slack(low, row), math.inf
    return low - _slack(low, row), high + _slack(high, row)


def _slack(value, row):
    if row["unit"] in {"year", "years"} or value == 0:
        return 0.0
    if row["wording"] == "about":
        return ABOUT * abs(value)
    digits = f"{abs(value):.12e}".split("e")
    kept = len(digits[0].rstrip("0").rstrip(".").replace(".", ""))
    return 0.5 * 10.0 ** (int(digits[1]) - kept + 1)


def judge(row, result):
    """Compare a recorded result with a claim.

    Supported: the whole range of the result agrees with the claim. Wrong: no part of it does.
    Contested: some of it does. An "up to" that lies above everything the result allows is
    contested too: it cannot be refuted, and nothing reaches it. A result that is itself one of
    these words, found by a rule in its notebook, is taken as it is: statements without a number,
    such as a treaty status, are decided so.

    Parameters
    ----------
    row : pandas.Series
        A claim, as returned by `claim`.
    result : dict
        A recorded result: a value in the claim's unit with low and high or None, or a verdict.

    Returns
    -------
    verdict : str
        "supported", "contested" or "wrong".
    reason : str
        One line with both ranges.

    Raises
    ------
    ValueError
        If the result is a number and the claim states none, or is another word.
    """
    value = result["value"]
    if isinstance(value, str):
        if value not in AGREES:
            expected = f"a number or one of {', '.join(AGREES)}"
            raise ValueError(f"result {result['name']} is the word {value!r}, expected {expected}")
        return value, f"{result['name']} is {value}, by the rule of its notebook"
    lowest, highest = claimed_range(row)
    low, high = (value if end is None else end for end in (result["low"], result["high"]))
    form = "{:.0f}".format if row["unit"] == "year" else number
    allowed = _allowed(lowest, highest, form)
    found = f"{result['name']} is {span(low, high, form)}, the claim allows {allowed}"
    if high < lowest or low > highest:
        return "wrong", f"no part agrees: {found}"
    if row["wording"] == "up_to" and high < highest - 2 * _slack(float(row["value_high"]), row):
        return "contested", f"nothing found reaches the bound: {found}"
    if lowest <= low and high <= highest:
        return "supported", f"all of it agrees: {found}"
    if row["wording"] == "up_to" and low <= highest:
        return "supported", f"the bound is reached: {found}"
    return "contested", f"part of it agrees: {found}"


def _allowed(low, high, form):
    if math.isinf(low):
        return f"up to {form(high)}"
    return f"at least {form(low)}" if math.isinf(high) else span(low, high, form)


def years(source, ledger):
    """Return the span of years in which a source was published; everything if it is not known."""
    stated = ledger.sources.loc[source, "date"]
    return (-math.inf, math.inf) if pd.isna(stated) else interval(stated)
