"""One case: what was said in masked words, why it was flagged, what was decided, and what can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core import clock, danger, worries
from core.models import DecisionKind, Flag
from review import looking, reasons, staff_reports
from review.auth.sessions import requires_role
from review.cases import deadlines, filters, queue, safeguards
from review.cases.highlight import Piece, marked
from review.cases.recipients import offered
from review.context import RequestContext
from review.desk import asked, sorting, untold
from review.desk.leak_stands import leak_stands
from review.desk.phones import numbers_of, phones
from review.desk.questions import TeamQuestion
from review.moderation import actions
from review.reasons import OTHERWISE, REASONS
from review.rendering import page
from review.replies import panel
from review.rights import covering as covered
from review.team import colleagues
from steps.health import schedule_runs
from store import Case, CaseDecided, CaseMention, Item, Stored, Thread
from store.cases.handoffs import SAFEGUARDING, TELLS

# Posts of a case that are shown whole; of further ones the words, and a way to see the rest of each.
IN_FULL = 20
KINDS: tuple[DecisionKind, ...] = (
    "no_action", "not_relevant", "respond", "remove", "escalate", "monitor", "snooze", "report",
    "duplicate", "second_opinion",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mention of a case as the page shows it: its masked words in pieces, some of them marked."""

    of: CaseMention
    pieces: Sequence[Piece]
    address: str
    # What in the author's profile says that they are staff, and when it was read; None where it is not shown.
    profile: str | None = None
    seen: datetime | None = None


@requires_role("viewer")
def case(context: RequestContext) -> Response:
    """The case with its mentions, its history and the form to decide."""
    number = context.request.path_params["number"]
    case = context.store.cases.get(number)
    if case is None:
        raise HTTPException(404)
    sorting.note_look(context, number)
    return show(context, context.store.cases.get(number) or case)


def show(
    context: RequestContext, case: Case, *, fault: str = "", status: int = 200, reply: panel.TypedReply | None = None,
    elsewhere: TeamQuestion | None = None,
) -> Response:  # fmt: skip
    """The page of a case; `fault` is what was wrong with what somebody sent, `reply` the one that they work on.

    `elsewhere` is the question before it goes to a team that need not know of what is in it.
    """
    mentions = context.store.cases.mentions(case.number)
    worth = [mention for mention in mentions if mention.reviewable]
    thread = context.store.threads.around([mention.item.number for mention in worth[:IN_FULL]])
    worth, thread, covering = covered.mentions(context, worth, thread)
    flags, missed = _flags(worth), context.store.sample_answers.false_negatives(case.number)
    history = context.store.cases.history(case.number)
    named = _named(flags, missed, history)
    stands = asked.standings(context, (case.number,)).get(case.number)
    return page(
        context, "cases/case.html", status=status, case=case, handing_on="hand" in context.request.query_params, fault=fault, missed=missed, in_full=IN_FULL,
        full=context.request.query_params.get("full", ""), thread=thread, reasons_of=reasons_of,
        reason=covering.reason(case.lane_mention) if case.lane_mention is not None and case.lane_mention in covering else context.store.lanes.reasons([case.number]).get(case.number, ""),
        mentions=[shown(context, mention, covering=covering) for mention in worth], copies=[mention for mention in mentions if not mention.reviewable],
        history=history, second_looks=context.store.second_looks.of_case(case.number), unsaid=context.app.policy.of_staff_alone, flags=flags, kinds=KINDS, teams=asked.of_case(context, case), team_with=stands.holder if stands is not None else "", team_steps=asked.STEPS, team_mail=asked.MAIL,
        people={user.number: user.name for user in context.store.users.all()},
        roles=offered(context, case, worth),
        employment_on=context.config.governance.employment.in_force(clock.local_day(context.at)),
        asks_who_said=not TELLS.keys().isdisjoint(named), now_time=clock.local(context.at)[-5:], today_day=clock.local_day(context.at).isoformat(),
        danger=not set(context.app.policy.names(in_danger=True)).isdisjoint(named), help_first=_help_first(context, case, worth, thread), phones=phones, elsewhere=elsewhere, not_told=untold.elsewhere(context, case), leak=leak_stands(context, case.number), form=context.form, back=back(context),
        decided=context.request.query_params.get("decided", ""), next=following(context, case),
        reply=panel.panel(context, case, worth, history, reply), replying=reply is not None,
        **safeguards.parts(context, worth, named, missed, history),
        **deadlines.parts(context, case, named), **actions.parts(context, case, worth), **colleagues.of_case(context, case),
    )  # fmt: skip


