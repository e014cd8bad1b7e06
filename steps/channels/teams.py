"""A channel in Teams, by the webhook of a workflow ("Post to a channel when a webhook request is received").

It takes an Adaptive Card: https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using.
The old connectors are being retired, and are not spoken to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from collectors.http import egress
from core.errors import DeliveryError
from reports.notes import Note
from settings.schema import LOOPBACK
from steps.channels.base import Letter, Session, nobody_got_it

TIMEOUT = 20.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Teams:
    """`find_secret` gives the webhook's address: whoever has it can write to the channel."""

    label: str
    find_secret: Callable[[], str]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection; nothing is sent yet."""
        address = self.find_secret()
        if not _safe(address):
            raise DeliveryError(f"{self.label}: its address must begin with https://", outage=True)
        with egress.session(own=(address,)) as http:
            yield _TeamsSession(http, self.label, address)


@dataclass
class _TeamsSession:
    http: requests.Session
    label: str
    address: str
    alive: bool = True

    def send(self, letter: Letter, to: Sequence[str]) -> Mapping[str, DeliveryError]:
        assert letter.note is not None
        try:
            response = self.http.post(
                self.address, json=card(letter.note), timeout=TIMEOUT, allow_redirects=False
            )
        except (requests.RequestException, egress.LeadsInside) as error:
            failed = DeliveryError(f"{self.label} can’t be reached ({type(error).__name__})")
            return nobody_got_it(failed, to)
        if response.status_code in (200, 202):
            return {}
        status = response.status_code
        lasting = 400 <= status < 500 and status not in (408, 429)
        why = ": the workflow is gone or turned off; make a new one" if lasting else ""
        return nobody_got_it(
            DeliveryError(f"{self.label} answered {status}{why}", permanent=lasting), to
        )


def card(note: Note) -> dict[str, Any]:
    """A message with one Adaptive Card: the words, and a button that leads to the case."""
    body = [
        {
            "type": "TextBlock",
            "text": note.title,
            "weight": "Bolder",
            "size": "Medium",
            "wrap": True,
        }
    ]
    body += [{"type": "TextBlock", "text": line, "wrap": True} for line in note.lines]
    title = f"Open case {note.case}" if note.case is not None else "Open Today"
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": body, "actions": [{"type": "Action.OpenUrl", "title": title, "url": note.link}],
    }  # fmt: skip
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
        ],
    }  # fmt: skip


def _safe(address: str) -> bool:
    local = tuple(f"http://{host}:" for host in LOOPBACK)
    return address.startswith(("https://", *local))
