"""The desk: today's list in its lanes with one case beside it, that case alone, and the other lists in the same rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import cast
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from core import clock, worries
from core.models import Lane
from reports.handoffs import BREACHES, role_of
from review import looking, staff_reports
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.desk import (
    alerted,
    asked,
    begun,
    lists,
    mails,
    pane,
    questions,
    rest,
    rows,
    shell,
    sorting,
)
from review.desk.decided import in_words as in_words
from review.desk.leak_stands import leak_stands
from review.desk.pane import Pane
from review.desk.rows import RowShown
from review.desk.suggestions import (
    DISMISSES,
    DONE,
    KEYS,
    TELLS_OF,
    TOGETHER,
    UNKEYED,
    Choice,
    named,
    whys_of,
)
from review.desk.untold import elsewhere, harm_untold
from review.moderation import actions as moderation
from review.rendering import page
from review.replies import panel
from review.rights import covering
from review.team import colleagues
from steps.lanes import report_reason
from store import Case, CaseDecided, Handoff, Handover, PathKind, StaffReport, Tab, Teamwork
from store.cases.handoffs import DANGERS, SAFEGUARDING, TELLS, is_urgent
from store.cases.models import LaneRow
from store.team.users import views_of

MOST_OF_EACH, MOST = (
    30,
    100,
)  # rows of each lane beside others, and of one alone: the rest come as these are decided
MOST_DUE = MOST  # rows of Now and of Answer, where so many are due today: no more are done before others come


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTold:
    """A lane's name, its promise and what is in it, as the page says them."""

    name: str
    holds: str
    tag: str  # the colour of its tag
    promise: str = ""


LANES: Mapping[Lane, LaneTold] = {
    "now": LaneTold(name="Now", holds="danger, threats, hate, patients’ details", tag="red"),
    "answer": LaneTold(name="Answer", holds="people who ask for help, and the media", tag="blue"),
    "look": LaneTold(name="Look", holds="reputation, claims to check, conduct on our pages", tag="orange"),
    "rest": LaneTold(name="Rest", holds="nothing due; close them together", tag="grey"),
    "guardian": LaneTold(name="Guardian", holds="staff who may be speaking up", tag="purple"),
}  # fmt: skip


def lanes_told(context: RequestContext) -> Mapping[Lane, LaneTold]:
    """The lanes with the promises that are in force."""
    lanes = context.config.review.lanes
    promises = dict(lanes.promises)
    due = lanes.due("answer", context.at)
    if due is not None and clock.local_day(due) != clock.local_day(context.at):  # evening, weekend
        promises["answer"] = f"by {due_day(due)}"
    return {lane: replace(each, promise=promises[lane]) for lane, each in LANES.items()}


def due_day(moment: datetime) -> str:
    """Mon 12:00, as rows have it."""
    return f"{clock.local_day(moment):%a} {clock.local(moment)[-5:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadReport:
    """What a colleague reported and nothing has read yet, so that it is no case: in Now, with its clock."""

    report: StaffReport
    reason: str
    lane: Lane
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One lane of the list. `unread` stand below the first `above` of its rows: danger to life, and need that can't wait."""

    lane: Lane
    rows: Sequence[RowShown]
    unread: Sequence[UnreadReport] = ()
    above: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What somebody decided just now, and how it can be taken back."""

    case: int
    version: int
    words: str
    undone: bool
    left: int
    at_version: int  # of the case now
    final: bool = False  # it is out of this person's sight: nothing of it can be taken back here
    path: PathKind | None = None  # whose steps were done
    back_until: datetime | None = None  # until when it can be taken back from the Guardian
    late: bool = False  # it could not
    ring: Markup = field(
        default_factory=Markup
    )  # whom to ring now, since somebody may be in danger
    handoff: int = 0  # the number of that hand-off
    stays: bool = False  # in Now until they confirm
    unconfirmed: str = (
        ""  # that nobody there has said that they have it, of what leaves Now all the same
    )
    untold: str = ""  # the path to the steps of what nobody was told of, so that it stays in Now
    unasked: int = 0  # a post of it that is a page in our name, and that nobody asked its platform to take down


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What has to be answered before a decision is saved: of which choice, for which posts; `fault` where it was not."""

    choice: Choice
    posts: Sequence[str]
    fault: str = ""
    field: str = ""
    preview: bool = False  # nothing is asked: what it will do is said, for several posts
    days: Sequence[
        tuple[str, str]
    ] = ()  # that are offered to bring it back on: as a form holds them, and in words
    why_too: bool = False  # the reason is asked for on the same page
    untold: str = ""  # the team that was not told of what is said to be none
    about: str = "request"  # what the posts are, by which the reasons are chosen
    who_said: bool = False  # it is asked who said so, for the reason that others have it
    goes: Sequence[
        str
    ] = ()  # what sending a case to the Guardian does: it is all of it, whatever was ticked

    @property
    def whys(self) -> Mapping[str, str]:
        """The reasons that are offered."""
        return whys_of(self.choice.key, self.about)


