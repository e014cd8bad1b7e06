"""A review page over invented cases: one of each kind that an officer meets, and people who look at them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from classify.policy.schema import FlagPolicy, Policy, clause_texts, load
from core import similarity
from core.models import Flag, Lane, Mention, Risk, Role, speaks_up
from core.named_time import named_time
from reports import asked
from review.auth import sessions
from review.context import AppContext
from review.moderation.platforms import Platforms
from review.setup.changes import Setup
from settings import schema
from settings.review import EscalationRole, Review
from steps.models import AnswerOffer, Offers
from store import CaseDecision, Placing, Store
from store.cases.endings import CLOSES, TELLS
from store.cases.models import LanePlacing
from tests.store.factories import AT, DAY, HOUR, add, assessed, mention

NOW = AT + 2 * HOUR
REPOSITORY = Path(schema.__file__).parent.parent
PASSWORD = "heron kettle violet"
# a hash says itself what it costs to check: these sign in by the hundred
QUICKLY_CHECKED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEOPLE: dict[str, tuple[str, tuple[Role, ...]]] = {
    "amina": ("Amina Yusuf", ("reviewer",)),
    "bea": ("Bea Whitlock", ("reviewer", "lead")),
    "gwen": ("Gwen Okafor", ("reviewer", "governance")),
    "vera": ("Vera Lindqvist", ("viewer",)),
    "ada": ("Ada Marsh", ("admin",)),
}
ROLES = (
    EscalationRole(key="pals", type="pals", name="PALS and complaints", when="A complaint, or someone who needs help with care"),
    EscalationRole(key="guardian", type="guardian", name="Freedom to Speak Up Guardian", when="Staff who raise a concern"),
    EscalationRole(key="safeguarding", type="safeguarding", name="Safeguarding", when="Someone is or may be at risk of harm"),
    EscalationRole(key="hr", type="employer", name="Human resources", when="Conduct of the ICB’s own staff"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Told:
    """A post that is in the store: what was said, what is shown of it, and what it was flagged for.

    `flags` are names with the words that show them. `under` is the post that it answers.
    """

    text: str
    risk: Risk
    flags: Sequence[tuple[str, str]] = ()
    masked: str = ""
    about: dict[str, Any] = field(default_factory=dict)  # of the mention
    read: dict[str, Any] = field(default_factory=dict)  # of the reading
    of_flags: dict[str, Any] = field(default_factory=dict)


NAMED = Told(
    text="My neighbour Rosalind Pettigrew, NHS number 999 123 4567, was turned away from the walk-in in Hayes again. Ring her on 07700 900123 if you don’t believe me.",
    masked="My neighbour [name 1], NHS number [NHS number], was turned away from the walk-in in Hayes again. Ring her on [phone number] if you don’t believe me.",
    risk="high",
    flags=(("pid", "Rosalind Pettigrew, NHS number 999 123 4567"), ("allegation", "turned away from the walk-in")),
    read={"sentiment": "negative"},
    about={"metrics": {"likes": 12, "shares": 3, "replies": 2}},
)  # fmt: skip
IN_DANGER = Told(
    text="Can’t see the point of waking up tomorrow. Rang the crisis line at Northwick Park three times, nobody picks up.",
    risk="high",
    flags=(("safeguarding", "Can’t see the point of waking up tomorrow"), ("assistance", "nobody picks up")),
    about={"platform": "facebook", "issuer": "facebook", "kind": "comment"},
)  # fmt: skip
GRIEVANCE = Told(
    text="Third week without a break on ward 4. My manager could not care less, and whoever plans these rotas couldn’t plan a picnic.",
    risk="medium",
    flags=(("grievance", "Third week without a break"), ("derogatory", "couldn’t plan a picnic")),
    read={"staff": "nhs"},
    of_flags={"target": ("colleague",)},
    about={"platform": "linkedin", "issuer": "linkedin"},
)  # fmt: skip
ALLEGATION = Told(
    text="They knew that the scan was wrong and hid it until she died. Ask Ealing why nobody was told.",
    risk="high", flags=(("allegation", "knew that the scan was wrong and hid it until she died"),), of_flags={"harm": "serious"},
)  # fmt: skip
RUMOUR = Told(
    text="Ealing A&E shuts on Friday for good, my cousin saw the sign on the door this morning", risk="medium",
    flags=(("misinformation", "Ealing A&E shuts on Friday for good"),), about={"metrics": {"shares": 41}},
)  # fmt: skip
QUESTION = Told(
    text="@HealthierNWL who do I ring about a repeat prescription at the weekend in Harrow? Thanks", risk="low",
    flags=(("assistance", "who do I ring about a repeat prescription"),), read={"sentiment": "neutral"},
)  # fmt: skip
FOREIGN = Told(
    text="انتظرت تسع ساعات في المستشفى مع أمي ولم يأت أحد، أين الأطباء؟", risk="none",
    read={"read": "unread", "language": "ar", "sentiment": "neutral"},
    about={"platform": "mastodon", "issuer": "mastodon.example.org", "language": "ar"},
)  # fmt: skip
PRESS = Told(
    text="Writing about GP waits in Harrow for next week’s paper. Patients and staff, DMs open.", risk="medium",
    flags=(("media", "Writing about GP waits in Harrow"),),
    about={"platform": "bluesky", "issuer": "bluesky"},
)  # fmt: skip
TAKE_DOWN = Told(
    text="Please take down the photo with my mother in it, she never agreed to it", risk="medium",
    flags=(("removal_request", "take down the photo"),), about={"platform": "instagram", "issuer": "instagram", "kind": "comment"},
)  # fmt: skip
OWN_STAFF = Told(
    text="Great day at the diabetes clinic in Brent! Proud to be NHS NW London.", risk="low",
    flags=(("no_disclaimer", "Proud to be NHS NW London"),), read={"staff": "icb", "sentiment": "positive"},
)  # fmt: skip
HOSTILE = Told(
    text="<script>alert(1)</script><svg onload=alert(2)><img src=x onerror=alert(3)> \u202eevil gnp\u202c {{ 7*7 }} </blockquote><form action=https://example.org><style>*{display:none}</style> Kingston" + "x" * 900,
    risk="medium",
    flags=(("derogatory", "<script>alert(1)</script>"), ("threat", "<svg onload=alert(2)>")),
    about={"url": "javascript:alert(document.cookie)", "matched": ("<b>Kingston</b>",)},
)  # fmt: skip
VERY_LONG = Told(
    text="This goes on and on about the phones in Hounslow. " * 2000, risk="low",
    flags=(("derogatory", "on and on"),),
)  # fmt: skip
ALL = (
    NAMED, IN_DANGER, GRIEVANCE, ALLEGATION, RUMOUR, QUESTION, FOREIGN, PRESS, TAKE_DOWN, OWN_STAFF, HOSTILE, VERY_LONG,
)  # fmt: skip


@cache
def shipped() -> schema.Config:
    """config.toml as it ships."""
    return schema.load(REPOSITORY / "config.toml")


@cache
def whole_policy() -> Policy:
    """The policy that ships."""
    return load()


def policy() -> dict[str, FlagPolicy]:
    """Its flags that are on."""
    return dict(whole_policy().in_use)


def desk(
    open_store: Callable[[], Store],
    *,
    public_url: str = "http://127.0.0.1:8765",
    file: schema.Config | None = None,
    **changes: Any,
) -> AppContext:
    """A review page whose clock stands at NOW. `file` is the config.toml; else the one that ships, with ROLES."""
    if file is None:
        file = shipped().model_copy(
            update={
                "collectors": {
                    name: {"on": True} for name in ("x", "facebook", "linkedin", "feeds")
                },
                "review": shipped().review.model_copy(
                    update={"roles": ROLES, "public_url": public_url, "crisis_contact": ""}
                ),
            }
        )
    policy, texts = whole_policy(), clause_texts()
    given: dict[str, Any] = {
        "file": file,
        "folder": REPOSITORY,
        "policy": policy,
        "clauses": {
            "3": texts["3"],
            "8": "Staff using social networking sites should always adhere to codes of conduct and policies.",
            "6.8": "Please respect patient and staff confidentiality at all times.",
            "6.9": "Always be respectful and courteous.",
            "9": texts["9"],  # it holds a long word
            "6.10": "Staff may not identify any patients, or post any personal identifiable data (PID) belonging to patients or their relatives.",
        },
        "open_store": open_store,
        "setup": Setup(file, REPOSITORY, policy, here),
        "platforms": OutOfReach(file, REPOSITORY),
        "now": lambda: NOW,
    }
    return AppContext(**(given | changes))


class OutOfReach(Platforms):
    """Platforms on which nothing can be done."""

    def offers(self, number: int, at: datetime) -> Offers:
        return Offers(off="No platform is asked from here")

    def answer_offer(self, number: int, text: str, at: datetime) -> AnswerOffer:
        return AnswerOffer(why_not="No platform is asked from here")


class Failing(OutOfReach):
    """Platforms whose page meets what is raised."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def offers(self, number: int, at: datetime) -> Offers:
        raise self._error


