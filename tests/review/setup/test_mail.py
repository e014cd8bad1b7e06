"""Emails: a lead sees what did not leave and for whom, sends it again, and has a test sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.servers.http import Faults
from demo.servers.smtp import PASSWORD, USER, MailStandIn
from settings.schema import Config, Mail
from steps.bugs import of_a_bug
from store import Recipient
from tests.review.conftest import House
from tests.review.desk.paths import do, ready
from tests.review.factories import IN_DANGER, NOW, case_of
from tests.review.pages import read, send
from tests.store.factories import HOUR

DUTY, GONE = "duty@example.org", "gone@example.org"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def mailed(fresh: House, tmp_path: Path, faults: Faults) -> Iterator[MailStandIn]:
    """A mail server that the page's settings name."""
    with MailStandIn(tmp_path / "ca.pem", faults) as standin:
        secret = tmp_path / "password"
        secret.touch(mode=0o600)
        secret.write_text(PASSWORD, "utf-8")
        mail = Mail(
            host=standin.host, port=standin.port, user=USER, password=f"file:{secret}",
            sender="mentions@example.org", ca_file=str(standin.ca), timeout_seconds=5.0,
        )  # fmt: skip
        before = fresh.desk.file
        with_settings(fresh, mail=mail)
        yield standin
        fresh.desk.file, fresh.desk._effective = before, None


def with_settings(house: House, **alerts: Any) -> None:
    file: Config = house.desk.file
    changed = file.alerts.model_copy(update=alerts)
    house.desk.file = file.model_copy(update={"alerts": changed})
    house.desk._effective = None


def given_up(house: House) -> Recipient:
    """A weekly summary that one of two did not get, since an hour."""
    then = NOW - HOUR
    house.store.outbox.add("weekly", "2026-11-15", then, {"last": "2026-11-15"}, [DUTY, GONE])
    row = next(row for row in house.store.outbox.due(NOW) if row.kind == "weekly")
    duty, gone = row.people
    house.store.outbox.claim(row.number, then)
    house.store.outbox.mark_sent(row.number, then, [duty.number])
    house.store.outbox.mark_failed(row.number, then, "the server answered 550", None, [gone.number])
    return gone


def now(house: House) -> Recipient:
    (row,) = [
        row for row in house.store.outbox.due(NOW + HOUR) + house.store.outbox.parked()
        if row.kind == "weekly"
    ]  # fmt: skip
    return row.people[1]


# ── what did not leave ───────────────────────────────────────────────────────────────────────────


def test_who_did_not_get_what_since_when_and_why_stands_there(fresh: House) -> None:
    given_up(fresh)
    page = read(fresh, "/mail", "bea")
    assert "The weekly summary up to 15 November" in page.text
    assert "To gone@example.org. Given up" in page.text
    assert "tried 1 time. The server answered 550." in page.text
    assert DUTY not in page.text
    assert "Emails can’t leave since" in page.text


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(9, "Next try today, 11:09"), (-1, "To be tried with the next delivery"), (-7, "The next try was due today, 10:53, and was not made")],
)  # fmt: skip
def test_no_try_is_said_to_be_made_that_is_still_to_come_or_was_never_made(
    fresh: House, mailed: MailStandIn, minutes: int, says: str
) -> None:
    then = NOW - HOUR
    fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver", NOW), NOW, failures=0)
    fresh.store.outbox.add("weekly", "2026-11-15", then, {"last": "2026-11-15"}, [GONE])
    row = next(row for row in fresh.store.outbox.due(NOW) if row.kind == "weekly")
    fresh.store.outbox.claim(row.number, then)
    fresh.store.outbox.mark_failed(row.number, then, "the server answered 451", NOW + timedelta(minutes=minutes))  # fmt: skip
    text = read(fresh, "/mail", "bea").text
    assert f"To gone@example.org. {says}" in text
    assert "Tried again" not in text


def test_a_lead_sends_it_again(fresh: House) -> None:
    person = given_up(fresh)
    answer = send(fresh, f"/mail/{person.number}/retry", "bea")
    assert answer.headers["location"] == "/mail?saved=again"
    assert (now(fresh).state, now(fresh).address, now(fresh).tries) == ("ready", GONE, 1)
    again = send(fresh, f"/mail/{person.number + 99}/retry", "bea")
    assert again.headers["location"] == "/mail?saved=gone"


