"""The seal of the tables: `hash` and `bytes` of each file, and a hash of each description.

Both stand in datapackage.json and are renewed by `evidence accept` alone, so that no cell and no
constraint changes unnoticed. Line ends and a byte-order mark, which git or a spreadsheet may
change, are not part of it.
"""

import hashlib
import json
import re
from pathlib import Path

from helpers.csvtext import normalised
from helpers.data import DESCRIPTION, FOLDER, description

DESCRIBED = "descriptionHash"
SEAL = ("hash", "bytes", DESCRIBED)
RENEW = "`evidence accept --tables` seals it"

CORRECT = "a published figure moved: `evidence accept --tables --why TEXT` writes why and seals it"


def of_bytes(data):
    """Return the hash of a file's bytes, as Data Package v2 writes it."""
    return f"sha256:{hashlib.sha256(normalised(data)).hexdigest()}"


def of_description(part):
    """Return the hash of the description of a table, or of the package, without seals."""
    bare = {key: value for key, value in part.items() if key not in SEAL}
    if "resources" in bare:
        bare["resources"] = [resource["name"] for resource in bare["resources"]]
    return of_bytes(json.dumps(bare, ensure_ascii=False, sort_keys=True).encode())


def sealed(resource, data):
    """Return the description of a table with its seal, before the schema."""
    bare = {key: value for key, value in resource.items() if key not in SEAL}
    seal = {"hash": of_bytes(data), "bytes": len(normalised(data)), DESCRIBED: of_description(bare)}
    schema = bare.pop("schema")
    return bare | seal | {"schema": schema}


def unsealed(lines):
    """Return the names of the tables that lines of `seal_problems` name."""
    found = (re.match(r"data/(\w+)\.csv: (?:differs|found no seal)", line) for line in lines)
    return list(dict.fromkeys(each[1] for each in found if each))


def seal_problems(folder=FOLDER):
    """Name each table, and each description, that is not as it was sealed.

    Returns
    -------
    list of str
        One line each, with the remedy; the cells that changed, if the sealed version can be found.
    """
    from evidence.tables import changes

    content, lines = description(Path(folder)), []
    place = f"data/{DESCRIPTION}"
    for resource in content["resources"]:
        data = (Path(folder) / resource["path"]).read_bytes()
        file = f"data/{resource['path']}"
        if not resource.get("hash") or not resource.get("bytes"):
            lines.append(f"{file}: found no seal, expected hash and bytes; {RENEW}")
        elif (resource["hash"], resource["bytes"]) != (of_bytes(data), len(normalised(data))):
            said = changes.of_table(resource, data, folder)
            moved = changes.uncorrected(content, resource["name"], said, folder)
            lines += [
                f"{file}: differs from its seal: {words}; {CORRECT if moved else RENEW}"
                for words in said.in_words()
            ]
        if resource.get(DESCRIBED) != of_description(resource):
            said = "; ".join(changes.of_description(resource, folder))
            lines.append(
                f"{place}: table {resource['name']} differs from its seal: {said}; {RENEW}"
            )
    if content.get(DESCRIBED) != of_description(content):
        said = "found another name, licence or list of tables"
        lines.append(f"{place}: differs from its seal: {said}; {RENEW}")
    return lines
