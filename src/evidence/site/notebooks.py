"""Prepares executed notebooks for reading: charts with their words, parameters, failures."""

import base64
import csv
import io
import re
from functools import partial
from html import escape

import nbformat

from evidence.notebooks.files import is_of_class, is_solution, is_telling
from evidence.site.kept import always
from evidence.site.pages import (
    head,
    html,
    lighter,
    markdown,
    parameter_in_words,
    picture,
    png_size,
    raw,
    root_of,
    write_page,
)
from helpers.data import package
from helpers.results import RESULT_TYPE, range_in_words, value_in_words
from helpers.say import DOLLAR

WIDGET = "application/vnd.jupyter.widget-view+json"
SAID_BY_PAPERMILL = "papermill-error-cell-tag"
# Of a chart's digest: - field survey: 2 ranges and 5 points, 9,798 to 167,300
DRAWN = r"[\d,]+ \w+(?: and [\d,]+ \w+)*"
SERIES = re.compile(rf"^- (.+): ({DRAWN}), (\S+) to (\S+)$", re.MULTILINE)
TABLE_FILE = re.compile(r"\]\(\.\./data/(\w+)\.csv\)")
CLAIM = re.compile(r"(?<!\\)\[([CRL]\d\d)\](?![(\[:])")


def write_notebooks(folder, pictures, run, claims, explorers, repository="", once=always):
    """Write the page of each notebook and their list.

    Parameters
    ----------
    folder, pictures : pathlib.Path
        Page sources, and the pictures of the site.
    run : evidence.site.runs.Run
    claims : collection of str
        Ids of the claims that have a page.
    explorers : dict of str to str
        Path of the explorer's page, by name of the notebook whose model it has.
    repository : str
        Address of the project; a notebook can be launched where it is on GitHub.
    once : callable
        Remembers a chart that is the same as last time, see `evidence.site.kept.Kept.once`.
    """
    read = {
        entry["notebook"]: sorted(entry.get("tables", {})) for entry in run.manifest["notebooks"]
    }
    known = package()
    table = html("notebooks.html", pages=run.pages)
    about = "The notebooks behind the audit: one question each, with data, computation and limits."
    write_page(
        folder, "notebooks/index", "Notebooks", [(None, table)], description=about, aside=False
    )
    with (folder / "notebooks/index.md").open("a", encoding="utf-8") as file:
        names = "\n".join(page.name for page in run.pages)
        file.write(f"\n```{{toctree}}\n:hidden:\n\n{names}\n```\n")
    for page in run.pages:
        if page.executed is None:
            # A notebook too, so that links to it lead somewhere.
            words = [f"# {markdown(page.title)}", _state(page), markdown(page.source.question)]
            _save(folder, page, [_text(text) for text in words])
        else:
            tables = {n: known[n]["title"] for n in read.get(page.name, []) if n in known}
            file = pictures.parent / f"downloads/{page.source.path.name}"
            file.write_bytes(page.source.path.read_bytes())
            about = html(
                "notebook_about.html",
                file=file.name,
                launch=launch(repository, page.name),
                tables=tables,
                claims=sorted(page.bears_on & set(claims)),
                root=root_of("notebooks/x"),
            )
            _write_notebook(
                folder, pictures, page, claims, explorers.get(page.name, ""), about, once
            )


def launch(repository, name):
    """Return where a notebook can be run in the browser: Binder, if the project is on GitHub."""
    host = "https://github.com/"
    if not repository.startswith(host):
        return ""
    project = repository.removeprefix(host).strip("/").removesuffix(".git")
    return f"https://mybinder.org/v2/gh/{project}/HEAD?labpath=notebooks/{name}.ipynb"


def _write_notebook(folder, pictures, page, claims, explorer, about, once):
    cells, count = [], 0
    for cell in page.executed.cells:
        tags = set(cell.get("metadata", {}).get("tags", []))
        if SAID_BY_PAPERMILL in tags:
            continue  # the page says in its own words that the notebook failed, and where
        if is_of_class(cell):
            continue  # to be answered where code runs
        if tags & {"parameters", "injected-parameters"}:
            if "parameters" in tags:
                cells.append(_text(_parameters(page)))
            continue
        if cell["cell_type"] == "markdown":
            cells.append(_text(link_claims(link_tables("".join(cell["source"])), claims)))
        elif cell["cell_type"] == "code":
            outputs, count = _outputs(
                cell["outputs"], pictures, page.name, count, claims, explorer, once
            )
            fresh = nbformat.v4.new_code_cell("".join(cell["source"]), outputs=outputs)
            if is_solution(cell):
                fresh["metadata"]["tags"] = ["hide-cell"]
                fresh["metadata"]["mystnb"] = {"code_prompt_show": "Show the solution"}
            elif is_telling(cell):
                fresh["metadata"]["tags"] = ["hide-input"]
            cells.append(fresh)
    if page.bad:
        cells.insert(1, _text(_state(page)))
    if explorer:
        words = f"[Move what this answer hangs on in the explorer](/{explorer}.md), without Python."
        cells.insert(1, _text(words))
    cells.insert(1, _text(raw(about)))
    _save(folder, page, cells)


