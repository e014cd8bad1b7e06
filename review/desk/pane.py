"""A case in the reading pane: its posts with their words, what stands around them, and what is suggested for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core import clock
from core.models import LANES, Lane, TeamType, speaks_up
from core.named_time import NamedTime, named_time
from core.text import sentence
from core.worries import flags_told
from reports import handoffs
from review.context import RequestContext
from review.desk import alerted, asked, begun, rows, suggestions
from review.desk.aimed import help_words, says_at_me
from review.desk.begun import Begun
from review.desk.harm import is_over, needs_looking_into, needs_safeguarding
from review.desk.leak_stands import LeakStands, decided_words, leak_stands
from review.desk.staff import StaffAdvice, advice
from review.desk.suggestions import (
    ABUSE,
    ALWAYS,
    CHOICES,
    Followed,
    Situation,
    Suggestion,
    suggestion,
)
from review.desk.untold import Elsewhere, elsewhere
from review.desk.words import PostWords, shown
from review.desk.wrote_again import WroteAgain, wrote_again
from review.moderation import actions
from review.reading import FACTS, reading_of
from review.replies import panel, suggest
from review.rights import covering as covered
from review.team import colleagues
from review.team.colleagues import OpinionShown
from review.wording import SHORT_NAMES, post_name
from steps.lanes import OURS_WRONG, is_for_a_study, unsure_of
from store import (
    Assignment,
    Case,
    CaseDecided,
    CaseMention,
    Correction,
    Item,
    Moderation,
    PathKind,
    Takedown,
    Teamwork,
    Thread,
    ThreadPost,
    WrittenLine,
)
from store.cases.handoffs import DANGERS, HandoffState
from store.cases.path_steps import REPLIED
from store.cases.second_looks import SecondLook

JUDGED_OVER = timedelta(weeks=4)  # of decisions, by which a suggestion is judged
CLAIM = "misinformation"  # the flag of a claim to check
IMPERSONATES = "impersonation"  # the flag of a page in our name
UNSAID = (
    "undo",
    "reopen",
    "confirm",
)  # kinds after which what was decided before still says where a case stands
SHOWN = 20  # posts of a case that stand in the pane; the rest are a link away


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShown:
    """What we answered to a post and when: `by` is who wrote it down, "" for an account of ours, whose words are in `masked`."""

    at: datetime
    by: str
    masked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShown:
    """A post with its own decision. `place` counts by when they were posted, from 1; `value` names it and its words' revision."""

    place: int
    item: Item
    value: str
    lane: Lane | None
    reason: str
    decided: bool
    reported: bool
    words: PostWords
    facts: Sequence[str]
    answers: ThreadPost | None
    suggestion: Suggestion
    situation: Situation = field(repr=False)
    came: bool = False
    staff: StaffAdvice | None = None  # what may be done about it, where its writer may work here
    wants: str = ""  # the time that a reporter names, in a sentence
    corrections: Sequence[Correction] = ()  # what was put right of it, for the person it is about
    answer: AnswerShown | None = None  # what we answered to it last
    acts: Sequence[Moderation] = ()  # what was done to it through its platform
    unasked: bool = False  # it is a page in our name that a team has, and nobody asked its platform to take it down
    wrote: str = ""  # whether whoever may be in danger, or threatened, wrote this as well, after it

    @property
    def around(self) -> str:
        """What it answers, and what stands around it, masked."""
        pieces = (piece.text for each in self.words.around for piece in each.pieces)
        return " ".join([self.answers.masked if self.answers else "", *pieces])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """All that the pane shows of a case. `worst` is the post by which the case has its name; None where none is left."""

    case: Case
    name: str
    lane: Lane | None
    left: rows.TimeLeft | None
    posts: Sequence[PostShown]
    worst: PostShown | None
    open: int  # posts that nobody has decided on
    further: int
    thread: Thread
    holds: Sequence[tuple[str, str]]
    has: rows.Holder
    has_since: datetime | None
    taken: bool  # by the person who looks
    may_take: bool
    seen: int
    history: Sequence[CaseDecided]
    looks: Sequence[SecondLook] = ()  # at its decisions, by somebody else than who made them
    case_flags: frozenset[str] = frozenset()
    alerted: str = ""  # who was told at once, and who took it since
    told_nobody: str = ""  # that nobody was, though its steps were begun, and whom to ring
    handed: Assignment | None = (
        None  # by whom it was handed to whoever has it, with their note; None where they took it
    )
    teams: Sequence[asked.Waits] = ()  # that were asked, and what they said
    elsewhere: Sequence[
        Elsewhere
    ] = ()  # what went to another team alone than the one that must know
    steps_left: int = 0  # steps that have no answer of what its team has
    path: PathKind = "danger"  # on which these stand
    begun: Begun = field(default_factory=Begun)  # what was done about danger or a threat
    begun_words: str = ""  # the same in sentences
    steps_done: str = ""  # how many of its steps have an answer, as 2 of 3; "" where nobody began
    aimed: str = ""  # how a colleague gets help who reported that it is aimed at them
    leak: LeakStands | None = None  # a leak that somebody confirmed, and how far its steps are
    repeated: Sequence[int] = ()  # cases of Rest that tell what a claim of it tells
    doubting: Sequence[int] = ()  # those of them of which a post denies it or asks about it
    last: CaseDecided | None = None  # the last decision that holds
    asks_by: datetime | None = (
        None  # by when somebody waits for an answer to a post of it, although no lane holds it any more
    )
    privately: bool = False  # whoever waits for that is not answered in public: it may harm them
    again: WroteAgain | None = None  # what the writer wrote after it
    later: Sequence[
        ThreadPost
    ] = ()  # what was said in the thread since, where somebody may be in danger or hurt
    same_claim: Sequence[int] = ()  # other cases of Today that make a claim of this one
    written: WrittenLine | None = None  # what an officer calls it, in place of the rules' line
    split_from: int | None = None  # the case that its posts were taken out of, where one may see it
    split_off: Sequence[int] = ()  # cases that were taken out of this one
    opinions: Sequence[
        OpinionShown
    ] = ()  # that are asked on it, or were answered and nobody decided since
    idle: str = ""  # the colleague who has danger open, where nobody has begun with it

    @property
    def question(self) -> OpinionShown | None:
        """What a colleague asks the person who looks, who has not answered yet."""
        return next((each for each in self.opinions if each.mine), None)

    @property
    def rest_of_thread(self) -> Sequence[ThreadPost]:
        """What else was said in the thread."""
        later = {post.mention for post in self.later}
        return [post for post in self.thread.more if post.mention not in later]


