"""The Guardian's lane: people who speak up, as a list with one case beside it, and what is decided there.

It is open to the Guardian, to governance and to the one duty lead whom the settings name. Nothing is highlighted in it,
no flag is weighed against anybody, and nothing leads from it to an employer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from collectors.platforms import PLATFORM_NAMES
from core.errors import StoreError
from core.text import sentence
from core.worries import flags_told
from review import looking
from review.auth import one_person, second_people
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import pane, rows, sorting
from review.desk.rows import TILES, RowShown, initials
from review.guardian import packs
from review.insights import recipients
from review.rendering import page
from review.rights import holds
from review.sight import may_hide, urgent_ways
from review.staff_reports import masked_worries
from settings.sections import CHOICES
from steps import lane_returns
from steps.reasons import says_nothing
from store import (
    ERASURE,
    RETURN,
    AnswerAs,
    Case,
    CaseDecision,
    GuardianRow,
    LanePack,
    Ruling,
    Teamwork,
)

LONGEST = 2000  # characters of a reason
WRONG = {  # of a reason to look
    "missing": "Choose why you need to see it. Your own words can stand beside that, not in its place.",
    "not-for-this": "No post is opened for anyone’s employment, to find out who wrote it, or out of curiosity. Governance sees that it was asked. Choose another reason if there is one.",
}
# What the Guardian may decide, with what is saved of it
DONE: Mapping[str, str] = {
    "dealt": "Taken up by the Guardian", "noted": "Noted by the Guardian",
}  # fmt: skip
MAY_DO = ("take", "give", "undo", *DONE)
CHANGED = "It changed while you looked: see how it stands now."
SAVED: Mapping[str, str] = {
    "take": "you have it", "give": "nobody has it now", "dealt": "dealt with", "noted": "noted, no action",
    "undo": "it is open again", "back": "governance looks before it goes back", "keep": "it stays here", "erase": "governance may erase what you agreed to", "stay": "nothing of it is erased", "gone": "it is back in its ordinary lane",
}  # fmt: skip
# What the words are about, as the pane says it beside them
ABOUT: Mapping[str, str] = {
    "disclosure": "A concern: something that may be wrong at work", "union": "Union matters",
    "discrimination": "Discrimination, told of oneself", "complaint": "A complaint", "criticism": "Criticism",
    "none": "What staff say of their work",
}  # fmt: skip


# Why nobody speaks up in it, ready to be chosen: the record of decisions keeps which.
BACK: Mapping[str, str] = {
    "not_work": "It isn’t about anything at work",
    "not_wrong": "It says of nothing that it may be wrong",
    "patient": "A patient or a member of the public wrote it",
    "no_person": "News, an advertisement or a joke: no person speaks in it",
    "asked": "Whoever wrote it asks for an ordinary answer",
    "link": "A colleague’s link leads to a post in which nobody speaks up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What may be done with a case beside the decision, by this person."""

    decides: bool  # the Guardian or the duty lead
    back: bool  # the Guardian alone
    hides: bool
    paths: Sequence[tuple[str, str]]  # guided paths that fit: (address, what the button says)


@requires_role("guardian", "governance", "lead")
def lane(context: RequestContext) -> Response:
    """The lane with its first open case beside it."""
    if not context.sight.guardians:  # a lead whom the settings don't name
        return page(context, "layout/not_yours.html", status=403, role="guardian")
    return show(context, None)


@requires_role("guardian", "governance", "lead")
def case(context: RequestContext) -> Response:
    """The lane with this case; one that is not in it is the desk's."""
    opened = _case(context)
    if not opened.protected:
        return RedirectResponse(f"/cases/{opened.number}", 303)
    return show(context, opened)


