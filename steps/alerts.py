"""Tells what was raised: each case once to whoever its flags, lane and hour say, the next contact where nobody took it.

What is history (posted before its source's first run, brought by an import, or older than `recent_days`) alerts nobody
at once: it goes into one digest, with the run that brought it, and one an hour but for somebody in danger in a post of late. So does what is over the cap of an hour. Of what is news
only Now is told outside working hours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from classify.policy.schema import Policy
from core import danger, worries
from core.errors import DeliveryError
from core.models import Lane
from reports import alerts as letters
from reports import matters
from reports.deeds import NOTHING, Deeds, deeds_of
from reports.handoffs import role_of
from settings.alerts import GUARDIAN, NEXT_MINUTES, SPIKE, Case, Destination
from settings.schema import Config
from steps import lanes, safeguards, spikes, untaken_threats
from steps.context import RunContext
from store import Alert, AlertPost, AlertState, Chased, LetGo, NewMail, OutboxRow, Store
from store.cases.handoffs import DANGERS, gravest_first

HOUR = timedelta(hours=1)
# A digest of what is over the cap waits this long after the last; the first leaves at once.
OVER_CAP = timedelta(minutes=15)
LEAK = "pid"
HISTORY, CAP, CATALOGUE = "history", "cap", "catalogue"  # why a digest was written
NAMED = 200  # cases of a back catalogue that its digest is made of, the gravest first; the others are counted


def raise_alerts(context: RunContext, at: datetime, *, digests: bool = True) -> int:
    """Writes the mails of what was raised, and of next contacts that are due, once however often it runs; how many.

    `digests` is false while more of the same run is still to come, so that what is history waits for one digest.
    While alerts are off, and where nobody is set up to get one, it waits as it was raised.
    """
    untaken_threats.open_untaken(context, at)
    written = _chase(context, at) + _tell_catalogues(context, at)
    plan = _Plan(context, at, digests=digests)
    for alert in sorted(
        context.store.alerts.raised(), key=lambda alert: _urgency(alert, context.policy)
    ):
        with context.continue_on_error(f"alert {alert.number}"):
            plan.add(alert)
    written += context.store.alerts.tell(plan.mails(), plan.states, at)
    if written:
        context.report_progress(f"{written} alert{'s' * (written != 1)} to send")
    return written


def _tell_catalogues(context: RunContext, at: datetime) -> int:
    """One digest for each back catalogue that was taken in, and of what is in it nothing else; how many mails.

    Nobody is told next: what is in it has waited for years.
    """
    written = 0
    for number in context.store.catalogues.to_tell(at) if context.config.alerts.on else ():
        with context.continue_on_error(f"import {number}"), context.store.database.transaction():
            written += context.store.alerts.tell(_catalogue_mails(context, number, at), {}, at)
            context.store.catalogues.end_digest(number)
    return written


def _catalogue_mails(context: RunContext, number: int, at: datetime) -> list[NewMail]:
    catalogues, guardian = context.store.catalogues, guardian_of(context.config)
    entries: dict[str, list[tuple[Alert, Destination]]] = {}
    for alert_number in catalogues.gravest(number, context.policy.names(in_danger=True), NAMED):
        alert = context.store.alerts.get(alert_number)
        if alert is not None and alert.posts and (alert.case is None or alert.open):
            case = case_of(alert, context.config, context.policy, at)
            for each in context.config.alerts.destinations(case, guardian):
                entries.setdefault(each.key, []).append((alert, each))
    more = max(0, catalogues.count_cases(number) - NAMED)
    return [
        NewMail(
            alerts=tuple(alert.number for alert, _ in some), route=key, digest=True,
            recipients=tuple(dict.fromkeys(person for _, each in some for person in each.to)),
            about={"why": CATALOGUE, "more": "" if context.config.alerts.is_guardians(key) else str(more)},
        )
        for key, some in entries.items()
    ]  # fmt: skip


@dataclass
class _Plan:
    """The mails of one round: what is told at once, what a digest tells, and what becomes of each alert."""

    context: RunContext
    at: datetime
    digests: bool
    states: dict[int, AlertState] = field(default_factory=dict)
    _single: list[NewMail] = field(default_factory=list)
    _digest: dict[tuple[str, str], list[tuple[Alert, Destination]]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def add(self, alert: Alert) -> None:
        """Decides what becomes of an alert in this round; nothing is written yet."""
        if not alert.posts or (alert.case is not None and not alert.open):
            self.states[alert.number] = "not needed"  # decided, or gone, before anybody was told
            return
        config, policy = self.context.config, self.context.policy
        if not config.alerts.on:
            return
        case, live = case_of(alert, config, policy, self.at), is_live(alert, config, self.at)
        if live and not case.working and not _now(alert, case, policy):
            return  # until the office opens
        people = config.alerts.destinations(case, guardian_of(config), duty_lead_of(config))
        if not people:
            if alert.risk < HIGH:
                self.states[alert.number] = "not needed"  # no route wants it
            return
        if alert.kind == "worse":
            people = self._with_news(alert, people)
        if not people or (not live and alert.kind != "worse" and alert.risk_before):
            self.states[alert.number] = "not needed"
        elif live:
            self._at_once(alert, case, people)
        elif self.digests and (
            (case.danger and _is_recent(alert, config, self.at))
            or all(self._may_digest(each, HOUR) for each in people)
        ):
            self._into_digest(alert, people, HISTORY)

    def mails(self) -> Iterator[NewMail]:
        """All of the round, what is told at once first."""
        yield from self._single
        for (key, why), entries in self._digest.items():
            moments = [self._next_due(alert, each) for alert, each in entries]
            yield NewMail(
                alerts=tuple(alert.number for alert, _ in entries), route=key, digest=True,
                recipients=tuple(dict.fromkeys(person for _, each in entries for person in each.to)),
                about={"why": why}, next_at=min((moment for moment in moments if moment), default=None),
            )  # fmt: skip

    def _next_due(self, alert: Alert, each: Destination) -> datetime | None:
        config = self.context.config
        case = case_of(alert, config, self.context.policy, self.at)
        return next_due(alert, case, each, 0, config, self.at)

    def _with_news(self, alert: Alert, people: Sequence[Destination]) -> list[Destination]:
        """Of a case that was told of: everybody where it is graver, else those who were not told."""
        policy = self.context.policy
        grave = any(
            policy.flags[name].gravity == "high" for name in alert.added if name in policy.flags
        )
        if grave or alert.risk > alert.risk_before or any(post.opened for post in _worst(alert)):
            return list(people)
        assert alert.case is not None
        routes = {mail.route for mail in self.context.store.alerts.mails_of_case(alert.case)}
        return [each for each in people if each.key not in routes]

    def _at_once(self, alert: Alert, case: Case, people: Sequence[Destination]) -> None:
        within = [
            each
            for each in people
            if self._count(each.key) < self.context.config.alerts.most_an_hour
        ]
        over = [each for each in people if each not in within]
        if not within and not all(self._may_digest(each, OVER_CAP) for each in over):
            return  # it waits for the next digest
        for each in within:
            self._counts[each.key] += 1
            after = next_due(alert, case, each, 0, self.context.config, self.at)
            self._single.append(NewMail(
                alerts=(alert.number,), route=each.key, recipients=each.to, next_at=after,
                about=_about(alert, alert.kind),
            ))  # fmt: skip
        self._into_digest(alert, over, CAP)
        self.states[alert.number] = "told" if within else "in digest"

    def _into_digest(self, alert: Alert, people: Sequence[Destination], why: str) -> None:
        for each in people:
            self._digest.setdefault((each.key, why), []).append((alert, each))
        self.states[alert.number] = "in digest"

    def _count(self, key: str) -> int:
        """How many mails of a single case went to a route within the hour, those of this round included."""
        if key not in self._counts:
            since = self.at - HOUR
            self._counts[key] = self.context.store.alerts.count_mails(key, since, digests=False)
        return self._counts[key]

    def _may_digest(self, each: Destination, spacing: timedelta) -> bool:
        return not self.context.store.alerts.count_mails(each.key, self.at - spacing, digests=True)


HIGH = 3  # the risk of a case, as the store has it


def case_of(alert: Alert, config: Config, policy: Policy, at: datetime) -> Case:
    """What decides who is told of an alert, from its worst posts as they are now."""
    flags = flags_of(alert, policy)
    return Case(
        flags=flags, lane=alert.lane, platforms={post.platform for post in _worst(alert)}, risk=alert.risk,
        danger=_is_danger(alert, policy), working=config.review.lanes.working_time.is_open(at),
        speaking_up=any(post.speaking_up for post in alert.posts), grave=_is_grave(flags, policy),
    )  # fmt: skip


def _is_grave(flags: Sequence[str], policy: Policy) -> bool:
    """Whether it can't wait for the office hours of whoever is told: of the Guardian's lane, where no other lane says so. Not on a suspicion of a leak."""
    return any(policy.flags[name].lane == "now" for name in flags if name in policy.flags and name != LEAK)  # fmt: skip


def flags_of(alert: Alert, policy: Policy) -> tuple[str, ...]:
    """What a case is told for, the gravest first: of who speaks up those on duty are told of danger, and of details that are out."""
    names: set[str] = set()
    for post in _worst(alert):
        for name, _ in post.flags:
            if (
                alert.lane == GUARDIAN
                or not post.speaking_up
                or name in policy.names(in_danger=True)
                or (name == LEAK and post.lane == "now" and not post.opened)
                or (name == lanes.THREAT and post.opened)
            ):
                names.add(name)
    return gravest_first(names)


def is_live(alert: Alert, config: Config, at: datetime) -> bool:
    """Whether something of it is news: posted lately, while its source was watched. A colleague's report always is."""
    since = at - timedelta(days=config.alerts.recent_days)
    return alert.kind == "reported" or any(
        post.live and post.posted_at > since for post in _worst(alert)
    )


