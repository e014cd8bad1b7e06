"""The mailbox where staff report content (social media policy, section 9), read by IMAP.

Each mail is a mention of kind `report`: the reporter's words and the link that they report. The mailbox
is only looked at: nothing is marked as read, moved or deleted, and there is nothing to look up again.
What a mail says of where it comes from is not proof: anybody can write a sender's name.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, ClassVar, Self

from pydantic import Field

from collectors.base import Collected, EphemeralMetric, Http, SaveState, SkippedItem, each
from collectors.inbox import private_chat
from collectors.inbox.client import Account, Security, Session
from collectors.inbox.parse import Letter, notice, to_mention
from collectors.oauth import Grant
from collectors.parsing import UNREADABLE
from collectors.queries import Follow, check_address
from core import clock
from core.errors import CollectorError, ConfigError, PlatformRefused

_MICROSOFT = ("https://outlook.office365.com/.default",)
_KEEP_EVERY = 50  # mails
_NOBODYS = (
    "mails left out that no person wrote (automatic replies, bounces, invitations, our alerts)"
)
_NO_SENDER = (
    "names no sender that can be read, so that nobody can say whether `allowed` has them: left out; open it "
    "in the mailbox"
)
_OTHERS = "mails left out whose sender is not in `allowed`"


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """One folder of a mailbox, by password or by token (XOAUTH2).

    A token is granted to the app itself (Microsoft 365: client credentials, with access to this mailbox
    given to its service principal) or, where `authorize_url` is set, by the mailbox's owner.
    """

    name: ClassVar[str] = "inbox"
    secrets: ClassVar[tuple[str, ...]] = ("password", "access_token", "client_id", "client_secret")
    grant: ClassVar[Grant] = Grant(
        scopes=_MICROSOFT, alone=True, extra={"access_type": "offline", "prompt": "consent"}
    )
    grant_optional: ClassVar[bool] = True
    grant_instead: ClassVar[str] = "password"  # the key that does as well
    paths: ClassVar[tuple[str, ...]] = ("ca_file",)  # keys that are files', from the table's own

    http: Http = field(repr=False)
    at: datetime
    state: Mapping[str, str] = field(default_factory=dict)
    host: str
    user: str
    password: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = _MICROSOFT
    authorize_url: str = ""
    token_url: str = "https://login.microsoftonline.com/organizations/oauth2/v2.0/token"
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Security = "tls"
    ca_file: str = ""
    folder: str = "INBOX"
    terms: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    most: Annotated[int, Field(ge=1, le=10_000)] = 500

    def __post_init__(self) -> None:
        for key in ("host", "user", "folder"):
            if not getattr(self, key).strip():
                raise ConfigError(f"{key}: is empty")
        for key in ("host", "user", "folder", "password", "access_token"):
            if re.search(r"[\0-\x1f\x7f]", getattr(self, key)):
                raise ConfigError(f"{key}: holds a control character")
        if self.security == "none" and not _is_here(self.host):
            raise ConfigError('security: "none" is for a server on this machine alone')
        if self.security == "starttls" and self.port == 993:
            raise ConfigError('port: 993 is for security "tls"; "starttls" is mostly spoken at 143')
        for key in ("token_url", "authorize_url"):
            if getattr(self, key):
                check_address(getattr(self, key), key)

    def follows(self) -> Iterator[Follow]:
        """Nobody: the organisation's own mailbox is read."""
        yield from ()

    def collect(self, since: datetime) -> Iterator[Collected]:
        """Mails that came since, the first to come first; after a first run, those that are new there.

        A run reads `most` mails; the next goes on from there. How many were left out is told as figures.
        """
        if not (self.password or self.access_token):
            raise PlatformRefused(
                "[collectors.inbox] has neither a password nor access: set `password`, or the app's "
                "client_id and client_secret and run `mentions connect inbox`"
            )
        session = Session(self.account(), self.http)
        try:
            session.open()
            yield from self._read(session, since)
        finally:
            session.close()

    def _read(self, session: Session, since: datetime) -> Iterator[Collected]:
        place = f"read {self.host} {self.user} {self.folder}"
        read = _Read.of(self.state.get(place, ""), session)
        day = (since - timedelta(days=1)).date()  # the server's days may begin at another hour
        uids = session.after(read.last) if read.last else session.since(day)
        left_out = Counter[str]()
        try:
            for count, uid in enumerate(uids[: self.most], 1):
                letter = session.letter(uid)
                if letter and (uid > read.looked or not _is_before(letter.received, since)):
                    yield from self._taken(uid, letter, left_out)
                read.last = uid
                if count % _KEEP_EVERY == 0:
                    yield from read.keep_position(place)
        except CollectorError:
            yield from read.keep_position(place)
            raise
        yield from (EphemeralMetric(why, count) for why, count in left_out.items())
        if (rest := len(uids) - self.most) > 0:
            why = f"{rest} more wait: the next runs read them, {self.most} at a time"
            yield SkippedItem("mailbox", why, stops=True)
        else:
            read.last = max(read.last, read.looked)
        yield from read.keep_position(place)

    def _taken(self, uid: int, letter: Letter, left_out: Counter[str]) -> Iterator[Collected]:
        if letter.nobodys:
            left_out[_NOBODYS] += 1
            return
        if not letter.is_from(self.allowed):
            if not letter.sender[1]:
                yield SkippedItem(f"mail {uid}", f"{_when(letter)}{_NO_SENDER}")
            else:
                left_out[_OTHERS] += 1
            return
        if private_chat.is_one(letter):
            yield SkippedItem(f"mail {uid}", f"{_when(letter)}{private_chat.NOT_TAKEN}")
            if private_chat.is_alarming(letter):
                yield notice(letter, private_chat.NOTICE, issuer=self.issuer, at=self.at)
            return
        convert = partial(to_mention, issuer=self.issuer, at=self.at, terms=self.terms)
        yield from each([letter], convert, at=self.at, where=f"mail {uid}")
        for part in letter.contents.unread:
            yield SkippedItem(f"mail {uid}", f"{_when(letter)}{part.outcome}")
        if letter.cut:
            why = f"is over {len(letter.raw) / 1e6:.1f} MB: what stands after that was not read"
            yield SkippedItem(f"mail {uid}", why)

    @property
    def issuer(self) -> str:
        """Who gives the ids: this mailbox, by its name without the host, which may move."""
        return f"inbox:{self.user.strip().partition('@')[0].lower()}"

    def account(self) -> Account:
        """How the mailbox is reached."""
        return Account(
            host=self.host, port=self.port, security=self.security, user=self.user,
            password=self.password, access_token=self.access_token, folder=self.folder,
            ca_file=self.ca_file,
        )  # fmt: skip