def _save(folder, page, cells):
    book = nbformat.v4.new_notebook(cells=cells, metadata=head(page.source.question))
    book["metadata"]["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    # The code is Python whatever kernel ran it; without this its colours would be guessed.
    book["metadata"]["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    for number, cell in enumerate(book["cells"]):
        cell["id"] = f"cell-{number}"  # chance would change the page
    nbformat.write(book, folder / f"notebooks/{page.name}.ipynb")


def _text(source):
    return nbformat.v4.new_markdown_cell(source)


def link_claims(text, claims):
    """Make each claim named in brackets, as in [C04], lead to its page."""

    def linked(match):
        name = match[1]
        return f"[\\[{name}\\]](/claims/{name}.md)" if name in claims else match[0]

    # Code and formulas stay as they are.
    parts = re.split(r"(```.*?```|`[^`\n]*`|(?<!\\)\$\$.*?\$\$)", text, flags=re.DOTALL)
    return "".join(
        part if number % 2 else CLAIM.sub(linked, part) for number, part in enumerate(parts)
    )


def link_tables(text):
    """Make each link to a table's file lead to its page; the glossary has one of its own."""
    pages = {"glossary": "/glossary.md"}
    return TABLE_FILE.sub(lambda m: f"]({pages.get(m[1], f'/data/{m[1]}.md')})", text)


def _state(page):
    """Say that a notebook did not run, or did not finish."""
    if not page.bad:
        return "```{note}\nThis notebook is not part of the run behind this site.\n```"
    what = f"This notebook did not finish in this run ({page.status})"
    why = f": {markdown(page.problem.rstrip('.'))}" if page.problem else ""
    kept = " What follows is as far as it came." if page.executed else ""
    return f"```{{danger}}\n{what}{why}.{kept}\n```"


def _parameters(page):
    """Return the table of parameters a notebook ran with."""
    known = page.source.parameters
    rows = [
        {
            "name": name,
            "value": parameter_in_words(value),
            "changed": name in page.changed,
            "meaning": known[name].meaning if name in known else "",
            "unit": known[name].unit if name in known else "",
        }
        for name, value in page.parameters.items()
    ]
    return raw(html("parameters.html", rows=rows)) if rows else ""


def _result(result, claims):
    ends = range_in_words(result["low"], result["high"], result["unit"])
    value = value_in_words(result["value"], result["unit"])
    return html("result.html", result=result, range=ends, value=value, claims=claims)


def _outputs(outputs, pictures, name, count, claims, explorer, once):
    shown = []
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            count += 1
            drawn = base64.b64decode("".join(data["image/png"]))
            chart = once(b"lighter" + drawn, partial(lighter, drawn))
            file = f"{name}-{count}.png"
            (pictures / file).write_bytes(chart)
            words = "".join(data.get("text/plain", ""))
            (pictures / f"{name}-{count}.txt").write_text(words, encoding="utf-8")
            series = series_csv(words)
            if series:
                (pictures / f"{name}-{count}.csv").write_text(series, encoding="utf-8")
            shown.append(_html(_chart(output, file, png_size(chart))))
        elif WIDGET in data:
            shown.append(_html(_stand_in("".join(data.get("text/plain", "")), explorer)))
        elif RESULT_TYPE in data:
            shown.append(_html(_result(data[RESULT_TYPE], claims)))
        elif "text/markdown" in data:
            # The pages show HTML as text, and escape a dollar sign by a backslash.
            text = link_claims("".join(data["text/markdown"]).replace(DOLLAR, "\\$"), claims)
            shown.append(_output({"text/markdown": text}))
        elif "text/html" in data:
            # One thing scrolls, and the keyboard reaches it.
            inside = "".join(data["text/html"]).replace(' style="overflow-x:auto"', "")
            shown.append(_html(html("scrolls.html", inside=inside)))
        elif output["output_type"] == "error":
            # The traceback holds folders of the machine it ran on; its last line says what failed.
            last = f"{output['ename']}: {output['evalue']}"
            shown.append(_html(f'<pre class="error">{escape(last)}</pre>'))
        elif output["output_type"] == "stream" or "text/plain" in data:
            text = "".join(output.get("text", data.get("text/plain", "")))
            shown.append(_html(f"<pre>{escape(text)}</pre>"))
    return shown, count


def _output(data):
    return nbformat.v4.new_output("display_data", data)


def _html(text):
    return _output({"text/html": text})


def _chart(output, file, size):
    """Return a chart with its alternative text, and the text that stands for it folded below."""
    words = "".join(output["data"].get("text/plain", ""))
    described = output.get("metadata", {}).get("image/png", {}).get("alt", "")
    alt = described or words.partition("\n")[0]
    return html(
        "chart.html",
        picture=picture(root_of("notebooks/x"), file, size, alt),
        words=words if described else "",
        series=bool(series_csv(words)),
        file=f"{root_of('notebooks/x')}pictures/{file}",
    )


def series_csv(words):
    """Return the series of a chart, as its text names them, as CSV; nothing if it names none."""
    found = SERIES.findall(words)
    if not found:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["series", "drawn", "lowest", "highest"])
    for name, drawn, *ends in found:
        writer.writerow([name, drawn, *(f"{float(end.replace(',', '')):.10g}" for end in ends)])
    return text.getvalue()


def _stand_in(words, explorer):
    return html("stand_in.html", words=words, explorer=explorer)
