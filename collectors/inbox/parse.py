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
from email.utils import getaddresses
from functools import cached_property

from collectors.base import matching, moment
from collectors.inbox.text import host_of, links, own_words, unwrapped, without_wrappers
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
        """Name and address (in lower case) of who says that they sent it; "" for what is missing."""
        named = getaddresses([header(self.message, "From")])
        name, address = next((pair for pair in named if "@" in pair[1]), ("", ""))
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
    """A mail as a report. Raises ValueError for one that names no sender, as every mail must.

    Its link is the first that the reporter wrote or, where they wrote none, passed on; without one the
    url is empty. Attachments are named in the last line of the text and not read.
    """
    name, address = letter.sender
    if not address:
        raise ValueError("names no sender")
    message = letter.message
    report = _said(message)
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


def _said(message: Message) -> _Said:
    contents = bodies(message)
    subject, plain = heading(header(message, "Subject")), "\n\n".join(contents.plain)
    own = own_words(plain, subject)
    passed_on = [own.passed_on]
    for title, body in contents.carried:
        passed_on += [title, own_words(body, "Fwd:").text]
    rich = own_words("\n\n".join(contents.rich), subject).text  # a link may lie behind a word there
    link = next((link for text in (own.own, *passed_on, rich) for link in links(text)), "")
    attached = f"Attached: {', '.join(contents.attached)}" if contents.attached else ""
    shown = [without_wrappers(part) for part in (subject, own.own, *passed_on, attached) if part]
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
_LATIN = frozenset(("iso-8859-1", "iso8859-1", "latin-1", "latin1"))


@dataclass(slots=True)
class Bodies:
    """A message taken apart, each text with its line ends as \\n.

    `plain` is what its sender's program calls the text, or the HTML as text where there is no other;
    `rich` the HTML as text where it stands beside a plain one, with the links that lie behind words.
    `carried` are mails that are attached, subject and text; `attached` the names of other files.
    """

    plain: list[str] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)
    carried: list[tuple[str, str]] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)


def bodies(message: Message) -> Bodies:
    """Takes a message apart; pictures and files are named and not read."""
    contents = Bodies()
    _take(message, contents, 0)
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
    values = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return _decoded(str(next(values, "")).encode("utf-8", "surrogateescape"), "utf-8")


def heading(written: str) -> str:
    """A header's text on one line, its encoded words (RFC 2047) decoded as far as they can be."""
    try:
        pieces = decode_header(written)
    except (HeaderParseError, ValueError):
        pieces = [(written, None)]
    text = "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset or "ascii")
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
    attached = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    if kind == "message/rfc822":
        for subpart in inner:
            _carry(subpart, into, depth)
    elif kind == "multipart/alternative":
        _choose(inner, into, depth)
    elif part.is_multipart():
        for subpart in inner:
            _take(subpart, into, depth + 1)
    elif kind in ("text/plain", "text/html") and not attached:
        written = _text(part)
        into.plain.append((as_text(written) if kind == "text/html" else written)[: 2 * MOST_TEXT])
    elif len(into.attached) < _MOST_NAMED:
        into.attached.append(f"{heading(part.get_filename() or 'without a name')} ({kind})")


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
        into.carried += contents.carried
        into.attached += contents.attached


def _carry(message: Message, into: Bodies, depth: int) -> None:
    contents = Bodies()
    _take(message, contents, depth + 1)
    into.carried.append((heading(header(message, "Subject")), "\n\n".join(contents.plain)))
    into.carried += contents.carried
    into.attached += contents.attached


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
    charset = part.get_content_charset() or "ascii"
    text = _decoded(payload if isinstance(payload, bytes) else b"", charset).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joined = r"\1" if str(part.get_param("delsp", "")).lower() == "yes" else r"\1 "
    return _SOFT_BREAK.sub(joined, re.sub(r"^ ", "", text, flags=re.MULTILINE))


def _decoded(data: bytes, charset: str) -> str:
    """As it says that it is, else UTF-8, else Windows-1252, which is also what Latin-1 mostly means."""
    for name in ("cp1252" if charset.lower() in _LATIN else charset, "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")