def pane(context: RequestContext, case: Case, *, came: int | None = None) -> Pane:
    """A case as the person who asks sees it; `came` is the post that they came for."""
    mentions = [
        mention for mention in context.store.cases.mentions(case.number) if mention.reviewable
    ]
    history = context.store.cases.history(case.number)
    answered, untold = _answered(context, case, history), context.store.cases.untold(case.number)
    thread = context.store.threads.around([mention.item.number for mention in mentions[:SHOWN]])
    mentions, thread, covering = covered.mentions(context, mentions, thread)
    children = context.store.children.among([mention.item.number for mention in mentions[:SHOWN]])
    on_platform = actions.parts(context, case, mentions)
    moderated = {way.item.number: way for way in on_platform["ways"]}  # type: ignore[attr-defined]
    acts: Sequence[Moderation] = on_platform["moderated"]  # type: ignore[assignment]
    places = {
        mention.item.number: place
        for place, mention in enumerate(
            sorted(mentions, key=lambda mention: (mention.item.posted_at, mention.item.number)), 1
        )
    }
    writer = context.sight.guardians or not case.protected
    under_way = leak_stands(context, case.number)
    ended = decided_words(context, case.number) if under_way is None else {}
    in_danger = begun.of_case(context, case.number)
    teams = asked.of_case(context, case)
    followed_posts = {each.mention: each for each in context.store.takedowns.of_case(case.number)}
    posts = [
        _post(
            context, mention, history, thread, came=came, can_hide=bool(way and way.actions), stands=(untold.get(mention.item.number, ()), under_way.words(context.at) if under_way and mention.item.number in under_way.posts else ended.get(mention.item.number, ""), begun_words(context, in_danger)), covering=covering,
            beside=_Beside(answer=answered.get(mention.item.number), teams=[each for each in teams if any(number == mention.item.number for number, _ in each.of.posts)], takedown=followed_posts.get(mention.item.number), acts=[act for act in acts if act.mention == mention.item.number]),
            known=[*facts(mention.item, context.at, writer=writer, staff=context.reads_staff), *covered.facts(context, mention.item.number, children=children)],
        )
        for mention in mentions[:SHOWN]
        for way in [moderated.get(mention.item.number)]
    ]  # fmt: skip
    posts = [replace(post, place=places[post.item.number]) for post in posts]
    posts = _with_writers(posts, thread) if writer else posts
    posts.sort(key=lambda post: (not post.came, post.decided, _rank(post.lane), post.place))
    worst = next((post for post in posts if post.item.number == case.lane_mention), None)
    worst = worst or next((post for post in posts if not post.decided), posts[0] if posts else None)
    named = _named(context, case, mentions) or (worst.reason if worst else "")
    line = context.store.case_lines.in_place({case.number: named})[case.number]
    holder, since, taken, may_take, seen = _holder(context, case)
    claims = not case.protected and any(CLAIM in post.situation.flags for post in posts)
    repeated = context.store.bulk.repeating(case.number, at=context.at) if claims else ()
    return Pane(
        case=case, name=line or f"Case {case.number}", written=context.store.case_lines.last(case.number) if line != named else None, lane=case.lane,
        left=asked.left(context, case) if case.lane else None, posts=posts, worst=worst,
        open=sum(not post.decided for post in posts), further=len(mentions) - len(posts), thread=thread,
        holds=_holds(posts), has=holder, has_since=since, taken=taken, may_take=may_take, seen=seen, history=history, looks=context.store.second_looks.of_case(case.number) if history else (),
        case_flags=frozenset(flag.name for mention in mentions for flag in mention.item.flags),
        begun=in_danger, begun_words=begun_words(context, in_danger), steps_done=_steps_done(context, case, posts, in_danger), alerted=alerted.line(context, case), told_nobody=alerted.told_nobody(context, case) if in_danger.steps else "", handed=_handed(context, case), teams=teams, elsewhere=elsewhere(context, case),
        aimed=help_words(context, case.number, [post.item.number for post in posts]) if case.lane == "now" else "",
        leak=under_way, steps_left=len(context.store.cases.steps_left((case.number,), in_hand=True).get(case.number, ())) if case.lane == "now" else 0, path="danger" if any("safeguarding" in flags for flags in untold.values()) else "threat",
        asks_by=asks_by(context, case) if not case.lane and not case.protected else None, privately=_is_private(context, case),
        repeated=repeated, doubting=sorted(context.store.bulk.doubting(repeated)) if repeated else (),
        same_claim=context.store.bulk.same_claim(case.number) if claims else (),
        split_from=_seen(context, case.split_from), split_off=context.store.splitting.split_off(case.number),
        later=_later(posts, thread), again=_again(posts, thread), opinions=_opinions(context, case), idle=_idle(context, case), last=next((entry for entry in reversed(history) if not entry.undone and entry.decision.kind not in UNSAID), None),
    )  # fmt: skip


