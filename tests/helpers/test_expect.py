"""One wording for what is not among the values known."""

import pytest

from helpers.expect import expect


def test_a_known_value_passes_and_another_is_refused_with_what_was_expected():
    expect("year", 2019, range(2015, 2021))
    with pytest.raises(ValueError, match=r"^vintage is 'mou', expected one of ilo, unodc$"):
        expect("vintage", "mou", ["ilo", "unodc"])
    with pytest.raises(ValueError, match=r"^by is 'yaer', did you mean year\?$"):
        expect("by", "yaer", ["sex", "year"])
    with pytest.raises(KeyError, match="and none is known"):
        expect("table", "x", [], KeyError)
