"""Charts: the text that stands for them, and pictures that do not change by themselves."""

import numpy as np
import pytest

from helpers.charts import canvas, digest_lines, png_bytes, show


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


def test_the_digest_names_the_range_of_a_series():
    assert digest_lines(draw())[0] == "- women: 3 points, 1 to 9"


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
    with pytest.raises(ValueError, match="expected plotted numbers"):
        show(figure, title="t", source="s", alt="a")
