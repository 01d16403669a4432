"""The files that make a run readable and citable: the page and the RO-Crate."""

import json
import re

import pytest
from click.testing import CliRunner
from rocrate.rocrate import ROCrate
from support import write_notebook

from evidence import cli
from evidence.checks import tables as table_checks
from evidence.folder import place

SCRIPT = "<script>alert(1)</script>"
PROFILES = {"process/0.5", "workflow/0.5"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    top = tmp_path_factory.mktemp("files")
    code = "from helpers.results import record\nrecord('a', seed, 0, 9, unit='persons')"
    start = "seed: int = 1  # start [; 0..]"
    good = write_notebook(top, start, code, name="91_good")
    bad = write_notebook(top, start, f"raise ValueError('{SCRIPT}')", name="92_bad")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(place, "RUNS", top / "runs")
        monkeypatch.setattr(table_checks, "check_tables", lambda: [])
        CliRunner().invoke(cli.main, ["run", str(good), str(bad), "--out", str(top / "out")])
    return top / "out"


def test_the_page_says_what_ran_and_what_came_out(folder):
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "1 of 2 done" in page and "1 failed" in page
    assert "0 to 9" in page and SCRIPT not in page and "&lt;script&gt;" in page
    linked = set(re.findall(r'(?:href|src)="([^"]+)"', page))
    assert {"91_good.ipynb", "92_bad.ipynb", "results.csv"} <= linked
    assert all((folder / name).is_file() for name in linked), "every link is a file of the run"


def test_the_crate_names_every_file_and_how_it_came_to_be(folder):
    crate = ROCrate(folder)
    assert {c.id.split("wfrun/")[-1] for c in crate.root_dataset["conformsTo"]} >= PROFILES
    files = {entity.id for entity in crate.data_entities}
    assert files == {
        "manifest.json",
        "results.csv",
        "index.html",
        "parameters.csv",
        "91_good.ipynb",
        "92_bad.ipynb",
    }
    assert crate.mainEntity.id == "manifest.json"
    actions = {e.id: e for e in crate.contextual_entities if e.type == "CreateAction"}
    assert set(actions) == {"#run", "#run/91_good.ipynb", "#run/92_bad.ipynb"}
    good, bad = actions["#run/91_good.ipynb"], actions["#run/92_bad.ipynb"]
    assert good["actionStatus"].endswith("CompletedActionStatus")
    assert bad["actionStatus"].endswith("FailedActionStatus") and SCRIPT in bad["error"]
    (value,) = good["object"]
    assert (value["name"], value["value"]) == ("seed", "1")
    assert value["exampleOfWork"]["additionalType"] == "Integer"


def test_the_manifest_says_what_each_notebook_took(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    good, bad = manifest["notebooks"]
    assert good["file"] == "91_good.ipynb" and good["kernel"] in ("warm", "ordinary")
    assert not good["reused"] and bad["status"] == "failed"
    assert manifest["start"] <= manifest["end"]


def test_the_descriptor_of_the_crate_has_the_shape_that_its_specification_requires(folder):
    """RO-Crate 1.1, "RO-Crate Metadata Descriptor": everything it conforms to is a reference."""
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    described = {entity["@id"]: entity for entity in graph}
    descriptor = described["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork" and descriptor["about"] == {"@id": "./"}
    assert all(set(reference) == {"@id"} for reference in descriptor["conformsTo"])
    assert {"@id": "https://w3id.org/ro/crate/1.1"} in descriptor["conformsTo"]
    root = described["./"]
    assert root["@type"] == "Dataset"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    for profile in root["conformsTo"]:
        assert described[profile["@id"]]["@type"] == "CreativeWork"
