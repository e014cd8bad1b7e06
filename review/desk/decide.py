"""What a person decides of a post, or of several that they ticked: checked, saved with what they saw, and on to the next case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review.auth.sessions import requires_role
from review.cases import actions
from review.context import RequestContext
from review.desk import asked, moments, pane, questions, shell, sorting, today, untold
from review.desk.suggestions import (
    CHOICES,
    CLOSES,
    DISMISSES,
    ENDS,
    LEAVES_UNANSWERED,
    TEAM_ANSWERED,
    WHY_NOT,
    Choice,
    whys_of,
)
from review.desk.today import Asking
from review.replies import panel
from review.team import colleagues
from steps.reasons import SAYS_NOTHING, says_nothing
from store import Case, CaseDecision, CaseMention, Item, Teamwork
from store.cases.endings import untold_words

LONGEST = 4000  # characters of a note or a question
STOPS_CLOCKS = (
    "watch",
    "not_us",
)  # what closes a post without a word to whoever waits: what it stops is said first


@requires_role("reviewer")
def decide(context: RequestContext) -> Response:
    """Saves the decision and goes on to the next case; says what is missing, what it will do, or who was faster."""
    if "do" not in context.form:  # the form of the whole case
        return actions.decide(context)
    return by_form(context, case_of(context))


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A post that nobody has decided on, as a form of another page names it."""

    case: int
    version: int
    value: str
    clock: bool = False  # one runs, and stops once it is hidden or reported


def undecided(context: RequestContext, item: Item) -> Undecided | None:
    """What a page that hides or reports a post needs to decide on it too; None where that is done, or not theirs to do."""
    number = context.store.cases.of_mention(item.number) if context.may("reviewer") else None
    case = context.store.cases.get(number) if number is not None else None
    if case is None:
        return None
    post = next((each for each in context.store.cases.mentions(case.number) if each.item.number == item.number), None)  # fmt: skip
    if post is None or not post.reviewable or post.decided:
        return None
    runs_on = item.number in context.store.cases.untold(case.number)
    value = f"{item.number}:{item.revision}"
    return Undecided(case=case.number, version=case.version, value=value, clock=questions.clock_runs((post,)) and not runs_on)  # fmt: skip


def take_unassigned(context: RequestContext, number: int) -> None:
    """Gives a case that nobody has to whoever did a part of it, so that it stands in Mine until it is decided."""
    case, me = context.store.cases.get(number), context.user.number
    work = context.store.assignments.teamwork((number,)).get(number, Teamwork())
    if case is not None and case.state != "done" and work.assigned is None and not case.protected:
        context.store.assignments.assign(number, me, by=me, at=context.at, seen=work.seen)


def by_form(context: RequestContext, case: Case) -> Response:
    """Decides on posts of a case by the fields `do`, `posts` and `version` of a form, of whichever page."""
    choice = CHOICES.get(str(context.form.get("do", "")))
    posts = posts_of(context)
    if choice is None or choice.kind is None:
        return today.show(context, case, fault="Choose what to do.", status=422)
    if _number(context, "version") != case.version:
        return _overtaken(context, case)
    if not posts:
        return today.show(context, case, fault="Tick the posts that it is for.", status=422)
    mentions = [each for each in context.store.cases.mentions(case.number) if each.reviewable]
    covered = [each for each in mentions if (each.item.number, each.item.revision) in posts]
    if len(covered) < len(posts):
        return _overtaken(context, case)
    came = posts[0][0] if len(posts) == 1 else None
    if sorting.note_look(
        context, case.number
    ):  # what it is counts, and no longer that nobody had looked
        case = context.store.cases.get(case.number) or case
        covered = [each for each in context.store.cases.mentions(case.number) if each.reviewable and (each.item.number, each.item.revision) in posts]  # fmt: skip
    if choice.key in ENDS:
        refused = untold_words(
            context.store.cases.untold(case.number), [number for number, _ in posts]
        )
        if refused:
            return today.show(context, case, came=came, fault=f"{sentence(refused)}.", status=422)
    if choice.key == "closed" and not _answered_by(context, case, covered):
        return today.show(context, case, came=came, fault="No team has answered it: choose what to do.", status=422)  # fmt: skip
    asking = _asks(context, case, choice, covered)
    if asking is not None and _fills_page(context, asking):
        query = {"ask": choice.key, "posts": _values(posts), "lane": shell.lane_asked(context), "next": str(shell.going_on(context) or "")}  # fmt: skip
        return RedirectResponse(f"/cases/{case.number}?{urlencode({name: value for name, value in query.items() if value}, doseq=True)}", 303)  # fmt: skip
    if asking is not None:
        return today.show(context, case, came=came, asking=asking, status=422 if asking.fault else 200)  # fmt: skip
    return _save(context, case, choice, posts, covered)


