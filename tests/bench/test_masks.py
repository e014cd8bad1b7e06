"""What masks say that they hide is counted by their kinds, and those that say none apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import masks
from classify.batch import Line
from core.models import Reading


class Reader:
    """Hides whatever stands behind a colon."""

    def read(self, posts: list[Line]) -> list[Reading]:
        return [
            Reading(
                in_scope=True, staff="no", sentiment="neutral", protected="none", language="en", read="full", flags=(),
                masked=post.text.partition(":")[0],
            )
            for post in posts
        ]  # fmt: skip


def test_each_kind_is_counted_whatever_host_a_link_has_and_however_much_is_hidden() -> None:
    counted = masks.kinds(["[name] is [details: 4 words] [link a.example.org]", "[link b.example.org] [details: 1 word] [family and job]"])  # fmt: skip
    assert counted == {"name": 1, "details": 2, "link": 2, "family and job": 1}
    assert masks.nameless(counted) == pytest.approx(1 / 3)
    assert masks.nameless(masks.kinds(["nobody is [hidden away]"])) == 0


def test_the_lines_of_a_file_are_read_and_what_is_no_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(
        json.dumps({"id": 1, "text": "[name] waits: long"}) + "\nno line\n", encoding="utf-8"
    )
    assert [*masks.of_files(Reader(), [path])] == ["[name] waits"]  # type: ignore[arg-type]
