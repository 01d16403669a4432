"""The market model in the browser: its page, its chart, and the scripts it needs."""

import json
import math
from importlib.metadata import version
from pathlib import Path

from evidence.errors import RequestError
from evidence.site.kept import always
from evidence.site.pages import html, write_page
from helpers.market.model import INPUTS, simulate

DRAWS = 2**17  # for the numbers that stand on the page before any slider moves
STEPS = 24  # of a slider for amounts, per decade: each about a tenth, to two digits
MEANINGS = {
    "north_koreans_in_china": "North Koreans in China (persons)",
    "women_share": "Women among them (share)",
    "trafficked_share": "Women who were trafficked, of these (share)",
    "proceeds_per_woman": "Average proceeds per woman (US dollars a year)",
    "claim_usd": "Claimed amount (US dollars a year)",
    "rank_correlation": "How far the count and the two shares rise together (rank correlation)",
}


def explorer_notebook(run):
    """Return the page of the notebook that holds the market model; nothing if none does."""
    needed = {*INPUTS, "claim_usd"}
    return next((page for page in run.pages if needed <= set(page.source.parameters)), None)


def defaults(page):
    """Return the figures the explorer starts from: those the notebook ran with, or its defaults.

    What stopped the notebook may be its figures, so those of a run that failed are left out. For an
    input that is an empty list, the notebook records the range it used under the input's name.

    Returns
    -------
    dict
        ``{input: [low, central, high]}``, claim_usd, rank_correlation and seed.

    Raises
    ------
    RequestError
        If an input is empty and the notebook records no range for it.
    """
    given = {name: known.default for name, known in page.source.parameters.items()}
    given |= page.parameters if page.status == "done" else {}
    ran = page.executed if page.status == "done" and page.executed else page.source
    used = {r["name"]: [r["low"], r["value"], r["high"]] for r in ran.results}
    for name in INPUTS:
        if not given[name] and name not in used:
            raise RequestError(f"{page.name}: {name} is empty, expected a result of that name")
    figures = {name: [float(x) for x in given[name] or used[name]] for name in INPUTS}
    return figures | {
        "claim_usd": float(given["claim_usd"]),
        "rank_correlation": float(given.get("rank_correlation", 0.0)),
        "seed": int(given.get("seed", 0)),
    }


def marks(name, values):
    """Return the positions of a slider, in order; the figures it starts from are among them.

    Amounts go in steps of about a tenth, from a decade below their figures to a decade above;
    shares in hundredths; so one step of the keyboard always changes the figure.
    """
    if name == "rank_correlation":
        scale = {round(0.05 * step, 2) for step in range(-9, 21)}
    elif INPUTS.get(name, False):
        scale = {round(0.01 * step, 2) for step in range(1, 100)}
    else:
        positive = [value for value in values if value > 0] or [1.0]
        ends = math.log10(min(positive)) - 1, math.log10(max(positive)) + 1
        first, last = STEPS * math.floor(ends[0]), STEPS * math.ceil(ends[1])
        scale = {float(f"{10 ** (step / STEPS):.2g}") for step in range(first, last)}
    return sorted(scale | set(values))


