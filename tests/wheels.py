"""Whether locks install from wheels alone wherever the collection is used; run by `make lock`.

Where a wheel is missing, whoever installs needs a compiler.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.markers import Marker
from packaging.tags import compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
MANYLINUX = [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)]
OLDER = [f"manylinux{year}_x86_64" for year in ("2014", "2010", "1")]
# What a marker asks of each platform, and the platforms of the wheels that install there.
PLATFORMS = {
    "Linux x86_64": (("posix", "linux", "Linux", "x86_64"), [*MANYLINUX, *OLDER]),
    "macOS arm64": (
        ("posix", "darwin", "Darwin", "arm64"),
        list(mac_platforms(version=(13, 0), arch="arm64")),
    ),
    "Windows x86_64": (("nt", "win32", "Windows", "AMD64"), ["win_amd64"]),
}


def missing(packages):
    """Name what cannot be installed from a wheel.

    Parameters
    ----------
    packages : list of dict
        The packages of a pylock.toml: name, version, marker, and wheels with url or name.

    Returns
    -------
    list of str
        One line per package, Python and platform.
    """
    return [
        f"{package['name']} {package['version']} has no wheel for Python {python} on {platform}"
        for package in packages
        for python in PYTHONS
        for platform in PLATFORMS
        if wanted(package, python, platform) and not served(package, python, platform)
    ]


def wanted(package, python, platform):
    """Whether a package is installed there."""
    (os_name, sys_platform, system, machine), _ = PLATFORMS[platform]
    there = {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": os_name,
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": system,
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": sys_platform,
    }
    return "marker" not in package or Marker(package["marker"]).evaluate(there)


def served(package, python, platform):
    """Whether one of a package's wheels installs there."""
    _, platforms = PLATFORMS[platform]
    version = tuple(int(part) for part in python.split("."))
    interpreter = f"cp{version[0]}{version[1]}"
    fits = {*cpython_tags(version, platforms=platforms)} | {
        *compatible_tags(version, interpreter, platforms)
    }
    names = (
        wheel.get("name") or wheel["url"].split("/")[-1] for wheel in package.get("wheels", ())
    )
    return any(fits & parse_wheel_filename(name)[3] for name in names)


def packages(lock):
    """Ask uv for the files of every package that a lock pins, as a pylock.toml lists them."""
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "pip", "compile", lock, "--universal", "--python-version", PYTHONS[0]]
    command += ["--no-deps", "--format", "pylock.toml", "--quiet"]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return tomllib.loads(told)["packages"]


if __name__ == "__main__":
    lacks = [f"{lock}: {line}" for lock in sys.argv[1:] for line in missing(packages(lock))]
    sys.exit("\n".join(lacks) or 0)
