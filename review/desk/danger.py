"""Danger, step by step: someone who may come to harm, and a threat. The steps stand before all else, with telephones.

This page rings nobody. What a team was sent and whether it has the case is read from its hand-off, which keeps the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from collectors.integration import ReportRoute
from collectors.platforms import FACTS
from core import clock
from core.danger import (
    CHILD,
    HELP,
    NO_REPLY,
    NO_REPLY_WHY,
    help_for,
    may_end_life,
    tell,
)
from core.danger import wording as danger_wording
from reports.deeds import HANDED_WORDS
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import alerted, asked, begun, decide, mails, paths, sorting, untold
from review.desk.paths import Line, Refused, Scene, Team
from review.desk.phones import numbers_of, phones
from review.desk.suggestions import WHY_NOT
from review.desk.wrote_again import wrote_again
from review.moderation import report
from review.rendering import page
from review.replies.templates import filled
from review.wording import SHORT_NAMES
from store import CaseDecision, PathKind, PathStep, TakedownStep, ThreadPost
from store.cases.endings import AFTER_THREAT, HANDED_OVER, TO_DECIDE, TO_WARN
from store.cases.path_steps import (
    ALREADY,
    FIRST,
    NO_ANSWER,
    NOBODY_ANSWERED,
    ON_CALL,
    RING,
    RING_AGAIN,
    SPOKE,
    call_in_place,
)

NOT_RUNG = "not_rung"  # the step by which it is kept that a team has it and nobody rang them
SAYS_NOT, IS_GONE, NO_WAY = "team says no", "gone", "no way there"
# The answers to a step that say why it was not done.
_NOT_DONE = frozenset((
    SAYS_NOT, IS_GONE, NO_WAY, "not known", "not now", "no life in danger", "not rung", *HANDED_OVER, "nobody to warn",
))  # fmt: skip
_CALLS = (
    RING,
    "ring_has",
    NO_ANSWER,
    "again",
    "again_no",
)  # what a form does that writes down a call
_HANDS_OVER = frozenset(
    ("warns", "no_police", "no_platform")
)  # what a form does that leaves a step to the team
_ANSWERS = frozenset(("reply", "no_reply"))  # one is the answer to the other
# Of what a form does the steps that it rests on: it is refused where a colleague did one of these meanwhile, or took it back. What
# is not named rests on all of them. A further call rests on nothing: it is one more, whoever rang before.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "called": ("first",), "not_called": ("first",), RING: (RING,), "ring_has": (RING, "has_it"), NO_ANSWER: (), "again": (), "again_no": (),
    "platform": ("platform",), "no_platform": ("platform",), "reply": ("reply",), "no_reply": ("no_reply",), "warned": ("target",), "warns": ("target",),
    "nobody_named": ("target",), "police": ("police",), "no_police": ("police",), "has_it": ("has_it",),
}  # fmt: skip
# What somebody did already: it is saved whatever the post says by now.
_FACTS = ("called", RING, NO_ANSWER, "again", "again_no", "police")
LONGEST_HOW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What a path is called, which team it tells, and its steps in their order."""

    kind: PathKind
    title: str
    flag: str
    team: str
    team_name: str
    about: str  # "danger", "threat"
    none: str  # what it is where somebody says that it is none
    first: str
    first_how: str
    called: str
    not_called: str
    not_called_saved: str
    steps: tuple[str, ...]

    @property
    def key_of_none(self) -> str:
        """The desk’s choice that says the same, with its ready reasons."""
        return f"not_{self.about}"


