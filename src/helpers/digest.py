"""A chart as text: its series, and a digest of all that is plotted."""

import hashlib

import numpy as np

from helpers.expect import Refusal


def digest_lines(figure):
    """Describe the plotted numbers: one line per series, then a digest of all of them.

    Returns
    -------
    list of str
        For example ``["- women: 25 points, 23 to 2,252", "Plotted numbers: 50, digest 9f…"]``.

    Raises
    ------
    Refusal
        If no number is plotted and no word on the chart says why.
    """
    names = _legend_names(figure)
    series, drawn = [], 0
    for label, points, colour in _plotted(figure):
        known = points[np.isfinite(points).all(axis=1)]
        drawn += len(points)
        if len(known):
            series.append((names.get(colour, label) if label[0] == "_" else label, known))
    if not series and not any(axes.texts for axes in figure.axes):
        why = "every plotted value is missing" if drawn else "the table plotted has no rows"
        raise Refusal(f"chart: it has no points: {why}; plot another, or say why with axes.text")
    rounded = [(label, _rounded(points)) for label, points in series]
    words = [text.get_text() for axes in figure.axes for text in _texts(axes)]
    fingerprint = hashlib.sha256(repr((rounded, words)).encode()).hexdigest()[:12]
    named = {}
    for label, points in rounded:
        if label[0] != "_":
            named.setdefault(label, []).extend(points)
    lines = [
        f"- {label}: {len(points)} points, {_extent(points)}" for label, points in named.items()
    ]
    if not series:  # such as estimates of which none exists, each row of which says so
        lines.append("- nothing is plotted: no row of the chart has a number")
    count = sum(len(points) for _, points in series)
    return [*lines, f"Plotted points: {count}, digest {fingerprint}"]


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


def _plotted(figure):
    """Yield label, points (x and y) and colour of everything drawn from data on the axes."""
    from matplotlib.colors import to_hex

    for axes in figure.axes:
        for line in axes.lines:
            points = np.asarray(line.get_xydata(), dtype=float)
            yield str(line.get_label()) or "_line", points, to_hex(line.get_color())
        for patch in axes.patches:
            path = patch.get_patch_transform().transform_path(patch.get_path())
            corners = np.asarray(path.vertices, dtype=float)
            if np.ptp(corners, axis=0).any():  # seaborn's legend has bars without any extent
                yield "_patch", corners, to_hex(patch.get_facecolor())
        for collection in axes.collections:
            yield from _collected(collection)
        for image in axes.images:
            values = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan).ravel()
            yield "_image", np.column_stack([np.arange(values.size), values]), ""


def _collected(collection):
    """Yield label, points and colour of a collection, split where a scatter has many colours."""
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import to_hex

    label = str(collection.get_label()) or "_collection"
    if isinstance(collection, QuadMesh):  # of a heat map
        values = np.ma.filled(np.ma.asarray(collection.get_array(), dtype=float), np.nan).ravel()
        yield label, np.column_stack([np.arange(values.size), values]), ""
        return
    offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    outlines = [path.vertices for path in collection.get_paths()]
    if not len(offsets) or not outlines:  # a scatter or a band of nothing
        return
    # A scatter's data are its offsets; for bands and bars the outlines carry the data.
    moved = len(offsets) > 1 or bool(np.any(offsets))
    points = offsets if moved else np.concatenate(outlines)
    points = np.asarray(points, dtype=float)
    faces = collection.get_facecolor()
    colours = [to_hex(face) for face in (faces if len(faces) else collection.get_edgecolor())]
    if len(colours) == len(points):
        for colour in dict.fromkeys(colours):
            yield label, points[[each == colour for each in colours]], colour
    else:
        yield label, points, colours[0] if colours else ""


def _rounded(points):
    """Round to a millionth of each column's largest value, so that the last bits do not count."""
    largest = np.nanmax(np.abs(np.where(np.isfinite(points), points, np.nan)), axis=0)
    scale = np.where(largest > 0, largest, 1.0)
    steps = np.round(points / scale, 6) + 0.0  # adding 0 turns -0 into 0
    ends = tuple(f"{end:.6g}" for end in scale)
    return [tuple(f"{step:.6f}" for step in row) + ends for row in steps]


def _extent(points):
    low, high = (f(float(row[1]) * float(row[3]) for row in points) for f in (min, max))
    return f"{low:,.4g} to {high:,.4g}"


def _texts(axes):
    return [
        *axes.texts,
        axes.xaxis.label,
        axes.yaxis.label,
        *axes.get_xticklabels(),
        *axes.get_yticklabels(),
    ]
