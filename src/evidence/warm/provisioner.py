"""Starts kernels for Jupyter: forked from a template where that is safe, else as always."""

import asyncio
import os
import shutil
import socket
import tempfile
import weakref
from pathlib import Path

import zmq
from jupyter_client.provisioning import LocalProvisioner

from evidence.scratch import usual
from evidence.warm.client import fork_kernel
from evidence.warm.home import KERNEL, isolated
from evidence.warm.place import NoTemplateError

LONGEST = 70  # letters of the folder for temporary files: a socket's path has 107 at most


class WarmProvisioner(LocalProvisioner):
    """A kernel provisioner for papermill, nbclient, nbval and JupyterLab alike.

    Connections go through files of this user alone (IPC), not through network ports; on Windows
    through ports, encrypted.
    """

    warm = False  # whether the running kernel was forked
    sockets = None  # folder of the connection's files

    async def pre_launch(self, **kwargs):
        """Prepare the launch, with IPC sockets in a folder of their own."""
        manager = self.parent
        short = len(tempfile.gettempdir()) <= LONGEST
        files = os.name == "posix" and hasattr(socket, "AF_UNIX") and short
        if manager and manager.transport == "tcp" and files:
            self.sockets = tempfile.mkdtemp(prefix="kernel-")
            manager.transport, manager.ip = "ipc", f"{self.sockets}/socket"
            weakref.finalize(manager, shutil.rmtree, self.sockets, ignore_errors=True)
        elif self.sockets:  # started again after it was shut down
            Path(self.sockets).mkdir(mode=0o700, exist_ok=True)
        elif manager and zmq.has("curve"):  # others on this machine can listen to its ports
            manager.transport_encryption = "auto"
        prepared = await super().pre_launch(**kwargs)
        if manager and manager.kernel_name == KERNEL:  # JupyterLab's keeps the user's settings
            prepared["env"] = isolated(usual(prepared.get("env") or os.environ))
        return prepared

    async def launch_kernel(self, cmd, **kwargs):
        """Fork a kernel; where that cannot be, say why and start an ordinary one."""
        try:
            self.process = await asyncio.to_thread(fork_kernel, cmd, kwargs)
        except NoTemplateError as reason:
            self.warm = False
            self.log.warning("Not a warm kernel but an ordinary one: %s", reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.warm = True
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def cleanup(self, restart=False):
        """Leave nothing behind once the kernel has ended for good."""
        await super().cleanup(restart=restart)
        if self.sockets and not restart:
            shutil.rmtree(self.sockets, ignore_errors=True)

    async def kill(self, restart=False):
        """End the kernel at once, and see it gone before the manager's slower look."""
        await super().kill(restart=restart)
        for _ in range(50):
            if self.process is None or self.process.poll() is not None:
                return
            await asyncio.sleep(0.002)
