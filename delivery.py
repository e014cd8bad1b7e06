"""The third step: what is due in the outbox leaves by mail, at least once. It is marked after it was sent."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import clock
import config
import reporting
from errors import DeliveryError
from house import House
from reports import alerts, daily, weekly
from reports.mail import server
from store import OutboxRow

log = logging.getLogger("mentions")


def deliver(house: House, at: datetime) -> int:
    """Sends what is due; how many mails left. What could not be sent stays due and is named."""
    due = [row for row in house.store.due(at) if recipients(house, row)]
    settings = house.cfg.alerts.mail
    password = config.secret(settings.password, house.folder).value if due and settings.user else ""
    if password is None:
        house.failed("mail: its password is missing; see password in [alerts.mail]")
        return 0
    return sum(_sent(house, rows, password, at) for rows in letters(house, due))


def recipients(house: House, row: OutboxRow) -> Sequence[str]:
    """Who gets a row; nobody where its kind is turned off, and then it stays due."""
    if row.kind == "alert":
        return house.cfg.alerts.to if house.cfg.alerts.on else ()
    return house.cfg.reports.daily_to if row.kind == "daily" else house.cfg.reports.weekly_to


def letters(house: House, due: Sequence[OutboxRow]) -> list[list[OutboxRow]]:
    """The first alert of a story goes alone and at once; its follow-ups go together."""
    grouped: dict[str, list[OutboxRow]] = {}
    for row in due:
        begun = house.store.first_of_story(row.story) if row.kind == "alert" else None
        alone = begun is None or begun.number == row.number
        grouped.setdefault(f"row {row.number}" if alone else f"story {row.story}", []).append(row)
    return list(grouped.values())


def _sent(house: House, rows: Sequence[OutboxRow], password: str, at: datetime) -> bool:
    claimed = [row for row in rows if house.store.claim(row.number, clock.now())]
    if not claimed:
        return False
    try:
        mail = letter(house, claimed, at)
        with server(house.cfg.alerts.mail, password) as session:
            session.send_message(mail)
    except DeliveryError as error:
        _not_sent(house, claimed, error)
        return False
    except Exception as bug:  # one letter's bug must not keep the others
        log.exception("outbox row %d", claimed[0].number)
        _not_sent(house, claimed, DeliveryError(f"a bug in it ({type(bug).__name__}); see the log"))
        return False
    for row in claimed:
        house.store.mark_sent(row.number, clock.now())
    return True


def _not_sent(house: House, rows: Sequence[OutboxRow], error: DeliveryError) -> None:
    settings = house.cfg.alerts
    for row in rows:
        given_up = error.permanent or row.attempts + 1 >= settings.attempts
        wait = timedelta(minutes=min(settings.retry_minutes * 2**row.attempts, 240))
        retry_at = None if given_up else clock.now() + wait
        house.store.mark_failed(row.number, clock.now(), str(error), retry_at)
        end = "given up" if given_up else "it stays due"
        house.failed(f"mail: {row.kind} {row.number} did not leave ({end}): {error}")


def letter(house: House, rows: Sequence[OutboxRow], at: datetime) -> EmailMessage:
    """The mail of one row, or of the follow-ups of one story."""
    first = rows[0]
    if first.kind == "daily":
        end = clock.parse(first.payload["end"])
        gathered = daily.gather(house.store, reporting.meanings(), end - timedelta(days=1), end)
        return daily.mail(house.cfg, gathered, at=at, message_id=first.message_id)
    if first.kind == "weekly":
        summary = weekly.gather(house.store, reporting.clauses(), date.fromisoformat(first.payload["last"]))
        return weekly.mail(house.cfg, summary, at=at, message_id=first.message_id)
    begun = house.store.first_of_story(first.story)
    items = [house.store.item(row.mention) for row in rows if row.mention is not None]
    told = [alerts.alert_of(item) for item in items if item is not None]
    if not told:
        raise DeliveryError("the mention has been purged since; nothing is left to tell", permanent=True)
    references = begun.message_id if begun is not None and begun.number != first.number else ""
    return alerts.alert_mail(house.cfg, told, at=at, message_id=first.message_id, references=references)