def test_a_lead_sends_it_to_another_address(fresh: House) -> None:
    person = given_up(fresh)
    for wrong in ("nobody", "a@b", "żółw@example.org", "a@example.org, b@example.org", "x" * 255):
        answer = send(fresh, f"/mail/{person.number}/address", "bea", to=wrong)
        assert answer.status_code == 422
        assert "Write a whole address" in answer.text
    send(fresh, f"/mail/{person.number}/address", "bea", to=" new@example.org ")
    assert (now(fresh).state, now(fresh).address) == ("ready", "new@example.org")
    event = [event for event in fresh.store.audit.events() if event.kind == "mail address changed"]
    assert len(event) == 1
    assert "example.org" not in repr(event)


def test_what_tells_others_of_accounts_holds_and_the_lane_is_no_lead_s_to_see_divert_or_drop(
    fresh: House,
) -> None:
    box, then = fresh.store.outbox, NOW - HOUR
    for row in box.due(NOW):
        box.mark_sent(row.number, NOW)
    gwen, officer = fresh.who["gwen"], "dpo@example.org"
    governance = fresh.desk.file.governance.model_copy(update={"dpo": f"Dee Park, {officer}"})
    before = fresh.desk.file
    fresh.desk.file = before.model_copy(update={"governance": governance})
    with_settings(fresh, on=True)
    mine = {"what": "link", "user": str(gwen), "roles": "", "by": "", "login": "root", "at": "2026-11-23T09:00:00.000000Z"}  # fmt: skip
    box.add("access", "1", then, mine, [DUTY])
    box.add("access", "2", then, mine | {"user": str(fresh.who["bea"])}, [DUTY, officer])
    box.add("asked", "3", then, {"what": "hold"}, [DUTY])
    box.add("alert", "4", then, {"route": "guardian"}, [DUTY])
    rows = [row for row in box.due(NOW) if row.kind in ("access", "asked", "alert")]
    people = [person for row in rows for person in row.people]
    box.mark_outage([person.number for person in people], then, "the server is down", NOW + HOUR)
    page = read(fresh, "/mail", "bea").text
    assert "Only someone else can send them elsewhere" in page
    for kind in (
        "Who may sign in",
        "That something waits for a second person",
        "Of a kind that is not shown to you",
    ):
        assert kind in page
    assert "speaking up" not in page.partition("What can’t leave")[2]
    assert DUTY not in page
    for person in people:
        for act in ("retry", "address", "drop"):
            answer = send(fresh, f"/mail/{person.number}/{act}", "bea", to="lena@example.org")
            assert answer.headers["location"] == "/mail?saved=gone"
    own, others, outside, hold, lane = (person.number for person in people)
    dropped = {  # governance: not what was done to their own account, nor what tells those outside
        number: send(fresh, f"/mail/{number}/drop", "gwen").headers["location"] for number in (own, others, outside, hold, lane)
    }  # fmt: skip
    assert dropped == {
        own: "/mail?saved=gone", others: "/mail?saved=dropped", outside: "/mail?saved=outside", hold: "/mail?saved=dropped",
        lane: "/mail?saved=dropped",
    }  # fmt: skip
    away = send(fresh, f"/mail/{outside}/address", "gwen", to="gwen@example.org")
    assert away.headers["location"] == "/mail?saved=outside"
    assert send(fresh, "/mail/retry", "bea").headers["location"] == "/mail?saved=all"
    left = box.of_recipient(own)
    assert left is not None
    assert [person.due_at for person in left.people] == [NOW]
    fresh.desk.file, fresh.desk._effective = before, None


def test_what_is_not_needed_any_more_is_no_longer_told_of(fresh: House) -> None:
    person = given_up(fresh)
    assert "can’t leave" in read(fresh, "/today").text
    send(fresh, f"/mail/{person.number}/drop", "bea")
    assert "can’t leave" not in read(fresh, "/today").text
    assert GONE not in read(fresh, "/mail", "bea").text
    assert [row for row in fresh.store.outbox.due(NOW + 99 * HOUR) if row.kind == "weekly"] == []


