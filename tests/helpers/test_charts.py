"""Charts: the text that stands for them, and pictures that do not change by themselves."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import seaborn as sns
import seaborn.objects as so
from matplotlib import pyplot as plt

from helpers.charts import (
    DOTS_PER_INCH,
    PALETTE,
    STYLE,
    as_figure,
    canvas,
    caption,
    forest,
    log_axis,
    png_bytes,
    show,
)
from helpers.digest import digest_lines
from helpers.expect import Refusal


@pytest.fixture(autouse=True)
def no_figure_left():
    yield
    plt.close("all")


def draw(values=(1.0, 4.0, 9.0), kind="plot"):
    figure, axes = canvas(width=4, height=2)
    at = np.arange(len(values))
    if kind == "plot":
        axes.plot(at, values, label="women")
    elif kind == "bar":
        axes.bar(at, values)
    elif kind == "scatter":
        axes.scatter(at, values)
    elif kind == "errorbar":
        axes.errorbar(at, np.ones(len(values)), yerr=values)
    elif kind == "fill_between":
        axes.fill_between(at, 0, values)
    elif kind == "vlines":
        axes.vlines(at, 0, values)
    elif kind == "stairs":
        axes.stairs(values)
    elif kind == "imshow":
        axes.imshow([values])
    elif kind == "annotate":
        axes.plot(at, at)
        axes.annotate(f"{values[-1]}", (0, 0))
    return figure


KINDS = ["plot", "bar", "scatter", "errorbar", "fill_between", "vlines", "stairs", "imshow"]


@pytest.mark.parametrize("kind", [*KINDS, "annotate"])
def test_any_changed_number_changes_the_digest(kind):
    assert digest_lines(draw(kind=kind)) == digest_lines(draw(kind=kind))
    assert digest_lines(draw(kind=kind)) != digest_lines(draw((1.0, 4.0, 9.01), kind=kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_bits_do_not_change_the_digest(kind):
    nudged = tuple(np.nextafter((1.0, 4.0, 9.0), 10))
    assert digest_lines(draw(kind=kind)) == digest_lines(draw(nudged, kind=kind))


@pytest.mark.parametrize("kind", ["plot", "bar", "scatter", "fill_between", "vlines"])
def test_what_rounding_leaves_of_nothing_does_not_change_the_digest(kind):
    told = {
        tuple(digest_lines(draw((0.1 + 0.2, trace, 9.0), kind=kind)))
        for trace in (0.0, -0.0, 5.6e-17, -1.1e-16)
    }
    assert len(told) == 1
    assert digest_lines(draw((0.3, 1e-4, 9.0), kind=kind))[-1] not in {lines[-1] for lines in told}


@pytest.mark.parametrize("value", [0.6914875, 0.60035, 12.3455, 0.1234565])
def test_the_last_bit_of_a_neat_number_does_not_change_the_digest(value):
    near = (np.nextafter(value, 0), value, np.nextafter(value, 99))
    assert len({tuple(digest_lines(draw((0.0, each)))) for each in near}) == 1
    assert len({tuple(digest_lines(draw((1.0, each)))) for each in near}) == 1


def test_a_bar_of_rounding_alone_does_not_change_the_digest():
    told = set()
    for trace in (0.0, 5.6e-17, -1.1e-16):
        axes = pd.DataFrame({"girls": [4.0, trace], "men": [1.0, 2.0]}).plot.bar(stacked=True)
        told.add(tuple(digest_lines(axes.figure)))
    assert len(told) == 1


def test_the_digest_names_the_range_of_a_series():
    assert digest_lines(draw())[0] == "- women: 3 points, 1 to 9"
    many = draw((1.234_56, 4_500_000, 12_345_678))
    assert digest_lines(many)[0] == "- women: 3 points, 1.235 to 12,350,000"


def test_a_picture_of_the_same_numbers_has_the_same_bytes():
    assert png_bytes(draw()) == png_bytes(draw())
    assert png_bytes(draw()) != png_bytes(draw((1.0, 4.0, 8.0)))


@pytest.mark.parametrize("missing", ["title", "source", "alt"])
def test_a_chart_needs_title_source_and_description(missing):
    words = {"title": "t", "source": "s", "alt": "a", missing: " "}
    with pytest.raises(ValueError, match=missing):
        show(draw(), **words)


def test_an_empty_chart_is_refused():
    figure, _ = canvas()
    with pytest.raises(ValueError, match="it has no points"):
        show(figure, title="t", source="s", alt="a")


ROWS = pd.DataFrame(
    [
        ("a survey", "field", 100.0, 120.0, 150.0),
        ("a survey", "model", 80.0, 90.0, np.inf),
        ("nobody knows", "field", np.nan, np.nan, np.nan),
        ("published", "field", 60.0, np.nan, 70.0),
        ("no fewer", "field", 50.0, np.nan, np.nan),
        ("no more", "field", np.nan, np.nan, 40.0),
    ],
    columns=["label", "method", "low", "central", "high"],
)


def test_a_forest_draws_ranges_points_bounds_and_refusals():
    axes = forest(ROWS, kind="method", edge=200)
    assert [label.get_text() for label in axes.get_yticklabels()] == list(dict.fromkeys(ROWS.label))
    assert [text.get_text() for text in axes.texts] == ["no estimate"]
    bars = [
        bar
        for drawn in axes.collections
        if hasattr(drawn, "get_segments")
        for bar in drawn.get_segments()
    ]
    assert sorted((bar[0][0], bar[1][0]) for bar in bars) == [(60, 70), (80, 200), (100, 150)]
    marks = [
        xy
        for drawn in axes.collections
        if not hasattr(drawn, "get_segments")
        for xy in drawn.get_offsets().tolist()
    ]
    # The two ends of bounds, the open end at the edge, and the two points, side by side.
    assert sorted(x for x, _ in marks) == [40, 50, 90, 120, 200]
    assert {y for x, y in marks if x in (90, 120)} == {-0.11, 0.11}


def test_a_long_name_is_wrapped_and_not_cut():
    name = "a producer whose name is so long that it does not fit beside the bars of one row"
    axes = forest(ROWS.head(1).assign(label=name))
    assert axes.get_yticklabels()[0].get_text().replace("\n", " ") == name


def test_a_forest_goes_no_further_than_its_ranges_or_its_edge():
    ends = {}
    for edge in (None, float("nan"), 200, 1000):
        axes = forest(ROWS, edge=edge)
        bars = [drawn for drawn in axes.collections if hasattr(drawn, "get_segments")]
        ends[str(edge)] = max(bar[1][0] for drawn in bars for bar in drawn.get_segments())
        assert axes.get_xlim()[1] == ends[str(edge)]  # one of the ranges has no end
        plt.close(axes.figure)
    assert ends == {"None": 150, "nan": 150, "200": 200, "1000": 1000}
    closed = forest(ROWS[ROWS["high"] != np.inf], edge=1000)
    assert 150 < closed.get_xlim()[1] < 200
    plt.close(closed.figure)


def test_a_forest_writes_thousands():
    axes = forest(ROWS.head(1).assign(low=10_000, central=12_000, high=15_000))
    axes.figure.canvas.draw()
    assert "10,000" in [text.get_text() for text in axes.get_xticklabels()]
    plt.close(axes.figure)


def test_seaborn_charts_are_shown_with_the_names_of_their_legend(capsys):
    rows = pd.DataFrame({"year": [1, 2, 1, 2], "people": [3, 4, 5, 6], "sex": [*"mmww"]})
    charts = (
        sns.lineplot(rows, x="year", y="people", hue="sex"),
        sns.relplot(rows, x="year", y="people", hue="sex"),
        so.Plot(rows, x="year", y="people", color="sex").add(so.Dot()),
    )
    for chart in charts:
        show(chart, title="A finding", source="a table", alt="Two groups.")
        shown = capsys.readouterr().out
        assert "- m: 2 points, 3 to 4" in shown and "- w: 2 points, 5 to 6" in shown
        plt.close("all")


def test_a_value_that_is_not_there_is_not_drawn_as_a_range():
    axes = canvas()[1]
    axes.scatter([1, 2, 3], [5, np.nan, 7], label="counts")
    assert digest_lines(axes.figure)[0] == "- counts: 2 points, 5 to 7"


def test_a_chart_of_rows_without_numbers_says_so():
    rows = pd.DataFrame({"label": ["a", "b"], "low": np.nan, "central": np.nan, "high": np.nan})
    lines = digest_lines(forest(rows).figure)
    assert "no row of the chart has a number" in lines[0] and "Plotted points: 0" in lines[1]


def test_what_is_drawn_of_nothing_is_no_series():
    axes = canvas()[1]
    axes.plot([1, 2], [3, 4], label="women")
    axes.scatter([], [], label="men")
    axes.fill_between([], [], [], label="men")
    assert len(digest_lines(axes.figure)) == 2


def test_bars_of_one_name_are_one_line():
    rows = pd.DataFrame({"year": [1, 2, 1, 2], "people": [3, 4, 5, -6], "sex": [*"mmww"]})
    axes = sns.barplot(rows, x="year", y="people", hue="sex", errorbar=None)
    lines = digest_lines(axes.figure)
    plt.close("all")
    assert lines[:-1] == ["- m: 2 bars, 0 to 4", "- w: 2 bars, -6 to 5"]


@pytest.mark.parametrize(
    "kinds", [["model of censuses", "survey"], ["women among all those asked"]]
)
def test_the_source_and_the_legend_of_a_forest_stay_inside(kinds, capsys):
    names = [f"{kinds[place % len(kinds)]} {place}" for place in range(4)]
    axes = forest(ROWS.head(4).assign(label="x" * 48, kind=names), kind="kind")
    show(axes, title="A finding", source="Goodkind, Daniel; West, Loraine " * 9, alt="Rows.")
    figure = axes.figure
    for part in (axes.get_legend(), figure._supxlabel, figure._suptitle):
        place = part.get_window_extent(figure.canvas.get_renderer())
        assert place.x0 >= 0 and place.x1 <= figure.bbox.width


@pytest.mark.parametrize(
    ("ends", "named"),
    [
        ((3_000, 80_000), ["US$5,000", "US$10,000", "US$20,000", "US$50,000"]),
        ((90, 11_000), ["US$100", "US$1,000", "US$10,000"]),
    ],
)
def test_a_log_axis_of_any_length_has_ticks_to_read(ends, named):
    figure, axes = canvas()
    axes.plot(ends, [0, 1])
    axes.set_xlim(ends)
    log_axis(axes, "dollars", "money")
    figure.draw_without_rendering()
    labels = axes.get_xticklabels(which="both")
    seen = {label.get_text(): label.get_position()[0] for label in labels if label.get_text()}
    assert {name for name, at in seen.items() if ends[0] <= at <= ends[1]} == set(named)


def test_a_long_source_ends_before_the_right_edge():
    figure, _ = canvas()
    figure.set_dpi(DOTS_PER_INCH)
    caption(figure, "Title", "Federal Reserve System (2026); BBC NEWS (2011); " * 6)
    figure.draw_without_rendering()
    assert figure._supxlabel.get_window_extent().x1 < figure.bbox.x1


def test_a_kind_keeps_its_look_from_forest_to_forest():
    kinds = pd.CategoricalDtype(["field", "model"])
    looks = {"field": PALETTE[0], "model": PALETTE[1]}
    for rows in (ROWS, ROWS.iloc[::-1], ROWS.tail(2)):
        axes = forest(rows.assign(method=rows["method"].astype(kinds)), kind="method")
        plt.close(axes.figure)
        legend = axes.get_legend()
        names = [text.get_text() for text in legend.get_texts()]
        shown = {n: h.get_color() for n, h in zip(names, legend.legend_handles, strict=True)}
        assert shown == {name: looks[name] for name in kinds.categories if name in set(rows.method)}


def test_a_chart_or_a_forest_that_lacks_something_says_what_in_one_line():
    axes = canvas()[1]
    with pytest.raises(Refusal, match=r"^chart: alt is missing: expected what someone who cannot"):
        show(axes, title="A finding", source="a table")
    with pytest.raises(Refusal, match=r"^forest: the column is 'methd', did you mean method\?$"):
        forest(ROWS, kind="methd")


def test_a_legend_names_only_the_kinds_that_are_drawn():
    kinds = ROWS["method"].astype(pd.CategoricalDtype(["field", "none", "model"]))
    axes = forest(ROWS.assign(method=kinds), kind="method")
    plt.close(axes.figure)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["field", "model"]


def test_the_legend_says_what_hollow_means_and_a_bound_is_hollow_too():
    rows = ROWS.assign(asked=[False, True] * 3)
    for kind, names in (("method", ["field", "model"]), (None, [])):
        axes = forest(rows, kind=kind, hollow="asked", edge=200)
        plt.close(axes.figure)
        legend = axes.get_legend()
        assert [text.get_text() for text in legend.get_texts()] == [*names, "hollow: asked"]
        assert legend.legend_handles[-1].get_markerfacecolor() == "white"
        white = {
            tuple(at)
            for marks in axes.collections
            if hasattr(marks, "get_offsets")
            for at, face in zip(marks.get_offsets(), marks.get_facecolor(), strict=False)
            if tuple(face) == (1, 1, 1, 1)
        }
        assert (40, 4) in white  # "no more": at most 40, and asked
        assert (50, 3) not in white  # "no fewer": at least 50
    filled = forest(rows.assign(asked=False), hollow="asked")
    plt.close(filled.figure)
    assert filled.get_legend() is None


def test_the_labels_of_a_long_log_axis_stand_apart():
    figure, axes = canvas()
    axes.plot([150, 5e11], [0, 1])
    axes.set_xlim(150, 5e11)
    log_axis(axes, "dollars", "money")
    figure.set_size_inches(STYLE["figure.figsize"])
    figure.draw_without_rendering()
    ends = axes.get_xlim()
    boxes = [
        label.get_window_extent()
        for label in axes.get_xticklabels()
        if label.get_text() and ends[0] <= label.get_position()[0] <= ends[1]
    ]
    assert len(boxes) > 3
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_half_a_percent_is_not_written_as_none():
    figure, axes = canvas()
    axes.plot([0.005, 0.3], [0, 1])
    log_axis(axes, "share", "percent")
    figure.draw_without_rendering()
    labels = {label.get_text() for label in axes.get_xticklabels(which="both")}
    assert {"0.5%", "1%", "2%", "20%"} <= labels
    assert "0%" not in labels


def test_a_plot_has_the_size_that_it_was_laid_out_in():
    plot = so.Plot(x=[1, 2], y=[1, 2]).add(so.Dot())
    assert as_figure(plot.layout(size=(8, 9))).get_size_inches().tolist() == [8, 9]
    usual = as_figure(plot).get_size_inches().tolist()
    assert usual == list(STYLE["figure.figsize"])


def test_a_chart_without_points_says_what_is_missing():
    _, axes = canvas()
    sns.lineplot(pd.DataFrame({"year": [], "persons": []}), x="year", y="persons", ax=axes)
    with pytest.raises(Refusal, match=r"^chart: it has no points: the table plotted has no rows;"):
        digest_lines(axes.figure)
    _, axes = canvas()
    axes.plot([1, 2], [np.nan, np.nan])
    with pytest.raises(Refusal, match=r"^chart: it has no points: every plotted value is missing;"):
        digest_lines(axes.figure)


@pytest.mark.parametrize("hollow", [False, True])
def test_the_text_of_a_forest_gives_amounts_of_each_kind(hollow):
    rows = pd.DataFrame({"label": [*"abc"], "low": [5, 20, np.nan], "central": [10, 30, 700]})
    rows = rows.assign(high=[15, 40, np.nan], kind=[*"xxy"], stated=[hollow, False, hollow])
    lines = digest_lines(forest(rows, kind="kind", hollow="stated").figure)
    assert lines[:-1] == ["- x: 2 ranges and 2 points, 5 to 40", "- y: 1 point, 700 to 700"]


def test_where_numbers_stand_along_a_scale_does_not_change_the_digest():
    wide = draw()
    narrow = draw()
    narrow.set_size_inches(1, 1)
    assert digest_lines(wide) == digest_lines(narrow)
    names = draw()
    names.axes[0].set_xticks([0, 1, 2], ["first", "second", "third"])
    assert digest_lines(names) != digest_lines(wide)
