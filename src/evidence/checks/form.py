"""Whether a file has the form of a notebook, so that whatever looks into it can."""

import json
import re

KINDS = ("code", "markdown", "raw")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
OUTPUTS = {
    "stream": ("name", "text"),
    "error": ("ename", "evalue", "traceback"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata"),
}
KERNEL = "python3"


def form_problems(content):
    """Say what keeps a file from being a notebook of this collection.

    Parameters
    ----------
    content : object
        What its JSON holds.

    Returns
    -------
    list of str
        One line per problem: which cell, what was found, what was expected.
    """
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list) or not cells:
        return ["found no list of cells, expected a notebook"]
    lines = [*_head(content)]
    for number, cell in enumerate(cells, 1):
        lines += [f"cell {number}: {line}" for line in _cell(cell)]
    ids = [cell.get("id") for cell in cells if isinstance(cell, dict)]
    seen = set()
    for number, each in enumerate(ids, 1):
        if each is not None and json.dumps(each) in seen:
            lines.append(f"cell {number}: found the id {each!r} again, expected one of its own")
        seen.add(json.dumps(each))
    return lines


def _head(content):
    version = (content.get("nbformat"), content.get("nbformat_minor"))
    if version[0] != 4 or not isinstance(version[1], int) or version[1] < 5:
        yield f"found nbformat {version[0]}.{version[1]}, expected 4.5"
    metadata = content.get("metadata")
    if not isinstance(metadata, dict):
        yield "found no metadata, expected them with a kernelspec"
        return
    kernel = metadata.get("kernelspec")
    name = kernel.get("name") if isinstance(kernel, dict) else None
    if name not in (KERNEL, "evidence"):
        yield f"found the kernelspec {name!r}, expected {KERNEL!r}"
    if not isinstance(metadata.get("evidence", {}), dict):
        yield "found evidence metadata that are no mapping; run `evidence accept`"


def _cell(cell):
    if not isinstance(cell, dict):
        yield f"found {type(cell).__name__}, expected a cell"
        return
    kind, metadata, tags = cell.get("cell_type"), cell.get("metadata"), None
    if kind not in KINDS:
        yield f"found cell_type {kind!r}, expected {', '.join(KINDS)}"
    if not _is_text(cell.get("source")):
        yield "found no source, expected text or a list of lines"
    if not (isinstance(cell.get("id"), str) and ID.fullmatch(cell["id"])):
        yield f"found the id {cell.get('id')!r}, expected letters, digits, - and _"
    if not isinstance(metadata, dict):
        yield "found no metadata, expected a mapping"
    else:
        tags = metadata.get("tags", [])
        if not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
            yield f"found the tags {tags!r}, expected a list of words"
        if not isinstance(metadata.get("jupyter", {}), dict):
            yield "found jupyter metadata that are no mapping"
    if kind == "code":
        yield from _outputs(cell.get("outputs"))
    elif cell.get("outputs"):
        yield f"found outputs of a {kind} cell, expected none"
    if isinstance(tags, list) and "parameters" in tags and kind != "code":
        yield f"found a {kind} cell tagged parameters, expected a code cell"


def _outputs(outputs):
    if not isinstance(outputs, list):
        yield "found no outputs, expected a list, which may be empty"
        return
    for output in outputs:
        kind = output.get("output_type") if isinstance(output, dict) else None
        if kind not in OUTPUTS:
            yield f"found an output of type {kind!r}, expected {', '.join(OUTPUTS)}"
            continue
        for part in OUTPUTS[kind]:
            if part not in output:
                yield f"found an output ({kind}) without {part}, expected it"
        if kind == "stream" and not _is_text(output.get("text")):
            yield "found a stream without text, expected it"
        if not isinstance(output.get("data", {}), dict):
            yield "found an output whose data are no mapping, expected one"


def _is_text(source):
    if isinstance(source, list):
        return all(isinstance(line, str) for line in source)
    return isinstance(source, str)
