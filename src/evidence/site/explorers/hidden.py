"""A hidden population in the browser: three lists, eight models, and what no list shows."""

from itertools import combinations

from evidence.site.explorers.shared import Explorer, given_to, write
from helpers.data import labels, table
from helpers.hidden import grown, list_sizes, list_table
from helpers.words import number

TABLE = "list_overlaps"
LISTS = ("a", "b", "c")
ODDS_RATIOS = [0.5, 2.0]  # as the notebook supposes
WORDS = {
    "on_a": "On list A",
    "on_b": "On list B",
    "on_c": "On list C",
    "on_a_and_b": "On lists A and B",
    "on_a_and_c": "On lists A and C",
    "on_b_and_c": "On lists B and C",
    "on_all": "On all three",
    "odds_ratio": "Odds ratio of all three at once",
}
MODELS = 8
TERMS = ("hidden-population", "multiple-systems", "list-dependence", "odds-ratio", "range")


def figures(dataset, rows):
    """Return how many people the three largest lists of a published table hold and share.

    Parameters
    ----------
    dataset : str
    rows : pandas.DataFrame
        The table `list_overlaps`.

    Returns
    -------
    state : dict of str to int
    names : list of str
        What the table calls the lists A, B and C.
    """
    three = grown(list_table(rows, dataset))["3 lists"]
    names = list_sizes(three).index.tolist()
    people = three["count"]

    def on(some):
        return int(people[(three[list(some)] == 1).all(axis=1)].sum())

    state = {f"on_{letter}": on([name]) for letter, name in zip(LISTS, names, strict=True)}
    for pair in combinations(range(3), 2):
        state["on_" + "_and_".join(LISTS[i] for i in pair)] = on([names[i] for i in pair])
    return state | {"on_all": on(names)}, names


def scenarios(start, dataset, rows):
    """Name a setting for every published table, the notebook's first; the same lists only once."""
    titles = labels(TABLE, "dataset")
    found = {}
    for name in [dataset, *rows["dataset"].unique()]:
        if rows.loc[rows["dataset"] == name, "list"].nunique() < len(LISTS):
            continue
        state, names = figures(name, rows)
        words = ", ".join(
            f"{letter.upper()} is {of}" for letter, of in zip(LISTS, names, strict=True)
        )
        known = {
            "name": titles[name],
            "state": state,
            "words": f"The three largest lists: {words}.",
        }
        found.setdefault(tuple(state.values()), known)
    return list(found.values())


def marks(values):
    """Return the positions of a slider of people: steps of about a tenth, and all the figures."""
    scale = {round(float(f"{10 ** (step / 24):.2g}")) for step in range(24 * 4)}
    return sorted({0, *scale, *values})


def write_hidden(folder, extra, page, found, claims, repository, once):
    """Write the page and its files; see `evidence.site.explorers.write_explorers`."""
    rows = table(TABLE)
    dataset = given_to(page)["dataset"]
    start = figures(dataset, rows)[0] | {"odds_ratio": ODDS_RATIOS}
    choices = scenarios(start, dataset, rows)
    counted = [value for one in choices for value in one["state"].values()]
    ratios = sorted({round(2 ** (step / 4), 2) for step in range(-16, 17)})
    facts = {
        "start": start,
        "words": WORDS,
        "ends": {"odds_ratio": ["at least", "at most"]},
        "options": {},
        "sliders": {name: marks(counted) for name in start} | {"odds_ratio": ratios},
        "scenarios": choices,
        "notebook": page.name,
    }
    write(
        EXPLORER,
        folder,
        extra,
        "explorer_hidden.html",
        found=found,
        page=page,
        facts=facts,
        terms=TERMS,
        scripts=("facts.js", "/explorer.js", "/three_lists.js", "/hidden.js"),
        models=range(MODELS),
        sizes=[name for name in WORDS if name != "odds_ratio"],
        shown={name: number(value) for name, value in start.items() if name != "odds_ratio"},
        claim="C03" if "C03" in claims.index else "",
        repository=repository,
    )


EXPLORER = Explorer(
    "explorer/hidden",
    "A hidden population",
    "Three lists of the same people: how many are on none of them, and what that hangs on.",
    frozenset({"dataset", "lists", "threshold", "bootstraps"}),
    write_hidden,
)