def _is_recent(alert: Alert, config: Config, at: datetime) -> bool:
    """Whether something of it was posted lately, however it came: whoever is in danger there may be so now, and waits for no hour to pass."""
    since = at - timedelta(days=config.alerts.recent_days)
    return any(post.posted_at > since for post in _worst(alert))


def guardian_of(config: Config) -> tuple[str, ...]:
    """The address of the Guardian's role."""
    return next((role.email for role in config.review.roles if role.type == GUARDIAN), ())


def duty_lead_of(config: Config) -> tuple[str, ...]:
    """The mailbox of the one lead who sees the Guardian's lane: the one that the settings name, else their sign-in name where that is one; nobody else."""
    return config.review.duty_lead_mail


def next_contacts(
    case_danger: bool, lane: str | None, each: Destination, config: Config
) -> tuple[str, ...]:
    """Who is told next, one after the other. Where someone may be in danger and the route names nobody, [review.chase]."""
    if each.next or not case_danger or lane == GUARDIAN or config.alerts.is_guardians(each.key):
        return each.next
    return config.review.chase.chain


def next_due(
    alert: Alert, case: Case, each: Destination, level: int, config: Config, at: datetime
) -> datetime | None:  # fmt: skip
    """When the contact after `level` of them is told, unless somebody has the case; day and night where it is in Now."""
    if (
        alert.has_by
        or alert.case is None
        or level >= len(next_contacts(case.danger, case.lane, each, config))
    ):
        return None
    soon = case.danger or (case.grave and case.lane == GUARDIAN)
    minutes = each.minutes or (config.review.chase.danger_minutes if soon else NEXT_MINUTES)
    if case.grave if config.alerts.is_guardians(each.key) else case.danger or case.lane == "now":
        return at + timedelta(minutes=minutes)
    return config.review.lanes.working_time.after_hours(at, minutes / 60)


