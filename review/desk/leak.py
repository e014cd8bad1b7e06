"""Dealing with a leak: a patient's details are confirmed, hidden, told to information governance, followed and recorded.

All of it is one page, each step a form of its own. What the platforms, the hand-off and the 72-hour clock know already
is read from there; the page keeps what only a person knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import zip_longest
from typing import Literal

from starlette.responses import Response

from classify.pid.vocabulary import ILL
from collectors.integration import ReportRoute
from core import clock
from core.deaths import tells_of_death
from core.text import sentence
from core.worries import flags_told
from reports.handoffs import BY_DAY, LATE, PLACES, THEY_DIED, is_told_of, role_of
from review.auth.sessions import requires_role
from review.cases import deadlines
from review.cases.highlight import BLANK
from review.context import RequestContext
from review.desk import decide, mails, paths, rows, sorting, untold
from review.desk.harm import complains, needs_looking_into, needs_safeguarding, tells_of_harm
from review.desk.pane import PostShown
from review.desk.paths import Line, Refused, Scene, Team
from review.desk.phones import of_team, order
from review.desk.suggestions import WHY_NOT
from review.desk.teams import DEATH, HARM
from review.desk.wrote_again import wrote_again
from review.moderation import actions, moderate, report
from review.moderation.moderate import Choice
from review.rendering import page
from review.wording import SHORT_NAMES
from steps.lanes import DETAILS
from steps.models import ACTIONS, CHANGED, DONE, GONE, Offered, can_be_hidden
from steps.reasons import says_nothing
from store import CaseDecision, Clock, Handoff, Item, Moderation, PathStep, Takedown, TakedownStep
from store.cases.deadlines import REPORT_WITHIN
from store.cases.outcomes import LEAK_DEALT
from store.cases.sight import GUARDIAN
from store.cases.takedowns import HIDES

FLAG = "pid"
TEAM, TEAM_NAME = "information_governance", "Information governance"
RULE = "6.10"  # the policy's clause on details of patients
# What may be disclosed of a patient, in the order in which it is said. Masks tell all but the last three.
HEALTH, PICTURE, TREATED = "health details", "picture", "where they are treated"
AREA, AREA_MASK = (
    "home area",
    "area",
)  # of somebody: where they live, less closely than by an address
KINDS = tuple(dict.fromkeys(("name", *DETAILS.values(), AREA, HEALTH, PICTURE, TREATED)))
_BY_WORDS = (
    (HEALTH, re.compile(
        r"\b(?:hiv|cancer\w*|tumou?rs?|liver|kidneys?|transplant|diabet\w*|pregnan\w*|miscarr\w*|abortion|strokes?|overdos\w*|dementia|alzheimer\w*"
        r"|psycho\w*|schizo\w*|bipolar|depress\w*|sectioned|diagnos\w*|(?:test|scan|blood) results?|ultrasound|chemo\w*|amputat\w*|std|sti)\b|\[(?:health )?details\b", re.I,
    )),
    (TREATED, re.compile(r"\b(?:ward|bay \d+|bed \d+|clinic|hospital|theatre|a ?& ?e|intensive care|icu|hospice|maternity|labour ward)\b|\[(?:[a-z ]+ and )?place of care\b", re.I)),
)  # fmt: skip
REASON = "A patient’s details, which must not stay public"
TAKEN_BACK = "Taken back: it was not hidden by hand after all"
COPIES_SHOWN = 8
DAYS_BEFORE = (
    30  # that the form offers for when we first knew, of what nobody knows when it was posted
)
MOST_PATIENTS = 9999
LONGEST_HOW = 200  # characters of what says how a platform was asked
State = Literal["done", "sent", "unsent", "open", "todo", "later"]
STEPS = ("confirm", "hide", "tell", HARM, DEATH, "help", "copies", "record", "close")
HELPS, HELPS_NAME = "pals", "PALS"  # who looks after whoever asks for something in the same post
HURT, HURT_NAME = (
    "safeguarding",
    "Safeguarding",
)  # who looks into serious harm that the same post tells of
OURS = (
    "confirm",
    "hide",
    "tell",
    HARM,
    DEATH,
    "help",
    "copies",
)  # what an officer does; the rest waits for information governance
NAMES = {
    "confirm": "Confirm it", "hide": "Hide it on our page", "tell": "Tell information governance", HARM: "Tell Safeguarding of the harm", DEATH: "See that the death is looked into",
    "help": "Pass on what they ask for", "copies": "Ask for copies to be taken down", "record": "Record who is told", "close": "Close",
}  # fmt: skip
COMPLAINT = "See to the complaint"  # the same step where they complain and ask for no help
NO_ANSWER = "no answer needed"  # its outcome where nobody need answer
# Of what a form does the steps that it rests on, beside that it is a leak; what is not named rests on all of them.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "confirm": (), "known": ("known",), "by_hand": ("hide",), "not_by_hand": ("hide",), "reported": ("hide",), "tell": ("tell",), "told": ("tell",), HARM: (HARM,), "harm_told": (HARM,), DEATH: (DEATH,), "death_known": (DEATH,), "help": ("help",),
    "helped": ("help",), "no_answer": ("help",), "asked": (), "copies": ("copies",), "record": ("record", "noted"),
}  # fmt: skip
SAVED = {
    "confirm": "it is a leak. The 72 hours have started", "known": "when we first knew", "hide": "it is hidden", "unhide": "it is shown again", "by_hand": "you hid it there",
    "reported": "you reported it", "told": "they know, as you wrote", "tell": "it is passed on to information governance. They are told once the email has left", "has_it": "they have confirmed",
    HARM: "the harm is passed on to Safeguarding. They are told once the email has left", "harm_told": "Safeguarding knows of the harm, as you wrote",
    DEATH: "the death is passed on to PALS. You find it under Waiting", "death_known": "who looks into the death",
    "help": "it is passed on to PALS. You find it under Waiting", "helped": "who looks after it", "no_answer": "that it needs no answer, and why",
    "copies": "copies", "record": "what was decided. The 72 hours are over", "noted": "your note. The 72 hours run on",
    **{word: f"{line[0].lower()}{line[1:]}" for word, line in paths.TAKEN_BACK.items()},
    "not_leak": "it is not a leak",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """What can be done on the platform to one post: the gentlest `offer`, `undo` of what was done, or `why_not`.

    `route` and `wording` are for reporting it where nothing can be done from here. `after` is the number of what was last done.
    """

    post: PostShown
    last: Moderation | None
    hidden: bool
    reported: bool
    nowhere: bool  # nobody can look whether it is gone: no address of it is known
    unfollowed: bool  # only a person can, at the address that was noted
    offer: Offered | None
    undo: Offered | None
    why_not: str
    guarded: bool
    clause: str
    after: int
    route: ReportRoute
    wording: str
    ours: bool  # it stands on our page, where somebody can hide it by hand
    failed: str  # why the last try hid nothing, in plain words

    @property
    def by_hand(self) -> bool:
        """Whether somebody hid it there themselves."""
        return self.last is not None and self.last.why == actions.BY_HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A post elsewhere that may say the same."""

    item: Item
    case: int
    takedown: Takedown | None
    route: ReportRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """A step as the list shows it."""

    key: str
    name: str
    state: State


