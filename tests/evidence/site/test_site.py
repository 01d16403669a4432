"""The site's parts: texts are escaped, links are followed, bad input is said in one line."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from PIL import Image
from scipy.special import ndtr, ndtri
from scipy.stats import chi2

from evidence.cli import Commands
from evidence.errors import RequestError
from evidence.files import ROOT
from evidence.folder.manifest import FORM
from evidence.folder.rows import Result
from evidence.notebooks.files import find
from evidence.site import build as site_build
from evidence.site import citation, extension, library, pages, trees
from evidence.site.build import build
from evidence.site.claims import computed, findings, printable, stated
from evidence.site.command import site
from evidence.site.explorers import hidden as hidden_explorer
from evidence.site.explorers import market, people, vega
from evidence.site.kept import Kept, always
from evidence.site.links import broken_links
from evidence.site.notebooks import launch, link_claims, series_csv
from evidence.site.pictures import preview
from evidence.site.runs import Page, Run, read_run
from helpers import data, words
from helpers.hidden import NotEstimable, named_model, with_highest_interaction
from helpers.ledger import claims
from helpers.ledger.family_tree import bearer, family, genealogy
from helpers.market.choices import move_together
from helpers.market.model import INPUTS, read_inputs, simulate
from helpers.methods.boxes import DEPENDENCES, box, chance_at_least
from helpers.methods.rules import product_by_rule

SCRIPT = '<script>alert("x")</script>'
STATIC = Path(pages.__file__).parent / "static"
MODELS = ("explorer.js", "model.js", "bounds.js", "three_lists.js")
START = {
    "north_koreans_in_china": [10_000, 50_000, 200_000],
    "women_share": [0.5, 0.75, 0.9],
    "trafficked_share": [0.25, 0.6, 0.9],
    "proceeds_per_woman": [3_687, 9_995, 27_252],
}


def command(*words):
    """Run `evidence site` as the command line does."""
    group = Commands(commands={"site": site})
    return CliRunner().invoke(group, ["site", *map(str, words)])


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" ")))
def test_a_text_means_itself_in_markdown(text):
    tokens = MarkdownIt().parse(f"x{pages.markdown(text)}")
    inline = [part for token in tokens for part in token.children or []]
    assert {part.type for part in inline} <= {"text", "text_special"}
    # A space at either end of the text falls away.
    assert "".join(part.content for part in inline) == "x" + " ".join(text.split())


def test_html_in_a_template_is_shown_as_text():
    text = pages.html("claim_alone.html", found=SCRIPT)
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_html_in_a_picture_description_is_shown_as_text():
    assert "<script" not in pages.picture("", "a.png", (1, 1), SCRIPT)


def test_a_backtick_cannot_end_the_wrapping_of_html():
    assert pages.raw("<p>``````</p>").count("`") == 12  # the two fences alone


def test_the_way_to_the_top():
    found = [pages.root_of(name) for name in ("index", "claims/index", "claims/C04")]
    assert found == ["", "../", "../../"]


def test_the_size_of_a_picture_is_read_from_its_header():
    buffer = io.BytesIO()
    Image.new("RGB", (321, 45)).save(buffer, "png")
    assert pages.png_size(buffer.getvalue()) == (321, 45)


def test_a_lighter_picture_looks_the_same():
    buffer = io.BytesIO()
    Image.effect_mandelbrot((200, 100), (-2, -1, 1, 1), 50).convert("RGB").save(buffer, "png")
    before, after = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float)
        for data in (buffer.getvalue(), pages.lighter(buffer.getvalue()))
    )
    assert np.abs(before - after).mean() < 4  # of 255


@pytest.mark.parametrize(
    ("low", "high", "unit", "wording", "expected"),
    [
        (np.nan, 500_000, "persons", "up_to", "at most 500,000 persons"),
        (0.6, np.nan, "fraction", "more_than", "more than 60%"),
        (0.8, 0.8, "fraction", "about", "about 80%"),
        (0.75, 0.85, "fraction", "range", "75% to 85%"),
        (1991, 1991, "year", "exactly", "1991"),
        (105e6, 105e6, "USD per year", "exactly", "105 million USD per year"),
        (np.nan, np.nan, np.nan, "statement", ""),
    ],
)
def test_stated_values(low, high, unit, wording, expected):
    assert stated(low, high, unit, wording) == expected


def test_claims_in_brackets_lead_to_their_pages():
    text = "As [C04] says, `[C04]` and [Z99]; $$[C04]$$ [C04](elsewhere)"
    expected = r"As [\[C04\]](/claims/C04.md) says, `[C04]` and [Z99]; $$[C04]$$ [C04](elsewhere)"
    assert link_claims(text, {"C04"}) == expected


def test_parameters_are_plain():
    values = (19510728, [10000.0, 0.5], True, None, "stock", ["a", "b"])
    found = [pages.parameter_in_words(value) for value in values]
    assert found == ["19510728", "10000, 0.5", "true", "null", "stock", "a, b"]


def test_broken_links_are_named(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="a/">x</a><a href="a/#here">x</a><a href="a/#gone">x</a><a href="b/">x</a>'
        '<a href="https://elsewhere.example">x</a><a href="/a/">x</a><a href="../up">x</a>'
    )
    (tmp_path / "a/index.html").write_text(
        '<p id="here"></p><script src="https://cdn.example/x.js"></script><img src="no.png">'
    )
    assert broken_links(tmp_path) == [
        "a/index.html: loads https://cdn.example/x.js, expected a file of the site",
        "a/index.html: broken link no.png",
        "index.html: broken link a/#gone",
        "index.html: broken link b/",
        "index.html: broken link /a/",
        "index.html: broken link ../up",
    ]


def test_an_archive_is_the_same_for_the_same_files():
    first, second = library.archive({"a": b"1", "b": b"2"}), library.archive({"b": b"2", "a": b"1"})
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert packed.read("evidence-ledger/b") == b"2"


def test_a_link_preview_has_the_size_previews_have(tables):
    from helpers.ledger.claims import read_ledger

    assert pages.png_size(preview(read_ledger(tables).claims, citation.cited())) == (1200, 630)


def test_the_pictures_in_docs_are_current():
    from helpers.ledger.claims import read_ledger

    stored = ROOT / "docs/published_counts.png"
    assert stored.read_bytes() == find(["00"])[0].pictures[0], "renew it with `make pictures`"
    pair = [
        (ROOT / "docs/preview.png").read_bytes(),
        preview(read_ledger().claims, citation.cited()),
    ]
    old, new = (np.asarray(Image.open(io.BytesIO(picture)), dtype=float) for picture in pair)
    # Letters may be drawn a little differently elsewhere; a count that moved moves a whole bar.
    assert np.mean(np.abs(old - new) > 25) < 0.001, "renew it with `make pictures`"


def test_no_run_is_one_line(tmp_path):
    answer = command("--run", tmp_path, "--out", tmp_path / "site")
    assert answer.exit_code == 2
    assert answer.output == (f"evidence: {tmp_path}: not a run folder (it has no manifest.json)\n")


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ("{", "not a manifest"),
        ('{"notebooks": []}', "a run folder of form None, expected form"),
        (json.dumps({"form": FORM, "notebooks": 3}), "not a manifest of a run"),
        (json.dumps({"form": FORM, "notebooks": []}), "stopped before its end (it has no results"),
    ],
    ids=["damaged", "another form", "no notebooks", "killed"],
)
def test_a_folder_that_is_no_finished_run_is_one_line(tmp_path, manifest, expected):
    (tmp_path / "manifest.json").write_text(manifest)
    answer = command("--run", tmp_path, "--out", tmp_path / "site")
    assert answer.exit_code == 2
    assert expected in answer.output
    assert len(answer.output.splitlines()) == 1


def test_a_folder_that_is_no_site_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(RequestError, match="not empty and not a site"):
        build(None, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "precious"


def test_an_address_must_be_one(tmp_path):
    with pytest.raises(RequestError, match="--address is 'example', expected"):
        build(None, tmp_path / "site", "example")


def test_packages_that_are_not_installed_are_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(site_build, "find_spec", lambda name: name != "sphinx" or None)
    (tmp_path / "manifest.json").write_text(json.dumps({"form": FORM, "notebooks": []}))
    (tmp_path / "results.csv").write_text("notebook,name,value,low,high,unit,claim\n")
    answer = command("--run", tmp_path, "--out", tmp_path / "site")
    assert answer.exit_code == 2
    assert answer.output == (
        "evidence: the site needs sphinx, of the extra `site`; in the project's folder: "
        "python -m pip install --editable '.[site]'\n"
    )
    assert not (tmp_path / "site").exists()


def test_the_modules_of_the_extra_are_known():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [line.split(">")[0] for line in project["optional-dependencies"]["site"]]
    modules = [name.removesuffix("-python").replace("-", "_") for name in names]
    assert sorted(modules) == sorted(site_build.EXTRA)


def test_results_of_a_run_become_numbers(tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"form": FORM, "notebooks": []}))
    (tmp_path / "results.csv").write_text(
        "notebook,name,value,low,high,unit,claim\nn,a,1.5,1,2,persons,C04\nn,b,wrong,,,verdict,\n"
    )
    run = read_run(tmp_path)
    assert [result.value for result in run.results] == [1.5, "wrong"]
    assert [result.low for result in run.results] == [1, None]
    assert not run.failures  # what a run did not include has not failed
    assert {page.status for page in run.pages} == {"not in this run"}


# The model in the browser, held to the one in Python.


@pytest.fixture(scope="module")
def in_node(tmp_path_factory):
    """Evaluate an expression over the model `m` and Vega `v` in Node.js, as the page loads them."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed, so the model in the browser is not tested")
    script = tmp_path_factory.mktemp("explorer") / "page.js"
    models = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in MODELS)
    script.write_text(
        f"globalThis.window = globalThis;\n{vega.vega()}\n{models}\n"
        "const m = window.marketModel, v = window.vega, w = window.words;\n"
        "const b = window.bounds, t = window.threeLists;\n"
        "console.log(JSON.stringify(eval(process.argv[2])));\n",
        encoding="utf-8",
    )

    def evaluate(code):
        done = subprocess.run([node, script, code], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return evaluate


def test_the_browser_knows_the_normal_distribution(in_node):
    chances = [1e-10, 1e-4, 0.05, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9]
    found = in_node(f"{chances}.map((p) => v.quantileNormal(p))")
    assert found == pytest.approx(ndtri(chances), rel=1e-7, abs=1e-12)
    scores = [-8, -3.3, -1, -0.1, 0, 0.7, 2, 6]
    found = in_node(f"{scores}.map((z) => v.cumulativeNormal(z))")
    assert found == pytest.approx(ndtr(scores), rel=1e-7)


@pytest.mark.parametrize(
    ("figures", "share"),
    [([2, 10, 90], False), ([0.2, 0.5, 0.6], True), ([0, 3, 9], False), ([0.3, 0.8, 1], True)],
)
def test_the_browser_meets_the_three_figures(in_node, figures, share):
    scores = ndtri([0.05, 0.5, 0.95]).tolist()
    found = in_node(f"[...m.fromNormal({figures}, {json.dumps(share)}, {scores})]")
    assert found == pytest.approx(figures, rel=1e-7, abs=1e-9)


CHANGES = [
    ({}, 105e6, 0.0),
    ({}, 1e9, 0.6),
    ({}, 105e6, -0.3),
    ({}, 105e6, -0.45),
    ({}, 50e6, 1.0),
    ({"women_share": [0.7, 0.7, 0.7]}, 105e6, 0.0),
    ({"trafficked_share": [0.3, 0.6, 1.0]}, 105e6, 0.0),
    ({"north_koreans_in_china": [30_000] * 3}, 105e6, 0.0),
]


@pytest.mark.parametrize(("change", "claim", "rank"), CHANGES)
def test_the_browser_agrees_with_the_notebook(in_node, change, claim, rank):
    figures = START | change
    state = figures | {"claim_usd": claim, "rank_correlation": rank}
    found = in_node(f"m.simulate({json.dumps(state)})")
    answer = simulate(
        figures, claim=claim, draws=2**18, seed=7, rank_correlation=move_together(rank)
    )
    for name in (
        "annual_proceeds",
        "women_trafficked",
        "women_implied_by_claim",
        "proceeds_per_woman_implied_by_claim",
    ):
        # A percentile over 8192 plain draws has a standard error of one to two in a hundred.
        assert found[name] == pytest.approx(getattr(answer, name).value, rel=0.02)
    chance = float(answer.chance_of_at_least_claim.value)
    assert found["chance_of_at_least_claim"] == pytest.approx(chance, abs=0.01)
    for name in INPUTS:
        # Break-even means: with the input known at that value, half of the rest reaches the claim.
        value = found["break_even"][name]
        if INPUTS[name] and value > 1:
            continue
        fixed = simulate(figures | {name: [value] * 3}, claim=claim, draws=2**16, seed=7)
        if rank == 0:
            half = float(fixed.chance_of_at_least_claim.value)
            assert half == pytest.approx(0.5, abs=0.01)


def test_known_inputs_give_the_product_in_the_browser(in_node):
    state = {name: [value] * 3 for name, value in zip(INPUTS, (100, 0.5, 0.2, 7), strict=True)}
    found = in_node(f"m.simulate({json.dumps(state | {'claim_usd': 70, 'rank_correlation': 0})})")
    assert found["annual_proceeds"] == pytest.approx([70] * 3)
    assert found["break_even"]["north_koreans_in_china"] == pytest.approx(100)


@pytest.mark.parametrize(
    "change",
    [
        {"women_share": [0.9, 0.5, 0.1]},
        {"women_share": [0.5, 0.7, 1.2]},
        {"north_koreans_in_china": [-1, 2, 3]},
        {"north_koreans_in_china": [1, 2]},
        {"claim_usd": 0},
        {"rank_correlation": 2},
    ],
)
def test_the_browser_refuses_what_the_model_refuses(in_node, change):
    state = START | {"claim_usd": 1e8, "rank_correlation": 0} | change
    assert in_node(f"m.problem({json.dumps(state)})") != ""


@pytest.mark.parametrize("rank", [-7, -1, -0.5, -0.483, -0.4825, -0.45, 0.99, 1, 1.01])
def test_the_browser_accepts_the_rank_correlations_the_model_accepts(in_node, rank):
    try:
        simulate(START, claim=1e8, draws=1024, seed=1, rank_correlation=move_together(rank))
        accepted = True
    except ValueError:
        accepted = False
    state = START | {"claim_usd": 1e8, "rank_correlation": rank}
    assert (in_node(f"m.problem({json.dumps(state)})") == "") == accepted


def random_settings(count, rng):
    """Return settings of the market model: any ranges, some of them known, some that touch 0."""
    found = []
    for _ in range(count):
        figures = {}
        for name, share in INPUTS.items():
            ends = rng.uniform(0, 1, 3) if share else 10 ** rng.uniform(1, 6, 3)
            ends = np.full(3, ends[0]) if rng.random() < 0.1 else np.sort(ends)
            figures[name] = [
                0.0 if rng.random() < 0.05 and ends[0] < ends[2] else ends[0],
                *ends[1:],
            ]
        claim = float(10 ** rng.uniform(4, 12))
        found.append(figures | {"claim_usd": claim, "rank_correlation": 0.0})
    return json.loads(json.dumps(found, default=float))


def test_the_browser_bounds_the_chance_as_the_notebook_does_in_200_settings(in_node):
    settings = random_settings(200, np.random.default_rng(31))
    found = in_node(
        f"{json.dumps(settings)}.map((s) => ['independent', 'any'].map((way) => "
        "b.chanceAtLeast(b.boxes(s), s.claim_usd, way)))"
    )
    for setting, bounds in zip(settings, found, strict=True):
        boxes = [box(quantity) for quantity in read_inputs({n: setting[n] for n in INPUTS})]
        expected = [chance_at_least(boxes, setting["claim_usd"], way) for way in DEPENDENCES]
        assert np.array(bounds) == pytest.approx(np.array(expected), abs=1e-7), setting


def test_the_browser_follows_every_rule_of_spread(in_node):
    settings = random_settings(12, np.random.default_rng(22))
    found = in_node(f"{json.dumps(settings)}.map((s) => b.chancesByRule(s))")
    for setting, chances in zip(settings, found, strict=True):
        inputs = read_inputs({name: setting[name] for name in INPUTS})
        expected = product_by_rule(inputs, setting["claim_usd"], draws=2**14, seed=1)["chance"]
        chances = [np.nan if chance is None else chance for chance in chances]
        assert chances == pytest.approx(expected.tolist(), abs=0.02, nan_ok=True), setting


MODELS_OF_THREE = [
    *([], ["A:B"], ["A:C"], ["B:C"]),
    *(["A:B", "A:C"], ["A:B", "B:C"], ["A:C", "B:C"], ["A:B", "A:C", "B:C"]),
]


def test_three_lists_in_the_browser_agree_with_the_notebooks_models_in_200_settings(in_node):
    rng = np.random.default_rng(50)
    cells = rng.poisson(10 ** rng.uniform(0, 2.5, (200, 7)))
    cells[:, 0] += 1
    states = [as_state(some) for some in cells.tolist()]
    found = in_node(f"{json.dumps(states)}.map((s) => t.problem(s) || t.models(s))")
    refused = 0
    for number, (some, models) in enumerate(zip(cells, found, strict=True)):
        terms, model = MODELS_OF_THREE[number % 8], models[number % 8]
        patterns = [[(cell >> bit) & 1 for bit in range(3)] for cell in range(1, 8)]
        wide = pd.DataFrame(patterns, columns=list("ABC")).assign(count=some)
        try:
            expected = named_model(wide, terms)
        except NotEstimable:
            assert model["estimate"] is None, (some, terms)
            refused += 1
            continue
        ends = [expected.low, expected.estimate, expected.high]
        assert [model["low"], model["estimate"], model["high"]] == pytest.approx(ends, rel=1e-5)
        if len(terms) < 3 and not expected.empty_pairs:
            formula = "count ~ A + B + C" + "".join(f" + {term}" for term in terms)
            deviance = smf.glm(formula, wide, family=sm.families.Poisson()).fit().deviance
            assert model["deviance"] == pytest.approx(deviance, abs=1e-5)
            assert model["against"] == bool(chi2.sf(deviance, 3 - len(terms)) < 0.05)
    assert 0 < refused < 100


def as_state(cells):
    """Turn people by combination of lists A, B and C (from A alone) into what lists hold."""
    a, b, ab, c, ac, bc, abc = cells
    sizes = {"on_a": a + ab + ac + abc, "on_b": b + ab + bc + abc, "on_c": c + ac + bc + abc}
    pairs = {"on_a_and_b": ab + abc, "on_a_and_c": ac + abc, "on_b_and_c": bc + abc}
    return sizes | pairs | {"on_all": abc, "odds_ratio": [0.5, 2]}


def test_an_odds_ratio_in_the_browser_hides_as_many_as_in_the_notebook(in_node):
    state = as_state([30, 40, 8, 50, 9, 7, 4])
    found = in_node(f"t.envelope({json.dumps(state)})")
    seen = 148
    row = pd.DataFrame([{"low": found["low"], "estimate": found["low"], "high": found["high"]}])
    supposed = with_highest_interaction(row, seen, state["odds_ratio"])
    assert found["supposed"] == pytest.approx([supposed["low"].iloc[0], supposed["high"].iloc[1]])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"on_all": 90}, "more people are on all three lists than on these two"),
        ({"on_a": 5}, "shares more people with the others than it holds"),
        ({"on_b": 1.5}, "whole numbers"),
        ({"odds_ratio": [3, 2]}, "the lower end lies above the upper end"),
        ({"odds_ratio": [0, 2]}, "above 0"),
    ],
)
def test_the_browser_refuses_lists_that_cannot_be(in_node, change, said):
    state = as_state([30, 40, 8, 50, 9, 7, 4])
    assert in_node(f"t.problem({json.dumps(state)})") == ""
    assert said in in_node(f"t.problem({json.dumps(state | change)})")


