"""What a stored output may hold, and the fingerprint that says who stored it."""

import hashlib
import json
import re

# What a stored output may never hold: it would differ on every machine or every run.
UNSTABLE = (
    (re.compile(r"(?<![\w.])/(?:home|root|tmp|usr|Users|work)/"), "a path of a machine"),
    (re.compile(r"0x[0-9a-f]{6,}"), "a memory address"),
    (re.compile(r"\d\d:\d\d:\d\d"), "a time of day"),
    (re.compile(r"\d\.\d{7,}"), "an unrounded number"),
)


def fingerprint(cells):
    """Return a digest of the code and outputs of a notebook, without counts and metadata.

    A cell that was never run has no outputs.
    """
    parts = [
        [_text(cell["source"]), [_shown(output) for output in cell.get("outputs", [])]]
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def unstable_outputs(cells):
    """Say which outputs hold errors, warnings or text that changes from machine to machine."""
    lines = []
    for index, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                lines.append(f"cell {index} shows an error")
            if output.get("name") == "stderr":
                lines.append(f"cell {index} shows a warning")
            text = _text(output.get("text", output.get("data", {}).get("text/plain", "")))
            lines += [f"cell {index} shows {what}" for form, what in UNSTABLE if form.search(text)]
    return lines


def _text(source):
    return source if isinstance(source, str) else "".join(source)


def _shown(output):
    data = output.get("data", {"text": output.get("text", "")})
    return {kind: _text(part) if isinstance(part, list) else part for kind, part in data.items()}
