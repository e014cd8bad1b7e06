from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from core import clock
from core.models import DecisionKind, Staff
from reports import handoffs
from review.desk.harm import tells_of_harm
from review.desk.pass_on import about_consent, raises_concern, right_one
from review.desk.phones import dialled, phones
from review.desk.suggestions import followed
from review.desk.untold import LISTED_FOR
from settings.review import Chase, EscalationRole, LanePromises
from tests.review.conftest import House
from tests.review.desk.paths import ROLES as TEAMS
from tests.review.desk.paths import emails_leave, now_lane
from tests.review.factories import (
    GRIEVANCE,
    IN_DANGER,
    NAMED,
    NOW,
    RUMOUR,
    Told,
    case_of,
    configure,
    decide,
    tell,
)
from tests.review.pages import Tags, read, send
from tests.store.factories import AT, HOUR

ROLES = (
    EscalationRole(key="pals", name="PALS and complaints", when="Help with care", email=("pals@example.org",)),
    EscalationRole(key="guardian", name="Freedom to Speak Up Guardian", when="Staff who raise a concern", email=("guardian@example.org",)),
    EscalationRole(key="safeguarding", name="Safeguarding", when="Someone is at risk", email=("safe@example.org",), reach="020 7946 0133, day and night"),
    EscalationRole(key="information_governance", name="Information governance", when="Personal data that is out"),
    EscalationRole(key="hr", name="Human resources", when="Conduct of the ICB’s own staff", type="employer"),
)  # fmt: skip
KEYS = frozenset(role.key for role in ROLES)


@pytest.fixture
def desk(anew: House) -> House:
    configure(
        anew.desk, roles=ROLES, chase=Chase(chain=("on-call@example.org",)), comms_phone="020 7946 0100"
    )  # fmt: skip
    return anew


def form(house: House, told: Told, **more: object) -> dict[str, Any]:
    case = house.store.cases.get(case_of(house.store, told))
    assert case is not None
    (post, *_) = [
        each for each in house.store.cases.mentions(case.number) if each.item.masked == (told.masked or told.text)
    ]  # fmt: skip
    given: dict[str, Any] = {
        "version": case.version,
        "posts": f"{post.item.number}:{post.item.revision}",
    }
    return given | {"role": "pals"} | more


def emails(house: House) -> list[tuple[str, tuple[str, ...]]]:
    rows = [row for row in house.store.outbox.due(house.desk.now()) if row.kind == "handoff"]
    return [(row.payload["step"], row.recipients) for row in rows]


# ── who to ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("flags", "speaks_up", "right"),
    [
        (("safeguarding", "assistance"), False, "safeguarding"),
        (("safeguarding",), True, "safeguarding"),  # danger goes before all
        (("pid", "allegation"), False, "information_governance"),
        (("assistance",), False, "pals"),
        (("derogatory",), True, "guardian"),
        (("threat",), False, ""),  # neither security nor the police are set up
        ((), False, ""),
    ],
)
def test_the_right_team_follows_from_the_gravest_flag(
    flags: tuple[str, ...], speaks_up: bool, right: str
) -> None:
    assert right_one(flags, KEYS, speaks_up=speaks_up) == right


def test_serious_harm_is_for_safeguarding_and_a_wish_to_remove_for_whoever_can() -> None:
    serious = right_one(("pid", "allegation"), KEYS, speaks_up=False, serious=True)
    assert serious == "safeguarding"
    assert right_one(("allegation",), KEYS, speaks_up=True, serious=True) == "guardian"
    assert right_one(("removal_request",), {*KEYS, "media"}, speaks_up=False) == "media"
    assert right_one(("pid", "removal_request"), {*KEYS, "media"}, speaks_up=False) == "information_governance"  # fmt: skip


@pytest.mark.parametrize(
    ("words", "staff", "concern", "harm"),
    [
        ("Told in our one-to-ones to stop asking about the merger", "icb", True, False),
        ("Told in our one-to-ones to stop asking about the merger", "no", False, False),
        ("My aunt was on the floor of her room from Sunday to Tuesday", "no", False, True),
        ("Pressure sores down to the bone, and nobody turned her", "nhs", False, True),
        ("When does the surgery open?", "icb", False, False),
    ],
)
def test_a_concern_and_neglect_are_known_by_their_words(
    desk: House, words: str, staff: Staff, concern: bool, harm: bool
) -> None:
    item = desk.store.cases.mentions(case_of(desk.store, RUMOUR))[0].item
    item = replace(item, masked=words, staff=staff, flags=(), protected="none")
    assert (raises_concern(item), tells_of_harm(item)) == (concern, harm)