def _fills_page(context: RequestContext, asking: Asking) -> bool:
    """Whether a question fills a page of the browser, where no script sent the form: it gets an address, to which Back leads again.

    Not where something was typed, or is wrong: no word of anybody's stands in an address.
    """
    first = not asking.fault and context.form.get("asked") != "yes" and not _has_words(context)
    return first and context.request.headers.get("sec-fetch-dest") == "document"


@requires_role("viewer")
def case_page(context: RequestContext) -> Response:
    """The case; with `ask` in its address the question before that decision, while its posts wait as they were."""
    params = context.request.query_params
    choice = CHOICES.get(params.get("ask", ""))
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None or choice is None or choice.kind is None or not context.may("reviewer"):
        return today.case(context)
    posts = _pairs(params.getlist("posts"))
    covered = [
        each
        for each in context.store.cases.mentions(case.number)
        if each.reviewable and not each.decided and (each.item.number, each.item.revision) in posts
    ]
    asking = _asks(context, case, choice, covered) if covered and len(covered) == len(posts) else None  # fmt: skip
    if asking is None:
        return today.case(context)
    return today.show(context, case, came=posts[0][0] if len(posts) == 1 else None, asking=asking)


def _save(
    context: RequestContext, case: Case, choice: Choice, posts: Sequence[tuple[int, int]], covered: Sequence[CaseMention]
) -> Response:  # fmt: skip
    came = posts[0][0] if len(posts) == 1 else None
    assert choice.kind is not None
    reply = panel.out(context, covered) if choice.kind == "respond" and _has_words(context) else None  # fmt: skip
    if reply is not None and reply.fault:
        return today.show(
            context, case, came=came, fault=f"{reply.fault}.", reply=reply, status=422
        )
    following = next_case(
        context, case.number
    )  # before another of its posts gives the case another place
    try:
        decision = CaseDecision(
            case=case.number, kind=choice.kind, by=context.user.number, at=context.at, covers=tuple(posts),
            labels=choice.labels, reason=untold.add(_why(context, choice, covered) + _who_said(context, choice, covered), _untold(context, case, choice, covered)), why=_ready(context, choice, covered),
            until=clock.day(date.fromisoformat(_until(context)))[0] if choice.asks == "until" else None,
            duplicate_of=_other(context) if choice.asks == "case" else None,
            suggested=_suggested(context, case, choice, posts),
        )  # fmt: skip
        if reply is not None:
            saved = context.store.replies.record(
                decision, case.version, text=reply.text, link=reply.link, template=reply.template
            )
        elif choice.kind == "respond":  # in words that they wrote there, of which we have none
            saved = context.store.replies.record_without_words(decision, case.version)
        else:
            saved = actions.keep(context, decision, case.version)
    except (StoreError, ValueError) as error:
        fault = f"{sentence(str(error))}."
        wanting = Asking(choice=choice, posts=_values(posts), fault=fault, field=choice.asks, days=_days(context, covered) if choice.asks == "until" else ()) if choice.asks else None  # fmt: skip
        return today.show(context, case, came=came, fault="" if wanting else fault, asking=wanting, status=422)  # fmt: skip
    if not saved:
        return _overtaken(context, case)
    going_on = choice.kind not in ("snooze", "second_opinion", "duplicate")
    return go_to(context, following, case.number, case.version + 1, stays=going_on)


def _suggested(
    context: RequestContext, case: Case, choice: Choice, posts: Sequence[tuple[int, int]]
) -> str:
    """What the page suggested; whoever answered already did not overrule that it be answered."""
    shown = pane.suggested(context, case, posts)
    return "" if choice.key == "already" and shown != "already" else shown


