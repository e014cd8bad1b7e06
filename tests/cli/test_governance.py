"""`mentions governance pack`: the papers as files of their owner's alone, and a line for what is not signed yet; `check`: what is missing."""

from __future__ import annotations

from pathlib import Path

from reports.papers import pack
from tests.conftest import Command
from tests.cycles import changed
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


def test_what_is_missing_is_said_a_line_each_with_the_mend_and_fails(
    tmp_path: Path, mentions: Command
) -> None:
    path = settled(tmp_path)
    changed(path, governance={"dpia": "", "review_date": "2020-01-01"})
    done = mentions("governance", "check", "--config", path)
    assert done.exit_code == 1
    missing = [line for line in done.stdout.splitlines() if line.startswith("MISSING")]
    assert any("[governance] dpia: no source is read before: write" in line for line in missing)
    assert any("[governance] review_date" in line for line in missing)
    assert f"{len(missing)} things are missing" in done.output
    # it is about governance alone, and the same as `check` says of it
    whole = mentions("check", "--offline", "--config", path).stdout.splitlines()
    assert set(done.stdout.splitlines()) <= set(whole)
    assert not any("mail server" in line or "model" in line for line in missing)


def test_the_program_says_what_it_does_with_every_word_of_the_table(mentions: Command) -> None:
    said = mentions("governance", "--help").output
    assert "pack" in said
    assert "check" in said