def here(function: Callable[..., object], *given: object) -> object:
    """Calls in this process what is to be called in another."""
    return function(*given)


def configure(desk: AppContext, **changes: Any) -> None:
    """Gives a page another config.toml: keys of [review], or whole tables of the file."""
    review = {name: value for name, value in changes.items() if name in Review.model_fields}
    tables = {name: value for name, value in changes.items() if name not in review}
    desk.file = desk.file.model_copy(
        update={"review": desk.file.review.model_copy(update=review)} | tables
    )
    desk._effective = None


def read_by(desk: AppContext, *mailboxes: str) -> None:
    """Has the service's mail read by somebody: who is told where nobody else has an address."""
    configure(desk, health=desk.file.health.model_copy(update={"to": mailboxes}))


def asked_of(store: Store) -> list[tuple[str, tuple[str, ...]]]:
    """The emails that say that something waits for a person's yes: what, and to whom, also those that leave together with another."""
    return [(row.payload["what"], row.recipients) for row in store.outbox.due(NOW + asked.EVERY) if row.kind == "asked"]  # fmt: skip


def people(store: Store) -> dict[str, int]:
    """Everybody's number; all have the one PASSWORD."""
    secret = QUICKLY_CHECKED.hash(PASSWORD)
    numbers = {}
    for handle, (name, roles) in PEOPLE.items():
        numbers[handle] = store.users.add("local", handle, name, roles, at=AT).number
        store.users.change(numbers[handle], secret=secret, at=AT)
    return numbers


