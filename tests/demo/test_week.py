"""The demo's week: complete, spread over seven days, mostly everyday, and with every platform in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from demo import World
from demo.posts_loader import POSTS, WEEK, ago, load
from tests.demo.conftest import AT
from tests.demo.test_world import everything

NAMES = sorted(path.stem for path in WEEK.glob("*.json"))
NOT_MENTIONS = frozenset((
    "later", "malformed", "elsewhere", "authors", "people", "profiles", "communities", "bios", "channels",
    "account", "boards", "reactions", "services", "notices", "removed", "reposts", "users", "answer", "responses",
))  # fmt: skip
OURS = ("page", "own", "healthiernwl", "HealthierNWL", "healthiernwl.example.org")
OWN_PAGES = ("instagram", "linkedin")  # where what has comments is ours, and no author is written
WORDS = ("text", "html", "caption", "title", "subject")
FRIDAY_AFTERNOON = 15  # the hour of 'now' for which the week is written


def mentions(name: str) -> Iterator[dict[str, Any]]:
    """What others say in one file, but for malformed posts and those of a later day."""
    yield from _mentions(load(name, WEEK), name)


def _mentions(written: Any, name: str) -> Iterator[dict[str, Any]]:
    if isinstance(written, list):
        for part in written:
            yield from _mentions(part, name)
    elif isinstance(written, dict):
        ours = (
            written.get("by") in OURS
            or written.get("author") == 3  # our web team on the WordPress site
            or (name in OWN_PAGES and "comments" in written)
        )
        if "ago" in written and any(word in written for word in WORDS) and not ours:
            yield written
        for key, part in written.items():
            if key not in NOT_MENTIONS:
                yield from _mentions(part, name)


def all_mentions() -> list[dict[str, Any]]:
    return [post for name in NAMES if name != "pinterest" for post in mentions(name)]


def noted(heading: str) -> set[str]:
    """The posts that a table of the README names, as "file:key"."""
    readme = (WEEK / "README.md").read_text("utf-8")
    section = re.split(r"^###? ", readme.partition(f"### {heading}\n")[2], flags=re.MULTILINE)[0]
    return set(re.findall(r"`([a-z_]+:[\w-]+)`", section))


def test_it_has_every_file_that_the_hard_cases_have() -> None:
    assert sorted(path.stem for path in POSTS.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name != "pinterest"])
def test_every_platform_has_some(name: str) -> None:
    assert len(list(mentions(name))) >= 5


def test_it_is_as_much_as_the_readme_says() -> None:
    readme = (WEEK / "README.md").read_text("utf-8")
    assert f"{len(all_mentions())} mentions by others" in readme
    assert 400 <= len(all_mentions()) <= 500


def test_it_is_spread_over_seven_days_with_a_quiet_week_end() -> None:
    to_midnight = timedelta(hours=FRIDAY_AFTERNOON)
    days = Counter((ago(post["ago"]) - to_midnight) // timedelta(days=1) for post in all_mentions())
    friday, thursday, wednesday, tuesday, monday, sunday, saturday = (
        days[day] for day in range(-1, 6)
    )
    assert min(days[day] for day in range(-1, 6)) >= 20
    assert max(saturday, sunday) < min(friday, thursday, wednesday, tuesday, monday)
    assert max(ago(post["ago"]) for post in all_mentions()) < timedelta(days=7)


def test_nights_are_quiet() -> None:
    hours = [
        (FRIDAY_AFTERNOON - ago(post["ago"]) / timedelta(hours=1)) % 24 for post in all_mentions()
    ]
    assert sum(hour < 7 or hour >= 23 for hour in hours) < len(hours) / 25


def test_about_one_in_twenty_is_high_and_no_more_than_an_eighth_medium() -> None:
    whole = len(all_mentions())
    high, medium = noted("High"), noted("Medium")
    assert not high & medium
    assert 0.04 <= len(high) / whole <= 0.08
    assert len(medium) / whole <= 0.12


def test_the_readme_names_only_posts_that_are_there() -> None:
    named = noted("High") | noted("Medium") | noted("Protected speech")
    assert len(named) > 60
    there = {
        f"{name}:{key}"
        for name in NAMES
        for key in re.findall(
            r'"(?:key|id)": "?([\w-]+)', json.dumps([*mentions(name), load(name, WEEK)])
        )
    }
    assert named <= there


@pytest.mark.parametrize("name", ["facebook", "instagram", "youtube", "linkedin"])
def test_our_own_posts_have_comments_below(name: str) -> None:
    posts = load(name, WEEK)
    listed = posts.get("posts") or posts.get("media") or posts["videos"]
    own = [post for post in listed if post.get("by", "page") in OURS and post["comments"]]
    assert len(own) >= 3
    assert sum(len(post["comments"]) for post in own) >= 10


def test_a_world_of_it_changes_on_a_later_day(tmp_path: Path) -> None:
    with World(at=AT, folder=tmp_path, calm=True, posts=WEEK) as world:
        first = everything(world)
        assert everything(world) == first
        world.change()
        assert sum(a != b for a, b in zip(everything(world), first, strict=True)) >= 4