@requires_role("reviewer")
def leak(context: RequestContext) -> Response:
    """The steps, with the first that is to do open."""
    return _show(context)


@requires_role("reviewer")
def done(context: RequestContext) -> Response:
    """Does one step and comes back; says what is missing, or who was faster."""
    steps = {
        "confirm": _confirm, "known": _known, "not_leak": _not_leak, "hide": _hide, "by_hand": _by_hand, "not_by_hand": _not_by_hand, "reported": _reported, "tell": _tell,
        "told": _told, "has_it": _has_it, HARM: _harm, "harm_told": _harm_told, DEATH: _death, "death_known": _death_known, "help": _help, "helped": _helped, "no_answer": _no_answer, "asked": _asked, "copies": _copies, "record": _record, "close": _close,
        "back": _take_back,
    }  # fmt: skip
    response = paths.answer(context, steps, _show, outside=("hide",))
    context.store.cases.follow(paths.case_of(context).number, context.at)
    return response


# ── the steps ────────────────────────────────────────────────────────────────────────────────────


def _confirm(context: RequestContext) -> Response:
    now = _scene(context)
    _check_seen(context, now)
    covers = paths.posts(context)
    if not covers:
        raise Refused("Tick the posts that it is about.", at_field="posts")
    out = [kind for kind in KINDS if kind in context.form.getlist("out")]
    if not out:
        raise Refused("Tick what is out.", at_field="out")
    decision = paths.decision(context, now, "confirm", covers=covers, labels={FLAG: True})
    known, place = _known_at(context, now), _place(context, now)
    is_earlier = known.at < context.at.replace(second=0, microsecond=0)
    paths.save(context, now, "confirm", decision=decision, outcome=THEY_DIED if paths.written(context, "lives") == "no" else "a leak", note=", ".join(out), when=known.at if is_earlier and not known.outcome else None)  # fmt: skip
    if known.outcome:  # by itself, so that the hour can be written once it is known
        _save_known(context, _scene(context), known)
    if place is not None:
        paths.save(context, _scene(context), "place", outcome=place.name, note=place.patients)
    return paths.back(context, now, "confirm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where what a colleague told us of stands, and of how many patients, as an officer knows it: a number or ""."""

    name: str
    patients: str


def _place(context: RequestContext, now: Scene) -> Place | None:
    """What the form says of that; None where it says nothing, or asks nothing."""
    name, patients = paths.written(context, "place"), paths.written(context, "patients")
    if not _is_told_of(context, now) or not (name or patients):
        return None
    if name and name not in PLACES:
        raise Refused("Choose where it is, or leave it.", at_field="place")
    if patients and not (patients.isdecimal() and 0 < int(patients) <= MOST_PATIENTS):
        raise Refused(f"Write how many patients as a number, 1 to {MOST_PATIENTS}, or leave it empty.", at_field="patients")  # fmt: skip
    return Place(name=name or "not known", patients=patients)


def _is_told_of(context: RequestContext, now: Scene) -> bool:
    """Whether a post of the path is what a colleague told us of, which says by itself nowhere where it stands."""
    return any(is_told_of(context.store, post.item) for post in now.posts)


def _known(context: RequestContext) -> Response:
    """We knew before it was confirmed here: from then the 72 hours count, in place of what was written of that before."""
    now = _scene(context)
    _check_seen(context, now)
    known = _known_at(context, now)
    if not known.outcome and not paths.written(context, "when"):
        raise Refused("Write when we first knew.", at_field="when")
    _check_counts(context, now, known.at)
    earlier = now.standing.get("known")
    if earlier is not None:
        context.store.path_steps.take_back(earlier.number, by=context.user.number, at=context.at, seen=now.path.version)  # fmt: skip
        now = _scene(context)
    _save_known(context, now, known)
    return paths.back(context, now, "known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """When we first knew, as a form says it. `outcome` is BY_DAY where it names the day alone."""

    at: datetime
    outcome: str = ""


def _save_known(context: RequestContext, now: Scene, known: Known) -> None:
    paths.save(context, now, "known", outcome=known.outcome or "known", when=known.at)


def _known_at(context: RequestContext, now: Scene) -> Known:
    """When we first knew; now where a form says nothing. Of what nobody knows when it was posted also before it was found.

    Of a day without its time the law's clock counts from the earliest that it can have been: the start of that day, or when it was posted.
    """
    start = paths.began(now.mentions, now.covers)
    if not start.posted:
        start = replace(start, at=clock.EARLIEST)
    text, day = paths.written(context, "when"), paths.day_of(context)
    if text:
        when, outcome = paths.moment_of(text, day), ""
    elif day == clock.local_day(context.at):
        return Known(at=context.at)
    else:
        when, outcome = _earliest_of(day, start.at), BY_DAY
    if fault := paths.moment_fault(context, when, start):
        raise Refused(fault, at_field="when")
    assert when is not None
    return Known(at=when, outcome=outcome)


def _earliest_of(day: date | None, start: datetime) -> datetime | None:
    """The start of a day, or when it was posted on that day; None for what is no day."""
    if day is None:
        return None
    return start if clock.local_day(start) == day else clock.day(day)[0]


def day_words(step: PathStep, start: datetime) -> str:
    """From when the 72 hours count of a day without an hour: the start of Fri 27 Nov; when it was posted, Fri 27 Nov, 14:20. "" where the hour is known."""
    if step.outcome != BY_DAY or step.when is None:
        return ""
    day = clock.local_day(step.when)
    if step.when > clock.day(day)[0] and step.when == start:
        return f"when it was posted, {day:%a} {day.day} {day:%b}, {clock.local(step.when)[-5:]}"
    return f"the start of {day:%a} {day.day} {day:%b}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstKnown:
    """When we may have known of a leak first, by what is here: `why`, in a sentence. `days` are those that the form offers."""

    at: datetime | None
    why: str
    days: paths.Days


def _first_known(context: RequestContext, now: Scene) -> FirstKnown:
    """What stands in the form before anybody writes: when an email with it arrived in our own mailbox, or a colleague reported it; nothing where it was found."""
    numbers = {post.item.number for post in now.posts}
    arrived = [(post.item.posted_at, "It came to our own mailbox by email") for post in now.posts if post.item.platform == "email"]  # fmt: skip
    reports = context.store.staff_reports.of_case(now.case.number)
    arrived += [(each.at, "A colleague reported it as a patient’s details") for each in reports if each.mention in numbers and FLAG in flags_told(each.worry)]  # fmt: skip
    known, why = min(arrived, default=(None, ""))
    offered = paths.days(context, now)
    if not paths.began(now.mentions, now.covers).posted:
        offered = replace(offered, first=offered.today - timedelta(days=DAYS_BEFORE))
    if known is not None and context.at - known < timedelta(minutes=1):
        known, why = None, ""
    return FirstKnown(at=known, why=why, days=offered)


def _not_leak(context: RequestContext) -> Response:
    now = _scene(context)
    _check_seen(context, now)
    why, ready = paths.why_not(context, "not_leak")
    covers = paths.posts(context) or now.covers
    why += paths.who_said(context, now)
    reason = untold.add(why, untold.untold(context, now.case, FLAG, [post for post, _ in covers]))
    decision = paths.decision(
        context, now, "no_action", covers=covers, labels={FLAG: False}, reason=reason, why=ready,
    )  # fmt: skip
    paths.save(context, now, "not_leak", decision=decision, outcome="not a leak", note=reason)
    return decide.onward(context, now.case.number, now.case.version + 1)


def _hide(context: RequestContext) -> Response:
    """Does on the platform what was shown, unless it is another thing now; also to show a post again."""
    now = _scene(context)
    post = _post(context, now)
    item = post.item
    offers = moderate.offers_of(context, item)
    step = offers.step(paths.written(context, "action"))
    chosen = Choice(
        action=step.name if step else "", clause=paths.written(context, "clause"), reason=paths.written(context, "reason"),
    )  # fmt: skip
    before = context.store.moderations.of_mention(item.number, context.at)
    after = paths.number(context, "after")
    if before and before[-1].number > (after or 0):
        last = before[-1]
        twice = last.by == context.user.number and last.action == chosen.action
        if twice and context.at - last.at < moderate.TWICE:
            return paths.back(context, now, "hide")
        raise Refused(f"{moderate.faster(last)}.", status=409)
    faults = moderate.faults_of(context, item, step, chosen)
    if faults or step is None or step.final:
        field, why = next(iter(faults.items()), ("action", "That can’t be undone: use the other ways"))  # fmt: skip
        raise Refused(f"{why}.", at_field="reason" if field in ("reason", "clause") else "hide")
    seen = (str(context.form.get("revision")), str(context.form.get("mark")))
    if seen != (str(item.revision), step.mark):
        raise Refused(paths.CHANGED, status=409)
    if moderate.act(context, item, offers.source, step, chosen, after or 0) is None:
        raise Refused(paths.CHANGED, status=409)
    return paths.back(context, now, "unhide" if step.restores else "hide")


def _by_hand(context: RequestContext) -> Response:
    """Writes down that somebody hid it on the platform themselves."""
    now = _scene(context)
    _check_seen(context, now)
    item = _post(context, now).item
    when = paths.moment(context, now)
    _check_counts(context, now, when)
    clause = RULE if RULE in moderate.grounds(context, item) else ""
    if not moderate.by_hand(context, item, clause=clause, reason=REASON, after=paths.number(context, "after") or 0, when=when):  # fmt: skip
        raise Refused(paths.CHANGED, status=409)
    return paths.back(context, now, "by_hand")


def _not_by_hand(context: RequestContext) -> Response:
    """Takes back that somebody hid it there themselves; the platform is told nothing."""
    now = _scene(context)
    _check_seen(context, now)
    item = _post(context, now).item
    last = _last(context, item)
    after = paths.number(context, "after") or 0
    if last is None or last.action not in HIDES or last.why != actions.BY_HAND or not moderate.by_hand(
        context, item, clause=last.clause, reason=TAKEN_BACK, after=after, hides=False
    ):  # fmt: skip
        raise Refused(paths.CHANGED, status=409)
    return paths.back(context, now, "back")


def _reported(context: RequestContext) -> Response:
    """Writes down that the platform was asked, where nothing can be hidden from here; takedowns follow it."""
    now = _scene(context)
    _check_seen(context, now)
    post = _post(context, now)
    _ask(context, post.item)
    if "hide" not in now.standing:
        paths.save(context, now, "hide", outcome="reported")
    return paths.back(context, now, "reported")


def _check_emailed(team: Team) -> None:
    """Raises Refused for a team that can only be rung."""
    if not team.emailed:
        raise Refused("This team has no email: ring them, and write down who you told.", at_field="who")  # fmt: skip


def _tell(context: RequestContext) -> Response:
    """Passes it on to information governance, whose masked email is written with the step."""
    now = _scene(context)
    _check_seen(context, now)
    _check_emailed(paths.team(context, now, TEAM, TEAM_NAME))
    paths.save(context, now, "tell", decision=_passing_on(context, now), outcome="emailed")
    return paths.back(context, now, "tell")


def _told(context: RequestContext) -> Response:
    """They were told another way: who has it, since when."""
    now = _scene(context)
    _check_seen(context, now)
    who = paths.spoke(context, missing="Write who you told.", others=True)
    when = paths.moment(context, now)
    team = paths.team(context, now, TEAM, TEAM_NAME)
    how = paths.how(context, now, team)
    _check_counts(context, now, when)
    passing_on = _passing_on(context, now) if team.role and team.handoff is None else None
    paths.save(
        context, now, "tell", decision=passing_on, outcome="told", who=who, note=how, when=when
    )
    paths.confirm_handoff(context, now.case.number, TEAM, who=who, how=how, when=when)
    return paths.back(context, now, "told")


def _has_it(context: RequestContext) -> Response:
    now = _scene(context)
    who = paths.spoke(context, missing="Write who has it.", others=True)
    when = paths.moment(context, now)
    how = paths.how(context, now, paths.team(context, now, TEAM, TEAM_NAME))
    _check_counts(context, now, when)
    paths.confirm_handoff(context, now.case.number, TEAM, who=who, how=how, when=when)
    return paths.back(context, now, "has_it")


def _check_seen(context: RequestContext, now: Scene) -> None:
    """Refuses what rests on a step that a colleague did meanwhile, or took back, as `paths.check_seen`; that it is a leak all rest on."""
    about = _ABOUT.get(str(context.form.get("do", "")))
    paths.check_seen(context, now, ("confirm", "not_leak", *about) if about is not None else None)


def _check_counts(context: RequestContext, now: Scene, when: datetime) -> None:
    """Asks once more where a time moves the 72 hours: from what and to what, before it is saved."""
    fault = counts_fault(context, now.case.number, when)
    if fault:
        raise Refused(fault, at_field="when", agrees=clock.text(when))


def counts_fault(context: RequestContext, case: int, when: datetime) -> str:
    """What a time before the 72 hours began does to them, in words; "" where it does nothing, or the form agrees to just that time."""
    running = next(
        (each for each in context.store.deadlines.of_case(case) if each.kind == FLAG and each.stopped_at is None), None
    )  # fmt: skip
    if running is None or when >= running.began_at.replace(second=0, microsecond=0) or paths.written(context, "agrees") == clock.text(when):  # fmt: skip
        return ""
    return (
        f"By law the 72 hours count from when we first knew: from {clock.near(when, context.at)}, not from {clock.near(running.began_at, context.at)}. "
        f"They will end {clock.local(when + REPORT_WITHIN)}, not {clock.local(running.due_at)}. "
        "Nothing is saved yet: save again if the time is right, or correct it."
    )


def _harm(context: RequestContext) -> Response:
    """Passes the harm on to Safeguarding, whose masked email is written with the step: that a leak is hidden helps nobody who is hurt."""
    now = _scene(context)
    _check_seen(context, now)
    _check_emailed(paths.team(context, now, HURT, HURT_NAME))
    decision = paths.decision(context, now, "escalate", covers=_hurt(now), role=HURT)
    paths.save(context, now, HARM, decision=decision, outcome="emailed")
    return paths.back(context, now, HARM)


def _harm_told(context: RequestContext) -> Response:
    """Somebody of Safeguarding was told another way: who, and when. They get the email as well."""
    now = _scene(context)
    _check_seen(context, now)
    who = paths.spoke(context, missing="Write who you told.", others=True)
    when = paths.moment(context, now)
    team = paths.team(context, now, HURT, HURT_NAME)
    passing_on = paths.decision(context, now, "escalate", covers=_hurt(now), role=HURT) if team.role and team.handoff is None else None  # fmt: skip
    paths.save(context, now, HARM, decision=passing_on, outcome="told", who=who, when=when)
    paths.confirm_handoff(context, now.case.number, HURT, who=who, when=when)
    return paths.back(context, now, "harm_told")


def _death(context: RequestContext) -> Response:
    """Passes it on to PALS that somebody died: they ask the family and those who look into deaths."""
    return _to_pals(context, DEATH, _dead, otherwise="who looks into it")


def _death_known(context: RequestContext) -> Response:
    """Somebody looks into the death already, or the family and patient safety know: who says so."""
    return _with_someone(context, DEATH, "death_known", missing="Write who looks into it.")


def _help(context: RequestContext) -> Response:
    """Passes on what whoever wrote it asks for: hiding the post doesn't answer that."""
    return _to_pals(context, "help", _asking, otherwise="who looks after it")


def _helped(context: RequestContext) -> Response:
    """Somebody looks after it already, or has answered: who."""
    return _with_someone(context, "help", "helped", missing="Write who looks after it.")


def _to_pals(
    context: RequestContext, step: str, posts_of: Callable[[Scene], list[tuple[int, int]]], *, otherwise: str
) -> Response:  # fmt: skip
    """Passes posts of the path on to PALS, whose masked email is written with the step; `otherwise`: what to write down where there is no such team."""
    now = _scene(context)
    _check_seen(context, now)
    if paths.team(context, now, HELPS, HELPS_NAME).role is None:
        raise Refused(f"This team is not set up: ring them, and write down {otherwise}.", at_field="who")  # fmt: skip
    decision = paths.decision(context, now, "escalate", covers=posts_of(now), role=HELPS)
    paths.save(context, now, step, decision=decision, outcome="passed on")
    return paths.back(context, now, step)


def _with_someone(context: RequestContext, step: str, done: str, *, missing: str) -> Response:
    """Writes down who looks after it already, and since when."""
    now = _scene(context)
    _check_seen(context, now)
    who, when = paths.spoke(context, missing=missing), paths.moment(context, now)
    paths.save(context, now, step, outcome="looked after", who=who, when=when)
    return paths.back(context, now, done)


def _no_answer(context: RequestContext) -> Response:
    """What is complained of needs no answer from us: why."""
    now = _scene(context)
    _check_seen(context, now)
    if not _complains_alone(now):
        raise Refused(paths.CHANGED, status=409)
    why = paths.written(context, "why_none")
    if says_nothing(why):
        raise Refused("Write why it needs no answer.", at_field="why_none")
    paths.save(context, now, "help", outcome=NO_ANSWER, note=why)
    return paths.back(context, now, "no_answer")


def _asked(context: RequestContext) -> Response:
    """A platform was asked to take a copy down."""
    now = _scene(context)
    wanted = paths.number(context, "copy")
    copy = next((copy for copy in _copies_of(context, now) if copy.item.number == wanted), None)
    if copy is None:
        raise Refused(paths.CHANGED, status=409)
    _ask(context, copy.item)
    return paths.back(context, now, "reported")


def _copies(context: RequestContext) -> Response:
    now = _scene(context)
    _check_seen(context, now)
    copies = _copies_of(context, now)
    followed = [copy for copy in copies if copy.takedown is not None and copy.takedown.steps]
    outcome = "none found" if not copies else f"{len(followed)} of {len(copies)} asked"
    paths.save(context, now, "copies", outcome=outcome)
    if any(
        state in ("open", "todo")
        for key, state in _states(context, _scene(context)).items()
        if key in OURS
    ):
        return paths.back(context, now, "copies")
    return paths.onward(context, now, decide.next_case(context, now.case.number))


def _record(context: RequestContext) -> Response:
    """Stops the 72 hours with what information governance decided, where the form says that they did; else keeps the note alone."""
    now = _scene(context)
    running = _clock(context, now)
    if running is None or running.stopped_at is not None:
        raise Refused(paths.CHANGED, status=409)
    outcome, note = paths.written(context, "outcome"), paths.written(context, "note")
    if paths.written(context, "decided") != "yes":
        return _note(context, now, note)
    if outcome not in deadlines.OUTCOMES:
        raise Refused("Choose what was decided.", at_field="outcome")
    _check_note(note)
    who = paths.spoke(context, field="decider", missing=f"Write who of {TEAM_NAME} decided it.", others=True)  # fmt: skip
    how = paths.how(context, now, paths.team(context, now, TEAM, TEAM_NAME))
    if not context.store.deadlines.record_done(
        running.number,
        by=context.user.number,
        at=context.at,
        outcome=outcome,
        note=f"{paths.with_how(who, how)} decided: {note}",
    ):
        raise Refused(paths.CHANGED, status=409)
    for handoff in context.store.handoffs.open(now.case.number):
        if handoff.role == TEAM:
            context.store.handoff_steps.answer(handoff.number, by=context.user.number, at=context.at, note=note, who=paths.with_how(who, how))  # fmt: skip
    return paths.back(context, now, "record")


def _check_note(note: str) -> None:
    if says_nothing(note):
        raise Refused("Write who is told, when, and who decided that.", at_field="note")


def _note(context: RequestContext, now: Scene, note: str) -> Response:
    """Keeps how far it is, in place of an earlier note: nobody is said to have answered, and the 72 hours run on."""
    _check_seen(context, now)
    _check_note(note)
    earlier = now.standing.get("noted")
    if earlier is not None:
        context.store.path_steps.take_back(
            earlier.number, by=context.user.number, at=context.at, seen=now.path.version
        )
        now = _scene(context)
    paths.save(context, now, "noted", note=note)
    return paths.back(context, now, "noted")


def _close(context: RequestContext) -> Response:
    now = _scene(context)
    _check_seen(context, now)
    if _states(context, now)["record"] != "done":
        raise Refused("Record who is told first: then it can close.", status=409)
    if _harm_is_untold(context, now) and context.form.get("untold") != "yes":
        raise Refused("Safeguarding was not told of the harm. Tell them first, or say that it closes without them.", at_field="untold")  # fmt: skip
    decision = paths.decision(context, now, "no_action", reason=LEAK_DEALT)
    paths.save(context, now, "close", decision=decision, outcome="closed")
    return decide.onward(context, now.case.number, now.case.version + 1)


def _take_back(context: RequestContext) -> Response:
    now = _scene(context)
    return paths.back(context, now, paths.take_back(context, now))


def _passing_on(context: RequestContext, now: Scene) -> CaseDecision:
    return paths.decision(context, now, "escalate", role=TEAM, labels={FLAG: True})


def _ask(context: RequestContext, item: Item) -> None:
    context.store.takedowns.add(TakedownStep(
        mention=item.number, step="asked", whom="platform", at=context.at, kept_at=context.at, by=context.user.number,
        how=report.route_of(item, leak=True).name[:LONGEST_HOW],
    ))  # fmt: skip


def _post(context: RequestContext, now: Scene) -> PostShown:
    wanted = paths.number(context, "mention")
    post = next((post for post in now.posts if post.item.number == wanted), None)
    if post is None:
        raise Refused(paths.CHANGED, status=409)
    return post


# ── where it stands ──────────────────────────────────────────────────────────────────────────────


def _scene(context: RequestContext) -> Scene:
    """The case with the posts that were confirmed; before that with all in which a patient's details may stand."""
    now = paths.scene(context, "leak", (FLAG,))
    step = now.standing.get("confirm")
    entry = next((entry for entry in now.history if step and entry.version == step.decision), None)
    if entry is None:
        return now
    numbers = {mention for mention, _ in entry.decision.covers}
    posts = [post for post in now.pane.posts if post.item.number in numbers]
    return replace(now, posts=posts or now.posts)


def _asking(now: Scene) -> list[tuple[int, int]]:
    """The posts of the path in which somebody asks for something besides, or complains."""
    return [
        (post.item.number, post.item.revision) for post in now.posts
        if "assistance" in post.situation.flags or complains(post.item, post.situation.flags)
    ]  # fmt: skip


def _complains_alone(now: Scene) -> bool:
    """Whether a post complains and none asks for help."""
    return bool(_asking(now)) and not any(
        "assistance" in post.situation.flags for post in now.posts
    )


def _tells_of_death(now: Scene) -> bool:
    """Whether a post of the path tells that somebody died: the law of the 72 hours is of those who live."""
    return any(tells_of_death(post.item.masked) for post in now.posts)


def _dead(now: Scene) -> list[tuple[int, int]]:
    """The posts of the path that tell of a death."""
    return [(post.item.number, post.item.revision) for post in now.posts if needs_looking_into(post.item)]  # fmt: skip


def _hurt(now: Scene) -> list[tuple[int, int]]:
    """The posts of the path that tell of serious harm to somebody who lives."""
    return [(post.item.number, post.item.revision) for post in now.posts if needs_safeguarding(post.item)]  # fmt: skip


def _harm_is_untold(context: RequestContext, now: Scene) -> bool:
    """Whether Safeguarding was not told of harm in one of these posts."""
    return any(untold.is_harm_untold(context, now.case, post) for post, _ in _hurt(now))


def _is_looked_after(context: RequestContext, now: Scene) -> bool:
    """Whether what they ask for is with somebody: a team other than information governance, or as somebody wrote down."""
    if "help" in now.standing:
        return True
    wanting = {number for number, _ in _asking(now)}
    undone = {entry.version for entry in now.history if entry.undone}
    replied = {
        post
        for reply in context.store.replies.of_case(now.case.number)
        if reply.version not in undone
        for post in reply.posts
    }
    return wanting <= _with_a_team(context, now) | replied | {
        post.item.number for post in now.posts if post.situation.answered
    }


def _clock(context: RequestContext, now: Scene) -> Clock | None:
    """The 72 hours: those that run, else those that were recorded last."""
    clocks = [clock_ for clock_ in context.store.deadlines.of_case(now.case.number) if clock_.kind == FLAG]  # fmt: skip
    return next((clock_ for clock_ in clocks if clock_.why in (None, "recorded")), None)


def _with_a_team(context: RequestContext, now: Scene) -> set[int]:
    """The posts of the case that a team other than information governance and the Guardian was passed."""
    handoffs = context.store.handoffs.of_case(now.case.number)
    return {number for each in handoffs if each.role not in (TEAM, GUARDIAN) and each.state != "taken back" for number, _ in each.posts}  # fmt: skip


def _keys(now: Scene) -> list[str]:
    """The steps that there are: without what they ask for where they ask for nothing, and without harm or a death where they tell of none."""
    without = {"help": not _asking(now), HARM: not _hurt(now), DEATH: not _dead(now)}
    return [key for key in STEPS if not without.get(key)]


def _states(context: RequestContext, now: Scene) -> dict[str, State]:
    """Of each step whether it is done; the first that is not is to be done now. What was passed on by an email that has not left is "unsent", what left and nobody has confirmed "sent"."""
    running = _clock(context, now)
    team = paths.team(context, now, TEAM, TEAM_NAME)
    standing, hurt = now.standing, paths.team(context, now, HURT, HURT_NAME)
    finished = {
        "confirm": running is not None,
        "hide": running is not None
        and (
            "hide" in standing or all(_is_hidden(context, post.item) for post in now.posts)
        ),  # what is no leak has nothing to hide
        "tell": "tell" in standing or team.handoff is not None,
        HARM: HARM in standing or hurt.handoff is not None or not _harm_is_untold(context, now),
        DEATH: DEATH in standing
        or {number for number, _ in _dead(now)} <= _with_a_team(context, now),
        "help": _is_looked_after(context, now),
        "copies": "copies" in standing,
        "record": running is not None and running.why == "recorded",
        "close": "close" in standing,
    }
    rung = HARM in standing and bool(standing[HARM].who)
    unsent = {"tell": team.unsent, HARM: hurt.unsent and not rung, "help": _help_is_unsent(context, now)}  # fmt: skip
    sent = {key for key, one_team, knows in (("tell", team, "tell" in standing and bool(standing["tell"].who)), (HARM, hurt, rung)) if _is_unconfirmed(one_team) and not knows}  # fmt: skip
    states: dict[str, State] = {}
    waits = "not_leak" in standing
    for key in _keys(now):
        ready = not waits and (key == "confirm" or finished["confirm"])
        if key == "close":
            ready = ready and finished["record"]
        is_open = ready and not finished[key] and "open" not in states.values()
        answered: State = "unsent" if unsent.get(key) else "sent" if key in sent else "done"
        states[key] = (
            answered if finished[key] else "open" if is_open else "todo" if ready else "later"
        )
    return states


def _is_unconfirmed(team: Team) -> bool:
    """Whether it was emailed, and nobody of it has said that they have it."""
    return team.handoff is not None and team.handoff.state == "waits"


def _help_is_unsent(context: RequestContext, now: Scene) -> bool:
    """Whether what they ask for was passed on by emails alone, of which none has left."""
    step = now.standing.get("help")
    wanting = {number for number, _ in _asking(now)}
    passed_on = [
        each
        for each in context.store.handoffs.of_case(now.case.number)
        if each.role not in (TEAM, GUARDIAN) and each.state != "taken back" and wanting & {number for number, _ in each.posts}
    ]  # fmt: skip
    return not (step and step.who) and bool(passed_on) and all(map(mails.is_unsent, passed_on))


def _is_hidden(context: RequestContext, item: Item) -> bool:
    last = _last(context, item)
    return item.deleted or (last is not None and last.outcome == "done" and last.action in HIDES)


def _last(context: RequestContext, item: Item) -> Moderation | None:
    moderations = context.store.moderations.of_mention(item.number, context.at)
    return moderations[-1] if moderations else None


def _undone(context: RequestContext, now: Scene) -> list[Line]:
    """What stands of a leak that was confirmed and taken back: what can't be undone with it, and what follows of that by itself."""
    last = next((step for step in reversed(now.path.steps) if step.step == "confirm"), None)
    if last is None or "confirm" in now.standing or "not_leak" in now.standing:
        return []
    at, lines = context.at, []
    for post in now.posts:
        act, where = _last(context, post.item), SHORT_NAMES[post.item.platform]
        if act is not None and _is_hidden(context, post.item) and not post.item.deleted:
            lines.append(Line(at=act.happened_at, words=f"It is still hidden on {where}, since {clock.near_time(act.happened_at, at)}. Show it again if it is no leak"))  # fmt: skip
    followed = {each.mention: each for each in context.store.takedowns.of_case(now.case.number)}
    for post in now.posts:
        steps = followed[post.item.number].steps if post.item.number in followed else ()
        request = next((step for step in steps if step.step == "asked" and step.at >= last.at), None)  # fmt: skip
        if request is not None:
            lines.append(Line(at=request.at, words=f"{SHORT_NAMES[post.item.platform]} was asked to remove it, {clock.near_time(request.at, at)}, and decides on that"))  # fmt: skip
    withdrawn = (each for each in context.store.handoffs.of_case(now.case.number) if each.role == TEAM and each.state == "taken back" and each.at >= last.at)  # fmt: skip
    return lines + [_withdrawn_line(context, each) for each in withdrawn]


def _withdrawn_line(context: RequestContext, handoff: Handoff) -> Line:
    """What became of the email that told a team of a leak: it was taken out before it left, or another says that it is no longer needed."""
    at, name = context.at, role_of(context.config, handoff.role).name
    sent = next((step.sent_at for step in handoff.steps if step.kind != "told" and step.kind != "taken back" and step.sent_at), None)  # fmt: skip
    if sent is None:
        return Line(
            at=handoff.state_at, words=f"The email to {name} had not left, and does not leave"
        )
    after = next((step for step in reversed(handoff.steps) if step.kind == "taken back"), None)
    left = after.sent_at if after is not None else None
    follows = f"the email that it is no longer needed left {clock.near_time(left, at)}" if left else "an email follows that it is no longer needed"  # fmt: skip
    return Line(at=sent, words=f"{name} was emailed {clock.near_time(sent, at)}: {follows}")


def _hiding(context: RequestContext, now: Scene) -> list[Hiding]:
    shown = []
    followed = {each.mention: each for each in context.store.takedowns.of_case(now.case.number)}
    for post in now.posts:
        item = post.item
        offers = moderate.offers_of(context, item)
        guarded = actions.guarded(context, item)
        last, hidden = _last(context, item), _is_hidden(context, item)
        able = [step for step in offers.steps if not step.why_not and not step.first]
        offer = next((step for step in able if step.name in HIDES and not step.final), None)
        why = offers.off or (
            "" if offer else next((step.why_not for step in offers.steps if step.why_not), "The platform offers nothing for it")
        )  # fmt: skip
        if guarded and offer and not context.may("lead"):
            offer, why = None, "It may be lawful speech as well, so a lead hides it: ask one of them now"  # fmt: skip
        undo = next((step for step in able if last and step.restores and step.undo == last.action), None)  # fmt: skip
        steps = followed[item.number].steps if item.number in followed else ()
        shown.append(Hiding(
            post=post, last=last, hidden=hidden, reported=bool(steps), nowhere=report.is_nowhere(context, item.number, item.platform, steps), unfollowed=report.is_by_hand(context, item.number, item.platform, steps), offer=None if hidden else offer,
            undo=undo if hidden else None, why_not=f"{sentence(why)}." if why else "", guarded=guarded,
            clause=RULE if RULE in moderate.grounds(context, item) else "", after=last.number if last else 0,
            route=report.route_of(item, leak=True),
            wording=report.wording(context.config.organisation.name, item.kind, item.flags, context.app.policy, (FLAG,)),
            ours=can_be_hidden(item.platform, item.kind) and (offers.ours or post.situation.own_page), failed=_failed(item, last) if last and not hidden else "",
        ))  # fmt: skip
    return shown


def _failed(item: Item, last: Moderation) -> str:
    """Why nothing was hidden, in words that an officer can act on; "" where it was, or is being asked."""
    where = SHORT_NAMES[item.platform]
    if last.outcome in ("done", "doing"):
        return ""
    if last.outcome == "unknown":
        return f"We don’t know whether {where} hid it. Open {where} and look."
    if last.why in (CHANGED, GONE):
        return f"{sentence(last.why)}."
    verb = "refused" if last.outcome == "refused" else "did not answer"
    return sentence(f"{where} {verb}. The {item.kind} is still public.")


def _copies_of(context: RequestContext, now: Scene) -> list[Copy]:
    """Other posts that may say the same: of this case, and the first of cases that are like it."""
    mine = {post.item.number for post in now.posts}
    candidates = [(now.case.number, each.item) for each in now.mentions if each.why in ("same words", "alike")]  # fmt: skip
    for other in context.store.duplicates.similar_cases(now.case.number):
        case = context.store.cases.get(other)
        item = context.store.figures.item(case.lead_mention) if case else None
        if item is not None:
            candidates.append((other, item))
    copies = []
    for number, item in candidates:
        if item.number in mine or item.deleted or item.own:
            continue
        followed = {each.mention: each for each in context.store.takedowns.of_case(number)}
        copies.append(
            Copy(item=item, case=number, takedown=followed.get(item.number), route=report.route_of(item, leak=True))
        )  # fmt: skip
    return copies[:COPIES_SHOWN]


def masked_kinds(posts: Sequence[PostShown]) -> list[str]:
    """What these posts may disclose, as a person calls it: what masks hide, what words say of health and place, a picture."""
    masks = {
        re.sub(r"\s*\d+$", "", kind)
        for post in posts
        for match in BLANK.finditer(post.item.masked)
        for kind in match[0][1:-1].split(" and ")
    }
    kinds = {
        name for mask in masks for begin, name in DETAILS.items() if mask == begin or mask.startswith(f"{begin} ")
    }  # fmt: skip
    kinds |= {kind for kind, words in _BY_WORDS for post in posts if words.search(post.item.masked)}
    if any(ILL.search(post.item.masked.lower()) or tells_of_harm(post.item) for post in posts):
        kinds.add(HEALTH)
    if AREA_MASK in masks:
        kinds.add(AREA)
    kinds |= {PICTURE for post in posts if post.words.plates}
    return [kind for kind in KINDS if kind in kinds]


def _so_far(context: RequestContext, now: Scene, team: Team, hiding: Sequence[Hiding]) -> list[Line]:  # fmt: skip
    lines: list[Line] = []
    at = context.at
    for step in now.standing.values():
        words = {
            "confirm": "confirmed the leak", "known": "wrote down when we first knew", "hide": "reported it to the platform", "copies": "looked at copies",
            HARM: "told Safeguarding of the harm", DEATH: "saw to who looks into the death", "help": "saw to what they ask for", "close": "closed it", "not_leak": "said that it is not a leak",
        }.get(step.step)  # fmt: skip
        if words:
            who = "You" if step.by == context.user.number else step.by_name
            if (unsent := _unsent_words(context, now, step)) is not None:
                words, is_known = unsent
                lines.append(Line(at=step.at, words=f"{clock.near_time(step.at, at)} {who} {words}", yes=is_known))  # fmt: skip
                continue
            lines.append(Line(at=step.at, words=f"{clock.near_time(step.at, at)} {who} {words}"))
    running = _clock(context, now)
    if running is not None:
        lines.append(Line(at=running.began_at, words=f"{clock.near_time(running.began_at, at)} The 72 hours started"))  # fmt: skip
        if running.stopped_at is not None:
            lines.append(Line(at=running.stopped_at, words=f"{clock.near_time(running.stopped_at, at)} {running.by_name} recorded what was decided"))  # fmt: skip
    for each in hiding:
        acts = context.store.moderations.of_mention(each.post.item.number, at)
        for act, after in zip_longest(acts, acts[1:]):
            if after is not None and after.reason == TAKEN_BACK:
                continue  # it never was: what took it back says so
            if act.reason == TAKEN_BACK:
                who = "You" if act.by == context.user.number else act.by_name
                lines.append(Line(at=act.at, words=f"{clock.near_time(act.at, at)} {who} took back that it was hidden by hand: it was not", yes=False))  # fmt: skip
                continue
            came = DONE.get(act.action, act.action) if act.outcome == "done" else f"{ACTIONS.get(act.action, act.action)}: not done"  # fmt: skip
            lines.append(Line(at=act.happened_at, words=f"{clock.near_time(act.happened_at, at)} {came} on {SHORT_NAMES[each.post.item.platform]}", yes=act.outcome == "done"))  # fmt: skip
    if team.handoff is not None:
        lines += [line for line in paths.mailed(context, team) if line.at is not None]
    return sorted(lines, key=lambda line: line.at or at)


def _unsent_words(context: RequestContext, now: Scene, step: PathStep) -> tuple[str, bool] | None:
    """What was passed to a team by email, and whether anybody there knows of it by one; None of any other step."""
    passed = {HARM: (HURT, HURT_NAME, "the harm"), "help": (HELPS, HELPS_NAME, "the request")}.get(step.step)  # fmt: skip
    if passed is None or step.who:
        return None
    key, name, what = passed
    team = paths.team(context, now, key, name)
    if team.handoff is None:
        return None
    if team.handoff.state != "waits":
        return f"passed {what} to {team.name}: they have confirmed", True
    if team.sent_at is not None:
        return f"passed {what} to {team.name}: emailed {clock.near_time(team.sent_at, context.at)}, not confirmed yet", True  # fmt: skip
    return f"passed {what} to {team.name}: not sent yet", False


def _minutes(began: datetime, until: datetime) -> int:
    return max(0, int((until - began).total_seconds() // 60))


def left(due: datetime, at: datetime) -> str:
    """71 h 43 min left, 5 min left; 2 h over."""
    hours, minutes = divmod(_minutes(min(due, at), max(due, at)), 60)
    length = f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"{length} {'left' if due > at else 'over'}"


def _time_left(due: datetime, until: datetime) -> rows.TimeLeft:
    words = left(due, until)
    return rows.TimeLeft(words=words, moment=due, over="0 min over" if due > until else words, unit="h min")  # fmt: skip


def _saved(context: RequestContext, did: str, running: Clock | None, by_day: str) -> str:
    """What the last step saved; of a confirmation and of when we first knew from when the 72 hours count, where that is before now."""
    if did not in ("confirm", "known") or running is None or context.at - running.began_at < timedelta(minutes=1):  # fmt: skip
        return SAVED.get(did, "")
    first = "it is a leak" if did == "confirm" else SAVED[did]
    ends = f"{'ended' if running.due_at <= context.at else 'end'} {clock.local(running.due_at)}"
    if by_day:
        return f"{first}. The 72 hours are counted from {by_day}, and {ends}. Write the hour when you know it"
    return f"{first}. The 72 hours count from {clock.near(running.began_at, context.at)}, when we first knew, and {ends}"


def _by_day(now: Scene, known: PathStep | None, running: Clock | None) -> str:
    """As `day_words`, where the 72 hours count from such a day."""
    if known is None or running is None or known.when != running.began_at:
        return ""
    return day_words(known, paths.began(now.mentions, now.covers).at)


def _show(context: RequestContext, refused: Refused | None = None) -> Response:
    context.store.claims.look(
        paths.case_of(context).number, context.user.number, context.at
    )  # before it is said who has it
    sorting.note_look(context, paths.case_of(context).number)
    now = _scene(context)
    states = _states(context, now)
    team = paths.team(context, now, TEAM, TEAM_NAME)
    hiding = _hiding(context, now) if states["confirm"] == "done" else []
    running = _clock(context, now)
    until = running.stopped_at if running and running.stopped_at else context.at
    confirmed, known = now.standing.get("confirm"), now.standing.get("known")
    by_day = _by_day(now, known, running)
    saved = context.request.query_params.get("done", "")
    failed = next((each.failed for each in hiding if each.failed), "") if saved in ("hide", "unhide") else ""  # fmt: skip
    return page(
        context, "desk/leak.html", again=wrote_again([post.item for post in now.pane.posts], now.pane.thread, {post.item.number for post in now.posts}), status=refused.status if refused else 200, now=now, case=now.case, pane=now.pane,
        late=LATE, they_died=THEY_DIED, complains=_complains_alone(now), died=_tells_of_death(now), steps=[StepShown(key=key, name=COMPLAINT if key == "help" and _complains_alone(now) else NAMES[key], state=states[key]) for key in _keys(now)], helps=paths.team(context, now, HELPS, HELPS_NAME), safeguarding=paths.team(context, now, HURT, HURT_NAME), harm_untold=_harm_is_untold(context, now), done=sum(state in ("done", "sent") for state in states.values()),
        places=PLACES if _is_told_of(context, now) else (), undone=_undone(context, now), team=team, hiding=hiding, copies=_copies_of(context, now), running=running,
        left=_time_left(running.due_at, until) if running else None, used=_minutes(running.began_at, until) if running else 0,
        confirmed=confirmed, out=confirmed.note.split(", ") if confirmed and confirmed.note else masked_kinds(now.posts),
        report_within=REPORT_WITHIN, whys=WHY_NOT["not_leak"], untold_team=untold.untold(context, now.case, FLAG, [post.item.number for post in now.posts]), asks_how=paths.is_unreached(now, team), hows=paths.HOW,
        kinds=KINDS, came=paths.number(context, "post"), reason=REASON, outcomes=deadlines.OUTCOMES, actions=ACTIONS, done_words=DONE,
        so_far=_so_far(context, now, team, hiding), ring=partial(of_team, context), ring_order=partial(order, context), near=clock.near_time, now_time=clock.local(context.at)[-5:], days=paths.days(context, now),
        refused=refused, form=context.form, saved="" if failed else _saved(context, saved, running, by_day), by_day=by_day, failed=failed, first_known=_first_known(context, now),
    )  # fmt: skip