def tell(
    store: Store, told: Told, number: int, at: datetime = AT, *, alone: bool = False, source: str = "x", **more: Any
) -> Mention:  # fmt: skip
    """Puts a post into the store, assessed and grouped. `alone`: it is like no other."""
    said = mention(
        number,
        text=told.text,
        text_raw=told.text,
        fetched_at=at,
        posted_at=at - HOUR,
        **(told.about | more),
    )
    add(store, said, source=source, at=at)
    flags = []
    for place, (name, shows) in enumerate(told.flags):
        start = told.text.index(shows)
        flags.append(
            Flag(
                name=name, score=0.93 - place / 10, clauses=policy()[name].clause,
                spans=((start, start + len(shows)),), **told.of_flags,
            )
        )  # fmt: skip
    for stored in store.assessments.unassessed("2026.1", "model-a"):
        given = {"masked": told.masked or told.text, "flags": tuple(flags)} | told.read
        store.assessments.add([assessed(stored, told.risk, at=at, **given)])
    group(store, at, alone=alone)
    return said


def group(store: Store, at: datetime = AT, *, alone: bool = False) -> None:
    """Groups whatever waits, as a cycle does."""
    placings = [
        Placing(
            mention=one.mention, risk=one.risk, bands=() if alone else similarity.bands(one.text),
            places=tuple(place for place in ("Harrow", "Ealing", "Brent", "Hounslow") if place in one.text),
            lane=lane_of(store, one.mention),
        )
        for one in store.grouping.ungrouped()
    ]  # fmt: skip
    store.grouping.group(placings, alike=similarity.alike, at=at)
    store.children.mark({one.number: False for one in store.children.unlooked(limit=500)})


REASONS: dict[str, tuple[Lane, str]] = {
    "safeguarding": ("now", "Someone may end their life"), "threat": ("now", "Threat to hurt staff"),
    "pid": ("now", "Patient’s NHS number, in public"), "media": ("answer", "Reporter asks for comment"),
    "assistance": ("answer", "Asks about a prescription"), "removal_request": ("answer", "Asks us to take it down"),
    "allegation": ("look", "Serious failing alleged"), "misinformation": ("look", "Claim to check: A&E at Ealing"),
    "derogatory": ("look", "Insult about staff"), "grievance": ("look", "Staff complain of rotas"),
}  # fmt: skip


def lane_of(store: Store, mention: int) -> LanePlacing:
    """Where a post waits and why, by its worst flag: as the grouping step works it out, in short."""
    item = store.figures.item(mention)
    names = {flag.name for flag in item.flags} if item else set()
    name = next((name for name in REASONS if name in names), "")
    lane, reason = REASONS.get(name, ("rest", "Nothing flagged"))
    if item is None or not speaks_up(item.protected, item.staff, kind=item.kind):
        named = named_time(item.masked, item.posted_at) if item and name == "media" else None
        return LanePlacing(
            lane=lane, reason=reason, weight=1, wanted_at=named.at if named else None
        )
    if name in ("safeguarding", "pid"):
        why = "Someone may be in danger" if name == "safeguarding" else "Patient’s details"
        return LanePlacing(lane="now", reason=why, weight=1, speaks=True, urgent=True)
    return LanePlacing(lane="guardian", reason="May be speaking up", weight=1, speaks=True)