def show(
    context: RequestContext, opened: Case | None, *, fault: str = "", at_field: str = "", status: int = 200
) -> Response:  # fmt: skip
    """The page of the lane; `fault` is what was wrong with what somebody sent, at which field."""
    listed = context.store.speaking_up.rows()
    alone = opened is not None
    if opened is None:
        opened = next((row.case for row in listed if row.open), listed[0].case if listed else None)
    if opened is not None and not alone:
        looking.note(
            context, "case", case=opened.number
        )  # the first of the lane lies open beside it
    here = replace(context, guardians=True)
    rulings = context.store.speaking_up.rulings(opened.number) if opened is not None else []
    people = pane.names(context)
    order = [row.case.number for row in listed]
    standing = next((row for row in listed if opened is not None and row.case.number == opened.number), None)  # fmt: skip
    at = order.index(opened.number) if opened is not None and opened.number in order else None
    shown = pane.pane(here, opened) if opened is not None else None
    return page(
        here, "guardian/lane.html", status=status, alone=alone, case=opened, pane=shown, leaves=packs.leaves(context, [post.item.number for post in shown.posts]) if shown is not None else {}, sent_by=sent_by(rulings),
        rows=[_shown(row, people, context) for row in listed if row.open], done=[_shown(row, people, context) for row in listed if not row.open],
        open=sum(row.open for row in listed), place=at, before=order[at - 1] if at else None,
        after=order[at + 1] if at is not None and at + 1 < len(order) else None, about=ABOUT,
        rulings=rulings,
        ways=_ways(context, opened) if opened is not None else None, speaking=context.store.speaking_up.speaking(opened.number) if opened is not None else frozenset(),
        standing=standing, reports=masked_worries(context, context.store.staff_reports.of_case(opened.number)) if opened is not None else (),
        urgent=urgent_ways(context, opened.number) if opened is not None and standing is not None and standing.urgent else (),
        fault=fault, at_field=at_field, back_reasons=BACK, form=context.form, saved=_saved(context), lane="",
        duty_lead=next((user.name for user in context.store.users.all() if user.handle and user.handle == context.config.review.duty_lead and user.active), ""),
        guardians=[
            user.name for user in context.store.users.all()
            if "guardian" in user.roles and user.active and (opened is None or opened.number not in context.store.recusals.of_user(user.number))
        ],
        stepped_back=[each for each in context.store.recusals.of_case(opened.number) if not each.own_post] if opened is not None else (),
        wrong=WRONG.get(context.request.query_params.get("why", ""), ""), asked=_asked(context),
        returns=_return(context, opened), erasures=context.store.lane_packs.open_requests(ERASURE, case=opened.number) if opened is not None else (), may_answer=_is_guardian(context),
        by_command=second_people.named(context) if {"governance", "guardian"}.intersection(context.user.roles) else (),
        approved_teams=recipients.approved_teams(context) if _is_guardian(context) else (), approving=recipients.APPROVING, team_types=CHOICES["review.roles.type"],
    )  # fmt: skip


def _asked(context: RequestContext) -> list[tuple[str, str]]:
    """What waits for this person's yes, each with its address: packs for a claim, holds."""
    role: AnswerAs = "governance" if "governance" in context.user.roles else "guardian"
    if role not in context.user.roles:
        return []
    waits = [(f"/guardian/{each.case}/evidence", f"a pack for a claim, case {each.case}") for each in context.store.lane_packs.waiting(role)]  # fmt: skip
    if role == "governance":
        waits += [(f"/guardian/{each.case}", f"case {each.case}, which the Guardian sends back") for each in context.store.lane_packs.open_requests(RETURN)]  # fmt: skip
    else:
        waits += [(f"/guardian/{each.case}", f"an erasure, case {each.case}") for each in context.store.lane_packs.open_requests(ERASURE)]  # fmt: skip
    mine = sum(each.mine for each in holds.listed(context))
    return waits + ([("/holds", f"{mine} hold{'s' * (mine != 1)}")] if mine else [])


def sent_by(rulings: Sequence[Ruling]) -> dict[int, str]:
    """Of each post that a person sent there, who did; none that the program read so, nor one that was sent back since."""
    sent = dict[int, str]()
    for ruling in rulings:
        for post in ruling.posts:
            if ruling.speaks and ruling.by is not None:
                sent[post] = ruling.by_name
            else:
                sent.pop(post, None)
    return sent


def _shown(row: GuardianRow, people: Mapping[int, str], context: RequestContext) -> RowShown:
    """A case of the lane as a line: no reach and no writer, since neither is weighed here."""
    item, done = row.item, not row.open
    badge = (
        f"{_part(context, row.case.number)}, on duty see it"
        if row.urgent
        else f"a colleague reported{' danger' if _danger_told(context, row.case.number) else ' it'}"
        if row.reported and not done
        else "sent by a person"
        if row.sent
        else ""
    )
    holder = rows.holder(row.who, me=context.user.number, people=people)
    return RowShown(
        number=row.case.number, tile=TILES[item.platform] if item else "–", place=PLATFORM_NAMES[item.platform] if item else "Deleted",
        reason=row.reason, badge=badge, reach="", age=rows.age(item.posted_at if item else row.case.latest_at, context.at),
        due="", soon=False, overdue=False, holder=replace(holder, face=holder.face or initials("")), new=not row.opened and not done, since="posted",
    )  # fmt: skip


