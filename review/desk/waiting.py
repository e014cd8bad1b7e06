"""What waits for others: which team has it, since when and until when, and what somebody wrote down of that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from reports.handoffs import letter, role_of
from review.auth.sessions import requires_role
from review.cases import deadlines
from review.context import RequestContext
from review.desk import asked, begun, decide, leak, lists, mails, pane, paths, shell
from review.desk.dangers import DangerLine, dangers
from review.desk.decided import on_day
from review.desk.phones import of_team, phones
from review.desk.teams import TEAM_OF
from review.desk.untold import MUST_KNOW, Elsewhere, Records, elsewhere
from review.moderation import report
from review.rendering import page
from review.team import colleagues
from steps.reasons import is_no_name
from store import CaseDecision, Handoff, Takedown
from store.cases.deadlines import BREACHES
from store.cases.path_steps import SPOKE
from store.team.users import views_of

LONGEST = 2000  # characters of what somebody writes down
# An answer that reads as if a team does not take what it was passed
_REFUSES = re.compile(
    r"\brefus\w+|\bnot (?:ours|for us|for them|our (?:case|job|area|remit)|theirs|taking (?:it|this))\b|\b(?:won.?t|do(?:es)? ?n.?t|do(?:es)? not|will not|can.?t|cannot) take (?:it|this|that)\b|\bnot take (?:it|this)\b",
    re.I,
)
# Of posts to be removed, how it is said with whom they are: one, and several.
_WITH: Sequence[tuple[tuple[str, ...], str, str]] = (
    (("asked", "reminded"), "is with its platform or writer", "are with platforms and writers"),
    (("refused",), "was refused", "were refused"), (("wanted",), "has not been asked to be removed yet", "have not been asked to be removed yet"),
    (("hidden",), "is hidden on our page", "are hidden on our pages"),
)  # fmt: skip


@requires_role("viewer")
def waiting(context: RequestContext) -> Response:
    """All that others have or should have: teams, colleagues and platforms, danger that nobody confirmed first, by the order of `Handoffs.waiting`."""
    known = colleagues.team(context)
    of_teams = sum(context.store.handoffs.count_standing())
    pages = max(1, -(-of_teams // lists.SIZE))
    number = min(lists.page_number(context.request.query_params.get("page", "1")), pages)
    handoffs_shown = context.store.handoffs.waiting(
        context.at, limit=lists.SIZE, skip=(number - 1) * lists.SIZE
    )
    listed = of_handoffs(context, handoffs_shown)
    taken_down = context.store.takedowns.followed()
    later = shell.page_of(context, shell.query(context, tab="snoozed", size=lists.SIZE))
    later_cases = sorted((card.case for card in later.cards), key=lambda case: (case.snoozed_until is None, case.snoozed_until or context.at))  # fmt: skip
    requests = open_requests(context)
    named = context.store.case_lines.in_place(context.store.lanes.reasons([*(handoff.case for handoff in handoffs_shown), *(case.number for case in later_cases), *(request.case for request in requests)]))  # fmt: skip
    return page(
        context, "desk/waiting.html", reads=context.may("reviewer") or context.may("governance"), views=views_of(context.user), named=named, waits=listed.waits, alone=_begun_alone(context, handoffs_shown), requests=requests, not_told=listed.not_told, answers=listed.answers, of_teams=of_teams, at_page=number, pages=pages,
        opinions=[(opinion, known.name(opinion.asked_by), known.name(opinion.of)) for opinion in context.store.opinions.waiting()],
        later=[(case, named.get(case.number, ""), on_day(case.snoozed_until, context.at) if case.snoozed_until else "When it grows") for case in later_cases], later_in_all=later.total,
        takedowns=taken_down, in_our_name=_in_our_name(context, taken_down), stand_words=deadlines.stand_words, takedown_counts=_counted(taken_down), nowhere={each.mention for each in taken_down if report.is_nowhere(context, each.mention, each.platform, each.steps)}, by_hand={each.mention for each in taken_down if report.is_by_hand(context, each.mention, each.platform, each.steps)}, total=shell.waiting_count(context), standing=context.store.handoffs.count_standing(), unfollowed=context.store.handoffs.unfollowed(), ring=partial(of_team, context),
        every=context.config.schedule.deliver_every_minutes, saved=context.request.query_params.get("saved", ""),
        asked_about=context.store.purposes.police_waiting() if context.may("lead") or context.may("governance") else (),
        holds=len(context.store.hold_requests.waiting(context.at, approver=context.user.number)) if context.may("lead") or context.may("governance") else 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHandoffs:
    """What the list says of its hand-offs: where each stands, by case who else was not told, by hand-off when an answer is due."""

    waits: Sequence[asked.Waits]
    not_told: Mapping[int, Sequence[Elsewhere]]
    answers: Mapping[int, datetime]


def of_handoffs(context: RequestContext, handoffs: Sequence[Handoff]) -> ListedHandoffs:
    """The same of these, by as many queries as of one."""
    with context.store.ahead({handoff.case for handoff in handoffs}):
        return ListedHandoffs(
            waits=[asked.shown(context, handoff) for handoff in handoffs],
            not_told=_not_told(context, handoffs),
            answers=_answers(context, handoffs),
        )


def _begun_alone(context: RequestContext, handoffs: Sequence[Handoff]) -> Sequence[DangerLine]:
    """Danger and threats with which somebody began, and that no team was told of: they wait for nobody, and are told all the same."""
    listed = {handoff.case for handoff in handoffs}
    lines = [line for line in dangers(context).alone if line.case not in listed]
    done = begun.begun(context, [line.case for line in lines])
    return [line for line in lines if line.case in done]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody asks for help in a case that stands in no lane, and no team has that. `words` say what is not done of it."""

    case: int
    due_at: datetime
    words: str
    privately: bool