def test_the_lists_of_a_published_table_are_counted_as_published():
    state, names = hidden_explorer.figures("uk_2013_5list", data.table("list_overlaps"))
    # Bales, Hesketh and Silverman (2015): the largest list holds 1,169 people of the five lists.
    assert names[0] == "PFNCA"
    assert state["on_a"] >= state["on_b"] >= state["on_c"] > state["on_a_and_b"] > state["on_all"]


def test_scenarios_are_those_that_the_notebook_recorded():
    page = page_of("not in this run")
    recorded = {r["name"]: r for r in page.source.results}
    start = market.defaults(page)
    of = {one["name"]: one["state"] for one in market.scenarios(page, start)}
    for name, what in market.DEFENSIBLE.items():
        result = recorded[f"defensible_{what}"]
        assert of["Lowest defensible"][name] == [result["low"]] * 3
        assert of["Highest defensible"][name] == [result["high"]] * 3
    claimed = np.prod([figures[1] for figures in of["As the claims say"].values()])
    assert claimed == pytest.approx(start["claim_usd"])
    silent = SimpleNamespace(results=[], parameters={}, name="31")
    bare = Page(silent, None, "not in this run", "", {}, "", 0.0)
    assert [one["state"] for one in market.scenarios(bare, start)] == [{}]