def _seen(context: RequestContext, number: int | None) -> int | None:
    """That case, where there is one that this person may see; whoever stepped back from it sees it no more than anybody may who is not of the lane."""
    other = context.store.cases.get(number) if number is not None else None
    return number if other is not None and context.sees(other) else None


def begun_words(context: RequestContext, done: Begun) -> str:
    """What was done about danger or a threat, as sentences; "" where nobody began with its steps."""
    if not done.steps:
        return ""
    names = context.may("reviewer") or context.may("governance")
    on_call = done.words_of_on_call(context.at)
    alone = on_call and done.rung is None and not done.has_it
    words = (
        done.words_of_999(context.at), done.words_of_call(context.at, names=names), on_call,
        f"nobody has rung {begun.team_of(context, done)}" if alone else "",
    )  # fmt: skip
    return " ".join(f"{sentence(each)}." for each in words if each) or "Its steps were begun."


def _steps_done(context: RequestContext, case: Case, posts: Sequence[PostShown], done: Begun) -> str:  # fmt: skip
    """How many steps of the path that was begun have an answer, as its page counts them: 2 of 3."""
    if not done.steps:
        return ""
    kind = done.steps[-1].path
    standing = {step.step for step in done.steps if step.path == kind}
    graves = [post for post in posts if not DANGERS.isdisjoint(post.situation.flags)] or list(posts[:1])  # fmt: skip
    left = context.store.cases.steps_left((case.number,)).get(case.number, ())
    steps = begun.steps_of(
        kind, standing=standing, left=left, likely=begun.harms_in((post.item.masked, post.around) for post in graves)
    )  # fmt: skip
    if kind == "threat" and case.protected and not context.sight.decides:
        steps -= {"platform"}
    return f"{begun.answered(steps, standing, done)} of {len(steps)}"


