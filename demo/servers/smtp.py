"""A mail server on loopback that insists on STARTTLS and a login, and keeps what it was sent."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import email
import email.policy
import logging
import socket
import ssl
from collections.abc import Coroutine
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from core.errors import MentionsError

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
except ImportError as error:
    raise MentionsError(
        "the demo's mail server is not installed: pip install --no-deps --require-hashes -r requirements/demo.lock, "
        "or 'nwl-mentions[demo]'"
    ) from error


from demo.servers.certificate import server_context
from demo.servers.http import Faults

USER, PASSWORD = "demo-mailer@example.org", "demo-mail-password"
REPLIES = {
    "421": "421 4.3.2 Service shutting down",
    "451": "451 4.3.0 Try again later",
    "535": "535 5.7.8 Authentication credentials invalid",
    "550": "550 5.1.1 No such mailbox here",
    "552": "552 5.3.4 Message too big",
    "554": "554 5.7.1 Refused by policy",
}


logging.getLogger("mail.log").setLevel(
    logging.ERROR
)  # aiosmtpd warns of its own deprecations there


class MailStandIn:
    """`messages` are those accepted, in order, with who got them in the X-Envelope-To header.

    Faults: "535" spoils a login (path "AUTH"; clients try two ways, so `times=2` or None), "550" or "451" a recipient (path "RCPT"), "451",
    "552" or "554" a message (path "DATA"), "421", "drop" and "hang" the connection at that point, "slow" answers late. "drop" breaks
    the encryption off (path "STARTTLS"), cuts a message short (path "BODY"), or hangs up on one that was taken before it says so
    (path "ANSWER"). With `outbox` each message is written there too, as 0001.eml and so on. A token of `tokens` signs `user` in by XOAUTH2, as
    Exchange Online has it.
    """

    name = "mail"

    def __init__(self, ca: Path, faults: Faults | None = None, outbox: Path | None = None) -> None:
        self.host, self.user, self.password, self.ca = "127.0.0.1", USER, PASSWORD, ca
        self.messages: list[EmailMessage] = []
        self.tokens: set[str] = set()
        self.logins = 0
        self.outbox = outbox
        self._socket = socket.create_server((self.host, 0))
        self.port: int = self._socket.getsockname()[1]
        self._controller = _Controller(
            _Handler(self, faults or Faults()), self._socket, server_context(ca)
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
        self._socket.close()

    def keep(self, envelope: Envelope) -> None:
        """Files a message that was accepted."""
        content = envelope.original_content or b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        if self.outbox is not None:
            self.outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.outbox / f"{len(self.messages):04}.eml").write_bytes(content)


class _Handler:
    """aiosmtpd calls these by name, each where a client's command would take effect."""

    def __init__(self, mail: MailStandIn, faults: Faults) -> None:
        self.mail, self.faults = mail, faults

    def authenticator(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        fault = self.faults.take("mail", "AUTH")
        known = (
            isinstance(data, LoginPassword)
            and data.login == self.mail.user.encode()
            and data.password == self.mail.password.encode()
        )
        if fault is not None or not known:
            return AuthResult(success=False, handled=False)
        self.mail.logins += 1
        return AuthResult(success=True)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Refused, the server says why as JSON and waits for an empty line before it says 535."""
        fault = self.faults.take("mail", "AUTH")
        response = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        words = response.decode() if isinstance(response, bytes) else ""
        known = {f"user={self.mail.user}\1auth=Bearer {token}\1\1" for token in self.mail.tokens}
        if fault is None and words in known:
            self.mail.logins += 1
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401","schemes":"Bearer"}')
        return AuthResult(success=False, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self._refusal(server, "RCPT")
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        refusal = await self._refusal(server, "DATA")
        if refusal is None:
            self.mail.keep(envelope)
            refusal = await self._refusal(server, "ANSWER")
        return refusal or "250 2.0.0 Accepted"

    async def _refusal(self, server: SMTP, where: str) -> str | None:
        fault = self.faults.take("mail", where)
        if fault is None:
            return None
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind in ("hang", "drop"):
            if fault.kind == "hang":
                await asyncio.sleep(fault.seconds)
            if server.transport is not None:
                server.transport.close()
            return "421 4.4.2 Connection lost"
        if fault.kind == "421" and server.transport is not None:
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return REPLIES[fault.kind]


class _Server(SMTP):
    """aiosmtpd's, that may break off where no handler is asked: as encryption begins, and while a message comes."""

    def __init__(self, handler: _Handler, **kwargs: Any) -> None:
        super().__init__(handler, **kwargs)
        self._faults = handler.faults

    async def smtp_STARTTLS(self, arg: str) -> None:
        """The command."""
        fault = self._faults.take("mail", "STARTTLS")
        if fault is None:
            await super().smtp_STARTTLS(arg)
        elif fault.kind == "drop":
            await self._break_off("220 Ready to start TLS")
        else:
            await self.push(REPLIES[fault.kind])

    async def smtp_DATA(self, arg: str) -> None:
        """The command."""
        if self._faults.take("mail", "BODY") is None:
            await super().smtp_DATA(arg)
        else:
            await self._break_off("354 End data with <CR><LF>.<CR><LF>")

    async def _break_off(self, answer: str) -> None:
        await self.push(answer)
        await asyncio.sleep(0.02)  # so that what follows the answer is under way
        if self.transport is not None:
            self.transport.close()


class _Controller(Controller):
    """Listens on a socket that is bound already: aiosmtpd can't say which port 0 became."""

    def __init__(self, handler: _Handler, listening: socket.socket, tls: ssl.SSLContext) -> None:
        host, port = listening.getsockname()
        self._listening = listening
        super().__init__(
            handler, hostname=host, port=port, tls_context=tls, require_starttls=True,
            auth_required=True, authenticator=handler.authenticator, enable_SMTPUTF8=True,
            ident="demo mail",
        )  # fmt: skip

    def factory(self) -> SMTP:
        """One for each connection."""
        return _Server(self.handler, **self.SMTP_kwargs)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)

    def stop(self, no_assert: bool = False) -> None:
        with contextlib.suppress(AssertionError):  # it was never started
            super().stop(no_assert)