def test_reasons_are_in_words():
    words = people.plain("year is 2019, expected 1998 to 2009, the years of the chosen counts")
    assert words == "the chosen counts are of 1998 to 2009, so they say nothing about 2019"
    assert people.plain("something else") == "something else"


def page_of(status, **parameters):
    """Return the page of the notebook with the market model, as a run could have left it."""
    return Page(find(["31"])[0], None, status, "", parameters, "", 0.0)


def a_run(value, **parameters):
    """Return a run of the market notebook alone, with a result that decides claim C04."""
    name, unit = "annual_proceeds", "USD per year"
    result = Result("31_market_size", name, value, value, value, unit, "C04", {})
    absent = Page(find(["22"])[0], None, "not in this run", "", {}, "", 0.0)
    return Run(Path(), {}, [result], [page_of("done", **parameters), absent])


MORE_EXACTLY = "The verdict says more than that"


@pytest.mark.parametrize(
    ("verdict", "value", "parameters", "expected", "not_expected"),
    [
        ("wrong", 4e9, {}, "No part of that agrees", "agree with the verdict"),
        ("misattributed", 4e9, {}, MORE_EXACTLY, "agree with the verdict"),
        ("supported", 4e9, {"seed": 5}, "the parameters of this run the computation", MORE_EXACTLY),
        ("supported", 4e9, {}, "on other tables or with other code", MORE_EXACTLY),
        ("wrong", 105e6, {"seed": 5}, "the parameters of this run the computation", MORE_EXACTLY),
    ],
)
def test_a_verdict_that_a_run_contradicts(verdict, value, parameters, expected, not_expected):
    row = claims.claim("C04")
    row["verdict"] = verdict
    run = a_run(value, **parameters)
    text = computed(row, run.results, run, "../../", findings())
    assert expected in text
    assert not_expected not in text
    assert ("<code>seed</code> = 5" in text) == bool(parameters)
    assert "Market size</a> (" not in text


