"""What was published, as statements: each origin once, bounds as bounds, not the claim itself."""

import numpy as np
import pandas as pd
import pytest

from helpers.data import table
from helpers.demography import evidence

COUNTS, CITES, SHARES = table("north_koreans_in_china"), table("cites"), table("shares")
ROWS = evidence.statements_about(COUNTS, CITES, SHARES)


def test_time_is_counted_in_decades_since_2005():
    assert [evidence.decades(year) for year in (1995, 2005, 2020)] == [-1.0, 0.0, 1.5]


@pytest.mark.parametrize(
    ("source", "who"),
    [("hrw-2002", "hrw"), ("good-friends-1999-surveyed", "good-friends"), ("wpp", "wpp")],
)
def test_who_is_behind_a_source(source, who):
    assert evidence.maker(source) == who


def test_every_statement_is_about_a_known_quantity_or_a_product_of_them():
    targets = {part.strip() for text in ROWS["node"] for part in text.split("*")}
    assert targets == set(evidence.NODES)
    assert "stock * share women" in set(ROWS["node"])  # a count of women alone


def test_the_source_of_the_claim_that_is_tested_says_nothing():
    assert not ROWS["source"].isin(evidence.CLAIMING).any()
    with_it = evidence.statements_about(COUNTS, CITES, SHARES, without=())
    assert with_it["source"].isin(evidence.CLAIMING).any()


def test_a_bound_has_one_end_and_no_middle():
    least, most = (ROWS[ROWS["bound"] == bound] for bound in ("at_least", "up_to"))
    assert least["low"].notna().all() and least["high"].isna().all()
    assert most["high"].notna().all() and most["low"].isna().all()
    assert pd.concat([least, most])["central"].isna().all()


def test_kinds_and_observations_can_be_chosen():
    field = evidence.statements_about(
        COUNTS, CITES, SHARES, kinds=["field_survey"], independent_only=True
    )
    of_people = field[field["node"].str.startswith("stock")]
    assert set(of_people["kind"]) == {"field_survey"}
    looked = COUNTS[COUNTS["independent"]]["source"]
    assert of_people["source"].isin(looked).all()


def test_an_echo_is_no_statement_of_its_own():
    twice = COUNTS[COUNTS["concept"] == "stock"].iloc[[0]]
    echo = twice.assign(
        id="echo", follows=twice["id"].iloc[0], source="somebody-2020", independent=False
    )
    more = evidence.statements_about(pd.concat([COUNTS, echo]), CITES, SHARES)
    assert len(more) == len(ROWS) and "somebody-2020" not in set(more["source"])


def test_samples_carry_cases_that_are_people():
    asked = ROWS.dropna(subset=["asked"])
    assert len(asked) and (asked["cases"] > 0).all() and (asked["cases"] < asked["asked"]).all()
    assert np.array_equal(asked["cases"], asked["cases"].round())
