"""The whole way in over every platform: a first day, the same day again, and a later one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from collectors.platforms import INTEGRATIONS
from core import clock
from core.models import LOOKS_LIKE, Mention
from demo.world import World
from steps import assess, collect, deliver, impersonation, recheck, retention
from steps.context import RunContext
from store import Stored
from tests.cycles import at_home
from tests.fakes import FakeModel, Told, reader
from tests.platforms import NAMES, authored, held, home, later, letters, says

AFTER = timedelta(hours=169)  # when every platform's terms want its items looked at again

# How many of the posts as they are written are not stored, and why.
LEFT_OUT = {
    "reddit": (14, "they say nothing of us, or are [deleted] or [removed]"),
    "feeds": (3, "the names of three sites"),
    "facebook": (2, "the titles of what is attached to posts"),
    "instagram": (1, "a hashtag's that is older than a day"),
    "bluesky": (4, "answers and quotes that don't name us themselves, and a link's title"),
    "mastodon": (5, "not for everybody, of authors who want no robots, or not told to us"),
    "gdelt": (2, "in another language than was asked for, or from another country"),
    "care_opinion": (6, "answers, which are part of their story"),
    "pinterest": (99, "its terms forbid to store anything"),
    "inbox": (8, "automatic replies, and mails that report nothing"),
}
STORES = tuple(name for name in NAMES if name != "pinterest")  # which may store nothing
NOT_EDITED = {
    "bluesky": "a post can't be edited there",
    "gdelt": "an article is listed once, and can't be looked up",
    "inbox": "a mail can't be edited",
    "pinterest": "nothing is stored",
    "tiktok": "neither a caption nor a comment can be edited there",
}
NOT_TOLD_OF_DELETIONS = {
    "gdelt": "an article can't be looked up",
    "inbox": "a mail that was moved is dealt with, not taken back",
    "pinterest": "nothing is stored",
}
GONE_AT_ONCE = {"feeds": "Correction: Northwick Park car park"}  # its page is gone from the start


@dataclass(frozen=True, slots=True)
class Day:
    """What a run, and what came after it, told and left in the store."""

    told: Told
    failures: list[str]
    held: list[Stored]


@dataclass(frozen=True, slots=True)
class Story:
    """One platform's days: two runs, and after a change a third, then a look at all that is held."""

    first: Day
    again: Day
    third: Day
    looked: Day


def day(path: Path, step: str = "collect") -> Day:
    with at_home(path) as (house, told):
        if step == "collect":
            collect.collect(house.new_run(clock.now()))
        else:
            recheck.recheck(house.new_run(clock.now() + AFTER))
        return Day(told, list(house.failures), held(house))


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Story]:
    """Every platform's, each with a store of its own, in one world."""
    folder = tmp_path_factory.mktemp("stories")
    with World(at=clock.now(), folder=folder / "world", calm=True) as world:
        paths = {name: home(folder / name, world, name) for name in NAMES}
        first = {name: day(path) for name, path in paths.items()}
        again = {name: day(path) for name, path in paths.items()}
        world.change()
        third = {name: day(path) for name, path in paths.items()}
        looked = {name: day(path, "recheck") for name, path in paths.items()}
    return {name: Story(first[name], again[name], third[name], looked[name]) for name in NAMES}


def test_every_collector_has_a_stand_in_or_reads_files() -> None:
    assert set(NAMES) | {"files"} == {source.name for source in INTEGRATIONS}


@pytest.mark.parametrize("name", NAMES)
def test_a_first_run_stores_what_the_platform_has(name: str, stories: dict[str, Story]) -> None:
    first, written = stories[name].first, authored(name)
    assert not first.failures
    assert bool(first.held) == (name in STORES)
    missing = [
        text for text in written if not any(says(one.mention.text, text) for one in first.held)
    ]
    most, why = LEFT_OUT.get(name, (0, ""))
    assert len(missing) <= most, (why, missing)
    assert not [one for one in first.held if one.mention.deleted or one.revision > 1]


# What a first day's mentions come with, of the parts of a context.
IN_CONTEXT = {
    "x": {"answered", "card", "pictures"},
    "reddit": {"page", "answered"},
    "feeds": {"page", "answered"},
    "bluesky": {"answered", "card", "pictures"},
    "mastodon": {"answered", "card", "pictures"},
    "facebook": {"page", "answered", "card"},
    "instagram": {"page", "answered"},
    "youtube": {"page", "answered"},
    "linkedin": {"page", "answered"},
    "nhs_reviews": {"page", "answered"},
    "threads": {"page", "answered", "card", "pictures"},
    "tiktok": {"page", "answered"},
    "google": {"page", "answered"},
}


