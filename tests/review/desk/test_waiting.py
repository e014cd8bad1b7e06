from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.errors import StoreError
from reports.alerts import steps_of
from reports.deeds import Deeds, deeds_of
from reports.handoffs import letter, role_of
from review.desk import lists
from settings.review import Chase, LanePromises
from store import CaseQuery, Handoff, PathStep
from store.cases.handoffs import StepKind
from store.cases.models import LaneRow
from store.cases.path_steps import PathSteps
from tests.review.conftest import House
from tests.review.desk.paths import do, emails_leave, now_lane
from tests.review.desk.test_pass_on import ROLES, emails
from tests.review.factories import (
    HOSTILE,
    IN_DANGER,
    NAMED,
    NOW,
    RUMOUR,
    TAKE_DOWN,
    Told,
    case_of,
    configure,
    decide,
    tell,
)
from tests.review.pages import read, send
from tests.store.factories import AT, DAY, HOUR

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(anew: House) -> House:
    configure(anew.desk, roles=ROLES)
    anew.desk.config(anew.store)  # the store is told whom to write to
    return anew


def passed_on(house: House, told: Told, role: str) -> Handoff:
    case = case_of(house.store, told)
    decide(house.store, case, house.who["amina"], "escalate", role=role, at=NOW - 10 * MINUTE)
    return house.store.handoffs.open(case)[0]


def test_all_that_waits_is_there_with_who_has_it_and_since_when(desk: House) -> None:
    danger, leak, rumour = (
        passed_on(desk, IN_DANGER, "safeguarding"), passed_on(desk, NAMED, "information_governance"),
        passed_on(desk, RUMOUR, "pals"),
    )  # fmt: skip
    page = read(desk, "/waiting")
    for part in (
        "Someone may be in danger", "Safeguarding", "The email has not left: ring them, to confirm by", "by Amina Yusuf", "No email: ring them",
        "72 hours: by", "A claim to check",
    ):  # fmt: skip
        assert part in page.text, part
    assert page.text.index("Someone may be in danger") < page.text.index("A claim to check")
    for one in (danger, leak, rumour):  # by the name that the case had in Today
        named = desk.store.lanes.reasons([one.case])[one.case]
        assert named.lower() in page.text.lower()
    chased = {form["action"] for form in page.all("form") if "chase" in form["action"]}
    assert chased >= {f"/waiting/{danger.number}/chase", f"/waiting/{rumour.number}/chase"}
    assert f"/waiting/{leak.number}/chase" not in chased  # nobody can be written to


def test_the_tab_counts_what_waits(desk: House) -> None:
    before = sum(desk.store.handoffs.count_standing())
    passed_on(desk, RUMOUR, "pals")
    assert f"Waiting {before + 1}" in read(desk, "/today").text


