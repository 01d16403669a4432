"""Draws a claim's family tree on a time axis: who repeats whom, and what changed on the way."""

import textwrap

import networkx as nx

from helpers.charts import BLUE, GREY, ORANGE, RED, canvas
from helpers.data import labels
from helpers.ledger.claims import ARTICLE
from helpers.ledger.family_tree import family, roots, years

COLUMN = 1.9  # inches
BOX = 0.37  # half the width of a source's box, in columns; the rest is for lines
NAME, CHANGE, GAP = 0.17, 0.14, 0.14  # inches: a line of a name, of a change, and around both
PASSING = 0.2  # inches: what a line needs that passes a column
# Changes that hand the number on as it is; all others are drifts and are named in the picture.
FAITHFUL = {"repeats", "same_author", "translates", "compiles"}


def finding(name, graph, target, ledger):
    """Say in one line what a family tree shows: how many hand the number on, from what origin."""
    handed = len(family(graph, target)) - 1
    origins = roots(graph, target)
    unseen = all(ledger.sources.loc[origin, "seen"] == "not_seen" for origin in origins)
    if not origins:
        return f"{name}: no source of the number was found"
    words = "one origin" if len(origins) == 1 else f"{len(origins)} origins"
    sources = "one source" if handed == 1 else f"{handed} sources"
    return f"{name}: {sources} in its family, {words}{', which nobody could see' * unseen}"


def columns(graph, year_of):
    """Place sources in columns, left to right: by year, and within a year after those they repeat.

    Parameters
    ----------
    graph : networkx.DiGraph
        Without loops; edges run from the earlier source to the later.
    year_of : dict of str to int
        Year of publication by source.

    Returns
    -------
    dict of str to int
        Column of each source, from 0; every edge runs to a column further right.
    """
    depth = {}
    for source in nx.topological_sort(graph):
        before = [depth[s] + 1 for s in graph.predecessors(source) if year_of[s] == year_of[source]]
        depth[source] = max(before, default=0)
    order = sorted({(year_of[source], depth[source]) for source in graph})
    return {source: order.index((year_of[source], depth[source])) for source in graph}


def routes(graph, column_of, shared=False):
    """Give every link a waypoint in each column it passes, so that it goes round the sources.

    Parameters
    ----------
    graph : networkx.DiGraph
    column_of : dict of str to int
        As returned by `columns`.
    shared : bool, default False
        Whether all links of one source share a line as far as they can.

    Returns
    -------
    threaded : networkx.DiGraph
        The graph with waypoints, tuples that end in their column, in between.
    column_of : dict
        Columns of sources and waypoints.
    paths : dict of (str, str) to list
        For each link its earlier source, waypoints and later source.
    """
    threaded, placed, paths = nx.DiGraph(), dict(column_of), {}
    threaded.add_nodes_from(graph)
    for earlier, later in graph.edges:
        between = range(column_of[earlier] + 1, column_of[later])
        of = (earlier,) if shared else (earlier, later)
        path = [earlier, *((*of, column) for column in between), later]
        placed |= {point: point[-1] for point in path[1:-1]}
        nx.add_path(threaded, path)
        paths[earlier, later] = path
    return threaded, placed, paths


def heights(graph, column_of, size_of, sweeps=12):
    """Give each source and waypoint a height so that lines cross little: near its neighbours.

    Parameters
    ----------
    graph : networkx.DiGraph
    column_of : dict
        As returned by `routes`.
    size_of : dict of float
        Height that each source and waypoint needs.
    sweeps : int
        How often the heights are adjusted.

    Returns
    -------
    dict to float
        Centre of each, downwards from 0; within a column nothing shares a height.
    """
    by_column = {}
    for node in sorted(graph, key=str):
        by_column.setdefault(column_of[node], []).append(node)
    height = {node: float(i) for members in by_column.values() for i, node in enumerate(members)}
    for _ in range(sweeps):
        for members in by_column.values():
            wish = {}
            for node in members:
                near = [height[other] for other in nx.all_neighbors(graph, node)]
                wish[node] = sum(near) / len(near) if near else height[node]
            members.sort(key=lambda node: (wish[node], str(node)))
            offsets = _stacked([size_of[node] for node in members])
            middle = sum(wish.values()) / len(wish)
            height |= {n: middle + offset for n, offset in zip(members, offsets, strict=True)}
    top = min(value - size_of[node] / 2 for node, value in height.items())
    return {node: value - top for node, value in height.items()}


def _stacked(sizes):
    """Centres of things of these sizes stacked on each other, around 0."""
    total, centres, top = sum(sizes), [], 0.0
    for size in sizes:
        centres.append(top + size / 2 - total / 2)
        top += size
    return centres


