"""How each part of a source fares: what was read, what fails, and what it is told next time."""

from __future__ import annotations

from datetime import timedelta

from store import PartOutcome, Store
from tests.store.factories import AT

HOUR = timedelta(hours=1)


def outcome(key: str = "a", *, error: str | None = None, **more: object) -> PartOutcome:
    return PartOutcome(key=key, kind="feed", name=f"Feed {key}", error=error, **more)  # type: ignore[arg-type]


def saved(store: Store, *outcomes: PartOutcome, at: int = 0) -> None:
    store.mentions.add_page("feeds", [], at=AT + at * HOUR, parts=outcomes)


def test_a_part_that_fails_keeps_its_bookmark_and_since_when(store: Store) -> None:
    saved(store, outcome(state={"a.etag": "one"}))
    saved(store, outcome(error="503", state={"a.etag": "two"}), at=1)
    saved(store, outcome(error="404", next_try=AT + 5 * HOUR), at=2)
    (part,) = store.sources.parts("feeds")
    assert (part.last_read, part.last_try) == (AT, AT + 2 * HOUR)
    assert (part.failing_since, part.error, part.failures) == (AT + HOUR, "404", 2)
    assert part.next_try == AT + 5 * HOUR
    assert store.sources.state("feeds") == {"a.etag": "one"}


def test_a_part_that_is_read_again_is_well(store: Store) -> None:
    saved(store, outcome(error="503"))
    saved(store, outcome(state={"a.etag": "two"}), at=1)
    (part,) = store.sources.parts("feeds")
    assert (part.failing_since, part.error, part.failures) == (None, None, 0)
    assert store.sources.state("feeds") == {"a.etag": "two"}


def test_a_part_has_the_last_word_on_what_was_kept_for_the_whole_source(store: Store) -> None:
    before = {"a.etag": "old", "b.etag": "old"}
    store.mentions.add_run("feeds", [], since=AT, at=AT, state=before)
    saved(store, outcome(state={"a.etag": ""}))
    assert store.sources.state("feeds") == {"b.etag": "old"}
    assert store.sources.state_of_run("feeds") == {"b.etag": "old"}


def test_parts_of_one_source_are_no_parts_of_another(store: Store) -> None:
    saved(store, outcome("a"), outcome("b"))
    assert [part.key for part in store.sources.parts("feeds")] == ["a", "b"]
    assert store.sources.parts("files") == []


def test_what_went_is_shown_no_more_comes_back_as_it_was_and_is_forgotten_after_months(
    store: Store,
) -> None:
    saved(store, outcome("a", state={"a.etag": "one"}), outcome("b"))
    store.sources.keep_listed("feeds", {"b"}, AT)
    assert [part.key for part in store.sources.parts("feeds")] == ["b"]
    store.sources.keep_listed("feeds", {"a", "b"}, AT + 24 * HOUR)
    assert [part.key for part in store.sources.parts("feeds")] == ["a", "b"]
    store.sources.keep_listed("feeds", {"b"}, AT + 24 * HOUR)
    store.sources.keep_listed("feeds", {"b"}, AT + 24 * HOUR * 100)
    assert [part.key for part in store.sources.parts("feeds", all_known=True)] == ["b"]
    assert store.sources.state("feeds") == {}


def test_a_source_says_which_of_its_parts_fail(store: Store) -> None:
    saved(store, outcome("a", error="404"), outcome("b"))
    store.mentions.add_run("feeds", [], since=AT, at=AT)
    (state,) = store.sources.all()
    assert state.error is None
    assert [part.key for part in state.parts] == ["a", "b"]
    assert [part.key for part in state.failing_parts] == ["a"]
