"""A claim's family tree as SVG: time runs down the page, text is text, sources are links."""

import textwrap
from dataclasses import dataclass

import networkx as nx
from markupsafe import Markup, escape

from helpers.data import labels
from helpers.ledger.claims import ARTICLE
from helpers.ledger.family_tree import roots, years
from helpers.ledger.tree_charts import FAITHFUL, columns

BOX, LINE, PAD = 152, 16, 8  # pixels: a box's width, a line of text, the room around the text
APART, PASSING, BETWEEN, GUTTER = 16, 14, 38, 54  # between boxes, of a passing line, rows, years
LETTERS = 18  # of a line in a box: wide letters still fit
UNKNOWN = {1900: "year not known"}
ALONE = """text{font:13px system-ui,sans-serif;fill:#1a1a1a}rect{fill:#fff;stroke:#6b6b6b}
path{fill:none;stroke:#6b6b6b;stroke-width:1.3}.origin rect{stroke:#0072b2;stroke-width:3}
.target rect{fill:#1a1a1a;stroke:#1a1a1a}.target text{fill:#fff}.unseen rect{stroke-dasharray:6 4}
.changed{stroke:#b00020}text.changed{fill:#b00020;stroke:none}.target text.changed{fill:#ffb3bd}
.inferred{stroke-dasharray:5 4}.year{font-weight:600}.band{fill:#f4f4f4;stroke:none}"""


@dataclass(frozen=True)
class Box:
    """What stands in a source's box: its name, and what the links to it change."""

    name: list
    changes: list
    looks: str

    @property
    def height(self):
        """Height in pixels."""
        return LINE * (len(self.name) + len(self.changes)) + 2 * PAD


def tree_svg(graph, target, ledger, root, words, across):
    """Draw a family tree.

    Parameters
    ----------
    graph : networkx.DiGraph
        As returned by `helpers.ledger.family_tree.family`.
    target : str
        The source in which the claim stands.
    ledger : helpers.ledger.claims.Ledger
    root : str
        Way from the page to the top of the site.
    words : str
        What the picture shows, for who cannot see it.
    across : int
        How many boxes may stand beside each other.

    Returns
    -------
    markupsafe.Markup
        An element ``svg``; lines pass between the boxes, never through one.
    """
    year_of = {source: int(min(years(source, ledger)[0], 2100)) for source in graph}
    row_of = _rows(columns(graph, year_of), across)
    threaded, placed, paths = bundled(graph, row_of)
    boxes = {source: _box(source, graph, target, ledger) for source in graph}
    size = {n: BOX + APART if n in boxes else PASSING for n in threaded}
    x = centres(threaded, placed, size)
    tops, y = [], float(BETWEEN)
    for row in range(max(row_of.values()) + 1):
        tops.append(y)
        tallest = max([boxes[s].height for s in graph if row_of[s] == row], default=0)
        y += tallest + BETWEEN
    ends = [*(top - BETWEEN for top in tops[1:]), y - BETWEEN]
    parts = [*_years(row_of, year_of, tops, ends, max(x.values()) + BOX)]
    parts += [
        _line(path, boxes, x, placed, tops, ends, graph.edges[link]) for link, path in paths.items()
    ]
    parts += [_node(s, boxes[s], x[s], tops[row_of[s]], root) for s in graph]
    width = max(x[n] + size[n] / 2 for n in threaded)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" '
        'height="{1:.0f}" role="group" aria-label="{2}">{3}</svg>'
    ).format(width, y, words, Markup("").join(parts))


def alone(svg):
    """Return a drawing as a file of its own, with its colours."""
    return str(svg).replace(">", f"><style>{ALONE}</style>", 1)


