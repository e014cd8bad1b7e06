"""The evidence pack of one case: its posts as collected, with hashes and times, and all that people did, by their roles.

It is for whoever has to show later what was seen and decided: a platform, the police, a court, the ICO. Whoever wrote a
post is in it only as far as the post's own words and its address say; people who worked on the case by their roles alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from classify.policy.schema import Policy
from collectors import terms
from collectors.platforms import PLATFORM_NAMES
from core import clock
from core.models import DecisionKind, Flag
from core.text import sentence
from reports.rendering import render, words
from settings.review import EscalationRole
from store import Case, CaseMention, Clock, HandoffStep, Moderation, Store, Takedown
from store.exports import Version

MOST = 300  # posts of a case that a pack holds; more are counted
DECISIONS: Mapping[DecisionKind, str] = {
    "no_action": "No action", "not_relevant": "Not about us", "respond": "Answer", "remove": "Remove",
    "escalate": "Pass on", "monitor": "Watch", "snooze": "Bring back later", "report": "Report to the platform",
    "duplicate": "Same as another case", "second_opinion": "Ask a colleague", "wrong_label": "Wrong label",
    "reopen": "Opened again", "confirm": "Confirmed", "undo": "Taken back",
}  # fmt: skip
TAKEDOWN_STEPS = {
    "asked": "Asked to take it down", "reminded": "Reminded", "refused": "They refused", "gone": "It is gone",
    "given_up": "No more can be done",
}  # fmt: skip
WHOM = {"platform": "the platform", "author": "the writer", "other": "someone else"}
HANDOFF_STEPS = {
    "sent": "Email queued", "not sent": "No email: to be rung", "chased": "One more email queued", "told": "Email to whoever is next queued",
    "confirmed": "They have it", "answered": "They answered", "taken back": "Taken back",
    "waits again": "Waits for them again",
}  # fmt: skip
NOT_TAKEN = "They don’t take it"
CLOCKS = {
    "look": "Someone looks at it", "assistance": "An answer to someone who asks for help",
    "media": "An answer to a reporter", "pid": "72 hours, by law",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePost:
    """A post. `words` and `address` are "" where `why_not` says why they may not stand here."""

    number: int
    platform: str
    kind: str
    posted_at: datetime
    found_at: datetime
    seen_at: datetime
    gone: bool
    on_hold: bool
    flags: tuple[str, ...] | None  # None: not told
    versions: tuple[Version, ...]
    words: str = field(repr=False)
    address: str = field(repr=False)
    why_not: str
    answers: str | None = field(
        default=None, repr=False
    )  # the masked words that it answers; None: nothing, or it is not told


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something that was done: when, by which roles, what, of which posts, and what was written with it."""

    at: datetime
    by: str
    what: str
    posts: str = ""
    notes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that the pack says. `event` and `chain_end` are the end of the record of decisions, with this very pack in it."""

    case: Case
    made_at: datetime
    made_by: str
    reason: str = field(repr=False)
    posts: tuple[EvidencePost, ...]
    more: int  # posts of the case that it has no room for
    speaking_up: int  # left out: they are the Guardian's alone
    decisions: tuple[Done, ...]
    takedowns: tuple[Done, ...]
    handoffs: tuple[Done, ...]
    clocks: tuple[Done, ...]
    event: int
    chain_end: str
    shown_to: str = ""  # who gets to see it, as a warning

    @property
    def chain_groups(self) -> str:
        """The end of the chain in groups of eight, as people read it aloud."""
        return " ".join(self.chain_end[start : start + 8] for start in range(0, len(self.chain_end), 8))  # fmt: skip


def posts_of(store: Store, case: int) -> tuple[list[CaseMention], int, int]:
    """The posts that may stand in a pack, how many speak up and are left out, and how many more there are."""
    mentions = store.cases.mentions(case, limit=MOST + 1)
    speaking_up = store.exports.speaking_up([mention.item.number for mention in mentions])
    included = [mention for mention in mentions[:MOST] if mention.item.number not in speaking_up]
    whole = store.cases.get(case)
    more = max(0, whole.size - MOST) if whole is not None and len(mentions) > MOST else 0
    return included, len(speaking_up), more


def lane_posts_of(store: Store, case: int, numbers: Collection[int]) -> list[CaseMention]:
    """Those of a case's posts that are among these."""
    mentions = store.cases.mentions(case, limit=MOST)
    return [mention for mention in mentions if mention.item.number in set(numbers)]


