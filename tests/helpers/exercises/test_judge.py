"""A learner's answer is told what is off, and nothing if it agrees."""

import importlib
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers.exercises import check
from helpers.exercises.check import GRADING, NotYet, folded, read_key, variable_of
from helpers.exercises.judge import KINDS, judge, plain

NUMBER = {"kind": "number", "expected": 0.25, "unit": "fraction"}
COUNT = {"kind": "count", "expected": 33, "unit": "persons"}
RANGE = {"kind": "range", "expected": [0.2, 0.4], "unit": "fraction"}
WORD = {"kind": "word", "expected": "stock", "options": ["stock", "flow"]}
WORDS = {"kind": "words", "expected": ["C16", "C17"], "options": ["C15", "C16", "C17"]}
TRUTH = {"kind": "truth", "expected": True}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (NUMBER, 0.25),
        (NUMBER, np.float64(0.2501)),
        (NUMBER, 0.2524),
        (NUMBER, np.array(0.25)),
        (NUMBER, Decimal("0.25")),
        (NUMBER, Fraction(1, 4)),
        (COUNT, 33),
        (COUNT, np.int64(33)),
        (COUNT, 33.0),
        (RANGE, (0.2, 0.4)),
        (RANGE, np.array([0.2, 0.4])),
        (RANGE, pd.Series({"low": 0.2, "high": 0.4})),
        (RANGE, [np.array(0.2), Decimal("0.4")]),
        (RANGE, (float(end) for end in ("0.2", "0.4"))),
        (WORD, " Stock"),
        (WORD, np.array("stock")),
        (WORDS, ["C17", "C16"]),
        (WORDS, {"C16", "C17"}),
        (WORDS, pd.Index(["c16", "C17"])),
        (WORDS, (word for word in ("C16", "C17"))),
        (WORDS, filter(None, ["C16", "C17", ""])),
        (TRUTH, np.bool_(True)),
        (TRUTH, np.array(True)),
    ],
)
def test_a_right_answer_in_any_usual_type_passes(question, answer):
    assert judge(answer, question) == ""


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        (NUMBER, ..., "no answer yet"),
        (NUMBER, None, "None"),
        (NUMBER, "25%", "text '25%'"),
        (NUMBER, True, "is True, expected one number"),
        (NUMBER, [0.25], "take it out"),
        (NUMBER, pd.Series([0.25, 1]), "type Series with 2 values"),
        (NUMBER, float("nan"), "missing value"),
        (NUMBER, abs, "is a function"),
        (NUMBER, float, "is the type float itself"),
        (NUMBER, Decimal("sNaN"), "cannot be used as a number"),
        pytest.param(NUMBER, 10**400, "cannot be used as a number", id="huge"),
        (NUMBER, map(float, "12"), "is of type list with 2 values"),
        (NUMBER, Decimal(3), "too large, by more than ten times"),
        (RANGE, {0.2, 0.4}, "is of type set"),
        (RANGE, (int, 0.4), "low end is the type int"),
        (WORDS, str, "is the type str"),
        (TRUTH, bool, "is the type bool"),
        (NUMBER, 1 + 2j, "complex"),
        (COUNT, {"a": 1}, "type dict with 1 values"),
        (RANGE, 0.2, "is of type float, expected two numbers"),
        (RANGE, (0.2, 0.3, 0.4), "has 3 values"),
        (RANGE, ("0.2", 0.4), "low end is the text"),
        (RANGE, (0.4, 0.2), "low end is above the high end"),
        (WORD, 3, "is of type int, expected text"),
        (WORD, " ", "is empty"),
        (WORD, "price", "expected one of stock, flow"),
        (WORDS, "C16", "expected a list of texts"),
        (WORDS, [16, 17], "of type int"),
        (WORDS, ["C99"], "holds 'C99'"),
        (TRUTH, "yes", "expected True or False"),
    ],
)
def test_an_answer_of_the_wrong_type_is_told_so(question, answer, says):
    assert says in judge(answer, question)


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        (NUMBER, 25, "a percentage?"),
        (NUMBER, -0.25, "wrong sign"),
        (NUMBER, 4.0, "other way round"),
        (NUMBER, 250, "a thousand times too large"),
        (NUMBER, 0.2575, "keep more digits"),
        (NUMBER, 0.7, "too large, by more than twice"),
        (NUMBER, 0.01, "too small, by more than ten times"),
        (COUNT, 32.5, "not a whole number"),
        (COUNT, 34, "should not be"),
        (COUNT, 30, "left out"),
        (RANGE, (0.2, 0.6), "high end: too large"),
        (WORD, "flow", "is not it"),
        (WORDS, ["C15", "C16"], "does not belong: C15; 1 missing"),
        (TRUTH, False, "other way round"),
    ],
)
def test_a_wrong_answer_is_told_what_is_off(question, answer, says):
    assert says in judge(answer, question)


