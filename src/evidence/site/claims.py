"""One page per claim, and the table of all of them."""

import math
import re

import pandas as pd

from evidence.site.languages import ENGLISH
from evidence.site.pages import html, root_of, write_page
from evidence.site.trees import alone, tree_svg
from helpers.data import cite, labels, meanings, table
from helpers.ledger.claims import AGREES, claimed_range, judge
from helpers.ledger.family_tree import bearer, family, genealogy, roots, support
from helpers.ledger.tree_charts import finding
from helpers.say import fill
from helpers.say import said as said_as
from helpers.words import number, percent, span

ACROSS, ACROSS_PHONE = 5, 2  # boxes beside each other in a family tree
HEDGES = {"about", "more_than"}  # other wordings show in how the ends are written


def write_claims(folder, pictures, ledger, run, citation, sentences, language=ENGLISH):
    """Write the page of each claim, its family tree, and the table of all claims, in a language.

    Parameters
    ----------
    folder, pictures : pathlib.Path
        Page sources, and the pictures of the site.
    ledger : helpers.ledger.claims.Ledger
    run : evidence.site.runs.Run
    citation : dict of str to str
        From `evidence.site.citation.citation`.
    sentences : dict of str to str
        From `printable`.
    language : evidence.site.languages.Language
    """
    verdicts, known, _ = labels("claims", "verdict"), findings(), language.gettext
    for name, row in ledger.claims.iterrows():
        graph = genealogy(name, ledger)
        target = bearer(name, ledger)
        results = [r for r in run.results if r.claim == name]
        page = f"{language.folder}claims/{name}"
        root = root_of(page)
        stated_here = facts(row, target, ledger, language)
        opening = top(name, row, graph, target, ledger, root, citation, sentences, language)
        parts = [
            (None, opening),
            (_("What the computation says"), computed(row, results, run, root, known, language)),
            (
                _("Where it comes from"),
                tree(name, graph, target, ledger, pictures, root, language),
            ),
            (_("What exactly is claimed"), html("claim_facts.html", facts=stated_here)),
            (_("Who says what"), said(name, ledger, root, language)),
            (_("If you disagree"), html("claim_disagree.html", language, root=root)),
        ]
        words = language.own(row["short"] if language.code else row["paraphrase"])
        description = f"{words} {_('Verdict:')} {language.own(verdicts[row['verdict']])}."
        title = f"{name}: {words}"
        listed = not language.code  # of other languages the header leads to all pages
        write_page(folder, page, title, parts, description=description, aside=False, listed=listed)
    _write_index(folder, ledger, language)


def top(name, row, graph, target, ledger, root, citation, sentences, language=ENGLISH):
    """Return what a page opens with: the verdict, what may be printed, the source, the citation."""
    return html(
        "claim_top.html",
        language,
        name=name,
        row=row,
        meaning=meanings("claims", "verdict")[row["verdict"]],
        sentence=sentences.get(name, ""),
        begins=[opened(source, ledger) for source in roots(graph, target)],
        nearest=nearest_read(graph, target, ledger),
        stands=opened(target, ledger),
        root=root,
        **citation,
    )


def printable(run):
    """Return the sentences on claims that may be printed, with the run's results filled in.

    Returns
    -------
    dict of str to str
        By claim; without those of which the run lacks a result that the sentence names.
    """
    names = {result.name: result for result in run.results}
    return {
        claim: fill(words, names)
        for claim, words in table("printable").itertuples(index=False)
        if set(re.findall(r"\{([a-z0-9_]+)", words)) <= set(names)
    }


def opened(source, ledger):
    """Describe a source for a reader who wants to open it."""
    row = ledger.sources.loc[source]
    return {
        "id": source,
        "name": named(source, ledger),
        "title": row["title"],
        "url": "" if pd.isna(row["url"]) else row["url"],
        "seen": labels("sources", "seen")[row["seen"]],
        "unseen": row["seen"] == "not_seen",
    }


def nearest_read(graph, target, ledger):
    """Find the earliest source that can be opened, where no origin of a claim can."""
    begins = roots(graph, target)
    line = [source for source in family(graph, target) if source not in {*begins, target}]
    links = ledger.sources.loc[[*begins, *line], "url"].notna()
    if not begins or links[begins].any():
        return None
    dates = ledger.sources["date"].fillna("9999")
    found = [s for s in line if links[s] and ledger.sources.loc[s, "seen"] != "not_seen"]
    return opened(min(found, key=lambda s: dates[s]), ledger) if found else None


def facts(row, target, ledger, language=ENGLISH):
    """List what a claim states, as pairs of a word and its value, without what it leaves open."""
    _ = language.gettext
    number = stated(row["value_low"], row["value_high"], row["unit"], row["wording"])
    pairs = {
        _("Claimed by"): named(target, ledger),
        _("Number"): language.figures(number),
        _("Of whom or what"): row["population"],
        _("Where"): row["place"],
        _("When"): row["period"],
        _("As of"): row["as_of"],
        _("Kind"): labels("claims", "kind")[row["kind"]],
        _("Section"): labels("claims", "section")[row["section"]],
        _("Reference numbers in the article"): listed(row["references"]),
    }
    kept = {_("Claimed by"), _("Number"), _("As of"), _("Reference numbers in the article")}
    return {
        what: value if what in kept else language.own(value)
        for what, value in pairs.items()
        if value and not pd.isna(value)
    }


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


