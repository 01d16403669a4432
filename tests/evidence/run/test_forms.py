"""What people ask of papermill: cells left out by tag, several parameter cells, scripts."""

import json

import pytest
from support import HEAD

from evidence.errors import RequestError
from evidence.folder.rows import read_results
from evidence.notebooks.files import Notebook

SETUP = "from helpers.results import record"
SCRIPT = f"""# %% [markdown]
# {HEAD.replace(chr(10), chr(10) + "# ")}

# %% tags=["parameters"]
year: int | None = None  # year [year; 1950..2023]

# %%
from helpers.results import record

# %%
record("year", year or 0, unit="year")
"""


def tagged(path, number, *tags):
    """Tag one cell of a notebook."""
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][number]["metadata"]["tags"] = list(tags)
    path.write_text(json.dumps(content), encoding="utf-8")


def values(folder):
    """Return what a run recorded."""
    return {result.name: result.value for result in read_results(folder)}


def test_cells_are_left_out_by_tag_and_the_run_says_so(notebook, evidence, tmp_path):
    path = notebook(
        "seed: int = 1  # start [; 0..]",
        SETUP,
        "record('slow', 1, unit='x')",
        "record('quick', 2, unit='x')",
    )
    tagged(path, 3, "long")
    whole, part = tmp_path / "whole", tmp_path / "part"
    assert evidence("run", path, "--out", whole).exit_code == 0
    done = evidence("run", path, "--out", part, "--skip-tag", "long")
    assert done.exit_code == 0 and "reused" not in done.output, done.output
    assert values(whole) == {"slow": 1, "quick": 2} and values(part) == {"quick": 2}
    entry = json.loads((part / "manifest.json").read_text(encoding="utf-8"))["notebooks"][0]
    assert entry["without"] == ["long"]
    assert "without cells tagged long" in (part / "index.html").read_text(encoding="utf-8")
    assert "--skip-tag" in evidence("compare", whole, part).output
    told = evidence("run", path, "--skip-tag", "lang")
    assert told.exit_code == 2 and "did you mean long?" in told.output


def test_every_parameters_cell_is_followed_by_what_was_given(notebook, evidence, tmp_path):
    path = notebook(
        "seed: int = 1  # start [; 0..]",
        SETUP,
        "month: int = 3  # month [month; 1..12]",
        "record('both', seed * month, unit='x')",
    )
    tagged(path, 3, "parameters")
    points = ("-p", "seed=2,5", "-p", "month=3,7")
    done = evidence("sweep", path, *points, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert [r.value for r in read_results(tmp_path / "out")] == [6, 14, 15, 35]
    cells = Notebook(tmp_path / "out" / "90_test.4.ipynb").cells
    ids = [cell["id"] for cell in cells]
    assert len(set(ids)) == len(ids) and "injected-parameters-2" in ids


def test_a_script_runs_as_a_notebook_does(evidence, tmp_path):
    path = tmp_path / "90_script.py"
    path.write_text(SCRIPT, encoding="utf-8")
    assert "year: int | None" in evidence("list", path).output
    for given, found in (("1994", 1994), ("None", 0)):
        out = tmp_path / given
        done = evidence("run", path, "-p", f"year={given}", "--out", out)
        assert done.exit_code == 0 and values(out) == {"year": found}, done.output
    again = evidence("run", path, "-p", "year=1994", "--out", tmp_path / "again")
    assert "1 of them reused" in again.output
    told = evidence("accept", path)
    assert told.exit_code == 1 and "a script stores no outputs" in told.output


def test_a_script_without_cells_is_refused(tmp_path):
    path = tmp_path / "side.py"
    path.write_text("print(1)\n", encoding="utf-8")
    with pytest.raises(RequestError, match=r"side.py: not a notebook \(no line begins"):
        assert Notebook(path).content


@pytest.mark.parametrize(
    "words",
    [
        'tags=["parameters"',
        'tags=["parameters]',
        "tags=[parameters]",
        "tags=parameters",
        'tags="parameters"',
        'tags=["parameters"],',
        "tags=[1]",
        'tags ["parameters"]',
        'tags: ["parameters"]',
        '{"tags": ["parameters"}',
        '{"tags"}',
        'A title tags=["parameters"',
        "name=5",
        "x={1}",
        "x=1e999",
    ],
)
def test_a_marker_that_cannot_be_read_is_named_by_its_line(tmp_path, words):
    path = tmp_path / "90_script.py"
    path.write_text(SCRIPT.replace('tags=["parameters"]', words), encoding="utf-8")
    number = 1 + SCRIPT.splitlines().index('# %% tags=["parameters"]')
    with pytest.raises(RequestError) as told:
        Notebook(path).parameters  # noqa: B018
    assert str(told.value) == (
        f"90_script.py: not a notebook (line {number}: found `# %% {words}`, "
        'expected `# %% tags=["parameters"]` or the like)'
    )


@pytest.mark.parametrize("words", ["", "Is x=y?", "Price tags (of 2010", "[code]", "%% Part"])
def test_a_marker_with_a_title_of_any_form_is_read(tmp_path, words):
    path = tmp_path / "90_script.py"
    text = SCRIPT.replace("# %%\n", f"# %% {words}\n") + "# %%time x={\n"
    path.write_text(text, encoding="utf-8")
    assert list(Notebook(path).parameters) == ["year"]
    assert len(Notebook(path).cells) == 4
