"""The third step: what is due in the outbox leaves, at least once for each of those who are to get it.

By mail, in one session for all that is due, and where mail fails by what stands in for it (`steps/second.py`). Each
recipient is marked after it was sent to them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date, datetime
from email.message import EmailMessage

from core import clock
from core.errors import ConfigError, DeliveryError
from core.progress import Line
from reports import access, asked, chain, digest, handoffs, looks, pdf
from reports.weekly import layout
from reports.weekly.periods import period_of
from steps import alerts, health, heartbeat, report, second
from steps.bugs import log_bug, of_a_bug
from steps.channels.base import Letter, Session, nobody_got_it
from steps.channels.registry import mail_channel
from steps.context import RunContext
from steps.retries import due_people, next_outage_try, settle
from store import OutboxRow, PeriodKind, Recipient
from store.cases.handoffs import StepKind

REPORTS = {"daily": "morning list", "weekly": "weekly summary"}


def deliver(context: RunContext, at: datetime) -> int:
    """Sends what is due; how many mails left. What could not be sent stays due, or is given up, and is named.

    `at` is later than the run's own where the steps before it took their time.
    """
    left = _deliver_by_mail(context, at)
    if left:
        context.store.cases.follow_leaks(at)  # a team may know of one by now
    with context.continue_on_error("second channels"):
        second.tell(context, at)
    return left


def _deliver_by_mail(context: RunContext, at: datetime) -> int:
    waiting = asked.grouped(_addressed(context, at))
    if not waiting:
        return 0
    if until := context.store.outbox.held_until(at):
        moment = clock.local(until)[-5:]
        context.failed(f"mail: {len(waiting)} wait: the last try failed, the next is at {moment}")
        return 0
    channel = mail_channel(context.config.alerts.mail, context.secrets)
    queue, left, going_on = deque(waiting), 0, True
    try:
        while queue and going_on:
            with channel.session() as session, context.store.outbox.sending():
                taken, going_on = _deliver_in(context, session, queue, at)
            left += taken
            # a server that hangs up after so many mails is asked again, one that takes none is not
            going_on = going_on and taken > 0
    except DeliveryError as error:
        _not_opened(context, list(queue), error, at)
    return left


def _deliver_in(
    context: RunContext, session: Session, queue: deque[list[OutboxRow]], at: datetime
) -> tuple[int, bool]:
    """Sends in one session until the queue or the session ends; how many left, and whether another may go on."""
    left = 0
    while queue and session.alive:
        sent, outage = _sent(context, session, queue.popleft(), at)
        left += sent
        if outage:  # neither this mail nor the next is to blame
            return left, False
    return left, True


def _addressed(context: RunContext, at: datetime) -> list[OutboxRow]:
    """What is due by mail, each row with those who get it; without those whose kind is turned off."""
    rows = []
    for row in context.store.outbox.due(at):
        people = recipients(context, row)
        if not people:
            continue
        if not any(person.channel == "mail" for person in row.people):
            row = context.store.outbox.add_recipients(row.number, people, at)
        if due_people(row, "mail", at):
            rows.append(row)
    return rows


def _not_opened(
    context: RunContext, waiting: Sequence[Sequence[OutboxRow]], error: DeliveryError, at: datetime
) -> None:
    """No letter is to blame, so none is given up for it; but it counts, and all of them wait the same while."""
    context.failed(f"mail: {len(waiting)} stay due: {error}")
    people = [person for rows in waiting for row in rows for person in due_people(row, "mail", at)]
    if people:
        now = max(at, clock.now())
        retry_at = next_outage_try(context, people, error, now)
        numbers = [person.number for person in people]
        context.store.outbox.mark_outage(numbers, now, str(error), retry_at)


def send(context: RunContext, queued: bool, kind: str) -> None:
    """Delivers what is due after a report was queued, and says what became of it."""
    people = (
        context.config.reports.daily_to if kind == "daily" else context.config.reports.weekly_to
    )
    if not people:
        context.failed(f"mail: nobody to send the {REPORTS[kind]} to: see {kind}_to in [reports]")
    elif not queued:
        context.report_progress(f"this {REPORTS[kind]} was mailed or queued before")
    left = deliver(context, clock.now())
    context.report_progress(f"{left} mail{'s' * (left != 1)} sent")


def report_stuck_mail(context: RunContext, at: datetime) -> None:
    """The end of a cycle: how many mails wait, and which were given up and need a person."""
    given_up = context.store.outbox.parked()
    for row in given_up:
        context.report_progress(f"given up: the mail of {row.kind} {row.number}: {row.error}")
    if given_up:
        context.report_progress("mend that, then try them again with `mentions run --retry-mail`")
    waiting = context.store.outbox.count_unsent() + context.store.alerts.count_raised()
    wait = f"{waiting} mails wait" if waiting != 1 else "1 mail waits"
    why = _why_mail_waits(context, waiting, at)
    seconds = (clock.now() - context.at).total_seconds()
    context.report_progress(
        Line(
            f"the cycle is done; {wait} in the outbox{why}; {context.tally.words()}", "cycle done",
            waiting=waiting, given_up=len(given_up), failed=len(context.failures), seconds=round(seconds, 1),
            **context.tally.figures(),
        )
    )  # fmt: skip


def _why_mail_waits(context: RunContext, waiting: int, at: datetime) -> str:
    """What waits on purpose and what can't leave, in brackets; "" where all of it is about to."""
    outbox, alerts_on = context.store.outbox, context.config.alerts.on
    off = health.turned_off(context.config)
    on_purpose = outbox.count_unsent() - outbox.count_unsent(off)
    on_purpose += 0 if alerts_on else context.store.alerts.count_raised()
    parts = []
    if on_purpose:
        some = "" if on_purpose == waiting else f"{on_purpose} of them "
        kind = "[alerts] on = false" if not alerts_on else "nobody is set up to get them"
        parts.append(f"{some}on purpose: {kind}")
    if stuck := outbox.stuck(at, health.held_back(context.config), off):
        parts.append(f"{stuck.count} can’t leave, counted by recipient")
    return f" ({'; '.join(parts)})" if parts else ""


