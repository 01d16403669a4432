"""What is published of the stock, of women in it, and of trafficking, as one graph of evidence.

Notebooks 22 and 31 build the same `helpers.methods.graph.Graph` from it.
"""

import pandas as pd

from helpers.demography.echoes import counted_once
from helpers.demography.stock import CENTRE_YEAR, DECADE
from helpers.methods.graph import Graph, Node

KINDS = ("field_survey", "government", "ngo", "compiled")
ABOUT_NUMBERS = ("C03", "C11")  # claims whose edges in the ledger join counts of people
WOMEN, TRAFFICKED = "women_among_north_koreans", "trafficked_among_respondents"
STOCK, WOMEN_SHARE, TRAFFICKED_SHARE = "stock", "share women", "share trafficked"
TRAFFICKED_WOMEN = "trafficked_among_women"
CLAIMING = ("sun-2023",)  # the source of C03, which is what notebooks 22 and 31 test
NODES = {
    STOCK: Node("log", 1_000, 1_000_000, trend=1.4),
    WOMEN_SHARE: Node("logit", 0.05, 0.95),
    TRAFFICKED_SHARE: Node("logit", 0.05, 0.95),
}
FIGURES = ["low", "central", "high", "bound", "source"]


def decades(year):
    """Time as the nodes count it: decades since 2005."""
    return (year - CENTRE_YEAR) / DECADE


def evidence_graph(counts, cites, shares, **chosen):
    """Build the graph of evidence that notebooks 22 and 31 share.

    Parameters
    ----------
    counts, cites, shares : pandas.DataFrame
        As for `statements_about`.
    **chosen
        See `statements_about`.

    Returns
    -------
    helpers.methods.graph.Graph
    """
    return Graph(NODES, statements_about(counts, cites, shares, **chosen))


def statements_about(
    counts, cites, shares, *, kinds=KINDS, independent_only=False, without=CLAIMING
):
    """Lay out what was published as statements, each origin once.

    Parameters
    ----------
    counts, cites, shares : pandas.DataFrame
        The tables of counts, of the ledger's edges and of shares.
    kinds : sequence of str
        Classes of method of the counts.
    independent_only : bool
        Whether only counts that state an observation of their own are taken.
    without : sequence of str
        Sources left out; whoever tests a claim leaves out the claim's own.

    Returns
    -------
    pandas.DataFrame
        As `helpers.methods.graph.Graph` takes it. Counts of women are statements about a product,
        the stock times the share of women; the share trafficked is that among women, and samples
        of people asked are one more kind of statement about it.
    """
    edges = cites[cites["claim"].isin(ABOUT_NUMBERS)]
    stock = counted_once(counts, edges, "stock", list(kinds), independent_only)
    stock = stock.assign(node=STOCK)
    counted = counts[(counts["concept"] == "women") & counts["method_class"].isin(kinds)]
    counted = counted[counted["independent"]] if independent_only else counted
    counted = pd.concat([stock, counted.assign(node=f"{STOCK} * {WOMEN_SHARE}")])
    middle = (counted["first_year"] + counted["last_year"]) / 2
    counted = counted.assign(when=decades(middle), kind=counted["method_class"])
    women = shares[shares["measure"] == WOMEN].drop_duplicates(["source", "year"])
    women = women.assign(node=WOMEN_SHARE)
    kept = shares["measure"].isin([TRAFFICKED, TRAFFICKED_WOMEN])
    trafficked = shares[kept].assign(node=TRAFFICKED_SHARE)
    cases = (trafficked["central"] * trafficked["sample_size"]).round()
    trafficked = trafficked.assign(
        cases=trafficked["cases"].fillna(cases), asked=trafficked["sample_size"]
    )
    said = pd.concat([women, trafficked])
    said = said.assign(kind=said["design"], when=0.0, producer=said["source"].map(maker))
    counted = counted.assign(producer=counted["producer"].str.split(r" \(|,| and ").str[0])
    names = ["node", *FIGURES, "kind", "producer", "when", "cases", "asked"]
    rows = pd.concat([counted, said])[names]
    return rows[~rows["source"].isin(without)].reset_index(drop=True)


def maker(source):
    """Who is behind a source: its identifier without date and words after it."""
    words = source.split("-")
    year = next((k for k, word in enumerate(words) if word.isdigit() and len(word) == 4), None)
    return "-".join(words[:year])
