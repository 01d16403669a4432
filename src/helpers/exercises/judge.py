"""Says what is off in a learner's answer; says nothing if it agrees."""

import math
from numbers import Number

from helpers.exercises import answer_types as types

ANSWER_TYPE = "application/vnd.evidence.answers+json"
KINDS = ("number", "count", "range", "word", "words", "truth")
# How far a number may be from the expected one, as a fraction of it.
TOLERANCE = 0.01
SCALES = {
    100: "a hundred times too large: is it a percentage? A fraction is expected",
    0.01: "a hundred times too small: is it a fraction? A percentage is expected",
    1e3: "a thousand times too large: check the unit",
    1e-3: "a thousand times too small: check the unit",
    1e6: "a million times too large: check the unit",
    1e-6: "a million times too small: check the unit",
}


def judge(answer, question):
    """Compare an answer with the expected one.

    Parameters
    ----------
    answer : object
        Whatever the learner assigned.
    question : dict
        kind (one of `KINDS`), expected, and where they apply: unit (words), tolerance (relative),
        nearest (an answer rounded to this agrees as well), options (list of str the answer is
        chosen from), mistakes (list of dict with a value and what it says about the way there).

    Returns
    -------
    str
        What is off, in one sentence; empty if the answer agrees.
    """
    answer = types.settle(answer)
    return wrong_type(answer, question) or _off(answer, question)


def wrong_type(answer, question):
    """Say why an answer is not of the type that is asked for; nothing if it is."""
    return {
        "number": types.not_a_number,
        "count": types.not_a_number,
        "range": types.not_a_range,
        "word": types.not_a_word,
        "words": types.not_words,
        "truth": types.not_a_truth,
    }[question["kind"]](answer, question.get("unit", ""))


def _off(answer, question):
    """Say what is off in an answer of the right type."""
    kind, expected = question["kind"], question["expected"]
    named = _named_mistake(answer, question)
    if named:
        return named
    if kind == "number":
        return _number(float(answer), expected, question)
    if kind == "count":
        return _count(float(answer), expected)
    if kind == "range":
        ends = [float(types.settle(end)) for end in answer]
        return _range(ends, expected, question)
    if kind == "word":
        return _word(answer, expected, question.get("options"))
    if kind == "words":
        return _words(answer, expected, question.get("options"))
    return "" if bool(answer) == expected else "the other way round: read the question again"


def _named_mistake(answer, question):
    """Recognise a mistake that the lesson describes, unless the answer is right as well."""
    bare = {k: v for k, v in question.items() if k not in ("mistakes", "options")}
    if not question.get("mistakes") or not judge(answer, bare):
        return ""
    for mistake in question["mistakes"]:
        if not judge(answer, bare | {"expected": mistake["value"]}):
            return mistake["says"]
    return ""


def _agree(value, expected, question, scale=1, slack=1):
    """Tell whether a value is the expected one times a scale, or that rounded as asked."""
    given = question.get("tolerance")
    tolerance = slack * (TOLERANCE if given is None else given)
    if math.isclose(value, expected * scale, rel_tol=tolerance, abs_tol=1e-12):
        return True
    # Half a step, and a little more for what a binary fraction cannot hold.
    half = slack * scale * (question.get("nearest") or 0) / 2
    return abs(value - expected * scale) <= half * (1 + 1e-9)


def _number(value, expected, question):
    if _agree(value, expected, question):
        return ""
    if value and expected:
        if _agree(-value, expected, question):
            return "right size, wrong sign: was the subtraction the other way round?"
        for scale, says in SCALES.items():
            if _agree(value, expected, question, scale):
                return says
        if _agree(1 / value, expected, question | {"nearest": None}):
            return "one divided by the answer: was the division the other way round?"
        if _agree(value, expected, question, slack=5):
            return "close: keep more digits until the last step"
    return _too(value, expected)


def _too(value, expected):
    side = "large" if value > expected else "small"
    if value * expected > 0:
        larger, smaller = max(abs(value), abs(expected)), min(abs(value), abs(expected))
        for factor, words in ((10, "ten times"), (2, "twice")):
            if larger / smaller > factor:
                return f"too {side}, by more than {words}"
    return f"too {side}"


def _count(value, expected):
    if value == expected:
        return ""
    if not value.is_integer():
        return "not a whole number, and a count is one"
    if value > expected:
        return "too large: what is counted that should not be?"
    return "too small: what is left out?"


def _range(ends, expected, question):
    parts = zip(("low", "high"), ends, expected, strict=True)
    off = [
        f"{name} end: {_number(value, wanted, question)}"
        for name, value, wanted in parts
        if _number(value, wanted, question)
    ]
    return "; ".join(off)


def _spelled(text):
    return " ".join(text.replace("_", " ").split()).casefold()


def _word(answer, expected, options):
    if _spelled(answer) == _spelled(expected):
        return ""
    if options and _spelled(answer) not in map(_spelled, options):
        return f"is {answer[:40]!r}, expected one of {', '.join(options)}"
    return f"{answer[:40]!r} is not it: look again at what the question asks for"


def _words(answer, expected, options):
    given, wanted = {_spelled(a): a for a in answer}, {_spelled(e) for e in expected}
    unknown = [a for p, a in given.items() if options and p not in set(map(_spelled, options))]
    if unknown:
        return f"holds {unknown[0]!r}, expected only words from {', '.join(options)}"
    extra = [a for p, a in given.items() if p not in wanted]
    missing = len(wanted - set(given))
    parts = [f"does not belong: {', '.join(extra)}"] if extra else []
    parts += [f"{missing} missing"] if missing else []
    return "; ".join(parts)


def plain(value):
    """Turn what a solution assigned into JSON: arrays and sets become lists.

    Raises
    ------
    ValueError
        If it is neither a number, a text, a truth value nor a list of these.
    """
    if isinstance(value, set | frozenset):
        value = sorted(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, tuple | list):
        value = [plain(part) for part in value]
    if not _is_plain(value):
        raise ValueError(f"found {type(value).__name__} {value!r}, expected numbers or texts")
    # The last bits differ from one processor to another.
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _is_plain(value):
    """Tell whether a value can be kept as an expected answer in JSON."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, bool | str):
        return True
    return isinstance(value, Number) and math.isfinite(value)
