"""A log is JSON where systemd keeps it, and text where a person pipes it, whatever a desktop session inherited."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from settings.systemd import keeps_what_is_written


@pytest.fixture(autouse=True)
def no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "INVOCATION_ID"):
        monkeypatch.delenv(name, raising=False)


def test_a_file_that_a_person_pipes_to_is_no_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log").open("w") as file:
        assert not keeps_what_is_written(file.fileno())
        monkeypatch.setenv("INVOCATION_ID", "0123456789abcdef")
        monkeypatch.setenv("JOURNAL_STREAM", "8:12345")  # of the session that the shell came from
        monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid() + 1))
        assert not keeps_what_is_written(file.fileno())


def test_the_journal_and_a_file_of_a_unit_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "log").open("w") as file:
        stat = os.fstat(file.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{stat.st_dev}:{stat.st_ino}")
        assert keeps_what_is_written(file.fileno())
        monkeypatch.delenv("JOURNAL_STREAM")
        monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid()))
        assert keeps_what_is_written(file.fileno())
    assert not keeps_what_is_written(file_that_is_closed(tmp_path))


def test_a_terminal_of_a_session_that_systemd_began_is_a_persons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, terminal = os.openpty()
    try:
        monkeypatch.setenv("SYSTEMD_EXEC_PID", str(os.getpid()))
        assert not keeps_what_is_written(terminal)
    finally:
        os.close(ours)
        os.close(terminal)


def file_that_is_closed(folder: Path) -> int:
    with (folder / "closed").open("w") as file:
        return file.fileno()
