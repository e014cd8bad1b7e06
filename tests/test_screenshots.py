"""The pictures in the docs are there, small enough to load, and each is shown somewhere with words in its place."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 200_000  # bytes


def test_every_picture_is_small_and_shown_with_words() -> None:
    shown = {
        (page.parent / address).resolve(): words
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        for words, address in re.findall(r"!\[([^\]]*)\]\(([^)]+\.png)\)", page.read_text("utf-8"))
    }
    there = {path.resolve() for path in FOLDER.glob("*.png")}
    assert there == set(shown)
    for path, words in shown.items():
        assert path.stat().st_size < LARGEST, path
        assert words, path
