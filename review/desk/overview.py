"""The day at a glance, for whoever leads: what waits and how long, who has what, what fails, and how often a suggestion was overruled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from classify.policy.schema import Policy
from core import clock
from core.models import DecisionKind, Lane
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import pane, rows, shell
from review.desk.suggestions import CHOICES, DONE, Situation, suggestion
from review.desk.today import LANES
from review.rendering import page
from store.cases.workload import DecidedPost

LONGEST = 12  # overdue cases that are named
FEWEST = 10  # decisions below which no share is told
TOO_OFTEN = 0.4  # of its decisions: a suggestion that is overruled more often is mended (DESIGN of the desk, 5)
_PASSED: tuple[DecisionKind, ...] = ("escalate",)
# By which decisions a suggestion is followed; one that opens a path of several steps by any of those steps.
FOLLOWED: Mapping[str, tuple[DecisionKind, ...]] = {
    "danger": ("escalate", "report", "respond"), "threat": ("escalate", "report", "remove"), "leak": ("remove", "report", "escalate"),
    "pass": _PASSED, "guardian": _PASSED, "media_desk": _PASSED, "security": _PASSED,
    "hide": ("remove", "report"), "report": ("remove", "report"),
    "answer": ("respond",), "copy": ("respond",), "answered": ("respond",),
    "watch": ("monitor", "snooze"), "none": ("no_action", "not_relevant", "monitor"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """A suggestion of the week: what its button says, for how many posts it stood, and how many were decided otherwise."""

    label: str
    posts: int
    overruled: int

    @property
    def too_often(self) -> bool:
        """Whether it misleads more than it helps."""
        return self.posts >= FEWEST and self.overruled > TOO_OFTEN * self.posts


@requires_role("lead")
def overview(context: RequestContext) -> Response:
    """Today at a glance, and the week so far."""
    store, at = context.store, context.at
    counts = store.lanes.counts(at)
    people = pane.names(context)
    monday = week_start(at)
    decided = store.workload.decided(monday)
    overdue = store.workload.overdue(at, limit=LONGEST)
    ages = store.workload.lanes(at)
    return page(
        context, "desk/overview.html", lanes=LANES, counts=counts, ages=ages, age=lambda moment: rows.age(moment, at),
        overdue=[(number, lane, reason, rows.left(due, at)) for number, lane, due, reason in overdue],
        late=sum(lane.overdue for lane in ages.values()), strip=shell.strip(context, counts), monday=monday,
        held=sorted(((people.get(who, "Someone who has left"), count) for who, count in store.workload.holders(at).items()), key=lambda holder: (-holder[1], holder[0])),
        decided=[(DONE.get(kind, kind), count) for kind, count in decided.items()], total=sum(decided.values()),
        overruled=overruled(store.workload.decided_posts(monday), context.app.policy), fewest=FEWEST,
        breaches=[(clock_.case, rows.left(clock_.due_at, at)) for clock_ in store.deadlines.breaches()],
    )  # fmt: skip


def week_start(at: datetime) -> datetime:
    """When the week of a moment began."""
    day = clock.local_day(at)
    return clock.day(day - timedelta(days=day.weekday()))[0]


def overruled(posts: Sequence[DecidedPost], policy: Policy) -> list[Overruled]:
    """How often people decided otherwise than is suggested for such posts now, the most overruled first.

    Whether we could hide a post ourselves is not known afterwards, so that to hide and to report count alike.
    """
    counted: dict[str, list[int]] = {}
    for post in posts:
        key = suggestion(_situation(post, policy), policy).key
        tally = counted.setdefault(key, [0, 0])
        tally[0] += 1
        tally[1] += post.kind not in FOLLOWED.get(key, ())
    counts = [
        Overruled(label=CHOICES[key].label.replace(" {platform}", " the platform"), posts=tally[0], overruled=tally[1])
        for key, tally in counted.items()
        if key in CHOICES
    ]  # fmt: skip
    return sorted(counts, key=lambda count: (-count.overruled / count.posts, count.label))


def _situation(post: DecidedPost, policy: Policy) -> Situation:
    lane: Lane | None = post.lane
    return Situation(
        lane=lane, flags=post.flags, speaking_up=lane == "guardian", reported=post.reported,
        answerable=not post.flags & set(policy.names(never_answered=True)),
    )  # fmt: skip
