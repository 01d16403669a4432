"""The look of a chart, its source line, and the text that stands for it."""

import io
import os
import textwrap

import numpy as np

from helpers.digest import digest_lines
from helpers.expect import Refusal, expect, expect_each
from helpers.say import SayError, fill, said, this_cell
from helpers.words import is_missing

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
    "figure.figsize": (8.5, 4.5),
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "legend.title_fontsize": 9,
    "lines.linewidth": 2,
    "text.color": "#1a1a1a",
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "xtick.color": "#4d4d4d",
    "xtick.labelsize": 9,
    "xtick.minor.pad": 5.5,  # words at short ticks stand in line with those at long ones
    "ytick.color": "#4d4d4d",
    "ytick.labelsize": 9,
    "ytick.minor.pad": 5.5,
}
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, RED, GREY)
# Shapes beside colours, for grey print: kinds differ in both.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DOTS_PER_INCH = 110
# Set to 0, charts are shown as their text alone: of a sweep's many pictures few are looked at.
PICTURES = "EVIDENCE_PICTURES"
# What every chart says in words.
TEXTS = {
    "title": "the finding, as a sentence",
    "source": "where the figures come from",
    "alt": "what someone who cannot see it needs to know",
}


def set_theme():
    """Give every chart of this process the house style: palette, fonts, grid, no formulas."""
    import matplotlib as mpl
    import numpy as np
    import pandas as pd
    import seaborn as sns
    import seaborn.objects as so

    np.random.seed(0)  # noqa: NPY002 - where seaborn puts dots of a strip plot, even without jitter
    sns.set_theme(style="ticks", palette=PALETTE, font="DejaVu Sans", rc=STYLE)
    theme = so.Plot.config.theme  # seaborn.objects has one of its own
    theme.update({name: mpl.rcParams[name] for name in {*theme, *STYLE}})
    # A dollar sign in a table is one.
    pd.set_option("display.html.use_mathjax", False, "styler.html.mathjax", False)
    pd.set_option("display.max_colwidth", None)  # tables of words are shown whole
    if os.environ.get(PICTURES) == "0":
        _lay_nothing_out()


def _lay_nothing_out():
    """Skip what seaborn's grids draw only to find room: without pictures nobody looks."""
    from seaborn import axisgrid

    axisgrid.Grid.tight_layout = lambda grid, *_, **__: grid
    axisgrid._draw_figure = lambda _figure: None


def canvas(rows=1, columns=1, *, width=8.5, height=4.5, **subplots):
    """Make an empty figure in the house style, apart from pyplot's figures.

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


def show(chart, *, title="", source="", alt=""):
    """Display a chart as a picture together with the text that stands for it.

    In a sweep the picture is not drawn unless it was asked for; the text is the same.

    The text holds the title, the description, the range of each plotted series and a digest of
    all plotted numbers. nbval does not compare pictures but does compare text, so a chart whose
    numbers change fails the test.

    Parameters
    ----------
    chart : matplotlib figure or axes, seaborn grid, or seaborn.objects.Plot
        What was drawn.
    title : str
        The finding, as a sentence. Values in braces are filled in as in ``%%say``.
    source : str
        Where the figures come from, without the word "Source". Braces as in the title.
    alt : str
        What a reader who cannot see the picture needs to know. Braces as in the title.

    Raises
    ------
    Refusal
        If title, source or alt is missing or cannot be filled in, or nothing is plotted or said.
    """
    from IPython.display import display
    from matplotlib import pyplot as plt

    title, source, alt = map(_filled, TEXTS, (title, source, alt))
    figure = as_figure(chart)
    plt.close(figure)  # so that Jupyter does not draw it a second time
    lines = digest_lines(figure)
    text = "\n".join([f"Chart: {title}", alt, *lines, f"Source: {source}"])
    if os.environ.get(PICTURES) == "0":
        display({"text/plain": text}, raw=True)
        return
    caption(figure, title, source)
    bundle = {"image/png": png_bytes(figure), "text/plain": text}
    display(bundle, raw=True, metadata={"image/png": {"alt": f"{title} {alt}"}})


def _filled(name, text):
    """Fill in the values of one text of a chart; outside a notebook there are no names."""
    from IPython import get_ipython

    if not text or not text.strip():
        raise Refusal(f"chart: {name} is missing: expected {TEXTS[name]}")
    shell = get_ipython()
    try:
        return fill(text, shell.user_ns if shell else {})
    except SayError as error:
        raise SayError(f"chart, {this_cell(shell)}{name}, {error}") from None


def as_figure(chart):
    """Return the figure behind what matplotlib or seaborn drew, with legends inside it.

    Parameters
    ----------
    chart : matplotlib figure or axes, seaborn grid, or seaborn.objects.Plot

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If it is none of these.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogFormatterSciNotation

    if hasattr(chart, "on") and hasattr(chart, "plot"):  # seaborn.objects.Plot
        # A Plot drawn on a figure keeps the size that it was laid out in to itself.
        figure = Figure(figsize=chart._figure_spec.get("figsize", STYLE["figure.figsize"]))
        chart.on(figure).plot()
    else:
        figure = chart if isinstance(chart, Figure) else getattr(chart, "figure", None)
    if not isinstance(figure, Figure):
        kind = type(chart).__name__
        raise TypeError(f"chart: expected a figure, axes, grid or Plot, found {kind}")
    figure.set_layout_engine("constrained")
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatterSciNotation):
                _ticks_in_words(axis, "number")
    for legend in list(figure.legends):  # seaborn puts these beside the axes, past the edge
        names = [text.get_text() for text in legend.get_texts()]
        title = legend.get_title().get_text()
        figure.legends.remove(legend)
        figure.legend(legend.legend_handles, names, title=title, loc="outside right center")
    return figure