def decide(store: Store, case: int, by: int, kind: str, **more: Any) -> None:
    """A decision that covers all that a person should see of a case."""
    found = store.cases.get(case)
    assert found is not None
    covers = tuple(
        (one.item.number, one.item.revision) for one in store.cases.mentions(case) if one.reviewable
    )
    given: dict[str, Any] = {
        "case": case,
        "kind": kind,
        "by": by,
        "at": NOW - HOUR,
        "covers": covers,
    }
    if (
        kind in CLOSES and "labels" not in more
    ):  # whoever closes danger, a threat or a leak says that it is none
        flags = {
            flag.name
            for one in store.cases.mentions(case)
            if one.reviewable
            for flag in one.item.flags
        }
        given["labels"] = dict.fromkeys(flags & TELLS.keys(), False)
    if False in (given | more).get("labels", {}).values():
        given["reason"] = "I read it: it is none"
    elif kind in CLOSES and found.risk == "high":  # is closed with a reason only
        given["reason"] = "Someone else deals with it"
    assert store.cases.decide(CaseDecision(**(given | more)), found.version)


def case_of(store: Store, told: Told) -> int:
    """The case in which a post is."""
    for number in range(1, store.figures.row_counts()["mentions"] + 1):
        stored = store.mentions.get(number)
        if stored is not None and stored.mention.text == told.text:
            case = store.cases.of_mention(number)
            assert case is not None
            return case
    raise AssertionError("nobody said that")


def fill(store: Store, more: int = 40) -> dict[str, int]:
    """Cases in every state, and people. `more` plain ones make further pages."""
    who = people(store)
    for number, told in enumerate(ALL, start=1):
        tell(store, told, number, AT - timedelta(minutes=7 * number))
    for number in range(1, 4):  # copies and answers of one story
        tell(store, RUMOUR, 20 + number, AT + timedelta(minutes=number))
    worse = replace(ALLEGATION, text=f"{ALLEGATION.text} Shame on them.")
    tell(store, worse, 25, AT, kind="quote")
    reply = replace(
        ALLEGATION, text="Somebody at that trust should answer in court for what they did"
    )
    reply = replace(
        reply, flags=(("allegation", "answer in court"),), risk="medium", of_flags={"harm": "other"}
    )
    tell(
        store,
        reply,
        26,
        AT,
        kind="reply",
        root_id=mention(4).issued_id,
        parent_id=mention(4).issued_id,
    )
    _decisions(store, who)
    for number in range(more):
        tell(
            store,
            replace(QUESTION, text=f"{QUESTION.text} ({number})"),
            100 + number,
            AT - DAY,
            alone=True,
        )
    add(store, at=AT + HOUR)
    store.mentions.add_run(
        "facebook",
        [],
        since=AT - DAY,
        at=AT + HOUR,
        complete=False,
        error="the platform refused the token: connect it anew",
    )
    return who


def _decisions(store: Store, who: dict[str, int]) -> None:
    decide(
        store,
        case_of(store, PRESS),
        who["bea"],
        "escalate",
        role="pals",
        reason="asks about waits",
        note="Rang back at ten.",
    )
    decide(store, case_of(store, TAKE_DOWN), who["amina"], "snooze", until=NOW + 3 * DAY)
    done = case_of(store, OWN_STAFF)
    decide(
        store,
        done,
        who["amina"],
        "not_relevant",
        labels={"no_disclaimer": False},
        reason="the profile says so",
    )
    store.cases.decide(
        CaseDecision(case=done, kind="undo", by=who["bea"], at=NOW - HOUR, undoes=1), 1
    )
    decide(store, done, who["bea"], "no_action", note="<b>Bold</b> note")
    store.claims.claim(case_of(store, GRIEVANCE), who["bea"], NOW)
    store.claims.claim(case_of(store, RUMOUR), who["amina"], NOW)
    edited = case_of(store, QUESTION)
    decide(store, edited, who["amina"], "monitor")
    text = "@HealthierNWL edited: nobody rings back about my repeat prescription in Harrow, useless"
    changed = replace(QUESTION, text=text, flags=(("derogatory", "useless"),), risk="medium")
    tell(store, changed, 6, AT + HOUR, edited_at=AT + HOUR)
    assert store.mentions.mark_gone([("x", mention(23).issued_id, "deleted")], at=NOW)
    group(store, NOW)


def session(store: Store, user: int) -> str:
    """A session's id, as its cookie holds it."""
    return store.sessions.begin(user, at=NOW, until=NOW + sessions.ABSOLUTE)
