"""The day at a glance: what waits too long, who has what, what fails, and how often a suggestion was overruled."""

from __future__ import annotations

import re
from typing import Any

from tests.review.conftest import House
from tests.review.factories import GRIEVANCE, IN_DANGER, NOW, case_of
from tests.review.pages import read, send
from tests.store.factories import DAY


def test_what_fails_waits_and_lies_with_whom_is_told(anew: House) -> None:
    page = read(anew, "/overview", "bea")
    assert "Facebook" in page.text.partition("Sources and emails")[2]
    assert "Bea Whitlock: 1 case" in page.text or "Nobody has taken a case" in page.text
    with anew.store.database.transaction():
        anew.store.database.execute("UPDATE cases SET due_at = ?", "2026-11-01T09:00:00.000000Z")
    late = read(anew, "/overview", "bea")
    assert "past their time" in late.text
    counted = re.search(r"([\d,]+) cases are past their time", late.text)
    assert counted is not None
    assert int(counted[1]) == anew.store.workload.count_overdue(NOW)
    assert int(counted[1]) >= sum(each.overdue for each in anew.store.workload.lanes(NOW).values())
    assert late.all("a", href=f"/cases/{case_of(anew.store, GRIEVANCE)}")
    assert anew.store.workload.overdue(NOW - 60 * DAY, limit=5) == []


def test_a_lead_sees_who_said_that_nobody_is_in_danger(anew: House) -> None:
    number = case_of(anew.store, IN_DANGER)
    found = anew.store.cases.get(number)
    assert found is not None
    (post,) = [each.item for each in anew.store.cases.mentions(number) if each.reviewable]
    said: dict[str, Any] = {"do": "not_danger", "version": found.version, "posts": f"{post.number}:{post.revision}", "why": "saying"}  # fmt: skip
    asked = send(anew, f"/cases/{number}/decide", **{name: value for name, value in said.items() if name != "why"})  # fmt: skip
    assert "Why “not in danger”?" in asked.text
    assert anew.store.cases.history(number) == []
    assert send(anew, f"/cases/{number}/decide", **said).status_code == 303
    page = read(anew, "/overview", "bea")
    left = page.text.partition("Closed as no danger")[2]
    assert re.search(rf"Case {number}, [^:]+: Amina Yusuf closed it as not in danger", left)


def test_it_is_for_leads(house: House) -> None:
    read(house, "/overview", "amina", 403)


def test_what_is_still_to_leave_and_what_could_not_be_read_is_not_said_to_be_all_well(
    anew: House,
) -> None:
    with anew.store.database.transaction():
        anew.store.database.execute("UPDATE outbox SET state = 'sent'")
    assert "still to leave" not in read(anew, "/overview", "bea").text
    anew.store.outbox.add("handoff", "1:1", NOW)
    assert "Emails are still to leave." in read(anew, "/overview", "bea").text
    assert "could not be read." not in read(anew, "/overview", "bea").text
    with anew.store.database.transaction():
        anew.store.database.execute("UPDATE runs SET skipped = 3, complete = 1, error = NULL")
    page = read(anew, "/overview", "bea").text
    assert re.search(r"\d+ posts could not be read\.", page)
    assert "read in full" not in page