@pytest.mark.parametrize(
    ("words", "asks", "consent"),
    [
        ("There is a picture of my daughter on your flu poster. I said yes to the leaflet only.", False, True),
        ("Take the photo of my son off your page", True, True),
        ("The photograph of me is still on your site, I never agreed to it", True, True),
        ("Please remove the photo of the old entrance", True, False),
        ("What a lovely picture of the team", False, False),
        ("Do we have permission to use your photo of the queue?", False, False),
        ("Take down what you wrote of my daughter", True, False),
    ],
)  # fmt: skip
def test_a_picture_without_consent_is_for_information_governance(
    desk: House, words: str, asks: bool, consent: bool
) -> None:
    item = desk.store.cases.mentions(case_of(desk.store, RUMOUR))[0].item
    flags = (replace(item.flags[0], name="removal_request"),) if asks else ()
    assert about_consent(replace(item, masked=words, flags=flags)) is consent


def test_consent_goes_before_the_media_desk_and_after_danger() -> None:
    types = {*KEYS, "media"}

    def right(*flags: str) -> str:
        return right_one(flags, types, speaks_up=False, consent=True)

    assert right("removal_request") == right("media") == "information_governance"
    assert right("safeguarding", "removal_request") == "safeguarding"


def test_who_must_say_so_before_the_case_is_due_is_told_no_number_of_hours(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    page = read(desk, f"/cases/{case}/pass-on").text
    assert "in 4 working hours, by " in page
    desk.store.database.execute("UPDATE cases SET lane = 'answer', due_at = ? WHERE number = ?", clock.text(NOW + HOUR), case)  # fmt: skip
    page = read(desk, f"/cases/{case}/pass-on").text
    assert "by today, 11:30, before the case itself is due" in page
    assert "in 4 working hours" not in page


def test_each_team_says_by_when_it_is_chased_and_its_email_stands_open(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    emails_leave(desk)
    with desk.asks() as client:
        written = client.get(f"/cases/{case}/pass-on").text
    teams = re.findall(r'for="role-(\w+)">(.*?)</label>', written, re.DOTALL)
    said = {key: " ".join(words.split()) for key, words in teams}
    assert "We chase in 15 minutes" in said["safeguarding"]
    assert "We chase in 4 working hours" in said["pals"]
    assert "They should confirm in 4 working hours" in said["information_governance"]
    assert "We chase" not in written.partition('id="decide"')[2]
    assert re.search(r"<details[^>]* open[^>]*><summary>What PALS", written)


@pytest.mark.parametrize(
    ("told", "right"),
    [(IN_DANGER, "safeguarding"), (NAMED, "information_governance")],
)
def test_it_stands_first_and_is_chosen(desk: House, told: Told, right: str) -> None:
    page = read(desk, f"/cases/{case_of(desk.store, told)}/pass-on")
    roles = page.all("input", name="role")
    assert (roles[0]["value"], "checked" in roles[0]) == (right, True)
    assert "hr" not in {role["value"] for role in roles}


def test_a_role_that_the_address_asks_for_is_chosen(desk: House) -> None:
    page = read(desk, f"/cases/{case_of(desk.store, RUMOUR)}/pass-on?role=guardian")
    assert [role["value"] for role in page.all("input", name="role") if "checked" in role] == [
        "guardian"
    ]


def test_the_telephone_is_there_as_people_read_it(desk: House) -> None:
    page = read(desk, f"/cases/{case_of(desk.store, IN_DANGER)}/pass-on")
    assert "Ring first, 020 7946 0133, day and night" in page.text


def test_what_they_get_is_shown_word_for_word(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    with desk.asks() as client:
        written = client.get(f"/cases/{case}/pass-on").text
    shown = html.unescape(re.findall(r'class="mailbox__text">(.*?)</div>', written, re.DOTALL)[0])
    send(desk, f"/cases/{case}/pass-on", **form(desk, IN_DANGER, role="safeguarding"))
    (handoff,) = desk.store.handoffs.open(case)
    item = desk.store.figures.item(handoff.posts[0][0])
    mail = handoffs.step_mail(
        desk.desk.config(desk.store), desk.desk.policy, handoff, "sent", item, at=NOW
    )
    assert mail.text == shown
    assert "Someone may be in danger" in shown
    assert "waking up" not in shown
    assert "020 7946 0100" in shown


# ── passing on ───────────────────────────────────────────────────────────────────────────────────


def test_it_emails_the_team_and_goes_on_to_the_next_case(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    answer = send(desk, f"/cases/{case}/pass-on", **form(desk, RUMOUR, note="Ask Ife"))
    assert answer.status_code == 303
    assert f"saved={case}.1" in answer.headers["location"]
    assert emails(desk)[-1] == ("sent", ("pals@example.org",))
    (handoff,) = desk.store.handoffs.open(case)
    assert handoff.why == "Ask Ife"


def test_a_team_without_an_email_leads_to_whom_to_ring(desk: House) -> None:
    case = case_of(desk.store, NAMED)
    answer = send(desk, f"/cases/{case}/pass-on", **form(desk, NAMED, role="information_governance"))  # fmt: skip
    (handoff,) = desk.store.handoffs.open(case)
    assert answer.headers["location"] == f"/waiting/{handoff.number}?new=yes"
    page = read(desk, answer.headers["location"])
    assert "This page does not call anyone" in page.text
    assert "This team has no email, so nobody was told" in page.text


def test_danger_goes_on_too_and_the_next_case_says_whom_to_ring(desk: House) -> None:
    case = case_of(desk.store, IN_DANGER)
    answer = send(desk, f"/cases/{case}/pass-on", **form(desk, IN_DANGER, role="safeguarding"))
    (handoff,) = desk.store.handoffs.open(case)
    assert answer.headers["location"].startswith("/cases/")
    page = read(desk, answer.headers["location"])
    assert "Ring Safeguarding now: 020 7946 0133, day and night." in page.text
    assert "Write down who has it" in page.text
    assert ">They have it<" not in page.text, "a link reads as a fact"
    assert page.all("a", href=f"/waiting/{handoff.number}")
    again = read(desk, f"/waiting/{handoff.number}")
    assert "Ring Safeguarding now" in again.text
    assert "Go on to the next case" in again.text


@pytest.mark.parametrize(
    ("told", "path", "team"),
    [(IN_DANGER, "danger", "Safeguarding"), (NAMED, "leak", "Information governance")],
)
def test_what_is_grave_goes_to_another_team_only_once_that_was_asked(
    desk: House, told: Told, path: str, team: str
) -> None:
    case = case_of(desk.store, told)
    asked = send(desk, f"/cases/{case}/pass-on", **form(desk, told, role="pals", note="Ask Ife"))
    assert asked.status_code == 200
    assert f"This doesn’t tell {team}" in asked.text
    assert f"/cases/{case}/{path}?post=" in asked.text
    assert "Ask Ife" in asked.text
    assert desk.store.handoffs.open(case) == []
    sure = form(desk, told, role="pals", sure="pals")
    assert send(desk, f"/cases/{case}/pass-on", **sure).status_code == 303
    assert [each.role for each in desk.store.handoffs.open(case)] == ["pals"]
    said = read(desk, f"/cases/{case}?saved={case}.1").text
    assert f"Saved: case {case}, passed on to PALS" in said
    assert "Ring PALS" not in said


def test_it_says_what_is_missing_and_keeps_what_was_typed(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    for wrong, says in (
        ({"role": ""}, "Choose who to pass it on to"), ({"role": "hr"}, "Choose who to pass it on to"),
        ({"posts": ""}, "Tick the posts"), ({"posts": "999:1"}, "edited or left this case"),
    ):  # fmt: skip
        answer = send(desk, f"/cases/{case}/pass-on", **form(desk, RUMOUR, note="Ask Ife", **wrong))
        assert answer.status_code in (409, 422)
        assert says in answer.text
        assert "Ask Ife" in answer.text
    assert desk.store.handoffs.open(case) == []


def test_who_was_faster_is_named_and_nothing_is_sent(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    late = form(desk, RUMOUR)
    before = emails(desk)
    send(desk, f"/cases/{case}/pass-on", "bea", **late)
    answer = send(desk, f"/cases/{case}/pass-on", **late)
    assert answer.status_code == 409
    assert "Bea Whitlock decided this case" in answer.text
    assert "Nothing was sent" in answer.text
    assert len(emails(desk)) == len(before) + 1


def test_a_team_that_was_passed_it_gets_it_a_second_time_only_once_that_was_asked(
    desk: House,
) -> None:
    case = case_of(desk.store, RUMOUR)
    way = f"/cases/{case}/pass-on"
    send(desk, way, **form(desk, RUMOUR))
    before = emails(desk)
    page = read(desk, way).text
    assert "Passed on to PALS and complaints 11:00" in page
    assert "Nobody there has confirmed" in page
    assert "has it already" not in page
    asked = send(desk, way, **form(desk, RUMOUR))
    assert (asked.status_code, emails(desk)) == (409, before)
    assert "PALS and complaints was passed it before, and nobody there has confirmed" in asked.text
    assert "has it already" not in asked.text
    other = send(desk, way, **form(desk, RUMOUR, role="safeguarding", again="pals"))
    assert (other.status_code, emails(desk)) == (409, before)
    assert send(desk, way, **form(desk, RUMOUR, again="pals")).status_code == 303
    assert len(emails(desk)) == len(before) + 1


def test_that_a_team_has_it_already_is_said_once_it_has_confirmed(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    way = f"/cases/{case}/pass-on"
    send(desk, way, **form(desk, RUMOUR))
    (one,) = desk.store.handoffs.open(case)
    assert desk.store.handoff_steps.confirm(one.number, by=desk.who["amina"], at=NOW, who="Jo Park", when=NOW)  # fmt: skip
    assert "PALS and complaints has confirmed, 11:00: Jo Park" in read(desk, way).text
    again = send(desk, way, **form(desk, RUMOUR))
    assert again.status_code == 409
    assert "PALS and complaints has it already" in again.text


def test_a_line_for_a_team_that_was_passed_it_is_sent_alone(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    way = f"/cases/{case}/pass-on"
    send(desk, way, **form(desk, RUMOUR, note="The first line"))
    line = "She rang us as well: Thursday suits her."
    again = send(desk, way, **form(desk, RUMOUR, note=line))
    assert again.status_code == 409
    assert line in again.text
    assert "Send this line to PALS and complaints" in again.text
    added = send(desk, way, **form(desk, RUMOUR, note=line, do="line"))
    assert added.status_code == 303
    (one,) = desk.store.handoffs.open(case)  # nothing was passed on a second time
    page = read(desk, added.headers["location"]).text
    assert "Saved: your line for PALS and complaints" in page
    assert line in page
    assert "The first line" in page
    assert emails(desk).count(("chased", ("pals@example.org",))) == 0  # the first is to leave yet
    for row in desk.store.outbox.due(NOW):
        desk.store.outbox.claim(row.number, NOW)
        desk.store.outbox.mark_sent(row.number, NOW)
    send(desk, way, **form(desk, RUMOUR, note="And Friday", do="line"))
    assert emails(desk) == [("chased", ("pals@example.org",))]
    now = desk.store.handoffs.get(one.number)
    assert now is not None
    mail = handoffs.letter(desk.store, desk.desk.config(desk.store), desk.desk.policy, now, "chased", at=NOW)  # fmt: skip
    assert mail.subject.startswith("One more line for you: ")
    for message in (mail.text, mail.html):
        assert "There is one more line for you on case" in message
        assert "Friday" not in message
    empty = send(desk, way, **form(desk, RUMOUR, note=" ", do="line"))
    assert (empty.status_code, "Write the line." in empty.text) == (422, True)


def test_what_a_team_has_says_so_in_mine_and_by_when_it_confirms(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    posts = [f"{each.item.number}:{each.item.revision}" for each in desk.store.cases.mentions(case)]
    send(desk, f"/cases/{case}/take", seen=0)
    send(desk, f"/cases/{case}/pass-on", **form(desk, RUMOUR, posts=posts))
    soon = clock.text(NOW + HOUR / 4)
    desk.store.database.execute("UPDATE deadlines SET due_at = ?, stopped_at = NULL WHERE case_number = ? AND kind = 'look'", soon, case)  # fmt: skip
    assert desk.store.database.execute("UPDATE cases SET due_at = ? WHERE number = ?", soon, case)
    page = read(desk, "/mine").text
    assert "waits for PALS and complaints" in page
    assert "15 min left" not in page


def test_of_several_posts_none_is_ticked_but_the_one_that_somebody_came_for(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    posts = read(desk, f"/cases/{case}/pass-on").all("input", name="posts", type="checkbox")
    assert len(posts) > 1
    assert not any("checked" in post for post in posts)
    number = posts[-1]["value"].partition(":")[0]
    named = read(desk, f"/cases/{case}/pass-on?post={number}").all("input", type="checkbox")
    assert [post["value"] for post in named if "checked" in post] == [posts[-1]["value"]]


def test_the_old_form_of_the_case_emails_as_well(desk: House) -> None:
    case = case_of(desk.store, GRIEVANCE)
    mentions = desk.store.cases.mentions(case)
    covers = [f"{each.item.number}:{each.item.revision}" for each in mentions]
    answer = send(
        desk, f"/cases/{case}/decide", kind="escalate", role="guardian", covers=covers, version=0
    )
    assert answer.status_code == 303
    assert emails(desk)[-1] == ("sent", ("guardian@example.org",))
    assert answer.headers["location"] == f"/today?saved={case}.sent"
    assert f"case {case} went to the Guardian" in read(desk, answer.headers["location"]).text
    assert f"/cases/{case}" not in read(desk, "/all").text


# ── telephones ───────────────────────────────────────────────────────────────────────────────────


def test_a_number_is_a_link_and_what_stands_around_it_is_escaped() -> None:
    shown = phones("<b>ring</b> 020 7946 0133, or 999; 105 in a power cut")
    assert str(shown).startswith("&lt;b&gt;ring&lt;/b&gt; <a")
    assert 'href="tel:+442079460133">020 7946 0133</a>' in shown
    assert 'href="tel:999"' in shown
    assert 'href="tel:105"' in shown
    assert phones("") == ""
    assert dialled("+44 20 7946 0133") == "+442079460133"


FALSE_PAGE = Told(
    text="Log in to your NHS North West London record here to keep your place on the list", risk="high",
    flags=(("impersonation", "Log in to your NHS North West London record"), ("security", "Log in")),
)  # fmt: skip


@pytest.fixture
def false_page(anew: House) -> int:
    """A page in our name that asks for logins, in Now, and teams of which PALS answers in working hours alone."""
    tell(anew.store, FALSE_PAGE, 81, AT, alone=True)
    now_lane(anew, FALSE_PAGE, "Page in our name asks for logins")
    office = tuple(role.model_copy(update={"hours": "working", "reach": "020 7946 0111"}) if role.key == "pals" else role for role in TEAMS)  # fmt: skip
    configure(anew.desk, roles=office, lanes=LanePromises(days=("mon",)))
    return case_of(anew.store, FALSE_PAGE)


def test_what_stands_in_now_goes_to_another_team_than_its_own_only_once_that_was_asked(anew: House, false_page: int) -> None:  # fmt: skip
    way = f"/cases/{false_page}/pass-on"
    asked = send(anew, way, **form(anew, FALSE_PAGE, role="pals", note="Ask Ife"))
    page = " ".join(Tags(asked.text).text.split())
    assert asked.status_code == 200
    assert "This doesn’t tell Security" in page
    assert (
        "Page in our name asks for logins, and Security has not been told. Nothing is saved yet."
        in page
    )
    assert "If you send it to PALS and complaints alone, it leaves Now and Security hears nothing of it." in page  # fmt: skip
    assert re.search(rf"{way}\?post=\d+&role=security#decide", html.unescape(asked.text))
    assert "its steps" not in page
    assert anew.store.handoffs.open(false_page) == []
    assert send(anew, way, **form(anew, FALSE_PAGE, role="security")).status_code == 303
    assert (
        send(anew, way, **form(anew, FALSE_PAGE, role="pals")).status_code == 303
    )  # they know by now
    assert {each.role for each in anew.store.handoffs.open(false_page)} == {"security", "pals"}


NOT_TOLD = "Security was not told"
EVERYWHERE = ("/cases/{case}", "/cases/{case}/full", "/handover", "/overview")


def not_told(house: House, case: int, pages: Sequence[str] = EVERYWHERE) -> list[bool]:
    """Whether each of these pages says, to a lead, that Security was not told of a case."""
    texts = [read(house, page.format(case=case), "bea").text for page in pages]
    return [NOT_TOLD in text and f"case {case}" in text.lower() for text in texts]


def test_what_goes_to_another_team_alone_says_everywhere_who_was_not_told_until_they_are(anew: House, false_page: int) -> None:  # fmt: skip
    """Nobody is asked again: whoever comes after reads it."""
    everywhere = (*EVERYWHERE, "/waiting")
    assert not any(not_told(anew, false_page, everywhere))
    sent = send(anew, f"/cases/{false_page}/pass-on", **form(anew, FALSE_PAGE, role="pals", sure="pals"))  # fmt: skip
    saved = read(anew, sent.headers["location"]).text
    assert f"case {false_page}, passed on to PALS and complaints. {NOT_TOLD}" in saved
    assert all(not_told(anew, false_page, everywhere))
    assert "it went to PALS and complaints alone" in read(anew, "/waiting").text
    page = read(anew, f"/cases/{false_page}")
    (post, *_) = (each.item.number for each in anew.store.cases.mentions(false_page))
    assert page.all("a", href=f"/cases/{false_page}/pass-on?post={post}&role=security#decide")
    assert send(anew, f"/cases/{false_page}/pass-on", **form(anew, FALSE_PAGE, role="security")).status_code == 303  # fmt: skip
    assert not any(not_told(anew, false_page, everywhere))


@pytest.mark.parametrize(
    ("kind", "reason", "says"),
    [
        ("monitor", "It grows slowly", True), ("respond", "We wrote to them", True), ("report", "", True),
        ("no_action", "Someone else deals with it", True), ("no_action", "The program read it wrongly", False), ("not_relevant", "Of another trust", False),
    ],
)  # fmt: skip
def test_what_is_decided_without_the_team_that_must_know_says_so_too(anew: House, false_page: int, kind: DecisionKind, reason: str, says: bool) -> None:  # fmt: skip
    decide(anew.store, false_page, anew.who["amina"], kind, reason=reason)
    assert not_told(anew, false_page) == [says] * len(EVERYWHERE)
    assert not_told(anew, false_page, ("/done", "/all?tab=done")) == [says] * 2
    assert ("it was decided without them" in read(anew, f"/cases/{false_page}").text) is says
    for since, listed in ((NOW - LISTED_FOR, [false_page]), (NOW + HOUR, [])):
        assert anew.store.workload.decided_in_now(since, {"security": ["security"]}) == listed


def test_a_leak_that_another_team_alone_has_says_so_as_long_as_it_waits_in_now(anew: House, false_page: int) -> None:  # fmt: skip
    now_lane(anew, NAMED, "Patient’s NHS number")
    case = case_of(anew.store, NAMED)
    decide(anew.store, case, anew.who["amina"], "escalate", role="pals")
    for page in (f"/cases/{case}", "/waiting", "/handover", "/overview"):
        assert "Information governance was not told" in read(anew, page, "bea").text


def test_the_form_of_the_whole_case_asks_the_same(anew: House, false_page: int) -> None:
    case = anew.store.cases.get(false_page)
    assert case is not None
    covers = form(anew, FALSE_PAGE)["posts"]
    given = {"kind": "escalate", "role": "pals", "covers": covers, "version": str(case.version)}
    asked = send(anew, f"/cases/{false_page}/decide", **given)
    assert "This doesn’t tell Security" in asked.text
    assert "Choose Security" in asked.text
    assert anew.store.handoffs.open(false_page) == []
    assert send(anew, f"/cases/{false_page}/decide", **given, sure="pals").status_code == 303


def test_no_team_is_ordered_to_be_rung_that_nobody_can_ring(anew: House, false_page: int) -> None:
    sure = form(anew, FALSE_PAGE, role="pals", sure="pals")
    assert send(anew, f"/cases/{false_page}/pass-on", **sure).status_code == 303
    said = read(anew, f"/cases/{false_page}?saved={false_page}.1").text
    assert "Nobody at PALS and complaints answers the phone before Mon 23 Nov, 09:00, and no other number is set up." in said  # fmt: skip
    assert "Ring PALS" not in said


@pytest.mark.parametrize(("role", "overruled"), [("pals", 1), ("security", 0)])
def test_another_team_than_the_suggested_is_counted_as_overruled(
    anew: House, false_page: int, role: str, overruled: int
) -> None:
    sent = form(anew, FALSE_PAGE, role=role, sure=role)
    assert send(anew, f"/cases/{false_page}/pass-on", **sent).status_code == 303
    counted = followed(anew.store.cases.suggested(AT))["security"]
    assert (counted.shown, counted.overruled) == (1, overruled)
