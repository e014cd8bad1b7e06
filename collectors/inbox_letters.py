"""One mail as a Mention: who reports, in which words, what link; and which mails nobody wrote."""

from __future__ import annotations

import email
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from email.utils import getaddresses
from functools import cached_property

import clock
from collectors.base import matching, moment
from collectors.fields import UNREADABLE
from collectors.inbox_bodies import bodies, header, heading, parts
from collectors.inbox_links import host_of, links, without_wrappers
from collectors.inbox_words import own_words
from mention import Author, Mention


@dataclass(frozen=True)
class Letter:
    """A mail as the server handed it over: its bytes, `cut` at a limit, and when it came."""

    raw: bytes = field(repr=False)
    received: datetime
    cut: bool = False

    @cached_property
    def message(self) -> Message:
        """Its parts; without any where they are packed into each other beyond all sense."""
        try:
            return email.message_from_bytes(self.raw)
        except RecursionError:
            return Message()

    @cached_property
    def sender(self) -> tuple[str, str]:
        """Name and address (in lower case) of who says that they sent it; "" for what is missing."""
        named = getaddresses([header(self.message, "From")])
        name, address = next((one for one in named if "@" in one[1]), ("", ""))
        return heading(name), address.strip().lower()

    @property
    def nobodys(self) -> bool:
        """Whether a program wrote it: an automatic reply, a bounce, a receipt, an invitation, our alert.

        By RFC 3834 (Auto-Submitted; a null return path), RFC 3462 (multipart/report) and what older
        systems and Exchange write.
        """
        submitted = self._header("Auto-Submitted").partition(";")[0].strip()
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
        names = [one.strip().lower().removeprefix("@") for one in allowed]
        return not names or any(
            address == one if "@" in one else domain == one or domain.endswith(f".{one}")
            for one in names
        )

    def _header(self, name: str) -> str:
        return heading(header(self.message, name)).strip().lower()


def _invites(part: Message) -> bool:
    return (
        part.get_content_type() == "text/calendar"
        and part.get_param("method") is not None
        and part.get_content_disposition() != "attachment"
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a mail says: its words, the whole of its bodies, its first link ("" where there is none)."""

    text: str
    raw: str
    link: str


def to_mention(letter: Letter, *, issuer: str, at: datetime, terms: tuple[str, ...]) -> Mention:
    """A mail as a report. Raises ValueError for one that names no sender, as every mail must.

    Its link is the first that the reporter wrote or, where they wrote none, passed on; without one the
    url is empty. Attachments are named in the last line of the text and not read.
    """
    name, address = letter.sender
    if not address:
        raise ValueError("names no sender")
    message = letter.message
    said = _said(message)
    answered = _ids(header(message, "In-Reply-To"))
    thread = _ids(header(message, "References")) or answered
    host = (f"reported: {host_of(said.link)}",) if said.link else ()
    return Mention(
        issuer=issuer,
        issued_id=_id(message),
        platform="email",
        kind="report",
        url=said.link,
        text=said.text,
        text_raw=said.raw,
        author=Author(handle=address, name=name),
        posted_at=_sent(message, letter.received, at),
        fetched_at=at,
        parent_id=next(iter(answered), ""),
        root_id=next(iter(thread), ""),
        language=heading(header(message, "Content-Language")).partition(",")[0].strip(),
        matched=(*host, *matching(said.text, terms)),
    )


def _said(message: Message) -> _Said:
    found = bodies(message)
    subject, plain = heading(header(message, "Subject")), "\n\n".join(found.plain)
    own = own_words(plain, subject)
    passed_on = [own.passed_on]
    for title, body in found.carried:
        passed_on += [title, own_words(body, "Fwd:").text]
    rich = own_words("\n\n".join(found.rich), subject).text  # a link may lie behind a word there
    link = next((link for text in (own.own, *passed_on, rich) for link in links(text)), "")
    attached = f"Attached: {', '.join(found.attached)}" if found.attached else ""
    shown = [without_wrappers(part) for part in (subject, own.own, *passed_on, attached) if part]
    raw = "\n\n".join([plain, *(body for _, body in found.carried)]).strip()
    return _Said("\n\n".join(shown), raw, link)


def _id(message: Message) -> str:
    """The Message-ID without its angle brackets, which are no part of it (RFC 5322, 3.6.4)."""
    found = _ids(header(message, "Message-ID"))
    if found:
        return found[0]
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