def draw(graph, target, ledger):
    """Draw a family tree.

    Sources nobody could see have a dashed frame, inferred links are dashed, origins of the
    target's number are blue, the target is orange; links that change the number are red, and what
    they change stands below the later source, where no line passes.

    Parameters
    ----------
    graph : networkx.DiGraph
        As returned by `helpers.ledger.family_tree.family`.
    target : str
        The source in which the claim stands.
    ledger : helpers.ledger.claims.Ledger

    Returns
    -------
    matplotlib.figure.Figure
    """
    year_of = {source: int(min(years(source, ledger)[0], 2100)) for source in graph}
    column_of = columns(graph, year_of)
    threaded, placed, paths = routes(graph, column_of)
    text_of = {source: (_name(source, ledger), _changes(graph, source)) for source in graph}
    size_of = dict.fromkeys(threaded, PASSING) | {s: _size(*t) for s, t in text_of.items()}
    centre = heights(threaded, placed, size_of)
    # Links meet the box, which stands above the words below it.
    height = centre | {s: centre[s] - CHANGE * _lines(text_of[s][1]) / 2 for s in graph}
    last, tall = max(column_of.values()), max(centre[n] + size_of[n] / 2 for n in threaded)
    figure, axes = canvas(width=max(6.5, COLUMN * (last + 1) + 0.2), height=max(2.4, tall + 1.4))
    for link, path in paths.items():
        _link(axes, [(placed[node], height[node]) for node in path], graph.edges[link])
    origins = set(roots(graph, target))
    for source in graph:
        colour = ORANGE if source == target else BLUE if source in origins else GREY
        unseen = ledger.sources.loc[source, "seen"] == "not_seen"
        _node(axes, (column_of[source], height[source]), text_of[source], colour, unseen)
    _time_axis(axes, column_of, year_of)
    axes.set(xlim=(-0.5, last + 0.5), ylim=(max(tall, 1) + 0.05, -0.05), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    return figure


def _name(source, ledger):
    name = ledger.sources.loc[source, "producer"].split(" (")[0]
    name = "the article" if source == ARTICLE else name
    return textwrap.fill(name, 19, max_lines=2, placeholder=" …")


def _changes(graph, source):
    """Name what the links to a source change; empty if they hand the number on as it is."""
    words = labels("cites", "relation")
    found = [what for *_, edge in graph.in_edges(source, data=True) for what in edge["relations"]]
    changed = dict.fromkeys(words[what] for what in found if what not in FAITHFUL)
    return textwrap.fill(", ".join(changed), 21)


def _lines(text):
    return text.count("\n") + 1 if text else 0


def _size(name, changes):
    return NAME * _lines(name) + CHANGE * _lines(changes) + 2 * GAP


def _node(axes, place, texts, colour, unseen):
    (x, y), (name, changes) = place, texts
    tall = NAME * _lines(name) + GAP / 2
    frame = {"linewidth": 1.2 if colour == GREY else 2.2, "linestyle": "--" if unseen else "-"}
    look = {"facecolor": "white", "edgecolor": colour, "zorder": 3, **frame}
    axes.bar(x, tall, 2 * BOX, y - tall / 2, label="_source", **look)
    axes.text(x, y, name, ha="center", va="center", fontsize=8, zorder=4)
    if changes:
        look = {"color": RED, "fontsize": 7.5, "linespacing": 1.0, "zorder": 4}
        axes.text(x, y + tall / 2 + 0.03, changes, ha="center", va="top", **look)


def _link(axes, points, edge):
    """Draw a link: straight across the columns that it passes, aslant only between columns."""
    changed = set(edge["relations"]) - FAITHFUL
    look = {
        "color": RED if changed else GREY,
        "linestyle": "--" if edge["inferred"] else "-",
        "linewidth": 1.1,
    }
    (start, *between, end) = points
    passing = [(x + side, y) for x, y in between for side in (-BOX, BOX)]
    points = [(start[0] + BOX, start[1]), *passing, (end[0] - BOX, end[1])]
    across, down = zip(*points[:-1], strict=True)
    axes.plot(across, down, label="_link", zorder=2, **look)
    head = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0, **look}
    axes.annotate("", points[-1], points[-2], zorder=2, arrowprops=head)


def _time_axis(axes, column_of, year_of):
    spans = {}
    for source, column in column_of.items():
        spans.setdefault(year_of[source], set()).add(column)
    names = {1900: "not known"}
    centres = {year: sum(taken) / len(taken) for year, taken in spans.items()}
    axes.set_xticks(list(centres.values()))
    axes.set_xticklabels([names.get(year, str(year)) for year in centres])
    for number, year in enumerate(sorted(spans)):
        if number % 2 == 0:
            left, right = min(spans[year]) - 0.5, max(spans[year]) + 0.5
            axes.axvspan(left, right, color="#f4f4f4", zorder=0)
