"""Warm kernels: as fresh, as obedient and as mortal as kernels that are started alone."""

import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from jupyter_client import KernelManager
from support import PATIENCE, alive, wait_until

from evidence.run.depends import environment
from evidence.run.task import Task, run_task
from evidence.warm import place, template
from evidence.warm.client import ORDINARY, fork_kernel, prepare

# jupyter_client's blocking clients leave event loops open.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture(autouse=True)
def leave_nothing_to_collect():
    """Collect those loops here, where their warnings are expected, and not in a later test."""
    yield
    gc.collect()


@contextmanager
def kernel(**options):
    """Start a kernel with the house's kernelspec; yields its manager and client."""
    manager = KernelManager(kernel_name="evidence")
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def told(client, code):
    """Run code and return what it printed or displayed."""
    found = []
    client.execute_interactive(code, timeout=PATIENCE, output_hook=found.append)
    contents = [message["content"] for message in found]
    return [c for c in contents if {"text", "data", "ename"} & set(c)]


def printed(client, code):
    return "".join(content.get("text", "") for content in told(client, code)).strip()


@linux
def test_each_kernel_is_fresh():
    code = "import random, numpy; print(random.random(), numpy.random.random(), 'left' in dir())"
    seen = []
    for _ in range(2):
        with kernel() as (manager, client):
            assert manager.provisioner.warm
            seen.append(printed(client, code).split())
            told(client, "left = 1")
    assert [line[2] for line in seen] == ["False", "False"]
    assert seen[0][0] != seen[1][0] and seen[0][1] != seen[1][1]


@linux
def test_folder_environment_group_and_sockets_are_its_own(tmp_path):
    environment = {**os.environ, "SAID_TO_KERNEL": "yes"}
    with kernel(cwd=tmp_path, env=environment) as (manager, client):
        code = "import os; print(os.getcwd(), os.environ['SAID_TO_KERNEL'], os.getpgid(0))"
        folder, said, group = printed(client, code).split()
        assert (folder, said, group) == (str(tmp_path), "yes", str(manager.provisioner.pid))
        assert json.loads(Path(manager.connection_file).read_text())["transport"] == "ipc"
        sockets = Path(manager.ip).parent
        assert any(sockets.iterdir())
    assert not sockets.exists()
    with kernel(cwd=str(tmp_path)) as (_, client):
        assert printed(client, "import os; print(os.environ.get('SAID_TO_KERNEL'))") == "None"


PLOT = """
import matplotlib.pyplot as plt
plt.plot([1, 2, 4])
"""


def everything_is_imported():
    """Whether a kernel that starts now has the last of the template's libraries."""
    with kernel() as (_, client):
        return printed(client, "import sys; print('seaborn' in sys.modules)") == "True"


@linux
@pytest.mark.parametrize("late", [False, True], ids=["any kernel", "after all imports"])
def test_figures_are_drawn_and_are_those_of_an_ordinary_kernel(late):
    if late:
        wait_until(everything_is_imported)
    pictures = {}
    for warm in (True, False):
        with kernel(env={**os.environ, ORDINARY: "" if warm else "1"}) as (manager, client):
            assert manager.provisioner.warm == warm
            outputs = told(client, PLOT)
            pictures[warm] = [o["data"]["image/png"] for o in outputs if "image/png" in o["data"]]
    assert len(pictures[True]) == 1 and pictures[True] == pictures[False]


@linux
def test_wide_tables_print_as_in_an_ordinary_kernel():
    code = "import pandas as pd; print(pd.DataFrame([[1.5] * 40]))"
    shown = []
    for warm in (True, False):
        with kernel(env={**os.environ, ORDINARY: "" if warm else "1"}) as (_, client):
            shown.append(printed(client, code))
    assert shown[0] == shown[1]


@linux
def test_interrupt_stops_the_cell_and_not_the_kernel():
    with kernel() as (manager, client):
        # Without stop_on_error the kernel would abort what is asked right after an error.
        request = client.execute("print('on')\nwhile True: pass", stop_on_error=False)
        while client.get_iopub_msg(timeout=PATIENCE)["content"].get("text") != "on\n":
            pass
        manager.interrupt_kernel()
        reply = {"parent_header": {}}
        while reply["parent_header"].get("msg_id") != request:
            reply = client.get_shell_msg(timeout=PATIENCE)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert printed(client, "print('still here')") == "still here"


@linux
@pytest.mark.parametrize(
    ("code", "status"), [("import os; os._exit(3)", 3), ("import os; os.kill(os.getpid(), 9)", -9)]
)
def test_exit_codes_are_reported(code, status):
    with kernel() as (manager, client):
        process = manager.provisioner.process
        client.execute(code)
        assert process.wait() == status and process.poll() == status


@linux
def test_a_kernel_ends_when_it_is_shut_down():
    with kernel() as (_, client):
        pid = int(printed(client, "import os; print(os.getpid())"))
        assert alive(pid)
    wait_until(lambda: not alive(pid))


OWNER = """
import time
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="evidence")
manager.start_kernel()
print(manager.provisioner.warm, manager.provisioner.pid, flush=True)
time.sleep(600)
"""


@linux
def test_a_kernel_dies_with_its_owner():
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    warm, pid = owner.stdout.readline().split()
    assert warm == "True" and alive(int(pid))
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    wait_until(lambda: not alive(int(pid)))