@requires_role("viewer")
def today(context: RequestContext) -> Response:
    """The list, with the first case in the pane that nobody else has."""
    return show(context, None)


def case(context: RequestContext) -> Response:
    """The same page with this case; on a phone the case alone."""
    opened = context.store.cases.get(context.request.path_params["number"])
    if opened is None:
        raise HTTPException(404)
    return show(context, opened, came=_number(context, "post"))


def mention(context: RequestContext) -> Response:
    """Where mails lead: the case of a post with that post outlined, or the post alone where it has no case.

    The Guardian, who need not be a viewer, opens so what is kept from the desk and has no case (docs/decisions/0030).
    """
    number = context.request.path_params["number"]
    of_lane = context.sight.guardians and context.store.speaking_up.is_kept_from_desk(number)
    return _mention(context) if of_lane and context.signed is not None else _desks_mention(context)


def _mention(context: RequestContext) -> Response:
    number = context.request.path_params["number"]
    case_number = context.store.cases.of_mention(number)
    if case_number is None:
        return detail.alone(context, number)
    opened = context.store.cases.get(case_number)
    if opened is None:
        raise HTTPException(404)
    return show(context, opened, came=number)


_desks_mention = requires_role("viewer")(_mention)


def show(
    context: RequestContext, case: Case | None, *, came: int | None = None, fault: str = "", asking: Asking | None = None,
    overtaken: CaseDecided | None = None, reply: panel.TypedReply | None = None, giving: str = "", status: int = 200,
) -> Response:  # fmt: skip
    """The page of a case, or of today where none is given; `fault`, `asking`, `giving` and `overtaken` say what a form wants."""
    wanted = shell.chosen_lanes(context)
    most = MOST if len(wanted) == 1 else MOST_OF_EACH
    alone = case is not None
    led = bool(context.request.query_params.get("saved"))  # nobody may be before it
    if context.may("reviewer"):
        sorting.sort_waiting(context)
    if case is not None and context.may("reviewer"):  # before the list is read, which says so
        context.store.claims.look(case.number, context.user.number, context.at, led=led)
        case = context.store.cases.get(case.number) or case
    listed = context.shared(
        ("rows", wanted, most),
        lambda: _rows(context, wanted, most),
    )
    if case is None:
        case = first_free(listed, context.user.number)
    if case is not None and not alone:
        looking.note(context, "case", case=case.number)  # the first of the list lies open beside it
    people = pane.names(context)
    lanes = shell.lane_counts(context)
    first_look = alone and case is not None and not led and sorting.note_look(context, case.number)
    if first_look and case is not None:  # the list stays as it is until it is loaded anew
        case = context.store.cases.get(case.number) or case
    opened = pane.pane(context, case, came=came) if case is not None else None
    unread = _unread(context, wanted)
    order = [row.case.number for row in listed]
    at = order.index(case.number) if case is not None and case.number in order else None
    return page(
        context, "desk/today.html", status=status, alone=alone, told=lanes_told(context), counts=lanes, lane=shell.lane_asked(context),
        sections=_sections(context, listed, wanted, people, unread), strip=shell.strip(context, lanes), pane=opened,
        unread=unread, first_look=first_look, unlooked=case is not None and not first_look and context.store.claims.is_unlooked(case.number),
        worries=[(each, words) for each, words in staff_reports.masked_worries(context, context.store.staff_reports.of_case(case.number)) if words] if case is not None else (),
        place=_place(listed, at, lanes, wanted, unread) if at is not None else None, of=sum(lanes[lane] for lane in wanted),
        before=order[at - 1] if at else None, after=order[at + 1] if at is not None and at + 1 < len(order) else None,
        saved=saved(context), reads_answers=context.may("reviewer") or context.may("governance"), way=partial(_way, keep(context)), keep=keep(context), marks=pane.marks_on(context),
        fault=fault, giving=giving, asking=asking, now_time=clock.local(context.at)[-5:], today_day=clock.local_day(context.at).isoformat(), care=_care(asking, opened), alleged=questions.alleged(post.item for post in opened.posts if post.value in asking.posts) if asking and opened and asking.choice.key in DISMISSES else "", overtaken=overtaken, joined=rest.outcome_of(context), done=DONE, in_words=in_words, going_on=shell.going_on(context) or "", unkeyed=UNKEYED, decision_keys=[(letter.upper(), does) for letter, does in KEYS.items()], together=[named(key, opened.posts[0].situation) for key in TOGETHER] if opened and opened.posts else [],
        act_words=moderation.act_words, known_names=people, replies=_replies(context, opened, reply), sendings=panel.unsettled(context, case.number) if case is not None else (), form=context.form, handovers=_unread_notes(context), absences=_absences(context), guardian=context.store.speaking_up.count_open(),
        stepped_back=[each for each in context.store.recusals.of_case(case.number) if not each.own_post] if case is not None else (),
        deciders=colleagues.askable(colleagues.team(context)) if asking and asking.choice.asks == "colleague" else (),
        like=_like(context, case) if asking and case and asking.choice.asks == "case" else (),
    )  # fmt: skip


