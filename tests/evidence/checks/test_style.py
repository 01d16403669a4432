"""A cell that hides the method, or a chart that does not say what it is, is named."""

import pandas as pd
import pytest

from evidence.checks.style import style_problems

CLAIMS = pd.DataFrame({"value_low": [0.8], "value_high": [0.8]}, index=["C01"])
HIDDEN = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
SEABORN = "import seaborn as sns"
GOOD_CHART = 'show(sns.lineplot(x=[1], y=[2]), title=f"{a}", source="b", alt="c")'


def code(source, metadata=None):
    return {"cell_type": "code", "source": source, "metadata": metadata or {}}


def problems(*cells):
    return style_problems(list(cells), CLAIMS)


def test_the_house_style_passes():
    assert (
        problems(
            code("n: int = 1\n" * 20, {"tags": ["parameters"]}),
            code(f"{SEABORN}\n%load_ext helpers"),
            code(f"share = women / everyone\n{GOOD_CHART}"),
            code('record(f"share_{year}", share, unit="fraction")\nframe[f"all_{sex}"]'),
            code("import a\n" * 15),
            code("answer_1 = ...\n" * 16, {"tags": ["class"]}),
            code("%%say\nIn 2019, **{share:percent}** were women; [C01] says 80%.", HIDDEN),
        )
        == []
    )


@pytest.mark.parametrize(
    ("source", "metadata", "says"),
    [
        ("x = 1\n" * 16, {}, "found 16 lines of visible code, expected at most 15"),
        ("import a\n" * 16, {}, "found 16 lines of visible code, expected at most 15"),
        ('words = f"{x} women"', {}, "an f-string in a visible cell"),
        ('rows.sort_values("year")', {}, 'sort_values without kind="stable"'),
        ('say("women")', {}, "a sentence in a visible cell"),
        ('show(sns.plot(), title="a", source="b")', {}, "a chart without alt"),
        ('show(sns.plot(), title="a", source=" ", alt="c")', {}, "a chart without source"),
        ("%%say\nWomen were {share:percent}.", {}, "a telling cell whose input stands open"),
        ("%%say\nOf 34 women", HIDDEN, "typed number 34, expected a computed sentence"),
    ],
)
def test_what_hides_the_method_is_named(source, metadata, says):
    (line,) = problems(code(SEABORN), code(source, metadata))
    assert line.startswith(f"cell 2: {says}")


def test_charts_without_seaborn_and_too_many_names():
    names = ", ".join(f"name_{n}" for n in range(16))
    found = problems(code(f"from helpers.charts import {names}"), code(GOOD_CHART))
    assert found == [
        "imports 16 names of helpers, expected at most 15",
        "shows charts, and none is drawn with seaborn",
    ]
