"""Other organisations of the demo: the same week under other names, and none of another's names left in it."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest

from demo.bodies import BODIES, DemoBody
from demo.posts_loader import WEEK
from settings.organisations import SLUG


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.slug)
def test_its_week_names_it_and_no_other_organisation(body: DemoBody, tmp_path: Path) -> None:
    folder = body.posts(tmp_path / "posts")
    texts = {file.name: file.read_text("utf-8") for file in folder.glob("*.json")}
    assert set(texts) == {file.name for file in WEEK.glob("*.json")}
    whole = "".join(texts.values())
    assert whole.count(body.word) > 5
    assert [other.slug for other in BODIES if other is not body and other.word in whole] == []
    for text in texts.values():
        json.loads(text)


def test_each_has_a_short_name_and_places_of_its_own() -> None:
    assert all(SLUG.fullmatch(body.slug) for body in BODIES)
    for body, other in combinations(BODIES[1:], 2):
        assert set(body.names.values()).isdisjoint(other.names.values())
        assert len(set(body.names.values())) > 15