def open_requests(context: RequestContext) -> list[Request]:
    """All of these, first due first: nobody is led to them, and whoever has the danger in them has that alone."""
    clocks = context.store.deadlines.requests_out_of_lane()
    with context.store.ahead({clock_.case for clock_ in clocks}):
        return [
            Request(case=clock_.case, due_at=clock_.due_at, words=pane.asks_words(context, clock_.case), privately=pane.is_private(context, clock_.case))
            for clock_ in clocks
            if not asked.has_request(context, clock_.case)
        ]  # fmt: skip


def _not_told(context: RequestContext, handoffs: Sequence[Handoff]) -> Mapping[int, list[Elsewhere]]:  # fmt: skip
    """The teams that must know of what another was asked alone and were not told, by the case; read of those alone that may be so."""
    alone = (handoff.case for handoff in handoffs if not MUST_KNOW.keys().isdisjoint(handoff.flags) and (handoff.role not in TEAM_OF.values() or "pid" in handoff.flags))  # fmt: skip
    cases = [case for case in context.store.cases.get_all(list(dict.fromkeys(alone))) if not case.protected]  # fmt: skip
    records = Records(context.store, [case.number for case in cases])
    return {case.number: elsewhere(context, case, records) for case in cases}


def _answers(context: RequestContext, handoffs: Sequence[Handoff]) -> Mapping[int, datetime]:
    """By when whoever asked is to have an answer, of each hand-off to a team that looks after requests."""
    dues = {handoff.number: pane.answer_due(context, handoff.case) for handoff in handoffs if asked.answers_requests(role_of(context.config, handoff.role))}  # fmt: skip
    return {number: due for number, due in dues.items() if due is not None}


def _in_our_name(context: RequestContext, takedowns: Sequence[Takedown]) -> set[int]:
    """The posts of these of which nobody was asked, and that are pages in our name: whoever passed them on may think that all is done."""
    items = context.store.figures.items([each.mention for each in takedowns if each.standing == "wanted"])  # fmt: skip
    return {number for number, item in items.items() if any(flag.name == pane.IMPERSONATES for flag in item.flags)}  # fmt: skip


def _counted(takedowns: Sequence[Takedown]) -> str:
    """How many posts are to be removed, and where that stands: 6 posts are to be removed: 4 are with platforms and writers, 2 are hidden."""
    if not takedowns:
        return ""
    parts = []
    for standings, one, several in _WITH:
        count = sum(takedown.standing in standings for takedown in takedowns)
        if count:
            parts.append(f"{count} {one if count == 1 else several}")
    total = len(takedowns)
    return f"{total} {'post is' if total == 1 else 'posts are'} to be removed: {', '.join(parts)}."


