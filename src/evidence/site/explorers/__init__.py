"""The explorers: a model that a reader moves in the browser. One module each, one form for all."""

from evidence.site.explorers import hidden, market, people
from evidence.site.explorers.shared import Explorer
from evidence.site.kept import always

EXPLORERS = (market.EXPLORER, people.EXPLORER, hidden.EXPLORER)


def explorers_of(run):
    """Return the explorers whose notebook a run's collection has, with that notebook's page.

    Returns
    -------
    list of (Explorer, evidence.site.runs.Page)
    """
    found = []
    for explorer in EXPLORERS:
        page = next((p for p in run.pages if explorer.needs <= set(p.source.parameters)), None)
        if page:
            found.append((explorer, page))
    return found


def write_explorers(folder, extra, found, claims, repository, once=always):
    """Write the page of each explorer and the files that they load.

    Parameters
    ----------
    folder, extra : pathlib.Path
        Page sources, and files that are copied as they are.
    found : list of (Explorer, evidence.site.runs.Page)
        From `explorers_of`.
    claims : pandas.DataFrame
        The ledger's claims.
    repository : str
        Address of the project; may be empty.
    once : callable
        Remembers what takes long, see `evidence.site.kept.Kept.once`.
    """
    for explorer, page in found:
        explorer.write(folder, extra, page, found, claims, repository, once)


__all__ = ["EXPLORERS", "Explorer", "explorers_of", "write_explorers"]
