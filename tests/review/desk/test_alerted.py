"""The page of a case says who was told of it and who took it since; taking it is what acknowledges an alert."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from core import clock
from core.models import DecisionKind
from store import Alert, NewMail
from tests.review.conftest import House
from tests.review.desk.paths import do, emails_leave, now_lane, ready
from tests.review.factories import IN_DANGER, case_of, configure, decide
from tests.review.pages import read, send

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told(anew: House) -> int:
    """A case of which one route was told five minutes ago; its number."""
    emails_leave(anew)
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case = case_of(anew.store, IN_DANGER)
    alert = next(one for one in anew.store.alerts.raised() if one.case == case)
    at = anew.desk.now() - 5 * MINUTE
    mail = NewMail(
        alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, next_at=at + 15 * MINUTE
    )  # fmt: skip
    assert anew.store.alerts.tell([mail], {alert.number: "told"}, at) == 1
    for row in anew.store.outbox.due(anew.desk.now()):
        anew.store.outbox.mark_sent(row.number, at)
    return case


def test_the_desk_reads_of_no_email_that_went_to_the_guardian(anew: House) -> None:
    """A case that the Guardian sent back says nothing of where it lay."""
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case = case_of(anew.store, IN_DANGER)
    alert = next(each for each in anew.store.alerts.raised() if each.case == case)
    at = anew.desk.now() - 5 * MINUTE
    mail = NewMail(alerts=(alert.number,), route="guardian", recipients=("farah@example.org",), about={"why": "high"}, next_at=None)  # fmt: skip
    assert anew.store.alerts.tell([mail], {alert.number: "told"}, at) == 1
    for row in anew.store.outbox.due(anew.desk.now()):
        anew.store.outbox.mark_sent(row.number, at)
    for address in (f"/cases/{case}", f"/cases/{case}/full", f"/cases/{case}/danger"):
        text = read(anew, address).text
        assert "Alerted at" not in text
        assert "The Guardian: emailed" not in text


def line(house: House, case: int) -> str:
    text = read(house, f"/cases/{case}").text
    return text[text.index("Alerted at") :][:160]


def test_who_was_told_and_until_when_somebody_should_take_it(anew: House, told: int) -> None:
    said = line(anew, told)
    assert "the comms team. Next contact at" in said
    assert "if nobody takes it" in said
    later = anew.desk.now() + 10 * MINUTE
    anew.desk.now = lambda: later
    said = line(anew, told)
    assert "if nobody takes it" not in said  # a promise that was broken stands in the past
    assert "Nobody took it: the next contact was due at" in said


def test_neither_an_answer_beside_the_steps_nor_what_is_undone_silences_the_next_contact(
    anew: House, told: int
) -> None:
    began = anew.desk.now() - MINUTE
    decide(anew.store, told, anew.who["amina"], "respond", at=anew.desk.now())
    assert "Next contact at" in line(anew, told)
    denied = {"labels": {"safeguarding": False}, "reason": "A saying", "at": anew.desk.now()}
    decide(anew.store, told, anew.who["amina"], "no_action", **denied)
    assert anew.store.alerts.is_handled(told, began)
    decide(anew.store, told, anew.who["amina"], "undo", undoes=2, covers=(), at=anew.desk.now())
    assert "Next contact at" in line(anew, told)
    assert not anew.store.alerts.is_handled(told, began)


def test_opening_it_acknowledges_nothing_and_taking_it_does(anew: House, told: int) -> None:
    at = anew.desk.now()
    read(anew, f"/cases/{told}")
    assert len(anew.store.alerts.to_chase(at + 20 * MINUTE)) == 1
    alert = anew.store.alerts.mails_of_case(told)
    assert [mail.level for mail in alert] == [0]
    (before,) = [
        one for one in map(anew.store.alerts.get, range(1, 50)) if one and one.case == told
    ]
    assert not before.handled
    assert anew.store.assignments.assign(told, anew.who["bea"], by=anew.who["amina"], at=at, seen=0)
    handed = anew.store.alerts.get(before.number)
    assert handed is not None
    assert not handed.handled
    assert "Amina Yusuf handed it to Bea" in line(anew, told)
    assert "who has not opened it yet. Next contact at" in line(anew, told)
    assert anew.store.assignments.assign(told, None, by=anew.who["amina"], at=at, seen=1)
    assert send(anew, f"/cases/{told}/take", seen=2).status_code == 303
    after = anew.store.alerts.get(before.number)
    assert after is not None
    assert (after.handled, after.has_by) == (True, "Amina Yusuf")
    assert "Amina Yusuf took it at" in line(anew, told)
    assert "If nothing is done by 12:46, the next contact is told." in line(anew, told)
    do(anew, f"/cases/{told}/danger", "not_called")  # that tells nobody
    assert "If nobody is told by 12:46, the next contact is told." in line(anew, told)
    ready(anew)
    do(anew, f"/cases/{told}/danger", "ring", who="Priya Nair", prefix="ring")
    said = read(
        anew, f"/cases/{told}"
    ).text  # a team was asked, and what chases it is said in its place
    assert "the next person on the on-call list is emailed" in said
    assert "Nothing chases" not in said


def test_a_link_of_a_mail_leads_to_signing_in_first(anew: House, told: int) -> None:
    answer = httpx.get(f"{anew.url}/cases/{told}", follow_redirects=False)
    assert answer.status_code in (302, 303)
    assert "sign-in" in answer.headers["location"]


def test_a_reported_danger_that_nobody_read_yet_is_told_as_danger_and_its_page_says_so(
    anew: House,
) -> None:
    answer = send(
        anew,
        "/tell",
        "vera",
        kind="danger",
        public="yes",
        url="https://example.org/1",
        words="Look",
        worry="He means it",
    )
    assert answer.status_code == 303
    number = anew.store.figures.row_counts()["mentions"]
    (alert,) = [one for one in anew.store.alerts.raised() if one.kind == "reported"]
    assert (alert.mention, alert.worst.flags) == (number, (("safeguarding", 0.0),))
    page = read(anew, f"/mentions/{number}").text
    assert "The program has not read it yet" in page
    assert "He means it" in page
    viewed = read(anew, f"/mentions/{number}", "vera").text
    assert "He means it" not in viewed  # a colleague's own words are for who decides
    assert "A post that was not looked at yet" in viewed  # a viewer reads none before that


def test_whom_to_ring_and_that_nobody_is_told_never_stand_in_the_same_line(anew: House) -> None:
    ready(anew)
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case = case_of(anew.store, IN_DANGER)
    alert = next(each for each in anew.store.alerts.raised() if each.case == case)
    at = anew.desk.now() - 30 * MINUTE
    alerts = anew.desk.file.alerts
    configure(anew.desk, alerts=alerts.model_copy(update={"on": True, "to": ("duty@example.org",)}))
    mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, next_at=at + 15 * MINUTE)  # fmt: skip
    assert anew.store.alerts.tell([mail], {alert.number: "told"}, at) == 1
    (chased,) = anew.store.alerts.to_chase(anew.desk.now() - 10 * MINUTE)
    follow = NewMail(alerts=(alert.number,), route="to", recipients=("next@example.org",), about={"why": "high"}, level=1)  # fmt: skip
    anew.store.alerts.chase(chased, follow, anew.desk.now() - 10 * MINUTE)
    order = "ring the on-call manager, 020 7946 0100"
    assert order in read(anew, f"/cases/{case}").text
    do(anew, f"/cases/{case}/danger", "called")
    text = read(anew, f"/cases/{case}").text
    assert "No next contact is told now." in text
    assert order not in text
    assert "someone has the case, so that nobody need be rung in its place" in text
    do(anew, f"/cases/{case}/danger", "ring", who="Priya Nair", prefix="ring")
    (handoff,) = anew.store.handoffs.open(case)
    assert send(anew, f"/waiting/{handoff.number}/confirm", who="Priya Nair").status_code == 303
    for state in ("confirmed", "closed"):
        text = read(anew, f"/cases/{case}").text
        assert "has not left" not in text, state
        assert order not in text
        assert "No next contact" not in text
        denied = {"labels": {"safeguarding": False}, "reason": "A saying", "at": anew.desk.now()}
        decide(anew.store, case, anew.who["amina"], "no_action", **denied)


def raised(house: House) -> tuple[int, Alert]:
    """A case of danger in Now and its alert, where emails of alerts are on."""
    ready(house)
    alerts = house.desk.file.alerts
    configure(
        house.desk, alerts=alerts.model_copy(update={"on": True, "to": ("duty@example.org",)})
    )
    now_lane(house, IN_DANGER, "Someone may end their life")
    case = case_of(house.store, IN_DANGER)
    return case, next(each for each in house.store.alerts.raised() if each.case == case)


def test_sources_names_each_case_whose_next_contact_is_due_and_no_email_to_them_is_written(
    anew: House,
) -> None:
    """The first email left: nothing of the case waits in the outbox."""
    case, alert = raised(anew)
    at = anew.desk.now()
    mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, next_at=at + 10 * MINUTE)  # fmt: skip
    assert anew.store.alerts.tell([mail], {alert.number: "told"}, at) == 1
    for row in anew.store.outbox.due(at):
        anew.store.outbox.mark_sent(row.number, at)
    named = (
        f"Case {case}: the next contact of the comms team, ring the on-call manager, 020 7946 0100."
    )
    assert named not in read(anew, "/sources").text  # it is not due yet
    anew.desk.now = lambda: at + 16 * MINUTE
    page = read(anew, "/sources").text
    assert "Nobody took 1 case of which an alert told" in page
    assert named in page
    assert send(anew, f"/cases/{case}/take", seen=0).status_code == 303
    assert named not in read(anew, "/sources").text


def test_danger_that_somebody_has_and_did_nothing_about_says_until_when_and_whom_to_ring(
    anew: House,
) -> None:
    """With no email to come, whoever opens it is told that nobody need be rung only once something is done."""
    case, alert = raised(anew)
    at = anew.desk.now()
    mails = [
        NewMail(alerts=(alert.number,), route="to", recipients=(f"{level}@example.org",), about={"why": "high"}, level=level)
        for level in (0, 1)
    ]  # fmt: skip
    assert anew.store.alerts.tell(mails, {alert.number: "told"}, at - 40 * MINUTE) == 2
    assert send(anew, f"/cases/{case}/take", seen=0).status_code == 303
    anew.store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", clock.text(at + 5 * MINUTE), case)  # fmt: skip
    order = "ring the on-call manager, 020 7946 0100"
    for handle in ("amina", "bea"):
        text = read(anew, f"/cases/{case}", handle).text
        assert f"has not left: {order}" in text or f"have not left: {order}" in text
        assert "Nothing is done yet." in text
        assert "Nothing chases" not in text
        assert "nobody need be rung" not in text
    assert f"Case {case}: the next contact of the comms team, {order}" in read(anew, "/sources").text  # fmt: skip
    for row in anew.store.outbox.due(at):
        anew.store.outbox.mark_sent(row.number, at)
    text = read(anew, f"/cases/{case}").text
    assert f"If nothing is done by 11:15, {order}." in text
    anew.desk.now = lambda: at + 20 * MINUTE
    assert f"Nothing is done yet: {order}." in read(anew, f"/cases/{case}", "bea").text
    do(anew, f"/cases/{case}/danger", "not_called")
    assert f"If nobody is told by 12:46, {order}." in read(anew, f"/cases/{case}").text  # fmt: skip


def test_a_step_that_tells_nobody_leaves_a_case_among_those_of_which_nobody_was_told(
    anew: House,
) -> None:
    """It stands on Sources and says whom to ring, also once it was given back; 999 called, or whoever is on call reached, ends that."""
    case, alert = raised(anew)
    at = anew.desk.now()
    first, following = (
        NewMail(alerts=(alert.number,), route="to", recipients=(f"{level}@example.org",), about={"why": "high"}, level=level)
        for level in (0, 1)
    )  # fmt: skip
    assert anew.store.alerts.tell([first], {}, at - 40 * MINUTE) == 1
    for row in anew.store.outbox.due(at):
        anew.store.outbox.mark_sent(row.number, at - 39 * MINUTE)
    assert anew.store.alerts.tell([following], {alert.number: "told"}, at - 20 * MINUTE) == 1
    order = "ring the on-call manager, 020 7946 0100"
    listed = f"Case {case}: the next contact of the comms team, {order}"
    assert listed in read(anew, "/sources").text
    do(anew, f"/cases/{case}/danger", "not_called")
    for handle in ("amina", "bea"):
        text = read(anew, f"/cases/{case}", handle).text
        assert f"Its steps were begun, and nobody was told by them: {order}." in text
        assert "nobody need be rung" not in text
    assert listed in read(anew, "/sources").text
    seen = anew.store.assignments.of_case(case)
    assert anew.store.assignments.assign(case, None, by=anew.who["amina"], at=at, seen=len(seen))
    assert not anew.store.alerts.is_handled(case, at - 40 * MINUTE)
    assert f"nobody was told by them: {order}." in read(anew, f"/cases/{case}").text
    assert listed in read(anew, "/sources").text
    do(anew, f"/cases/{case}/danger", "called")
    assert f"Case {case}: the next contact" not in read(anew, "/sources").text


def test_danger_about_which_no_email_was_ever_written_is_named_wherever_it_is_asked_who_was_not_told(
    anew: House,
) -> None:
    """The outbox knows nothing of an alert that nothing runs to write: the cases do."""
    ready(anew)
    alerts = anew.desk.file.alerts
    configure(anew.desk, alerts=alerts.model_copy(update={"on": True, "to": ("duty@example.org",)}))
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case, at = case_of(anew.store, IN_DANGER), anew.desk.now()
    anew.store.database.execute("UPDATE cases SET lane = 'now' WHERE number = ?", case)
    anew.store.database.execute("UPDATE alerts SET at = ? WHERE case_number = ?", clock.text(at - 9 * MINUTE), case)  # fmt: skip
    order = "ring Safeguarding, 020 7946 0133"
    listed = f"Case {case}: Safeguarding, ring 020 7946 0133"
    assert f"Nobody was alerted: no email about it was written since 10:51: {order}." in read(anew, f"/cases/{case}").text  # fmt: skip
    assert listed in read(anew, "/sources").text
    do(anew, f"/cases/{case}/danger", "called")  # of that the team knows nothing
    assert f"Case {case}: Safeguarding, 999 called 11:00" in read(anew, "/sources").text
    do(anew, f"/cases/{case}/danger", "ring", who="Priya Nair", prefix="ring")
    assert "Nobody was alerted" not in read(anew, f"/cases/{case}").text
    assert case not in anew.store.alerts.unwritten(at - 10 * MINUTE)  # it may still be written


@pytest.mark.parametrize("kind", ["confirm", "second_opinion", "respond"])
def test_a_decision_that_tells_nobody_is_not_one_by_which_somebody_was_told(
    anew: House, kind: DecisionKind
) -> None:
    """That it is a leak, that a colleague is asked, or an answer beside the steps, while the post waits in Now."""
    now_lane(anew, IN_DANGER, "Someone may end their life")
    case, at = case_of(anew.store, IN_DANGER), anew.desk.now()
    decide(anew.store, case, anew.who["amina"], kind, at=at)
    assert not anew.store.alerts.has_told(case, at - MINUTE)


def test_a_report_of_danger_is_named_at_once_while_no_email_leaves(anew: House) -> None:
    ready(anew)
    alerts = anew.desk.file.alerts
    configure(anew.desk, alerts=alerts.model_copy(update={"on": True, "to": ("duty@example.org",)}))
    address = "https://example.org/2"
    told = {"kind": "danger", "public": "yes", "url": address, "words": "Look", "worry": "He means it"}  # fmt: skip
    assert send(anew, "/tell", "vera", **told).status_code == 303
    number = anew.store.figures.row_counts()["mentions"]
    mention = anew.store.database.value("SELECT case_number FROM case_mentions WHERE mention = ?", number)  # fmt: skip
    assert f"Case {mention}: Safeguarding, ring 020 7946 0133" in read(anew, "/sources").text
    assert "Nobody was alerted: no email about it was written" in read(anew, f"/cases/{mention}").text  # fmt: skip
    (alert,) = [each for each in anew.store.alerts.raised() if each.kind == "reported"]
    at = anew.desk.now()
    mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"})  # fmt: skip
    assert anew.store.alerts.tell([mail], {alert.number: "told"}, at - 20 * MINUTE) == 1
    assert "to the comms team has not left" in read(anew, f"/cases/{mention}").text


@pytest.mark.parametrize("left", [False, True])
def test_a_next_contact_who_was_told_is_not_called_untold_in_the_same_line(
    anew: House, told: int, *, left: bool
) -> None:
    """Nobody took it and the list is at its end: whom to ring is said, and who was told stays told."""
    ready(anew)
    now = anew.desk.now()
    (chased,) = anew.store.alerts.to_chase(now + 10 * MINUTE)
    follow = NewMail(alerts=(chased.alert,), route="to", recipients=("next@example.org",), about={"why": "next"}, level=1)  # fmt: skip
    anew.store.alerts.chase(chased, follow, now)
    for row in anew.store.outbox.due(now) if left else ():
        anew.store.outbox.mark_sent(row.number, now)
    later = now + 20 * MINUTE  # no schedule runs any more
    anew.desk.now = lambda: later
    said = line(anew, told)
    assert ("At 11:00: the next contact of the comms team." in said) is left
    assert ("Nobody has taken it, and nobody else is told: ring the on-call manager" in said) is left  # fmt: skip
    assert "No next contact is told" not in said
    send(anew, f"/cases/{told}/take")
    taken = read(anew, f"/cases/{told}").text
    assert "No next contact is told now" not in taken or not left


def test_an_alert_of_yesterday_is_said_to_be_of_yesterday(anew: House, told: int) -> None:
    left = clock.text(anew.desk.now() - timedelta(days=1, minutes=5))
    anew.store.database.execute("UPDATE outbox SET sent_at = ?", left)
    text = read(anew, f"/cases/{told}").text
    assert "Alerted yesterday, 10:55: the comms team." in text
    assert "at yesterday" not in text.lower()
