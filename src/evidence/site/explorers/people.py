"""How many people are in China, in the browser: a table of every choice of notebook 22."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

from evidence.site.explorers.shared import Explorer, concluded, given_to, script, write
from helpers.data import labels, table, table_digest
from helpers.demography.choices import ECHO_WEIGHTS, REACHES, TRENDS, tabulate
from helpers.demography.evidence import KINDS
from helpers.demography.stock import BOUNDS, REACH
from helpers.words import number, span

TABLES = ("north_koreans_in_china", "cites")
AXIS = (1_000, 1_000_000)  # ends of the chart's scale, in persons
WORDS = {
    "year": "Year",
    "method_classes": "Kinds of counts used",
    "independent_only": "Counts that only pass on a number",
    "bounds": '"At least" and "at most"',
    "trend": "Change over the years",
    "reach": "A kind of count falls silent",
    "echo_weight": "Counts compiled from others",
}
OPTIONS = {
    "independent_only": {
        0: "one of each group is used",
        1: "left out: only what someone looked at",
    },
    "bounds": dict(
        zip(BOUNDS, ("are bounds on one side", "are left out", "are read as numbers"), strict=True)
    ),
    "trend": dict(
        zip(TRENDS, ("the same for every kind", "none", "field counts have their own"), strict=True)
    ),
    "reach": {
        years: f"{years} years from its nearest count" if years < max(REACHES) else "never"
        for years in REACHES
    },
    "echo_weight": dict(
        zip(ECHO_WEIGHTS, ("weigh nothing in the answer", "weigh like any other"), strict=True)
    ),
}
REASONS = (
    (
        r"year is (\d+), expected (\d+) to (\d+),.*",
        r"the chosen counts are of \2 to \3, so they say nothing about \1",
    ),
    (
        r"year is (\d+): found only compiled.*",
        r"about \1 only counts compiled from others speak, and they weigh nothing",
    ),
    (r"year is (\d+): found none.*", r"no chosen kind has a count near \1"),
    (
        r"own_slope is.*",
        "field counts cannot have a change of their own where they are not chosen",
    ),
    (r"concept is stock: no count is left.*", "no chosen count rests on an observation of its own"),
    (
        r"found (\d+) counts that are not bounds.*",
        r"\1 counts that are not bounds are too few for levels of kinds, a change and a spread",
    ),
)
TERMS = (
    "stock-and-flow",
    "circular-reporting",
    "independent-origin",
    "range",
    "median",
    "multiverse",
)


def about(people):
    """Write a number of people with two digits."""
    return number(people, 2, exact=False)


def plain(reason):
    """Say in words why there is no estimate; what is not known stays as it was said."""
    for pattern, words in REASONS:
        if re.fullmatch(pattern, reason):
            return re.sub(pattern, words, reason)
    return reason


def key(state):
    """Return the key of a setting in the table, as the page's script makes it."""
    names = ("method_classes", "independent_only", "bounds", "trend", "reach", "echo_weight")
    kinds = [kind for kind in KINDS if kind in state["method_classes"]]
    return "|".join(["+".join(kinds), *(str(state[name]) for name in names[1:])])


def grid(once):
    """Return the table of every choice; made again only if its tables or its code changed."""
    tables = [table_digest(name).encode() for name in TABLES]
    parts = Path(find_spec("helpers.demography").origin).parent.glob("*.py")
    code = [*sorted(parts), Path(find_spec("helpers.methods.pooling").origin)]
    known = b"\0".join([b"choices of the stock", *tables, *(path.read_bytes() for path in code)])
    return json.loads(once(known, lambda: json.dumps(tabulate(*map(table, TABLES))).encode()))