def test_a_claim_names_the_notebooks_it_misses():
    run, known = a_run(105e6), findings()
    assert "22_how_many_in_china" in computed(claims.claim("C03"), [], run, "../../", known)
    assert "22_how_many_in_china" not in computed(claims.claim("C28"), [], run, "../../", known)


def test_the_front_page_says_what_was_changed_and_what_is_missing(tmp_path):
    facts = {"start": "2026-05-01T10:00:00Z", "version": "1", "question": "How sure?"}
    for run, said in ((a_run(1, seed=5), True), (Run(Path(), {}, [], [page_of("done")]), False)):
        library.write_home(tmp_path, run, claims.read_ledger(), facts, {}, [market.EXPLORER])
        text = (tmp_path / "index.md").read_text(encoding="utf-8")
        assert ("This run did not use the default parameters" in text) == said
        assert ("1 of 2 notebooks are not in this run" in text) == said


def test_the_front_page_counts_what_stands(tmp_path):
    ledger = claims.read_ledger()
    ledger.claims["verdict"] = "wrong"
    ledger.claims.loc[["C01", "C02", "L01"], "verdict"] = "supported"  # L is not of the articles
    run = Run(Path(), {}, [], [page_of("done")])
    facts = {"start": "2026-05-01T10:00:00Z", "version": "1", "question": "How sure?"}
    library.write_home(tmp_path, run, ledger, facts, {"C03": "as printed"}, [market.EXPLORER])
    text = (tmp_path / "index.md").read_text(encoding="utf-8")
    articles = (~ledger.claims.index.str.startswith("L")).sum()
    assert f"2 of {articles} stand as printed" in text
    assert "<p>as printed</p>" in text