def _like(context: RequestContext, case: Case) -> list[tuple[int, str]]:
    """Cases that this one may be the same as, each with its first words: those of its claim first, then those with near words."""
    claims = context.store.bulk.same_claim(case.number) if not case.protected else []
    numbers = list(dict.fromkeys((*claims, *context.store.duplicates.similar_cases(case.number))))
    leads = {number: other.lead_mention for number in numbers if (other := context.store.cases.get(number)) and context.sees(other)}  # fmt: skip
    items = context.store.figures.items(list(leads.values()))
    shield = covering.Covering(context, items)
    return [(number, rows.first_words(shield.item(items[lead]).masked)) for number, lead in leads.items() if lead in items]  # fmt: skip


def _care(asking: Asking | None, opened: Pane | None) -> str:
    """How much a question's answer may cost: "saves" where its number alone may save it, "careful" where no two keys may.

    Careful is whatever stops a clock in which somebody waits or may come to harm, what is of high risk or was alerted, and what goes to the Guardian. Which words went
    out is little to answer wrongly, but where it stands in Now.
    """
    if asking is None or opened is None:
        return ""
    posts = [post for post in opened.posts if post.value in asking.posts]
    if not posts:
        return ""
    careful = ("now",) if asking.field == "out" else ("now", "answer")
    if (
        asking.goes
        or opened.alerted
        or any(post.lane in careful or post.item.risk == "high" for post in posts)
    ):
        return "careful"
    return "saves" if asking.field in ("why", "out") and len(posts) == 1 else ""


def _place(
    listed: Sequence[LaneRow], at: int, counts: Mapping[Lane, int], wanted: Sequence[Lane], unread: Sequence[UnreadReport]
) -> int:  # fmt: skip
    """Which of all cases of these lanes it is, from 0: of a lane that is not shown whole the rest count too.

    `unread` stand above the cases of their lane, but for those that stand first in it.
    """
    lane = listed[at].lane
    first = next(place for place, row in enumerate(listed) if row.lane == lane)
    above = 0 if listed[at].first else sum(each.lane == lane for each in unread)
    return sum(counts[each] for each in wanted[: wanted.index(lane)]) + above + at - first


def _unread(context: RequestContext, lanes: Sequence[Lane]) -> list[UnreadReport]:
    """What colleagues reported of these lanes and nothing has read yet, the oldest first."""
    reports: Sequence[StaffReport] = context.shared("reports", context.store.staff_reports.unread)
    policy, at = context.config.review.lanes, context.at
    return [
        UnreadReport(report=each, reason=report_reason(each.worry), lane=lane, due=rows.due(lane, policy.due(lane, each.at), at))
        for lane in [worries.UNLOOKED]
        for each in (reports if lane in lanes else ())
    ]  # fmt: skip