def gather(
    store: Store, case: Case, policy: Policy, teams: Sequence[EscalationRole], *, at: datetime, by: str, reason: str,
    agreed: Collection[int] | None = None, shown_to: str = "",
) -> Evidence:  # fmt: skip
    """What is held of a case now. `by` are the roles of whoever asks; write the event first, so that the chain's end holds it.

    `agreed`: posts of the Guardian's lane of which a pack may be taken; it holds these alone with what each answers, masked, doesn't count the others,
    names no clause of the policy (who speaks up broke none by it), and tells nothing that was written of others' posts as well.
    """
    if agreed is None:
        mentions, speaking_up, more = posts_of(store, case.number)
    else:
        mentions, speaking_up, more = lane_posts_of(store, case.number, agreed), 0, 0
    included = {mention.item.number for mention in mentions}
    answers = _answers(store, included) if agreed is not None else {}
    roles = {user.number: roles_in_words(user.roles) for user in store.users.all()}
    names = {team.key: "another team" if team.type == "police" else team.name for team in teams}
    entries, end = store.workload.chain_end()
    takedowns = [each for each in store.takedowns.of_case(case.number) if each.mention in included]
    acts = [each for each in store.moderations.of_case(case.number, at) if each.mention in included]
    return Evidence(
        case=case, made_at=at, made_by=by, reason=reason,
        posts=tuple(_post(store, mention, policy, at, flagged=agreed is None, answers=answers.get(mention.item.number)) for mention in mentions), more=more, speaking_up=speaking_up,
        decisions=tuple(decisions_of(store, case.number, included, roles, names, alone=agreed is not None)),
        takedowns=tuple(sorted((*takedowns_of(takedowns, roles), *acts_of(acts, roles)), key=_moment)),
        handoffs=tuple(handoffs_of(store, case.number, included, roles, names, alone=agreed is not None)),
        clocks=tuple(_clock(each) for each in store.deadlines.of_case(case.number) if agreed is None or len(included) == case.size),
        event=entries, chain_end=end, shown_to=shown_to,
    )  # fmt: skip


def html(evidence: Evidence) -> str:
    """The pack as a page that prints; the PDF is made of it."""
    return render("evidence.html", evidence=evidence, platforms=PLATFORM_NAMES)


def _moment(done: Done) -> datetime:
    return done.at


def roles_in_words(roles: Sequence[str]) -> str:
    """A lead and reviewer, in words."""
    *others, last = (words({"admin": "administrator"}.get(role, role)) for role in roles or ("",))
    return f"{', '.join(others)} and {last}" if others else last


def _post(store: Store, mention: CaseMention, policy: Policy, at: datetime, *, flagged: bool, answers: str | None) -> EvidencePost:  # fmt: skip
    item = mention.item
    stored = store.mentions.get(item.number)
    on_hold = store.retention.on_hold(item.number, at)
    why_not = ""
    if terms.forbids(item.platform, "export"):
        why_not = f"{PLATFORM_NAMES[item.platform]}’s terms do not let its words leave this system."
    elif item.deleted and item.platform in terms.gone_within():
        why_not = f"It is gone from {PLATFORM_NAMES[item.platform]}, whose terms do not let us hold its words any longer."
    elif item.deleted and not on_hold:
        why_not = "It is gone from where it stood, and no hold keeps its words."
    elif stored is None:
        why_not = "Its words are not held any more."
    shown = stored.mention if stored is not None and not why_not else None
    return EvidencePost(
        number=item.number, platform=PLATFORM_NAMES.get(item.platform, item.platform), kind=item.kind,
        posted_at=item.posted_at, found_at=item.fetched_at,
        seen_at=stored.mention.fetched_at if stored is not None else item.fetched_at, gone=item.deleted, on_hold=on_hold,
        flags=tuple(_flag(policy, flag) for flag in item.flags) if flagged else None,
        versions=tuple(store.exports.versions(item.number)), words=shown.text if shown else "",
        address=shown.url if shown else "", why_not=why_not, answers=None if terms.forbids(item.platform, "export") else answers,
    )  # fmt: skip


def _answers(store: Store, posts: Collection[int]) -> dict[int, str]:
    """What these posts answer, masked; "" of an answer to what is not held or is not for everybody to read."""
    answered = store.threads.around(sorted(posts)).answers
    return {number: post.masked if post is not None else "" for number, post in answered.items()}


def _flag(policy: Policy, flag: Flag) -> str:
    clauses = f" (clause {', '.join(flag.clauses)})" if flag.clauses else ""
    return sentence(policy.label(flag.name)) + clauses


