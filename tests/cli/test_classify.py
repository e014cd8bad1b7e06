"""`mentions classify` on files: one, or a catalogue of many."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Command
from tests.steps.catalogue.factories import post, write_jsonl

CONFIG = Path(__file__).parents[2] / "config.toml"


def test_a_folder_is_answered_in_parts_as_a_file_is_and_a_second_run_has_nothing_to_do(
    tmp_path: Path, mentions: Command
) -> None:
    posts = [post(number) for number in range(6)]
    write_jsonl(tmp_path / "posts" / "a.jsonl", posts)
    write_jsonl(tmp_path / "all.jsonl", posts)
    plain = tmp_path / "plain.jsonl"
    done = mentions(
        "classify", "--input", tmp_path / "all.jsonl", "--output", plain, "--config", CONFIG
    )
    assert done.exit_code == 0, done.output
    command = ("classify", "--input", tmp_path / "posts", "--output", tmp_path / "out", "--workers", "1", "--config", CONFIG)  # fmt: skip
    done = mentions(*command)
    assert done.exit_code == 0, done.output
    (answers,) = (tmp_path / "out" / "parts").glob("*.jsonl")
    assert answers.read_bytes() == plain.read_bytes()
    again = mentions(*command)
    assert again.exit_code == 0
    assert "1 of 1 parts are answered already" in again.output


def test_one_line_that_is_left_out_ends_with_1_as_for_a_file(
    tmp_path: Path, mentions: Command
) -> None:
    path = write_jsonl(tmp_path / "posts" / "a.jsonl", [post(1)])
    path.write_text(path.read_text() + "{torn\n")
    done = mentions(
        "classify", "--input", f"{tmp_path}/posts/*.jsonl", "--output", tmp_path / "out", "--workers", "1", "--config", CONFIG
    )  # fmt: skip
    assert done.exit_code == 1
    assert "line 2: not JSON" in done.output
    assert json.loads(next((tmp_path / "out" / "parts").glob("*.jsonl")).read_text())["id"] == "p1"


def test_what_can_not_be_meant_is_refused(tmp_path: Path, mentions: Command) -> None:
    write_jsonl(tmp_path / "posts" / "a.jsonl", [post(1)])
    for options, words in (
        (("--input", tmp_path / "posts", "--output", "-"), "into a folder"),
        (("--input", "-", "--output", tmp_path, "--engine", "processes"), "read from files"),
        (("--engine", "processes"), "are for files"),
        (("--input", tmp_path / "posts"), "go together"),
    ):
        done = mentions("classify", *options, "--config", CONFIG)
        assert done.exit_code == 2
        assert words in done.output
