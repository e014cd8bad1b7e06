"""Against a real server on loopback that insists on STARTTLS and a sign-in."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core.errors import DeliveryError
from demo.servers.http import Faults, Kind
from demo.servers.smtp import MailStandIn
from reports.email import message, server, translated
from settings.schema import Mail
from tests.reports.factories import AT
from tests.waits import finish

SECRET = "demo-mail-password"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def standin(tmp_path: Path, faults: Faults) -> Iterator[MailStandIn]:
    with MailStandIn(tmp_path / "ca.pem", faults) as mail:
        yield mail


def settings(standin: MailStandIn, **changes: Any) -> Mail:
    given: dict[str, Any] = {
        "host": standin.host, "port": standin.port, "user": standin.user, "password": "env:NONE",
        "sender": "mentions@example.org", "ca_file": str(standin.ca), "timeout_seconds": 10.0,
    }  # fmt: skip
    return Mail(**(given | changes))


def made(sender: Mail, *to: str, **changes: Any) -> EmailMessage:
    given: dict[str, Any] = {
        "subject": "High risk: mention 17", "text": "Look at 17", "at": AT,
        "html": "<html><head><style>p { color: #d5281b; }</style></head><body><p>Look at 17</p></body></html>",
        "message_id": "<outbox-1.0123456789abcdef0123456789abcdef@mentions.example.org>",
    }  # fmt: skip
    return message(sender, to or ("duty@example.org",), **(given | changes))


def send(sender: Mail, password: str = SECRET, *to: str) -> None:
    with server(sender, password) as session:
        session.send_message(made(sender, *to))


def failure(sender: Mail, password: str = SECRET) -> DeliveryError:
    with pytest.raises(DeliveryError) as failed:
        send(sender, password)
    told = str(failed.value)
    assert "\n" not in told
    assert SECRET not in told
    assert "duty@example.org" not in told
    return failed.value


# ── the mail ─────────────────────────────────────────────────────────────────────────────────────


def test_a_mail_leaves_by_starttls_and_sign_in_to_everybody(standin: MailStandIn) -> None:
    sender = settings(standin)
    with server(sender, SECRET) as session:
        session.send_message(made(sender, "duty@example.org", "second@example.org"))
    (got,) = standin.messages
    assert got["X-Envelope-To"] == "duty@example.org, second@example.org"
    assert got["From"] == "mentions@example.org"
    assert standin.logins == 1


def test_no_machine_is_to_answer_it(standin: MailStandIn) -> None:
    send(settings(standin))
    (got,) = standin.messages
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["X-Auto-Response-Suppress"] == "All"
    assert got["Date"].datetime == AT


def test_it_has_a_text_and_an_html_form_with_its_styles_in_place(standin: MailStandIn) -> None:
    send(settings(standin))
    (got,) = standin.messages
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().strip() == "Look at 17"
    assert '<p style="color: #d5281b;">' in html.get_content()
    assert [part.get_content_type() for part in got.iter_parts()] == ["text/plain", "text/html"]


def test_sent_again_it_has_the_same_id(standin: MailStandIn) -> None:
    send(settings(standin))
    send(settings(standin))
    first, again = standin.messages
    assert first["Message-ID"] == again["Message-ID"]
    assert (
        str(first["Message-ID"])
        == "<outbox-1.0123456789abcdef0123456789abcdef@mentions.example.org>"
    )


def test_a_follow_up_points_at_the_first_mail_of_its_story(standin: MailStandIn) -> None:
    mail = made(settings(standin), references="<first@mentions.example.org>")
    assert mail["References"] == mail["In-Reply-To"] == "<first@mentions.example.org>"
    assert made(settings(standin))["References"] is None


def test_a_subject_cannot_bring_a_header_of_its_own(standin: MailStandIn) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        made(settings(standin), subject="17\r\nBcc: everybody@example.org")


# ── what goes wrong, and what it is told as ──────────────────────────────────────────────────────


def test_a_refused_sign_in_is_to_be_mended_and_tried_again(standin: MailStandIn) -> None:
    failed = failure(settings(standin), "wrong")
    assert "user and password in [alerts.mail]" in str(failed)
    assert not failed.permanent
    assert standin.messages == []


@pytest.mark.parametrize(
    ("kind", "at", "permanent", "says"),
    [
        ("550", "RCPT", True, "refused every recipient (550)"),
        ("451", "RCPT", False, "refused every recipient (451)"),
        ("451", "DATA", False, "answered 451"),
        ("554", "DATA", True, "answered 554"),
        ("550", "DATA", True, "answered 550"),
        ("drop", "DATA", False, ""),  # it may say 421 or nothing
        ("drop", "RCPT", False, ""),
    ],
)
def test_what_the_server_answers_says_whether_to_try_again(
    standin: MailStandIn, faults: Faults, kind: Kind, at: str, permanent: bool, says: str
) -> None:
    faults.add("mail", kind, path=at)
    failed = failure(settings(standin))
    assert says in str(failed)
    assert failed.permanent is permanent
    assert f"{standin.host}:{standin.port}" in str(failed)
    send(settings(standin))
    assert len(standin.messages) == 1, "the next one leaves"


def test_a_sender_that_is_refused_is_to_be_mended_and_gives_no_mail_up() -> None:
    with pytest.raises(DeliveryError, match="answered 550") as failed, translated("the server"):
        raise smtplib.SMTPSenderRefused(550, b"not yours", "mentions@example.org")
    assert not failed.value.permanent
    assert "mentions@example.org" not in str(failed.value)


def test_a_server_that_does_not_answer_is_given_up_after_a_while(
    standin: MailStandIn, faults: Faults
) -> None:
    faults.add("mail", "hang", path="DATA", seconds=2)
    failed = failure(settings(standin, timeout_seconds=0.3))
    assert not failed.permanent


def test_no_server_at_all_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    failed = failure(Mail(host="127.0.0.1", port=port, sender="mentions@example.org"))
    assert "can't be reached (ConnectionRefusedError)" in str(failed)
    assert not failed.permanent


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(standin: MailStandIn) -> None:
    failed = failure(settings(standin, ca_file=""))
    assert "certificate isn't trusted: see ca_file" in str(failed)
    assert not failed.permanent
    assert standin.logins == 0, "the password never left"


def test_a_certificate_for_another_host_is_not_trusted(standin: MailStandIn) -> None:
    failed = failure(settings(standin, host="127.1"))  # the same machine by a name that it lacks
    assert "certificate isn't trusted" in str(failed)
    assert standin.logins == 0


@pytest.mark.parametrize("written", [None, "no certificate"])
def test_an_authority_that_is_no_pem_file_is_named(
    standin: MailStandIn, tmp_path: Path, written: str | None
) -> None:
    path = tmp_path / "own.pem"
    if written is not None:
        path.write_text(written)
    assert "ca_file in [alerts.mail]" in str(failure(settings(standin, ca_file=str(path))))


def test_a_server_that_offers_no_encryption_gets_no_password() -> None:
    with scripted("220 hello", "250 plain old mail") as (port, heard):
        failed = failure(
            Mail(host="127.0.0.1", port=port, user="u", password="env:NONE", sender="m@example.org")
        )
    assert "offers no STARTTLS" in str(failed)
    assert not any("AUTH" in line for line in heard)


def test_without_a_user_nobody_signs_in_to_a_relay_on_this_machine() -> None:
    answers = ("220 hello", "250 plain", "250 ok", "250 ok", "354 go on", "250 taken", "221 bye")
    with scripted(*answers) as (port, heard):
        send(Mail(host="127.0.0.1", port=port, security="none", sender="m@example.org"), "")
    assert not any("AUTH" in line for line in heard)


def test_a_goodbye_that_fails_does_not_undo_what_was_taken() -> None:
    answers = ("220 hello", "250 plain", "250 ok", "250 ok", "354 go on", "250 taken", "500 what?")
    with scripted(*answers) as (port, heard):
        send(Mail(host="127.0.0.1", port=port, security="none", sender="m@example.org"), "")
    assert heard[-1].upper() == "QUIT"


@pytest.mark.parametrize(
    "answers", [("554 no service here",), ("220 hello", "502 no", "550 go away")]
)
def test_a_refusal_before_any_mail_was_named_is_not_held_against_the_mail(
    answers: tuple[str, ...],
) -> None:
    with scripted(*answers) as (port, _):
        failed = failure(Mail(host="127.0.0.1", port=port, security="none", sender="m@example.org"))
    assert not failed.permanent


def test_a_password_that_smtp_cannot_carry_is_told_and_not_repeated(standin: MailStandIn) -> None:
    failed = failure(settings(standin), "pässword")
    assert "ASCII" in str(failed)
    assert "ässw" not in str(failed)


@contextmanager
def scripted(*answers: str) -> Iterator[tuple[int, list[str]]]:
    """A server that gives these answers in turn, whatever it hears; its port and what it heard."""
    heard: list[str] = []
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def serve() -> None:
            with listening.accept()[0] as client, client.makefile("rwb") as lines:
                left = list(answers)
                in_data = False
                while left:
                    if not in_data or heard[-1] == ".":
                        answer = left.pop(0)
                        in_data = answer.startswith("354")
                        lines.write(answer.encode() + b"\r\n")
                        lines.flush()
                    line = lines.readline()
                    if not line:
                        break
                    heard.append(line.decode().strip())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], heard
        finish([thread])


def test_the_tree_of_errors_is_all_that_comes_out(standin: MailStandIn) -> None:
    sender = settings(standin)
    with pytest.raises(DeliveryError), server(sender, SECRET):
        raise smtplib.SMTPException("anything that smtplib may raise")
