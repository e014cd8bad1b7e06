"""Mail by Microsoft Graph's sendMail, which needs no mail server: the application sends as the mailbox of `sender`.

The message is handed over as MIME, so that it has the headers and the id that it has by SMTP:
https://learn.microsoft.com/en-us/graph/outlook-send-mime-message. Graph answers for a message as a whole, never for one of
its recipients: each gets a request of their own.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import quote

import requests

from collectors.http import egress
from core.errors import DeliveryError
from settings.schema import Mail
from steps.channels.base import Letter, Session
from steps.channels.oauth import GRAPH_SCOPE, TOKENS, Tokens

LONGEST_WAIT = 3600.0  # seconds; a Retry-After past it is not believed


@dataclass(frozen=True, kw_only=True)
class Graph:
    """`find_secret` gives the application's secret."""

    settings: Mail
    find_secret: Callable[[], str]
    tokens: Tokens = field(default=TOKENS, repr=False)
    label: str = "Email by Microsoft Graph"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection for as many requests as it takes, once there is a token."""
        token = self.tokens.token(
            self.settings.oauth, self.find_secret(), GRAPH_SCOPE, self.settings.timeout_seconds
        )
        with egress.session(own=(self.settings.graph_url,)) as http:
            http.headers.update({"Authorization": f"Bearer {token}", "Content-Type": "text/plain"})
            yield _GraphSession(http, self)


@dataclass
class _GraphSession:
    http: requests.Session
    channel: Graph
    alive: bool = True

    def send(self, letter: Letter, to: Sequence[str]) -> Mapping[str, DeliveryError]:
        assert letter.mail is not None
        refused: dict[str, DeliveryError] = {}
        for address in to:
            if not self.alive:
                refused[address] = DeliveryError(f"{self._where} was left", outage=True)
                continue
            error = self._sent(letter.mail, address)
            if error is not None:
                refused[address] = error
                self.alive = not error.outage
        return refused

    @property
    def _where(self) -> str:
        return self.channel.settings.where

    def _sent(self, mail: EmailMessage, address: str) -> DeliveryError | None:
        alone = copy.deepcopy(mail)
        del alone["To"]
        alone["To"] = address
        settings = self.channel.settings
        content = alone.as_bytes(policy=alone.policy.clone(cte_type="7bit", linesep="\r\n"))
        try:
            response = self.http.post(
                f"{settings.graph_url}/users/{quote(settings.sender, safe='@')}/sendMail",
                data=base64.b64encode(content), timeout=settings.timeout_seconds, allow_redirects=False,
            )  # fmt: skip
        except (requests.RequestException, egress.LeadsInside) as error:
            return DeliveryError(
                f"{self._where} can’t be reached ({type(error).__name__})", outage=True
            )  # fmt: skip
        if response.status_code == 202:
            return None
        if response.status_code == 401:
            self.channel.tokens.forget(settings.oauth, GRAPH_SCOPE)
        return refusal(self._where, response)


def refusal(where: str, response: requests.Response) -> DeliveryError:
    """What an answer means: of 4xx only 400, 413 and 422 are about this mail or its recipient.

    The errors' names are Graph's own (https://learn.microsoft.com/en-us/graph/errors), their words are not told.
    """
    status, code = response.status_code, _code(response)
    line = f"{where} answered {status}{f', {code}' if code else ''}"
    if status == 401:
        return DeliveryError(
            f"{line}: it refused the sign-in; see [alerts.mail.oauth]", outage=True
        )
    if status == 403:
        return DeliveryError(
            f"{line}: the application may not send as `sender`; grant it Mail.Send for that mailbox", outage=True
        )  # fmt: skip
    if status == 404:
        return DeliveryError(f"{line}: `sender` in [alerts.mail] has no mailbox", outage=True)
    if status in (429, 503, 504):
        return DeliveryError(f"{line}: it asks us to wait", outage=True, wait=_wait(response))
    return DeliveryError(line, permanent=status in (400, 413, 422))


def _code(response: requests.Response) -> str:
    try:
        code = response.json()["error"]["code"]
    except (requests.RequestException, ValueError, KeyError, TypeError):
        return ""
    return code if isinstance(code, str) and code.isalnum() and len(code) <= 60 else ""


def _wait(response: requests.Response) -> float | None:
    written = response.headers.get("Retry-After", "")
    return min(float(written), LONGEST_WAIT) if written.isdecimal() else None