def _rows(context: RequestContext, lanes: Sequence[Lane], most: int) -> list[LaneRow]:
    """At most so many rows of each lane; of Now and Answer all that are due today, up to MOST_DUE: they are not folded away."""
    listed: list[LaneRow] = []
    today = clock.local_day(context.at)
    for lane in lanes:
        limit = max(most, MOST_DUE) if lane in ("now", "answer") else most
        rows = context.store.lanes.rows((lane,), user=0, at=context.at, limit=limit, bare=True)
        if len(rows) > most:
            due = [place for place, row in enumerate(rows, 1) if row.due_at and clock.local_day(row.due_at) <= today]  # fmt: skip
            rows = rows[: max(most, *due)] if due else rows[:most]
        listed += rows
    return listed


def first_free(listed: Sequence[LaneRow], me: int) -> Case | None:
    """The first case that nobody else has; danger that nobody has begun with whoever has it open, after one that nobody has open."""
    first = next((row for row in listed if row.leads(me)), None)
    if first is not None and not first.free(me):
        first = next((row for row in listed if row.unbegun and row.free(me)), first)
    return first.case if first is not None else listed[0].case if listed else None


def way(context: RequestContext, number: int) -> str:
    """The address of a case, which keeps the lane and what was saved just now."""
    return _way(keep(context), number)


def _way(query: str, number: int) -> str:
    return f"/cases/{number}?{query}" if query else f"/cases/{number}"


def given_back(context: RequestContext, number: int) -> str:
    """The address of a case that this person has just given back, which says so."""
    lane = shell.lane_asked(context)
    return f"/cases/{number}?{urlencode(({'lane': lane} if lane else {}) | {'saved': f'{number}.given'})}"


def keep(context: RequestContext) -> str:
    """What of an address goes along: the lane, and what was saved."""
    params = context.request.query_params
    going_along = {"lane": shell.lane_asked(context), "saved": params.get("saved", "")}
    return urlencode({name: value for name, value in going_along.items() if value})


def saved(context: RequestContext) -> Saved | None:
    """What this person decided just now, by the address; None for what is not theirs, or not there."""
    if answered := context.request.query_params.get("answered", ""):
        return _answered(context, answered)
    wanted = context.request.query_params.get("saved", "")
    gone = re.fullmatch(r"([0-9]{1,11})\.(sent|stepped|returned|late)", wanted)
    if gone is not None and gone[2] in ("returned", "late"):
        what = "is back as it was" if gone[2] == "returned" else "can’t be taken back any more: ask the Guardian"  # fmt: skip
        return Saved(case=int(gone[1]), version=0, words=f"case {gone[1]} {what}", undone=gone[2] == "returned", left=0, at_version=0, final=True, late=gone[2] == "late")  # fmt: skip
    if gone is not None:
        guardian = next(
            (role for role in context.config.review.roles if role.key == "guardian"), None
        )
        ring = (
            f": ring them, {guardian.reach}"
            if guardian and guardian.reach and not guardian.email
            else ""
        )
        what = (
            f"went to the Guardian{ring}"
            if gone[2] == "sent"
            else "is out of your sight, and someone else has it"
        )
        return Saved(case=int(gone[1]), version=0, words=f"case {gone[1]} {what}", undone=False, left=0, at_version=0, final=True, back_until=_way_back(context, int(gone[1])) if gone[2] == "sent" else None)  # fmt: skip
    match = re.fullmatch(r"([0-9]{1,11})\.([0-9]{1,8})", wanted)
    if wanted.endswith(".given"):
        return _given(context, wanted.removesuffix(".given"))
    if match is None:
        return _path_done(context, wanted)
    number, version = int(match[1]), int(match[2])
    case = context.store.cases.get(number)
    if case is None or not context.sees(case):
        return None
    history = context.store.cases.history(number)
    entry = next((entry for entry in history if entry.version == version), None)
    if entry is None or entry.decision.by != context.user.number:
        return None
    undid = entry.decision.kind == "undo"
    to_ring = None if undid or entry.undone else _to_ring(context, entry)
    mentions = context.store.cases.mentions(number)
    untold = _untold(context, entry) if not undid and not entry.undone else ""
    unasked = _unasked(context, entry) if not undid and not entry.undone else 0
    left = sum(each.reviewable and not each.decided and not each.item.deleted for each in mentions)
    return Saved(
        case=number, version=version, left=left, undone=undid or entry.undone, at_version=history[-1].version,
        ring=asked.ring_now(context, to_ring) if to_ring else Markup(), handoff=to_ring.number if to_ring else 0, stays=to_ring is not None and to_ring.danger and to_ring.lane == "now",
        unconfirmed="Nobody there has confirmed yet." if to_ring else "",
        untold=untold, unasked=unasked, words=f"case {number} is back as it was" if undid or entry.undone else f"case {number}, {in_words(entry)}{_to_whom(context, entry)}{_sent(context, entry)}{_not_told(context, case, entry)}",
    )  # fmt: skip


