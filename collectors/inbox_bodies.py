"""What stands in a mail: its plain text, its HTML as text, forwarded mails, the names of attachments."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from collectors.words import MOST_TEXT, plain

_DEEPEST = 20  # parts in parts; more is no mail that a person wrote
_MOST_NAMED = 50  # attachments


class Bodies:
    """A message taken apart. `plain` is what its sender's program calls the text, or made of the HTML.

    `rich` is made of the HTML where that stands beside a plain text, with the links behind words;
    `forwarded` are mails that it carries as attachments, each with its subject.
    """

    def __init__(self, message: Message) -> None:
        self.forwarded: list[str] = []
        self.attached: list[str] = []
        self._plain: list[str] = []
        self._rich: list[str] = []
        self._take(message, 0)
        self.plain = "\n\n".join(self._plain)
        self.rich = "\n\n".join(self._rich)

    def _take(self, part: Message, depth: int) -> None:
        kind, held = part.get_content_type(), part.get_payload()
        attached = part.get_content_disposition() == "attachment" or part.get_filename() is not None
        if kind == "message/rfc822" and isinstance(held, list) and depth < _DEEPEST:
            for inner in held:
                self._forward(inner, depth)
        elif isinstance(held, list):
            if kind == "multipart/alternative":
                self._choose([one for one in held if isinstance(one, Message)], depth)
            else:
                for one in held if depth < _DEEPEST else []:
                    self._take(one, depth + 1)
        elif kind in ("text/plain", "text/html") and not attached:
            written = text_of(part)
            self._plain.append(as_text(written) if kind == "text/html" else written)
        elif len(self.attached) < _MOST_NAMED:
            self.attached.append(_name(part))

    def _choose(self, ways: list[Message], depth: int) -> None:
        """One text out of several forms of it: the plain one, unless that is empty."""
        found = [Bodies._of(way, depth) for way in ways]
        best = next((one for one in found if one.plain.strip()), None)
        for one in found:
            self.attached += [name for name in one.attached if name not in self.attached]
            self.forwarded += one.forwarded
            if best and one is not best:
                self._rich.append(one.plain)
        self._plain += [best.plain] if best else []
        self._rich += [best.rich] if best else []

    @staticmethod
    def _of(part: Message, depth: int) -> Bodies:
        found = Bodies(Message())
        found.attached = []
        found._plain.clear()
        found._take(part, depth + 1)
        found.plain, found.rich = "\n\n".join(found._plain), "\n\n".join(found._rich)
        return found

    def _forward(self, message: Message, depth: int) -> None:
        inner = Bodies._of(message, depth)
        subject = heading(message.get("Subject", ""))
        self.forwarded.append("\n\n".join(part for part in (subject, inner.plain) if part.strip()))
        self.forwarded += inner.forwarded
        self.attached += inner.attached
