"""The third step: what is due in the outbox leaves by mail, at least once. It is marked after it was sent."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from core import clock
from core.errors import DeliveryError
from reports import alerts, digest, handoffs, weekly
from reports.email import server, translated
from steps import health, report
from steps.bugs import log_bug, of_a_bug
from steps.context import RunContext
from store import OutboxRow
from store.cases.handoffs import StepKind

REPORTS = {"daily": "morning list", "weekly": "weekly summary"}


def deliver(context: RunContext, at: datetime) -> int:
    """Sends what is due; how many mails left. What could not be sent stays due and is named.

    `at` is later than the run's own where the steps before it took their time.
    """
    waiting = letters(
        context, [row for row in context.store.outbox.due(at) if recipients(context, row)]
    )
    if not waiting:
        return 0
    settings = context.config.alerts.mail
    password = context.secrets.find(settings.password) if settings.user else None
    if password is not None and password.value is None:
        context.failed(
            f"mail: {len(waiting)} stay due: the password is missing: set the {password.where}"
        )
        return 0
    left = tried = 0
    try:
        with server(settings, (password.value or "") if password else "") as session:
            for rows in waiting:
                left += _sent(context, session, rows, at)
                tried += 1
                if session.sock is None:  # the server hung up: what is left is not to blame
                    break
    except DeliveryError as error:  # nobody's letter is to blame: none of them counts it as a try
        context.failed(f"mail: {len(waiting) - tried} stay due: {error}")
    return left


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
    waiting = len(context.store.outbox.due(at))
    wait = f"{waiting} mails wait" if waiting != 1 else "1 mail waits"
    why = "" if context.config.alerts.on or not waiting else " ([alerts] on = false)"
    context.report_progress(f"the cycle is done; {wait} in the outbox{why}")


def again(context: RunContext, at: datetime) -> None:
    """Makes what was given up due once more."""
    for row in context.store.outbox.parked():
        context.store.outbox.retry(row.number, at)


def recipients(context: RunContext, row: OutboxRow) -> tuple[str, ...]:
    """Who gets a row; nobody where its kind is turned off, and then it stays due.

    An alert goes to whom it was raised for, whatever was set up since; where that was nobody, to whoever it would
    be now.
    """
    alerts = context.config.alerts
    if row.kind == "handoff":
        return row.recipients or _in_settings(context, row)
    if row.kind == "alert":
        return (row.recipients or alerts.recipients_for(row.flags)) if alerts.on else ()
    return (
        context.config.reports.daily_to if row.kind == "daily" else context.config.reports.weekly_to
    )


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


def letters(context: RunContext, due: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """The first alert of a story to the same people goes alone and at once; its follow-ups go together."""
    grouped: dict[tuple[str, tuple[str, ...]], list[OutboxRow]] = {}
    stories = {row.story for row in due if row.kind == "alert"}
    firsts = {story: first_alerts(context, story) for story in stories}
    for row in due:
        people = recipients(context, row)
        alone = row.kind != "alert" or firsts[row.story][people].number == row.number
        key = f"row {row.number}" if alone else f"story {row.story}"
        grouped.setdefault((key, people), []).append(row)
    return list(grouped.values())


def first_alerts(context: RunContext, story: str) -> dict[tuple[str, ...], OutboxRow]:
    """By recipients, the first alert of a story that was for them: what comes later follows up on it."""
    firsts: dict[tuple[str, ...], OutboxRow] = {}
    for row in context.store.outbox.of_story(story):
        firsts.setdefault(recipients(context, row), row)
    return firsts


def _sent(
    context: RunContext, session: smtplib.SMTP, rows: Sequence[OutboxRow], at: datetime
) -> bool:
    claimed = [row for row in rows if context.store.outbox.claim(row.number, max(at, clock.now()))]
    if not claimed:
        return False
    settings = context.config.alerts.mail
    try:
        mail = letter(context, claimed, at)
        with translated(f"mail server {settings.host}:{settings.port}"):
            refused = session.send_message(mail)
    except DeliveryError as error:
        _not_sent(context, claimed, error, at)
        return False
    except Exception as bug:  # one letter's bug must not keep the others
        log_bug(f"outbox row {claimed[0].number}", bug)
        _not_sent(context, claimed, DeliveryError(of_a_bug(bug)), at)
        return False
    if refused:
        codes = ", ".join(sorted({str(code) for code, _ in refused.values()}))
        context.failed(
            f"mail: {claimed[0].kind} {claimed[0].number} left, but the server refused {len(refused)} "
            f"of its addresses ({codes}): see `to`"
        )
    for row in claimed:
        people = recipients(context, row) if row.kind == "alert" else ()
        context.store.outbox.mark_sent(row.number, clock.now(), people)
    return True


def _not_sent(
    context: RunContext, rows: Sequence[OutboxRow], error: DeliveryError, at: datetime
) -> None:
    settings, now = context.config.alerts, max(at, clock.now())
    for row in rows:
        given_up = error.permanent or row.attempts + 1 >= settings.attempts
        wait = timedelta(minutes=min(settings.retry_minutes * 2**row.attempts, 240))
        retry_at = None if given_up else now + wait
        context.store.outbox.mark_failed(row.number, now, str(error), retry_at)
        end = "given up" if given_up else "it stays due"
        context.failed(f"mail: {row.kind} {row.number} did not leave ({end}): {error}")


def letter(context: RunContext, rows: Sequence[OutboxRow], at: datetime) -> EmailMessage:
    """The mail of one row, or of the follow-ups of one story."""
    first = rows[0]
    if first.kind == "daily":
        start = clock.parse(first.payload["start"])
        morning = report.morning_list(context, start, at)
        return digest.mail(context.config, morning, at=at, message_id=first.message_id)
    if first.kind == "weekly":
        summary = weekly.gather(
            context.store,
            context.policy,
            date.fromisoformat(first.payload["last"]),
            health.of_run(context, at).lines,
        )
        return weekly.mail(context.config, summary, at=at, message_id=first.message_id)
    if first.kind == "handoff":
        return _handoff_letter(context, first, at)
    people = recipients(context, first)
    begun = first_alerts(context, first.story)[people]
    story_alerts = [
        alerts.alert_of(item, reported=row.reported)
        for row in rows
        if row.mention is not None and (item := context.store.figures.item(row.mention)) is not None
    ]
    if not story_alerts:
        raise DeliveryError(
            "the mention has been purged since; nothing is left to tell", permanent=True
        )
    return alerts.alert_mail(
        context.config, story_alerts, to=people, at=at, message_id=first.message_id,
        references=begun.message_id if begun.number != first.number else "",
    )  # fmt: skip


def _handoff_letter(context: RunContext, row: OutboxRow, at: datetime) -> EmailMessage:
    handoff = context.store.handoffs.get(int(row.payload["handoff"]))
    if handoff is None:
        raise DeliveryError(
            "its case has been purged since; nothing is left to tell", permanent=True
        )
    item = context.store.figures.item(handoff.posts[0][0]) if handoff.posts else None
    step: StepKind = row.payload["step"]  # type: ignore[assignment]  # as it was written
    first = context.store.outbox.of_handoff(handoff.number)[0]
    return handoffs.handoff_mail(
        context.config,
        handoffs.step_mail(
            context.config, context.policy, handoff, step, item, handoffs.breach_of(context.store, handoff, at)
        ),
        to=recipients(context, row), at=at, message_id=row.message_id,
        references=first.message_id if first.number != row.number else "",
    )  # fmt: skip
