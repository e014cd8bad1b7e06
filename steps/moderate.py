"""What the organisation may do, as the owner of a page, to what others posted there; a person decides it.

Nothing is done unless it is confirmed: without that it says what would happen. What can be taken back
comes before what can't.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass

from collectors import platforms
from collectors.base import Action, Collector, Moderation
from collectors.registry import Source
from core import clock
from core.errors import CollectorError, ConfigError, MentionsError, PlatformRefused, StoreError
from core.models import Mention
from steps.bugs import log_bug, of_a_bug
from steps.context import RunContext
from steps.models import CHANGED, GONE, ModerationRequest, Offered, Offers, can_be_hidden
from steps.note import on_our_page
from steps.recheck import look_again
from store import Outcome, Step, Stored, TakedownStep

# In the order in which they should be tried: what a person can look into again comes first.
GENTLEST = ("hide", "hold", "spam", "trash", "reject", "delete")
REMOVES = frozenset(("delete", "reject"))
HIDES = frozenset(
    ("hide", "hold", "spam", "trash")
)  # until it is taken back, or the site empties them


class NotOurs(ConfigError):
    """A post that stands on no page of ours, so that nobody here may act on it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An action on one mention, ready to be done, and why it can't be ("" where it can)."""

    stored: Stored
    source: str
    built: Collector
    moderation: Moderation
    action: Action
    why_not: str
    first: str = ""  # the gentler step that must be done before it

    @property
    def restores(self) -> bool:
        """Whether it shows to people again what was out of their sight."""
        return self.action.name not in HIDES | REMOVES

    @property
    def mark(self) -> str:
        """Another one as soon as anything is different of what a person was shown of it."""
        post, action = self.stored, self.action
        shown = [
            post.number, post.revision, post.mention.hidden, post.mention.deleted, self.source,
            *dataclasses.astuple(action), self.why_not, self.first,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]

    def words(self) -> str:
        """What would be done, what people will see, and whether it can be undone. No word of the post."""
        undo = (
            f"It can be undone: `mentions moderate {self.stored.number} {self.action.undo}`."
            if self.action.undo
            else ""
            if "undone" in self.action.does
            else "It can't be undone."
        )
        kind, platform = self.stored.mention.kind, self.stored.mention.platform
        edited = " Its words were edited since we first saw it." if self.stored.revision > 1 else ""
        what = f"mention {self.stored.number}, a {kind} on {platform}.{edited}"
        return f"{self.action.name}: {what} {self.action.does} {undo}".rstrip()


def plan(context: RunContext, number: int, name: str, *, final: bool = False) -> Plan:
    """What an action on a mention would do. Raises ConfigError where there is no such thing to do."""
    options = plans(context, number)
    planned = next((option for option in options if option.action.name == name), None)
    if planned is None:
        raise ConfigError(
            f"{options[0].source} offers: {', '.join(option.action.name for option in options)}"
        )
    if final or planned.why_not or planned.action.undo:
        return planned
    why_not = "it can't be undone, and there is no gentler step here: say --final"
    if planned.first:
        why_not = f"it can't be undone: {planned.first} it first, or say --final"
    elif any(option.action.name in HIDES for option in options):
        why_not = ""
    return dataclasses.replace(planned, why_not=why_not)


def plans(context: RunContext, number: int) -> list[Plan]:
    """Every action that its platform has for a mention, as `plan`: never none of them."""
    stored = context.store.mentions.get(number)
    if stored is None:
        raise ConfigError(
            f"there is no mention {number}: see the number in `mentions report daily`"
        )
    source = source_of(context, number)
    if source.off:
        raise ConfigError(f"{source.name} is off: {source.off}")
    moderation = platforms.integration(source.name).moderation.load()
    built = context.collector(source)
    gentler = [action.name for action in moderation.actions.values() if action.name in HIDES]
    done = not gentler or context.store.moderations.last_was(number, gentler)
    return [
        Plan(
            stored=stored, source=source.name, built=built, moderation=moderation, action=action,
            why_not=moderation.may(built, stored.mention, action),
            first="" if done or action.undo else gentler[0],
        )
        for action in moderation.actions.values()
    ]  # fmt: skip


def source_of(context: RunContext, number: int) -> Source:
    """The source through which a mention can be acted on, one that is on where there are several; or ConfigError."""
    found_by = context.store.mentions.sources_of(number)
    able = [
        source
        for source in context.sources
        if source.name in found_by and platforms.integration(source.name).moderation
    ]
    if not able:
        raise NotOurs(
            f"mention {number} is not on a page where this program may act: report it on the platform"
        )
    return next((source for source in able if not source.off), able[0])


def act(context: RunContext, planned: Plan, *, by: str) -> None:
    """Does it, keeps that it was done, and what became of the mention. Raises CollectorError.

    Who is about to do what is kept before: an answer that is lost may hide that it was done.
    """
    mention, name, at = planned.stored.mention, planned.action.name, context.at
    number, source, note = planned.stored.number, planned.source, context.store.moderations.note
    note(number, source, name, by=by, at=at, done=False)
    planned.moderation.act(planned.built, mention, planned.action)
    note(number, source, name, by=by, at=at)
    if name in REMOVES:
        context.store.mentions.mark_gone(
            [(mention.issuer, mention.issued_id, f"by us: {name}")], at=at
        )
    else:
        seen: Mention = dataclasses.replace(mention, hidden=name in HIDES, fetched_at=at)
        context.store.mentions.add_page(planned.source, [seen], at=at)


# ── What the review page asks of a platform for a person. ─────────────────────────────────────────
#
# A post is looked at once more before it is taken out of sight, so that nobody removes words that they did not read.

UNREAD = "it could not be read again on its platform, so that nobody knows whether it is still what was shown"


