"""That 999 was called, or a team rung, is told wherever a call to a team is told; and nowhere once it is taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from review.desk.begun import Begun, answered, did, steps_of
from store import NewMail, PathStep
from store.cases.path_steps import NOBODY_ANSWERED, SPOKE
from tests.review.conftest import House
from tests.review.desk.paths import do, emails_leave, now_lane, path_of, ready
from tests.review.factories import HOSTILE, IN_DANGER, NOW, case_of, configure, decide
from tests.review.pages import read, send
from tests.store.factories import DAY

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(anew: House) -> House:
    now_lane(anew, IN_DANGER, "Someone may end their life")
    return ready(anew)


def step(word: str, minutes: int, outcome: str = "", who: str = "") -> PathStep:
    return PathStep(
        case=1, path="danger", step=word, by=1, by_name="Amina Yusuf", at=NOW + minutes * MINUTE, outcome=outcome, who=who, number=minutes + 1
    )  # fmt: skip


@pytest.mark.parametrize("page", ["/today?lane=now", "/mine", "/waiting", "/all", "/handover", "/cases/{case}"])  # fmt: skip
def test_each_place_says_that_999_was_called_and_none_once_that_is_undone(desk: House, page: str) -> None:  # fmt: skip
    case = case_of(desk.store, IN_DANGER)
    way, address = f"/cases/{case}/danger", page.format(case=case)
    before = read(desk, address).text
    assert "999 called" not in before
    do(desk, way, "called")
    reader = "amina" if page == "/mine" else "bea"
    assert "999 called 11:00" in read(desk, address, reader).text
    if page not in ("/today?lane=now", "/mine", "/all"):
        assert "999 called 11:00 by Amina Yusuf" in read(desk, address, reader).text
    do(desk, way, "back", step="first")
    assert "999 called" not in read(desk, address, reader).text


def test_the_day_at_a_glance_says_so_to_the_lead_and_who_has_no_call_comes_first(desk: House) -> None:  # fmt: skip
    now_lane(desk, HOSTILE, "Threat to hurt a doctor")
    danger, threat = case_of(desk.store, IN_DANGER), case_of(desk.store, HOSTILE)
    do(desk, f"/cases/{danger}/danger", "called")
    for page in ("/overview", "/handover"):
        text = read(desk, page, "bea").text
        assert "999 called today, 11:00" in text or "999 called 11:00 by Amina Yusuf" in text
        assert text.index(f"case {threat}:") < text.index(f"case {danger}:")


def test_a_case_says_how_many_steps_are_done_and_suggests_to_go_on(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    assert "Suggested: go through the steps now." in read(desk, f"/cases/{case}").text
    do(desk, f"/cases/{case}/danger", "called")
    text = read(desk, f"/cases/{case}").text
    assert "Suggested: go on with the steps." in text
    assert text.count("999 called 11:00 by Amina Yusuf") == 1  # once, over the post
    assert "Go on with the steps (1 of 4 done)" in text
    do(desk, f"/cases/{case}/danger", "ring", who="Priya Nair", prefix="ring")
    text = read(desk, f"/cases/{case}").text
    assert "Go on with the steps (2 of 4 done)" in text
    assert "Safeguarding: rung 11:00, Priya Nair, not confirmed" in text
    assert "Ring Safeguarding now" not in text
    assert "Ring again at 11:15 if they have not confirmed." in text


def test_after_undo_nobody_has_it_and_the_line_says_who_is_told_next(desk: House) -> None:
    emails_leave(desk)
    case = case_of(desk.store, IN_DANGER)
    alert = next(each for each in desk.store.alerts.raised() if each.case == case)
    at = NOW - 30 * MINUTE
    config = desk.desk.file.alerts
    configure(desk.desk, alerts=config.model_copy(update={"on": True, "to": ("duty@example.org",)}))
    mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, next_at=NOW - MINUTE)  # fmt: skip
    assert desk.store.alerts.tell([mail], {alert.number: "told"}, at) == 1
    do(desk, f"/cases/{case}/danger", "called")
    (chased,) = desk.store.alerts.to_chase(NOW)
    desk.store.alerts.chase(chased, None, NOW)  # the chain found that somebody does something
    assert "Amina Yusuf took it at 11:00. No next contact is told now." in read(desk, f"/cases/{case}").text  # fmt: skip
    answer = do(desk, f"/cases/{case}/danger", "back", "bea", step="first")  # by a colleague
    assert "done=released" in answer.headers["location"]
    assert desk.store.assignments.teamwork((case,))[case].assigned is None
    for handle in ("amina", "bea"):
        text = read(desk, f"/cases/{case}", handle).text
        assert "took it at" not in text
        assert "No next contact is told" not in text
        assert "You have it" not in text
        assert "Next contact at 11:15 if nobody takes it." in text
    assert "Nobody has the case now. Next contact at 11:15 if nobody takes it" in read(desk, answer.headers["location"].partition("#")[0], "bea").text  # fmt: skip


def test_who_gives_a_case_back_is_promised_no_email_that_is_not_sent(desk: House) -> None:
    """What they did holds, so that the next contact is told of nothing; the mail that waited for its time is passed over."""
    emails_leave(desk)
    case = case_of(desk.store, IN_DANGER)
    alert = next(each for each in desk.store.alerts.raised() if each.case == case)
    config = desk.desk.file.alerts
    configure(desk.desk, alerts=config.model_copy(update={"on": True, "to": ("duty@example.org",)}))
    mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, next_at=NOW + 10 * MINUTE)  # fmt: skip
    assert desk.store.alerts.tell([mail], {alert.number: "told"}, NOW - 5 * MINUTE) == 1
    assert follows_of(desk, case) == "Next contact at 11:10 if nobody takes it"
    do(desk, f"/cases/{case}/danger", "ring", who="Priya Nair", prefix="ring")
    seen = desk.store.assignments.of_case(case)
    if seen and seen[-1].to is not None:
        assert desk.store.assignments.assign(case, None, by=desk.who["amina"], at=NOW, seen=len(seen))  # fmt: skip
    assert "Next contact at" not in follows_of(desk, case)


def follows_of(house: House, case: int) -> str:
    """What a page says of who is told next, of a case that nobody has."""
    given = send(
        house, f"/cases/{case}/take", "bea", seen=len(house.store.assignments.of_case(case))
    )
    assert given.status_code == 303
    back = send(house, f"/cases/{case}/give", "bea", to="", sure="yes", seen=len(house.store.assignments.of_case(case)))  # fmt: skip
    text = read(house, back.headers["location"].partition("#")[0], "bea").text
    found = re.search(r"Next contact at [\d:]+ if nobody takes it", text)
    return found.group() if found else text


def test_a_row_names_whose_steps_they_were_where_another_team_has_the_case(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    do(desk, f"/cases/{case}/danger", "ring", who="Priya Nair", prefix="ring")
    text = read(desk, "/mine").text
    assert "waits for Safeguarding rung 11:00" in text.replace("  ", " "), (
        text
    )  # who was rung knows
    (handoff,) = desk.store.handoffs.open(case)
    assert send(desk, f"/waiting/{handoff.number}/confirm", who="Priya Nair").status_code == 303
    assert "Safeguarding Safeguarding" not in read(desk, "/mine").text
    decide(desk.store, case, desk.who["amina"], "escalate", role="pals", at=NOW)
    text = read(desk, "/mine").text
    assert "PALS and complaints" in text
    assert "Safeguarding confirmed 11:00, Priya Nair" in text


@pytest.mark.parametrize("leaves", [True, False])
def test_a_time_at_which_the_next_contact_was_due_is_never_said_as_one_to_come(
    desk: House, leaves: bool
) -> None:
    if leaves:
        emails_leave(desk)
    case = case_of(desk.store, IN_DANGER)
    alert = next(each for each in desk.store.alerts.raised() if each.case == case)
    alerts = desk.desk.file.alerts
    configure(desk.desk, alerts=alerts.model_copy(update={"on": True, "to": ("duty@example.org",)}))
    mail = NewMail(alerts=(alert.number,), route="to", recipients=("duty@example.org",), about={"why": "high"}, next_at=NOW - MINUTE)  # fmt: skip
    assert desk.store.alerts.tell([mail], {alert.number: "told"}, NOW - 30 * MINUTE) == 1
    do(desk, f"/cases/{case}/danger", "called")
    answer = do(desk, f"/cases/{case}/danger", "back", step="first")
    late = "next contact was due at 10:59 and is not told yet"
    for page in (answer.headers["location"].partition("#")[0], f"/cases/{case}"):
        text = read(desk, page).text
        assert late in text, page
        assert leaves or "ring the on-call manager, 020 7946 0100" in text, page
        assert "Next contact at" not in text


def test_the_red_line_names_first_who_was_not_rung_and_rings_nobody_twice_before_it_is_time(desk: House) -> None:  # fmt: skip
    now_lane(desk, HOSTILE, "Threat to hurt a doctor")
    danger, threat = case_of(desk.store, IN_DANGER), case_of(desk.store, HOSTILE)
    for row in desk.store.outbox.due(NOW + DAY):
        desk.store.outbox.mark_sent(row.number, NOW)
    do(desk, f"/cases/{danger}/danger", "ring", who="Priya Nair", prefix="ring")
    do(desk, f"/cases/{danger}/danger", "called")
    threat_posts = [f"{each.item.number}:{each.item.revision}" for each in desk.store.cases.mentions(threat)]  # fmt: skip
    assert send(desk, f"/cases/{threat}/pass-on", version="0", posts=threat_posts[0], role="security").status_code == 303  # fmt: skip
    desk.desk.now = lambda: NOW + 4 * MINUTE
    text = read(desk, "/today").text
    words = f"Case {danger}, Safeguarding: 999 called 11:00 by Amina Yusuf, rung 11:00, Priya Nair, not confirmed."
    assert words in text
    assert text.index(f"Case {threat}, Security: ring") < text.index(words)
    desk.desk.now = lambda: NOW + 15 * MINUTE
    assert "Priya Nair, not confirmed; ring again 020 7946 0133" in read(desk, "/today").text
    (handoff,) = desk.store.handoffs.open(danger)
    page = read(desk, f"/waiting/{handoff.number}").text
    assert "Ring Safeguarding again" in page
    assert "nobody wrote down that they rang" not in page


def test_a_hand_off_says_what_its_email_says_to_whoever_may_read_it(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    do(desk, f"/cases/{case}/danger", "no_answer")
    (handoff,) = desk.store.handoffs.open(case)
    page = read(desk, f"/waiting/{handoff.number}")
    assert "What is to be sent" in page.text
    assert "Subject" in page.text
    assert "What is to be sent" not in read(desk, f"/waiting/{handoff.number}", "vera").text
    assert "no call that is written down reached them" in page.text


def test_of_an_email_that_failed_the_step_and_who_knows_say_the_same_after_a_chase_too(desk: House) -> None:  # fmt: skip
    case = case_of(desk.store, IN_DANGER)
    way = f"/cases/{case}/danger"
    do(desk, way, "no_answer")
    (row,) = (each for each in desk.store.outbox.due(NOW + DAY) if each.kind == "handoff")
    desk.store.outbox.mark_failed(row.number, NOW, "refused", NOW + 5 * MINUTE)
    (handoff,) = desk.store.handoffs.open(case)
    desk.desk.config(desk.store)  # the store chases by these settings
    assert desk.store.handoff_steps.chase(handoff.number, NOW + 15 * MINUTE)
    desk.desk.now = lambda: NOW + 15 * MINUTE
    text = read(desk, way).text
    assert "The email of 11:00 has not left, a try failed: ring them." in text
    assert "Safeguarding: the email of 11:00 has not left, a try failed: ring them" in text
    assert "is queued since" not in text


def test_what_was_done_in_words() -> None:
    nothing = Begun()
    assert (nothing.badge(NOW), nothing.words_of_999(NOW), nothing.words_of_call(NOW, names=True)) == ("", "", "")  # fmt: skip
    assert nothing.is_to_ring(NOW)
    missed = Begun(steps=(step("no_answer_1", 0, NOBODY_ANSWERED),))
    assert missed.is_to_ring(NOW)
    assert missed.badge(NOW) == "rung 11:00: no answer"
    reached = Begun(steps=(*missed.steps, step("ring", 2, SPOKE, "Priya Nair")))
    assert reached.words_of_call(NOW, names=True) == "rung 11:02, Priya Nair, not confirmed"
    assert reached.words_of_call(NOW, names=False) == "rung 11:02, not confirmed"
    assert not reached.is_to_ring(NOW + 16 * MINUTE)
    assert reached.is_to_ring(NOW + 17 * MINUTE)
    by_another = Begun(steps=(step("first", 3, "called by someone else"),))
    assert (
        by_another.words_of_999(NOW)
        == "999 called by someone else, as Amina Yusuf wrote down 11:03"
    )
    not_called = Begun(steps=(step("first", 3, "not known"),))
    assert not_called.words_of_999(NOW) == ""
    assert did("first", "not known") == "wrote down that 999 was not called"
    assert did("on_call_2", NOBODY_ANSWERED) == "rang whoever is on call: no answer"


def test_how_many_steps_are_done_counts_as_their_page_does() -> None:
    wanted = steps_of("danger", standing=("first",), left=("platform", "reply"), likely=())
    assert wanted == {"first", "ring", "platform", "reply"}
    assert answered(wanted, ("first", "ring_again_2")) == 2
    assert answered(wanted, ("first", "not_rung")) == 1
    assert answered(wanted, ("not_rung", "has_it")) == 1
    assert "no_reply" in steps_of("danger", standing=("no_reply",), left=("reply",), likely=())


def test_the_page_and_the_case_count_alike(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    way = f"/cases/{case}/danger"
    do(desk, way, "called")
    page = read(desk, way)
    shown = [each for each in page.all("li") if (each.get("class") or "").startswith("step")]
    finished = [each for each in shown if "step--done" in each["class"]]
    assert f"({len(finished)} of {len(shown)} done)" in read(desk, f"/cases/{case}").text
    assert path_of(desk, case, "danger").stands == "1"


@pytest.mark.parametrize("way", ["waiting", "finish"])
def test_once_the_team_confirmed_no_place_says_that_it_has_not(desk: House, way: str) -> None:
    case = case_of(desk.store, IN_DANGER)
    steps = f"/cases/{case}/danger"
    do(desk, steps, "ring", who="Priya Nair", prefix="ring")
    (handoff,) = desk.store.handoffs.open(case)
    assert "ung 11:00, Priya Nair, not confirmed" in read(desk, f"/cases/{case}").text
    desk.desk.now = lambda: NOW + 3 * MINUTE
    if way == "waiting":
        assert send(desk, f"/waiting/{handoff.number}/confirm", who="Priya Nair", when="11:03").status_code == 303  # fmt: skip
    else:
        do(desk, steps, "has_it", who="Priya Nair", when="11:03", prefix="has")
    for handle in ("amina", "bea"):
        page = read(desk, f"/cases/{case}", handle)
        assert "Confirmed 11:03, Priya Nair" in page.text
        assert "not confirmed" not in page.text
        assert "confirmed 11:03, Priya Nair" in read(desk, "/all", handle).text
    assert "Priya Nair" not in read(desk, "/all", "vera").text
    text = read(desk, steps).text
    assert "until they confirm" not in text
    assert (
        "Confirmed 11:03, Priya Nair" in text
        or "Priya Nair of Safeguarding has it, since 11:03" in text
    )
    assert "Who has it?" not in text
    assert send(desk, f"/waiting/{handoff.number}/again").status_code == 303
    if way == "waiting":
        assert "ung 11:00, Priya Nair, not confirmed" in read(desk, f"/cases/{case}").text