def start_of(page, known):
    """Return the choices of the run, or the notebook's own if the table does not hold them."""
    for given in (given_to(page), {n: p.default for n, p in page.source.parameters.items()}):
        state = {
            "year": given["year"],
            "method_classes": [kind for kind in KINDS if kind in given["method_classes"]],
            "independent_only": int(given["independent_only"]),
            "bounds": BOUNDS[0],
            "trend": next(iter(TRENDS)),
            "reach": REACH,
            "echo_weight": int(given["echo_weight"])
            if given["echo_weight"] in ECHO_WEIGHTS
            else -1,
        }
        if key(state) in known["settings"] and isinstance(estimate(state, known), list):
            return state
    raise ValueError(f"{page.name}: found no estimate for its default parameters")


def estimate(state, known):
    """Return [low, central, high] of a setting, or the number of the reason why there is none."""
    series = known["series"][known["settings"][key(state)]]
    return series[known["years"].index(state["year"])]


def scenarios(start, known):
    """Name settings worth a look: the extremes of the table for the year, and the last look."""
    found = [{"name": "The notebook's choices", "state": {}, "words": "Where the controls start."}]
    answers = {}
    for name in known["settings"]:
        kinds, independent, bounds, trend, reach, echo = name.split("|")
        state = {
            "method_classes": kinds.split("+"),
            "independent_only": int(independent),
            "bounds": bounds,
            "trend": trend,
            "reach": int(reach),
            "echo_weight": int(echo),
        }
        answer = estimate(start | state, known)
        if isinstance(answer, list):
            answers[name] = (answer[1], state)
    for word, pick in (("Lowest", min), ("Highest", max)):
        name = pick(answers, key=lambda n: answers[n][0])
        central, state = answers[name]
        words = (
            f"Of {number(len(answers))} combinations that give an answer for {start['year']}, the "
            f"one with the {word.lower()} central figure: {about(central)}."
        )
        found.append({"name": f"{word} of all choices", "state": state, "words": words})
    counts = table(TABLES[0]).query("independent and concept == 'stock' and area != 'yanbian'")
    last = int(counts["last_year"].max())
    looked = {"year": last, "method_classes": ["field_survey"], "independent_only": 1}
    if isinstance(estimate(start | looked, known), list):
        words = (
            f"Only field counts, for {last}: the last year of a count whose maker said how it "
            "was made."
        )
        found.append({"name": "The last look", "state": looked, "words": words})
    return found


def write_people(folder, extra, page, found, claims, repository, once):
    """Write the page and its files; see `evidence.site.explorers.write_explorers`."""
    known = grid(once)
    start = start_of(page, known)
    claim = concluded(page).get("stock", {}).get("claim") or ""
    claimed = float(claims.loc[claim, "value_high"]) if claim in claims.index else 0.0
    kinds = labels(TABLES[0], "method_class")
    facts = {
        "start": start,
        "words": WORDS,
        "ends": {},
        "options": {name: list(values) for name, values in OPTIONS.items()}
        | {"method_classes": list(KINDS)},
        "labels": OPTIONS | {"method_classes": {kind: kinds[kind] for kind in KINDS}},
        "sliders": {"year": known["years"]},
        "scenarios": scenarios(start, known),
        "reasons": [plain(reason) for reason in known["reasons"]],
        "axis": AXIS,
        "claim": claimed,
        "notebook": page.name,
    }
    low, central, high = estimate(start, known)
    write(
        EXPLORER,
        folder,
        extra,
        "explorer_people.html",
        found=found,
        page=page,
        facts=facts,
        terms=TERMS,
        scripts=("facts.js", "grid.js", "/explorer.js", "/people.js"),
        range=span(low, high, about),
        central=about(central),
        factor=number(high / low, 2),
        share=span(claimed / high, claimed / low, about) if claim else "",
        claim=claim,
        claimed=number(claimed),
        combinations=number(len(known["settings"])),
        repository=repository,
    )
    kept = {name: known[name] for name in ("years", "series", "settings")}
    (extra / EXPLORER.path / "grid.js").write_text(script("grid", kept), encoding="utf-8")


EXPLORER = Explorer(
    "explorer/people",
    "How many people",
    "Choose which published counts of North Koreans in China are used, and how, and see the range.",
    frozenset({"year", "method_classes", "echo_weight", "independent_only"}),
    write_people,
)