def next_case(context: RequestContext, case: int) -> int | None:
    """The next case down from one that nobody else has, in the lanes that are listed."""
    if context.guardians:
        return None
    number = shell.going_on(context)
    next_one = context.store.cases.get(number) if number not in (None, case) else None
    if next_one is not None and _waits_for(context, next_one):
        return next_one.number
    return context.store.lanes.next_after(
        case, user=context.user.number, at=context.at, lanes=shell.chosen_lanes(context)
    )  # fmt: skip


def _waits_for(context: RequestContext, case: Case) -> bool:
    """Whether a case still stands in the lanes that are listed, and nobody else has it."""
    looked = case.claimed_until is not None and case.claimed_until > context.at
    free = not looked or case.claimed_by in (None, context.user.number)
    work = context.store.assignments.teamwork((case.number,)).get(case.number, Teamwork())
    mine = work.assigned is None or work.assigned.to in (None, context.user.number)
    leads = (free and mine) or context.store.lanes.is_unbegun(case.number)
    return context.sees(case) and case.lane in shell.chosen_lanes(context) and leads


def onward(context: RequestContext, case: int, version: int) -> Response:
    """To the next case that nobody else has, with what was saved; to the list where there is none."""
    return go_to(context, next_case(context, case), case, version, stays=True)


def go_to(
    context: RequestContext, following: int | None, case: int, version: int, *, sent: bool = False, stepped_back: bool = False,
    stays: bool = False,
) -> Response:  # fmt: skip
    """To that case, or to the list where there is none, with what was saved of another.

    `sent` to the Guardian, `stepped_back`: it is out of this person's sight. `stays`: with the same case, while another
    of its posts waits in the lanes that are listed.
    """
    if sent:
        sorting.sort_at_once(context, case)
    if context.guardians:
        return RedirectResponse("/guardian", 303)
    after = None
    if stays and following != case and still_open(context, case):
        following, after = case, following
    saved = f"{case}.sent" if sent else f"{case}.stepped" if stepped_back else f"{case}.{version}"
    params = {"lane": shell.lane_asked(context), "saved": saved, "next": str(after or "")}
    query = urlencode({name: value for name, value in params.items() if value})
    return RedirectResponse(f"/cases/{following}?{query}" if following else f"/today?{query}", 303)


def still_open(context: RequestContext, number: int) -> bool:
    """Whether a case of several posts has one left that waits in the lanes that are listed: it is decided to its end first."""
    case = context.store.cases.get(number)
    if case is None or not context.sees(case) or case.lane not in shell.chosen_lanes(context):
        return False
    return any(
        each.reviewable and not each.decided and not each.item.deleted
        for each in context.store.cases.mentions(number)
    )


@requires_role("reviewer")
def draft(context: RequestContext) -> Response:
    """The case again, with other words in the box or with what was found in those that stand in it. Nothing is saved."""
    if "desk" not in context.form:
        return actions.draft(context)
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        return panel.left(context)
    number = pane.answering(context)
    mentions = [each for each in context.store.cases.mentions(case.number) if each.item.number == number and each.reviewable]  # fmt: skip
    if not mentions:
        return _overtaken(context, case)
    if context.form.get("leave") == "yes":  # back from a question, nothing saved and nothing lost
        return today.show(context, case, came=number, reply=panel.typed(context))
    takes = context.form.get("use") or context.form.get("line")
    reply = panel.chosen(context) if takes else panel.checked(context, mentions)
    fault = f"{reply.fault}." if reply.fault else ""
    return today.show(context, case, came=number, fault=fault, reply=reply, status=422 if fault else 200)  # fmt: skip