def decisions_of(
    store: Store, case: int, included: set[int], roles: Mapping[int, str], names: Mapping[str, str],
    *, alone: bool = False,
) -> list[Done]:  # fmt: skip
    """What was decided of these posts of a case: names of teams by key, roles of people by number.

    `alone`: what was written with a decision on others' posts too is left out.
    """
    done = []
    for entry in store.cases.history(case):
        decision = entry.decision
        covered = [number for number, _ in decision.covers]
        if covered and not included.intersection(covered):
            continue  # of posts that speak up alone
        what = f"{entry.version}. {DECISIONS.get(decision.kind, words(decision.kind))}"
        if decision.role:
            what += f" to {names.get(decision.role, words(decision.role))}"
        if decision.undoes is not None:
            what += f" (decision {decision.undoes})"
        if entry.undone:
            what += " – taken back later"
        notes = [f"{words(name)}: {'holds' if holds else 'does not hold'}" for name, holds in decision.labels.items()]  # fmt: skip
        notes += [text for text in (decision.reason, decision.note) if text]
        if alone and not included.issuperset(covered):
            notes = ["What was written with it is left out: it is on others’ posts too"] if notes else []  # fmt: skip
        done.append(Done(
            at=decision.at, by=roles.get(decision.by, ""), what=what, notes=tuple(notes),
            posts=_numbers(number for number in covered if number in included),
        ))  # fmt: skip
    return done


def takedowns_of(takedowns: Sequence[Takedown], roles: Mapping[int, str]) -> list[Done]:
    """What was done to have posts taken down."""
    done = [
        Done(
            at=step.at, by=roles.get(step.by, ""), what=f"{TAKEDOWN_STEPS[step.step]} ({WHOM[step.whom]})",
            posts=str(takedown.mention), notes=tuple(text for text in (step.how, step.reference, step.note) if text),
        )
        for takedown in takedowns
        for step in takedown.steps
    ]  # fmt: skip
    done += [
        Done(at=takedown.gone_at, by="", what="Seen to be gone from its platform", posts=str(takedown.mention))
        for takedown in takedowns
        if takedown.gone_at is not None
    ]  # fmt: skip
    return done


def acts_of(acts: Sequence[Moderation], roles: Mapping[int, str]) -> list[Done]:
    """What was hidden or removed through a platform."""
    return [
        Done(
            at=act.at, by=roles.get(act.by, ""), what=f"{sentence(words(act.action))} on the platform: {words(act.outcome)}",
            posts=str(act.mention), notes=tuple(text for text in (act.clause and f"clause {act.clause}", act.reason) if text),
        )
        for act in acts
    ]  # fmt: skip


def handoffs_of(
    store: Store, case: int, included: set[int], roles: Mapping[int, str], names: Mapping[str, str],
    *, alone: bool = False,
) -> list[Done]:  # fmt: skip
    """To which teams these posts of a case were passed on, and what those said; `alone` as of decisions."""
    done = []
    for handoff in store.handoffs.of_case(case):
        posts = [number for number, _ in handoff.posts if number in included]
        if not posts:
            continue
        team = names.get(handoff.role, words(handoff.role))
        of_others = alone and not included.issuperset(number for number, _ in handoff.posts)
        done.append(Done(
            at=handoff.at, by=roles.get(handoff.by or 0, ""), what=f"Passed on to {team}", posts=_numbers(posts),
            notes=(handoff.why,) if handoff.why and not of_others else (),
        ))  # fmt: skip
        done += [
            Done(
                at=step.at, by=roles.get(step.by or 0, ""), what=f"{team}: {NOT_TAKEN if step.kind == 'waits again' and step.note else HANDOFF_STEPS[step.kind]}{_left(step)}",
                posts=_numbers(posts), notes=(step.note,) if step.note and not of_others else (),
            )
            for step in handoff.steps
        ]  # fmt: skip
    return sorted(done, key=_moment)


def _left(step: HandoffStep) -> str:
    """When the email of a step left, or that it has not; "" of a step without one."""
    if step.sent_at is not None:
        return f", left {clock.local(step.sent_at)}"
    return "" if step.mail == "none" else ", has not left"


def _clock(each: Clock) -> Done:
    ended = f"stopped {clock.local(each.stopped_at)}" if each.stopped_at else "still running"
    return Done(
        at=each.began_at, by="", what=CLOCKS[each.kind], notes=(f"due {clock.local(each.due_at)}", ended)
    )  # fmt: skip


def _numbers(numbers: Iterable[int]) -> str:
    listed = [str(number) for number in numbers]
    return ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")
