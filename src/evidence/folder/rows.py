"""The rows of results.csv, read in one place."""

import csv
from pathlib import Path

from evidence.errors import RequestError
from evidence.folder.manifest import read_manifest


def read_results(folder):
    """Read results.csv of a run folder.

    Returns
    -------
    list of dict
        One per result, values as text.

    Raises
    ------
    RequestError
        If the folder is not a run folder, or one of another version of this command.
    """
    path = Path(folder) / RESULTS
    if not path.is_file():
        raise RequestError(f"{folder}: not a run folder (it has no {RESULTS})")
    read_manifest(folder)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise RequestError(f"{path}: not a table of results ({error})") from None


RESULTS, PARQUET = "results.csv", "results.parquet"