def _asks(
    context: RequestContext, case: Case, choice: Choice, covered: Sequence[CaseMention]
) -> Asking | None:
    """What is still to be answered; None where it can be saved."""
    form = context.form
    values = _values([(each.item.number, each.item.revision) for each in covered])
    answered = form.get("asked") == "yes"

    grave = context.store.cases.grave(case.number, [each.item.number for each in covered])

    def ask(field: str, fault: str) -> Asking:
        whole_page = choice.asks == "until"  # the day and the reason are asked for together
        days = _days(context, covered) if whole_page else ()
        wrong = fault if answered and (whole_page or form.get("of", field) == field) else ""
        return Asking(choice=choice, posts=values, field=field, fault=wrong, days=days, why_too=bool(whole_page and grave and choice.key in CLOSES), untold=_untold(context, case, choice, covered), about=questions.about(covered), who_said=_may_rest_on_word(context, choice, covered))  # fmt: skip

    if wanting := _wanting(context, choice, covered):
        return ask(*wanting)
    if (
        choice.key in LEAVES_UNANSWERED
        and not _why(context, choice, covered)
        and questions.clock_runs(covered)
    ):
        return ask("why", "Choose why. The clock is running.")
    if (choice.key in WHY_NOT or (choice.key == "none" and questions.is_speaking_up(covered))) and not _why(context, choice, covered):  # fmt: skip
        return ask("why", "Choose why.")
    if wrong := _who_fault(context, choice, covered):
        return ask("why", wrong)
    if (choice.key in WHY_NOT or grave) and _own(context) and says_nothing(_own(context)):
        return ask("why", f"{SAYS_NOTHING}.")
    if choice.key in CLOSES and grave and not _said(context, choice, covered):
        return ask("why", f"Choose why. {questions.how_grave(covered)}.")
    wrong = questions.alleged(each.item for each in covered)
    if choice.key in DISMISSES and wrong and not _said(context, choice, covered):
        return ask("why", f"Choose why. {wrong}.")
    if (unheard := _untold(context, case, choice, covered)) and not _said(context, choice, covered):
        return ask("why", f"Choose why. {unheard} has not been told.")
    if choice.key == "answered" and panel.asks_what_went_out(context, covered):
        return ask("out", "Choose which words went out.")
    unsaid = choice.key in STOPS_CLOCKS and not _said(context, choice, covered)
    stops = unsaid and questions.clock_runs(covered)
    if (len(covered) > 1 or stops) and form.get("sure") != "yes":
        return Asking(choice=choice, posts=values, preview=True)
    return None


def _wanting(
    context: RequestContext, choice: Choice, covered: Sequence[CaseMention]
) -> tuple[str, str] | None:
    """The field of a choice that was not filled in, and what to say of it."""
    form = context.form
    if choice.asks == "until":
        if not _is_day(context):
            return "until", "Choose a day after today."
        until = clock.day(date.fromisoformat(_until(context)))[0]
        if late := questions.until_fault(context, until, covered):
            return "until", f"{late}."
    if choice.asks == "case" and _other(context) is None:
        return "case", "Write the number of the other case, such as 12."
    if choice.asks == "colleague":
        if not form.get("colleague"):
            return "colleague", "Choose whom to ask."
        if not str(form.get("question", "")).strip():
            return "question", "Write what you want to know."
    return None


def _why(context: RequestContext, choice: Choice, covered: Sequence[CaseMention]) -> str:
    """Why nothing is done, in the words of the form; what else a person wrote."""
    why = _said(context, choice, covered)
    if choice.key == "already":
        return f"{choice.label}: {why}" if why else choice.label
    if choice.key == "closed":
        case = context.store.cases.get(context.request.path_params["number"])
        return f"{TEAM_ANSWERED}: {_answered_by(context, case, covered)}" if case else why
    return why or (choice.label if choice.labels and choice.key not in WHY_NOT else "")


def _rests_on_word(context: RequestContext, choice: Choice, covered: Sequence[CaseMention]) -> bool:
    """Whether danger, a threat or a leak is closed since others have it, by a ready reason or by their own words."""
    if choice.key == "closed" or choice.key not in (
        *CLOSES,
        *WHY_NOT,
    ):  # what a team answered stands in its hand-off
        return False
    ready = str(context.form.get("why", ""))
    return questions.rests_on_word(choice.labels, _flags(context, covered), ready, _own(context))


def _may_rest_on_word(
    context: RequestContext, choice: Choice, covered: Sequence[CaseMention]
) -> bool:
    """Whether it is danger, a threat or a leak, and one of the ready reasons is that others have it."""
    ready = questions.HANDLED in whys_of(choice.key, questions.about(covered))
    return ready and questions.rests_on_word(choice.labels, _flags(context, covered), questions.HANDLED, "")  # fmt: skip


def _flags(context: RequestContext, covered: Sequence[CaseMention]) -> frozenset[str]:
    """The flags of these posts, by the last word of people."""
    history = context.store.cases.history(context.request.path_params["number"])
    return frozenset(flag for each in covered for flag in pane.flags_of(each.item, history))


