"""`evidence accept` says which cell keeps a notebook from being stored, and what mends it."""

import pytest

from evidence.notebooks.files import Notebook
from evidence.run.accept import accept
from evidence.tables import accept as sealing

NUMPY = "import numpy as np"
FRAME = """\
import seaborn as sns
import pandas as pd
women = pd.DataFrame({"year": [1, 1, 1, 2, 2, 2], "persons": [1, 2, 4, 3, 5, 9]})"""


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (
            (FRAME, "# a chart\naxes = sns.lineplot(women, x='year', y='persons')"),
            "cell 4 (it begins `# a chart`) in line 2, `axes = sns.lineplot(women, x='year', "
            "y='persons')`, draws random numbers without a seed (in seaborn.lineplot): "
            "give the chart errorbar=None, or a number as seed=",
        ),
        (
            (NUMPY, "rng = np.random.default_rng()"),
            "cell 4 (it begins `rng = np.random.default_rng()`) draws random numbers without a "
            "seed: draw from np.random.default_rng(seed), with a parameter "
            "`seed: int = 1  # start of the random numbers [; 0..]`",
        ),
        (
            (NUMPY, "# one\na = 1\nb = np.random.rand() + (\n    1\n)", "c = np.random.rand()"),
            "cell 4 (it begins `# one`) in line 3, `b = np.random.rand() + (`, draws from "
            "numpy.random without a seed",
        ),
        (
            (NUMPY, "a = np.random.rand()", "b = 1", "np.random.seed(1)"),
            "cell 4 (it begins `a = np.random.rand()`) draws from numpy.random before its seed",
        ),
        (
            ("import time", "a = 1\nb = time.time()"),
            "cell 4 (it begins `a = 1`) in line 2, `b = time.time()`, reads the clock: "
            "take the date from a parameter",
        ),
    ],
)
def test_what_would_show_something_else_is_named_with_cell_line_and_remedy(notebook, cells, says):
    path = notebook("seed: int = 1  # start [; 0..]", *cells)
    changes, problem = accept(Notebook(path))
    assert changes == []
    assert says in problem
    assert problem.startswith("not stored, as it may show something else: cell 4 ")


@pytest.mark.parametrize("sealed", [True, False])
def test_what_is_stored_is_said_also_where_a_table_is_not_sealed(
    notebook, evidence, monkeypatch, sealed
):
    monkeypatch.setattr(sealing, "seal_tables", lambda why=None: sealed)
    done = evidence("accept", notebook("seed: int = 1  # start [; 0..]", "seed"))
    assert done.exit_code == (not sealed)
    assert "90_test: accepted" in done.output
    said = "90_test: stored; but not every table is sealed, for the reasons above" in done.output
    assert said is not sealed
