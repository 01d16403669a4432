"""Published counts that only pass on another: found, grouped, and counted once."""

from helpers.expect import expect_each

# What a later text does with a number it passes on. A revision is a new reading, not an echo.
PASSING_ON = {
    "repeats", "rounds", "redates", "relabels", "bound_to_point", "bound_reversed",
    "point_to_bound", "compiles", "translates", "same_author", "scope_widened", "multiplies",
}  # fmt: skip


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
