"""Counts of people by sex and year, and what a later release changed."""

from helpers.expect import expect


def by_sex(arrivals, vintage):
    """Arrange arrivals of one vintage with one row per period and one column per sex.

    Parameters
    ----------
    arrivals : pandas.DataFrame
        The table `arrivals`: vintage, first_year, last_year, sex, persons.
    vintage : str
        For example "current".

    Returns
    -------
    pandas.DataFrame
        Columns women, men, total [persons], first_year (missing for "up to"); index last_year.

    Raises
    ------
    ValueError
        If the vintage does not exist, or a period lacks one of the sexes.
    """
    expect("vintage", vintage, sorted(arrivals["vintage"].unique()))
    chosen = arrivals[arrivals["vintage"] == vintage]
    wide = chosen.pivot(index="last_year", columns="sex", values="persons")[["women", "men"]]
    if wide.isna().any(axis=None):
        lacking = ", ".join(map(str, wide.index[wide.isna().any(axis=1)]))
        raise ValueError(f"vintage {vintage} lacks women or men for {lacking}")
    first = chosen.drop_duplicates("last_year").set_index("last_year")["first_year"]
    return wide.astype("int64").assign(
        total=lambda t: (t["women"] + t["men"]).astype("int64"), first_year=first
    )


def single_years(periods, first_year, last_year):
    """Keep the periods that are single years within a span.

    Parameters
    ----------
    periods : pandas.DataFrame
        As returned by `by_sex`.
    first_year, last_year : int
        Both included.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    ValueError
        If the span is empty or reaches outside the single years there are.
    """
    years = periods[periods["first_year"] == periods.index]
    low, high = int(years.index.min()), int(years.index.max())
    if not low <= first_year <= last_year <= high:
        raise ValueError(
            f"first_year is {first_year} and last_year {last_year}, "
            f"expected single years in order between {low} and {high}"
        )
    return years.loc[first_year:last_year]


def revisions(older, newer):
    """Difference newer minus older for the periods that both have.

    Parameters
    ----------
    older, newer : pandas.DataFrame
        As returned by `by_sex`.

    Returns
    -------
    pandas.DataFrame
        Columns women, men, total [persons].
    """
    shared = older.index.intersection(newer.index)
    columns = ["women", "men", "total"]
    return newer.loc[shared, columns] - older.loc[shared, columns]
