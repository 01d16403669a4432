"""One page per claim, and the table of all of them."""

import math

import pandas as pd

from evidence.site.pages import html, lighter, picture, png_size, root_of, write_page
from helpers.charts import png_bytes
from helpers.data import cite, labels, meanings
from helpers.ledger.claims import AGREES, judge
from helpers.ledger.family_tree import bearer, family, genealogy, roots, support
from helpers.ledger.tree_charts import draw, finding
from helpers.words import number, percent, span

HEDGES = {"about", "more_than"}  # other wordings show in how the ends are written


def write_claims(folder, pictures, ledger, run, citation):
    """Write the page of each claim, its family tree, and the table of all claims.

    Parameters
    ----------
    folder, pictures : pathlib.Path
        Page sources, and the pictures of the site.
    ledger : helpers.ledger.claims.Ledger
    run : evidence.site.runs.Run
    citation : dict of str to str
        From `evidence.site.build.citation`.
    """
    verdicts, says = labels("claims", "verdict"), meanings("claims", "verdict")
    for name, row in ledger.claims.iterrows():
        graph = genealogy(name, ledger)
        target = bearer(name, ledger)
        results = [r for r in run.results if r.claim == name]
        root = root_of(f"claims/{name}")
        parts = [
            (None, html("claim_top.html", row=row, meaning=says[row["verdict"]])),
            ("What is claimed", html("claim_facts.html", facts=facts(row, target, ledger))),
            ("What the computation says", computed(row, results, run, root)),
            ("Family tree", tree(name, graph, target, ledger, pictures, root)),
            ("Who says what", said(name, ledger, root)),
            ("How to cite this page", html("claim_cite.html", name=name, row=row, **citation)),
            ("If you disagree", html("claim_disagree.html", name=name, root=root)),
        ]
        description = f"{row['paraphrase']} Verdict: {verdicts[row['verdict']]}."
        title = f"{name}: {row['paraphrase']}"
        write_page(folder, f"claims/{name}", title, parts, description=description)
    _write_index(folder, ledger)


def facts(row, target, ledger):
    """List what a claim states, as pairs of a word and its value, without what it leaves open."""
    pairs = {
        "Claimed by": named(target, ledger),
        "Number": stated(row["value_low"], row["value_high"], row["unit"], row["wording"]),
        "Of whom or what": row["population"],
        "Where": row["place"],
        "When": row["period"],
        "As of": row["as_of"],
        "Kind": labels("claims", "kind")[row["kind"]],
        "Section": labels("claims", "section")[row["section"]],
        "Reference numbers in the article": listed(row["references"]),
    }
    return {what: value for what, value in pairs.items() if value and not pd.isna(value)}


def listed(references):
    """Write the article's own reference numbers: "4;3" becomes "4, 3"."""
    return "" if pd.isna(references) else references.replace(";", ", ")


def stated(low, high, unit, wording):
    """Write a stated value with its unit: "up to 500,000 persons"; nothing if it has none."""
    if pd.isna(low) and pd.isna(high):
        return ""
    if unit == "fraction":
        form, unit = (lambda x: percent(x, 0 if math.isclose(100 * x, round(100 * x)) else 1)), ""
    else:
        form = "{:.0f}".format if unit == "year" else number
        unit = "" if unit == "year" or pd.isna(unit) else f" {unit}"
    hedge = f"{labels('claims', 'wording')[wording]} " if wording in HEDGES else ""
    if wording == "more_than":
        return f"{hedge}{form(low)}{unit}"
    return f"{hedge}{span(low, high, form)}{unit}"


def said(name, ledger, root):
    """Return the table of statements on a claim, in order of publication."""
    rows = ledger.statements[ledger.statements["claim"] == name]
    rows = rows.join(ledger.sources[["producer", "date"]], on="source")
    rows = rows.sort_values("date", kind="stable", na_position="last")
    stances, ways = labels("statements", "stance"), labels("statements", "seen")
    entries = [
        {
            "source": row["source"],
            "name": named(row["source"], ledger),
            "says": row["says"],
            "number": stated(row["low"], row["high"], row["unit"], row["wording"]),
            "of": "; ".join(
                str(row[c]) for c in ("population", "place", "period") if _known(row, c)
            ),
            "stance": stances[row["stance"]],
            "seen": ways[row["seen"]],
        }
        for row in rows.to_dict("records")
    ]
    return html("claim_said.html", rows=entries, root=root)


