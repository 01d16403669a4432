"""How kernels are reached: through files of this user alone, not through network ports."""

import os
import shutil
import tempfile
import weakref

from jupyter_client.manager import AsyncKernelManager


class LocalKernelManager(AsyncKernelManager):
    """Starts kernels that listen on IPC sockets where the system has them."""

    def __init__(self, **options):
        """Make a private folder for the sockets; it goes when the manager goes."""
        if os.name == "posix":
            folder = tempfile.mkdtemp(prefix="kernel-")
            options |= {"transport": "ipc", "ip": f"{folder}/socket"}
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        super().__init__(**options)