def offers(context: RunContext, number: int) -> Offers:
    """What can be done to a mention through its platform, gentlest first. Nothing is asked of the platform."""
    try:
        source = source_of(context, number)
        if source.off:
            off = f"{source.name} is off: {source.off}"
            if source.turned_off:
                off += f". Whoever looks after this program turns it on: on = true under [collectors.{source.name}]"
            return Offers(source=source.name, off=off)
        planned = plans(context, number)
    except NotOurs:
        stored = context.store.mentions.get(number)
        post = stored.mention if stored else None
        ours = post is not None and (
            post.context.is_under_ours
            or on_our_page(post.url, post.platform, context.today.official)
        )
        if ours and post is not None and not can_be_hidden(post.platform, post.kind):
            return Offers(
                off=f"It stands on a page of ours, and {platforms.PLATFORM_NAMES[post.platform]} lets nobody hide it there: report it"
            )
        if ours:
            return Offers(
                ours=True, off="It stands on a page of ours where this program may not act: hide it there (⋯, then Hide), and say so here"
            )  # fmt: skip
        return Offers(off="It isn’t on one of our pages")
    except (ConfigError, CollectorError) as error:
        return Offers(off=str(error))
    shown = [
        _offered(option) for option in sorted(planned, key=_gentle) if _in_season(context, option)
    ]
    return Offers(source=source.name, steps=shown)


def _offered(plan: Plan) -> Offered:
    return Offered(
        name=plan.action.name, does=plan.action.does, undo=plan.action.undo, restores=plan.restores,
        why_not=plan.why_not, first=plan.first, mark=plan.mark,
    )  # fmt: skip


def _gentle(plan: Plan) -> int:
    """What restores first, then what can be undone, what can't last."""
    name = plan.action.name
    return GENTLEST.index(name) if name in GENTLEST else -1


def _in_season(context: RunContext, plan: Plan) -> bool:
    """Whether an action would change anything: nothing is shown again that nobody hid, nor hidden twice."""
    number, hidden = plan.stored.number, plan.stored.mention.hidden
    if plan.restores:
        elsewhere = hidden and plan.action.undo in (
            "hide",
            "hold",
        )  # by somebody on the platform itself
        return elsewhere or context.store.moderations.last_was(number, [plan.action.undo])
    already = plan.action.name in ("hide", "hold") or context.store.moderations.last_was(
        number, [plan.action.name]
    )
    return not (hidden and already)


def carry_out(context: RunContext, request: ModerationRequest) -> None:
    """Does what somebody confirmed, if it is still what they were shown, and keeps what came of it."""
    outcome, why = _tried(context, request)
    context.store.moderations.end(request.moderation, outcome, why=why, at=clock.now())
    if (case := context.store.cases.of_mention(request.mention)) is not None:
        context.store.cases.follow(case, clock.now())  # it may have been all that was due at once
    try:
        _track(context, request, outcome, why)
    except StoreError as error:  # the post was purged meanwhile
        context.report_progress(
            f"mention {request.mention}: its takedown could not be followed: {error}"
        )


def _tried(context: RunContext, request: ModerationRequest) -> tuple[Outcome, str]:
    """What came of it, and what is to be said of it."""
    begun = False
    try:
        planned = plans(context, request.mention)
        plan = next((option for option in planned if option.action.name == request.action), None)
        if plan is None or plan.mark != request.mark:
            return "not_done", CHANGED
        if why := plan.why_not or (plan.first and f"{plan.first} it first"):
            return "not_done", why
        if why := _changed_there(context, plan):
            return "not_done", why
        begun = True
        act(context, plan, by=request.by)
    except PlatformRefused as error:  # to look at it, or to do it
        return ("refused" if begun else "not_done"), str(error)
    except MentionsError as error:
        return ("unknown" if begun else "not_done"), str(error)
    except Exception as bug:
        log_bug(f"mention {request.mention} {request.action}", bug)
        return ("unknown" if begun else "not_done"), of_a_bug(bug)
    return "done", ""


def _changed_there(context: RunContext, plan: Plan) -> str:
    """Looks at the post on its platform; why it is not the one that was shown, or "".

    One that is hidden too: its author can still edit it. Of one that is hidden a platform may say nothing at all.
    """
    mention = plan.stored.mention
    if plan.restores or not platforms.integration(plan.source).recheck:
        return ""
    seen = look_again(context, plan.source, plan.built, mention)
    if seen == "gone":
        return GONE
    if seen == "unread" and not mention.hidden:
        return UNREAD
    now = context.store.mentions.get(plan.stored.number)
    return CHANGED if now is None or now.revision != plan.stored.revision else ""


def _track(context: RunContext, request: ModerationRequest, outcome: Outcome, why: str) -> None:
    """Writes what matters for it into the tracker of takedowns, where the post should go."""
    case = context.store.cases.of_mention(request.mention)
    moderation = context.store.moderations.get(request.moderation, clock.now())
    if case is None or moderation is None or request.action not in HIDES | REMOVES:
        return
    followed = next(
        (
            takedown
            for takedown in context.store.takedowns.of_case(case)
            if takedown.mention == request.mention
        ),
        None,
    )
    if followed is None or followed.since is None:
        return

    def write(step: Step, note: str = "") -> None:
        how = f"through its interface: {request.action}"
        context.store.takedowns.add(
            TakedownStep(
                mention=request.mention, step=step, at=request.at, kept_at=request.at, by=moderation.by, how=how,
                note=note,
            )
        )  # fmt: skip

    if outcome == "done" and request.action in REMOVES:
        write("gone")
    elif outcome in (
        "refused",
        "unknown",
    ):  # what was hidden is known from what was done: nobody was asked to take it down
        write("asked")
        if outcome == "refused":
            write("refused", why)
