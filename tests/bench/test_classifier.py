from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bench import classifier
from core.errors import InputError

ROWS = 'text,label,split\nold one,0,train\nthe queue,1,test\n"a, b",0,test\n'


def test_the_test_split_of_a_table_is_read(tmp_path: Path) -> None:
    plain, packed = tmp_path / "posts.csv", tmp_path / "posts.csv.gz"
    plain.write_text(ROWS)
    packed.write_bytes(gzip.compress(ROWS.encode()))
    for path in (plain, packed):
        assert [line.text for line in classifier.table(path)] == ["the queue", "a, b"]


def test_a_table_without_a_split_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("text\n" + "hello\n" * (classifier.POSTS + 10))
    assert 0 < len(classifier.table(path)) <= classifier.POSTS


@pytest.mark.parametrize("written", ["", "label\n1\n", "text,split\nold,train\n"])
def test_a_table_without_texts_is_refused(written: str, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(written)
    with pytest.raises(InputError):
        classifier.table(path)
    with pytest.raises(InputError, match="nothing"):
        classifier.table(tmp_path / "nothing.csv.gz")


def test_mentions_of_every_writer_are_read() -> None:
    lines = classifier.mentions()
    assert 500 < len(lines) <= classifier.POSTS
    assert len({line.platform for line in lines}) > 3


def test_each_work_is_done_by_turns_and_has_a_speed() -> None:
    done: list[str] = []
    best = classifier.speeds(
        {"one": lambda: done.append("one"), "two": lambda: done.append("two")}, 5
    )
    assert done == ["one", "two"] * classifier.TIMES
    assert all(speed > 0 for speed in best.values())


def test_the_encoder_is_measured_on_what_is_read() -> None:
    lines = classifier.mentions()[:3]
    found = classifier.works(lines, threads=1)
    for name in ("everything on", "encoder alone (limit)"):
        assert len(found[name]()) == len(lines)


def test_a_command_is_started_as_a_process_and_answers() -> None:
    first, peak = classifier.started(classifier.mentions()[:2])
    assert first > 0
    assert peak > 20  # MiB: the weights alone