def test_all_of_them_are_tried_again_at_once(fresh: House) -> None:
    given_up(fresh)
    assert send(fresh, "/mail/retry", "bea").headers["location"] == "/mail?saved=all"
    assert now(fresh).state == "ready"
    assert now(fresh).due_at == NOW


def test_where_everything_leaves_nothing_is_said_to_be_safe(fresh: House) -> None:
    for row in fresh.store.outbox.due(NOW):
        fresh.store.outbox.mark_sent(row.number, NOW)
    assert "No email waits to be sent again." in read(fresh, "/mail", "bea").text


def test_what_is_still_to_leave_is_never_said_to_have_left(fresh: House) -> None:
    for row in fresh.store.outbox.due(NOW):
        fresh.store.outbox.mark_sent(row.number, NOW)
    payload = {"handoff": "99", "step": "sent", "to": "role"}
    fresh.store.outbox.add("handoff", "99:0", NOW, payload, [DUTY])
    page = read(fresh, "/mail", "bea").text
    assert (
        "Some are still to leave, and nothing sends them now: no mail server is set up yet" in page
    )
    assert "has left" not in page
    before = fresh.desk.file
    with_settings(fresh, mail=before.alerts.mail.model_copy(update={"host": "mail.icb.invalid"}))
    page = read(fresh, "/mail", "bea").text
    assert "Some are still to leave, and nothing sends them now: no schedule is running" in page
    fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver", NOW), NOW, failures=0)
    assert "Some are still to leave: the program tries every" in read(fresh, "/mail", "bea").text
    fresh.desk.file, fresh.desk._effective = before, None


@pytest.mark.parametrize(("job", "by_hand", "alone"), [
    ("", False, False), ("", True, False), ("deliver", False, True), ("deliver by hand", True, False), ("deliver", True, False),
])  # fmt: skip
def test_every_page_says_alike_whether_anything_is_tried_again_by_itself(
    fresh: House, mailed: MailStandIn, job: str, by_hand: bool, alone: bool
) -> None:
    """Also of an error that an earlier program wrote with a promise in it."""
    then = NOW - HOUR
    if job:
        fresh.store.job_runs.end(fresh.store.job_runs.begin(job, NOW), NOW, failures=0)
    file = fresh.desk.file
    fresh.desk.file = file.model_copy(update={"schedule": file.schedule.model_copy(update={"by_hand": by_hand})})  # fmt: skip
    fresh.desk._effective = None
    fresh.store.outbox.add("weekly", "2026-11-15", then, {"last": "2026-11-15"}, [GONE])
    row = next(row for row in fresh.store.outbox.due(NOW) if row.kind == "weekly")
    fresh.store.outbox.claim(row.number, then)
    why = "the server can't be reached (ConnectionRefusedError): it will be tried again"
    fresh.store.outbox.mark_failed(row.number, then, why, NOW + HOUR / 10)
    emails, sources = read(fresh, "/mail", "bea").text, read(fresh, "/sources", "bea").text
    assert ("Next try today" in emails) is alone
    assert ("What the server put off is tried again by itself." in sources) is alone
    assert "it will be tried again" not in emails
    assert ("(ConnectionRefusedError)." in emails) is True
    said = (
        "next called, and not by itself" if by_hand and job else "by itself: no schedule is running"
    )
    assert (said in emails, said in sources) == (not alone, not alone)
    assert ("within minutes" in read(fresh, "/mail?saved=again", "bea").text) is alone
    fresh.desk.file, fresh.desk._effective = file, None


def test_no_email_is_promised_within_minutes_or_again_where_nothing_sends_it(fresh: House) -> None:
    given_up(fresh)
    promised = "It is sent again within minutes."
    assert promised not in read(fresh, "/mail?saved=again", "bea").text
    assert "It is sent again, but not yet: no mail server is set up yet" in read(fresh, "/mail?saved=again", "bea").text  # fmt: skip
    before = fresh.desk.file
    with_settings(fresh, mail=before.alerts.mail.model_copy(update={"host": "mail.icb.invalid"}))
    fresh.store.job_runs.end(fresh.store.job_runs.begin("deliver", NOW), NOW, failures=0)
    assert promised in read(fresh, "/mail?saved=again", "bea").text
    fresh.desk.file, fresh.desk._effective = before, None


