"""Checks on counts of detected victims: each names the cells it catches."""

from itertools import pairwise

import pandas as pd

from helpers.expect import expect, expect_each

PARTS = {
    "sex": ["female", "male", "other_sex"],
    "form": ["sexual_exploitation", "forced_labour", "other_forms"],
}


def vintage_of(victims, vintage):
    """Keep one release of the file, without its unnamed groups of countries.

    Parameters
    ----------
    victims : pandas.DataFrame
        The table `detected_victims`: country, year, vintage, measure, persons, cell.
    vintage : str

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If there is no such vintage.
    """
    expect("vintage", vintage, sorted(victims["vintage"].unique()))
    named = ~victims["country"].str.startswith("unnamed group")
    return victims[(victims["vintage"] == vintage) & named]


def groups_among_countries(victims):
    """Catch rows that stand among countries but are sums of several."""
    group = victims["country"].str.startswith("unnamed group")
    return victims[group & (victims["measure"] == "all")]


def kinds_of_silence(victims, countries, years):
    """Count what a cell can be: a number, "fewer than five", zero, or nothing at all.

    Parameters
    ----------
    victims : pandas.DataFrame
        One vintage.
    countries, years : sequence
        Which cells could exist.

    Returns
    -------
    pandas.Series
        Cells with a number, below_five, zero, nothing_reported; they sum to all possible cells.
    """
    totals = victims[victims["measure"].eq("all") & victims["country"].isin(countries)]
    totals = totals[totals["year"].isin(years)]
    counted = totals["cell"] == "count"
    found = {
        "number": int((counted & (totals["persons"] > 0)).sum()),
        "below_five": int((totals["cell"] == "below_five").sum()),
        "zero": int((counted & (totals["persons"] == 0)).sum()),
    }
    possible = len(set(countries)) * len(set(years))
    return pd.Series(found | {"nothing_reported": possible - sum(found.values())})


def revised(victims, older, newer):
    """Catch totals that two vintages give differently.

    Parameters
    ----------
    victims : pandas.DataFrame
        All vintages.
    older, newer : str

    Returns
    -------
    pandas.DataFrame
        Index country, year; columns older, newer (text as published, "<5" for the hidden ones),
        change [persons; empty where one is hidden], sorted by size of change. The attribute
        ``attrs["common"]`` holds the number of cells that both vintages have.
    """
    sides = {}
    for name, vintage in (("older", older), ("newer", newer)):
        totals = vintage_of(victims, vintage).query("measure == 'all'")
        cells = totals.set_index(["country", "year"])[["persons", "cell"]]
        sides[name] = cells.add_suffix(f"_{name}")
    both = sides["older"].join(sides["newer"], how="inner")
    same_cell = both["cell_older"] == both["cell_newer"]
    hidden = both["cell_older"].eq("below_five") & same_cell
    differs = ~hidden & ~(same_cell & (both["persons_older"] == both["persons_newer"]))
    rows = both[differs]
    table = pd.DataFrame(
        {
            name: rows[f"persons_{name}"]
            .map("{:.0f}".format)
            .where(rows[f"cell_{name}"] == "count")
            for name in ("older", "newer")
        }
    ).fillna("<5")
    table["change"] = rows["persons_newer"] - rows["persons_older"]
    table = table.sort_values("change", key=lambda change: -change.abs(), kind="stable")
    table.attrs["common"] = len(both)
    return table


def parts_exceed_total(victims, by="sex"):
    """Catch country-years whose parts sum to more than their total.

    Parameters
    ----------
    victims : pandas.DataFrame
        One vintage.
    by : {"sex", "form"}
        By sex both women and men must be given; a hidden number counts as nothing, so that only
        certain contradictions are caught.

    Returns
    -------
    pandas.DataFrame
        Index country, year; columns parts, total [persons], ratio; largest ratio first. The
        attribute ``attrs["checked"]`` holds the number of country-years that could be checked.
    """
    expect("by", by, PARTS)
    wide = victims.pivot(index=["country", "year"], columns="measure", values="persons")
    given = victims.pivot(index=["country", "year"], columns="measure", values="cell").notna()
    wide = wide.reindex(columns=["all", *PARTS[by]])
    given = given.reindex(columns=["all", *PARTS[by]], fill_value=False)
    needed = PARTS["sex"][:2] if by == "sex" else []
    some = given[PARTS[by]].any(axis=1)
    able = wide["all"].notna() & some & given[needed].all(axis=1)
    table = pd.DataFrame({"parts": wide[PARTS[by]].sum(axis=1), "total": wide["all"]})[able]
    caught = table[table["parts"] > table["total"]]
    caught = caught.assign(ratio=caught["parts"] / caught["total"])
    caught = caught.sort_values("ratio", ascending=False, kind="stable")
    caught.attrs["checked"] = int(able.sum())
    return caught


