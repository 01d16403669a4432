"""A papermill engine that writes once and asks what a notebook read."""

import ast
import asyncio
import contextlib
import json
import math
import time
from pathlib import Path
from queue import Empty

from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import write_ipynb
from papermill.translators import PythonTranslator

NAME = "evidence"
BEGIN = "__import__('evidence.warm.watch').warm.watch.begin()"
ASK = (  # as JSON, because the shell cuts long lists
    "__import__('json').dumps({'tables': __import__('helpers.data').data.tables_read(), "
    "'seen': __import__('evidence.warm.watch').warm.watch.report()})"
)


class Client(PapermillNotebookClient):
    """papermill's client; at the end it asks the kernel what was read."""

    async def async_start_new_kernel_client(self):
        """Connect to the kernel as nbclient does, but go on as soon as it is heard.

        jupyter_client waits until nothing was heard for 0.2 s, which is longer than a warm kernel
        takes to start.
        """
        self.kc = self.km.client()
        ends = time.monotonic() + self.startup_timeout
        try:
            await self._until_bound(ends)
            await ensure_async(self.kc.start_channels())
            await self._until_heard(ends)
        except Exception:
            await self._async_cleanup_kernel()
            raise
        self.kc.allow_stdin = False
        return self.kc

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    async def _until_bound(self, ends):
        """Wait for the files of the kernel's sockets: who comes earlier waits 0.1 s at least."""
        files = [Path(f"{self.kc.ip}-{port}") for port in self.kc.ports]
        while self.kc.transport == "ipc" and not all(file.exists() for file in files):
            if time.monotonic() > ends or not await ensure_async(self.km.is_alive()):
                return  # which is said when it does not answer
            await asyncio.sleep(0.002)

    async def _until_heard(self, ends):
        """Ask for the kernel's state until the answer comes on both channels."""
        while time.monotonic() < ends:
            asked = self.kc.kernel_info()
            with contextlib.suppress(Empty):
                await ensure_async(self.kc.get_shell_msg(timeout=1))
                while True:
                    said = await ensure_async(self.kc.get_iopub_msg(timeout=0.05))
                    idle = said["content"].get("execution_state") == "idle"
                    if idle and said["parent_header"].get("msg_id") == asked:
                        return
            if not await ensure_async(self.km.is_alive()):
                raise RuntimeError("the kernel died before it answered")
        raise RuntimeError(f"the kernel did not answer in {self.startup_timeout} seconds")

    def papermill_execute_cells(self):
        """Run the cells; papermill calls this."""
        self.kc.execute(BEGIN, silent=True)  # what follows waits for it in the kernel
        super().papermill_execute_cells()
        request = self.kc.execute("", silent=True, user_expressions={"read": ASK})
        answer = self.wait_for_reply(request)["content"]["user_expressions"]["read"]
        if answer["status"] != "ok":
            raise RuntimeError(f"what it read is not known ({answer['evalue']})")
        self.nb.metadata["evidence"] = {
            **json.loads(ast.literal_eval(answer["data"]["text/plain"])),
            "kernel": "warm" if getattr(self.km.provisioner, "warm", False) else "ordinary",
        }


class Engine(NBClientEngine):
    """papermill's own engine, without its writes after every cell."""

    @classmethod
    def execute_notebook(cls, nb, kernel_name, output_path=None, **options):
        """Run a notebook; what there is of it is written also when it cannot go on."""
        inject_again(nb)
        try:
            return super().execute_notebook(nb, kernel_name, output_path=None, **options)
        except Exception:
            write_ipynb(nb, output_path)
            raise

    @classmethod
    def execute_managed_notebook(
        cls, nb_man, kernel_name, limit=None, environment=None, start_timeout=60, **options
    ):
        """Run the cells with `Client`, for at most `limit` seconds in all, in an environment."""
        ends = None if limit is None else time.monotonic() + limit

        def seconds_left(_cell):
            if ends is None:
                return None
            if time.monotonic() >= ends:
                raise CellTimeoutError("no time is left for this cell")
            return ends - time.monotonic()

        client = Client(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout=None if limit is None else math.ceil(limit),  # for answers of no cell
            timeout_func=seconds_left,
            shutdown_kernel="immediate",
            store_widget_state=False,  # its names are drawn by chance
            record_timing=False,
        )
        client.execute(env=environment)


def inject_again(nb):
    """Set parameters after every parameters cell: papermill does it after the first alone."""
    given = nb.metadata.papermill.get("parameters") or {}
    for cell in [cell for cell in nb.cells if "parameters" in cell.metadata.get("tags", [])][1:]:
        names = {
            statement.target.id
            for statement in ast.parse(cell.source).body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        }
        some = {name: value for name, value in given.items() if name in names}
        if some:
            source = PythonTranslator.codify(some, "Parameters")
            fresh = new_code_cell(source, metadata={"tags": ["injected-parameters"]})
            nb.cells.insert(nb.cells.index(cell) + 1, fresh)


papermill_engines.register(NAME, Engine)