def _worst(alert: Alert) -> list[AlertPost]:
    """The posts that it is about: undecided, of the highest risk; not those of the Guardian's where others are."""
    open_posts = [post for post in alert.posts if not post.decided] or list(alert.posts)
    top = max(post.risk for post in open_posts)
    worst = [post for post in open_posts if post.risk == top]
    return [post for post in worst if post.lane != GUARDIAN] or worst


def _in_danger(flags: Sequence[str], policy: Policy) -> bool:
    return not set(flags).isdisjoint(policy.names(in_danger=True))


def _is_danger(alert: Alert, policy: Policy) -> bool:
    """Whether somebody may be in danger: by what was read in it, or since a colleague who reported it says so or that somebody is threatened."""
    return _in_danger(flags_of(alert, policy), policy) or not DANGERS.isdisjoint(alert.reported)


def _now(alert: Alert, case: Case, policy: Policy) -> bool:
    """Whether it is told day and night."""
    by_flag = any(policy.flags[name].lane == "now" for name in case.flags if name in policy.flags)
    return alert.kind == "reported" or case.lane == "now" or (case.grave if case.lane == GUARDIAN else by_flag)  # fmt: skip


def _urgency(alert: Alert, policy: Policy) -> tuple[bool, bool, int]:
    """The order in which alerts are told, where not all can be: danger first."""
    danger = bool(alert.posts) and _is_danger(alert, policy)
    return (not danger, alert.lane != "now", alert.number)


