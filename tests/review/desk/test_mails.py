"""Nothing says that somebody was emailed before the email has left, and then by the time at which it did: a real server that is down first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core import clock
from demo.servers.http import Faults
from demo.servers.smtp import PASSWORD, USER, MailStandIn
from settings.schema import Mail
from steps import handoffs
from steps.context import RunContext
from store import NewMail
from tests.fakes import Told
from tests.review.conftest import House
from tests.review.desk.paths import do, now_lane, ready
from tests.review.factories import HOSTILE, IN_DANGER, NAMED, NOW, case_of, configure
from tests.review.pages import read, send

MINUTE = timedelta(minutes=1)
CRISIS = "the on-call manager, 020 7946 0100"
Deliver = Callable[[datetime], int]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailStandIn]:
    """A mail server that takes what comes."""
    with MailStandIn(tmp_path / "ca.pem", Faults()) as standin:
        yield standin


@pytest.fixture
def deliver(
    anew: House, server: MailStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Deliver:
    """What the schedule does each minute, at a moment; the server is down until `server_is_up`."""
    secret = tmp_path / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD, "utf-8")
    mail = Mail(
        host=server.host, port=9, user=USER, password=f"file:{secret}", sender="mentions@example.org",
        ca_file=str(server.ca), timeout_seconds=5.0,
    )  # fmt: skip
    configure(anew.desk, alerts=anew.desk.file.alerts.model_copy(update={"mail": mail}))

    def run(at: datetime) -> int:
        monkeypatch.setattr(clock, "now", lambda: at)
        anew.desk.now = lambda: at
        config = anew.desk.config(anew.store)
        context = RunContext(config=config, folder=tmp_path, store=anew.store, report_progress=Told(), at=at)  # fmt: skip
        return handoffs.chase_and_deliver(context, at)

    return run


def server_is_up(house: House, server: MailStandIn) -> None:
    alerts = house.desk.file.alerts
    mail = alerts.mail.model_copy(update={"port": server.port})
    configure(house.desk, alerts=alerts.model_copy(update={"mail": mail}))


def test_the_next_person_was_emailed_once_their_email_has_left_and_at_that_time(
    anew: House, server: MailStandIn, deliver: Deliver
) -> None:
    ready(anew)
    anew.desk.config(anew.store)
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case = case_of(anew.store, IN_DANGER)
    way = f"/cases/{case}/danger"
    do(anew, way, "not_called")
    assert do(anew, way, "ring", who="Priya Nair", when="10:50", prefix="ring").status_code == 303
    (handoff,) = anew.store.handoffs.open(case)
    pages = ("/waiting", f"/waiting/{handoff.number}", f"/cases/{case}", way)
    assert deliver(NOW + 2 * MINUTE) == 0
    for page in pages:
        text = read(anew, page).text
        assert "The email to Safeguarding has not left" in text or "the email to Safeguarding has not left" in text or "The email of 11:00 has not left" in text, page  # fmt: skip
        assert "leaves within" not in text, page
        assert "emailed 11" not in text, page
    assert "If nobody confirms by 11:15, an email to the next person on the on-call list is due, and no email leaves now: ring the on-call manager, 020 7946 0100." in read(anew, way).text  # fmt: skip
    assert deliver(NOW + 16 * MINUTE) == 0  # the next person's turn, and the server is down still
    for page in pages:
        text = read(anew, page).text
        assert "has not left: ring the on-call manager, 020 7946 0100" in text, page
        assert "was emailed" not in text, page
    handover = read(anew, "/handover").text
    assert f"the email to Safeguarding has not left, the email to the next person has not left: ring {CRISIS}" in handover  # fmt: skip
    assert "Not yet: The next person on the on-call list: the email of 11:16 has not left: ring the on-call manager" in read(anew, way).text, "no tick"  # fmt: skip
    assert "If nobody confirms by 11:15" not in read(anew, way).text
    assert "not left yet: ring them" in send(anew, f"/waiting/{handoff.number}/chase").text
    server_is_up(anew, server)
    assert deliver(NOW + 40 * MINUTE) >= 2
    for page in pages:
        text = read(anew, page).text
        assert "the next person" in text.lower(), page
        assert "emailed 11:40" in text or "emailed today, 11:40" in text, page
        assert "has not left" not in text, page
    assert "Safeguarding: emailed 11:40" in read(anew, way).text
    now = anew.store.handoffs.get(handoff.number)
    assert now is not None
    for step in (step for step in now.steps if step.sent_at is not None):  # each is kept as it left
        left = next(mail for mail in server.messages if mail["Subject"] == step.sent_subject)
        words = left.get_body(("plain",))
        assert words is not None
        assert words.get_content().split() == step.sent_text.split() != []
    onward = next(mail for mail in server.messages if mail["To"] == "on-call@example.org")
    body = onward.get_body(("plain",))
    assert body is not None
    assert "Safeguarding was sent this on Fri 20 Nov 2026, 11:40" in " ".join(
        body.get_content().split()
    )
    assert (
        "has not left"
        not in read(anew, "/handover")
        .text.partition("The newest note")[0]
        .partition("Passed on or rung")[2]
    )


def test_a_next_contact_is_alerted_once_the_digest_has_left_and_named_until_then(
    anew: House, server: MailStandIn, deliver: Deliver
) -> None:
    ready(anew)
    to = {"on": True, "to": ("duty@example.org",), "next": ("on-call@example.org",)}
    configure(anew.desk, alerts=anew.desk.file.alerts.model_copy(update=to))
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case, began = case_of(anew.store, IN_DANGER), NOW - 20 * MINUTE
    alert = next(one for one in anew.store.alerts.raised() if one.case == case)
    digest = NewMail(
        alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "older"}, digest=True, next_at=NOW
    )  # fmt: skip
    anew.store.alerts.tell([digest], {alert.number: "told"}, began)
    for row in anew.store.outbox.due(NOW):
        anew.store.outbox.mark_sent(row.number, began)
    page, named = (
        f"/cases/{case}",
        f"Case {case}: the next contact of the comms team, ring {CRISIS}.",
    )
    first = "Alerted at 10:40 with other cases: the comms team."
    assert f"{first} Nobody took it: the next contact was due at 11:00 and is not told yet: ring {CRISIS}." in read(anew, page).text  # fmt: skip
    assert deliver(NOW + 6 * MINUTE) == 0
    said = read(anew, page).text
    assert first in said
    assert f"has not left: ring {CRISIS}." in said
    assert "the comms team and the next contact" not in said
    assert "the next contact is not told." in said, "the red line goes on"
    red = read(anew, page, "bea").text
    assert "What to do. Which emails." in red, "a full stop between the links"
    for handle, sees in (("amina", True), ("vera", False)):
        assert (named in read(anew, "/sources", handle).text) is sees
    server_is_up(anew, server)
    assert deliver(NOW + 40 * MINUTE) >= 1
    said = read(anew, page).text
    assert f"{first} At 11:40: the next contact of the comms team." in said
    assert "has not left" not in said
    assert named not in read(anew, "/sources").text


PROMISES = (
    "is emailed",
    "we email again",
    "emailed again",
    "emailed and chased.",
    "gets an email",
    "Send now",
    "we chase",
    "We chase",
    "Chase now",
    "Chased next",
    "sends them an email",
)


def test_no_page_promises_an_email_while_none_can_leave_and_each_does_once_they_leave_again(
    anew: House, server: MailStandIn, deliver: Deliver
) -> None:
    """Of what is still to be written too: what follows a silence, what a choice does, what becomes of a report."""
    ready(anew)
    anew.desk.config(anew.store)
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case, leak = case_of(anew.store, IN_DANGER), case_of(anew.store, NAMED)
    assert do(anew, f"/cases/{case}/danger", "ring", who="Priya Nair", when="10:50", prefix="ring").status_code == 303  # fmt: skip
    assert do(anew, f"/cases/{leak}/leak", "confirm").status_code in (303, 422)
    hostile = case_of(anew.store, HOSTILE)
    now_lane(anew, HOSTILE, "Threat to hurt staff")
    (handoff,) = anew.store.handoffs.open(case)
    send(
        anew,
        "/tell",
        kind="danger",
        public="yes",
        words="He says that he will hurt himself tonight",
    )
    pages = (
        "/waiting",
        f"/cases/{case}/danger",
        f"/cases/{leak}",
        f"/cases/{leak}/pass-on",
        f"/cases/{case}/danger?done=ring",
        f"/cases/{hostile}/threat",
        f"/cases/{hostile}/pass-on",
        f"/cases/{hostile}/full",
        f"/waiting/{handoff.number}",
        "/tell/1",
    )
    anew.store.job_runs.end(anew.store.job_runs.begin("deliver", NOW), NOW, failures=0)
    assert deliver(NOW) == 0  # the server is down
    for page in pages:
        text = read(anew, page).text
        assert [words for words in PROMISES if words in text] == [], page
    for page in ("/waiting", f"/cases/{leak}/pass-on"):
        assert f"No email leaves now: ring {CRISIS}" in read(anew, page).text, page
    assert f"The team gets no email, since none leaves now: if it can’t wait, ring {CRISIS}." in read(anew, "/tell/1").text  # fmt: skip
    silent = f"No email leaves now, so nobody is told or chased by one: if nobody confirms{{}}, ring {CRISIS}."
    assert silent.format("") in f"{read(anew, f'/cases/{case}/danger?done=ring').text}."
    assert (
        silent.format(" in 15 minutes from when you ring")
        in read(anew, f"/cases/{hostile}/threat").text
    )
    server_is_up(anew, server)
    later = NOW + 40 * MINUTE
    assert deliver(later) >= 1
    anew.store.job_runs.end(anew.store.job_runs.begin("deliver", later), later, failures=0)
    assert "If nobody confirms in 15 minutes from when you ring, we chase." in read(anew, f"/cases/{hostile}/threat").text  # fmt: skip
    assert "We chase in 15 minutes" in read(anew, f"/cases/{hostile}/pass-on").text
    assert "emailed again" in read(anew, "/waiting").text
    assert "The team gets an email." in read(anew, "/tell/1").text
    assert "No email leaves now" not in read(anew, f"/cases/{leak}/pass-on").text


def alerted(house: House, route: str, to: str) -> int:
    """A case of danger of which an email of a route was written; its number."""
    ready(house)
    on = {"on": True, "to": ("duty@example.org",)}
    configure(house.desk, alerts=house.desk.file.alerts.model_copy(update=on))
    now_lane(house, IN_DANGER, "Someone may end their life")
    case = case_of(house.store, IN_DANGER)
    alert = next(one for one in house.store.alerts.raised() if one.case == case)
    mail = NewMail(alerts=(alert.number,), route=route, recipients=(to,), about={"why": "now"})
    house.store.alerts.tell([mail], {alert.number: "told"}, NOW)
    return case


def test_an_alert_of_a_route_that_is_no_teams_says_whom_to_ring_on_the_case_and_on_sources(
    anew: House, server: MailStandIn, deliver: Deliver
) -> None:
    case = alerted(anew, "to", "duty@example.org")
    assert deliver(NOW + 6 * MINUTE) == 0
    assert f"The email to the comms team has not left: ring {CRISIS}." in read(anew, f"/cases/{case}").text  # fmt: skip
    assert f"Case {case}: the comms team, ring {CRISIS}." in read(anew, "/sources").text
    server_is_up(anew, server)
    assert deliver(NOW + 40 * MINUTE) >= 1
    assert "has not left" not in read(anew, f"/cases/{case}").text


def test_nobody_is_to_ring_whoever_is_on_call_of_what_the_guardian_alone_may_know(
    anew: House, deliver: Deliver
) -> None:
    alerted(anew, "guardian", "guardian@example.org")
    assert deliver(NOW + 6 * MINUTE) == 0
    assert f"the Guardian, ring {CRISIS}" not in read(anew, "/sources").text


CHASES = ("we email again", "emailed again", "emailed and chased.", "we chase", "We chase", "Chased next", "is emailed.", "told at once")  # fmt: skip


def test_emails_that_somebody_sends_by_a_command_are_said_to_leave_and_promise_no_chase(
    anew: House, server: MailStandIn, deliver: Deliver
) -> None:
    """No schedule runs: what left has left, and whoever waits for a chase that comes by itself waits for nobody."""
    ready(anew)
    anew.desk.config(anew.store)
    server_is_up(anew, server)
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case, leak = case_of(anew.store, IN_DANGER), case_of(anew.store, NAMED)
    assert do(anew, f"/cases/{case}/danger", "ring", who="Priya Nair", when="10:50", prefix="ring").status_code == 303  # fmt: skip
    do(anew, f"/cases/{leak}/leak", "confirm")
    now_lane(anew, HOSTILE, "Threat to hurt staff")
    hostile = case_of(anew.store, HOSTILE)
    (handoff,) = anew.store.handoffs.open(case)
    send(anew, "/tell", kind="danger", public="yes", words="He says that he will hurt himself")
    assert deliver(NOW) >= 1
    anew.store.job_runs.end(anew.store.job_runs.begin("deliver by hand", NOW), NOW, failures=0)
    pages = (
        "/waiting", f"/cases/{case}/danger", f"/cases/{case}/danger?done=ring", f"/cases/{leak}", f"/cases/{leak}/leak", f"/cases/{leak}/pass-on",
        f"/cases/{hostile}/threat", f"/cases/{hostile}/pass-on", f"/waiting/{handoff.number}", "/tell/1",
    )  # fmt: skip
    for page in pages:
        text = read(anew, page).text
        assert [words for words in CHASES if words in text] == [], page
        assert "o email leaves now" not in text, page
        assert "once emails leave" not in text, page
    for page in ("/waiting", f"/cases/{leak}/pass-on"):
        assert f"Emails, chases too, leave only when someone sends them: ring {CRISIS} if nobody answers." in read(anew, page).text, page  # fmt: skip
    assert f"No email leaves by itself, and no chase is promised: if nobody confirms, ring {CRISIS}" in read(anew, f"/cases/{case}/danger?done=ring").text  # fmt: skip
    assert "the team gets an email only when someone sends what waits" in read(anew, "/tell/1").text  # fmt: skip
    assert do(anew, f"/cases/{hostile}/threat", "no_answer").status_code == 303  # it writes one
    for page in (*pages, f"/cases/{case}"):
        assert "leaves within" not in read(anew, page).text, page
        assert "has not left yet" not in read(anew, page).text, page
    later = NOW + 40 * MINUTE
    anew.desk.now = lambda: later
    assert f"No email leaves now: ring {CRISIS}" in read(anew, "/waiting").text
