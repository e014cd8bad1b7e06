"""A leak that was confirmed and taken back is what it was before, in whatever order its steps were done and undone: nothing of it is half undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from steps.context import RunContext
from steps.group import sort_anew
from store import CaseDecision
from tests.review.conftest import House
from tests.review.desk.paths import (
    do,
    emailed,
    hiding,
    now_lane,
    outline,
    path_of,
    teams_are_emailed,
)
from tests.review.desk.test_leak import LEAK, address, clock_runs
from tests.review.factories import NOW, case_of, tell
from tests.review.pages import read
from tests.store.factories import AT

DONE = (("hide", "tell"), ("tell", "hide"), ("by_hand", "tell"), ("reported", "tell"), ("tell", "reported"), ("tell",), ("hide",), ("known", "tell"))  # fmt: skip
FORMS: dict[str, dict[str, str]] = {"known": {"when": "10:30", "prefix": "earlier", "agrees": "2026-11-20T10:30:00.000000Z"}}  # fmt: skip


@pytest.fixture
def desk(anew: House) -> Iterator[House]:
    tell(anew.store, LEAK, 71, AT, alone=True, kind="comment")
    now_lane(anew, LEAK, "Patient’s NHS number")
    with hiding(anew) as house:
        yield house


def stands(house: House) -> tuple[object, ...]:
    """All by which a page tells where a leak stands."""
    store, case = house.store, case_of(house.store, LEAK)
    context = RunContext(config=house.desk.file, folder=house.desk.folder, store=store, report_progress=print, at=NOW)  # fmt: skip
    sort_anew(context)
    store.cases.follow_all(NOW)
    found = store.cases.get(case)
    assert found is not None
    running = [each for each in store.deadlines.of_case(case) if each.stopped_at is None]
    clocks = sorted(each.kind for each in running)
    page = read(house, address(house))
    facts = {"hide"}  # that it was reported happened, whatever it is
    steps = sorted(set(path_of(house, case, "leak").standing) - facts)
    here = read(house, f"/cases/{case}").text
    return (
        found.lane, found.state, clocks, steps, outline(page), "Not a leak" in page.text, "Someone decided so before" in page.text,
        "Patient’s" in page.text or "Patient’s" in here, "Deal with this leak" in here, store.handoffs.open(case),
        any(each.state == "waits" for each in store.handoffs.of_case(case)),
    )  # fmt: skip


def hide_seen(house: House) -> None:
    """What a platform hid is kept with the post, as by the program that hid it."""
    (post,) = house.store.cases.mentions(case_of(house.store, LEAK))
    house.store.database.execute(
        "UPDATE mentions SET hidden = 1 WHERE number = ?", post.item.number
    )


def do_steps(house: House, steps: tuple[str, ...]) -> str:
    way = address(house)
    assert do(house, way, "confirm", out=["name", "NHS number"]).status_code == 303
    for step in steps:
        page = read(house, way)
        (post,) = house.store.cases.mentions(case_of(house.store, LEAK))
        form = {"mention": str(post.item.number)} | FORMS.get(step, {})
        assert do(house, way, step, "amina", page, **form).status_code == 303, step
        if step in ("hide", "by_hand"):
            hide_seen(house)
    return way


def look_due(house: House) -> datetime:
    """Until when it has to be looked at."""
    clocks = house.store.deadlines.of_case(case_of(house.store, LEAK))
    return next(each.due_at for each in clocks if each.kind == "look" and each.stopped_at is None)


def lane_of(house: House) -> str | None:
    found = house.store.cases.get(case_of(house.store, LEAK))
    assert found is not None
    return found.lane


@pytest.mark.parametrize("leaves", [False, True], ids=["queued", "emailed"])
@pytest.mark.parametrize("steps", DONE, ids="-".join)
def test_a_leak_that_is_taken_back_is_what_it_was_before(
    desk: House, steps: tuple[str, ...], leaves: bool
) -> None:
    before = stands(desk)
    due = look_due(desk)
    way = do_steps(desk, steps)
    if leaves:
        teams_are_emailed(desk)
    stands(desk)
    assert lane_of(desk) == "now"  # while nobody there has confirmed
    assert do(desk, way, "back", "bea", step="confirm").status_code == 303
    assert stands(desk) == before
    assert look_due(desk) <= due  # no later than it was
    assert not clock_runs(desk.store, case_of(desk.store, LEAK))
    told = "tell" in steps
    assert [step for step, _ in emailed(desk)] == (["taken back"] if told and leaves else [])
    text = read(desk, way).text
    assert ("an email follows that it is no longer needed" in text) == (told and leaves)
    assert ("had not left, and does not leave" in text) == (told and not leaves)
    assert ("It is still hidden on X" in text) == bool({"hide", "by_hand"} & set(steps))
    assert ("X was asked to remove it" in text) == ("reported" in steps)


@pytest.mark.parametrize("first", ["tell", "confirm"])
def test_in_whatever_order_it_is_undone_nothing_of_it_is_left(desk: House, first: str) -> None:
    before = stands(desk)
    due = look_due(desk)
    way = do_steps(desk, ("hide", "tell"))
    case = case_of(desk.store, LEAK)
    if first == "tell":
        assert do(desk, way, "back", step="tell").status_code == 303
        assert lane_of(desk) == "now"
    assert do(desk, way, "back", step="confirm").status_code == 303
    assert stands(desk) == before
    assert look_due(desk) <= due  # no later than it was
    assert do(desk, way, "confirm", out=["name"]).status_code == 303  # and it can be done anew
    assert do(desk, way, "tell").status_code == 303
    assert clock_runs(desk.store, case)
    assert [step for step, _ in emailed(desk)] == ["sent"]


def test_a_confirmation_that_is_undone_on_the_case_page_is_undone_whole(desk: House) -> None:
    before = stands(desk)
    due = look_due(desk)
    do_steps(desk, ("hide", "tell"))
    case = case_of(desk.store, LEAK)
    confirmed = next(each for each in desk.store.cases.history(case) if each.decision.kind == "confirm")  # fmt: skip
    found = desk.store.cases.get(case)
    assert found is not None
    undo = CaseDecision(
        case=case, kind="undo", by=desk.who["bea"], at=NOW, undoes=confirmed.version
    )
    assert desk.store.cases.decide(undo, found.version)
    assert stands(desk) == before
    assert look_due(desk) <= due  # no later than it was
    assert emailed(desk) == []


def test_once_it_was_said_that_it_is_none_what_was_hidden_is_none(desk: House) -> None:
    way = do_steps(desk, ("hide", "tell"))
    do(desk, way, "back", step="confirm")
    assert do(desk, way, "not_leak", why="own", prefix="not").status_code == 303
    stands(desk)
    assert lane_of(desk) is None
    assert "nobody has said that it is none" not in read(desk, way).text
