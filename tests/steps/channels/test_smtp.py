"""Against a real server on loopback that insists on STARTTLS and a sign-in, and against servers that answer by a script."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from core.errors import DeliveryError
from demo.servers.http import Faults, Kind
from demo.servers.smtp import MailStandIn
from reports.email import message
from settings.schema import Mail
from steps.channels.base import Letter
from steps.channels.smtp import Smtp
from tests.reports.factories import AT
from tests.waits import finish

SECRET = "demo-mail-password"
DUTY = "duty@example.org"


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


def letter(sender: Mail, *to: str, text: str = "Look at 17") -> Letter:
    mail = message(
        sender, to or (DUTY,), "High risk: mention 17", text, f"<html><body><p>{text}</p></body></html>",
        at=AT, message_id="<outbox-1@mentions.example.org>",
    )  # fmt: skip
    return Letter(mail=mail)


def send(sender: Mail, password: str = SECRET, *to: str) -> Mapping[str, DeliveryError]:
    with Smtp(settings=sender, find_secret=lambda: password).session() as session:
        return session.send(letter(sender, *to), to or (DUTY,))


def failure(sender: Mail, password: str = SECRET) -> DeliveryError:
    """Why it did not leave, whether the session or the letter failed."""
    try:
        refused = send(sender, password)
    except DeliveryError as error:
        failed, before = error, True
    else:
        failed, before = refused[DUTY], False
    assert failed.outage or not before, "what fails before a letter is named is no letter's fault"
    told = str(failed)
    assert "\n" not in told
    assert SECRET not in told
    assert DUTY not in told
    return failed


def test_a_mail_leaves_by_starttls_and_sign_in_to_everybody(standin: MailStandIn) -> None:
    assert send(settings(standin), SECRET, DUTY, "second@example.org") == {}
    (got,) = standin.messages
    assert got["X-Envelope-To"] == "duty@example.org, second@example.org"
    assert got["From"] == "mentions@example.org"
    assert standin.logins == 1


def test_one_session_takes_many_mails(standin: MailStandIn) -> None:
    sender = settings(standin)
    with Smtp(settings=sender, find_secret=lambda: SECRET).session() as session:
        assert all(session.send(letter(sender), [DUTY]) == {} for _ in range(20))
    assert len(standin.messages) == 20
    assert standin.logins == 1


def test_a_mail_in_many_alphabets_leaves_in_seven_bits(standin: MailStandIn) -> None:
    sender = settings(standin)
    words = "Someone’s details – żółw, 患者\n.\nand more"
    with Smtp(settings=sender, find_secret=lambda: SECRET).session() as session:
        assert session.send(letter(sender, text=words), [DUTY]) == {}
    (got,) = standin.messages
    body = got.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert body.get_content().strip().splitlines() == words.splitlines()
    assert got.as_bytes().isascii()


# ── what goes wrong, and what it is told as ──────────────────────────────────────────────────────


def test_a_refused_sign_in_is_to_be_mended_and_tried_again(standin: MailStandIn) -> None:
    failed = failure(settings(standin), "wrong")
    assert "user and password in [alerts.mail]" in str(failed)
    assert not failed.permanent
    assert standin.messages == []


@pytest.mark.parametrize(
    ("kind", "at", "permanent", "says"),
    [
        ("550", "RCPT", True, "answered 550 5.1.1: there is no such mailbox"),
        ("451", "RCPT", False, "answered 451"),
        ("421", "RCPT", False, "answered 421"),
        ("451", "DATA", False, "answered 451"),
        ("421", "DATA", False, "answered 421"),
        ("552", "DATA", True, "answered 552 5.3.4: the email is too big"),
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


@pytest.mark.parametrize(("kind", "permanent"), [("550", True), ("451", False)])
def test_one_address_that_is_refused_holds_up_no_other(
    standin: MailStandIn, faults: Faults, kind: Kind, permanent: bool
) -> None:
    faults.add("mail", kind, path="RCPT", after=1)
    refused = send(settings(standin), SECRET, DUTY, "gone@example.org", "third@example.org")
    assert {address: error.permanent for address, error in refused.items()} == {
        "gone@example.org": permanent
    }
    (got,) = standin.messages
    assert got["X-Envelope-To"] == "duty@example.org, third@example.org"


def test_who_was_refused_before_the_server_hung_up_stays_refused(
    standin: MailStandIn, faults: Faults
) -> None:
    faults.add("mail", "550", path="RCPT")
    faults.add("mail", "drop", path="DATA")
    refused = send(settings(standin), SECRET, "gone@example.org", DUTY)
    assert {address: error.permanent for address, error in refused.items()} == {
        "gone@example.org": True, DUTY: False,
    }  # fmt: skip


def test_a_sender_that_is_refused_is_to_be_mended_and_gives_no_mail_up() -> None:
    with scripted("220 hello", "250 plain", "550 5.7.60 not yours", "250 ok", "221 bye") as (
        port,
        _,
    ):
        failed = failure(Mail(host="127.0.0.1", port=port, security="none", sender="m@example.org"))
    assert "answered 550 5.7.60: it refuses `sender` in [alerts.mail]" in str(failed)
    assert not failed.permanent
    assert failed.outage
    assert "m@example.org" not in str(failed)


def test_a_server_that_wants_a_sign_in_for_each_address_is_no_fault_of_the_address() -> None:
    answers = ("220 hello", "250 plain", "250 ok", "530 5.7.0 sign in first", "250 ok", "221 bye")
    with scripted(*answers) as (port, _):
        failed = failure(Mail(host="127.0.0.1", port=port, security="none", sender="m@example.org"))
    assert failed.outage
    assert not failed.permanent


def test_encryption_that_breaks_off_half_way_gets_no_password() -> None:
    with scripted("220 hello", "250-plain\r\n250 STARTTLS", "220 go on", "what is this?") as (
        port,
        heard,
    ):
        failed = failure(Mail(host="127.0.0.1", port=port, user="u", password="env:NONE", sender="m@example.org"))  # fmt: skip
    assert "broke off the encryption" in str(failed)
    assert not any("AUTH" in line for line in heard)


def test_a_server_that_takes_back_its_offer_of_encryption_gets_no_password() -> None:
    with scripted("220 hello", "250-plain\r\n250 STARTTLS", "454 no TLS today", "221 bye") as (
        port,
        heard,
    ):
        failed = failure(Mail(host="127.0.0.1", port=port, user="u", password="env:NONE", sender="m@example.org"))  # fmt: skip
    assert "answered 454" in str(failed)
    assert not any("AUTH" in line for line in heard)


@contextmanager
def dripping() -> Iterator[int]:
    """A server that says a letter at a time, for ever, and never ends a line."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with listening.accept()[0] as client:
                try:
                    while True:
                        client.sendall(b"2")
                        time.sleep(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        finish([thread])


def test_a_server_that_drips_is_cut_off_though_no_single_read_is_slow() -> None:
    began = time.monotonic()
    with dripping() as port:
        failed = failure(Mail(host="127.0.0.1", port=port, security="none", sender="m@example.org", timeout_seconds=0.2))  # fmt: skip
    assert failed.outage
    assert time.monotonic() - began < 5


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
                    heard.append(line.decode("utf-8", "replace").strip())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1], heard
        finish([thread])