def again(context: RunContext, at: datetime) -> None:
    """Makes what was given up due once more, and what waits for a server due now."""
    context.store.outbox.retry_all(at)
    for row in context.store.outbox.parked():
        context.store.outbox.retry(row.number, at)


def recipients(context: RunContext, row: OutboxRow) -> tuple[str, ...]:
    """Who gets a row; nobody where its kind is turned off, and then it stays due.

    It goes to whom it was raised for, whatever was set up since; where that was nobody, to whoever it would be now.
    """
    if row.kind == "handoff":
        return row.recipients or _in_settings(context, row)
    if row.kind == "alert":
        return alerts.recipients(context, row)
    if row.kind == "looks":
        return row.recipients or looks.told_to(context.config)
    if row.kind in ("access", "asked"):
        return row.recipients
    if row.kind == "pulse":
        return row.recipients or context.config.health.to
    if row.kind == "chain":
        return row.recipients or chain.told_to(context.config)
    reports = context.config.reports
    return row.recipients or (reports.daily_to if row.kind == "daily" else reports.weekly_to)


def _in_settings(context: RunContext, row: OutboxRow) -> tuple[str, ...]:
    """Who gets an email of a hand-off by the settings as they are now: an address may be what was mended."""
    handoff = context.store.handoffs.get(int(row.payload["handoff"]))
    to, _, place = row.payload["to"].partition(":")
    chase = context.config.review.chase
    if to == "chain":
        return chase.chain[int(place) : int(place) + 1]
    if to == "lead":
        return chase.lead
    return handoffs.role_of(context.config, handoff.role).email if handoff else ()


def _sent(
    context: RunContext, session: Session, rows: Sequence[OutboxRow], at: datetime
) -> tuple[bool, bool]:
    """Sends one letter to those who are due; whether one of them has it, and whether the server failed as a whole."""
    now = max(at, clock.now())
    claimed = [row for row in rows if context.store.outbox.claim(row.number, now, "mail")]
    if not claimed:
        return False, False
    people = due_people(claimed[0], "mail", at)
    to = [person.address for person in people]
    try:
        mail = letter(context, claimed, at)
        mail.replace_header("To", ", ".join(recipients(context, claimed[0])))
        refused = dict(session.send(Letter(mail=mail), to))
    except DeliveryError as error:
        refused = nobody_got_it(error, to)
    except Exception as bug:  # one letter's bug must not keep the others
        log_bug(f"outbox row {claimed[0].number}", bug)
        refused = nobody_got_it(DeliveryError(of_a_bug(bug)), to)
    now = max(at, clock.now())
    for row in claimed:
        settle(context, row, due_people(row, "mail", at), refused, now)
        _name_refused(context, row, people, refused)
        if row.kind == "handoff" and len(refused) < len(to):
            _keep_letter(context, row, mail)
    return len(refused) < len(to), any(error.outage for error in refused.values())


