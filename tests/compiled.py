"""Compiles the program and its tests once, before the workers that run them begin: `python -m tests.compiled`.

In a fresh checkout nothing is compiled, and workers that begin together would each compile nearly all of it: a test file
costs most, since pytest rewrites what it asserts. What pytest writes, and where, is of the release that the lock names;
with one that does it otherwise nothing is lost but the time.
"""

from __future__ import annotations

import compileall
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[1]
PARTS = ("bench", "classify", "cli", "collectors", "core", "demo", "reports", "review", "search", "settings", "steps", "store", "tests", "tuning")  # fmt: skip


def is_rewritten(path: Path) -> bool:
    """Whether pytest rewrites what a file asserts: the tests and what they share."""
    return path.name.startswith("test_") or path.name == "conftest.py"


def compile_file(path: Path) -> None:
    """Leaves what is read in place of the source beside it, unless it is there."""
    if not is_rewritten(path):
        compileall.compile_file(path, quiet=2)  # what has a fault is told by whoever imports it
        return
    from _pytest.assertion import rewrite
    from _pytest.config import get_config

    state: Any = SimpleNamespace(
        trace=print
    )  # the one thing asked of it is to tell what went wrong
    pyc = rewrite.get_cache_dir(path) / (path.name.removesuffix(".py") + rewrite.PYC_TAIL)
    pyc.parent.mkdir(exist_ok=True)
    if rewrite._read_pyc(path, pyc) is None:
        digest, code = rewrite._rewrite_test(path, get_config())
        rewrite._write_pyc(state, code, digest, pyc)


def tried(path: Path) -> bool:
    """Whether a file could be compiled."""
    try:
        compile_file(path)
    except Exception:
        return False
    return True


def main() -> None:
    """Compiles on all cores what stands in the repository."""
    files = [ROOT / "pipeline.py", *(path for part in PARTS for path in (ROOT / part).rglob("*.py"))]  # fmt: skip
    files.sort(key=lambda path: path.stat().st_size * (6 if is_rewritten(path) else 1))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        done = sum(pool.map(tried, reversed(files), chunksize=16))
    print(f"compiled {done} of {len(files)} files")


if __name__ == "__main__":
    main()
