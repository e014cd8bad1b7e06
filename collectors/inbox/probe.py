"""Signs in to the mailbox and opens its folder, as a run does. No mail is fetched or marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from collectors.inbox.client import Session
from collectors.inbox.collector import Inbox
from collectors.probing import Probe
from core.errors import PlatformRefused


def probes(source: Inbox) -> Iterator[Probe]:
    """One connection."""
    yield Probe("", partial(_folder, source))


def _folder(source: Inbox) -> str:
    if not (source.password or source.access_token):
        raise PlatformRefused(
            "[collectors.inbox] has neither a password nor access: set `password`, or run `mentions connect "
            "inbox`"
        )
    session = Session(source.account(), source.http)
    try:
        session.open()
        count = len(session.since((source.at - timedelta(days=1)).date()))
    finally:
        session.close()
    mails = "1 mail" if count == 1 else f"{count:,} mails"
    return f"signed in, and its folder opened; {mails} since yesterday"
