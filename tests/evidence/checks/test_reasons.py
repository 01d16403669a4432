"""A figure in a reason that its notebook or sources do not give is found."""

import dataclasses

import pandas as pd
import pytest

from evidence.checks.reasons import figures, reason_problems
from helpers.ledger.claims import Ledger

RESULT = {"value": 0.6856, "low": 0.6228, "high": 0.7422, "claim": "C90", "unit": "of 24 years"}
EVENTS = pd.DataFrame(
    {"start": ["2012-09-14"], "end": [None], "event": ["A law of article 7."], "claim": ["C90"]}
)


@pytest.fixture
def ledger():
    """One claim with one statement, its source and nothing else."""
    claim = {
        "value_low": 0.8,
        "value_high": 0.8,
        "paraphrase": "About 80% were women.",
        "period": None,
        "as_of": "2020",
        "reason": "",
        "decided_by": "90_invented:share",
    }
    statement = {
        "claim": "C90",
        "source": "office-2014",
        "low": 33_760_000.0,
        "high": 38_244_764.0,
        "population": "men minus women",
        "place": "China",
        "period": "1998-2006",
        "says": "The price was 0.08 to 40 won.",
    }
    source = {"date": "2014-02", "sample_size": 126.0}
    return Ledger(
        pd.DataFrame([claim], index=["C90"]),
        pd.DataFrame([statement]),
        pd.DataFrame(),
        pd.DataFrame([source], index=["office-2014"]),
    )


def problems(ledger, reason, parameters=None):
    claims = ledger.claims.assign(reason=reason)
    changed = dataclasses.replace(ledger, claims=claims)
    return reason_problems(changed, {"90_invented:share": RESULT}, EVENTS, parameters)


@pytest.mark.parametrize(
    "reason",
    [
        "Women were 68.6% (62.3% to 74.2%), 69% to the nearest, in some of 24 years.",
        "From 62-74% of 126 people asked.",
        "From 33.76 million to 38.2, and 33.8 to 38.2 million.",
        "A price of 0.08 to 40 won, from 1998 to 2006, printed in 2014.",
        "The law of 14 September 2012; Tier 2 is a name.",
    ],
)
def test_figures_that_are_said_or_recorded_pass(ledger, reason):
    assert problems(ledger, reason) == []


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("Women were 68.5%.", "68.5%"),
        ("Women were 86.6%.", "86.6%"),
        ("It was 37.24 million.", "37.24 million"),
        ("It was 382,447,640.", "382,447,640"),
        ("From 1999 to 2006.", "1999"),
        ("Of 127 people asked.", "127"),
        ("A rise of 14 to one.", None),
        ("A rise of 15 to one.", "15"),
        ("Between 20 and 44 years.", "20"),
    ],
)
def test_a_figure_that_nobody_gives_is_named(ledger, reason, found):
    lines = problems(ledger, reason)
    if found is None:  # the day of the event is a 14 too: the check holds figures, not meanings
        assert lines == []
        return
    assert lines[0].startswith("data/claims.csv: row 2, claim C90, column reason: found " + found)


def test_ages_may_be_those_of_a_parameter(ledger):
    reason = "Between 20 and 44 years."
    assert problems(ledger, reason, {"90_invented": [20.0, 44.0]}) == []


def test_numbers_are_read_at_their_scale():
    assert figures("5.4 to 23.1 million, 30-50%, 8,900 and 1.5") == pytest.approx(
        [5.4e6, 23.1e6, 0.3, 0.5, 8900, 1.5]
    )
    assert figures("220,000 to 3.5 million") == pytest.approx([220_000, 3.5e6])
