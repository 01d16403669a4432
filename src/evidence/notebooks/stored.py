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
SEMICOLON = re.compile(r";[ \t]*(#[^\n]*)?\s*\Z")


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
            shown = [text for form, text in _texts(output).items() if not form.endswith("json")]
            lines += [
                f"cell {index} shows {what}"
                for form, what in UNSTABLE
                if any(form.search(text) for text in shown)
            ]
    return list(dict.fromkeys(lines))


def differing_outputs(cells, others):
    """Name the cells of two executions that show other texts, in whatever form."""
    lines = []
    for index, (one, other) in enumerate(zip(cells, others, strict=True), 1):
        shown, again = ([_texts(o) for o in cell.get("outputs", [])] for cell in (one, other))
        if shown == again:
            continue
        if hides_value(_text(one["source"])) and len(shown) < len(again):
            lines.append(
                f"cell {index} ends in `;`, which hides a value here but not from nbval; "
                "give the value a name: _ = ..."
            )
            continue
        forms = {form for a, b in zip(shown, again, strict=False) for form in a if a != b}
        what = f" ({', '.join(sorted(forms))})" if forms else ""
        lines.append(f"cell {index} shows something else when it is run again{what}")
    return lines


def hides_value(source):
    """Whether a cell ends in a semicolon, so that IPython does not show its value."""
    return bool(SEMICOLON.search(source))


def _texts(output):
    """Return the texts of an output by form; pictures are not texts."""
    data = output.get("data", {"text": output.get("text", output.get("traceback", ""))})
    texts = {form: part for form, part in data.items() if not form.startswith("image/")}
    return {f: _text(p) if isinstance(p, list | str) else json.dumps(p) for f, p in texts.items()}


def _text(source):
    return source if isinstance(source, str) else "".join(map(str, source))


def _shown(output):
    data = output.get("data", {"text": output.get("text", "")})
    return {kind: _text(part) if isinstance(part, list) else part for kind, part in data.items()}