def test_more_than_a_page_of_it_comes_in_pages_and_the_count_is_of_all(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SIZE", 1)
    passed_on(desk, IN_DANGER, "safeguarding")
    passed_on(desk, RUMOUR, "pals")
    of_teams = sum(desk.store.handoffs.count_standing())
    first, last, beyond = (
        read(desk, f"/waiting?page={number}") for number in (1, of_teams, of_teams + 7)
    )
    assert f"Page 1 of {of_teams}" in first.text
    assert "Someone may be in danger" in first.text
    assert "Someone may be in danger" not in last.text
    assert f"Page {of_teams} of {of_teams}" in beyond.text  # what waited there was answered
    for page in (first, last):
        assert (
            f"{of_teams} wait for others: {of_teams} that no team has confirmed yet, 0 that a team has"
            in page.text
        )
        assert f"Waiting {of_teams}" in page.text


def test_a_question_to_a_colleague_waits_too(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    mentions = [each for each in desk.store.cases.mentions(case) if each.reviewable]
    covers = [f"{each.item.number}:{each.item.revision}" for each in mentions]
    send(
        desk, f"/cases/{case}/decide", kind="second_opinion", covers=covers, version=0,
        colleague=desk.who["bea"], question="Is it true?",
    )  # fmt: skip
    page = read(desk, "/waiting")
    assert "With colleagues" in page.text
    assert "Bea Whitlock" in page.text
    assert "asked by Amina Yusuf (you)" in page.text


def test_somebody_writes_down_who_has_it_and_the_danger_clock_stops(desk: House) -> None:
    one = passed_on(desk, IN_DANGER, "safeguarding")
    running = [
        clock.kind for clock in desk.store.deadlines.of_case(one.case) if not clock.stopped_at
    ]
    assert "look" in running
    answer = send(desk, f"/waiting/{one.number}/confirm", who="Dr Osei", how="phone", when="10:55", answer_by="2026-11-24")  # fmt: skip
    assert answer.status_code == 303
    assert f"confirmed by the team: case {one.case}" in read(desk, answer.headers["location"]).text
    page = read(desk, f"/waiting/{one.number}")
    assert "Confirmed, answer due" in page.text
    assert "Dr Osei, by phone, today, 10:55" in page.text
    assert "look" not in [
        clock.kind for clock in desk.store.deadlines.of_case(one.case) if not clock.stopped_at
    ]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"who": ""}, "Write who has it"), ({"who": "them"}, "Write a person’s name"), ({"who": "X"}, "Write a person’s name"), ({"how": ""}, "Choose how they told you"),
        ({"when": "25:99"}, "Write a day, and a time up to now by the 24-hour clock"),
        ({"when": "23:59"}, "is still to come. Write a time up to now, such as 11:00"), ({"answer_by": "2020-01-01"}, "Choose a day from today on"),
        ({"answer_by": "soon"}, "Choose a day, or none"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field(desk: House, form: dict[str, str], says: str) -> None:
    one = passed_on(desk, IN_DANGER, "safeguarding")
    answer = send(
        desk, f"/waiting/{one.number}/confirm", **({"who": "Dr Osei", "how": "phone"} | form)
    )
    assert answer.status_code == 422
    assert says in answer.text
    assert desk.store.handoffs.get(one.number) == one


def test_danger_that_another_team_alone_has_says_who_was_not_told(desk: House) -> None:
    now_lane(desk, IN_DANGER, "Someone may end their life")
    one = passed_on(desk, IN_DANGER, "pals")
    send(desk, f"/waiting/{one.number}/confirm", who="Ife Adeyemi", how="phone")
    for page in (f"/cases/{one.case}", f"/cases/{one.case}/full", "/waiting"):
        assert "Safeguarding was not told: it went to PALS and complaints alone." in read(desk, page).text  # fmt: skip
    assert (
        "was not told" not in read(desk, "/handover").text
    )  # it is named there as danger of which nobody was told


def test_when_they_said_so_is_from_the_day_that_it_was_posted_to_now(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    (posted, *_) = sorted(each.item.posted_at for each in desk.store.cases.mentions(one.case))
    before, later = posted - timedelta(minutes=1), NOW + timedelta(minutes=1)
    for moment, says in ((before, "is before it was posted"), (later, "is still to come")):
        answer = send(desk, f"/waiting/{one.number}/confirm", who="Ife Adeyemi", how="phone", day=moment.date().isoformat(), when=clock.local(moment)[-5:])  # fmt: skip
        assert answer.status_code == 422
        assert says in answer.text
    answer = send(desk, f"/waiting/{one.number}/confirm", who="Ife Adeyemi", how="phone", day=posted.date().isoformat(), when=clock.local(posted)[-5:])  # fmt: skip
    assert answer.status_code == 303


def test_that_a_team_that_has_it_is_emailed_again_stands_under_more_and_says_so(desk: House) -> None:  # fmt: skip
    one = passed_on(desk, RUMOUR, "pals")
    emails_leave(desk)
    for page in ("/waiting", f"/waiting/{one.number}"):
        assert "Chase now" in read(desk, page).text
    send(desk, f"/waiting/{one.number}/confirm", who="Ife Adeyemi", how="phone")
    for way in ("/waiting", f"/waiting/{one.number}"):
        html = desk.asks().get(way).text
        assert not re.search(r'<button class="nhsuk-button[^>]*>(Chase now|Email PALS)', html)
        form = html.index(f'action="/waiting/{one.number}/chase"')
        assert html.rindex("<summary>More", 0, form) > html.rindex("</td>" if way == "/waiting" else "</dl>", 0, form)  # fmt: skip
        assert "Email PALS and complaints again" in html[form : form + 200]
        assert "Chase now" not in html[form : form + 200]


def test_what_a_row_waits_for_is_said_once(desk: House) -> None:
    asks = replace(TAKE_DOWN, text=f"{TAKE_DOWN.text} At once.")
    tell(desk.store, asks, 181, AT, alone=True)
    one = passed_on(desk, asks, "pals")
    desk.store.database.execute("UPDATE case_mentions SET reason = 'Asks us to take something down' WHERE case_number = ?", one.case)  # fmt: skip
    page = read(desk, "/waiting").text
    assert "A request to take something down" in page
    assert "Asks us to take something down" not in page
    desk.store.database.execute("UPDATE case_mentions SET reason = 'Asks us to take down a picture, Ealing' WHERE case_number = ?", one.case)  # fmt: skip
    assert "Asks us to take down a picture, Ealing" in read(desk, "/waiting").text  # it tells more


def test_an_answer_makes_it_somebodys_to_decide(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    assert send(desk, f"/waiting/{one.number}/answer", note=" ").status_code == 422
    assert one.case not in [row.case.number for row in in_lanes(desk)]
    answer = send(desk, f"/waiting/{one.number}/answer", note="It shuts for a day only")
    assert answer.headers["location"] == f"/cases/{one.case}?answered={one.number}"
    assert one.case in [row.case.number for row in in_lanes(desk)]
    page = read(desk, answer.headers["location"])
    assert f"Saved: case {one.case}, what PALS and complaints answered" in page.text
    assert "PALS and complaints answered, today, 11:00: It shuts for a day only" in page.text
    assert "Nothing of it waits for a decision" not in page.text
    assert "Decide what is left to do" in page.text
    for way in (f"/waiting/{one.number}", f"/cases/{one.case}/full"):
        assert "It shuts for a day only" in read(desk, way).text
    assert "It shuts for a day only" not in read(desk, f"/cases/{one.case}", "vera").text


def in_lanes(house: House) -> list[LaneRow]:
    return house.store.lanes.rows(("now", "answer", "look", "rest"), user=1, at=NOW, limit=99)


def test_who_wrote_down_who_has_it_stays_with_it_and_can_go_on(desk: House) -> None:
    one = passed_on(desk, IN_DANGER, "safeguarding")
    answer = send(desk, f"/waiting/{one.number}/confirm", who="Dr Osei", how="phone", when="10:55")
    page = read(desk, answer.headers["location"])
    assert page.all("form", action=f"/waiting/{one.number}/answer")
    assert "Go on to the next case" in page.text


def test_no_team_that_answers_no_telephone_now_is_to_be_rung(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    later = NOW + 10 * HOUR / 60
    desk.desk.now = lambda: later
    pages = ("/waiting", f"/waiting/{one.number}", f"/cases/{one.case}")
    for page in pages:
        assert "mail has not left: ring them" in read(desk, page).text, page
    office = tuple(role.model_copy(update={"hours": "working", "reach": "020 7946 0166"}) for role in ROLES)  # fmt: skip
    configure(
        desk.desk, roles=office, lanes=LanePromises(days=("mon",))
    )  # so that it is out of hours now
    for page in pages:
        text = read(desk, page).text
        assert "mail has not left" in text, page
        assert "ring them" not in text, page


def test_that_nobody_answered_stands_there_in_red_with_the_number(desk: House) -> None:
    now_lane(desk, IN_DANGER, "Someone may be in danger")
    case = case_of(desk.store, IN_DANGER)
    assert do(desk, f"/cases/{case}/danger", "no_answer").status_code == 303
    (one,) = desk.store.handoffs.open(case)
    assert case in [row.case.number for row in in_lanes(desk)]
    page = read(desk, "/waiting")
    assert "Not confirmed: nobody answered 11:00" in page.text
    assert page.all("a", href="tel:+442079460133")
    assert page.all("span", **{"class": "nhsuk-tag nhsuk-tag--red"})
    pane = read(desk, f"/cases/{case}")
    assert (
        "Safeguarding: not confirmed: nobody answered 11:00. Ring Safeguarding now: 020 7946 0133"
        in pane.text
    )
    assert "You have it" in pane.text
    send(desk, f"/waiting/{one.number}/confirm", who="Dr Osei", how="phone", when="10:55")
    assert case in [row.case.number for row in in_lanes(desk)]  # its other steps have no answer
    assert "3 steps have no answer yet. Its team has it" in read(desk, f"/cases/{case}").text
    for step in ("called", "platform", "reply"):
        do(desk, f"/cases/{case}/danger", step)
    assert case not in [row.case.number for row in in_lanes(desk)]


def test_chasing_now_emails_once_more(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    assert send(desk, f"/waiting/{one.number}/chase").status_code == 303
    assert emails(desk)[-1] == ("chased", ("pals@example.org",))
    again = send(desk, f"/waiting/{one.number}/chase")
    assert again.status_code == 422
    assert "within the last minute" in again.text
    leak = passed_on(desk, NAMED, "information_governance")
    assert "no email: ring them" in send(desk, f"/waiting/{leak.number}/chase").text


def test_taking_it_back_opens_the_case_and_can_not_be_done_twice(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    answer = send(desk, f"/waiting/{one.number}/take-back")
    assert answer.headers["location"].startswith(f"/cases/{one.case}?saved=")
    case = desk.store.cases.get(one.case)
    assert case is not None
    assert case.state == "new"
    assert send(desk, f"/waiting/{one.number}/take-back").status_code == 422


def test_what_was_written_down_by_mistake_waits_again(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    send(desk, f"/waiting/{one.number}/confirm", who="Ife", how="email")
    assert send(desk, f"/waiting/{one.number}/again").status_code == 303
    assert desk.store.handoffs.open(one.case)[0].state == "waits"
    late = send(desk, f"/waiting/{one.number}/again")
    assert late.status_code == 409
    assert "set it to wait again" in late.text


def test_a_viewer_reads_where_it_stands_and_no_word_of_it(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    send(desk, f"/waiting/{one.number}/confirm", who="Ife Adeyemi", how="email")
    page = read(desk, f"/waiting/{one.number}", "vera")
    assert "Confirmed" in page.text
    assert "Ife" not in page.text
    assert not [form for form in page.all("form") if "/waiting/" in form["action"]]


def test_an_email_that_could_not_be_sent_says_so(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    (row,) = desk.store.outbox.of_handoff(one.number)
    desk.store.outbox.claim(row.number, NOW)
    desk.store.outbox.mark_failed(row.number, NOW, "the server answered 550", None)
    assert (
        "Not confirmed: the email to PALS and complaints has not left: ring them"
        in read(desk, "/waiting").text
    )
    assert (
        "The email to PALS and complaints has not left."
        in read(desk, f"/waiting/{one.number}").text
    )


def test_what_a_team_has_is_counted_apart_from_what_nobody_confirmed(desk: House) -> None:
    before = desk.store.handoffs.count_standing()
    one = passed_on(desk, RUMOUR, "pals")
    assert desk.store.handoffs.count_standing() == (before[0] + 1, before[1])
    send(desk, f"/waiting/{one.number}/confirm", who="Dr Osei", how="phone", when="10:55")
    assert desk.store.handoffs.count_standing() == (before[0], before[1] + 1)
    assert f"{before[0]} that no team has confirmed yet, {before[1] + 1} that a team has" in read(desk, "/waiting").text  # fmt: skip


def test_the_time_to_decide_on_what_a_team_has_is_overdue_for_nobody_here(desk: House) -> None:
    """Nor while it should still say that it has it; once it did not in time it is, since somebody has to ring."""
    one = passed_on(desk, RUMOUR, "pals")
    case = desk.store.cases.get(one.case)
    assert case is not None
    assert case.lane is None
    assert one.due_at is not None
    with desk.store.database.transaction():
        desk.store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", clock.text(one.due_at - 2 * HOUR), one.case)  # fmt: skip

    def overdue(at: datetime) -> tuple[bool, bool, bool]:
        listed = [number for number, *_ in desk.store.workload.overdue(at, limit=100)]
        tab = desk.store.queue.page(CaseQuery(tab="overdue", size=100), at).cards
        standing = desk.store.handovers.standing(at - 100 * DAY, at).overdue
        return one.case in listed, one.case in [card.case.number for card in tab], one.case in standing  # fmt: skip

    assert overdue(one.due_at - HOUR) == (False, False, False)
    assert overdue(one.due_at + HOUR) == (True, True, True)
    send(desk, f"/waiting/{one.number}/confirm", who="Dr Osei", how="phone", when="10:55")
    assert overdue(one.due_at + HOUR) == (False, False, False)


def test_a_danger_that_went_to_the_wrong_team_says_so_where_that_stands_and_who_must_know(
    desk: House,
) -> None:
    now_lane(desk, IN_DANGER, "Someone may be in danger")
    case = case_of(desk.store, IN_DANGER)
    found = desk.store.cases.get(case)
    assert found is not None
    (post, *_) = [f"{each.item.number}:{each.item.revision}" for each in desk.store.cases.mentions(case)]  # fmt: skip
    form: dict[str, Any] = {"version": found.version, "posts": post, "role": "pals", "sure": "pals"}
    assert send(desk, f"/cases/{case}/pass-on", **form).status_code == 303
    (handoff,) = desk.store.handoffs.open(case)
    for confirmed in (False, True):
        if confirmed:
            desk.store.handoff_steps.confirm(handoff.number, by=1, at=desk.desk.now(), who="Kit Rowe, by phone", when=desk.desk.now())  # fmt: skip
        text = read(desk, f"/waiting/{handoff.number}").text
        assert "Safeguarding was not told: it went to PALS and complaints alone." in text
        assert "until they confirm" not in text
        assert "stays in Now until they confirm" not in read(desk, f"/cases/{case}").text
        knows = read(desk, f"/cases/{case}/danger").text.partition("Who knows")[2]
        assert "PALS and complaints" in knows
        assert ("PALS and complaints has confirmed" in knows) == confirmed
        line = read(desk, "/handover").text.partition("no team that must know has been told")[2]
        assert f"case {case}:" in line
        assert "passed to PALS and complaints alone" in line
        assert "no team has been told" not in read(desk, "/handover").text


def test_who_confirms_after_a_colleague_reads_who_wrote_what_and_saves_another_name_beside_it(desk: House) -> None:  # fmt: skip
    one = passed_on(desk, RUMOUR, "pals")
    way = f"/waiting/{one.number}/confirm"
    assert send(desk, way, who="Ife Adeyemi", how="email").status_code == 303
    late = send(desk, way, "bea", who="Zoe Other")
    assert late.status_code == 409
    at_button = late.text[late.text.index("What you typed stands below") :]
    assert "Amina Yusuf wrote down that they have confirmed, 11:00: Ife Adeyemi" in at_button
    assert at_button.index("is not saved: save it as one more.") < at_button.index("Save: as one more")  # fmt: skip
    form = late.text[late.text.index(f'action="{way}"') :]
    assert 'value="Zoe Other"' in form
    assert 'name="further" value="yes"' in form
    assert send(desk, way, "bea", who="Zoe Other", further="yes").status_code == 303
    page = read(desk, f"/waiting/{one.number}", "bea")
    assert "Zoe Other" in page.text
    assert "Ife Adeyemi" in page.text
    again = send(desk, way, "bea", who="ife adeyemi", further="yes")
    assert again.status_code == 409
    assert "11:00: Ife Adeyemi" in again.text.partition("There is nothing left to save.")[0]
    assert desk.store.handoffs.open(one.case)[0].state == "confirmed"
    # what they said before it was set to wait again holds no more, so that it can be said anew
    assert send(desk, f"/waiting/{one.number}/again").status_code == 303
    assert send(desk, way, who="Zoe Other", how="email").status_code == 303
    anew = send(desk, way, "bea", who="Ife Adeyemi")
    assert "save it as one more" in anew.text


@pytest.mark.parametrize("role", ["safeguarding", "pals"])
@pytest.mark.parametrize("minutes", [0, 6, 40])
def test_whom_to_ring_stands_on_once_the_time_to_confirm_danger_is_over_and_no_email_leaves(
    desk: House, role: str, minutes: int
) -> None:
    """Before it, at it and long after it, whichever team it is with; nobody is ordered to ring a team that answers no telephone."""
    crisis = "the on-call manager, 020 7946 0100"
    configure(desk.desk, crisis_contact=crisis, chase=Chase(chain=("on-call@example.org",)))
    handoff = passed_on(desk, IN_DANGER, role)
    assert handoff.next_at is not None
    at = handoff.next_at + timedelta(minutes=minutes) - timedelta(minutes=3)
    desk.desk.now = lambda: at
    assert "no email leaves now: ring " + crisis in read(desk, f"/waiting/{handoff.number}").text
    emails_leave(desk)
    desk.store.job_runs.end(desk.store.job_runs.begin("deliver", at), at, failures=0)
    text = read(desk, f"/waiting/{handoff.number}").text
    assert ("is not written yet: ring " + crisis in text) is (minutes == 40)


def test_of_danger_whoever_is_on_call_is_named_where_nobody_of_the_team_answers_now(
    desk: House,
) -> None:
    crisis = "the on-call manager, 020 7946 0100"
    office = tuple(role.model_copy(update={"hours": "working", "reach": "020 7946 0166"}) for role in ROLES)  # fmt: skip
    configure(desk.desk, crisis_contact=crisis, roles=office, lanes=LanePromises(days=("mon",)))
    handoff = passed_on(desk, IN_DANGER, "pals")
    later = NOW + 10 * HOUR / 60
    desk.desk.now = lambda: later
    text = read(desk, f"/waiting/{handoff.number}").text
    assert "Nobody at PALS and complaints answers the phone now: ring the on-call manager, 020 7946 0100." in text  # fmt: skip
    assert "no other number is set up" not in text
    assert "has not left: ring them" not in text
    assert f"Case {handoff.case}, PALS and complaints: ring {crisis}." in text  # the red line


def refused(desk: House, note: str = "Not our area", *, confirmed: bool = False) -> Handoff:
    """Danger that was passed to Safeguarding, who said that it is not theirs."""
    configure(desk.desk, roles=ROLES, chase=Chase(chain=("on-call@example.org",)), crisis_contact="the on-call manager, 020 7946 0199")  # fmt: skip
    desk.desk.config(desk.store)
    now_lane(desk, IN_DANGER, "Someone may be in danger")
    case = case_of(desk.store, IN_DANGER)
    assert do(desk, f"/cases/{case}/danger", "no_answer").status_code == 303
    (one,) = desk.store.handoffs.open(case)
    if confirmed:
        assert send(desk, f"/waiting/{one.number}/confirm", who="Dr Osei", how="phone", when="10:55").status_code == 303  # fmt: skip
    answer = send(desk, f"/waiting/{one.number}/answer", note=note, takes="no")
    assert answer.status_code == 303
    assert "Safeguarding does not take it, and it stays due" in read(desk, answer.headers["location"]).text  # fmt: skip
    return one


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_team_that_does_not_take_danger_leaves_its_clock_and_the_red_lists(
    desk: House, confirmed: bool
) -> None:
    one = refused(desk, confirmed=confirmed)
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    assert (now.state, now.heard) == ("waits", ())
    assert now.refusal is not None
    assert now.refusal.note == "Not our area"
    (row,) = [row for row in in_lanes(desk) if row.case.number == one.case]
    assert row.case.lane == "now"
    assert any(danger.case == one.case for danger in desk.store.cases.open_dangers())
    says = "Safeguarding does not take it: ring the on-call manager, 020 7946 0199"
    for page in ("/waiting", f"/waiting/{one.number}", f"/cases/{one.case}", "/handover"):
        assert says in read(desk, page).text, page
    pane = read(desk, f"/cases/{one.case}").text
    assert "Its team has it" not in pane
    assert "Ring Safeguarding now" not in pane
    assert "They don’t take it" in read(desk, f"/waiting/{one.number}").text
    assert "Not our area" in read(desk, f"/waiting/{one.number}").text


def test_what_a_team_does_not_take_is_saved_whole_or_not_at_all(
    desk: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it waits again and that its steps say so are one: else a page would say that they have it while nobody has."""

    def fails(*_: object, **__: object) -> bool:
        raise StoreError("the disk is full")

    monkeypatch.setattr(PathSteps, "take_back", fails)
    configure(desk.desk, roles=ROLES, crisis_contact="the on-call manager, 020 7946 0199")
    desk.desk.config(desk.store)
    now_lane(desk, IN_DANGER, "Someone may be in danger")
    case = case_of(desk.store, IN_DANGER)
    assert do(desk, f"/cases/{case}/danger", "ring_has", who="Dr Osei", when="10:55", prefix="ring").status_code == 303  # fmt: skip
    (one,) = desk.store.handoffs.open(case)
    assert one.state == "confirmed"
    answer = send(desk, f"/waiting/{one.number}/answer", note="Not our area", takes="no")
    assert answer.status_code >= 400
    (now,) = desk.store.handoffs.open(case)
    assert (now.state, now.refusal) == ("confirmed", None)


def test_whoever_is_next_is_told_at_once_and_no_email_says_that_the_team_has_it(
    desk: House,
) -> None:
    one = refused(desk)
    assert one.number in desk.store.handoffs.to_chase(NOW)
    assert desk.store.handoff_steps.chase(one.number, NOW)
    assert ("told", ("on-call@example.org",)) in emails(desk)
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    says: dict[StepKind, str] = {
        "told": "Safeguarding does not take this, and nobody has it.",
        "chased": "It is written down that you do not take it", "sent": "Please confirm",
    }  # fmt: skip
    for step, words in says.items():
        mail = letter(desk.store, desk.desk.config(desk.store), desk.desk.policy, now, step, at=NOW)
        for message in (mail.text, mail.html):
            assert words in " ".join(message.split())
            assert "It is written down that you have it" not in " ".join(message.split())


def leave(house: House, at: datetime = NOW) -> None:
    """All that is due leaves, and is kept as it left."""
    for row in house.store.outbox.due(at):
        handoff = house.store.handoffs.get(int(row.payload["handoff"])) if row.kind == "handoff" else None  # fmt: skip
        house.store.outbox.claim(row.number, at)
        house.store.outbox.mark_sent(row.number, at)
        if handoff is not None:
            step: StepKind = row.payload["step"]  # type: ignore[assignment]  # as it was written
            mail = letter(house.store, house.desk.config(house.store), house.desk.policy, handoff, step, at=at)  # fmt: skip
            house.store.handoff_steps.keep_letter(row.number, subject=mail.subject, text=mail.text)


def test_what_a_team_does_not_take_is_nobodys_on_every_list(desk: House) -> None:
    one = refused(desk)
    nobody = "Safeguarding does not take it: nobody has it"
    for page in ("/today", "/mine"):
        text = read(desk, page).text
        assert nobody in text, page
        assert "waits for Safeguarding" not in text, page
        assert "With Safeguarding" not in text, page
        assert "no answer" not in text, page
    steps = read(desk, f"/cases/{one.case}/danger").text
    assert "Safeguarding does not take it, as Amina Yusuf wrote down 11:00" in steps  # who knows
    assert "Ring whoever is on call: Safeguarding does not take it" in steps
    assert "Ring Safeguarding" not in steps
    assert "I rang them" not in steps  # who is rung now is whoever is on call
    assert "I rang whoever is on call" in steps
    assert "ring again" not in steps
    passing_on = read(desk, f"/cases/{one.case}/pass-on?role=safeguarding").text
    assert "Safeguarding does not take it, as Amina Yusuf wrote down 11:00. Nobody has it. Ring the on-call manager, 020 7946 0199." in passing_on  # fmt: skip
    assert "has it already" not in passing_on
    case = desk.store.cases.get(one.case)
    assert case is not None
    posts = [f"{each.item.number}:{each.item.revision}" for each in desk.store.cases.mentions(one.case)]  # fmt: skip
    way = f"/cases/{one.case}/pass-on"
    again = send(desk, way, version=case.version, posts=posts, role="safeguarding", note="She is safe")  # fmt: skip
    assert again.status_code == 409
    assert "Send it again only if they have said that they take it after all." in again.text
    assert "has it already" not in again.text
    assert "She is safe" in again.text
    assert send(desk, way, version=case.version, posts=posts, role="safeguarding", again="safeguarding").status_code == 303  # fmt: skip
    assert nobody not in read(desk, "/mine").text  # they were asked anew


def refuse_after(house: House, *, do_before: str, **form: Any) -> Handoff:
    """Danger that Safeguarding was rung about at 11:00, by a button of the steps, and does not take since 11:02; it is 11:05 now."""
    configure(house.desk, roles=ROLES, chase=Chase(chain=("on-call@example.org",)), crisis_contact="the on-call manager, 020 7946 0199")  # fmt: skip
    house.desk.config(house.store)
    now_lane(house, IN_DANGER, "Someone may be in danger")
    case = case_of(house.store, IN_DANGER)
    assert do(house, f"/cases/{case}/danger", do_before, **form).status_code == 303
    (one,) = house.store.handoffs.open(case)
    house.desk.now = lambda: NOW + 2 * MINUTE
    assert send(house, f"/waiting/{one.number}/answer", note="Not our area", takes="no").status_code == 303  # fmt: skip
    house.desk.now = lambda: NOW + 5 * MINUTE
    return one


def said_done(house: House, one: Handoff) -> Deeds:
    """What an email says now of what was done about it."""
    config = house.desk.config(house.store)
    posts = [post for post, _ in one.posts]
    return deeds_of(house.store, config, one.case, posts, team=role_of(config, "safeguarding"), danger=True, at=house.desk.now())  # fmt: skip


CALLS_BEFORE: list[tuple[str, dict[str, Any]]] = [
    ("ring", {}), ("ring", {"who": "Priya Nair", "prefix": "ring"}), ("no_answer", {}), ("ring_has", {"who": "Priya Nair", "prefix": "ring"}),
    ("again", {"whom": "team"}), ("again", {"whom": "team", "who": "Priya Nair", "prefix": "again"}),
]  # fmt: skip


@pytest.mark.parametrize(("button", "form"), CALLS_BEFORE)
def test_a_call_before_a_team_said_that_it_does_not_take_it_is_the_teams_and_ticks_no_call_to_who_is_on_call(
    desk: House, button: str, form: dict[str, Any]
) -> None:
    one = refuse_after(desk, do_before=button, **form)
    way = f"/cases/{one.case}/danger"
    page = read(desk, way)
    (step,) = page.all("li", **{"data-step": "ring"})
    assert step["class"] == "step"  # neither a tick nor a reason
    assert "Rang:" not in page.text
    assert "rang Priya Nair, Safeguarding" in page.text if "who" in form else "rang Safeguarding" in page.text  # fmt: skip
    assert "I rang whoever is on call" in page.text
    assert "0 of " in read(desk, f"/cases/{one.case}").text
    assert "ring the on-call manager, 020 7946 0199" in read(desk, "/waiting").text
    deeds = said_done(desk, one)
    assert "Safeguarding does not take it, as Amina Yusuf wrote down 11:02" in deeds.lines
    assert (deeds.refused, deeds.on_call_rung) == (True, False)
    assert not any(line.startswith("Whoever is on call") for line in deeds.lines)

    assert do(desk, way, "again_no", whom="on_call").status_code == 303
    (step,) = read(desk, way).all("li", **{"data-step": "ring"})
    assert step["class"] == "step"  # nobody answered
    assert do(desk, way, "again", whom="on_call", who="Sam Reid", prefix="again").status_code == 303
    page = read(desk, way)
    (step,) = page.all("li", **{"data-step": "ring"})
    assert step["class"] == "step step--done"
    assert "Rang: You, 11:05" in page.text
    assert "rang Sam Reid, on call" in page.text
    assert "1 of " in read(desk, f"/cases/{one.case}").text
    assert "Safeguarding does not take it: whoever is on call was rung 11:05" in read(desk, "/waiting").text  # fmt: skip
    assert said_done(desk, one).on_call_rung


def test_who_was_on_call_before_a_team_said_that_it_does_not_take_it_is_rung_again(
    desk: House,
) -> None:
    one = refuse_after(desk, do_before="no_answer")
    case = one.case
    seen = desk.store.path_steps.path(case, "danger").version
    early = PathStep(case=case, path="danger", step="on_call_1", by=desk.who["amina"], at=NOW + MINUTE, outcome="spoke")  # fmt: skip
    assert desk.store.path_steps.add(early, seen=seen)
    page = read(desk, f"/cases/{case}/danger")
    (step,) = page.all("li", **{"data-step": "ring"})
    assert step["class"] == "step"
    assert "rang whoever is on call at 11:01" in page.text  # it stands among the calls
    for each in ("/waiting", f"/cases/{case}", "/handover"):
        assert "Safeguarding does not take it: ring the on-call manager" in read(desk, each).text, each  # fmt: skip


def test_an_alert_about_what_a_team_does_not_take_asks_for_who_is_on_call(desk: House) -> None:
    one = refuse_after(desk, do_before="ring", who="Priya Nair", prefix="ring")
    config = desk.desk.config(desk.store)

    def orders() -> list[str]:
        steps = steps_of(("safeguarding",), "mastodon", config, at=NOW, deeds=said_done(desk, one))
        return [step.text for step in steps]

    assert "Ring the on-call manager: 020 7946 0199." in orders()
    assert do(desk, f"/cases/{one.case}/danger", "again", whom="on_call").status_code == 303
    for text in orders():
        assert "Safeguarding" not in text
        assert "on-call" not in text


def test_no_email_about_what_a_team_does_not_take_leads_back_to_it(desk: House) -> None:
    one = refused(desk)
    chain = ("on-call@example.org", "director@example.org")
    configure(desk.desk, chase=Chase(chain=chain), comms_phone="020 7946 0111")
    desk.desk.config(desk.store)
    steps = [row.payload["step"] for row in desk.store.outbox.due(NOW) if row.kind == "handoff"]
    assert "sent" not in steps  # no “Please confirm now” to who does not take it
    at, written = NOW, []
    for _ in range(4):
        desk.store.handoff_steps.chase(one.number, at)
        written += [(row.payload["step"], row.recipients, at) for row in desk.store.outbox.due(at) if row.kind == "handoff"]  # fmt: skip
        leave(desk, at)
        at += 15 * MINUTE
    assert [(step, to) for step, to, _ in written] == [
        ("chased", ("safe@example.org",)), ("told", chain[:1]), ("told", chain[1:]),
    ]  # fmt: skip
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    assert now.next_at is None
    first, second = (step for step in now.steps if step.kind == "told")
    assert (first.to, second.to) == chain
    for step in (first, second):
        text = " ".join(step.sent_text.split())
        assert "Safeguarding does not take this, and nobody has it. Amina Yusuf of the comms team wrote that down on Fri 20 Nov 2026, 11:00. They said: “Not our area”. All that they answered is on the page of the case." in text  # fmt: skip
        assert "Ring Safeguarding" not in text
        assert "020 7946 0133" not in text
        assert step.sent_subject.startswith("Nobody has it, Safeguarding does not take it: ")
    assert "Ring the comms team: 020 7946 0111." in first.sent_text
    assert "Ring the on-call manager: 020 7946 0199." in second.sent_text
    desk.desk.now = lambda: NOW + 45 * MINUTE
    for page in (f"/waiting/{one.number}", f"/cases/{one.case}/danger"):
        text = read(desk, page).text
        assert "we email Safeguarding again" not in text, page
        assert "Nobody else is emailed: ring the on-call manager, 020 7946 0199." in text, page
        assert "the next person (director@example.org) was emailed 11:15" in text, page
        assert "They were emailed" not in text, page
    assert "they do not take it" in send(desk, f"/waiting/{one.number}/chase").text.lower()


def test_what_the_email_said_is_what_left_whatever_is_written_down_since(desk: House) -> None:
    one = passed_on(desk, IN_DANGER, "safeguarding")
    leave(desk)
    asks = "Please confirm by Fri 20 Nov 2026, 11:05 that you have it."
    page = f"/waiting/{one.number}"
    assert "Safeguarding was emailed 11:00." in read(desk, page).text
    desk.desk.now = lambda: NOW + 2 * MINUTE
    for change in ("refuse", "confirm"):
        if change == "refuse":
            assert send(desk, f"{page}/answer", note="For the police", takes="no").status_code == 303  # fmt: skip
        else:
            assert send(desk, f"{page}/confirm", who="Priya Nair", when="11:01").status_code == 303
        text = " ".join(read(desk, page).text.split())
        assert "What the email said, as it left" in text
        assert asks in text


def test_what_waits_stands_by_need(desk: House) -> None:
    """Danger first: refused or overdue, then the least time left; then the rest by the same order, and what waits longest."""
    early, late = passed_on(desk, IN_DANGER, "safeguarding"), passed_on(desk, NAMED, "safeguarding")
    rest = passed_on(desk, RUMOUR, "pals")
    due = {late.number: NOW + 3 * MINUTE, early.number: NOW + 4 * MINUTE, rest.number: NOW - HOUR}
    for number, moment in due.items():
        assert desk.store.database.execute("UPDATE handoffs SET due_at = ? WHERE number = ?", clock.text(moment), number)  # fmt: skip
    ours = (late.number, early.number, rest.number)
    order = [each.number for each in desk.store.handoffs.waiting(NOW) if each.number in ours]
    assert order == [*ours]
    assert (
        send(
            desk, f"/waiting/{early.number}/answer", note="That is for the police", takes="no"
        ).status_code
        == 303
    )
    page = read(desk, "/waiting")
    assert [int(row["data-waits"]) for row in page.all("tr") if "data-waits" in row][:3] == [early.case, late.case, rest.case]  # fmt: skip
    assert "then what has the least time left" in page.text


def test_mine_stands_by_the_time_that_is_left(desk: House) -> None:
    """As its rows have it: of what a team should confirm by when it should, whatever the time was to decide."""
    passed = passed_on(desk, RUMOUR, "pals")
    for told in (IN_DANGER, NAMED):
        send(desk, f"/cases/{case_of(desk.store, told)}/take", seen=0)
    for told, moment in ((IN_DANGER, NOW + 3 * HOUR), (NAMED, NOW - HOUR)):
        desk.store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", clock.text(moment), case_of(desk.store, told))  # fmt: skip
    desk.store.database.execute("UPDATE handoffs SET due_at = ? WHERE number = ?", clock.text(NOW + HOUR), passed.number)  # fmt: skip
    cards = desk.store.queue.page(CaseQuery(user=desk.who["amina"], tab="mine"), NOW).cards
    assert [card.case.number for card in cards] == [case_of(desk.store, NAMED), passed.case, case_of(desk.store, IN_DANGER)]  # fmt: skip


def test_why_a_team_does_not_take_it_is_in_sight_on_the_case_the_steps_and_its_page_of_waiting(
    desk: House,
) -> None:
    one = refused(desk)
    for page in (
        "/waiting",
        "/handover",
        f"/cases/{one.case}",
        f"/waiting/{one.number}",
        f"/cases/{one.case}/danger",
    ):
        text = read(desk, page).text
        assert re.search("(?i)they said: “?Not our area", text), page
    for page in ("/waiting", "/handover", f"/cases/{one.case}", f"/waiting/{one.number}"):
        assert "Not our area" not in read(desk, page, "vera").text, page  # who reads no answers
    assert "(1 of them isn’t taken by the team that was asked: nobody has it)" in read(desk, "/waiting").text  # fmt: skip
    desk.store.handoff_steps.chase(one.number, NOW)
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    config = desk.desk.config(desk.store)
    mail = letter(desk.store, config, desk.desk.policy, now, "told", at=NOW)
    assert f'All that they answered is on <a href="{mail.address}/cases/{one.case}">the page of the case</a>.' in mail.html  # fmt: skip
    assert "They said: “Not our area”. All that they answered is on the page of the case." in " ".join(mail.text.split())  # fmt: skip
    assert f"{mail.address}/cases/{one.case}" in mail.text
    assert "“Not our area”" in mail.html


@pytest.mark.parametrize(("note", "mailed"), [
    ("Ring Rosalind Pettigrew’s GP on 07700 900123", "07700"), ("Not our area: {post}", "Not our area"),
])  # fmt: skip
def test_what_a_team_answered_is_masked_in_emails_and_no_post_is_quoted_in_one(desk: House, note: str, mailed: str) -> None:  # fmt: skip
    one = desk.store.handoffs.get(refused(desk, note.format(post=IN_DANGER.text)).number)
    assert one is not None
    mail = letter(desk.store, desk.desk.config(desk.store), desk.desk.policy, one, "told", at=NOW)
    assert "All that they answered is on" in mail.text
    for part in (mail.text, mail.html):
        assert mailed not in part
        assert "Pettigrew" not in part
        assert IN_DANGER.text not in part
    assert ("They said: “Ring [" in mail.text) == (mailed == "07700")


def test_whoever_is_told_next_reads_who_was_told_before(desk: House) -> None:
    one = refused(desk)
    configure(desk.desk, chase=Chase(chain=("on-call@example.org", "director@example.org")))
    desk.desk.config(desk.store)
    desk.store.handoff_steps.chase(one.number, NOW)
    leave(desk, NOW)
    desk.store.handoff_steps.chase(one.number, NOW + 15 * MINUTE)
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    mail = letter(desk.store, desk.desk.config(desk.store), desk.desk.policy, now, "told", at=NOW + 15 * MINUTE)  # fmt: skip
    assert "on-call@example.org was emailed 11:00, and nobody has confirmed since" in mail.done


def test_waiting_says_who_of_the_team_has_it_and_since_when(desk: House) -> None:
    one = passed_on(desk, IN_DANGER, "safeguarding")
    assert desk.store.handoff_steps.confirm(one.number, by=desk.who["amina"], at=NOW, who="Dr Shah", when=NOW)  # fmt: skip
    assert "Dr Shah has it, since 11:00." in read(desk, "/waiting").text
    assert "Dr Shah" not in read(desk, "/waiting", "vera").text


def test_in_mine_danger_to_life_stands_above_what_is_longer_overdue(desk: House) -> None:
    """As in Today: danger to life above all, then what is overdue, then the least time left."""
    for told in (IN_DANGER, NAMED, HOSTILE):
        send(desk, f"/cases/{case_of(desk.store, told)}/take", seen=0)
    for lane, weight, due, told in (
        ("answer", 0, NOW - DAY, NAMED), ("now", 2 * 10**9, NOW - MINUTE, IN_DANGER), ("now", 2 * 10**9, NOW + HOUR, HOSTILE),
    ):  # fmt: skip
        desk.store.database.execute("UPDATE cases SET lane = ?, lane_weight = ?, due_at = ? WHERE number = ?", lane, weight, clock.text(due), case_of(desk.store, told))  # fmt: skip
    cards = desk.store.queue.page(CaseQuery(user=desk.who["amina"], tab="mine"), NOW).cards
    assert [card.case.number for card in cards] == [case_of(desk.store, told) for told in (IN_DANGER, HOSTILE, NAMED)]  # fmt: skip


def test_an_answer_about_danger_says_whether_they_have_it(desk: House) -> None:
    one = passed_on(desk, IN_DANGER, "safeguarding")
    page = read(desk, f"/waiting/{one.number}")
    assert "They have it and act on it" in page.text
    assert "They don’t take it" in page.text
    again = send(desk, f"/waiting/{one.number}/answer", note="We can’t find who it is")
    assert again.status_code == 422
    assert "Choose whether they have it." in again.text
    assert "We can’t find who it is" in again.text
    assert desk.store.handoffs.open(one.case)[0].state == "waits"
    answer = send(desk, f"/waiting/{one.number}/answer", note="Her doctor knows since noon", takes="yes")  # fmt: skip
    assert answer.status_code == 303
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    assert now.state == "answered"


def test_an_answer_of_a_team_that_need_not_know_asks_nothing_more(desk: House) -> None:
    one = passed_on(desk, RUMOUR, "pals")
    assert "They have it and act on it" not in read(desk, f"/waiting/{one.number}").text