@pytest.mark.parametrize("name", sorted(IN_CONTEXT))
def test_what_surrounds_a_mention_is_stored_with_it(name: str, stories: dict[str, Story]) -> None:
    contexts = [one.mention.context for one in stories[name].first.held]
    parts = ("page", "answered", "card", "pictures")
    assert {part for part in parts if any(getattr(c, part) for c in contexts)} == IN_CONTEXT[name]
    if name not in ("reddit", "feeds", "nhs_reviews"):
        assert any(context.is_under_ours for context in contexts)


@pytest.mark.parametrize("name", NAMES)
def test_the_next_run_adds_nothing(name: str, stories: dict[str, Story]) -> None:
    first, again = stories[name].first, stories[name].again
    assert not again.failures
    assert [(one.number, one.revision) for one in again.held] == [
        (one.number, one.revision) for one in first.held
    ]


@pytest.mark.parametrize("name", STORES)
def test_what_is_new_comes_with_the_next_run(name: str, stories: dict[str, Story]) -> None:
    story, told = stories[name], later(name)
    assert not story.third.failures
    new = story.third.held[len(story.again.held) :]
    assert told.new
    for text in told.new:
        assert any(says(one.mention.text, text) for one in new), text
    assert len(new) == len(told.new)


@pytest.mark.parametrize("name", STORES)
def test_an_edit_becomes_a_revision_where_there_are_edits(
    name: str, stories: dict[str, Story]
) -> None:
    story, told = stories[name], later(name)
    revised = [one.mention.text for one in story.looked.held if one.revision > 1]
    if name in NOT_EDITED:
        assert not revised, NOT_EDITED[name]
        return
    assert told.edited
    for text in told.edited:
        assert any(letters(text)[:40] in letters(held) for held in revised), text
    assert len(revised) == len(told.edited)


@pytest.mark.parametrize("name", STORES)
def test_what_was_deleted_is_marked_and_nothing_else(name: str, stories: dict[str, Story]) -> None:
    story, told = stories[name], later(name)
    gone = [one.mention for one in story.looked.held if one.mention.deleted]
    if name in NOT_TOLD_OF_DELETIONS:
        assert not gone, NOT_TOLD_OF_DELETIONS[name]
        return
    due = [*told.gone, *([GONE_AT_ONCE[name]] if name in GONE_AT_ONCE else [])]
    assert told.gone
    for text in due:
        assert any(says(one.text, text) for one in gone), text
    assert len(gone) == len(due), [one.text for one in gone]


UNDER_OUR_POSTS = ("facebook", "instagram", "youtube", "linkedin", "threads", "tiktok", "feeds")


@pytest.mark.parametrize("name", UNDER_OUR_POSTS)
def test_what_stands_under_a_post_of_ours_is_stored_with_it(
    name: str, stories: dict[str, Story]
) -> None:
    stored = {post.mention.issued_id: post.mention for post in stories[name].first.held}
    comments = [mention for mention in stored.values() if mention.kind in ("comment", "reply")]
    below = [comment for comment in comments if _own_root(comment, stored)]
    assert below
    for comment in below:
        root, context = stored[comment.root_id], comment.context
        assert context.is_under_ours
        if root.text:
            assert context.answered[-1].text == root.text[: len(context.answered[-1].text)]
            assert context.answered[-1].official
        if name != "feeds" and comment.kind == "reply":  # a site lists the newest first
            assert says(stored[comment.parent_id].text, context.answered[0].text)


def _own_root(comment: Mention, stored: dict[str, Mention]) -> bool:
    return comment.root_id in stored and stored[comment.root_id].own


def test_a_review_is_stored_with_its_providers_page(stories: dict[str, Story]) -> None:
    first = stories["nhs_reviews"].first.held
    pages = [post.mention.context.page for post in first if not post.mention.deleted]
    assert {page.owner for page in pages if page} == {"provider"}
    assert "practice" in {page.kind for page in pages if page}
    assert all(page and page.name for page in pages)


def unseen(found: Day) -> set[str]:
    return {one.mention.text for one in found.held if one.mention.hidden}


@pytest.mark.parametrize("name", STORES)
def test_what_is_hidden_or_shown_again_is_held_so(name: str, stories: dict[str, Story]) -> None:
    before, after = unseen(stories[name].first), unseen(stories[name].looked)
    for written, found in (
        (later(name).hidden, after - before),
        (later(name).shown, before - after),
    ):
        assert all(any(says(text, one) for text in found) for one in written)
        assert len(found) == len(written)


# ── what the store makes of it ───────────────────────────────────────────────────────────────────