def _opinions(context: RequestContext, case: Case) -> list[OpinionShown]:
    """What colleagues are asked on a case, one's own question first; of what may be speaking up only those whose lane it is read that."""
    if case.protected and not context.sight.guardians:
        return []
    known = colleagues.team(context)
    standing = [
        each for each in context.store.opinions.of_case(case.number) if each.state != "over"
    ]
    return sorted((colleagues.shown(context, known, each) for each in standing), key=lambda each: not each.mine)  # fmt: skip


def _idle(context: RequestContext, case: Case) -> str:
    """Who else has danger open with which nobody has begun; "" where nobody has, or something was done."""
    me, until = context.user.number, case.claimed_until
    if case.claimed_by in (None, me) or until is None or until <= context.at:
        return ""
    return names(context).get(case.claimed_by or 0, "Someone who has left") if context.store.lanes.is_unbegun(case.number) else ""  # fmt: skip


def asks_by(context: RequestContext, case: Case) -> datetime | None:
    """By when whoever asked for help in a case is to have an answer; None where nobody waits for one, or a team has the request."""
    return None if asked.has_request(context, case.number) else answer_due(context, case.number)


def answer_due(context: RequestContext, case: int) -> datetime | None:
    """By when whoever asked for help in a case is to have an answer, whoever has it; None where nobody waits for one."""
    return context.store.handoffs.request_due(case)


def asks_words(context: RequestContext, case: int) -> str:
    """What is not done of a request for help that nobody has: that a reply went out as a step of danger doesn’t say that it was answered."""
    reply = context.store.path_steps.path(case, "danger").standing.get("reply")
    if reply is not None and reply.outcome in REPLIED:
        return "no answer to that is written down"
    return "nobody has answered that"


def _is_private(context: RequestContext, case: Case) -> bool:
    """Whether whoever waits for an answer to a case that no lane holds, or of which a team has the request, must not get it in public."""
    if case.protected or answer_due(context, case.number) is None:
        return False
    return (not case.lane or asked.has_request(context, case.number)) and is_private(context, case.number)  # fmt: skip


def is_private(context: RequestContext, case: int) -> bool:
    """Whether nobody of a case is answered in public."""
    return handoffs.is_private(context.store, case)


def _with_writers(posts: Sequence[PostShown], thread: Thread) -> list[PostShown]:
    """The posts of a case with who wrote those that came after one of danger or a threat, as far as the platform says."""
    graves = [post for post in posts if post.lane == "now" and not DANGERS.isdisjoint(post.situation.flags)]  # fmt: skip
    if not graves:
        return list(posts)
    first = min(graves, key=lambda post: post.item.posted_at)
    numbers = {post.item.number for post in graves}

    def wrote(post: PostShown) -> str:
        if post in graves or post.item.posted_at <= first.item.posted_at:
            return ""
        same = thread.same_writer(post.item.number, numbers)
        if same is None:
            return ""
        return f"The same writer as post {first.place}, later" if same else f"Someone else than the writer of post {first.place}"  # fmt: skip

    return [replace(post, wrote=wrote(post)) for post in posts]