def _part(context: RequestContext, case: int) -> str:
    """What those on duty act on in a case of the lane, in a word."""
    return {"danger": "danger", "threat": "a threat nobody took up", "leak": "a leak"}[urgent_ways(context, case)[0]]  # fmt: skip


def _told(context: RequestContext, case: int) -> set[str]:
    """What colleagues who reported posts of a case say that they are: no report opens them to those on duty, so that it is said here."""
    return {flag for report in context.store.staff_reports.of_case(case) for flag in flags_told(report.worry)}  # fmt: skip


def _danger_told(context: RequestContext, case: int) -> bool:
    return not _told(context, case).isdisjoint(context.app.policy.names(in_danger=True))


def _ways(context: RequestContext, opened: Case) -> Ways:
    flags = context.store.speaking_up.flags(opened.number)
    read_or_reported = flags | _told(context, opened.number)
    hides = may_hide(context, opened.number)
    paths = [
        (f"/cases/{opened.number}/{path}", says)
        for path, says, fits in (
            ("danger", "Show the steps", not set(context.app.policy.names(in_danger=True)).isdisjoint(read_or_reported)),
            ("threat", "Deal with this threat", "threat" in read_or_reported), ("leak", "Deal with this leak", "pid" in flags and hides),
        ) if fits
    ]  # fmt: skip
    return Ways(decides=_decides(context), back=_is_guardian(context), hides=hides, paths=paths)


def _decides(context: RequestContext) -> bool:
    """Whether somebody decides in the lane: the Guardian, or the duty lead. Governance sees it, and decides nothing."""
    named = bool(context.user.handle) and context.user.handle == context.config.review.duty_lead
    return "guardian" in context.user.roles or (named and "lead" in context.user.roles)


@requires_role("guardian", "lead")
def decide(context: RequestContext) -> Response:
    """Takes a case up, gives it back, closes it, or takes one's last decision back."""
    opened = _case(context)
    if not _decides(context) or not opened.protected:
        raise HTTPException(404)
    do = str(context.form.get("do", ""))
    if do not in MAY_DO:
        return show(context, opened, fault="Choose what to do.", status=422)
    if str(context.form.get("version", "")) != str(opened.version):
        return show(context, opened, fault="Someone decided on it while you looked. Yours was not saved: see how it stands now.", status=409)  # fmt: skip
    try:
        saved = _hand(context, opened, do) if do in ("take", "give") else _save(context, opened, do)
    except StoreError as error:
        return show(context, opened, fault=f"{sentence(str(error))}.", status=422)
    if not saved:
        return show(context, opened, fault="Someone changed it while you looked. Yours was not saved: see how it stands now.", status=409)  # fmt: skip
    where = f"/guardian/{opened.number}" if do in ("take", "give", "undo") else "/guardian"
    return RedirectResponse(f"{where}?saved={do}-{opened.number}", 303)


def _hand(context: RequestContext, opened: Case, do: str) -> bool:
    work = context.store.assignments.teamwork((opened.number,)).get(opened.number, Teamwork())
    to = context.user.number if do == "take" else None
    return context.store.assignments.assign(opened.number, to, by=context.user.number, at=context.at, seen=work.seen)  # fmt: skip


def _save(context: RequestContext, opened: Case, do: str) -> bool:
    covers = tuple(
        (each.item.number, each.item.revision)
        for each in context.store.cases.mentions(opened.number)
        if each.reviewable
    )
    me, at = context.user.number, context.at
    if do == "undo":
        history = context.store.cases.history(opened.number)
        last = next((each for each in reversed(history) if not each.undone and each.decision.kind != "undo" and each.decision.by == me), None)  # fmt: skip
        if last is None:
            raise StoreError("there is no decision of yours to take back")
        decision = CaseDecision(case=opened.number, kind="undo", by=me, at=at, undoes=last.version)
    else:
        decision = CaseDecision(case=opened.number, kind="no_action", by=me, at=at, covers=covers, reason=DONE[do])  # fmt: skip
    return context.store.cases.decide(decision, opened.version)


def _is_guardian(context: RequestContext) -> bool:
    """Whether somebody is the Guardian, and not governance too: that account would look over itself."""
    return "guardian" in context.user.roles and "governance" not in context.user.roles


