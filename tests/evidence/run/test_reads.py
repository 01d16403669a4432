"""Whatever a notebook read is noticed when it changes; what cannot be seen is never reused."""

import json
import sqlite3
import sys
import zipfile

import pytest

from evidence.run.depends import environment
from evidence.run.reads import moved

SEED = "seed: int = 1  # start [; 0..]"

# A way of reading: code, in which HERE is a folder of its own that holds `mine.csv`, `side.py`, ...
SEEN = {
    "pandas_relative": "import pandas as pd\nprint(pd.read_csv('WAY/mine.csv').x.sum())",
    "pandas_absolute": "import pandas as pd\nprint(pd.read_csv('HERE/mine.csv').x.sum())",
    "open": "print(open('WAY/mine.csv').read())",
    "read_text": "from pathlib import Path\nprint(Path('WAY/mine.csv').read_text())",
    "numpy": "import numpy as np\nprint(np.load('WAY/mine.npy'))",
    "memory_map": "import numpy as np\nprint(int(np.load('WAY/mine.npy', mmap_mode='r').sum()))",
    "run_magic": "%run WAY/side.py\nprint(VALUE)",
    "importlib": "import importlib, sys\nsys.path.insert(0, 'WAY')\n"
    "print(importlib.import_module('side').VALUE)",
    "sys_path": "import sys\nsys.path.insert(0, 'HERE')\nimport side\nprint(side.VALUE)",
    "relative_import": "import WAY.outer\nprint(WAY.outer.VALUE)",
    "json": "import json\nprint(json.load(open('WAY/mine.json')))",
    "csv": "import csv\nprint(list(csv.reader(open('WAY/mine.csv', newline=''))))",
    "sqlite": "import sqlite3\nprint(sqlite3.connect('WAY/mine.db')"
    ".execute('select x from t').fetchall())",
    "sqlite_uri": "import sqlite3\nprint(sqlite3.connect('file:WAY/mine.db?mode=ro', uri=True)"
    ".execute('select x from t').fetchall())",
    "zip": "import zipfile\nprint(zipfile.ZipFile('WAY/mine.zip').read('a'))",
    "mmap": "import mmap\nwith open('WAY/mine.csv', 'rb') as f:\n"
    "    print(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:])",
    "os_open": "import os\nprint(os.read(os.open('WAY/mine.csv', os.O_RDONLY), 99))",
    "exec": "exec(open('WAY/side.py').read())\nprint(VALUE)",
    "pickle": "import pickle\nprint(pickle.load(open('WAY/mine.pickle', 'rb')))",
    "yaml": "import yaml\nprint(yaml.safe_load(open('WAY/mine.json')))",
    "glob": "import glob\nprint(len(glob.glob('WAY/*.csv')))",
    "listdir": "import os\nprint(len(os.listdir('WAY')))",
    "iterdir": "from pathlib import Path\nprint(len(list(Path('WAY').iterdir())))",
    "walk": "import os\nprint(sum(len(files) for _, _, files in os.walk('WAY')))",
    "link": "print(open('WAY/link.csv').read())",
    "retargeted_link": "print(open('WAY/turned.csv').read())",
    "not_there_yet": "import os\nprint(os.path.exists('WAY/later.csv'))",
    "tried_and_failed": "try:\n    print(open('WAY/later.csv').read())\n"
    "except FileNotFoundError:\n    print('none')",
    "module_not_there_yet": "import sys\nsys.path.insert(0, 'WAY')\nname = 'later_WAY'\n"
    "try:\n    print(__import__(name).VALUE)\nexcept ImportError:\n    print('none')",
    "variable": "import os\nprint(os.environ.get('EVIDENCE_TRIED', 'none'))",
    "getenv": "import os\nprint(os.getenv('EVIDENCE_TRIED'))",
    "size": "import os\nprint(os.path.getsize('WAY/mine.csv'))",
    "thread": "from concurrent.futures import ThreadPoolExecutor as Pool\n"
    "print(Pool(1).submit(lambda: open('WAY/mine.csv').read()).result())",
    "runpy": "import runpy\nprint(runpy.run_path('WAY/side.py')['VALUE'])",
    "our_table": "import pandas as pd\nprint(len(pd.read_csv('WAY/prices.csv')))",
}
UNSEEN = {
    "subprocess": (
        "import subprocess\nprint(subprocess.check_output(['cat', 'WAY/mine.csv']))",
        "processes",
    ),
    "shell": ("!cat WAY/mine.csv", "processes"),
    "os_system": ("import os\nprint(os.system('true'))", "processes"),
    "fork": (
        "import multiprocessing as mp\nwith mp.get_context('fork').Pool(1) as pool:\n"
        "    print(pool.map(abs, [-1]))",
        "processes",
    ),
    "libc": (
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.fopen.restype = ctypes.c_void_p\n"
        "print(libc.fopen(b'WAY/mine.csv', b'r') is None)",
        "ctypes",
    ),
    "network": (
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), timeout=1)\n"
        "except OSError:\n    print('no')",
        "network",
    ),
    "clock": ("import datetime\nprint(datetime.datetime.now().year > 1)", "clock"),
    "clock_of_time": ("import time\nprint(time.time() > 1)", "clock"),
    "clock_in_words": ("import time\nprint(time.strftime('%Y') > '1')", "clock"),
    "clock_of_pandas": ("import pandas as pd\nprint(pd.Timestamp('today').year > 1)", "clock"),
    "chance": ("import random\nprint(random.random() < 2)", "without a seed"),
    "chance_of_numpy": ("import numpy as np\nprint(np.random.rand() < 2)", "without a seed"),
    "chance_of_generator": (
        "import numpy as np\nprint(np.random.default_rng().random() < 2)",
        "without a seed",
    ),
    "chance_of_sample": (
        "import pandas as pd\nprint(len(pd.Series(range(9)).sample(3)))",
        "without a seed",
    ),
    "uuid": ("import uuid\nprint(len(str(uuid.uuid4())))", "without a seed"),
    "native_reader": ("try:\n    import duckdb\nexcept ImportError:\n    print('none')", "duckdb"),
    "environment": ("import os\nprint(len(dict(os.environ)) > 0)", "all environment variables"),
    "writes": ("open('WAY/out.txt', 'w').write('x')", "writes out.txt"),
    "machine": ("import os\nprint(os.getpid() > 0)", "machine"),
}  # fmt: skip
# Not to be taken for one of them.
HARMLESS = {
    "seeded": "import random\nimport numpy as np\nrandom.seed(3)\nnp.random.seed(4)\n"
    "print(random.random(), np.random.rand(), np.random.default_rng(seed).random())",
    "moment_in_words": "import time\nprint(time.strftime('%Y', (2019, *[1] * 8)))",
    "named_today": "today = 3\nnow = today + 1\nprint(now)",
    "scratch": "import tempfile\nwith tempfile.TemporaryFile('w+') as f:\n"
    "    f.write('x')\n    f.seek(0)\n    print(f.read())",
    "chart": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "table": "from helpers.data import table\nprint(len(table('prices')))",
    "style": "import pandas as pd\nfrom IPython.display import display\n"
    "display(pd.DataFrame({'a': [1]}))",
}


