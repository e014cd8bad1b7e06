"""How far the steps of a leak are that somebody confirmed, for every page of its case: what was done, what is left, and when the 72 hours end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.text import sentence
from reports.handoffs import role_of
from review.context import RequestContext
from review.desk import mails
from review.desk.harm import complains, needs_looking_into, needs_safeguarding
from review.desk.rows import hours_of_law
from review.desk.teams import DEATH, HARM
from store import Clock, Handoff, Item, PathStep
from store.cases.deadlines import BREACHES
from store.cases.handoffs import SAFEGUARDING
from store.cases.takedowns import HIDES

FLAG = "pid"
INFORMATION_GOVERNANCE = (
    "Information governance"  # a common noun, where the settings name its team so
)
UNAWARE = "information governance doesn’t know"  # on its knowing the 72 hours hang


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakStands:
    """A leak under way. `hidden_at` is None while a post of it is in sight; `reported` where its platform was asked instead."""

    confirmed_at: datetime
    ends_at: datetime
    posts: frozenset[int]
    hidden_at: datetime | None
    reported: bool
    left: int
    steps: int
    path: str
    unaware: str = ""  # the team that must know of it and does not: nobody told it, and no email to it leaves in a moment
    waits_for: tuple[
        str, ...
    ] = ()  # the teams that must know and have not confirmed, whoever else was passed something: by law information governance first
    untold_of_harm: str = ""  # that Safeguarding was not told of serious harm in it

    @property
    def is_unconfirmed(self) -> bool:
        """Whether a team that must know of it does not, or has not said that it has it."""
        return bool(self.unaware or self.waits_for)

    def waiting(self, at: datetime) -> str:
        """For what it waits, for a row and the head of a case: leak, waits for information governance and Safeguarding, 72 hours end Thu 13:00; that they ended stands in the alarm."""
        hours = hours_of_law(self.ends_at, at, dated=False) if self.ends_at > at else ""
        return ", ".join(filter(None, ("leak", self._waits, hours)))

    @property
    def badge(self) -> str:
        """The same in a word or two, for a row."""
        return f"leak confirmed, {'hidden' if self.hidden_at else 'reported' if self.reported else 'not hidden'}"

    def row_words(self, at: datetime) -> str:
        """The same for a row of Now: for whom it waits, else how far it is; of what is in public still that first."""
        if not self.waits_for:
            return self.badge
        return self.waiting(at) if self.hidden_at or self.reported else f"{self.badge}, {self._waits}"  # fmt: skip

    @property
    def _waits(self) -> str:
        return f"waits for {' and '.join(self.waits_for)}" if self.waits_for else ""

    def words(self, at: datetime) -> str:
        """Confirmed 23:25, hidden 23:26, information governance doesn’t know, 4 of 7 steps left, 72 hours end Wed 23:25; in place of the second for whom it waits."""
        hidden = f"hidden {clock.near_time(self.hidden_at, at)}" if self.hidden_at else "reported to the platform" if self.reported else "not hidden yet"  # fmt: skip
        waits = self.unaware or self._waits
        return (
            f"Confirmed {clock.near_time(self.confirmed_at, at)}, {hidden}, {f'{waits}, ' if waits else ''}{self.left} of {self.steps} steps left, "
            f"{hours_of_law(self.ends_at, at)}"
        )

    def alarm(self, at: datetime) -> str:
        """What a row says in red: that the 72 hours are over, that a team which must know of it or of the harm in it does not; "" where none is so."""
        over = hours_of_law(self.ends_at, at) if self.ends_at <= at else ""
        return ", ".join(filter(None, (over, self.unaware, self.untold_of_harm)))


def leak_stands(context: RequestContext, case: int) -> LeakStands | None:
    """How far it is; None where no leak of the case is confirmed, or what was decided is recorded."""
    running = next((each for each in context.store.deadlines.of_case(case) if each.kind == FLAG and each.stopped_at is None), None)  # fmt: skip
    posts = _confirmed(context, case, running)
    if running is None or not posts:
        return None
    standing = context.store.path_steps.path(case, "leak").standing
    asking = {
        each.item.number
        for each in context.store.cases.mentions(case)
        if each.item.number in posts and _asks(each.item)
    }
    handoffs = [each for each in context.store.handoffs.of_case(case) if each.state != "taken back"]
    reached = [each for each in handoffs if not mails.is_unsent(each)]
    undone = {entry.version for entry in context.store.cases.history(case) if entry.undone}
    answered = {post for reply in context.store.replies.of_case(case) if reply.version not in undone for post in reply.posts}  # fmt: skip
    elsewhere = answered | {
        number for each in reached if each.role != BREACHES for number, _ in each.posts
    }
    hidden_at = _hidden_at(context, case, posts)
    finished = {
        "confirm": True, "hide": "hide" in standing or hidden_at is not None,
        "tell": _is_told(standing, handoffs),
        "copies": "copies" in standing, "record": False, "close": False,
    }  # fmt: skip
    if asking:
        step = standing.get("help")
        finished["help"] = bool(step and (step.who or step.note)) or asking <= elsewhere
    dead = {each.item.number for each in context.store.cases.mentions(case) if each.item.number in posts and needs_looking_into(each.item)}  # fmt: skip
    if dead:
        finished[DEATH] = DEATH in standing or dead <= elsewhere
    hurt = {each.item.number for each in context.store.cases.mentions(case) if each.item.number in posts and needs_safeguarding(each.item)}  # fmt: skip
    if hurt:
        known = {
            number for each in reached if each.role == "safeguarding" for number, _ in each.posts
        }
        finished[HARM] = bool(HARM in standing and standing[HARM].who) or hurt <= known
    unaware = "" if finished["tell"] or any(mails.leaves_soon(context, each) for each in handoffs if each.role == BREACHES) else UNAWARE  # fmt: skip
    passed_harm = {number for each in handoffs if each.role == SAFEGUARDING for number, _ in each.posts}  # fmt: skip
    harm_is_untold = bool(hurt) and not finished[HARM] and not hurt <= passed_harm
    return LeakStands(
        confirmed_at=running.confirmed_at or running.began_at, ends_at=running.due_at, posts=posts, hidden_at=hidden_at, reported="hide" in standing,
        left=sum(not each for each in finished.values()), steps=len(finished), path=f"/cases/{case}/leak#open",
        unaware=unaware, waits_for=_waits_for(context, handoffs, () if unaware else (BREACHES,)),
        untold_of_harm=f"{sentence(_name(context, SAFEGUARDING))} not told" if harm_is_untold else "",
    )  # fmt: skip


def _waits_for(context: RequestContext, handoffs: Sequence[Handoff], by_law: Sequence[str]) -> tuple[str, ...]:  # fmt: skip
    """The teams that must know, were passed it and have not said that they have it; one that does not take it is told elsewhere."""
    unconfirmed = {each.role for each in handoffs if each.state == "waits" and each.refusal is None}
    return tuple(_name(context, role) for role in (*by_law, SAFEGUARDING) if role in unconfirmed)


def _name(context: RequestContext, role: str) -> str:
    """A team as it is named within a sentence."""
    name = role_of(context.config, role).name
    return name.lower() if name == INFORMATION_GOVERNANCE else name


def decided_words(context: RequestContext, case: int) -> Mapping[int, str]:
    """Posts of a leak of which it is written down what information governance decided, each with when in words: it is no longer to be begun with."""
    ended = [each for each in context.store.deadlines.of_case(case) if each.kind == FLAG and each.why == "recorded"]  # fmt: skip
    if not ended:
        return {}
    words = f"What information governance decided was written down {clock.near(ended[0].stopped_at or context.at, context.at)}. What is left is to close it"
    return dict.fromkeys(_confirmed(context, case, ended[0]), words)


def _asks(item: Item) -> bool:
    """Whether whoever wrote a post asks for help or complains: hiding it answers neither."""
    flags = {flag.name for flag in item.flags}
    return "assistance" in flags or complains(item, flags)


def _is_told(standing: Mapping[str, PathStep], handoffs: Sequence[Handoff]) -> bool:
    """Whether information governance was told: by somebody, or by an email that has left."""
    asked_of = [each for each in handoffs if each.role == BREACHES]
    if asked_of:
        return not all(map(mails.is_unsent, asked_of))
    return "tell" in standing


def _confirmed(context: RequestContext, case: int, running: Clock | None) -> frozenset[int]:
    """The posts that somebody confirmed as a leak."""
    if running is None:
        return frozenset()
    history = context.store.cases.history(case)
    return frozenset(
        post
        for entry in history
        if entry.decision.kind == "confirm" and entry.decision.labels.get(FLAG) and not entry.undone
        for post, _ in entry.decision.covers
    )


def _hidden_at(context: RequestContext, case: int, posts: frozenset[int]) -> datetime | None:
    """When the last of these posts went out of sight; None while one is in sight."""
    moments = []
    for each in context.store.cases.mentions(case):
        if each.item.number not in posts:
            continue
        acts = context.store.moderations.of_mention(each.item.number, context.at)
        last = acts[-1] if acts else None
        if last is not None and last.outcome == "done" and last.action in HIDES:
            moments.append(last.happened_at)
        elif each.item.deleted:
            moments.append(each.item.fetched_at)
        else:
            return None
    return max(moments, default=None)
