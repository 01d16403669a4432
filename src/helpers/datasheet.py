"""What a table holds, in words: title, columns, codes, gaps, sources, licence, first rows.

Pure text from a description and rows; `helpers.data.describe` reads both and shows it.
"""

from collections import Counter
from html import escape

TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false"}
FIRST_ROWS, WIDEST, MOST_PRODUCERS = 5, 40, 8
LEFT = 'style="text-align:left;vertical-align:top"'  # JupyterLab sets tables to the right


def producers(names, resource):
    """Name the producers of a table's sources, those of most sources first, each with their number.

    Parameters
    ----------
    names : list of str
        Producer of each source that a row cites; empty if rows cite none.
    resource : dict
        Data Package v2 resource descriptor; its own sources stand in where rows cite none.

    Returns
    -------
    str
    """
    if not names:
        return "; ".join(source["title"] for source in resource.get("sources", []))
    counted = Counter(names).most_common()
    shown = [f"{name} ({count})" for name, count in counted[:MOST_PRODUCERS]]
    others = len(counted) - len(shown)
    return "; ".join(shown) + (f"; and {others} other producers" if others else "")


def in_text(resource, rows, sources):
    """Write what a table holds as plain text.

    Parameters
    ----------
    resource : dict
        Data Package v2 resource descriptor.
    rows : pandas.DataFrame
    sources : str
        As `producers` names them.

    Returns
    -------
    str
    """
    lines = [f"{resource['title']} ({_size(resource, rows)})", resource["description"], ""]
    for field in resource["schema"]["fields"]:
        codes = "; ".join(f"{code} = {words}" if words else code for code, words in _codes(field))
        parts = [_kind(field), field["description"], codes, _missing(rows[field["name"]])]
        lines.append(f"{field['name']}: " + " | ".join(part for part in parts if part))
    lines += ["", f"Sources: {sources}", f"Licence: {_licence(resource)}", ""]
    return "\n".join([*lines, _first(rows).to_string(index=False)])


def in_html(resource, rows, sources):
    """Write what a table holds as HTML that a phone can show; parameters as for `in_text`."""
    columns = []
    for field in resource["schema"]["fields"]:
        name = f"{_code(field['name'])}<br><small>{escape(_kind(field))}</small>"
        codes = "; ".join(f"{_code(code)} {escape(words)}".strip() for code, words in _codes(field))
        gaps = _missing(rows[field["name"]])
        parts = [escape(field["description"]), codes, f"<i>{gaps}</i>" if gaps else ""]
        columns.append([name, "<br>".join(part for part in parts if part)])
    first = _first(rows).map(escape)
    text = (
        f"<p><b>{escape(resource['title'])}</b> ({_size(resource, rows)})</p>"
        f"<p>{escape(resource['description'])}</p>{_table(['Column', 'What it holds'], columns)}"
        f"<p>Sources: {escape(sources)}</p><p>Licence: {escape(_licence(resource))}</p>"
        f'<div style="overflow-x:auto">{_table(first.columns, first.to_numpy())}</div>'
    )
    # MathJax pairs dollar signs within one element, so each stands in an element of its own.
    return f'<div class="datasheet">{text.replace("$", "<span>$</span>")}</div>'


def _size(resource, rows):
    return f"{resource['name']}: {len(rows):,} rows, {len(rows.columns)} columns"


def _kind(field):
    kind, unit = TYPES.get(field["type"], field["type"]), field.get("unit")
    return f"{kind} [{unit}]" if unit and unit != kind else kind


def _codes(field):
    """Pair each code with its words, which are empty where the code says it all."""
    pairs = []
    for code in field.get("categories", []):
        value, label = str(code["value"]), code["label"]
        meaning = f"({code['description'].rstrip('.')})" if "description" in code else ""
        pairs.append((value, f"{'' if label == value else label} {meaning}".strip()))
    return pairs


def _code(name):
    """Write a name as code that a narrow screen may break after an underscore."""
    return f"<code>{escape(name).replace('_', '_<wbr>')}</code>"


def _missing(column):
    gaps = int(column.isna().sum())
    return f"{gaps:,} of {len(column):,} missing" if gaps else ""


def _licence(resource):
    return "; ".join(licence["title"] for licence in resource.get("licenses", []))


def _first(rows):
    return rows.head(FIRST_ROWS).map(_cell)


def _cell(value):
    if value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # whole numbers with gaps are held as floats
    text = str(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _table(header, rows):
    head = "".join(f"<th {LEFT}>{name}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td {LEFT}>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