def lay_out(folder, value):
    """Put files of every form into a folder; `value` stands in each of them."""
    import numpy as np

    folder.mkdir(exist_ok=True)
    (folder / "mine.csv").write_text(f"x\n{value}\n")
    (folder / "prices.csv").write_text("x\n" + "1\n" * (value % 7))
    (folder / "side.py").write_text(f"VALUE = {value}\n")
    (folder / "__init__.py").write_text("")
    (folder / "inner.py").write_text(f"VALUE = {value}\n")
    (folder / "outer.py").write_text("from .inner import VALUE\n")
    (folder / "mine.json").write_text(json.dumps({"x": value}))
    (folder / "mine.pickle").write_bytes(b"I%d\n." % value)
    np.save(folder / "mine.npy", np.array([value]))
    with zipfile.ZipFile(folder / "mine.zip", "w") as packed:
        packed.writestr("a", str(value))
    with sqlite3.connect(folder / "mine.db") as database:
        database.execute("create table if not exists t (x)")
        database.execute("insert into t values (?)", [value])
    database.close()
    for name, target in (("link.csv", "mine.csv"), ("turned.csv", f"{value}.txt")):
        (folder / f"{value}.txt").write_text(str(value))
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(folder / target)
    if value > 1:
        (folder / "later.csv").write_text("now")
        (folder / f"later_{folder.name}.py").write_text("VALUE = 1")


