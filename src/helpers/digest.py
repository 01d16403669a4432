"""A chart as text: its series, and a digest of all that is plotted."""

import hashlib
from functools import partial
from typing import NamedTuple

import numpy as np

from helpers.expect import Refusal
from helpers.words import neat

HOLLOW = "#ffffff"
# A sum that should be nothing may leave some bits of its terms; which ones is up to the processor.
NOTHING = 1e-12  # beside the largest number on the same axes


class Drawn(NamedTuple):
    """Something drawn from data on the axes.

    `points` holds x and y, `amount` is the column of them that is not the place of a row, and
    `marks` says how many things were drawn, if they are other than the points themselves.
    """

    label: str
    points: np.ndarray
    colour: str
    amount: int
    word: str = "point"
    marks: int | None = None


def digest_lines(figure):
    """Describe the plotted numbers: one line per series, then a digest of all of them.

    Returns
    -------
    list of str
        For example ``["- women: 25 points, 23 to 2,252", "Plotted points: 25, digest 9f…"]``.

    Raises
    ------
    Refusal
        If no number is plotted and no word on the chart says why.
    """
    names = _legend_names(figure)
    everything = [part for axes in figure.axes for part in _without_traces(list(_plotted(axes)))]
    series = [
        part._replace(label=names.get(part.colour, part.label)) if part.label[0] == "_" else part
        for part in map(_known, everything)
        if len(part.points)
    ]
    if not series and not any(axes.texts for axes in figure.axes):
        drawn = sum(len(part.points) for part in everything)
        why = "every plotted value is missing" if drawn else "the table plotted has no rows"
        raise Refusal(f"chart: it has no points: {why}; plot another, or say why with axes.text")
    rounded = [(part.label, *_rounded(part.points)) for part in series]
    words = [word for axes in figure.axes for word in _words(axes)]
    fingerprint = hashlib.sha256(repr((rounded, words)).encode()).hexdigest()[:12]
    named = {}
    for part in series:
        if part.label[0] != "_":
            named.setdefault(part.label, []).append(part)
    lines = [f"- {label}: {_counted(parts)}, {_extent(parts)}" for label, parts in named.items()]
    if not series:  # such as estimates of which none exists, each row of which says so
        lines.append("- nothing is plotted: no row of the chart has a number")
    count = sum(len(part.points) for part in series)
    return [*lines, f"Plotted points: {count}, digest {fingerprint}"]


def _known(part):
    """Leave out points of which a coordinate is missing."""
    return part._replace(points=part.points[np.isfinite(part.points).all(axis=1)])


def _without_traces(parts):
    """Set to 0 what is nothing beside the largest number on the same axes."""
    known = [np.nan_to_num(np.abs(part.points), nan=0.0, posinf=0.0) for part in parts]
    least = NOTHING * np.concatenate([np.zeros((1, 2)), *known]).max(axis=0)
    for part in parts:
        yield part._replace(points=np.where(np.abs(part.points) < least, 0.0, part.points))


def _counted(parts):
    """Say of what a series consists: 2 ranges and 5 points."""
    found = {}
    for part in parts:
        count = len(part.points) if part.marks is None else part.marks
        found[part.word] = found.get(part.word, 0) + count
    return " and ".join(f"{n:,} {word}{'s' if n > 1 else ''}" for word, n in found.items())


def _legend_names(figure):
    """Name colours as the legends do: seaborn leaves the names of series to the legend."""
    from matplotlib.colors import to_hex

    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes)]
    names = {}
    for legend in filter(None, legends):
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            get = getattr(handle, "get_color", None) or handle.get_facecolor
            colour = np.atleast_2d(get())[0] if not isinstance(get(), str) else get()
            if len(colour):
                names.setdefault(to_hex(colour), text.get_text())
    return names


