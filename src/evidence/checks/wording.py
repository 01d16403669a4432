"""Words that the project does not use of people, and what it says instead (data/README.md)."""

import re

from helpers.data import FOLDER, package, table

PLAIN = "the plain word, or nothing"
BETTER = {
    r"sex(?:ual)? slaves?|slave brides?": "women who were trafficked",
    r"(?<!sex )(?<!sexual )slaves?": "people held in slavery-like conditions",
    r"prostitutes?|hookers?|call girls?": "women in prostitution",
    r"mail[- ]order brides?": "women who married through a broker",
    r"illegal (?:immigrants?|migrants?|aliens?)": "people without papers",
    r"horrif\w+|horrendous|shocking\w*|harrowing|gruesome|heartbreaking|staggering": PLAIN,
    r"epidemic|plague of|flood of|wave of (?:migrants|refugees)": PLAIN,
    r"lucrative|booming|flesh trade|skin trade": PLAIN,
    r"preyed on|predators?|monsters?|evil": PLAIN,
    r"(?:price|fee|charge)s? per (?:act|client|customer|session)": "an average over channels",
    r"(?:dollars|yuan|won) (?:a|per) (?:act|client|customer|session)": "an average over channels",
}
FORMS = [(re.compile(rf"\b(?:{form})\b", re.IGNORECASE), better) for form, better in BETTER.items()]
# Titles of published works keep their own wording.
TITLES = {("sources", "title"), ("sources", "citation"), ("sources", "note"), ("reading", "title")}
ANY = re.compile("|".join(rf"\b(?:{form})\b" for form in BETTER), re.IGNORECASE)
QUOTED = re.compile(r"\*[^*\n]+\*|`[^`]+`|[\"“][^\"”\n]+[\"”]")


def unwelcome(text):
    """Find words that the language guide rules out.

    Titles of works may keep theirs: text in italics, quotation marks or code is passed over.

    Parameters
    ----------
    text : str
        Prose or code.

    Returns
    -------
    list of str
        One line per word found, with the better word.
    """
    text = QUOTED.sub(" ", text)
    if not ANY.search(text):  # nearly always, and quicker than one form after the other
        return []
    return [
        f"found '{match[0]}', expected {better}"
        for form, better in FORMS
        for match in form.finditer(text)
    ]


def table_wording(folder=FOLDER):
    """Check the text columns of all tables."""
    lines = []
    for name, resource in package(folder).items():
        rows = table(name, folder)
        for field in resource["schema"]["fields"]:
            if field["type"] != "string" or (name, field["name"]) in TITLES:
                continue
            for row, text in enumerate(rows[field["name"]], start=2):
                if isinstance(text, str):
                    place = f"data/{resource['path']}: row {row}, column {field['name']}"
                    lines += [f"{place}: {line}" for line in unwelcome(text)]
    return lines