def test_what_may_be_printed_is_filled_in_from_the_run():
    ledger, run = claims.read_ledger(), a_run(2e8)
    assert "allows US$200 million a year" in printable(run)["C04"]
    assert "C04" not in printable(Run(Path(), {}, [], []))  # this run does not hold the result
    rows = data.table("printable")
    assert set(rows["claim"]) <= set(ledger.claims.index)


def test_every_sentence_to_print_names_results_that_notebooks_record():
    recorded = [
        Result(n.name, r["name"], r["value"], r["low"], r["high"], r["unit"], r["claim"] or "", {})
        for n in find()
        for r in n.results
    ]
    with_year = [replace(r, point={"year": "2020"}) for r in recorded]
    run = Run(Path(), {}, with_year, [])
    assert set(printable(run)) == set(data.table("printable")["claim"])


def test_every_number_on_a_claim_page_has_words():
    known = findings()
    for notebook in find():
        for result in notebook.results:
            if result["claim"] and not isinstance(result["value"], str):
                assert f"{notebook.name}:{result['name']}" in known


def test_a_term_leads_to_the_glossary_once_and_never_in_a_heading_or_a_link():
    known = ({"sex ratio": ("sex-ratio", "men per woman")}, re.compile("sex ratio", re.IGNORECASE))
    body = "<h2>Sex ratio</h2><p><a href='x'>sex ratio</a> Sex ratio, sex ratio</p>"
    linked = '<a class="term" href="../glossary/#sex-ratio" title="men per woman">Sex ratio</a>'
    expected = f"<h2>Sex ratio</h2><p><a href='x'>sex ratio</a> {linked}, sex ratio</p>"
    assert extension.link_terms(body, known, "../") == expected


