"""The day at a glance, for whoever leads: what waits and how long, who has what, what fails, and how often a suggestion was overruled."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core import clock
from core.errors import StoreError
from core.text import sentence
from review import audit
from review.auth import second_people
from review.auth.one_person import same_person
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import pane, rows, shell
from review.desk.dangers import dangers
from review.desk.suggestions import DONE, FEWEST, IS_NONE
from review.desk.today import lanes_told
from review.desk.untold import all_elsewhere
from review.rendering import page

LONGEST = 12  # overdue cases that are named
ACCOUNTS_FOR = timedelta(days=7)  # in which a lead sees what was done to accounts
DISMISSED = (
    "safeguarding",
    "threat",
    "pid",
)  # flags of which a lead sees that someone said they don’t hold


@requires_role("lead")
def overview(context: RequestContext) -> Response:
    """Today at a glance, and the week so far."""
    store, at = context.store, context.at
    counts = store.lanes.counts()
    people = pane.names(context)
    monday = week_start(at)
    decided = store.workload.decided(monday)
    overdue = store.workload.overdue(at, limit=LONGEST)
    ages = store.workload.lanes(at)
    return page(
        context, "desk/overview.html", lanes=lanes_told(context), dangers=dangers(context), not_told=all_elsewhere(context), counts=counts, ages=ages, age=lambda moment: rows.age(moment, at),
        overdue=[(number, lane, reason, rows.left(due, at)) for number, lane, due, reason in overdue],
        late=store.workload.count_overdue(at), strip=shell.strip(context, counts), monday=monday,
        held=sorted(((people.get(who, "Someone who has left"), has) for who, has in store.workload.holders().items()), key=lambda holder: (-holder[1].cases, holder[0])),
        decided=[(DONE.get(kind, kind), count) for kind, count in decided.items()], total=sum(decided.values()),
        suggestions=pane.suggestions_shown(context), fewest=FEWEST, dismissed=store.workload.dismissed(DISMISSED), put_aside=store.workload.put_aside(), done=DONE, is_none=IS_NONE,
        accounts=[(event.at, audit.people(context).who(event), audit.describe_event(event, audit.people(context))) for event in second_people.account_events(context, at - ACCOUNTS_FOR)],
        failed=store.sign_in_failures.since(at - timedelta(days=1)),
        breaches=[(clock_.case, rows.left(clock_.due_at, at)) for clock_ in store.deadlines.breaches()],
    )  # fmt: skip


@requires_role("reviewer")
def looked_again(context: RequestContext) -> Response:
    """Keeps that somebody else than who decided looked at it a second time, and goes back to the list."""
    case, version = context.request.path_params["number"], str(context.form.get("version", ""))
    if context.store.cases.get(case) is None:
        raise HTTPException(404)
    back = "/overview" if context.form.get("back") == "/overview" else "/handover"
    entry = next((each for each in context.store.cases.history(case) if str(each.version) == version), None)  # fmt: skip
    if entry is None or _is_same_person(context, entry.decision.by):
        raise HTTPException(422, "Someone else than who decided it looks a second time")
    try:
        context.store.workload.look_again(
            case, entry.version, by=context.user.number, at=context.at
        )
    except StoreError as error:
        raise HTTPException(422, f"{sentence(str(error))}.") from error
    return RedirectResponse(back, 303)


def _is_same_person(context: RequestContext, number: int | None) -> bool:
    return same_person(context.user, next((each for each in context.store.users.all() if each.number == number), None))  # fmt: skip


def week_start(at: datetime) -> datetime:
    """When the week of a moment began."""
    day = clock.local_day(at)
    return clock.day(day - timedelta(days=day.weekday()))[0]
