"""What governance asks for first: who looked at what, running clocks, what goes, whether the record is whole, and speaking up."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from starlette.responses import Response

from core import clock
from reports import chain, looks
from review import audit
from review.auth import second_people
from review.auth.sessions import requires_role
from review.context import RequestContext
from review.desk import rows
from review.guardian import stepping
from review.insights import papers, recipients, sought
from review.reasons import OPENED
from review.rendering import page
from review.rights import requests
from review.setup import people as people_searched
from settings import guarded
from steps import export_purposes, gate, lane_erasures, lane_list
from store import RETURN, ViewQuery

DAYS = 7  # that the figures are of
READ = 500  # looks of the week that are counted by person
SHOWN = 8  # of them that are listed
IN_SIGHT = 12  # kinds of things that need governance; the rest is folded up
USUAL = (
    3  # times the median of the others: so many looks by one person are named, to be asked about
)
FEWEST = 10  # looks of one person below which nobody is named
PACKS = 200  # exports among which those of posts by staff are looked for
# Events that are requests of people about their data.
REQUESTS = ("searched for a person", "erased")


@requires_role("governance")
def governance(context: RequestContext) -> Response:
    """The last seven days. Nothing here holds a post's words."""
    store, at = context.store, context.at
    since = at - timedelta(days=DAYS)
    people = audit.people(context)
    in_clear = [look for look in store.audit.reveals(size=READ)[0] if look.event.at >= since]
    # what was opened on its platform is a figure of its own, and nothing in it may be masked
    reveals = [look for look in in_clear if not (look.reason or "").startswith(OPENED)]
    by_person = Counter(people.who(look.event) for look in reveals)
    breaches = store.deadlines.breaches()
    takedowns = store.takedowns.open()
    entries, end = store.workload.chain_end()
    kinds: Counter[str] = Counter()
    for count in store.views.by_week(ViewQuery(since=since, until=at + clock.INSTANT)):
        kinds[count.kind] += count.views
    model = papers.installed_model(context)
    read_by = [each for each in store.workload.reading_models() if each != model]
    return page(
        context, "insights/governance.html", since=since, looks=reveals[:SHOWN], total=len(reveals), by_person=by_person.most_common(),
        who=people.who, more=len(in_clear) >= READ, unusual=unusual(Counter(people.who(look.event) for look in in_clear)),
        breaches=[(breach.number, breach.case, rows.left(breach.due_at, at), breach.due_at <= at) for breach in breaches],
        takedowns=len(takedowns), events=store.workload.counted_events(since), requests=REQUESTS,
        entries=entries, end=" ".join(end[start : start + 4] for start in range(0, len(end), 4)),
        policy=context.app.policy.version, model=model, read_by=read_by, sole=requests.is_sole_governance(context), speaking_up=store.workload.speaking_up(since), lane_open=store.speaking_up.count_open(), guardian_mailed=bool(lane_list.told_to(store, context.config)), guardian_at_once=lane_list.is_told_at_once(context.config),
        stepped=store.recusals.latest(limit=SHOWN),
        handles=store.recusals.all_handles(), owners={user.number: user.name for user in store.users.all()}, handles_waiting=stepping.handles_that_wait(context),
        colleagues=[user for user in store.users.all() if user.active],
        handle_fault=stepping.FAULTS.get(context.request.query_params.get("handle", ""), ""),
        unsigned=len(gate.lacking(context.config, clock.local_day(at))), review_date=context.config.governance.review_date,
        today=clock.local_day(at), days=DAYS,
        guarded=recipients.guarded_waiting(context), unread=recipients.unread(context), numbers=recipients.numbers_unseen(context), missing_teams=guarded.lacking(context.config), rings_else=guarded.rings_somebody_else(context.config), waiting=recipients.waiting(context), approving=recipients.APPROVING, added=recipients.added_since(context, since),
        doubtful=recipients.doubtful_accounts(context), employer=store.purposes.waiting("governance"), police=store.purposes.police_waiting(),
        answered=context.request.query_params.get("recipients", ""),
        names=Counter(row.state for row in people_searched.listed(context)),
        sought=sought.added_since(context, since), shown=sought.SHOWN, unknown_words=sought.unknown_in_file(context), like_who_posts=sought.like_who_posts(context),
        staff_packs=[
            pack for pack in store.exports.latest(limit=PACKS) if pack.by_staff and pack.at >= since
        ],
        pack_purposes=export_purposes.PURPOSES, lane_packs=store.lane_packs.waiting("governance"), lane_taken=store.exports.of_lane(since),
        turned_away=store.staff_reports.turned_away(clock.local_day(since)),
        access=second_people.waiting(context), resets=second_people.waiting_resets(context), accounts=second_people.account_events(context, since), said=audit.describe_event, people=people,
        by_command=second_people.named(context), conflicts=second_people.conflicts(store.users.all()), access_answered=context.request.query_params.get("access", ""),
        rights=requests.needs(context), register=store.rights_requests.all(limit=4), request_names=requests.NAMES,
        request_states=requests.STATES, on=requests.day_month,
        chain_leaves="by itself" if chain.told_to(context.config) or chain.in_heartbeat(context.config) else "with the list" if chain.leaves(context.config) else "",
        lane_erased=store.audit.lane_erased(since), returns=store.lane_packs.open_requests(RETURN), erasures_agreed=lane_erasures.agreed(store, at),
        naming=[(people.name(by), by, times) for by, times in store.audit.notes_naming_someone(since)],
        needs_in_sight=IN_SIGHT, walks=looks.WALKS, refused=[(people.name(by), by, times) for by, times in store.searched_people.refused(since)], refused_reasons=[(people.name(by), by, times) for by, times in store.views.refused_reasons(since)], mailed=bool(looks.told_to(context.config)), much=store.views.much(since), searched_by=store.person_searches.by_person(since),
        originals=kinds["original"], cases_opened=kinds["case"] + kinds["post"],
    )  # fmt: skip


def unusual(by_person: Counter[str]) -> list[tuple[str, int, int]]:
    """Who looked far more often than the others, with how often, and what is usual: the median of the others."""
    named = []
    for name, count in by_person.most_common():
        others = sorted(other for person, other in by_person.items() if person != name)
        usual = others[len(others) // 2] if others else 0
        if count >= FEWEST and others and count >= USUAL * usual:
            named.append((name, count, usual))
    return named