def _help_first(
    context: RequestContext, case: Case, mentions: Sequence[CaseMention], thread: Thread
) -> Mapping[str, object]:
    """What the panel of danger says of ringing, telling the platform and answering: as the page of its steps does, and what was done of it."""
    role = next((role for role in context.config.review.roles if role.key == SAFEGUARDING), None)
    standing = context.store.path_steps.path(case.number, "danger").standing
    passed = [each for each in context.store.handoffs.open(case.number) if each.role == SAFEGUARDING]  # fmt: skip
    refused = asked.refused_words(context, passed[-1], role.name if role else "Safeguarding") if passed else ""  # fmt: skip
    flagged = [each for each in mentions if any(flag.name == SAFEGUARDING for flag in each.item.flags)]  # fmt: skip
    likely = frozenset(
        harm
        for each in flagged or mentions
        for answered in [thread.answers.get(each.item.number)]
        for harm in danger.harms(each.item.masked, answered.masked if answered else "")
    )
    return {
        "child": danger.CHILD in likely, "reply": danger.reply(likely), "tells": danger.tells_platform(likely),
        "at_risk": danger.may_end_life(likely), "team": role.name if role else "your safeguarding lead", "numbers": Markup("; ").join(numbers_of(context, role, marked=True)) if role else Markup(),
        "refused": phones(refused), "rung": standing.get("ring"), "has_it": standing.get("has_it"), "replied": standing.get("reply") or standing.get("no_reply"), "told": standing.get("platform"), "private": not danger.replies(likely),
    }  # fmt: skip


def back(context: RequestContext) -> str:
    """The view of the queue from which somebody came, as an address holds it: the part after `?`."""
    query_string = context.form.get("back") or context.request.query_params.get("back", "")
    query, _ = queue.query_of(
        QueryParams(str(query_string)[:2000]),
        context.user.number,
        filters.clauses_of(context.app.policy),
        of_staff=context.app.policy.of_staff_alone,
        earns=filters.earned(context.app.policy),
    )
    return queue.link(query).partition("?")[2]


def way(context: RequestContext, number: int, **more: object) -> str:
    """The address of a case that still knows the view from which somebody came."""
    return f"/cases/{number}/full?{urlencode(more | {'back': back(context)})}"


def following(context: RequestContext, case: Case) -> int | None:
    """The case that is next in that view once this one was decided; None where it was the last."""
    if not context.request.query_params.get("decided"):
        return None
    query, _ = queue.query_of(
        QueryParams(back(context)),
        context.user.number,
        filters.clauses_of(context.app.policy),
        of_staff=context.app.policy.of_staff_alone,
        earns=filters.earned(context.app.policy),
    )
    cards = context.store.queue.page(replace(query, size=2), context.at).cards
    return next((card.case.number for card in cards if card.case.number != case.number), None)


def alone(context: RequestContext, number: int) -> Response:
    """A mention that is in no case, by itself; one that nobody has read yet without its words, which are not masked."""
    item = context.store.figures.item(number)
    if item is None:
        stored = context.store.mentions.get(number)
        if stored is None:
            raise HTTPException(404)
        reports = context.store.staff_reports.of_mention(number)
        return page(
            context, "cases/unread.html", lane=worries.UNLOOKED.capitalize(), number=number, post=stored.mention, reported=bool(reports),
            reports=staff_reports.masked_worries(context, reports) if context.may("reviewer") else [], reading=_when_read(context, reported=bool(reports)),
        )  # fmt: skip
    mention = CaseMention(item=item, why="first", reviewable=False, decided_revision=None)
    (mention,), thread, covering = covered.mentions(
        context, [mention], context.store.threads.around([number])
    )
    return page(
        context, "cases/mention.html", shown=shown(context, mention, covering=covering), thread=thread,
        reasons_of=reasons_of, back="",
    )  # fmt: skip


