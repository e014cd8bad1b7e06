"""The email of a test: it says that it is one, and nothing else."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from core import clock
from reports.email import message
from reports.notes import Note
from reports.rendering import render
from settings.schema import Config

WORDS = "A test: nothing has happened"


def trial_mail(config: Config, to: str, *, at: datetime, message_id: str) -> EmailMessage:
    """What somebody gets who asks for a test."""
    values = {"moment": clock.local(at), "address": config.review.public_url}
    return message(
        config.alerts.mail, [to], "Test: you get alerts and reports by email",
        render("trial.txt", **values), render("trial.html", **values), at=at, message_id=message_id,
    )  # fmt: skip


def trial_note(config: Config) -> Note:
    """The same by a second channel."""
    return Note(words=WORDS, address=config.review.public_url)
