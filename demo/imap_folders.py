"""A mail folder as an IMAP server keeps it: UIDs, their numbering, what SEARCH finds and FETCH hands over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PART = re.compile(r"BODY(\.PEEK)?\[(HEADER)?\](?:<(\d+)\.(\d+)>)?")


@dataclass
class Held:
    """One mail: its UID, when it came, its bytes; `seen` once somebody has read it."""

    uid: int
    came: datetime
    raw: bytes = field(repr=False)
    seen: bool = False


@dataclass
class Folder:
    """Mails by ascending UID; `validity` names the numbering (RFC 3501, 2.3.1.1)."""

    validity: int = 1_763_000_001
    mails: list[Held] = field(default_factory=list)
    next_uid: int = 1

    def add(self, raw: bytes, came: datetime) -> Held:
        """Takes a mail in under the next UID."""
        self.mails.append(Held(self.next_uid, came, raw))
        self.next_uid += 1
        return self.mails[-1]

    def rebuild(self) -> None:
        """Numbers all mails anew, as a server does that lost its index."""
        self.validity += 1
        self.next_uid = 1
        for mail in self.mails:
            mail.uid = self.next_uid
            self.next_uid += 1

    def search(self, criteria: str) -> list[Held]:
        """The mails that meet ALL, SINCE and UID, each once or together. Raises ValueError."""
        words = re.sub(r"[()]", " ", criteria).split()
        if words[:1] == ["CHARSET"]:
            words = words[2:]
        found = list(self.mails)
        while words:
            match words:
                case ["ALL", *words]:
                    continue
                case ["SINCE", day, *words]:
                    since = _day(day)  # by the day in the server's zone, which is UTC here
                    found = [mail for mail in found if mail.came.date() >= since.date()]
                case ["UID", numbers, *words]:
                    found = [mail for mail in self.numbered(numbers) if mail in found]
                case _:
                    raise ValueError("unknown search key")
        return found

    def numbered(self, numbers: str) -> Iterator[Held]:
        """The mails of a set of UIDs: "4", "2,4:7", "9:*", where * is the last. Raises ValueError."""
        last = self.mails[-1].uid if self.mails else 0
        wanted: list[tuple[int, int]] = []
        for part in numbers.split(","):
            first, _, end = (part if ":" in part else f"{part}:{part}").partition(":")
            ends = [last if one == "*" else int(one) for one in (first, end)]
            wanted.append((min(ends), max(ends)))
        return (mail for mail in self.mails if any(a <= mail.uid <= b for a, b in wanted))

    def fetch(self, mail: Held, items: str, *, marks: bool) -> bytes:
        """The answer to a FETCH of one mail, which is marked as seen where `marks`. Raises ValueError."""
        number = self.mails.index(mail) + 1
        answered = [b"UID %d" % mail.uid]
        for item in re.findall(r"[^\s()\[\]]+(?:\[[^\]]*\]\S*)?", items.strip("()")):
            part = _PART.fullmatch(item)
            if part:
                mail.seen = mail.seen or (marks and not part[1])
                answered.append(_part(mail, part))
            elif item == "FLAGS":
                answered.append(b"FLAGS (\\Seen)" if mail.seen else b"FLAGS ()")
            elif item == "INTERNALDATE":
                answered.append(f'INTERNALDATE "{_stamp(mail.came)}"'.encode())
            elif item == "RFC822.SIZE":
                answered.append(b"RFC822.SIZE %d" % len(mail.raw))
            elif item != "UID":
                raise ValueError("unknown item")
        return b"* %d FETCH (%s)" % (number, b" ".join(answered))


def _part(mail: Held, asked: re.Match[str]) -> bytes:
    whole = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if asked[2] else mail.raw
    name, held = f"BODY[{asked[2] or ''}]", whole
    if asked[3]:
        name, held = f"{name}<{asked[3]}>", whole[int(asked[3]) :][: int(asked[4])]
    return b"%s {%d}\r\n%s" % (name.encode(), len(held), held)


def _day(written: str) -> datetime:
    day, month, year = written.strip('"').split("-")
    return datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment.day:2}-{_MONTHS[moment.month - 1]}-{moment:%Y %H:%M:%S} +0000"
