from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.batch import Line
from core.errors import InputError
from steps.catalogue.parts import Part, lines_of, plan, record_of
from steps.catalogue.places import Folder
from tests.steps.catalogue.factories import post, write_jsonl, write_parquet


def ids(folder: Path, parts: list[Part]) -> list[list[str]]:
    return [
        [str(line.id) for line in lines_of(Folder(folder), part) if isinstance(line, Line)]
        for part in parts
    ]


def test_every_line_is_in_one_part_wherever_a_file_is_cut(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [post(number) for number in range(20)])
    size = (tmp_path / "a.jsonl").stat().st_size
    for part_bytes in (1, 7, 100, 263, 264, 265, 1000, size - 1, size, size + 1):
        parts = plan(Folder(tmp_path), None, part_bytes)
        some = ids(tmp_path, parts)
        assert [name for part in some for name in part] == [f"p{number}" for number in range(20)]
        assert len({part.name for part in parts}) == len(parts)


def test_a_broken_line_is_named_by_its_number_in_the_file_wherever_that_is_cut(
    tmp_path: Path,
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [post(number) for number in range(6)])
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], b"\n", b"broken\n", *lines[3:], b"[]"]))
    size = path.stat().st_size
    for part_bytes in (1, 100, len(b"".join(lines[:3])), size - 1, size):
        parts = plan(Folder(tmp_path), None, part_bytes)
        said = [str(line) for part in parts for line in lines_of(Folder(tmp_path), part) if isinstance(line, InputError)]  # fmt: skip
        assert [why.partition(":")[0] for why in said] == ["line 5", "line 9"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=12), st.integers(1, 90))
def test_whatever_the_words_no_line_is_lost_or_doubled(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], part_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    (folder / "a.jsonl").write_bytes(
        b"\r\n".join(
            json.dumps({"id": at, "text": text}, ensure_ascii=False).encode(
                "utf-8", "surrogatepass"
            )
            for at, text in enumerate(texts)
        )
    )
    some = ids(folder, plan(Folder(folder), None, part_bytes))
    assert [int(name) for part in some for name in part] == list(range(len(texts)))


def test_rows_of_a_table_are_cut_within_its_groups_too(tmp_path: Path) -> None:
    write_parquet(tmp_path / "a.parquet", [post(number) for number in range(250)], group=100)
    parts = plan(Folder(tmp_path), None, 4_000)
    some = ids(tmp_path, parts)
    assert len(parts) > 3
    assert [name for part in some for name in part] == [f"p{number}" for number in range(250)]
    assert {len(part) for part in some[:-1]} == {parts[0].stop}


def test_a_row_is_read_as_a_line_is(tmp_path: Path) -> None:
    context = {"page": {"owner": "other", "name": "A page", "kind": "page"}}
    posts = [post(number, context=context) for number in range(3)]
    write_jsonl(tmp_path / "a.jsonl", posts)
    write_parquet(tmp_path / "b.parquet", posts)
    first, second = plan(Folder(tmp_path), None, 1 << 20)
    assert list(lines_of(Folder(tmp_path), first)) == list(lines_of(Folder(tmp_path), second))


def test_columns_with_a_point_are_nested_and_a_moment_without_a_zone_is_utc() -> None:
    moment = datetime(2024, 3, 1, 9, tzinfo=UTC)
    record = record_of({"id": 1, "author.handle": "a", "author.bio": "b", "posted_at": moment.replace(tzinfo=None)})  # fmt: skip
    assert record["author"] == {"handle": "a", "bio": "b"}
    assert record["posted_at"] == record_of({"posted_at": moment})["posted_at"]


def test_a_packed_file_is_one_part(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl.gz", [post(number) for number in range(30)])
    (part,) = plan(Folder(tmp_path), None, 50)
    assert len(list(lines_of(Folder(tmp_path), part))) == 30


def test_a_mark_of_utf_8_counts_at_the_beginning_of_a_file_alone(tmp_path: Path) -> None:
    line = b'\xef\xbb\xbf{"id": 1, "text": "a"}\n'
    (tmp_path / "a.jsonl").write_bytes(line * 2)
    parts = plan(Folder(tmp_path), None, len(line))
    first, second = (list(lines_of(Folder(tmp_path), part)) for part in parts)
    assert isinstance(first[0], Line)
    assert isinstance(second[0], InputError)


@pytest.mark.parametrize("name", ["a.parquet", "a.jsonl.gz"])
def test_a_damaged_file_is_a_part_that_says_so_and_costs_no_other(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b'{"id": 1, "text": "a"}\n')[:20])
    write_jsonl(tmp_path / "b.jsonl", [post(1)])
    bad, good = plan(Folder(tmp_path), None, 1 << 20)
    with pytest.raises(InputError, match=rf"{name} "):
        list(lines_of(Folder(tmp_path), bad))
    assert len(list(lines_of(Folder(tmp_path), good))) == 1


def test_a_file_that_changed_since_is_not_read(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [post(1)])
    (part,) = plan(Folder(tmp_path), None, 1 << 20)
    write_jsonl(path, [post(1), post(2)])
    with pytest.raises(InputError, match="changed or removed"):
        list(lines_of(Folder(tmp_path), part))


def test_hidden_files_and_answers_below_are_no_posts(tmp_path: Path) -> None:
    for name in ("a.jsonl", "_SUCCESS.jsonl", ".b.jsonl", "answers/parts/a.jsonl", "notes.txt"):
        write_jsonl(tmp_path / name, [post(1)])
    parts = plan(Folder(tmp_path), None, 1 << 20, without="answers")
    assert [part.file for part in parts] == ["a.jsonl"]


def test_a_folder_without_posts_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file of posts"):
        plan(Folder(tmp_path), None, 1 << 20)


def test_names_of_parts_are_files_anywhere_and_never_the_same(tmp_path: Path) -> None:
    for name in ("a/b.jsonl", "a%2Fb.jsonl", f"{'x' * 200}.jsonl", f"{'x' * 201}.jsonl"):
        write_jsonl(tmp_path / name, [post(1)])
    names = [part.name for part in plan(Folder(tmp_path), None, 1 << 20)]
    assert len(set(names)) == 4
    assert all("/" not in name and len(name) < 200 for name in names)
