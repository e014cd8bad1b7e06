"""A session with a mailbox: signs in, reads a folder without changing it, errors as ours.

By imap-tools over Python's imaplib, which is asked itself where imap-tools can't do it: the answer to a
refused token, and a mail's first bytes with its time. The folder is opened by EXAMINE and mails are
fetched by BODY.PEEK, so that nothing is marked, moved or deleted.
"""

from __future__ import annotations

import imaplib
import json
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeVar

from imap_tools import A, MailBox, MailBoxUnencrypted, U
from imap_tools.errors import ImapToolsError, MailboxFetchError, MailboxUidsError
from imap_tools.mailbox import BaseMailBox

from collectors.base import Http, moment
from collectors.http.transport import Passing
from collectors.inbox.parse import Letter
from core.errors import PlatformRefused, PlatformUnavailable

T = TypeVar("T")
Security = Literal["tls", "starttls", "none"]
MOST_BYTES = 5_000_000  # of one mail; its words stand before its attachments


@dataclass(frozen=True, kw_only=True)
class Account:
    """How a mailbox is reached; `access_token` (XOAUTH2) goes before `password`."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)
    folder: str
    ca_file: str

    @property
    def where(self) -> str:
        """The server, as messages name it."""
        return f"inbox: {self.host}:{self.port}"


class Session:
    """A mailbox that is open while it is used; a connection that breaks is made again, as `http` allows.

    Once the folder was opened, `validity` is its UIDVALIDITY, "" where the server has none, and
    `next_uid` the UID that the next mail gets.
    """

    def __init__(self, account: Account, http: Http) -> None:
        self.account, self.http = account, http
        self.validity, self.next_uid = "", 1
        self._box: BaseMailBox | None = None

    def open(self) -> None:
        """Signs in and opens the folder. Raises PlatformRefused, PlatformUnavailable."""
        self._ask(lambda _: None)

    def close(self) -> None:
        """Says goodbye; one that fails changes nothing."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(*BROKEN):
                box.logout()

    def since(self, day: date) -> list[int]:
        """UIDs, ascending, of mails that came on this day of the server's or later."""
        return self._ask(lambda box: _listed(box, A(date_gte=day)))

    def after(self, uid: int) -> list[int]:
        """UIDs, ascending, that are above this one."""
        criteria = A(uid=U(str(uid + 1), "*"))
        uids = self._ask(lambda box: _listed(box, criteria))
        return [
            candidate for candidate in uids if candidate > uid
        ]  # n:* always has the last mail (RFC 3501, 6.4.8)

    def letter(self, uid: int) -> Letter | None:
        """A mail, of which no more than its first bytes are fetched; None where it is there no more.

        One that is there and not handed over raises: whoever read on would lose it for good.
        """
        most = min(MOST_BYTES, self.http.most_bytes)
        wanted = f"(UID INTERNALDATE BODY.PEEK[]<0.{most}>)"
        refusal = (
            f"does not hand over mail {uid}, which waits with those after it: ask who runs the mailbox, "
            "or move it to another folder"
        )
        return self._ask(lambda box: _letter(box, uid, wanted, most), refusal)

    def _ask(self, call: Callable[[BaseMailBox], T], refusal: str = "refuses to be read") -> T:
        return self.http.patiently(lambda: self._try(call, refusal))

    def _try(self, call: Callable[[BaseMailBox], T], refusal: str) -> T:
        box = self._box = self._box or self._opened()
        try:
            with translated(self.account.where, refusal):
                return call(box)
        except PlatformUnavailable:  # what comes next on this connection could be anything
            self._box = None
            _drop(box)
            raise

    def _opened(self) -> BaseMailBox:
        account = self.account
        with translated(account.where, "can't be talked to: see host, port and `security`"):
            self.http.budget.check()
            box = _connected(account, self.http.budget.timeout(self.http.timeout[1]))
            self.http.budget.watch(box.client.socket())
        try:
            _sign_in(box, account)
            with translated(account.where, "does not open the folder: see `folder`"):
                box.folder.set(account.folder, readonly=True)
            validity = _told(box, "UIDVALIDITY")
            if self.validity not in ("", validity):
                raise PlatformUnavailable(
                    f"{account.where} rebuilt the folder while it was read: the next run reads it anew"
                )
        except BaseException:
            _drop(box)
            raise
        self.validity, next_uid = validity, _told(box, "UIDNEXT")
        self.next_uid = int(next_uid) if next_uid.isdecimal() else 1
        return box


