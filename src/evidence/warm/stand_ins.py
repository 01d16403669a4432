"""Stands in for functions of which Python tells nothing: looks, clock, chance, environment."""

import functools
import os
import random
import time

from evidence.warm.callers import asker, is_inspected
from evidence.warm.facts import variable

TIMES = {
    "ctime", "gmtime", "localtime", "monotonic", "monotonic_ns", "perf_counter",
    "perf_counter_ns", "process_time", "process_time_ns", "strftime", "thread_time", "time",
    "time_ns",
}  # fmt: skip
SET_BY_KERNEL = {  # or by the run itself, which counts pictures among what a result depends on
    "CLICOLOR", "CLICOLOR_FORCE", "EVIDENCE_PICTURES", "FORCE_COLOR", "GIT_PAGER", "MPLBACKEND",
    "PAGER", "TERM",
}  # fmt: skip


def numpy_state():
    """Return the state of numpy's global generator."""
    import numpy as np

    _, key, position, *_ = np.random.get_state()  # noqa: NPY002 (this is the global state)
    return key.tobytes(), position


def stand_in(watch):
    """Put all stand-ins in place, which note what they see in a watch."""
    _for_looks(watch)
    _for_clock(watch)
    _for_chance(watch)
    _for_variables(watch)


def _replace(module, name, before):
    """Put a function in place of another that it calls after `before`."""
    real = getattr(module, name)

    @functools.wraps(real)
    def call(*args, **kwargs):
        before(*args, **kwargs)
        return real(*args, **kwargs)

    setattr(module, name, call)
    for group in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        if real in group:
            group.add(call)


def _for_looks(watch):
    def looked(path, *_, dir_fd=None, **__):
        if watch.busy or dir_fd is not None or is_inspected():
            return
        watch.busy = True
        try:
            found = watch.full(path)
            if found:
                watch.reads(found)
        finally:
            watch.busy = False

    def listed(path=None):
        if not watch.busy and not isinstance(path, int):
            watch.busy = True
            try:
                watch.lists(path)
            finally:
                watch.busy = False

    for name in ("stat", "lstat", "access", "readlink"):
        _replace(os, name, looked)
    for name in ("listdir", "scandir"):
        _replace(os, name, listed)


def _for_clock(watch):
    def asked(*args):
        if not args and not watch.busy and watch.is_user(asker()):
            watch.say("reads the clock")

    def written(_form=None, moment=None):
        if moment is None:
            asked()

    for name in TIMES:
        if hasattr(time, name):
            _replace(time, name, written if name == "strftime" else asked)


def _for_chance(watch):
    import secrets

    import numpy as np

    def drawn(*_):
        if not watch.busy and watch.for_user():
            watch.say("draws random numbers without a seed")

    def begun(_self, seed=None, *_):
        if seed is None:
            drawn()

    def seeded(name, take):
        def note(seed=None, *_):
            if seed is not None:
                if name not in watch.seeded and take() != watch.states[name]:
                    where = watch.moved.get(name, watch.statement)
                    watch.say(f"draws from {name} before its seed", where)
                watch.seeded.add(name)

        return note

    _replace(os, "urandom", drawn)
    random._urandom = os.urandom
    _replace(secrets, "randbits", drawn)
    np.random.bit_generator.randbits = secrets.randbits
    _replace(random.Random, "seed", begun)
    for name in ("seed", "setstate"):
        _replace(random, name, seeded("random", random.getstate))
    for name in ("seed", "set_state"):
        _replace(np.random, name, seeded("numpy.random", numpy_state))


def _for_variables(watch):
    usual, own = type(os.environ), set()

    class Variables(usual):
        """The environment, which notes who reads it."""

        def __getitem__(self, name):
            ours = name in own or name in SET_BY_KERNEL or name.startswith("JPY_")
            if not ours and not watch.busy and watch.by_user():
                watch.variables.setdefault(name, variable(self._peek(name)))
            return super().__getitem__(name)

        def __setitem__(self, name, value):
            own.add(name)
            super().__setitem__(name, value)

        def __iter__(self):
            if not watch.busy and watch.by_user():
                watch.say("reads all environment variables")
            return super().__iter__()

        def _peek(self, name):
            try:
                return usual.__getitem__(self, name)
            except KeyError:
                return None

    os.environ.__class__ = Variables