def matched_panel(victims, first_year, last_year, exclude=()):
    """Keep countries that reported a number in both years.

    Parameters
    ----------
    victims : pandas.DataFrame
        One vintage.
    first_year, last_year : int
    exclude : sequence of str
        Countries left out.

    Returns
    -------
    pandas.DataFrame
        Index country; columns first, last [persons].

    Raises
    ------
    ValueError
        If a year or an excluded country is unknown, or no country is left.
    """
    totals = victims[victims["measure"].eq("all") & victims["cell"].eq("count")]
    known = sorted(totals["year"].unique())
    if first_year not in known or last_year not in known or first_year >= last_year:
        raise ValueError(
            f"first_year is {first_year} and last_year {last_year}, "
            f"expected years in order between {known[0]} and {known[-1]}"
        )
    expect_each("excluded country", exclude, sorted(set(totals["country"])))
    wide = totals.pivot(index="country", columns="year", values="persons")
    wide = wide[[first_year, last_year]].dropna().drop(index=list(exclude), errors="ignore")
    if wide.empty:
        raise ValueError(f"no country reported in both {first_year} and {last_year}")
    return wide.set_axis(["first", "last"], axis=1)


def change(panel):
    """Relative change of a matched panel's sum, for example -0.1 for ten percent less."""
    return float(panel["last"].sum() / panel["first"].sum() - 1)


def deciding_countries(panel):
    """Catch countries whose absence alone turns the sign of the panel's change.

    Parameters
    ----------
    panel : pandas.DataFrame
        As returned by `matched_panel`.

    Returns
    -------
    pandas.DataFrame
        Index country; columns first, last [persons], change_without [fraction].
    """
    sums = panel.sum()
    rest = sums - panel
    without = rest["last"] / rest["first"] - 1
    turned = (without > 0) != (change(panel) > 0)
    return panel[turned].assign(change_without=without[turned])


def coding_changes(victims, *, least=50, jump=0.25):
    """Catch years in which one form's share surges while another's collapses.

    Such a swap within one year is more often a new way of writing down than a new kind of harm.
    Only forms with a number in both years are compared: an empty cell is not a zero, and a number
    hidden because it is under five counts as four, which moves shares least. The swap must
    hold both among these forms and among all that have a number in their year, so that it does not
    hang on a form that falls empty or first gets a number; those are for `went_silent`.

    Parameters
    ----------
    victims : pandas.DataFrame
        One vintage with counts by form.
    least : int, default 50
        Fewest persons in both years, in the forms compared.
    jump : float, default 0.25
        Least change of both shares of the sum of the forms compared.

    Returns
    -------
    pandas.DataFrame
        Columns country, year, form_down, form_up, share_down, share_up [change of share].
    """
    rows = []
    for country, year, before, after in _neighbouring_years(victims):
        both = before.notna() & after.notna()
        if min(before[both].sum(), after[both].sum()) < least:
            continue
        moved = after[both] / after[both].sum() - before[both] / before[both].sum()
        of_all = after[both] / after.sum() - before[both] / before.sum()
        down, up = moved.idxmin(), moved.idxmax()
        falls = max(moved[down], of_all[down]) <= -jump
        if falls and min(moved[up], of_all[up]) >= jump:
            rows.append((country, year, down, up, moved[down], moved[up]))
    columns = ["country", "year", "form_down", "form_up", "share_down", "share_up"]
    return pd.DataFrame(rows, columns=columns)


def went_silent(victims, *, least=50, share=0.25):
    """Catch years in which a form that held a large share loses its number, or first gets one.

    The people may now be written down under another form, or under none: the table does not say,
    so that neither year's shares can be compared with the other's.

    Parameters
    ----------
    victims : pandas.DataFrame
        One vintage with counts by form.
    least : int, default 50
        Fewest persons in all forms in both years.
    share : float, default 0.25
        Least share of the form in the year that has its number.

    Returns
    -------
    pandas.DataFrame
        Columns country, year, form, what ("went silent" or "began"), persons, share [of the sum of
        the forms in the year that has the number].
    """
    rows = []
    for country, year, before, after in _neighbouring_years(victims):
        if min(before.sum(), after.sum()) < least:
            continue
        for form in PARTS["form"]:
            given = [side for side in (before, after) if pd.notna(side[form])]
            if len(given) == 1 and given[0][form] >= share * given[0].sum():
                what = "went silent" if given[0] is before else "began"
                persons = given[0][form]
                rows.append((country, year, form, what, int(persons), persons / given[0].sum()))
    columns = ["country", "year", "form", "what", "persons", "share"]
    return pd.DataFrame(rows, columns=columns)


def _neighbouring_years(victims):
    """Yield country, year, and the persons by form of the year before and of the year itself.

    A hidden number, one to four, is given as four.
    """
    forms = victims[victims["measure"].isin(PARTS["form"])]
    forms = forms.assign(persons=forms["persons"].where(forms["cell"] != "below_five", 4))
    wide = forms.pivot(index=["country", "year"], columns="measure", values="persons")
    wide = wide.reindex(columns=PARTS["form"]).astype(float)
    for country, group in wide.groupby("country"):
        group = group.droplevel("country")
        for before, after in pairwise(group.index):
            if after == before + 1:
                yield country, after, group.loc[before], group.loc[after]