def _again(posts: Sequence[PostShown], thread: Thread) -> WroteAgain | None:
    """What the writer of what is grave, or else of what waits for an answer, wrote after it."""
    graves = [post for post in posts if not (DANGERS | {"pid"}).isdisjoint(post.situation.flags)]
    asking = [post for post in posts if "assistance" in post.situation.flags]
    return wrote_again([post.item for post in posts], thread, {post.item.number for post in graves or asking})  # fmt: skip


def _later(posts: Sequence[PostShown], thread: Thread) -> list[ThreadPost]:
    """What came after the first post in Now of danger or a threat: it may change everything, so it lies open."""
    graves = [post.item for post in posts if post.lane == "now" and not DANGERS.isdisjoint(post.situation.flags)]  # fmt: skip
    if not graves:
        return []
    began, numbers = min(item.posted_at for item in graves), {item.number for item in graves}
    return [replace(post, same_writer=thread.same_writer(post.mention, numbers)) for post in thread.more if post.posted_at > began]  # fmt: skip


def _named(context: RequestContext, case: Case, mentions: Sequence[CaseMention]) -> str:
    """The reason that a case is called by, as in the list; "" for one that stands in no lane.

    `mentions` are covered where they have to be.
    """
    number = context.store.lanes.named_by(case.number, context.at)
    return next((mention.reason for mention in mentions if mention.item.number == number), "")


def _answered(
    context: RequestContext, case: Case, history: Sequence[CaseDecided]
) -> dict[int, AnswerShown]:
    """The posts of a case that we answered, with the last answer: by an account of ours, or as somebody wrote down and nobody took back."""
    undone = {entry.version for entry in history if entry.undone}
    answers = [
        (each.posts, AnswerShown(at=each.at, by="", masked=each.masked))
        for each in context.store.replies.own_answers(case.number)
    ]
    answers += [
        (each.posts, AnswerShown(at=each.at, by=each.by_name))
        for each in context.store.replies.of_case(case.number)
        if each.version not in undone
    ]
    answers.sort(key=lambda pair: pair[1].at)
    return {post: answer for posts, answer in answers for post in posts}


