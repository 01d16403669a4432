"""The market model of notebook 31 in the browser: its figures, bounds, rules and scenarios."""

import math

from evidence.errors import RequestError
from evidence.site.explorers.shared import Explorer, concluded, given_to, write
from evidence.site.explorers.vega import write_chart
from helpers.market.choices import move_together
from helpers.market.model import INPUTS, simulate
from helpers.methods.boxes import DEPENDENCES, box, chance_at_least, product_of_ends
from helpers.methods.rules import RULES, product_by_rule
from helpers.words import money, number, percent, span

DRAWS = 2**17  # for the numbers that stand on the page before any slider moves
RULE_DRAWS = 2**13
STEPS = 24  # of a slider for amounts, per decade: each about a tenth, to two digits
ENDS = ["low (5th percentile)", "central (median)", "high (95th percentile)"]
WORDS = {
    "north_koreans_in_china": "North Koreans in China (persons)",
    "women_share": "Women among them (share)",
    "trafficked_share": "Women who were trafficked, of these (share)",
    "proceeds_per_woman": "Average proceeds per woman (US dollars a year)",
    "claim_usd": "Claimed amount (US dollars a year)",
    "rank_correlation": "How far the count and the two shares rise together (rank correlation)",
}
DEFENSIBLE = dict(
    zip(INPUTS, ("people", "women_share", "trafficked_share", "per_woman"), strict=True)
)
OF_BOTH = "proceeds_per_woman_of_both_claims"
TERMS = ("percentile", "median", "rule-of-spread", "probability-box", "rank-correlation",
         "break-even", "simulation", "proceeds")  # fmt: skip


def defaults(page):
    """Return the figures the explorer starts from: those the notebook ran with, or its defaults.

    For an input that is an empty list, the notebook records the range it used under its name.

    Returns
    -------
    dict
        ``{input: [low, central, high]}``, claim_usd, rank_correlation and seed.

    Raises
    ------
    RequestError
        If an input is empty and the notebook records no range for it.
    """
    given = given_to(page)
    used = {name: [r["low"], r["value"], r["high"]] for name, r in concluded(page).items()}
    for name in INPUTS:
        if not given[name] and name not in used:
            raise RequestError(f"{page.name}: {name} is empty, expected a result of that name")
    figures = {name: [float(x) for x in given[name] or used[name]] for name in INPUTS}
    return figures | {
        "claim_usd": float(given["claim_usd"]),
        "rank_correlation": float(given.get("rank_correlation", 0.0)),
        "seed": int(given.get("seed", 0)),
    }


def scenarios(page, start):
    """Name settings worth a look, from what the notebook recorded; those it lacks are left out."""
    said = concluded(page)
    found = [{"name": "The notebook's figures", "state": {}, "words": "Where the sliders start."}]
    chosen = {name: said.get(f"defensible_{what}") for name, what in DEFENSIBLE.items()}
    for end, word in (("low", "Lowest"), ("high", "Highest")):
        if all(chosen.values()):
            state = {name: [float(result[end])] * 3 for name, result in chosen.items()}
            figures = "; ".join(_shown(name, of[0]) for name, of in state.items())
            words = (
                f"Of the published figures that someone could defend, the {word.lower()} of each: "
                f"{figures}."
            )
            found.append({"name": f"{word} defensible", "state": state, "words": words})
    if OF_BOTH in said:
        each = float(said[OF_BOTH]["value"])
        women = round(start["claim_usd"] / each)
        state = dict(zip(INPUTS, ([women] * 3, [1.0] * 3, [1.0] * 3, [each] * 3), strict=True))
        words = (
            f"The two claims together: {number(women)} women, all of whom were trafficked, and "
            f"{money(start['claim_usd'])} a year. Then {money(each)} a year came of each."
        )
        found.append({"name": "As the claims say", "state": state, "words": words})
    return found


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


def _shown(name, value):
    """Write a figure and what it is of."""
    words = WORDS[name].partition(" (")[0].lower().replace("north koreans in china", "people")
    form = money if name == "proceeds_per_woman" else number
    return f"{words} {percent(value, 0) if INPUTS[name] else form(value)}"


def _sliders(start, choices):
    """Return the positions of every slider; figures of the scenarios are among them."""
    found = {}
    for name in (*INPUTS, "claim_usd", "rank_correlation"):
        known = [start, *(one["state"] for one in choices if name in one["state"])]
        values = [of[name] if isinstance(of[name], list) else [of[name]] for of in known]
        found[name] = marks(name, [value for some in values for value in some])
    return found


def answer_of(start):
    """Work out what stands on the page before any slider moves.

    Returns
    -------
    dict
        ``model``: a `helpers.market.model.Simulation`; ``free`` and ``tied``: bounds of the chance
        of at least the claim for independent inputs and for any dependence; ``rules``: that chance
        by rule of spread, missing where a rule needs logarithms; ``allowed``: what the ends
        allow, in words.
    """
    figures = {name: start[name] for name in INPUTS}
    together = move_together(start["rank_correlation"])
    setting = {"seed": start["seed"], "rank_correlation": together}
    model = simulate(figures, claim=start["claim_usd"], draws=DRAWS, **setting)
    boxes = [box(quantity) for quantity in model.inputs]
    by_rule = product_by_rule(model.inputs, start["claim_usd"], draws=RULE_DRAWS, **setting)
    # The first rule is the model's own, which has more draws.
    by_rule.loc[by_rule.index[0], "chance"] = model.chance_of_at_least_claim.value
    free, tied = (chance_at_least(boxes, start["claim_usd"], way) for way in DEPENDENCES)
    return {
        "model": model,
        "free": free,
        "tied": tied,
        "rules": by_rule["chance"].to_dict(),
        "allowed": span(*product_of_ends(figures.values()), lambda x: money(x, exact=False)),
    }


def write_market(folder, extra, page, found, claims, repository, once):
    """Write the page and its files; see `evidence.site.explorers.write_explorers`."""
    start = defaults(page)
    choices = scenarios(page, start)
    facts = {
        "inputs": [{"name": name, "share": share} for name, share in INPUTS.items()],
        "start": {name: value for name, value in start.items() if name != "seed"},
        "words": WORDS,
        "ends": dict.fromkeys(INPUTS, ENDS),
        "options": {},
        "sliders": _sliders(start, choices),
        "scenarios": choices,
        "notebook": page.name,
    }
    answer = answer_of(start)
    known = [chance for chance in answer["rules"].values() if not math.isnan(chance)]
    write(
        EXPLORER,
        folder,
        extra,
        "explorer_market.html",
        found=found,
        page=page,
        facts=facts,
        terms=TERMS,
        scripts=(
            "vega.js",
            "chart.js",
            "facts.js",
            "/explorer.js",
            "/model.js",
            "/bounds.js",
            "/market.js",
        ),
        answer=answer,
        chance=lambda ends: span(*ends, lambda x: percent(x, 0)),
        of_rules=(min(known), max(known)),
        rules=RULES,
        ends=ENDS,
        claim="C04" if "C04" in claims.index else "",
        repository=repository,
    )
    write_chart(extra / EXPLORER.path, once)


EXPLORER = Explorer(
    "explorer",
    "Market explorer",
    "Move every input of the market model and see what a published amount would need.",
    frozenset({*INPUTS, "claim_usd"}),
    write_market,
)
