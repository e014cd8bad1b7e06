"""The third step: what is due in the outbox leaves by mail, at least once. It is marked after it was sent."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage

from core import clock
from core.errors import DeliveryError
from reports import alerts, daily, weekly
from reports.email import server, translated
from settings import secrets
from steps import report
from steps.context import RunContext, log_bug, of_a_bug
from store import OutboxRow


def deliver(house: RunContext, at: datetime) -> int:
    """Sends what is due; how many mails left. What could not be sent stays due and is named."""
    waiting = letters(house, [row for row in house.store.due(at) if recipients(house, row)])
    if not waiting:
        return 0
    settings = house.config.alerts.mail
    password = secrets.secret(settings.password, house.folder) if settings.user else None
    if password is not None and password.value is None:
        house.failed(
            f"mail: {len(waiting)} stay due: the password is missing: set the {password.where}"
        )
        return 0
    left = tried = 0
    try:
        with server(settings, (password.value or "") if password else "") as session:
            for rows in waiting:
                left += _sent(house, session, rows, at)
                tried += 1
                if session.sock is None:  # the server hung up: what is left is not to blame
                    break
    except DeliveryError as error:  # nobody's letter is to blame: none of them counts it as a try
        house.failed(f"mail: {len(waiting) - tried} stay due: {error}")
    return left


def send(house: RunContext, queued: bool, kind: str) -> None:
    """Delivers what is due after a report was queued, and says what became of it."""
    people = house.config.reports.daily_to if kind == "daily" else house.config.reports.weekly_to
    if not people:
        house.failed(f"mail: nobody to send the {kind} report to: see {kind}_to in [reports]")
    elif not queued:
        house.report_progress(f"this {kind} report was mailed or queued before")
    left = deliver(house, clock.now())
    house.report_progress(f"{left} mail{'s' * (left != 1)} sent")


def report_stuck_mail(house: RunContext, at: datetime) -> None:
    """The end of a cycle: how many mails wait, and which were given up and need a person."""
    given_up = house.store.parked()
    for row in given_up:
        house.report_progress(f"given up: the mail of {row.kind} {row.number}: {row.error}")
    if given_up:
        house.report_progress("mend that, then try them again with `mentions run --retry-mail`")
    waiting = len(house.store.due(at))
    wait = f"{waiting} mails wait" if waiting != 1 else "1 mail waits"
    why = "" if house.config.alerts.on or not waiting else " ([alerts] on = false)"
    house.report_progress(f"the cycle is done; {wait} in the outbox{why}")


def again(house: RunContext, at: datetime) -> None:
    """Makes what was given up due once more."""
    for row in house.store.parked():
        house.store.mark_failed(row.number, at, row.error or "", at)


def recipients(house: RunContext, row: OutboxRow) -> Sequence[str]:
    """Who gets a row; nobody where its kind is turned off, and then it stays due."""
    if row.kind == "alert":
        return house.config.alerts.to if house.config.alerts.on else ()
    return house.config.reports.daily_to if row.kind == "daily" else house.config.reports.weekly_to


def letters(house: RunContext, due: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """The first alert of a story goes alone and at once; its follow-ups go together."""
    grouped: dict[str, list[OutboxRow]] = {}
    for row in due:
        begun = house.store.first_of_story(row.story) if row.kind == "alert" else None
        alone = begun is None or begun.number == row.number
        grouped.setdefault(f"row {row.number}" if alone else f"story {row.story}", []).append(row)
    return list(grouped.values())


def _sent(house: RunContext, session: smtplib.SMTP, rows: Sequence[OutboxRow], at: datetime) -> bool:
    claimed = [row for row in rows if house.store.claim(row.number, max(at, clock.now()))]
    if not claimed:
        return False
    settings = house.config.alerts.mail
    try:
        mail = letter(house, claimed, at)
        with translated(f"mail server {settings.host}:{settings.port}"):
            refused = session.send_message(mail)
    except DeliveryError as error:
        _not_sent(house, claimed, error, at)
        return False
    except Exception as bug:  # one letter's bug must not keep the others
        log_bug(f"outbox row {claimed[0].number}", bug)
        _not_sent(house, claimed, DeliveryError(of_a_bug(bug)), at)
        return False
    if refused:
        codes = ", ".join(sorted({str(code) for code, _ in refused.values()}))
        house.failed(
            f"mail: {claimed[0].kind} {claimed[0].number} left, but the server refused {len(refused)} "
            f"of its addresses ({codes}): see `to`"
        )
    for row in claimed:
        house.store.mark_sent(row.number, clock.now())
    return True


def _not_sent(house: RunContext, rows: Sequence[OutboxRow], error: DeliveryError, at: datetime) -> None:
    settings, now = house.config.alerts, max(at, clock.now())
    for row in rows:
        given_up = error.permanent or row.attempts + 1 >= settings.attempts
        wait = timedelta(minutes=min(settings.retry_minutes * 2**row.attempts, 240))
        retry_at = None if given_up else now + wait
        house.store.mark_failed(row.number, now, str(error), retry_at)
        end = "given up" if given_up else "it stays due"
        house.failed(f"mail: {row.kind} {row.number} did not leave ({end}): {error}")


def letter(house: RunContext, rows: Sequence[OutboxRow], at: datetime) -> EmailMessage:
    """The mail of one row, or of the follow-ups of one story."""
    first = rows[0]
    if first.kind == "daily":
        start, end = (clock.parse(first.payload[name]) for name in ("start", "end"))
        gathered = daily.gather(house.store, report.meanings(house), start, end)
        return daily.mail(house.config, gathered, at=at, message_id=first.message_id)
    if first.kind == "weekly":
        summary = weekly.gather(
            house.store, report.clauses(house), date.fromisoformat(first.payload["last"])
        )
        return weekly.mail(house.config, summary, at=at, message_id=first.message_id)
    begun = house.store.first_of_story(first.story)
    items = [house.store.item(row.mention) for row in rows if row.mention is not None]
    story_alerts = [alerts.alert_of(item) for item in items if item is not None]
    if not story_alerts:
        raise DeliveryError(
            "the mention has been purged since; nothing is left to tell", permanent=True
        )
    references = begun.message_id if begun is not None and begun.number != first.number else ""
    return alerts.alert_mail(
        house.config, story_alerts, at=at, message_id=first.message_id, references=references
    )
