"""One mail as a Mention: who reports, in which words, what link; and which mails nobody wrote."""

from __future__ import annotations

import email
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from functools import cached_property

from collectors.base import matching, moment
from collectors.charsets import decode, named_in_markup
from collectors.inbox.addresses import mailbox
from collectors.inbox.text import host_of, links, own_words, unwrapped, without_wrappers
from collectors.inbox.unread import SIGNATURES, Unread, why_unread
from collectors.parsing import MOST_TEXT, UNREADABLE, plain
from core import clock
from core.models import Author, Mention


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
        names = [entry.strip().lower().removeprefix("@") for entry in allowed]
        return not names or any(
            address == name if "@" in name else domain == name or domain.endswith(f".{name}")
            for name in names
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


def _said(message: Message, contents: Bodies) -> _Said:
    subject, plain = heading(header(message, "Subject")), "\n\n".join(contents.plain)
    own = own_words(plain, subject)
    passed_on = [own.passed_on]
    for title, body in contents.carried:
        passed_on += [title, own_words(body, "Fwd:").text]
    rich = own_words("\n\n".join(contents.rich), subject).text  # a link may lie behind a word there
    link = next((link for text in (own.own, *passed_on, rich) for link in links(text)), "")
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


# ── What stands in a mail: its plain text, its HTML as text, mails that it carries. ───────────────

_DEEPEST = 20  # parts in parts; more is no mail that a person wrote
_MOST_NAMED = 50  # attachments
_SENDERS = ("From", "Sender", "Reply-To", "Return-Path")
_MARKED_UP = frozenset(("text/html", "text/enriched", "text/richtext"))
_TEXTS = _MARKED_UP | {"text/plain", "text/markdown", "text/x-markdown"}


@dataclass(slots=True)
class Bodies:
    """A message taken apart, each text with its line ends as \\n.

    `plain` is what its sender's program calls the text, or the HTML as text where there is no other;
    `rich` the HTML as text where it stands beside a plain one, with the links that lie behind words.
    `carried` are mails that are attached, subject and text; `attached` the names of other files, and
    `filed` the words of those that are texts. `unread` is what can't be read, each kind of it once.
    """

    plain: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)
    filed: list[str] = field(default_factory=list)
    carried: list[tuple[str, str]] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def add_beside(self, other: Bodies) -> None:
        """Takes over all that another has beside its texts."""
        self.carried += other.carried
        self.attached += other.attached
        self.filed += other.filed
        self.unread += [part for part in other.unread if part not in self.unread]


def bodies(message: Message) -> Bodies:
    """Takes a message apart; pictures and files are named and not read.

    A text that came as a file is read where the mail has no other words.
    """
    contents = Bodies()
    _take(message, contents, 0)
    if not "".join((*contents.plain, *contents.rich)).strip():
        contents.plain += contents.filed
    return contents


def parts(message: Message) -> Iterator[Message]:
    """The message and every part of it, however deep."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += _inner(part)


def header(message: Message, name: str) -> str:
    """A header as it is written, "" where it is missing; bytes that have no place there are text."""
    return next(headers(message, name), "")


def headers(message: Message, name: str) -> Iterator[str]:
    """Every header of this name, as `header` gives the first."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            yield decode(str(value).encode("utf-8", "surrogateescape"), "utf-8")


def heading(written: str) -> str:
    """A header's text on one line, its encoded words (RFC 2047) decoded as far as they can be."""
    try:
        pieces = decode_header(written)
    except (HeaderParseError, ValueError):
        pieces = [(written, None)]
    text = "".join(
        piece if isinstance(piece, str) else decode(piece, charset or "ascii")
        for piece, charset in pieces
    )
    return " ".join(text.split())


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    return (
        [subpart for subpart in payload if isinstance(subpart, Message)]
        if isinstance(payload, list)
        else []
    )


def _take(part: Message, into: Bodies, depth: int) -> None:
    kind, inner = part.get_content_type(), _inner(part) if depth < _DEEPEST else []
    is_file = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    if (unread := why_unread(part, too_deep=depth >= _DEEPEST)) and unread not in into.unread:
        into.unread.append(unread)
    if kind == "message/rfc822":
        for subpart in inner:
            _carry(subpart, into, depth)
    elif kind == "multipart/alternative":
        _choose(inner, into, depth)
    elif part.is_multipart():
        for subpart in inner:
            _take(subpart, into, depth + 1)
    elif kind in _TEXTS and not is_file:
        into.plain.append(_words(part, kind))
    elif kind not in SIGNATURES:
        if kind in _TEXTS and len(into.filed) < _MOST_NAMED:
            into.filed.append(_words(part, kind))
        if len(into.attached) < _MOST_NAMED:
            into.attached.append(f"{heading(part.get_filename() or 'without a name')} ({kind})")


def _words(part: Message, kind: str) -> str:
    written = _text(part)
    return (as_text(written) if kind in _MARKED_UP else written)[: 2 * MOST_TEXT]


def _choose(ways: list[Message], into: Bodies, depth: int) -> None:
    """The first way that says anything, as the plain text is; the others beside it."""
    chosen = False
    for way in ways:
        contents = Bodies()
        _take(way, contents, depth + 1)
        if chosen or not "".join(contents.plain).strip():
            into.rich += contents.plain
        else:
            into.plain += contents.plain
            chosen = True
        into.rich += contents.rich
        into.add_beside(contents)


def _carry(message: Message, into: Bodies, depth: int) -> None:
    contents = Bodies()
    _take(message, contents, depth + 1)
    into.carried.append((heading(header(message, "Subject")), "\n\n".join(contents.plain)))
    into.add_beside(contents)


# ── Text as a person wrote it. ────────────────────────────────────────────────────────────────────

_SOFT_BREAK = re.compile(r"^(?!>|-- \n)(.*) \n(?!>)", re.MULTILINE)
_ANCHOR = re.compile(r"<(/?)a\b([^<>]{0,9000})>", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)


def as_text(markup: str) -> str:
    """HTML as plain text, with the address behind a word after it, unwrapped: `this post <https://…>`."""
    pieces: list[str] = []
    at, start, target = 0, 0, ""
    for tag in _ANCHOR.finditer(markup):
        pieces.append(markup[at : tag.start()])
        at = tag.start()
        if tag[1]:
            if target and target not in html.unescape(markup[start:at]):
                pieces.append(f" &lt;{html.escape(target)}&gt;")
            target = ""
        else:
            match = _HREF.search(tag[2])
            written = html.unescape(next(filter(None, match.groups()), "")) if match else ""
            start, target = tag.end(), _target(written.strip())
    return plain("".join([*pieces, markup[at:]]))


def _target(written: str) -> str:
    try:
        return unwrapped(written) if written.lower().startswith(("http://", "https://")) else ""
    except ValueError:  # no address that can be read
        return ""


def _text(part: Message) -> str:
    """A text part decoded, its line ends as \\n and its soft breaks joined (RFC 3676: format=flowed)."""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or named_in_markup(content)
    text = decode(content, charset).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joined = r"\1" if str(part.get_param("delsp", "")).lower() == "yes" else r"\1 "
    return _SOFT_BREAK.sub(joined, re.sub(r"^ ", "", text, flags=re.MULTILINE))
