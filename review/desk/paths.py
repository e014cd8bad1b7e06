"""What the guided paths share: the posts that one is about, who did which step, what a form says, and why one is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from reports.handoffs import role_of
from review.cases import recipients
from review.context import RequestContext
from review.desk import asked, begun, mails, pane, pass_on, shell
from review.desk.moments import LONGEST_NAME as LONGEST_NAME
from review.desk.moments import WHO_SAID, said_so
from review.desk.moments import Began as Began
from review.desk.moments import began as began
from review.desk.moments import moment_fault as moment_fault
from review.desk.moments import moment_of as moment_of
from review.desk.moments import name_fault as name_fault
from review.desk.pane import Pane, PostShown
from review.desk.questions import rests_on_word
from review.desk.suggestions import WHY_NOT
from settings.review import EscalationRole
from steps.reasons import SAYS_NOTHING, says_nothing
from store import (
    Case,
    CaseDecided,
    CaseDecision,
    CaseMention,
    CasePath,
    Handoff,
    PathKind,
    PathStep,
    Teamwork,
)
from store.cases.endings import HANDED_OVER
from store.cases.path_steps import RING

LONGEST = 2000  # characters of what somebody writes down
TODAY, YESTERDAY, EARLIER = "today", "yesterday", "earlier"  # what a form names a day by
SAYS: Mapping[PathKind, tuple[str, ...]] = {
    "danger": ("safeguarding",), "threat": ("threat",), "leak": ("pid",),
}  # fmt: skip
# What is said once a step was taken back, by who has the case then.
TAKEN_BACK: Mapping[str, str] = {
    "back": "That step is taken back", "yours": "That step is taken back. You still have the case: give it back if you go on elsewhere",
    "released": "That step is taken back. Nobody has the case now",
}  # fmt: skip
CHANGED = "Someone did a step of this, or the post was edited, while you looked. Yours was not saved: see how it stands now."
HOURLESS = "Write the time as well, by the 24-hour clock: of a day alone nothing is saved."
EDITED = "The post was edited while you looked. Yours was not saved: see what it says now."


class Refused(Exception):
    """Why a step was not saved, in words for the page; `at_field` is where it is mended."""

    def __init__(
        self, why: str, *, at_field: str = "", status: int = 422, agrees: str = ""
    ) -> None:
        super().__init__(why)
        self.why, self.at_field, self.status = why, at_field, status
        self.agrees = agrees  # what a form that is sent again agrees to


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A case on one of its paths. `posts` are those that it is about, the one that was come for first; `decided` what holds."""

    case: Case
    pane: Pane
    posts: Sequence[PostShown]
    mentions: Sequence[CaseMention]
    path: CasePath
    history: Sequence[CaseDecided]
    flags: frozenset[str] = frozenset()  # of these posts, by the last word of people
    refused_at: datetime | None = None  # since when the team that it tells does not take it
    handed: bool = True  # that team has, or may have, what steps leave to it

    @property
    def post(self) -> PostShown | None:
        """The post that it is about first."""
        return self.posts[0] if self.posts else None

    @property
    def standing(self) -> Mapping[str, PathStep]:
        """The steps that hold: not taken back, nor their decision undone elsewhere, nor left to a team that does not have them."""
        undone = {entry.version for entry in self.history if entry.undone}
        return {
            word: step for word, step in self.path.standing.items()
            if step.decision not in undone and (self.handed or step.outcome not in HANDED_OVER)
        }  # fmt: skip

    @property
    def covers(self) -> tuple[tuple[int, int], ...]:
        """The posts with the revision that was on the page."""
        return tuple((post.item.number, post.item.revision) for post in self.posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team that a path tells. `role` is None where it is not set up; `handoff` what it was asked, if it was."""

    name: str
    role: EscalationRole | None
    handoff: Handoff | None
    offering: Callable[[], pass_on.Offer | None] = field(default=lambda: None, repr=False)

    @property
    def offer(self) -> pass_on.Offer | None:
        """What it would be sent, written once somebody looks at it; None where it is not set up."""
        return self.offering()

    @property
    def emailed(self) -> bool:
        """Whether it is written to."""
        return self.role is not None and bool(self.role.email)

    @property
    def sent_at(self) -> datetime | None:
        """When the first email to the team left; None where none has."""
        steps = self.handoff.steps if self.handoff is not None else ()
        return next((step.sent_at for step in steps if step.kind != "told" and step.sent_at), None)

    @property
    def queued(self) -> bool:
        """Whether none of its emails has left, and no try has failed yet, so that nobody there knows by one."""
        return self.unsent and not self.failed

    @property
    def unsent(self) -> bool:
        """Whether none of its emails has left, and nobody of it has confirmed: no page ticks that they were told."""
        return self.handoff is not None and mails.is_unsent(self.handoff)

    def email_words(self, at: datetime) -> str:
        """What became of the first of its emails that has not left: the email of 23:36 has not left, a try failed."""
        steps = self.handoff.steps if self.handoff is not None else ()
        unsent = (step for step in steps if step.kind in ("sent", "chased") and step.mail in ("parked", "failing"))  # fmt: skip
        step = next(unsent, None)
        return mails.of_step(step, at) if step is not None else ""

    @property
    def failed(self) -> bool:
        """Whether its last email was given up, or failed and did not leave since."""
        return self.handoff is not None and asked.gave_up(self.handoff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of who knows, or of what was done so far; `yes` is false for what did not happen yet."""

    at: datetime | None
    words: str
    yes: bool = True
    details: str = field(default="", repr=False)


def scene(context: RequestContext, kind: PathKind, flags: Collection[str]) -> Scene:
    """The case of the address, with its posts that hold one of these flags; else the post come for, else its worst."""
    case = case_of(context)
    came = number(context, "post")
    shown = pane.pane(context, case, came=came)
    history = shown.history
    mentions = [each for each in context.store.cases.mentions(case.number) if each.reviewable]
    flagged = {
        each.item.number
        for each in mentions
        if not set(flags).isdisjoint(pane.flags_of(each.item, history))
    }
    posts = [post for post in shown.posts if post.item.number in flagged]
    if came is not None and came not in flagged:
        posts = [post for post in shown.posts if post.item.number == came] or posts
    posts = posts or ([shown.worst] if shown.worst else [])
    if case.protected and not context.sight.guardians:
        # those on duty see the posts on which they act, and nothing else of the case
        urgent = context.store.speaking_up.urgent_posts(case.number)
        posts = [post for post in posts if post.item.number in urgent]
        mentions = [each for each in mentions if each.item.number in urgent]
        shown = replace(shown, posts=[post for post in shown.posts if post.item.number in urgent])
    numbers = {post.item.number for post in posts}
    return Scene(
        case=case, pane=shown, posts=posts, mentions=mentions, history=history,
        path=context.store.path_steps.path(case.number, kind),
        flags=frozenset(
            flag for each in mentions if each.item.number in numbers for flag in pane.flags_of(each.item, history)
        ),
    )  # fmt: skip


def team(context: RequestContext, now: Scene, key: str, name: str) -> Team:
    """A team by its key in the settings, what it was asked about these posts, and what it would be sent."""
    claimed = SAYS[
        now.path.kind
    ]  # whoever is on a path says so by that, whatever the program thinks
    offered = recipients.offered(context, now.case, now.mentions, claimed, _covered(now))
    role = next((role for role in offered if role.key == key), None)
    covered = _covered(now)
    numbers = {each.item.number for each in covered}
    handoffs = [
        each
        for each in context.store.handoffs.of_case(now.case.number)
        if each.role == key
        and each.state != "taken back"
        and any(mention in numbers for mention, _ in each.posts)
    ]
    covered = [each for each in now.mentions if each.item.number in numbers]

    @cache
    def offering() -> pass_on.Offer | None:
        if role is None:
            return None
        offers = pass_on.offers(context, now.case, covered, now.mentions, claimed, only=key)
        return offers[0] if offers else None

    return Team(
        name=role.name if role else name, role=role, handoff=handoffs[-1] if handoffs else None,
        offering=offering,
    )  # fmt: skip


def _covered(now: Scene) -> list[CaseMention]:
    numbers = {post.item.number for post in now.posts}
    return [each for each in now.mentions if each.item.number in numbers]


def answer(
    context: RequestContext,
    steps: Mapping[str, Callable[[RequestContext], Response]],
    show: Callable[[RequestContext, Refused], Response],
    *,
    outside: Collection[str] = (),
) -> Response:
    """Does the step that a form names, whole or not at all; shows the page with what is missing, or who was faster.

    `outside` are steps that ask a platform: the store waits for none of those.
    """
    word = str(context.form.get("do", ""))
    step = steps.get(word)
    try:
        if step is None:
            raise Refused("Choose a step.")
        if word in outside:
            return step(context)
        with context.store.path_steps.together():
            return step(context)
    except Refused as refused:
        return show(context, refused)
    except StoreError as error:
        return show(context, Refused(f"{sentence(str(error))}."))


# ── what a form says ─────────────────────────────────────────────────────────────────────────────


def check_seen(
    context: RequestContext, now: Scene, words: Collection[str] | None = None, *, is_fact: bool = False
) -> None:  # fmt: skip
    """Refuses a form about steps that somebody did or took back meanwhile, or that is for other words of its posts.

    `words` are the steps that it rests on, None for all: what was done of another refuses nothing. `is_fact`: what somebody did
    already is saved whatever the post says by now.
    """
    changed = _changed(context, now, words)
    if changed is not None:
        raise Refused(_outran(context, changed), status=409)
    if not is_fact and "posts" in context.form and set(posts(context)) - set(now.covers):
        raise Refused(EDITED, status=409)


def _changed(context: RequestContext, now: Scene, words: Collection[str] | None) -> PathStep | None:
    """The last step among these that was done, or taken back, since the page of a form was made; None where none was."""
    if number(context, "seen") == now.path.version:
        return None
    known = {int(digits) for digits in written(context, "stands").split() if digits.isdecimal()}
    standing = {step.number for step in now.path.standing.values()}
    moved = [
        step for step in now.path.steps
        if (step.number in known) != (step.number in standing) and (words is None or step.step in words)
    ]  # fmt: skip
    if not moved and words is None:
        return max(now.path.steps, key=lambda step: step.undone_at or step.at, default=None)
    return max(moved, key=lambda step: step.undone_at or step.at, default=None)


def _outran(context: RequestContext, step: PathStep) -> str:
    """Who did which step when, or took it back: Amina Yusuf called 999, 01:54."""
    what, back = begun.did(step.step, step.outcome), step.undone_at is not None
    name = step.undone_by_name if back else step.by_name
    when = clock.near_time(step.undone_at or step.at, context.at)
    who = "You" if not back and step.by == context.user.number else name
    did = f"took back “{what}”" if back else what
    return f"{who} {did}, {when}, while you looked. Yours was not saved: see how it stands now."


def posts(context: RequestContext) -> tuple[tuple[int, int], ...]:
    """The posts that a form names, each with the revision of the words that were on the page."""
    pairs = (
        re.fullmatch(r"([0-9]{1,11}):([0-9]{1,8})", str(value))
        for value in context.form.getlist("posts")
    )
    return tuple(dict.fromkeys((int(pair[1]), int(pair[2])) for pair in pairs if pair))


def spoke(
    context: RequestContext, *, field: str = "who", missing: str, others: bool = False
) -> str:
    """Whom somebody spoke to, as the form says it. `others`: somebody else than whoever writes it down."""
    who = written(context, field)[:LONGEST_NAME]
    fault = name_fault(context, who, missing=missing, others=others)
    if fault:
        raise Refused(fault, at_field=field)
    return who


HOW: Mapping[str, str] = {"phone": "by phone", "person": "in person", "email": "by email"}


def how(context: RequestContext, now: Scene, team_: Team) -> str:
    """How somebody of a team said so. Asked where nothing else tells it: its email has not left, and nobody rang."""
    how_said = HOW.get(written(context, "how"), "")
    if not how_said and is_unreached(now, team_):
        raise Refused(
            f"{unreached_words(team_, now.path.calls)} Choose how they told you that they have it.",
            at_field="how",
        )
    return how_said


def with_how(who: str, how_said: str) -> str:
    """Who said so, and how: 'Priya Nair, by phone'."""
    return f"{who}, {how_said}" if how_said else who


def is_unreached(now: Scene, team_: Team) -> bool:
    """Whether neither an email of ours nor a call has reached a team, as far as it is written down."""
    if any(word.startswith(RING) for word in now.standing):
        return False
    if team_.handoff is None:
        return "tell" not in now.standing
    return team_.handoff.state == "waits" and asked.last_email(team_.handoff) != "sent"


def unreached_words(team_: Team, calls: Sequence[PathStep] = ()) -> str:
    """That no email of ours has left and no call that is written down reached them."""
    if team_.handoff is None:
        return f"{team_.name} has not been told yet."
    rang = (
        "no call that is written down reached them" if calls else "nobody wrote down that they rang"
    )
    return f"No email to {team_.name} has left, and {rang}."


def why_not(context: RequestContext, key: str) -> tuple[str, str]:
    """Why it is none, by a form: the words, and the ready reason among them; what is missing is asked, as on the desk."""
    own = written(context, "other")
    ready = WHY_NOT[key].get(written(context, "why"), "")
    if not ready and not own:
        raise Refused("Choose why.", at_field="why")
    if own and says_nothing(own):
        raise Refused(f"{SAYS_NOTHING}.", at_field="other")
    return ": ".join(part for part in (ready, own) if part), "" if own else ready


def who_said(context: RequestContext, now: Scene) -> str:
    """Who said that others have it, and when, as the reason goes on; "" where it is none for another reason."""
    denied = dict.fromkeys(SAYS[now.path.kind], False)
    if not rests_on_word(denied, now.flags, written(context, "why"), written(context, "other")):
        return ""
    return said_so(spoke(context, missing=WHO_SAID, others=True), moment(context, now))


def moment(context: RequestContext, now: Scene) -> datetime:
    """When it was, by a time and its day, from when the posts were there to now; now where no time is written."""
    text = written(context, "when")
    if not text:
        refuse_hourless(context)
        return context.at
    when = moment_of(text, day_of(context))
    if fault := moment_fault(context, when, began(now.mentions, now.covers)):
        raise Refused(fault, at_field="when")
    assert when is not None
    return when


def day_of(context: RequestContext) -> date | None:
    """The day that a form names: today, yesterday, or one that is written; today where it names none, None for what is no day."""
    today = clock.local_day(context.at)
    named = written(context, "day") or TODAY
    if named in (TODAY, YESTERDAY):
        return today - timedelta(days=named == YESTERDAY)
    try:
        return date.fromisoformat(written(context, "on") if named == EARLIER else named)
    except ValueError:
        return None


def refuse_hourless(context: RequestContext) -> None:
    """Raises Refused for a day before today without its time: no day that somebody writes is dropped unsaid."""
    if day_of(context) != clock.local_day(context.at):
        raise Refused(HOURLESS, at_field="when")


def days(context: RequestContext, now: Scene) -> Days:
    """The days that a form of these posts offers."""
    today = clock.local_day(context.at)
    first = clock.local_day(began(now.mentions, now.covers).at)
    return Days(first=min(first, today), today=today, yesterday=today - timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """From which day on something can have been done, and today."""

    first: date
    yesterday: date
    today: date


def written(context: RequestContext, name: str) -> str:
    """What a field of the form holds."""
    return str(context.form.get(name, "")).strip()[:LONGEST]


def number(context: RequestContext, name: str) -> int | None:
    """A number of the form or the address."""
    text = str(context.form.get(name) or context.request.query_params.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 12 else None


def case_of(context: RequestContext) -> Case:
    """The case of the address. Raises HTTPException where there is none."""
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case


# ── saving ───────────────────────────────────────────────────────────────────────────────────────


def save(
    context: RequestContext, now: Scene, word: str, *, decision: CaseDecision | None = None, outcome: str = "",
    who: str = "", note: str = "", when: datetime | None = None,
) -> None:  # fmt: skip
    """Adds a step, with the decision that it is. Refuses it where somebody changed the path or the case meanwhile."""
    step = PathStep(
        case=now.case.number, path=now.path.kind, step=word, by=context.user.number, at=context.at, outcome=outcome,
        who=who, note=note, when=when,
    )  # fmt: skip
    overtaken = now.path.standing.get(word)
    if overtaken is not None and word not in now.standing:  # its decision was undone elsewhere
        context.store.path_steps.take_back(
            overtaken.number, by=context.user.number, at=context.at, seen=now.path.version
        )
        now = Scene(
            case=now.case, pane=now.pane, posts=now.posts, mentions=now.mentions, history=now.history, flags=now.flags, refused_at=now.refused_at, handed=now.handed,
            path=context.store.path_steps.path(now.case.number, now.path.kind),
        )  # fmt: skip
    steps, seen = context.store.path_steps, now.path.version
    if decision is None:
        is_saved = steps.add(step, seen=seen)
    else:
        is_saved = steps.add_decided(step, decision, _version(context, now), seen=seen)
    if not is_saved:
        raise Refused(CHANGED, status=409)
    _take(context, now.case.number)


def _version(context: RequestContext, now: Scene) -> int:
    """The version of the case that a decision goes on from: as it is, unless somebody decided on these posts since the page was made."""
    version = number(context, "version")
    seen = -1 if version is None else version
    about = {post for post, _ in now.covers}
    since = [entry for entry in now.history if entry.version > seen]
    theirs = all(about.isdisjoint(post for post, _ in entry.decision.covers) and entry.decision.covers for entry in since)  # fmt: skip
    return now.case.version if theirs and seen >= 0 else seen


def _take(context: RequestContext, number: int) -> None:
    """Whoever does a step has the case, unless a colleague has it, so that no two people ring the same team."""
    case, me = context.store.cases.get(number), context.user.number
    work = context.store.assignments.teamwork((number,)).get(number, Teamwork())
    if case is None or case.state == "done" or work.assigned is not None:
        return
    context.store.assignments.assign(number, me, by=me, at=context.at, seen=work.seen)


def take_back(context: RequestContext, now: Scene) -> str:
    """Takes back the step that a form names, of this path, and says what then stands for it: "back", or "released".

    Where it was all that was done, and whoever has the case has it by such a step alone, nobody has it again and its alert goes on:
    whoever takes it back, and whichever of several goes last.
    """
    word = written(context, "step")
    check_seen(context, now, (word,), is_fact=True)
    step, before = now.path.standing.get(word), _holder(context, now.case.number)
    if step is None or not context.store.path_steps.take_back(
        step.number, by=context.user.number, at=context.at, seen=now.path.version
    ):
        raise Refused(CHANGED, status=409)
    has = _holder(context, now.case.number)
    if has is None:
        return "back" if before is None else "released"
    return "yours" if has == context.user.number else "back"


def _holder(context: RequestContext, case: int) -> int | None:
    """Who has a case; None where nobody has."""
    has = context.store.assignments.teamwork((case,)).get(case, Teamwork()).assigned
    return has.to if has is not None else None


def decision(
    context: RequestContext, now: Scene, kind: str, *, covers: Sequence[tuple[int, int]] = (), **more: object
) -> CaseDecision:  # fmt: skip
    """A decision on the posts of the path."""
    return CaseDecision(
        case=now.case.number, kind=kind, by=context.user.number, at=context.at,  # type: ignore[arg-type]
        covers=tuple(covers) or now.covers, suggested=now.posts[0].suggestion.key if now.posts else "", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def confirm_handoff(
    context: RequestContext, case: int, role: str, *, who: str, when: datetime, how: str = ""
) -> None:
    """Writes down that a team has what it was asked to look after."""
    for handoff in context.store.handoffs.open(case):
        if handoff.role == role and handoff.state == "waits":
            context.store.handoff_steps.confirm(
                handoff.number,
                by=context.user.number,
                at=context.at,
                who=with_how(who, how),
                when=when,
            )


def back(context: RequestContext, now: Scene, saved: str) -> Response:
    """To the same page, at the step that is to be done now."""
    came = f"post={now.posts[0].item.number}&" if now.posts and number(context, "post") else ""
    return RedirectResponse(
        f"/cases/{now.case.number}/{now.path.kind}?{came}{_lane(context)}done={saved}#open", 303
    )


def onward(context: RequestContext, now: Scene, following: int | None) -> Response:
    """To the next case, or to the list where there is none; what was done stands over it, with the way back to the steps."""
    saved = f"saved={now.case.number}.{now.path.kind}"
    place = f"/cases/{following}" if following else "/today"
    return RedirectResponse(f"{place}?{_lane(context)}{saved}", 303)


def _lane(context: RequestContext) -> str:
    lane = shell.lane_asked(context)
    return f"lane={lane}&" if lane else ""


def mailed(context: RequestContext, team_: Team) -> list[Line]:
    """What a team was sent, and what it said, as lines of who knows: of an email that it left, by the time at which it did."""
    at = context.at
    lines: list[Line] = []
    if team_.handoff is None:
        return [Line(at=None, words=f"{team_.name} has not been told yet", yes=False)]
    to_ring = not team_.handoff.danger or begun.of_case(context, team_.handoff.case).is_to_ring(at)
    for step in team_.handoff.steps:
        when = clock.near_time(step.at, at)
        if step.kind == "chased" and step.note and step.mail == "none":
            lines.append(Line(at=step.at, words=f"{step.by_name or 'Someone'} wrote one more line for {team_.name}, {when}"))  # fmt: skip
        elif step.kind in ("sent", "chased"):
            sent = mails.of_step(step, at)
            unsent = step.mail not in ("sent", "none")
            if to_ring and step.mail in ("parked", "failing"):
                sent += mails.ring_them(
                    context,
                    role_of(context.config, team_.handoff.role),
                    danger=team_.handoff.danger,
                )
            if unsent and team_.handoff.state in ("confirmed", "answered"):
                sent = f"the email of {when} has not left, and they know without it"
            lines.append(
                Line(at=step.sent_at or step.at, words=f"{team_.name}: {sent}", yes=not unsent)
            )
        elif step.kind == "told":
            left = mails.emailed(step, at)
            queued = f"the email of {when} has not left: {mails.instead(context, role_of(context.config, team_.handoff.role))}"
            lines.append(Line(at=step.sent_at or step.at, words=f"{sentence(mails.NEXT_PERSON)}: {left or queued}", yes=bool(left)))  # fmt: skip
        elif step.kind == "confirmed":
            lines.append(
                Line(at=step.at, words=f"{team_.name} has confirmed, {clock.near_time(step.when or step.at, at)}", details=step.who)
            )  # fmt: skip
        elif step.kind == "waits again" and step.note:
            wrote = (
                f"{team_.name} does not take it, as {step.by_name or 'someone'} wrote down {when}"
            )
            lines.append(Line(at=step.at, words=wrote, details=step.note, yes=False))
        elif step.kind == "answered":
            wrote = f"{step.by_name or 'Someone'} wrote down {when} what {team_.name} said"
            lines.append(Line(at=step.at, words=wrote, details=step.who))
    if team_.handoff.state == "waits":
        stands = f"{team_.name} has not confirmed yet" if team_.handoff.refusal is None else "Nobody has it"  # fmt: skip
        lines.append(Line(at=None, words=stands, yes=False))
    return lines
