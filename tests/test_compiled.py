"""What is compiled before the workers begin is what each of them would have written."""

from __future__ import annotations

from pathlib import Path

from _pytest.assertion import rewrite

from tests.compiled import compile_file, is_rewritten


def test_a_test_is_left_as_pytest_reads_it_and_other_source_as_python_does(tmp_path: Path) -> None:
    for name, words in (("test_one.py", "def test_it() -> None:\n    assert 1 == 2\n"), ("shared.py", "ONE = 1\n")):  # fmt: skip
        path = tmp_path / name
        path.write_text(words, "utf-8")
        compile_file(path)
        compiled = rewrite.get_cache_dir(path) / f"{path.stem}{rewrite.PYC_TAIL}"
        assert (rewrite._read_pyc(path, compiled) is not None) == is_rewritten(path)
        assert len(list(compiled.parent.glob(f"{path.stem}.*"))) == 1