def _about(alert: Alert, why: str) -> Mapping[str, str]:
    case = {"case": str(alert.case)} if alert.case is not None else {}
    return {"alert": str(alert.number), "why": why, **case}


# ── whoever is next ──────────────────────────────────────────────────────────────────────────────


def _chase(context: RunContext, at: datetime) -> int:
    """Tells the next contact of what nobody took in time; how many mails."""
    if not context.config.alerts.on or not safeguards.clock_is_right(context, at, "next contacts"):
        return 0
    written = 0
    for let_go in context.store.alerts.let_go():
        with context.continue_on_error(f"alert {let_go.alert}"):
            moment = resumes_at(context.store, context.config, context.policy, let_go)
            if moment is not None:
                context.store.alerts.resume(let_go, moment)
    for chased in context.store.alerts.to_chase(at):
        with context.continue_on_error(f"alert {chased.alert}"):
            later = _put_off(context, chased, at)
            if later is not None:
                context.store.alerts.put_off(chased, later)
                continue
            following = _next_digest if chased.digest else _next_mail
            written += context.store.alerts.chase(chased, following(context, chased, at), at)
    return written


def resumes_at(store: Store, config: Config, policy: Policy, let_go: LetGo) -> datetime | None:
    """When the next contact is told of a case that nobody has any more: as long after it was let go as after an alert.

    None where nobody is left to be told, somebody did something that holds, it is of a back catalogue, or stands in a digest of which somebody
    looked after another case, and does not wait in Now.
    """
    alert, each = store.alerts.get(let_go.alert), config.alerts.find(let_go.route)
    if alert is None or each is None or not config.alerts.on:
        return None
    if not alert.posts or not alert.open or alert.handled:
        return None
    if let_go.digest and (let_go.level or store.outbox.get(let_go.outbox).payload.get("why") == CATALOGUE):  # fmt: skip
        return None
    case = case_of(alert, config, policy, let_go.at)
    if let_go.digest and not (case.danger or alert.lane == "now"):
        others = [other for other in store.alerts.of_mail(let_go.outbox) if other.posts and other.number != alert.number]  # fmt: skip
        if any(other.handled or not other.open for other in others):
            return None  # as `_next_digest` has it: somebody has looked after that digest
    return next_due(alert, case, each, let_go.level, config, let_go.at)