TAKEN = """\
from evidence.warm import stand_ins, watch
seen = watch._watch
seen.drawn()
print("{name}:", *seen.unseen, sep="|")
seen.unseen.clear()
seen.variables.clear()
seen.states = {{"random": __import__("random").getstate(), "numpy.random": stand_ins.numpy_state()}}
"""


@pytest.fixture
def executed(notebook, evidence, tmp_path):
    """Run cells as a notebook; return its entry in the manifest and what its cells printed."""

    def run(*codes, out="out"):
        done = evidence("run", notebook(SEED, *codes), "--out", tmp_path / out, "--jobs", 1)
        assert done.exit_code == 0, done.output
        (entry,) = json.loads((tmp_path / out / "manifest.json").read_text())["notebooks"]
        cells = json.loads((tmp_path / out / "90_test.ipynb").read_text())["cells"]
        outputs = (output for cell in cells for output in cell.get("outputs", ()))
        return entry, "".join(part for output in outputs for part in output.get("text", ()))

    return run


@pytest.mark.skipif(sys.platform != "linux", reason="links as on Linux")
def test_whatever_was_read_is_noticed_when_it_changes(executed, tmp_path, monkeypatch):
    codes = []
    for name, code in SEEN.items():
        folder = tmp_path / f"way_{name}"
        lay_out(folder, 1)
        codes.append(code.replace("HERE", str(folder)).replace("WAY", folder.name))
        codes.append("import sys\nsys.modules.pop('side', None)")
    entry, _ = executed(*codes)
    assert entry["unseen"] == [] and moved(entry["reads"], environment()) == []
    for name in SEEN:
        if name in ("variable", "getenv"):
            continue
        lay_out(tmp_path / f"way_{name}", 23)
        found = moved(entry["reads"], environment())
        assert any(f"way_{name}" in path for path in found), (name, found)
    before = moved(entry["reads"], environment())
    monkeypatch.setenv("EVIDENCE_TRIED", "yes")
    assert set(moved(entry["reads"], environment())) - set(before) == {"$EVIDENCE_TRIED"}


@pytest.mark.skipif(sys.platform != "linux", reason="processes as on Linux")
def test_what_cannot_be_seen_is_said(executed, tmp_path):
    codes = []
    for name, (code, _) in UNSEEN.items():
        folder = tmp_path / f"way_{name}"
        lay_out(folder, 1)
        codes += [code.replace("WAY", folder.name), TAKEN.format(name=name)]
    _, printed = executed(*codes)
    said = dict(line.split(":", 1) for line in printed.splitlines() if ":|" in line)
    assert {name: why in said.get(name, "") for name, (_, why) in UNSEEN.items()} == dict.fromkeys(
        UNSEEN, True
    ), said


def test_what_only_looks_like_it_is_kept(executed):
    entry, _ = executed(*HARMLESS.values())
    assert entry["unseen"] == []
    again, _ = executed(*HARMLESS.values())
    assert again["reused"]


@pytest.mark.slow
def test_a_file_of_ones_own_counts_from_end_to_end(executed, evidence, tmp_path):
    lay_out(tmp_path / "way_open", 1)
    code = SEEN["open"].replace("WAY", "way_open")
    assert executed(code)[1] == "x\n1\n\n" and executed(code)[0]["reused"]
    lay_out(tmp_path / "way_open", 2)
    entry, printed = executed(code)
    assert printed == "x\n2\n\n" and not entry["reused"]
    assert entry["because"][0].endswith("way_open/mine.csv")
    assert "way_open/mine.csv" in (tmp_path / "out" / "index.html").read_text()


@pytest.mark.slow
def test_what_cannot_be_seen_is_computed_again_and_the_reason_is_on_the_page(executed, tmp_path):
    code = UNSEEN["clock"][0]
    assert executed(code)[0]["unseen"] == ["reads the clock"]
    entry, _ = executed(code)
    assert not entry["reused"] and entry["because"] == ["reads the clock"]
    assert "reads the clock" in (tmp_path / "out" / "index.html").read_text()
