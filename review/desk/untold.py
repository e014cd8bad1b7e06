"""Whether whoever has to know of danger, a threat or a leak was told, as far as anybody wrote it down or an email left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from core.models import TeamType
from reports.handoffs import role_of
from review.context import RequestContext
from review.desk import alerted, asked, mails
from review.desk.harm import needs_safeguarding
from review.desk.phones import can_ring, of_team, phones
from review.desk.suggestions import WHYS
from review.desk.teams import HARM, TEAM_OF
from review.replies import suggest
from settings.review import EscalationRole
from store import (
    Case,
    CaseDecided,
    CaseDecision,
    CaseMention,
    Handoff,
    PathKind,
    PathStep,
    Store,
    ToldMail,
)
from store.cases.handoffs import DANGERS, SAFEGUARDING, TELLS
from store.cases.path_steps import RING, Path

# Of each flag the path that tells of it.
PATH_OF: Mapping[str, PathKind] = {"safeguarding": "danger", "threat": "threat", "pid": "leak"}
# Of each flag the types of team of which one must know of a post of Now that has it: a way in that is out and a page in our name too.
MUST_KNOW: Mapping[str, frozenset[TeamType]] = {
    **TELLS, "security": frozenset(("security", "police", "other")), "impersonation": frozenset(("security", "police", "other")),
}  # fmt: skip
LISTED_FOR = timedelta(days=14)  # after a decision that told nobody who must know
_IS_NONE = tuple(
    WHYS[why] for why in ("wrong", "gone")
)  # by which a person says that there is nothing to tell
NAMES = {"safeguarding": "Safeguarding", "security": "Security", "information_governance": "Information governance"}  # fmt: skip
_REACHED = (RING, "has_it")  # how the steps begin by which somebody of a team heard of it


class Records:
    """What is stored of some cases by which it is seen who was told: each kind of it is read for all of them at once, when one of them first asks."""

    def __init__(self, store: Store, cases: Collection[int]) -> None:
        self._store, self._cases = store, cases
        self._paths: dict[PathKind, Mapping[int, Path]] = {}

    @cached_property
    def histories(self) -> Mapping[int, Sequence[CaseDecided]]:
        """The decisions of each, first to last."""
        return self._store.cases.histories(self._cases)

    @cached_property
    def mentions(self) -> Mapping[int, Sequence[CaseMention]]:
        """The posts of each."""
        return self._store.cases.mentions_of(self._cases)

    @cached_property
    def handoffs(self) -> Mapping[int, Sequence[Handoff]]:
        """What of each was passed on and not taken back; one of which nothing was is in none."""
        handoffs = self._store.handoffs.of_cases(self._cases)
        return {case: [each for each in of_case if each.state != "taken back"] for case, of_case in handoffs.items()}  # fmt: skip

    @cached_property
    def mails(self) -> Mapping[int, Sequence[ToldMail]]:
        """The alerts of each that were emailed."""
        return self._store.alerts.mails_of_cases(self._cases)

    def standing(self, case: int, kind: PathKind) -> Mapping[str, PathStep]:
        """The steps of a path of one of them that hold."""
        if kind not in self._paths:
            self._paths[kind] = self._store.path_steps.paths(self._cases, kind)
        return self._paths[kind][case].standing


def untold(
    context: RequestContext, case: Case, flag: str, posts: Collection[int], records: Records | None = None
) -> str:  # fmt: skip
    """The name of the team that was not told of these posts; "" where it was emailed, rung or told, or said that it has it."""
    key = TEAM_OF[flag]
    if case.protected and key == "security":
        key = "safeguarding"
    records = records or Records(context.store, (case.number,))
    name = team_untold(context, case, key, posts, records)
    if not name:
        return ""
    standing = records.standing(case.number, PATH_OF.get(flag, "threat"))
    if any(word.startswith(_REACHED) for word in standing) or (
        "tell" in standing and standing["tell"].who
    ):
        return ""
    return name


def team_untold(
    context: RequestContext, case: Case, key: str, posts: Collection[int], records: Records | None = None
) -> str:  # fmt: skip
    """The name of a team that was neither passed these posts, so that it has them or its email left, nor alerted of the case; "" where it was.

    A team that need not be set up, and is not, is told of nothing.
    """
    roles = context.config.review.roles
    name = next((role.name for role in roles if role.key == key), NAMES.get(key, ""))
    records = records or Records(context.store, (case.number,))
    for handoff in records.handoffs.get(case.number, ()):
        about = handoff.role == key and any(number in posts for number, _ in handoff.posts)
        reached = handoff.state in ("confirmed", "answered") or asked.last_email(handoff) == "sent"
        if about and reached:
            return ""
    sent = [mail for mail in records.mails[case.number] if mail.sent_at is not None]
    emailed = {alerted.whom(context, mail).casefold() for mail in sent}
    return "" if name.casefold() in emailed else name


def unmet(
    context: RequestContext, case: Case, role: EscalationRole, posts: Mapping[int, Collection[str]]
) -> dict[str, str]:
    """What these posts hold that this team need not know of, with the team that must and was not told yet.

    `posts` are the posts with their flags; the answer is by flag, the gravest first.
    """
    left: dict[str, str] = {}
    records = Records(context.store, (case.number,))
    for flag, types in TELLS.items():
        about = [post for post, flags in posts.items() if flag in flags]
        if (
            flag == "pid"
            and role.type == SAFEGUARDING
            and _is_passed(records, case, TEAM_OF[flag], about)
        ):
            continue  # Safeguarding has to know of harm in it beside them
        if about and role.type not in types and role.key != TEAM_OF[flag]:
            teams = [untold(context, case, flag, [post], records) for post in about]
            if any(teams):
                left[flag] = next(filter(None, teams))
    return left


def harm_untold(context: RequestContext, case: Case, records: Records | None = None) -> list[int]:
    """Posts of a leak that tell of serious harm to somebody who lives as well, and of which Safeguarding was not told."""
    records = records or Records(context.store, (case.number,))
    history = records.histories[case.number]
    posts = [each.item.number for each in records.mentions[case.number] if _tells_of_both(context, case.number, each, history)]  # fmt: skip
    return [post for post in posts if is_harm_untold(context, case, post, records)]


def is_harm_untold(
    context: RequestContext, case: Case, post: int, records: Records | None = None
) -> bool:
    """Whether Safeguarding was not told of the harm in a post, by the steps of the leak or otherwise."""
    records = records or Records(context.store, (case.number,))
    step = records.standing(case.number, "leak").get(HARM)
    return not (step is not None and step.who) and bool(untold(context, case, SAFEGUARDING, [post], records))  # fmt: skip


def _tells_of_both(
    context: RequestContext, case: int, mention: CaseMention, history: Sequence[CaseDecided]
) -> bool:
    """Whether a post of Now, or one of another lane that somebody said is a leak, holds a patient's details and tells of serious harm, and nobody said that it is none."""
    item = mention.item
    if not mention.reviewable or item.deleted or not needs_safeguarding(item):
        return False
    if mention.decided and _decided(item.number, history) is None:
        return False
    judged = suggest.said_of(item.number, item.revision, history)
    if mention.lane != "now":
        return judged.get("pid") is True
    reported = mention.reported and "pid" in context.store.handoffs.reported(case, [(item.number, item.revision)])  # fmt: skip
    return judged.get("pid", reported or any(flag.name == "pid" for flag in item.flags))


