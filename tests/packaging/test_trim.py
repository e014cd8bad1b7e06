"""What pandas and numpy bring to test themselves goes from an environment, and nothing else."""

from __future__ import annotations

import runpy
from pathlib import Path

from tests.test_architecture import ROOT


def test_the_tests_of_the_two_libraries_go_and_nothing_else(tmp_path: Path) -> None:
    kept = ["pandas/core/frame.py", "numpy/testing/utils.py", "other/tests/test_it.py"]
    gone = ["pandas/tests/io/test_csv.py", "numpy/lib/tests/data/one.npy"]
    for name in (*kept, *gone):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(1000))
    trim = runpy.run_path(str(ROOT / "packaging" / "trim.py"))["trim"]
    assert (trim(tmp_path), trim(tmp_path)) == (2000, 0)
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(left) == sorted(kept)
