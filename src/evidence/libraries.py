"""Which libraries are installed, in which versions, and what they require of each other."""

import sys
from functools import cache
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@cache
def installed():
    """Return the version of every distribution, by name; the first on the path is the one used."""
    return {name: version for name, version, _ in _found().values()}


@cache
def _found():
    """Return name, version and requirements of every distribution, by canonical name."""
    found = {}
    for distribution in metadata.distributions():
        about = distribution.metadata  # which is read anew each time that it is asked for
        facts = about["Name"], about["Version"], tuple(about.get_all("Requires-Dist") or ())
        if about["Name"]:  # what was removed halfway has none
            found.setdefault(canonicalize_name(about["Name"]), facts)
    return dict(sorted(found.items()))


@cache
def _required(name):
    """Return the canonical names of what a distribution requires here."""
    wanted = map(Requirement, _found()[name][2])
    here = [w for w in wanted if w.marker is None or w.marker.evaluate({"extra": ""})]
    return [canonicalize_name(requirement.name) for requirement in here]


@cache
def _behind(module):
    """Return the distribution that a module comes from; most are named alike."""
    name = canonicalize_name(module)
    return name if name in _found() else canonicalize_name(_by_module().get(module, [module])[0])


@cache
def _by_module():
    return metadata.packages_distributions()


def versions(modules, distributions=()):
    """Return the versions of the libraries behind modules, and of all that these require.

    Parameters
    ----------
    modules : iterable of str
        Names as imported; those of Python itself are passed over.
    distributions : iterable of str
        Libraries that count besides.

    Returns
    -------
    dict of str to str
        Version by canonical name of the distribution; "not installed" where there is none.
    """
    waiting = [*distributions, *(_behind(m) for m in modules if m not in sys.stdlib_module_names)]
    found = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        here = name in _found()
        found[name] = _found()[name][1] if here else "not installed"
        waiting += _required(name) if here else ()
    return dict(sorted(found.items()))