def _answered(context: RequestContext, digits: str) -> Saved | None:
    """That what a team answered is saved; None where none did."""
    handoff = context.store.handoffs.get(int(digits)) if digits.isdecimal() and len(digits) < 12 else None  # fmt: skip
    if handoff is None or handoff.state != "answered" or not context.may("reviewer"):
        return None
    words = f"case {handoff.case}, what {role_of(context.config, handoff.role).name} answered. Decide what is left to do"
    return Saved(case=handoff.case, version=0, words=words, undone=False, left=0, at_version=0, final=True)  # fmt: skip


def _given(context: RequestContext, digits: str) -> Saved | None:
    """That a case was given back, and what follows; None where somebody has it."""
    case = context.store.cases.get(int(digits)) if digits.isdecimal() and len(digits) < 12 else None
    if case is None or not context.sees(case) or not context.may("reviewer"):
        return None
    work = context.store.assignments.teamwork((case.number,)).get(case.number, Teamwork())
    if work.assigned is not None:
        return None
    stands = asked.standings(context, (case.number,)).get(case.number)
    has_it = begun.words_of_team(context, case.number) or (f"{stands.team} has it" if stands is not None and stands.has_it else "")  # fmt: skip
    follows = "" if has_it else alerted.follows(context, case.number)
    whose = f"{has_it}. No one of us has the case now" if has_it else "Nobody has it now"
    words = f"case {case.number} is given back. {whose}{f'. {follows}' if follows else ''}"
    return Saved(case=case.number, version=0, words=words, undone=False, left=0, at_version=0, final=True)  # fmt: skip


def _unasked(context: RequestContext, entry: CaseDecided) -> int:
    """A page in our name that was passed on just now, and that nobody asked its platform to take down; 0 for none."""
    if entry.decision.kind != "escalate":
        return 0
    posts = {post for post, _ in entry.decision.covers}
    followed = context.store.takedowns.of_case(entry.decision.case)
    wanted = [each.mention for each in followed if each.mention in posts and each.standing == "wanted"]  # fmt: skip
    items = context.store.figures.items(wanted)
    return next((number for number, item in items.items() if any(flag.name == pane.IMPERSONATES for flag in item.flags)), 0)  # fmt: skip


def _not_told(context: RequestContext, case: Case, entry: CaseDecided) -> str:
    """The team that must know of what was decided just now and was not told; "" where none must."""
    posts = {post for post, _ in entry.decision.covers}
    teams = [each.team for each in elsewhere(context, case) if each.post in posts]
    return "".join(f". {team} was not told" for team in teams)


def _way_back(context: RequestContext, case: int) -> datetime | None:
    """Until when this person may take back that they sent a case to the Guardian."""
    return context.store.speaking_up.way_back(case, by=context.user.number, at=context.at)


def _to_whom(context: RequestContext, entry: CaseDecided) -> str:
    """The team that whoever asks has just passed it on to; that nobody there knows of it, where no email told them."""
    if entry.decision.kind != "escalate":
        return ""
    to = f" to {role_of(context.config, entry.decision.role).name}"
    passed = (each for each in context.store.handoffs.open(entry.decision.case) if each.version == entry.version)  # fmt: skip
    unsaid = next((each for each in passed if asked.not_told_yet(context, each)), None)
    if unsaid is None or _to_ring(context, entry) is not None:  # whom to ring is said beside
        return to
    return f"{to}. They don’t know of it yet, since {asked.not_told_yet(context, unsaid)}"


