"""The family tree of a claim: who repeats whom, where it drifts, what it rests on."""

import math

import networkx as nx
import pandas as pd

from helpers.dates import interval
from helpers.ledger.claims import ARTICLE, claim


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
    """List what changed on the way to a source, in order of publication.

    Returns
    -------
    pandas.DataFrame
        Columns from, to, relation, change, inferred; one row per change.
    """
    line = ancestry(graph, source)
    rows = [
        {
            "from": earlier,
            "to": later,
            "relation": what,
            "change": how,
            "inferred": edge["inferred"],
        }
        for later in nx.topological_sort(line)
        for earlier, _, edge in line.in_edges(later, data=True)
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
        The distinct origins, sorted. The sources are at most as many that are independent: two
        origins may have one producer, or know of one another.
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
        origins (their distinct origins), origins_seen (those that somebody could read), producers
        (how many people or offices made these origins: the most that can be independent).
    """
    rows = {}
    for name, sources, origins in _origins_by_claim(ledger):
        seen = [origin for origin in origins if ledger.sources.loc[origin, "seen"] != "not_seen"]
        producers = _producers(ledger, origins).nunique()
        rows[name] = (len(sources), len(origins), len(seen), producers)
    columns = ["sources", "origins", "origins_seen", "producers"]
    counted = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return counted.reindex(ledger.claims.index, fill_value=0)


def distinct_origins(ledger, names=None):
    """List the origins behind many claims, each once.

    The origins that `support` counts for each claim must not be added up: one origin stands behind
    many claims. Nor is each of them a witness of its own: one producer has many publications.

    Parameters
    ----------
    ledger : Ledger
    names : iterable of str, optional
        Ids of the claims; all if not given.

    Returns
    -------
    pandas.DataFrame
        Indexed by source id, those behind most claims first: producer (without what stands in
        brackets: an author of the office, a title), claims (how many of them it stands behind). Its
        length is the number of distinct origins; the number of distinct producers is
        ``["producer"].nunique()``.

    Raises
    ------
    ValueError
        If a claim is unknown.
    """
    names = set(ledger.claims.index) if names is None else set(names)
    for name in names:
        claim(name, ledger)
    behind = pd.Series(
        [
            origin
            for name, _, origins in _origins_by_claim(ledger)
            if name in names
            for origin in origins
        ],
        dtype=str,
    )
    counted = behind.value_counts().rename("claims").rename_axis("source").reset_index()
    counted = counted.sort_values(["claims", "source"], ascending=[False, True])
    counted = counted.set_index("source")
    return counted.assign(producer=_producers(ledger, counted.index))[["producer", "claims"]]


def _producers(ledger, sources):
    """Name the producer of each source; a writer or title in brackets makes no other office."""
    names = ledger.sources["producer"].reindex(sources)
    return names.str.replace(r"\s*\(.*?\)", "", regex=True)


def _origins_by_claim(ledger):
    """Yield every claim that has sources, with the sources and their distinct origins."""
    said = ledger.statements[ledger.statements["source"] != ARTICLE]
    behind = said[said["stance"].isin(["origin", "repeats", "supports"])].groupby("claim")["source"]
    for name, sources in behind.unique().items():
        yield name, sources, independent_sources(genealogy(name, ledger), sources)


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


def years(source, ledger):
    """Return the span of years in which a source was published; everything if it is not known."""
    stated = ledger.sources.loc[source, "date"]
    return (-math.inf, math.inf) if pd.isna(stated) else interval(stated)
