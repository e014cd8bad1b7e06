from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import StoreError
from steps.bugs import of_a_bug
from store.sqlite import explain_errors
from tests.conftest import Command


def test_memory_that_sqlite_does_not_get_is_named_as_such() -> None:
    with pytest.raises(StoreError, match="not enough memory"), explain_errors(Path("mentions.db")):
        raise MemoryError  # as the driver does in place of SQLITE_NOMEM


def test_a_command_without_memory_says_so_in_one_line(
    mentions: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(path: Path) -> None:
        raise MemoryError

    monkeypatch.setattr("settings.schema.load", none)
    result = mentions("new-key", "--config", tmp_path / "config.toml")
    assert result.exit_code == 1
    assert "there is not enough memory" in result.output
    assert len(result.output.splitlines()) == 1


def test_used_up_memory_is_not_called_a_bug() -> None:
    assert "memory" in of_a_bug(MemoryError())
    assert "bug" not in of_a_bug(MemoryError())
    assert "a bug in this program (KeyError)" in of_a_bug(KeyError())