def _keep_letter(context: RunContext, row: OutboxRow, mail: EmailMessage) -> None:
    """What a team was sent is read later as it left, whatever was written down of it since."""
    plain = mail.get_body(("plain",))
    text = plain.get_content() if plain is not None else ""
    context.store.handoff_steps.keep_letter(row.number, subject=str(mail["Subject"]), text=text)


def _name_refused(
    context: RunContext, row: OutboxRow, people: Sequence[Recipient], refused: dict[str, DeliveryError]
) -> None:  # fmt: skip
    """Says why it did not leave for some of them; no address stands in it."""
    for error in dict.fromkeys(refused.values()):
        whose = [person for person in people if refused.get(person.address) is error]
        most = context.config.alerts.attempts
        over = error.permanent or (not error.outage and whose[0].refusals + 1 >= most)
        some = f" for {len(whose)} of its {len(people)} recipients" if len(people) > 1 else ""
        end = "given up" if over else "it stays due"
        context.failed(f"mail: {row.kind} {row.number} did not leave{some} ({end}): {error}")


def letter(context: RunContext, rows: Sequence[OutboxRow], at: datetime) -> EmailMessage:
    """The mail of a row."""
    first = rows[0]
    if first.kind == "daily":
        start = clock.parse(first.payload["start"])
        morning = report.morning_list(context, start, at)
        return digest.mail(context.config, morning, at=at, message_id=first.message_id)
    if first.kind == "weekly":
        return _weekly_letter(context, first, at)
    if first.kind == "handoff":
        return _handoff_letter(context, first, at)
    if first.kind == "looks":
        people = {user.number: user.name for user in context.store.users.all()}
        much = looks.looks_of(first.payload, people)
        to = recipients(context, first)
        return looks.mail(context.config, much, to=to, at=at, message_id=first.message_id)
    if first.kind == "access":
        people = {user.number: user.name for user in context.store.users.all()}
        done = access.access_of(first.payload, people)
        to = recipients(context, first)
        return access.mail(context.config, done, to=to, at=at, message_id=first.message_id)
    if first.kind == "asked":
        waiting, to = [asked.waiting_of(row.payload) for row in rows], recipients(context, first)
        return asked.mail(context.config, waiting, to=to, at=at, message_id=first.message_id)
    if first.kind == "pulse":
        return heartbeat.letter(context, first, recipients(context, first), at)
    if first.kind == "chain":
        entries, end = context.store.workload.chain_end()
        chain_end, to = chain.ChainEnd(entries=entries, end=end, at=at), recipients(context, first)
        return chain.mail(context.config, chain_end, to=to, at=at, message_id=first.message_id)
    return alerts.letter(context, first, recipients(context, first), at)


def _weekly_letter(context: RunContext, row: OutboxRow, at: datetime) -> EmailMessage:
    """The summary with its spreadsheet, and its PDF where one can be made."""
    kind: PeriodKind = row.payload.get("period", "week")  # type: ignore[assignment]  # as it was written
    period = period_of(kind, date.fromisoformat(row.payload["last"]))
    from reports.weekly.gathering import gather  # pandas, for those alone who make a summary

    figures = gather(
        context.store, context.config, context.policy, period, at, health=health.of_run(context, at).lines
    )  # fmt: skip
    summary = layout.summary_of(figures, context.config)
    attached = report.formed(figures, summary, ["xlsx"])
    if pdf.is_installed():
        try:
            attached = report.formed(figures, summary, ["pdf"]) | attached
        except ConfigError as error:  # Pango is not there: the words leave all the same
            context.report_progress(f"the summary leaves without a PDF: {error}")
    return layout.mail(context.config, figures, at=at, message_id=row.message_id, attached=attached)


def _handoff_letter(context: RunContext, row: OutboxRow, at: datetime) -> EmailMessage:
    handoff = context.store.handoffs.get(int(row.payload["handoff"]))
    if handoff is None:
        raise DeliveryError(
            "its case has been purged since; nothing is left to tell", permanent=True
        )
    step: StepKind = row.payload["step"]  # type: ignore[assignment]  # as it was written
    first = context.store.outbox.of_handoff(handoff.number)[0]
    return handoffs.handoff_mail(
        context.config,
        handoffs.letter(context.store, context.config, context.policy, handoff, step, at=at),
        to=recipients(context, row), at=at, message_id=row.message_id,
        references=first.message_id if first.number != row.number else "",
    )  # fmt: skip