def test_an_email_that_the_program_could_not_write_stands_there_at_once(fresh: House) -> None:
    for row in fresh.store.outbox.due(NOW):
        fresh.store.outbox.mark_sent(row.number, NOW)
    fresh.store.outbox.add("weekly", "2026-11-15", NOW, {"last": "2026-11-15"}, [DUTY])
    (row,) = fresh.store.outbox.due(NOW)
    fresh.store.outbox.claim(row.number, NOW)
    fresh.store.outbox.mark_failed(row.number, NOW, of_a_bug(KeyError()), NOW + HOUR)
    page = read(fresh, "/mail", "bea").text
    assert "Whoever it is for does not know what the email would tell" in page
    assert "a bug in this program (KeyError)" in page.replace("A bug", "a bug")
    stuck = fresh.store.outbox.stuck(NOW)
    assert stuck is not None
    assert stuck.count == 1


# ── a test ───────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_is_sent_a_test_and_told_what_happened(fresh: House, mailed: MailStandIn) -> None:
    answer = send(fresh, "/mail/test", "bea", to="bea@example.org")
    assert answer.status_code == 200
    assert "took it. Look in your mailbox" in answer.text
    (mail,) = mailed.messages
    assert mail["X-Envelope-To"] == mail["To"] == "bea@example.org"
    assert mail["Subject"].startswith("Test: ")
    assert "Nothing has happened" in mail.as_string()
    assert [event.kind for event in fresh.store.audit.events()][-1] == "mail tested"


def test_a_test_that_does_not_leave_says_why(
    fresh: House, mailed: MailStandIn, faults: Faults
) -> None:
    faults.add("mail", "535", path="AUTH", times=None)
    answer = send(fresh, "/mail/test", "bea", to="bea@example.org")
    assert "Not sent" in answer.text
    assert "refused the sign-in (535)" in answer.text
    assert PASSWORD not in answer.text
    faults.clear()
    faults.add("mail", "550", path="RCPT")
    answer = send(fresh, "/mail/test", "bea", to="bea@example.org")
    assert "there is no such mailbox" in answer.text


def test_a_test_goes_to_one_whole_address_alone(fresh: House, mailed: MailStandIn) -> None:
    for wrong in (
        "",
        "bea",
        "bea@example.org\r\nBcc: x@example.org",
        "a@example.org,b@example.org",
    ):
        assert send(fresh, "/mail/test", "bea", to=wrong).status_code == 422
    assert mailed.messages == []


def test_a_lead_sees_every_email_of_the_desk_that_can_t_leave_by_kind_and_case(anew: House) -> None:
    """Those to teams too, also the ones that were not tried since the server took none before them."""
    ready(anew)
    box, then = anew.store.outbox, NOW - HOUR
    for row in box.due(NOW + 99 * HOUR):
        box.mark_sent(row.number, NOW)
    case = case_of(anew.store, IN_DANGER)
    assert do(anew, f"/cases/{case}/danger", "ring", who="Priya Nair", when="10:50", prefix="ring").status_code == 303  # fmt: skip
    number = box.add("weekly", "2026-11-15", then, {"last": "2026-11-15"}, [DUTY])
    assert number is not None
    box.add("daily", "2026-11-20", NOW, {"start": "2026-11-19T00:00:00.000000Z", "end": "2026-11-20T00:00:00.000000Z"})  # fmt: skip
    (weekly,) = [row for row in box.due(NOW) if row.kind == "weekly"]
    box.mark_outage([weekly.people[0].number], NOW, "the server is down", NOW + HOUR)
    page = read(anew, "/mail", "bea").text.partition("What can’t leave")[2]
    assert "To a team: " in page
    assert f"case {case}" in page
    assert "The weekly summary up to 15 November" in page
    assert "The morning list of 20 November" in page
    assert "not tried yet, since the server takes none" in page
    assert "3 emails can’t leave." in page
    assert "someone else can send" not in page