def _who_fault(context: RequestContext, choice: Choice, covered: Sequence[CaseMention]) -> str:
    """What is wrong with who said so, or with when; "" where nothing is, and for whatever else is decided."""
    return moments.who_said_fault(context, covered) if _rests_on_word(context, choice, covered) else ""  # fmt: skip


def _who_said(context: RequestContext, choice: Choice, covered: Sequence[CaseMention]) -> str:
    """Who said that others have it, and when, as the reason goes on; "" of whatever else is decided."""
    return moments.who_said(context) if _rests_on_word(context, choice, covered) else ""


def _said(context: RequestContext, choice: Choice, covered: Sequence[CaseMention]) -> str:
    """A reason that somebody chose or wrote; "" where they did neither."""
    if choice.key == "closed":  # what the team said is the reason
        return _own(context) or TEAM_ANSWERED
    whys = whys_of(choice.key, questions.about(covered))
    return _own(context) or whys.get(str(context.form.get("why", "")), "")


def _answered_by(context: RequestContext, case: Case, covered: Sequence[CaseMention]) -> str:
    """The team that answered what it was passed of these posts, by its name; "" where none did for each of them."""
    posts = {each.item.number for each in covered}
    answered = [
        each for each in asked.of_case(context, case)
        if each.of.state == "answered" and posts <= {post for post, _ in each.of.posts}
    ]  # fmt: skip
    return answered[-1].team if answered else ""


def _own(context: RequestContext) -> str:
    """A reason in somebody's own words."""
    return str(context.form.get("other", "")).strip()[:LONGEST]


def _untold(
    context: RequestContext, case: Case, choice: Choice, covered: Sequence[CaseMention]
) -> str:
    """The team that was not told of what somebody says that it is none, or that there is nothing in it; "" where it was, and for any other choice."""
    if choice.key == "none":  # whoever says that the team has it says that it need not be told
        known = not _own(context) and context.form.get("why") == "handled"
        return "" if known else questions.unheard_team(context, case, covered)
    if choice.key not in WHY_NOT:
        return ""
    return questions.denied_team(context, case, choice.labels, covered)


def _ready(context: RequestContext, choice: Choice, covered: Sequence[CaseMention]) -> str:
    """The ready reason that was chosen, in the words of the form; "" where a person wrote their own."""
    return "" if _own(context) else _why(context, choice, covered)


def _is_day(context: RequestContext) -> bool:
    try:
        return clock.day(date.fromisoformat(_until(context)))[0] > context.at
    except (ValueError, OverflowError):
        return False


def _until(context: RequestContext) -> str:
    """The day to bring a case back on: the date that was written, else the day that was chosen."""
    return str(context.form.get("until", "")) or str(context.form.get("day", ""))


def _days(context: RequestContext, covered: Sequence[CaseMention]) -> list[tuple[str, str]]:
    """Tomorrow and the Monday after it, while the posts are there, as a form holds them and in words."""
    today_ = clock.local_day(context.at)
    tomorrow = today_ + timedelta(days=1)
    monday = tomorrow + timedelta(days=7 - tomorrow.weekday())
    days = [(tomorrow.isoformat(), f"Tomorrow, {tomorrow:%a} {tomorrow.day} {tomorrow:%b}")]
    if clock.day(monday)[0] <= questions.latest(context, covered):
        days.append((monday.isoformat(), f"Monday, {monday.day} {monday:%b}"))
    return days


def _other(context: RequestContext) -> int | None:
    """The case that covers this one, as somebody typed it, or chose it among those that are offered."""
    written = str(context.form.get("other_case", "")).strip() or str(context.form.get("other_like", ""))  # fmt: skip
    typed = written.strip().lower().removeprefix("case").strip(" #")
    return int(typed) if typed.isdecimal() and len(typed) < 12 else None


def _has_words(context: RequestContext) -> bool:
    return bool(str(context.form.get("reply", "")).strip())


def posts_of(context: RequestContext) -> tuple[tuple[int, int], ...]:
    """The posts that a form names, each with the revision of the words that were on the page."""
    return _pairs(context.form.getlist("posts"))


def _pairs(values: Sequence[object]) -> tuple[tuple[int, int], ...]:
    pairs = (re.fullmatch(r"([0-9]{1,11}):([0-9]{1,8})", str(value)) for value in values)
    return tuple(dict.fromkeys((int(pair[1]), int(pair[2])) for pair in pairs if pair))