@dataclass
class _Read:
    """How far a folder was read: up to UID `last`, in a numbering that `validity` names.

    Mails that were there before the first run have UIDs up to `looked`, and are read by their dates. One
    that came into the folder later is new there, however old it is.
    """

    validity: str
    last: int
    looked: int

    @classmethod
    def of(cls, saved_position: str, session: Session) -> Self:
        """As it was kept; from the start in another numbering (RFC 3501, 2.3.1.1)."""
        validity, *numbers = saved_position.split(":")
        if validity == session.validity != "" and numbers and all(map(str.isdecimal, numbers)):
            return cls(validity, int(numbers[0]), int(numbers[1]) if numbers[1:] else 0)
        return cls(session.validity, 0, session.next_uid - 1)

    def keep_position(self, place: str) -> Iterator[SaveState]:
        """Kept whatever becomes of the run, since what comes before it was handed on."""
        if self.last and self.validity:
            unfinished = f":{self.looked}" if self.last < self.looked else ""
            yield SaveState(place, f"{self.validity}:{self.last}{unfinished}", always=True)


def _when(letter: Letter) -> str:
    """By what a person finds it in the mailbox, without a word of it: when it came."""
    return "" if letter.received == UNREADABLE else f"came {clock.local(letter.received)} and "


def _is_before(received: datetime, since: datetime) -> bool:
    return received != UNREADABLE and received < since


def _is_here(host: str) -> bool:
    if host.strip().lower() in ("localhost", "localhost."):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
