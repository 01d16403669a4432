"""A kernel that dies while the answers are computed is one line."""

import asyncio
from types import SimpleNamespace

import pytest
from nbclient.exceptions import DeadKernelError

from evidence.classroom import build
from evidence.errors import RequestError


def test_a_kernel_that_dies_is_named(monkeypatch):
    async def dies(*_):
        raise DeadKernelError("Kernel died")

    monkeypatch.setattr(build, "questions", dies)
    with pytest.raises(RequestError, match="20_n: its kernel died"):
        asyncio.run(build._key([SimpleNamespace(name="20_n")], {"20_n": []}, print, 1))
