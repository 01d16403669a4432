"""Panels of sliders follow the hand, and say the same as the function they stand on."""

import gc
import math
import re

import pytest

from helpers import sliders
from helpers.data import table
from helpers.demography import cohorts
from helpers.demography import sliders as sex_ratio_sliders
from helpers.hidden import sliders as laboratory_sliders

INCLUSION = [0.15, 0.12, 0.2, 0.08]


@pytest.fixture(scope="module")
def population():
    return table("china_population")


def shown(box):
    text, picture = box.children[-2:]
    return text.value, bytes(picture.value)


def test_the_surplus_follows_year_and_ages(population):
    box, controls = sex_ratio_sliders.panel(population, "wpp-2019", 2014, 20, 44)
    before = shown(box)
    groups = cohorts.by_age(population, "wpp-2019", 1990)
    expected = (groups["men"] - groups["women"]).loc[20:40].sum()
    controls["year"].value = 1990
    text, chart = shown(box)
    assert text.startswith(f"In 1990, at 20 to 44 years: <b>{expected / 1e6:.1f} million more men")
    assert chart.startswith(b"\x89PNG")
    assert chart != before[1]
    controls["ages"].value = (80, 100)
    assert "more women than men" in shown(box)[0]


def test_ages_that_are_no_band_are_said_and_the_chart_stays(population):
    box, controls = sex_ratio_sliders.panel(population, "census", 2010, 20, 44)
    before = shown(box)
    controls["ages"].value = (30, 30)
    text, chart = shown(box)
    assert "expected to start at" in text
    assert chart == before[1]


def test_the_laboratory_follows_its_knobs():
    box, controls = laboratory_sliders.panel(2000, INCLUSION, 7, dependence=0.5, heterogeneity=1.0)
    assert {name: c.value for name, c in controls.items()} == {
        "dependence": 0.5, "heterogeneity": 1.0, "mobility": 0.0, "misclassification": 0.0,
    }  # fmt: skip
    before = shown(box)
    controls["mobility"].value = 0.3
    assert shown(box)[1] != before[1]
    controls["mobility"].value = 0.0
    assert shown(box) == before


def test_strangers_on_the_lists_are_counted_and_mislead_every_method():
    # independent lists hold 1 - .85 x .88 x .8 x .92 of the people, and their sizes add to .55;
    # each stranger is on one list only
    def read(text):
        holding, low, high, listed = re.fullmatch(
            r"<b>(\d) of 5 ranges hold the truth, 2,000 present at one time.</b> "
            r"Estimates: (\S+) to (\S+)\. (\S+) people are on a list\.",
            text,
        ).groups()
        return int(holding), *(float(x.replace(",", "")) for x in (low, high, listed))

    box, controls = laboratory_sliders.panel(2000, INCLUSION, 7)
    present = 2000 * (1 - math.prod(1 - chance for chance in INCLUSION))
    holding, low, high, listed = read(shown(box)[0])
    assert holding >= 4
    assert low < 2000 * 1.1 and high > 2000 * 0.9
    assert listed == pytest.approx(present, abs=4 * math.sqrt(present))
    controls["misclassification"].value = 0.4
    strangers = 0.4 * 2000 * sum(INCLUSION)
    holding, low, high, listed = read(shown(box)[0])
    assert holding == 0
    assert low > 2000
    assert listed == pytest.approx(present + strangers, abs=4 * math.sqrt(present + strangers))


def test_a_panel_has_a_sentence_where_no_notebook_runs(monkeypatch):
    sent = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: sent.append(data))
    laboratory_sliders.show_panel(2000, INCLUSION, 7)
    assert sent[0]["text/plain"] == sliders.STANDS_FOR
    assert sent[0][sliders.VIEW]["model_id"] == laboratory_sliders.NAME


def test_a_panel_made_again_outlives_the_one_before():
    first, _ = laboratory_sliders.panel(2000, INCLUSION, 7)
    second, controls = laboratory_sliders.panel(2000, INCLUSION, 7)
    before = shown(second)
    assert first.comm is None
    del first
    gc.collect()
    controls["mobility"].value = 0.3
    assert second.comm is not None
    assert shown(second) != before
