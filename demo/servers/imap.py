"""A mailbox on loopback by IMAP over TLS: as much of RFC 3501 as reading a folder takes, and no more.

No kept library serves IMAP in a few lines, so this speaks what imap-tools asks for here. STARTTLS, SELECT,
flags and the rest are tried with a real Dovecot: tests/real/test_dovecot.py.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shlex
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import Any, Self

from demo.servers.http import Fault, stop

NEEDS = {"EXAMINE": "signed in", "UID SEARCH": "a folder", "UID FETCH": "a folder"}
REFUSALS = {
    "400": "BAD Command Argument Error. 11", "401": "NO [AUTHENTICATIONFAILED] Authentication failed.",
    "403": "NO [NOPERM] Permission denied", "404": "NO [NONEXISTENT] Mailbox doesn't exist",
    "429": "NO [LIMIT] Too many commands", "500": "NO [SERVERBUG] Internal error occurred.",
    "502": "NO Server Unavailable. 15", "503": "NO [UNAVAILABLE] Temporary authentication failure.",
}  # fmt: skip
_SEARCH = re.compile(r"\((?:SINCE (\S+)|UID (\d+)(:\*)?)\)")
_FETCH = re.compile(r"(\d+) \(UID INTERNALDATE BODY\.PEEK\[\]<0\.(\d+)>\)")


@dataclass
class StoredMail:
    """One mail: its UID, when it came, its bytes."""

    uid: int
    came: datetime
    raw: bytes = field(repr=False)


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
        for uid, mail in enumerate(self.mails, 1):
            mail.uid = uid
        self.next_uid = len(self.mails) + 1

    def search(self, criteria: str) -> list[int]:
        """UIDs of the mails since a day, of one UID, or from one on: n:* always has the last. Raises ValueError."""
        match = _SEARCH.fullmatch(criteria)
        if match is None:
            raise ValueError("unknown search key")
        if match[1]:
            since = datetime.strptime(match[1], "%d-%b-%Y").date()  # noqa: DTZ007 - a day alone
            return [mail.uid for mail in self.mails if mail.came.date() >= since]
        first = int(match[2])
        if match[3] and self.mails:
            first = min(first, self.mails[-1].uid)
        return [
            mail.uid for mail in self.mails if mail.uid == first or (match[3] and mail.uid > first)
        ]


@dataclass(kw_only=True)
class Mailbox:
    """What is served, to whom; `meet` is told each command, and says what is to go wrong with it."""

    folders: dict[str, Folder]
    admits: Callable[[str, str, str], bool]  # user, password, token
    end_tokens: Callable[[], None]
    meet: Callable[[str, str], Fault | None]
    stopping: Event


class Imap(ThreadingTCPServer):
    """`with Imap(mailbox, tls) as server:` serves a mailbox at `server.port`."""

    daemon_threads = False  # joined at the end, so that nothing outlives the world

    def __init__(self, mailbox: Mailbox, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.mailbox, self.tls = mailbox, tls
        self.port: int = self.server_address[1]
        self.open: set[socket.socket] = set()
        self._thread = Thread(target=self.serve_forever, name="imap")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        stop(self)
        for connection in list(self.open):  # that clients hold, so that their threads end too
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join(10)

    def handle_error(self, request: Any, client_address: Any) -> None:
        return  # a client that hung up, or does not trust the certificate, is no news


class _HangUp(Exception):
    """The connection ends here."""


class _Connection(StreamRequestHandler):
    """One client, from the greeting to the goodbye."""

    server: Imap
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.server.open.add(self.request)
        super().setup()
        self.mailbox, self.fault = self.server.mailbox, ""
        self.folder = Folder()
        self.reached: set[str] = set()  # of what commands need

    def finish(self) -> None:
        self.server.open.discard(self.request)
        with contextlib.suppress(OSError):
            super().finish()
            self.request.close()

    def handle(self) -> None:
        with contextlib.suppress(_HangUp, OSError):
            refusal = self._meet("CONNECT", "")
            self._say(f"* BYE {refusal}" if refusal else "* OK ready")
            while not refusal and (line := self.rfile.readline(65_536)):
                tag, _, command = line.decode("latin-1").strip().partition(" ")
                name, _, rest = command.partition(" ")
                if name.upper() == "UID":
                    which, _, rest = rest.partition(" ")
                    name = f"UID {which}"
                self._say(f"{tag} {self._obey(name.upper(), rest)}")

    def _obey(self, name: str, arguments: str) -> str:
        if refusal := self._meet(name, arguments):
            return refusal
        if name in NEEDS and NEEDS[name] not in self.reached:
            return "BAD Command not allowed now"
        try:
            return self._answer(name, arguments)
        except ValueError as error:
            return f"BAD {error}"

    def _answer(self, name: str, arguments: str) -> str:
        match name:
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2")
            case "LOGIN":
                return self._sign_in(*shlex.split(arguments))
            case "AUTHENTICATE":
                return self._authenticate(arguments.upper())
            case "EXAMINE":
                return self._examine(*shlex.split(arguments))
            case "UID SEARCH":
                uids = self.folder.search(arguments)
                if self.fault != "empty":
                    self._say(" ".join(["* SEARCH", *map(str, uids)]))
            case "UID FETCH":
                self._fetch(arguments)
            case "NOOP" | "LOGOUT":
                pass
            case _:
                return "BAD Unknown command"
        return "OK Done"

    def _meet(self, command: str, arguments: str) -> str:
        """Acts a fault out: the line that refuses, or "" to go on. Raises _HangUp."""
        fault = self.mailbox.meet(command, arguments)
        self.fault = fault.kind if fault else ""
        if fault is None or fault.kind in ("truncated", "empty"):  # of an answer, not in its place
            return ""
        if fault.kind in ("slow", "hang"):
            self.mailbox.stopping.wait(fault.seconds)
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

    def _sign_in(self, user: str, password: str = "", token: str = "") -> str:
        if not self.mailbox.admits(user, password, token):
            return REFUSALS["401"]
        self.reached = {"signed in"}
        return "OK Logged in"

    def _authenticate(self, mechanism: str) -> str:
        """PLAIN (RFC 4616), or XOAUTH2, whose refusal comes as JSON that an empty line answers."""
        self._say("+ ")
        sent = base64.b64decode(self.rfile.readline(65_536)).decode()
        if mechanism == "PLAIN":
            _, user, password = sent.split("\0")
            return self._sign_in(user, password)
        user, token = sent.removeprefix("user=").rstrip("\1").split("\1auth=Bearer ")
        answer = self._sign_in(user, token=token)
        if not self.reached:
            self._say(b"+ " + base64.b64encode(json.dumps({"status": "401"}).encode()))
            self.rfile.readline(65_536)
        return answer

    def _examine(self, name: str) -> str:
        folder = self.mailbox.folders.get(name)
        if folder is None:
            return REFUSALS["404"]
        self.folder = folder
        self.reached.add("a folder")
        self._say(f"* {len(folder.mails)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {folder.validity}] UIDs valid")
        self._say(f"* OK [UIDNEXT {folder.next_uid}] Predicted next UID")
        return "OK [READ-ONLY] Completed"

    def _fetch(self, arguments: str) -> None:
        match = _FETCH.fullmatch(arguments)
        if match is None:
            raise ValueError("unknown item")
        for number, mail in enumerate(self.folder.mails, 1):
            if mail.uid != int(match[1]) or self.fault == "empty":
                continue
            raw = mail.raw[: int(match[2])]
            came = f"{mail.came:%d-%b-%Y %H:%M:%S} +0000"
            head = f'* {number} FETCH (UID {mail.uid} INTERNALDATE "{came}" BODY[]<0> {{{len(raw)}}}\r\n'
            answer = head.encode() + raw + b")"
            if self.fault == "truncated":
                self.wfile.write(answer[: len(answer) // 2])
                raise _HangUp
            self._say(answer)