def _rows(row_of, across):
    """Break rows that hold more boxes than may stand beside each other."""
    members = {}
    for source, row in sorted(row_of.items()):
        members.setdefault(row, []).append(source)
    broken, count = {}, 0
    for _, sources in sorted(members.items()):
        parts = -(-len(sources) // across)
        for number, source in enumerate(sources):
            broken[source] = count + number * parts // len(sources)
        count += parts
    return broken


def bundled(graph, row_of):
    """Thread every link through the rows that it passes; the links of one source share a line.

    Parameters
    ----------
    graph : networkx.DiGraph
    row_of : dict of str to int

    Returns
    -------
    threaded : networkx.DiGraph
        The graph with waypoints, tuples (source, row), in between.
    placed : dict to int
        Rows of sources and waypoints.
    paths : dict of (str, str) to list
        For each link its earlier source, waypoints and later source.
    """
    threaded, placed, paths = nx.DiGraph(), dict(row_of), {}
    threaded.add_nodes_from(graph)
    for earlier, later in graph.edges:
        between = [(earlier, row) for row in range(row_of[earlier] + 1, row_of[later])]
        placed |= {point: point[1] for point in between}
        paths[earlier, later] = [earlier, *between, later]
        nx.add_path(threaded, paths[earlier, later])
    return threaded, placed, paths


def centres(graph, row_of, size_of, sweeps=12):
    """Give each source and waypoint a place across: rows are centred, neighbours near each other.

    Parameters
    ----------
    graph : networkx.DiGraph
    row_of : dict
        As returned by `bundled`.
    size_of : dict of float
        Width that each source and waypoint needs.
    sweeps : int
        How often the order within the rows is improved.

    Returns
    -------
    dict to float
        Centre of each, to the right of the years; within a row nothing overlaps.
    """
    rows = {}
    for node in sorted(graph, key=str):
        rows.setdefault(row_of[node], []).append(node)
    widths = {row: sum(size_of[n] for n in nodes) for row, nodes in rows.items()}
    middle, place = GUTTER + max(widths.values()) / 2, {}
    for sweep in range(sweeps + 1):
        for row, nodes in rows.items():
            if sweep:
                wish = {node: _wish(node, graph, place) for node in nodes}
                nodes.sort(key=lambda node, wish=wish: (wish[node], str(node)))
            left = middle - widths[row] / 2
            for node in nodes:
                place[node] = left + size_of[node] / 2
                left += size_of[node]
    return place


def _wish(node, graph, place):
    near = [place[other] for other in nx.all_neighbors(graph, node)]
    return sum(near) / len(near) if near else place[node]


def _box(source, graph, target, ledger):
    row = ledger.sources.loc[source]
    name = "the article" if source == ARTICLE else row["producer"].split(" (")[0]
    what = [w for *_, edge in graph.in_edges(source, data=True) for w in edge["relations"]]
    words = labels("cites", "relation")
    changed = ", ".join(dict.fromkeys(words[w] for w in what if w not in FAITHFUL))
    looks = ["node"]
    looks += ["origin"] * (source in roots(graph, target)) + ["target"] * (source == target)
    looks += ["unseen"] * (row["seen"] == "not_seen")
    name = textwrap.wrap(name, LETTERS, max_lines=3, placeholder=" …")
    return Box(name, textwrap.wrap(changed, LETTERS), " ".join(looks))


def _node(source, box, x, top, root):
    lines = [("", line) for line in box.name] + [("changed", line) for line in box.changes]
    texts = Markup("").join(
        Markup('<text class="{}" x="{:.0f}" y="{:.0f}" text-anchor="middle">{}</text>').format(
            looks, x, top + PAD + LINE * (number + 0.78), line
        )
        for number, (looks, line) in enumerate(lines)
    )
    return Markup(
        '<a href="{}sources/#{}" class="{}"><rect x="{:.0f}" y="{:.0f}" width="{}" height="{}" '
        'rx="4"/>{}</a>'
    ).format(root, source, box.looks, x - BOX / 2, top, BOX, box.height, texts)


def _line(path, boxes, x, placed, tops, ends, edge):
    """Draw a link: straight through the rows that it passes, aslant only between rows."""
    changed = set(edge["relations"]) - FAITHFUL
    looks = " ".join(["changed"] * bool(changed) + ["inferred"] * edge["inferred"])
    start, *between, end = path
    here = x[start], tops[placed[start]] + boxes[start].height
    steps = [f"M{here[0]:.0f} {here[1]:.0f}V{ends[placed[start]]:.0f}"]
    for node in [*between, end]:
        row = placed[node]
        middle = tops[row] - BETWEEN / 2
        steps.append(f"C{here[0]:.0f} {middle:.0f} {x[node]:.0f} {middle:.0f} ")
        steps.append(f"{x[node]:.0f} {tops[row]:.0f}")
        here = x[node], ends[row]
        if node != end:
            steps.append(f"V{ends[row]:.0f}")
    tip = f"M{x[end] - 4:.0f} {tops[row] - 7:.0f}L{x[end]:.0f} {tops[row]:.0f}l4 -7"
    drawn = Markup('<path class="{}" d="{}"/>').format(looks, "".join(steps))
    return drawn + Markup('<path class="{}" d="{}"/>').format("changed" if changed else "", tip)


def _years(row_of, year_of, tops, ends, width):
    """Shade every second year, and write the years beside their rows."""
    spans = {}
    for source, row in row_of.items():
        spans.setdefault(year_of[source], set()).add(row)
    for number, (year, rows) in enumerate(sorted(spans.items())):
        top, end = tops[min(rows)] - BETWEEN / 2, ends[max(rows)] + BETWEEN / 2
        if number % 2 == 0:
            yield Markup(
                '<rect class="band" x="0" y="{:.0f}" width="{:.0f}" height="{:.0f}"/>'
            ).format(top, width, end - top)
        for line, text in enumerate(UNKNOWN.get(year, str(year)).split(" ")):
            yield Markup('<text class="year" x="4" y="{:.0f}">{}</text>').format(
                tops[min(rows)] + LINE * (1 + line), escape(text)
            )
