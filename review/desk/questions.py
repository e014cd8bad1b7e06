"""What has to be answered before a decision is saved, whichever form it comes from: the pane's question, the whole case's field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.models import DecisionKind, Lane, speaks_up
from core.text import sentence
from review.context import RequestContext
from review.desk import untold
from review.desk.aimed import is_aimed_at_staff
from review.desk.decided import on_day
from review.desk.harm import needs_safeguarding
from review.desk.teams import TEAM_OF
from settings.review import EscalationRole
from steps.reasons import others_have_it, says_nothing
from store import Case, CaseMention, Item
from store.cases.endings import CLOSES, NONE, TELLS, WHAT

LANES_WITH_CLOCKS = ("now", "answer")
HANDLED = "handled"  # the key of each ready reason by which others have it already
LATEST = timedelta(days=92)  # after which nobody knows why a case comes back
# What closes a post without a word to whoever waits; what closes any or puts it aside stands in store.cases.endings.
_DISMISSES: tuple[DecisionKind, ...] = (
    "no_action",
    "not_relevant",
    "monitor",
)  # what says that there is nothing in it, or nothing to do about it
_STOPS: tuple[DecisionKind, ...] = ("no_action", "not_relevant", "monitor")


def clock_runs(covered: Sequence[CaseMention]) -> bool:
    """Whether somebody waits for an answer to one of these posts, or may come to harm by it."""
    return any(each.lane in LANES_WITH_CLOCKS and not each.decided for each in covered)


def latest(context: RequestContext, covered: Sequence[CaseMention]) -> datetime:
    """The last moment to bring these posts back at: three months on, or a day before the first of them is deleted by age."""
    retention = context.config.retention
    ends = (each.item.posted_at + timedelta(days=retention.platforms.get(each.item.platform, retention.days) - 1) for each in covered)  # fmt: skip
    tomorrow = clock.day(clock.local_day(context.at) + timedelta(days=1))[0]
    return max(tomorrow, min(context.at + LATEST, *ends))


def how_grave(covered: Sequence[CaseMention]) -> str:
    """Why a wrong key must not close or put aside one of these posts, which `Cases.grave` has found."""
    high = any(each.item.risk == "high" for each in covered)
    return "It is of high risk" if high else "People were told of it at once"


def alleged(items: Iterable[Item]) -> str:
    """What one of these posts says was done to somebody, so that nobody closes it without a word why; "" where none does."""
    posts = list(items)
    if any(flag.name == "allegation" for item in posts for flag in item.flags):
        return "It says that something went badly wrong"
    unfair = any(item.protected == "discrimination" for item in posts)
    return "It says that someone was treated unfairly" if unfair else ""


# What a post is, the gravest first, by a flag that it has: which reasons fit, and who must hear of it.
_ABOUT: Mapping[str, str] = {
    "pid": "leak", "allegation": "harm", "media": "press", "removal_request": "removal", "assistance": "request",
    "hate": "abuse", "sexual": "abuse", "harassment": "abuse", "derogatory": "abuse",
}  # fmt: skip


def about(covered: Sequence[CaseMention]) -> str:
    """What these posts are, by the gravest of them: of `suggestions.WHYS_ABOUT`."""
    items = [each.item for each in covered]
    flags = {flag.name for item in items for flag in item.flags}
    if flags & {"pid", "allegation"}:
        return "leak" if "pid" in flags else "harm"
    if any(item.protected == "discrimination" for item in items):
        return "unfair"
    return next((kind for flag, kind in _ABOUT.items() if flag in flags), "other")


def unheard_team(context: RequestContext, case: Case, covered: Sequence[CaseMention]) -> str:
    """The team that would look into what these posts tell, and hears nothing of it once they are closed; "" where it was told, or nobody need be."""
    posts = [each.item.number for each in covered]
    items = [each.item for each in covered]
    kind = about(covered)
    if kind == "leak":
        return untold.untold(context, case, "pid", posts)
    if kind == "harm" and any(needs_safeguarding(item) for item in items):
        return untold.untold(context, case, "safeguarding", posts)
    if kind in ("harm", "unfair"):
        return untold.team_untold(context, case, "pals", posts)
    return ""


def is_speaking_up(covered: Sequence[CaseMention]) -> bool:
    """Whether one of these posts is for the Guardian."""
    return any(speaks_up(each.item.protected, each.item.staff, each.item.kind) for each in covered)


def rests_on_word(
    labels: Mapping[str, bool], flags: Collection[str], ready: str, own_words: str
) -> bool:
    """Whether danger, a threat or a leak is closed since others have it: that rests on who of them said so, and when.

    `labels` are what the decision says of flags, `flags` those of its posts, `ready` the key of the reason that was chosen.
    """
    known = ready == HANDLED or others_have_it(own_words)
    return known and not TELLS.keys().isdisjoint((*flags, *labels))


def denied_team(
    context: RequestContext, case: Case, labels: Mapping[str, bool], covered: Sequence[CaseMention]
) -> str:
    """The team that was not told of danger, a threat or a leak which somebody says is none; "" where it was."""
    posts = [each.item.number for each in covered]
    denied = (flag for flag in TEAM_OF if labels.get(flag) is False)
    teams = (untold.untold(context, case, flag, posts) for flag in denied)
    return next(filter(None, teams), "")


def reason_fault(
    kind: DecisionKind,
    labels: Mapping[str, bool],
    reason: str,
    covered: Sequence[CaseMention],
    *,
    answered: bool,
    grave: bool,
) -> str:
    """Why the whole case's form needs a reason, where it has none that does; "" where it may be saved.

    `answered`: the words that went out are with it; `grave`: of high risk, or people were told of it at once.
    """
    denied = next((flag for flag in NONE if labels.get(flag) is False), "")
    if denied and says_nothing(reason):
        return f"Write why “{NONE[denied].lower()}”, so that whoever reads it later understands"
    if reason.strip():
        return ""
    if kind in _STOPS and clock_runs(covered):
        return "Write why. The clock is running"
    if kind == "respond" and not answered and clock_runs(covered):
        return "Write which words went out, and where. The clock is running"
    if kind == "respond" and not answered and grave:
        return f"Write which words went out, and where. {how_grave(covered)}"
    if kind in CLOSES and grave:
        return f"Write why. {how_grave(covered)}"
    if kind in _DISMISSES and (wrong := alleged(each.item for each in covered)):
        return f"Write why. {wrong}"
    if kind == "no_action" and is_speaking_up(covered):
        return "Write why. Someone may be speaking up"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamQuestion:
    """The question before what is grave goes to another team than the one that must know: `team` hears nothing of it by that."""

    role: EscalationRole
    teams: tuple[str, ...]
    what: str
    team: str
    steps: str  # the address of the steps that tell them, or of passing it on to them
    way: str  # what the button says that leads there
    then: str  # what follows where it is sent all the same


def team_question(
    context: RequestContext, case: Case, role: EscalationRole, posts: Mapping[int, frozenset[str]]
) -> TeamQuestion | None:
    """That question for posts with their flags; None where nobody need ask, or it was answered by `sure` with this team."""
    unmet = untold.unmet(context, case, role, posts)
    if not unmet or context.form.get("sure") == role.key:
        return None
    flag, team = next(iter(unmet.items()))
    post = next(number for number, flags in posts.items() if flag in flags)
    return TeamQuestion(
        role=role, teams=tuple(dict.fromkeys(unmet.values())), what=sentence(WHAT[flag]), team=team,
        steps=f"/cases/{case.number}/{untold.PATH_OF[flag]}?post={post}#open", way=f"Show the steps: tell {team}",
        then=f"If {role.name} should know as well, send it: {'the case stays in Now, and ' if case.lane == 'now' else ''}its steps are still to do.",
    )  # fmt: skip


def other_team_question(
    context: RequestContext, case: Case, role: EscalationRole, right: EscalationRole | None, covered: Sequence[CaseMention]
) -> TeamQuestion | None:  # fmt: skip
    """The same before what stands in Now, or abuses a person of staff, goes to another team than the one that it is for, which was not passed it: by that it leaves its lane."""
    urgent = [each for each in covered if (each.lane == "now" or is_aimed_at_staff(each.item)) and not each.decided]  # fmt: skip
    if right is None or right.key == role.key or not urgent or context.form.get("sure") == role.key:
        return None
    query = f"post={urgent[0].item.number}&role={right.key}"
    return TeamQuestion(
        role=role, teams=(right.name,), what=urgent[0].reason or f"It is for {right.name}", team=right.name,
        steps=f"/cases/{case.number}/pass-on?{query}#decide", way=f"Choose {right.name}",
        then=f"If you send it to {role.name} alone, it leaves {lane_name(urgent[0].lane)} and {right.name} hears nothing of it.",
    )  # fmt: skip


def lane_name(lane: Lane | None) -> str:
    """Now, Answer, Look: as the page calls a lane; Today for none."""
    return lane.capitalize() if lane else "Today"


def until_fault(context: RequestContext, until: datetime, covered: Sequence[CaseMention]) -> str:
    """Why a case is not brought back so late; "" where it may be."""
    last = latest(context, covered)
    return (
        f"Choose a day up to {on_day(last, context.at)}: posts are deleted by their age"
        if until > last
        else ""
    )