def _told(box: BaseMailBox, code: str) -> str:
    """What a response code said when the folder was opened, or ""."""
    return (box.client.response(code)[1][0] or b"").decode("ascii", "replace")


def _drop(box: BaseMailBox) -> None:
    """Hangs up without waiting for an answer."""
    with suppress(*BROKEN):
        box.client.shutdown()


def _connected(account: Account, timeout: float) -> BaseMailBox:
    if account.security == "tls":
        return MailBox(account.host, account.port, timeout=timeout, ssl_context=_trusted(account))
    box = MailBoxUnencrypted(account.host, account.port, timeout=timeout)
    if account.security == "starttls":
        try:
            if "STARTTLS" not in box.client.capabilities:
                raise PlatformRefused(f"{account.where} offers no STARTTLS: see `security`")
            box.client.starttls(_trusted(account))
        except BaseException:
            box.client.shutdown()
            raise
    return box


def _trusted(account: Account) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=account.ca_file or None)
    except OSError as error:  # not there, not ours to read, or no PEM
        raise PlatformRefused(
            f"inbox: ca_file can't be used ({type(error).__name__}): name a PEM file"
        ) from error


def _sign_in(box: BaseMailBox, account: Account) -> None:
    able = box.client.capabilities
    if account.access_token:
        if "AUTH=XOAUTH2" not in able:
            raise PlatformRefused(f"{account.where} takes no token (XOAUTH2): set `password`")
        _by_token(box, account)
        return
    refusal = (
        "refused the sign-in: mend `user` and `password`, or where it takes tokens alone, as Microsoft "
        "365 does, leave the password empty and run `mentions connect inbox`"
    )
    with translated(account.where, refusal):
        if account.password.isascii() and account.user.isascii() and "LOGINDISABLED" not in able:
            box.login(account.user, account.password, initial_folder=None)
        elif "AUTH=PLAIN" in able:
            box.login_utf8(account.user, account.password, initial_folder=None)
        else:
            raise PlatformRefused(
                f"{account.where} takes no password so: set security to tls or starttls, and a plain one"
            )


def _by_token(box: BaseMailBox, account: Account) -> None:
    """XOAUTH2, as Google and Microsoft describe it: a refusal comes as JSON, to be answered by nothing."""
    challenges: list[bytes] = []

    def respond(challenge: bytes) -> bytes:
        if challenge.strip():
            challenges.append(challenge)
            return b""
        return f"user={account.user}\1auth=Bearer {account.access_token}\1\1".encode()

    try:
        with translated(account.where, "does not accept the token: run `mentions connect inbox`"):
            box.client.authenticate("XOAUTH2", respond)
    except PlatformRefused as error:
        status = _status(challenges)
        raise (PlatformRefused(f"{error} ({status})") if status else error) from None


def _status(challenges: list[bytes]) -> str:
    try:
        return re.sub(r"\D", "", str(json.loads(challenges[0])["status"]))[:3]
    except (ValueError, KeyError, TypeError, IndexError):
        return ""


def _listed(box: BaseMailBox, criteria: A) -> list[int]:
    """UIDs that a search finds, ascending. An answer without a list is not one that found none."""
    answer: tuple[str, list[Any]] = box.client.uid("SEARCH", str(criteria))
    status, lines = answer
    if status != "OK":
        raise MailboxUidsError(answer, "OK")
    if None in lines:  # as imaplib says that no list came
        raise Passing("inbox: a search was answered without a list of mails")
    return sorted({int(uid) for line in lines for uid in line.split()})