def socket_of_the_template():
    with kernel():
        newest = max(place.folder().glob("*-????????????"), key=lambda p: p.stat().st_mtime)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(str(newest))
    return connection


@linux
def test_a_template_prepared_ahead_is_the_one_that_a_run_uses(monkeypatch, notebook):
    path = notebook("seed: int = 1  # start [; 0..]", "print(seed)")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a socket's path must be short
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        prepare(environment(cold=False), ["helpers.market.model"])
        ready = list(place.folder().glob("*-????????????"))
        outcome, _ = run_task(Task("90_test", path.read_text(), str(path.parent), {}))
        assert (outcome.problem, outcome.kernel) == ("", "warm")
        assert len(ready) == 1 and list(place.folder().glob("*-????????????")) == ready


@linux
@pytest.mark.parametrize(
    "request_",
    [b"no request", b"{}", b"[]", b'{"argv": [], "cwd": "/none", "env": {}}', b"\xff\x00"],
)
def test_a_malformed_request_does_not_end_the_template(request_):
    with socket_of_the_template() as connection:
        connection.send(request_)
        assert "error" in json.loads(connection.recv(1 << 16))
        assert connection.recv(1) == b""
    with kernel() as (manager, _):
        assert manager.provisioner.warm


def test_edited_helpers_and_another_environment_have_another_template(tmp_path, monkeypatch):
    copy = shutil.copytree(place.CODE[0], tmp_path / "helpers")
    monkeypatch.setattr(place, "CODE", (copy,))
    plain = place.key(["python"], {"A": "1"})
    assert plain == place.key(["python"], {"A": "1", "PYTEST_CURRENT_TEST": "x", "SHLVL": "2"})
    assert plain != place.key(["python"], {"A": "1", "MPLBACKEND": "agg"})
    assert plain != place.key(["python", "-O"], {"A": "1"})
    with (copy / "words.py").open("a", encoding="utf-8") as file:
        file.write("\n# edited\n")
    edited = place.key(["python"], {"A": "1"})
    assert edited.split("-")[0] == plain.split("-")[0] and edited != plain


@linux
def test_other_limits_have_another_template():
    import resource

    before = place.key(["python"], {})
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
    try:
        assert place.key(["python"], {}).split("-")[0] != before.split("-")[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert place.key(["python"], {}) == before


def test_a_helper_that_cannot_be_imported_does_not_end_the_template(monkeypatch, tmp_path):
    (tmp_path / "half_edited.py").write_text("def f(:")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(template, "_settle", lambda: None)
    template.import_later("half_edited")
    template.import_later("not_installed_anywhere")


def test_no_fork_from_a_template_whose_code_was_edited_while_it_imported(monkeypatch, tmp_path):
    served = template.Template.__new__(template.Template)
    served.kernels, served.sound, served.current = {}, False, lambda: True
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    with pytest.raises(ValueError, match="changed since the template began"):
        served.fork(None, {"argv": [], "cwd": str(tmp_path), "env": {}}, [1, 2])


def test_no_fork_with_more_than_one_thread(monkeypatch, tmp_path):
    served = template.Template.__new__(template.Template)
    served.kernels, served.sound, served.current = {}, True, lambda: True
    monkeypatch.setattr(template, "count_threads", lambda: 2)
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("forked"))
    with pytest.raises(ValueError, match="2 threads in the template, expected 1"):
        served.fork(None, {"argv": [], "cwd": str(tmp_path), "env": {}}, [1, 2])


@linux
def test_an_idle_template_ends(monkeypatch, tmp_path):
    monkeypatch.setattr(template, "IDLE_SECONDS", 0)
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(path))
        try:
            template.Template(listener, path, lambda: True).serve()
        finally:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    assert not path.exists()


@pytest.mark.parametrize(
    ("cmd", "options", "why"),
    [
        ([sys.executable, "-m", "xeus"], {}, "not started by ipykernel_launcher"),
        (["/bin/sh", "-m", "ipykernel_launcher"], {}, "Python is /bin/sh"),
        ([sys.executable, "-m", "ipykernel_launcher"], {"stdout": subprocess.PIPE}, "a pipe"),
        ([sys.executable, "-m", "ipykernel_launcher"], {"env": {ORDINARY: "1"}}, "is set"),
    ],
)
@linux
def test_what_cannot_be_forked_is_said(cmd, options, why):
    with pytest.raises(place.NoTemplateError, match=why):
        fork_kernel(cmd, options)


def test_where_forking_is_unsafe_it_is_said(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(place.NoTemplateError, match="forking is not safe on darwin"):
        fork_kernel([sys.executable, "-m", "ipykernel_launcher"], {"env": {}})


@linux
def test_a_socket_folder_open_to_others_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    place.folder().chmod(0o755)
    with pytest.raises(place.NoTemplateError, match="only this user"):
        place.folder()


@linux
def test_without_a_template_an_ordinary_kernel_serves(monkeypatch, tmp_path, caplog):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    place.folder().chmod(0o755)
    with kernel() as (manager, client):
        assert not manager.provisioner.warm
        assert printed(client, "print(6 * 7)") == "42"
    assert "Not a warm kernel but an ordinary one" in caplog.text