def _rank(lane: Lane | None) -> int:
    return LANES.index(lane) if lane else len(LANES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What was done about a post outside its decisions: our answer to it, by teams, by asking its platform, and through that."""

    answer: AnswerShown | None
    teams: Sequence[asked.Waits]
    takedown: Takedown | None
    acts: Sequence[Moderation]

    @property
    def states(self) -> dict[TeamType, HandoffState]:
        """Where it stands with the teams that it was passed to, by their type; the last of each."""
        return {
            each.role.type: each.of.state
            for each in sorted(self.teams, key=lambda each: each.of.number)
        }

    @property
    def answered_by(self) -> str:
        """The team that answered last, where none of them is still to."""
        answered = [each for each in self.teams if each.of.state == "answered"]
        return max(answered, key=lambda each: each.of.state_at).team if answered else ""

    @property
    def refused_by(self) -> str:
        """The last team that does not take it, by its name; "" where another has it, or may have."""
        refused = [each for each in self.teams if each.of.refusal is not None]
        others = any(each.of.refusal is None and each.of.state in ("waits", "confirmed") for each in self.teams)  # fmt: skip
        return refused[-1].team if refused and not others else ""

    @property
    def asked_platform(self) -> bool:
        """Whether anybody asked that it be taken down."""
        return self.takedown is not None and bool(self.takedown.steps)


def _post(
    context: RequestContext, mention: CaseMention, history: Sequence[CaseDecided], thread: Thread,
    *, came: int | None, can_hide: bool, stands: tuple[Collection[str], str, str], covering: covered.Covering, known: Sequence[str], beside: _Beside,
) -> PostShown:  # fmt: skip
    item = mention.item
    stored = context.store.mentions.get(item.number) if item.number not in covering else None
    readable = stored.mention if stored is not None and not item.deleted else None
    reported = mention.reported and not mention.decided
    flags = flags_of(item, history) | (told_by_staff(context, item.number) if reported else set())
    policy = context.app.policy
    words = shown(context, item, stored, mention.lane, marks=marks_on(context))
    ours = readable is not None and (
        readable.context.is_under_ours or context.store.threads.under_our_own(item.number)
    )
    situation = Situation(
        lane=mention.lane, flags=flags, study=is_for_a_study(item.masked), unsure=_unsure(context, item, history, reported=reported), lookable=bool(words.original), speaking_up=mention.lane == "guardian" or speaks_up(item.protected, item.staff, item.kind),
        reported=reported, own_page=ours, hideable=can_hide and ours, lawful=not flags.isdisjoint(ABUSE) and actions.guarded(context, item),
        spreading=bool((item.followers or 0) >= policy.reach.followers or item.metrics.get("shares", 0) >= policy.reach.shares),
        answerable=not flags & set(policy.names(never_answered=True)) and not item.own,
        protected=item.protected, over=is_over(item), hurt=needs_safeguarding(item), died=needs_looking_into(item), corrects=mention.reason == OURS_WRONG, criticism=item.staff in ("no", None) and item.protected in ("criticism", "complaint"), line=_line_fits(context, mention, history, flags),
        untold=stands[0], under_way=stands[1], begun=stands[2], answered=beside.answer is not None, fits=_fits(context, mention, history), answering=answering(context) == item.number or (bool(context.request.query_params.get("answer")) and came in (item.number, None)),
        aimed=reported and says_at_me(context, context.store.cases.of_mention(item.number) or 0, (item.number,)),
        teams=beside.states, answered_by=beside.answered_by, refused_by=beside.refused_by, asked_platform=beside.asked_platform, asked_words=actions.reported_words(beside.takedown.steps, item.platform, context.at) if beside.takedown else "", hidden=actions.hidden_words(beside.acts, item.platform, context.at),
        platform=SHORT_NAMES[item.platform], reading=reading_of(item),
    )  # fmt: skip
    return PostShown(
        place=0, item=item, value=f"{item.number}:{item.revision}", lane=mention.lane, reason=mention.reason,
        decided=mention.decided or item.deleted, reported=mention.reported,
        facts=[*known, *(["a colleague told us of it"] if mention.reported else []), *([words.shortened] if words.shortened else [])],
        words=words,
        staff=advice(context, item, flags, situation.speaking_up) if item.number not in covering else None,
        answers=thread.answers.get(item.number), suggestion=suggestion(situation, policy, withdrawn(context)), situation=situation,
        wants=wants(item, context.at, context.store.lanes.wanted_at([item.number]) if reported else None) if "media" in flags and mention.lane in ("now", "answer") and not mention.decided else "",
        acts=[act for act in beside.acts if act.outcome == "done"], unasked=beside.takedown is not None and beside.takedown.standing == "wanted" and IMPERSONATES in flags,
        came=item.number == came, answer=beside.answer, corrections=covered.corrections(context, item.number) if item.number not in covering else (),
    )  # fmt: skip


def _line_fits(
    context: RequestContext,
    mention: CaseMention,
    history: Sequence[CaseDecided],
    flags: Collection[str],
) -> bool:
    """Whether a post makes a claim or asks about one, and a line to take in force fits it: then it stands in the box."""
    posts = suggest.posts_of([mention], history, {}, panel.asked_about(context, [mention]))
    if panel.CLAIM not in flags and not any(panel.CLAIM in post.flags for post in posts):
        return False
    on, case = clock.local_day(context.at), context.store.cases.of_mention(mention.item.number)
    places = context.store.cases.places(case) if case is not None else frozenset()
    return bool(suggest.lines(panel.replies_today(context), posts, places, on))


def _fits(context: RequestContext, mention: CaseMention, history: Sequence[CaseDecided]) -> bool:
    """Whether there are words to start from that fit a post by rule, so that copying them makes sense."""
    posts = suggest.posts_of([mention], history, {}, panel.asked_about(context, [mention]))
    return bool(suggest.drafts(panel.replies_today(context), posts))


def answering(context: RequestContext) -> int | None:
    """The post that somebody writes an answer to, as a form of the desk says."""
    digits = str(context.form.get("answering", ""))
    return int(digits) if digits.isdecimal() and len(digits) < 12 else None


def marks_on(context: RequestContext) -> bool:
    """Whether the highlight is shown: as the address says, else as the person left it."""
    choice = context.request.query_params.get("marks", "")
    return choice != "off" if choice else context.user.preferences.get("marks") is not False


def told_by_staff(context: RequestContext, mention: int) -> set[str]:
    """What colleagues who reported a post say that it is: they outrank the program until somebody has looked."""
    case = context.store.cases.of_mention(mention)
    reports = context.store.staff_reports.of_case(case) if case is not None else []
    return {
        flag for report in reports if report.mention == mention for flag in flags_told(report.worry)
    }


def followed(context: RequestContext) -> Mapping[str, Followed]:
    """How often each suggestion was followed in four weeks; worked out once a minute for everybody."""
    since = clock.day(clock.local_day(context.at))[0] - JUDGED_OVER
    return context.app.figures.get(
        ("suggestions", since), None, lambda: suggestions.followed(context.store.cases.suggested(since))
    )  # fmt: skip


def withdrawn(context: RequestContext) -> Mapping[str, Followed]:
    """What is overruled too often to be suggested."""
    return {
        key: advice
        for key, advice in followed(context).items()
        if advice.too_little and key not in ALWAYS
    }


def suggestions_shown(context: RequestContext) -> list[tuple[str, Followed]]:
    """Each suggestion by its button's words, the most overruled first; what nobody decided after is left out."""
    counted = [(key, counts) for key, counts in followed(context).items() if counts.shown]
    counted.sort(key=lambda pair: (-pair[1].overruled / pair[1].shown, pair[0]))
    return [(CHOICES[key].label.format(platform="the platform"), counts) for key, counts in counted]


def suggested(context: RequestContext, case: Case, posts: Collection[tuple[int, int]]) -> str:
    """What the page suggests for one post, as is saved with what is decided of it; "" for several, and where it suggests nothing."""
    if len(posts) != 1:
        return ""
    number = next(iter(posts))[0]
    shown = next((post.suggestion for post in pane(context, case).posts if post.item.number == number), None)  # fmt: skip
    return shown.key if shown is not None and not shown.withdrawn else ""


def wants(item: Item, at: datetime, reported: datetime | None = None) -> str:
    """By when whoever wrote a post wants an answer, as its masked words name it, or as a colleague who `reported` it says; "" where they name no time."""
    named = None if item.undated else named_time(item.masked, item.posted_at)
    if reported is not None and (named is None or reported < named.at):
        exact = not clock.local(reported).endswith(handoffs.LAST_MINUTE)
        named = NamedTime(at=reported, exact=exact)
    if named is None:
        return ""
    when = clock.near(named.at, at)
    when = when if named.exact else f"the end of {when.rpartition(', ')[0]}"
    return f"They name a time: {when}. {'It has passed.' if named.at <= at else 'Answer, or have it answered, before then.'}"


def flags_of(item: Item, history: Sequence[CaseDecided]) -> set[str]:
    """The flags of a post, by the last word of people on each."""
    flags = suggest.flags_as_asked(item)
    for name, holds in suggest.said_of(item.number, item.revision, history).items():
        flags = flags | {name} if holds else flags - {name}
    return flags


def _unsure(
    context: RequestContext, item: Item, history: Sequence[CaseDecided], *, reported: bool
) -> frozenset[str]:
    """The flags of a post of which the program is not sure and no person spoke."""
    facts = suggest.facts_of(item)
    judged = suggest.said_of(item.number, item.revision, history).keys()
    return unsure_of(facts) - judged - (told_by_staff(context, item.number) if reported else set())


def facts(item: Item, at: datetime, *, writer: bool = True, staff: bool = True) -> list[str]:
    """What is known of a post, in one line: kind, when, found, reach, staff, whether it could not be read in full, its number.

    Without `writer` it says nothing of who wrote it; without `staff` not whether they are staff, nor of a report, whose writer is a colleague who tells of it.
    """
    near = rows.reach(item)
    works = {
        "icb": "says they work for us",
        "nhs": "says they are NHS staff, not ours",
        "no": "not staff",
        None: "",
    }
    return [
        fact
        for fact in (
            post_name(item.platform, item.kind), "when it was posted is not known" if item.undated else f"posted {clock.near(item.posted_at, at)}",
            _found(item, at), near if writer else "", works[item.staff] if writer and staff and item.kind != "report" else "", FACTS[reading_of(item)],
            "deleted there" if item.deleted else "", "edited since" if item.edited else "", f"post {item.number}",
        )
        if fact
    ]  # fmt: skip


def _found(item: Item, at: datetime) -> str:
    """When it was found, without the day where that is the one on which it was posted."""
    near = clock.near(item.fetched_at, at)
    same = not item.undated and clock.local_day(item.fetched_at) == clock.local_day(item.posted_at)
    return f"found {near.rpartition(', ')[2] if same else near}"


def _holds(posts: Sequence[PostShown]) -> list[tuple[str, str]]:
    """What a case holds beside its name: each flag with the posts that have it, as 'posts 2 and 3'."""
    if len(posts) < 2:
        return []
    places_of: dict[str, list[int]] = {}
    for post in sorted(posts, key=lambda post: (_rank(post.lane), post.place)):
        for note in post.words.notes:
            places_of.setdefault(note.label, []).append(post.place)
    return [
        (label, f"post{'s' * (len(places) > 1)} {_and(sorted(places))}")
        for label, places in places_of.items()
    ]


def _and(numbers: Sequence[int]) -> str:
    *others, last = [str(number) for number in numbers]
    return f"{', '.join(others)} and {last}" if others else last


def _holder(
    context: RequestContext, case: Case
) -> tuple[rows.Holder, datetime | None, bool, bool, int]:
    """Who has it, since when, whether that is the person who looks, whether they may take it, and how often it was given."""
    me, at = context.user.number, context.at
    people = names(context)
    work = context.store.assignments.teamwork((case.number,)).get(case.number, Teamwork())
    known = colleagues.team(context)
    looked = (
        case.claimed_by
        if case.claimed_by != me and case.claimed_until and case.claimed_until > at
        else None
    )
    assignee = work.assigned.to if work.assigned else None
    taken = assignee == me
    held_by = asked.holders(context, (case.number,), asked.standings(context, (case.number,)))
    shown = rows.holder_of(
        case,
        assignee,
        me=me,
        people=people,
        at=at,
        team=held_by.get(case.number, ""),
    )
    since = work.assigned.at if work.assigned and looked is None and not shown.looking else None
    if looked is not None and assignee is None:
        return shown, None, False, context.may("reviewer"), work.seen
    may = colleagues.may_take(context, known, case, work.assigned)
    return shown, since, taken, may and not taken, work.seen


def _handed(context: RequestContext, case: Case) -> Assignment | None:
    """How a case came to whoever has it, where somebody else gave it to them."""
    assignments = context.store.assignments.of_case(case.number)
    last = assignments[-1] if assignments and case.state != "done" else None
    return (
        last
        if last is not None and last.to is not None and last.by not in (None, last.to)
        else None
    )


def names(context: RequestContext) -> Mapping[int, str]:
    """Everybody's name by their number."""
    return {user.number: user.name for user in colleagues.everybody(context)}