def test_a_mistake_the_lesson_knows_is_named():
    known = NUMBER | {"mistakes": [{"value": 0.75, "says": "those are the men"}]}
    assert judge(0.75, known) == "those are the men"
    assert "too large" in judge(0.6, known)
    # A mistake that happens to give the right number is right.
    assert judge(0.25, NUMBER | {"mistakes": [{"value": 0.25, "says": "no"}]}) == ""
    assert judge("0.75", known).startswith("is the text")


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_only_numbers_within_the_tolerance_pass(expected, answer):
    assume(abs(expected) > 1e-6)
    passes = judge(answer, {"kind": "number", "expected": expected}) == ""
    assert passes == (abs(answer - expected) <= 0.01 * max(abs(answer), abs(expected)))


NUMBERS = st.integers() | st.floats() | st.decimals() | st.fractions() | st.complex_numbers()
ONE = NUMBERS | st.text() | st.booleans() | st.sampled_from([None, ..., int, abs, 10**400, pd.NA])
# An array of no dimension may hold anything; a generator, map or filter gives its items once.
PART = ONE | ONE.map(lambda one: np.array(one, dtype=object))
MANY = st.lists(PART, max_size=3)
ANSWERS = PART | MANY | MANY.map(iter) | MANY.map(lambda many: map(repr, many)) | MANY.map(tuple)
ANSWERS |= st.dictionaries(st.text(), ONE) | MANY.map(lambda many: np.array(iter(many)))


@given(st.sampled_from(KINDS), ANSWERS)
def test_no_answer_breaks_the_check(kind, answer):
    questions = {q["kind"]: q for q in (NUMBER, COUNT, RANGE, WORD, WORDS, TRUTH)}
    assert isinstance(judge(answer, questions[kind]), str)


def test_the_cell_finds_the_variable_and_says_one_line(tmp_path, capsys):
    key = tmp_path / "answers.json"
    key.write_text(folded({"31.2": NUMBER}), encoding="utf-8")
    assert read_key(key) == {"31.2": NUMBER}
    assert "0.25" not in key.read_text(encoding="utf-8")
    assert variable_of("31.2b") == "answer_2b"
    check("31.2", {"answer_2": 0.25}, key)
    assert capsys.readouterr().out == "31.2: your answer agrees.\n"
    for names, says in (({}, "does not exist"), ({"answer_2": 25}, "percentage")):
        with pytest.raises(NotYet, match=says) as caught:
            check("31.2", names, key)
        assert len(caught.value._render_traceback_()) == 1
    with pytest.raises(NotYet, match=r"^exercise is '31\.9', expected one of 31\.2$"):
        check("31.9", {"answer_9": 1}, key)


module = importlib.import_module("helpers.exercises.check")  # behind the function of this name


def test_an_answer_that_is_missing_stops_nothing_and_scores_nothing(tmp_path, capsys, monkeypatch):
    key = tmp_path / "answers.json"
    check("31.2", {"answer_2": ...}, key)  # needs no key
    assert capsys.readouterr().out == "31.2: not answered yet\n"
    key.write_text(folded({"31.2": NUMBER}), encoding="utf-8")
    monkeypatch.setenv(GRADING, "1")
    with pytest.raises(NotYet, match="answer_2: no answer yet"):
        check("31.2", {"answer_2": ...}, key)