def _is_passed(records: Records, case: Case, key: str, posts: Collection[int]) -> bool:
    """Whether these posts were passed on to a team, whether or not its email has left."""
    passed = {post for each in records.handoffs.get(case.number, ()) if each.role == key for post, _ in each.posts}  # fmt: skip
    return passed.issuperset(posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What went to another team alone, or was decided, and the team that must know of it was not told. `post` was decided.

    `other` is the team that was asked, "" where none was; `steps` is the address by which they are told, `way` what leads there.
    """

    case: int
    post: int
    flag: str
    team: str
    other: str
    steps: str
    way: str

    @property
    def how(self) -> str:
        """What was done in place of telling them, as a sentence goes on: it went to PALS alone."""
        return f"it went to {self.other} alone" if self.other else "it was decided without them"


def elsewhere(
    context: RequestContext, case: Case, records: Records | None = None
) -> list[Elsewhere]:
    """What of a case was decided or passed on while nobody of those who must know was told; each flag once.

    What a person said of a flag outranks the program; a post that is gone needs nobody.
    """
    records = records or Records(context.store, (case.number,))
    history = records.histories[case.number]
    handoffs = records.handoffs.get(case.number, ()) if history else ()
    alone: dict[str, Elsewhere] = {}
    for mention in records.mentions[case.number] if history else ():
        item = mention.item
        decision = _decided(item.number, history)
        if not mention.reviewable or item.deleted or decision is None:
            continue
        judged = suggest.said_of(item.number, item.revision, history)
        flags = {flag.name for flag in item.flags} | {flag for flag, holds in judged.items() if holds}  # fmt: skip
        asked_of = [each for each in handoffs if item.number in {post for post, _ in each.posts}]
        types = {role_of(context.config, each.role).type for each in asked_of}
        for flag, must_know in MUST_KNOW.items() if mention.lane == "now" else ():
            if flag in alone or flag not in flags or judged.get(flag) is False or types & must_know:
                continue
            waits_in_now = flag in TELLS and not asked_of  # its steps are still to do, and say so
            if waits_in_now or not _is_set_up(context, flag):
                continue
            if team := untold(context, case, flag, [item.number], records):
                alone[flag] = _elsewhere(case, item.number, flag, team, _name(context, asked_of))
        if HARM not in alone and SAFEGUARDING not in types and (asked_of or case.lane != "now"):
            hurt = _tells_of_both(context, case.number, mention, history)
            if hurt and is_harm_untold(context, case, item.number, records):
                team = untold(context, case, SAFEGUARDING, [item.number], records)
                alone[HARM] = _elsewhere(case, item.number, HARM, team, _name(context, asked_of))
    return list({each.team: each for each in reversed(alone.values())}.values())[::-1]


def _name(context: RequestContext, handoffs: Sequence[Handoff]) -> str:
    """The team that was asked last; "" for none. That it is the police governance reads, and whoever passed it on."""
    if not handoffs:
        return ""
    role = role_of(context.config, handoffs[-1].role)
    reads = context.may("governance") or handoffs[-1].by == context.user.number
    return role.name if role.type != "police" or reads else "another team"


def _elsewhere(case: Case, post: int, flag: str, team: str, other: str) -> Elsewhere:
    path = "leak" if flag == HARM else PATH_OF.get(flag)
    steps = f"{path}?post={post}#open" if path else f"pass-on?post={post}&role={TEAM_OF[flag]}#decide"  # fmt: skip
    return Elsewhere(
        case=case.number, post=post, flag=flag, team=team, steps=f"/cases/{case.number}/{steps}", way="Go on with the steps" if path else f"Pass it to {team}",
        other=other,
    )  # fmt: skip


def _decided(post: int, history: Sequence[CaseDecided]) -> CaseDecision | None:
    """The last decision on a post that holds and does not say that there is nothing in it; None where there is none."""
    covering = [
        entry.decision
        for entry in history
        if not entry.undone and entry.decision.kind not in ("undo", "reopen", "confirm", "second_opinion")
        and any(number == post for number, _ in entry.decision.covers)
    ]  # fmt: skip
    last = covering[-1] if covering else None
    if last is None or last.kind in ("not_relevant", "duplicate") or (last.kind == "no_action" and last.reason.startswith(_IS_NONE)):  # fmt: skip
        return None
    return last


def _is_set_up(context: RequestContext, flag: str) -> bool:
    """Whether the team that a flag is for is set up: of danger, a threat and a leak it is asked for in any case."""
    return flag in TELLS or any(role.key == TEAM_OF[flag] for role in context.config.review.roles)


def all_elsewhere(context: RequestContext) -> list[Elsewhere]:
    """The same of all cases decided of late, newest first, for whoever takes over or leads; danger in Now is named by itself."""
    roles_of = {
        flag: [role.key for role in context.config.review.roles if role.type in types or role.key == TEAM_OF[flag]]
        for flag, types in MUST_KNOW.items()
    }  # fmt: skip
    safeguarding = [role.key for role in context.config.review.roles if role.type == SAFEGUARDING] or [SAFEGUARDING]  # fmt: skip
    since = context.at - LISTED_FOR
    numbers = dict.fromkeys((*context.store.workload.decided_in_now(since, roles_of), *context.store.workload.decided_in_now(since, {"pid": safeguarding}), *context.store.workload.closed_leaks(since)))  # fmt: skip
    cases = [case for case in context.store.cases.get_all(list(numbers)) if not case.protected]
    records = Records(context.store, [case.number for case in cases])
    listed = [(case, each) for case in cases for each in elsewhere(context, case, records)]
    return [each for case, each in listed if each.flag not in DANGERS and (each.flag != HARM or case.lane != "now")]  # fmt: skip


def open_harm(context: RequestContext) -> list[Case]:
    """The cases of Now in which a leak tells of serious harm as well and Safeguarding was not told, in the order of Now."""
    posts = context.store.lanes.leaks_in_now()
    items = context.store.figures.items([post for _, post in posts])
    numbers = dict.fromkeys(number for number, post in posts if post in items and needs_safeguarding(items[post]))  # fmt: skip
    cases = [case for case in context.store.cases.get_all(list(numbers)) if not case.protected]
    records = Records(context.store, [case.number for case in cases])
    return [case for case in cases if harm_untold(context, case, records)]


def all_untold(context: RequestContext) -> list[asked.Untold]:
    """Whom to ring now since nobody told them: the teams whose email has not left, and Safeguarding of harm that a leak tells of, while none leaves."""
    teams = asked.untold(context)
    if not mails.none_leaves(context):
        return teams
    role = role_of(context.config, SAFEGUARDING)
    name = role.name if role.key == SAFEGUARDING else NAMES[SAFEGUARDING]
    ring = phones(mails.on_call(context).removeprefix("ring "))
    known = {(each.case, each.team) for each in teams}
    further = [
        asked.of_other(case.number, name, of_team(context, role) if can_ring(context, role) else ring)
        for case in open_harm(context)
        if (case.number, name) not in known
    ]  # fmt: skip
    return sorted([*teams, *further], key=lambda each: each.place)


def teams_of(context: RequestContext, cases: Sequence[Case]) -> dict[int, str]:
    """Of these cases those that ended while a team that must know was not told, with its name; of the Guardian's lane none is said."""
    numbers = [case.number for case in cases if not case.protected]
    workload = context.store.workload
    flagged = (
        {*workload.flagged_in_now(numbers, MUST_KNOW.keys()), *workload.with_leak_closed(numbers)}
        if numbers
        else ()
    )
    records = Records(context.store, flagged)
    named = {case.number: elsewhere(context, case, records) for case in cases if case.number in flagged}  # fmt: skip
    return {number: " and ".join(each.team for each in teams) for number, teams in named.items() if teams}  # fmt: skip


def add(reason: str, team: str) -> str:
    """A reason with whom nobody told, as it is read afterwards: “A saying or a joke. Security was not told”."""
    return f"{reason.rstrip('.')}. {team} was not told" if team else reason
