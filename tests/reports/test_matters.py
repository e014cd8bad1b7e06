"""What kind of matter an email is about: in fixed words, and none of the post's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core import worries
from core.models import Flag, Lane, Protected, Target
from reports import alerts, handoffs, matters
from reports.deeds import Deeds
from settings.review import EscalationRole
from settings.schema import Config
from store import Handoff, Item
from store.cases.handoffs import StepKind
from tests.reports.factories import POLICY, item
from tests.reports.mails import AT, ROLES, alert, config, handoff

HOUR = timedelta(hours=1)
FAKE = "Claim your refund: log in with sort code and account number at icb-refund.example.org"
CODE = "The keypad at Theatre 4 is 4471 and nobody looks"


@pytest.fixture
def cfg(tmp_path: Path) -> Config:
    known = config(tmp_path)
    more = (
        EscalationRole(key="pals", name="PALS", when="", type="pals"), EscalationRole(key="media", name="Media desk", when="", type="media", reach="020 7946 0166"),
        EscalationRole(key="police", name="Police", when="", type="police", email=("p@example.org",)),
    )  # fmt: skip
    return known.model_copy(update={"review": known.review.model_copy(update={"roles": (*ROLES, *more)})})  # fmt: skip


def post(name: str, masked: str, score: float = 0.97, target: tuple[Target, ...] = (), protected: Protected = "none") -> Item:  # fmt: skip
    return item(masked=masked, protected=protected, flags=(Flag(name=name, score=score, clauses=("3",), target=target),))  # fmt: skip


def passed(role: str, *flags: str, lane: Lane = "now") -> Handoff:
    return Handoff(
        number=1, case=6, version=2, role=role, posts=((17, 1),), flags=flags, by=1, by_name="Amina Yusuf", at=AT, state="waits", state_at=AT,
        due_at=AT + HOUR, next_at=None, chases=0, keeps_look=False, lane=lane,
    )  # fmt: skip


@pytest.mark.parametrize(("flags", "about", "what", "first"), [
    (("security", "impersonation"), post("security", FAKE), "A page in our name that asks for bank details", "Find out whether anyone gave it their details"),
    (("impersonation",), post("impersonation", "NHS NWL jobs, message us"), "A page in our name that asks for direct messages", "Find out whether anyone"),
    (("security",), post("security", CODE), "A code or a way in, given away", "Change what was given away"),
    (("security",), post("security", CODE, 0.4), "What may be a code or a way in, given away", "Change what was given away"),
    (("security",), post("security", "Do not click it, this page is fake"), "A warning of a fake or a fraud", ""),
    (("threat",), post("threat", "I will wait for that doctor", target=("colleague",)), "A threat to hurt a doctor", "If anyone is in danger now, call 999"),
    (("threat",), post("threat", "I will wait for them", 0.4, ("colleague",)), "A threat", "If anyone is in danger now, call 999"),
    (("threat",), post("threat", "I will wait for them", target=("colleague",), protected="union"), "A threat", "If anyone is in danger now, call 999"),
])  # fmt: skip
def test_security_is_told_what_kind_it_is_with_its_own_first_step_and_as_important(
    cfg: Config, flags: tuple[str, ...], about: Item, what: str, first: str
) -> None:
    mail = handoffs.step_mail(cfg, POLICY, passed("security", *flags), "sent", about, at=AT)
    message = handoffs.handoff_mail(cfg, mail, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    assert mail.subject == f"Now: {what[0].lower()}{what[1:]}, case 6, for Security"
    assert message["Importance"] == "high"
    for said in (mail.text, mail.html):
        assert what in said
        for step in (first,) if first else ():
            assert step.removesuffix(" 999") in said
        assert "If you know who or where they are" not in said
        for private in ("refund", "4471", "Theatre", "keypad", "sort code", "wait for"):
            assert private not in said


def test_what_is_not_urgent_is_not_marked_as_important_and_the_police_are_sent_a_number(
    cfg: Config,
) -> None:
    later = handoffs.step_mail(cfg, POLICY, passed("security", "security", lane="look"), "sent", post("security", CODE), at=AT)  # fmt: skip
    assert not later.urgent
    assert later.subject == "A code or a way in, given away, case 6, for Security"
    police = handoffs.step_mail(cfg, POLICY, passed("police", "threat"), "sent", post("threat", "that doctor", target=("colleague",)), at=AT)  # fmt: skip
    assert police.about == "A threat"


@pytest.mark.parametrize(("masked", "protected", "topic"), [
    ("Where is my repeat prescription", "none", "prescriptions"), ("No appointments again at 8am", "none", "GP appointments"),
    ("Nobody rang about the prescription", "complaint", "a request for help about prescriptions"), ("It was bad", "criticism", "a request for help"),
    ("My midwife never came", "none", ""), ("They hide the prescriptions", "disclosure", ""),
])  # fmt: skip
def test_who_answers_people_is_told_what_it_is_about_and_nothing_of_how_they_are(
    cfg: Config, masked: str, protected: Protected, topic: str
) -> None:
    about = post("assistance", masked, protected=protected)
    mail = handoffs.step_mail(cfg, POLICY, passed("pals", "assistance", lane="answer"), "sent", about, at=AT)  # fmt: skip
    assert mail.topic == topic
    for said in (mail.text, mail.html):
        assert (topic in said) if topic else ("About" not in said)
    other = handoffs.step_mail(cfg, POLICY, passed("security", "assistance"), "sent", about, at=AT)
    assert other.topic == ""


@pytest.mark.parametrize(("flag", "protected", "topic"), [
    ("allegation", "complaint", "a complaint about prescriptions"), ("allegation", "criticism", "criticism about prescriptions"),
    ("assistance", "complaint", "a request for help about prescriptions"), ("assistance", "none", "prescriptions"), ("assistance", "union", ""),
])  # fmt: skip
def test_only_what_asks_for_nothing_is_told_as_a_complaint(flag: str, protected: Protected, topic: str) -> None:  # fmt: skip
    assert matters.topic("pals", post(flag, "Nobody rang about the prescription", protected=protected)) == topic  # fmt: skip


def test_a_moment_that_is_past_as_it_leaves_is_no_time_by_which_anything_is_asked(cfg: Config) -> None:  # fmt: skip
    media, pals, leak = (passed(role, flag, lane="answer") for role, flag in (("media", "media"), ("pals", "assistance"), ("information_governance", "pid")))  # fmt: skip
    wanted, asks = AT - 60 * HOUR, handoffs.Request(due_at=AT + HOUR)
    for at, past in ((AT - 61 * HOUR, False), (AT + 2 * HOUR, True)):
        mail = handoffs.step_mail(cfg, POLICY, media, "sent", None, wanted_at=wanted, at=at)
        for said in (mail.text, mail.html):
            assert ("That has passed" in said) is past
            assert ("The time by which they want an answer has passed" in said) is past
            assert ("Please confirm now" in said) is past
        helped = handoffs.step_mail(cfg, POLICY, pals, "sent", None, asks=asks, at=at)
        assert ("and that has passed" in helped.text) is ("was due by" in helped.html) is past
        breach = handoffs.Breach(ends_at=AT + HOUR)
        out = handoffs.step_mail(cfg, POLICY, leak, "sent", None, breach, at=at)
        assert ("The 72 hours ended" in out.text) is ("The 72 hours ended" in out.html) is past
        assert out.urgent is out.text.startswith("The 72 hours ended") is out.subject.startswith("72 hours are over: ") is past  # fmt: skip
        assert (handoffs.handoff_mail(cfg, out, to=["a@example.org"], at=at, message_id="<1@example.org>")["Importance"] == "high") is past  # fmt: skip
    late = alert(cfg, due_at=AT - HOUR, next_at=AT - HOUR)
    assert "by 07:31, which has passed" in late.text
    assert "If nobody takes it by" not in late.text + late.html


# ── what a colleague reported ────────────────────────────────────────────────────────────────────


def reported(cfg: Config, label: str, *flags: str) -> alerts.AlertMail:
    """The email about a post that a colleague reported, by what they ticked and what the program found in it."""
    words = alerts.words_of(flags, POLICY, speaking_up=False, ticked=label)
    lane = alerts.lane_of_report(label, worries.lane(label))  # as somebody has looked
    steps = alerts.steps_of(flags, "x", cfg, at=AT, ticked=label)
    return replace(alert(cfg, "abuse"), why="reported", words=words, lane=lane, flag=flags[0] if flags else "", score=0.0, steps=steps)  # fmt: skip


@pytest.mark.parametrize(("label", "subject", "step", "urgent"), [
    (worries.AIMED, "Now: aimed at a colleague, told by a colleague", "If it threatens anyone, ring Security: 020 7946 0144", True),
    (worries.PRESS, "Answer: a journalist asks, told by a colleague", "Ring Media desk: 020 7946 0166", False),
    (worries.FALSE_CLAIM, "Look: a false claim or a page in our name, told by a colleague", "Look whether it is true", False),
    (worries.OTHER, "Look: something that worries a colleague", "Read it, and what worries them", False),
    ("", "Now: a post to look at, told by a colleague", "", True),
])  # fmt: skip
def test_a_colleagues_report_is_told_as_what_they_ticked_with_its_first_step_and_urgency(
    cfg: Config, label: str, subject: str, step: str, urgent: bool
) -> None:
    mail = reported(cfg, label)
    message = alerts.alert_mail(cfg, mail, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    assert mail.subject.startswith(f"{subject}, case 6")
    assert (message["Importance"] == "high") is urgent
    assert step in mail.text
    assert step.partition(":")[0] in mail.html


@pytest.mark.parametrize("label", [*worries.HEADINGS, ""])
@pytest.mark.parametrize("flag", ["safeguarding", "threat", "pid"])
def test_what_is_graver_in_a_report_is_told_first_whatever_was_ticked(
    cfg: Config, label: str, flag: str
) -> None:
    said = reported(cfg, label, flag).words
    aimed = label == worries.AIMED
    first = worries.HEADINGS[label] if aimed and flag == "threat" else POLICY.flags[flag].mail_words
    assert said.startswith(
        first
    )  # what is aimed at a colleague counts as a threat, and may be none
    assert ("aimed at a colleague" in said.lower()) is aimed


@pytest.mark.parametrize("label", [*worries.LANES, ""])
def test_what_nobody_has_looked_at_is_told_as_now_whatever_was_ticked(
    cfg: Config, label: str
) -> None:
    mail = replace(reported(cfg, label), lane=alerts.lane_of_report(label, None), unlooked=True)
    message = alerts.alert_mail(cfg, mail, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    assert (mail.subject.startswith("Now: "), message["Importance"]) == (True, "high")
    assert "Told by a colleague: nobody has looked yet. Open case 6" in mail.text
    assert "Told by a colleague: nobody has looked yet" in mail.html
    assert "nobody has looked yet" not in reported(cfg, label).text


def test_the_lane_of_a_report_is_the_more_urgent_one() -> None:
    assert alerts.lane_of_report(worries.PRESS, "now") == "now"
    assert alerts.lane_of_report(worries.AIMED, "look") == "now"
    assert alerts.lane_of_report(worries.OTHER, "answer") == "answer"


def test_several_reports_of_one_post_are_told_by_the_most_urgent() -> None:
    assert matters.ticked(("So rude (Something else)", worries.AIMED, worries.PRESS)) == worries.AIMED  # fmt: skip
    assert matters.ticked(()) == matters.ticked(("words of an older form",)) == ""


@pytest.mark.parametrize("step", ["sent", "chased"])
def test_who_asks_for_something_to_go_is_never_what_is_to_go(cfg: Config, step: StepKind) -> None:
    public = Deeds(stands="Still public, and not reported to Facebook")
    request = handoff(cfg, step, "information_governance", public, flags=("removal_request",))
    assert "not reported" not in request.text
    assert "That is where they ask. What is to go may stand elsewhere" in request.text
    leak = handoff(cfg, step, "information_governance", public)
    assert "Still public, and not reported to Facebook" in leak.text
