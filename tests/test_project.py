"""The project's files agree with each other."""

import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
import yaml
from packaging.requirements import Requirement
from wheels import PYTHONS

from evidence.files import ROOT
from evidence.notebooks.files import find
from evidence.run.depends import imported
from helpers.data import FOLDER, package, table
from helpers.words import money, number, percent, span

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
FIXED = {"jupyterlab", "pandas", "seaborn", "nbval", "papermill"}


def plain(requirement):
    return requirement.lower().replace("_", "-").replace(" ", "")


def name(requirement):
    return re.match(r"[\w.-]+", plain(requirement))[0]


def within(line, python):
    """Return a requirement with the limit that the locks set for this Python, if they set one."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    limits = [Requirement(text) for text in lines if not text.startswith("#")]
    here = {
        r.name: f",{r.specifier}"
        for r in limits
        if not r.marker or r.marker.evaluate({"python_version": python})
    }
    return plain(line) + here.get(name(line), "")


def test_conda_and_pip_ask_for_the_same():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    asked = {plain(line) for line in conda if isinstance(line, str)} - {"pip"}
    (python,) = (line for line in asked if name(line) == "python")
    # Binder takes the version of this form only, and else an old one.
    assert re.fullmatch(r"python=3\.\d+", python) and python.split("=")[1] in PYTHONS
    assert asked - {python} == {within(line, python.split("=")[1]) for line in REQUIREMENTS}
    assert {"pip": ["--editable ."]} in conda


@pytest.mark.filterwarnings("ignore:pythonjsonlogger:DeprecationWarning")  # of repo2docker's own
def test_binder_builds_on_the_python_that_we_need(monkeypatch):
    from repo2docker.buildpacks import CondaBuildPack

    monkeypatch.chdir(ROOT)
    pack = CondaBuildPack("base")
    assert pack.detect() and pack.python_version in PYTHONS


def used():
    """Name the packages that a module of ours or a notebook imports."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    cells = [c for notebook in find() for c in notebook.cells if c["cell_type"] == "code"]
    sources += ["".join(cell["source"]) for cell in cells]
    modules = {module.split(".")[0] for source in sources for module in imported(source)}
    known = packages_distributions()
    return {plain(package) for module in modules for package in known.get(module, ())}


def test_every_run_time_dependency_is_imported_by_something_a_user_runs():
    needed = {name(line) for line in PROJECT["dependencies"]}
    assert needed - used() == set()


def test_the_lock_pins_every_requirement_with_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", lock.strip())
    pinned = {re.match(r"([\w.-]+)==", block)[1]: block for block in blocks}
    names = {name(line) for line in REQUIREMENTS}
    assert FIXED <= names <= set(pinned)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock


def test_the_readmes_picture_is_the_charts():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (picture,) = re.findall(r"!\[[^\]]+\]\((\S+\.png)\)", readme)
    (start,) = find(["00"])
    assert (ROOT / picture).read_bytes() == start.pictures[0], "run `make pictures`"


def test_what_the_readme_found_is_what_the_notebooks_recorded():
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    found = {result["name"]: result for notebook in find() for result in notebook.results}
    claims = table("claims")
    of_articles = claims[~claims["id"].str.startswith("L")]
    stand = (of_articles["verdict"] == "supported").sum()
    people, money_a_year, women = (
        (found[name]["low"], found[name]["high"])
        for name in ("stock", "annual_proceeds", "share_of_women")
    )
    assert f"{stand} of the {len(of_articles)} stand as printed" in readme
    assert f"allow {span(*people, lambda end: number(end, 1, exact=False))} people" in readme
    assert f"lies within {span(*money_a_year, lambda end: money(end, 2))}" in readme
    assert f"in China, counts allow {span(*women, lambda end: percent(end, 0))}" in readme
    claimed = claims.set_index("id")
    assert found["highest_published_stock"]["high"] < claimed.loc["C03", "value_high"] == 500_000
    assert money_a_year[0] < claimed.loc["C04", "value_low"] == 105e6 < money_a_year[1]


def test_the_readmes_links_and_commands_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^):]+)\)", readme):
        assert (ROOT / link.split("#")[0]).exists(), link
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= set(targets)
    assert {"run", "test", "lab", "bench", "help"} <= set(targets)


def test_the_map_in_the_first_notebook_is_complete():
    (start,) = find(["00"])
    prose = "\n".join("".join(cell["source"]) for cell in start.cells)
    for notebook in find():
        assert f"({notebook.name}.ipynb)" in prose, notebook.name


def test_the_datasheet_names_every_table():
    datasheet = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in package() if f"`{name}`" not in datasheet] == []


def test_no_title_of_a_chart_says_a_number_that_is_missing():
    texts = (
        "".join(output.get("data", {}).get("text/plain", ""))
        for notebook in find([])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    titles = [text.splitlines()[0] for text in texts if text.startswith("Chart: ")]
    assert len(titles) > 50
    assert [title for title in titles if "not recorded" in title] == []
