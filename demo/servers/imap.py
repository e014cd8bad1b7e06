"""An IMAP server on loopback: as much of RFC 3501 and RFC 9051 as reading a mailbox takes.

TLS from the start or by STARTTLS; LOGIN, AUTHENTICATE PLAIN and XOAUTH2; EXAMINE and SELECT; UID SEARCH
and UID FETCH. What would change a mailbox is refused, and can be seen in the log of commands.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, Literal, Protocol, Self

from demo.servers.http import Fault

# ── A mail folder as an IMAP server keeps it: UIDs, their numbering, what SEARCH finds and FETCH hands over.

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PART = re.compile(r"BODY(\.PEEK)?\[(HEADER)?\](?:<(\d+)\.(\d+)>)?")


@dataclass
class StoredMail:
    """One mail: its UID, when it came, its bytes; `seen` once somebody has read it."""

    uid: int
    came: datetime
    raw: bytes = field(repr=False)
    seen: bool = False


@dataclass
class Folder:
    """Mails by ascending UID; `validity` names the numbering (RFC 3501, 2.3.1.1)."""

    validity: int = 1_763_000_001
    mails: list[StoredMail] = field(default_factory=list)
    next_uid: int = 1

    def add(self, raw: bytes, came: datetime) -> StoredMail:
        """Takes a mail in under the next UID."""
        self.mails.append(StoredMail(self.next_uid, came, raw))
        self.next_uid += 1
        return self.mails[-1]

    def rebuild(self) -> None:
        """Numbers all mails anew, as a server does that lost its index."""
        self.validity += 1
        self.next_uid = 1
        for mail in self.mails:
            mail.uid = self.next_uid
            self.next_uid += 1

    def search(self, criteria: str) -> list[StoredMail]:
        """The mails that meet ALL, SINCE and UID, each once or together. Raises ValueError."""
        words = re.sub(r"[()]", " ", criteria).split()
        if words[:1] == ["CHARSET"]:
            words = words[2:]
        mails = list(self.mails)
        while words:
            match words:
                case ["ALL", *words]:
                    continue
                case ["SINCE", day, *words]:
                    since = _day(day)  # by the day in the server's zone, which is UTC here
                    mails = [mail for mail in mails if mail.came.date() >= since.date()]
                case ["UID", numbers, *words]:
                    mails = [mail for mail in self.numbered(numbers) if mail in mails]
                case _:
                    raise ValueError("unknown search key")
        return mails

    def numbered(self, numbers: str) -> Iterator[StoredMail]:
        """The mails of a set of UIDs: "4", "2,4:7", "9:*", where * is the last. Raises ValueError."""
        last = self.mails[-1].uid if self.mails else 0
        wanted: list[tuple[int, int]] = []
        for part in numbers.split(","):
            first, _, end = (part if ":" in part else f"{part}:{part}").partition(":")
            ends = [last if uid == "*" else int(uid) for uid in (first, end)]
            wanted.append((min(ends), max(ends)))
        return (mail for mail in self.mails if any(a <= mail.uid <= b for a, b in wanted))

    def fetch(self, mail: StoredMail, items: str, *, marks: bool) -> bytes:
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


def _part(mail: StoredMail, part: re.Match[str]) -> bytes:
    whole = mail.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if part[2] else mail.raw
    name, content = f"BODY[{part[2] or ''}]", whole
    if part[3]:
        name, content = f"{name}<{part[3]}>", whole[int(part[3]) :][: int(part[4])]
    return b"%s {%d}\r\n%s" % (name.encode(), len(content), content)


def _day(written: str) -> datetime:
    day, month, year = written.strip('"').split("-")
    return datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment.day:2}-{_MONTHS[moment.month - 1]}-{moment:%Y %H:%M:%S} +0000"


# ─────────────────────────────────────────────────────────────────────────────────────────────────

Security = Literal["tls", "starttls", "none"]
NEW, SIGNED_IN, OPEN = range(3)  # how far a client has come
CHANGES = ("APPEND", "CREATE", "DELETE", "RENAME", "EXPUNGE", "STORE", "UID STORE", "UID COPY",
           "UID MOVE", "UID EXPUNGE")  # fmt: skip
REFUSALS = {
    "400": "BAD Command Argument Error. 11", "401": "NO [AUTHENTICATIONFAILED] Authentication failed.",
    "403": "NO [NOPERM] Permission denied", "404": "NO [NONEXISTENT] Mailbox doesn't exist",
    "429": "NO [LIMIT] Too many commands", "500": "NO [SERVERBUG] Internal error occurred.",
    "502": "NO Server Unavailable. 15", "503": "NO [UNAVAILABLE] Temporary authentication failure.",
}  # fmt: skip
_ASTRING = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')
_SPOILS = ("truncated", "empty")  # faults of an answer; the rest are in place of one


class Mailbox(Protocol):
    """What the server asks of whoever has the mailbox."""

    @property
    def folders(self) -> Mapping[str, Folder]:
        """Its folders by name; INBOX is always there."""
        ...

    def lets_in(self, user: str, *, password: str = "", token: str = "") -> bool:
        """Whether one of these lets this user in."""
        ...

    def note_command(self, command: str, arguments: str = "") -> Fault | None:
        """Notes a command, and says what is to go wrong with it."""
        ...

    def wait(self, seconds: float) -> None:
        """Lets time pass, unless everything is being stopped."""
        ...

    def end_tokens(self) -> None:
        """No token that was given so far lets anybody in."""
        ...


class Imap:
    """`with Imap(mailbox, tls, security) as server:` serves a mailbox at `server.port`."""

    def __init__(self, mailbox: Mailbox, tls: ssl.SSLContext, security: Security) -> None:
        self._server = _Server(mailbox, tls, security)
        self.port: int = self._server.server_address[1]
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="imap"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = False  # joined at the end, so that nothing outlives the world

    def __init__(self, mailbox: Mailbox, tls: ssl.SSLContext, security: Security) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.mailbox, self.tls, self.security = mailbox, tls, security
        self.open: set[socket.socket] = set()

    def hang_up(self) -> None:
        """Ends the connections that clients hold, so that their threads end too."""
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        return  # a client that hung up, or does not trust the certificate, is no news


class _HangUp(Exception):
    """The connection ends here."""


class _Connection(StreamRequestHandler):
    """One client, from the greeting to the goodbye. Each command is a method that gives its last line."""

    server: _Server
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.mailbox, self.security = self.server.mailbox, self.server.security
        self.stage = NEW
        self.secure = self.to_encrypt = self.may_mark = False
        self.folder, self.fault = Folder(), ""
        self.server.open.add(self.request)

    def finish(self) -> None:
        self.server.open.discard(self.request)
        with contextlib.suppress(OSError):
            super().finish()
            self.request.close()

    def handle(self) -> None:
        if self.security == "tls":
            self._encrypt()
        with contextlib.suppress(_HangUp, OSError):
            refusal = self._meet(self.mailbox.note_command("CONNECT"))
            self._say(f"* BYE {refusal}" if refusal else f"* OK [CAPABILITY {self._able()}] ready")
            while not refusal and (line := self.rfile.readline(65_536)):
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                name, _, rest = command.partition(" ")
                if name.upper() == "UID":
                    which, _, rest = rest.partition(" ")
                    name = f"UID {which}"
                self._say(f"{tag} {self._obeyed(name.upper(), rest)}")
                if self.to_encrypt:
                    self._encrypt()
                if name.upper() == "LOGOUT":
                    return

    def _obeyed(self, name: str, arguments: str) -> str:
        refusal = self._meet(self.mailbox.note_command(name, arguments))
        if refusal:
            return refusal
        if name not in _COMMANDS:
            return "BAD Unknown command"
        least, obey = _COMMANDS[name]
        if self.stage < least:
            return "BAD Command not allowed now"
        try:
            return obey(self, arguments)
        except ValueError as error:
            return f"BAD {error}"

    def _meet(self, fault: Fault | None) -> str:
        """Acts a fault out: the line that refuses, or "" to go on. Raises _HangUp."""
        self.fault = fault.kind if fault else ""
        if fault is None or fault.kind in _SPOILS:
            return ""
        if fault.kind in ("slow", "hang"):
            self.mailbox.wait(fault.seconds)
        if fault.kind == "expire":
            self.mailbox.end_tokens()
        if fault.kind in ("slow", "expire"):
            return ""
        if fault.kind in REFUSALS:
            return REFUSALS[fault.kind]
        if fault.kind not in ("hang", "drop"):
            self._say("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>")
        raise _HangUp

    def _say(self, line: str | bytes) -> None:
        self.wfile.write((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def _encrypt(self) -> None:
        self.server.open.discard(self.request)
        self.request = self.connection = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.open.add(self.request)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.secure, self.to_encrypt = True, False

    def _able(self) -> str:
        if self.security == "starttls" and not self.secure:
            return "IMAP4rev1 STARTTLS LOGINDISABLED"
        return "IMAP4rev1" if self.stage else "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2"

    # ── commands ─────────────────────────────────────────────────────────────────────────────────

    def capability(self, arguments: str) -> str:
        self._say(f"* CAPABILITY {self._able()}")
        return "OK Capability completed."

    def noop(self, arguments: str) -> str:
        return "OK Done."

    def logout(self, arguments: str) -> str:
        self._say("* BYE Logging out")
        return "OK Logout completed."

    def starttls(self, arguments: str) -> str:
        if self.secure or self.security != "starttls":
            raise ValueError("TLS is not to be had")
        self.to_encrypt = True
        return "OK Begin TLS negotiation now."

    def login(self, arguments: str) -> str:
        return self._signed_in(*_astrings(arguments, 2))

    def _signed_in(self, user: str, password: str = "", token: str = "") -> str:
        if not self.secure and self.security != "none":
            return "NO [PRIVACYREQUIRED] Plaintext authentication disallowed."
        if not self.mailbox.lets_in(user, password=password, token=token):
            return REFUSALS["401"]
        self.stage = SIGNED_IN
        return "OK Logged in"

    def authenticate(self, arguments: str) -> str:
        if arguments.upper() not in ("PLAIN", "XOAUTH2"):
            return "NO Unsupported authentication mechanism."
        self._say("+ ")
        sent = base64.b64decode(self.rfile.readline(65_536)).decode()
        if arguments.upper() == "PLAIN":
            _, user, password = sent.split("\0")
            return self._signed_in(user, password)
        match = re.fullmatch(r"user=(.*)\x01auth=Bearer (.*)\x01\x01", sent)
        answer = self._signed_in(match[1], token=match[2]) if match else REFUSALS["401"]
        if self.stage == NEW:  # what is wrong, as JSON; the client answers with an empty line
            scope = "https://outlook.office365.com/"
            wrong = {"status": "401", "schemes": "Bearer", "scope": scope}
            self._say(b"+ " + base64.b64encode(json.dumps(wrong).encode()))
            if self.rfile.readline(65_536).strip():
                return "BAD An empty line was due"
        return answer

    def examine(self, arguments: str) -> str:
        self.may_mark = False
        return self._opened(arguments, "READ-ONLY")

    def select(self, arguments: str) -> str:
        self.may_mark = True
        return self._opened(arguments, "READ-WRITE")

    def _opened(self, arguments: str, way: str) -> str:
        (name,) = _astrings(arguments, 1)
        folder = self.mailbox.folders.get("INBOX" if name.upper() == "INBOX" else name)
        if folder is None:
            self.stage = SIGNED_IN
            return REFUSALS["404"]
        self.folder, self.stage = folder, OPEN
        self._say("* FLAGS (\\Seen \\Answered \\Deleted)")
        self._say(f"* {len(self.folder.mails)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.folder.validity}] UIDs valid")
        self._say(f"* OK [UIDNEXT {self.folder.next_uid}] Predicted next UID")
        return f"OK [{way}] Completed"

    def uid_search(self, arguments: str) -> str:
        mails = self.folder.search(arguments)
        if self.fault != "empty":
            self._say(" ".join(["* SEARCH", *(str(mail.uid) for mail in mails)]))
        return "OK Search completed"

    def uid_fetch(self, arguments: str) -> str:
        numbers, _, items = arguments.partition(" ")
        for mail in self.folder.numbered(numbers):
            answer = self.folder.fetch(mail, items, marks=self.may_mark)
            if self.fault == "truncated":
                self.wfile.write(answer[: len(answer) // 2])
                raise _HangUp
            if self.fault != "empty":
                self._say(answer)
        return "OK Fetch completed"

    def change(self, arguments: str) -> str:
        return "NO [NOPERM] This mailbox is only read here"


_Obey = Callable[[_Connection, str], str]
_COMMANDS: dict[str, tuple[int, _Obey]] = {
    "CAPABILITY": (NEW, _Connection.capability), "NOOP": (NEW, _Connection.noop),
    "LOGOUT": (NEW, _Connection.logout), "STARTTLS": (NEW, _Connection.starttls),
    "LOGIN": (NEW, _Connection.login), "AUTHENTICATE": (NEW, _Connection.authenticate),
    "EXAMINE": (SIGNED_IN, _Connection.examine), "SELECT": (SIGNED_IN, _Connection.select),
    "UID SEARCH": (OPEN, _Connection.uid_search), "UID FETCH": (OPEN, _Connection.uid_fetch),
    **dict.fromkeys(CHANGES, (SIGNED_IN, _Connection.change)),
}  # fmt: skip


def _astrings(arguments: str, count: int) -> list[str]:
    """The arguments of a command, plain or quoted. Raises ValueError for another number of them."""
    strings = [
        re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2]
        for match in _ASTRING.finditer(arguments)
    ]
    if len(strings) != count:
        raise ValueError("Invalid arguments")
    return strings
