"""Rows of estimates: every number is drawn, a missing one is said."""

import numpy as np
import pandas as pd
import pytest

from helpers.charts import canvas
from helpers.data import labels
from helpers.hidden.charts import LOOK, draw_intervals, draw_widths, widest

ROWS = pd.DataFrame(
    [
        ("A", "stepwise", 120.0, 100.0, 150.0),
        ("A", "best_bic", 90.0, 80.0, np.inf),
        ("B", "stepwise", np.nan, np.nan, np.nan),
        ("C", "as_published", np.nan, 60.0, 70.0),
    ],
    columns=["table", "method", "estimate", "low", "high"],
)


def test_rows_refusals_and_open_ends():
    axes = canvas()[1]
    draw_intervals(axes, ROWS, 200)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["A", "B", "C"]
    assert [text.get_text() for text in axes.texts] == ["no estimate"]
    segments = [s for c in axes.collections for s in c.get_segments()]
    ends = sorted((segment[0][0], segment[1][0]) for segment in segments)
    assert ends == [(60, 70), (80, 200), (100, 150)]
    arrows = [line for line in axes.lines if line.get_marker() == ">"]
    assert sum(len(line.get_xdata()) for line in arrows) == 1
    places = {line.get_label(): line.get_ydata() for line in axes.lines}
    assert places["stepwise"] == pytest.approx([-0.1]) and places["best BIC"] == pytest.approx(
        [0.1]
    )


def test_the_axis_holds_the_ranges_but_not_what_has_no_end():
    assert widest(ROWS) == 3 * 120
    assert widest(ROWS.iloc[:1]) == pytest.approx(1.05 * 150)
    assert widest(ROWS.iloc[2:3]) == 1


def test_widths_fall_with_coverage_and_with_lists():
    axes = canvas()[1]
    draw_widths(axes, 10_000, 2.0, counts=(2, 4))
    two, four = (line.get_ydata() for line in axes.lines[:2])
    assert (np.diff(two) < 0).all() and (four < two).all()


def test_methods_are_called_what_the_table_of_published_estimates_calls_them():
    words = labels("list_estimates", "method")
    assert {method: LOOK[method][2] for method in words} == words
