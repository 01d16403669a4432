"""What changed between two runs: results, charts, and what lies behind them."""

import json
import re
from pathlib import Path

from evidence.folder.manifest import read_manifest
from evidence.folder.rows import read_results
from evidence.notebooks.files import Notebook

DIGEST = re.compile(r"^Plotted points: .*$", re.MULTILINE)


def compare(a, b, tolerance):
    """Compare two run folders.

    Parameters
    ----------
    a, b : path
        Run folders, the earlier first.
    tolerance : float
        How far a number may move, as a fraction of its range (of its size if it has no range).

    Returns
    -------
    dict
        "moved" (results beyond the tolerance, or of another unit or claim: where, from, to, by how
        much), "agree" (how many do), "only_a" and "only_b" (results that the other run does not
        have), "not_compared" (notebooks that only one run has), "ended" (notebooks
        that ended differently), "charts" (whose numbers changed), and what differs: "parameters",
        "tables", "code", "notebooks", "versions". "forms" are those of the two folders: between
        different forms code is not compared, because its files were laid out anew.

    Raises
    ------
    RequestError
        If a folder is not a run folder, or of a form that cannot be read.
    """
    manifests = [read_manifest(folder) for folder in (a, b)]
    several = any(_has_points(manifest) for manifest in manifests)
    of_a, of_b = ({entry["notebook"] for entry in m["notebooks"]} for m in manifests)
    common = of_a & of_b
    forms = [manifest["form"] for manifest in manifests]
    old, new = ({_key(r, several): r for r in read_results(folder)} for folder in (a, b))
    both = [key for key in old if key in new]
    moved = [found for key in both if (found := _moved(key, old[key], new[key], tolerance))]
    return {
        "moved": moved,
        "agree": len(both) - len(moved),
        "only_a": [_named(key) for key in old if key not in new and key[0] in common],
        "only_b": [_named(key) for key in new if key not in old and key[0] in common],
        "not_compared": sorted(of_a ^ of_b),
        "ended": _ended(*manifests, several),
        "charts": _charts(Path(a), Path(b), manifests, several),
        "parameters": [] if several else _parameters(*manifests),
        "tables": _inputs(*manifests, "data/"),
        "code": _inputs(*manifests, "src/") if forms[0] == forms[1] else [],
        "notebooks": _sources(*manifests),
        "versions": _versions(*manifests),
        "forms": forms,
        "tolerance": tolerance,
    }


def differs(found):
    """Whether anything moved: a result, a chart, how a notebook ended, or what one run lacks."""
    return any(found[part] for part in ("moved", "only_a", "only_b", "ended", "charts"))


def _has_points(manifest):
    names = [entry["notebook"] for entry in manifest["notebooks"]]
    return len(names) > len(set(names))


def _key(result, several):
    """Return what names a result: in sweeps the parameters of its point belong to it."""
    return result.notebook, result.name, tuple(result.point.items()) if several else ()


def _named(key):
    notebook, name, point = key
    return {"notebook": notebook, "name": name, "point": dict(point)}


def _moved(key, old, new, tolerance):
    """Return how a result moved; nothing if it stayed within the tolerance."""
    ends = ("value", "low", "high")
    before, after = ({end: getattr(result, end) for end in ends} for result in (old, new))
    same_words = (old.unit, old.claim) == (new.unit, new.claim)
    if before == after and same_words:
        return None
    change = share = None
    if old.is_number and new.is_number:
        change = after["value"] - before["value"]
        steps = [
            abs(after[end] - before[end])
            for end in ends
            if before[end] is not None and after[end] is not None
        ]
        share = max(steps) / (_width(before) or _width(after) or abs(before["value"]) or 1.0)
        same_ends = all((before[end] is None) == (after[end] is None) for end in ends)
        if share <= tolerance and same_ends and same_words:
            return None
    return {
        **_named(key),
        "unit": _both(old.unit, new.unit),
        "claim": _both(old.claim, new.claim),
        "from": before,
        "to": after,
        "change": change,
        "of_range": share,
        "has_range": bool(_width(before) or _width(after)),
    }


def _both(old, new):
    return new if old == new else f"{old or 'none'} -> {new or 'none'}"


def _width(side):
    low, high = side["low"], side["high"]
    return 0.0 if low is None or high is None else high - low


def _entries(manifest, several):
    """Return what a manifest says of each notebook, or of each point of a sweep."""

    def key(entry):
        return entry["notebook"], json.dumps(entry["parameters"], sort_keys=True) * several

    return {key(entry): entry for entry in manifest["notebooks"]}


def _ended(old, new, several):
    """Say which notebooks ended differently: one that failed has no results to compare."""
    sides = [_entries(manifest, several) for manifest in (old, new)]
    return [
        {"notebook": key[0], "from": sides[0][key]["status"], "to": sides[1][key]["status"]}
        for key in sides[0]
        if key in sides[1] and sides[0][key]["status"] != sides[1][key]["status"]
    ]


def _charts(a, b, manifests, several):
    """Say which charts' plotted numbers differ."""
    old, new = (
        {key: e["file"] for key, e in _entries(m, several).items() if e["status"] == "done"}
        for m in manifests
    )
    changed = []
    for key in [key for key in old if key in new]:
        before, after = charts(a / old[key]), charts(b / new[key])
        for place in range(max(len(before), len(after))):
            then, now = (side[place] if place < len(side) else None for side in (before, after))
            if then is None or now is None or then[1] != now[1]:
                title = (now or then)[0]
                what = "only in one run" if then is None or now is None else "numbers changed"
                changed.append(
                    {"notebook": key[0], "chart": place + 1, "title": title, "what": what}
                )
    return changed


def charts(path):
    """Return (title, digest line) of every chart in an executed notebook."""
    found = []
    for cell in Notebook(path).cells if path.is_file() else ():
        for output in cell.get("outputs", ()):
            text = "".join(output.get("data", {}).get("text/plain", ""))
            digest = DIGEST.search(text)
            if text.startswith("Chart: ") and digest:
                found.append((text.splitlines()[0].removeprefix("Chart: "), digest[0]))
    return found


def _parameters(old, new):
    sides = [{e["notebook"]: _given(e) for e in m["notebooks"]} for m in (old, new)]
    return [
        {"notebook": notebook, "name": name, "from": was, "to": now}
        for notebook in sides[0]
        if notebook in sides[1]
        for name in {**sides[0][notebook], **sides[1][notebook]}
        if (was := sides[0][notebook].get(name)) != (now := sides[1][notebook].get(name))
    ]


def _given(entry):
    """Return the parameters of a notebook, and the tags of the cells that were left out."""
    tags = entry.get("without")
    return entry["parameters"] | ({"--skip-tag": tags} if tags else {})


def _inputs(old, new, start):
    """Name input files that differ, by what happened to them."""
    return [
        {"file": file, "what": what}
        for file, what in _differing(old["inputs"], new["inputs"]).items()
        if file.startswith(start)
    ]


def _sources(old, new):
    sides = [{e["notebook"]: e["source"] for e in m["notebooks"]} for m in (old, new)]
    differing = _differing(*sides)
    return [name for name, what in differing.items() if what == "changed"]


def _differing(old, new):
    words = {(False, True): "added", (True, False): "removed", (True, True): "changed"}
    return {
        name: words[name in old, name in new]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }


def _versions(old, new):
    sides = [{"python": m["python"], **m["packages"]} for m in (old, new)]
    return [
        {"name": name, "from": sides[0].get(name, "absent"), "to": sides[1].get(name, "absent")}
        for name in _differing(*sides)
    ]
