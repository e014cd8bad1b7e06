"""A directory that gives tokens, Graph's sendMail and a Teams workflow on loopback, as Microsoft 365 has them."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import json
from datetime import datetime
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any, ClassVar
from urllib.parse import unquote

from demo.servers.http import Answer, Faults, Request, Service

TENANT, CLIENT_ID, CLIENT_SECRET = "demo-tenant", "demo-application", "demo-application-secret"
SCOPES = {"https://graph.microsoft.com/.default": "graph", "https://outlook.office365.com/.default": "smtp"}  # fmt: skip


class MicrosoftStandIn(Service):
    """`messages` are those that Graph took, `cards` what the workflow posted. A token is told by its number, and holds `seconds`.

    `mailboxes` may be sent as; a recipient of `unknown` is refused as Graph does. Faults are by path: "/token", "/v1.0", "/workflow".
    """

    name: ClassVar[str] = "microsoft"

    def __init__(self, at: datetime, faults: Faults | None = None) -> None:
        super().__init__(at, faults)
        self.seconds = 3599
        self.secret = CLIENT_SECRET
        self.mailboxes = {"mentions@example.org"}
        self.unknown: set[str] = set()
        self.tokens: dict[str, str] = {}  # token: what it is for
        self.messages: list[EmailMessage] = []
        self.cards: list[dict[str, Any]] = []

    @property
    def token_url(self) -> str:
        """Where a token is asked for."""
        return f"{self.url}/token"

    @property
    def graph_url(self) -> str:
        """Where Graph is."""
        return f"{self.url}/v1.0"

    @property
    def workflow(self) -> str:
        """The webhook's secret address."""
        return f"{self.url}/workflow/0123456789abcdef"

    def refusal(self, status: int, seconds: float) -> Answer:
        error = {"error": {"code": f"Refused{status}", "message": "said for a reader"}}
        headers = {"retry-after": f"{seconds:.0f}"} if status in (429, 503) else {}
        return Answer(status=status, body=json.dumps(error).encode(), headers=headers)

    def answer(self, request: Request) -> Answer:
        if request.method != "POST":
            return self.refusal(405, 0)
        if request.path == "/token":
            return self._token(request.form())
        if request.path == "/workflow/0123456789abcdef":
            return self._card(request)
        start, _, end = request.path.partition("/users/")
        mailbox, _, action = end.partition("/")
        if start == "/v1.0" and action == "sendMail":
            return self._send_mail(request, unquote(mailbox))
        return self.refusal(404, 0)

    def _token(self, form: dict[str, str]) -> Answer:
        scope = SCOPES.get(form.get("scope", ""))
        if form.get("grant_type") != "client_credentials" or scope is None:
            return _answer(400, {"error": "invalid_scope"})
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, self.secret):
            return _answer(401, {"error": "invalid_client", "error_description": f"secret {form.get('client_secret')}"})  # fmt: skip
        token = f"token-{len(self.tokens) + 1}-{scope}"
        self.tokens[token] = scope
        return _answer(
            200, {"token_type": "Bearer", "expires_in": self.seconds, "access_token": token}
        )

    def _send_mail(self, request: Request, mailbox: str) -> Answer:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token) != "graph":
            return _answer(401, {"error": {"code": "InvalidAuthenticationToken", "message": token}})
        if mailbox not in self.mailboxes:
            return _answer(403, {"error": {"code": "ErrorAccessDenied", "message": mailbox}})
        if request.headers.get("content-type") != "text/plain":
            return _answer(400, {"error": {"code": "ErrorMimeContentInvalid", "message": ""}})
        try:
            content = base64.b64decode(request.body, validate=True)
        except binascii.Error:
            return _answer(
                400, {"error": {"code": "ErrorMimeContentInvalidBase64String", "message": ""}}
            )
        message = email.message_from_bytes(content, policy=email.policy.default)
        if {address for _, address in getaddresses([str(message["To"])])} & self.unknown:
            return _answer(
                400, {"error": {"code": "ErrorInvalidRecipients", "message": str(message["To"])}}
            )
        self.messages.append(message)
        return Answer(status=202)

    def _card(self, request: Request) -> Answer:
        try:
            card = json.loads(request.body)
            content = card["attachments"][0]["content"]
            assert card["type"] == "message" and content["type"] == "AdaptiveCard"  # noqa: PT018
        except (ValueError, KeyError, IndexError, AssertionError):
            return self.refusal(400, 0)
        self.cards.append(content)
        return Answer(status=202)


def _answer(status: int, content: dict[str, Any]) -> Answer:
    return Answer(status=status, body=json.dumps(content).encode())