def test_where_no_key_lies_beside_the_kernel_the_collections_own_is_read(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    own = tmp_path / "notebooks" / "answers.json"
    own.write_text(folded({"31.2": NUMBER}), encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", own.parent)
    monkeypatch.chdir(tmp_path)
    check("31.2", {"answer_2": 0.25})
    (tmp_path / "answers.json").write_text(folded({"31.2": NUMBER | {"expected": 0.5}}), "utf-8")
    check("31.2", {"answer_2": 0.5})


DEFAULTS = {"share": [0.5, 0.75, 1.0], "claim_usd": 105_000_000.0, "outcome": "women"}
NAMES = {"share": (0.5, 0.75, 1), "claim_usd": 105_000_000, "outcome": "women"}


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"answer_2": 0.7}, "answer_2: too large, by more than twice"),
        ({"answer_2": np.array(0.7), "share": np.array([0.5, 0.75, 1])}, "too large"),
        (
            {"answer_2": 0.7, "claim_usd": 2},
            "put claim_usd back to its default (105000000) first, and run the notebook again",
        ),
        ({"answer_2": 0.7, "outcome": {1, "a"}}, "put outcome back to its default ('women') first"),
        ({"answer_2": 0.7, "claim_usd": 2}, "too large, by more than twice; if your answer is for"),
        (
            {"answer_2": 0.75, "share": [0.3], "claim_usd": abs},
            "(105000000) and share back to its default ([0.5, 0.75, 1]) first",
        ),
        ({"answer_2": None, "claim_usd": 2}, "no answer"),
        ({"answer_2": "0.7", "claim_usd": 2}, "is the text '0.7'"),
        ({"answer_2": 0.25, "claim_usd": 2}, ""),
    ],
)
def test_a_wrong_answer_is_coached_and_told_what_to_put_back(tmp_path, names, says):
    key = tmp_path / "answers.json"
    known = {"mistakes": [{"value": 0.75, "says": "those are the men"}], "parameters": DEFAULTS}
    key.write_text(folded({"31.2": NUMBER | known}), encoding="utf-8")
    if not says:
        check("31.2", NAMES | names, key)
        return
    with pytest.raises(NotYet) as caught:
        check("31.2", NAMES | names, key)
    assert says in str(caught.value)


DAMAGED = ('{"answers": "e30="}', '{"answers": {"31.2": "%%"}}', '{"answers": {"31.2": "e30x"}}')


@pytest.mark.parametrize("content", ["", "[]", "{}", *DAMAGED])
def test_a_damaged_key_is_said_to_be_one(tmp_path, monkeypatch, content):
    key = tmp_path / "answers.json"
    key.write_text(content, encoding="utf-8")
    with pytest.raises(NotYet, match="damaged"):
        check("31.2", {"answer_2": 1}, key)
    key.unlink()
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with pytest.raises(NotYet, match="keep both in one folder"):
        check("31.2", {"answer_2": 1}, key)


def test_rounding_as_the_exercise_says_counts():
    rounded = RANGE | {"expected": [0.2571, 0.4885], "nearest": 0.01}
    assert judge((0.26, 0.49), rounded) == ""
    assert judge((0.26, 0.48), rounded) == "high end: close: keep more digits until the last step"
    persons = NUMBER | {"expected": 26_384.0, "tolerance": 1e-6, "nearest": 100}
    assert (judge(26_400, persons), judge(26_300, persons) != "") == ("", True)
    assert "a percentage?" in judge(26, NUMBER | {"expected": 0.2571, "nearest": 0.01})


@given(st.floats(0.01, 1), st.sampled_from([0, 1, 2, 3]))
def test_what_python_rounds_to_the_stated_digits_passes(expected, digits):
    question = NUMBER | {"expected": expected, "tolerance": 0, "nearest": 10**-digits}
    assert judge(round(expected, digits), question) == ""


def test_an_answer_is_compared_in_the_state_that_the_exercise_says_to_set():
    men = {"value": 0.75, "says": "those are the men", "parameters": {"year": 2020}}
    question = NUMBER | {"mistakes": [men], "parameters": {"year": 2020}}
    there = {"expected": 0.4, "mistakes": [{"value": 0.6, "says": "the men of 2021"}]}
    question["states"] = [there | {"parameters": {"year": 2021}}]
    assert module.off(0.75, question, {"year": 2020}) == "those are the men"
    assert module.off(0.4, question, {"year": 2021}) == ""
    assert module.off(0.25, question, {"year": 2021}) == ""  # right for the parameters as they came
    assert module.off(0.6, question, {"year": 2021}) == "the men of 2021"
    assert "put year back to its default (2020)" in module.off(0.75, question, {"year": 2022})
    # An answer that depends on no parameter is coached whatever they are.
    free = NUMBER | {"mistakes": [men | {"parameters": {}}], "parameters": {}}
    assert module.off(0.75, free, {"year": 2021}) == "those are the men"


@given(st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-9))
def test_an_expected_answer_holds_twelve_digits_and_so_no_last_bits(value):
    kept = plain([value])[0]
    assert kept == pytest.approx(value, rel=1e-11)
    assert len(Decimal(repr(kept)).normalize().as_tuple().digits) <= 12