# Questions under posts of ours, by words of theirs: those that were answered, and those that were not.
ASKED = {
    "facebook": (["Wembley Civic open Sunday"], ["nobody has rung me"]),
    "instagram": (["Day 19 here"], ["No captions and no BSL"]),
    "youtube": (["does it work for kids"], ["told me to phone for a slot"]),
    "linkedin": (["When will phones be answered"], ["Is sponsorship available"]),
    "feeds": (["How long is the wait at the Acton hub"], ["The survey link"]),
    "bluesky": (["went with my mum"], []),
    "mastodon": (["the live page says"], []),
    "threads": (["there on Saturday as well"], ["children under five"]),
    "tiktok": (["spacer need washing"], ["no spacers left"]),
    "x": ([], ["seven conditions & not one", "thank you, I never knew that"]),
}


@pytest.mark.parametrize("name", ASKED)
def test_questions_under_our_posts_are_seen_to_be_answered_or_not(
    name: str, world: World, tmp_path: Path
) -> None:
    answered, open_ = ASKED[name]
    model = FakeModel(says={words: {"assistance": 0.99} for words in (*answered, *open_)})
    with at_home(home(tmp_path, world, name)) as (house, _):
        at = clock.now()
        collect.collect(house.new_run(at))
        assess.assess(house.new_run(at), reader(model))
        found = house.store.own_posts.answered("assistance", at - timedelta(days=28), at)
        assert any(one.mention.own for one in held(house))
    assert found.requests == len(answered) + len(open_)
    assert found.answered == len(answered)


def test_on_x_our_answer_leads_to_what_it_answers(stories: dict[str, Story]) -> None:
    found = [one.mention for one in stories["x"].first.held]
    (ours,) = [one for one in found if one.own and one.parent_id]
    (asked,) = [one for one in found if one.issued_id == ours.parent_id]
    assert "hearing aid batteries" in asked.text


@pytest.mark.parametrize("name", [source.name for source in INTEGRATIONS if source.profiles])
def test_accounts_in_our_name_are_handed_on_once(name: str, world: World, tmp_path: Path) -> None:
    with at_home(home(tmp_path, world, name)) as (house, told):
        impersonation.detect_impersonation(house.new_run(clock.now()), soon=True)
        found = held(house)
        impersonation.detect_impersonation(house.new_run(clock.now()), soon=True)
        assert not house.failures
        assert len(held(house)) == len(found) > 0
        assert "accounts: 0 new" in told[-1]
    assert all(any(how.startswith(LOOKS_LIKE) for how in one.mention.matched) for one in found)


# ── how long it may be kept ──────────────────────────────────────────────────────────────────────

# Hours after which what was not seen again must be gone, as the platforms' terms say.
MOST_HOURS = {"linkedin": 48, "reddit": 48, "x": 168, "youtube": 720, "google": 720}


@pytest.mark.parametrize("name", MOST_HOURS)
def test_what_was_not_seen_for_as_long_as_terms_allow_is_gone(
    name: str, world: World, tmp_path: Path
) -> None:
    with at_home(home(tmp_path, world, name)) as (house, _):
        at = clock.now()
        collect.collect(house.new_run(at))
        found = len(held(house))
        house.store.clock_guard.confirm(at + timedelta(hours=MOST_HOURS[name] - 2), by="lena")
        retention.apply_platform_terms(house.new_run(at + timedelta(hours=MOST_HOURS[name] - 1)))
        assert len(held(house)) == found > 0
        over = at + timedelta(hours=MOST_HOURS[name] + 1)
        retention.apply_platform_terms(house.new_run(over))
        question = house.store.purge_questions.waiting()
        if question:  # all of a store goes once a lead says so
            house.failures.clear()
            house.store.purge_questions.answer(
                question.number, yes=True, posts=question.posts, at=over, by="lena"
            )
            retention.apply_platform_terms(house.new_run(over))
        assert not held(house)
        assert not house.failures


def test_nothing_of_pinterest_is_ever_stored(stories: dict[str, Story]) -> None:
    story = stories["pinterest"]
    for one in (story.first, story.again, story.third, story.looked):
        assert not one.held
    assert any("shown, not saved" in line for line in story.first.told)


def test_a_second_cycle_over_every_platform_adds_nothing(world: World, tmp_path: Path) -> None:
    path = home(tmp_path, world, "", collectors={"files": {"folder": str(world.folder)}})

    def cycle(house: RunContext, at: datetime) -> dict[str, int]:
        collect.collect(house.new_run(at))
        impersonation.detect_impersonation(house.new_run(at))
        recheck.recheck(house.new_run(at))
        retention.apply_platform_terms(house.new_run(at))
        assess.assess(house.new_run(at), reader())
        deliver.deliver(house, clock.now())
        assert not house.failures
        return house.store.figures.row_counts()

    with at_home(path) as (house, told):
        first = cycle(house, clock.now())
        assert all(any(line.startswith(f"{name}: ") for line in told) for name in NAMES)
        assert cycle(house, clock.now()) == first
