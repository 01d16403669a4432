"""The look of a chart, its source line, and the text that stands for it."""

import hashlib
import io
import textwrap

import numpy as np

from helpers.words import money, number

# Okabe & Ito (2008): distinguishable with every common form of colour blindness; the order also
# alternates light and dark, so that neighbours differ in grey print.
BLUE, ORANGE, GREEN, PINK, SKY, RED, GREY = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#6b6b6b",
)
STYLE = {
    "axes.edgecolor": "#8c8c8c",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "text.color": "#1a1a1a",
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "xtick.color": "#4d4d4d",
    "ytick.color": "#4d4d4d",
}
DOTS_PER_INCH = 110


def canvas(rows=1, columns=1, *, width=8.5, height=4.5, **subplots):
    """Make an empty figure in the house style, without touching pyplot's global state.

    Parameters
    ----------
    rows, columns : int, default 1
        Grid of axes.
    width, height : float
        Size in inches.
    **subplots
        Passed to `matplotlib.figure.Figure.subplots`, for example ``sharex=True``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes, or an array of them
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams.update(STYLE)
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **subplots)


def show(figure, *, title, source, alt):
    """Display a figure as a picture together with the text that stands for it.

    The text holds the title, the description, the range of each plotted series and a digest of
    all plotted numbers. nbval does not compare pictures but does compare text, so a chart whose
    numbers change fails the test.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A figure made by `canvas`.
    title : str
        The finding, as a sentence.
    source : str
        Where the figures come from, without the word "Source".
    alt : str
        What a reader who cannot see the picture needs to know.

    Raises
    ------
    ValueError
        If title, source or alt is empty, or nothing is plotted.
    """
    from IPython.display import display

    for name, text in (("title", title), ("source", source), ("alt", alt)):
        if not text or not text.strip():
            raise ValueError(f"chart: expected a {name}, found none")
    lines = digest_lines(figure)
    caption(figure, title, source)
    text = "\n".join([f"Chart: {title}", alt, *lines, f"Source: {source}"])
    bundle = {"image/png": png_bytes(figure), "text/plain": text}
    display(bundle, raw=True, metadata={"image/png": {"alt": f"{title} {alt}"}})


def caption(figure, title, source):
    """Put the finding above a figure and its source below."""
    width = figure.get_size_inches()[0]
    figure.suptitle(
        textwrap.fill(title, int(width * 9.5)), x=0.01, ha="left", fontsize=12.5, weight="bold"
    )
    figure.supxlabel(
        textwrap.fill(f"Source: {source}", int(width * 15)),
        x=0.01,
        ha="left",
        fontsize=7.5,
        color="#595959",
    )


def png_bytes(figure):
    """Render a figure to PNG; the same figure gives the same bytes (no date, no version)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    figure.set_dpi(DOTS_PER_INCH)
    # `savefig` would draw twice, the first time only to find the layout that this finds too.
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


def digest_lines(figure):
    """Describe the plotted numbers: one line per series, then a digest of all of them.

    Returns
    -------
    list of str
        For example ``["- women: 25 points, 23 to 2,252", "Plotted numbers: 50, digest 9f…"]``.

    Raises
    ------
    ValueError
        If no number is plotted.
    """
    series = [(label, _rounded(points)) for label, points in _plotted(figure) if len(points)]
    if not series:
        raise ValueError("chart: expected plotted numbers, found none")
    words = [text.get_text() for axes in figure.axes for text in _texts(axes)]
    fingerprint = hashlib.sha256(repr((series, words)).encode()).hexdigest()[:12]
    named = [(label, points) for label, points in series if not label.startswith("_")]
    lines = [f"- {label}: {len(points)} points, {_extent(points)}" for label, points in named]
    count = sum(len(points) for _, points in series)
    return [*lines, f"Plotted points: {count}, digest {fingerprint}"]


def _plotted(figure):
    """Yield (label, array of x and y) for everything drawn from data on the figure's axes."""
    for axes in figure.axes:
        for line in axes.lines:
            yield str(line.get_label()), np.asarray(line.get_xydata(), dtype=float)
        for patch in axes.patches:
            path = patch.get_patch_transform().transform_path(patch.get_path())
            yield "_patch", np.asarray(path.vertices, dtype=float)
        for collection in axes.collections:
            offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
            outlines = [path.vertices for path in collection.get_paths()]
            # A scatter's data are its offsets; for bands and bars the outlines carry the data.
            moved = len(offsets) > 1 or bool(np.any(offsets))
            points = offsets if moved or not outlines else np.concatenate(outlines)
            yield str(collection.get_label()), np.asarray(points, dtype=float)
        for image in axes.images:
            values = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan).ravel()
            yield "_image", np.column_stack([np.arange(values.size), values])


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


def money_axis(axes, label, *, axis="x", dollars=True):
    """Make an axis logarithmic with ticks in words: 10 million, 1 billion."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    getattr(axes, f"set_{axis}scale")("log")
    getattr(axes, f"set_{axis}label")(label)
    chosen = getattr(axes, f"{axis}axis")
    form = money if dollars else number
    chosen.set_major_locator(LogLocator(10))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: form(value)))
    chosen.set_minor_formatter(NullFormatter())
