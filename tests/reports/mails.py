"""Every mail of the product, worded from invented cases: for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from core import worries
from reports import access, alerts, asked, chain, handoffs, health, looks
from reports.access import Access
from reports.alerts import AlertMail, DigestMail
from reports.deeds import Deeds
from reports.health import Ailment, HealthMail, Reading
from reports.looks import MuchOpened
from reports.spikes import Spike, SpikeMail
from reports.trial import trial_mail
from reports.weekly import layout
from reports.weekly.figures import Campaign, Count, Figures, Late, Restated, SourceRead, Spend
from reports.weekly.periods import period_of
from reports.weekly.themes import Theme, Themes
from settings.review import EscalationRole
from settings.schema import Config
from store import (
    AccountActivity,
    AnswerCounts,
    CalendarEntry,
    Cutting,
    Handoff,
    Item,
    LaneWork,
    Reach,
    Token,
    WaitingCase,
    Work,
)
from store.cases.handoffs import StepKind
from tests.reports.factories import POLICY, item, settings
from tests.reports.test_digest import listed
from tests.reports.test_digest import mail as digest_mail
from tests.reports.weekly import factories as weeks
from tests.stores import temporary_store

# A template with a text beside it is a mail's; the name of a mail that is made of each.
FORMS: Mapping[str, str] = {
    "alert": "danger", "alert_digest": "digest of older posts", "handoff": "passed on", "digest": "morning list",
    "weekly/mail": "weekly", "trial": "test", "alert_spike": "more than usual", "looks": "much opened", "chain": "end of the record",
    "access": "a link asked for", "asked": "a hold asked for", "health": "heartbeat, not well",
}  # fmt: skip
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


FALSE_PAGE = item(masked="Your refund: give your sort code", platform="instagram")


def config(folder: Path) -> Config:
    cfg = settings(folder)
    return cfg.model_copy(update={"review": cfg.review.model_copy(update={"roles": ROLES, "comms_phone": "020 7946 0100"})})  # fmt: skip


DONE = Deeds(
    lines=(
        "999 called 08:31 by Ben Okafor", "Safeguarding rung 08:31 by Ben Okafor: no answer", "Safeguarding rung 08:40 by Amina Yusuf, who spoke to Jo Grant",
        "Reported to X 08:42 by Amina Yusuf, still public",
    ),
    called_999=True, spoke_to="Jo Grant", steps=frozenset(("first", "ring", "platform")),
)  # fmt: skip


def alert(cfg: Config, what: str = "danger", **changes: Any) -> AlertMail:
    """Case 6, found at 08:30, of which nobody has taken hold yet."""
    flags = FLAGS[what]
    given: dict[str, Any] = {
        "why": "high", "alert": 1, "case": 6, "mention": 17, "words": alerts.words_of(flags, POLICY, speaking_up=False),
        "lane": POLICY.flags[flags[0]].lane, "flag": flags[0], "score": 0.97, "platform": "x", "kind": "post", "on_our_page": False,
        "posted_at": AT - 7 * HOUR - timedelta(minutes=2), "found_at": AT - timedelta(minutes=1), "followers": 41, "shares": None,
        "posts": 1, "posts_before": 0, "since": AT, "has_by": "", "done": False, "others": ("the comms team",),
        "next_at": AT + timedelta(minutes=14), "due_at": AT + HOUR, "at": AT, "address": cfg.review.public_url,
        "steps": alerts.steps_of(flags, "x", cfg, at=AT),
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
    cfg: Config, step: StepKind, role: str = "safeguarding", deeds: Deeds | None = None, about: Item | None = None, **changes: Any
) -> handoffs.HandoffMail:  # fmt: skip
    given: dict[str, Any] = {
        "number": 1, "case": 6, "version": 2, "role": role, "posts": ((17, 1),), "flags": FLAGS["danger" if role == "safeguarding" else "leak"],
        "by": 1, "by_name": "Amina Yusuf", "at": AT, "state": "waits", "state_at": AT, "due_at": AT + HOUR / 4, "next_at": None,
        "chases": 0, "keeps_look": True,
    }  # fmt: skip
    breach = handoffs.Breach(ends_at=AT + 72 * HOUR, out=("name", "NHS number"), hidden_at=AT) if role == "information_governance" else None  # fmt: skip
    asks = handoffs.Request(due_at=AT + 5 * HOUR, privately=True, beside="Safeguarding") if role == "pals" else None  # fmt: skip
    return handoffs.step_mail(
        cfg,
        POLICY,
        Handoff(**(given | changes)),
        step,
        about or item(),
        breach,
        asks=asks,
        at=AT,
        deeds=deeds,
    )


def full(figures: Figures) -> Figures:
    """The figures of a week in which there is something to say in every section."""
    day = timedelta(days=1)
    themes = (
        ("getting through by phone", 64, 41, "Lines were down on Monday"), ("flu vaccination", 58, 6, ""),
        ("the walk-in centre at Northolt", 37, 20, "It is not closing"), ("parking at Ealing", 12, None, ""),
    )  # fmt: skip
    trust = replace(
        figures.trust, spend=(Spend(source="x", month="2026-11", dollars=41.2),),
        sources=(*figures.trust.sources, SourceRead(name="linkedin", gaps=((AT - 5 * day, AT - day),))),
        late=(Late(first=date(2026, 11, 16), last=date(2026, 11, 22), count=14),),
        restated=(Restated(first=date(2026, 11, 16), last=date(2026, 11, 22), published=398, now=412),),
        not_read={("partly", "so"): 7, ("partly", "en"): 2}, terms_changed=(date(2026, 11, 25),), imported=3,
        health=("4 posts could not be read since Tue 24 Nov, 09:00.",),
        ending=(Token(source="instagram", access="", at=AT, expires_at=AT + 6 * day),),
    )  # fmt: skip
    return replace(
        figures, trust=trust, waiting=7, waiting_now=7, waiting_long=3, help=AnswerCounts(requests=9, answered=6),
        waiting_longest=tuple(WaitingCase(case=case, since=AT - 5 * day, role=role) for case, role in ((49, ""), (52, "officer"), (57, "security"))),
        places=(Count(key="Ealing", name="Ealing", count=41), Count(key="Brent", name="Brent", count=17)),
        lanes=(
            LaneWork(lane="now", cases=6, in_time=6, late=0, running=0, median_minutes=11.4, slowest_minutes=48.2),
            LaneWork(lane="look", cases=1210, in_time=1180, late=21, running=9, median_minutes=190.0, slowest_minutes=2900.0),
        ),
        work=Work(
            decided={"respond": 31, "no_action": 204, "escalate": 12}, takedowns_asked=3, takedowns_gone=2, hidden=1,
            clocks_began=2, clocks_recorded=1, clocks_running=1, passed_on=12, passed_on_open=4,
        ),
        themes=Themes(
            themes=tuple(
                Theme(name=name, terms=(name,), posts=posts, negative=negative, positive=6 if place == 1 else None, gist=gist,
                      told_before=(0, 8) if place == 2 else (5, 8))
                for place, (name, posts, negative, gist) in enumerate(themes)
            ),
            posts=412, looked=412, read=240,
        ),
        campaigns=(
            Campaign(reach=Reach(campaign="Winter vaccinations", posts=14, views=128_400, likes=902, shares=211, replies=77, mentions=58),
                     outtakes="People asked where to go", outcomes="2,100 more bookings in four weeks"),
            Campaign(reach=Reach(campaign="Help us help you", posts=3, views=0, likes=12, shares=4, replies=0, mentions=2)),
        ),
        official=(
            AccountActivity(platform="x", handle="@NHS_NWLondon", last=AT - day, posts=9),
            AccountActivity(platform="facebook", handle="NHSNorthWestLondonHealthAndCarePartnership", last=AT - 40 * day, posts=0),
        ),
        cuttings=(
            Cutting(outlet="local-news-of-west-london.example.org", posted_at=AT - 2 * day, sentiment="negative", case=31),
            Cutting(outlet="radio.example.org", posted_at=AT - 3 * day, sentiment="neutral", case=None),
        ),
        records=(
            Cutting(outlet="hansard.parliament.uk", posted_at=AT - 2 * day, sentiment="neutral", case=44),
            Cutting(outlet="democracy.example.org", posted_at=AT - 4 * day, sentiment="neutral", case=None),
        ),
        coming=(CalendarEntry(number=1, day=date(2026, 12, 8), what="Board meeting in public"),),
    )  # fmt: skip


def summaries(cfg: Config) -> Mapping[str, EmailMessage]:
    """Of a week with something in every section, of one of which little is known, of a month and a quarter."""
    mails = {}
    for name, kind in (("weekly", "week"), ("first weekly", "week"), ("monthly", "month"), ("quarterly", "quarter")):  # fmt: skip
        with temporary_store() as store:
            if name != "first weekly":
                usual = [100, 110, 96, 104, 99, 108, 94, 103] * 4
                weeks.fill(store, weeks.Year(counts={"x": [*usual[:-1], 180]}, sources={"x": "x"}))
            figures = weeks.figures_of(store, period_of(kind, weeks.LAST))  # type: ignore[arg-type]
            mails[name] = layout.mail(
                cfg, full(figures) if name != "first weekly" else figures, at=AT, message_id="<1@example.org>",
                attached={"pdf": b"%PDF-", "xlsx": b"PK"},
            )  # fmt: skip
    return mails


def of_health(cfg: Config) -> dict[str, EmailMessage]:
    """The heartbeat on a good and a bad day, and what ails the program."""
    silent = Ailment(
        line="Silent for twice as long as usual: Reddit since Thursday (usually within 2 days).",
        mend="Look on the platform whether something new is there.",
    )
    ends = Ailment(
        line="The certificate of mail.example.org ends on Fri 4 Dec.", mend="Whoever made it makes a new one.", alarm=False,
    )  # fmt: skip
    readings = [
        Reading(name="Last full cycle", value="today, 08:05; next today, 09:05"),
        Reading(name="Sources", value="11 of 12 read to their end, the longest ago 25 minutes", wrong=True),
    ]  # fmt: skip
    mails = {
        "heartbeat": HealthMail(at=AT, heartbeat="each week", headline="All is well.", ailments=[], readings=readings[:1]),
        "heartbeat, not well": HealthMail(
            at=AT, heartbeat="each day", headline="Something has failed.", ailments=[silent, ends], readings=readings
        ),
        "what ails the program": HealthMail(at=AT, heartbeat="", headline="Found today, 08:31, and not told before:", ailments=[silent]),
    }  # fmt: skip
    return {
        name: health.mail(cfg, told, to=["ict@example.org"], at=AT, message_id="<1@example.org>")
        for name, told in mails.items()
    }  # fmt: skip


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
        "reported as aimed": alert(
            cfg, "abuse", why="reported", lane="now", score=0.0, words=alerts.words_of((), POLICY, speaking_up=False, ticked=worries.AIMED),
            steps=alerts.steps_of((), "x", cfg, at=AT, ticked=worries.AIMED), next_at=None,
        ),
        "reported by a journalist’s call": alert(
            cfg, "abuse", why="reported", lane="answer", score=0.0, words=alerts.words_of((), POLICY, speaking_up=False, ticked=worries.PRESS),
            steps=alerts.steps_of((), "x", cfg, at=AT, ticked=worries.PRESS), next_at=None,
        ),
        "next contact, much done": alert(cfg, why="next", others=("Safeguarding",), deeds=DONE, steps=alerts.steps_of(FLAGS["danger"], "x", cfg, at=AT, deeds=DONE)),
        "speaking up": replace(alert(cfg, "abuse", next_at=None, others=()), lane="guardian", words=handoffs.SPEAKING_UP, flag=""),
        "decided since": alert(cfg, done=True),
        "digest of older posts": digest(cfg),
        "digest over the cap": digest(cfg, 5, "cap"),
        "digest of a back catalogue": replace(digest(cfg, 30, "catalogue"), others=12_000),
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
        ("told, much done", handoff(cfg, "told", deeds=DONE)),
        ("page in our name passed on", handoff(cfg, "sent", "security", flags=("security", "impersonation"), lane="now", about=FALSE_PAGE, deeds=Deeds(stands="Still public, and not reported to Instagram"))),
        ("request passed on", handoff(cfg, "sent", "pals", flags=("assistance",))),
    )  # fmt: skip
    for name, passed_on in steps:
        mails[name] = handoffs.handoff_mail(cfg, passed_on, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    mails["morning list"] = digest_mail(cfg, listed())
    mails |= summaries(cfg)
    much = MuchOpened(what="hour", user=3, name="Ben Okafor", count=22, limit=20, days=14, at=AT)
    mails["end of the record"] = chain.mail(cfg, chain.ChainEnd(entries=1204, end="0a1b2c3d" * 8, at=AT), to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    mails["much opened"] = looks.mail(cfg, much, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    link = Access(what="link asked", name="Gwen Okafor", by_name="Ada Marsh", roles=(), at=AT)
    mails["a link asked for"] = access.mail(cfg, link, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    hold = asked.Waiting(what="hold", at=AT, posts=3, until=AT + timedelta(days=14))
    several = [
        asked.Waiting(what="less", at=AT, about="Less would be searched for (3 changes)"), asked.Waiting(what="less", at=AT, about="Danger, a threat or a leak would wait longer"),
        asked.Waiting(what="less", at=AT, about="Danger, a threat or a leak would wait longer"),
    ]  # fmt: skip
    mails["several changes that wait"] = asked.mail(cfg, several, to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    mails["a hold asked for"] = asked.mail(cfg, [hold], to=["a@example.org"], at=AT, message_id="<1@example.org>")  # fmt: skip
    mails |= of_health(cfg)
    mails["test"] = trial_mail(cfg, "a@example.org", at=AT, message_id="<1@example.org>")
    return mails