def test_a_large_table_says_so_and_a_small_one_is_whole(monkeypatch):
    whole = library.shown_rows("terms")
    assert not whole["cut"]
    assert len(whole["rows"]) == len(data.table("terms"))
    assert ("C01", "claims/C01/") in [cell for row in whole["rows"] for cell in row]
    monkeypatch.setattr(library, "ROWS", 3)
    monkeypatch.setattr(library, "SAMPLE", 2)
    cut = library.shown_rows("terms")
    assert cut["cut"] and len(cut["rows"]) == 2


def test_a_notebook_is_launched_only_where_the_project_is_on_github():
    assert launch("", "31") == launch("https://example.org/x", "31") == ""
    expected = "https://mybinder.org/v2/gh/a/b/HEAD?labpath=notebooks/31.ipynb"
    assert launch("https://github.com/a/b/", "31") == expected


def test_a_build_keeps_what_did_not_change(tmp_path):
    last, fresh = Kept(tmp_path / "kept"), tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "a.md").write_text("# A\n\none\n")
    (fresh / "b.md").write_text("# B\n")
    last.renew(fresh, [b"frame"])
    kept, other = last.sources / "a.md", last.sources / "b.md"
    os.utime(kept, ns=(1, 1))
    os.utime(other, ns=(1, 1))
    last.made.mkdir()
    (fresh / "b.md").write_text("# B\n\nmore\n")
    last.renew(fresh, [b"frame"])
    assert (kept.stat().st_mtime_ns == 1, other.stat().st_mtime_ns == 1) == (True, False)
    assert last.made.exists()  # no title moved, so other pages stay
    (fresh / "b.md").write_text("# Another title\n")
    last.renew(fresh, [b"frame"])
    assert not last.made.exists()
    assert [last.once(b"key", lambda: b"made"), last.once(b"key", lambda: b"again")] == [
        b"made"
    ] * 2


