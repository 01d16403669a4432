"""`%%say` fills in a text from the notebook's names, and says in one line what it cannot."""

import nbformat
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from helpers.say import SayError, fill, said, without_formulas
from helpers.words import span

SHARES = pd.DataFrame({"low": [0.6, None]}, index=[2018, 2019])


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{1234:count} of {5e7:count}", "1,234 of 50,000,000"),
        ("{0.6856:percent} is {0.6856:percent 0}", "68.6% is 69%"),
        ("{105e6:money} in {2019:year}", "US$105 million in 2019"),
        ("{27613:about} or {27613:about 3}", "28,000 or 27,600"),
        (
            "{85264:dollars} or {(989003, 7.6049e9):span dollars 3}",
            "US$85,000 or US$989,000 to US$7.6 billion",
        ),
        ("{(5e4, 2e5):span}", "50,000 to 200,000"),
        ("{(0.25, None):span percent 0}", "at least 25%"),
        ("{(float('nan'), 16000):span count}", "at most 16,000"),
        ("{(3.0, float('inf')):span}", "at least 3"),
        ("{shares.loc[2018, 'low']:percent}", "60.0%"),
        ("{shares.loc[2019, 'low']:percent}", "not recorded"),
        ("{nothing:money}", "not recorded"),
        ("{['a', 'b', 'c']:list}", "a, b and c"),
        ("{[]:list}", "none"),
        ("{names[1:3]:list}", "y and z"),
        ("{0.123456:.2f} {{kept}}", "0.12 {kept}"),
        ("{word} {7} {2.5}", "clear 7 2.5"),
        ("{2019} {25000} {True}", "2019 25,000 True"),
    ],
)
def test_values_are_written_as_the_format_words_say(template, text):
    names = {"shares": SHARES, "nothing": None, "names": ["x", "y", "z"], "word": "clear"}
    assert fill(template, names) == text


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("In all,\n{womn:count}", "line 2, {womn}: no name 'womn'; did you mean women?"),
        ("{women:cuont}", "line 1, {women}: no format word 'cuont', did you mean count?"),
        ("{women:percent one}", "line 1, {women}: 'percent one' does not fit 3"),
        (
            "{women.nemerator}",
            "line 1, {women.nemerator}: no attribute 'nemerator'; did you mean numerator?",
        ),
        ("{women / 0}", "line 1, {women / 0}: ZeroDivisionError: division by zero"),
        ("{women", "braces that do not close"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(template, line):
    with pytest.raises(SayError) as found:
        fill(template, {"women": 3})
    assert str(found.value).startswith(line) and "\n" not in str(found.value)


@given(st.floats(1, 1e12), st.floats(1, 1e12))
def test_a_range_has_both_its_ends_in_their_order(one, two):
    low, high = sorted((one, two))
    parts = span(low, high).split(" to ")
    assert parts == [said(low, "number"), said(high, "number")] or len(parts) == 1


def test_no_dollar_sign_can_begin_a_formula():
    shown = without_formulas("US$5 to US$7")
    assert "$" not in shown and shown.count("<span>&#36;</span>") == 2


def executed(*sources):
    """Execute cells in a fresh kernel and return the outputs of the last."""
    cells = [nbformat.v4.new_code_cell(source) for source in ("%load_ext helpers", *sources)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    return notebook.cells[-1].outputs


def test_the_magic_shows_markdown_and_plain_text():
    (output,) = executed("cost = 5e6", "%%say\nIt was **{cost:money}**.\n")
    assert output.data["text/plain"] == "It was **US$5 million**."
    assert output.data["text/markdown"] == "It was **US<span>&#36;</span>5 million**."


def test_a_misspelt_name_stops_the_notebook_without_a_traceback():
    with pytest.raises(CellExecutionError) as found:
        executed("women = 3", "%%say\nOf {womn:count} women")
    assert found.value.ename == "SayError"
    assert "no name 'womn'; did you mean women?" in found.value.evalue
    assert "cell [3]" in found.value.evalue and "Formatter" not in str(found.value.traceback)
