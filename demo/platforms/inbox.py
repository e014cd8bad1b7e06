"""A mailbox for reports on loopback: IMAP, and the token endpoint that lets an app in.

It takes a password, and by XOAUTH2 the tokens that its endpoint gives for the app's own credentials
(RFC 6749, 4.4), as Microsoft 365 does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Self

from demo.posts_loader import POSTS, TERMS, ago, load
from demo.servers.certificate import server_context
from demo.servers.http import Answer, Fault, Faults, Request, Secret, StandIn
from demo.servers.imap import Folder, Imap, Mailbox

PASSWORD = "demo-inbox-password"
CLIENT_ID, CLIENT_SECRET = "demo-inbox-client", "demo-inbox-secret"
TOKEN, SCOPE = "/oauth2/v2.0/token", "https://outlook.office365.com/.default"
DONE = "Done"


class InboxStandIn(StandIn):
    """`requests` holds IMAP commands (method IMAP, path the command) beside those to the token endpoint.

    Faults strike at a command ("CONNECT", "LOGIN", "AUTHENTICATE", "EXAMINE", "UID FETCH" and so on) or
    at TOKEN. As statuses they are an IMAP server's: 401 AUTHENTICATIONFAILED, 403 NOPERM, 404
    NONEXISTENT, 429 LIMIT, 500 SERVERBUG, 503 UNAVAILABLE.
    """

    name: ClassVar[str] = "inbox"

    def __init__(
        self,
        at: datetime,
        faults: Faults | None = None,
        folder: Path = POSTS,
        *,
        password: str = PASSWORD,
    ) -> None:
        super().__init__(at, faults, folder)
        self.password = password
        authored = load("inbox", self.folder)
        self.user: str = authored["user"]
        self.to, self.allowed = f"{authored['name']} <{self.user}>", authored["allowed"]
        self.folders = {"INBOX": Folder(), DONE: Folder()}
        self._uids: dict[str, int] = {}
        for mail in sorted(authored["mails"], key=lambda mail: ago(mail["ago"]), reverse=True):
            self.add(mail)
        self.given: list[str] = []
        self._ended = 0  # of the tokens that were given, the first so many
        self._open = ExitStack()

    def add(self, mail: dict[str, Any]) -> int:
        """Takes a mail of the shape of those in demo/posts/inbox.json in; its UID."""
        came = self.at - ago(mail["ago"])
        stored = self.folders["INBOX"].add(written(mail, self.to, came), came)
        self._uids[mail["key"]] = stored.uid
        return stored.uid

    def token(self) -> str:
        """A new access token."""
        self.given.append(f"demo-inbox-token-{len(self.given) + 1}")
        return self.given[-1]

    def table(self, secret: Secret) -> dict[str, Any]:
        return {"host": "localhost", "port": self.port, "user": self.user,
                "ca_file": str(self.ca), "allowed": self.allowed, "token_url": self.url + TOKEN,
                "client_id": secret("inbox-client-id", CLIENT_ID),
                "client_secret": secret("inbox-client-secret", CLIENT_SECRET),
                "terms": [term for term in TERMS if not term.startswith("@")]}  # fmt: skip

    def change(self) -> None:
        """A later day: new mails, and one that was dealt with and moved."""
        inbox = self.folders["INBOX"]
        for step in load("inbox", self.folder)["later"]:
            if "add" in step:
                self.add(step["add"])
                continue
            (moved,) = [mail for mail in inbox.mails if mail.uid == self._uids[step["move"]]]
            inbox.mails.remove(moved)
            self.folders[step["to"]].add(moved.raw, moved.came)

    def __enter__(self) -> Self:
        super().__enter__()
        with ExitStack() as opened:
            opened.callback(super().__exit__, None, None, None)
            self.ca = Path(opened.enter_context(TemporaryDirectory())) / "ca.pem"
            mailbox = Mailbox(
                folders=self.folders, admits=self.admits, end_tokens=self.end_tokens,
                meet=self.note_command, stopping=self.stopping,
            )  # fmt: skip
            self.port = opened.enter_context(Imap(mailbox, server_context(self.ca))).port
            opened.callback(self.stopping.set)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    # ── what the IMAP server asks ────────────────────────────────────────────────────────────────

    def admits(self, user: str, password: str, token: str) -> bool:
        """Whether the password is right, or the token one that was given and not ended."""
        good = token in self.given[self._ended :] if token else password == self.password
        return user == self.user and good

    def note_command(self, command: str, arguments: str) -> Fault | None:
        """Notes a command, without what would let somebody in, and says what goes wrong with it."""
        shown = "" if command in ("LOGIN", "AUTHENTICATE") else arguments
        self.requests.append(Request(method="IMAP", path=command, target=shown))
        return self.faults.take(self.name, command)

    def end_tokens(self) -> None:
        """No token that was given so far lets anybody in."""
        self._ended = len(self.given)

    # ── what the token endpoint is asked ─────────────────────────────────────────────────────────

    def answer(self, request: Request) -> Answer:
        if request.path != TOKEN or request.method != "POST":
            return self.refusal(404, 0)
        form = request.form()
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _json(401, {"error": "invalid_client"})
        if form.get("grant_type") != "client_credentials":
            return _json(400, {"error": "unsupported_grant_type"})
        if form.get("scope") != SCOPE:
            return _json(400, {"error": "invalid_scope"})
        body = {"token_type": "Bearer", "expires_in": 3599, "access_token": self.token()}
        return _json(200, body)

    def refusal(self, status: int, seconds: float) -> Answer:
        error = "temporarily_unavailable" if status == 429 or status >= 500 else "invalid_request"
        return _json(status, {"error": error})

    def expired(self) -> Answer:
        self.end_tokens()
        return _json(401, {"error": "invalid_client"})


def _json(status: int, body: Any) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())


# ── Mails out of demo/posts/inbox.json as the bytes that a mailbox holds. ─────────────────────────

WIRE = SMTP.clone(max_line_length=200)
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 40  # what is attached is named and nothing more
_WAY = timedelta(seconds=40)  # from the sender's program into the mailbox


def written(mail: Mapping[str, Any], to: str, came: datetime) -> bytes:
    """One mail that came at this time; `raw` is taken as it stands."""
    if "raw" in mail:
        return "\r\n".join(mail["raw"]).encode()
    date = format_datetime(came - _WAY).encode()
    return _undated(json.dumps(mail), to).replace(_ANY_DATE.encode(), date, 1)


_ANY_DATE = "Mon, 01 Jan 2001 00:00:00 +0000"


@cache  # every world has the same mails, of another day
def _undated(mail_json: str, to: str) -> bytes:
    mail: dict[str, Any] = json.loads(mail_json)
    message = _bounce(mail) if mail.get("bounce") else _letter(mail)
    headers = {"From": mail["from"], "To": to, "Subject": mail["subject"],
               "Date": _ANY_DATE}  # fmt: skip
    if mail.get("id"):
        headers["Message-ID"] = address(mail["id"])
    if "answers" in mail:
        headers |= {
            "In-Reply-To": address(mail["answers"]),
            "References": address(mail["answers"]),
        }
    for name, value in {**headers, **mail.get("headers", {})}.items():
        message[name] = value
    return message.as_bytes(policy=WIRE)


def address(name: str) -> str:
    """A Message-ID, or what refers to one."""
    return f"<{name}@example.org>"


def _letter(mail: Mapping[str, Any]) -> EmailMessage:
    message, charset = EmailMessage(policy=WIRE), mail.get("charset", "utf-8")
    if "text" in mail:
        message.set_content(mail["text"], charset=charset)
        if "html" in mail:
            message.add_alternative(mail["html"], subtype="html", charset=charset)
    else:
        message.set_content(mail["html"], subtype="html", charset=charset)
    if mail.get("invite"):
        message.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar")
        list(message.iter_parts())[-1].set_param("method", "REQUEST")
    for name, kind in mail.get("attached", []):
        main, _, sub = kind.partition("/")
        message.add_attachment(PIXEL, maintype=main, subtype=sub, filename=name)
    if "carries" in mail:
        message.add_attachment(_carried(mail["carries"]))
    return message


def _carried(mail: Mapping[str, Any]) -> EmailMessage:
    message = EmailMessage(policy=WIRE)
    message["From"], message["Subject"] = mail["from"], mail["subject"]
    message.set_content(mail["text"])
    return message


def _bounce(mail: Mapping[str, Any]) -> EmailMessage:
    """What a mail server says when it could not deliver (RFC 3464)."""
    message = EmailMessage(policy=WIRE)
    message["Content-Type"] = (
        'multipart/report; report-type=delivery-status; boundary="demo-bounce"'
    )
    words, status = EmailMessage(policy=WIRE), EmailMessage(policy=WIRE)
    words.set_content(mail["text"])
    status["Content-Type"] = "message/delivery-status"
    for name, value in (("Reporting-MTA", "dns; example.org"), ("Action", "failed")):
        block = EmailMessage(policy=WIRE)  # one a server, one a recipient
        block[name] = value
        status.attach(block)
    for part in (words, status):
        message.attach(part)
    return message
