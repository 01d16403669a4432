"""The chart of the market explorer, and the library that draws it."""

import json
from importlib.metadata import version
from pathlib import Path


def chart():
    """Return the explorer's chart: Vega-Lite made with Altair, compiled to Vega.

    Its data sets `distribution` and `start` (from, to, share), `band` (low, high), `median` and
    `claim` (value) are filled by the page's script, and the axis by `axis_from` and `axis_to`.
    Compiled here, the page needs the Vega library alone and stays light.
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
        labelSeparation=8,
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
    # Where the distribution lay at the start: its outline, above what it became.
    start = (
        alt.Chart(alt.NamedData("start"))
        .mark_line(color="#1a1a1a", strokeWidth=1, interpolate="step-after", clip=True)
        .encode(x=alt.X("from:Q", scale=scale), y="share:Q")
    )
    layers = alt.layer(band, bars, start, median, claim).properties(
        width="container", height="container"
    )
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


def write_chart(folder, once):
    """Write both as scripts; they depend on nothing but this code and its libraries."""
    drawn = Path(__file__).read_bytes() + version("altair").encode()
    text = once(b"chart" + drawn, lambda: f"window.chart = {json.dumps(chart())};\n".encode())
    (folder / "chart.js").write_bytes(text)
    key = f"vega {version('vl-convert-python')}".encode()
    (folder / "vega.js").write_bytes(once(key, lambda: vega().encode()))