def idle_until(
    idle_since: datetime | None, due_at: datetime | None, lane: Lane | None, config: Config
) -> datetime | None:
    """Until when whoever took a case of Now may do nothing about it before the next contact is told.

    That is when the case is due, or the minutes that a team has to confirm danger, whichever is later; None of any other case.
    """
    if idle_since is None or due_at is None or lane != "now":
        return None
    return max(due_at, idle_since + timedelta(minutes=config.review.chase.danger_minutes))


def _idle_until(alert: Alert, config: Config) -> datetime | None:
    return idle_until(alert.idle_since, alert.due_at, alert.lane, config)


def _waits(alert: Alert, config: Config, at: datetime) -> bool:
    """Whether nobody looks after it: nobody took it, or whoever did let its time pass and did nothing."""
    until = _idle_until(alert, config)
    return alert.open and (not alert.handled or (until is not None and until <= at))


def is_chased(store: Store, config: Config, number: int, at: datetime) -> bool:
    """Whether the next contact will be told of an alert as things stand: not where somebody did something about its case that holds."""
    alert = store.alerts.get(number)
    return alert is not None and bool(alert.posts) and _waits(alert, config, at)


def _put_off(context: RunContext, chased: Chased, at: datetime) -> datetime | None:
    """Until when the next contact of a mail can wait, since whoever took its cases has time left; None where it can't."""
    alerts = [alert for alert in context.store.alerts.of_mail(chased.outbox) if alert.posts]
    if any(_waits(alert, context.config, at) for alert in alerts):
        return None
    untils = (_idle_until(alert, context.config) for alert in alerts if alert.open)
    return min((until for until in untils if until is not None), default=None)


def _next_digest(context: RunContext, chased: Chased, at: datetime) -> NewMail | None:
    """What nobody took of a digest, once, to its route's next contact; None where somebody has looked after it.

    They have where they took one of its cases, or decided on it, and none of Now is left: of that each is told on.
    """
    config, each = context.config, context.config.alerts.find(chased.route)
    alerts = [alert for alert in context.store.alerts.of_mail(chased.outbox) if alert.posts]
    waiting = [alert for alert in alerts if _waits(alert, config, at) and not _was_told_next(context, alert, chased)]  # fmt: skip
    in_danger = [alert for alert in waiting if _is_danger(alert, context.policy)]
    if len(waiting) < len(alerts):
        waiting = [alert for alert in waiting if alert in in_danger or alert.lane == "now"]
    if each is None or not waiting:
        return None
    contacts = next_contacts(bool(in_danger), waiting[0].lane, each, config)
    if not contacts:
        return None
    return NewMail(
        alerts=tuple(alert.number for alert in waiting), route=each.key, level=1, digest=True, recipients=contacts[:1],
        about={"why": context.store.outbox.get(chased.outbox).payload["why"]},
    )  # fmt: skip


def _was_told_next(context: RunContext, alert: Alert, chased: Chased) -> bool:
    """Whether the next contact of a digest was told of one of its alerts before."""
    mails = context.store.alerts.mails_of(alert.number)
    return any(mail.route == chased.route and mail.level > chased.level for mail in mails)


def _next_mail(context: RunContext, chased: Chased, at: datetime) -> NewMail | None:
    """The mail to the next contact; None where somebody has the case, it is done, or nobody is left to be told."""
    config, alert = context.config, context.store.alerts.get(chased.alert)
    each = config.alerts.find(chased.route)
    if alert is None or each is None or not _waits(alert, config, at):
        return None
    case = case_of(alert, config, context.policy, at)
    contacts = next_contacts(case.danger, case.lane, each, config)
    level = chased.level + 1
    if level > len(contacts):
        return None
    return NewMail(
        alerts=(alert.number,), route=each.key, level=level, recipients=(contacts[level - 1],),
        about=_about(alert, "next"), next_at=next_due(alert, case, each, level, config, at),
    )  # fmt: skip


# ── the mail of a row, as it leaves ──────────────────────────────────────────────────────────────


