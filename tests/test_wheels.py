"""What has no wheel is found, by the wheels that packages of each kind are known to publish."""

import pytest
from wheels import PLATFORMS, PYTHONS, missing

EVERYWHERE = len(PYTHONS) * len(PLATFORMS)


def package(*wheels, **others):
    return {"name": "a", "version": "1", "wheels": [{"url": f"u/{w}.whl"} for w in wheels]} | others


@pytest.mark.parametrize(
    ("wheels", "lacking"),
    [
        ((), EVERYWHERE),
        (("a-1-py3-none-any",), 0),
        (("a-1-py2.py3-none-any",), 0),
        (("a-1-py2-none-any",), EVERYWHERE),
        (("a-1-py3-none-win_amd64",), 10),
        (("a-1-cp311-abi3-win_amd64", "a-1-cp311-abi3-macosx_11_0_arm64"), 5),
        (("a-1-cp313-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64",), 12),
        (("a-1-cp311-cp311-macosx_10_9_universal2",), 14),
        (("a-1-cp311-cp311-macosx_10_9_x86_64",), EVERYWHERE),
        (("a-1-cp315-cp315t-win_amd64",), EVERYWHERE),
        (("a-1-cp312-cp312-musllinux_1_2_x86_64",), EVERYWHERE),
        (("a-1-cp312-cp312-manylinux_2_39_x86_64",), EVERYWHERE),
    ],
)
def test_wheels_serve_where_their_tags_say(wheels, lacking):
    assert len(missing([package(*wheels)])) == lacking


def test_what_is_missing_is_named_and_only_where_it_is_wanted():
    marker = "python_full_version >= '3.15' and sys_platform == 'win32'"
    assert missing([package("a-1-cp314-cp314-win_amd64", marker=marker)]) == [
        "a 1 has no wheel for Python 3.15 on Windows x86_64"
    ]
