"""One mail as a Mention: who reports, in which words, what link; and which mails nobody wrote."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from functools import cached_property

from collectors.base import matching, moment
from collectors.inbox.addresses import mailbox
from collectors.inbox.bodies import Bodies, bodies, header, headers, heading, parsed, parts
from collectors.inbox.text import host_of, links, own_words, without_wrappers
from collectors.parsing import UNREADABLE
from core import clock
from core.addresses import is_shortened
from core.models import Author, Mention

_SENDERS = ("From", "Sender", "Reply-To", "Return-Path")
_INVITATIONS = ("request", "reply", "cancel", "counter", "declinecounter", "refresh")  # RFC 5546
_HEAD = re.compile(rb"\A\s*((?:[^\r\n]+(?:\r\n|\r|\n))+)")
_SPACED = re.compile(
    rb"^([\w-]{1,70})[ \t]+:", re.MULTILINE
)  # which RFC 5322, 4.5 still lets stand


@dataclass(frozen=True)
class Letter:
    """A mail as the server handed it over: its bytes, `cut` at a limit, and when it came."""

    raw: bytes = field(repr=False)
    received: datetime
    cut: bool = False

    @cached_property
    def message(self) -> Message:
        """Its parts."""
        return parsed(_HEAD.sub(_mended_head, self.raw, count=1))

    @cached_property
    def sender(self) -> tuple[str, str]:
        """Name and address (in lower case) of who says that they sent it; "" for what is missing.

        By From or, where that has no address that can be read, by what else says whose mail it is.
        """
        name = ""
        for title in _SENDERS:
            for written in headers(self.message, title):
                named, address = mailbox(written)
                if not address:  # all of it may be encoded
                    named, address = mailbox(heading(written))
                name = name or heading(named).strip("\"' ")
                if address:
                    return name, address
        return name, ""

    @cached_property
    def contents(self) -> Bodies:
        """Its texts, and what of it can't be read."""
        return bodies(self.message)

    @property
    def nobodys(self) -> bool:
        """Whether a program wrote it: an automatic reply, a bounce, a receipt, an invitation, our alert.

        By RFC 3834 (Auto-Submitted; a null return path), RFC 3462 (multipart/report) and what older
        systems and Exchange write.
        """
        submitted = re.split(r"[;(]", self._header("Auto-Submitted"))[0].strip()
        return (
            submitted not in ("", "no")
            or self._header("Precedence") in ("bulk", "junk", "auto_reply")
            or self._header("Return-Path") == "<>"
            or self._header("Subject").startswith("automatic reply:")
            or "X-Autoreply" in self.message
            or self.message.get_content_type() == "multipart/report"
            or any(map(_invites, parts(self.message)))
        )

    def is_from(self, allowed: tuple[str, ...]) -> bool:
        """Whether one of these is its sender's address, domain or a domain above that; all where empty."""
        _, address = self.sender
        domain = address.rpartition("@")[2]
        names = [entry.strip().lower().removeprefix("@") for entry in allowed]
        return not names or any(
            address == name if "@" in name else domain == name or domain.endswith(f".{name}")
            for name in names
        )

    def _header(self, name: str) -> str:
        return heading(header(self.message, name)).strip().lower()


def _mended_head(head: re.Match[bytes]) -> bytes:
    """The headers without the empty lines before them, and without spaces before their colons."""
    return _SPACED.sub(rb"\1:", head[1])


def _invites(part: Message) -> bool:
    return (
        part.get_content_type() == "text/calendar"
        and str(part.get_param("method")).lower() in _INVITATIONS
        and part.get_content_disposition() != "attachment"
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a mail says: its words, the whole of its bodies, its first link ("" where there is none)."""

    text: str
    raw: str
    link: str


def to_mention(letter: Letter, *, issuer: str, at: datetime, terms: tuple[str, ...]) -> Mention:
    """A mail as a report.

    Its link is the first that the reporter wrote or, where they wrote none, passed on; without one the
    url is empty. Attachments are named in the last line of the text and not read; before them stands what
    else could not be read, and who can open it.
    """
    name, address = letter.sender
    message = letter.message
    report = _said(message, letter.contents)
    answered = _ids(header(message, "In-Reply-To"))
    thread = _ids(header(message, "References")) or answered
    host = (f"reported: {host_of(report.link)}",) if report.link else ()
    return Mention(
        issuer=issuer,
        issued_id=_id(message),
        platform="email",
        kind="report",
        url=report.link,
        text=report.text,
        text_raw=report.raw,
        author=Author(handle=address, name=name),
        posted_at=_sent(message, letter.received, at),
        fetched_at=at,
        parent_id=next(iter(answered), ""),
        root_id=next(iter(thread), ""),
        language=heading(header(message, "Content-Language")).partition(",")[0].strip(),
        matched=(*host, *matching(report.text, terms)),
    )


def notice(letter: Letter, words: str, *, issuer: str, at: datetime) -> Mention:
    """What stands for a mail whose words are not taken in: when it came, and what to do. Nobody's name, no link."""
    message = letter.message
    return Mention(
        issuer=issuer, issued_id=_id(message), platform="email", kind="report", url="", text=words, text_raw=words,
        author=Author(), posted_at=_sent(message, letter.received, at), fetched_at=at, language="en",
    )  # fmt: skip


def _said(message: Message, contents: Bodies) -> _Said:
    subject, plain = heading(header(message, "Subject")), "\n\n".join(contents.plain)
    own = own_words(plain, subject)
    passed_on = [own.passed_on]
    for title, body in contents.carried:
        passed_on += [title, own_words(body, "Fwd:").text]
    rich = own_words("\n\n".join(contents.rich), subject).text  # a link may lie behind a word there
    every = [link for text in (own.own, *passed_on, rich) for link in links(text)]
    link = next((link for link in every if not is_shortened(link)), every[0] if every else "")
    attached = f"Attached: {', '.join(contents.attached)}" if contents.attached else ""
    written = [part for part in (subject, own.own, *passed_on) if part.strip()]
    unread = [part.notice for part in contents.unread]
    if not (written or unread):
        unread = ["This mail has no words: open it in the mailbox to see what it reports."]
    shown = [*map(without_wrappers, written), *unread, *([attached] if attached else [])]
    raw = "\n\n".join([plain, *(body for _, body in contents.carried)]).strip()
    return _Said("\n\n".join(shown), raw, link)


def _id(message: Message) -> str:
    """The Message-ID without its angle brackets, which are no part of it (RFC 5322, 3.6.4)."""
    ids = _ids(header(message, "Message-ID"))
    if ids:
        return ids[0]
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    return f"sha256:{hashlib.sha256(headers.encode('utf-8', 'replace')).hexdigest()}"


def _ids(written: str) -> list[str]:
    text = re.sub(r"\s", "", written)
    return re.findall(r"<([^<>]+)>", text) or ([text] if text else [])


def _sent(message: Message, received: datetime, at: datetime) -> datetime:
    """When its sender says, or when it came, where that is missing or can't be true."""
    written = moment(header(message, "Date"))
    sent = written != UNREADABLE and clock.plausible(written, at) == written
    return written if sent else received
