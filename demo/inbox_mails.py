"""Mails out of demo/posts/inbox.json as the bytes that a mailbox holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

WIRE = SMTP.clone(max_line_length=200)
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 40  # what is attached is named and nothing more
_WAY = timedelta(seconds=40)  # from the sender's program into the mailbox


def written(mail: Mapping[str, Any], to: str, came: datetime) -> bytes:
    """One mail that came at this time; `raw` is taken as it stands."""
    if "raw" in mail:
        return "\r\n".join(mail["raw"]).encode()
    made = _bounce(mail) if mail.get("bounce") else _letter(mail)
    headers = {"From": mail["from"], "To": to, "Subject": mail["subject"],
               "Date": format_datetime(came - _WAY)}  # fmt: skip
    if mail.get("id"):
        headers["Message-ID"] = address(mail["id"])
    if "answers" in mail:
        headers |= {
            "In-Reply-To": address(mail["answers"]),
            "References": address(mail["answers"]),
        }
    for name, value in {**headers, **mail.get("headers", {})}.items():
        made[name] = value
    return made.as_bytes(policy=WIRE)


def address(name: str) -> str:
    """A Message-ID, or what refers to one."""
    return f"<{name}@example.org>"


def _letter(mail: Mapping[str, Any]) -> EmailMessage:
    made, charset = EmailMessage(policy=WIRE), mail.get("charset", "utf-8")
    if "text" in mail:
        made.set_content(mail["text"], charset=charset)
        if "html" in mail:
            made.add_alternative(mail["html"], subtype="html", charset=charset)
    else:
        made.set_content(mail["html"], subtype="html", charset=charset)
    if mail.get("invite"):
        made.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar")
        list(made.iter_parts())[-1].set_param("method", "REQUEST")
    for name, kind in mail.get("attached", []):
        main, _, sub = kind.partition("/")
        made.add_attachment(PIXEL, maintype=main, subtype=sub, filename=name)
    if "carries" in mail:
        made.add_attachment(_carried(mail["carries"]))
    return made


def _carried(mail: Mapping[str, Any]) -> EmailMessage:
    made = EmailMessage(policy=WIRE)
    made["From"], made["Subject"] = mail["from"], mail["subject"]
    made.set_content(mail["text"])
    return made


def _bounce(mail: Mapping[str, Any]) -> EmailMessage:
    """What a mail server says when it could not deliver (RFC 3464)."""
    made = EmailMessage(policy=WIRE)
    made["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="demo-bounce"'
    words, status = EmailMessage(policy=WIRE), EmailMessage(policy=WIRE)
    words.set_content(mail["text"])
    status["Content-Type"] = "message/delivery-status"
    for name, value in (("Reporting-MTA", "dns; example.org"), ("Action", "failed")):
        block = EmailMessage(policy=WIRE)  # one a server, one a recipient
        block[name] = value
        status.attach(block)
    for part in (words, status):
        made.attach(part)
    return made