def chart():
    """Return the explorer's chart: Vega-Lite made with Altair, compiled to Vega.

    Its data sets `distribution` (from, to, share), `band` (low, high), `median` and `claim`
    (value) are filled by the page's script, and the axis by `axis_from` and `axis_to`. Compiled
    here, the page needs the Vega library alone and stays light.
    """
    import altair as alt
    import vl_convert

    scale = alt.Scale(
        type="log",
        nice=False,
        domainMin=alt.ExprRef("axis_from"),
        domainMax=alt.ExprRef("axis_to"),
    )
    words = (
        "datum.value >= 1e12 ? datum.value / 1e12 + ' trillion' : datum.value >= 1e9 ? "
        "datum.value / 1e9 + ' billion' : datum.value >= 1e6 ? datum.value / 1e6 + ' million' : "
        "format(datum.value, ',')"
    )
    axis = alt.Axis(
        values=[10.0**power for power in range(-3, 19)],
        labelExpr=words,
        labelFontSize=12,
        titleFontSize=13,
        grid=True,
        labelOverlap=True,
    )
    across = alt.X("from:Q", scale=scale, axis=axis, title="annual proceeds, US dollars")
    bars = (
        alt.Chart(alt.NamedData("distribution"))
        .mark_rect(color="#0072b2", opacity=0.55, clip=True)
        .encode(
            x=across,
            x2="to:Q",
            y=alt.Y(
                "share:Q",
                title="share of simulations",
                axis=alt.Axis(format=".1%", labelFontSize=12, titleFontSize=13),
            ),
            y2=alt.datum(0),
        )
    )
    band = (
        alt.Chart(alt.NamedData("band"))
        .mark_rect(color="#6b6b6b", opacity=0.15, clip=True)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    )
    median = (
        alt.Chart(alt.NamedData("median"))
        .mark_rule(color="#0072b2", strokeWidth=2.5, clip=True)
        .encode(x=alt.X("value:Q", scale=scale))
    )
    claim = (
        alt.Chart(alt.NamedData("claim"))
        .mark_rule(color="#b35c00", strokeWidth=2.5, strokeDash=[7, 4], clip=True)
        .encode(x=alt.X("value:Q", scale=scale))
    )
    layers = alt.layer(band, bars, median, claim).properties(width="container", height="container")
    layers = layers.add_params(
        alt.param(name="axis_from", value=1e6), alt.param(name="axis_to", value=1e10)
    )
    return vl_convert.vegalite_to_vega(layers.configure_view(strokeWidth=0).to_dict())


def vega():
    """Return Vega as a script; what the other scripts use of it is in `window.vega`."""
    import vl_convert

    names = "View, parse, quantileNormal, cumulativeNormal"
    # By its name inside vl-convert, whose documented name `vega` is null for a Vega of modules.
    library = f"/npm/vega@{vl_convert.get_vega_version()}/+esm.js"
    bundle = vl_convert.javascript_bundle(
        f'import {{ {names} }} from "{library}"; window.vega = {{ {names} }};'
    )
    # Kept to itself: the names in the bundle would meet those of other scripts.
    return f"(() => {{\n{bundle}\n}})();\n"


def write_explorer(folder, extra, page, claims, repository, once=always):
    """Write the explorer's page and the files it loads.

    Parameters
    ----------
    folder, extra : pathlib.Path
        Page sources, and files that are copied as they are.
    page : evidence.site.runs.Page
        From `explorer_notebook`.
    claims : collection of str
    repository : str
        Address of the project; may be empty.
    once : callable
        Remembers the library, see `evidence.site.kept.Kept.once`.
    """
    start = defaults(page)
    figures = {name: start[name] for name in INPUTS}
    answer = simulate(
        figures,
        claim=start["claim_usd"],
        draws=DRAWS,
        seed=start["seed"],
        rank_correlation=correlations(start["rank_correlation"]),
    )
    sliders = {
        name: marks(name, start[name] if name in INPUTS else [start[name]])
        for name in (*INPUTS, "claim_usd", "rank_correlation")
    }
    facts = {
        "inputs": [{"name": name, "share": share} for name, share in INPUTS.items()],
        "start": {name: value for name, value in start.items() if name != "seed"},
        "sliders": sliders,
        "notebook": page.name,
    }
    made = extra / "explorer"
    made.mkdir()
    # The chart depends on nothing but this code and its library.
    drawn = Path(__file__).read_bytes() + version("altair").encode()
    described = once(b"chart" + drawn, lambda: f"window.chart = {_script(chart())};\n".encode())
    (made / "chart.js").write_bytes(described)
    (made / "facts.js").write_text(f"window.facts = {_script(facts)};\n", encoding="utf-8")
    key = f"vega {version('vl-convert-python')}".encode()
    (made / "vega.js").write_bytes(once(key, lambda: vega().encode()))
    text = html(
        "explorer.html",
        facts=facts,
        meanings=MEANINGS,
        answer=answer,
        notebook=page,
        claims=claims,
        repository=repository,
    )
    about = "Move every input of the market model and see what a published amount would need."
    title = "Market explorer"
    write_page(folder, "explorer", title, [(None, text)], description=about, aside=False)


def correlations(rank_correlation):
    """Return the rank correlations of the model when the count and the shares rise together."""
    from helpers.market.choices import move_together

    return move_together(rank_correlation)


def _script(value):
    """Write a value for a script; a "<" could end the script it stands in."""
    return json.dumps(value, sort_keys=True).replace("<", "\\u003c")
