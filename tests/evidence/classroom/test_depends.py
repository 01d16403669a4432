"""Which parameters an answer depends on is read from the code, and then seen by running it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.classroom.depends import code_for, depends_on

NAMES = ("year", "share", "seed")
CELLS = [
    "%load_ext helpers\nimport math\nrows, other = [1, 2], share",
    "def scaled(x):\n    return x * factor\n",
    "factor = year - 2000",
    "rows.append(share)",
    "total = sum(rows); noise = seed",
    "%%say\nIn {year}.",
    "math.sqrt(seed)",
]


@pytest.mark.parametrize(
    ("answer", "needs"),
    [
        ("answer_1 = math.sqrt(4)", set()),
        ("answer_1 = scaled(2)", {"year"}),
        ("answer_1 = total", {"share"}),
        ("answer_1 = noise", {"seed"}),
        ("answer_1 = other + scaled(total)", {"share", "year"}),
    ],
)
def test_an_answer_needs_what_its_names_are_made_from(answer, needs):
    assert depends_on(NAMES, CELLS, answer) == needs


@given(st.tuples(*[st.integers(1, 9)] * 3), st.sampled_from(["rows", "other", "total", "factor"]))
def test_what_an_answer_needs_is_enough_to_compute_it(values, name):
    plain = [cell for cell in CELLS if not cell.startswith("%%")]
    given_ = dict(zip(NAMES, values, strict=True))
    whole, part = dict(given_), {n: given_[n] for n in depends_on(NAMES, CELLS, name)}
    for cell in plain:
        exec(cell.replace("%load_ext helpers", ""), whole)
    for code in code_for(CELLS, name):
        exec(code, part)
    assert part[name] == whole[name]