def caption(figure, title, source):
    """Put the finding above a figure and its source below."""
    width = figure.get_size_inches()[0]
    figure.suptitle(
        textwrap.fill(title, int(width * 9.5)), x=0.01, ha="left", fontsize=12.5, weight="bold"
    )
    figure.supxlabel(
        textwrap.fill(f"Source: {source}", int(width * 17)),  # more would pass the right edge
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


def log_axis(axes, label, form="number", *, axis="x"):
    """Make an axis logarithmic, with ticks in words: 10 million, 1 billion.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    label : str
        With its unit.
    form : str, default "number"
        Format word of the ticks, see `helpers.words.said`: "number", "money" or "percent".
    axis : {"x", "y"}
    """
    from matplotlib.ticker import LogLocator

    expect("axis", axis, ("x", "y"))
    axes.set(**{f"{axis}scale": "log", f"{axis}label": label})
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    # Below one another there is room for every power of ten, side by side for eight.
    chosen.set_major_locator(LogLocator(10, numticks=8 if axis == "x" else None))
    _ticks_in_words(chosen, form)


def _ticks_in_words(axis, form):
    from matplotlib.ticker import FuncFormatter

    def between(value, _):
        low, high = axis.get_view_interval()  # a short axis may hold one power of ten, or none
        return tick(value, _) if high < 100 * low and f"{value:e}"[0] in "25" else ""

    def tick(value, _):
        # A fixed number of decimals would make half a percent none.
        return f"{100 * value:g}%" if form == "percent" else said(value, form)

    axis.set_major_formatter(FuncFormatter(tick))
    axis.set_minor_formatter(FuncFormatter(between))


def forest(rows, *, label="label", kind=None, hollow=None, unit="", log=None, edge=None, axes=None):
    """Draw ranges, points and bounds as rows, top to bottom in the order of the table.

    A range is a bar, a point a mark, a bound an arrow that points to where the truth may lie; a row
    without any number says so. Rows with one label stand beside each other.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns low, central, high, any of which may be missing: with low alone a lower bound, with
        high alone an upper bound; an infinite high is an open end.
    label : str, default "label"
        Column that names the rows; long names are wrapped, not cut.
    kind : str, optional
        Column by which rows differ in colour and shape, told in a legend. Two charts give a kind
        the same look if the column is categorical.
    hollow : str, optional
        Column that is true for rows drawn with a white mark; the legend says "hollow" and its name.
    unit : str
        Label of the axis.
    log : str, optional
        Makes the axis logarithmic, with ticks in this format word ("number", "money", "percent").
    edge : float, optional
        Furthest that the axis goes to the right; a range that goes on beyond it ends in an arrow.
        Without it, or where it is missing, an open end is drawn to the largest number.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure as high as the rows need by default.

    Returns
    -------
    matplotlib.axes.Axes
    """
    import matplotlib.pyplot as plt

    columns = [name for name in (label, kind, hollow) if name is not None]
    expect_each("forest: the column", ["low", "central", "high", *columns], rows.columns)
    furthest = rows[["low", "central", "high"]].replace(np.inf, np.nan).max().max()
    edge = furthest if edge is None or is_missing(edge) else edge
    names = list(dict.fromkeys(rows[label]))
    wrapped = [textwrap.fill(str(name), 48) for name in names]
    beside = rows.groupby(label).cumcount()
    kinds = _kinds(rows[kind]) if kind else [None]
    told = [str(each) for each in kinds if kind and (rows[kind] == each).any()]
    told += [f"hollow: {hollow}"] if hollow and rows[hollow].any() else []
    side_by_side = 4 if sum(map(len, told)) < 95 else 2  # within the page
    if axes is None:
        more_lines = max((name.count("\n") for name in wrapped), default=0)
        row = 0.2 + max(0.12 * max(beside, default=0), 0.16 * more_lines)
        above = 1.4 + 0.18 * max(0, (len(told) - 1) // side_by_side)  # a line of the legend each
        _, axes = plt.subplots(figsize=(8.5, above + row * len(names)))
    middle = (rows.groupby(label)[label].transform("size") - 1) / 2
    rows = rows.assign(place=rows[label].map(names.index) + 0.22 * (beside - middle))
    for index, each in enumerate(kinds):
        some = rows[rows[kind] == each] if kind else rows
        look = {"color": PALETTE[index % 7], "marker": MARKERS[index % 7]}
        _ranges(axes, some, look, edge, hollow)
        if kind and len(some):
            axes.plot([], [], linestyle="none", label=each, **look)
    if hollow and rows[hollow].any():
        axes.plot([], [], "o", color="dimgrey", mfc="white", label=told[-1])
    axes.set_yticks(range(len(names)), wrapped, fontsize=8)
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel=unit)
    if log:
        log_axis(axes, unit, log)
    elif "year" not in unit:  # a year has no comma
        axes.xaxis.set_major_formatter("{x:,.10g}")
    if furthest > edge or (rows["high"] == np.inf).any():
        axes.set_xlim(right=edge)
    if told:
        axes.legend(fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=side_by_side)
    return axes


def _kinds(column):
    """List kinds in the order of a categorical column's categories, or else as they appear."""
    categories = getattr(column.dtype, "categories", None)
    return list(dict.fromkeys(column.dropna()) if categories is None else categories)


def _ranges(axes, rows, look, edge, hollow):
    """Draw the rows of one kind: bars, then arrows at open ends, then marks."""
    colour = look["color"]
    empty = rows[hollow].astype(bool) if hollow else False
    rows = rows.assign(face=np.where(empty, "white", colour))
    end = rows["high"].clip(upper=edge)
    closed = rows.dropna(subset=["low", "high"])
    axes.hlines(closed["place"], closed["low"], end[closed.index], color=colour, lw=1.8)
    beyond = rows[rows["high"] > edge]
    above = rows[rows["low"].notna() & rows["high"].isna()]
    below = rows[rows["high"].notna() & rows["low"].isna() & rows["central"].isna()]
    arrows = ((beyond.assign(at=edge), ">"), (above.assign(at=above["low"]), ">"))
    for some, arrow in (*arrows, (below.assign(at=below["high"]), "<")):
        where, look_of = (some["at"], some["place"]), {"ec": colour, "fc": some["face"]}
        axes.scatter(*where, marker=arrow, s=36, clip_on=False, zorder=2.5, **look_of)
    marks = rows.dropna(subset=["central"])
    where, look_of = (marks["central"], marks["place"]), {"ec": colour, "fc": marks["face"]}
    axes.scatter(*where, s=26, marker=look["marker"], zorder=3, **look_of)
    for place in rows.loc[rows[["low", "central", "high"]].isna().all(axis=1), "place"]:
        where = axes.get_yaxis_transform()
        axes.text(0.01, place, "no estimate", transform=where, color=colour, size=8, va="center")
