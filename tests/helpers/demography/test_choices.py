"""The table of choices says of each what the model of the notebook says."""

import pytest

from helpers.data import table
from helpers.demography import choices, conclusions, stock
from helpers.demography.evidence import KINDS


def test_every_choice_of_kinds_is_there_once():
    found = choices.combinations_of(("a", "b", "c"))
    assert len(found) == len(set(found)) == 7  # subsets of three, but for the empty one
    assert ("a", "b", "c") in found


def test_a_small_table_holds_what_the_model_says_or_why_it_refuses(monkeypatch):
    monkeypatch.setattr(choices, "BOUNDS", ("bounds",))
    monkeypatch.setattr(choices, "TRENDS", {"common": {}})
    monkeypatch.setattr(choices, "REACHES", (10,))
    kinds = [("field_survey",), ("government",), tuple(KINDS)]
    monkeypatch.setattr(choices, "combinations_of", lambda: kinds)
    counts, cites = table("north_koreans_in_china"), table("cites")
    found = choices.tabulate(counts, cites)
    assert len(found["settings"]) == 3 * 2 * 2
    for some in kinds:
        series = found["series"][found["settings"]["+".join(some) + "|0|bounds|common|10|0"]]
        for year in (1998, 2009, 2019):
            said = series[found["years"].index(year)]
            try:
                expected = conclusions.stock_in(year, counts, cites, some)
            except ValueError as refusal:
                assert found["reasons"][said] == str(refusal)
            else:
                ends = [expected.low, expected.central, expected.high]
                assert said == pytest.approx(ends, rel=6e-4, abs=0.6)
    # An observation of its own is stated by field surveys and an organisation, not by governments.
    with pytest.raises(ValueError, match="no count is left"):
        stock.fit_counts(conclusions.stock_counts(counts, cites, ["government"], True))
    alone = found["series"][found["settings"]["government|1|bounds|common|10|0"]]
    assert all("no count is left" in found["reasons"][said] for said in alone)
