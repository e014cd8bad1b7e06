from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from demo import World
from demo.servers.smtp import MailStandIn
from tests.demo.conftest import AT


def message(to: str = "duty@example.org") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "mentions@example.org", to, "1 mention, ärgerlich"
    made.set_content("Number 17 on the list ✓")
    return made


def send(mail: MailStandIn, *messages: EmailMessage, password: str | None = None) -> None:
    trust = ssl.create_default_context(cafile=mail.ca)
    with smtplib.SMTP(mail.host, mail.port, timeout=10) as server:
        server.starttls(context=trust)
        server.login(mail.user, password or mail.password)
        for one in messages:
            server.send_message(one)


def test_a_message_sent_as_it_should_be_is_kept(world: World) -> None:
    send(world.mail, message(), message("second@example.org"))
    assert [str(one["To"]) for one in world.mail.messages] == [
        "duty@example.org", "second@example.org",
    ]  # fmt: skip
    assert world.mail.messages[0]["Subject"] == "1 mention, ärgerlich"
    assert world.mail.messages[0].get_content().strip() == "Number 17 on the list ✓"
    assert world.mail.messages[0]["X-Envelope-To"] == "duty@example.org"
    assert world.mail.logins == 1


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_both_ways_to_log_in_work(world: World, mechanism: str) -> None:
    with smtplib.SMTP(world.mail.host, world.mail.port, timeout=10) as server:
        server.starttls(context=ssl.create_default_context(cafile=world.mail.ca))
        server.ehlo()
        server.user, server.password = world.mail.user, world.mail.password
        ways = {"PLAIN": server.auth_plain, "LOGIN": server.auth_login}
        assert server.auth(mechanism, ways[mechanism])[0] == 235


def test_without_tls_nothing_is_taken(world: World) -> None:
    with smtplib.SMTP(world.mail.host, world.mail.port, timeout=10) as server:
        with pytest.raises(smtplib.SMTPException):
            server.login(world.mail.user, world.mail.password)
        with pytest.raises(smtplib.SMTPException):
            server.send_message(message())


def test_without_a_login_nothing_is_taken(world: World) -> None:
    with smtplib.SMTP(world.mail.host, world.mail.port, timeout=10) as server:
        server.starttls(context=ssl.create_default_context(cafile=world.mail.ca))
        with pytest.raises(smtplib.SMTPException):
            server.send_message(message())
    assert world.mail.messages == []


def test_a_wrong_password_is_refused(world: World) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(world.mail, message(), password="wrong")
    assert world.mail.logins == 0


def test_who_does_not_trust_the_certificate_does_not_get_in(world: World) -> None:
    with (
        smtplib.SMTP(world.mail.host, world.mail.port, timeout=10) as server,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        server.starttls(context=ssl.create_default_context())


def test_faults_of_a_mail_server(world: World) -> None:
    world.faults.add("mail", "535", path="AUTH", times=2)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(world.mail, message())
    world.faults.add("mail", "550", path="RCPT")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(world.mail, message())
    world.faults.add("mail", "451", path="DATA")
    with pytest.raises(smtplib.SMTPDataError) as later:
        send(world.mail, message())
    assert later.value.smtp_code == 451
    world.faults.add("mail", "drop", path="DATA")
    with pytest.raises((smtplib.SMTPException, OSError)):
        send(world.mail, message())
    assert world.mail.messages == []
    send(world.mail, message())
    assert len(world.mail.messages) == 1


def test_messages_are_written_as_files_where_a_folder_is_given(tmp_path: Path) -> None:
    with World(at=AT, folder=tmp_path, calm=True, outbox=tmp_path / "mail") as world:
        send(world.mail, message(), message())
    written = sorted((tmp_path / "mail").iterdir())
    assert [path.name for path in written] == ["0001.eml", "0002.eml"]
    assert b"Subject:" in written[0].read_bytes()