def recipients(context: RunContext, row: OutboxRow) -> tuple[str, ...]:
    """Who gets a row: whom it was written for; where an address was mended since, whoever it is now. Nobody while off."""
    alerts = context.config.alerts
    if not alerts.on:
        return ()
    key = row.payload.get("route", "")
    if key == SPIKE:
        return row.recipients or spikes.recipients(context.config)
    if row.recipients or not key:
        return row.recipients or alerts.recipients_for(row.flags)
    if key == GUARDIAN:
        return guardian_of(context.config)
    each = alerts.find(key)
    level = int(row.payload.get("level", "0"))
    if each is None:
        return ()
    if not level:
        return each.to
    contacts = each.next or context.config.review.chase.chain
    return contacts[level - 1 : level]


def letter(context: RunContext, row: OutboxRow, to: Sequence[str], at: datetime) -> EmailMessage:
    """The mail of a row. Raises DeliveryError where nothing is left to tell."""
    if row.payload.get("route") == SPIKE:
        return spikes.letter(context, row, to, at)
    alerts = [alert for alert in context.store.alerts.of_mail(row.number) if alert.posts]
    if not alerts:
        raise DeliveryError(
            "its posts have been purged since; nothing is left to tell", permanent=True
        )
    if row.payload.get("digest"):
        alerts.sort(key=lambda alert: _urgency(alert, context.policy))
        cases = [_told(context, alert, row, at) for alert in alerts]
        mail: letters.AlertMail | letters.DigestMail = letters.DigestMail(
            why=row.payload["why"], cases=tuple(cases), address=context.config.review.public_url,
            recent_days=context.config.alerts.recent_days, most=context.config.alerts.most_an_hour,
            others=int(row.payload.get("more") or 0), chased=int(row.payload.get("level", "0")) > 0, next_at=context.store.alerts.next_of(row.number), at=at,
        )  # fmt: skip
    else:
        mail = _told(context, alerts[0], row, at)
    return letters.alert_mail(
        context.config, mail, to=to, at=at, message_id=row.message_id,
        references=_first(context, alerts[0], row, to) if len(alerts) == 1 else "",
    )  # fmt: skip


def _told(context: RunContext, alert: Alert, row: OutboxRow, at: datetime) -> letters.AlertMail:
    config, policy = context.config, context.policy
    worst = _worst(alert)
    known = [
        post for post in worst if post.found_at <= row.created_at
    ] or worst  # as it was when it was written
    guardians = config.alerts.is_guardians(row.payload.get("route", ""))
    ticked = "" if guardians else _ticked(context, alert)
    flags = gravest_first((*flags_of(alert, policy), *worries.FLAGS.get(ticked, ())))
    lead = min(known, key=lambda post: _gravity(post, flags))
    each = config.alerts.find(row.payload.get("route", ""))
    why = row.payload.get("why", alert.kind)
    case = context.store.cases.get(alert.case) if alert.case is not None else None
    lane = GUARDIAN if guardians else letters.lane_of_report(ticked, alert.lane) if alert.kind == "reported" else alert.lane  # fmt: skip
    item = None if guardians or lead.speaking_up else context.store.figures.item(lead.mention)
    done = NOTHING if guardians else _deeds(context, alert, flags, at)
    return letters.AlertMail(
        why=alert.kind if row.payload.get("digest") else why, alert=alert.number, case=alert.case, mention=lead.mention,
        words=letters.words_of(flags, policy, speaking_up=lane == GUARDIAN, others_too=alert.lane != GUARDIAN, item=item, ticked=ticked), lane=lane,
        flag=flags[0] if flags else "", score=max((score for name, score in lead.flags if flags and name == flags[0]), default=0.0),
        platform=lead.platform, kind=lead.kind, on_our_page=lead.on_our_page, posted_at=lead.posted_at,
        found_at=lead.found_at, followers=lead.followers, shares=lead.shares, posts=alert.size_now,
        posts_before=alert.size_before, since=alert.at, has_by=alert.has_by, done=not alert.open and alert.case is not None,
        others=_others(context, alert, row), next_at=context.store.alerts.next_of(row.number),
        route_words=each.words if each else "", due_at=case.due_at if case else None, at=at, deeds=done, address=config.review.public_url,
        unlooked=alert.kind == "reported" and not guardians and (alert.case is None or context.store.claims.is_unlooked(alert.case)),
        steps=letters.steps_of(flags, lead.platform, config, _harms(context, worst) if _in_danger(flags, policy) else (), at=at, deeds=done, ticked=ticked),
    )  # fmt: skip


