from __future__ import annotations

import json
from datetime import timedelta

import pytest

from collectors.base import SaveState, SkippedItem
from collectors.progress import Part, Places, Span
from tests.collectors.cases import AT, SINCE

HOUR = timedelta(hours=1)


def read(places: Places, most: int, *parts: Part) -> list[Span]:
    """The stretches that are asked for, page by page."""
    asked: list[Span] = []
    waiting = iter(parts)

    def ask(span: Span, token: str) -> Part:
        asked.append(span)
        return next(waiting)

    for _ in places.of("a list", HOUR / 4).pages(ask, most=most, where="a list"):
        pass
    return asked


def later(keep: SaveState, since: object = None, at: object = None) -> Places:
    return Places({keep.name: keep.value}, since or SINCE, at or AT + HOUR)  # type: ignore[arg-type]


def test_what_a_stopped_run_left_is_read_after_what_is_new() -> None:
    first = Places({}, SINCE, AT)
    assert read(first, 1, Part(page=0, token="t", newest="90", oldest="80")) == [Span(SINCE)]
    second = later(first.keep())
    asked = read(second, 5, Part(page=1, newest="99", oldest="91"), Part(page=2))
    assert asked == [Span(AT - HOUR / 4, "90"), Span(SINCE, "", "80")]
    assert list(second.end()) == [SaveState("places", "{}", always=True)]


def test_what_a_clock_that_was_ahead_left_is_read_from_the_start() -> None:
    ahead = Places({}, SINCE, AT + 9000 * HOUR)
    read(ahead, 1, Part(page=0, token="t", newest="90", oldest="80"))
    assert read(later(ahead.keep()), 5, Part(page=1)) == [Span(SINCE)]


def test_a_run_that_is_stopped_again_leaves_two_gaps_and_keeps_the_newest_of_all() -> None:
    first = Places({}, SINCE, AT)
    read(first, 1, Part(page=0, token="t", newest="90", oldest="80"))
    second = later(first.keep())
    left = Part(page=2, token="v", oldest="70")
    read(second, 1, Part(page=1, token="u", newest="99", oldest="95"), left)
    assert list(second.end()) == []
    third = later(second.keep(), at=AT + 2 * HOUR)
    asked = read(third, 9, *(Part(page=n, newest="99", oldest="99") for n in range(3)))
    assert asked == [
        Span(AT + HOUR - HOUR / 4, "99"), Span(AT - HOUR / 4, "90", "95"), Span(SINCE, "", "70"),
    ]  # fmt: skip


def test_what_is_new_and_what_was_left_have_a_cap_each_so_that_both_get_on() -> None:
    first = Places({}, SINCE, AT)
    read(first, 1, Part(page=0, token="t", newest="90", oldest="80"))
    second = later(first.keep())
    parts = iter([Part(page=1), Part(page=2, token="u", oldest="70")])
    found = list(
        second.of("a list", HOUR / 4).pages(lambda *_: next(parts), most=1, where="a list")
    )
    assert found[:2] == [(1, 1), (2, 2)]
    assert isinstance(found[2], SkippedItem)
    assert found[2].stops


def test_a_list_that_was_read_whole_is_gone_on_with_while_others_were_not() -> None:
    first = Places({}, SINCE, AT)
    read(first, 1, Part(page=0, newest="90", oldest="80"))
    assert read(later(first.keep()), 1, Part(page=1)) == [Span(AT - HOUR / 4, "90")]


def test_a_look_further_back_reads_everything_again() -> None:
    first = Places({}, SINCE, AT)
    read(first, 1, Part(page=0, token="t", newest="90", oldest="80"))
    assert read(later(first.keep(), SINCE - HOUR), 1, Part(page=1)) == [Span(SINCE - HOUR)]


def test_a_first_look_that_moves_on_does_not_lose_what_was_left() -> None:
    first = Places({}, SINCE, AT)
    read(first, 1, Part(page=0, token="t", newest="90", oldest="80"))
    second = later(first.keep(), SINCE + HOUR)
    assert read(second, 2, Part(page=1), Part(page=2))[-1] == Span(SINCE, "", "80")


def test_a_list_that_was_not_reached_keeps_its_place() -> None:
    first = Places({}, SINCE, AT)
    read(first, 1, Part(page=0, token="t", newest="90", oldest="80"))
    second = later(first.keep())
    second.of("a list", HOUR / 4)  # it failed before its first page
    assert json.loads(second.keep().value) == json.loads(first.keep().value)


def test_gaps_are_joined_before_there_are_too_many() -> None:
    keep = SaveState("places", "{}")
    for run in range(40):
        places = later(keep, at=AT + run * HOUR)
        full = Part(page=0, token="t", newest=str(run), oldest=str(run))
        read(places, 1, full, Part(page=1, token="u"))
        keep = places.keep()
    (place,) = json.loads(keep.value).values()
    assert len(place["gaps"]) == 20
    assert place["gaps"][-1][0] == place["since"]


@pytest.mark.parametrize("written", ["", "{", "[]", "3", '{"x": 1}', '{"a": {"since": null}}'])
def test_a_place_that_can_not_be_read_is_a_first_look(written: str) -> None:
    places = Places({"places": written}, SINCE, AT)
    assert read(places, 1, Part(page=0)) == [Span(SINCE)]


def test_what_is_listed_stands_in_the_place_as_a_digest_alone() -> None:
    places = Places({}, SINCE, AT)
    read(places, 1, Part(page=0))
    assert "a list" not in places.keep().value
