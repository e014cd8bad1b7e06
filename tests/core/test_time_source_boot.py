"""How long the machine has run is the kernel's to say, and only of moments of this machine's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import clock, time_source

DAY = timedelta(days=1)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("BOOT_ID", "one\n"), ("UPTIME", "86400.50 1.00\n")):
        (tmp_path / name).write_text(text, "ascii")
        monkeypatch.setattr(time_source, name, tmp_path / name)
    return tmp_path


def test_the_start_moves_with_a_clock_that_is_set_on(
    kernel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock.now()
    for wrong in (timedelta(), 3 * DAY):
        now = real + wrong
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        boot = time_source.boot(now - timedelta(minutes=10))  # the moment at which a run began
        assert boot == time_source.Boot("one", now - timedelta(seconds=86400.5))


def test_of_a_moment_that_is_not_now_nothing_is_said(kernel: Path) -> None:
    now: datetime = clock.now()
    for other in (now + DAY, now - DAY):
        assert time_source.boot(other) is None


@pytest.mark.parametrize("written", ["", "x y\n", None])
def test_where_nothing_tells_nothing_is_said(kernel: Path, written: str | None) -> None:
    if written is None:
        (kernel / "UPTIME").unlink()
    else:
        (kernel / "UPTIME").write_text(written, "ascii")
    assert time_source.boot(clock.now()) is None