@requires_role("viewer")
def one_handoff(context: RequestContext) -> Response:
    """One hand-off: whom to ring, what was sent, and the forms by which somebody writes down what they heard."""
    return _show(context, _handoff(context))


@requires_role("reviewer", "governance")
def confirm(context: RequestContext) -> Response:
    """Writes down who has it, and when they said so."""
    handoff = _handoff(context)
    who = str(context.form.get("who", "")).strip()[:LONGEST]
    wrong = paths.name_fault(context, who, missing="Write who has it.", others=True)
    if wrong:
        return _show(context, handoff, fault=wrong, at_field="who")
    how = paths.HOW.get(str(context.form.get("how", "")), "")
    if not how and _asks_how(context, handoff):
        unknown = f"{_unreached(context, handoff)} Choose how they told you."
        return _show(context, handoff, fault=unknown, at_field="how")
    on = paths.day_of(context)
    when = paths.moment_of(paths.written(context, "when"), on) if paths.written(context, "when") else context.at if on == clock.local_day(context.at) else None  # fmt: skip
    wrong = paths.moment_fault(context, when, paths.began(context.store.cases.mentions(handoff.case), handoff.posts))  # fmt: skip
    if when is None or wrong:
        return _show(context, handoff, fault=wrong, at_field="when")
    if handoff.role == BREACHES and (moved := leak.counts_fault(context, handoff.case, when)):
        return _show(context, handoff, fault=moved, at_field="when", agrees=clock.text(when))
    day = str(context.form.get("answer_by", "")).strip()
    try:
        answer_by = clock.day(date.fromisoformat(day))[1] if day else None
    except (ValueError, OverflowError):
        return _show(context, handoff, fault="Choose a day, or none.", at_field="answer-by")
    if answer_by is not None and answer_by <= context.at:
        return _show(context, handoff, fault="Choose a day from today on.", at_field="answer-by")
    if handoff.state == "confirmed":
        return _confirm_further(context, handoff, paths.with_how(who, how), when)
    saved = context.store.handoff_steps.confirm(
        handoff.number,
        by=context.user.number,
        at=context.at,
        who=paths.with_how(who, how),
        when=when,
        answer_by=answer_by,
    )
    return _back(context, handoff, saved, "confirmed")


def _confirm_further(context: RequestContext, handoff: Handoff, who: str, when: datetime) -> Response:  # fmt: skip
    """A colleague wrote it down before: the same name is there already, and another is saved as one more by whoever read that."""
    standing = [step for step in handoff.heard if step.kind == "confirmed"]
    same = next((step for step in standing if f"{step.who}, ".casefold().startswith(f"{who}, ".casefold())), None)  # fmt: skip
    before = same or standing[-1]
    by = "You" if before.by == context.user.number else before.by_name or "Someone"
    wrote = f"{by} wrote down that they have confirmed, {clock.near_time(before.at, context.at)}: {before.who}."
    if same is not None:
        return _show(context, handoff, fault=f"{wrote} There is nothing left to save.", at_field="who", status=409)  # fmt: skip
    if context.form.get("further") != "yes":
        return _show(context, handoff, fault=f"{wrote} Yours ({who}, {clock.near_time(when, context.at)}) is not saved: save it as one more.", at_field="who", status=409)  # fmt: skip
    saved = context.store.handoff_steps.confirm_further(
        handoff.number, by=context.user.number, at=context.at, who=who, when=when
    )
    return _back(context, handoff, saved, "confirmed")


@requires_role("reviewer", "governance")
def answer(context: RequestContext) -> Response:
    """Writes down what they said; the case is then somebody's to decide."""
    handoff = _handoff(context)
    note = str(context.form.get("note", "")).strip()[:LONGEST]
    if is_no_name(note):
        return _show(context, handoff, fault="Write what they said.", at_field="note")
    if _asks_whether_taken(context, handoff):
        takes = str(context.form.get("takes", ""))
        if takes not in ("yes", "no"):
            return _show(context, handoff, fault="Choose whether they have it.", at_field="takes")
    if context.form.get("takes") == "no":
        return _refuse(context, handoff, note)
    if _REFUSES.search(note) and context.form.get("sure") != "yes":
        return _show(context, handoff, fault="That reads as if they don’t take it. Then press “They don’t take it”: the case is open again. If they answered, save once more.", at_field="note")  # fmt: skip
    saved = context.store.handoff_steps.answer(
        handoff.number, by=context.user.number, at=context.at, note=note
    )
    return _back(context, handoff, saved, "answered")