@pytest.mark.parametrize("across", [5, 2])
def test_a_family_tree_has_no_boxes_that_overlap(across):
    ledger = claims.read_ledger()
    for name in ("C03", "C04", "L07"):
        graph, target = genealogy(name, ledger), bearer(name, ledger)
        kin = family(graph, target)
        drawn = str(trees.tree_svg(kin, target, ledger, "../", "words", across))
        box = r'<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"'
        boxes = [tuple(map(int, found)) for found in re.findall(box, drawn)]
        assert len(boxes) == len(kin)
        for number, (x, y, width, height) in enumerate(boxes):
            for left, top, wide, tall in boxes[number + 1 :]:
                beside = x + width <= left or left + wide <= x
                assert beside or y + height <= top or top + tall <= y
        assert drawn == str(trees.tree_svg(kin, target, ledger, "../", "words", across))


@pytest.mark.parametrize("repository", ["", "https://example.org/ledger"])
def test_a_reader_is_told_where_to_write(tmp_path, repository):
    library.write_disagree(tmp_path, repository, "C04", True)
    text = (tmp_path / "disagree.md").read_text(encoding="utf-8")
    assert ('Open an issue in <a href="https://example.org/ledger"' in text) == bool(repository)
    assert ("write to those who publish the site" in text) == (not repository)


