"""Until when certificates hold: of the page, the mail server, the mailbox that is read, and of an authority of one's own.

Each server is asked once a day, as any client would ask it, whether or not its certificate is trusted: that it is not is told
where it is used. Nothing is sent to any of them.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from core import clock
from settings.schema import Config
from steps.upkeep import CERTIFICATE
from store import Store

SECONDS = 10.0  # to connect, and for each answer
EVERY = timedelta(hours=20)  # once a day, whenever the cycle of that day comes
LOOKED = "certificates"  # the mark of when they were last looked at
IMAPS = 993
Ask = Callable[[], datetime]


def note_certificates(store: Store, config: Config, folder: Path, at: datetime) -> None:
    """Notes the last moment of each certificate that is known. What can't be asked keeps what was noted; what is used no more goes."""
    marks = store.pulse.marks()
    looked = marks.get(LOOKED)
    if looked is not None and timedelta() <= at - looked.at < EVERY:
        return
    known = certificates(config, folder)
    for name, ask in known.items():
        try:
            until = ask()
        except (OSError, ValueError, smtplib.SMTPException):
            continue
        store.pulse.note(f"{CERTIFICATE}{name}", at, clock.text(until))
    store.pulse.forget([
        name for name in marks if name.startswith(CERTIFICATE) and name.removeprefix(CERTIFICATE) not in known
    ])  # fmt: skip
    store.pulse.note(LOOKED, at)


def certificates(config: Config, folder: Path) -> Mapping[str, Ask]:
    """How each is asked, by the name of the machine or file."""
    ways: dict[str, Ask] = {}
    page = urlsplit(config.review.public_url)
    if page.scheme == "https" and page.hostname:
        ways[page.hostname] = _by_tls(page.hostname, page.port or 443)
    mail = config.alerts.mail
    anybody = (
        config.alerts.on or config.reports.daily_to or config.reports.weekly_to or config.health.to
    )
    if mail.by == "smtp" and anybody:
        if mail.security == "tls":
            ways[mail.host] = _by_tls(mail.host, mail.port)
        elif mail.security == "starttls":
            ways[mail.host] = lambda: _by_starttls(mail.host, mail.port)
    if mail.ca_file:
        ways[Path(mail.ca_file).name] = lambda: _of_file(folder / mail.ca_file)
    inbox = config.collectors.get("inbox", {})
    host, port = inbox.get("host"), inbox.get("port", IMAPS)
    if inbox.get("on") and isinstance(host, str) and host and inbox.get("security", "tls") == "tls":
        ways.setdefault(host, _by_tls(host, int(port)))
    return ways


def _by_tls(host: str, port: int) -> Ask:
    def ask() -> datetime:
        with (
            socket.create_connection((host, port), timeout=SECONDS) as plain,
            _unchecked().wrap_socket(plain, server_hostname=host) as connection,
        ):
            return _until(connection.getpeercert(binary_form=True))

    return ask


def _by_starttls(host: str, port: int) -> datetime:
    with smtplib.SMTP(host, port, timeout=SECONDS) as connection:
        connection.starttls(context=_unchecked())
        assert isinstance(connection.sock, ssl.SSLSocket)
        return _until(connection.sock.getpeercert(binary_form=True))


def _of_file(path: Path) -> datetime:
    """The first to end of all in a PEM file."""
    return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(path.read_bytes()))  # fmt: skip


def _unchecked() -> ssl.SSLContext:
    """For looking at a certificate, not for trusting it: one that has ended must be seen too."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _until(der: bytes | None) -> datetime:
    if der is None:
        raise ValueError("no certificate was shown")
    return x509.load_der_x509_certificate(der).not_valid_after_utc
