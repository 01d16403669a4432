"""What `describe` shows of a table: everything in its description, its gaps, and no formulas."""

import csv
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from helpers import data, datasheet

NAMES = list(data.package())


class Texts(HTMLParser):
    """Collect the texts of a page as MathJax does: one string for each stretch between tags."""

    def __init__(self, page):
        super().__init__()
        self.open, self.found = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag not in {"br", "wbr"}:  # MathJax reads across these
            self.open.append(tag)
            self.found.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.found.append("")

    def handle_data(self, text):
        self.found[-1] += text


@pytest.fixture
def shown(monkeypatch):
    """Describe a table; return what is shown, by form."""

    def describe(name, folder=data.FOLDER):
        bundles = []
        monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
        assert data.describe(name, folder) is None
        (bundle,) = bundles
        return bundle

    return describe


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_known_of_a_table_is_shown(shown, name):
    forms, resource = shown(name), data.package()[name]
    whole = " ".join(Texts(forms["text/html"]).found)
    with (data.FOLDER / resource["path"]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plain = forms["text/plain"]
    for text in (plain, whole):
        text = " ".join(text.split())
        assert resource["title"] in text and f"{len(rows):,} rows" in text
        assert resource["licenses"][0]["title"] in text
    for field in resource["schema"]["fields"]:
        (line,) = re.findall(rf"^{field['name']}: .*$", plain, re.MULTILINE)
        assert field["description"] in line
        gaps = sum(row[field["name"]] == "" for row in rows)
        assert (f"{gaps:,} of {len(rows):,} missing" in line) == (gaps > 0)
        for code in field.get("categories", []):
            assert str(code["value"]) in line and code["label"] in line


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_each_time_and_holds_no_addresses(shown, name):
    forms = shown(name)
    assert forms == shown(name)
    assert not any(re.search(r"0x[0-9a-f]{6}|/home/|/tmp/", text) for text in forms.values())


def test_no_formula_is_drawn_and_no_text_becomes_a_tag(shown, tables):
    path = tables / "prices.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ",<b> US$5 to US$7"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = shown("prices", tables)["text/html"]
    texts = Texts(page).found
    assert texts.count("$") == 2 and not any("$" in text and text != "$" for text in texts)
    assert "<b> US" not in page and "&lt;b&gt; US" in page
    assert "<b> US$5 to US$7" in shown("prices", tables)["text/plain"]


def test_producers_are_counted_and_the_long_tail_is_summed():
    many = ["ILO", "ILO", *(f"Press {n}" for n in range(9))]
    text = datasheet.producers(many, {})
    assert text.startswith("ILO (2); Press 0 (1); ") and text.endswith("; and 2 other producers")
    assert datasheet.producers([], {"sources": [{"title": "A"}, {"title": "B"}]}) == "A; B"


def test_first_rows_keep_gaps_whole_numbers_and_few_letters():
    rows = pd.DataFrame({"persons": [5.0, None, 0.25], "note": ["x" * 60, None, "short"]})
    cells = datasheet._first(rows).to_dict("list")
    assert cells == {"persons": ["5", "", "0.25"], "note": ["x" * 39 + "…", "", "short"]}


def test_an_unknown_table_is_refused_with_the_nearest():
    with pytest.raises(data.TableError, match="table is 'arivals', did you mean arrivals"):
        data.describe("arivals")
