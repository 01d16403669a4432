"""A run folder as a Workflow Run RO-Crate, so that a run can be archived and cited.

Soiland-Reyes et al. (2022), "Packaging research artefacts with RO-Crate"; Leo et al. (2024),
"Recording provenance of workflow runs with RO-Crate". The workflow is the run's own plan, in
manifest.json; each executed notebook is an action of its own.
"""

import json
import re

from evidence.files import ROOT, write_whole
from evidence.folder.rows import PARAMETERS, PARQUET, RESULTS

METADATA = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
WORKFLOW = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = (
    "https://w3id.org/ro/wfrun/process/0.5",
    "https://w3id.org/ro/wfrun/workflow/0.5",
    WORKFLOW,
)
FORMAL_PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
KINDS = {bool: "Boolean", int: "Integer", float: "Float", str: "Text"}
STATUS = {"done": "Completed", "failed": "Failed", "not run": "Failed"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def write_crate(folder, manifest):
    """Write ro-crate-metadata.json beside the files of a run.

    Parameters
    ----------
    folder : pathlib.Path
    manifest : dict
        The run's manifest.

    Raises
    ------
    RequestError
        If it cannot be written.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")  # the version that the profiles below build on
    crate.datePublished = manifest["end"]
    crate.name = "Run of the evidence ledger"
    crate.description = (
        f"{len(manifest['notebooks'])} executed notebooks of the evidence ledger with their results"
    )
    crate.license = LICENCE
    crate.metadata["conformsTo"] = [{"@id": SPECIFICATION}, {"@id": WORKFLOW}]
    crate.root_dataset["conformsTo"] = [
        _add(crate, url, {"@type": "CreativeWork"}) for url in PROFILES
    ]
    agent = _add(crate, "#evidence", _software(manifest))
    inputs = [
        _add(crate, f"#{name}", _input(name, sha))
        for name, sha in manifest["inputs"].items()
        if name.startswith("data/")
    ]
    commit = manifest["commit"]
    runs = [_notebook(crate, folder, entry, agent, commit) for entry in manifest["notebooks"]]
    _whole_run(crate, folder, manifest, agent, inputs, runs)
    text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False)
    write_whole(folder / METADATA, text + "\n")


def _add(crate, identifier, properties):
    from rocrate.model.contextentity import ContextEntity

    known = crate.get(identifier)
    return known or crate.add(ContextEntity(crate, identifier, properties=properties))


def _software(manifest):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    version = re.search(r'^version: *"?([^"\n]+)', citation, re.MULTILINE)
    return {
        "@type": "SoftwareApplication",
        "name": "The evidence ledger",
        "softwareVersion": f"{version[1]} at commit {manifest['commit']}",
        "softwareRequirements": [f"{n} {v}" for n, v in manifest["packages"].items()],
    }


def _input(name, sha):
    return {"@type": "CreativeWork", "name": name, "sha256": sha}


def _file(crate, folder, name, media, words):
    path = folder / name
    if not path.is_file():
        return None
    known = {"name": words, "encodingFormat": media, "contentSize": str(path.stat().st_size)}
    return crate.add_file(path, name, properties=known)


def _notebook(crate, folder, entry, agent, commit):
    """Describe one execution: the notebook, its parameters, the executed file."""
    source = _add(
        crate,
        f"#{entry['notebook']}",
        {
            "@type": ["SoftwareSourceCode", "SoftwareApplication"],
            "name": entry["notebook"],
            "softwareVersion": commit,
            "sha256": entry["source"],
        },
    )
    values = [_value(crate, entry, name, value) for name, value in entry["parameters"].items()]
    result = _file(crate, folder, entry["file"], "application/x-ipynb+json", "executed notebook")
    action = {
        "@type": "CreateAction",
        "name": f"Execution of {entry['file']}",
        "startTime": entry["start"],
        "actionStatus": f"http://schema.org/{STATUS[entry['status']]}ActionStatus",
        **({"error": entry["problem"]} if entry["problem"] else {}),
    }
    added = _add(crate, f"#run/{entry['file']}", {k: v for k, v in action.items() if v})
    added["instrument"], added["agent"], added["object"] = source, agent, values
    if result:
        added["result"] = result
    return added


def _value(crate, entry, name, value):
    """Describe one parameter's value, and the parameter that it is a value of."""
    first = value[0] if isinstance(value, list) and value else value
    formal = _add(
        crate,
        f"#{entry['notebook']}/{name}",
        {
            "@type": "FormalParameter",
            "name": name,
            "additionalType": KINDS.get(type(first), "Text"),
            "conformsTo": {"@id": FORMAL_PARAMETER},
        },
    )
    stated = value if isinstance(value, str) else json.dumps(value)
    point = _add(
        crate,
        f"#run/{entry['file']}/{name}",
        {"@type": "PropertyValue", "name": name, "value": stated},
    )
    point["exampleOfWork"] = formal
    return point


def _whole_run(crate, folder, manifest, agent, inputs, runs):
    """Describe the run as a whole: its plan is the workflow, its results are results.csv."""
    from rocrate.model.computationalworkflow import ComputationalWorkflow

    workflow = ComputationalWorkflow(
        crate, folder / "manifest.json", "manifest.json", properties={"name": "Plan of the run"}
    )
    crate.add(workflow)
    crate.mainEntity = workflow
    language = _add(
        crate,
        "#jupyter",
        {"@type": "ComputerLanguage", "name": "Jupyter notebook", "url": "https://jupyter.org/"},
    )
    workflow["programmingLanguage"] = language
    workflow["encodingFormat"] = "application/json"
    formal = {e.id: e for e in crate.contextual_entities if e.type == "FormalParameter"}
    workflow["input"] = list(formal.values())
    workflow["hasPart"] = list({run["instrument"].id: run["instrument"] for run in runs}.values())
    results = [
        _file(crate, folder, RESULTS, "text/csv", "results with their ranges"),
        _file(crate, folder, PARAMETERS, "text/csv", "parameters of each notebook"),
        _file(crate, folder, PARQUET, "application/vnd.apache.parquet", "the same results"),
        _file(crate, folder, "index.html", "text/html", "what ran, when, how long, with what"),
        *(
            _file(crate, folder, f"charts/{path.name}", "image/png", "chart of a headline result")
            for path in sorted(folder.glob("charts/*.png"))
        ),
        *(run.get("result") for run in runs),
    ]
    action = _add(
        crate,
        "#run",
        {
            "@type": "CreateAction",
            "name": "evidence run",
            "startTime": manifest["start"],
            "endTime": manifest["end"],
        },
    )
    action["instrument"], action["agent"] = workflow, agent
    action["object"] = [*inputs, *(value for run in runs for value in run.get("object", ()))]
    action["result"] = [result for result in results if result]
    crate.root_dataset["mentions"] = [action, *runs]
