"""What a forked process does to be like a kernel that was started alone."""

import builtins
import contextlib
import ctypes
import os
import random
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

# Numerical libraries start their threads when they are loaded, and a process with threads cannot be
# forked safely. The template loads them with one thread; a child then has as many as it would have.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREADS, "1") | {
    "JE_ARROW_MALLOC_CONF": "background_thread:false"  # pyarrow, which pandas loads if it is there
}
INLINE = "module://matplotlib_inline.backend_inline"
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl


@contextlib.contextmanager
def importing():
    """Let libraries be loaded with one thread each, and take this process for a kernel.

    pandas asks at its import whether it is in a terminal, and lays wide tables out accordingly.
    """
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        del builtins.get_ipython
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def preheat():
    """Draw a chart and lay out a table once; leaves no figure and no setting behind."""
    import matplotlib as mpl
    import pandas as pd
    from matplotlib.backends.registry import backend_registry

    from helpers import charts

    backend_registry.list_all()  # asks every installed package once
    with mpl.rc_context():
        figure, axes = charts.canvas(width=3, height=2)
        axes.plot([0, 1], [1, 10], label="preheat")
        axes.set(xlabel="x", ylabel="y")
        axes.legend()
        figure.suptitle("preheat", weight="bold")
        charts.png_bytes(figure)
    table = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
    table._repr_html_()
    table.groupby("b")["a"].sum().sort_values(kind="stable")


def become_kernel(argv, cwd, environment, stdout, stderr, parent):
    """Turn this forked process into a kernel and run it until it ends.

    Parameters
    ----------
    argv : list of str
        Arguments of ipykernel_launcher.
    cwd : str
    environment : dict of str to str
        The whole environment of the kernel.
    stdout, stderr : int
        File descriptors.
    parent : int
        Process id of the template.
    """
    os.setsid()
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it died in between
        os._exit(1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.close(stdout)
    os.close(stderr)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [sys.argv[0], *argv]
    _own_chance()
    _own_threads()
    _start(argv, parent)


def _own_chance():
    """Give the old global generators a state of their own, as in a process started alone."""
    import numpy as np

    random.seed()
    np.random.seed()  # noqa: NPY002 (this is the global state that is meant)


def _own_threads():
    """Give numerical libraries the threads they would have started with."""
    import threadpoolctl

    available = len(os.sched_getaffinity(0))
    asked = next((os.environ[n] for n in THREADS if os.environ.get(n, "").isdigit()), available)
    if int(asked) != 1:
        threadpoolctl.threadpool_limits(int(asked))


def _start(argv, parent):
    """Start the kernel, then connect figures to it, which the template could not."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(parent_handle=parent)
    app.initialize(argv)
    _figures()
    app.start()


def _figures():
    """Choose matplotlib's backend as at its import, now that there is a shell to draw into.

    The inline backend connects itself to the shell when it is imported, so the template must not
    have imported it.
    """
    import matplotlib as mpl

    backend = os.environ.get("MPLBACKEND", INLINE)
    mpl.rcParams["backend"] = backend
    if Path("matplotlibrc").is_file():  # which a kernel started alone would have read
        mpl.rc_file("matplotlibrc")
    if "matplotlib.pyplot" in sys.modules:
        import matplotlib.pyplot as plt

        plt.switch_backend(backend)
        plt.install_repl_displayhook()