@pytest.mark.parametrize(
    ("line", "expected"),
    [("", ""), ("repository-code: https://example.org/x", "https://example.org/x")],
)
def test_the_repositorys_address_comes_from_the_citation(tmp_path, monkeypatch, line, expected):
    (tmp_path / "CITATION.cff").write_text(f"title: x\nauthors: [{{name: y}}]\n{line}\n")
    monkeypatch.setattr(citation, "ROOT", tmp_path)
    run = Run(Path(), {"start": "2026-05-01T00:00:00Z", "commit": "abc"}, [], [])
    assert citation.citation(run)["repository"] == expected
    (tmp_path / "CITATION.cff").write_text(
        "title: x\nauthors: [{name: y}]\nrepository-code: javascript:x\n"
    )
    with pytest.raises(RequestError, match="repository-code is 'javascript:x', expected"):
        citation.citation(run)


def test_the_readme_counts_as_the_table_does():
    kinds = claims.read_ledger().claims.index.str[0]
    chains = int((kinds == "L").sum())
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"make {len(kinds) - chains} numbered statements" in readme
    assert f"{chains} chains of repetition outside these articles" in readme


def test_the_explorer_starts_from_the_run_unless_its_figures_failed():
    given = {"rank_correlation": -0.6, "trafficked_share": [0.1, 0.2, 0.3]}
    ran, failed = (market.defaults(page_of(status, **given)) for status in ("done", "failed"))
    assert ran["trafficked_share"] == [0.1, 0.2, 0.3]
    assert ran["rank_correlation"] == -0.6
    assert failed == market.defaults(page_of("not in this run"))


def test_the_explorer_starts_from_what_was_concluded_where_a_parameter_is_empty():
    page = page_of("not in this run")
    recorded = {r["name"]: [r["low"], r["value"], r["high"]] for r in page.source.results}
    assert page.source.parameters["trafficked_share"].default == []
    assert market.defaults(page)["trafficked_share"] == recorded["trafficked_share"]
    silent = SimpleNamespace(parameters=page.source.parameters, results=[], name="31")
    with pytest.raises(RequestError, match=r"is empty, expected a result of that name"):
        market.defaults(Page(silent, None, "not in this run", "", {}, "", 0.0))


def test_the_rule_of_the_model_has_one_chance_in_text_table_and_explorer():
    page = page_of("not in this run")
    (recorded,) = (
        r["value"] for r in page.source.results if r["name"] == "chance_of_at_least_claim"
    )
    (cell,) = (cell for cell in page.source.cells if cell["id"] == "31-15b")
    shown = "".join(cell["outputs"][-1]["data"]["text/html"])
    assert re.findall(r"<td>([\d.]+)</td>", shown)[3] == f"{recorded:.2f}"
    answer = market.answer_of(market.defaults(page))
    rule, *_ = answer["rules"]
    assert answer["rules"][rule] == answer["model"].chance_of_at_least_claim.value
    assert round(answer["rules"][rule], 2) == round(recorded, 2)


def test_the_explorer_says_where_no_finite_amount_is_enough(tmp_path):
    pytest.importorskip("vl_convert")
    page = page_of("done", trafficked_share=[0, 0, 0.5])
    found = [(market.EXPLORER, page)]
    ledger = claims.read_ledger().claims
    market.write_market(tmp_path, tmp_path, page, found, ledger, "", always)
    text = (tmp_path / "explorer.md").read_text(encoding="utf-8")
    assert "after <code>make run</code>, it is <code>.venv/bin/evidence</code>" in text
    assert re.search(r'id="answer-each"[^>]*>at least US\$', text)


def test_the_browser_writes_numbers_as_the_notebooks_do(in_node):
    values = [0.0123, 0.5, 1.0, 12.34, 210, 999.4, 5316, 34537, 999_600, 1.06e8, 2.567e9, 4e13]
    assert in_node(f"{values}.map((x) => w.number(x))") == [words.number(x) for x in values]
    assert in_node(f"{values}.map((x) => w.money(x, 2))") == [words.money(x, 2) for x in values]
    assert in_node("[0, 0.6856, 1].map((x) => w.percent(x))") == ["0.0%", "68.6%", "100.0%"]


def test_the_series_of_a_chart_are_a_table_of_what_is_drawn_and_its_ends():
    words = "Chart: x\n- survey: 2 ranges and 1,200 points, 9,798 to 167,300\n- y: 1 bar, -2 to 0"
    rows = list(csv.reader(series_csv(words).splitlines()))
    assert rows[1:] == [
        ["survey", "2 ranges and 1,200 points", "9798", "167300"],
        ["y", "1 bar", "-2", "0"],
    ]
    assert series_csv("Chart: x\nPlotted points: 3, digest 0") == ""
