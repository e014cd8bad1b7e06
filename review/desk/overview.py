"""The day at a glance, for whoever leads: what waits and how long, who has what, what fails, and how often a suggestion was overruled."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response

from core import clock
from review import audit
from review.auth import second_people
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import pane, rows, second_looks, shell
from review.desk.dangers import dangers
from review.desk.suggestions import DONE, FEWEST
from review.desk.today import lanes_told
from review.desk.untold import all_elsewhere
from review.rendering import page

LONGEST = 12  # overdue cases that are named
ACCOUNTS_FOR = timedelta(days=7)  # in which a lead sees what was done to accounts


@requires_role("lead")
def overview(context: RequestContext) -> Response:
    """Today at a glance, and the week so far."""
    store, at = context.store, context.at
    counts = store.lanes.counts()
    people = pane.names(context)
    monday = week_start(at)
    decided = store.workload.decided(monday)
    overdue = store.workload.overdue(at, limit=LONGEST)
    lines = store.case_lines.in_place({number: reason for number, _, _, reason in overdue})
    ages = store.workload.lanes(at)
    return page(
        context, "desk/overview.html", lanes=lanes_told(context), dangers=dangers(context), not_told=all_elsewhere(context), counts=counts, ages=ages, age=lambda moment: rows.age(moment, at),
        overdue=[(number, lane, lines[number], rows.left(due, at)) for number, lane, due, _ in overdue],
        late=store.workload.count_overdue(at), acted_late=store.workload.count_late(at), strip=shell.strip(context, counts), monday=monday,
        held=sorted(((people.get(who, "Someone who has left"), has) for who, has in store.workload.holders().items()), key=lambda holder: (-holder[1].cases, holder[0])),
        decided=[(DONE.get(kind, kind), count) for kind, count in decided.items()], total=sum(decided.values()),
        suggestions=pane.suggestions_shown(context), fewest=FEWEST, second=second_looks.wanted(context),
        accounts=[(event.at, audit.people(context).who(event), audit.describe_event(event, audit.people(context))) for event in second_people.account_events(context, at - ACCOUNTS_FOR)],
        failed=store.sign_in_failures.since(at - timedelta(days=1)),
        breaches=[(clock_.case, rows.left(clock_.due_at, at)) for clock_ in store.deadlines.breaches()],
    )  # fmt: skip


def week_start(at: datetime) -> datetime:
    """When the week of a moment began."""
    day = clock.local_day(at)
    return clock.day(day - timedelta(days=day.weekday()))[0]
