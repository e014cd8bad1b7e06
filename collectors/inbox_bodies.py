"""What stands in a mail: its plain text, its HTML as text, mails that it carries, names of attachments."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from collectors.inbox_links import unwrapped
from collectors.words import MOST_TEXT, plain

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
    found = Bodies()
    _take(message, found, 0)
    return found


def parts(message: Message) -> Iterator[Message]:
    """The message and every part of it, however deep."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += _inner(part)


def header(message: Message, name: str) -> str:
    """A header as it is written, "" where it is missing; bytes that have no place there are text."""
    found = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return _decoded(str(next(found, "")).encode("utf-8", "surrogateescape"), "utf-8")


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
    held = part.get_payload() if part.is_multipart() else []
    return [one for one in held if isinstance(one, Message)] if isinstance(held, list) else []


def _take(part: Message, into: Bodies, depth: int) -> None:
    kind, inner = part.get_content_type(), _inner(part) if depth < _DEEPEST else []
    attached = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    if kind == "message/rfc822":
        for one in inner:
            _carry(one, into, depth)
    elif kind == "multipart/alternative":
        _choose(inner, into, depth)
    elif part.is_multipart():
        for one in inner:
            _take(one, into, depth + 1)
    elif kind in ("text/plain", "text/html") and not attached:
        written = _text(part)
        into.plain.append((as_text(written) if kind == "text/html" else written)[: 2 * MOST_TEXT])
    elif len(into.attached) < _MOST_NAMED:
        into.attached.append(f"{heading(part.get_filename() or 'without a name')} ({kind})")


def _choose(ways: list[Message], into: Bodies, depth: int) -> None:
    """The first way that says anything, as the plain text is; the others beside it."""
    chosen = False
    for way in ways:
        found = Bodies()
        _take(way, found, depth + 1)
        if chosen or not "".join(found.plain).strip():
            into.rich += found.plain
        else:
            into.plain += found.plain
            chosen = True
        into.rich += found.rich
        into.carried += found.carried
        into.attached += found.attached


def _carry(message: Message, into: Bodies, depth: int) -> None:
    found = Bodies()
    _take(message, found, depth + 1)
    into.carried.append((heading(header(message, "Subject")), "\n\n".join(found.plain)))
    into.carried += found.carried
    into.attached += found.attached


# ── text ─────────────────────────────────────────────────────────────────────────────────────────

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
            found = _HREF.search(tag[2])
            written = html.unescape(next(filter(None, found.groups()), "")) if found else ""
            start, target = tag.end(), _target(written.strip())
    return plain("".join([*pieces, markup[at:]]))


def _target(written: str) -> str:
    try:
        return unwrapped(written) if written.lower().startswith(("http://", "https://")) else ""
    except ValueError:  # no address that can be read
        return ""


def _text(part: Message) -> str:
    """A text part decoded, its line ends as \\n and its soft breaks joined (RFC 3676: format=flowed)."""
    held = part.get_payload(decode=True)
    charset = part.get_content_charset() or "ascii"
    text = _decoded(held if isinstance(held, bytes) else b"", charset).replace("\r\n", "\n")
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