def _refuse(context: RequestContext, handoff: Handoff, note: str) -> Response:
    """They don’t take it: it waits again, whoever is next is told, and a step that says that they have it holds no more."""
    store, by = context.store, context.user.number
    with store.path_steps.together():
        saved = store.handoff_steps.refuse(handoff.number, by=by, at=context.at, note=note)
        for path in store.path_steps.of_case(handoff.case) if saved and handoff.state == "confirmed" else ():  # fmt: skip
            has_it = path.standing.get("has_it")
            if has_it is not None:
                store.path_steps.take_back(has_it.number, by=by, at=context.at, seen=path.version)
    return _back(context, handoff, saved, "refused")


def _asks_whether_taken(context: RequestContext, handoff: Handoff) -> bool:
    """Whether what a team answers about danger ends its clock alone where they say that they have it: of one of those that must know."""
    return handoff.danger and begun.is_of_team(context.store, handoff)


@requires_role("reviewer")
def chase(context: RequestContext) -> Response:
    """Emails the team once more, now."""
    handoff = _handoff(context)
    try:
        saved = context.store.handoff_steps.chase_now(
            handoff.number, by=context.user.number, at=context.at
        )
    except StoreError as error:
        return _show(context, handoff, fault=f"{sentence(str(error))}.")
    return _back(context, handoff, saved, "chased")


@requires_role("reviewer", "governance")
def again(context: RequestContext) -> Response:
    """They don’t have it after all: it waits again, and its clocks go on."""
    handoff = _handoff(context)
    saved = context.store.handoff_steps.wait_again(
        handoff.number, by=context.user.number, at=context.at
    )
    return _back(context, handoff, saved, "again")


@requires_role("reviewer")
def take_back(context: RequestContext) -> Response:
    """Undoes the decision that passed it on: the case is open again, and the team is told."""
    handoff = _handoff(context)
    case = context.store.cases.get(handoff.case)
    if case is None:
        raise HTTPException(404)
    decision = CaseDecision(
        case=handoff.case,
        kind="undo",
        by=context.user.number,
        at=context.at,
        undoes=handoff.version,
    )
    try:
        saved = context.store.cases.decide(decision, case.version)
    except StoreError as error:
        return _show(context, handoff, fault=f"{sentence(str(error))}.")
    if not saved:
        return _back(context, handoff, saved, "")
    return RedirectResponse(f"/cases/{handoff.case}?saved={handoff.case}.{case.version + 1}", 303)


def _asks_how(context: RequestContext, handoff: Handoff) -> bool:
    """Whether neither an email that left nor a call that is written down tells how they heard of it."""
    rang = any(step.is_to_team and step.outcome == SPOKE for path in context.store.path_steps.of_case(handoff.case) for step in path.calls)  # fmt: skip
    return handoff.state == "waits" and asked.last_email(handoff) != "sent" and not rang


def _unreached(context: RequestContext, handoff: Handoff) -> str:
    """That no email of ours has left and no call that is written down reached them."""
    calls = asked.calls(context, handoff, role_of(context.config, handoff.role))
    return f"No email to them has left, and {'no call that is written down reached them' if calls else 'nobody wrote down that they rang'}."


def _following(context: RequestContext, case: int) -> int | None:
    """The next case, for whoever decides."""
    return decide.next_case(context, case) if context.may("reviewer") else None


