from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from collectors.base import Collected, PartRead, PartsListed, SaveState, SkippedItem
from collectors.http.budget import CutShort
from collectors.parts import (
    KnownPart,
    Part,
    Parts,
    PartsFailed,
    SavedState,
    next_try,
    unique,
)
from core.errors import PlatformRefused, PlatformUnavailable
from tests.collectors.cases import AT, SINCE

A, B = (Part(key=key, kind="feed", where=f"{key}.example") for key in "ab")
MINUTE = timedelta(minutes=1)


def gives(*things: Collected, error: Exception | None = None) -> Iterator[Collected]:
    yield from things
    if error:
        raise error


def parts(known: dict[str, KnownPart] | None = None) -> Parts:
    state = SavedState({"b.etag": "old"})
    state.parts = known or {}
    return Parts(state, SINCE, AT)


def test_what_is_kept_of_a_part_goes_with_the_word_on_it() -> None:
    (read,) = parts().read(A, lambda _: gives(SaveState("a.etag", "one")))
    assert read == PartRead("a", "feed", "a.example", state={"a.etag": "one"})


def test_a_part_that_failed_keeps_nothing_but_what_is_kept_in_any_case() -> None:
    error = PlatformUnavailable("a.example answered 503", retry_after=900)
    always = SaveState("a.gone", "once", always=True)
    found = list(parts().read(A, lambda _: gives(SaveState("a.etag", "1"), always, error=error)))
    assert found == [
        always,
        PartRead("a", "feed", "a.example", error="a.example answered 503", retry_after=900),
    ]


def test_a_part_that_stopped_before_its_end_was_not_read() -> None:
    stop = SkippedItem("a.example", "the cap of 2 pages was reached", stops=True)
    *_, read = parts().read(A, lambda _: gives(stop, SaveState("a.etag", "one")))
    assert isinstance(read, PartRead)
    assert (read.error, read.state) == ("a.example: the cap of 2 pages was reached", {})


def test_a_bug_in_reading_one_part_costs_that_part_alone_and_says_no_words() -> None:
    (read,) = parts().read(A, lambda _: gives(error=RuntimeError("words of somebody")))
    assert isinstance(read, PartRead)
    assert read.error.startswith("a bug in this program (RuntimeError)")
    assert "words" not in f"{read.error} {read!r}"
    assert isinstance(read.bug, RuntimeError)


def test_time_that_is_spent_is_no_word_on_a_part() -> None:
    with pytest.raises(CutShort):
        list(parts().read(A, lambda _: gives(error=CutShort("its time in this run is spent"))))


def test_a_part_that_took_most_of_the_time_gets_its_word_and_the_others_are_read_before_it() -> (
    None
):
    running = parts()
    assert running.first([A, B]) == [A, B]
    reading = running.read(A, lambda _: slowly_cut_short())
    read = next(reading)
    assert isinstance(read, PartRead)
    assert read.error.startswith("it took most of the time")
    with pytest.raises(CutShort):
        next(reading)
    last = running.read(B, lambda _: gives(error=CutShort("its time in this run is spent")))
    with pytest.raises(
        CutShort
    ):  # what was begun at the very end has no blame, and comes first next time
        next(last)


def slowly_cut_short() -> Iterator[Collected]:
    time.sleep(0.05)
    yield from gives(error=CutShort("its time in this run is spent"))


def test_an_error_that_is_not_the_parts_alone_ends_the_run() -> None:
    running = parts().read(
        A, lambda _: gives(error=PlatformUnavailable("429")), alone=(PlatformRefused,)
    )
    with pytest.raises(PlatformUnavailable):
        list(running)


def test_where_some_were_read_the_error_says_that_it_is_of_parts_alone() -> None:
    running = parts()
    list(running.read(A, lambda _: gives(error=PlatformRefused("a.example has nothing (404)"))))
    list(running.read(B, lambda _: gives()))
    ending = running.end("feeds")
    assert next(ending) == PartsListed(frozenset({"a", "b"}))
    with pytest.raises(PartsFailed, match=r"^1 of 2 feeds failed: a.example has nothing") as raised:
        next(ending)
    assert isinstance(raised.value, PlatformRefused)


def test_where_all_failed_the_source_did() -> None:
    running = parts()
    list(running.read(A, lambda _: gives(error=PlatformUnavailable("a.example answered 503"))))
    with pytest.raises(PlatformUnavailable) as raised:
        list(running.end("feeds"))
    assert not isinstance(raised.value, PartsFailed)


def test_a_part_that_waits_is_not_asked_and_still_counts_as_failed() -> None:
    waits = KnownPart(since=SINCE, error="it answered 404", waits_until=AT + MINUTE)
    running = parts({"a": waits})
    assert list(running.read(A, lambda _: gives(SkippedItem("x", "asked")))) == []
    list(running.read(B, lambda _: gives()))
    with pytest.raises(PartsFailed, match="it answered 404; it is tried again"):
        list(running.end("feeds"))
    other = Part(key="a", kind="file", where="a.csv", changed=True)
    assert list(running.read(other, lambda _: gives())), "another file of that name does not wait"


def test_each_part_is_read_from_its_own_bookmark_and_a_new_one_as_a_new_source_is() -> None:
    running = parts({"a": KnownPart(since=AT - 5 * MINUTE)})
    assert isinstance(running.state, SavedState)
    assert running.since_of("a") == AT - 5 * MINUTE
    running.state.new_since = SINCE - MINUTE
    assert running.since_of("b") == SINCE - MINUTE
    assert Parts({}, SINCE, AT).since_of("a") == SINCE


def test_those_that_a_run_did_not_come_to_are_read_first() -> None:
    known = {"a": KnownPart(since=SINCE, last_try=AT)}
    assert parts(known).first([A, B]) == [B, A]
    assert parts({}).first([A, B]) == [A, B]


def test_the_wait_grows_from_the_third_failure_on_to_six_hours_and_no_further() -> None:
    waits = [next_try(failures, AT) for failures in range(1, 12)]
    assert waits[:2] == [None, None]
    assert waits[2] == AT + 30 * MINUTE
    assert waits[3] == AT + 60 * MINUTE
    assert waits[-1] == AT + timedelta(hours=6)


def test_what_a_platform_asks_for_counts_for_a_day_at_most() -> None:
    assert next_try(1, AT, 900) == AT + 15 * MINUTE
    assert next_try(1, AT, 1) is None
    assert next_try(1, AT, 1e9) == AT + timedelta(days=1)


def test_messages_call_each_part_by_the_shortest_name_that_tells_it_apart() -> None:
    named = [("a.org", "a.org/x", "1111"), ("a.org", "a.org/y", "2222"), ("b.org", "b.org", "3")]
    assert unique(named) == ["a.org/x", "a.org/y", "b.org"]
    assert unique([("a", "a", "11112"), ("a", "a", "22223")]) == ["a (1111)", "a (2222)"]