def _letter(box: BaseMailBox, uid: int, wanted: str, most: int) -> Letter | None:
    """Out of what imaplib makes of a FETCH: bytes, and pairs of bytes where a literal came."""
    answer: tuple[str, list[Any]] = box.client.uid("FETCH", str(uid), wanted)
    status, parts = answer
    pairs = [part for part in parts if isinstance(part, tuple)]
    raw_head = b" ".join(part[0] if isinstance(part, tuple) else part for part in parts if part)
    head = raw_head.decode("ascii", "replace")
    if status != "OK" or not pairs or not re.search(rf"\bUID {uid}\b", head):
        box.client.noop()  # a server may only now say what went (RFC 2180, 4.1)
        if uid not in _listed(box, A(uid=str(uid))):
            return None
        if status != "OK":
            raise MailboxFetchError(answer, "OK")
        raise Passing(f"inbox: mail {uid} is in the folder, and came without its words")
    came = re.search(r'INTERNALDATE "([^"]{1,40})"', head)
    raw = pairs[0][1]
    received = moment(came[1] if came else None)
    return Letter(raw[:most], received, cut=len(raw) >= most)


# ── What a mail server's refusals mean: may it work later, or does a person have to see to it? ────
#
# A refusal carries a code of RFC 3501 or RFC 5530 in brackets; Microsoft's and Google's servers often say
# it in words alone. Neither their words nor ours ever hold the password or the token.

# All that imap-tools and imaplib raise for a connection that is not as it should be.
BROKEN = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError)
_CODE = re.compile(r"\[([A-Z][A-Z-]{2,30})")
_LATER = frozenset(("UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "OVERQUOTA", "THROTTLED"))
_PERSON = {
    "PRIVACYREQUIRED": "wants an encrypted connection: see `security`",
    "EXPIRED": "says that the password has expired: set a new one",
    "AUTHORIZATIONFAILED": "knows the account and does not let it in: ask who runs the mailbox",
    "NOPERM": "does not let this account read the folder: ask who runs the mailbox",
    "CONTACTADMIN": "wants its administrator to be asked",
}
_LATER_IN_WORDS = re.compile(
    r"unavailable|try again|temporar|too many|throttled|timed? ?out|\bbusy\b", re.IGNORECASE
)
_NOT_CONNECTED = (
    "authenticated but not connected"  # Exchange: the token is good, and not for this mailbox
)
_BACK_OFF = re.compile(r"backoff time: ?(\d{1,9}) ?milliseconds", re.IGNORECASE)  # Exchange


def may_pass(message: str) -> bool:
    """Whether a refusal says that another time may do."""
    code = _CODE.search(message)
    if code and code[1] != "ALERT":  # which only says that a person should read the words
        return code[1] in _LATER
    return bool(_LATER_IN_WORDS.search(message))


@contextmanager
def translated(where: str, refusal: str) -> Iterator[None]:
    """A library's errors as ours: Passing, or PlatformRefused with `refusal` or what its code means.

    None is chained: what a server says may repeat what it was sent.
    """
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise PlatformRefused(
            f"{where}: its certificate isn't trusted: see host and `ca_file` in [collectors.inbox]"
        ) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise Passing(f"{where} broke off") from None
    except ssl.SSLError as error:
        if "_VERSION" in (error.reason or "") or "HTTP" in (error.reason or ""):
            raise PlatformRefused(f"{where} speaks no TLS there: see port and `security`") from None
        raise Passing(f"{where} broke off ({type(error).__name__})") from None
    except TimeoutError:
        raise Passing(f"{where} did not answer in time") from None
    except OSError as error:
        raise Passing(f"{where} can't be reached ({type(error).__name__})") from None
    except imaplib.IMAP4.abort:
        raise Passing(f"{where} broke off, or sent what no mail server says") from None
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise _judged(str(error), where, refusal) from None
    except ValueError:
        raise Passing(f"{where} sent what can't be read") from None


def _judged(message: str, where: str, refusal: str) -> Passing | PlatformRefused:
    wait = _BACK_OFF.search(message)
    if wait or may_pass(message) or "* BYE" in message:  # in place of a greeting
        asks = int(wait[1]) / 1000 if wait else None
        return Passing(f"{where} has no time for us now: it will be tried again", retry_after=asks)
    if _NOT_CONNECTED in message:
        return PlatformRefused(
            f"{where} took the sign-in and gives no mailbox: see `user`, and whether the app may read it"
        )
    code = _CODE.search(message)
    return PlatformRefused(f"{where} {_PERSON.get(code[1], refusal) if code else refusal}")