def _show(
    context: RequestContext, handoff: Handoff, *, fault: str = "", at_field: str = "", status: int = 422, agrees: str = ""
) -> Response:  # fmt: skip
    return page(
        context, "desk/handoff.html", reported=_reported(context, handoff), not_told=_not_told(context, [handoff]).get(handoff.case, ()), status=status if fault else 200, one=asked.shown(context, handoff), steps=asked.STEPS, mail=asked.MAIL,
        emailed=asked.last_email(handoff), emailed_at=next((step.sent_at for step in reversed(handoff.steps) if step.kind in ("sent", "chased") and step.sent_at), None), soon=mails.leaves_soon(context, handoff), follows=mails.follows(context, handoff), to_next=mails.next_person(context, handoff, name=mails.NEXT_PERSON), following=_following(context, handoff.case),
        saved=context.request.query_params.get("saved", ""),
        fault=fault, at_field=at_field, agrees=agrees, form=context.form, phones=phones, now=clock.local(context.at)[-5:],
        new=context.request.query_params.get("new") == "yes", reads=context.may("reviewer") or context.may("governance"),
        today=clock.local_day(context.at), every=context.config.schedule.deliver_every_minutes,
        case=context.store.cases.get(handoff.case), email=_email(context, handoff), done=begun.of_case(context, handoff.case), typed=_typed(context) if status == 409 else (), asks_how=_asks_how(context, handoff), asks_whether_taken=_asks_whether_taken(context, handoff), unreached=_unreached(context, handoff), hows=paths.HOW,
    )  # fmt: skip


def _reported(context: RequestContext, handoff: Handoff) -> Sequence[Takedown]:
    """The posts of a hand-off about a page in our name, with whether their platform was asked to take it down."""
    if pane.IMPERSONATES not in handoff.flags:
        return ()
    posts = {post for post, _ in handoff.posts}
    return [each for each in context.store.takedowns.of_case(handoff.case) if each.mention in posts]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailShown:
    """An email to a team, word for word: as it left, or as it would leave now. `is_kept`: it is what was sent, and not written anew."""

    subject: str
    text: str
    is_kept: bool = False


def _email(context: RequestContext, handoff: Handoff) -> EmailShown | None:
    """The first email to the team, word for word as it left, or as it leaves, for whoever may read what it was sent; None where it is sent none."""
    role = role_of(context.config, handoff.role)
    if not role.email or not (context.may("reviewer") or context.may("governance")):
        return None
    if role.type in ("police", "employer", "guardian"):
        return None
    first = next((step for step in handoff.steps if step.kind == "sent"), None)
    if first is not None and first.sent_text:
        return EmailShown(subject=first.sent_subject, text=first.sent_text, is_kept=True)
    if first is not None and first.mail == "withdrawn":
        return None
    at = (first.sent_at if first is not None else None) or context.at
    mail = letter(context.store, context.config, context.app.policy, handoff, "sent", at=at)
    return EmailShown(subject=mail.subject, text=mail.text)


def _typed(context: RequestContext) -> list[str]:
    """What a form that was refused held in words, so that nobody has to remember it: who has it, when, what they said."""
    who, when, note = (paths.written(context, name) for name in ("who", "when", "note"))
    return [each for each in (f"{who}, {when}" if who and when else who, note) if each]


def _outran(context: RequestContext, handoff: Handoff) -> str:
    """Who changed it meanwhile, how and when, and that this was not saved."""
    last = next((step for step in reversed(handoff.steps) if step.by is not None), None)
    did = {"confirmed": "wrote down that they have confirmed", "answered": "wrote down what they said", "waits again": "set it to wait again", "taken back": "took it back", "chased": "chased them"}  # fmt: skip
    if last is None or last.kind not in did:
        return (
            "Someone changed this while you looked. Yours was not saved: see where it stands now."
        )
    return f"{last.by_name or 'Someone'} {did[last.kind]}, {clock.near_time(last.at, context.at)}, while you looked. Yours was not saved: see where it stands now."


def _back(context: RequestContext, handoff: Handoff, saved: bool, what: str) -> Response:
    if not saved:
        now = context.store.handoffs.get(handoff.number) or handoff
        fault = _outran(context, now)
        return _show(context, now, fault=fault, status=409)
    saved_as = f"saved={what}-{handoff.case}"
    if what == "answered" and context.may(
        "reviewer"
    ):  # it is somebody's to decide, with their words over it
        return RedirectResponse(f"/cases/{handoff.case}?answered={handoff.number}", 303)
    if what in ("confirmed", "again", "refused"):
        return RedirectResponse(f"/waiting/{handoff.number}?{saved_as}", 303)
    return RedirectResponse(f"/waiting?{saved_as}", 303)


def _handoff(context: RequestContext) -> Handoff:
    handoff = context.store.handoffs.get(context.request.path_params["number"])
    if handoff is None:
        raise HTTPException(404)
    return handoff
