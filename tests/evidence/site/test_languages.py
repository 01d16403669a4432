"""The languages of the site: complete catalogues, marks on what is English, bad input in a line."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.checks.translations import catalogue_problems, row_problems, texts
from evidence.errors import RequestError
from evidence.site import languages
from evidence.site.languages import BEGIN, CATALOGUES, END, ENGLISH, Language, labelled, offered
from evidence.site.messages import messages, renew
from evidence.site.pages import html
from helpers.data import labels, table

CODES = ["ko", "zh"]
LETTERS = {"ko": re.compile("[가-힣]"), "zh": re.compile("[\u4e00-\u9fff]")}
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def written(folder, text, code="ko"):
    """Write a catalogue; returns its file."""
    path = folder / f"{code}.po"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_translates_every_message_and_no_other(code):
    known = languages.catalogue(CATALOGUES / f"{code}.po")
    wanted = {message if isinstance(message, str) else message[0] for message in messages()}
    assert {m.id if isinstance(m.id, str) else m.id[0] for m in known if m.id} == wanted
    for message in known:
        words = message.string if isinstance(message.string, str) else message.string[0]
        assert not message.id or LETTERS[code].search(words) or words[:1] in "©%"


@pytest.mark.parametrize("code", CODES)
def test_the_verdicts_differ_in_every_language(code):
    language = next(each for each in offered() if each.code == code)
    words = [language.own(word) for word in labels("claims", "verdict").values()]
    assert len(set(words)) == len(words)
    assert not any(BEGIN in word for word in words)


def test_every_language_names_every_claim():
    names = set(table("claims")["short"])
    for language in offered():
        assert names <= set(language.texts)


def test_the_catalogues_and_translations_are_in_order():
    for path in CATALOGUES.glob("*.po"):
        assert catalogue_problems(path) == []
    assert row_problems(table("translations"), texts(), set(CODES)) == []


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('msgid "%(n)s claims"\nmsgstr "주장"\n', 5, "expected %(n)s"),
        ('msgid "claims"\nmsgstr "주장 %(n)s"\n', 5, "expected no %(n)s"),
        ('msgid "{count} fit"\nmsgstr "{cuont}건"\n', 5, "{count}"),
        ('msgid "stand"\nmsgstr "80% 성립"\n', 5, "expected no % of its own"),
        ('msgid "stand"\nmsgstr "<b>성립</b>"\n', 5, "expected no <"),
        ('msgid "stand"\nmsgstr "성립\n', 6, "a text in quotes"),
        ('msgid "stand"\nmsgtsr "성립"\n', 6, "msgtsr"),
    ],
)
def test_a_catalogue_that_is_not_in_order_is_one_line(tmp_path, text, line, expected):
    (problem,) = catalogue_problems(written(tmp_path, text))
    assert f"ko.po: line {line}: " in problem
    assert expected in problem
    assert "\n" not in problem


def test_a_catalogue_in_another_encoding_is_one_line(tmp_path):
    path = tmp_path / "ko.po"
    path.write_bytes((HEAD + 'msgid "stand"\nmsgstr "성립"\n').encode("euc-kr"))
    (problem,) = catalogue_problems(path)
    assert "expected UTF-8" in problem


def test_a_language_without_catalogue_is_refused(tmp_path):
    with pytest.raises(RequestError, match=r"fr\.po: not found"):
        languages.messages("fr", tmp_path)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"item": "C99"}, "column item: found C99"),
        ({"language": "fr"}, "column language: found 'fr', expected a language with a catalogue"),
        ({"english": "Another name"}, "expected what stands now: 80% of leavers were women"),
    ],
)
def test_a_row_of_translations_that_fits_nothing_is_one_line(change, expected):
    row = {"item": "C01", "language": "ko", "english": "80% of leavers were women", "words": "x"}
    known = {"C01": {"80% of leavers were women"}}
    assert row_problems(pd.DataFrame([row]), known, {"ko"}) == []
    (problem,) = row_problems(pd.DataFrame([row | change]), known, {"ko"})
    assert "data/translations.csv: row 2" in problem
    assert expected in problem


def test_a_value_lost_in_translation_is_named():
    row = {"item": "site", "language": "ko", "english": "a {n:money} b", "words": "가 나"}
    (problem,) = row_problems(pd.DataFrame([row]), {"site": {"a {n:money} b"}}, {"ko"})
    assert "column words" in problem
    assert "expected {n:money}" in problem


def test_what_a_catalogue_lacks_is_shown_in_english_and_marked(tmp_path):
    written(tmp_path, 'msgid "Why:"\nmsgstr "이유:"\n')
    poor = Language("ko-poor", {}, languages.messages("ko", tmp_path))
    page = labelled(html("search.html", poor, root="../"))
    assert '<span lang="en" class="english">all claims</span>' in page
    assert 'aria-label="Search this site"' in page  # no element may stand in an attribute
    assert BEGIN not in page
    assert poor.gettext("Why:") == "이유:"
    assert poor.gettext("") == ""


@given(st.lists(st.sampled_from([BEGIN + "a" + END, BEGIN + BEGIN + "b" + END + "c" + END, "<p>",
                                 "</p>", "<title>", "</title>", '<i title="' + BEGIN + 'd' + END +
                                 '">', "</i>", "e"])))  # fmt: skip
def test_marks_become_elements_that_close_and_are_never_inside_each_other(parts):
    page = labelled("".join(parts))
    assert BEGIN not in page
    assert END not in page

    class Depth(HTMLParser):
        depth = 0

        def handle_starttag(self, tag, attrs):
            assert tag != "span" or self.depth == 0
            self.depth += tag == "span"

        def handle_endtag(self, tag):
            self.depth -= tag == "span"

    reader = Depth()
    reader.feed(page)
    assert reader.depth == 0
    plain = re.sub("<span[^>]*>|</span>", "", page)
    assert plain == re.sub(f"[{BEGIN}{END}]", "", "".join(parts))


def test_figures_are_written_in_a_language_and_words_beside_them_marked():
    korean = next(each for each in offered() if each.code == "ko")
    assert korean.figures("23.5% to 90.9%") == "23.5%~90.9%"
    assert korean.figures("at least 300,000") == "300,000 이상"
    assert korean.figures("1,250") == "1,250"
    assert korean.figures("US$105 million").startswith(BEGIN)
    assert korean.figures("") == ""
    assert ENGLISH.figures("at most 5") == "at most 5"


def test_a_day_is_written_as_each_language_does():
    korean, chinese = offered()
    moment = "2026-11-05T10:00:00Z"
    assert ENGLISH.day(moment) == "5 November 2026"
    assert korean.day(moment) == "2026년 11월 5일"
    assert chinese.day(moment) == "2026年11月5日"


def test_a_ledger_without_translations_offers_english_alone(monkeypatch):
    monkeypatch.setattr(languages, "package", dict)
    languages.offered.cache_clear()
    try:
        assert languages.offered() == []
    finally:
        languages.offered.cache_clear()


def test_renewing_a_catalogue_keeps_translations_and_drops_what_is_said_no_more(tmp_path):
    path = written(tmp_path, 'msgid "Why:"\nmsgstr "이유:"\n\nmsgid "gone"\nmsgstr "없음"\n')
    missing = renew(path)
    text = path.read_text(encoding="utf-8")
    assert "이유:" in text
    assert "gone" not in text
    assert missing == len(messages()) - 1
    assert renew(path) == missing
    assert path.read_text(encoding="utf-8") == text