def _ticked(context: RunContext, alert: Alert) -> str:
    """What colleagues who reported its posts ticked, the most urgent of it; "" where nobody reported them, and of what may be speaking up."""
    if alert.kind != "reported" or alert.lane == GUARDIAN:
        return ""
    posts = [post.mention for post in _worst(alert) if not post.speaking_up]
    return matters.ticked([report.worry for report in context.store.staff_reports.of_mentions(posts)])  # fmt: skip


# Which team acts on what a case is told for
_ACTS: Mapping[str, str] = {"safeguarding": "safeguarding", lanes.THREAT: "security", LEAK: "information_governance"}  # fmt: skip


def _deeds(context: RunContext, alert: Alert, flags: Sequence[str], at: datetime) -> Deeds:
    """What was done so far about the posts that an alert tells of, where one of those teams acts on them."""
    gravest = next((flag for flag in flags if flag in _ACTS), None)
    if gravest is None:
        return NOTHING
    team = role_of(context.config, _ACTS[gravest])
    posts = [post.mention for post in _worst(alert)]
    return deeds_of(context.store, context.config, alert.case, posts, team=team, danger=gravest != LEAK, at=at)  # fmt: skip


def _harms(context: RunContext, posts: Sequence[AlertPost]) -> frozenset[str]:
    """What may be happening, by the words of these posts and of what they answer, as the page reads them."""
    numbers = [post.mention for post in posts]
    answers = context.store.threads.around(numbers).answers
    likely: set[str] = set()
    for number, item in context.store.figures.items(numbers).items():
        answered = answers.get(number)
        likely |= danger.harms(item.masked, answered.masked if answered else "")
    return frozenset(likely)


def _gravity(post: AlertPost, flags: Sequence[str]) -> tuple[int, float]:
    """The post by which a case is told: of the gravest flag, then the newest."""
    places = [flags.index(name) for name, _ in post.flags if name in flags]
    return (min(places, default=len(flags)), -post.posted_at.timestamp())


def _others(context: RunContext, alert: Alert, row: OutboxRow) -> tuple[str, ...]:
    """Who else was told of the case, by the names of their routes: nobody whose email has not left."""
    mails = (
        context.store.alerts.mails_of_case(alert.case)
        if alert.case is not None
        else context.store.alerts.mails_of(alert.number)
    )
    level = int(row.payload.get("level", "0"))
    names: dict[str, None] = {}
    for mail in mails:
        if (mail.route, mail.level) == (row.payload.get("route"), level):
            continue
        if mail.sent_at is None and mail.at != row.created_at:
            continue  # it has not left; what was written with this one leaves with it
        each = context.config.alerts.find(mail.route)
        name = each.name if each else "the Guardian" if mail.route == GUARDIAN else mail.route
        names[name if not mail.level else f"the next contact of {name}"] = None
    return tuple(names)


def _first(context: RunContext, alert: Alert, row: OutboxRow, to: Sequence[str]) -> str:
    """The Message-ID of the first mail of the case to the same route; "" where this is the first."""
    if alert.case is None:
        return ""
    for mail in context.store.alerts.mails_of_case(alert.case):
        if mail.route == row.payload.get("route") and not mail.digest:
            return mail.message_id if mail.message_id != row.message_id else ""
    return ""
