"""What stands in a mail: its plain text, its HTML as text, mails that it carries, and what can't be read.

Mails are taken apart as they are met with: boundaries that are not there, texts that say that they are
encoded and are not, mails in mails as files.
"""

from __future__ import annotations

import email
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from collectors.charsets import decode, named_in_markup
from collectors.inbox.text import unwrapped
from collectors.inbox.unread import SIGNATURES, Unread, why_unread
from collectors.parsing import MOST_TEXT, plain

_DEEPEST = 20  # parts in parts; more is no mail that a person wrote
_MOST_NAMED = 50  # attachments
_MARKED_UP = frozenset(("text/html", "text/enriched", "text/richtext"))
_NO_WORDS = frozenset(
    ("text/calendar", "text/css", "text/csv", "text/directory", "text/javascript", "text/rtf",
     "text/vcard", "text/x-vcard", "text/xml", "text/x-amp-html")
)  # fmt: skip
# What programs write as the plain text where all that was said stands in the HTML.
_STUB = re.compile(
    r"\bhtml\b.{0,40}(?:support|display|show|view|enabled|e-?mail|message|version|format|program)"
    r"|(?:support|display|show|view|in|as|uses?) (?:an? |the )?html\b",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_STUB = 300  # characters
_BOUNDARY = re.compile(
    rb"^--(\S(?:.{0,68}\S)?)[ \t]*\r?\n(?=content-)", re.MULTILINE | re.IGNORECASE
)


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


def parsed(raw: bytes) -> Message:
    """A message; one without any parts where they are packed into each other beyond all sense."""
    try:
        return email.message_from_bytes(raw)
    except RecursionError:
        return Message()


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
    name = heading(part.get_filename() or "")
    is_file = bool(name) or part.get_content_disposition() == "attachment"
    if (unread := why_unread(part, too_deep=depth >= _DEEPEST)) and unread not in into.unread:
        into.unread.append(unread)
    if depth < _DEEPEST and (carried := _carried(part, kind, name, inner)):
        for subpart in carried:
            _carry(subpart, into, depth)
    elif kind == "multipart/alternative" and inner:
        _choose(inner, into, depth)
    elif part.is_multipart():
        for subpart in inner:
            _take(subpart, into, depth + 1)
    elif kind.startswith("multipart/"):
        _take(_without_boundary(part), into, depth + 1)
    elif _is_text(kind) and not is_file:
        into.plain.append(_words(part, kind))
    elif kind not in SIGNATURES:
        if _is_text(kind) and len(into.filed) < _MOST_NAMED:
            into.filed.append(_words(part, kind))
        if len(into.attached) < _MOST_NAMED:
            into.attached.append(f"{name or 'without a name'} ({kind})")


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") and kind not in _NO_WORDS


def _carried(part: Message, kind: str, name: str, inner: list[Message]) -> list[Message]:
    """The mails that a part is: also one that is encoded, which RFC 2046, 5.2.1 forbids, or a file."""
    if kind == "message/rfc822":
        encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
        if encoding in ("base64", "quoted-printable") and inner and not inner[0].keys():
            inner[0]["Content-Transfer-Encoding"] = encoding
            return [parsed(_content(inner[0]))]
        return inner
    if name.lower().endswith(".eml") and not part.is_multipart():
        return [parsed(_content(part))]
    return []


def _without_boundary(part: Message) -> Message:
    """A part that is said to be of several and whose boundary is not there: by one that is, or as text."""
    payload = part.get_payload()
    written = (payload if isinstance(payload, str) else "").encode("utf-8", "surrogateescape")
    if boundary := _BOUNDARY.search(written):
        head = b'Content-Type: multipart/mixed; boundary="%s"\n\n' % boundary[1].replace(b'"', b"")
        if (mended := parsed(head + written)).is_multipart():
            return mended
    return parsed(b"Content-Type: text/plain\n\n" + written)


def _content(part: Message) -> bytes:
    """A part's bytes, decoded; as they stand where they say that they are in base64 and are words."""
    payload = part.get_payload()
    encoded = str(part.get("Content-Transfer-Encoding") or "").strip().lower() == "base64"
    if encoded and isinstance(payload, str) and _is_words(payload):
        return payload.encode("utf-8", "surrogateescape")
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b""


def _is_words(payload: str) -> bool:
    """Whether most of its lines have a space in them, as none of base64 has."""
    lines = [line for line in payload.splitlines() if line.strip()]
    return 2 * sum(" " in line.strip() for line in lines) > len(lines)


def _words(part: Message, kind: str) -> str:
    written = _text(part)
    return (as_text(written) if kind in _MARKED_UP else written)[: 2 * MOST_TEXT]


def _choose(ways: list[Message], into: Bodies, depth: int) -> None:
    """The first way that says anything, as the plain text is; the others beside it."""
    chosen = False
    for way in ways:
        contents = Bodies()
        _take(way, contents, depth + 1)
        words = "".join(contents.plain).strip()
        is_stub = len(words) < _LONGEST_STUB and bool(_STUB.search(words)) and way is not ways[-1]
        if chosen or not words or is_stub:
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
    content = _content(part)
    charset = part.get_content_charset() or named_in_markup(content)
    text = decode(content, charset).replace("\r\n", "\n")
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joined = r"\1" if str(part.get_param("delsp", "")).lower() == "yes" else r"\1 "
    return _SOFT_BREAK.sub(joined, re.sub(r"^ ", "", text, flags=re.MULTILINE))