def named(source, ledger):
    """Name a source by its producer, and its year where that is known."""
    row = ledger.sources.loc[source]
    return cite([source]) if pd.notna(row["date"]) else row["producer"]


def _known(row, column):
    return pd.notna(row[column]) and row[column] != "not stated"


def tree(name, graph, target, ledger, pictures, root):
    """Draw a claim's family tree; return the picture, its words and the table of its steps."""
    kin = family(graph, target)
    found = finding(name, graph, target, ledger)
    if len(kin) == 1:
        return html("claim_alone.html", found=found)
    drawn = lighter(png_bytes(draw(kin, target, ledger)))
    (pictures / f"{name}.png").write_bytes(drawn)
    begins = cite(roots(graph, target)) or "a source nobody has found"
    alt = (
        f"Family tree of claim {name}, from left to right by year of publication. {found}. It "
        f"begins with {begins}. Each link and what changed on it is in the table below."
    )
    happened = labels("cites", "relation")
    leading = {target} | {s for s in kin if _leads(kin, s, target)}
    steps = [
        {
            "from": named(earlier, ledger),
            "to": named(later, ledger),
            "what": happened[what],
            "change": change,
            "leads": later in leading,
            "inferred": edge["inferred"],
        }
        for earlier, later, edge in sorted(
            kin.edges(data=True), key=lambda e: str(ledger.sources.loc[e[1], "date"])
        )
        for what, change in zip(edge["relations"], edge["changes"], strict=True)
    ]
    return html(
        "claim_tree.html",
        found=found,
        picture=picture(root, f"{name}.png", png_size(drawn), alt, wide=True),
        steps=steps,
    )


def _leads(graph, source, target):
    import networkx as nx

    return nx.has_path(graph, source, target)


def computed(row, results, run, root):
    """Return what notebooks of the run concluded on a claim, and what that does to its verdict."""
    decider = row["decided_by"] if pd.notna(row["decided_by"]) else ""
    found = reason = ""
    for result in run.results:
        if decider == f"{result.notebook}:{result.name}":
            found, reason = judge(row, vars(result))
    pages = {page.name: page for page in run.pages}
    used = sorted({r.notebook for r in results} | ({decider.split(":")[0]} if found else set()))
    return html(
        "claim_computed.html",
        results=results,
        titles={name: page.title for name, page in pages.items()},
        decider=decider,
        found=found,
        verdict=row["verdict"],
        agrees=found and row["verdict"] in AGREES[found],
        reason=reason,
        changed=[pages[name] for name in used if pages[name].changed],
        missing=[p for p in run.pages if p.status != "done" and row.name in p.bears_on],
        root=root,
    )


def _write_index(folder, ledger):
    counted, sections = support(ledger), labels("claims", "section")
    rows = [
        {
            "id": name,
            "origins": counted.loc[name, "origins"],
        }
        | row[["paraphrase", "section", "kind", "verdict"]].to_dict()
        for name, row in ledger.claims.iterrows()
    ]
    verdicts = meanings("claims", "verdict")
    table = html("claims.html", rows=rows, sections=sections, verdicts=verdicts, root="../")
    links = "\n".join(f"Claim {name} <{name}>" for name in ledger.claims.index)
    write_page(
        folder,
        "claims/index",
        "All claims",
        [(None, table)],
        description=f"All {len(rows)} claims, with their verdicts: search and filter them.",
        aside=False,
    )
    with (folder / "claims/index.md").open("a", encoding="utf-8") as file:
        file.write(f"\n```{{toctree}}\n:hidden:\n\n{links}\n```\n")
