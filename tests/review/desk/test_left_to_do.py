"""What is suggested is what is left to do: by what teams, colleagues and the platform did since, whoever did it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core import worries
from core.models import TeamType
from reports.alerts import steps_of
from review.desk.pass_on import right_one
from review.desk.suggestions import Situation, suggestion
from settings.review import Chase, EscalationRole
from store import Moderation, TakedownStep
from store.cases.handoffs import HandoffState
from tests.review.conftest import House
from tests.review.desk.paths import ROLES, now_lane
from tests.review.factories import (
    NOW,
    RUMOUR,
    Told,
    case_of,
    configure,
    decide,
    tell,
    whole_policy,
)
from tests.review.pages import Tags, read, send
from tests.review.teamwork import ask
from tests.store.factories import AT, HOUR

MEDIA = EscalationRole(key="media", name="Media desk", when="A journalist asks", email=("media@example.org",))  # fmt: skip
FALSE_PAGE = Told(
    text="Log in to your NHS North West London record here to keep your place on the list", risk="high",
    flags=(("impersonation", "Log in to your NHS North West London record"), ("security", "Log in")),
)  # fmt: skip
ASKS = Told(
    text="Could somebody from the trust comment on the lift at Central Middlesex for tonight’s bulletin?", risk="medium",
    flags=(("media", "Could somebody from the trust comment"),), about={"platform": "bluesky", "issuer": "bluesky"},
)  # fmt: skip
ABUSE = Told(
    text="The lot of them on that ward should crawl back to where they came from", risk="medium",
    flags=(("hate", "crawl back"),), about={"kind": "comment"}, of_flags={"target": ("group",)},
)  # fmt: skip
INSULT = Told(
    text="That receptionist is a lying rat, somebody find out where she lives", risk="medium",
    flags=(("derogatory", "a lying rat"),), of_flags={"target": ("colleague",)},
)  # fmt: skip


@pytest.fixture
def desk(anew: House) -> House:
    configure(anew.desk, roles=(*ROLES[:3], MEDIA, *ROLES[3:]), chase=Chase(chain=("on-call@example.org",)))  # fmt: skip
    return anew


def suggested(page: Tags) -> str:
    """What stands behind Suggested, to the end of its sentence."""
    return page.text.partition("Suggested: ")[2].partition(".")[0]


def post_of(house: House, told: Told) -> int:
    (post,) = house.store.cases.mentions(case_of(house.store, told))
    return post.item.number


def passed(house: House, told: Told, role: str, *, answer: str = "") -> int:
    """Passes a case on, and writes down what the team answered; the number of the hand-off."""
    case = case_of(house.store, told)
    decide(house.store, case, house.who["amina"], "escalate", role=role, at=NOW - HOUR)
    number = house.store.handoffs.open(case)[0].number
    if answer:
        assert house.store.handoff_steps.answer(number, by=house.who["amina"], at=NOW, note=answer)
    return number


def hide(house: House, told: Told, action: str = "hide", by: str = "bea") -> None:
    """Hides a post through its platform, and leaves before anything is saved of it."""
    post, store = post_of(house, told), house.store
    before = store.moderations.of_mention(post, NOW)
    moderation = Moderation(mention=post, revision=1, source="x", action=action, by=house.who[by], at=NOW - HOUR / 12)  # fmt: skip
    number = store.moderations.begin(moderation, after=before[-1].number if before else 0)
    assert number is not None
    store.moderations.end(number, "done", at=NOW - HOUR / 12)
    store.cases.follow(case_of(store, told), NOW - HOUR / 12)


# ── a team answered ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("flags", "lane", "team", "key"),
    [
        (("impersonation", "security"), "now", "security", "report"),
        (("security",), "now", "security", "closed"),
        (("media",), "answer", "media", "closed"),
        (("allegation",), "look", "pals", "closed"),
        (("removal_request",), "answer", "media", "closed"),
        (("confidential",), "look", "information_governance", "closed"),
    ],
)
def test_the_team_that_answered_is_not_suggested_once_more(
    flags: tuple[str, ...], lane: Any, team: TeamType, key: str
) -> None:
    situation = Situation(lane=lane, flags=flags)
    before = suggestion(situation, whole_policy())
    states: dict[TeamType, HandoffState] = {team: "answered"}
    answered = replace(situation, teams=states, answered_by="Media desk")
    after = suggestion(answered, whole_policy())
    assert before.key in ("security", "media_desk", "pass")
    assert after.key == key
    assert "Media desk answered" in after.why
    assert before.key not in [each.key for each in after.others]
    assert "pass" in [each.key for each in after.more]  # it can be asked again all the same
    reported = suggestion(replace(answered, asked_platform=True), whole_policy())
    assert reported.key == "closed"


def test_what_a_team_said_closes_the_case_and_is_its_reason(desk: House) -> None:
    tell(desk.store, ASKS, 85, AT, alone=True)
    passed(desk, ASKS, "media", answer="We sent a line")
    case = case_of(desk.store, ASKS)
    page = read(desk, f"/cases/{case}")
    assert suggested(page) == "close it with their answer"
    passing = read(desk, f"/cases/{case}/pass-on")
    assert [each["value"] for each in passing.all("input", name="role") if "checked" in each] == []
    assert "has answered" in passing.text
    version, post = desk.store.cases.get(case).version, post_of(desk, ASKS)  # type: ignore[union-attr]
    saved = send(desk, f"/cases/{case}/decide", do="closed", posts=f"{post}:1", version=version)
    assert "closed with a team’s answer" in read(desk, saved.headers["location"]).text
    last = desk.store.cases.history(case)[-1].decision
    assert (last.kind, last.reason) == ("no_action", "Closed with a team’s answer: Media desk")


def test_nothing_is_closed_with_the_answer_of_a_team_that_gave_none(desk: House) -> None:
    tell(desk.store, ASKS, 85, AT, alone=True)
    case, post = case_of(desk.store, ASKS), post_of(desk, ASKS)
    version = desk.store.cases.get(case).version  # type: ignore[union-attr]
    refused = send(desk, f"/cases/{case}/decide", do="closed", posts=f"{post}:1", version=version)
    assert refused.status_code == 422
    assert "No team has answered it" in refused.text


# ── a page in our name ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def false_page(desk: House) -> int:
    tell(desk.store, FALSE_PAGE, 81, AT, alone=True)
    now_lane(desk, FALSE_PAGE, "Page in our name asks for a login")
    return case_of(desk.store, FALSE_PAGE)


UNASKED = "Nobody has asked X to take it down yet"


def test_passing_a_page_in_our_name_to_security_leads_on_to_its_platform(
    desk: House, false_page: int
) -> None:
    post = post_of(desk, FALSE_PAGE)
    version = desk.store.cases.get(false_page).version  # type: ignore[union-attr]
    assert suggested(read(desk, f"/cases/{false_page}")) == "pass it to Security"
    saved = send(desk, f"/cases/{false_page}/pass-on", role="security", posts=f"{post}:1", version=version)  # fmt: skip
    following = read(desk, saved.headers["location"])
    way = f"/mentions/{post}/report#written"
    assert "Nobody has asked the platform to take it down yet." in following.text
    assert following.all("a", href=way)
    handoff = desk.store.handoffs.open(false_page)[0].number
    for address in (f"/cases/{false_page}", "/waiting", f"/waiting/{handoff}"):
        assert read(desk, address).all("a", href=way), address
    assert UNASKED in read(desk, f"/cases/{false_page}", "bea").text
    assert "Nobody was asked yet" in read(desk, "/waiting", "bea").text
    assert f"Case {false_page}: nobody was asked yet" in read(desk, "/handover", "bea").text
    desk.store.takedowns.add(TakedownStep(mention=post, step="asked", at=NOW, by=desk.who["bea"], how="form"))  # fmt: skip
    assert UNASKED not in read(desk, f"/cases/{false_page}").text
    assert "Nobody was asked yet" not in read(desk, "/waiting").text
    assert "by Bea Whitlock" in read(desk, f"/waiting/{handoff}").text
    refused = TakedownStep(mention=post, step="refused", at=NOW + HOUR, by=desk.who["amina"])
    desk.store.takedowns.add(refused)
    says = read(desk, f"/waiting/{handoff}").text
    assert "Reported to X" in says
    assert "11:00, by Bea Whitlock" in says  # and not when and by whom the answer was written down


def test_a_page_in_our_name_that_was_reported_says_so_and_is_not_to_be_reported_again(
    desk: House, false_page: int
) -> None:
    """By whoever left before they saved the case: its row and its pane, for everybody; also where the platform was the next to do."""
    post = post_of(desk, FALSE_PAGE)
    before = read(desk, f"/cases/{false_page}", "amina")
    assert "Then ask the platform to take it down" in before.text
    assert before.all("a", href=f"/mentions/{post}/report?lane=now#written") or before.all("a", href=f"/mentions/{post}/report#written") or "Report to the platform" in before.text  # fmt: skip
    desk.store.takedowns.add(TakedownStep(mention=post, step="asked", at=NOW, by=desk.who["bea"], how="form"))  # fmt: skip
    after = read(desk, f"/cases/{false_page}", "amina")
    assert "Reported to X 11:00 by Bea Whitlock. It is still open here." in after.text
    assert "Then ask the platform to take it down" not in after.text
    assert suggested(after) == "pass it to Security"
    assert "reported 11:00, Bea Whitlock" in read(desk, "/today", "amina").text
    desk.store.takedowns.add(TakedownStep(mention=post, step="refused", at=NOW + HOUR / 60, by=desk.who["bea"]))  # fmt: skip
    assert "Reported to X 11:00" not in read(desk, f"/cases/{false_page}").text
    assert "reported 11:00" not in read(desk, "/today").text


@pytest.mark.parametrize("flags", [("hate",), ("impersonation",), ("misinformation",)])
def test_what_was_reported_is_not_suggested_to_be_reported(flags: tuple[str, ...]) -> None:
    situation = Situation(lane="look", flags=flags)
    first = suggestion(situation, whole_policy())
    assert "report" in (first.key, *(each.key for each in first.others))
    after = suggestion(replace(situation, asked_words="Reported to X 11:00 by Bea Whitlock"), whole_policy())  # fmt: skip
    assert "report" not in (after.key, *(each.key for each in after.others))
    assert "report" in [each.key for each in after.more]


def test_a_page_that_is_none_of_ours_after_all_need_not_be_taken_down(
    desk: House, false_page: int
) -> None:
    passed(desk, FALSE_PAGE, "security", answer="It is a fan page")
    assert [each.case for each in desk.store.takedowns.open()] == [false_page]
    assert suggested(read(desk, f"/cases/{false_page}")) == "report it to the platform"
    decide(desk.store, false_page, desk.who["amina"], "no_action", labels={"impersonation": False}, reason="A fan", at=NOW)  # fmt: skip
    assert desk.store.takedowns.open() == []


# ── hidden, and not finished ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def abuse(desk: House) -> int:
    tell(desk.store, ABUSE, 82, AT, alone=True)
    case = case_of(desk.store, ABUSE)
    desk.store.database.execute("UPDATE case_mentions SET lane = 'look', reason = 'Hate about a group' WHERE case_number = ?", case)  # fmt: skip
    desk.store.deadlines.update(case, AT)
    return case


@pytest.mark.parametrize("handle", ["amina", "bea", "vera"])
def test_what_somebody_hid_is_said_wherever_the_case_stands_whoever_looks(
    desk: House, abuse: int, handle: str
) -> None:
    assert suggested(read(desk, f"/cases/{abuse}")).startswith(("hide it", "report it"))
    hide(desk, ABUSE)
    page = read(desk, f"/cases/{abuse}", handle).text
    assert (
        page.count("Hidden, X confirmed, by Bea Whitlock 10:55") >= 2
    )  # over the words, and in its history
    assert "hidden 10:55, Bea Whitlock" in read(desk, "/today?lane=look", handle).text
    for address in ("/waiting", "/handover"):
        words = " ".join(read(desk, address, handle).text.split())
        assert "By Bea Whitlock" in words, address
        assert "its case is still open" in words, address


def test_what_is_hidden_is_to_be_finished_and_never_hidden_again(desk: House, abuse: int) -> None:
    hide(desk, ABUSE)
    page = read(desk, f"/cases/{abuse}")
    assert suggested(page) == "finish it: save that it is hidden"
    version, post = desk.store.cases.get(abuse).version, post_of(desk, ABUSE)  # type: ignore[union-attr]
    assert [each.mention for each in desk.store.takedowns.followed() if each.is_unfinished] == [post]  # fmt: skip
    saved = send(desk, f"/cases/{abuse}/decide", do="hidden", posts=f"{post}:1", version=version)
    assert saved.status_code == 303
    assert desk.store.cases.history(abuse)[-1].decision.kind == "remove"
    assert not [each for each in desk.store.takedowns.followed() if each.is_unfinished]


def test_what_shows_again_is_suggested_as_before(desk: House, abuse: int) -> None:
    before = suggested(read(desk, f"/cases/{abuse}"))
    hide(desk, ABUSE)
    hide(desk, ABUSE, "unhide")
    page = read(desk, f"/cases/{abuse}")
    assert suggested(page) == before
    assert "hidden 10:55" not in read(desk, "/today?lane=look").text


@pytest.mark.parametrize("lane", ["now", "look"])
def test_what_is_left_of_a_hidden_post_is_due_later_and_was_late_all_the_same(
    desk: House, abuse: int, lane: str
) -> None:
    late = "2026-11-20T09:30:00.000000Z"
    desk.store.database.execute("UPDATE case_mentions SET lane = ? WHERE case_number = ?", lane, abuse)  # fmt: skip
    desk.store.deadlines.update(abuse, AT)
    desk.store.database.execute("UPDATE deadlines SET due_at = ? WHERE case_number = ? AND kind = 'look'", late, abuse)  # fmt: skip
    hide(desk, ABUSE)
    case = desk.store.cases.get(abuse)
    assert case is not None
    assert case.due_at is not None
    assert case.due_at > NOW
    desk.store.deadlines.update(abuse, NOW)  # as a cycle asks once more
    again = desk.store.cases.get(abuse)
    assert again is not None
    assert again.due_at == case.due_at
    missed = desk.store.database.value("SELECT missed_lane FROM deadlines WHERE case_number = ? AND kind = 'look' AND stopped_at IS NULL", abuse)  # fmt: skip
    assert missed == lane
    hide(desk, ABUSE, "unhide")
    back = desk.store.cases.get(abuse)
    assert back is not None
    assert back.due_at is not None
    assert back.due_at < NOW


# ── a colleague is asked ─────────────────────────────────────────────────────────────────────────


def test_who_is_asked_reads_the_question_and_answers_it_in_the_place_of_the_decision(
    desk: House,
) -> None:
    case, store = case_of(desk.store, RUMOUR), desk.store
    due = store.cases.get(case).due_at  # type: ignore[union-attr]
    number = ask(store, case, desk.who["amina"], desk.who["bea"], "Is this about our receptionist?")
    assert store.cases.get(case).due_at == due  # type: ignore[union-attr]
    assert "Amina Yusuf asks you" in read(desk, "/today", "bea").text
    page = read(desk, f"/cases/{case}", "bea")
    assert "Suggested: give your opinion." in page.text
    assert page.text.index("Is this about our receptionist?") < page.text.index("Ealing A&E shuts on Friday")  # fmt: skip
    assert [each["value"] for each in page.all("button", name="stance")] == [
        "agrees",
        "disagrees",
        "answers",
    ]
    assert [each["data-key"] for each in page.all("button", name="stance")] == ["1", "2", "3"]
    wordless = send(desk, f"/opinions/{number}", "bea", desk="yes", stance="disagrees")
    assert wordless.status_code == 422
    assert "Say why you see it differently" in wordless.text
    given = send(desk, f"/opinions/{number}", "bea", desk="yes", stance="disagrees", answer="It is the ward clerk")  # fmt: skip
    assert given.headers["location"] == f"/cases/{case}"
    for handle in ("amina", "bea"):
        after = read(desk, f"/cases/{case}", handle)
        assert "Bea Whitlock" in after.text
        assert "It is the ward clerk" in after.text
        assert not after.all("button", name="stance")
    twice = send(desk, f"/opinions/{number}", "bea", desk="yes", stance="agrees")
    assert twice.status_code == 409


def test_a_question_that_is_neither_yes_nor_no_is_answered_in_words(desk: House) -> None:
    """The answer shows as its words, and as no yes to anything; a decision after it ends it, as it does any other."""
    case = case_of(desk.store, RUMOUR)
    number = ask(desk.store, case, desk.who["amina"], desk.who["bea"], "Hide it, or only report it?")  # fmt: skip
    for wordless in ({"desk": "yes"}, {}):
        refused = send(desk, f"/opinions/{number}", "bea", stance="answers", answer=" ", **wordless)
        assert refused.status_code == 422
        assert "Write your answer in words" in refused.text
    assert send(desk, f"/opinions/{number}", "bea", desk="yes", stance="answers", answer="Report it: it stands on YouTube").status_code == 303  # fmt: skip
    for page in (f"/cases/{case}", f"/cases/{case}/full"):
        shown = read(desk, page)
        assert "Bea Whitlock answered" in shown.text, page
        assert "Report it: it stands on YouTube" in shown.text, page
        assert "agrees" not in shown.text, page
    assert "Bea Whitlock answered your question" in read(desk, "/mine").text
    decide(desk.store, case, desk.who["amina"], "monitor", at=NOW)
    opinion = desk.store.opinions.get(number)
    assert opinion is not None
    assert (opinion.state, opinion.why) == ("over", "answers")


def test_who_asked_reads_whom_they_asked_and_nobody_else_can_answer(desk: House) -> None:
    case = case_of(desk.store, RUMOUR)
    number = ask(desk.store, case, desk.who["amina"], desk.who["bea"], "Watch, or answer?")
    assert "asked Bea Whitlock" in read(desk, "/mine").text
    for handle in ("amina", "gwen"):
        page = read(desk, f"/cases/{case}", handle)
        assert "Watch, or answer?" in page.text
        assert not page.all("button", name="stance")
        assert "asks you" not in read(desk, "/today", handle).text
    assert send(desk, f"/opinions/{number}", "gwen", desk="yes", stance="agrees").status_code == 403
    assert "Watch, or answer?" not in read(desk, f"/cases/{case}", "vera").text


# ── aimed at a person of staff ───────────────────────────────────────────────────────────────────


@pytest.fixture
def at_me(desk: House) -> int:
    """A post that a colleague reported as aimed at them, in which the program found nothing."""
    told = Told(text="Everyone knows what she did. Find out where she lives.", risk="none")
    tell(desk.store, told, 83, AT, alone=True)
    sent = send(desk, "/tell", "vera", kind="target", public="yes", open="yes", url="https://x.com/a/status/9983", words="find out where she lives", who="", worry="")  # fmt: skip
    assert sent.status_code == 303, sent.text
    report = desk.store.staff_reports.get(1)
    assert report is not None
    assert report.case is not None
    return report.case


def test_a_report_that_it_is_aimed_at_them_goes_to_security_first(desk: House, at_me: int) -> None:
    page = read(desk, f"/cases/{at_me}")
    assert suggested(page) == "pass it to Security"
    passing = read(desk, f"/cases/{at_me}/pass-on")
    roles = passing.all("input", name="role")
    assert (roles[0]["value"], "checked" in roles[0]) == ("security", True)
    assert "Help for whoever it is aimed at." in passing.text


def test_whom_it_is_aimed_at_gets_help_by_governance_who_alone_can_open_who_it_is(desk: House, at_me: int) -> None:  # fmt: skip
    gwen = desk.store.users.get(desk.who["gwen"])
    vera = desk.store.users.get(desk.who["vera"])
    assert gwen is not None
    assert vera is not None
    for page in (f"/cases/{at_me}", f"/cases/{at_me}/pass-on", f"/cases/{at_me}/threat"):
        text = read(desk, page).text
        assert "is sealed with the report (R1)" in text, page
        assert (
            f"Ask governance ({gwen.name}) now to see that they are in no danger and have help"
            in text
        )
        assert vera.name not in text  # nothing of it is opened by that
    steps = steps_of((), "x", desk.desk.config(desk.store), at=NOW, ticked=worries.AIMED)
    assert any("Ask governance to see that whoever it is aimed at is in no danger" in step.text for step in steps)  # fmt: skip


def test_it_stays_in_now_until_security_has_it_whomever_else_it_went_to(
    desk: House, at_me: int
) -> None:
    store = desk.store
    (post,) = store.cases.mentions(at_me)

    def send_to(role: str, **more: str) -> Any:
        version = store.cases.get(at_me).version  # type: ignore[union-attr]
        return send(desk, f"/cases/{at_me}/pass-on", role=role, posts=f"{post.item.number}:{post.item.revision}", version=version, **more)  # fmt: skip

    for role in ("pals", "media", "information_governance"):
        assert "This doesn’t tell Security" in send_to(role).text, role
    assert store.handoffs.open(at_me) == []
    assert send_to("pals", sure="pals").status_code == 303
    assert store.cases.get(at_me).lane == "now"  # type: ignore[union-attr]
    assert send_to("security").status_code == 303
    assert store.cases.get(at_me).lane == "now"  # type: ignore[union-attr]
    handoff = next(each for each in store.handoffs.open(at_me) if each.role == "security")
    assert suggested(read(desk, f"/cases/{at_me}")) != "pass it to Security"
    assert store.handoff_steps.confirm(handoff.number, by=desk.who["amina"], at=NOW, who="Rita Shah", when=NOW)  # fmt: skip
    assert store.cases.get(at_me).lane is None  # type: ignore[union-attr]


@pytest.mark.parametrize("flag", ["derogatory", "harassment", "hate", "sexual"])
def test_abuse_of_a_person_of_staff_is_for_security_and_goes_to_no_other_team_unasked(
    desk: House, flag: str
) -> None:
    told = replace(INSULT, flags=((flag, "a lying rat"),))
    tell(desk.store, told, 84, AT, alone=True)
    case, post = case_of(desk.store, told), post_of(desk, told)
    passing = read(desk, f"/cases/{case}/pass-on")
    assert passing.all("input", name="role")[0]["value"] == "security"
    assert "Support whoever it is aimed at." in passing.text
    version = desk.store.cases.get(case).version  # type: ignore[union-attr]
    asked = send(desk, f"/cases/{case}/pass-on", role="pals", posts=f"{post}:1", version=version)
    assert "This doesn’t tell Security" in asked.text
    assert desk.store.handoffs.open(case) == []


def test_a_complaint_that_insults_staff_is_for_pals_and_a_leak_for_its_own_team() -> None:
    types = {role.type for role in ROLES}
    assert right_one(("derogatory",), types, speaks_up=False, aimed=True) == "security"
    assert right_one(("derogatory",), types, speaks_up=False) == "pals"
    assert right_one(("pid", "derogatory"), types, speaks_up=False, leak=True, aimed=True) == "information_governance"  # fmt: skip
    assert right_one(("safeguarding", "hate"), types, speaks_up=False, aimed=True) == "safeguarding"
