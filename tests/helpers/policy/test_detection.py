"""Checks on detected victims, against small tables and against counts made by others."""

import pandas as pd
import pytest

from helpers.data import table
from helpers.policy import detection

VICTIMS = table("detected_victims")


def cells(*rows):
    """Build a table from (country, year, vintage, measure, persons or "<5")."""
    return pd.DataFrame(
        [
            {
                "country": country,
                "year": year,
                "vintage": vintage,
                "measure": measure,
                "persons": None if persons == "<5" else float(persons),
                "cell": "below_five" if persons == "<5" else "count",
            }
            for country, year, vintage, measure, persons in rows
        ]
    )


def totals(**countries):
    """Build totals of 2019 and 2021 from country=(first, last)."""
    return cells(
        *[
            (name, year, "new", "all", persons)
            for name, pair in countries.items()
            for year, persons in zip((2019, 2021), pair, strict=True)
        ]
    )


def test_revisions_are_named_and_hidden_numbers_are_no_change():
    found = detection.revised(
        cells(
            ("A", 2019, "old", "all", 10),
            ("A", 2019, "new", "all", 12),
            ("B", 2019, "old", "all", "<5"),
            ("B", 2019, "new", "all", "<5"),
            ("C", 2019, "old", "all", "<5"),
            ("C", 2019, "new", "all", 4000),
            ("D", 2019, "old", "all", 7),
            ("D", 2019, "new", "all", 7),
            ("E", 2019, "new", "all", 9),
        ),
        "old",
        "new",
    )
    assert found.index.tolist() == [("A", 2019), ("C", 2019)]
    assert found.loc[("C", 2019), ["older", "newer"]].tolist() == ["<5", "4000"]
    assert found.loc[("A", 2019), "change"] == 2 and pd.isna(found.loc[("C", 2019), "change"])
    assert found.attrs["common"] == 4


def test_revised_cells_as_counted_by_an_earlier_reader_of_both_files():
    numbers = VICTIMS[VICTIMS["cell"] == "count"]
    found = detection.revised(numbers, "2023-05", "2025-04")
    assert (len(found), found.attrs["common"]) == (90, 1263)
    assert found.loc[("Pakistan", 2020), ["older", "newer"]].tolist() == ["22", "20045"]


def test_sexes_that_exceed_totals_as_counted_by_an_earlier_reader():
    newer = detection.vintage_of(VICTIMS, "2025-04")
    two = newer[newer["measure"] != "other_sex"]
    found = detection.parts_exceed_total(two)
    assert (len(found), found.attrs["checked"]) == (64, 1241)
    assert found.index[:3].tolist() == [("Nepal", 2020), ("Denmark", 2021), ("Sri Lanka", 2019)]
    assert found["ratio"].iloc[:3].round(1).tolist() == [7.3, 4.2, 3.0]


def test_parts_need_both_sexes_and_a_hidden_number_proves_nothing():
    one = cells(
        ("A", 2019, "new", "all", 5),
        ("A", 2019, "new", "female", 9),  # men not given
        ("B", 2019, "new", "all", 5),
        ("B", 2019, "new", "female", 5),
        ("B", 2019, "new", "male", "<5"),  # may be none
        ("C", 2019, "new", "all", 5),
        ("C", 2019, "new", "female", 4),
        ("C", 2019, "new", "male", 2),
        ("D", 2019, "new", "all", 5),
        ("D", 2019, "new", "forced_labour", 6),
    )
    assert detection.parts_exceed_total(one).index.tolist() == [("C", 2019)]
    assert detection.parts_exceed_total(one, "form").index.tolist() == [("D", 2019)]
    with pytest.raises(ValueError, match="by is 'age', expected one of sex, form"):
        detection.parts_exceed_total(one, "age")


def test_matched_panels_as_computed_by_an_earlier_reader():
    newer = detection.vintage_of(VICTIMS, "2025-04")
    for years, countries, all_of_them, without in (
        ((2019, 2020), 107, -0.210, -0.105),
        ((2019, 2022), 84, 0.102, 0.356),
    ):
        panel = detection.matched_panel(newer, *years)
        assert len(panel) == countries
        assert detection.change(panel) == pytest.approx(all_of_them, abs=0.0005)
        rest = detection.matched_panel(newer, *years, exclude=["Pakistan"])
        assert detection.change(rest) == pytest.approx(without, abs=0.0005)


def test_a_country_that_decides_the_sign_is_named():
    panel = detection.matched_panel(totals(A=(100, 110), B=(50, 55), C=(1000, 900)), 2019, 2021)
    assert detection.change(panel) < 0
    deciding = detection.deciding_countries(panel)
    assert deciding.index.tolist() == ["C"]
    assert deciding.loc["C", "change_without"] == pytest.approx(0.1)


def test_only_countries_with_both_years_are_matched():
    rows = pd.concat([totals(A=(10, 20)), cells(("B", 2019, "new", "all", 500))])
    panel = detection.matched_panel(rows, 2019, 2021)
    assert panel.index.tolist() == ["A"] and detection.change(panel) == 1.0


