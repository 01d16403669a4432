"""A processor with other instructions prints the same, to the last digit."""

import os
import subprocess
import sys

import numpy as np
import pytest

from evidence.files import ROOT

CHECK = "import numpy; print('found' in numpy.show_config(mode='dicts')['SIMD Extensions'])"
NBVAL = ["pytest", "--nbval", "--nbval-kernel-name", "python3", "-n", "2", "--dist", "loadfile"]


def plainest():
    """Return an environment in which numpy, BLAS and C know only this processor's oldest half."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    if not found:
        pytest.skip("this processor has no instructions that numpy can leave out")
    return os.environ | {
        "NPY_DISABLE_CPU_FEATURES": " ".join(found),
        "OPENBLAS_CORETYPE": "Prescott",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-FMA,-FMA4",
    }


@pytest.mark.slow
def test_every_notebook_prints_the_same_without_vector_instructions():
    plain = plainest()
    told = subprocess.run([sys.executable, "-c", CHECK], env=plain, capture_output=True, text=True)
    assert told.stdout.split() == ["False"], told.stderr or "numpy still uses what was left out"
    command = [sys.executable, "-m", *NBVAL, "-q", "-m", "not slow", "notebooks"]
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