def _values(posts: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    return tuple(f"{number}:{revision}" for number, revision in posts)


def _overtaken(context: RequestContext, case: Case) -> Response:
    """Nothing was saved: a colleague was faster, or a post was edited. What was typed stands in the form."""
    history = context.store.cases.history(case.number)
    last = history[-1] if history else None
    if last is not None and last.version > _number(context, "version"):
        return today.show(context, case, overtaken=last, status=409)
    fault = "A post was edited or left this case while you looked. Yours was not saved: read it again, then decide."
    return today.show(context, case, fault=fault, status=409)


@requires_role("reviewer")
def undo(context: RequestContext) -> Response:
    """Takes back one decision, which stays in the history, and opens its case again."""
    if "desk" not in context.form:
        return actions.undo(context)
    case = case_of(context)
    decision = CaseDecision(
        case=case.number, kind="undo", by=context.user.number, at=context.at, undoes=_number(context, "undoes"),
    )  # fmt: skip
    try:
        saved = context.store.cases.decide(decision, _number(context, "version"))
    except StoreError as error:
        return today.show(context, case, fault=f"{sentence(str(error))}.", status=422)
    if not saved:
        return _overtaken(context, case)
    lane = shell.lane_asked(context)
    lane_part = f"lane={lane}&" if lane else ""
    return RedirectResponse(f"/cases/{case.number}?{lane_part}saved={case.number}.{case.version + 1}", 303)  # fmt: skip


@requires_role("reviewer")
def take(context: RequestContext) -> Response:
    """Takes a case, over from a colleague too where that is one's to do: it is one's own until it is done or given back."""
    return _hand(context, context.user.number)


@requires_role("reviewer")
def give(context: RequestContext) -> Response:
    """Gives a case back, so that Next leads to it again."""
    return _hand(context, None)


def _hand(context: RequestContext, to: int | None) -> Response:
    case = case_of(context)
    number, me = case.number, context.user.number
    work = context.store.assignments.teamwork((number,)).get(number, Teamwork())
    has = work.assigned.to if work.assigned else None
    if to is None and has == me and context.form.get("sure") != "yes" and (asks := _unconfirmed(context, number)):  # fmt: skip
        return today.show(context, case, giving=asks, status=409)
    if has != to:
        may = colleagues.may_take if to == me else colleagues.may_hand
        if not may(context, colleagues.team(context), case, work.assigned):
            name = pane.names(context).get(has or 0, "Someone")
            return today.show(context, case, fault=f"{name} has it: they or a lead can hand it on. You can still decide it.", status=403)  # fmt: skip
        try:
            saved = context.store.assignments.assign(number, to, by=me, at=context.at, seen=_number(context, "seen"))  # fmt: skip
        except StoreError as error:
            return today.show(context, case, fault=f"{sentence(str(error))}.", status=422)
        if saved and to == me:
            sorting.note_look(context, number)
        if not saved:
            return today.show(context, case, fault="Someone took or gave it while you looked. See who has it now.", status=409)  # fmt: skip
    if to == me and case.claimed_by not in (None, me):
        context.store.claims.release(number, case.claimed_by or 0)
    return RedirectResponse(today.given_back(context, number) if to is None else today.way(context, number), 303)  # fmt: skip


def _unconfirmed(context: RequestContext, number: int) -> str:
    """What is asked before danger is given back that no team has confirmed: how far that is; "" of any other case."""
    if all(each.case != number for each in context.store.cases.open_dangers()):
        return ""
    stands = asked.standings(context, (number,)).get(number)
    if stands is None:
        return "No team that must know has been told"
    return stands.words(partial(clock.near_time, at=context.at))


@requires_role("viewer")
def preferences(context: RequestContext) -> Response:
    """Turns single keys or the highlight on or off for this person, and goes back to where they were."""
    wanted = {
        name: context.form.get(name) == "on" for name in ("keys", "marks") if name in context.form
    }
    context.store.users.save_preferences(
        context.user.number, {**context.user.preferences, **wanted}
    )
    back = str(context.form.get("back", ""))
    return RedirectResponse(
        back if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", back) else "/today", 303
    )


def case_of(context: RequestContext) -> Case:
    case = context.store.cases.get(context.request.path_params["number"])
    if case is None:
        raise HTTPException(404)
    return case


def _number(context: RequestContext, name: str) -> int:
    digits = str(context.form.get(name, ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else -1
