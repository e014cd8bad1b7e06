"""Sends a test by every channel that config.toml names, and says of each what happened."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.errors import DeliveryError
from reports.trial import trial_mail, trial_note
from settings.schema import Config
from settings.secrets import Secrets
from steps.bugs import log_bug, of_a_bug
from steps.channels.base import Channel, Letter
from steps.channels.registry import mail_channel, second_channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a test: a sentence for whoever asked for it."""

    channel: str
    ok: bool
    says: str


def send_trials(config: Config, find: Secrets, to: str, at: datetime) -> Iterator[Outcome]:
    """By mail to one address, then by each second channel. Takes as long as their servers take."""
    message_id = f"<{secrets.token_hex(16)}@mentions.invalid>"
    mail = Letter(mail=trial_mail(config, to, at=at, message_id=message_id))
    where = config.alerts.mail.where
    taken = f"{where} took it. Look in your mailbox, and in junk: taking an email is not yet delivering it"
    yield _outcome(mail_channel(config.alerts.mail, find), mail, to, taken)
    note = Letter(note=trial_note(config))
    for channel in config.alerts.second.channels:
        taken = "It was taken. Look whether it is there"
        yield _outcome(second_channel(channel, find), note, channel.name, taken)


def _outcome(channel: Channel, letter: Letter, to: str, taken: str) -> Outcome:
    try:
        with channel.session() as session:
            refused = session.send(letter, [to])
    except DeliveryError as error:
        return Outcome(channel=channel.label, ok=False, says=_sentence(error))
    except Exception as bug:  # a test must say what is wrong, whatever it is
        log_bug(f"a test by {channel.label}", bug)
        return Outcome(channel=channel.label, ok=False, says=of_a_bug(bug))
    if refused:
        return Outcome(channel=channel.label, ok=False, says=_sentence(refused[to]))
    return Outcome(channel=channel.label, ok=True, says=taken)


def _sentence(error: DeliveryError) -> str:
    return f"It did not leave: {error}"