def _when_read(context: RequestContext, *, reported: bool) -> str:
    """When a post is read that nobody has read yet."""
    if reported:
        return staff_reports.when_read(context)
    if not schedule_runs(context.store, context.config, context.at):
        return (
            "Nothing reads posts at this moment: whoever looks after the program has to start it."
        )
    minutes = context.config.schedule.collect_every_minutes
    return f"The program reads it with the next collection, in at most {minutes} minute{'s' * (minutes != 1)}."


def shown(context: RequestContext, mention: CaseMention, *, covering: covered.Covering) -> Shown:
    """A post with its masked words in pieces and its address, where its words as they stand are held."""
    number = mention.item.number
    stored = context.store.mentions.get(number) if number not in covering else None
    same = (
        stored is not None and stored.revision == mention.item.revision and not mention.item.deleted
    )
    text = stored.mention.text if stored is not None and same else None
    return Shown(
        of=mention, pieces=marked(mention.item.masked, mention.item.flags, text),
        address=stored.mention.url if stored is not None and not mention.item.deleted else "",
        profile=_profile(context, mention.item, stored),
        seen=stored.mention.fetched_at if stored is not None else None,
    )  # fmt: skip


def _profile(context: RequestContext, item: Item, stored: Stored | None) -> str | None:
    """What in the author's profile says 'staff': for who decides, or answers for governance, alone."""
    reads = context.may("reviewer") or context.may("governance")
    if not reads or stored is None or item.deleted or item.staff not in ("icb", "nhs"):
        return None
    from review.replies import personal_details  # here, since a start would pay 0.2 s for it

    return personal_details.staff_line(
        stored.mention.author.bio,
        item.staff,
        context.config.organisation,
        clock.local_day(context.at),
    )


def _named(
    flags: Mapping[str, Flag], missed: Mapping[int, Sequence[str]], history: Sequence[CaseDecided]
) -> tuple[str, ...]:
    """Every flag that the model, the sample or a colleague put on a case: what guards people is shown for each."""
    flag_names = [name for some in missed.values() for name in some]
    for entry in history:
        if not entry.undone:
            flag_names += [name for name, holds in entry.decision.labels.items() if holds]
    return tuple(dict.fromkeys([*flags, *flag_names]))


def _flags(mentions: Sequence[CaseMention]) -> dict[str, Flag]:
    """Every flag of the case by name, the likeliest of each first."""
    flags: dict[str, Flag] = {}
    for mention in mentions:
        for flag in mention.item.flags:
            if flag.name not in flags or flag.score > flags[flag.name].score:
                flags[flag.name] = flag
    return dict(sorted(flags.items(), key=lambda pair: -pair[1].score))


@requires_role("reviewer")
def reveal(context: RequestContext) -> Response:
    """The words, the author and the profile line of a mention. Only ever the answer to a form, never a link."""
    number = context.request.path_params["number"]
    item = context.store.figures.item(number)
    if item is None:
        raise HTTPException(404)
    own = str(context.form.get("reason", "")).strip()[:500]
    ready = reasons_of(item)
    reason = reasons.reason_of_form(
        context, ready, str(context.form.get("why", "")), own, post=number
    )
    if reason is None:
        return ask_why(context, item, written=own)
    stored = context.store.mentions.reveal(
        number, by=context.user.handle, at=context.at, reason=reason
    )
    case = context.store.cases.of_mention(number)
    if stored is not None:
        looking.opened(context, "details", number, case)
    return page(
        context, "cases/revealed.html", item=item, stored=stored, short=False, ready=ready, reason=reason, case=case,
        back=back(context), way=_way_back(context, item),
    )  # fmt: skip


def ask_why(
    context: RequestContext, item: Item, *, written: str, original: bool = False
) -> Response:
    """Asks once more why somebody wants to see the words, or to open the original."""
    return page(
        context, "cases/revealed.html", status=422, item=item, stored=None, short=True, original=original,
        fault=reasons.fault(context, str(context.form.get("why", "")) or "other", written),
        ready=reasons_of(item), reason=written, case=context.store.cases.of_mention(item.number), back=back(context),
        way=_way_back(context, item),
    )  # fmt: skip


def _way_back(context: RequestContext, item: Item) -> str:
    case = context.store.cases.of_mention(item.number)
    return way(context, case) if case is not None else f"/mentions/{item.number}"


def reasons_of(item: Item) -> Mapping[str, str]:
    """The reasons that are ready for a look at a post."""
    return REASONS if any(flag.name == "pid" for flag in item.flags) else OTHERWISE
