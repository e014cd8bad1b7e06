"""`mentions governance pack`: the papers as files of their owner's alone, and a line for what is not signed yet."""

from __future__ import annotations

from pathlib import Path

from reports.papers import pack
from tests.conftest import Command
from tests.decisions import settled


def test_the_papers_are_written_and_what_is_missing_is_named(
    tmp_path: Path, mentions: Command
) -> None:
    output = tmp_path / "papers"
    done = mentions("governance", "--config", settled(tmp_path), "pack", "--output", output)
    assert done.exit_code == 0, done.output
    written = sorted(output.iterdir())
    assert len(written) == len(pack.PAPERS)
    assert written[0].stat().st_mode & 0o777 == 0o600
    assert f"written: {len(pack.PAPERS)} papers" in done.output
    assert "not there yet: " in done.output


def test_the_file_of_settings_is_named_behind_the_last_word_too(
    tmp_path: Path, mentions: Command
) -> None:
    path, output = settled(tmp_path), tmp_path / "papers"
    done = mentions("governance", "pack", "--output", output, "--config", path)
    assert done.exit_code == 0, done.output
