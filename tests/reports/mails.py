"""Every mail of the product, worded from invented cases: for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from reports import alerts, handoffs
from reports.alerts import AlertMail, DigestMail
from reports.spikes import Spike, SpikeMail
from settings.review import EscalationRole
from settings.schema import Config
from store import Handoff
from store.cases.handoffs import StepKind
from tests.reports.factories import POLICY, item, settings
from tests.reports.test_digest import listed
from tests.reports.test_digest import mail as digest_mail

AT = datetime(2026, 11, 30, 8, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROLES = (
    EscalationRole(key="safeguarding", name="Safeguarding", when="", reach="020 7946 0133, day and night"),
    EscalationRole(key="security", name="Security", when="", reach="020 7946 0144"),
    EscalationRole(key="information_governance", name="Information governance", when="", reach="020 7946 0177"),
)  # fmt: skip
FLAGS = {
    "danger": ("safeguarding",),
    "threat": ("threat", "derogatory"),
    "leak": ("pid",),
    "abuse": ("derogatory",),
}


def config(folder: Path) -> Config:
    cfg = settings(folder)
    return cfg.model_copy(update={"review": cfg.review.model_copy(update={"roles": ROLES, "comms_phone": "020 7946 0100"})})  # fmt: skip


def alert(cfg: Config, what: str = "danger", **changes: Any) -> AlertMail:
    """Case 6, found at 08:30, of which nobody has taken hold yet."""
    flags = FLAGS[what]
    given: dict[str, Any] = {
        "why": "high", "alert": 1, "case": 6, "mention": 17, "words": alerts.words_of(flags, POLICY, speaking_up=False),
        "lane": POLICY.flags[flags[0]].lane, "flag": flags[0], "score": 0.97, "platform": "x", "kind": "post", "on_our_page": False,
        "posted_at": AT - 7 * HOUR - timedelta(minutes=2), "found_at": AT - timedelta(minutes=1), "followers": 41, "shares": None,
        "posts": 1, "posts_before": 0, "since": AT, "has_by": "", "done": False, "others": ("the comms team",),
        "next_at": AT + timedelta(minutes=14), "due_at": AT + HOUR, "at": AT, "address": cfg.review.public_url,
        "steps": alerts.steps_of(flags, "x", cfg),
    }  # fmt: skip
    return AlertMail(**(given | changes))


def digest(cfg: Config, count: int = 30, why: str = "history") -> DigestMail:
    kinds = tuple(FLAGS)
    cases = tuple(
        alert(cfg, kinds[number % 4], case=number + 1, next_at=None, posts=1 + number % 3, posted_at=AT - number * 9 * HOUR)
        for number in range(count)
    )  # fmt: skip
    return DigestMail(
        why=why, cases=cases, address=cfg.review.public_url, recent_days=3, most=10, at=AT
    )


def handoff(
    cfg: Config, step: StepKind, role: str = "safeguarding", **changes: Any
) -> handoffs.HandoffMail:
    given: dict[str, Any] = {
        "number": 1, "case": 6, "version": 2, "role": role, "posts": ((17, 1),), "flags": FLAGS["danger" if role == "safeguarding" else "leak"],
        "by": 1, "by_name": "Amina Yusuf", "at": AT, "state": "waits", "state_at": AT, "due_at": AT + HOUR / 4, "next_at": None,
        "chases": 0, "keeps_look": True,
    }  # fmt: skip
    breach = handoffs.Breach(ends_at=AT + 72 * HOUR, out=("name", "NHS number"), hidden_at=AT) if role != "safeguarding" else None  # fmt: skip
    return handoffs.step_mail(cfg, POLICY, Handoff(**(given | changes)), step, item(), breach)


def every(folder: Path) -> Mapping[str, EmailMessage]:
    """All of them by name."""
    cfg = config(folder)
    told: dict[str, AlertMail | DigestMail | SpikeMail] = {
        "danger": alert(cfg),
        "threat": alert(cfg, "threat", next_at=None, route_words="Ring the desk before you answer."),
        "leak": alert(cfg, "leak", on_our_page=True, platform="instagram", kind="comment"),
        "abuse, taken": alert(cfg, "abuse", has_by="Ben Okafor", next_at=None, others=()),
        "worse": alert(cfg, "threat", why="worse"),
        "grew": alert(cfg, "threat", why="grew", posts=12, posts_before=4),
        "next contact": alert(cfg, why="next", others=("Safeguarding",)),
        "reported": alert(cfg, "leak", why="reported", score=0.0, case=None, next_at=None),
        "our own account": alert(cfg, "leak", why="own", case=None, next_at=None),
        "speaking up": replace(alert(cfg, "abuse", next_at=None, others=()), lane="guardian", words=handoffs.SPEAKING_UP, flag=""),
        "decided since": alert(cfg, done=True),
        "digest of older posts": digest(cfg),
        "digest over the cap": digest(cfg, 5, "cap"),
        "more than usual": SpikeMail(
            spike=Spike(measure="high", day=AT.date(), since=AT.date(), count=9, low=1, high=4, until="14:00"), at=AT,
            address=cfg.review.public_url,
        ),
    }  # fmt: skip
    mails = {
        name: alerts.alert_mail(cfg, mail, to=["duty@example.org"], at=AT, message_id="<1@example.org>")
        for name, mail in told.items()
    }  # fmt: skip
    steps: tuple[tuple[str, handoffs.HandoffMail], ...] = (
        ("passed on", handoff(cfg, "sent")), ("chased", handoff(cfg, "chased")), ("told", handoff(cfg, "told")),
        ("taken back", handoff(cfg, "taken back")), ("leak passed on", handoff(cfg, "sent", "information_governance")),
    )  # fmt: skip
    for name, passed_on in steps:
        mails[name] = handoffs.handoff_mail(cfg, passed_on, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    mails["morning list"] = digest_mail(cfg, listed())
    return mails
