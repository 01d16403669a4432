"""The market model in the browser: its page, its chart, and the scripts it needs."""

import json
import math

from helpers.market import INPUTS, simulate
from helpers.rerun.errors import RequestError
from helpers.site.pages import html, write_page

DRAWS = 2**17  # for the numbers that stand on the page before any slider moves
DIVISIONS = 400  # positions of a slider
CORRELATION = (-0.4, 1.0)
MEANINGS = {
    "north_koreans_in_china": "North Koreans in China (persons)",
    "women_share": "Women among them (share)",
    "trafficked_share": "Women who were trafficked, of these (share)",
    "proceeds_per_woman": "Average proceeds per woman (US dollars a year)",
    "claim_usd": "Claimed amount (US dollars a year)",
    "rank_correlation": "How far the count and the two shares rise together (rank correlation)",
}


def explorer_notebook(run):
    """Return the page of the notebook that holds the market model.

    Raises
    ------
    RequestError
        If no notebook has all of the model's inputs as parameters.
    """
    needed = {*INPUTS, "claim_usd"}
    for page in run.pages:
        if needed <= set(page.source.parameters):
            return page
    raise RequestError(f"no notebook has the parameters {', '.join(sorted(needed))}")


def defaults(page):
    """Return the figures the explorer starts from: those of the run, or the notebook's own.

    Returns
    -------
    dict
        ``{input: [low, central, high]}``, claim_usd, rank_correlation and seed.
    """
    given = {name: known.default for name, known in page.source.parameters.items()}
    given |= page.parameters
    figures = {name: [float(x) for x in given[name]] for name in INPUTS}
    correlation = given.get("rank_correlation", 0.0)
    return figures | {
        "claim_usd": float(given["claim_usd"]),
        "rank_correlation": float(correlation) if not isinstance(correlation, list) else 0.0,
        "seed": int(given.get("seed", 0)),
    }


def slider(name, values):
    """Return the ends of an input's slider: a decade beyond its figures, or all of a share.

    Returns
    -------
    dict
        low, high, and scale: "linear" or "log".
    """
    if name == "rank_correlation":
        return {"low": CORRELATION[0], "high": CORRELATION[1], "scale": "linear"}
    if INPUTS.get(name, False):
        return {"low": 0.01, "high": 0.99, "scale": "linear"}
    positive = [value for value in values if value > 0] or [1.0]
    low = 10.0 ** math.floor(math.log10(min(positive) / 10))
    return {"low": low, "high": 10.0 ** math.ceil(math.log10(max(positive) * 10)), "scale": "log"}


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
    layers = alt.layer(band, bars, median, claim).properties(width="container", height=300)
    layers = layers.add_params(
        alt.param(name="axis_from", value=1e6), alt.param(name="axis_to", value=1e10)
    )
    return vl_convert.vegalite_to_vega(layers.configure_view(strokeWidth=0).to_dict())


def write_explorer(folder, extra, page, claims):
    """Write the explorer's page and the files it loads.

    Parameters
    ----------
    folder, extra : pathlib.Path
        Page sources, and files that are copied as they are.
    page : helpers.site.runs.Page
        From `explorer_notebook`.
    claims : collection of str
    """
    import vl_convert

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
        name: slider(name, start[name] if name in INPUTS else [start[name]])
        for name in (*INPUTS, "claim_usd", "rank_correlation")
    }
    facts = {
        "inputs": [{"name": name, "share": share} for name, share in INPUTS.items()],
        "start": {name: value for name, value in start.items() if name != "seed"},
        "sliders": sliders,
        "divisions": DIVISIONS,
        "notebook": page.name,
    }
    made = extra / "explorer"
    made.mkdir()
    (made / "chart.js").write_text(f"window.chart = {_script(chart())};\n", encoding="utf-8")
    (made / "facts.js").write_text(f"window.facts = {_script(facts)};\n", encoding="utf-8")
    # By its name inside vl-convert, whose documented name `vega` is null for a Vega of modules.
    library = f"/npm/vega@{vl_convert.get_vega_version()}/+esm.js"
    bundle = vl_convert.javascript_bundle(
        f'import {{ View, parse }} from "{library}"; window.vega = {{ View, parse }};'
    )
    # Kept to itself: the names in the bundle would meet those of other scripts.
    (made / "vega.js").write_text(f"(() => {{\n{bundle}\n}})();\n", encoding="utf-8")
    text = html(
        "explorer.html",
        facts=facts,
        meanings=MEANINGS,
        answer=answer,
        notebook=page,
        claims=claims,
    )
    about = "Move every input of the market model and see what a published amount would need."
    title = "Market explorer"
    write_page(folder, "explorer", title, [(None, text)], description=about, aside=False)


def correlations(rank_correlation):
    """Return the rank correlations of the model when the count and the shares rise together."""
    from helpers.market_choices import move_together

    return move_together(rank_correlation)


def _script(value):
    """Write a value for a script; a "<" could end the script it stands in."""
    return json.dumps(value, sort_keys=True).replace("<", "\\u003c")
