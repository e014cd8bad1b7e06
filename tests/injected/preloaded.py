"""Builds the library that lets calls of the system fail, where this machine can."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

SOURCE = Path(__file__).with_name("failing.c")
COMPILERS = ("cc", "gcc", "clang")


class NotHere(Exception):
    """Why no such library can be had on this machine."""


@cache
def library() -> Path:
    """The library, compiled once a process. Raises NotHere with the reason where that can't be done."""
    if not sys.platform.startswith("linux"):
        raise NotHere(
            f"calls of the system are made to fail on Linux alone, and this is {sys.platform}"
        )
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        raise NotHere(f"no C compiler is installed: one of {', '.join(COMPILERS)} is needed")
    made = Path(mkdtemp(prefix="failing-calls-")) / "failing.so"
    done = subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-o", made, SOURCE, "-ldl"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotHere(f"{compiler} can't build {SOURCE.name} here: {done.stderr[:300]}")
    tried = subprocess.run(
        [sys.executable, "-c", "import ctypes; ctypes.CDLL(None).faults_arm"],
        env={"PATH": os.environ.get("PATH", ""), "LD_PRELOAD": str(made)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if tried.returncode or "cannot be preloaded" in tried.stderr:
        raise NotHere(f"the C library here takes nothing before it: {tried.stderr[-300:]}")
    return made