def said(name, ledger, root, language=ENGLISH):
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
            "number": language.figures(
                stated(row["low"], row["high"], row["unit"], row["wording"])
            ),
            "of": "; ".join(
                str(row[c]) for c in ("population", "place", "period") if _known(row, c)
            ),
            "stance": stances[row["stance"]],
            "seen": ways[row["seen"]],
        }
        for row in rows.to_dict("records")
    ]
    return html("claim_said.html", language, rows=entries, root=root)


def named(source, ledger):
    """Name a source by its producer, and its year where that is known."""
    row = ledger.sources.loc[source]
    return cite([source]) if pd.notna(row["date"]) else row["producer"]


def _known(row, column):
    return pd.notna(row[column]) and row[column] != "not stated"


def tree(name, graph, target, ledger, pictures, root, language=ENGLISH):
    """Draw a claim's family tree; return the picture, its words and the table of its steps."""
    kin = family(graph, target)
    found = finding(name, graph, target, ledger).partition(": ")[2]
    found = found[:1].upper() + found[1:] + "."
    if len(kin) == 1:
        return html("claim_alone.html", language, found=found)
    words = f"Family tree of claim {name}, the same in words below"
    wide, narrow = (tree_svg(kin, target, ledger, root, words, n) for n in (ACROSS, ACROSS_PHONE))
    if not language.code:
        drawn = alone(tree_svg(kin, target, ledger, "../", words, ACROSS))
        (pictures / f"{name}.svg").write_text(drawn, encoding="utf-8")
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
        language,
        name=name,
        found=found,
        wide=wide,
        narrow=narrow,
        steps=steps,
        root=root,
    )


def _leads(graph, source, target):
    import networkx as nx

    return nx.has_path(graph, source, target)


def computed(row, results, run, root, known, language=ENGLISH):
    """Return what notebooks of the run concluded on a claim, and what that does to its verdict."""
    decider = row["decided_by"] if pd.notna(row["decided_by"]) else ""
    deciding = next((r for r in run.results if decider == f"{r.notebook}:{r.name}"), None)
    found, _ = judge(row, vars(deciding)) if deciding else ("", "")
    pages = {page.name: page for page in run.pages}
    used = sorted({r.notebook for r in results} | ({deciding.notebook} if deciding else set()))
    return html(
        "claim_computed.html",
        language,
        rows=[in_words(r, known) for r in results if r.is_number],
        titles={name: page.title for name, page in pages.items()},
        decided=bool(decider),
        deciding=in_words(deciding, known) if deciding else None,
        found=found,
        allowed=allowed(row) if deciding and deciding.is_number else "",
        verdict=row["verdict"],
        meaning=language.own(meanings("claims", "verdict")[row["verdict"]]),
        agrees=found and row["verdict"] in AGREES[found],
        changed=[pages[name] for name in used if pages[name].changed],
        altered=deciding is not None and bool(pages[deciding.notebook].changed),
        missing=[p for p in run.pages if p.status != "done" and row.name in p.bears_on],
        root=root,
    )


def findings():
    """Read what results are in words: words and format by "notebook:result"."""
    rows = table("findings").set_index("result")
    return {name: tuple(row) for name, *row in rows[["words", "form"]].itertuples()}


def in_words(result, known):
    """Say a result in words: what it is, its range, its value."""
    words, form = known.get(
        f"{result.notebook}:{result.name}", (result.name.replace("_", " "), "number")
    )
    ranged = result.low is not None or result.high is not None
    return {
        "notebook": result.notebook,
        "words": words,
        "range": said_as((result.low, result.high), f"span {form}") if ranged else "",
        "value": said_as(result.value, form) if result.is_number else result.value,
        "is_number": result.is_number,
    }


def allowed(row):
    """Write the values that agree with a claim, by its wording."""
    ends = [None if math.isinf(end) else end for end in claimed_range(row)]
    form = {"fraction": "percent", "year": "year"}.get(row["unit"], "number")
    return said_as(ends, f"span {'money' if str(row['unit']).startswith('USD') else form}")


def _write_index(folder, ledger, language):
    _ = language.gettext
    counted, sections = support(ledger), labels("claims", "section")
    rows = [
        {
            "id": name,
            "origins": counted.loc[name, "origins"],
        }
        | row[["paraphrase", "short", "section", "kind", "verdict"]].to_dict()
        for name, row in ledger.claims.iterrows()
    ]
    verdicts = meanings("claims", "verdict")
    page = f"{language.folder}claims/index"
    root = root_of(page)
    table = html(
        "claims.html", language, rows=rows, sections=sections, verdicts=verdicts, root=root
    )
    links = "\n".join(f"{row['short']} ({name}) <{name}>" for name, row in ledger.claims.iterrows())
    write_page(
        folder,
        page,
        _("All claims"),
        [(None, table)],
        description=_("All %(total)s claims, with their verdicts: search and filter them.")
        % {"total": len(rows)},
        aside=False,
        listed=not language.code,
    )
    if language.code:
        return
    with (folder / "claims/index.md").open("a", encoding="utf-8") as file:
        file.write(f"\n```{{toctree}}\n:hidden:\n\n{links}\n```\n")