@requires_role("guardian", "governance")
def back(context: RequestContext) -> Response:
    """Nobody speaks up in it: the Guardian alone says so, with a reason that stays, and may take that back; governance looks before anybody else sees the case.

    Governance counts it, and it stays out of packs and exports while it is read as speaking up.
    """
    opened = _case(context)
    if not opened.protected:
        raise HTTPException(404)
    do, request = str(context.form.get("do", "")), _return(context, opened)
    if do and request is not None and _is_about(context, request):
        return _answer_return(context, opened, request, do)
    if do or request is not None:
        return show(context, opened, fault=CHANGED, status=409)
    if not _is_guardian(context):
        raise HTTPException(404)
    why = BACK.get(str(context.form.get("why", "")), "")
    if not why:
        return show(context, opened, fault="Choose why nobody speaks up in it.", at_field="why", status=422)  # fmt: skip
    reason = str(context.form.get("reason", "")).strip()[:LONGEST]
    if says_nothing(reason):
        return show(context, opened, fault="Write how you know that nobody speaks up in it, so that governance understands.", at_field="reason", status=422)  # fmt: skip
    lane_returns.ask(context.store, context.config, opened.number, why=why, reason=reason, by=context.user, at=context.at)  # fmt: skip
    return RedirectResponse(f"/guardian/{opened.number}?saved=back-{opened.number}", 303)


@requires_role("guardian", "governance")
def erasure(context: RequestContext) -> Response:
    """The Guardian answers that posts of this case are erased, which governance asked for; nothing goes by this alone."""
    opened = _case(context)
    if not opened.protected or not _is_guardian(context):
        raise HTTPException(404)
    waits = context.store.lane_packs.open_requests(ERASURE, case=opened.number)
    request = next((each for each in waits if _is_about(context, each)), None)
    if request is None:
        return show(context, opened, fault=CHANGED, status=409)
    if why := one_person.why_not(context.store, context.user, [request.by], at=context.at):
        return show(context, opened, fault=f"{sentence(why)}.", status=422)
    agrees = context.form.get("do") == "agree"
    context.store.lane_packs.answer(request, agrees=agrees, by=context.user.number, at=context.at)
    return RedirectResponse(f"/guardian/{opened.number}?saved={'erase' if agrees else 'stay'}-{opened.number}", 303)  # fmt: skip


def _is_about(context: RequestContext, request: LanePack) -> bool:
    """Whether a form answers this request: another one of the same case may wait, or have come since."""
    return str(context.form.get("request", "")) == str(request.number)


def _return(context: RequestContext, opened: Case | None) -> LanePack | None:
    """What waits for governance's look, that this case go back."""
    waits = context.store.lane_packs.open_requests(RETURN, case=opened.number) if opened is not None else []  # fmt: skip
    return waits[-1] if waits else None


def _answer_return(context: RequestContext, opened: Case, request: LanePack, do: str) -> Response:
    """The Guardian takes it back; governance lets the case go, or says that it stays."""
    store, at, me = context.store, context.at, context.user
    if do == "keep" and _is_guardian(context):
        store.lane_packs.take_back(request, by=me.number, at=at)
        return RedirectResponse(f"/guardian/{opened.number}?saved=keep-{opened.number}", 303)
    if do not in ("agree", "refuse") or "governance" not in me.roles:
        raise HTTPException(404)
    if why := one_person.why_not(store, me, [request.by], at=at):
        return show(context, opened, fault=f"{sentence(why)}.", status=422)
    gone = False
    with store.database.transaction():
        if store.lane_packs.answer(request, agrees=do == "agree", by=me.number, at=at) and do == "agree":  # fmt: skip
            gone = lane_returns.send_back(store, request, at)
    if gone:
        sorting.sort_at_once(context, opened.number)
        return RedirectResponse(f"/guardian?saved=gone-{opened.number}", 303)
    return RedirectResponse(f"/guardian/{opened.number}?saved=keep-{opened.number}", 303)


def _saved(context: RequestContext) -> tuple[int, str] | None:
    """What was done just now, by the address: the case and the words for it."""
    do, _, number = context.request.query_params.get("saved", "").partition("-")
    return (int(number), SAVED[do]) if do in SAVED and number.isdecimal() and len(number) < 12 else None  # fmt: skip


def _case(context: RequestContext) -> Case:
    opened = context.store.cases.get(context.request.path_params["number"])
    if opened is None:
        raise HTTPException(404)
    return opened
