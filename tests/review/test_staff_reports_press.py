"""What a colleague writes who says that a journalist asks names the time by which that one wants an answer: it is the case's, and in the media desk's email."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core import clock
from reports import handoffs
from settings.review import EscalationRole
from tests.review.conftest import House
from tests.review.desk.test_sorting_first_look import reported, row_of
from tests.review.factories import NOW, configure
from tests.review.pages import read, send

# NOW is Friday 20 November 2026, 11:00
TIMES = [
    ("The story runs at 3pm", "15:00"), ("They want a line by noon", "12:00"), ("Before 5, or they print", "17:00"), ("Within the hour", "12:00"),
    ("Wanted at the end of play", "17:00"),
]  # fmt: skip
DESK = EscalationRole(key="media", name="Media desk", when="w", email=("m@example.org",))


def at(hour: str) -> datetime:
    return clock.from_local(f"2026-11-20 {hour}", "%Y-%m-%d %H:%M")


@pytest.mark.parametrize(("words", "hour"), TIMES)
@pytest.mark.parametrize("field", ["worry", "words"])
@pytest.mark.parametrize("kind", ["press", "other"])
def test_the_time_is_due_whatever_was_ticked_and_wherever_it_is_written(
    fresh: House, words: str, hour: str, field: str, kind: str
) -> None:
    fields = {"worry": "A reporter rang us", "words": "Is it true about the ward?"}
    case = reported(fresh, kind, **(fields | {field: f"{fields[field]} {words}"}), posted="")
    soon = min(at(hour), NOW + timedelta(hours=1))
    assert row_of(fresh, case).due_at == soon  # within the hour somebody must have looked
    read(fresh, f"/cases/{case}")
    row = row_of(fresh, case)
    promised = fresh.desk.file.review.lanes.due("media", NOW)
    assert promised is not None
    assert (row.lane, row.due_at) == ("answer", min(at(hour), promised))
    assert f"They name a time: today, {hour}" in read(fresh, f"/cases/{case}").text


@pytest.mark.parametrize(
    "words",
    ["They ask how long people wait", "It ran at 3 papers", "She was seen within four hours"],
)
def test_where_no_time_is_named_none_is_due_but_the_lanes(fresh: House, words: str) -> None:
    case = reported(fresh, "press", worry=words, posted="")
    read(fresh, f"/cases/{case}")
    assert row_of(fresh, case).due_at == fresh.desk.file.review.lanes.due("answer", NOW)
    assert "They name a time" not in read(fresh, f"/cases/{case}").text


def test_the_media_desk_is_told_by_when_it_is_wanted(fresh: House) -> None:
    configure(fresh.desk, roles=(DESK,))
    case = reported(fresh, "press", worry="The story runs at 3pm", posted="")
    post = fresh.store.cases.mentions(case)[0].item
    send(fresh, f"/cases/{case}/pass-on", role="media", posts=f"{post.number}:{post.revision}", version="0")  # fmt: skip
    (handoff,) = fresh.store.handoffs.open(case)
    mail = handoffs.letter(fresh.store, fresh.desk.config(fresh.store), fresh.desk.policy, handoff, "sent", at=NOW)  # fmt: skip
    assert "Wanted by: Fri 20 Nov 2026, 15:00, as they name it" in mail.text


def test_what_has_no_journalist_in_it_names_no_time(fresh: House) -> None:
    case = reported(fresh, "other", worry="It will be all over by 5", posted="")
    read(fresh, f"/cases/{case}")
    assert row_of(fresh, case).due_at == fresh.desk.file.review.lanes.due("look", NOW)