def _untold(context: RequestContext, entry: CaseDecided) -> str:
    """The address of the steps, where a decision left a post in Now of which nobody was told who has to; else ""."""
    case = entry.decision.case
    if entry.decision.kind in ("second_opinion", "confirm", "reopen"):
        return ""
    left = context.store.cases.untold(case)
    post, flags = next(((post, left[post]) for post, _ in entry.decision.covers if post in left), (0, frozenset()))  # fmt: skip
    path = next((path for flag, path in TELLS_OF.items() if flag in flags), "")
    return f"/cases/{case}/{path}?post={post}#open" if path else ""


def _to_ring(context: RequestContext, entry: CaseDecided) -> Handoff | None:
    """What a decision passed on of somebody who may be in danger, while no one has confirmed."""
    if entry.decision.kind != "escalate":
        return None
    opened = context.store.handoffs.open(entry.decision.case)
    return next(
        (
            each
            for each in opened
            if each.version == entry.version
            and each.state == "waits"
            and (_is_theirs(context, each) if each.danger else is_urgent(each.flags, each.lane))
        ),
        None,
    )


def _is_theirs(context: RequestContext, handoff: Handoff) -> bool:
    """Whether the team is one that must know of the danger: no other is to be rung about it."""
    kind = role_of(context.config, handoff.role).type
    graves = [TELLS[flag] for flag in handoff.flags if flag in DANGERS]
    return not graves or any(kind in types for types in graves)


def _path_done(context: RequestContext, wanted: str) -> Saved | None:
    """The path of which this person did the last step, by the address; None where it isn't so."""
    match = re.fullmatch(r"([0-9]{1,11})\.(leak|danger|threat)", wanted)
    if match is None or not context.may("reviewer"):
        return None
    number, kind = int(match[1]), cast(PathKind, match[2])
    path = context.store.path_steps.path(number, kind)
    ends = path.standing.get("copies" if kind == "leak" else "has_it")
    if ends is None or context.user.number not in {step.by for step in path.standing.values()}:
        return None
    unsent = next((each for each in context.store.handoffs.open(number) if each.role == BREACHES and asked.is_unsent(each)), None) if kind == "leak" else None  # fmt: skip
    words = (
        f"your part of the leak is done. {_hours_run_on(context, number)}{_still_hurt(context, number)}{_still_asks(context, number)}"
        if kind == "leak"
        else f"{ends.who} has it{asks}"
        if (asks := _still_asks(context, number))
        else f"every step has an answer; {ends.who} has it"
    )
    return Saved(
        case=number,
        version=0,
        words=f"case {number}, {words}",
        undone=False,
        left=0,
        at_version=0,
        path=kind,
        ring=asked.ring_unsent(context, unsent) if unsent else Markup(),
        handoff=unsent.number if unsent else 0,
    )


def _hours_run_on(context: RequestContext, number: int) -> str:
    """What of a leak goes on once the steps of an officer are done: its 72 hours, or that they are over, and until when it stays in Now."""
    stands, case = leak_stands(context, number), context.store.cases.get(number)
    hours = (
        f"Its {rows.hours_of_law(stands.ends_at, context.at)}" if stands else "Its 72 hours run on"
    )
    if case is None or case.lane != "now":
        return hours
    waiting = [each for each in context.store.handoffs.open(number) if each.state == "waits"]
    of_breach = next((each for each in waiting if each.role == BREACHES), None)
    if of_breach is not None and mails.is_unsent(of_breach):
        return f"{hours}. It stays in Now until the email to information governance has left"
    teams = [name for role, name in ((BREACHES, "information governance"), (SAFEGUARDING, "Safeguarding")) if any(each.role == role for each in waiting)]  # fmt: skip
    return f"{hours}. It stays in Now until {' and '.join(teams)} {'has' if len(teams) == 1 else 'have'} confirmed" if teams else hours  # fmt: skip