def _plotted(axes):
    """Yield everything drawn from data on the axes."""
    from matplotlib.colors import to_hex
    from matplotlib.patches import Rectangle

    # Of rows with names, as in a forest, the amounts lie along the other axis.
    amount = 0 if _names_at(axes.yaxis) and not _names_at(axes.xaxis) else 1
    for line in axes.lines:
        points = np.asarray(line.get_xydata(), dtype=float)
        yield Drawn(str(line.get_label()) or "_line", points, to_hex(line.get_color()), amount)
    for patch in axes.patches:
        path = patch.get_patch_transform().transform_path(patch.get_path())
        corners = np.asarray(path.vertices, dtype=float)
        if np.ptp(corners, axis=0).any():  # seaborn's legend has bars without any extent
            word = "bar" if isinstance(patch, Rectangle) else "shape"
            yield Drawn("_patch", corners, to_hex(patch.get_facecolor()), amount, word, 1)
    for collection in axes.collections:
        yield from _collected(collection, amount)
    for image in axes.images:
        yield Drawn("_image", _numbered(image.get_array()), "", 1, "cell")


def _collected(collection, amount):
    """Yield what a collection draws, split where a scatter has many colours."""
    from matplotlib.collections import LineCollection, QuadMesh

    label = str(collection.get_label()) or "_collection"
    if isinstance(collection, QuadMesh):  # of a heat map
        yield Drawn(label, _numbered(collection.get_array()), "", 1, "cell")
        return
    offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    outlines = [path.vertices for path in collection.get_paths()]
    if not len(offsets) or not outlines:  # a scatter or a band of nothing
        return
    colours = _colours(collection)
    # A scatter's data are its offsets; for bands and ranges the outlines carry the data.
    if len(offsets) == 1 and not np.any(offsets):
        points = np.asarray(np.concatenate(outlines), dtype=float)
        word = "range" if isinstance(collection, LineCollection) else "band"
        yield Drawn(label, points, colours[0] if colours else "", amount, word, len(outlines))
    elif len(colours) == len(offsets):
        for colour in dict.fromkeys(colours):
            yield Drawn(label, offsets[[each == colour for each in colours]], colour, amount)
    else:
        yield Drawn(label, offsets, colours[0] if colours else "", amount)


def _numbered(values):
    """Cells of a picture or of a heat map, numbered, with their values: shape (cells, 2)."""
    values = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan).ravel()
    return np.column_stack([np.arange(values.size), values])


def _colours(collection):
    """Colours of a collection's marks: of hollow ones, that of their edges."""
    from matplotlib.colors import to_hex

    faces = [to_hex(face) for face in collection.get_facecolor()]
    edges = [to_hex(edge) for edge in collection.get_edgecolor()]
    if not faces:
        return edges
    if len(edges) != len(faces):
        edges = edges[:1] * len(faces) or faces
    return [e if f == HOLLOW else f for f, e in zip(faces, edges, strict=True)]


def _rounded(points):
    """Round to a millionth of each column's largest value, so that the last bits do not count."""
    largest = np.abs(points).max(axis=0)
    scale = np.where(largest > 0, largest, 1.0)
    steps = np.round(np.round(points / scale, 12) * 1e6).astype("<i8")
    return [f"{neat(end):.6g}" for end in scale], steps.tobytes()


def _extent(parts):
    """Write the least and the greatest amount."""
    amounts = np.concatenate([part.points[:, part.amount] for part in parts])
    ends = amounts.min(), amounts.max()
    low, high = (f"{float(f'{neat(end):.4g}'):,.15g}" for end in ends)  # 167,300 and not 1.673e+05
    return f"{low} to {high}"


def _words(axes):
    """Words on the axes; where numbers stand along a scale is a matter of layout."""
    texts = [*axes.texts, axes.xaxis.label, axes.yaxis.label]
    words = [text.get_text() for text in texts]
    return [*words, *_names_at(axes.xaxis), *_names_at(axes.yaxis)]


def _names_at(axis):
    """Names that stand at places of an axis, such as those of rows; none on a scale of numbers."""
    from matplotlib.category import StrCategoryFormatter
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    names = axis.get_major_formatter()
    # `set_ticks` with labels makes a function of a dictionary of them.
    given = isinstance(names, FuncFormatter) and isinstance(names.func, partial)
    if not given and not isinstance(names, StrCategoryFormatter | FixedFormatter):
        return []
    return names.format_ticks(axis.get_major_locator()())
