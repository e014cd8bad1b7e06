"""The page of a region: counts of another organisation that agreed, and none of its words."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from steps.context import open_context
from steps.region import write_counts
from tests.fakes import Told
from tests.review.several import Installation, standing

REGION = {"ealing": '[region]\nof = ["brent", "nowhere"]\n'}


def give(several: Installation) -> bool:
    brent = several.bodies["brent"]
    with open_context(brent.folder / "site.toml", Told()) as context:
        return write_counts(context)


def page(several: Installation, slug: str = "ealing", handle: str = "vera") -> tuple[int, str]:
    body = several.bodies[slug]
    with body.asks(body.cookie(handle)) as client:
        answer = client.get("/region")
    return answer.status_code, answer.text


def test_a_region_sees_the_counts_of_who_agreed_and_no_word(tmp_path: Path) -> None:
    agreed = {"brent": "[region]\ncounts = true\n"}
    with standing(tmp_path, tables=REGION | agreed) as several:
        assert give(several)
        status, text = page(several)
        menu = page(several, handle="amina")[1]
    assert status == 200
    assert "NHS Brent Example" in text
    assert "There is no organisation of this short name here." in text
    assert "It has given no counts yet." not in text
    assert "quillfeather" not in text.lower()
    assert 'href="/region"' in menu


def test_who_has_not_agreed_gives_nothing_and_what_was_given_before_goes(tmp_path: Path) -> None:
    agreed = {"brent": "[region]\ncounts = true\n"}
    with standing(tmp_path, tables=REGION | agreed) as several:
        give(several)
        own = several.bodies["brent"].folder / "site.toml"
        own.write_text(own.read_text("utf-8").replace("counts = true", "counts = false"), "utf-8")
        assert not give(several)
        several.pages.look()
        _, text = page(several)
    assert "It has not agreed to give counts." in text
    assert not list(tmp_path.rglob("*.parquet"))


@pytest.mark.parametrize("slug", ["brent"])
def test_who_is_no_region_has_no_such_page(tmp_path: Path, slug: str) -> None:
    with standing(tmp_path, tables=REGION) as several:
        status, text = page(several, slug)
    assert status == 404
    assert 'href="/region"' not in text


@pytest.mark.parametrize(
    ("days", "says"),
    [(0, "Not watched before"), (20, "Watched since"), (400, "")],
)
def test_an_organisation_that_was_not_watched_then_is_not_told_as_nought(
    tmp_path: Path, days: int, says: str
) -> None:
    agreed = {"brent": "[region]\ncounts = true\n"}
    with standing(tmp_path, tables=REGION | agreed) as several:
        with several.bodies["brent"].store() as store:
            at = clock.now()
            store.mentions.add_run("bluesky", [], since=at - timedelta(days=days), at=at)
        give(several)
        _, text = page(several)
    assert bool(re.search(r">\s*[0-9,]+ \(", text)) == (days > 0)
    assert {what for what in ("Not watched before", "Watched since") if what in text} == ({says} if says else set())  # fmt: skip
    assert ("not watched then" in text) == (days == 20)
