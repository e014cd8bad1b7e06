"""Mail by SMTP: signed in by a password or by OAuth (XOAUTH2), or through a relay that asks for neither.

Each recipient of a mail is answered for by itself (RFC 5321, 4.1.1.3): who is refused holds up nobody.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from core.errors import DeliveryError
from settings.schema import Mail
from steps.channels.base import Letter, Session, nobody_got_it
from steps.channels.oauth import SMTP_SCOPE, TOKENS, Tokens

PATIENCE = 4  # a whole command may take so many times `timeout_seconds`: a server that drips holds up nobody for ever
NOT_OURS = (
    530,
    534,
    535,
    538,
)  # sign-in is missing, too weak, refused: nothing that the mail is to blame for
_STATUS = re.compile(rb"\b([245]\.\d{1,3}\.\d{1,3})\b")
# What an enhanced status code says (RFC 3463), in words that a person can act on.
_REASONS = {
    "1.1": "there is no such mailbox", "1.2": "there is no such domain", "1.3": "the address is not written as it must be",
    "1.6": "the mailbox has moved", "1.10": "the domain takes no mail", "2.1": "the mailbox is turned off",
    "2.2": "the mailbox is full", "2.3": "the email is too big", "3.4": "the email is too big",
    "7.1": "it may not be sent to from here",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """`find_secret` gives the password, or the application's secret: asked for when it is needed."""

    settings: Mail
    find_secret: Callable[[], str]
    tokens: Tokens = field(default=TOKENS, repr=False)
    label: str = "Email"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One connection for as many mails as it takes."""
        where = self.settings.where
        with _outage(where):
            connection = _connected(self.settings)
        try:
            with _outage(where):
                self._sign_in(connection)
            yield _SmtpSession(connection, self.settings)
        finally:
            # a goodbye that fails changes nothing: what was taken is taken
            with suppress(smtplib.SMTPException, OSError), connection.limited():
                connection.quit()
            connection.close()

    def _sign_in(self, connection: _Connection) -> None:
        settings = self.settings
        with connection.limited():
            if settings.security == "starttls":
                connection.starttls(context=_trusted(settings))
            connection.ehlo_or_helo_if_needed()
        if settings.oauth.on:
            oauth = settings.oauth
            secret = self.find_secret()
            token = self.tokens.token(oauth, secret, SMTP_SCOPE, settings.timeout_seconds)
            with connection.limited():
                if "XOAUTH2" not in connection.esmtp_features.get("auth", "").upper().split():
                    raise smtplib.SMTPNotSupportedError("no XOAUTH2")
                try:
                    connection.auth("XOAUTH2", _XOAuth2(settings.user or settings.sender, token))
                except smtplib.SMTPAuthenticationError:
                    self.tokens.forget(oauth, SMTP_SCOPE)
                    raise
        elif settings.user:
            password = self.find_secret()
            with connection.limited():
                connection.login(settings.user, password)


@dataclass(frozen=True)
class _XOAuth2:
    """Google's and Microsoft's mechanism: one line; what the server then says of a refusal gets an empty answer."""

    user: str
    token: str = field(repr=False)

    def __call__(self, challenge: bytes | None = None, /) -> str:
        return "" if challenge else f"user={self.user}\1auth=Bearer {self.token}\1\1"


class _Connection(smtplib.SMTP):
    """smtplib's, that gives up after `longest` seconds whatever the server does meanwhile: its own timeout is for one read."""

    longest: float
    _until: float | None = None
    _over: threading.Event | None = None

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> Any:
        self._over = threading.Event()
        threading.Thread(target=self._watch, args=(self._over,), daemon=True).start()
        with self.limited():
            return super().connect(host, port, source_address)

    def close(self) -> None:
        if self._over is not None:
            self._over.set()
        super().close()

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Cuts the connection where what stands inside takes too long."""
        self._until = time.monotonic() + self.longest
        try:
            yield
        finally:
            self._until = None

    def _watch(self, over: threading.Event) -> None:
        """One thread for the whole connection: one for each mail would take longer than the mail."""
        while not over.wait(self.longest / 10):
            until = self._until
            if until is not None and time.monotonic() > until and self.sock is not None:
                with suppress(OSError):
                    self.sock.shutdown(socket.SHUT_RDWR)


class _PlainConnection(_Connection):
    def __init__(self, settings: Mail) -> None:
        self.longest = settings.timeout_seconds * PATIENCE
        super().__init__(settings.host, settings.port, timeout=settings.timeout_seconds)


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    def __init__(self, settings: Mail) -> None:
        self.longest = settings.timeout_seconds * PATIENCE
        smtplib.SMTP_SSL.__init__(
            self, settings.host, settings.port, timeout=settings.timeout_seconds, context=_trusted(settings)
        )  # fmt: skip


@dataclass
class _SmtpSession:
    connection: _Connection
    settings: Mail

    @property
    def alive(self) -> bool:
        return self.connection.sock is not None

    def send(self, letter: Letter, to: Sequence[str]) -> Mapping[str, DeliveryError]:
        assert letter.mail is not None
        refused: dict[str, DeliveryError] = {}
        try:
            with _translated(self.settings.where), self.connection.limited():
                self._begin(content := _bytes(letter.mail))
                self._name(to, refused)
                accepted = [address for address in to if address not in refused]
                if not accepted:
                    self._abandon()
                    return refused
                try:
                    code, answer = self.connection.data(content)
                except smtplib.SMTPDataError as error:
                    code, answer = error.smtp_code, _as_bytes(error.smtp_error)
                if code == 250:
                    return refused
                self._abandon(code)
                return refused | nobody_got_it(refusal(self.settings.where, code, answer), accepted)
        except DeliveryError as error:
            # who was refused stays so; whoever else was to get it may have or may not: they get it again
            return nobody_got_it(error, to) | refused

    def _begin(self, content: bytes) -> None:
        features = self.connection.esmtp_features
        options = [f"size={len(content)}"] if "size" in features else []
        code, answer = self.connection.mail(self.settings.sender, options)
        if code != 250:
            self._abandon(code)
            if (
                code == 552
            ):  # SIZE is told with the sender (RFC 1870): it is the email that is too big
                raise refusal(self.settings.where, code, answer)
            raise smtplib.SMTPSenderRefused(code, answer, self.settings.sender)

    def _name(self, to: Sequence[str], refused: dict[str, DeliveryError]) -> None:
        for address in to:
            try:
                code, answer = self.connection.rcpt(address)
            except UnicodeError:
                refused[address] = DeliveryError("this address must be plain ASCII", permanent=True)
                continue
            if code == 421:
                self._abandon(code)
                raise refusal(self.settings.where, code, answer)
            if code not in (250, 251):
                refused[address] = refusal(self.settings.where, code, answer)

    def _abandon(self, code: int = 0) -> None:
        """Takes a mail back that was begun; after 421 the server has hung up (RFC 5321, 3.8)."""
        if code == 421:
            self.connection.close()
            return
        with suppress(smtplib.SMTPServerDisconnected):
            self.connection.rset()


def refusal(where: str, code: int, answer: bytes) -> DeliveryError:
    """What an answer to one mail or one address means. Of its words the codes alone are told: they may name an address."""
    status = _STATUS.search(answer)
    detail = status[1].decode() if status else ""
    reason = _REASONS.get(detail.partition(".")[2], "the email is too big" if code == 552 else "")
    line = (
        f"{where} answered {code}{f' {detail}' if detail else ''}{f': {reason}' if reason else ''}"
    )
    return DeliveryError(line, permanent=500 <= code < 600 and code not in NOT_OURS, outage=code in NOT_OURS)  # fmt: skip


@contextmanager
def _outage(where: str) -> Iterator[None]:
    """Whatever fails before a mail is named is about the server or about us, never about the mail."""
    try:
        with _translated(where):
            yield
    except DeliveryError as error:
        raise DeliveryError(str(error), outage=True, wait=error.wait) from error


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """smtplib's errors as DeliveryError: permanent (5xx), about us, or worth another try."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryError(
            f"{where} refused the sign-in ({error.smtp_code}): mend user and password in [alerts.mail], or [alerts.mail.oauth]",
            outage=True,
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(
            f"{where} offers no STARTTLS or sign-in of this kind: see security in [alerts.mail]", outage=True
        ) from error  # fmt: skip
    except UnicodeError as error:
        raise DeliveryError(
            f"{where}: user, password and sender in [alerts.mail] must be plain ASCII", outage=True
        ) from error
    except smtplib.SMTPResponseException as error:
        # before a mail is named, a refusal is about us: whoever mends that wants the mail to leave
        about_us = isinstance(
            error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPSenderRefused
        )
        refused = refusal(where, error.smtp_code, _as_bytes(error.smtp_error))
        who = (
            ": it refuses `sender` in [alerts.mail]"
            if isinstance(error, smtplib.SMTPSenderRefused)
            else ""
        )
        raise DeliveryError(
            f"{refused}{who}", permanent=refused.permanent and not about_us, outage=refused.outage or about_us
        ) from error  # fmt: skip
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(
            f"{where}: its certificate isn't trusted: see ca_file in [alerts.mail]", outage=True
        ) from error
    except ssl.SSLError as error:
        raise DeliveryError(
            f"{where} broke off the encryption: see security in [alerts.mail]", outage=True
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        if TimeoutError in (
            type(error),
            type(error.__context__),
        ):  # smtplib says that it was disconnected
            raise DeliveryError(f"{where} is too slow") from error
        raise DeliveryError(f"{where} can't be reached ({type(error).__name__})") from error


def _bytes(mail: EmailMessage) -> bytes:
    """A mail as it leaves, in seven bits: not every server takes eight."""
    return mail.as_bytes(policy=mail.policy.clone(cte_type="7bit", linesep="\r\n"))


def _as_bytes(answer: bytes | str) -> bytes:
    return answer.encode("utf-8", "replace") if isinstance(answer, str) else answer


def _connected(settings: Mail) -> _Connection:
    return _TlsConnection(settings) if settings.security == "tls" else _PlainConnection(settings)


def _trusted(settings: Mail) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:  # not there, not ours to read, or no PEM
        raise DeliveryError(
            f"ca_file in [alerts.mail] can't be used ({type(error).__name__}): name a PEM file", outage=True
        ) from error  # fmt: skip