def _still_hurt(context: RequestContext, number: int) -> str:
    """That a leak tells of serious harm and Safeguarding was not told; "" where it was, or there is none."""
    case = context.store.cases.get(number)
    untold = case is not None and harm_untold(context, case)
    return ". It tells of serious harm as well, and Safeguarding was not told" if untold else ""


def _still_asks(context: RequestContext, number: int) -> str:
    """What is left of a case in which somebody asks for help, in words; "" where nobody waits."""
    case = context.store.cases.get(number)
    due = pane.asks_by(context, case) if case is not None else None
    if due is None:
        return ""
    aside = ". Don’t answer it in public" if pane.is_private(context, number) else ""
    return f". They also ask for help, by {clock.near(due, context.at)}: {pane.asks_words(context, number)}{aside}"  # fmt: skip


def _sent(context: RequestContext, entry: CaseDecided) -> str:
    """From which account a reply went out with a decision, which Undo does not take back; that none of its words are saved, where none are."""
    if entry.decision.kind != "respond":
        return ""
    sendings = context.store.sendings.of_case(entry.decision.case, context.at)
    sent = next((each for each in sendings if each.version == entry.version), None)
    if sent:
        return f" as {sent.account}. Undo opens the case again and leaves the reply there"
    has_words = any(reply.version == entry.version and reply.text for reply in context.store.replies.of_case(entry.decision.case))  # fmt: skip
    return "" if has_words else "; the words that went out are not saved here"


def _sections(
    context: RequestContext,
    listed: Sequence[LaneRow],
    lanes: Sequence[Lane],
    people: Mapping[int, str],
    unread: Sequence[UnreadReport],
) -> list[Section]:
    readable = _with_lines(context, covering.rows(context, listed))
    numbers = [row.case.number for row in listed]
    standings = asked.standings(context, numbers)
    holders = asked.holders(context, numbers, standings)
    confirm = context.store.handoffs.unconfirmed(numbers)
    steps = context.store.cases.steps_left([row.case.number for row in listed if row.lane == "now" and row.case.number not in confirm], in_hand=True)  # fmt: skip
    leaks = {number: stands for number in _with_running_clocks(context, listed) if (stands := leak_stands(context, number))}  # fmt: skip
    hidden = _hidden(context, [number for number in numbers if number not in leaks])
    asks_me = _asks_me(context, people)
    in_danger = begun.badges(context, [row.case.number for row in listed if row.lane == "now"])
    handed = lists.handed_to_me(context, [row.case.number for row in listed if row.has == context.user.number])  # fmt: skip

    def shown(row: LaneRow) -> rows.RowShown:
        number = row.case.number
        leak = leaks.get(number)
        standing = standings.get(number)
        line = rows.shown(
            row,
            me=context.user.number,
            people=people,
            at=context.at,
            team=holders.get(number, ""),
            confirm=confirm.get(number),
            handed=handed.get(number, ""),
            steps_left=len(steps.get(number, ())),
            leak=standing.badge
            if standing is not None and standing.is_refused
            else leak.row_words(context.at)
            if leak is not None
            else asks_me.get(number) or hidden.get(number, ""),
            begun=in_danger.get(number, ""),
        )
        return replace(line, unaware=leak.alarm(context.at)) if leak is not None else line

    return [
        Section(
            lane=lane,
            rows=[shown(row) for row in readable if row.lane == lane],
            unread=[each for each in unread if each.lane == lane],
            above=sum(row.lane == lane and row.first for row in listed),
        )
        for lane in lanes
    ]


def _with_lines(context: RequestContext, listed: Sequence[LaneRow]) -> list[LaneRow]:
    """Rows called by what an officer wrote, where that stands, and by nothing that holds of staff alone."""
    lines = context.store.case_lines.in_place({row.case.number: row.reason for row in listed})
    return [
        row
        if row.reason == (line := rows.heading(context.app.policy, lines[row.case.number]))
        else replace(row, reason=line)
        for row in listed
    ]


def _hidden(context: RequestContext, cases: Sequence[int]) -> dict[int, str]:
    """Of these cases those of which somebody hid or reported all that waits and saved no decision: hidden 08:31, Ben Okoro."""
    done = (("reported", context.store.takedowns.asked_of(cases)), ("hidden", context.store.moderations.hidden_of(cases)))  # fmt: skip
    return {
        case: f"{what} {clock.near_time(at, context.at)}, {by}"
        for what, of_cases in done
        for case, (at, by) in of_cases.items()
    }


