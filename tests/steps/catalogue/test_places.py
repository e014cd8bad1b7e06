from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import InputError
from steps.catalogue import manifest
from steps.catalogue.places import DAY, Bucket, Folder, folder_of, is_many, place_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.jsonl", "b.txt", "2024/c.jsonl", "2024/05/d.jsonl", "[odd].jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    return tmp_path


def meant(address: str) -> list[str]:
    place, pattern = place_of(address)
    return [file.name for file in place.files() if pattern is None or pattern.fullmatch(file.name)]


def test_a_pattern_means_what_a_shell_would_and_two_stars_go_deeper(folder: Path) -> None:
    assert meant(f"{folder}/*.jsonl") == ["[odd].jsonl", "a.jsonl"]
    assert meant(f"{folder}/**/*.jsonl") == [
        "2024/05/d.jsonl", "2024/c.jsonl", "[odd].jsonl", "a.jsonl",
    ]  # fmt: skip
    assert meant(f"{folder}/20?4/[a-c].jsonl") == ["2024/c.jsonl"]
    assert meant(f"{folder}/[!a].txt") == ["b.txt"]


def test_a_file_is_itself_whatever_signs_are_in_its_name(folder: Path) -> None:
    assert meant(f"{folder}/[odd].jsonl") == ["[odd].jsonl"]
    assert meant(f"file://{folder}/a.jsonl") == ["a.jsonl"]


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder or file"):
        place_of(str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    "address", ["s3://key:secret@bucket/posts", "s3://bucket/posts?access_key=a&secret_key=b"]
)
def test_a_key_in_an_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(InputError, match="holds a key") as refused:
        place_of(address)
    assert "secret" not in str(refused.value)
    with pytest.raises(InputError, match="holds a key"):
        folder_of(address)


def test_an_address_that_nothing_reads_is_named() -> None:
    with pytest.raises(InputError, match="is no address that can be read"):
        folder_of("gopher://example.org/posts")


def test_a_folder_a_pattern_and_an_object_store_are_many_files(folder: Path) -> None:
    assert is_many(str(folder))
    assert is_many(f"{folder}/*.jsonl")
    assert is_many("s3://bucket/posts")
    assert not is_many(f"{folder}/[odd].jsonl")
    assert not is_many("-")


def test_what_fails_while_it_is_written_leaves_nothing(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    with pytest.raises(TypeError), manifest.writing(place, "parts/a") as file:
        file.write("no bytes")  # type: ignore[call-overload]
    assert place.files() == []
    assert list(place.scratch().iterdir()) == []


def test_what_a_killed_worker_left_goes_a_day_later(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    old, new = place.scratch() / "old", place.scratch() / "new"
    for path in (old, new):
        path.touch()
    os.utime(old, (0, old.stat().st_mtime - 2 * DAY))
    place.sweep()
    assert list(place.scratch().iterdir()) == [new]
    assert place.files() == []


def test_an_object_store_by_another_file_system_of_pyarrow(tmp_path: Path) -> None:
    """`mock://` is pyarrow's own store in memory, which knows no folders beforehand, as S3 does not."""
    place = Bucket("mock:///catalogue")
    assert place.files() == []
    with manifest.writing(place, "parts/a.jsonl") as file:
        file.write(b"one\n")
    assert [(file.name, file.size) for file in place.files()] == [("parts/a.jsonl", 4)]
    with place.open("parts/a.jsonl") as opened:
        assert opened.read() == b"one\n"
    assert place.listed("parts/b.jsonl") is None
    with pytest.raises(InputError, match=r"b\.jsonl can't be read"):
        place.open("parts/b.jsonl")
