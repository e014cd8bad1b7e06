"""Writes an email: a text and an HTML form, headers that keep machines from answering. `steps/channels` sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline

from settings.schema import Mail


def message(
    settings: Mail,
    to: Sequence[str],
    subject: str,
    text: str,
    html: str,
    *,
    at: datetime,
    message_id: str,
    references: str = "",
    important: bool = False,
) -> EmailMessage:
    """An email that no machine answers. `message_id` stays the same when it is sent again.

    `important`: marked so, by the three headers that mail programs know (RFC 2156, section 5.3.6; X-Priority is
    Outlook's and Apple's).
    """
    mail = EmailMessage()
    mail["From"] = settings.sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    if references:
        mail["References"] = references
        mail["In-Reply-To"] = references
    if important:
        mail["Importance"] = "high"
        mail["Priority"] = "urgent"
        mail["X-Priority"] = "1"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text)
    mail.add_alternative(
        css_inline.inline(html, load_remote_stylesheets=False, keep_at_rules=True), subtype="html"
    )
    return mail
