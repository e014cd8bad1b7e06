"""The day at a glance: what waits too long, who has what, what fails, and how often a suggestion was overruled."""

from __future__ import annotations

from review.desk.overview import overruled
from store.cases.workload import DecidedPost
from tests.review.conftest import House
from tests.review.factories import GRIEVANCE, NOW, case_of, whole_policy
from tests.review.pages import read
from tests.store.factories import DAY


def post(kind: str, *flags: str, lane: str = "look") -> DecidedPost:
    return DecidedPost(kind=kind, lane=lane, flags=frozenset(flags), reported=False)  # type: ignore[arg-type]


def test_what_fails_waits_and_lies_with_whom_is_told(anew: House) -> None:
    page = read(anew, "/overview", "bea")
    assert "Facebook" in page.text.partition("Sources and emails")[2]
    assert "Bea Whitlock: 1 case" in page.text or "Nobody has taken a case" in page.text
    with anew.store.database.transaction():
        anew.store.database.execute("UPDATE cases SET due_at = ?", "2026-11-01T09:00:00.000000Z")
    late = read(anew, "/overview", "bea")
    assert "past their time" in late.text
    assert late.all("a", href=f"/cases/{case_of(anew.store, GRIEVANCE)}")
    assert anew.store.workload.overdue(NOW - 60 * DAY, limit=5) == []


def test_a_suggestion_that_people_decide_otherwise_is_counted_as_overruled() -> None:
    posts = [post("report", "hate")] * 5 + [post("no_action", "hate")] * 7
    (hate,) = overruled(posts, whole_policy())
    assert (hate.posts, hate.overruled, hate.too_often) == (12, 7, True)
    (few,) = overruled([post("no_action", "hate")], whole_policy())
    assert not few.too_often
    assert overruled([post("no_action")], whole_policy())[0].overruled == 0


def test_it_is_for_leads(house: House) -> None:
    read(house, "/overview", "amina", 403)


def test_what_is_still_to_leave_and_what_could_not_be_read_is_not_said_to_be_all_well(
    anew: House,
) -> None:
    for row in anew.store.outbox.due(NOW):
        anew.store.outbox.mark_sent(row.number, NOW)
    assert "All emails sent." in read(anew, "/overview", "bea").text
    anew.store.outbox.add("daily", "2026-11-20", NOW)
    page = read(anew, "/overview", "bea").text
    assert "1 email is still to leave." in page
    assert "All emails sent" not in page
    with anew.store.database.transaction():
        anew.store.database.execute("UPDATE runs SET skipped = 3, complete = 1, error = NULL")
    page = read(anew, "/overview", "bea").text
    assert "could not be read" in page
    assert "read in full" not in page
