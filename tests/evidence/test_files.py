"""Files that appear whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.files import write_whole


@pytest.mark.skipif(os.name == "nt", reason="permissions as on Linux and macOS")
@pytest.mark.parametrize(("umask", "mode"), [("077", 0o600), ("022", 0o644), ("002", 0o664)])
def test_a_file_may_be_read_by_those_whom_the_umask_lets(tmp_path, umask, mode):
    path = tmp_path / "written.txt"
    code = (
        "import os, sys; from pathlib import Path; from evidence.files import write_whole; "
        f"os.umask(0o{umask}); write_whole(Path(sys.argv[1]), 'text')"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert path.stat().st_mode & 0o777 == mode


def test_nothing_is_left_when_the_write_is_interrupted(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "written.txt", "text")
    assert list(tmp_path.iterdir()) == []