@pytest.mark.parametrize(
    ("first", "last", "exclude", "message"),
    [
        (2018, 2021, [], "expected years in order between 2019 and 2021"),
        (2021, 2019, [], "expected years in order between 2019 and 2021"),
        (2019, 2021, ["Atlantis"], "^excluded country is 'Atlantis', expected one of A$"),
        (2019, 2021, ["A"], "no country reported in both 2019 and 2021"),
    ],
)
def test_bad_panels_are_refused(first, last, exclude, message):
    with pytest.raises(ValueError, match=message):
        detection.matched_panel(totals(A=(10, 20)), first, last, exclude)


def test_unknown_vintage_is_refused_and_groups_are_no_countries():
    with pytest.raises(ValueError, match="vintage is '2020', expected one of 2023-05, 2025-04"):
        detection.vintage_of(VICTIMS, "2020")
    groups = detection.groups_among_countries(VICTIMS)
    assert set(groups["vintage"]) == {"2023-05"}
    older = detection.vintage_of(VICTIMS, "2023-05")
    assert not set(groups["country"]) & set(older["country"])


def test_number_below_five_zero_and_silence_are_four_things():
    rows = cells(
        ("A", 2019, "new", "all", 0),
        ("A", 2020, "new", "all", "<5"),
        ("B", 2019, "new", "all", 12),
        ("B", 2020, "new", "female", 3),
    )
    found = detection.kinds_of_silence(rows, ["A", "B"], [2019, 2020])
    assert found.to_dict() == {"number": 1, "below_five": 1, "zero": 0 + 1, "nothing_reported": 1}


def test_a_swap_of_forms_is_caught_and_a_common_rise_is_not():
    rows = cells(
        *[("A", 2014, "new", "sexual_exploitation", 41), ("A", 2014, "new", "other_forms", 122)],
        *[("A", 2015, "new", "sexual_exploitation", 150), ("A", 2015, "new", "other_forms", 10)],
        *[("B", 2014, "new", "sexual_exploitation", 60), ("B", 2014, "new", "other_forms", 60)],
        *[("B", 2015, "new", "sexual_exploitation", 600), ("B", 2015, "new", "other_forms", 600)],
        *[("C", 2014, "new", "sexual_exploitation", 90), ("C", 2016, "new", "other_forms", 90)],
    )
    found = detection.coding_changes(rows)
    assert found[["country", "year"]].to_numpy().tolist() == [["A", 2015]]
    assert found["form_up"].item() == "sexual_exploitation"
    assert found["share_up"].item() == pytest.approx(150 / 160 - 41 / 163)


def form_counts(**countries):
    """Counts by form in two years, in the order of the forms; nothing where there is no cell."""
    rows = []
    for country, years in countries.items():
        for year, numbers in zip((2014, 2015), years, strict=True):
            for form, number in zip(detection.PARTS["form"], numbers, strict=True):
                if number is not None:
                    rows.append((country, year, "new", form, number))
    return cells(*rows)


def test_an_empty_cell_is_never_a_zero():
    rows = form_counts(
        A=[(60, 10, 50), (110, 10, None)],  # other forms fall empty
        B=[(None, 100, 10), (60, 40, 10)],  # sexual exploitation first gets a number
        C=[(60, 10, 50), (110, 10, 0)],  # a zero that is stated is a zero
        D=[(60, 10, 50), (110, 10, "<5")],  # hidden, neither zero nor silent: at most four
        E=[(100, None, 30), (30, None, 100)],  # a column nobody fills says nothing
    )
    found = detection.coding_changes(rows)
    assert found["country"].tolist() == ["C", "D", "E"]
    falls = [-50 / 120, 4 / 124 - 50 / 120, 30 / 130 - 100 / 130]
    assert found["share_down"].tolist() == pytest.approx(falls)
    silent = detection.went_silent(rows).set_index("country")
    assert silent["what"].to_dict() == {"A": "went silent", "B": "began"}
    assert silent.loc["A", ["form", "persons"]].tolist() == ["other_forms", 50]
    assert silent.loc["B", "share"] == pytest.approx(60 / 110)


def test_a_hidden_number_moves_shares_least():
    rows = form_counts(
        A=[(0, 150, "<5"), (0, 100, 58)],  # 0.341 from four people hidden, more from fewer
        B=[(0, 60, "<5"), (0, 60, 22)],  # 0.206 from four, 0.252 from one: not certain
    )
    found = detection.coding_changes(rows)
    assert found["country"].tolist() == ["A"]
    assert found["share_up"].item() == pytest.approx(58 / 158 - 4 / 154)
    assert detection.went_silent(rows).empty


def test_shares_leave_out_what_one_year_does_not_give():
    """With the third form read as zero both shares would jump; among the two given they do not."""
    rows = form_counts(A=[(100, 100, None), (50, 50, 300)])
    assert detection.coding_changes(rows).empty
    assert detection.went_silent(rows)["what"].tolist() == ["began"]


def test_of_ten_swaps_of_the_newest_release_four_rest_on_an_empty_cell():
    newest = detection.vintage_of(VICTIMS, "2025-04")
    silent = detection.went_silent(newest)
    four = {("Myanmar", 2015), ("Thailand", 2022), ("Russia", 2014), ("Thailand", 2021)}
    assert four <= set(zip(silent["country"], silent["year"], strict=True))
    found = detection.coding_changes(newest)
    six = [("Myanmar", 2016), ("Philippines", 2017), *[("Thailand", y) for y in range(2017, 2021)]]
    assert list(zip(found["country"], found["year"], strict=True)) == six
