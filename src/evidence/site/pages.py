"""Writes the source of one page: a title, headings, and HTML made from templates."""

import io
import json
import math
import re
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from evidence.site.languages import ENGLISH
from helpers.data import labels
from helpers.words import money, number, percent, span


@cache
def templates(language):
    """Return the templates of a language; the words of the interface in them are translated.

    They escape everything they are given: a text that holds HTML is shown as text.
    """
    known = Environment(
        loader=PackageLoader("evidence.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    known.install_gettext_translations(language.messages, newstyle=True)
    known.policies["ext.i18n.trimmed"] = True
    known.globals["language"] = language
    known.filters |= FILTERS | {
        "own": language.own,
        "figures": language.figures,
        "original": partial(original, language),
        "label": lambda code, name, column: language.own(labels(name, column)[code]),
    }
    return known


def original(language, text):
    """Say of a text that stays as its source has it, such as a title, that it is English."""
    return Markup('<span lang="en">{}</span>').format(text) if language.code else text


def picture(root, name, size, alt, wide=False):
    """Return the HTML of a picture with its size, so that nothing moves when it arrives.

    Parameters
    ----------
    root : str
        Way from the page to the top of the site, for example "../../".
    name : str
        File in the folder `pictures`.
    size : tuple of int
        Width and height of the file in pixels.
    alt : str
    wide : bool
        Whether a narrow screen scrolls it instead of shrinking it.
    """
    image = Markup('<img src="{}pictures/{}" width="{}" height="{}" alt="{}">').format(
        root, name, *size, alt
    )
    if not wide:
        return image
    return Markup(
        '<div class="scrolls" tabindex="0" role="region" aria-label="Picture, scrolls">{}</div>'
    ).format(image)


def png_size(data):
    """Return width and height of a PNG, from its header."""
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def lighter(data):
    """Return a chart with at most 256 colours, if that is lighter; the eye sees no difference."""
    image = Image.open(io.BytesIO(data)).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE)
    buffer = io.BytesIO()
    image.save(buffer, format="png", optimize=True)
    return min(buffer.getvalue(), data, key=len)


def html(template, language=ENGLISH, **values):
    """Fill a template with values, in a language; texts are escaped."""
    return templates(language).get_template(template).render(**values)


def root_of(name):
    """Return the way from a page to the top of the site: "../../" for claims/C04."""
    steps = [part for part in name.split("/") if part != "index"]
    return "../" * len(steps)


def raw(text):
    """Wrap HTML so that Markdown leaves it alone; a backtick could end the wrapping."""
    return f"``````{{raw}} html\n{text.replace('`', '&#96;')}\n``````\n"


def write_page(folder, name, title, parts, *, description, aside=True, listed=True):
    """Write the source of one page.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of page sources.
    name : str
        For example "claims/C04".
    title : str
    parts : list of (heading or None, HTML)
        Sections in order; those without text are left out.
    description : str
        One sentence for search engines and link previews.
    aside : bool
        Whether the page lists its headings at the side.
    listed : bool
        Whether a list of pages leads to it.
    """
    page = folder / f"{name}.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    lines = [front_matter(description, aside, listed), f"# {markdown(title)}\n"]
    for heading, text in parts:
        if text:
            lines += [f"## {markdown(heading)}\n"] if heading else []
            lines.append(raw(text))
    page.write_text("\n".join(lines), encoding="utf-8")


def front_matter(description, aside=True, listed=True):
    """Return the head of a page source: its description, and whether it has a side list."""
    facts = head(description, aside) | ({} if listed else {"orphan": True})
    return f"---\n{json.dumps(facts, ensure_ascii=False)}\n---\n"


def head(description, aside=True):
    """Return what a page says about itself to Sphinx."""
    meta = {"description": " ".join(description.split())}
    return meta if aside else meta | {"html_theme.sidebar_secondary.remove": "true"}


def markdown(text):
    """Escape a text for Markdown: every sign that could mean something is shown as it is."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def copy_text(source, target):
    """Copy a Markdown file into the site's sources."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Path(source).read_text(encoding="utf-8"), encoding="utf-8")


def amounts(values):
    """Write the ends of a range of US dollars, as the explorer's script does."""
    return span(values[0], values[-1], amount)


def amount(value):
    """Write US dollars with two digits; a claim over nothing is no finite amount."""
    return money(float(value), 2, exact=False) if math.isfinite(value) else "no finite amount"


def persons(values):
    """Write the ends of a range of persons, as the explorer's script does."""
    return span(values[0], values[-1], _persons)


def _persons(value):
    return number(value, 2, exact=False) if math.isfinite(value) else "no finite number"


def parameter_in_words(value):
    """Write a parameter's value for people: 10000.0 becomes 10000, a list its parts."""
    if isinstance(value, list):
        return ", ".join(parameter_in_words(part) for part in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.10g}"


FILTERS = {
    "percent": percent,
    "in_words": parameter_in_words,
    "money": lambda value: money(float(value)),
    "amount": amount,
    "amounts": amounts,
    "persons": persons,
}