# That whoever is threatened hears of it and is supported: BMA, "Dealing with abuse of practice staff on social media from patients"
# (updated 28 June 2024, read on 2026-11-29), and the policy’s section 9, by which staff tell their manager or the police.
GUIDES: Mapping[PathKind, Guide] = {
    "danger": Guide(
        kind="danger", title="Someone may be in danger now", flag="safeguarding", team="safeguarding", team_name="Safeguarding",
        about="danger", none="Not in danger", first="Is a life in danger, and do you know who or where? Call 999",
        first_how="Look for a name, a place or a plan for now. If there is one, call 999 first and come back.",
        called="I called 999", not_called="Not known", not_called_saved="Recorded: who or where is not known, and 999 was not called", steps=("first", "ring", "platform", "reply", "no_reply"),
    ),
    "threat": Guide(
        kind="threat", title="Someone may be hurt", flag="threat", team="security", team_name="Security",
        about="threat", none="Not a threat", first="Is anyone in danger now? Call 999",
        first_how="A time, a place or a weapon: call 999 first and come back.",
        called="I called 999", not_called="Not now", not_called_saved="Recorded: nobody is in danger now, and 999 was not called", steps=(AFTER_THREAT[0], "ring", *AFTER_THREAT[1:]),
    ),
}  # fmt: skip
SAVED = {
    "called": "Saved: you called 999",
    "ring": "Saved: you rang them", "again": "Saved: one more call", NO_ANSWER: "Recorded: nobody answered",
    "platform": "Saved: you told the platform", "reply": "Saved: you replied", "no_reply": "Recorded: not answered in public", "police": "Saved: you told the police",
    "warned": "Saved: they know of it", "warns": "Recorded: someone else tells them", "nobody_named": "Recorded: it is aimed at nobody whom we can warn",
    "no_platform": "Recorded: you did not report it",
    "no_police": "Recorded: you did not tell the police", "has_it": "Saved: they have confirmed. Nobody there is chased now",
    **paths.TAKEN_BACK,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherAnswer:
    """What else than “I did it” is true of a step. `outcome` is what is kept of it, `tag` what stands on the page.

    `step` is the word that it is kept by; `when`, where it was done before by somebody else; `asks_when`: that has to be written.
    """

    key: str
    label: str
    outcome: str
    step: str
    saved: str
    when: datetime | None = None
    asks_when: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """A step: what stands for it, if it has an answer, in `tag`; else what else than done it may be answered by."""

    key: str
    done: PathStep | None
    tag: str = ""
    others: Sequence[OtherAnswer] = ()

    @property
    def happened(self) -> bool:
        """Whether somebody did what the step asks for, so that it gets a tick: an answer that says why not gets none."""
        return self.done is not None and self.done.outcome not in _NOT_DONE


def _guide(context: RequestContext, kind: PathKind) -> Guide:
    """A path's guide; where somebody may be speaking up, safeguarding hears of a threat in place of Security."""
    guide = GUIDES[kind]
    if kind == "threat" and context.store.team_access.is_protected(paths.case_of(context).number):
        return replace(guide, team="safeguarding", team_name="Safeguarding")
    return guide


@requires_role("reviewer")
def danger(context: RequestContext) -> Response:
    """The steps for someone who may come to harm."""
    return _show(context, _guide(context, "danger"))


@requires_role("reviewer")
def danger_done(context: RequestContext) -> Response:
    """Does one of its steps."""
    return _done(context, _guide(context, "danger"))


@requires_role("reviewer")
def threat(context: RequestContext) -> Response:
    """The steps for a threat."""
    return _show(context, _guide(context, "threat"))


@requires_role("reviewer")
def threat_done(context: RequestContext) -> Response:
    """Does one of its steps."""
    return _done(context, _guide(context, "threat"))


def _done(context: RequestContext, guide: Guide) -> Response:
    steps = {
        "called": _first, "not_called": _first, "ring": _ring, "ring_has": _rang_and_has, NO_ANSWER: _ring, "again": _again, "again_no": _again, "platform": _platform, "reply": _reply, "no_reply": _no_reply,
        "warned": _target, "warns": _target, "nobody_named": _target, "no_platform": _no_platform,
        "police": _police, "no_police": _police, "other": _other, "has_it": _has_it, "not": _not, "back": _take_back,
    }  # fmt: skip
    return paths.answer(
        context,
        {word: partial(step, guide) for word, step in steps.items()},
        lambda context, refused: _show(context, guide, refused),
    )


# ── the steps ────────────────────────────────────────────────────────────────────────────────────


def _first(guide: Guide, context: RequestContext) -> Response:
    now = _checked(context, guide)
    did = str(context.form["do"])
    earlier = now.standing.get(FIRST)
    if (
        did == "called" and earlier is not None and not earlier.is_999
    ):  # a call outranks that nobody called
        context.store.path_steps.take_back(earlier.number, by=context.user.number, at=context.at, seen=now.path.version)  # fmt: skip
        now = _scene(context, guide)
    paths.save(context, now, "first", outcome=did if did == "called" else guide.not_called.lower())
    return _go_on(guide, context, did)


def _ring(guide: Guide, context: RequestContext) -> Response:
    """They were rung. Unless they were asked already, it is passed on to them: an email, and a chase by the minute."""
    _save_ring(guide, context, spoke=context.form["do"] == "ring")
    return _go_on(guide, context, str(context.form["do"]))


def _rang_and_has(guide: Guide, context: RequestContext) -> Response:
    """Whoever was rung has it: both steps by one name and one time, or neither."""
    now = _checked(context, guide)
    handoff = paths.team(context, now, guide.team, guide.team_name).handoff
    if "has_it" in now.standing or (handoff is not None and handoff.state != "waits"):
        raise Refused("They have confirmed already: save “I rang them” by itself.")
    paths.spoke(context, missing="Write who you spoke to.", others=True)
    _save_ring(guide, context, spoke=True)
    _save_has_it(guide, context, _scene(context, guide))
    return _go_on(guide, context, "has_it")


def _save_ring(guide: Guide, context: RequestContext, *, spoke: bool) -> None:
    now = _checked(context, guide)
    who = paths.written(context, "who")[: paths.LONGEST_NAME] if spoke else ""
    if who:  # whoever rang may not have been told a name; what is written is one
        paths.spoke(context, missing="Write who you spoke to.", others=True)
    when = paths.moment(context, now)
    team = paths.team(context, now, guide.team, guide.team_name)
    word = _word_of_call(now, spoke=spoke)
    passing_on = (
        paths.decision(context, now, "escalate", role=guide.team)
        if team.role and team.handoff is None
        else None
    )
    outcome = SPOKE if spoke else NOBODY_ANSWERED
    paths.save(context, now, word, decision=passing_on, outcome=outcome, who=who, when=when)


def _again(guide: Guide, context: RequestContext) -> Response:
    """One more call: to the team, or to whoever is on call. It is another step, so that none takes the place of one before."""
    spoke = context.form["do"] == "again"
    if paths.written(context, "whom") != ON_CALL:
        _save_ring(guide, context, spoke=spoke)
        return _go_on(guide, context, "again")
    now = _checked(context, guide)
    who = paths.written(context, "who")[: paths.LONGEST_NAME] if spoke else ""
    if who:
        paths.spoke(context, missing="Write who you spoke to.", others=True)
    word = f"{ON_CALL}_{sum(step.step.startswith(ON_CALL) for step in now.path.steps) + 1}"
    outcome = SPOKE if spoke else NOBODY_ANSWERED
    paths.save(context, now, word, outcome=outcome, who=who, when=paths.moment(context, now))
    return _go_on(guide, context, "again")


def _word_of_call(now: Scene, *, spoke: bool) -> str:
    """By which word a call to the team is kept: the first that reached them is a step of the path, each other a further one."""
    if spoke and RING not in now.standing:
        return RING
    begins = RING_AGAIN if spoke else NO_ANSWER
    return f"{begins}_{sum(step.step.startswith(begins) for step in now.path.steps) + 1}"


def _go_on(guide: Guide, context: RequestContext, did: str) -> Response:
    """To the step that is next; to the next case once each is done and the team has it."""
    now = _scene(context, guide)
    left = [key for key in _steps(context, guide, now) if _answer_of(now, key) is None]
    if left or "has_it" not in now.standing:
        return paths.back(context, now, did)
    following = decide.next_case(context, now.case.number)
    return paths.onward(context, now, following)


def _platform(guide: Guide, context: RequestContext) -> Response:
    now = _checked(context, guide)
    if guide.kind == "threat" and not _may_remove(context, now):
        raise HTTPException(404)
    if guide.kind == "threat":  # a threat is to go, so that takedowns follow it
        for post in now.posts:
            context.store.takedowns.add(TakedownStep(
                mention=post.item.number, step="asked", whom="platform", at=context.at, kept_at=context.at,
                by=context.user.number, how=_route(guide, now).name[:LONGEST_HOW],
            ))  # fmt: skip
    paths.save(context, now, "platform", outcome="told")
    return _go_on(guide, context, "platform")


def _no_platform(guide: Guide, context: RequestContext) -> Response:
    """Whoever has it decides whether it is reported: the police may want it to stay until they have seen it."""
    now = _checked(context, guide)
    passing_on = _hand_over(guide, context, now, "platform")
    paths.save(context, now, "platform", decision=passing_on, outcome=TO_DECIDE)
    return _go_on(guide, context, "no_platform")


def _target(guide: Guide, context: RequestContext) -> Response:
    """Whoever it is aimed at hears of it from a person: by whom, and when; or nobody can be warned."""
    now = _checked(context, guide)
    did = str(context.form["do"])
    outcome = {"warned": "warned", "warns": TO_WARN}.get(did, "nobody to warn")
    passing_on = _hand_over(guide, context, now, "target") if did == "warns" else None
    who = paths.spoke(context, missing="Write who told them.") if did == "warned" else ""
    paths.save(
        context,
        now,
        "target",
        decision=passing_on,
        outcome=outcome,
        who=who,
        when=paths.moment(context, now),
    )
    return _go_on(guide, context, did)


def _hand_over(guide: Guide, context: RequestContext, now: Scene, step: str) -> CaseDecision | None:
    """Leaves a step to the team of the path, which is written to about it: with what passes the case on, else as one more line.

    The decision that passes it on, where that is still to be done. Raises Refused where the team does not take it, is not set up, or has
    answered: then nobody would do it.
    """
    team = paths.team(context, now, guide.team, guide.team_name)
    if now.refused_at is not None:
        raise Refused(f"{team.name} does not take it, so nobody there would do this. Do it yourself, or ask whoever is on call.")  # fmt: skip
    if team.handoff is None:
        if team.role is None and "has_it" not in now.standing:
            raise Refused(f"{team.name} is not set up as a team, and nobody there is known to have it: ring whoever does this, and save that they have it first.")  # fmt: skip
        return paths.decision(context, now, "escalate", role=guide.team) if team.role else None
    if not context.store.handoff_steps.add_line(
        team.handoff.number, by=context.user.number, at=context.at, note=f"You are to {HANDED_WORDS[step]}."
    ):  # fmt: skip
        raise Refused(f"{team.name} has answered already: ring them about this, and save that they were rung.")  # fmt: skip
    return None


def _take_from_team(guide: Guide, context: RequestContext, now: Scene, step: PathStep) -> None:
    """A step that was left to the team is taken back: it is written to about that, or nobody knows who does it."""
    team = paths.team(context, now, guide.team, guide.team_name)
    if team.handoff is not None and step.outcome in HANDED_OVER:
        context.store.handoff_steps.add_line(
            team.handoff.number, by=context.user.number, at=context.at, note=f"Taken back: you need not {HANDED_WORDS[step.step]}."
        )  # fmt: skip


def _reply(guide: Guide, context: RequestContext) -> Response:
    now = _checked(context, guide)
    paths.save(context, now, "reply", outcome="sent")
    return _go_on(guide, context, "reply")


def _no_reply(guide: Guide, context: RequestContext) -> Response:
    now = _checked(context, guide)
    paths.save(context, now, "no_reply", outcome="not answered")
    return _go_on(guide, context, "no_reply")


def _other(guide: Guide, context: RequestContext) -> Response:
    """Something else than done is true of a step, and is written down as what it is."""
    now = _checked(context, guide)
    key, wanted = paths.written(context, "step"), paths.written(context, "answer")
    others = () if _answer_of(now, key) is not None else _others(context, guide, now, key)
    other = next((each for each in others if each.key == wanted), None)
    if other is None or key not in _steps(context, guide, now):
        raise Refused(paths.CHANGED, status=409)
    if other.asks_when and not paths.written(context, "when"):
        raise Refused("Write when it was answered.", at_field="when")
    when = paths.moment(context, now) if other.asks_when else other.when
    paths.save(context, now, other.step, outcome=other.outcome, when=when)
    return _go_on(guide, context, f"{key}-{other.key}")


def _police(guide: Guide, context: RequestContext) -> Response:
    now = _checked(context, guide)
    reported = context.form["do"] == "police"
    note = paths.written(context, "reference")
    passing_on = None if reported else _hand_over(guide, context, now, "police")
    outcome = "told" if reported else TO_DECIDE
    paths.save(context, now, "police", decision=passing_on, outcome=outcome, note=note)
    return _go_on(guide, context, str(context.form["do"]))


def _has_it(guide: Guide, context: RequestContext) -> Response:
    """Somebody of the team has it: who said so, and when. Only that stops the danger clock."""
    now = _checked(context, guide)
    _save_has_it(guide, context, now)
    return _go_on(guide, context, "has_it")


def _save_has_it(guide: Guide, context: RequestContext, now: Scene) -> None:
    who = paths.spoke(context, missing="Write who has it.", others=True)
    when = paths.moment(context, now)
    team = paths.team(context, now, guide.team, guide.team_name)
    how = paths.how(context, now, team)
    passing_on = (
        paths.decision(context, now, "escalate", role=guide.team)
        if team.role and team.handoff is None
        else None
    )
    paths.save(
        context,
        now,
        "has_it",
        decision=passing_on,
        outcome="confirmed",
        who=who,
        note=how,
        when=when,
    )
    paths.confirm_handoff(context, now.case.number, guide.team, who=who, how=how, when=when)


def _not(guide: Guide, context: RequestContext) -> Response:
    """It is none, and somebody says so: whoever was told hears that it is no longer needed."""
    now = _checked(context, guide)
    why, ready = paths.why_not(context, guide.key_of_none)
    paths.who_said(context, now)
    who = paths.spoke(context, missing="Write who said so.")
    when = paths.moment(context, now)
    reason = untold.add(why, _untold(context, guide, now))
    decision = paths.decision(
        context, now, "no_action", labels={guide.flag: False}, reason=reason, why=ready
    )  # fmt: skip
    paths.save(
        context, now, "not", decision=decision, outcome=f"no {guide.about}", who=who, note=reason, when=when
    )  # fmt: skip
    return decide.onward(context, now.case.number, now.case.version + 1)


def _untold(context: RequestContext, guide: Guide, now: Scene) -> str:
    """The team that was not told of these posts; "" where it was."""
    return untold.untold(context, now.case, guide.flag, [post.item.number for post in now.posts])


def _take_back(guide: Guide, context: RequestContext) -> Response:
    now = _scene(context, guide)
    step = now.path.standing.get(paths.written(context, "step"))
    taken_back = paths.take_back(context, now)
    if step is not None:
        _take_from_team(guide, context, _scene(context, guide), step)
    if paths.written(context, "step") == "has_it":
        _waits_again(context, now, guide)
    return paths.back(context, now, taken_back)


def _waits_again(context: RequestContext, now: Scene, guide: Guide) -> None:
    """They don't have it after all: the hand-off waits again, and its clock goes on."""
    for handoff in context.store.handoffs.open(now.case.number):
        if handoff.role == guide.team and handoff.state == "confirmed":
            context.store.handoff_steps.wait_again(
                handoff.number, by=context.user.number, at=context.at
            )


# ── where it stands ──────────────────────────────────────────────────────────────────────────────


def _scene(context: RequestContext, guide: Guide) -> Scene:
    policy = context.app.policy
    flags = policy.names(in_danger=True) if guide.kind == "danger" else (guide.flag,)
    now = paths.scene(context, guide.kind, flags)
    handoff = paths.team(context, now, guide.team, guide.team_name).handoff
    refusal = handoff.refusal if handoff is not None else None
    refused_at = refusal.at if refusal is not None else None
    handed = refusal is None and (handoff is not None or "has_it" in now.path.standing)
    return replace(now, refused_at=refused_at, handed=handed)


def _checked(context: RequestContext, guide: Guide) -> Scene:
    now = _scene(context, guide)
    did = str(context.form.get("do", ""))
    about = (paths.written(context, "step"),) if did == "other" else _ABOUT.get(did)
    if about is not None and _ANSWERS & set(about):
        about = tuple(_ANSWERS)
    if did == "called" and not (FIRST in now.standing and now.standing[FIRST].is_999):
        about = ()
    paths.check_seen(context, now, about, is_fact=did in _FACTS)
    return now


def _calls(now: Scene) -> list[PathStep]:
    """The calls that stand, by when they were made."""
    standing = (step for step in now.standing.values() if step.is_call)
    return sorted(standing, key=lambda step: (step.moment, step.number))


def _tries(now: Scene) -> list[PathStep]:
    """The calls to the team that nobody answered, as far as none was taken back, first to last. Of one that does not take it none is tried again."""
    if now.refused_at is not None:
        return []
    return [step for step in _calls(now) if step.step.startswith(NO_ANSWER)]


def _route(guide: Guide, now: Scene) -> ReportRoute:
    facts = FACTS[now.posts[0].item.platform if now.posts else "other"]
    of_life = guide.kind == "danger" and may_end_life(_harms(now))
    return facts.at_risk_route if of_life else facts.report_route


def _thread(now: Scene) -> tuple[list[ThreadPost], list[ThreadPost]]:
    """What was said in the thread since these posts, other posts of the case too, and what was said before them."""
    if not now.posts:
        return [], []
    shown = {post.item.number for post in now.posts}
    first = min(post.item.posted_at for post in now.posts)
    others = [
        ThreadPost(
            mention=post.item.number, platform=post.item.platform, kind=post.item.kind, posted_at=post.item.posted_at, own=post.item.own,
            masked=post.item.masked,
        ) for post in now.pane.posts if post.item.number not in shown
    ]  # fmt: skip
    thread = now.pane.thread
    around = [replace(post, same_writer=thread.same_writer(post.mention, shown)) for post in (*thread.more, *others)]  # fmt: skip
    around.sort(key=lambda post: (post.posted_at, post.mention))
    return [post for post in around if post.posted_at > first], [
        post for post in around if post.posted_at <= first
    ]


def _harms(now: Scene) -> frozenset[str]:
    """What may be happening, by the words of these posts and of what they answer."""
    return begun.harms_in((post.item.masked, post.around) for post in now.posts)


def _steps(context: RequestContext, guide: Guide, now: Scene) -> tuple[str, ...]:
    """Whoever is hurt at home is not answered in public, and no platform is told that they may end their life.

    What a case waits for in Now is among them, whatever these words look like.
    """
    if guide.kind != "danger":
        return tuple(
            step for step in guide.steps if step != "platform" or _may_remove(context, now)
        )
    number, standing = now.case.number, now.standing.keys()
    left = context.store.cases.steps_left((number,)).get(number, ())
    wanted = begun.steps_of(guide.kind, standing=standing, left=left, likely=_harms(now))
    return tuple(step for step in guide.steps if step in wanted | standing)


def _answer_of(now: Scene, key: str) -> PathStep | None:
    """What stands for a step: that they were not rung holds for as long as they have it. Where they don't take it, whoever is on call is to be rung."""
    standing = now.standing
    if key == RING and now.refused_at is not None:
        return call_in_place(_calls(now), now.refused_at)
    if key == RING and RING not in standing:
        further = next((step for step in _calls(now) if step.step.startswith(RING_AGAIN)), None)
        return further or (standing.get(NOT_RUNG) if "has_it" in standing else None)
    return standing.get(key)


def _others(context: RequestContext, guide: Guide, now: Scene, key: str) -> Sequence[OtherAnswer]:
    """What else than done may be true of a step, so that nobody has to say that they did what they did not."""
    team = paths.team(context, now, guide.team, guide.team_name)
    spoke = "ring" in now.standing or "has_it" in now.standing or (team.handoff is not None and team.handoff.state != "waits")  # fmt: skip
    place = SHORT_NAMES[now.posts[0].item.platform] if now.posts else "the platform"
    says_not = (OtherAnswer(key="says_not", label=f"{team.name} says not to", outcome=SAYS_NOT, step=key, saved=f"Recorded: not done, since {team.name} says not to"),) if spoke else ()  # fmt: skip
    gone = OtherAnswer(key="gone", label="It is gone", outcome=IS_GONE, step=key, saved="Recorded: not possible, since it is gone")  # fmt: skip
    no_way = OtherAnswer(key="no_way", label=f"Not possible on {place}", outcome=NO_WAY, step=key, saved=f"Recorded: not possible on {place}")  # fmt: skip
    by_another = OtherAnswer(key="another", label="Someone else called", outcome="called by someone else", step=key, saved="Recorded: someone else called 999")  # fmt: skip
    if key == "first":
        calm = OtherAnswer(key="no_life", label="No life is in danger now", outcome="no life in danger", step=key, saved="Recorded: no life is in danger now, and 999 was not called")  # fmt: skip
        return (calm, by_another) if guide.kind == "danger" else (by_another,)
    if key == "ring" and "has_it" in now.standing:
        return (OtherAnswer(key="not_rung", label="Not rung: they told us", outcome="not rung", step=NOT_RUNG, saved="Recorded: they told us, and you did not ring them"),)  # fmt: skip
    if key == "police":
        return (OtherAnswer(key="another", label="Someone else told them", outcome="told by someone else", step=key, saved="Recorded: someone else told the police"),)  # fmt: skip
    if key == "platform":
        return (*says_not, gone, no_way)
    if key == "reply":
        return (_answered_already(context, now), *says_not, gone, no_way)
    return (_answered_already(context, now),) if key == "no_reply" else ()


def _answered_already(context: RequestContext, now: Scene) -> OtherAnswer:
    """That it was answered before, with the time where our own reply was collected or somebody wrote one down."""
    when = _our_reply(context, now)
    words = f", {clock.near_time(when, context.at)}, by our account" if when is not None else ""
    return OtherAnswer(
        key="already", label=f"Answered already{words}", outcome=ALREADY, step="reply", when=when, asks_when=when is None,
        saved="Recorded: it was answered already",
    )  # fmt: skip


def _our_reply(context: RequestContext, now: Scene) -> datetime | None:
    """When we last answered one of these posts, by an account of ours or as somebody wrote down; None where nothing tells of it."""
    if not now.posts:
        return None
    numbers = {post.item.number for post in now.posts}
    first = min(post.item.posted_at for post in now.posts)
    undone = {entry.version for entry in now.history if entry.undone}
    own = [each.at for each in context.store.replies.own_answers(now.case.number) if numbers & set(each.posts)]  # fmt: skip
    in_thread = [post.posted_at for post in now.pane.thread.more if post.own and post.posted_at > first]  # fmt: skip
    written = [
        each.at for each in context.store.replies.of_case(now.case.number)
        if each.version not in undone and numbers & set(each.posts)
    ]  # fmt: skip
    return max(own or in_thread or written, default=None)


def _may_remove(context: RequestContext, now: Scene) -> bool:
    """Whether somebody asks a platform to take a threat away: of the Guardian's lane they and governance alone."""
    return not now.case.protected or context.sight.decides


def _wording(context: RequestContext, guide: Guide, now: Scene) -> str:
    """What to write to the platform. It repeats no word of the post."""
    name = context.config.organisation.name
    if guide.kind == "threat" and now.posts:
        item = now.posts[0].item
        return report.wording(name, item.kind, item.flags, context.app.policy, (guide.flag,))
    what = danger_wording(_harms(now))
    return f"We are the communications team of {name}, a public body of the NHS in England. We think that {what}"


def help_words(context: RequestContext, likely: frozenset[str] = frozenset()) -> str:
    """A reply that points to help: for whoever may end their life as the organisation has set it, else in words of our own."""
    if help_for(likely) == HELP:
        today = clock.local_day(context.at)
        for template in context.config.review.templates:
            if "safeguarding" in template.flags and template.reply:
                words = filled(template, context.config.organisation, today)
                if not words.missing:
                    return words.text
    return help_for(likely)


def _who(context: RequestContext, step: PathStep) -> str:
    return "You" if step.by == context.user.number else step.by_name.split()[0]


def _tag(context: RequestContext, step: PathStep, team: str) -> str:
    """Called: Ben, 08:52. What was so before he wrote it down has its own time first."""
    if step.outcome == ALREADY:
        return f"Answered already, {clock.near_time(step.when or step.at, context.at)}: {_who(context, step)}, {clock.near_time(step.at, context.at)}"  # fmt: skip
    words = {
        SAYS_NOT: f"{team} says not to", IS_GONE: "Not possible, it is gone", NO_WAY: "Not possible there", "not rung": "Not rung, they told us",
        "called by someone else": "Someone else called", "no life in danger": "No life in danger now", "told by someone else": "Someone else told them",
        "called": "Called", "not known": "Not known", "not now": "Not now", "spoke": "Rang", "told": "Told", "sent": "Replied", "not answered": "Not answered",
        TO_DECIDE: f"For {team} to decide", "warned": "They know", TO_WARN: f"For {team} to warn", "nobody to warn": "Nobody to warn",
    }.get(step.outcome, "Done")  # fmt: skip
    return f"{words}: {_who(context, step)}, {clock.near_time(step.when or step.at, context.at)}"


def _at(moment: datetime, at: datetime) -> str:
    """When, as a sentence ends with it: at 23:10, yesterday, 09:10."""
    words = clock.near_time(moment, at)
    return f"at {words}" if words[:1].isdigit() else words


def _others_told(context: RequestContext, now: Scene, guide: Guide) -> list[Line]:
    """The other teams that this case was passed on to and what became of it, as far as this person may see them."""
    lines: list[Line] = []
    for waits in asked.of_case(context, now.case):
        if waits.of.role != guide.team:
            team = Team(name=waits.team, role=waits.role, handoff=waits.of)
            lines += (replace(line, details="" if waits.elsewhere else line.details) for line in paths.mailed(context, team) if line.at)  # fmt: skip
    return lines


def _call_line(context: RequestContext, step: PathStep, team: str) -> str:
    """Amina rang Priya Nair, Safeguarding, yesterday, 09:10; whether nobody answered."""
    if step.is_to_team:
        whom = f"{step.who}, {team}," if step.who else team
    else:
        whom = f"{step.who}, on call," if step.who else "whoever is on call"
    words = f"{_who(context, step)} rang {whom} {_at(step.moment, context.at)}"
    return f"{words}: no answer" if step.outcome == NOBODY_ANSWERED else words


def _further(context: RequestContext, now: Scene, team: Team) -> Sequence[tuple[PathStep, str]]:
    """The calls beside the one that stands for the step, or beside the last that nobody answered, in words."""
    tries = _tries(now)
    shown = _answer_of(now, RING) or (tries[-1] if tries else None)
    return [(step, _call_line(context, step, team.name)) for step in _calls(now) if shown is None or step.number != shown.number]  # fmt: skip


def _knows(context: RequestContext, now: Scene, team: Team, guide: Guide) -> Sequence[Line]:
    """Who was told, when and by whom; and who was not yet."""
    at, lines = context.at, []
    for mail in context.store.alerts.mails_of_case(now.case.number):
        told_here = (
            context.sight.guardians
            or now.case.protected
            or not context.config.alerts.is_guardians(mail.route)
        )
        if mail.sent_at is not None and told_here:
            whom = alerted.whom(context, mail)
            words = f"{whom[:1].upper()}{whom[1:]}: {mails.emailed(mail, at)}"
            lines.append(Line(at=mail.sent_at, words=words))
    place = SHORT_NAMES[now.posts[0].item.platform] if now.posts else "the platform"
    names = {"first": "999", "platform": place, "police": "the police"}
    for step in now.standing.values():
        who, when = _who(context, step), _at(step.moment, at)
        if step.is_call:
            words = _call_line(context, step, team.name)
            lines.append(Line(at=step.moment, words=words, yes=step.outcome == SPOKE))
        elif step.step in names and step.outcome in ("called", "told"):
            words = f"{who} {step.outcome} {names[step.step]} {when}"
            lines.append(Line(at=step.moment, words=words, details=step.note))
        elif step.step == "target" and step.outcome == "warned":
            lines.append(Line(at=step.moment, words=f"Whoever it is aimed at was told {when}", details=step.who))  # fmt: skip
        elif step.step == "has_it" and team.handoff is None:
            lines.append(
                Line(
                    at=step.moment,
                    words=f"{team.name} has confirmed {when}",
                    details=", ".join(part for part in (step.who, step.note) if part),
                )
            )
    mailed = [*paths.mailed(context, team), *_others_told(context, now, guide)]
    lines = sorted(lines + [line for line in mailed if line.at], key=lambda line: line.at or at)
    return [*lines, *(line for line in mailed if line.at is None and "has_it" not in now.standing)]


def _ring_words(context: RequestContext, team: Team) -> Markup:
    """The numbers to ring: the team's, and who is rung out of hours."""
    if team.role is None:
        return Markup()
    return Markup().join(
        Markup("<span>{}</span>").format(part)
        for part in numbers_of(context, team.role, marked=True)
    )


def _step_shown(
    context: RequestContext, guide: Guide, now: Scene, team: Team, key: str
) -> StepShown:
    step = _answer_of(now, key)
    if step is None:
        return StepShown(key=key, done=None, others=_others(context, guide, now, key))
    return StepShown(key=key, done=step, tag=_tag(context, step, team.name))


def _saved(context: RequestContext, guide: Guide, now: Scene, team: Team) -> str:
    """What the last step saved, as it was; "" for none."""
    did = context.request.query_params.get("done", "")
    if did in _HANDS_OVER and team.handoff is not None:
        return f"Saved: this is for {team.name}. {_is_handed_over(team)}"
    if did == "released" and (follows := alerted.follows(context, now.case.number)):
        return f"{SAVED[did]}. {follows}"
    if did == RING:
        waits = team.handoff is not None and team.handoff.state == "waits" and bool(team.role and team.role.email)  # fmt: skip
        follows = mails.if_unconfirmed(context, team.role) if waits else ""
        return ". ".join(filter(None, (SAVED[did], follows.removesuffix("."))))
    if did in (NO_ANSWER, "again") and _refused_by(context, team):
        return f"{SAVED[did]}. {_refused_by(context, team)}"
    if did in (NO_ANSWER, "again"):
        return f"{SAVED[did]}. {_after_call(context, now, team)}".strip()
    key, _, other = did.partition("-")
    if other:
        return next((each.saved for each in _others(context, guide, now, key) if each.key == other), "")  # fmt: skip
    return (SAVED | {"not_called": guide.not_called_saved}).get(did, "")


def _is_handed_over(team: Team) -> str:
    """Whether the team knows of what was left to it: nobody there does before an email has left."""
    if not team.emailed:
        return "They have no email: ring them and say so"
    return "The email says so, and has not left yet" if team.unsent else "An email tells them"


def _refused_by(context: RequestContext, team: Team) -> str:
    """That the team of these steps does not take it, and whom to ring in its place; "" of one that said no such thing."""
    return asked.refused_words(context, team.handoff, team.name) if team.handoff is not None else ""


def _after_call(context: RequestContext, now: Scene, team: Team) -> str:
    """What follows a call: whom a colleague has reached meanwhile, and when the team is to be rung again, if at all; as the step below says it."""
    done = begun.of_case(context, now.case.number)
    if done.has_it:
        return f"{team.name} has confirmed: nobody need be rung"
    if done.is_to_ring(context.at):
        return "Ring again" if done.rung is None or done.rung.outcome != SPOKE else "Ring again now"
    rung = done.rung
    if rung is None or done.retry_at is None:
        return ""
    by = "You" if rung.by == context.user.number else rung.by_name
    spoke = f"{by} {f'spoke to {rung.who}' if rung.who else 'rang them'}, {clock.near_time(rung.moment, context.at)}"
    return f"{spoke}: ring again {clock.at_time(done.retry_at, context.at)} if they have not confirmed"  # fmt: skip


def _show(context: RequestContext, guide: Guide, refused: Refused | None = None) -> Response:
    context.store.claims.look(
        paths.case_of(context).number, context.user.number, context.at
    )  # before it is said who has it
    sorting.note_look(context, paths.case_of(context).number)
    now = _scene(context, guide)
    team = paths.team(context, now, guide.team, guide.team_name)
    standing, likely = now.standing, _harms(now)
    next_now = context.store.lanes.next_after(now.case.number, user=context.user.number, at=context.at, lanes=("now",))  # fmt: skip
    case = context.store.cases.get(now.case.number) or now.case
    later, earlier = _thread(now)
    done = begun.of_case(context, now.case.number)
    return page(
        context, "desk/danger.html", again=wrote_again([post.item for post in now.pane.posts], now.pane.thread, {post.item.number for post in now.posts}), later=later, earlier=earlier, status=refused.status if refused else 200, guide=guide, now=now, case=case, pane=now.pane,
        steps=[_step_shown(context, guide, now, team, key) for key in _steps(context, guide, now)],
        to_ring=done.is_to_ring(context.at), retry_at=done.retry_at, team=team, numbers=_ring_words(context, team), tries=_tries(now), further=_further(context, now, team), keeps_call=refused is not None and refused.status == 409 and context.form.get("do") in _CALLS, knows=_knows(context, now, team, guide),
        left=asked.left(context, case), route=_route(guide, now), wording=_wording(context, guide, now),
        on_call=context.config.review.crisis_contact, refused_by=phones(_refused_by(context, team)), help_words=help_words(context, likely), child=guide.kind == "danger" and CHILD in likely, tell=tell, likely=likely, no_reply_words=NO_REPLY, no_reply_why=NO_REPLY_WHY, next_now=next_now, confirmed=standing.get("has_it") or (team.handoff if team.handoff and team.handoff.state != "waits" else None),
        denied=standing.get("not"), whys=WHY_NOT[guide.key_of_none], untold_team=_untold(context, guide, now), asks_how=paths.is_unreached(now, team), hows=paths.HOW, follows=mails.follows(context, team.handoff) if team.handoff else "", to_next=mails.next_person(context, team.handoff, name=mails.NEXT_PERSON) if team.handoff else "", came=paths.number(context, "post"), phones=phones, near=clock.near_time,
        now_time=clock.local(context.at)[-5:], days=paths.days(context, now), refused=refused, form=context.form, police=next((role for role in context.config.review.roles if role.key == "police"), None),
        saved=_saved(context, guide, now, team),
        platform=SHORT_NAMES[now.posts[0].item.platform] if now.posts else "the platform",
    )  # fmt: skip