def _asks_me(context: RequestContext, people: Mapping[int, str]) -> dict[int, str]:
    """The cases on which a colleague asks the opinion of the person who looks: Amina Yusuf asks you."""
    opinions = context.store.opinions
    if not context.may("reviewer"):
        return {}
    return {
        each.case: f"{people.get(each.asked_by, 'A colleague')} asks you"
        for each in opinions.waiting()
        if context.user.number in opinions.may_answer(each, context.at)
    }


def _with_running_clocks(context: RequestContext, listed: Sequence[LaneRow]) -> list[int]:
    """The cases of Now among these whose 72 hours run."""
    running = {each.case for each in context.store.deadlines.breaches()}
    return [row.case.number for row in listed if row.lane == "now" and row.case.number in running]


def _replies(
    context: RequestContext, opened: Pane | None, reply: panel.TypedReply | None
) -> dict[int, panel.Panel]:
    """Words to start from by the post's number, where answering is what is suggested or was chosen, and what we answered before.

    What a form brought stands in the box of the post that it was for.
    """
    wanted = [post.item.number for post in opened.posts if (post.suggestion.key in ("copy", "write", "already") or post.situation.writes) and not post.decided] if opened else []  # fmt: skip
    if opened is None or not wanted:
        return {}
    chosen = pane.answering(context) if len(opened.posts) > 1 else wanted[0]
    return {
        each.item.number: panel.panel(
            context, opened.case, [each], opened.history, reply if each.item.number == chosen else None,
            typing=each.item.number == chosen,
        )
        for each in context.store.cases.mentions(opened.case.number)
        if each.item.number in wanted
    }  # fmt: skip


def _unread_notes(context: RequestContext) -> list[Handover]:
    """The handover notes that are still to be read, newest first."""
    return context.store.handovers.unread(context.user.number) if context.may("reviewer") else []


def _absences(context: RequestContext) -> list[str]:
    """What who looks has to know of colleagues today: whom they cover for, what they were given, that they are away."""
    team = colleagues.team(context)
    me = context.user.number
    lines = [
        f"You cover for {team.name(number)} until {colleagues.short(away.absence.last, context.at)}: what is theirs is in Mine."
        for number, away in team.away.items()
        if away.acting == me
    ]
    for handed in context.store.recusals.handed_on(me)[:3]:
        if handed.handed_to == me:
            lines.append(f"{handed.name} stepped back from case {handed.case}: you have it now.")
        elif context.may("lead"):
            lines.append(f"{handed.name} stepped back from case {handed.case}, and nobody has it: give it to someone.")  # fmt: skip
    if away := team.away_words(me):
        lines.append(f"You are set as {away}. You can decide all the same.")
    return lines


# ── the other lists ──────────────────────────────────────────────────────────────────────────────


@requires_role("viewer")
def mine(context: RequestContext) -> Response:
    """What one took, was given, is asked about or passed on, until it is answered."""
    return _list(context, "mine", "Mine", "Nothing is yours. Take a case from Today.")


@requires_role("viewer")
def done(context: RequestContext) -> Response:
    """What was decided, newest first."""
    return _list(context, "done", "Done", "Nothing is done yet.")


def _list(context: RequestContext, tab: Tab, name: str, nothing: str) -> Response:
    number = lists.page_number(context.request.query_params.get("page", "1"))
    query = shell.query(context, tab=tab, page=number, size=lists.SIZE)
    case_page = shell.page_of(context, query)
    return page(
        context, "desk/list.html", name=name, nothing=nothing, rows=lists.rows_of(context, case_page.cards, badges=lists.why_mine(context, case_page.cards) if tab == "mine" else None), total=case_page.total, tab=tab,
        number=number, pages=max(1, -(-case_page.total // lists.SIZE)), saved=saved(context),
        views=views_of(context.user), absences=_absences(context) if tab == "mine" else (),
    )  # fmt: skip


def _number(context: RequestContext, name: str) -> int | None:
    text = context.request.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 12 else None
