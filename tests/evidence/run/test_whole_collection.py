"""The whole collection, in kernels that are forked and in kernels that are started alone."""

from click.testing import CliRunner

from evidence import cli
from evidence.folder import place
from evidence.notebooks.files import find


def test_warm_and_cold_give_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "RUNS", tmp_path / "runs")
    for kind in ("warm", "cold"):
        words = ["run", "--force", "--out", str(tmp_path / kind), *["--cold"][: kind == "cold"]]
        done = CliRunner().invoke(cli.main, words)
        assert done.exit_code == 0, done.output
    assert f"{len(find())} in ordinary kernels" in done.output
    names = ["results.csv", *(notebook.path.name for notebook in find())]
    for name in names:  # notebooks hold their charts, so these are compared byte by byte
        warm, cold = ((tmp_path / kind / name).read_bytes() for kind in ("warm", "cold"))
        assert warm == cold, name
