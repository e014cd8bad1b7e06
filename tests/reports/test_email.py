"""What an email holds, whichever way it leaves."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from reports.email import message
from settings.schema import Mail
from tests.reports.factories import AT

SENDER = Mail(host="mail.example.org", sender="mentions@example.org")


def made(*to: str, **changes: str) -> EmailMessage:
    given: dict[str, Any] = {
        "subject": "High risk: mention 17", "text": "Look at 17",
        "html": "<html><head><style>p { color: #d5281b; }</style></head><body><p>Look at 17</p></body></html>",
        "message_id": "<outbox-1.0123456789abcdef0123456789abcdef@mentions.example.org>",
    }  # fmt: skip
    return message(SENDER, to or ("duty@example.org",), **(given | changes), at=AT)


def test_no_machine_is_to_answer_it() -> None:
    mail = made()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Date"].datetime == AT
    assert mail["Message-ID"] == "<outbox-1.0123456789abcdef0123456789abcdef@mentions.example.org>"


def test_it_has_a_text_and_an_html_form_with_its_styles_in_place() -> None:
    mail = made()
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().strip() == "Look at 17"
    assert '<p style="color: #d5281b;">' in html.get_content()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_follow_up_points_at_the_first_mail_of_its_story() -> None:
    mail = made(references="<first@mentions.example.org>")
    assert mail["References"] == mail["In-Reply-To"] == "<first@mentions.example.org>"
    assert made()["References"] is None


def test_a_subject_cannot_bring_a_header_of_its_own() -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        made(subject="17\r\nBcc: everybody@example.org")
